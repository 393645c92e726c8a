"""The page: names unbroken, lines even, nothing too small, and a refusal when something does not fit."""

import re
from itertools import combinations
from typing import Any

import pytest

from diploma.certificates.drawing import compose as composing
from diploma.certificates.drawing.compose import SCALES, compose, template_set_hash
from diploma.certificates.drawing.frame import foot
from diploma.certificates.drawing.ornament import GOLD, mark
from diploma.certificates.drawing.sheet import Sheet
from diploma.certificates.drawing.typeset import (
    MM_PER_PT,
    Block,
    Crowded,
    Misfit,
    Row,
    balance,
    face,
    joined,
    stack,
    step_for,
    width_mm,
)
from diploma.certificates.snapshot import Snapshot
from tests.certificates.specimens import (
    DIPLOMA,
    DIRECTOR,
    FIVE,
    ISSUERS,
    LONG,
    ONE_WORD,
    RECTOR,
    SETS,
    USUAL,
    UZBEK,
    assessor,
    attendance,
    diploma,
    module,
)
from tests.contact_sheet import WHAT

ISOLATES = re.compile("[\u2066-\u2069]")
LONG_ROLE = "Director of the Example Agency for Public Service Development under the President"
LONG_ISSUER = "Example Agency for the Development of Public Service under the President of the Example Republic"


def blocks(snapshot: Snapshot, role: str, lang: str | None = None) -> list[Block]:
    return [one for one in compose(snapshot).blocks if one.role.split()[0] == role and lang in (None, one.lang)]


def style(block: Block) -> dict[str, float]:
    return {key: float(value) for key, value in re.findall(r"([a-z-]+):([\d.]+)(?:mm|pt)", block.style)}


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize("names", [USUAL, LONG, ONE_WORD], ids=["usual", "long", "one word"])
@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_every_name_stands_once_and_on_one_line(make: Any, names: dict[str, str], languages: list[str]) -> None:
    page = make(languages, names=names)
    printed = {
        one.lang: ISOLATES.sub("", "\n".join(one.lines)) for one in blocks(page, "name") + blocks(page, "column-name")
    }
    assert printed == {lang: names[lang] for lang in languages}


@pytest.mark.parametrize("make", [diploma, module])
@pytest.mark.parametrize("signatories", [1, 2, 3])
def test_five_languages_long_names_and_all_signatories_fit(make: Any, signatories: int) -> None:
    page = compose(make(FIVE, names=LONG, band="very_good", signatories=[DIRECTOR] * signatories))
    assert len([one for one in page.blocks if one.role.startswith("signatory")]) == 2 * signatories


def test_names_stand_isolated() -> None:
    (name,) = blocks(diploma(["ar"]), "name")
    assert name.lines == (f"\u2068{USUAL['ar']}\u2069",)


def test_a_name_too_long_for_the_page_is_refused() -> None:
    with pytest.raises(Misfit, match="does not fit in 237 mm"):
        compose(diploma(["en"], names={"en": "Mohammed " * 30 + "Al Hashimi"}))


def test_more_text_than_the_page_holds_is_refused() -> None:
    director = {"name": DIRECTOR["name"], "role": dict.fromkeys(FIVE, LONG_ROLE)}
    issuers = [{"id": "a", "name": dict.fromkeys(FIVE, LONG_ISSUER)}] * 2
    with pytest.raises(Crowded):
        compose(
            assessor(
                FIVE[::-1],
                names=LONG,
                titles=dict.fromkeys(FIVE, "Challenge assessment " * 3 + "again"),
                signatories=[director],
                issuers=issuers,
            )
        )


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_nothing_is_smaller_than_nine_points(make: Any, languages: list[str]) -> None:
    sizes = [style(one)["font-size"] for one in compose(make(languages, names=LONG)).blocks]
    assert min(sizes) >= 9


def ink(block: Block) -> tuple[float, float, float, float]:
    """What a block covers, by the letters in it: left, top, right and bottom in mm."""
    place, display = style(block), block.role.split()[1]
    lines = [ISOLATES.sub("", line) for line in block.lines]
    size, leading = place["font-size"], place["line-height"] * MM_PER_PT
    first = place["top"] + leading / 2 + face(display).baseline_drop * size * MM_PER_PT
    top = min(first + n * leading - face(display).ink(line)[0] * size * MM_PER_PT for n, line in enumerate(lines))
    bottom = max(first + n * leading + face(display).ink(line)[1] * size * MM_PER_PT for n, line in enumerate(lines))
    width = max(width_mm(line, block.lang, size) for line in lines)
    start = {"left": 0.0, "right": place["width"] - width}.get(block.role.split()[-1], (place["width"] - width) / 2)
    return place["left"] + start, top, place["left"] + start + width, bottom


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize("changes", WHAT.values(), ids=WHAT)
@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_no_letter_or_mark_touches_those_of_another_text(
    make: Any, changes: dict[str, Any], languages: list[str]
) -> None:
    """Nor the rule under the name: what is solemn is not underlined."""
    page = compose(make(languages, **changes))
    covered = [(one, ink(one)) for one in page.blocks if one.lang != "zxx"]
    for (one, a), (other, b) in combinations(covered, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"{one.lines} touches {other.lines}"
    [divider] = [shape for shape in page.drawing if (shape.stroke, shape.width) == (GOLD, 0.25) and shape.d[0] == "M"]
    rule = float(divider.d.split("H")[0].split()[1])
    names = max(box[3] for one, box in covered if one.role.split()[0] == "name")
    said = min(box[1] for one, box in covered if one.role.split()[0] == "say")
    assert names <= rule - 2.5 and said >= rule + 2.5


@pytest.mark.parametrize("make", [module, attendance, assessor])
@pytest.mark.parametrize("names", [USUAL, LONG], ids=["usual", "long"])
def test_a_translation_is_never_larger_than_what_leads(make: Any, names: dict[str, str]) -> None:
    lead, *others = [style(one)["font-size"] for one in blocks(make(UZBEK, names=names), "say")]
    assert max(others) <= lead


def test_marks_over_arabic_letters_count_as_ink() -> None:
    plain, marked = (face("arabic").ink(word) for word in ("مقيم", "مقيّم"))
    assert marked[0] > plain[0] + 0.2 and marked[1] == plain[1]


@pytest.mark.parametrize("seals", [{}, {"centre": "a" * 64}, {"centre": "a" * 64, "agency": "b" * 64}], ids=len)
def test_the_middle_one_of_three_signatories_stands_on_the_axis(seals: dict[str, str]) -> None:
    page = diploma(["en"], signatories=[DIRECTOR, RECTOR, DIRECTOR], seals=seals)
    middles = [style(one)["left"] + style(one)["width"] / 2 for one in blocks(page, "signatory")]
    assert middles[1] == 148.5
    assert 148.5 - middles[0] == pytest.approx(middles[2] - 148.5)


def test_an_arabic_page_is_the_mirror_of_the_others() -> None:
    changes = {"seals": {"centre": "a" * 64}, "signatories": [DIRECTOR, RECTOR]}
    arabic, english = (foot(Sheet(diploma([lang], **changes), SCALES[0])) for lang in ("ar", "en"))
    assert (arabic.qr, *arabic.seals, *arabic.signatures) == tuple(
        297 - x for x in (english.qr, *english.seals, *english.signatures)
    )
    first = mark(267 - 8, 33.5, 8, turned=False)  # the first issuer's star is the same one, at the right
    assert set(first) <= set(compose(diploma(["ar"])).drawing)


@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_blocks_stay_within_the_margins(languages: list[str]) -> None:
    for one in compose(diploma(languages, names=LONG)).blocks:
        place = style(one)
        assert place["left"] >= 30 - 0.01
        assert place["left"] + place["width"] <= 267.01
        assert 20 < place["top"] < 190


def test_long_roles_and_issuers_are_fitted() -> None:
    director = {"name": DIRECTOR["name"], "role": dict.fromkeys(FIVE, LONG_ROLE)}
    issuers = [{"id": "a", "name": dict.fromkeys(FIVE, LONG_ISSUER)}, ISSUERS[1]]
    page = diploma(["en", "ru"], signatories=[director] * 2, issuers=issuers)
    assert {len(one.lines) for one in blocks(page, "role")} == {2}
    assert max(len(one.lines) for one in blocks(page, "issuer")) == 2


def test_a_single_issuer_stands_on_the_axis() -> None:
    (issuer,) = blocks(diploma(["en"], issuers=ISSUERS[:1]), "issuer")
    place = style(issuer)
    assert place["left"] + place["width"] / 2 == pytest.approx(148.5)


@pytest.mark.parametrize(("languages", "first_at_the_left"), [(["en"], True), (["ar", "en"], True), (["ar"], False)])
def test_on_an_arabic_page_who_comes_first_stands_at_the_right(languages: list[str], first_at_the_left: bool) -> None:
    page = diploma(languages, signatories=[DIRECTOR, RECTOR])
    for role in ("issuer", "signatory"):
        first, second = (
            next(block for block in blocks(page, role) if one["name"][languages[0]] in " ".join(block.lines))
            for one in (ISSUERS if role == "issuer" else [DIRECTOR, RECTOR])
        )
        assert (style(first)["left"] < style(second)["left"]) is first_at_the_left


def test_columns_statements_and_signatures_stand_under_each_other() -> None:
    page = diploma(FIVE)
    middles = {
        role: sorted({round(style(one)["left"] + style(one)["width"] / 2, 1) for one in blocks(page, role)})
        for role in ("say", "signatory")
    }
    assert middles == {"say": [67.5, 148.5, 229.5], "signatory": [67.5, 229.5]}


def test_a_diploma_stands_in_capitals_and_a_module_does_not() -> None:
    assert blocks(diploma(["en"]), "title")[0].lines == (DIPLOMA["en"].upper(),)
    assert blocks(module(["en"]), "title")[0].lines == ("Challenge assessment",)


def test_columns_side_by_side_are_equally_deep() -> None:
    said = [len(one.lines) for one in blocks(diploma(FIVE), "say") if one.lang in FIVE[2:]]
    assert len(set(said)) == 1


def test_a_trial_print_is_marked() -> None:
    assert [one.lines for one in blocks(diploma(["en"], specimen=True), "specimen")] == [("SPECIMEN",)]
    assert blocks(diploma(["en"]), "specimen") == []


def test_one_language_is_read_after_the_other() -> None:
    languages = [one.lang for one in compose(diploma(FIVE)).blocks]
    assert list(dict.fromkeys(languages)) == [*FIVE, "zxx"]
    assert languages == sorted(languages, key=[*FIVE, "zxx"].index)


def test_the_register_shows_the_codes_and_where_to_check_them() -> None:
    texts = [one.lines[0] for one in blocks(diploma(["en"]), "register")]
    assert texts == ["Edition 3", "GID-2026-UZ-000147", "7K3M-9QRT-2VWX-4YZ8", "diploma.example.gov/verify"]


@pytest.mark.parametrize(
    "text", ["on the 12 modules of a programme in the year 2026 and on 5 May 2026 in Tashkent, to 30 people"]
)
@pytest.mark.parametrize("measure", [40, 60, 80, 120])
def test_a_paragraph_keeps_its_words_and_its_figures_their_neighbours(text: str, measure: float) -> None:
    lines = balance(text, "en", 10, measure)
    assert " ".join(lines) == text
    assert not any(re.search(r"\b(\d{1,3}|\w{1,2}|May)$", line) for line in lines)
    assert all(width_mm(line, "en", 10) <= measure for line in lines)


def test_no_orphan_word_is_left() -> None:
    lines = balance("one two three four five six seven eight nine ten eleven twelve", "en", 10, 60)
    widths = [width_mm(line, "en", 10) for line in lines]
    assert min(widths) > 0.7 * max(widths)


def test_a_word_wider_than_its_column_is_refused() -> None:
    with pytest.raises(Misfit):
        balance("Donaudampfschifffahrtsgesellschaft", "en", 12, 30)


def test_a_name_takes_the_largest_step_that_fits() -> None:
    steps = (30, 20, 10)
    chosen = steps[step_for("Mohammed Abdulrahman", "en", 80, steps)]
    assert width_mm("Mohammed Abdulrahman", "en", chosen) <= 80 < width_mm("Mohammed Abdulrahman", "en", 30)


def test_arabic_letters_are_measured_joined() -> None:
    assert joined("بتر") == "\ufe91\ufe98\ufeae"
    assert joined("لا") == "\ufefb"


def test_rows_share_the_room_that_remains() -> None:
    placed: list[float] = []
    rows = [Row(2, 1, 3, 0, placed.append), Row(2, 1, 3, 0, placed.append)]
    stack(rows, 0, 30, 1, 5)
    assert placed == [15, 25]  # 5 above, then twice the gap, the most of a share, and the ink


def test_the_template_hash_follows_the_style_sheet(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = template_set_hash()
    changed = tmp_path / "page.css"
    changed.write_bytes(composing.STYLE.read_bytes() + b" ")
    monkeypatch.setattr(composing, "STYLE", changed)
    assert template_set_hash.__wrapped__() != before
