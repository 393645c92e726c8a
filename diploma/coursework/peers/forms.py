"""Forms of peer review: its rules, a review, and the steps of the staff."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diploma.cohorts.forms import CLOCKS_CHANGE, MOMENT, REQUIRED
from diploma.cohorts.rules import clocks_show, instant
from diploma.core.forms import Form
from diploma.core.mail import isolate
from diploma.core.text import clean_lines
from diploma.coursework.forms import Seen, sent_levels
from diploma.coursework.peers.policy import MOST_WEIGHT
from diploma.coursework.peers.service import LONGEST_COMMENT, LONGEST_REASON, LONGEST_REMARK, Said
from diploma.coursework.policy_forms import PolicyForm
from diploma.learning.structure import Rubric

_LOW = {"dir": "auto", "class": "low"}
_TOO_LONG = _l("The text is longer than %(max)d characters. Shorten it and save again.")
CHOOSE = ""


class PeerForm(PolicyForm):
    """The rules of peer review."""

    on = BooleanField(
        _l("Trainees review each other's works"),
        description=_l("Without names. They are told before they hand in."),
    )
    reviews = IntegerField(_l("Reviews for each person"), [InputRequired(), NumberRange(1, 10)])
    days = IntegerField(
        _l("Days for reviewing after the deadline"),
        [InputRequired(), NumberRange(1, 60)],
        description=_l("They begin when the days without deduction are over."),
    )
    weight = IntegerField(
        _l("Per cent of the mark that are the reviews"),
        [InputRequired(), NumberRange(0, MOST_WEIGHT)],
        description=_l("0: they do not count. Otherwise the median of the reviews counts so much."),
    )
    least = IntegerField(
        _l("Fewest reviews that count"),
        [InputRequired(), NumberRange(1, 10)],
        description=_l("A work with fewer has the mark of its marker alone."),
    )
    must_review = BooleanField(_l("Who has not done their own reviews does not see those of their work"))
    after_release = BooleanField(_l("Reviews are shown to the author only when the mark is released"))

    def validate_least(self, field: Any) -> None:
        if self.weight.data and field.data and self.reviews.data and field.data > self.reviews.data:
            raise ValidationError(_l("Nobody gets so many reviews."))


class ReviewForm(Form):
    """A review; levels and remarks stand beside it as ``level-…`` and ``remark-…``."""

    comment = TextAreaField(
        _l("What the author should know above all"),
        [Length(max=LONGEST_COMMENT, message=_TOO_LONG)],
        description=_l("What is good, and the one step that would help most."),
    )
    page = HiddenField(validators=[Length(max=64)])
    version = Seen(validators=[Optional()])

    def said(self, rubric: Rubric) -> Said:
        page, version = self.page.data or "", self.version.data or 0
        return Said(sent_levels(rubric), self.remarks(rubric), self.comment.data or "", page, version)

    @staticmethod
    def remarks(rubric: Rubric) -> dict[str, str]:
        """Criterion → what this request says of it, as far as it was sent."""
        sent = {one.id: clean_lines(request.form.get(f"remark-{one.id}", "")) for one in rubric.criteria}
        return {criterion: text for criterion, text in sent.items() if text}

    def too_long(self, rubric: Rubric) -> list[str]:
        """The criteria whose remark is longer than is kept: nothing is cut without a word."""
        return [one for one, text in self.remarks(rubric).items() if len(text) > LONGEST_REMARK]


class TextForm(Form):
    """One text: an answer, or what is wrong."""

    text = TextAreaField(_l("Text"), [REQUIRED, Length(max=LONGEST_REASON)], render_kw=_LOW)


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = TextAreaField(
        _l("Reason"),
        [REQUIRED, Length(max=LONGEST_REASON)],
        description=_l("It is kept for the audit."),
        render_kw=_LOW,
    )


class _Until(Form):
    """A form with an instant in the zone of a cohort."""

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    until = DateTimeLocalField(_l("Until"), [REQUIRED], format=MOMENT)

    def validate_until(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)

    def moment(self) -> datetime:
        assert self.until.data  # of a form that was validated
        return instant(self.until.data, self.zone)


class TimeForm(_Until):
    """More time for a reviewer."""

    reason = TextAreaField(
        _l("Reason"),
        [REQUIRED, Length(max=LONGEST_REASON)],
        description=_l("It is kept for the audit."),
        render_kw=_LOW,
    )


class GiveForm(_Until):
    """A work for a reviewer, by hand; ``work`` is left out where it is known."""

    reviewer = SelectField(_l("Who reviews"), [REQUIRED], coerce=str)
    work = SelectField(_l("Which work"), [REQUIRED], coerce=str)

    def offer(self, people: Iterable[tuple[int, str]], works: Iterable[tuple[int, str]] | None) -> None:
        start = {CHOOSE: str(_l("Choose"))}
        self.reviewer.choices = start | {str(key): isolate(name) for key, name in people}
        if works is None:
            del self.work
        else:
            self.work.choices = start | {str(key): isolate(name) for key, name in works}
