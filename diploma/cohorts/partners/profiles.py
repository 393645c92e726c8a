"""Partners, and what their people see of them."""

from dataclasses import dataclass

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.cohorts.models import Partner
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused

LONGEST_SENDER = 80


@dataclass(frozen=True)
class Profile:
    """How a partner appears: ``names`` and ``sender_names`` by language tag, ``languages`` with its default first.

    ``sender_names`` stand before the installation's own address, ``reply_to`` is where answers go, ``witness`` gets the
    signed heads of the register of certificates; all may be empty.
    """

    names: dict[str, str]
    languages: list[str]
    sender_names: dict[str, str]
    reply_to: str
    witness: str = ""


def create_partner(
    slug: str, names: dict[str, str], time_zone: str, languages: list[str], *, by: User | None = None
) -> Partner:
    if session.scalar(select(Partner.id).where(Partner.slug == slug)):
        raise Refused(N_("There is a partner “%(slug)s” already."), slug=slug)
    made = Partner(slug=slug, names=names, time_zone=time_zone, languages=languages, created_at=clock.now())
    session.add(made)
    session.flush()
    audit.record("partner.created", f"partner:{made.id}", by=by, slug=slug)
    return made


def change_partner(partner: Partner, profile: Profile, *, by: User | None = None) -> None:
    """Change what people see of a partner; its short name, zone and country pack stay."""
    if not profile.names or not profile.languages:
        raise Refused(N_("A partner needs a name and a language."))
    for name in profile.sender_names.values():
        check_sender(name)
    reply_to = accounts.folded_email(profile.reply_to) if profile.reply_to else ""
    witness = accounts.folded_email(profile.witness) if profile.witness else ""
    wanted = {**vars(profile), "reply_to": reply_to, "witness": witness}
    changed = {name: value for name, value in wanted.items() if value != getattr(partner, name)}
    for name, value in changed.items():
        setattr(partner, name, value)
    session.flush()
    if changed:
        audit.record("partner.changed", f"partner:{partner.id}", by=by, after=changed)


def check_sender(name: str) -> None:
    """:class:`Refused` for a name that could pass for an address, or begin another line of the mail's head."""
    if len(name) > LONGEST_SENDER or not name.isprintable() or set(name) & set('@<>"\\'):
        raise Refused(N_("The sender is a name without @ and brackets, of at most 80 letters."))


def set_logo(partner: Partner, sha256: str | None, *, by: User | None = None) -> None:
    """Show a stored picture at the head of the partner's pages; ``None`` takes it away."""
    audit.record("partner.logo_set", f"partner:{partner.id}", by=by, before=partner.logo_sha256, after=sha256)
    partner.logo_sha256 = sha256
