"""``roster check``, ``roster import`` and ``people create`` on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.commands import people
from diploma.accounts.permissions import Role
from diploma.cohorts.commands import roster
from diploma.cohorts.models import RosterImport
from diploma.core.outbox import Job
from tests.cohorts.conftest import crowd, enrolment_of, row, workbook

FIELDS = ["rows", "ready", "create", "update", "move", "unchanged", "conflict", "new_entities", "errors"]
Run = Callable[..., Any]


@pytest.fixture
def run(app: Any, world: Any) -> Run:
    """``run(group, "check", …)``: the answer of a command."""
    return lambda group, *args: app.test_cli_runner().invoke(group, [str(one) for one in args])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.xlsx"
    path.write_bytes(workbook(*crowd(3)))
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.xlsx"
    path.write_bytes(workbook(*crowd(2), row("", "No Address"), [""] * 8, row("x@uz.test", "", role="director")))
    return path


def test_check_names_every_error_in_the_fixed_form_and_writes_nothing(run: Run, mixed: Path, reading: Any) -> None:
    answer = run(roster, "check", mixed, "--cohort", "uz-1", "--json")
    report = json.loads(answer.output)
    assert answer.exit_code == 1 and list(report) == FIELDS
    assert (report["rows"], report["ready"], report["create"], report["new_entities"]) == (4, 2, 2, 2)
    assert [(one["row"], one["column"], one["value"], one["code"]) for one in report["errors"]] == [
        (4, "email", "", "missing_email"),
        (5, "", "", "blank_row"),
        (6, "full_name", "", "missing_name"),
        (6, "role", "director", "role_not_allowed"),
    ]
    assert all(one["message"] for one in report["errors"])
    with reading() as session:
        assert (
            accounts.find("p0@uz.test") is None and session.scalar(select(func.count()).select_from(RosterImport)) == 0
        )


def test_check_of_a_good_list_ends_well(run: Run, good: Path) -> None:
    answer = run(roster, "check", good, "--cohort", "uz-1")
    assert answer.exit_code == 0 and "3 rows: 3 ready (3 new" in answer.output


def test_errors_are_readable_without_json(run: Run, mixed: Path) -> None:
    output = run(roster, "check", mixed, "--cohort", "uz-1").output
    assert "row 6  Role  “director”  You cannot give this role." in output


def test_import_writes_once(run: Run, good: Path, app: Any, reading: Any) -> None:
    first = json.loads(run(roster, "import", good, "--cohort", "uz-1", "--json").output)
    second = json.loads(run(roster, "import", good, "--cohort", "uz-1", "--json").output)
    assert (first["create"], second["create"], second["unchanged"]) == (3, 0, 3)
    with reading() as session:
        made = session.scalar(select(RosterImport))
        assert enrolment_of(session, "p0@uz.test") and app.extensions["files"].exists(made.sha256)


def test_import_stops_at_an_error_and_writes_nothing(run: Run, mixed: Path, reading: Any) -> None:
    answer = run(roster, "import", mixed, "--cohort", "uz-1")
    assert answer.exit_code == 1 and "Nothing was written" in answer.output
    with reading():
        assert accounts.find("p0@uz.test") is None


def test_import_takes_the_good_rows_when_told(run: Run, mixed: Path, reading: Any) -> None:
    assert run(roster, "import", mixed, "--cohort", "uz-1", "--partial").exit_code == 0
    with reading():
        assert accounts.find("p0@uz.test") and accounts.find("x@uz.test") is None


def test_missing_seats_are_told_before_the_import(run: Run, tmp_path: Path) -> None:
    (tmp_path / "many.xlsx").write_bytes(workbook(*crowd(40)))
    output = run(roster, "import", tmp_path / "many.xlsx", "--cohort", "uz-1").output
    assert "the cohort has 30 seats; 12 more are needed" in output


def test_a_namesake_is_told_and_left_out(run: Run, tmp_path: Path, reading: Any) -> None:
    (tmp_path / "list.xlsx").write_bytes(workbook(row("other@uz.test", "Aziza Karimova", "")))
    answer = run(roster, "import", tmp_path / "list.xlsx", "--cohort", "uz-1")
    assert answer.exit_code == 0 and "row 2  Aziza Karimova  may be aziza@uz.test; left out" in answer.output
    with reading():
        assert accounts.find("other@uz.test") is None


@pytest.mark.parametrize("command", ["check", "import"])
def test_what_cannot_be_done_is_said_in_one_sentence(run: Run, good: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "photo.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n0000")
    for args, words in [
        ((tmp_path / "none.xlsx", "--cohort", "uz-1"), "cannot be read: No such file"),
        ((tmp_path, "--cohort", "uz-1"), "cannot be read: Is a directory"),
        ((good, "--cohort", "nowhere"), "There is no cohort nowhere."),
        ((tmp_path / "photo.xlsx", "--cohort", "uz-1"), "cannot be read as a table"),
    ]:
        answer = run(roster, command, *args)
        assert answer.exit_code == 1 and words in answer.output and "Traceback" not in answer.output
        assert len(answer.output.strip().splitlines()) == 1


def test_a_wrong_use_is_told_apart(run: Run, good: Path) -> None:
    assert run(roster, "check", good).exit_code == 2
    assert run(people, "create", "a@uz.test", "--role", "king").exit_code == 2
    assert run(people, "create", "a@uz.test").exit_code == 2


# ---- people create


def test_a_person_is_created_with_a_role_and_a_mail(run: Run, reading: Any) -> None:
    answer = run(
        people, "create", "New@uz.test", "--role", "coordinator", "--partner", "uz", "--name", "New One", "--json"
    )
    assert answer.exit_code == 0 and json.loads(answer.output) == {
        "email": "new@uz.test",
        "created": True,
        "role": "coordinator",
        "partner": "uz",
        "cohort": None,
        "invited": True,
    }
    with reading() as session:
        user = accounts.find("new@uz.test")
        assert user and (user.full_name, user.language.value) == ("New One", "uz-Latn")
        assert [(one.role, one.partner_id) for one in user.grants] == [(Role.COORDINATOR, 1)]
        assert session.scalar(select(func.count()).where(Job.kind == "mail")) == 1


def test_a_trainee_of_a_cohort_is_enrolled(run: Run, reading: Any) -> None:
    answer = run(people, "create", "new.one@uz.test", "--role", "trainee", "--cohort", "uz-1", "--lang", "ru")
    assert answer.exit_code == 0 and "trainee on uz-1" in answer.output and "link is queued" in answer.output
    with reading() as session:
        assert enrolment_of(session, "new.one@uz.test").user.full_name == "new.one"


def test_a_known_person_only_gets_the_role(run: Run, world: Any, reading: Any) -> None:
    answer = run(people, "create", world.trainee, "--role", "instructor", "--cohort", "uz-1", "--name", "Other")
    assert answer.exit_code == 0 and "known already" in answer.output and "no mail is sent" in answer.output
    with reading():
        assert accounts.find(world.trainee).full_name == "Aziza Karimova"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("a@uz.test", "--role", "auditor", "--partner", "zz"), "There is no partner zz."),
        (("a@uz.test", "--role", "auditor", "--cohort", "zz"), "There is no cohort zz."),
        (
            ("a@uz.test", "--role", "auditor", "--cohort", "uz-1", "--partner", "ae"),
            "does not belong to the partner ae",
        ),
        (("no address", "--role", "auditor"), "is not an e-mail address"),
    ],
)
def test_a_person_that_cannot_be_created_is_refused_in_one_sentence(
    run: Run, args: tuple[str, ...], words: str
) -> None:
    answer = run(people, "create", *args)
    assert answer.exit_code == 1 and words in answer.output and len(answer.output.strip().splitlines()) == 1


def test_a_translator_gets_languages(run: Run, reading: Any) -> None:
    languages = ("--translates", "ru", "--approves", "uz-Cyrl", "--approves", "uz-Latn")
    answer = run(people, "create", "t@uz.test", "--role", "translator", *languages, "--lang", "ru")
    assert answer.exit_code == 0 and "translates into ru; approves in uz-Cyrl, uz-Latn" in answer.output
    with reading():
        grant = accounts.find("t@uz.test").grants[0]  # type: ignore[union-attr]
        assert (grant.translates, grant.approves) == (["ru"], ["uz-Latn", "uz-Cyrl"])


def test_only_a_translator_gets_languages(run: Run, reading: Any) -> None:
    assert run(people, "create", "t@uz.test", "--role", "auditor", "--approves", "ru").exit_code == 2
    assert run(people, "create", "t@uz.test", "--role", "translator", "--approves", "en").exit_code == 2
    with reading():
        assert accounts.find("t@uz.test") is None
