"""feedback that teaches: comments on single criteria; the work before which a conflict of interest was declared

Revision ID: 0027
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0025"

_REMARKED = ("markings", "moderations", "provisional_marks")


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = sa.JSON().with_variant(JSONB(), "postgresql")
    for name in _REMARKED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("remarks", texts, nullable=False, server_default="{}"))
    with op.batch_alter_table("marker_conflicts") as table:
        table.add_column(sa.Column("marking_id", identity, nullable=True))
        table.create_foreign_key(op.f("fk_marker_conflicts_marking_id"), "markings", ["marking_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("marker_conflicts") as table:
        table.drop_constraint(op.f("fk_marker_conflicts_marking_id"), type_="foreignkey")
        table.drop_column("marking_id")
    for name in _REMARKED:
        with op.batch_alter_table(name) as table:
            table.drop_column("remarks")
