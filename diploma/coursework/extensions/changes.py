"""Whom a change in the rules of asking for more time concerns, and the marks that follow a change of groups."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts.groups import service as groups
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.core import outbox
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework import policies
from diploma.coursework.extensions.given import recount
from diploma.coursework.extensions.models import ExtensionRequest, RequestState
from diploma.coursework.extensions.rules import ExtensionPolicy
from diploma.coursework.extensions.service import EXTENSIONS
from diploma.coursework.policies import ALL, Effect

_LONGER = N_("Asks for %(days)s days; from now on %(most)s are the most. The request stays to be decided.")


def effects(cohort: Cohort, module: str, policy: ExtensionPolicy) -> list[Effect]:
    """The people whose open request asks for more than could be asked for."""
    book = policies.books(EXTENSIONS, [cohort])[cohort.id]
    query = (
        select(ExtensionRequest)
        .join(ExtensionRequest.enrolment)
        .join(Enrolment.user)
        .where(ExtensionRequest.cohort_id == cohort.id, ExtensionRequest.state == RequestState.ASKED)
        .where(ExtensionRequest.days > policy.most_days)
        .options(contains_eager(ExtensionRequest.enrolment).contains_eager(Enrolment.user))
        .order_by(User.sort_key, ExtensionRequest.id)
    )
    reached = [
        one for one in session.scalars(query) if one.module == module or (module == ALL and not book.at(one.module).own)
    ]
    return [
        Effect(one.enrolment.user.full_name, one.module, _LONGER, {"days": one.days, "most": policy.most_days})
        for one in reached
    ]


def apply(_cohort: Cohort, _module: str, _by: User) -> None:
    """Nothing that is stored follows from these rules: open requests are decided by people."""


REACH = policies.Reach(EXTENSIONS, effects, apply)


def subscribe() -> None:
    """Follow changes of groups; called once, when the application is wired."""
    outbox.handles(groups.CHANGED)(_follow)


def _follow(payload: dict[str, Any], _result: Any) -> None:
    if session.get_one(Cohort, payload["cohort_id"]).state not in FROZEN:
        recount(payload["enrolments"], None, by=None)
