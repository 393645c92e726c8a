"""Forms of appeals: what the trainee asks and objects, what staff answer, and the rules of the area."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diploma.cohorts.forms import REQUIRED
from diploma.core.forms import Form
from diploma.coursework.appeals.answering import Verdict
from diploma.coursework.appeals.asking import Asked
from diploma.coursework.appeals.rules import LEAST, LONGEST, Second
from diploma.coursework.forms import Seen
from diploma.coursework.policy_forms import PolicyForm
from diploma.coursework.rules import SentFile

FILE = "annex"  # the field of the file
_LOW = {"dir": "auto", "class": "low"}
_WORDS = [REQUIRED, Length(LEAST, LONGEST)]


class AppealForm(Form):
    """Which criterion, and why. ``key`` is new with each page that shows the form."""

    criterion = RadioField(_l("Criterion"), [InputRequired(_l("Choose one."))], validate_choice=False)
    reason = TextAreaField(
        _l("Why the level should be another one"),
        _WORDS,
        render_kw=_LOW,
        description=_l(
            "Point to the place in your work and to what the rubric says. Who answers reads it with the work."
        ),
    )
    key = HiddenField(validators=[Length(min=16, max=64)])

    def asked(self, file: SentFile | None) -> Asked:
        return Asked(self.criterion.data or "", self.reason.data or "", self.key.data or "", file)


class ObjectionForm(Form):
    """Why an appeal goes on to the second instance."""

    objection = TextAreaField(
        _l("Why the answer does not convince you"),
        _WORDS,
        render_kw=_LOW,
        description=_l("Another person answers. Their answer is final."),
    )


class AnswerForm(Form):
    """The answer to an appeal; the button says whether the mark stands. ``version`` is that of the appeal shown."""

    level = RadioField(_l("New level of the criterion"), validate_choice=False)
    reason = TextAreaField(
        _l("Reason of the answer"),
        [REQUIRED, Length(max=LONGEST)],
        render_kw=_LOW,
        description=_l("The trainee reads it on their page and in the mail."),
    )
    version = Seen(validators=[Optional()])

    def verdict(self) -> Verdict:
        return Verdict(self.reason.data or "", self.level.data or "", self.version.data or 0)


class AppealRulesForm(PolicyForm):
    """The rules of appeals."""

    on = BooleanField(_l("Trainees can ask for a review of a criterion"))
    within_days = IntegerField(_l("Days for it after the release of the mark"), [InputRequired(), NumberRange(1, 90)])
    answer_days = IntegerField(
        _l("The answer is due within so many workdays"),
        [InputRequired(), NumberRange(1, 60)],
        description=_l("Workdays of the cohort’s calendar."),
    )
    escalate_days = IntegerField(
        _l("Days to go on to the second instance after an answer"), [InputRequired(), NumberRange(1, 60)]
    )
    may_fall = BooleanField(
        _l("The mark may fall by an appeal"), description=_l("Otherwise an answer can only leave it or raise it.")
    )
    second = RadioField(
        _l("Who answers in the second instance"),
        choices=[
            SelectChoice(Second.DIRECTORS.value, _l("Directors and registrars")),
            SelectChoice(Second.MODERATORS.value, _l("Also those who moderate the marks of the cohort")),
        ],
    )
