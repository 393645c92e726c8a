"""Forms of entities: what one is, and each change from a day on."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from diploma.cohorts import labels
from diploma.cohorts.forms import REQUIRED, NamedForm
from diploma.cohorts.models import EntityKind
from diploma.core import i18n
from diploma.core.forms import Form
from diploma.core.mail import isolate

AT_THE_TOP = ""
_DAY = _l("From which day")


class KindForm(Form):
    kind = SelectField(_l("Kind"))

    def offer_kinds(self) -> None:
        self.kind.choices = {one.value: i18n.reason(labels.KINDS[one], {}) for one in EntityKind}


class EntityForm(NamedForm, KindForm):
    kind = SelectField(_l("Kind"), default=EntityKind.OTHER.value)
    parent = SelectField(_l("Belongs to"), default=AT_THE_TOP)
    opened_on = DateField(
        _l("Exists from"), [Optional()], description=_l("Leave it empty if it has been there all the time.")
    )


class DatedForm(Form):
    """A change from a day on. What is dated before today needs a reason."""

    valid_from = DateField(_DAY, [REQUIRED])
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        render_kw={"dir": "auto", "class": "low"},
        description=_l("Needed only for a day that has passed; it is recorded."),
    )


class RenameForm(DatedForm, NamedForm):
    valid_from = DateField(_DAY, [REQUIRED], description=_l("What is dated before this day keeps the earlier name."))


class MoveForm(DatedForm):
    parent = SelectField(_l("Belongs to"))


class MergeForm(DatedForm):
    into = SelectField(_l("Becomes part of"))


def entity_choices(rows: Iterable[tuple[int, int, str]], first: dict[str, str]) -> dict[str, str]:
    """Choices of a select from (id, depth, name): what stands below is set in by dashes."""
    return first | {str(one): f"{'– ' * depth}{isolate(name)}" for one, depth, name in rows}
