import pytest

from diploma.core.lang import LANGS, Lang, negotiate


def test_languages_stand_in_the_order_of_the_menu():
    assert [lang.value for lang in LANGS] == ["ar", "en", "ru", "uz-Latn", "uz-Cyrl"]


def test_only_arabic_runs_from_right_to_left():
    assert [lang for lang in LANGS if lang.dir == "rtl"] == [Lang.AR]


def test_each_language_knows_its_script():
    assert [lang.script for lang in LANGS] == ["Arab", "Latn", "Cyrl", "Latn", "Cyrl"]


def test_each_language_names_itself_in_its_own_script():
    assert [lang.native_name for lang in LANGS] == ["العربية", "English", "Русский", "Oʻzbekcha", "Ўзбекча"]


def test_the_uzbek_name_is_written_with_the_turned_comma():
    assert "\u02bb" in Lang.UZ_LATN.native_name


def test_babel_writes_the_script_after_an_underscore():
    assert [lang.babel for lang in LANGS] == ["ar", "en", "ru", "uz_Latn", "uz_Cyrl"]


@pytest.mark.parametrize("text", ["uz-Cyrl", "uz_Cyrl", "UZ-CYRL", " uz_cyrl "])
def test_a_tag_is_read_whatever_its_case_and_joiner(text):
    assert Lang.parse(text) is Lang.UZ_CYRL


@pytest.mark.parametrize("text", ["", "uz", "de", "en-GB", "english"])
def test_what_is_no_tag_of_ours_is_none(text):
    assert Lang.parse(text) is None


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("uz-UZ, ru", Lang.UZ_LATN),
        ("uz", Lang.UZ_LATN),
        ("uz-Cyrl-UZ", Lang.UZ_CYRL),
        ("UZ-CYRL", Lang.UZ_CYRL),
        ("ar-AE,ar;q=0.9,en;q=0.8", Lang.AR),
        ("ru-RU", Lang.RU),
        ("de, fr;q=0.9, ru;q=0.1", Lang.RU),
        ("ru;q=0.5, ar;q=0.7", Lang.AR),
        ("ru; q=0.5, en; q=0.4", Lang.RU),
        ("ru;q=0.8, ar;q=0.8", Lang.RU),
        ("ru;Q=1.000", Lang.RU),
    ],
)
def test_the_browser_gets_the_language_that_it_prefers(header, lang):
    assert negotiate(header) is lang


@pytest.mark.parametrize(
    "header", ["", "*", "de, fr", "ru;q=0", "ru;q=nan", "ru;q=2", "ru;level=1", ",;,", "xru", "x" * 5000 + ", ru"]
)
def test_without_a_language_of_ours_it_is_english(header):
    assert negotiate(header) is Lang.EN
