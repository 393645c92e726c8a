"""What will stand on a certificate: the snapshot, made from the records at the moment of issue."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.certificates import rules, transcripts
from diploma.certificates.drawing import fonts, record_words, transcript
from diploma.certificates.drawing.compose import compose, template_set_hash
from diploma.certificates.drawing.typeset import Misfit
from diploma.certificates.models import Certificate
from diploma.certificates.snapshot import BANDS, JOINERS, Award, Digits, Snapshot
from diploma.cohorts.models import Cohort, CohortModule, Enrolment, LiveSession
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import module_band
from diploma.learning import catalogue

_KINDS = {
    rules.DIPLOMA: Award.DIPLOMA,
    rules.FOUNDATION: Award.ATTENDANCE,
    rules.ASSESSOR: Award.ASSESSOR,
    rules.TRANSCRIPT: Award.TRANSCRIPT,
}
TRIAL_SERIAL, TRIAL_TOKEN = "GID-0000-XX-000000-R9", "0" * rules.TOKEN_LENGTH


def languages(cohort: Cohort) -> list[Lang]:
    """The languages of a cohort's certificates, in the order in which they are printed."""
    return [Lang(one) for one in cohort.certificate_languages]


def languages_of(certificate: Certificate) -> list[Lang]:
    """Those of one certificate: the pack of the partner may choose among the cohort's, and order them, by award.

    A cohort that speaks none of the chosen languages keeps its own.
    """
    cohort = certificate.enrolment.cohort
    chosen = _pack(cohort).get("certificate_languages", {}).get(_award_id(certificate.award), [])
    own = languages(cohort)
    return [Lang(one) for one in chosen if Lang(one) in own] or own


def confirmed_names(user: User) -> dict[Lang, str]:
    """A person's names as they confirmed them."""
    return {one.lang: one.full_name for one in user.names if one.confirmed_at}


def unconfirmed(enrolment: Enrolment) -> list[Lang]:
    """The languages of the certificate in which the holder has not confirmed the name."""
    names = confirmed_names(enrolment.user)
    return [lang for lang in languages(enrolment.cohort) if lang not in names]


def name_fault(lang: Lang, name: str) -> Refused | None:
    """Why a tidy name cannot be printed in ``lang``: a rule is broken, or the fonts lack a letter."""
    fault = rules.name_fault(lang, name)
    if fault:
        return Refused(fault)
    faces = ("arabic",) if lang is Lang.AR else ("text", "display")
    lacking = {letter for face in faces for letter in name if ord(letter) not in fonts.characters(face)} - set(JOINERS)
    if lacking:
        letters = " ".join(sorted(lacking))
        return Refused(N_("The letters %(letters)s cannot be printed on a certificate."), letters=letters)
    return None


def title(cohort: Cohort, award: str, lang: Lang) -> catalogue.Said:
    """The title of an award in ``lang``, or in its nearest fallback."""
    if award == rules.TRANSCRIPT:
        return catalogue.Said.make(record_words.titles()[lang.value], lang, fallback=False, draft=False)
    content, module = catalogue.content(cohort.revision_id), rules.module_of(award)
    if module:
        return content.say(module, "module/title", lang)
    return content.say(None, f"programme/awards/{award}", lang)


def page_url(path: str) -> str:
    """The public address of a page of this installation."""
    return f"{current_app.config['BASE_URL']}{path}"


def holder_url(serial: str) -> str:
    """The page of an issued certificate, for its holder."""
    return page_url(f"/certificates/{serial}")


def verify_url(token: str) -> str:
    """The address in the QR code."""
    return page_url(f"/verify/{token}")


def today(cohort: Cohort) -> date:
    """The day where the cohort's certificates are issued."""
    return clock.now().astimezone(ZoneInfo(cohort.partner.time_zone)).date()


def last_day(cohort: Cohort, award: str, begins_on: date) -> date | None:
    """The last day of an award that begins on ``begins_on``; ``None`` for one that holds for ever."""
    years = next(
        (one.valid_years for one in catalogue.content(cohort.revision_id).programme.awards if one.id == award), 0
    )
    return rules.last_day(begins_on, years) if years else None


def snapshot(certificate: Certificate, serial: str, token: str, *, specimen: bool = False) -> Snapshot:
    """Everything printed on a certificate that is issued now; :class:`Refused` says what cannot be printed.

    Issuers, their logos and seals, signatories, place and digits are those of the partner's country pack
    in the cohort's edition.
    """
    enrolment, cohort = certificate.enrolment, certificate.enrolment.cohort
    content = catalogue.content(cohort.revision_id)
    pack, names, langs = _pack(cohort), confirmed_names(enrolment.user), languages_of(certificate)
    tags = [lang.value for lang in langs]
    starts_on, ends_on = _period(enrolment, certificate.award)
    try:
        record = transcripts.study(enrolment) if certificate.award == rules.TRANSCRIPT else None
        return Snapshot(
            serial=serial,
            token=token,
            verify_url=verify_url(token),
            award=_kind(certificate.award),
            module=rules.module_of(certificate.award),
            titles=_titles(cohort, certificate.award, langs),
            languages=tags,
            names={lang.value: names.get(lang, "") for lang in langs},
            hours=record.hours if record else _hours(content, certificate.award),
            band=_band(enrolment, content, certificate.award),
            starts_on=starts_on,
            ends_on=ends_on,
            issued_on=today(cohort),
            place=_only(tags, pack["place"]) if "place" in pack else None,
            issuers=[{"id": one["id"], "name": _only(tags, one["name"])} for one in pack["issuers"]],
            signatories=[
                {"name": _only(tags, one["name"]), "role": _only(tags, one["role"])} for one in pack["signatories"]
            ],
            edition=content.number,
            digits=Digits(pack["digits"]),
            template=template_set_hash(),
            fonts=fonts.font_set_hash(),
            specimen=specimen,
            valid_until=certificate.valid_until or last_day(cohort, certificate.award, today(cohort)),
            logos={one["id"]: one["logo"] for one in pack["issuers"] if "logo" in one},
            seals={one["id"]: one["seal"] for one in pack["issuers"] if "seal" in one},
            record=record,
        )
    except ValueError as error:
        raise Refused(N_("The certificate cannot be printed: %(reason)s"), reason=str(error)) from error


def check(certificate: Certificate) -> None:
    """Refuse what the fonts cannot draw or the page cannot hold; asked before a number is taken."""
    trial = snapshot(certificate, TRIAL_SERIAL, TRIAL_TOKEN)
    for text, letters in fonts.missing_glyphs(trial).items():
        raise Refused(
            N_("The letters %(letters)s in “%(text)s” cannot be printed."), letters=" ".join(letters), text=text
        )
    try:
        (transcript.compose if trial.record else compose)(trial)
    except Misfit as error:
        raise Refused(N_("The certificate cannot be printed: %(reason)s"), reason=str(error)) from error


def specimen(certificate: Certificate) -> Snapshot:
    """What a trial print shows: all of the certificate, but no number, and a code that says what it is."""
    check(certificate)
    serial = rules.serial(0, certificate.enrolment.cohort.partner.slug, 0)
    return snapshot(certificate, serial, rules.SPECIMEN_TOKEN, specimen=True)


# The fields that say something; the others name a version, its day and how it is drawn.
_SAID = {one.name for one in fields(Snapshot)} - {"serial", "token", "verify_url", "issued_on", "template", "fonts"}


def is_unchanged(certificate: Certificate) -> bool:
    """Whether an issued certificate would say the same if it were issued today."""
    held = Snapshot.from_json(certificate.snapshot or "")
    try:
        now = snapshot(certificate, held.serial, held.token)
    except Refused:
        return False
    return all(getattr(held, one) == getattr(now, one) for one in _SAID)


def _pack(cohort: Cohort) -> dict[str, Any]:
    return catalogue.content(cohort.revision_id).partner(cohort.partner.slug)


def _award_id(award: str) -> str:
    """The award's id in ``programme.toml``."""
    return "module" if rules.module_of(award) else award


def _kind(award: str) -> Award:
    return _KINDS.get(award, Award.MODULE)


def _band(enrolment: Enrolment, content: catalogue.Content, award: str) -> str | None:
    """The grade of a module in words. A diploma has none before a capstone project can be assessed."""
    module = rules.module_of(award)
    if module is None:
        return None
    result = gradebook.results([enrolment], content)[enrolment.id].get(module)
    band = module_band(content.programme, result) if result else None
    return band if band in BANDS else None  # a mark that fell below the limit afterwards has no grade to be printed


def _titles(cohort: Cohort, award: str, langs: list[Lang]) -> dict[str, str]:
    return {lang.value: str(transcripts.own(title(cohort, award, lang), lang)) for lang in langs}


def _only(tags: list[str], texts: dict[str, str]) -> dict[str, str]:
    return {tag: texts[tag] for tag in tags}


def _hours(content: catalogue.Content, award: str) -> int:
    module = rules.module_of(award)
    if module:
        return content.modules[module].hours.total
    if award == rules.DIPLOMA:
        return transcripts.whole_hours(content)
    return next(one.hours for one in content.programme.awards if one.id == award)


def _period(enrolment: Enrolment, award: str) -> tuple[date, date]:
    """First and last day of the learning, in the cohort's zone.

    Of a module: from its opening to the day on which this person completed it. Of a transcript: the same of all its
    modules. Of an award earned by being there: the cohort's sessions. Of the diploma: the cohort's own days.
    """
    cohort, module = enrolment.cohort, rules.module_of(award)
    first: datetime | None
    last: datetime | None
    if module or award == rules.TRANSCRIPT:
        done = {key: at for key, at in transcripts.completed(enrolment).items() if module in (None, key)}
        last = max(done.values(), default=None)
        first = session.scalar(
            select(func.min(CohortModule.opens_at)).where(
                CohortModule.cohort_id == cohort.id, CohortModule.module.in_([module] if module else list(done))
            )
        )
    elif award in rules.ATTENDED:
        first, last = session.execute(
            select(func.min(LiveSession.starts_at), func.max(LiveSession.starts_at)).where(
                LiveSession.cohort_id == cohort.id, LiveSession.sheet_saved_at.is_not(None)
            )
        ).one()
    else:
        first = last = None
    starts_on, ends_on = _day(first, cohort) or cohort.starts_on, _day(last, cohort) or cohort.ends_on
    return min(starts_on, ends_on), ends_on


def _day(moment: datetime | None, cohort: Cohort) -> date | None:
    return moment.astimezone(ZoneInfo(cohort.time_zone)).date() if moment else None
