"""Texts are put into the files, and nothing else in them changes."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from diploma.core.lang import Lang
from diploma.learning.authoring.tomlfile import layout
from diploma.learning.loader import load
from diploma.learning.translation.editing import put, put_keys, put_sections
from diploma.learning.translation.places import files_of, places

SOME = ("m2-challenge-assessment", "glossary")
REAL = ROOT / "courses" / "gid"
PAGE = """+++
title = "Т"
summary = "К"
status = "draft"
+++

## Один {#one}

первый

## Два {#two}
второй


## Три {#three}

третий
"""


def parsed(text: str) -> Any:
    return tomllib.loads(text)


# ---- TOML


def test_a_value_is_replaced_where_it_stands() -> None:
    raw = 'a = "один" # said so\n\n[t]  # a table\nb = \'два\'\nc = {d = "три", e = "четыре"}\n'
    assert put_keys(raw, {("t", "b"): "2", ("t", "c", "e"): "4", ("a",): "1"}) == (
        'a = "1" # said so\n\n[t]  # a table\nb = "2"\nc = {d = "три", e = "4"}\n'
    )


@pytest.mark.parametrize(
    "text", ['say "yes"', "back\\slash", "tab\tand \u007f", 'three """ quotes', 'end"', "a = 1 ] } #"]
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    for value in (text, f"{text}\n{text}\nx"):
        for raw in ('k = "old"\n', 'k = """\nold\n"""\n', "k = '''old'''\n", 'z = "new"\n'):
            assert parsed(put_keys(raw, {("k",): value}))["k"].strip("\n") == value


def test_several_lines_stay_several_lines() -> None:
    raw = 'b = """\none\ntwo\n"""\n'
    assert put_keys(raw, {("b",): 'uno\n"dos"'}) == 'b = """\nuno\n"dos"\n"""\n'


def test_a_list_stays_a_list() -> None:
    assert put_keys('accepted = ["a", "b"]\n', {("accepted",): "x\ny y"}) == 'accepted = ["x", "y y"]\n'
    assert parsed(put_keys("", {("q", "accepted"): "x\ny"})) == {"q": {"accepted": ["x", "y"]}}


def test_line_ends_are_those_of_the_file() -> None:
    assert put_keys('a = "1"\r\n[t]\r\nb = "2"\r\n', {("t", "c"): "3"}) == 'a = "1"\r\n[t]\r\nb = "2"\r\nc = "3"\r\n'


def test_a_new_key_stands_below_the_last_of_its_table() -> None:
    raw = '[t]\na = "1" # one\n\n[u]\nb = "2"\n'
    assert put_keys(raw, {("t", "c"): "3"}) == '[t]\na = "1" # one\nc = "3"\n\n[u]\nb = "2"\n'
    assert put_keys('status = "draft"', {("a",): "1"}) == 'status = "draft"\na = "1"\n'


def test_a_new_key_of_an_inline_table_stands_inside_of_it() -> None:
    raw = 'o = {a = "1"}\np = {}\n'
    assert put_keys(raw, {("o", "b"): "2\n2", ("p", "c d"): "3"}) == 'o = {a = "1", b = "2\\n2"}\np = {"c d" = "3"}\n'


def test_a_new_table_stands_beside_its_like() -> None:
    raw = '[quiz.q1]\nstem = "1"\n\n[rubric]\ntitle = "r"\n'
    made = put_keys(raw, {("quiz", "q2", "options", "a"): "A", ("quiz", "q2", "options", "b"): "B"})
    assert made == '[quiz.q1]\nstem = "1"\n\n[quiz.q2.options]\na = "A"\nb = "B"\n\n[rubric]\ntitle = "r"\n'
    late = put_keys(made, {("quiz", "q2", "stem"): "2"})
    assert parsed(late)["quiz"]["q2"] == {"stem": "2", "options": {"a": "A", "b": "B"}}


def test_what_is_added_at_one_place_stays_in_its_own_table() -> None:
    raw = '[quiz.q1]\nstem = "1"\n'
    late = put_keys(raw, {("quiz", "q2", "stem"): "2", ("quiz", "q1", "unit"): "kg", ("quiz", "q3", "stem"): "3"})
    assert late == raw + 'unit = "kg"\n\n[quiz.q2]\nstem = "2"\n\n[quiz.q3]\nstem = "3"\n'


def test_a_layout_knows_each_value(course: Any) -> None:
    text = 'a = [1, "x"]\n[t.u]\nb = {c = "d"} # e\n'
    found = layout(text)
    assert {path: text[start:end] for path, (start, end) in found.values.items()} == {
        ("a",): '[1, "x"]',
        ("t", "u", "b"): '{c = "d"}',
        ("t", "u", "b", "c"): '"d"',
    }


# ---- Markdown


def test_a_section_is_replaced_and_its_neighbours_stay() -> None:
    made = put_sections(PAGE, {"two": "## Два {#two}\n\nновый"}, ["one", "two", "three"])
    assert made == PAGE.replace("## Два {#two}\nвторой", "## Два {#two}\n\nновый")


def test_a_missing_section_stands_in_the_order_of_the_source() -> None:
    order = ["zero", "one", "half", "two", "three", "four"]
    made = put_sections(PAGE, {name: f"## Н {{#{name}}}\n\nтекст" for name in ("zero", "half", "four")}, order)
    without = made
    for name in ("zero", "half", "four"):
        without = without.replace(f"## Н {{#{name}}}\n\nтекст\n\n", "").replace(f"\n## Н {{#{name}}}\n\nтекст\n", "")
    assert without == PAGE
    assert [made.index(f"{{#{name}}}") for name in order] == sorted(made.index(f"{{#{name}}}") for name in order)


def test_a_page_with_other_line_ends_keeps_them() -> None:
    raw = PAGE.replace("\n", "\r\n")
    made = put_sections(raw, {"two": "## Два {#two}\nx\ny"}, ["one", "two", "three"])
    assert made == raw.replace("второй", "x\r\ny")


# ---- the files of the course


@pytest.mark.parametrize("lang", [Lang.AR, Lang.UZ_LATN])
def test_one_text_changes_and_no_other(lang: Lang, tmp_path: Path) -> None:
    """Every sixth text of the real course: what is put in can be taken out again, and the rest is what it was."""
    loaded = load(REAL)
    for module in SOME:
        before = {one.key: one for one in files_of(loaded, module).passages[lang]}
        for key, place in [*places(loaded, module, lang).items()][::6]:
            raw = (REAL / place.file).read_text("utf-8")
            old = before[key].text.strip("\n")
            made = put(raw, {place: f"{old} ؟"})
            kept = [line for line in raw.split("\n") if line not in made.split("\n")]
            assert put(made, {place: old}) == raw, key
            assert len(kept) <= old.count("\n") + 1


def test_a_language_is_written_from_nothing(tmp_path: Path) -> None:
    """Every text of Russian put into files that are not there: the same texts are read again."""
    loaded = load(REAL)
    for module in SOME:
        files = files_of(loaded, module)
        wanted = loaded.texts[module][Lang.RU]
        there, files.passages[Lang.RU] = files.passages[Lang.RU], []
        by_file: dict[str, dict[Any, str]] = {}
        for key, place in places(loaded, module, Lang.RU).items():
            by_file.setdefault(place.file, {})[place] = wanted[key]
        files.passages[Lang.RU] = there
        for name, texts in by_file.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(put("", texts, [str(one.path[0]) for one in texts if one.section]), "utf-8")
    for source in REAL.rglob("*"):
        target = tmp_path / source.relative_to(REAL)
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
    made = load(tmp_path)
    assert made.mistakes == []
    for module in SOME:
        assert {key: text.strip() for key, text in made.texts[module][Lang.RU].items()} == {
            key: text.strip() for key, text in loaded.texts[module][Lang.RU].items()
        }
