"""What the pages of trainees and of markers share: problems in words, results, files on their way in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import Response, request
from flask_babel import gettext, ngettext

from diploma.core import downloads, filetypes, i18n
from diploma.core.lang import Lang
from diploma.core.uploads import store
from diploma.core.web import Upload
from diploma.coursework import results, rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.feedback import rules as feedback
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.offline import access as offline
from diploma.coursework.offline.models import FeedbackFile
from diploma.coursework.together import following
from diploma.learning.catalogue import Content
from diploma.learning.structure import Rubric

_MOST_EFFORTS = 2  # who shall improve five things at once improves none


@dataclass(frozen=True)
class Fault:
    """A problem in the reader's words; ``anchor`` is the id of the place on the page."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Result:
    """A released mark as its trainee reads it; ``limit`` is the least that passes the assignment. ``marker`` is empty
    where the cohort does not tell who marked. ``peers`` is what reviews of fellow trainees added to the mark.
    ``adjustment`` is
    what this member of a group got more or less than the others. ``effort``: the criteria whose next level would give
    most. ``files``
    are feedback files, under names that do not tell who marked either."""

    version: SubmissionVersion
    marking: Marking
    lines: list[results.Line]
    mark: Decimal
    deductions: list[rules.Deduction]
    limit: int
    marker: str
    effort: list[results.Line]
    files: list[tuple[str, FeedbackFile]]
    peers: rules.PeerPart | None
    adjustment: rules.Adjustment | None

    @property
    def of_group(self) -> Decimal:
        """The mark of the group, before what this member got more or less."""
        return rules.counted_mark(self.marking.raw or Decimal(0), *self.deductions, peers=self.peers).mark

    @property
    def whole(self) -> Decimal:
        """What deductions were taken from."""
        raw = self.marking.raw or Decimal(0)
        return self.peers.joined(raw) if self.peers else raw

    @property
    def passed(self) -> bool:
        return self.mark >= self.limit


def result(version: SubmissionVersion, marking: Marking, lang: Lang) -> Result:
    """Put a released marking into words."""
    content, module = results.content_of(version), version.submission.module
    assert marking.counted is not None  # a check of the table
    lines = results.lines(content, module, marking.levels, lang)
    best = feedback.rises(content.modules[module].rubric, marking.levels)[:_MOST_EFFORTS]
    return Result(
        version,
        marking,
        lines,
        marking.counted,
        results.deductions(marking),
        content.modules[module].complete_when.assignment_at_least,
        anonymity.marker(marking),
        [next(line for line in lines if line.id == one.criterion) for one in best],
        [(offline.neutral(version, one), one) for one in offline.files_of(marking)],
        results.peers(marking),
        following.adjustment(marking),
    )


def rubric_lang(written: Lang) -> Lang:
    """The language in which a marker reads the rubric: the one they ask for, else that of the work."""
    return Lang.parse(request.args.get("rubric", "")) or written


def faults(problems: Iterable[rules.Problem], content: Content, module: str, lang: Lang) -> list[Fault]:
    """Problems in the interface language, with the titles of their places."""
    return [
        Fault(one.place, gettext(one.message) % {"title": _title(content, module, one.place, lang), **one.params})
        for one in problems
    ]


def received(upload: Upload) -> rules.SentFile:
    """A stored upload, looked at by its bytes; call it before the first statement, so that no lock is held."""
    data = store().read(upload.blob.sha256)
    return rules.SentFile(filetypes.safe_name(upload.name), upload.blob.sha256, upload.blob.size, filetypes.kind(data))


def attachment(name: str, sha256: str) -> Response:
    """A stored file to download."""
    return downloads.attachment(store().path(sha256), name)


def _title(content: Content, module: str, place: str, lang: Lang) -> str:
    """What a place of the page is called; a problem of the whole work has no place."""
    assignment = content.modules[module].assignment
    if place in assignment.declarations:
        return content.say(module, f"assignment/declarations/{place}", lang)
    if any(place == part.id for part in assignment.parts):
        return content.say(module, f"assignment/part_titles/{place}", lang)
    return content.say(module, f"rubric/{place}/title", lang) if place else ""


def points(rubric: Rubric, levels: Mapping[str, str]) -> str:
    """«62.5», with how many criteria are still open as long as some are."""
    shown, missing = i18n.fmt().mark(rules.points_so_far(rubric, levels)), len(rules.missing_levels(rubric, levels))
    if not missing:
        return shown
    return str(
        ngettext("%(points)s, %(num)s criterion open", "%(points)s, %(num)s criteria open", missing, points=shown)
    )
