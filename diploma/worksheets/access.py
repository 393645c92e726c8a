"""Which worksheets a person may open: those of a module that is open to them, and of what is written only their own.

No address names another person's: it is always that of the enrolment on which one works.
"""

from flask import abort

from diploma.accounts.models import User
from diploma.learning import access as learning
from diploma.learning.access import Reader
from diploma.learning.sheets import Worksheet
from diploma.learning.structure import Module


def worksheet(user: User, module: str, worksheet_id: str) -> tuple[Reader, Module, Worksheet]:
    """A worksheet of an open module as the reader's edition has it, or 404."""
    who, found = learning.open_module(user, module)
    return who, found, next((one for one in found.worksheets if one.id == worksheet_id), None) or abort(404)
