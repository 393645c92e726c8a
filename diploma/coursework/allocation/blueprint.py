"""The blueprint of allocation; ``views`` brings its parts together."""

from flask import Blueprint

bp = Blueprint("allocation", __name__)
