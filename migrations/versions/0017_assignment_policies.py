"""rules of assignments, and what was taken from a mark

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_BEFORE, _NOW = "state IN ('marked', 'released')", "state NOT IN ('waiting', 'marking')"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "assignment_policies",
        sa.Column("id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("values", _JSON, nullable=False),
        sa.Column("version", identity, nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_assignment_policies_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_policies")),
        sa.UniqueConstraint("cohort_id", "module", "area", name=op.f("uq_assignment_policies_cohort_id_module_area")),
    )
    with op.batch_alter_table("markings") as table:
        table.add_column(sa.Column("deductions", _JSON, nullable=True))
        table.drop_constraint(op.f("ck_markings_counted_if_marked"), type_="check")
        table.create_check_constraint(op.f("ck_markings_counted_if_marked"), f"({_NOW}) = (counted IS NOT NULL)")


def downgrade() -> None:
    with op.batch_alter_table("markings") as table:
        table.drop_constraint(op.f("ck_markings_counted_if_marked"), type_="check")
        table.create_check_constraint(op.f("ck_markings_counted_if_marked"), f"({_BEFORE}) = (counted IS NOT NULL)")
        table.drop_column("deductions")
    op.drop_table("assignment_policies")
