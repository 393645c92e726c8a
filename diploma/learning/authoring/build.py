"""From the tables of well-shaped files to the structure: ids, numbers and rules without the texts."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from diploma.core.lang import Lang
from diploma.learning.sheets import Worksheet
from diploma.learning.structure import (
    Assignment,
    AttendanceRules,
    Award,
    AwardKind,
    Band,
    BandConditions,
    Capstone,
    CompleteWhen,
    Criterion,
    DiplomaWeights,
    Hours,
    Item,
    ItemType,
    LateRules,
    Lesson,
    Level,
    Module,
    ModuleEntry,
    ModuleWeights,
    Outcome,
    Part,
    PartKind,
    PassRules,
    Programme,
    Quiz,
    ResubmissionRules,
    Rubric,
    Shuffle,
    Status,
    Work,
    Workshop,
)

Data = Mapping[str, Any]


def programme(data: Data, modules: Iterable[ModuleEntry]) -> Programme:
    rules = data["pass"]
    return Programme(
        id=data["id"],
        source_language=Lang(data["source_language"]),
        languages=tuple(Lang(tag) for tag in data["languages"]),
        weeks=data["weeks"],
        hours=Hours(**data["hours"]),
        capstone=Capstone(
            Hours(**data["capstone"]["hours"]), tuple(data["capstone"]["weeks"]), data["capstone"]["planned"]
        ),
        fallback={Lang(tag): tuple(Lang(other) for other in others) for tag, others in data["fallback"].items()},
        derived_from={Lang(tag): Lang(other) for tag, other in data.get("derived_from", {}).items()},
        awards=tuple(_award(award) for award in data["awards"]),
        module_weights=ModuleWeights(**data["marks"]["module"]),
        diploma_weights=DiplomaWeights(**data["marks"]["diploma"]),
        pass_rules=PassRules(
            rules["module_at_least"],
            rules["assignment_at_least"],
            rules["capstone_at_least"],
            tuple(rules["gates_required"]),
            AttendanceRules(**rules["attendance"]),
        ),
        late=LateRules(**data["late"]),
        resubmission=ResubmissionRules(**data["resubmission"]),
        scale=tuple(_band(band) for band in data["scale"]),
        modules=tuple(modules),
    )


def module_entry(data: Data, *, planned: bool) -> ModuleEntry:
    """From an entry of programme.toml when planned, else from module.toml."""
    return ModuleEntry(data["id"], data["code"], Hours(**data["hours"]), tuple(data["prerequisites"]), planned)


def module(
    data: Data,
    anchors: Mapping[str, tuple[str, ...]],
    quiz: Quiz,
    assignment: Assignment,
    rubric: Rubric,
    *,
    workshops: tuple[Workshop, ...],
    worksheets: tuple[Worksheet, ...],
) -> Module:
    """``anchors`` are those of each lesson in the source language."""
    return Module(
        id=data["id"],
        code=data["code"],
        stages=tuple(data["stages"]),
        hours=Hours(**data["hours"]),
        prerequisites=tuple(data["prerequisites"]),
        outcomes=tuple(Outcome(outcome["id"]) for outcome in data["outcomes"]),
        lessons=tuple(
            Lesson(lesson["id"], lesson["minutes"], tuple(lesson["outcomes"]), anchors[lesson["id"]])
            for lesson in data["lessons"]
        ),
        workshops=workshops,
        complete_when=CompleteWhen(**data["complete_when"]),
        required_status={Lang(tag): Status(status) for tag, status in data["languages"].items()},
        quiz=quiz,
        assignment=assignment,
        rubric=rubric,
        worksheets=worksheets,
    )


def quiz(data: Data) -> Quiz:
    return Quiz(
        data["draw"],
        data["attempts"],
        data["minutes"],
        data["pass"],
        Shuffle(data["shuffle"]),
        tuple(item(one) for one in data["items"]),
        {ItemType(kind): number for kind, number in data.get("mix", {}).items()},
    )


def item(data: Data) -> Item:
    kind, answer = ItemType(data["type"]), data.get("answer")
    options, key = tuple(data.get("options", {})), ()  # type: tuple[str, ...], tuple[str, ...]
    if kind is ItemType.TRUE_FALSE:
        options, key = ("true", "false"), (str(answer).lower(),)
    elif kind is ItemType.SINGLE:
        key = (str(answer),)
    elif kind in (ItemType.MULTIPLE, ItemType.ORDER):
        key = tuple(answer or ())
    return Item(
        id=data["id"],
        type=kind,
        outcome=data["outcome"],
        points=data["points"],
        options=options,
        key=key,
        left=tuple(data.get("left", {})),
        right=tuple(data.get("right", {})),
        pairs=dict(answer) if kind is ItemType.MATCH and answer else {},
        value=Decimal(str(answer)) if kind is ItemType.NUMBER and answer is not None else None,
        tolerance=Decimal(str(data.get("tolerance", 0))),
    )


def assignment(data: Data) -> Assignment:
    return Assignment(
        Work(data["work"]), data["hours"], tuple(_part(part) for part in data["parts"]), tuple(data["declarations"])
    )


def rubric(data: Data) -> Rubric:
    return Rubric(
        tuple(Level(level["id"], level["share"]) for level in data["levels"]),
        tuple(Criterion(one["id"], one["weight"], one["outcome"]) for one in data["criteria"]),
    )


def _part(data: Data) -> Part:
    return Part(
        data["id"],
        PartKind(data["kind"]),
        data["required"],
        tuple(data.get("words", ())),
        tuple(data.get("types", ())),
        data.get("max_mb"),
        data.get("max_files"),
    )


def _award(data: Data) -> Award:
    return Award(
        data["id"], AwardKind(data["kind"]), data["hours"], data.get("valid_years"), tuple(data.get("requires", ()))
    )


def _band(data: Data) -> Band:
    also = data.get("also")
    names = ("capstone_at_least", "capstone_resubmitted", "integrity_finding")
    return Band(data["id"], data["from"], BandConditions(*(also.get(name) for name in names)) if also else None)
