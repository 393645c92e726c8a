"""The Latin draft is made from Cyrillic, again when that changes, and never over a correction."""

from typing import Any

import pytest

from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.learning.freshness import state
from diploma.learning.translation.deriving import derive
from tests.learning.sample import FOLDER, MODULE, MODULE_ID, PROGRAMME, UZ_CYRL, UZ_LATN, Course

TITLE, SUMMARY = "module/title", "module/summary"
CYRILLIC_PAGE = f"{FOLDER}/lessons/01-listen/uz-Cyrl.md"
LATIN_PAGE = f"{FOLDER}/lessons/01-listen/uz-Latn.md"


def latin(course: Course) -> dict[str, str]:
    return course.load().texts[MODULE_ID][Lang.UZ_LATN]


def test_what_is_missing_is_derived_and_fresh(course: Course) -> None:
    course.change(UZ_LATN, 'title = "Muammo"\n', "")
    made = derive(course.root, MODULE_ID)
    assert made.written == {TITLE: "Muammo"} and latin(course)[TITLE] == "Muammo"
    assert state(course.load(), MODULE_ID, Lang.UZ_LATN)[TITLE] == "fresh"


def test_a_correction_by_hand_stays(course: Course) -> None:
    before = course.read(UZ_LATN)
    assert "maʼno va gʻoya" in before  # the Cyrillic summary says less
    made = derive(course.root, MODULE_ID)
    assert (made.written, made.kept, made.same) == ({}, [SUMMARY], [TITLE]) and course.read(UZ_LATN) == before


def test_it_gives_way_when_the_cyrillic_text_changes(course: Course) -> None:
    course.change(UZ_CYRL, "Шикоятдан", "Ҳар бир шикоятдан")
    assert derive(course.root, MODULE_ID).written == {SUMMARY: "Har bir shikoyatdan muammoga."}
    assert latin(course)[SUMMARY] == "Har bir shikoyatdan muammoga."
    course.change(UZ_LATN, "Har bir", "Har qanday")
    assert derive(course.root, MODULE_ID).kept == [SUMMARY]


def test_it_gives_way_to_force(course: Course) -> None:
    assert derive(course.root, MODULE_ID, force=True).written == {SUMMARY: "Shikoyatdan muammoga."}
    assert 'summary = "Shikoyatdan muammoga."' in course.read(UZ_LATN)


def test_deriving_again_changes_nothing(course: Course) -> None:
    derive(course.root, MODULE_ID, force=True)
    before = course.read(UZ_LATN), course.read(f"{FOLDER}/freshness.toml")
    assert derive(course.root, MODULE_ID, force=True).written == {}
    assert (course.read(UZ_LATN), course.read(f"{FOLDER}/freshness.toml")) == before


def test_a_page_is_derived_with_its_anchors_and_countries(course: Course) -> None:
    page = course.read(LATIN_PAGE).replace("Tinglash", "Тинглаш").replace("Roʻyxat shu yerda.", "Рўйхат шу ерда.")
    page = page.replace("## Nega", "## Нега").replace("## Qayerda", "## Қаерда")
    course.write(CYRILLIC_PAGE, page)
    (course.root / LATIN_PAGE).unlink()
    made = derive(course.root, MODULE_ID)
    assert made.mistakes == []
    text = course.read(LATIN_PAGE)
    for part in ('title = "Tinglash"', "## Nega {#why}", ":::only uz\n", "Roʻyxat shu yerda."):
        assert part in text


def test_a_draft_that_would_be_a_mistake_is_not_written(course: Course) -> None:
    course.change(UZ_CYRL, "Шикоятдан", "77 шикоятдан")
    before = course.read(UZ_LATN)
    made = derive(course.root, MODULE_ID)
    assert ["The numbers differ" in one.message for one in made.mistakes] == [True] and course.read(UZ_LATN) == before


def test_only_what_the_programme_derives_is_derived(course: Course) -> None:
    course.change(PROGRAMME, 'uz-Latn = "uz-Cyrl"\n', "")
    with pytest.raises(Refused, match="does not say that uz-Latn is derived"):
        derive(course.root, MODULE_ID)


def test_an_english_change_makes_nothing_anew(course: Course) -> None:
    course.change(MODULE, 'title = "Challenge"', 'title = "Challenges"')
    made = derive(course.root, MODULE_ID)
    assert made.written == {} and state(course.load(), MODULE_ID, Lang.UZ_LATN)[TITLE] == "stale"


def test_the_command_names_what_it_kept(run: Any, desk: Course) -> None:
    answer = run("derive", "--module", MODULE_ID)
    assert answer.exit_code == 0 and f"{SUMMARY}: kept as it was corrected by hand" in answer.output
    assert f"{MODULE_ID}: 0 texts derived, 1 kept, 1 unchanged" in answer.output
    assert "1 texts derived" in run("derive", "--module", MODULE_ID, "--force").output
    assert run("derive", "--module", "m9").exit_code == 1
    desk.change(UZ_CYRL, "Шикоятдан", "77 шикоятдан")
    answer = run("derive", "--module", MODULE_ID)
    assert answer.exit_code == 1 and f"{UZ_LATN}:" in answer.output and "nothing was written" in answer.output
