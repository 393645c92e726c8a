"""What the pages of a work show of its comments, and what their form on a passage does.

The form stands inside that of levels and comment, because a button sends the whole page: nothing that was chosen or
written is lost on the way, with a script or without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older

from diploma.core import filetypes, i18n
from diploma.core.errors import Refused
from diploma.coursework import access as works
from diploma.coursework import bank, results
from diploma.coursework.allocation import leases
from diploma.coursework.annotations import access, rules, service
from diploma.coursework.annotations.forms import PassageForm, PlaceForm
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Desk
from diploma.coursework.models import SubmissionVersion

_BUTTONS = {"note", "note_edit", "note_remove"}


@dataclass(frozen=True)
class Shown:
    """A work with its comments: the text in pieces, and the comments by their ids with their numbers."""

    paragraphs: list[rules.Paragraph]
    notes: Mapping[int, Annotation]
    numbers: Mapping[int, int]
    of_files: Mapping[str, list[Annotation]]

    @property
    def ordered(self) -> list[Annotation]:
        return sorted(self.notes.values(), key=lambda one: self.numbers[one.id])


@dataclass
class Outcome:
    """What became of a step: the form as it goes on, words for the page, the comment that is being changed."""

    form: PassageForm
    told: str = ""
    refused: str = ""
    known: Annotation | None = None
    words_of: int | None = None
    open: bool = True


@dataclass
class Panel:
    """The form of a comment on a passage, and the work that it stands under."""

    shown: Shown
    lines: list[rules.Stretch]
    outcome: Outcome
    words: list[rules.Stretch] = field(default_factory=list)

    @property
    def form(self) -> PassageForm:
        return self.outcome.form

    @property
    def quote(self) -> str:
        """The passage that is pointed to without the list of words."""
        return (self.outcome.known.quote if self.outcome.known else self.form.quote.data) or ""


def shown(work: SubmissionVersion, notes: Sequence[Annotation]) -> Shown:
    """A work as it stands under these comments."""
    numbers = rules.numbers(notes, service.files(work))
    of_files: dict[str, list[Annotation]] = {}
    for one in sorted(notes, key=lambda note: numbers[note.id]):
        if one.sha256:
            of_files.setdefault(one.sha256, []).append(one)
    return Shown(rules.marked(work.text, notes), {one.id: one for one in notes}, numbers, of_files)


def asked() -> bool:
    """Whether a button of the form on a passage was pressed."""
    return bool(_BUTTONS & request.form.keys())


def writes() -> bool:
    """Whether that button changes something."""
    return request.form.get("note") == "save" or "note_remove" in request.form


def act(desk: Desk) -> Outcome:
    """Do what the button says; what is refused stays in the form."""
    form = PassageForm()
    if "note_edit" in request.form:
        note = access.annotation(desk, request.form.get("note_edit", 0, int))
        return Outcome(_filled(note, changing=True), known=note)
    if "note_remove" in request.form:
        note = access.annotation(desk, request.form.get("note_remove", 0, int))
        filled = _filled(note, changing=False)
        service.remove(note, desk, by=current_user)
        return Outcome(filled, _("The comment is removed. Its words stand in the form below: save it to put it back."))
    if request.form.get("note") == "save":
        return _save(desk, form)
    if request.form.get("note") == "cancel":
        return Outcome(PassageForm(formdata=None))
    line = form.paragraph(rules.paragraphs(desk.work.text))
    form.first.data = form.last.data = None
    form.start.data, form.stop.data, form.quote.data = None, None, ""
    return Outcome(form, words_of=line.number if line else None)


def _save(desk: Desk, form: PassageForm) -> Outcome:
    known = access.annotation(desk, form.known.data) if form.known.data else None
    form.text.data = with_bank(form.text.data or "", "note_bank", desk.work)
    line = form.paragraph(rules.paragraphs(desk.work.text))
    kept = Outcome(form, known=known, words_of=line.number if line else None)
    if not form.validate():
        kept.refused = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return kept
    try:
        if known:
            service.change(known, desk, form.said(), form.seen.data or 0, by=current_user)
            return Outcome(PassageForm(formdata=None), _("The comment is changed."))
        where = form.passage(rules.paragraphs(desk.work.text))
        if where is None:
            kept.refused = _("Choose a paragraph, or select some words of the text.")
            return kept
        service.add(desk, where, form.said(), by=current_user)
    except leases.Taken:
        raise
    except Refused as refused:
        kept.refused = i18n.reason(refused.message, refused.params)
        return kept
    return Outcome(PassageForm(formdata=None), _("The comment is added."))


def with_bank(said: str, field_name: str, work: SubmissionVersion) -> str:
    """What was written, and after it the chosen comment of one's own bank in the language of the work."""
    chosen = request.form.get(field_name, 0, int)
    if not chosen:
        return said
    return f"{said} {bank.worded(works.bank_comment(current_user, chosen), work.lang, i18n.current())[1]}".strip()


def panel(desk: Desk, outcome: Outcome | None, criteria: Sequence[results.Line]) -> Panel:
    """The form and the work as they are shown now; one query."""
    outcome = outcome or Outcome(PassageForm(formdata=None), open=False)
    lines = rules.paragraphs(desk.work.text)
    made = Panel(shown(desk.work, access.on(desk)), lines, outcome)
    line = next((one for one in lines if one.number == outcome.words_of), None)
    made.words = rules.words(line) if line else []
    offer(outcome.form, criteria)
    return made


def bank_of(desk: Desk) -> list[tuple[int, str]]:
    """The comments of the marker's own bank for this module, in the language of the work where there is one."""
    here = [one for one in bank.of(current_user) if one.module in (None, desk.work.submission.module)]
    return [(one.id, bank.worded(one, desk.work.lang, i18n.current())[1]) for one in here]


def is_pdf(name: str) -> bool:
    return filetypes.ending(name) == "pdf"


def pdfs(work: SubmissionVersion) -> list[int]:
    """The numbers of the files whose pages can be opened."""
    files = [one for part in work.files.values() for one in part]
    return [number for number, one in enumerate(files, 1) if is_pdf(one["name"])]


def offer(form: PassageForm | PlaceForm, criteria: Sequence[results.Line]) -> None:
    """The criteria of the rubric, each of which a comment may be about."""
    form.criterion.choices = [SelectChoice("", _("None")), *(SelectChoice(one.id, str(one.title)) for one in criteria)]


def _filled(note: Annotation, *, changing: bool) -> PassageForm:
    """The form with a comment that is there, to change it, or to write it once more."""
    data: dict[str, Any] = {"text": note.text, "criterion": note.criterion}
    if changing:
        data |= {"known": note.id, "seen": note.version}
    data |= {"start": note.start, "stop": note.stop, "quote": note.quote}
    return PassageForm(formdata=None, data=data)
