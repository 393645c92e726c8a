"""One search over everything that this person may see: lessons, glossary, modules, people, cohorts.

Lessons and glossary are searched in all five languages, in memory; a place that is found in several is shown in the
first of them, beginning with the reader's own. The number of queries is constant.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.access import reach
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import queries
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.finding import MOST_WORDS, Folded, Piece, Sought
from diploma.core.lang import LANGS, Lang
from diploma.learning import access, catalogue, glossary, index
from diploma.learning.access import Reader
from diploma.learning.catalogue import Content, Said
from diploma.learning.index import Passage

FEW, MANY = 6, 100  # results of a group beside others, and alone


class Kind(StrEnum):
    """A group of results; its value is that of ``?in=``."""

    LESSONS = "lessons"
    GLOSSARY = "glossary"
    MODULES = "modules"
    PEOPLE = "people"
    COHORTS = "cohorts"


@dataclass(frozen=True)
class Line:
    """A text with what was found told apart; ``lang`` is ``None`` for a name."""

    pieces: list[Piece]
    lang: Lang | None = None


@dataclass(frozen=True)
class Hit:
    """One result: the address it leads to (an endpoint and its values), its title, its text, and where it belongs."""

    endpoint: str
    values: dict[str, Any]
    title: Line
    text: Line | None = None
    within: Line | None = None


@dataclass(frozen=True)
class Group:
    """The first hits of ``total``; ``lists`` are the cohorts whose lists hold all the people found, with counts."""

    kind: Kind
    hits: list[Hit]
    total: int
    lists: tuple[tuple[Cohort, int], ...] = ()


def search(user: Any, query: str, only: Kind | None = None) -> list[Group]:
    """The groups in which something was found, the fullest knowledge first; ``only`` lists one group at length."""
    sought = Sought(query)
    if not sought:
        return []
    who = access.known_reader(user)
    content = who.content if who else catalogue.latest()
    most = MANY if only else FEW
    groups = [_group(Kind.LESSONS, _lessons(who, sought), most)] if who else []
    if content:
        lang = who.lang if who else i18n.current()
        groups += [_group(Kind.GLOSSARY, _terms(content, sought, lang), most)]
        groups += [_group(Kind.MODULES, _modules(content, sought, lang, open_pages=bool(who)), most)]
    if reach(user, Permission.SEE_COHORT):  # spares all others the queries, which would find nothing
        groups += [_people(user, query, sought, most), _group(Kind.COHORTS, _cohorts(user, sought), most)]
    return [group for group in groups if group.total and only in (None, group.kind)]


def _group(kind: Kind, hits: Iterable[Hit], most: int) -> Group:
    found = list(hits)
    return Group(kind, found[:most], len(found))


def _lessons(who: Reader, sought: Sought) -> list[Hit]:
    """Sections of open modules; those whose title says it stand first."""
    is_open = {module: who.door(module).open for module in who.content.modules}
    found: dict[tuple[str, str, str], Passage] = {}
    for lang in _langs(who.lang):
        for passage in index.passages(who.content, lang, who.country):
            if is_open[passage.module] and passage.place not in found and sought.within(passage.title, passage.text):
                found[passage.place] = passage
    ranked = sorted(found.values(), key=lambda one: not sought.within(one.title))
    return [_section(who, passage, sought) for passage in ranked]


def _section(who: Reader, passage: Passage, sought: Sought) -> Hit:
    """Leads to the section; one in another language is opened beside the reader's own."""
    values = {"module": passage.module, "lesson": passage.lesson, "_anchor": passage.anchor or None}
    if passage.lang is not who.lang:
        values["alt"] = passage.lang.value
    name = who.content.say(passage.module, f"lessons/{passage.lesson}/title", who.lang)
    return Hit(
        "learning.lesson",
        values,
        Line(sought.marked(passage.title), passage.lang),
        Line(sought.excerpt(passage.text), passage.lang),
        _plain(name) if passage.anchor else None,
    )


def _terms(content: Content, sought: Sought, lang: Lang) -> Iterator[Hit]:
    found = glossary.search(content, sought, lang)
    for term, there in sorted(found, key=lambda pair: not sought.within(glossary.folded(content, lang)[pair[0].id][0])):
        name, meaning = glossary.folded(content, term.lang)[term.id]
        other = glossary.folded(content, there.lang)[term.id][0]
        yield Hit(
            "learning.glossary",
            {"_anchor": term.id},
            Line(sought.marked(name), term.lang),
            Line(sought.marked(meaning), term.lang),
            Line(sought.marked(other), there.lang) if there.lang is not term.lang else None,
        )


def _modules(content: Content, sought: Sought, lang: Lang, *, open_pages: bool) -> Iterator[Hit]:
    for entry in content.programme.modules:
        for one in _langs(lang):
            texts = index.modules(content, one).get(entry.id)
            if texts and sought.within(*texts):
                written = open_pages and not entry.planned
                address = ("learning.module", {"module": entry.id}) if written else ("learning.programme", {})
                yield Hit(*address, *(Line(sought.marked(text), one) for text in texts))
                break


def _cohorts(user: Any, sought: Sought) -> Iterator[Hit]:
    visible = cohorts.visible_cohorts(user, Permission.SEE_COHORT).options(joinedload(Cohort.partner))
    for cohort in session.scalars(visible.order_by(Cohort.starts_on.desc(), Cohort.slug)):
        names = Folded(" ".join((*cohort.names.values(), cohort.slug, *cohort.partner.names.values())))
        if sought.within(names):
            name, partner = Folded(cohort.name(i18n.current())), cohort.partner.name(i18n.current())
            values = {"slug": cohort.slug}
            yield Hit("cohorts.cohort", values, Line(sought.marked(name)), within=Line([(partner, False)]))


def _people(user: Any, query: str, sought: Sought, most: int) -> Group:
    """People of the cohorts that ``user`` sees; the lists of these cohorts hold all of them."""
    visible = cohorts.visible_cohorts(user, Permission.SEE_COHORT).with_only_columns(Cohort.id)
    found = select(Enrolment).join(User, User.id == Enrolment.user_id).where(Enrolment.cohort_id.in_(visible))
    found = found.where(*queries.matching(" ".join(query.split()[:MOST_WORDS])))
    lists = session.execute(
        found.join(Cohort, Cohort.id == Enrolment.cohort_id)
        .with_only_columns(Cohort, func.count(), maintain_column_froms=True)
        .group_by(Cohort.id)
        .order_by(Cohort.starts_on.desc(), Cohort.slug)
    ).all()
    rows = session.scalars(
        found.options(contains_eager(Enrolment.user), joinedload(Enrolment.cohort))
        .order_by(User.sort_key, Enrolment.id)
        .limit(most)
    )
    counted = tuple((cohort, count) for cohort, count in lists)
    return Group(Kind.PEOPLE, [_person(one, sought) for one in rows], sum(count for _, count in counted), counted)


def _person(enrolment: Enrolment, sought: Sought) -> Hit:
    values = {"slug": enrolment.cohort.slug, "enrolment_id": enrolment.id}
    name, address = Folded(enrolment.user.full_name), Folded(enrolment.user.email)
    cohort = enrolment.cohort.name(i18n.current())
    return Hit(
        "cohorts.person", values, Line(sought.marked(name)), Line(sought.marked(address)), Line([(cohort, False)])
    )


def _plain(said: Said) -> Line:
    return Line([(str(said), False)], said.lang)


def _langs(first: Lang) -> tuple[Lang, ...]:
    return tuple(dict.fromkeys((first, *LANGS)))
