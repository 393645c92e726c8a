"""Forms of second marking: an agreement, and a sample. The second mark itself has the form of the first."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, Optional

from diploma.core.forms import Form
from diploma.core.lang import LANGS, Lang
from diploma.coursework.forms import LONGEST_TEXT, Seen, sent_levels, sent_remarks
from diploma.coursework.moderation.reconciling import Proposal
from diploma.learning.structure import Rubric


class AgreeForm(Form):
    """What a marker proposes as the mark of both. ``version`` is that of the moderation which the page showed."""

    comment = TextAreaField(
        _l("Comment to the trainee"),
        [Length(max=20_000)],
        description=_l("The trainee sees it after the release of the mark."),
    )
    why = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        description=_l("Why this is the mark. It is kept and not shown to the trainee."),
    )
    version = Seen(default=0, validators=[Optional()])

    def proposal(self, rubric: Rubric) -> Proposal:
        return Proposal(
            sent_levels(rubric),
            self.comment.data or "",
            self.why.data or "",
            self.version.data or 0,
            sent_remarks(rubric),
        )


class SampleForm(Form):
    """A sample for calibration."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=200)])
    language = SelectField(_l("Language"), choices=[SelectChoice(one.value, one.native_name) for one in LANGS])
    text = TextAreaField(
        _l("Text"),
        [InputRequired(), Length(max=LONGEST_TEXT)],
        description=_l("Without names of people and offices by which somebody can be recognised."),
    )
    receipt = StringField(
        _l("Receipt of the work from which it comes"),
        [Optional(), Length(max=40)],
        description=_l(
            "A work of an earlier cohort whose mark is released. Leave it empty for a text written for this."
        ),
    )

    def lang(self) -> Lang:
        return Lang(self.language.data)
