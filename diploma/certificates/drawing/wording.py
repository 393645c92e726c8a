"""The sentences printed on a certificate, in five languages: those of its document, and the words that fill them in.

They are part of the template, not of the catalogues: a certificate that is drawn again must read as it did. No
sentence depends on the holder's gender: Arabic and English name the award and what it is for, Russian the holder in
the one form that the language has for the office (``spec/language.md``), Uzbek knows no gender. Terms are those of
``terms.tsv``; Arabic, Russian and Uzbek are drafts until a named reader has approved them.
"""

from collections.abc import Iterator
from datetime import date

from babel import Locale

from diploma.certificates.drawing import record_words
from diploma.certificates.drawing.documents import document
from diploma.certificates.snapshot import Award, Digits, Snapshot

NBSP = "\u00a0"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

# {grade} of a statement brings its own space or comma, and is empty without a band.
BAND = {
    "en": {"distinction": "distinction", "very_good": "very good", "good": "good", "pass": "pass"},
    "ar": {"distinction": "امتياز", "very_good": "جيد جداً", "good": "جيد", "pass": "مقبول"},
    "ru": {
        "distinction": "с отличием",
        "very_good": "очень хорошо",
        "good": "хорошо",
        "pass": "удовлетворительно",
    },
    "uz-Latn": {"distinction": "imtiyozli", "very_good": "juda yaxshi", "good": "yaxshi", "pass": "qoniqarli"},
    "uz-Cyrl": {"distinction": "имтиёзли", "very_good": "жуда яхши", "good": "яхши", "pass": "қониқарли"},
}
GRADE = {
    "en": ", with the grade “{band}”",
    "ar": " بتقدير {band}",
    "ru": "с оценкой «{band}» ",
    "uz-Latn": "«{band}» baho bilan ",
    "uz-Cyrl": "«{band}» баҳо билан ",
}
# Where distinction is said in another way than the other grades.
DISTINCTION = {
    "en": ", with {band}",
    "ar": " بتقدير {band}",
    "ru": "{band} ",
}

# By the plural category of the number (CLDR).
HOURS = {
    "en": {"one": "{n} training hour", "other": "{n} training hours"},
    "ar": {
        "one": "ساعة تدريبية واحدة",
        "two": "ساعتين تدريبيتين",
        "few": "{n} ساعات تدريبية",
        "many": "{n} ساعة تدريبية",
        "other": "{n} ساعة تدريبية",
    },
    "ru": {"one": "{n} учебный час", "few": "{n} учебных часа", "many": "{n} учебных часов"},
    "uz-Latn": {"one": "{n} oʻquv soati", "other": "{n} oʻquv soati"},
    "uz-Cyrl": {"one": "{n} ўқув соати", "other": "{n} ўқув соати"},
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uz-Latn": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "uz-Cyrl": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
}
DATE = {
    "en": "{day}\u00a0{month}\u00a0{year}",
    "ar": "{day}\u00a0{month}\u00a0{year}",
    "ru": "{day}\u00a0{month}\u00a0{year}\u00a0года",
    "uz-Latn": "{year}-yil\u00a0{day}-{month}",
    "uz-Cyrl": "{year}\u00a0йил\u00a0{day}\u00a0{month}",
}
# One day; a period within a month; within a year; across years. {stem} is the month before an ending. A span is broken
# between its two days at most: each half is one word to the lines.
PERIOD = {
    "en": (
        "on\u00a0{day}\u00a0{month}\u00a0{year}",
        "from\u00a0{day} to\u00a0{day2}\u00a0{month2}\u00a0{year2}",
        "from\u00a0{day}\u00a0{month} to\u00a0{day2}\u00a0{month2}\u00a0{year2}",
        "from\u00a0{day}\u00a0{month}\u00a0{year} to\u00a0{day2}\u00a0{month2}\u00a0{year2}",
    ),
    "ar": (
        "في\u00a0{day}\u00a0{month}\u00a0{year}",
        "من\u00a0{day} إلى\u00a0{day2}\u00a0{month2}\u00a0{year2}",
        "من\u00a0{day}\u00a0{month} إلى\u00a0{day2}\u00a0{month2}\u00a0{year2}",
        "من\u00a0{day}\u00a0{month}\u00a0{year} إلى\u00a0{day2}\u00a0{month2}\u00a0{year2}",
    ),
    "ru": (
        "{day}\u00a0{month}\u00a0{year}\u00a0года",
        "{since}\u00a0{day} по\u00a0{day2}\u00a0{month2}\u00a0{year2}\u00a0года",
        "{since}\u00a0{day}\u00a0{month} по\u00a0{day2}\u00a0{month2}\u00a0{year2}\u00a0года",
        "{since}\u00a0{day}\u00a0{month}\u00a0{year}\u00a0года по\u00a0{day2}\u00a0{month2}\u00a0{year2}\u00a0года",
    ),
    "uz-Latn": (
        "{year}-yil\u00a0{day}-{month}\u00a0kuni",
        "{year}-yil\u00a0{day}-{stem}dan {day2}-{stem2}gacha",
        "{year}-yil\u00a0{day}-{stem}dan {day2}-{stem2}gacha",
        "{year}-yil\u00a0{day}-{stem}dan {year2}-yil {day2}-{stem2}gacha",
    ),
    "uz-Cyrl": (
        "{year}\u00a0йил\u00a0{day}\u00a0{month}\u00a0куни",
        "{year}\u00a0йил\u00a0{day}\u00a0{stem}дан {day2}\u00a0{stem2}гача",
        "{year}\u00a0йил\u00a0{day}\u00a0{stem}дан {day2}\u00a0{stem2}гача",
        "{year}\u00a0йил\u00a0{day}\u00a0{stem}дан {year2}\u00a0йил {day2}\u00a0{stem2}гача",
    ),
}
# The last day of an award that ends, that day included: what it is, and the day, or the other way round.
VALID_UNTIL = {
    "en": ("Valid until", "{day} {month} {year}"),
    "ar": ("صالحة حتى", "{day} {month} {year}"),
    "ru": ("Срок действия:", "по {day} {month} {year} года"),
    "uz-Latn": ("{year}-yil {day}-{stem}gacha", "amal qiladi"),
    "uz-Cyrl": ("{year} йил {day} {stem}гача", "амал қилади"),
}
EDITION = {
    "en": "Edition {n}",
    "ar": "النسخة {n}",
    "ru": "Редакция {n}",
    "uz-Latn": "{n}-tahrir",
    "uz-Cyrl": "{n}-таҳрир",
}


def opening(snapshot: Snapshot, lang: str) -> str:
    """The line above the name."""
    return document(snapshot.award).opening[lang]


def kind(snapshot: Snapshot, lang: str) -> str | None:
    """The line under the title, or ``None``: a diploma has one only when it was earned with distinction."""
    own = document(snapshot.award)
    line = own.honours if own.honours and snapshot.band == "distinction" else own.kind
    return line[lang] if line else None


def statement(snapshot: Snapshot, lang: str) -> str:
    """What the award is for, with hours, dates and the grade in words. Begins where the name ends, or is a sentence."""
    return _filled(document(snapshot.award).statement[lang], snapshot, lang)


def alone(snapshot: Snapshot, lang: str) -> str:
    """The same where no line above the name says that it is awarded: in columns, and beside four languages."""
    own = document(snapshot.award)
    return _filled(own.alone.get(lang, own.statement[lang]), snapshot, lang)


def dated(snapshot: Snapshot, lang: str) -> str:
    """Place and day of issue."""
    day = snapshot.issued_on
    text = DATE[lang].format(day=day.day, month=_month(day, lang), year=day.year)
    if snapshot.place:
        text = f"{snapshot.place[lang]}{'،' if lang == 'ar' else ','} {text}"
    return _in_digits(text, snapshot, lang)


def valid_until(snapshot: Snapshot, lang: str) -> str | None:
    """The last day of the award, or ``None`` for one that holds for ever."""
    day = snapshot.valid_until
    if day is None:
        return None
    month = _month(day, lang)
    said = [
        _unbroken(one.format(day=day.day, month=month, stem=month.rstrip("ь"), year=day.year))
        for one in VALID_UNTIL[lang]
    ]
    return _in_digits(" ".join(said), snapshot, lang)


def in_column(snapshot: Snapshot, lang: str) -> str:
    """The statement of a language that does not lead, with the last day of the award."""
    said, ends = alone(snapshot, lang), valid_until(snapshot, lang)
    return f"{said}. {ends}." if ends else said


def edition(snapshot: Snapshot, lang: str) -> str:
    """The edition of the content that was taught."""
    return _in_digits(EDITION[lang].format(n=snapshot.edition), snapshot, lang)


def printed(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Language and text of everything on the page but the codes; a title also in capitals."""
    if snapshot.award is Award.TRANSCRIPT:
        yield from record_words.printed(snapshot)
        return
    for lang in snapshot.languages:
        for _, texts in snapshot.by_language():
            yield lang, texts[lang]
        yield lang, snapshot.titles[lang].upper()
        for phrase in (opening, statement, alone, dated, edition):
            yield lang, phrase(snapshot, lang)
        for line in filter(None, (kind(snapshot, lang), valid_until(snapshot, lang))):
            yield lang, line


def _filled(sentence: str, snapshot: Snapshot, lang: str) -> str:
    text = sentence.format(
        hours=_hours(snapshot.hours, lang),
        period=_period(snapshot.starts_on, snapshot.ends_on, lang),
        grade=_grade(snapshot.band, lang),
    )
    return _in_digits(text, snapshot, lang)


def _grade(band: str | None, lang: str) -> str:
    if band is None:
        return ""
    phrase = DISTINCTION.get(lang, GRADE[lang]) if band == "distinction" else GRADE[lang]
    return phrase.format(band=_unbroken(BAND[lang][band]))


def _hours(count: int, lang: str) -> str:
    category = Locale.parse(lang, sep="-").plural_form(count)
    return _unbroken(HOURS[lang][category].format(n=count))


def _unbroken(text: str) -> str:
    """Words that stay on one line."""
    return text.replace(" ", NBSP)


def _month(day: date, lang: str) -> str:
    return MONTHS[lang].split()[day.month - 1]


def _period(first: date, last: date, lang: str) -> str:
    one_day, within_a_month, within_a_year, across_years = PERIOD[lang]
    if first.year != last.year:
        phrase = across_years
    elif first.month != last.month:
        phrase = within_a_year
    else:
        phrase = one_day if first == last else within_a_month
    return phrase.format(
        day=first.day,
        month=_month(first, lang),
        year=first.year,
        stem=_month(first, lang).rstrip("ь"),
        day2=last.day,
        month2=_month(last, lang),
        year2=last.year,
        stem2=_month(last, lang).rstrip("ь"),
        since="со" if first.day == 2 else "с",  # со второго
    )


def _in_digits(text: str, snapshot: Snapshot, lang: str) -> str:
    """The text with the digits that the partner has chosen for Arabic; other languages keep theirs."""
    return text.translate(ARABIC_INDIC) if lang == "ar" and snapshot.digits is Digits.ARAB else text
