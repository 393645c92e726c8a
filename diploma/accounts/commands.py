"""The command group ``people``. Its commands need partners and cohorts, so ``diploma.cohorts.commands`` adds them."""

from flask.cli import AppGroup

people = AppGroup("people", help="People and their roles.")
