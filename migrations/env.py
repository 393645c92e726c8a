"""Alembic's environment: our own, because the generated one warns.

``flask db upgrade`` runs it inside the application, so the address and the tables are the application's.
"""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from diploma.core.orm import Base, Mark, UTCDateTime

engine = current_app.extensions["migrate"].db.engine


def render(kind: str, value: object, _context: object) -> str | bool:
    """Migrations name plain column types, so that an old one still runs when our own types have changed."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Mark):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(value, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run_migrations() -> None:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()
