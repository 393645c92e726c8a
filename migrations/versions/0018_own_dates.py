"""groups of a cohort, dates of persons and groups, requests for more time, lateness that was waived

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_LIVE_PERSON = "ended_at IS NULL AND enrolment_id IS NOT NULL"
_LIVE_GROUP = "ended_at IS NULL AND group_id IS NOT NULL"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)

    def kind(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, length=32)

    op.create_index("uq_enrolments_id_cohort_id", "enrolments", ["id", "cohort_id"], unique=True)
    op.create_table(
        "cohort_groups",
        sa.Column("id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("dissolved_at", moment, nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_cohort_groups_has_name")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_groups_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_groups")),
        sa.UniqueConstraint("id", "cohort_id", name=op.f("uq_cohort_groups_id_cohort_id")),
    )
    _unique("uq_cohort_groups_name", "cohort_groups", ["cohort_id", "name"], "dissolved_at IS NULL")
    op.create_table(
        "group_members",
        sa.Column("id", identity, nullable=False),
        sa.Column("group_id", identity, nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "cohort_id"],
            ["cohort_groups.id", "cohort_groups.cohort_id"],
            name=op.f("fk_group_members_group_id_cohort_id"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "cohort_id"],
            ["enrolments.id", "enrolments.cohort_id"],
            name=op.f("fk_group_members_enrolment_id_cohort_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_members")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_group_members_enrolment_id")),
    )
    op.create_index("ix_group_members_group_id", "group_members", ["group_id"])
    op.create_table(
        "own_dates",
        sa.Column("id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("kind", kind("datekind", "extension", "person", "group"), nullable=False),
        sa.Column("enrolment_id", identity, nullable=True),
        sa.Column("group_id", identity, nullable=True),
        sa.Column("opens_at", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("cut_off_at", moment, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", identity, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by_id", identity, nullable=True),
        sa.Column("ended_reason", sa.String(), nullable=False),
        sa.CheckConstraint("(kind = 'group') = (group_id IS NOT NULL)", name=op.f("ck_own_dates_group_if_for_a_group")),
        sa.CheckConstraint(
            "(kind = 'group') = (enrolment_id IS NULL)", name=op.f("ck_own_dates_person_unless_for_a_group")
        ),
        sa.CheckConstraint("kind <> 'extension' OR due_at IS NOT NULL", name=op.f("ck_own_dates_extension_has_a_date")),
        sa.CheckConstraint(
            "opens_at IS NOT NULL OR due_at IS NOT NULL OR cut_off_at IS NOT NULL",
            name=op.f("ck_own_dates_says_something"),
        ),
        sa.CheckConstraint(
            "(opens_at IS NULL OR due_at IS NULL OR opens_at <= due_at) AND "
            "(due_at IS NULL OR cut_off_at IS NULL OR due_at <= cut_off_at)",
            name=op.f("ck_own_dates_dates_in_order"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_own_dates_has_reason")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name=op.f("ck_own_dates_reason_if_ended")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_own_dates_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_own_dates_cohort_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_own_dates_ended_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_own_dates_enrolment_id")),
        sa.ForeignKeyConstraint(
            ["group_id", "cohort_id"],
            ["cohort_groups.id", "cohort_groups.cohort_id"],
            name=op.f("fk_own_dates_group_id_cohort_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_dates")),
    )
    op.create_index("ix_own_dates_cohort_id", "own_dates", ["cohort_id"])
    _unique("uq_own_dates_person", "own_dates", ["enrolment_id", "cohort_id", "module", "kind"], _LIVE_PERSON)
    _unique("uq_own_dates_group", "own_dates", ["group_id", "module"], _LIVE_GROUP)
    causes = ("illness", "family", "work", "travel", "technical", "other")
    states = ("asked", "granted", "refused", "withdrawn")
    op.create_table(
        "extension_requests",
        sa.Column("id", identity, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("days", identity, nullable=False),
        sa.Column("cause", kind("cause", *causes), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("wanted_at", moment, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("state", kind("requeststate", *states), nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("decided_by_id", identity, nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("given_days", identity, nullable=True),
        sa.Column("dates_id", identity, nullable=True),
        sa.CheckConstraint("days > 0", name=op.f("ck_extension_requests_asks_for_days")),
        sa.CheckConstraint("cause <> 'other' OR note <> ''", name=op.f("ck_extension_requests_words_if_other")),
        sa.CheckConstraint(
            "(state = 'asked') = (closed_at IS NULL)", name=op.f("ck_extension_requests_closed_unless_asked")
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'refused')) = (answer <> '')", name=op.f("ck_extension_requests_reason_if_decided")
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (dates_id IS NOT NULL)", name=op.f("ck_extension_requests_dates_if_granted")
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (given_days IS NOT NULL)", name=op.f("ck_extension_requests_days_if_granted")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_extension_requests_cohort_id")),
        sa.ForeignKeyConstraint(["dates_id"], ["own_dates.id"], name=op.f("fk_extension_requests_dates_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_extension_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_extension_requests_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_extension_requests_key")),
    )
    op.create_index("ix_extension_requests_enrolment_id", "extension_requests", ["enrolment_id"])
    op.create_index("ix_extension_requests_queue", "extension_requests", ["cohort_id", "state"])
    asked = ["enrolment_id", "cohort_id", "module"]
    _unique("uq_extension_requests_asked", "extension_requests", asked, "state = 'asked'")
    op.create_table(
        "late_waivers",
        sa.Column("id", identity, nullable=False),
        sa.Column("submission_id", identity, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", identity, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by_id", identity, nullable=True),
        sa.Column("ended_reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_late_waivers_has_reason")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name=op.f("ck_late_waivers_reason_if_ended")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_late_waivers_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_late_waivers_ended_by_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_late_waivers_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_waivers")),
    )
    _unique("uq_late_waivers_live", "late_waivers", ["submission_id"], "ended_at IS NULL")
    sources = ("extension", "person", "group", "cohort", "resubmission")
    op.add_column(
        "submission_versions",
        sa.Column("due_source", kind("source", *sources), server_default="cohort", nullable=False),
    )
    # A resubmission was due by a window of its own before its source was kept.
    op.execute("UPDATE submission_versions SET due_source = 'resubmission' WHERE number > 1")


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_column("submission_versions", "due_source")
    for table in ("late_waivers", "extension_requests", "own_dates", "group_members", "cohort_groups"):
        op.drop_table(table)
    op.drop_index("uq_enrolments_id_cohort_id", "enrolments")
