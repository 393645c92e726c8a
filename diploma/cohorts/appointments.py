"""Roles given by hand: an account found or created, and a role on a cohort, a partner or the whole programme."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from diploma.accounts import service as accounts
from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import service
from diploma.cohorts.granting import grantable
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.cohorts.ties import Own
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang


@dataclass(frozen=True)
class Appointed:
    """The person, and whether the account is new."""

    user: User
    created: bool


def appoint(
    email: str,
    role: Role,
    *,
    partner: Partner | None = None,
    cohort: Cohort | None = None,
    entity: Entity | None = None,
    full_name: str = "",
    language: Lang | None = None,
    translates: Collection[Lang] = (),
    approves: Collection[Lang] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: User | None = None,
) -> Appointed:
    """Give ``role`` to the person with this address, on a cohort or an entity, else on a partner, else on the whole
    programme.

    A trainee of a cohort is enrolled in it. An account that is new gets ``full_name`` and no password; nobody is
    invited. ``translates`` and ``approves`` are a translator's languages. ``by`` is ``None`` for the operator.
    :class:`Refused`, before anything is changed, for a role or languages that ``by`` may not give there, for an account
    that belongs elsewhere, and for a new one without a name.
    """
    place = cohort or entity
    partner = place.partner if place else partner
    _check_place(role, cohort, entity)
    if by is not None:
        _check_right(by, role, partner, cohort)
    if translates or approves:
        accounts.check_languages(role, by)
    address = accounts.folded_email(email)
    user = accounts.find(address)
    if user is None and not full_name:
        raise Refused(N_("There is no account with this address yet. Give the full name as well."))
    if user is not None and by is not None:
        _check_person(user, by, partner)
    held = user or accounts.create_user(
        address, full_name, language or _language(partner), by=by, time_zone=partner.time_zone if partner else "UTC"
    )
    if role is Role.TRAINEE and cohort:
        service.enrol(cohort, held, by=by)
    else:
        accounts.grant_role(
            held,
            role,
            by=by,
            translates=translates,
            approves=approves,
            time_zone=cohort.time_zone if cohort else partner.time_zone if partner else "UTC",
            starts_on=starts_on,
            ends_on=ends_on,
            cohort_id=cohort.id if cohort else None,
            entity_id=entity.id if entity else None,
            partner_id=partner.id if partner and not place else None,
        )
    return Appointed(held, user is None)


def dismiss(grant: RoleGrant, partner: Partner, *, last_day: date | None = None, by: User) -> None:
    """End a role on a partner, or one of its cohorts or entities, if ``by`` may give it there."""
    if grant.role not in grantable(by, partner.id, grant.cohort_id):
        raise Refused(N_("You may not take this role away."))
    accounts.end_role(grant, last_day=last_day, by=by)


def _check_place(role: Role, cohort: Cohort | None, entity: Entity | None) -> None:
    """A line manager looks after an entity, and nobody else does."""
    if entity and role is not Role.LINE_MANAGER:
        raise Refused(N_("On an entity only line managers have a role."))
    if cohort and role is Role.LINE_MANAGER:
        raise Refused(N_("A line manager has the role on an entity, not on a cohort."))


def _check_right(by: User, role: Role, partner: Partner | None, cohort: Cohort | None) -> None:
    allowed = grantable(by, partner.id, cohort.id if cohort else None) if partner else frozenset()
    if role not in allowed or (role is Role.TRAINEE and not cohort):
        raise Refused(N_("You may not grant this role."))


def _check_person(user: User, by: User, partner: Partner | None) -> None:
    """Who acts for one partner reaches its own people only; the words are those of the roster import."""
    if user.id == by.id:
        raise Refused(N_("You may not grant a role to yourself."))
    held = reach(by, Permission.GRANT_ROLES)
    if not held.everywhere and (partner is None or not Own(partner.id, held).has(user)):
        raise Refused(N_("This address cannot be added here."))


def _language(partner: Partner | None) -> Lang:
    return Lang(partner.languages[0]) if partner and partner.languages else Lang.EN
