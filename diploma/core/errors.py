"""What a service says when a rule forbids a step.

Messages are gettext sources marked with ``N_`` and translated where they are shown, in the language
of the person who reads them.
"""

from typing import Any


def N_(message: str) -> str:
    """Mark a text for extraction without translating it here."""
    return message


class Texts(dict[str, str]):
    """A text by language tag, as a parameter of a message: English where the reader's language is not known."""

    def __str__(self) -> str:
        return self["en"]


class Refused(Exception):
    """A rule forbids the step; nothing was changed. Shown to the person with status 409."""

    status = 409

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message, self.params = message, params


class Stale(Refused):
    """Somebody else saved first; the page must be looked at again before anything is overwritten."""


class Unavailable(Refused):
    """The machine cannot do it now (full disk, database away). Shown with status 503."""

    status = 503
