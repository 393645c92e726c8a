"""who marks what: allocation, leases, revealed authors, conflicts of interest

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("markings") as table:
        table.add_column(sa.Column("allocated_to_id", identity, nullable=True))
        table.add_column(sa.Column("allocated_at", _TIME, nullable=True))
        table.add_column(sa.Column("allocated_by_id", identity, nullable=True))
        table.add_column(sa.Column("seconds", identity, nullable=True))
        for name in ("allocated_to_id", "allocated_by_id"):
            table.create_foreign_key(op.f(f"fk_markings_{name}"), "users", [name], ["id"])
        table.create_check_constraint(
            op.f("ck_markings_allocated_at_if_allocated"), "(allocated_to_id IS NULL) = (allocated_at IS NULL)"
        )
        table.create_index(op.f("ix_markings_allocated_to_id"), ["allocated_to_id"])
    op.create_table(
        "marking_leases",
        sa.Column("marking_id", identity, nullable=False),
        sa.Column("holder_id", identity, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_marking_leases_in_order")),
        sa.ForeignKeyConstraint(["marking_id"], ["markings.id"], name=op.f("fk_marking_leases_marking_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name=op.f("fk_marking_leases_holder_id")),
        sa.PrimaryKeyConstraint("marking_id", name=op.f("pk_marking_leases")),
    )
    op.create_index(op.f("ix_marking_leases_holder_id"), "marking_leases", ["holder_id"])
    op.create_table(
        "author_reveals",
        sa.Column("id", identity, nullable=False),
        sa.Column("marking_id", identity, nullable=False),
        sa.Column("user_id", identity, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["marking_id"], ["markings.id"], name=op.f("fk_author_reveals_marking_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_author_reveals_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_reveals")),
        sa.UniqueConstraint("marking_id", "user_id", name=op.f("uq_author_reveals_marking_id_user_id")),
    )
    op.create_table(
        "marker_conflicts",
        sa.Column("id", identity, nullable=False),
        sa.Column("marker_id", identity, nullable=False),
        sa.Column("person_id", identity, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("marker_id <> person_id", name=op.f("ck_marker_conflicts_two_people")),
        sa.ForeignKeyConstraint(["marker_id"], ["users.id"], name=op.f("fk_marker_conflicts_marker_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_marker_conflicts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marker_conflicts")),
        sa.UniqueConstraint("marker_id", "person_id", name=op.f("uq_marker_conflicts_marker_id_person_id")),
    )
    op.create_index(op.f("ix_marker_conflicts_person_id"), "marker_conflicts", ["person_id"])
    op.create_table(
        "quiet_markers",
        sa.Column("user_id", identity, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_quiet_markers_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_quiet_markers")),
    )


def downgrade() -> None:
    for table in ("quiet_markers", "marker_conflicts", "author_reveals", "marking_leases"):
        op.drop_table(table)
    with op.batch_alter_table("markings") as table:
        table.drop_index(op.f("ix_markings_allocated_to_id"))
        table.drop_constraint(op.f("ck_markings_allocated_at_if_allocated"), type_="check")
        for name in ("allocated_by_id", "allocated_to_id"):
            table.drop_constraint(op.f(f"fk_markings_{name}"), type_="foreignkey")
            table.drop_column(name)
        table.drop_column("allocated_at")
        table.drop_column("seconds")
