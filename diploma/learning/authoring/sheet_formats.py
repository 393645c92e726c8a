"""The exact shape of ``workshops.toml`` and ``worksheets.toml``, which a module may do without."""

from diploma.learning.authoring.formats import FORMAT, ID, TEXT
from diploma.learning.authoring.shapes import ListOf, MapOf, Shape, Table, Variant, Whole
from diploma.learning.sheets import MOST_ROWS, FieldKind

MOST_COLUMNS = 6  # a phone and a sheet of A4 hold no more; a matrix has one for its criteria

# ---- workshops.toml: how the work in a workshop is marked

LINE = ("title", "full", "half", "none")  # what a line is about, and what earns all, half and none of its points
_LINE = Table({"id": ID, "points": Whole(1, 100), **dict.fromkeys(LINE, TEXT)})
MARK_SHEETS = Table(
    {"format": FORMAT, "workshops": ListOf(Table({"id": ID, "lines": ListOf(_LINE, least=3, most=5)}), least=1)}
)

# ---- worksheets.toml: what trainees fill in

_COLUMN = Table({"id": ID, "title": TEXT}, {"choices": MapOf(TEXT, least=1)})  # one choice is a tick
_CRITERION = Table({"id": ID, "weight": Whole(1, 100), "title": TEXT, "full": TEXT})
_SCORE = Whole(1, 10)
_FIELD: dict[str, Shape] = {"id": ID, "kind": TEXT, "title": TEXT}
_HINT: dict[str, Shape] = {"hint": TEXT}
_TEXT = Table({**_FIELD, "lines": Whole(1, 20)}, _HINT)
_TABLE = Table({**_FIELD, "rows": Whole(1, MOST_ROWS), "columns": ListOf(_COLUMN, 1, MOST_COLUMNS)}, _HINT)
_MATRIX = Table(
    {**_FIELD, "options": Whole(2, MOST_COLUMNS - 1), "most": _SCORE, "criteria": ListOf(_CRITERION, 2, 10)},
    {**_HINT, "floor": Table({"criterion": ID, "under": _SCORE})},
)
_KINDS = {FieldKind.TEXT.value: _TEXT, FieldKind.TABLE.value: _TABLE, FieldKind.MATRIX.value: _MATRIX}
_WORKSHEET = Table(
    {
        "id": ID,
        "lesson": ID,
        "title": TEXT,
        "purpose": TEXT,
        "fields": ListOf(Variant("kind", _KINDS), least=1, most=12),
    },
    {"gate": Whole(1, 7)},
)
WORKSHEETS = Table({"format": FORMAT, "worksheets": ListOf(_WORKSHEET, least=1)})
