"""The sentences of the import of translations; those about files that are no table are the roster's where they fit."""

from collections.abc import Callable, Mapping

from diploma.cohorts.roster import messages
from diploma.core.errors import N_, Refused
from diploma.core.grid import MAX_BYTES, Refusal, SheetRefused
from diploma.learning.translation.importing import Problem

REFUSALS: Mapping[Refusal, str] = {
    **messages.REFUSALS,
    Refusal.NOT_A_TABLE: N_("“%(filename)s” is no workbook. Save it as .xlsx and try again."),
    Refusal.TOO_LARGE: N_(
        "The file “%(filename)s” is too large: at most %(limit)s MB are read. Export the texts again."
    ),
    Refusal.BOMB: N_(
        "The file “%(filename)s” unpacks to far more than texts to translate and was not opened. "
        "Export the texts again."
    ),
    Refusal.UNSAFE: N_(
        "The file “%(filename)s” has parts that do not belong in a workbook of texts and was not opened. "
        "Export the texts again."
    ),
    Refusal.NO_HEADER: N_(
        "No sheet of “%(filename)s” has the columns of exported texts in its first %(rows)s rows. "
        "Keep the first row as it was exported."
    ),
    Refusal.NO_ROWS: N_("There are no texts below the header of “%(filename)s”."),
}

Translate = Callable[[str], str]


def problem_message(problem: Problem, translate: Translate) -> str:
    """The sentence of a problem; one of ``content check`` is English whatever ``translate`` speaks."""
    return problem.message if problem.english else translate(problem.message) % problem.params


def refusal_message(refused: SheetRefused | Refused, translate: Translate) -> str:
    """The sentence of a file, or of an import, that is refused as a whole."""
    return problem_message(of_refusal(refused), translate)


def of_refusal(refused: SheetRefused | Refused) -> Problem:
    """The same as a problem of no row."""
    if isinstance(refused, Refused):
        return Problem(0, "", "", refused.message, refused.params)
    return Problem(0, "", "", REFUSALS[refused.code], {"limit": MAX_BYTES // 2**20, **refused.params})
