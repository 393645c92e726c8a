"""What the tools tell an author."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to mend: where it is, what is wrong and what is expected, and how to mend it.

    ``file`` is relative to the course's folder, ``line`` counts from 1, ``key`` is the dotted path of
    a TOML key (``items.q03.answer``) or the anchor of a section. A ``warning`` does not stop publication.
    """

    file: str
    line: int
    key: str
    message: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """One line, as compilers write it."""
        where = f"{self.file}:{self.line}:" + (f" {self.key}:" if self.key else "")
        text = f"{where} {'warning: ' if self.warning else ''}{self.message}"
        return f"{text} {self.hint}" if self.hint else text
