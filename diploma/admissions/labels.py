"""The words for states, rules, levels and letters, as gettext sources: translated where they are shown."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext

from diploma.admissions.models import Application, ApplicationState, Entry
from diploma.admissions.plan import Effect, LetterKind, PositionLevel, QuestionKind, RuleKind
from diploma.core import clock
from diploma.core.errors import N_

_S = ApplicationState
# State → (name for staff, kind of tag).
STATES: Mapping[ApplicationState, tuple[str, str]] = {
    _S.DRAFT: (N_("Not handed in"), ""),
    _S.ELIGIBLE: (N_("Meets the rules"), "info"),
    _S.INELIGIBLE: (N_("Excluded by a rule"), "warn"),
    _S.READING: (N_("Being read"), "info"),
    _S.OFFERED: (N_("Place offered"), "warn"),
    _S.ACCEPTED: (N_("Place accepted"), "ok"),
    _S.DECLINED: (N_("Place declined"), ""),
    _S.LAPSED: (N_("Offer lapsed"), ""),
    _S.WAITING: (N_("On the waiting list"), "info"),
    _S.REFUSED: (N_("Refused"), "bad"),
    _S.WITHDRAWN: (N_("Withdrawn by the applicant"), ""),
}
# State → what its owner reads.
TOLD: Mapping[ApplicationState, str] = {
    _S.DRAFT: N_("Your application is a draft. Hand it in before the call closes."),
    _S.ELIGIBLE: N_("Your application is received. It will be read after the call has closed."),
    _S.INELIGIBLE: N_("Your application is received. A condition of this call is not met; see below."),
    _S.READING: N_("Your application is being read."),
    _S.OFFERED: N_("A place is offered to you. The mail with the offer holds the address where you answer."),
    _S.ACCEPTED: N_("You have accepted your place. You will hear from the coordinator before the cohort begins."),
    _S.DECLINED: N_("You have declined the place."),
    _S.LAPSED: N_("The offer was not answered in time and has lapsed."),
    _S.WAITING: N_("You are on the waiting list. When a place becomes free for you, a mail arrives."),
    _S.REFUSED: N_("No place can be offered to you this time."),
    _S.WITHDRAWN: N_("You have withdrawn your application."),
}
# What the line manager who nominated somebody reads: no judgement, no rule, no reason.
NOMINATED = (N_("Mail sent"), "")
_IN = (N_("Application handed in"), "info")
FOLLOWED: Mapping[ApplicationState, tuple[str, str]] = {
    _S.DRAFT: (N_("Being written"), "info"),
    _S.ELIGIBLE: _IN,
    _S.INELIGIBLE: _IN,
    _S.READING: _IN,
    _S.OFFERED: STATES[_S.OFFERED],
    _S.ACCEPTED: STATES[_S.ACCEPTED],
    _S.DECLINED: STATES[_S.DECLINED],
    _S.LAPSED: STATES[_S.LAPSED],
    _S.WAITING: STATES[_S.WAITING],
    _S.REFUSED: (N_("No place this time"), ""),
    _S.WITHDRAWN: STATES[_S.WITHDRAWN],
}
ENTRIES: Mapping[Entry, str] = {
    Entry.NOMINATION: N_("Whom an entity nominates"),
    Entry.SELF: N_("Anybody, by themselves"),
    Entry.BOTH: N_("Both"),
}
KINDS: Mapping[QuestionKind, str] = {
    QuestionKind.SHORT: N_("Short text"),
    QuestionKind.LONG: N_("Long text"),
    QuestionKind.CHOICE: N_("One of several answers"),
    QuestionKind.YES_NO: N_("Yes or no"),
    QuestionKind.NUMBER: N_("Whole number"),
    QuestionKind.FILE: N_("File"),
}
POSITIONS: Mapping[PositionLevel, str] = {
    PositionLevel.SPECIALIST: N_("Specialist"),
    PositionLevel.SENIOR: N_("Senior or lead specialist"),
    PositionLevel.HEAD_OF_UNIT: N_("Head of a unit"),
    PositionLevel.HEAD_OF_DEPARTMENT: N_("Head of a department"),
    PositionLevel.EXECUTIVE: N_("Head or deputy head of an entity"),
}
RULES: Mapping[RuleKind, str] = {
    RuleKind.SERVICE: N_("Years of service"),
    RuleKind.ENTITIES: N_("Entity"),
    RuleKind.LEVELS: N_("Level of the position"),
    RuleKind.LANGUAGE: N_("Language of the cohort"),
    RuleKind.NOT_GRADUATE: N_("Has not completed this programme before"),
}
EFFECTS: Mapping[Effect, str] = {Effect.ADVISORY: N_("Only noted"), Effect.EXCLUDING: N_("Excludes")}
LETTERS: Mapping[LetterKind, str] = {
    LetterKind.NOMINATION: N_("Nomination"),
    LetterKind.CONFIRMATION: N_("Application received"),
    LetterKind.OFFER: N_("Offer of a place"),
    LetterKind.WAITING: N_("Waiting list"),
    LetterKind.REFUSAL: N_("Refusal"),
    LetterKind.RELEASE: N_("Place released"),
}
LEVELS: tuple[str, ...] = (N_("Not shown"), N_("Weak"), N_("Sufficient"), N_("Good"), N_("Very good"))

_UNMET: Mapping[RuleKind, str] = {
    RuleKind.ENTITIES: N_("This call is for people of other entities."),
    RuleKind.LEVELS: N_("This call is for people in positions of another level."),
    RuleKind.LANGUAGE: N_("The cohort is not taught in the language that you chose."),
    RuleKind.NOT_GRADUATE: N_("You have completed this programme already."),
}


CLOSED_DRAFT = N_("The call is closed. What you wrote was not handed in.")


def told(application: Application) -> str:
    """What the owner of an application reads."""
    late = application.state is _S.DRAFT and application.call.closes_at <= clock.now()
    return CLOSED_DRAFT if late else TOLD[application.state]


def sentence(reason: Mapping[str, Any]) -> str:
    """Why a rule is not met, for the applicant; ``reason`` is the rule as it is stored."""
    kind = RuleKind(reason["kind"])
    if kind is RuleKind.SERVICE:
        return str(
            ngettext(
                "This call asks for at least %(num)s year of service.",
                "This call asks for at least %(num)s years of service.",
                reason["parameter"],
            )
        )
    return str(gettext(_UNMET[kind]))
