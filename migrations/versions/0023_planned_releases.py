"""planned releases of marks

Revision ID: 0023
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("state = 'planned'")


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    states = sa.Enum("planned", "done", "cancelled", "lapsed", name="planstate", native_enum=False, length=32)
    op.create_table(
        "planned_releases",
        sa.Column("id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("by_id", identity, nullable=False),
        sa.Column("planned_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("ready", identity, nullable=False),
        sa.Column("waiting", identity, nullable=False),
        sa.Column("version", identity, nullable=False),
        sa.CheckConstraint(
            "(state = 'planned') = (closed_at IS NULL)", name=op.f("ck_planned_releases_closed_unless_planned")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_planned_releases_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_planned_releases_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_releases")),
    )
    op.create_index(op.f("ix_planned_releases_cohort_id"), "planned_releases", ["cohort_id"])
    op.create_index(
        "uq_planned_releases_open",
        "planned_releases",
        ["cohort_id", "module"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("planned_releases")
