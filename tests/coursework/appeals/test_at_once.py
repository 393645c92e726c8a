"""People at the same button: one answer is given, whoever comes second is told and changes nothing."""

import threading
from collections.abc import Callable

from flask import Flask

from diploma.core import db
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.coursework.appeals import asking
from diploma.coursework.appeals.models import Appeal, AppealState
from tests.coursework.appeals.conftest import BASE, MODERATOR, SECOND, accept, ask, uphold
from tests.coursework.conftest import Handed, Unit, user
from tests.world import World

Fetch = Callable[[], Appeal]


def _together(app: Flask, *steps: Callable[[], object]) -> list[Refused]:
    """Do the steps at the same instant, each in a unit of work of its own; what was refused."""
    start, refused = threading.Barrier(len(steps)), []

    def click(step: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                with db.unit_of_work():
                    step()
            except Refused as refusal:
                refused.append(refusal)
            db.session.remove()

    threads = [threading.Thread(target=click, args=(one,)) for one in steps]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return refused


def test_of_answers_and_a_withdrawal_at_once_one_holds(
    app: Flask, world: World, appeal: Fetch, moderator: str, unit: Unit
) -> None:
    def withdraw() -> None:
        asking.withdraw(appeal(), base_url=BASE, by=user(world.trainee))

    steps = (lambda: accept(appeal()), lambda: uphold(appeal(), by=MODERATOR), withdraw)
    assert len(_together(app, *steps)) == 2
    with unit():
        answers = appeal().answers
        assert (appeal().state is AppealState.WITHDRAWN) == (answers == []) and len(answers) < 2
        assert appeal().marking.counted == (answers[0].counted_after if answers else 80)


def test_two_criteria_changed_at_once_both_count(
    app: Flask, world: World, appeal: Fetch, moderator: str, released: Handed, unit: Unit
) -> None:
    with unit():
        other = ask(released, "causes", key="c" * 20).id

    def second() -> None:
        accept(session.get_one(Appeal, other), by=MODERATOR)

    assert _together(app, lambda: accept(appeal(), by=SECOND), second) == []
    with unit():
        marking, both = appeal().marking, [appeal(), session.get_one(Appeal, other)]
        assert {marking.levels["evidence"], marking.levels["causes"]} == {"exemplary"}
        risen = sum(one.answers[0].raw_after - one.answers[0].raw_before for one in both)
        assert marking.raw == 80 + risen
