"""The way of a certificate: draft, names, approval, issue. What may become of it then is in ``status``.

Every step locks the rows it changes first, always in the order certificates, counter, chain, audit: of two registrars
at the same button, or sixteen, one issues the certificate and the others find it issued.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.certificates import asking, conditions, issuers, judging, printed, publishing, queries, registry, rules
from diploma.certificates.judging import Judged
from diploma.certificates.models import Approval, Certificate, CertificateState, Return
from diploma.certificates.rules import Requirement
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import audit, clock, mail
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang

_S = CertificateState
OPEN = (_S.DRAFTED, _S.NAME_CONFIRMED, _S.APPROVED)  # not issued yet: names and approvals may still change
NEWER = "newer"  # why a transcript was superseded; pages say it in words


@dataclass
class IssueReport:
    """What a bulk issue did. People appear by name: ``refused`` with the reason, ``ineligible`` with what they lack."""

    issued: list[Certificate] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    ineligible: list[tuple[str, list[Requirement]]] = field(default_factory=list)


# ---- drafts


def draft(enrolment: Enrolment, award: str, *, by: User | None = None) -> Certificate:
    """Draft a certificate for an eligible person; drafting twice changes nothing.

    A transcript says how a person stands at a day: once one is issued, another may be drafted, which replaces it.
    :class:`Refused` names the first unmet requirement.
    """
    held = _newest([enrolment.id], award).get(enrolment.id)
    if held is None or (award == rules.TRANSCRIPT and held.state not in OPEN):
        conditions.refuse_unearned(enrolment, award)
        conditions.refuse_suspended(held)
        _draft_all([(enrolment, award)], by)
    return _newest([enrolment.id], award)[enrolment.id]


def draft_transcripts(people: Sequence[Enrolment], *, by: User) -> int:
    """Draft a transcript for each of ``people``; returns how many are new."""
    held = _newest([one.id for one in people], rules.TRANSCRIPT)
    return sum(draft(one, rules.TRANSCRIPT, by=by) is not held.get(one.id) for one in people)


def draft_eligible(cohort: Cohort, *, by: User | None = None) -> list[Certificate]:
    """Draft every certificate that a person of the cohort has earned and does not have yet; returns the new ones."""
    return _draft_all(earned(cohort), by)


def earned(cohort: Cohort) -> list[tuple[Enrolment, str]]:
    """Who of the cohort has earned which award without a certificate of it."""
    people = queries.enrolments(cohort)
    drafted = (
        select(Certificate.enrolment_id, Certificate.award)
        .join(Certificate.enrolment)
        .where(Enrolment.cohort_id == cohort.id)
    )
    held = {(row.enrolment_id, row.award) for row in session.execute(drafted)}
    by_id = {one.id: one for one in people}
    return [
        (by_id[key], award)
        for (key, award), record in queries.records(people, queries.awards(cohort)).items()
        if (key, award) not in held and not rules.missing(record)
    ]


def _draft_all(earned: Sequence[tuple[Enrolment, str]], by: User | None) -> list[Certificate]:
    """A transcript is the supplement of a diploma and comes with it, unless one is under way."""
    wanted = [*earned, *((one, rules.TRANSCRIPT) for one, award in earned if award == rules.DIPLOMA)]
    held = _newest([one.id for one, award in wanted if award == rules.TRANSCRIPT], rules.TRANSCRIPT)
    fresh = []
    for enrolment, award in wanted:
        last = held.get(enrolment.id) if award == rules.TRANSCRIPT else None
        if last is None or last.state not in (*OPEN, _S.SUSPENDED):
            version = last.version + 1 if last else 1
            fresh.append(Certificate(enrolment=enrolment, award=award, version=version, drafted_at=clock.now()))
    made = [one for one in fresh if insert_unless_there(one)]  # all rows before the lock of the audit
    for certificate in made:
        audit.record("certificate.drafted", f"certificate:{certificate.id}", by=by, award=certificate.award)
        _follow_names(certificate)
        if certificate.state is _S.DRAFTED:
            asking.ask(certificate)
    return made


def _newest(enrolments: Collection[int], award: str) -> dict[int, Certificate]:
    """Enrolment id → the newest version of an award, where there is one."""
    if not enrolments:
        return {}
    query = select(Certificate).where(Certificate.enrolment_id.in_(enrolments), Certificate.award == award)
    return {one.enrolment_id: one for one in session.scalars(query.order_by(Certificate.version))}


# ---- names


def confirm_name(user: User, lang: Lang, full_name: str, *, by: User | None = None) -> None:
    """The holder confirms how their name is printed in one language.

    A certificate whose names are all confirmed moves on. A spelling other than the one confirmed before takes open
    certificates back, with their approvals: those were given to another name. What is issued never changes.
    """
    name = rules.tidy_name(lang, full_name)
    fault = printed.name_fault(lang, name)
    if fault:
        raise fault
    waiting = [one for one in conditions.lock(_open_of(user)) if lang in printed.languages(one.enrolment.cohort)]
    if printed.confirmed_names(user).get(lang) != name:
        for certificate in waiting:
            _take_back(certificate)
        accounts.set_name(user, lang, name, confirmed=True, by=by)
    for certificate in waiting:
        _follow_names(certificate)


def take_back_unconfirmed(user: User, langs: Collection[Lang]) -> None:
    """A name was corrected in ``langs``: open certificates wait until the holder has confirmed it again."""
    for certificate in conditions.lock(_open_of(user)):
        if set(langs) & set(printed.unconfirmed(certificate.enrolment)):
            _take_back(certificate)


def _take_back(certificate: Certificate) -> None:
    certificate.approvals.clear()
    if certificate.state is not _S.DRAFTED:
        conditions.move(certificate, _S.DRAFTED)


def _follow_names(certificate: Certificate) -> None:
    if certificate.state is _S.DRAFTED and not printed.unconfirmed(certificate.enrolment):
        conditions.move(certificate, _S.NAME_CONFIRMED)


# ---- approvals


def approve(certificate: Certificate, issuer: str, *, by: User | None = None) -> None:
    """Approve for one issuer; with the last approval the certificate can be issued. Approving twice changes nothing.

    ``by`` is ``None`` for the operator on the command line, who may approve for every issuer; the record says so.
    """
    conditions.lock([certificate])
    if certificate.state not in OPEN or issuer not in issuers.waiting(certificate):
        return
    if by is not None and not issuers.may_approve(by, certificate.enrolment.cohort, issuer):
        raise Refused(N_("You may not approve for this issuer."))
    conditions.refuse_own(certificate, by)
    conditions.refuse_unconfirmed(certificate)
    certificate.approvals.append(Approval(issuer=issuer, by_id=getattr(by, "id", None), at=clock.now()))
    if not issuers.waiting(certificate):
        conditions.move(certificate, _S.APPROVED)
    audit.record(
        "certificate.approved",
        f"certificate:{certificate.id}",
        by=by,
        issuer=issuer,
        operator=True if by is None else None,
    )


def approve_all(certificates: Sequence[Certificate], issuer: str, *, by: User | None = None) -> int:
    """Approve many for one issuer; returns how many. Those that do not wait for it stay as they are."""
    ready = [
        one
        for one in conditions.lock(certificates)
        if one.state is _S.NAME_CONFIRMED and issuer in issuers.waiting(one)
    ]
    for certificate in ready:
        approve(certificate, issuer, by=by)
    return len(ready)


def send_back(certificate: Certificate, issuer: str, reason: str, langs: Collection[Lang] = (), *, by: User) -> None:
    """Send a certificate back instead of approving it; all approvals given so far fall.

    ``langs``: the languages in which the name is the reason. The holder is told and confirms it anew, and every open
    certificate with that name waits for it. The registrars are told in any case.
    """
    conditions.lock([certificate])
    cohort, holder = certificate.enrolment.cohort, certificate.enrolment.user
    if not issuers.may_approve(by, cohort, issuer):
        raise Refused(N_("You may not approve for this issuer."))
    conditions.refuse_own(certificate, by)
    if not reason.strip():
        raise Refused(N_("A reason is needed."))
    conditions.move(certificate, _S.DRAFTED)
    names = [lang.value for lang in printed.languages(cohort) if lang in langs]
    made = Return(issuer=issuer, by_id=by.id, at=clock.now(), reason=reason.strip(), names=names)
    certificate.returns.append(made)
    certificate.approvals.clear()
    session.flush()
    said = {"issuer": issuer, "reason": made.reason}
    audit.record("certificate.sent_back", f"certificate:{certificate.id}", by=by, names=names or None, **said)
    if names:
        accounts.unconfirm_names(holder, langs, by=by)
        take_back_unconfirmed(holder, langs)
        asking.ask(certificate, made)
    _follow_names(certificate)
    _tell_registrars(certificate, made)


# ---- issue


def issue(certificate: Certificate, *, by: User | None = None) -> Certificate:
    """Issue: number, code, snapshot, chain and render job in this one transaction. A second time changes nothing.

    :class:`Refused` says what is missing; no number is taken before everything is known to be printable.
    """
    earlier = _earlier(certificate)
    conditions.lock([*earlier, certificate])
    if certificate.state not in OPEN:
        return certificate
    judging.refuse(certificate, by=by)
    _follow_names(certificate)
    cohort, today = certificate.enrolment.cohort, printed.today(certificate.enrolment.cohort)
    certificate.valid_until = printed.last_day(cohort, certificate.award, today)
    if earlier:
        _follow(earlier[-1], certificate, by)
    else:
        number = registry.next_number(today.year, cohort.partner_id)
        publishing.publish(certificate, rules.serial(today.year, cohort.partner.slug, number), by)
    return certificate


def _earlier(certificate: Certificate) -> list[Certificate]:
    """The issued version, if any, that stands before one that is drafted."""
    query = select(Certificate).where(
        Certificate.enrolment_id == certificate.enrolment_id,
        Certificate.award == certificate.award,
        Certificate.version == certificate.version - 1,
    )
    return list(session.scalars(query))


def _follow(earlier: Certificate, made: Certificate, by: User | None) -> None:
    """Issue a newer transcript: it keeps the number of the earlier one, which ends unless it was revoked before."""
    if earlier.state is not _S.REVOKED:
        publishing.end(earlier, _S.SUPERSEDED, "superseded", NEWER, by)
    publishing.publish(
        made, rules.reissued(earlier.serial or "", made.version), by, replaces=earlier.serial, reason=NEWER
    )


def issue_all(certificates: Sequence[Certificate]) -> IssueReport:
    """Issue many as the operator, who approves for every issuer; a refusal is reported by name and stops no other."""
    report = IssueReport()
    for certificate in conditions.lock(certificates):
        if certificate.state not in OPEN:
            continue
        try:
            for issuer in issuers.waiting(certificate):
                approve(certificate, issuer)
            report.issued.append(issue(certificate))
        except Refused as reason:
            report.refused.append((certificate.enrolment.user.full_name, reason))
    return report


def trial(cohort: Cohort) -> list[Judged]:
    """What ``draft_eligible`` and then ``issue_all`` would do with each certificate of the cohort; writes nothing."""
    drafts = [Certificate(enrolment=one, award=award, drafted_at=clock.now()) for one, award in earned(cohort)]
    return list(judging.judge([*open_certificates(cohort), *drafts], by=None, approved=True))


def open_certificates(cohort: Cohort) -> list[Certificate]:
    """The cohort's certificates that are not issued yet."""
    return list(
        session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.cohort_id == cohort.id, Certificate.state.in_(OPEN))
            .order_by(Certificate.id)
        )
    )


def ineligible(cohort: Cohort) -> list[tuple[str, list[Requirement]]]:
    """Who of the cohort lacks what, by name, for every award that can be earned."""
    people = queries.enrolments(cohort)
    names = {one.id: one.user.full_name for one in people}
    found = queries.records(people, queries.awards(cohort)).items()
    return [(names[key], unmet) for (key, _), record in found if (unmet := rules.missing(record))]


# ---- common to all


def _open_of(user: User) -> list[Certificate]:
    return list(
        session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.user_id == user.id, Certificate.state.in_(OPEN))
        )
    )


def _tell_registrars(certificate: Certificate, returned: Return) -> None:
    cohort = certificate.enrolment.cohort
    link = printed.page_url(f"/certificates/cohorts/{cohort.slug}")
    for one in queries.registrars({cohort}):
        mail.send(
            "certificate_sent_back",
            one.email,
            one.language,
            f"certificate_sent_back:{returned.id}:{one.id}",
            name=one.full_name,
            person=certificate.enrolment.user.full_name,
            issuer=issuers.name(cohort, returned.issuer, one.language),
            award=printed.title(cohort, certificate.award, one.language),
            about_names=bool(returned.names),
            reason=returned.reason,
            link=link,
        )
