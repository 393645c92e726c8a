"""peer review: rounds, who takes part, reviews, and their part of a mark

Revision ID: 0025
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0023"

_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    # Plainly added: SQLite would have to delete a table to which rows point before it could be made anew.
    op.add_column("markings", sa.Column("peers", _JSON, nullable=True))
    op.create_table(
        "peer_rounds",
        sa.Column("id", identity, nullable=False),
        sa.Column("cohort_id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("wanted", identity, nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_peer_rounds_wants_reviews")),
        sa.CheckConstraint("ends_at > begun_at", name=op.f("ck_peer_rounds_in_order")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_peer_rounds_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_rounds")),
        sa.UniqueConstraint("cohort_id", "module", name=op.f("uq_peer_rounds_cohort_id_module")),
    )
    op.create_table(
        "peer_entries",
        sa.Column("id", identity, nullable=False),
        sa.Column("round_id", identity, nullable=False),
        sa.Column("enrolment_id", identity, nullable=False),
        sa.Column("work_id", identity, nullable=False),
        sa.Column("joined_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["peer_rounds.id"], name=op.f("fk_peer_entries_round_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_peer_entries_enrolment_id")),
        sa.ForeignKeyConstraint(["work_id"], ["submission_versions.id"], name=op.f("fk_peer_entries_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_entries")),
        sa.UniqueConstraint("round_id", "enrolment_id", name=op.f("uq_peer_entries_round_id_enrolment_id")),
        sa.UniqueConstraint("work_id", name=op.f("uq_peer_entries_work_id")),
    )
    op.create_index(op.f("ix_peer_entries_enrolment_id"), "peer_entries", ["enrolment_id"])
    op.create_table(
        "peer_reviews",
        sa.Column("id", identity, nullable=False),
        sa.Column("entry_id", identity, nullable=False),
        sa.Column("reviewer_id", identity, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("given_by_id", identity, nullable=True),
        sa.Column("until_at", _TIME, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("levels", _JSON, nullable=False),
        sa.Column("remarks", _JSON, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("saved_at", _TIME, nullable=True),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", _TIME, nullable=True),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("reported_at", _TIME, nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("settled_by_id", identity, nullable=True),
        sa.Column("hidden_at", _TIME, nullable=True),
        sa.Column("hidden_by_id", identity, nullable=True),
        sa.Column("hidden_why", sa.String(), nullable=False),
        sa.Column("version", identity, nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_peer_reviews_{name}"))
            for name, rule in (
                ("never_ones_own", "entry_id <> reviewer_id"),
                ("raw_if_done", "(state = 'done') = (raw IS NOT NULL)"),
                ("done_at_if_done", "(state = 'done') = (done_at IS NOT NULL)"),
                ("somebody_if_by_staff", "(way = 'staff') = (given_by_id IS NOT NULL)"),
                ("reply_if_replied", "(replied_at IS NULL) = (reply = '')"),
                ("report_if_reported", "(reported_at IS NULL) = (report = '')"),
                ("settled_if_reported", "settled_at IS NULL OR reported_at IS NOT NULL"),
                ("reason_if_hidden", "(hidden_at IS NULL) = (hidden_why = '')"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_peer_reviews_{column}"))
            for column, table in (
                ("entry_id", "peer_entries"),
                ("reviewer_id", "peer_entries"),
                ("given_by_id", "users"),
                ("settled_by_id", "users"),
                ("hidden_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_reviews")),
        sa.UniqueConstraint("entry_id", "reviewer_id", name=op.f("uq_peer_reviews_entry_id_reviewer_id")),
        sa.UniqueConstraint("token", name=op.f("uq_peer_reviews_token")),
    )
    op.create_index(op.f("ix_peer_reviews_reviewer_id"), "peer_reviews", ["reviewer_id"])


def downgrade() -> None:
    for table in ("peer_reviews", "peer_entries", "peer_rounds"):
        op.drop_table(table)
    op.drop_column("markings", "peers")
