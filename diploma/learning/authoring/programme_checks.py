"""Does the programme add up: hours, marks, the scale, the order of modules and languages?"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from diploma.learning.authoring.ids import ids, repeated, unknown
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.tomlfile import TomlFile
from diploma.learning.loader import Loaded, ModuleFiles
from diploma.learning.structure import AwardKind, Programme

_KINDS = ("theory", "workshop", "practical")


def programme_mistakes(loaded: Loaded) -> Iterator[Mistake]:
    file, programme = loaded.programme_file, loaded.programme
    if file is None or programme is None:
        return
    for group in ("awards", "scale", "modules"):
        yield from repeated(file, group)
    yield from _awards(file)
    yield from _marks(file)
    yield from _scale(file)
    yield from _calendar(file)
    yield from _languages(file, programme)
    yield from _folders(file, loaded.files)
    yield from _prerequisites(file, loaded)
    if len(programme.modules) == len(file.data["modules"]):
        yield from _hours(file, programme)


def module_hours(programme: Programme) -> int | None:
    """What the module certificate says a module has; None when no award is one of achievement."""
    return next((award.hours for award in programme.awards if award.kind is AwardKind.ACHIEVEMENT), None)


def _awards(file: TomlFile) -> Iterator[Mistake]:
    for index, award in enumerate(file.data["awards"]):
        for place, required in enumerate(award.get("requires", [])):
            yield from unknown(file, ("awards", index, "requires", place), required, ids(file, "awards"), "award")


def _marks(file: TomlFile) -> Iterator[Mistake]:
    for name, weights in file.data["marks"].items():
        if sum(weights.values()) != 100:
            yield file.mistake(
                ("marks", name),
                f"The weights {_sum(weights)}; they must make 100.",
                "Change them until they add up to 100.",
            )


def _scale(file: TomlFile) -> Iterator[Mistake]:
    starts = [band["from"] for band in file.data["scale"]]
    for index in range(1, len(starts)):
        if starts[index] >= starts[index - 1]:
            yield file.mistake(
                ("scale", index, "from"),
                f"The band begins at {starts[index]}, the one above it at {starts[index - 1]}.",
                "List the bands from the highest to the lowest.",
            )
    if starts[-1] != 0:
        yield file.mistake(
            ("scale", len(starts) - 1, "from"),
            f"The lowest band begins at {starts[-1]}; marks below it would have no band.",
            "Let the lowest band begin at 0.",
        )


def _calendar(file: TomlFile) -> Iterator[Mistake]:
    first, last = file.data["capstone"]["weeks"]
    if not first < last <= file.data["weeks"]:
        yield file.mistake(
            ("capstone", "weeks"),
            f"The capstone runs from week {first} to {last} of {file.data['weeks']}.",
            "Write the first and the last week, both within the programme.",
        )
    late = file.data["late"]
    if late["grace_days"] >= late["closes_after_days"]:
        yield file.mistake(
            ("late", "closes_after_days"),
            f"Hand-in closes after {late['closes_after_days']} days but the grace lasts {late['grace_days']}.",
            "Close it later than the grace ends.",
        )


def _languages(file: TomlFile, programme: Programme) -> Iterator[Mistake]:
    source = programme.source_language
    if source not in programme.languages:
        yield file.mistake(("languages",), f"The source language {source} is not among the languages.", "Add it.")
    for lang in programme.languages:
        if lang is not source and source not in programme.fallback.get(lang, ()):
            yield file.mistake(
                ("fallback", lang.value),
                f"The fallback of {lang} does not lead to the source language.",
                f'Write {lang} = […, "{source}"].',
            )
    chain = {lang.value: [parent.value] for lang, parent in programme.derived_from.items()}
    circle = _circle(chain)
    if circle:
        yield file.mistake(
            ("derived_from", circle[0]),
            f"The languages are derived in a circle: {' → '.join(circle)}.",
            f"One of them must be made from {source}: remove its line.",
        )


def _folders(file: TomlFile, folders: Mapping[str, ModuleFiles]) -> Iterator[Mistake]:
    """Each module is either planned or has a folder (spec content, rule 10)."""
    listed = ids(file, "modules")
    for index, entry in enumerate(file.data["modules"]):
        if "planned" in entry and entry["id"] in folders:
            yield file.mistake(
                ("modules", index, "planned"),
                f"The module {entry['id']} is planned but has a folder.",
                "Remove everything but the id here: the folder says the rest.",
            )
        elif "planned" not in entry and entry["id"] not in folders:
            yield file.mistake(
                ("modules", index, "id"),
                f"There is no folder modules/{entry['id']}.",
                "Write the module, or add planned = true with code, hours and texts.",
            )
    for name, files in folders.items():
        if name not in listed:
            yield Mistake(
                f"{files.folder}/module.toml",
                1,
                "",
                f"The module {name!r} is not listed in programme.toml.",
                f'Add [[modules]] with id = "{name}" there.',
            )


def _prerequisites(file: TomlFile, loaded: Loaded) -> Iterator[Mistake]:
    listed = ids(file, "modules")
    asked: dict[str, list[str]] = {}
    for index, entry in enumerate(file.data["modules"]):
        head = loaded.files[entry["id"]].parts.get("module") if entry["id"] in loaded.files else None
        where, path = (head, ()) if head else (file, ("modules", index))
        asked[entry["id"]] = where.data["prerequisites"] if head else entry.get("prerequisites", [])
        for place, required in enumerate(asked[entry["id"]]):
            yield from unknown(where, (*path, "prerequisites", place), required, listed, "module")
    circle = _circle(asked)
    if circle:
        yield file.mistake(
            ("modules", listed.index(circle[0])),
            f"The prerequisites run in a circle: {' → '.join(circle)}.",
            "No trainee could begin: remove one of them.",
        )


def _hours(file: TomlFile, programme: Programme) -> Iterator[Mistake]:
    parts = [programme.capstone.hours, *(entry.hours for entry in programme.modules)]
    for kind in _KINDS:
        counted = sum(getattr(hours, kind) for hours in parts)
        said = getattr(programme.hours, kind)
        if counted != said:
            yield file.mistake(
                ("hours", kind),
                f"The programme says {said} {kind} hours; its modules and the capstone have {counted}.",
                "Mend this number or the hours of a module.",
            )
    for index, award in enumerate(programme.awards):
        if award.kind is AwardKind.DIPLOMA and award.hours != programme.hours.total:
            yield file.mistake(
                ("awards", index, "hours"),
                f"The diploma says {award.hours} hours; the programme has {programme.hours.total}.",
                "Make the two equal.",
            )
    for index, entry in enumerate(programme.modules):
        expected = module_hours(programme)
        if entry.planned and expected is not None and entry.hours.total != expected:
            yield file.mistake(
                ("modules", index, "hours"),
                f"The hours make {entry.hours.total}; a module has {expected}.",
                "Change theory, workshop or practical.",
            )


def _sum(weights: Mapping[str, int]) -> str:
    return f"{' + '.join(str(weight) for weight in weights.values())} make {sum(weights.values())}"


def _circle(asked: Mapping[str, list[str]]) -> list[str]:
    """One circle of a graph, its first element again at the end; empty when there is none."""
    try:
        TopologicalSorter(asked).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
