"""The running text of a lesson, as its reader sees it, and how many words it has."""

import re

from diploma.core.markup import ONLY, select
from diploma.learning.authoring.lessonfile import LessonFile

_WORD = re.compile(r"\w[^\s/—–]*")  # vowel signs and apostrophes are parts of a word
_HEADING = re.compile(r"^#{1,6}[ \t].*$", re.MULTILINE)
_APART = re.compile(r"^[ \t]*(?:(?:[-*>]|\d+\.)[ \t]|\|)", re.MULTILINE)  # before a list's item and a table's row
_MARKS = re.compile(r"\]\([^)]*\)|^[ \t|:-]+$|[*_`\[|]", re.MULTILINE)


def running_text(lesson: LessonFile) -> str:
    """The sections without headings and marks, as the reader sees them whose country's block is the longest.

    Paragraphs, items of lists and rows of tables stand apart by an empty line.
    """
    text = "\n".join(section.markdown for section in lesson.sections)
    blocks = "\n".join(section.markdown for section in lesson.sections if ":::" in section.markdown)
    countries = sorted({country for countries in ONLY.findall(blocks) for country in re.findall("[a-z]+", countries)})
    country = max(countries, key=lambda one: words(select(blocks, one)), default="")
    return _MARKS.sub("", _APART.sub("\n\n", _HEADING.sub("", select(text, country))))


def words(text: str) -> int:
    return len(_WORD.findall(text))
