"""The questions of an attempt as a page shows them: texts in one language, the answer given, what it earned."""

from dataclasses import dataclass, field
from decimal import Decimal

from diploma.core.lang import Lang
from diploma.learning.catalogue import Content, Said
from diploma.learning.structure import Item, ItemType
from diploma.quizzes import rules, service
from diploma.quizzes.models import QuizAnswer, QuizAttempt
from diploma.quizzes.numbers import Number, read_number
from diploma.quizzes.rules import Answer


@dataclass(frozen=True)
class Question:
    """One question of an attempt; ``number`` counts from 1, ``offered`` are its options in the attempt's order.

    ``share`` is 0 to 1, and ``None`` before the submission.
    """

    number: int
    item: Item
    offered: list[str]
    content: Content
    module: str
    lang: Lang
    answer: Answer = field(default_factory=dict)
    row: QuizAnswer | None = None
    share: Decimal | None = None

    def say(self, key: str) -> Said:
        """``stem``, ``options/<id>``, ``left/<id>``, ``right/<id>``, ``unit`` in the reader's language."""
        return self.content.say(self.module, f"quiz/{self.item.id}/{key}", self.lang)

    def why(self, choice: str = "all") -> Said | None:
        """The explanation of one choice, or of the whole question; ``None`` when the author wrote the other kind."""
        return self._optional(f"why/{choice}")

    @property
    def unit(self) -> Said | None:
        return self._optional("unit")

    @property
    def accepted(self) -> list[str]:
        """The accepted forms of a short text in the reader's language."""
        return self.say("accepted").splitlines()

    @property
    def answered(self) -> bool:
        return rules.answered(self.item, self.answer)

    @property
    def read(self) -> Number | None:
        """How a typed number was read."""
        return read_number(self.answer.get("text", ""))

    @property
    def sequence(self) -> list[str]:
        return rules.sequence(self.answer)

    @property
    def points(self) -> Decimal:
        """Points earned; 0 before the submission."""
        return self.item.points * (self.share or Decimal(0))

    @property
    def verdict(self) -> str:
        """``right``, ``part`` or ``wrong``; ``waiting`` for what a person marks."""
        if self.item.type is ItemType.ESSAY:
            return "waiting"
        return {Decimal(0): "wrong", Decimal(1): "right"}.get(self.share or Decimal(0), "part")

    def _optional(self, key: str) -> Said | None:
        try:
            return self.say(key)
        except KeyError:
            return None


def questions(attempt: QuizAttempt, lang: Lang) -> list[Question]:
    """All questions of an attempt in their order, with what was answered."""
    content = service.content_of(attempt)
    quiz = content.modules[attempt.module].quiz
    rows = {one.item: one for one in attempt.answers}
    found = []
    for number, item in enumerate(service.items_of(attempt), 1):
        row = rows.get(item.id)
        found.append(
            Question(
                number,
                item,
                rules.offered(quiz, item, attempt.seed),
                content,
                attempt.module,
                lang,
                row.answer if row else {},
                row,
                row.share if row else None,
            )
        )
    return found
