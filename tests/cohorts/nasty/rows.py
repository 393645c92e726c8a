"""What the files of the collection share: a file with the report it must get, and the people it lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diploma.cohorts.roster.judging import Known
from diploma.core.grid import Refusal

Report = tuple[int, int, set[tuple[int, str, str]]]
Row = list[Any]

KNOWN = Known(people={}, entities={}, belongs_elsewhere=lambda email: email == "taken@other.test")
ALLOWED = {"trainee", "instructor"}
HEADER = ["E-mail", "F.I.Sh.", "Tashkilot", "Til"]
CONTACTS = ["E-mail", "ФИО", "Телефон"]
ALI = ["ali@mail.test", "Ali Valiyev", "Sogʻliqni saqlash vazirligi", "uz-Latn"]
VALI = ["vali@mail.test", "Vali Aliyev", "Adliya vazirligi", "ru"]
GOOD: Report = (2, 2, set())


@dataclass(frozen=True)
class File:
    """A file of the collection; ``make`` builds its bytes."""

    name: str
    make: Callable[[], bytes]
    refusal: Refusal | None = None
    report: Report = GOOD

    @property
    def filename(self) -> str:
        return self.name.replace(" ", "-")
