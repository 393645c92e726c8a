"""Domains of work addresses: how they are written, compared and refused. Pure."""

import re

from diploma.core.errors import N_, Refused

# Anybody gets an address there, so it says nothing about where a person works.
PUBLIC = frozenset({
    "aol.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com",
    "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "yahoo.com", "ymail.com", "zoho.com",
    "bk.ru", "inbox.ru", "internet.ru", "list.ru", "mail.ru", "rambler.ru", "ya.ru", "yandex.com", "yandex.ru",
    "inbox.uz", "mail.uz", "umail.uz", "yandex.uz",
})  # fmt: skip
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def written(text: str) -> str:
    """A domain in small Latin letters as the mail system writes it; :class:`Refused` when it is none, or public."""
    asked = text.strip().lstrip("@").rstrip(".").casefold()
    try:
        domain = asked.encode("idna").decode("ascii").casefold()
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(one) for one in labels):
        raise Refused(N_("“%(domain)s” is not a mail domain, such as ministry.gov.uz."), domain=text.strip())
    if domain in PUBLIC:
        raise Refused(
            N_("Anybody can get an address at %(domain)s. List the domains of your entities only."), domain=domain
        )
    return domain


def covers(domain: str, email: str, *, subdomains: bool) -> bool:
    """Whether an address lies in a domain, or with ``subdomains`` below it; a name that only ends alike does not."""
    try:
        given = email.rpartition("@")[2].rstrip(".").casefold().encode("idna").decode("ascii").casefold()
    except UnicodeError:
        return False
    return given == domain or (subdomains and given.endswith(f".{domain}"))
