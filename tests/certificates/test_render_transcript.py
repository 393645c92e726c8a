"""The pages of a transcript: every language whole, tables that machines can read, the same bytes on every machine."""

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from diploma.certificates.drawing import fonts, record_words, wording
from diploma.certificates.drawing import transcript as layout
from diploma.certificates.drawing.compose import TRANSCRIPT_STYLE, template_set_hash
from diploma.certificates.drawing.transcript import compose
from diploma.certificates.drawing.typeset import Misfit, script, width_mm
from diploma.certificates.drawing.worker import MOST, RenderError, RenderPool
from diploma.certificates.record import MOST_MODULES, Credit, ModuleRecord, StudyRecord
from diploma.certificates.snapshot import Digits, Snapshot
from diploma.gradebook.rules import final_mark, printed_mark
from diploma.learning.structure import DiplomaWeights
from tests.certificates.specimens import (
    CREDIT,
    DRAWINGS,
    FIVE,
    ISSUERS,
    LONG,
    LONG_ENTITY,
    LONG_ROLE,
    OFFICIAL,
    RULES,
    SCALE,
    SETS,
    UZBEK,
    diploma,
    module,
    record,
    studied,
    supplement,
    transcript,
)
from tests.certificates.test_render_pdf import HOSTILE, plain, scanned
from tests.contact_sheet import on_sheet

Draw = Callable[[Snapshot], bytes]
CASES = {lang: transcript([lang]) for lang in FIVE} | {
    "ar+en": transcript(["ar", "en"], names=LONG),
    "uzbek": transcript(SETS["uzbek"], names=LONG),
    "five": supplement(FIVE),
}
DIGITS = "٠١٢٣٤٥٦٧٨٩"


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draw]:
    """Draws a snapshot, each only once."""
    with RenderPool(tmp_path_factory.mktemp("renderer"), timeout=120) as pool:
        drawn = lru_cache(lambda text: pool.render(Snapshot.from_json(text)))
        yield lambda snapshot: drawn(snapshot.to_json())


def pages(pdf: bytes) -> list[str]:
    """What pdfium copies out of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def words_of(text: str) -> str:
    """Letters and digits in their order, whatever breaks a line."""
    return re.sub(r"[\W_]", "", plain(text))


def table_of(part: record_words.Part, name: str) -> record_words.Table:
    return next(one for one in part.tables if one.id == name)


def poppler(pdf: bytes, folder: Path) -> str:
    (folder / "t.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", folder / "t.pdf", "-"], capture_output=True, text=True, check=True).stdout


def elements(pdf: bytes) -> list[Any]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one]
        return [(str(one.S), str(one.get("/Lang", "")), str(one.get("/A", {}).get("/Scope", ""))) for one in found]


@pytest.mark.parametrize("snapshot", CASES.values(), ids=CASES)
def test_each_language_can_be_copied_whole(draw: Draw, snapshot: Snapshot) -> None:
    text = words_of(" ".join(pages(draw(snapshot))))
    for lang in snapshot.languages:
        (part,) = (one for one in record_words.parts(snapshot) if one.lang == lang)
        sentences = [*part.rules[1], *part.verification[1]]
        for one in (
            part.title,
            part.holder[1],
            *sentences,
            *(text for pair in (*part.wide, *part.facts) for text in pair),
        ):
            # In Arabic a reader moves the signs beside a figure, not the words.
            assert all(words_of(word) in text for word in (one.split() if lang == "ar" else [one])), one


@pytest.mark.parametrize("lang", ["en", "ru", "uz-Latn", "uz-Cyrl"])
def test_poppler_reads_the_titles_of_modules_and_the_marks(draw: Draw, lang: str, tmp_path: Path) -> None:
    snapshot = CASES[lang]
    text = words_of(poppler(draw(snapshot), tmp_path))
    for row in record_words.parts(snapshot)[0].tables[0].rows:
        assert all(words_of(one) in text for one in (*re.split("[ -]", row[1]), row[6]))


def test_poppler_reads_arabic_names_and_figures(draw: Draw, tmp_path: Path) -> None:
    text = words_of(poppler(draw(CASES["ar"]), tmp_path))
    assert words_of(CASES["ar"].names["ar"]) in text
    assert "899" in text and "898" not in text  # 89.9 is not turned round


@pytest.mark.parametrize("snapshot", CASES.values(), ids=CASES)
def test_each_language_begins_on_a_page_of_its_own_and_all_pages_are_numbered(draw: Draw, snapshot: Snapshot) -> None:
    found = pages(draw(snapshot))
    begins = [next(at for at, page in enumerate(found) if words_of(snapshot.names[lang]) in words_of(page))
              for lang in snapshot.languages]  # fmt: skip
    assert begins == sorted(set(begins)) and begins[0] == 0
    for number, page in enumerate(found, 1):
        assert f"{number} / {len(found)}" in plain(page)
        assert snapshot.serial in plain(page) and "7K3M-9QRT-2VWX-4YZ8" in plain(page)


def test_two_processes_write_the_same_bytes(draw: Draw, tmp_path: Path) -> None:
    with RenderPool(tmp_path, timeout=120) as other:
        other.render(module(["en"]))  # what was drawn before leaves no trace
        assert other.render(CASES["ar+en"]) == draw(CASES["ar+en"])


def test_a_certificate_drawn_after_a_transcript_is_the_same(draw: Draw, tmp_path: Path) -> None:
    with RenderPool(tmp_path, timeout=120) as other:
        first = other.render(diploma(["en"]))
    draw(CASES["en"])
    assert draw(diploma(["en"])) == first


def first_pages(pdf: bytes, snapshot: Snapshot) -> list[int]:
    """Where each language begins, from 0."""
    found = [words_of(page) for page in pages(pdf)]
    labels = [words_of(part.wide[1][0]) for part in record_words.parts(snapshot)]
    return [next(at for at, page in enumerate(found) if label in page) for label in labels]


def test_the_qr_code_on_the_first_page_of_each_language_is_read(draw: Draw, tmp_path: Path) -> None:
    pdf = draw(CASES["five"])
    for at in first_pages(pdf, CASES["five"]):
        page = tmp_path / f"{at}.pdf"
        with pikepdf.open(io.BytesIO(pdf)) as whole, pikepdf.new() as one:
            one.pages.append(whole.pages[at])
            one.save(page)
        assert scanned(page.read_bytes(), 60, tmp_path) == CASES["five"].verify_url, at


def test_the_file_claims_archiving_and_accessibility(draw: Draw, tmp_path: Path) -> None:
    (tmp_path / "t.pdf").write_bytes(draw(CASES["five"]))
    subprocess.run(["qpdf", "--check", tmp_path / "t.pdf"], check=True, capture_output=True)
    with pikepdf.open(tmp_path / "t.pdf") as document:
        metadata = document.open_metadata()
        assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("3A", "1")
        assert str(document.Root.Lang) == "ar"


def test_every_element_has_its_language_and_every_head_its_scope(draw: Draw) -> None:
    found = elements(draw(CASES["ar+en"]))
    tags = {tag for tag, _, _ in found}
    assert {"/Table", "/TR", "/TH", "/TD", "/H1", "/H2"} <= tags
    assert {lang for tag, lang, _ in found if tag != "/Document"} == {"ar", "en"}
    assert {scope for tag, _, scope in found if tag == "/TH"} == {"/Row", "/Column"}


def test_the_head_of_a_table_that_is_broken_stands_on_both_pages(draw: Draw) -> None:
    many = record(modules=[studied(titles={"en": "Innovation " * 12 + "itself"})] * MOST_MODULES)
    found = pages(draw(transcript(["en"], hours=600, record=many)))
    heads = ["QuizAssignmentWorkshopMarkGrade" in words_of(page) for page in found]
    assert heads.count(True) >= 2 and heads == sorted(heads, reverse=True)


def test_nothing_is_smaller_than_nine_points() -> None:
    sizes = [float(one) for one in re.findall(r"(?:font-size: |font: )([\d.]+)pt", TRANSCRIPT_STYLE.read_text())]
    measured = (layout.CELL, layout.LABEL, layout.VALUE)
    assert len(sizes) > 10 and min(*sizes, *(size for one in measured for size in one.values())) >= 9
    assert min(step for steps in layout.NAME_STEPS.values() for step in steps) >= 9


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_or_title_is_text_whatever_it_contains(draw: Draw, name: str) -> None:
    texts = record(modules=[studied(titles={"en": name})])
    found = words_of(" ".join(pages(draw(transcript(["en"], names={"en": name}, record=texts)))))
    assert found.count(words_of(name)) >= 2


@pytest.mark.parametrize("names", [LONG], ids=["long"])
@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_long_names_and_titles_fit_in_every_language(languages: list[str], names: dict[str, str]) -> None:
    assert len(compose(supplement(languages, names=names)).sheets) == len(languages)
    assert not fonts.missing_glyphs(supplement(languages, names=names))


def test_a_name_that_does_not_fit_on_a_line_is_refused() -> None:
    with pytest.raises(Misfit):
        compose(transcript(["en"], names={"en": "Wolfeschlegelsteinhausen " * 5 + "W"}))


def test_a_word_that_is_wider_than_its_column_is_refused() -> None:
    with pytest.raises(Misfit):
        compose(transcript(["en"], record=record(modules=[studied(titles={"en": "w" * 60})])))


def test_a_letter_that_the_fonts_lack_is_found_in_a_title() -> None:
    titles = dict.fromkeys(FIVE, "王")
    assert "王" in fonts.missing_glyphs(transcript(["en"], record=record(modules=[studied(titles=titles)])))


def test_figures_are_written_as_each_language_writes_them() -> None:
    rows = {part.lang: part.tables[0].rows[1] for part in record_words.parts(transcript())}
    assert (plain(rows["en"][2]), rows["en"][6]) == ("6 February 2026", "89.9")
    assert (plain(rows["ru"][2]), rows["uz-Latn"][6]) == ("6 февраля 2026 года", "89,9")
    (arabic,) = record_words.parts(transcript(["ar"], digits=Digits.ARAB))
    assert set(arabic.tables[0].rows[1][6]) <= {*DIGITS, "٫"}


def test_credits_stand_only_where_they_are_known() -> None:
    (plain_part,) = record_words.parts(transcript(["en"]))
    (part,) = record_words.parts(transcript(["en"], record=record(credit=Credit(name=CREDIT, hours=25))))
    assert "Credits" not in " ".join(plain_part.texts())
    hours = table_of(part, "hours")
    assert hours.heads[-1] == "Credits" and hours.total[-1] == "8.4"


def test_a_rule_without_its_figure_is_not_spoken_of() -> None:
    rules = {key: value for key, value in transcript().record.rules.items() if key != "late_cap"}  # type: ignore[union-attr]
    (part,) = record_words.parts(transcript(["en"], record=record(rules=rules)))
    assert not [one for one in part.rules[1] if "late" in one]


@pytest.mark.parametrize("lang", FIVE)
def test_every_word_stands_in_every_language(lang: str) -> None:
    def leaves(table: Any) -> Iterator[dict[str, str]]:
        if all(isinstance(value, str) for value in table.values()):
            yield table
        else:
            for value in table.values():
                yield from leaves(value)

    assert all(set(one) == set(FIVE) and one[lang].strip() for one in leaves(record_words.words()))


def test_the_words_and_the_style_decide_the_hash_of_the_templates(monkeypatch: Any, tmp_path: Path) -> None:
    before = template_set_hash()
    for name in ("WORDS", "TRANSCRIPT_STYLE"):
        template_set_hash.cache_clear()
        changed = tmp_path / name
        changed.write_text("other")
        with monkeypatch.context() as patch:
            patch.setattr(*((record_words, name) if name == "WORDS" else (compose_module(), name)), changed)
            assert template_set_hash() != before
    template_set_hash.cache_clear()


def compose_module() -> Any:
    from diploma.certificates.drawing import compose as found

    return found


# ---- what it says


def test_the_marks_of_the_specimens_follow_from_their_parts_by_the_printed_rules() -> None:
    whole = supplement().record
    assert whole is not None and whole.capstone and whole.final
    rules = whole.rules
    exact = []
    for one in whole.modules:
        parts = ((one.quiz, "quiz"), (one.assignment, "assignment"), (one.workshop_mark, "workshop"))
        exact.append(sum((Decimal(mark or 0) * rules[weight] / 100 for mark, weight in parts), Decimal(0)))
        assert (one.mark, one.band) == (str(printed_mark(exact[-1], rules["module_at_least"])), graded(one.mark))
    final = final_mark(
        exact, Decimal(whole.capstone), DiplomaWeights(rules["modules_weight"], rules["capstone_weight"])
    )
    assert (whole.final, supplement().band) == (str(final), graded(whole.final))
    assert {one.band for one in whole.modules} == {"distinction", "very_good", "good", "pass"}


def graded(mark: str | None) -> str:
    return next(band for band, least in SCALE.items() if Decimal(mark or 0) >= least)


@pytest.mark.parametrize("lang", FIVE)
def test_the_hours_of_the_project_stand_in_the_table_the_total_and_the_credits(lang: str) -> None:
    (part,) = record_words.parts(supplement([lang]))
    *_, project = table_of(part, "hours").rows
    total = table_of(part, "hours").total
    assert project[1:5] == ("0", "18", "72", "90") and total[1:5] == ("56", "74", "170", str(diploma().hours))
    assert [one.replace(",", ".") for one in (project[-1], total[-1])] == ["3.6", "12.0"]
    assert str(diploma().hours) in [value for _, value in part.facts]


@pytest.mark.parametrize("lang", FIVE)
def test_days_are_written_as_on_the_diploma(lang: str) -> None:
    snapshot = supplement([lang])
    (part,) = record_words.parts(snapshot)
    day = plain(wording.dated(diploma([lang], place=None), lang))
    assert day in [plain(value) for _, value in part.facts]
    start, end = plain(part.wide[1][1]).split(" – ")
    assert (start, end) == tuple(
        plain(wording.dated(diploma([lang], place=None, issued_on=one), lang))
        for one in (snapshot.starts_on, snapshot.ends_on)
    )


@pytest.mark.parametrize("digits", Digits)
def test_a_figure_with_a_decimal_stands_apart_from_arabic_letters(digits: Digits) -> None:
    (part,) = record_words.parts(supplement(["ar"], digits=digits))
    values = [value for _, value in part.facts if re.search(r"\d[.٫]\d", value)]
    assert len(values) == 3 and not any(re.search("[ء-ي]", one) for one in values)


@pytest.mark.parametrize("digits", Digits)
def test_the_sign_for_per_cent_stands_on_one_side_of_arabic_figures(digits: Digits) -> None:
    (part,) = record_words.parts(supplement(["ar"], digits=digits))
    shares = [text for text in part.texts() if "%" in text]
    assert len(shares) > 8
    for text in shares:
        assert text.count("%") == len(re.findall("\u2066[\\d.٫]+%\u2069", text)), text


def test_arabic_has_one_kind_of_digits() -> None:
    (part,) = record_words.parts(supplement(["ar"], digits=Digits.ARAB))
    assert not [text for text in part.rules[1] if re.search("[0-9]", text)]


def test_a_share_is_never_broken_before_its_sign() -> None:
    for part in record_words.parts(supplement(["ru", "uz-Latn", "uz-Cyrl"])):
        assert not [text for text in part.texts() if " %" in text]
        assert [text for text in part.texts() if "\u00a0%" in text]
    rules = " ".join(text for part in record_words.parts(supplement(UZBEK)) for text in part.rules[1])
    assert "20 foizigacha" in rules and "75 foizini" in rules and "20 фоизигача" in rules and "75 фоизини" in rules


def test_one_day_and_many_are_told_apart_in_english() -> None:
    few = record(rules={**RULES, "grace_days": 1})
    (part,) = record_words.parts(transcript(["en"], record=few))
    assert "up to 1 day late" in plain(" ".join(part.rules[1])) and "14 days late" in plain(" ".join(part.rules[1]))


def test_live_hours_have_a_decimal_where_one_of_them_has() -> None:
    hours = table_of(record_words.parts(transcript(["en"]))[0], "hours")
    assert {row[5] for row in hours.rows} == {"16.0"} and hours.total[5:8] == ("112.0", "101.5", "90.6%")
    whole = record(modules=[studied(attended="15", attendance="93.8")])
    (row,) = table_of(record_words.parts(transcript(["en"], record=whole))[0], "hours").rows
    assert row[5:7] == ("16", "15")


def test_a_supplement_names_its_diploma_and_another_transcript_none() -> None:
    (part,), (other,) = record_words.parts(supplement(["en"])), record_words.parts(transcript(["en"]))
    assert ("Diploma No.", "GID-2026-UZ-000147") in part.facts and part.kind == "Diploma supplement"
    assert "Diploma No." not in dict(other.facts) and other.kind.startswith("Record of study")


# ---- how it stands


@pytest.mark.parametrize("lang", FIVE)
def test_a_label_keeps_its_distance_from_its_value(lang: str) -> None:
    (sheet,) = compose(supplement([lang], names=LONG)).sheets
    part, family = sheet.part, script(lang)
    assert sum(sheet.facts) == pytest.approx(layout.MEASURE, abs=0.1)
    for at, (label, value) in enumerate(part.facts):
        label_width, value_width = sheet.facts[2 * (at % 2)], sheet.facts[2 * (at % 2) + 1]
        words = [width_mm(word, lang, layout.LABEL[family]) for word in label.split(" ")]
        assert max(words) + 3 <= label_width
        assert width_mm(value, lang, layout.VALUE[family]) <= value_width


@pytest.mark.parametrize("snapshot", [CASES["five"], CASES["ar+en"]], ids=["five", "ar+en"])
def test_every_further_page_names_document_holder_and_number(draw: Draw, snapshot: Snapshot) -> None:
    pdf = draw(snapshot)
    first = first_pages(pdf, snapshot)
    parts = record_words.parts(snapshot)
    for at, page in enumerate(pages(pdf)):
        part = parts[sum(one <= at for one in first) - 1]
        text = words_of(page)
        assert words_of(part.holder[1]) in text and words_of(snapshot.serial) in text
        assert all(words_of(word) in text for word in part.number.split())
        # On the first page of a language the title stands in large letters alone.
        assert text.count(words_of(part.title)) >= 1 and text.count(words_of(part.holder[1])) == 1


@pytest.mark.parametrize("lang", FIVE)
@pytest.mark.parametrize("count", [5, 6, 7])
def test_the_table_of_hours_stays_whole(draw: Draw, lang: str, count: int) -> None:
    offices = [{**one, "name": LONG_ENTITY} for one in ISSUERS]
    long = transcript([lang], issuers=offices, signatories=[LONG_ROLE] * 2, record=record(count))
    (part,) = record_words.parts(long)
    table = table_of(part, "hours")
    found = [words_of(page) for page in pages(draw(long))]
    (whole,) = (page for page in found if words_of(table.caption) in page)
    assert whole.count(words_of(table.rows[0][0])) == (2 if words_of(part.tables[0].caption) in whole else 1)
    assert words_of(table.rows[-1][0]) in whole and words_of(table.total[6]) in whole


@pytest.mark.parametrize("lang", FIVE)
def test_nobody_signs_an_empty_page(draw: Draw, lang: str) -> None:
    snapshot = supplement([lang], signatories=[LONG_ROLE] * 3)
    (part,) = record_words.parts(snapshot)
    *_, last = (words_of(page) for page in pages(draw(snapshot)))
    assert words_of(part.verification[0]) in last and words_of(part.signatories[0][0]) in last


@pytest.mark.parametrize(
    ("lang", "text", "held"),
    [
        ("en", "Prototyping and applying", "Prototyping and·applying"),
        ("ru", "Прототипирование и применение", "Прототипирование и·применение"),
        ("ru", "решений с заинтересованными сторонами", "решений с·заинтересованными сторонами"),
        ("uz-Cyrl", "балл, 14 кундан ошса, иш қабул қилинмайди", "балл, 14·кундан ошса, иш·қабул·қилинмайди"),
        ("ar", "حد النجاح فيقرر قبل التقريب.", "حد النجاح فيقرر قبل·التقريب."),
        ("ar", "عدد الأيام 14.", "عدد الأيام 14."),
        ("en", "Embedding innovation and scaling it up", "Embedding innovation and scaling·it·up"),
        ("en", "Word", "Word"),
    ],
)
def test_short_words_and_the_last_two_stay_together(lang: str, text: str, held: str) -> None:
    assert layout.together(text, lang).replace("\u00a0", "·") == held


@pytest.mark.parametrize("lang", FIVE)
def test_units_stand_below_units(lang: str) -> None:
    for table in record_words.parts(supplement([lang]))[0].tables:
        figures = {
            at
            for at in range(len(table.heads))
            if all(re.search(r"\d", row[at]) or row[at] == "–" for row in table.rows)
        }
        assert figures - {0, table.days} == table.figures & set(range(len(table.heads)))
    assert ".grid .n { text-align: right }" in TRANSCRIPT_STYLE.read_text()


@pytest.mark.parametrize(("signatories", "seals"), [*product((1, 2, 3), (0, 1, 2))])
def test_signatures_have_a_sensible_width_and_reach_from_edge_to_edge(signatories: int, seals: int) -> None:
    places = layout.foot(signatories, range(seals))
    lines = [one.width for one in places if one.signatory is not None]
    assert sum(one.width for one in places) == pytest.approx(layout.MEASURE)
    assert len(set(lines)) == 1 and 34 <= lines[0] <= layout.SIGNATURE
    assert [one.seal for one in places if one.seal is not None] == [*range(seals)]
    if signatories == 2:
        assert [one.width for one in places] == pytest.approx([one.width for one in places[::-1]])


# ---- logos and seals


def test_logos_and_seals_of_the_issuers_are_drawn_and_named_in_each_language(tmp_path: Path) -> None:
    with RenderPool(tmp_path, timeout=120) as pool:
        pdf = pool.render(supplement(["ar", "en"], **OFFICIAL), DRAWINGS)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        named = [str(one.Alt) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    for issuer in ISSUERS:
        for lang in ("ar", "en"):
            assert sum(issuer["name"][lang] in one for one in named) == 2, lang


def test_a_drawing_on_several_pages_is_in_the_file_once(tmp_path: Path) -> None:
    with RenderPool(tmp_path, timeout=120) as pool:
        bare, official = (len(pool.render(supplement(FIVE, **more), DRAWINGS)) for more in ({}, OFFICIAL))
    assert official - bare < 10_000


def test_a_transcript_without_its_drawings_is_not_drawn(tmp_path: Path) -> None:
    with RenderPool(tmp_path, timeout=120) as pool, pytest.raises(RenderError, match="missing"):
        pool.render(supplement(["en"], **OFFICIAL), {})


def test_five_languages_stay_small(draw: Draw) -> None:
    assert len(draw(supplement(FIVE))) < 150_000


def test_a_sheet_of_pictures_holds_one_variation() -> None:
    names = ["transcript-ar+en-one-seal-1", "transcript-ar-three-and-one-seal-2", "diploma-uz-Latn-one-seal"]
    assert on_sheet(names, "transcript", "one-seal") == names[:1]
    assert on_sheet(names, "transcript", "three-and-one-seal") == names[1:2]
    assert on_sheet(names, "diploma", "one-seal") == names[2:]


# ---- the record


@pytest.mark.parametrize("make", [transcript, supplement])
def test_a_transcript_survives_the_way_through_json(make: Any) -> None:
    assert Snapshot.from_json(make().to_json()) == make()


def test_an_older_certificate_keeps_its_bytes() -> None:
    assert "record" not in diploma().to_json()


def test_an_older_transcript_keeps_its_bytes_and_can_be_drawn() -> None:
    text = transcript(["en"]).to_json()
    assert "project" not in text and "diploma" not in json.loads(text)["record"]
    assert compose(Snapshot.from_json(text)).sheets


@pytest.mark.parametrize(
    "change",
    [
        {"record": None},
        {"band": "good"},  # without a final mark
        {"names": {"en": "A\nB"}},
    ],
)
def test_what_cannot_be_printed_is_no_snapshot(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"record|names"):
        transcript(["en"], **change)


def test_other_certificates_have_no_record() -> None:
    with pytest.raises(ValueError, match="record"):
        diploma(record=record())


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "100.1"},
        {"mark": "-1"},
        {"mark": "<b>"},
        {"mark": "90.0", "band": None},
        {"band": "excellent"},
        {"held": "1001"},
        {"theory": 1000},
        {"code": "GID\n"},
        {"titles": {"en": "A\u202eB"}},
    ],
)
def test_a_module_that_cannot_be_printed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="record"):
        transcript(["en"], record=record(modules=[studied(**change)]))


def test_a_record_is_bounded() -> None:
    with pytest.raises(ValueError, match="21 modules"):
        record(modules=[studied()] * (MOST_MODULES + 1))
    long = dict.fromkeys(FIVE, "W" * 100)
    most = record(modules=[studied(titles=long)] * MOST_MODULES)
    assert len(transcript(record=most).to_json().encode()) < MOST


@pytest.mark.parametrize(
    "change",
    [{"scale": {"pass": 60}}, {"rules": {"luck": 1}}, {"final": "101"}, {"modules": []}, {"diploma": "GID\n"}],
)
def test_other_grades_rules_and_marks_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="record"):
        StudyRecord(**{**record().__dict__, **change})


def test_a_record_that_is_none_is_no_snapshot() -> None:
    with pytest.raises(ValueError, match="snapshot"):
        Snapshot.from_json(transcript().to_json().replace('"completed_on":"2026-02-06",', ""))
    assert ModuleRecord.from_dict({**studied().__dict__, "completed_on": "2026-02-06"}) == studied()
