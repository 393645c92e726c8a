"""workdays, holidays, and what happened to enrolments

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table in ("partners", "cohorts"):
        op.add_column(table, sa.Column("workdays", _JSON, server_default="[]", nullable=False))
    op.add_column("enrolments", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "holidays",
        sa.Column("id", identity, nullable=False),
        sa.Column("partner_id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("names", _JSON, nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_holidays_days_in_order")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_holidays_cohort_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_holidays_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
    )
    partner_wide = sa.text("cohort_id IS NULL")
    op.create_index(
        "uq_holidays_partner",
        "holidays",
        ["partner_id", "first_day", "last_day"],
        unique=True,
        sqlite_where=partner_wide,
        postgresql_where=partner_wide,
    )
    op.create_index("uq_holidays_cohort", "holidays", ["cohort_id", "first_day", "last_day"], unique=True)
    op.create_table(
        "enrolment_events",
        sa.Column("id", identity, nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("withdrawn", "deferred", "returned", "moved", name="eventkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                *("own_wish", "health", "family", "workload", "new_post", "absence", "conduct", "mistake", "other"),
                name="cause",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("to_cohort_id", identity, nullable=True),
        sa.Column("by_id", identity, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('withdrawn', 'deferred')) = (cause IS NOT NULL)", name=op.f("ck_enrolment_events_cause_if_away")
        ),
        sa.CheckConstraint(
            "cause IS NULL OR cause <> 'other' OR note <> ''", name=op.f("ck_enrolment_events_words_if_other")
        ),
        sa.CheckConstraint(
            "kind <> 'moved' OR to_cohort_id IS NOT NULL", name=op.f("ck_enrolment_events_target_if_moved")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_enrolment_events_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_enrolment_events_cohort_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_enrolment_events_enrolment_id")),
        sa.ForeignKeyConstraint(["to_cohort_id"], ["cohorts.id"], name=op.f("fk_enrolment_events_to_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_events")),
    )
    op.create_index(op.f("ix_enrolment_events_enrolment_id"), "enrolment_events", ["enrolment_id"])
    op.create_index(op.f("ix_enrolment_events_to_cohort_id"), "enrolment_events", ["to_cohort_id"])
    op.create_table(
        "name_requests",
        sa.Column("id", identity, nullable=False),
        sa.Column("user_id", identity, nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("names", _JSON, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "refused", name="requeststate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", identity, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_name_requests_decided_unless_open")
        ),
        sa.CheckConstraint("state <> 'refused' OR answer <> ''", name=op.f("ck_name_requests_reason_if_refused")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_name_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_name_requests_enrolment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_name_requests_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_requests")),
    )
    op.create_index(op.f("ix_name_requests_enrolment_id"), "name_requests", ["enrolment_id"])
    still_open = sa.text("state = 'open'")
    op.create_index(
        "uq_name_requests_open",
        "name_requests",
        ["user_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    op.drop_table("name_requests")
    op.drop_table("enrolment_events")
    op.drop_table("holidays")
    op.drop_column("enrolments", "moved_at")
    for table in ("cohorts", "partners"):
        op.drop_column(table, "workdays")
