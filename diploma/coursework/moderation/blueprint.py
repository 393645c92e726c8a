"""The blueprint of second marking; ``views`` brings its parts together."""

from flask import Blueprint

bp = Blueprint("second", __name__)
