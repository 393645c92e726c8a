"""tutors of people, and the languages in which instructors work

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("users", sa.Column("work_languages", _JSON, server_default="[]", nullable=False))
    op.create_table(
        "tutorships",
        sa.Column("id", identity, nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("tutor_id", identity, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", identity, nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", identity, nullable=True),
        sa.Column(
            "ending",
            sa.Enum("changed", "taken", "moved", "role_ended", name="ending", native_enum=False, length=32),
            nullable=True,
        ),
        sa.CheckConstraint("(until IS NULL) = (ending IS NULL)", name=op.f("ck_tutorships_why_if_over")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_tutorships_in_order")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_tutorships_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_tutorships_cohort_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_tutorships_ended_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_tutorships_enrolment_id")),
        sa.ForeignKeyConstraint(["tutor_id"], ["users.id"], name=op.f("fk_tutorships_tutor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutorships")),
    )
    op.create_index(op.f("ix_tutorships_enrolment_id"), "tutorships", ["enrolment_id"])
    op.create_index(op.f("ix_tutorships_tutor_id"), "tutorships", ["tutor_id"])
    still_open = sa.text("until IS NULL")
    op.create_index(
        "uq_tutorships_one_at_a_time",
        "tutorships",
        ["enrolment_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    op.drop_table("tutorships")
    op.drop_column("users", "work_languages")
