"""attempts of a work, attempts that do not count, and works returned with comments

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_BEFORE, _NOW = "state NOT IN ('waiting', 'marking')", "state NOT IN ('waiting', 'marking', 'returned')"
_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Plainly added: SQLite would have to delete a table to which rows point before it could be made anew.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.add_column("submissions", sa.Column("attempt", _IDENTITY, nullable=False, server_default="1"))
    op.execute(
        f"ALTER TABLE submission_versions ADD COLUMN attempt {number} DEFAULT '1' NOT NULL"
        " CONSTRAINT ck_submission_versions_attempt_in_order CHECK (attempt >= 1 AND attempt <= number)"
    )
    op.add_column(
        "submission_versions", sa.Column("resubmission", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        f"ALTER TABLE submission_versions ADD COLUMN origin_id {number}"
        " CONSTRAINT fk_submission_versions_origin_id REFERENCES submission_versions (id)"
        " CONSTRAINT ck_submission_versions_origin_if_resubmission CHECK (NOT resubmission OR origin_id IS NOT NULL)"
    )
    # Until now every version after the first was a resubmission, and the first one decided about late.
    op.execute(
        "UPDATE submission_versions SET resubmission = true, origin_id = (SELECT one.id FROM submission_versions AS one"
        " WHERE one.submission_id = submission_versions.submission_id AND one.number = 1) WHERE number > 1"
    )
    with op.batch_alter_table("markings") as table:
        table.drop_constraint(op.f("ck_markings_counted_if_marked"), type_="check")
        table.create_check_constraint(op.f("ck_markings_counted_if_marked"), f"({_NOW}) = (counted IS NOT NULL)")
    _attempts()
    _returns()


def _attempts() -> None:
    op.create_table(
        "submission_attempts",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("submission_id", _IDENTITY, nullable=False),
        sa.Column("number", _IDENTITY, nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("opened_by_id", _IDENTITY, nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_by_id", _IDENTITY, nullable=True),
        sa.Column("closed_why", sa.String(), nullable=False),
        sa.CheckConstraint("number > 1", name=op.f("ck_submission_attempts_after_the_first")),
        sa.CheckConstraint(
            "(way = 'staff') = (opened_by_id IS NOT NULL)", name=op.f("ck_submission_attempts_somebody_if_by_staff")
        ),
        sa.CheckConstraint("way = 'rule' OR reason <> ''", name=op.f("ck_submission_attempts_reason_if_by_staff")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_why = '')", name=op.f("ck_submission_attempts_reason_if_closed")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_submission_attempts_closed_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_submission_attempts_opened_by_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_submission_attempts_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_attempts")),
    )
    _one_open("submission_attempts", ["submission_id", "number"], "closed_at IS NULL")
    op.create_table(
        "excused_attempts",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("submission_id", _IDENTITY, nullable=False),
        sa.Column("number", _IDENTITY, nullable=False),
        sa.Column("by_id", _IDENTITY, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_excused_attempts_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_excused_attempts_by_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_excused_attempts_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excused_attempts")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_excused_attempts_submission_id_number")),
    )


def _returns() -> None:
    op.create_table(
        "work_returns",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("work_id", _IDENTITY, nullable=False),
        sa.Column("by_id", _IDENTITY, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("took_back", sa.Boolean(), nullable=False),
        sa.CheckConstraint("comment <> ''", name=op.f("ck_work_returns_comment")),
        sa.CheckConstraint("until > at", name=op.f("ck_work_returns_until_later")),
        sa.CheckConstraint("NOT took_back OR ended_at IS NOT NULL", name=op.f("ck_work_returns_ended_if_taken_back")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_work_returns_by_id")),
        sa.ForeignKeyConstraint(["work_id"], ["submission_versions.id"], name=op.f("fk_work_returns_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_returns")),
    )
    op.create_index("ix_work_returns_work_id", "work_returns", ["work_id"])
    _one_open("work_returns", ["work_id"], "ended_at IS NULL")


def _one_open(table: str, columns: list[str], open_: str) -> None:
    op.create_index(
        f"uq_{table}_open",
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(open_),
        postgresql_where=sa.text(open_),
    )


def downgrade() -> None:
    op.drop_table("work_returns")
    op.drop_table("excused_attempts")
    op.drop_table("submission_attempts")
    op.execute("UPDATE markings SET state = 'waiting' WHERE state = 'returned'")
    with op.batch_alter_table("markings") as table:
        table.drop_constraint(op.f("ck_markings_counted_if_marked"), type_="check")
        table.create_check_constraint(op.f("ck_markings_counted_if_marked"), f"({_BEFORE}) = (counted IS NOT NULL)")
    for column in ("origin_id", "resubmission", "attempt"):
        op.drop_column("submission_versions", column)
    op.drop_column("submissions", "attempt")
