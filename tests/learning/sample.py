"""A small course without a mistake, copied into a folder, for tests that then break it in one place."""

import shutil
from pathlib import Path

from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.checker import check
from diploma.learning.loader import Loaded, load

PROGRAMME = "programme.toml"
PARTNER = "partners/uz.toml"
MODULE_ID = "m2-challenge"
FOLDER = f"modules/{MODULE_ID}"
MODULE, QUIZ, ASSIGNMENT, RUBRIC = (f"{FOLDER}/{name}.toml" for name in ("module", "quiz", "assignment", "rubric"))
MARK_SHEETS, WORKSHEETS = f"{FOLDER}/workshops.toml", f"{FOLDER}/worksheets.toml"
PLAN_EN, PLAN_RU = (f"{FOLDER}/workshops/w1/{lang}.md" for lang in ("en", "ru"))
RU, UZ_CYRL, UZ_LATN = (f"{FOLDER}/{lang}.toml" for lang in ("ru", "uz-Cyrl", "uz-Latn"))
LESSON_EN, LESSON_RU, LESSON_LATN = (f"{FOLDER}/lessons/01-listen/{lang}.md" for lang in ("en", "ru", "uz-Latn"))

SAMPLE = Path(__file__).with_name("sample_course")


class Course:
    """The sample under ``root``, ready to be broken."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(SAMPLE, root, dirs_exist_ok=True)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first ``old``, which must be there."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    def line(self, name: str, part: str) -> int:
        """The number of the first line that contains ``part``."""
        return next(number for number, line in enumerate(self.read(name).splitlines(), 1) if part in line)

    def load(self) -> Loaded:
        return load(self.root)

    def check(self) -> list[Mistake]:
        return check(self.load())

    def refuses(self, name: str, at: str, key: str, message: str, hint: str = "", *, warning: bool = False) -> None:
        """The only mistake of the course is this one, in the line of ``name`` that contains ``at``."""
        mistakes = self.check()
        assert len(mistakes) == 1, "\n".join(map(str, mistakes)) or "no mistake was found"
        found = mistakes[0]
        assert (found.file, found.line, found.key) == (name, self.line(name, at), key), str(found)
        assert message in found.message and hint in found.hint, str(found)
        assert found.warning is warning
