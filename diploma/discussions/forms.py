"""Forms of announcements, discussions and messages. Dates and times are those of the cohort's zone."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from diploma.cohorts.curriculum import Module
from diploma.cohorts.rules import clocks_show, instant
from diploma.core.forms import Form
from diploma.core.lang import LANGS, Lang
from diploma.discussions import rules
from diploma.discussions.announcements import Plan
from diploma.discussions.models import Announcement, Message, Notice
from diploma.discussions.service import Written

_REQUIRED = DataRequired(_l("This field is needed."))
_TOO_LONG = _l("The text is longer than %(max)d characters. Shorten it and send it again.")
_TITLE = Length(max=rules.LONGEST_TITLE, message=_TOO_LONG)
_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]  # the first is what is shown; browsers send any
NOTICES = {
    Notice.DAILY: _l("Once a day, together"),
    Notice.AT_ONCE: _l("At once, one mail for each post"),
    Notice.NEVER: _l("Not at all"),
}


def _key() -> Any:
    return HiddenField(validators=[DataRequired(), Length(min=16, max=64)])


def _module_field(nothing: Any) -> Any:
    return SelectField(_l("Module"), default="", description=nothing)


def module_choices(modules: Sequence[Module]) -> list[tuple[str, str]]:
    return [("", "–"), *((one.id, f"{one.code} {one.title.words}") for one in modules)]


class EditForm(Form):
    """The text of a post, in the language of its writer."""

    text = TextAreaField(_l("Your text"), [_REQUIRED, Length(max=rules.LONGEST_POST, message=_TOO_LONG)])
    language = SelectField(_l("You write in"), choices=[SelectChoice(one.value, one.native_name) for one in LANGS])

    def written(self) -> Written:
        return Written(self.text.data or "", Lang(self.language.data))


class PostForm(EditForm):
    """A post. ``key`` is new with each page that shows the form, ``quoted`` the number of the post that it answers."""

    quoted = IntegerField(_l("Answer to post"), [Optional(), NumberRange(1, 10**9)], widget=HiddenInput())
    key = _key()

    def written(self) -> Written:
        return Written(self.text.data or "", Lang(self.language.data), self.quoted.data)


class ThreadForm(PostForm):
    title = StringField(_l("What is it about?"), [_REQUIRED, _TITLE], render_kw={"dir": "auto"})
    module = _module_field(_l("If it belongs to one."))


class ReportForm(Form):
    reason = TextAreaField(
        _l("What is wrong with it?"),
        [_REQUIRED, Length(max=rules.LONGEST_REASON, message=_TOO_LONG)],
        render_kw={"dir": "auto"},
    )


class HideForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [_REQUIRED, Length(max=rules.LONGEST_REASON, message=_TOO_LONG)],
        description=_l("Everybody reads it in place of the text."),
        render_kw={"dir": "auto"},
    )


class NoticeForm(Form):
    follows_all = BooleanField(
        _l("Follow all discussions of this cohort"),
        description=_l("Otherwise you follow what you write in and what you choose."),
    )
    notice = RadioField(
        _l("Mails about new posts"), choices=[SelectChoice(one.value, said) for one, said in NOTICES.items()]
    )


class InLanguages(Form):
    """A heading and a text in several languages: a part of the form for each, at least one of them filled in."""

    heading = ""  # the name under which a heading is stored

    def parts(self, languages: Sequence[str]) -> list[tuple[Lang, Any, Any]]:
        """(language, heading field, text field) for the languages of a cohort, in its own order."""
        return [(Lang(tag), *self._fields_of(Lang(tag))) for tag in languages]

    def texts(self, languages: Sequence[str]) -> dict[str, dict[str, str]]:
        """What was filled in, by language tag; a part of which only one half was is there with the other one empty."""
        found = {
            lang.value: {self.heading: heading.data or "", "text": text.data or ""}
            for lang, heading, text in self.parts(languages)
        }
        return {tag: said for tag, said in found.items() if any(said.values())}

    def show(self, texts: dict[str, Any]) -> None:
        for tag, said in texts.items():
            heading, text = self._fields_of(Lang(tag))
            heading.data, text.data = said[self.heading], said["text"]

    def _fields_of(self, lang: Lang) -> tuple[Any, Any]:
        name = lang.babel.lower()
        return self[f"heading_{name}"], self[f"text_{name}"]


def _heading(label: Any, lang: Lang) -> Any:
    return StringField(label, [_TITLE], render_kw={"lang": lang.value, "dir": lang.dir})


def _text(lang: Lang) -> Any:
    limit = Length(max=rules.LONGEST_TEXT, message=_TOO_LONG)
    return TextAreaField(_l("Text"), [limit], render_kw={"lang": lang.value, "dir": lang.dir, "rows": 8})


class AnnouncementForm(InLanguages):
    """An announcement; ``zone`` is its cohort's, ``version`` the announcement's when the form was opened."""

    heading = "title"
    heading_ar, text_ar = _heading(_l("Title"), Lang.AR), _text(Lang.AR)
    heading_en, text_en = _heading(_l("Title"), Lang.EN), _text(Lang.EN)
    heading_ru, text_ru = _heading(_l("Title"), Lang.RU), _text(Lang.RU)
    heading_uz_latn, text_uz_latn = _heading(_l("Title"), Lang.UZ_LATN), _text(Lang.UZ_LATN)
    heading_uz_cyrl, text_uz_cyrl = _heading(_l("Title"), Lang.UZ_CYRL), _text(Lang.UZ_CYRL)
    module = _module_field(_l("If it is about one."))
    publish_at = DateTimeLocalField(
        _l("Publish at"), [Optional()], format=_MOMENT, description=_l("Leave it empty to publish now.")
    )
    pinned = BooleanField(_l("Keep it at the top"))
    by_mail = BooleanField(_l("Send it by mail as well, to each in their language"))
    version = HiddenField()
    key = _key()
    zone = "UTC"

    def validate_publish_at(self, field: Any) -> None:
        if field.data is not None and not clocks_show(field.data, self.zone):
            raise ValidationError(_l("The clocks are changed at that time; choose another."))

    def plan(self, languages: Sequence[str]) -> Plan:
        at = self.publish_at.data
        return Plan(
            self.texts(languages),
            self.module.data or None,
            instant(at, self.zone) if at else None,
            bool(self.pinned.data),
            bool(self.by_mail.data),
        )

    def show_announcement(self, found: Announcement) -> None:
        self.show(found.texts)
        self.module.data, self.pinned.data, self.by_mail.data = found.module or "", found.pinned, found.by_mail
        self.publish_at.data = found.publish_at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        self.version.data = str(found.version)


class MessageForm(InLanguages):
    heading = "subject"
    heading_ar, text_ar = _heading(_l("Subject"), Lang.AR), _text(Lang.AR)
    heading_en, text_en = _heading(_l("Subject"), Lang.EN), _text(Lang.EN)
    heading_ru, text_ru = _heading(_l("Subject"), Lang.RU), _text(Lang.RU)
    heading_uz_latn, text_uz_latn = _heading(_l("Subject"), Lang.UZ_LATN), _text(Lang.UZ_LATN)
    heading_uz_cyrl, text_uz_cyrl = _heading(_l("Subject"), Lang.UZ_CYRL), _text(Lang.UZ_CYRL)
    module = _module_field(_l("The one that {module} and {due} speak of."))
    version = IntegerField(default=0, validators=[Optional(), NumberRange(0, 10**9)], widget=HiddenInput())

    def show_message(self, found: Message) -> None:
        self.show(found.texts)
        self.module.data, self.version.data = found.module or "", found.version
