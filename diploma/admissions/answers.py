"""Answers to the questions of a call: what fits a question, and what is missing. Pure."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from diploma.admissions.plan import LARGEST, LONGEST, Question, QuestionKind


def fits(question: Question, answer: Any) -> bool:
    """Whether an answer has the form of its question; an empty text does. A file is no answer of a form."""
    if question.kind is QuestionKind.FILE:
        return False
    if question.kind is QuestionKind.YES_NO:
        return isinstance(answer, bool)
    if question.kind is QuestionKind.CHOICE:
        return type(answer) is int and 0 <= answer < len(question.choices)
    if question.kind is QuestionKind.NUMBER:
        return type(answer) is int and -LARGEST <= answer <= LARGEST
    return isinstance(answer, str) and len(answer) <= LONGEST[question.kind.value]


def kept(questions: Iterable[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was given the answers that fit; whatever no question asks for is left out."""
    found = {one.id: given[one.id] for one in questions if one.id in given and fits(one, given[one.id])}
    return {key: answer for key, answer in found.items() if answer != ""}


def missing(questions: Iterable[Question], given: Container[str]) -> list[str]:
    """Ids of the questions that need an answer and are not among the ``given``."""
    return [one.id for one in questions if one.required and one.id not in given]
