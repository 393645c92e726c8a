"""roster imports under way, and what taking one back needs

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roster_drafts",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("cohort_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("layout", _JSON, nullable=False),
        sa.Column("fixes", _JSON, nullable=False),
        sa.Column("answers", _JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "waiting", "done", name="draftstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("attempts", _NUMBER, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("params", _JSON, nullable=False),
        sa.Column("outcome", _JSON, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'done') = (import_id IS NOT NULL)", name=op.f("ck_roster_drafts_import_if_done")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_roster_drafts_cohort_id")),
        sa.ForeignKeyConstraint(["import_id"], ["roster_imports.id"], name=op.f("fk_roster_drafts_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_roster_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_roster_drafts_token")),
    )
    op.create_index(op.f("ix_roster_drafts_cohort_id"), "roster_drafts", ["cohort_id"])
    op.create_index(op.f("ix_roster_drafts_person_id"), "roster_drafts", ["person_id"])
    op.add_column("roster_imports", sa.Column("before", _JSON, nullable=True))
    op.add_column("roster_imports", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("roster_imports", sa.Column("undone_by_id", _NUMBER, nullable=True))


def downgrade() -> None:
    for column in ("undone_by_id", "undone_at", "before"):
        op.drop_column("roster_imports", column)
    op.drop_table("roster_drafts")
