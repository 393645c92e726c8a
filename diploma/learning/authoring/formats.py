"""The exact shape of each file under ``courses/`` (spec content, rules 7, 8 and 10)."""

from enum import StrEnum

from diploma.core.lang import LANGS
from diploma.learning.authoring.shapes import (
    Choice,
    Flag,
    ListOf,
    MapOf,
    Number,
    Shape,
    Table,
    Text,
    Variant,
    Whole,
    WithKey,
)
from diploma.learning.structure import AwardKind, ItemType, Mode, PartKind, Shuffle, Status, Work

LEVELS = {"exemplary": 100, "proficient": 80, "adequate": 60, "weak": 35, "absent": 0}  # shares in per cent


def _one_of(enum: type[StrEnum]) -> Choice:
    return Choice(tuple(member.value for member in enum))


FORMAT = Choice((1,))
TEXT = Text()
ID = Text(r"[A-Za-z0-9][A-Za-z0-9_-]*", "an id of Latin letters, digits, - and _")
EMAIL = Text(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
ENDING = Text(r"[a-z0-9]{1,8}", "a file ending in small letters without the dot")
VIDEO = Text(r"[a-z0-9][a-z0-9-]*\.(?:mp4|webm)", "a name of small letters, digits and -, ending in .mp4 or .webm")
SVG = Text(r"[a-z0-9][a-z0-9-]*\.svg", "a name of small letters, digits and -, ending in .svg")
WEEKDAY = Choice(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
TAGS = tuple(lang.value for lang in LANGS)
LANG = Choice(TAGS)
STATUS = _one_of(Status)
PERCENT = Whole(0, 100)
COUNT = Whole(1, 1000)
DAYS = Whole(0, 365)
HOURS = Table(dict.fromkeys(("theory", "workshop", "practical"), Whole(0, 1000)))
IN_EACH_LANGUAGE = Table(dict.fromkeys(TAGS, TEXT))

# ---- programme.toml

PLANNED_MODULE = Table(
    {
        "id": ID,
        "code": ID,
        "planned": Choice((True,)),
        "hours": HOURS,
        "prerequisites": ListOf(ID),
        "title": IN_EACH_LANGUAGE,
        "summary": IN_EACH_LANGUAGE,
    }
)
WRITTEN_MODULE = Table(
    {"id": ID},
    advice=dict.fromkeys(
        PLANNED_MODULE.required, "A written module says this in its own folder: remove it here, or add planned = true."
    ),
)

PROGRAMME = Table(
    {
        "format": FORMAT,
        "id": ID,
        "source_language": LANG,
        "languages": ListOf(LANG, least=1),
        "weeks": COUNT,
        "hours": HOURS,
        "capstone": Table({"hours": HOURS, "weeks": ListOf(COUNT, 2, 2), "planned": Flag()}),
        "title": IN_EACH_LANGUAGE,
        "summary": IN_EACH_LANGUAGE,
        "fallback": MapOf(ListOf(LANG, least=1), keys=TAGS),
        "awards": ListOf(
            Table(
                {"id": ID, "kind": _one_of(AwardKind), "hours": COUNT, "title": IN_EACH_LANGUAGE},
                {"valid_years": Whole(1, 100), "requires": ListOf(ID)},
            ),
            least=1,
        ),
        "marks": Table(
            {
                "module": Table(dict.fromkeys(("quiz", "assignment", "workshop"), PERCENT)),
                "diploma": Table(dict.fromkeys(("modules", "capstone"), PERCENT)),
            }
        ),
        "pass": Table(
            {
                "module_at_least": PERCENT,
                "assignment_at_least": PERCENT,
                "capstone_at_least": PERCENT,
                "gates_required": ListOf(Whole(1, 7)),
                "attendance": Table(dict.fromkeys(("overall_at_least", "module_at_least", "made_up_at_most"), PERCENT)),
            }
        ),
        "late": Table({"grace_days": DAYS, "cap": PERCENT, "closes_after_days": DAYS}),
        "resubmission": Table({"times": Whole(0, 10), "cap": PERCENT, "within_days": DAYS}),
        "scale": ListOf(
            Table(
                {"id": ID, "from": PERCENT, "title": IN_EACH_LANGUAGE},
                {
                    "also": Table(
                        {}, {"capstone_at_least": PERCENT, "capstone_resubmitted": Flag(), "integrity_finding": Flag()}
                    )
                },
            ),
            least=1,
        ),
        "modules": ListOf(WithKey("planned", PLANNED_MODULE, WRITTEN_MODULE), least=1),
    },
    {"derived_from": MapOf(LANG, keys=TAGS)},
)

# ---- partners/<country>.toml

PARTNER = Table(
    {
        "format": FORMAT,
        "country": Text(r"[a-z]{2}", "a country code of two small letters"),
        "time_zone": Text(r"[A-Z][A-Za-z_]+/[A-Za-z_/]+", "a time zone such as Asia/Tashkent"),
        "languages": ListOf(LANG, least=1),
        "digits": Choice(("latn", "arab")),
        "currency": Text(r"[A-Z]{3}", "a currency code of three capital letters"),
        "name_order": ListOf(Choice(("given", "father", "family", "patronymic")), least=2),
        "title": IN_EACH_LANGUAGE,
        "week": Table({"first_day": WEEKDAY, "workdays": ListOf(WEEKDAY, least=1)}, {"half_days": ListOf(WEEKDAY)}),
        "national_id": Table(
            {"label": TEXT, "pattern": TEXT, "store": Choice(("hashed",)), "show_on_certificate": Choice((False,))}
        ),
        "legal_checklist": Table({"owner": TEXT, "status": TEXT}),
        "issuers": ListOf(
            Table(
                {"id": ID, "approved_by": Choice(("registrar", "director")), "name": IN_EACH_LANGUAGE},
                {"logo": SVG, "seal": SVG},
            ),
            1,
            2,
        ),
        "signatories": ListOf(Table({"issuer": ID, "name": IN_EACH_LANGUAGE, "role": IN_EACH_LANGUAGE}), 1, 3),
    },
    {
        **dict.fromkeys(("calendar_breaks", "reduced_hours", "strategy_axes", "cases"), ListOf(ID)),
        "place": IN_EACH_LANGUAGE,
        "certificate_languages": MapOf(ListOf(LANG, least=1)),
        # Printed on transcripts once the partner has confirmed it; an unconfirmed table is kept and not printed.
        "credits": Table({"hours": Whole(1, 100), "name": IN_EACH_LANGUAGE, "confirmed": Flag()}),
    },
)

# ---- glossary.toml

FORM = Text(r"[^\s*]+\*?(?: [^\s*]+\*?)*", "words with single spaces, each of which may end with *")
_TERM: dict[str, Shape] = {"term": TEXT, "meaning": TEXT}
GLOSSARY = Table(
    {"format": FORMAT, "entries": ListOf(Table({"id": ID, **_TERM}, {"forms": ListOf(FORM)}), least=1)},
)
GLOSSARY_OVERLAY = Table({"status": STATUS, "entries": MapOf(Table(_TERM, {"forms": ListOf(FORM)}))})

# ---- style.toml

PHRASES = ListOf(Text(r"[^\s]+(?: [^\s]+)*", "words with single spaces"), least=1)
SPOKEN = tuple(dict.fromkeys(lang.spoken for lang in LANGS))
_FORMS = ListOf(FORM, least=1)
_RULE = Table(
    {"forms": PHRASES, "why": TEXT}, {"write": TEXT, "near": PHRASES, "except": PHRASES, "most": Whole(1, 100)}
)
STYLE = Table(
    {"format": FORMAT},
    {
        "example": Table(
            {"anchor": ID, "invented": MapOf(PHRASES, keys=SPOKEN), "source": MapOf(TEXT, keys=SPOKEN)},
        ),
        "also": MapOf(MapOf(_FORMS), keys=SPOKEN),
        "terms": ListOf(MapOf(_FORMS, least=1, keys=SPOKEN)),
        "claims": ListOf(_RULE),
        "inclusive": MapOf(ListOf(_RULE), keys=SPOKEN),
        "faults": MapOf(ListOf(_RULE), keys=SPOKEN),
    },
)

# ---- a module's folder

MODULE = Table(
    {
        "format": FORMAT,
        "id": ID,
        "code": ID,
        "stages": ListOf(Whole(1, 7), least=1),
        "hours": HOURS,
        "prerequisites": ListOf(ID),
        "title": TEXT,
        "summary": TEXT,
        "outcomes": ListOf(Table({"id": ID, "text": TEXT}), least=1),
        "lessons": ListOf(Table({"id": ID, "minutes": COUNT, "outcomes": ListOf(ID, least=1)}), least=1),
        "workshops": ListOf(Table({"id": ID, "hours": COUNT, "mode": _one_of(Mode), "title": TEXT})),
        "complete_when": Table(
            {
                "lessons": Choice(("all",)),
                "quiz_at_least": PERCENT,
                "assignment_at_least": PERCENT,
                "attendance_at_least": PERCENT,
            }
        ),
        "languages": MapOf(STATUS, keys=TAGS),
    },
    {"owner": EMAIL},
)

_ITEM: dict[str, Shape] = {"id": ID, "outcome": ID, "points": COUNT, "stem": TEXT}
_CHOSEN: dict[str, Shape] = {**_ITEM, "options": MapOf(TEXT, least=2), "why": MapOf(TEXT, least=1)}
_WHY: dict[str, Shape] = {"why": MapOf(TEXT, least=1)}
_ITEMS = {
    ItemType.SINGLE: Table({**_CHOSEN, "answer": ID}),
    ItemType.MULTIPLE: Table({**_CHOSEN, "answer": ListOf(ID, least=1)}),
    ItemType.ORDER: Table({**_CHOSEN, "answer": ListOf(ID, least=2)}),
    ItemType.TRUE_FALSE: Table({**_ITEM, **_WHY, "answer": Flag()}),
    ItemType.MATCH: Table(
        {**_ITEM, **_WHY, "left": MapOf(TEXT, least=2), "right": MapOf(TEXT, least=2), "answer": MapOf(ID)}
    ),
    ItemType.NUMBER: Table({**_ITEM, **_WHY, "answer": Number()}, {"tolerance": Number(0), "unit": TEXT}),
    ItemType.SHORT: Table({**_ITEM, **_WHY, "answer": ListOf(TEXT, least=1)}),
    ItemType.ESSAY: Table(_ITEM, _WHY),
}
QUIZ = Table(
    {
        "format": FORMAT,
        "draw": COUNT,
        "attempts": Whole(1, 100),
        "minutes": COUNT,
        "pass": PERCENT,
        "shuffle": _one_of(Shuffle),
        "items": ListOf(
            Variant(
                "type",
                {kind.value: Table({**table.required, "type": TEXT}, table.optional) for kind, table in _ITEMS.items()},
            ),
            least=1,
        ),
    },
    {"mix": MapOf(COUNT, least=1, keys=tuple(kind.value for kind in ItemType))},
)

_PART: dict[str, Shape] = {"id": ID, "kind": TEXT, "required": Flag()}
ASSIGNMENT = Table(
    {
        "format": FORMAT,
        "title": TEXT,
        "brief": TEXT,
        "work": _one_of(Work),
        "hours": COUNT,
        "parts": ListOf(
            Variant(
                "kind",
                {
                    PartKind.TEXT.value: Table({**_PART, "words": ListOf(Whole(0, 100_000), 2, 2)}),
                    PartKind.FILE.value: Table(
                        {
                            **_PART,
                            "types": ListOf(ENDING, least=1),
                            "max_mb": Whole(1, 1000),
                            "max_files": Whole(1, 100),
                        }
                    ),
                    PartKind.LINK.value: Table(_PART),
                },
            ),
            least=1,
        ),
        "part_titles": MapOf(TEXT),
        "declarations": MapOf(TEXT, least=1),
    },
    {"part_hints": MapOf(TEXT)},
)

RUBRIC = Table(
    {
        "format": FORMAT,
        "levels": ListOf(Table({"id": ID, "share": PERCENT, "title": TEXT}), least=1),
        "criteria": ListOf(
            Table(
                {"id": ID, "weight": PERCENT, "outcome": ID, "title": TEXT, "text": Table(dict.fromkeys(LEVELS, TEXT))}
            ),
            least=1,
        ),
    }
)
