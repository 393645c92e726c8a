"""What the columns of a mark sheet are called, and the seal by which a row that comes back is known. Pure.

A hidden first row holds a key for each column, so that the sheet is understood in whichever language it was made and
wherever its columns were moved. Where that row is lost, the titles tell.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from diploma.core.chain import canonical
from diploma.core.errors import N_
from diploma.core.lang import LANGS, Lang
from diploma.core.text import fold, visible
from diploma.coursework import results
from diploma.learning.catalogue import Content
from diploma.learning.structure import Rubric

RECEIPT, COMMENT, SEAL = "receipt", "comment", "seal"
CRITERION = "criterion:"
NEEDED = (RECEIPT, COMMENT, SEAL)

# In the order of the sheet; the criteria stand before the comment.
TITLES: Mapping[str, str] = {
    "row": N_("No."),
    "reason": N_("Why this row was refused"),
    RECEIPT: N_("Receipt number"),
    "author": N_("Trainee"),
    "module": N_("Module"),
    "language": N_("Language of the work"),
    "attempt": N_("Attempt"),
    "due": N_("Due or late"),
    COMMENT: N_("Comment to the trainee"),
    "total": N_("Total of the rubric"),
    "state": N_("State"),
    SEAL: N_("Seal of the row"),
}


@dataclass(frozen=True)
class Titles:
    """The titles of the fixed columns: ``known`` from a folded title in any language to its key, ``shown`` in one."""

    known: Mapping[str, str]
    shown: Mapping[str, str]


def tidy(text: str) -> str:
    """A text as it is compared: lines end with ``\\n``, nothing invisible, no space around it."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def rubric_key(rubric: Rubric) -> str:
    """Short and the same for rubrics with the same criteria, weights, levels and shares."""
    return hashlib.sha256(canonical(rubric.to_dict()).encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Stamp:
    """What a row says of itself: the ``version`` of the marking at the export, and ``said``, what stood there."""

    version: int
    said: str


class Seal:
    """Signs rows. Without it cells that slip into another row, as when a part of the sheet is sorted, would give a mark
    to the wrong work; and a version typed by hand would overwrite what nobody has seen."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(f"mark sheet {secret}".encode()).digest()

    def make(self, receipt: str, rubric: str, version: int, levels: Mapping[str, str], comment: str) -> str:
        said = digest(levels, comment)
        return f"{version}-{said}-{self._signed(receipt, rubric, version, said)}"

    def read(self, text: str, receipt: str, rubric: str) -> Stamp | None:
        """``None`` for a seal that was not made for this receipt and rubric."""
        version, _dash, rest = text.strip().partition("-")
        said, _dash, signed = rest.partition("-")
        if not (version.isascii() and version.isdigit() and len(version) < 12 and signed.isascii()):
            return None
        good = hmac.compare_digest(signed, self._signed(receipt, rubric, int(version), said))
        return Stamp(int(version), said) if good else None

    def _signed(self, receipt: str, rubric: str, version: int, said: str) -> str:
        text = f"{receipt}|{rubric}|{version}|{said}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:20]


def digest(levels: Mapping[str, str], comment: str) -> str:
    """The same for the same levels and comment, whichever program has saved them."""
    return hashlib.sha256(canonical({"levels": dict(levels), "comment": tidy(comment)}).encode()).hexdigest()[:10]


class Words:
    """The rubric of one module as people may write it: titles of criteria and names of levels in all languages."""

    def __init__(self, content: Content, module: str, lang: Lang) -> None:
        self.lines = results.lines(content, module, {}, lang)
        self.rubric = content.modules[module].rubric
        self.key = rubric_key(self.rubric)
        self._levels: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        for lang in LANGS:
            for line in results.lines(content, module, {}, lang):
                self._titles.setdefault(fold(line.title), line.id)
                for step in line.levels:
                    for name in (step.title, step.id, str(step.rank), f"{step.rank} {step.title}"):
                        self._levels.setdefault(fold(name), step.id)

    def title(self, criterion: str) -> str:
        """What the reader calls a criterion."""
        return next(str(one.title) for one in self.lines if one.id == criterion)

    def name(self, criterion: str, level: str | None) -> str:
        """What the reader calls a level; a dash for none."""
        steps = next(one.levels for one in self.lines if one.id == criterion)
        return next((str(one.title) for one in steps if one.id == level), "–")

    def level(self, text: str) -> str | None:
        """The level that a cell names: in any language, by its id, or by its rank from 1, the lowest."""
        return self._levels.get(fold(text))

    def criterion(self, title: str) -> str | None:
        """The criterion that a header names, in any language."""
        return self._titles.get(fold(title))
