import pytest

from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.learning.freshness import State, accept, section_hash, state
from tests.learning.sample import FOLDER, LESSON_EN, LESSON_RU, MODULE, MODULE_ID, PROGRAMME, RU, UZ_CYRL, Course

FRESHNESS = f"{FOLDER}/freshness.toml"


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def accepted(course):
    """Every translation has been accepted as it stands."""
    for lang in (Lang.RU, Lang.UZ_CYRL, Lang.UZ_LATN):
        accept(course.root, MODULE_ID, lang)
    return course


def states(course, lang):
    return state(course.load(), MODULE_ID, lang)


def test_a_hash_is_twelve_hexadecimal_digits():
    assert section_hash("abc") == "ba7816bf8f01"


def test_white_space_and_composition_do_not_change_a_hash():
    assert section_hash(" ё\n\tand  \u00a0more ") == section_hash("е\u0308 and more")


def test_a_word_changes_a_hash():
    assert section_hash("three times") != section_hash("four times")


def test_a_translation_that_nobody_accepted_is_stale(course):
    assert states(course, Lang.RU)["module/title"] is State.STALE


def test_an_accepted_translation_is_fresh(accepted):
    assert set(states(accepted, Lang.RU).values()) == {State.FRESH, State.MISSING}
    assert states(accepted, Lang.RU)["lessons/01-listen/why"] is State.FRESH


def test_a_text_that_is_not_translated_is_missing(accepted):
    assert states(accepted, Lang.RU)["assignment/brief"] is State.MISSING


def test_a_language_without_a_file_is_missing_everywhere(accepted):
    assert set(states(accepted, Lang.AR).values()) == {State.MISSING}


def test_the_source_is_always_fresh(course):
    assert set(states(course, Lang.EN).values()) == {State.FRESH}


def test_a_change_of_the_source_makes_only_that_text_stale(accepted):
    accepted.change(LESSON_EN, "three times", "many times")
    found = states(accepted, Lang.RU)
    assert [key for key, one in found.items() if one is State.STALE] == ["lessons/01-listen/why"]


def test_a_change_of_the_title_of_a_section_makes_it_stale(accepted):
    accepted.change(LESSON_EN, "## Where", "## Where to listen")
    assert states(accepted, Lang.RU)["lessons/01-listen/where"] is State.STALE


def test_new_line_breaks_in_the_source_leave_a_translation_fresh(accepted):
    accepted.change(LESSON_EN, "came three times", "came\nthree  times")
    assert states(accepted, Lang.RU)["lessons/01-listen/why"] is State.FRESH


def test_a_change_in_english_makes_both_uzbek_scripts_stale(accepted):
    accepted.change(MODULE, 'title = "Challenge"', 'title = "Challenges"')
    assert states(accepted, Lang.UZ_CYRL)["module/title"] is State.STALE
    assert states(accepted, Lang.UZ_LATN)["module/title"] is State.STALE


def test_a_change_in_cyrillic_makes_latin_stale_and_leaves_cyrillic_fresh(accepted):
    accepted.change(UZ_CYRL, "Муаммо", "Муаммолар")
    assert states(accepted, Lang.UZ_CYRL)["module/title"] is State.FRESH
    assert states(accepted, Lang.UZ_LATN)["module/title"] is State.STALE


def test_latin_cannot_be_fresher_than_cyrillic(accepted):
    accepted.change(MODULE, 'title = "Challenge"', 'title = "Challenges"')
    accept(accepted.root, MODULE_ID, Lang.UZ_LATN)
    assert states(accepted, Lang.UZ_LATN)["module/title"] is State.STALE


def test_a_latin_text_without_its_cyrillic_original_is_stale(accepted):
    assert states(accepted, Lang.UZ_LATN)["lessons/01-listen/why"] is State.STALE


def test_languages_derived_in_a_circle_still_have_states(accepted):
    accepted.change(PROGRAMME, 'uz-Latn = "uz-Cyrl"', 'uz-Latn = "uz-Cyrl"\nuz-Cyrl = "uz-Latn"')
    assert states(accepted, Lang.UZ_LATN)["module/title"] is State.FRESH


def test_accepting_again_makes_fresh(accepted):
    accepted.change(LESSON_EN, "three times", "many times")
    accept(accepted.root, MODULE_ID, Lang.RU)
    assert states(accepted, Lang.RU)["lessons/01-listen/why"] is State.FRESH


def test_accepting_one_language_keeps_the_others(accepted):
    before = accepted.read(FRESHNESS)
    accepted.change(RU, 'w1 = "Практикум"\n', "")
    accept(accepted.root, MODULE_ID, Lang.RU)
    removed = set(before.splitlines()) - set(accepted.read(FRESHNESS).splitlines())
    assert len(removed) == 1 and "module/workshops/w1" in removed.pop()


def test_the_same_files_give_the_same_bytes_in_any_order(accepted, tmp_path):
    other = Course(tmp_path / "other")
    for lang in (Lang.UZ_LATN, Lang.RU, Lang.UZ_CYRL, Lang.RU):
        accept(other.root, MODULE_ID, lang)
    assert other.read(FRESHNESS) == accepted.read(FRESHNESS)


def test_the_written_file_is_read_back_without_a_mistake(accepted):
    assert accepted.check() == []


def test_keys_stand_in_alphabetical_order(accepted):
    keys = [line for line in accepted.read(FRESHNESS).split("[ru]")[1].split("[")[0].splitlines() if line]
    assert len(keys) > 10 and keys == sorted(keys)


def test_an_unknown_module_is_refused(course):
    with pytest.raises(Refused, match="no written module m9"):
        accept(course.root, "m9", Lang.RU)


def test_the_source_language_is_not_accepted(course):
    with pytest.raises(Refused, match="en is the source language"):
        accept(course.root, MODULE_ID, Lang.EN)


def test_nothing_is_recorded_while_a_file_of_the_module_is_broken(accepted):
    before = accepted.read(FRESHNESS)
    accepted.change(LESSON_RU, "+++", "---")
    with pytest.raises(Refused, match="Mend them first"):
        accept(accepted.root, MODULE_ID, Lang.RU)
    assert accepted.read(FRESHNESS) == before
