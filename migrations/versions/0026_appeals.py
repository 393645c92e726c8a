"""appeals against one criterion of a released mark, and their answers

Revision ID: 0026
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0027"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_STATE = sa.Enum(
    *("open", "answered", "escalated", "final", "withdrawn"), name="appealstate", native_enum=False, length=32
)
_OUTCOME = sa.Enum("upheld", "accepted", name="outcome", native_enum=False, length=32)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("marking_id", _ID, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("file_size", _ID, nullable=True),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("outcome", _OUTCOME, nullable=True),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("escalated_at", _TIME, nullable=True),
        sa.Column("objection", sa.String(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("version", _ID, nullable=False),
        _check("appeals", "has_reason", "reason <> ''"),
        _check("appeals", "file_whole", "(file_name IS NULL) = (file_sha256 IS NULL)"),
        _check("appeals", "no_outcome_while_open", "state <> 'open' OR outcome IS NULL"),
        _check(
            "appeals",
            "outcome_if_answered",
            "state NOT IN ('answered', 'escalated', 'final') OR outcome IS NOT NULL",
        ),
        _check("appeals", "escalated_if_upheld", "state <> 'escalated' OR outcome = 'upheld'"),
        _check("appeals", "escalated_with_reason", "(escalated_at IS NULL) = (objection = '')"),
        _check("appeals", "final_if_escalated", "state NOT IN ('escalated', 'final') OR escalated_at IS NOT NULL"),
        _check("appeals", "closed_unless_waiting", "(state IN ('open', 'escalated')) = (closed_at IS NULL)"),
        _to("appeals", "marking_id", "markings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("key", name=op.f("uq_appeals_key")),
        sa.UniqueConstraint("marking_id", "criterion", name=op.f("uq_appeals_marking_id_criterion")),
    )
    op.create_index("ix_appeals_queue", "appeals", ["state", "due_at"])
    op.create_table(
        "appeal_answers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("appeal_id", _ID, nullable=False),
        sa.Column("instance", _ID, nullable=False),
        sa.Column("outcome", _OUTCOME, nullable=False),
        sa.Column("level_before", sa.String(), nullable=False),
        sa.Column("level_after", sa.String(), nullable=False),
        sa.Column("raw_before", sa.BigInteger(), nullable=False),
        sa.Column("raw_after", sa.BigInteger(), nullable=False),
        sa.Column("counted_before", sa.BigInteger(), nullable=False),
        sa.Column("counted_after", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _check("appeal_answers", "instance_known", "instance IN (1, 2)"),
        _check("appeal_answers", "has_reason", "reason <> ''"),
        _check("appeal_answers", "level_if_accepted", "(outcome = 'accepted') = (level_after <> level_before)"),
        _check(
            "appeal_answers",
            "mark_stands_if_upheld",
            "outcome = 'accepted' OR (raw_after = raw_before AND counted_after = counted_before)",
        ),
        _to("appeal_answers", "appeal_id", "appeals"),
        _to("appeal_answers", "by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_answers")),
        sa.UniqueConstraint("appeal_id", "instance", name=op.f("uq_appeal_answers_appeal_id_instance")),
        sa.UniqueConstraint("appeal_id", "by_id", name=op.f("uq_appeal_answers_appeal_id_by_id")),
    )
    op.create_index(op.f("ix_appeal_answers_by_id"), "appeal_answers", ["by_id"])


def downgrade() -> None:
    op.drop_table("appeal_answers")
    op.drop_table("appeals")
