"""Does a module hold together: hours, outcomes, assignment and rubric? The quiz has its own file."""

from collections.abc import Iterator

from diploma.core.lang import Lang
from diploma.learning.authoring.formats import LEVELS
from diploma.learning.authoring.ids import ids, repeated, unknown
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import guess, said
from diploma.learning.authoring.tomlfile import TomlFile
from diploma.learning.loader import ModuleFiles


def module_mistakes(files: ModuleFiles, hours: int | None, source: Lang) -> Iterator[Mistake]:
    """``hours`` is what each module of the programme has in all, when that is known."""
    head, quiz = files.parts.get("module"), files.parts.get("quiz")
    assignment, rubric = files.parts.get("assignment"), files.parts.get("rubric")
    if head:
        yield from _head(head, files.id, source)
        yield from _hours(head, hours, assignment)
    if assignment:
        yield from _assignment(assignment)
    if rubric:
        yield from _rubric(rubric)
    if head and quiz and rubric:
        yield from _outcomes(head, quiz, rubric)


def _head(file: TomlFile, folder: str, source: Lang) -> Iterator[Mistake]:
    if file.data["id"] != folder:
        yield file.mistake(
            ("id",), f"The id is {file.data['id']!r}, the folder is named {folder!r}.", "Make the two equal."
        )
    for group in ("outcomes", "lessons", "workshops"):
        yield from repeated(file, group)
    if source in file.data["languages"]:
        yield file.mistake(
            ("languages", source.value),
            f"{source} is the source language; only translations need a status.",
            "Remove this line.",
        )


def _hours(file: TomlFile, expected: int | None, assignment: TomlFile | None) -> Iterator[Mistake]:
    """Spec content, rule 7: hours add up, by kind and to the module's total."""
    data = file.data
    hours = data["hours"]
    total = sum(hours.values())
    if expected is not None and total != expected:
        yield file.mistake(
            ("hours",), f"The hours make {total}; a module has {expected}.", "Change theory, workshop or practical."
        )
    workshops = sum(workshop["hours"] for workshop in data["workshops"])
    if workshops != hours["workshop"]:
        yield file.mistake(
            ("hours", "workshop"),
            f"The workshops have {workshops} hours, the module says {hours['workshop']}.",
            "Mend this number or the hours of a workshop.",
        )
    minutes = sum(lesson["minutes"] for lesson in data["lessons"])
    if minutes != 60 * hours["theory"]:
        yield file.mistake(
            ("hours", "theory"),
            f"The lessons have {minutes} minutes; {hours['theory']} hours of theory are {60 * hours['theory']}.",
            "Mend this number or the minutes of a lesson.",
        )
    if assignment and assignment.data["hours"] != hours["practical"]:
        yield assignment.mistake(
            ("hours",),
            f"The assignment has {assignment.data['hours']} hours; module.toml says "
            f"{hours['practical']} hours of practice.",
            "Make the two equal.",
        )


def _outcomes(head: TomlFile, quiz: TomlFile, rubric: TomlFile) -> Iterator[Mistake]:
    """Each outcome is known, is taught by a lesson, and is assessed by an item or a criterion."""
    known = ids(head, "outcomes")
    taught: set[str] = set()
    for index, lesson in enumerate(head.data["lessons"]):
        taught.update(lesson["outcomes"])
        for place, outcome in enumerate(lesson["outcomes"]):
            yield from unknown(head, ("lessons", index, "outcomes", place), outcome, known, "outcome")
    assessed: set[str] = set()
    for file, group in ((quiz, "items"), (rubric, "criteria")):
        for index, entry in enumerate(file.data[group]):
            assessed.add(entry["outcome"])
            yield from unknown(file, (group, index, "outcome"), entry["outcome"], known, "outcome")
    for index, outcome in enumerate(known):
        if outcome not in taught:
            yield head.mistake(
                ("outcomes", index),
                f"No lesson covers the outcome {outcome}.",
                "Name it in the outcomes of a lesson, or remove it.",
            )
        if outcome not in assessed:
            yield head.mistake(
                ("outcomes", index),
                f"No quiz item and no criterion covers the outcome {outcome}.",
                "Ask for it in quiz.toml or judge it in rubric.toml.",
            )


def _assignment(file: TomlFile) -> Iterator[Mistake]:
    yield from repeated(file, "parts")
    parts = ids(file, "parts")
    for index, part in enumerate(file.data["parts"]):
        least, most = part.get("words", (0, 0))
        if least > most:
            yield file.mistake(
                ("parts", index, "words"),
                f"At least {least} words cannot be at most {most}.",
                "Write the lower number first.",
            )
        if part["id"] not in file.data["part_titles"]:
            yield file.mistake(
                ("part_titles",),
                f"The part {part['id']!r} has no title.",
                f'Add {part["id"]} = "…" under [part_titles].',
            )
    for group in ("part_titles", "part_hints"):
        for name in file.data.get(group, {}):
            yield from unknown(file, (group, name), name, parts, "part")


def _rubric(file: TomlFile) -> Iterator[Mistake]:
    yield from _levels(file)
    yield from repeated(file, "criteria")
    weights = sum(criterion["weight"] for criterion in file.data["criteria"])
    if weights != 100:
        yield file.mistake(
            ("criteria",),
            f"The weights of the criteria make {weights}; they must make 100.",
            "Change the weight of a criterion.",
        )
    for index, criterion in enumerate(file.data["criteria"]):
        if criterion["id"] == "levels":
            yield file.mistake(("criteria", index, "id"), "A criterion cannot be named 'levels'.", "Choose another id.")


def _levels(file: TomlFile) -> Iterator[Mistake]:
    """The five levels and their fixed shares: «adequate» everywhere is exactly the pass mark."""
    found = ids(file, "levels")
    if found != list(LEVELS):
        odd = next((name for name in found if name not in LEVELS), "")
        yield file.mistake(
            ("levels",),
            f"The levels are {said(found)}; expected {said(LEVELS)}, in this order.",
            guess(odd, LEVELS) if odd else "Add or move levels.",
        )
        return
    for index, level in enumerate(file.data["levels"]):
        share = LEVELS[level["id"]]
        if level["share"] != share:
            yield file.mistake(
                ("levels", index, "share"),
                f"The share of {level['id']} is {level['share']}; every rubric of the diploma gives it {share}.",
                f"Write {share}.",
            )
