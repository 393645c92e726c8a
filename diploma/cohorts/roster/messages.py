"""The sentences of the roster import, one for each code; translated where they are shown."""

from collections.abc import Callable, Mapping

from diploma.cohorts.roster.judging import LIMITS, Action, Code, Problem
from diploma.cohorts.roster.review import Group
from diploma.cohorts.roster.undoing import Stays
from diploma.core.errors import N_
from diploma.core.grid import MAX_BYTES, Refusal, SheetRefused

COLUMNS: Mapping[str, str] = {
    "email": N_("E-mail"),
    "full_name": N_("Full name"),
    "entity": N_("Entity"),
    "language": N_("Language"),
    "role": N_("Role"),
    "position": N_("Position"),
    "phone": N_("Phone"),
    "personnel_number": N_("Personnel number"),
}

PROBLEMS: Mapping[Code, str] = {
    Code.MISSING_EMAIL: N_("The e-mail address is missing."),
    Code.BAD_EMAIL: N_("This is not an e-mail address. Write it like name@example.org, in Latin letters."),
    Code.DUPLICATE_IN_FILE: N_("The same value stands in another row of this file. Keep one of the rows."),
    Code.MISSING_NAME: N_("The full name is missing."),
    Code.LOST_LETTERS: N_(
        "Letters or digits were lost when this file was saved. Save the list as .xlsx and upload it again."
    ),
    Code.UNKNOWN_LANGUAGE: N_(
        "This language is not offered. Write ar, en, ru, uz-Latn or uz-Cyrl, or leave the cell empty."
    ),
    Code.UNKNOWN_ROLE: N_("There is no such role. Leave the cell empty for a trainee."),
    Code.ROLE_NOT_ALLOWED: N_("You cannot give this role. Leave the cell empty for a trainee."),
    Code.TOO_LONG: N_("The text is longer than %(limit)s characters. Shorten it."),
    Code.FORMULA: N_("The cell holds a formula or begins like one. Type the value itself."),
    Code.BLANK_ROW: N_("The row is empty and is left out."),
    Code.BELONGS_ELSEWHERE: N_("This address cannot be added here."),
}

# What becomes of a row: an action of the plan, or the group in which it stays.
OUTCOMES: Mapping[str, str] = {
    Action.CREATE: N_("new"),
    Action.UPDATE: N_("changed"),
    Action.MOVE: N_("moves here"),
    Action.UNCHANGED: N_("no change"),
    Group.WRONG: N_("to correct"),
    Group.DECIDE: N_("same person?"),
    Group.OUT: N_("left out"),
}

STAYS: Mapping[Stays, str] = {
    Stays.SIGNED_IN: N_("has signed in"),
    Stays.MAILED: N_("has got a mail"),
    Stays.WORK: N_("has work or attendance here"),
    Stays.TIES: N_("has another cohort or role by now"),
    Stays.CHANGED: N_("was changed again"),
    Stays.CLOSED: N_("cannot return: the former cohort is closed or has the person again"),
}

REFUSALS: Mapping[Refusal, str] = {
    Refusal.EMPTY: N_("The file “%(filename)s” is empty. Choose another one."),
    Refusal.TOO_LARGE: N_(
        "The file “%(filename)s” is too large: at most %(limit)s MB are read. "
        "Copy the list into a new workbook and upload that."
    ),
    Refusal.NOT_A_TABLE: N_("“%(filename)s” cannot be read as a table. Save the list as .xlsx and upload it again."),
    Refusal.OTHER_FORMAT: N_("Tables of this kind are not read. Save “%(filename)s” as .xlsx and upload it again."),
    Refusal.BAD_ENCODING: N_(
        "The letters of “%(filename)s” cannot be read, first in line %(row)s. "
        "Save the list as .xlsx and upload it again."
    ),
    Refusal.BROKEN_QUOTES: N_(
        "A quotation mark in row %(row)s is not closed, so the rows cannot be told apart. "
        "Correct it, or save the list as .xlsx."
    ),
    Refusal.ENCRYPTED: N_(
        "The file “%(filename)s” is protected by a password. Save it without one and upload it again."
    ),
    Refusal.BOMB: N_(
        "The file “%(filename)s” unpacks to far more than a list of people holds and was not opened. "
        "Copy the list into a new workbook and upload that."
    ),
    Refusal.UNSAFE: N_(
        "The file “%(filename)s” has parts that do not belong in a list and was not opened. "
        "Copy the list into a new workbook and upload that."
    ),
    Refusal.TOO_MANY_ROWS: N_(
        "The sheet has something in row %(row)s; at most %(max)s rows are read. Delete what stands below the list."
    ),
    Refusal.TOO_MANY_COLUMNS: N_(
        "Row %(row)s has something beyond column %(max)s. Delete what stands beside the list."
    ),
    Refusal.NO_HEADER: N_(
        "No header was found in the first %(rows)s rows. Name the columns, for example Full name and E-mail."
    ),
    Refusal.MISSING_COLUMN: N_("There is no column “%(column)s”. Add it, or correct its name in the header."),
    Refusal.NO_ROWS: N_("There are no people below the header."),
}

Translate = Callable[[str], str]


def problem_message(problem: Problem, translate: Translate) -> str:
    """The sentence of a problem in the language of ``translate`` (a gettext function)."""
    return translate(PROBLEMS[problem.code]) % {"limit": LIMITS.get(problem.column, 0)}


def refusal_message(refused: SheetRefused, translate: Translate) -> str:
    """The sentence of a refused file in the language of ``translate`` (a gettext function)."""
    params = {"limit": MAX_BYTES // 2**20, **refused.params}
    if "column" in params:
        params["column"] = translate(COLUMNS[params["column"]])
    return translate(REFUSALS[refused.code]) % params
