"""The blueprint of this feature; ``views`` brings its parts together."""

from flask import Blueprint

bp = Blueprint("certificates", __name__)
