"""The sentences about files that cannot be read as a mark sheet; where they fit, those of lists of people."""

from collections.abc import Mapping

from diploma.cohorts.roster import messages
from diploma.core import i18n
from diploma.core.errors import N_, Refused
from diploma.core.grid import MAX_BYTES, Refusal, SheetRefused

REFUSALS: Mapping[Refusal, str] = {
    **messages.REFUSALS,
    Refusal.TOO_LARGE: N_("The file “%(filename)s” is too large for a mark sheet: at most %(limit)s MB are read."),
    Refusal.NOT_A_TABLE: N_("“%(filename)s” is no table. Save the mark sheet as .xlsx or .ods and upload that."),
    Refusal.BOMB: N_("The file “%(filename)s” unpacks to far more than a mark sheet and was not opened."),
    Refusal.UNSAFE: N_("The file “%(filename)s” has parts that do not belong in a mark sheet and was not opened."),
    Refusal.NO_HEADER: N_(
        "No table of “%(filename)s” has the columns of a mark sheet in its first %(rows)s rows. Keep the rows above "
        "the works as they were, or download the sheet again."
    ),
    Refusal.NO_ROWS: N_("There are no works in “%(filename)s”."),
}


def said(refused: SheetRefused | Refused) -> str:
    """Why a file is refused as a whole, in the reader's language."""
    if isinstance(refused, Refused):
        return i18n.reason(refused.message, refused.params)
    return i18n.reason(REFUSALS[refused.code], {"limit": MAX_BYTES // 2**20, **refused.params})
