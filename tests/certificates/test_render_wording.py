"""The printed sentences: grammar of numbers and dates, neutral in gender, complete in five languages."""

import re
from datetime import date
from typing import Any

import pytest

from diploma.certificates.drawing import wording
from diploma.certificates.drawing.compose import compose
from diploma.certificates.snapshot import BANDS, Digits, Snapshot
from tests.certificates.specimens import FIVE, LONG, ONE_WORD, SETS, USUAL, assessor, attendance, diploma, module


def said(snapshot: Snapshot, lang: str) -> str:
    return wording.statement(snapshot, lang).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        (
            "en",
            "on completing the seven modules and the capstone project, 300 training hours, "
            "from 12 January to 10 July 2026, with distinction",
        ),
        (
            "ar",
            "لإتمام المساقات السبعة ومشروع التخرج، بواقع 300 ساعة تدريبية، من 12 يناير إلى 10 يوليو 2026 بتقدير امتياز",
        ),
        (
            "ru",
            "Диплом с отличием присуждён за освоение семи модулей и выполнение выпускного проекта: "
            "300 учебных часов, с 12 января по 10 июля 2026 года",
        ),
        (
            "uz-Latn",
            "2026-yil 12-yanvardan 10-iyulgacha 300 oʻquv soati hajmidagi yetti modul va bitiruv loyihasini "
            "«imtiyozli» baho bilan toʻliq yakunladi",
        ),
        (
            "uz-Cyrl",
            "2026 йил 12 январдан 10 июлгача 300 ўқув соати ҳажмидаги етти модуль ва битирув лойиҳасини "
            "«имтиёзли» баҳо билан тўлиқ якунлади",
        ),
    ],
)
def test_the_statement_of_a_diploma(lang: str, sentence: str) -> None:
    assert said(diploma(), lang) == sentence


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize("lang", FIVE)
def test_no_sentence_depends_on_the_holder(make: Any, lang: str) -> None:
    phrases = (wording.opening, wording.kind, wording.statement)
    assert [phrase(make(names=USUAL), lang) for phrase in phrases] == [
        phrase(make(names=LONG), lang) for phrase in phrases
    ]


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
def test_no_russian_verb_or_participle_speaks_of_a_man_or_a_woman(make: Any) -> None:
    gendered = r"\b(освоил|прош[её]л|прошла|завершил|участвовал|удостоен|награжд[её]н)\w*"
    assert not re.search(gendered, said(make(), "ru"))


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
def test_no_arabic_sentence_begins_with_a_verb_of_the_holder(make: Any) -> None:
    assert said(make(), "ar").startswith("ل")  # for the completion of


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("make", [diploma, module])
@pytest.mark.parametrize("lang", FIVE)
def test_the_grade_stands_in_the_statement_in_words(make: Any, band: str, lang: str) -> None:
    assert wording.BAND[lang][band] in said(make(band=band), lang)


@pytest.mark.parametrize("lang", FIVE)
def test_without_a_band_no_grade_is_mentioned(lang: str) -> None:
    words = [word for word in wording.BAND[lang].values() if word in said(diploma(band=None), lang)]
    assert words == []


def test_only_distinction_is_honoured_under_the_title_of_a_diploma() -> None:
    lines = {band: wording.kind(diploma(band=band), "en") for band in (*BANDS, None)}
    assert lines == {"distinction": "with distinction", "very_good": None, "good": None, "pass": None, None: None}


@pytest.mark.parametrize(
    ("lang", "hours", "text"),
    [
        ("en", 1, "1 training hour"),
        ("en", 12, "12 training hours"),
        ("ar", 1, "ساعة تدريبية واحدة"),
        ("ar", 2, "ساعتين تدريبيتين"),
        ("ar", 3, "3 ساعات تدريبية"),
        ("ar", 30, "30 ساعة تدريبية"),
        ("ar", 100, "100 ساعة تدريبية"),
        ("ru", 1, "1 учебный час"),
        ("ru", 24, "24 учебных часа"),
        ("ru", 12, "12 учебных часов"),
        ("uz-Latn", 12, "12 oʻquv soati"),
        ("uz-Cyrl", 12, "12 ўқув соати"),
    ],
)
def test_hours_agree_with_their_number(lang: str, hours: int, text: str) -> None:
    assert f" {text}" in f" {said(module(hours=hours), lang)}"


@pytest.mark.parametrize(
    ("lang", "first", "last", "text"),
    [
        ("en", date(2026, 1, 12), date(2026, 1, 12), "on 12 January 2026"),
        ("en", date(2026, 1, 12), date(2026, 1, 15), "from 12 to 15 January 2026"),
        ("en", date(2026, 10, 5), date(2027, 4, 2), "from 5 October 2026 to 2 April 2027"),
        ("ar", date(2026, 1, 12), date(2026, 1, 12), "في 12 يناير 2026"),
        ("ar", date(2026, 1, 12), date(2026, 1, 15), "من 12 إلى 15 يناير 2026"),
        ("ar", date(2026, 10, 5), date(2027, 4, 2), "من 5 أكتوبر 2026 إلى 2 أبريل 2027"),
        ("ru", date(2026, 1, 12), date(2026, 1, 12), "12 января 2026 года"),
        ("ru", date(2026, 1, 2), date(2026, 1, 15), "со 2 по 15 января 2026 года"),
        ("ru", date(2026, 6, 2), date(2026, 8, 1), "со 2 июня по 1 августа 2026 года"),
        ("ru", date(2026, 10, 5), date(2027, 4, 2), "с 5 октября 2026 года по 2 апреля 2027 года"),
        ("uz-Latn", date(2026, 1, 12), date(2026, 1, 12), "2026-yil 12-yanvar kuni"),
        ("uz-Latn", date(2026, 10, 5), date(2027, 4, 2), "2026-yil 5-oktabrdan 2027-yil 2-aprelgacha"),
        ("uz-Cyrl", date(2026, 9, 1), date(2026, 9, 1), "2026 йил 1 сентябрь куни"),
        ("uz-Cyrl", date(2026, 10, 5), date(2027, 4, 2), "2026 йил 5 октябрдан 2027 йил 2 апрелгача"),
    ],
)
def test_a_period_is_said_as_the_language_says_it(lang: str, first: date, last: date, text: str) -> None:
    assert text in said(module(starts_on=first, ends_on=last), lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Tashkent, 15 July 2026"),
        ("ar", "طشقند، 15 يوليو 2026"),
        ("ru", "Ташкент, 15 июля 2026 года"),
        ("uz-Latn", "Toshkent, 2026-yil 15-iyul"),
        ("uz-Cyrl", "Тошкент, 2026 йил 15 июль"),
    ],
)
def test_place_and_day_of_issue(lang: str, text: str) -> None:
    assert wording.dated(diploma(), lang).replace("\u00a0", " ") == text


def test_without_a_place_the_day_stands_alone() -> None:
    assert wording.dated(diploma(place=None), "en").replace(wording.NBSP, " ") == "15 July 2026"


def test_arabic_digits_are_the_partners_choice() -> None:
    indic = diploma(digits=Digits.ARAB)
    assert "٣٠٠" in said(indic, "ar")
    assert wording.dated(indic, "ar").replace(wording.NBSP, " ") == "طشقند، ١٥ يوليو ٢٠٢٦"
    assert said(indic, "en") == said(diploma(), "en")


def test_everything_from_outside_counts_as_printed() -> None:
    snapshot = diploma(["en", "ar"])
    texts = dict.fromkeys(text for _, text in wording.printed(snapshot))
    for _, by_language in snapshot.by_language():
        assert {by_language["en"], by_language["ar"]} <= set(texts)
    assert "ru" not in {lang for lang, _ in wording.printed(snapshot)}


def test_the_last_day_of_an_award_stands_on_the_page_in_every_language() -> None:
    snapshot = assessor(FIVE, valid_until=date(2029, 7, 14), digits=Digits.ARAB)
    said = {lang: (wording.valid_until(snapshot, lang) or "").replace(wording.NBSP, " ") for lang in FIVE}
    assert said == {
        "ar": "صالحة حتى ١٤ يوليو ٢٠٢٩",
        "en": "Valid until 14 July 2029",
        "ru": "Срок действия: по 14 июля 2029 года",
        "uz-Latn": "2029-yil 14-iyulgacha amal qiladi",
        "uz-Cyrl": "2029 йил 14 июлгача амал қилади",
    }
    page = [" ".join(block.lines).replace(wording.NBSP, " ") for block in compose(snapshot).blocks]
    assert all(any(text in line for line in page) for text in said.values())


def test_a_diploma_says_nothing_of_an_end() -> None:
    assert wording.valid_until(diploma(), "en") is None
    assert wording.in_column(diploma(), "en") == wording.alone(diploma(), "en")


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize(("lang", "words"), [("en", "Awarded "), ("ar", "مُنح"), ("ru", "[вВ]ыдан|присуждён")])
def test_a_statement_without_an_opening_says_itself_that_something_is_awarded(make: Any, lang: str, words: str) -> None:
    assert re.search(words, wording.alone(make(), lang))


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
@pytest.mark.parametrize("languages", SETS.values(), ids=SETS)
def test_no_line_ends_between_a_word_and_its_date(make: Any, languages: list[str]) -> None:
    for names in (USUAL, LONG, ONE_WORD):
        for block in compose(make(languages, names=names)).blocks:
            for line in block.lines[:-1]:
                assert line.split()[-1] not in {"from", "to", "on", "من", "إلى", "في", "بواقع", "с", "со", "по"}, line
