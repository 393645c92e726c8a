"""Passwords: argon2id with the measured cost (19 MiB, 2 passes, 1 lane: 27 ms; the library's default costs 196)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from diploma.core.errors import N_

MIN_LENGTH, MAX_LENGTH = 10, 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON = {
    "password12",
    "1234567890",
    "12345678910",
    "qwertyuiop",
    "qwerty12345",
    "innovation",
    "government",
    "tashkent2026",
}


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password: str, hashed: str | None) -> bool:
    """Whether the password is the one; without a hash the same work is done and the answer is no."""
    try:
        return _hasher.verify(hashed or _nobody(), password) and hashed is not None
    except (Argon2Error, InvalidHashError):
        return False


def weakness(password: str, email: str) -> str | None:
    """Why a new password is refused, as a gettext source; ``None`` when it is good (NIST SP 800-63B: length first)."""
    if len(password) < MIN_LENGTH:
        return N_("Use at least 10 characters; a short sentence is easy to remember.")
    if len(password) > MAX_LENGTH:
        return N_("Use at most 200 characters.")
    if password.casefold() in _COMMON or len(set(password)) < 4:
        return N_("This password is too easy to guess. Choose a different one.")
    login = email.partition("@")[0].casefold()
    if login and login in password.casefold():
        return N_("Do not use your e-mail address in the password.")
    return None


@cache
def _nobody() -> str:
    """A hash that belongs to nobody, so that an unknown address costs as much time as a known one."""
    return _hasher.hash("nobody knows this one")
