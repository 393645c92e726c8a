"""second marking: rounds, the works that they chose, provisional marks, samples

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_LANG = sa.Enum("en", "ar", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32)
_OUTCOME = sa.Enum("average", "higher", "agreed", "third", name="outcome", native_enum=False, length=32)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.create_table(
        "second_rounds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("cohort_id", _ID, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("cut", sa.String(), nullable=False),
        sa.Column("planned_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("started_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "(started_at IS NULL) = (started_by_id IS NULL)", name=op.f("ck_second_rounds_started_by_somebody")
        ),
        _to("second_rounds", "cohort_id", "cohorts"),
        _to("second_rounds", "started_by_id", "users"),
        _key("second_rounds"),
        sa.UniqueConstraint("cohort_id", "module", name=op.f("uq_second_rounds_cohort_id_module")),
    )
    op.create_table(
        "mark_reveals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _to("mark_reveals", "round_id", "second_rounds"),
        _to("mark_reveals", "user_id", "users"),
        _key("mark_reveals"),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_mark_reveals_round_id_user_id")),
    )
    op.create_table(
        "moderations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("marking_id", _ID, nullable=False),
        sa.Column("reasons", _JSON, nullable=False),
        sa.Column("chosen_at", _TIME, nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=True),
        sa.Column("levels", _JSON, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("proposed_by_id", _ID, nullable=True),
        sa.Column("confirmed_by_id", _ID, nullable=True),
        sa.Column("outcome", _OUTCOME, nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("version", _ID, nullable=False),
        sa.CheckConstraint("confirmed_by_id <> proposed_by_id", name=op.f("ck_moderations_agreed_by_two")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_moderations_settled_with_outcome")
        ),
        sa.CheckConstraint(
            "outcome <> 'agreed' OR confirmed_by_id IS NOT NULL", name=op.f("ck_moderations_agreed_if_confirmed")
        ),
        _to("moderations", "round_id", "second_rounds"),
        _to("moderations", "marking_id", "markings"),
        _to("moderations", "proposed_by_id", "users"),
        _to("moderations", "confirmed_by_id", "users"),
        _key("moderations"),
        sa.UniqueConstraint("marking_id", name=op.f("uq_moderations_marking_id")),
    )
    op.create_index(op.f("ix_moderations_round_id"), "moderations", ["round_id"])
    op.create_table(
        "provisional_marks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("moderation_id", _ID, nullable=False),
        sa.Column("turn", _ID, nullable=False),
        sa.Column("marker_id", _ID, nullable=False),
        sa.Column("levels", _JSON, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("assigned_at", _TIME, nullable=False),
        sa.Column("saved_at", _TIME, nullable=True),
        sa.Column("given_at", _TIME, nullable=True),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("version", _ID, nullable=False),
        sa.CheckConstraint("(given_at IS NULL) = (raw IS NULL)", name=op.f("ck_provisional_marks_raw_if_given")),
        sa.CheckConstraint("turn BETWEEN 1 AND 3", name=op.f("ck_provisional_marks_turn_known")),
        _to("provisional_marks", "moderation_id", "moderations"),
        _to("provisional_marks", "marker_id", "users"),
        _key("provisional_marks"),
        sa.UniqueConstraint("moderation_id", "turn", name=op.f("uq_provisional_marks_moderation_id_turn")),
        sa.UniqueConstraint("moderation_id", "marker_id", name=op.f("uq_provisional_marks_moderation_id_marker_id")),
    )
    op.create_index(op.f("ix_provisional_marks_marker_id"), "provisional_marks", ["marker_id"])
    op.create_table(
        "calibration_samples",
        sa.Column("id", _ID, nullable=False),
        sa.Column("cohort_id", _ID, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("lang", _LANG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("levels", _JSON, nullable=False),
        sa.Column("source_id", _ID, nullable=True),
        sa.Column("made_by_id", _ID, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        _to("calibration_samples", "cohort_id", "cohorts"),
        _to("calibration_samples", "source_id", "submission_versions"),
        _to("calibration_samples", "made_by_id", "users"),
        _key("calibration_samples"),
    )
    op.create_index(op.f("ix_calibration_samples_cohort_id"), "calibration_samples", ["cohort_id"])
    op.create_table(
        "calibration_marks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sample_id", _ID, nullable=False),
        sa.Column("marker_id", _ID, nullable=False),
        sa.Column("levels", _JSON, nullable=False),
        sa.Column("raw", sa.BigInteger(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        _to("calibration_marks", "sample_id", "calibration_samples"),
        _to("calibration_marks", "marker_id", "users"),
        _key("calibration_marks"),
        sa.UniqueConstraint("sample_id", "marker_id", name=op.f("uq_calibration_marks_sample_id_marker_id")),
    )


def downgrade() -> None:
    for table in (
        *("calibration_marks", "calibration_samples", "provisional_marks", "moderations"),
        *("mark_reveals", "second_rounds"),
    ):
        op.drop_table(table)
