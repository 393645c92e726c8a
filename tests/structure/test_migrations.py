"""The migrations build exactly the tables that the models describe, from an empty database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade

from config import Config
from diploma.cli import create_app
from diploma.core import db
from diploma.core.orm import Base


@pytest.fixture
def migrated(tmp_path: Path, _database_url: str) -> Iterator[Flask]:
    """An application whose empty database was built by the migrations alone."""
    url = ""
    if _database_url.startswith("postgresql"):
        url = _second_database(_database_url)
    app = create_app(Config(APP_ENV="test", INSTANCE=tmp_path, DATABASE_URL=url, SECRET_KEY="t" * 40))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.db.engine.dispose()


def _second_database(url: str) -> str:
    second = sa.make_url(url)
    name = f"{second.database}_migrated"
    admin = sa.create_engine(second.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return second.set(database=name).render_as_string(hide_password=False)


def test_the_migrations_equal_the_models(migrated: Flask) -> None:
    with migrated.app_context(), db.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_bring_every_check_constraint(migrated: Flask) -> None:
    """Autogenerate does not compare them, so they are counted by name."""
    with migrated.app_context():
        inspector = sa.inspect(db.db.engine)
        for table in Base.metadata.sorted_tables:
            wanted = {str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint)}
            assert wanted == {one["name"] for one in inspector.get_check_constraints(table.name)}, table.name
