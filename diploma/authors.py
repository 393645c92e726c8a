"""The application of ``content check``: the command and nothing else.

Authors run it after each change. Pages, database and the libraries of certificates would take two seconds to import and
are not needed to read files; ``wsgi`` chooses.
"""

from flask import Flask
from flask.cli import AppGroup

from config import Config
from diploma.learning.check_command import check


def create_app(config: Config) -> Flask:
    app = Flask("diploma")
    app.config.update(COURSES=config.COURSES, SQLALCHEMY_DATABASE_URI=config.database_url)
    content = AppGroup("content")
    content.add_command(check)
    app.cli.add_command(content)
    return app
