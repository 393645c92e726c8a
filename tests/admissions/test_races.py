"""What happens at the same instant: each pair is run so that the first is not yet committed when the second begins.

On SQLite the second waits at its first statement, on PostgreSQL at the row that the locks of the first hold.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.admissions import offers, registration
from diploma.admissions.models import Application, Registration, RegistrationState
from diploma.admissions.models import ApplicationState as S
from diploma.cohorts.models import CohortState, Enrolment
from diploma.cohorts.roster import importing as roster_service
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.service import move_cohort
from diploma.core import clock, db
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.admissions.conftest import BASE, application, offer_token, states, the_call, user

AFTER = timedelta(days=12)
LINGER = 0.4  # seconds for which the first transaction stays open; the second must wait that long, or goes wrong
Act = Callable[[Any], Any]


@pytest.fixture
def at_once(app: Any) -> Callable[..., list[str]]:
    """``at_once(first, second, …)``: how each ended: ``done``, ``refused`` or the name of an error."""

    def run(*acts: Act, moment: datetime) -> list[str]:
        ended, inside, left = [""] * len(acts), threading.Event(), threading.Event()

        def one(number: int, act: Act) -> None:
            with app.app_context(), clock.at(moment):
                try:
                    if number:
                        inside.wait(30)
                    with db.unit_of_work() as session:
                        act(session)
                        session.flush()
                        if not number:
                            inside.set()
                            left.wait(LINGER)
                    ended[number] = "done"
                except Refused:
                    ended[number] = "refused"
                except BaseException as error:
                    ended[number] = repr(error)
                finally:
                    (left if number else inside).set()
                    db.session.remove()

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return ended

    return run


@pytest.fixture
def links(decided: list[str], unit: Any) -> dict[str, str]:
    """A link to each of the three offers, by the address of the applicant."""
    with clock.at(clock.now() + AFTER), unit() as session:
        return {one: offer_token(session, one) for one in decided[:3]}


@pytest.fixture
def moment() -> datetime:
    return clock.now() + AFTER + timedelta(minutes=5)


def accepting(link: str) -> Act:
    return lambda session: offers.answer(link, BASE, accept=True)


def moving(to: CohortState) -> Act:
    return lambda session: move_cohort(the_call(session).cohort, to)


def enrolled(session: Any) -> int:
    query = select(func.count()).select_from(Enrolment).where(Enrolment.cohort_id == the_call(session).cohort_id)
    return int(session.scalar(query) or 0)


# ---- the cohort starts or closes


def test_a_cohort_that_starts_at_this_instant_offers_nobody_a_place(
    links: dict[str, str], at_once: Any, moment: datetime, reading: Any
) -> None:
    def withdraw(session: Any) -> None:
        seen = the_call(session).cohort  # read before the lock, as a page does it
        offers.withdraw(application(session, "a@mail.test"), BASE)
        assert seen.state is CohortState.RUNNING

    assert at_once(moving(CohortState.RUNNING), withdraw, moment=moment) == ["done", "done"]
    with reading() as session:
        assert [*states(session).values()] == ["withdrawn", "offered", "offered", "waiting", "waiting", "waiting"]


def test_a_cohort_that_closes_at_this_instant_takes_nobody(
    links: dict[str, str], at_once: Any, moment: datetime, unit: Any, reading: Any
) -> None:
    for step in (CohortState.RUNNING, CohortState.MARKING):
        with unit() as session:
            moving(step)(session)
    ended = at_once(moving(CohortState.CLOSED), accepting(links["a@mail.test"]), moment=moment)
    with reading() as session:
        assert ended == ["done", "refused"] and enrolled(session) == 0


def test_a_cohort_closes_after_the_acceptance_that_came_first(
    links: dict[str, str], at_once: Any, moment: datetime, unit: Any, reading: Any
) -> None:
    for step in (CohortState.RUNNING, CohortState.MARKING):
        with unit() as session:
            moving(step)(session)
    ended = at_once(accepting(links["a@mail.test"]), moving(CohortState.CLOSED), moment=moment)
    with reading() as session:
        assert ended == ["done", "done"] and enrolled(session) == 1


# ---- one place, one answer


def test_two_acceptances_of_the_last_seat_take_one(
    links: dict[str, str], at_once: Any, moment: datetime, unit: Any, reading: Any
) -> None:
    with unit() as session:
        the_call(session).cohort.seats = 1
    ended = at_once(accepting(links["a@mail.test"]), accepting(links["b@mail.test"]), moment=moment)
    with reading() as session:
        assert ended == ["done", "refused"] and enrolled(session) == 1
        assert application(session, "b@mail.test").state is S.OFFERED


def test_a_double_click_accepts_once(links: dict[str, str], at_once: Any, moment: datetime, reading: Any) -> None:
    link = links["a@mail.test"]
    assert at_once(accepting(link), accepting(link), moment=moment) == ["done", "refused"]
    with reading() as session:
        assert enrolled(session) == 1


@pytest.mark.parametrize("accepted_first", [True, False])
def test_an_offer_is_accepted_or_lapses_but_not_both(
    links: dict[str, str], at_once: Any, reading: Any, accepted_first: bool
) -> None:
    with reading() as session:
        held = application(session, "a@mail.test")
        expires, key = held.offer_expires_at, held.id
    payload = {"application_id": key, "expires_at": expires.isoformat(), "base_url": BASE}
    lapse: Act = lambda session: offers._lapse(payload, None)  # noqa: E731
    acts = [accepting(links["a@mail.test"]), lapse]
    ended = at_once(*(acts if accepted_first else acts[::-1]), moment=expires - timedelta(seconds=1))
    assert ended == ["done", "done" if accepted_first else "refused"]
    with reading() as session:
        found = states(session)
        assert found["a@mail.test"] == ("accepted" if accepted_first else "lapsed")
        assert found["d@mail.test"] == ("waiting" if accepted_first else "offered")
        assert enrolled(session) == int(accepted_first)


# ---- two ways in


def importing(path: Path) -> Act:
    """A roster that names the person, checked and written as the command and the job do it."""

    def run(session: Any) -> None:
        cohort = the_call(session).cohort
        roster_service.lock(cohort)
        checked = roster_service.check(cohort, read_sheet(path, path.name))
        roster_service.apply(cohort, checked, roster_service.Source(path.name, "0" * 64))

    return run


def approving(session: Any) -> None:
    found = session.scalars(select(Registration)).one()
    registration.approve(found, BASE, by=user(session, "coordinator@uz.test"))


@pytest.fixture
def registered(links: dict[str, str], unit: Any) -> None:
    """The same person has registered as well, and waits for approval."""
    now = clock.now()
    with unit() as session:
        session.add(
            Registration(
                cohort_id=the_call(session).cohort_id,
                email="a@mail.test",
                full_name="A",
                language=Lang.RU,
                state=RegistrationState.QUEUED,
                token_hash="x",
                created_at=now,
                expires_at=now,
                confirmed_at=now,
            )
        )


@pytest.mark.parametrize("accepted_first", [True, False])
@pytest.mark.parametrize("other", ["import", "registration"])
def test_who_comes_in_two_ways_at_once_is_one_enrolment(
    links: dict[str, str],
    registered: None,
    at_once: Any,
    moment: datetime,
    reading: Any,
    tmp_path: Path,
    other: str,
    accepted_first: bool,
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("E-mail,F.I.Sh.,Til\na@mail.test,Nodira Aliyeva,ru\n")
    acts = [accepting(links["a@mail.test"]), importing(path) if other == "import" else approving]
    assert at_once(*(acts if accepted_first else acts[::-1]), moment=moment) == ["done", "done"]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.email == "a@mail.test")) == 1
        assert enrolled(session) == 1 and application(session, "a@mail.test").enrolment_id


def test_an_account_made_elsewhere_at_this_instant_stays_elsewhere(
    links: dict[str, str], at_once: Any, moment: datetime, reading: Any
) -> None:
    elsewhere: Act = lambda session: accounts.create_user("a@mail.test", "Stranger", Lang.AR)  # noqa: E731
    assert at_once(elsewhere, accepting(links["a@mail.test"]), moment=moment) == ["done", "done"]
    with reading() as session:
        found = session.scalars(select(Application).where(Application.email == "a@mail.test")).one()
        assert (found.state, found.enrolment_id, enrolled(session)) == (S.ACCEPTED, None, 0)
