"""Answers what the pages of a cohort ask of the content (``diploma.cohorts.curriculum``)."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from diploma.cohorts import curriculum
from diploma.cohorts.curriculum import Progress, Text, Texts, Workshop
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import catalogue
from diploma.learning.catalogue import Content, Said
from diploma.learning.models import Edition, ModuleCompletion, Revision, SectionRead
from diploma.learning.structure import Module


class Published:
    """The published editions."""

    def latest(self) -> Texts | None:
        """See :class:`diploma.cohorts.curriculum.Curriculum`, for every method."""
        content = catalogue.latest()
        return self.newest_texts(content.edition_id) if content else None

    def newest_texts(self, edition_id: int) -> Texts:
        edition, revision = session.execute(
            select(Edition.number, Revision)
            .join(Revision, Revision.edition_id == Edition.id)
            .where(Edition.id == edition_id)
            .order_by(Revision.number.desc())
            .limit(1)
        ).one()
        return Texts(edition_id, revision.id, edition, revision.number)

    def workdays(self, partner: str) -> list[str]:
        content = catalogue.latest()
        week = content.partner(partner).get("week", {}) if content else {}
        return list(week.get("workdays", ()))

    def modules(self, revision_id: int, lang: Lang) -> list[curriculum.Module]:
        content = catalogue.content(revision_id)
        written = (content.modules.get(entry.id) for entry in content.programme.modules)
        return [_module(content, one, lang) for one in written if one]

    def progress(self, revision_id: int, enrolments: Collection[int]) -> Mapping[tuple[int, str], Progress]:
        sizes = {
            key: sum(len(lesson.anchors) for lesson in module.lessons)
            for key, module in catalogue.content(revision_id).modules.items()
        }
        read = Counter(
            {
                (row.enrolment_id, row.module): row.count
                for row in session.execute(
                    select(SectionRead.enrolment_id, SectionRead.module, func.count().label("count"))
                    .where(SectionRead.enrolment_id.in_(enrolments))
                    .group_by(SectionRead.enrolment_id, SectionRead.module)
                )
            }
        )
        completed = {
            (row.enrolment_id, row.module): row.completed_at
            for row in session.scalars(select(ModuleCompletion).where(ModuleCompletion.enrolment_id.in_(enrolments)))
        }
        return {
            place: Progress(min(100, 100 * read[place] // sizes[place[1]]), completed.get(place))
            for place in {*read, *completed}
            if sizes.get(place[1])
        }


def _module(content: Content, module: Module, lang: Lang) -> curriculum.Module:
    workshops = tuple(
        Workshop(one.id, _text(content.say(module.id, f"module/workshops/{one.id}", lang)), one.hours, one.guided)
        for one in module.workshops
    )
    prerequisites = tuple(one for one in module.prerequisites if one in content.modules)
    title = _text(content.say(module.id, "module/title", lang))
    return curriculum.Module(module.id, module.code, title, prerequisites, workshops)


def _text(said: Said) -> Text:
    return Text(str(said), said.lang)


def subscribe() -> None:
    """Answer the cohorts' questions about content; called once, when the application is wired."""
    curriculum.provide(Published())
