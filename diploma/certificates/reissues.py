"""Issued certificates that are out of date. When the holder's name was corrected nothing changes by itself, and the
registrars are told. When the result was, as after an accepted appeal, a new version takes the place of the old one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.certificates import printed, queries, rules, status
from diploma.certificates.models import Certificate, CertificateState
from diploma.cohorts.models import Enrolment
from diploma.core import audit, mail
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.gradebook import queries as results
from diploma.learning import catalogue

APPEAL = "appeal"  # why a certificate was superseded by itself; pages say it in words
VALID = (CertificateState.ISSUED, CertificateState.SUSPENDED)


def propose(user: User, langs: Collection[Lang], *, base_url: str, key: str) -> None:
    """Tell the registrars which certificates bear a name in ``langs`` that was corrected; ``key`` sends it once."""
    issued = [one for one in _issued_to(user) if set(langs) & set(printed.languages(one.enrolment.cohort))]
    serials = sorted(one.serial for one in issued if one.serial)
    if not serials:
        return
    audit.record("certificate.reissue_proposed", f"user:{user.id}", serials=serials)
    words: dict[str, Any] = {"person": user.full_name, "serials": serials, "link": f"{base_url}/certificates/"}
    for one in queries.registrars({certificate.enrolment.cohort for certificate in issued}):
        mail.send("name_corrected", one.email, one.language, f"{key}:{one.id}", name=one.full_name, **words)


def follow_result(enrolment: Enrolment, module: str, *, changed_at: datetime, reason: str, base_url: str) -> None:
    """Supersede what was issued on a result that has become another one since. Idempotent: what is issued after the
    change rests on it. What would print the same, as a grade in words often does, stays as it is. A transcript says the
    mark, so it follows whether or not the module is still passed.

    Where no new version can be issued (suspended, a name to be confirmed, the module not passed any more) people
    decide: the registrars are told.
    """
    passed = _passed(enrolment, module)
    for one in _resting_on(enrolment, module, changed_at):
        if passed and printed.is_unchanged(one):
            continue
        if (passed or one.award == rules.TRANSCRIPT) and _reissued(one, reason):
            continue
        audit.record("certificate.reissue_proposed", f"certificate:{one.id}", serials=[one.serial], reason=reason)
        words: dict[str, Any] = {"person": enrolment.user.full_name, "serial": one.serial, "passed": passed}
        for user in queries.registrars({enrolment.cohort}):
            key = f"result_changed:{one.id}:{changed_at.isoformat()}:{user.id}"
            link = f"{base_url}/certificates/"
            mail.send("result_changed", user.email, user.language, key, name=user.full_name, link=link, **words)


def _resting_on(enrolment: Enrolment, module: str, changed_at: datetime) -> list[Certificate]:
    """The valid certificates whose award counts the module, issued before the change."""
    awards = [rules.module_award(module), rules.DIPLOMA, rules.TRANSCRIPT]
    query = select(Certificate).where(Certificate.enrolment_id == enrolment.id, Certificate.award.in_(awards))
    query = query.where(Certificate.state.in_(VALID), Certificate.issued_at < changed_at)
    return list(session.scalars(query.order_by(Certificate.id).with_for_update()))


def _passed(enrolment: Enrolment, module: str) -> bool:
    """Whether the module would be completed with the marks of today."""
    content = catalogue.content(enrolment.cohort.revision_id)
    found = results.results([enrolment], content)[enrolment.id].get(module)
    return found is not None and found.complete


def _reissued(certificate: Certificate, reason: str) -> bool:
    """Whether a new version was issued; what is refused has changed nothing."""
    if certificate.state is not CertificateState.ISSUED:
        return False
    try:
        with session.begin_nested():
            status.reissue(certificate, reason)
    except Refused:
        return False
    return True


def _issued_to(user: User) -> list[Certificate]:
    return list(
        session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.user_id == user.id, Certificate.state.in_(VALID))
            .options(contains_eager(Certificate.enrolment).joinedload(Enrolment.cohort))
        )
    )
