"""The forms in which a comment is written: on a passage, as a part of the desk's own form, and on a place of a page."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diploma.core.forms import Form
from diploma.coursework.annotations import rules
from diploma.coursework.annotations.models import WHOLE
from diploma.coursework.annotations.service import Passage, Place, Said

_TOO_LONG = _l("The comment is longer than %(max)d characters. Shorten it.")
_PERCENT = [InputRequired(), NumberRange(0, 100)]


class PassageForm(Form):
    """A comment on a passage. ``first`` and ``last`` are words, by the offsets where they begin and end; a script sends
    ``start``, ``stop`` and what it has seen there instead. ``line`` is a paragraph, ``known`` the comment that is
    changed, ``seen`` its version. Its names are the desk's: the form stands inside that of levels and comment."""

    line = SelectField(_l("Paragraph"), name="note_line", validate_choice=False)
    first = SelectField(_l("From the word"), name="note_first", validate_choice=False)
    last = SelectField(_l("To the word"), name="note_last", validate_choice=False)
    start = IntegerField(name="note_start", validators=[Optional()])
    stop = IntegerField(name="note_stop", validators=[Optional()])
    quote = HiddenField(name="note_quote")
    text = TextAreaField(_l("Comment on the passage"), [Length(max=rules.LONGEST, message=_TOO_LONG)], name="note_text")
    criterion = SelectField(_l("Criterion"), name="note_criterion", validate_choice=False)
    known = IntegerField(name="note_known", validators=[Optional()])
    seen = IntegerField(name="note_seen", validators=[Optional()])

    def passage(self, lines: list[rules.Stretch]) -> Passage | None:
        """What the form points to: what was selected, else words, else a whole paragraph."""
        if self.start.data is not None and self.stop.data is not None:
            return Passage(self.start.data, self.stop.data, self.quote.data or "")
        line = self.paragraph(lines)
        if line is None:
            return None
        begins, ends = _number(self.first.data), _number(self.last.data)
        inside = [one for one in (begins, ends) if one is not None and not line.start <= one <= line.stop]
        if inside:  # words of another paragraph, which was chosen before
            begins = ends = None
        return Passage(line.start if begins is None else begins, line.stop if ends is None else ends)

    def paragraph(self, lines: list[rules.Stretch]) -> rules.Stretch | None:
        wanted = _number(self.line.data)
        return next((one for one in lines if one.number == wanted), None)

    def said(self) -> Said:
        return Said(self.text.data or "", self.criterion.data or "")


class PlaceForm(Form):
    """A comment on a place of a page, in hundredths of the page from its upper left corner."""

    x = DecimalField(_l("From the left edge, in per cent"), _PERCENT, default=Decimal(5))
    y = DecimalField(_l("From the top, in per cent"), _PERCENT, default=Decimal(5))
    w = DecimalField(_l("Width, in per cent"), [Optional(), NumberRange(0, 100)], default=Decimal(0))
    h = DecimalField(_l("Height, in per cent"), [Optional(), NumberRange(0, 100)], default=Decimal(0))
    text = TextAreaField(_l("Comment on this place"), [Length(max=rules.LONGEST, message=_TOO_LONG)])
    criterion = SelectField(_l("Criterion"), validate_choice=False)
    seen = IntegerField(validators=[Optional()])

    def place(self, sha256: str, page: int) -> Place:
        x, y, w, h = (int((one.data or 0) * WHOLE / 100) for one in (self.x, self.y, self.w, self.h))
        return Place(sha256, page, x, y, w, h)

    def said(self) -> Said:
        return Said(self.text.data or "", self.criterion.data or "")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
