"""The exact shape of what is written once per language: overlays of a module, lessons, plans of workshops, hashes."""

from diploma.learning.authoring.formats import FORMAT, LEVELS, STATUS, TAGS, TEXT, VIDEO
from diploma.learning.authoring.shapes import ListOf, MapOf, Table, Text
from diploma.learning.authoring.sheet_formats import LINE

_SOURCE_ONLY = dict.fromkeys(
    (
        "answer",
        "points",
        "tolerance",
        "type",
        "outcome",
        "weight",
        "share",
        "hours",
        "minutes",
        "mode",
        "draw",
        "mix",
        "attempts",
        "pass",
        "shuffle",
        "parts",
        "work",
        "words",
        "format",
        "lines",
        "lesson",
        "gate",
        "kind",
        "rows",
        "most",
        "floor",
    ),
    "A translation carries texts only: answers, points and numbers stand once, in the source. Remove this line.",
)
_WORKSHEET_FIELD = Table(
    {},
    {
        "title": TEXT,
        "hint": TEXT,
        "columns": MapOf(Table({}, {"title": TEXT, "choices": MapOf(TEXT)}, _SOURCE_ONLY)),
        "criteria": MapOf(Table({}, {"title": TEXT, "full": TEXT}, _SOURCE_ONLY)),
    },
    {**_SOURCE_ONLY, "options": _SOURCE_ONLY["answer"]},
)
NUMBERS = MapOf(TEXT, named=Text(r"\d+(?:\.\d+)?", "a number as English writes it, without thousands' commas"))
OVERLAY = Table(
    {"status": STATUS},
    {
        "numbers": NUMBERS,
        "module": Table(
            {}, {"title": TEXT, "summary": TEXT, "outcomes": MapOf(TEXT), "workshops": MapOf(TEXT)}, _SOURCE_ONLY
        ),
        "quiz": MapOf(
            Table(
                {},
                {
                    "stem": TEXT,
                    "options": MapOf(TEXT),
                    "left": MapOf(TEXT),
                    "right": MapOf(TEXT),
                    "why": MapOf(TEXT),
                    "accepted": ListOf(TEXT, least=1),
                    "unit": TEXT,
                },
                _SOURCE_ONLY,
            )
        ),
        "assignment": Table(
            {},
            {
                "title": TEXT,
                "brief": TEXT,
                "part_titles": MapOf(TEXT),
                "part_hints": MapOf(TEXT),
                "declarations": MapOf(TEXT),
            },
            _SOURCE_ONLY,
        ),
        "rubric": Table(
            {},
            {
                "levels": MapOf(TEXT),
                "criteria": MapOf(
                    Table({}, {"title": TEXT, "text": Table({}, dict.fromkeys(LEVELS, TEXT))}, _SOURCE_ONLY)
                ),
            },
            _SOURCE_ONLY,
        ),
        "workshops": MapOf(MapOf(Table({}, dict.fromkeys(LINE, TEXT), _SOURCE_ONLY))),
        "worksheets": MapOf(
            Table({}, {"title": TEXT, "purpose": TEXT, "fields": MapOf(_WORKSHEET_FIELD)}, _SOURCE_ONLY)
        ),
    },
    _SOURCE_ONLY,
)

_NO_STATUS = {"status": "Only translations have a status; the source is what they are measured against."}
LESSON_SOURCE = Table(
    {"title": TEXT, "summary": TEXT}, {"video": Table({"file": VIDEO, "title": TEXT})}, advice=_NO_STATUS
)
LESSON_TRANSLATION = Table(
    {"title": TEXT, "summary": TEXT, "status": STATUS},
    {
        "numbers": NUMBERS,
        "video": Table({"title": TEXT}, advice={"file": "The file stands once, in the source. Remove this line."}),
    },
)
_NO_TITLE = {"title": "The title of a workshop stands in module.toml and the overlays. Remove this line."}
PLAN_SOURCE = Table({"summary": TEXT}, advice={**_NO_STATUS, **_NO_TITLE})
PLAN_TRANSLATION = Table({"summary": TEXT, "status": STATUS}, {"numbers": NUMBERS}, advice=_NO_TITLE)
FRESHNESS = Table({"format": FORMAT}, dict.fromkeys(TAGS, MapOf(Text("[0-9a-f]{12}", "a hash of 12 characters"))))
