"""A work beside its rubric: what the page shows of it to whoever marks, be it first, second or third.

What belongs to one of them alone stands with its view: the author's name and the way to the next script of a first
marker, the samples that a second one marks before.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from diploma.core import i18n
from diploma.core.errors import Stale
from diploma.core.lang import Lang
from diploma.coursework import pages, results, rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.annotations import panels
from diploma.coursework.annotations.service import Desk
from diploma.coursework.forms import MarkingForm, sent_remarks
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.moderation.models import ProvisionalMark
from diploma.coursework.rubrics import words
from diploma.learning.catalogue import Content, Said
from diploma.learning.structure import Module


@dataclass(frozen=True)
class Shown:
    """What the template names. ``lang`` is that of the rubric, ``lines`` are its criteria with the levels as sent;
    ``theirs`` are the same with what somebody else saved, when the form is ``stale``."""

    row: Marking | ProvisionalMark
    work: SubmissionVersion
    form: MarkingForm
    content: Content
    module: Module
    lang: Lang
    lines: list[results.Line]
    theirs: list[results.Line]
    remarks: Mapping[str, str]
    titles: Mapping[str, Said]
    jots: panels.Panel
    pdfs: list[int]
    files: list[str]
    changed: list[str]
    faults: list[pages.Fault]
    stale: Stale | None
    zone: str


def shown(
    desk: Desk,
    form: MarkingForm,
    levels: Mapping[str, str],
    *,
    hidden: bool,
    stale: Stale | None = None,
    problems: list[rules.Problem] | None = None,
    outcome: panels.Outcome | None = None,
) -> Shown:
    """The page with the ``levels`` that are chosen on it. ``hidden``: without the author's name, also in those of the
    files. ``problems`` are why a mark was not set, ``outcome`` is what became of a comment on a passage.

    The form is told which version it shows, unless it comes back as it was sent.
    """
    row, work = desk.reading or desk.marking, desk.work
    cohort, module, content = work.submission.enrolment.cohort, work.submission.module, results.content_of(work)
    lang = pages.rubric_lang(work.lang)
    if stale or request.method == "GET":
        form.version.show(row.version)
    form.page.data = form.page.data or secrets.token_urlsafe(16)
    lines = results.lines(content, module, levels, lang)
    return Shown(
        row=row,
        work=work,
        form=form,
        content=content,
        module=content.modules[module],
        lang=lang,
        lines=lines,
        theirs=results.lines(content, module, row.levels, lang) if stale else [],
        remarks=row.remarks if request.method == "GET" else sent_remarks(results.rubric_of(work)),
        titles={one.id: one.title for one in lines},
        jots=panels.panel(desk, outcome, lines),
        pdfs=panels.pdfs(work),
        files=anonymity.file_names(work, hidden=hidden),
        changed=words.of(work, i18n.current()),
        faults=pages.faults(problems or [], content, module, lang),
        stale=stale,
        zone=cohort.time_zone,
    )
