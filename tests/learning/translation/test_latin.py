"""Uzbek Latin as it is derived from Cyrillic: a table of words, and what is passed over."""

import pytest

from config import ROOT
from diploma.core.lang import Lang
from diploma.learning.authoring.spelling import slips
from diploma.learning.loader import load
from diploma.learning.translation import latin as module
from diploma.learning.translation.latin import latin

TABLE = """
муаммо muammo   далил dalil   ташкилот tashkilot   хизмат xizmat   хабар xabar
хато xato   хулоса xulosa   рўйхат roʻyxat   шахс shaxs   ҳисобот hisobot
ҳужжат hujjat   ҳамкор hamkor   муҳокама muhokama   муҳлат muhlat   қарор qaror
вақт vaqt   ўқитувчи oʻqituvchi   тўғри toʻgʻri   ғоя gʻoya   бағишлаш bagʻishlash
Ўзбекистон Oʻzbekiston   Ғафур Gʻafur   чегара chegara   Чирчиқ Chirchiq   шикоят shikoyat
Шавкат Shavkat   ШАҲАР SHAHAR   ЧЕГАРА CHEGARA   ЎҚИШ OʻQISH   Ш. Sh.
ечим yechim   ер yer   Ер Yer   ЕР YER   кеча kecha
беш besh   поезд poyezd   проект proyekt   реестр reyestr   диета diyeta
эшик eshik   эътибор eʼtibor   аэропорт aeroport   поэма poema   дуэль duel
ёзув yozuv   ЁЗУВ YOZUV   Ёқуб Yoqub   юз yuz   янги yangi
Юсуф Yusuf   Яшил Yashil   сиёсат siyosat   дунёси dunyosi   йўқ yoʻq
йил yil   йигирма yigirma   ойи oyi   илмий ilmiy   Йўл Yoʻl
инновация innovatsiya   лицензия litsenziya   федерация federatsiya   полиция politsiya   пациент patsiyent
коэффициент koeffitsiyent   абзац abzats   шприц shprits   цирк sirk   Цирк Sirk
цех sex   концерт konsert   функция funksiya   акция aksiya   станция stansiya
кальций kalsiy   процесс protsess   ЛИЦЕНЗИЯ LITSENZIYA   бюджет budjet   Бюджетнинг Budjetning
БЮДЖЕТ BUDJET   сентябрь sentabr   сентябрда sentabrda   октябрь oktabr   Октябрдан Oktabrdan
ноябрь noyabr   декабрь dekabr   январь yanvar   февраль fevral   апрель aprel
июнь iyun   июль iyul   модуль modul   пароль parol   компьютер kompyuter
премьера premyera   батальон batalyon   бульон bulyon   маъно maʼno   таълим taʼlim
санъат sanʼat   қалъа qalʼa   қатъий qatʼiy   шаръий sharʼiy   Исҳоқ Isʼhoq
асҳоб asʼhob   мусҳаф musʼhaf   мўъжиза moʻjiza   мўътадил moʻtadil   объект obyekt
субъект subyekt   инъекция inyeksiya   съёмка syomka   ЖШШИР JShShIR   ЖШШИРни JShShIRni
МЧЖ MChJ   БМТ BMT   БАА BAA   PDFни PDFni   Хрущёв Xrushyov
Крым Krim
"""
WORDS = TABLE.split()
PAIRS = [*zip(WORDS[::2], WORDS[1::2], strict=True)]


@pytest.mark.parametrize(("cyrillic", "wanted"), PAIRS)
def test_a_word(cyrillic: str, wanted: str) -> None:
    assert latin(cyrillic) == wanted.replace("ʻ", "\u02bb").replace("ʼ", "\u02bc")


def test_the_table_has_the_hard_cases_and_enough_of_them() -> None:
    assert len(PAIRS) >= 120 and len({one for one, _ in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize(
    ("cyrillic", "wanted"),
    [
        ("Ечим, эҳтимол, «ер»да — 1-назорат нуқтаси.", "Yechim, ehtimol, «yer»da — 1-nazorat nuqtasi."),
        ("## Нега {#nega}\n\n- **Кимга**: *аҳоли*", "## Nega {#nega}\n\n- **Kimga**: *aholi*"),
        ("[боғ](https://uz.test/боғ) https://uz.test/ё", "[bog\u02bb](https://uz.test/боғ) https://uz.test/ё"),
        ("{#анча} `ё` ё\n:::only uz\nё\n:::", "{#анча} `ё` yo\n:::only uz\nyo\n:::"),
        ("2026 йил 5 майда, 4\u00a0мартгача, 2000 йилги", "2026-yil 5-mayda, 4-martgacha, 2000-yilgi"),
        ("3 марта, 30 йил, 12 000 йил, 62,5 май, 45 май", "3 marta, 30 yil, 12 000 yil, 62,5 may, 45 may"),
        ("CIO (Чиф) 4 000 та, 62,5 %", "CIO (Chif) 4 000 ta, 62,5 %"),
        ("", ""),
        ("Faqat lotin yozuvi, maʼno.", "Faqat lotin yozuvi, maʼno."),
    ],
)
def test_a_text_keeps_its_links_anchors_countries_and_numbers(cyrillic: str, wanted: str) -> None:
    assert latin(cyrillic) == wanted


def test_letters_in_two_pieces_are_letters() -> None:
    assert latin("и\u0306ил е\u0308зув у\u0306қиш") == "yil yozuv o\u02bbqish"


def test_what_is_derived_has_no_slip_and_no_cyrillic_letter() -> None:
    loaded = load(ROOT / "courses" / "gid")
    for texts in loaded.texts.values():
        for text in texts.get(Lang.UZ_CYRL, {}).values():
            made = latin(text)
            assert [*slips(made, Lang.UZ_LATN)] == [] and latin(made) == made


def test_there_is_no_way_back() -> None:
    assert [name for name in vars(module) if "cyrillic" in name.lower()] == []
