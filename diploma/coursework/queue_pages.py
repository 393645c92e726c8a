"""What the address of a marking page says, and the choices of the queue: states, languages, cohorts, modules."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.cohorts import own_dates
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import access, dates, policies
from diploma.coursework.access import Attempt, Heap, Waiting, Wanted, Whose
from diploma.coursework.models import MarkingState
from diploma.coursework.moderation.policy import SECOND
from diploma.learning import catalogue

Counts = Mapping[Heap, int]
_KEPT = ("cohort", "module", "language", "state", "sort", "first", "whose", "attempt", "page", "rubric")


def wanted() -> Wanted:
    """The filters and the order of the address; what is unknown is ignored."""
    state, sort, whose, attempt = (request.args.get(one, "") for one in ("state", "sort", "whose", "attempt"))
    return Wanted(
        request.args.get("cohort") or None,
        request.args.get("module") or None,
        Lang.parse(request.args.get("language", "")),
        MarkingState(state) if state in set(MarkingState) else None,
        sort if sort.removeprefix("-") in access.SORTS else "received",
        Whose(whose) if whose in set(Whose) else None,
        Attempt(attempt) if attempt in set(Attempt) else None,
        request.args.get("first") == "mine",
    )


def query(*without: str) -> dict[str, Any]:
    """What of the address goes on to the next page: filters, order, page, and the language of the rubric."""
    return {name: value for name in _KEPT if name not in without and (value := request.args.get(name))}


Cohorts = Mapping[int, Cohort]


def cohorts_of(rows: Collection[Waiting]) -> Cohorts:
    """The cohorts of the works in a page of the queue with their dates, by id."""
    query = select(Cohort).where(Cohort.id.in_({row.cohort_id for row in rows})).options(joinedload(Cohort.modules))
    return {one.id: one for one in session.scalars(query).unique()}


def late(rows: Collection[Waiting], cohorts: Cohorts) -> dict[int, int]:
    """By how many days the works in a page of the queue are late for their authors, by the id of the marking."""
    rules = dates.lates({(cohorts[row.cohort_id], row.module) for row in rows})
    of_people, found = own_dates.of_people({row.enrolment_id for row in rows if row.group_id is None}), {}
    groups = {row.group_id for row in rows if row.group_id is not None}
    of_groups = own_dates.of_groups(groups) if groups else {}
    for row in rows:
        term = next((one for one in cohorts[row.cohort_id].modules if one.module == row.module), None)
        layers, whose = (of_people, row.enrolment_id) if row.group_id is None else (of_groups, row.group_id)
        own = own_dates.at(layers, whose, term) if term else None
        due_at = max(row.due_at, own.due_at) if own and own.layer else row.due_at
        found[row.id] = rules[row.cohort_id, row.module].days(row.received_at, due_at)
    return found


def twice(rows: Collection[Waiting], cohorts: Cohorts) -> dict[tuple[int, str], bool]:
    """Which of these assignments are marked twice: their marks are released when they are ready."""
    books = policies.books(SECOND, cohorts.values())
    return {(row.cohort_id, row.module): books[row.cohort_id].at(row.module).values.on for row in rows}


def total(counts: Counts, wanted: Wanted) -> int:
    return sum(
        count
        for one, count in counts.items()
        if one.state in wanted.states
        and wanted.cohort in (None, one.cohort)
        and wanted.module in (None, one.module)
        and wanted.lang in (None, one.lang)
        and wanted.whose in (None, one.whose)
        and wanted.attempt in (None, one.attempt)
    )


def states(counts: Counts, wanted: Wanted) -> list[tuple[str, int, str, bool]]:
    """Text, number, address and whether it is the present one, of each state that can be looked at."""
    words = {
        None: _("To mark"),
        MarkingState.MARKED: _("Marked, not released"),
        MarkingState.SECOND: _("At the second marker"),
        MarkingState.RECONCILING: _("To agree"),
        MarkingState.READY: _("Ready for release"),
        MarkingState.RELEASED: _("Released"),
        MarkingState.RETURNED: _("Returned to their authors"),
    }
    address = _addresses("state")
    found = [
        (text, total(counts, replace(wanted, state=state)), address(state and state.value), wanted.state is state)
        for state, text in words.items()
    ]
    always = {words[one] for one in (None, MarkingState.MARKED, MarkingState.RELEASED)}
    return [one for one in found if one[1] or one[0] in always or one[3]]


def languages(counts: Counts, wanted: Wanted) -> list[tuple[Lang | None, int, str, bool]]:
    """The same of all languages (``None``) and of each; nothing where all works are in one."""
    found = {one.lang for one in counts}
    if len(found) < 2:
        return []
    address = _addresses("language")
    return [
        (lang, total(counts, replace(wanted, lang=lang)), address(lang and lang.value), wanted.lang is lang)
        for lang in (None, *(one for one in Lang if one in found))
    ]


def owners(counts: Counts, wanted: Wanted) -> list[tuple[str, int, str, bool]]:
    """The same of to whom works were given; nothing where none was."""
    if all(one.whose == Whose.NOBODY for one in counts):
        return []
    words = {None: _("Everybody's"), Whose.MINE: _("Given to me"), Whose.NOBODY: _("Given to nobody")}
    address = _addresses("whose")
    return [
        (text, total(counts, replace(wanted, whose=one)), address(one and one.value), wanted.whose is one)
        for one, text in words.items()
    ]


def attempts(counts: Counts, wanted: Wanted) -> list[tuple[str, int, str, bool]]:
    """The same of first works and later ones; nothing where there are no later ones."""
    if all(one.attempt == Attempt.FIRST for one in counts):
        return []
    words = {None: _("All attempts"), Attempt.FIRST: _("First attempt"), Attempt.AGAIN: _("Handed in again")}
    address = _addresses("attempt")
    return [
        (text, total(counts, replace(wanted, attempt=one)), address(one and one.value), wanted.attempt is one)
        for one, text in words.items()
    ]


def people(wanted: Wanted) -> list[tuple[str, int | None, str, bool]]:
    """The same of whose works stand first, for who is a tutor."""
    address = _addresses("first")
    return [
        (_("In one order"), None, address(None), not wanted.mine),
        (_("My people first"), None, address("mine"), wanted.mine),
    ]


def cohorts(counts: Counts) -> list[str]:
    return sorted({one.cohort for one in counts})


def modules(counts: Counts) -> list[tuple[str, str]]:
    """The modules that have works, with their titles in the newest edition."""
    found = {one.module for one in counts}
    return [one for one in titles() if one[0] in found]


def titles() -> list[tuple[str, str]]:
    """All modules of the newest edition with their titles."""
    content = catalogue.latest()
    if content is None:
        return []
    return [(one.id, content.say(one.id, "module/title", i18n.current())) for one in content.programme.modules]


def _addresses(name: str) -> Callable[[str | None], str]:
    """Addresses of the queue with another value of one filter; a new view begins at its first page."""
    kept = query(name, "page")

    def address(value: str | None) -> str:
        changed: dict[str, Any] = {name: value}
        return url_for("marking.queue", **kept, **changed)

    return address
