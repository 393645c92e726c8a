"""files that a marker gives back with a mark

Revision ID: 0024
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "feedback_files",
        sa.Column("id", identity, nullable=False),
        sa.Column("marking_id", identity, nullable=False),
        sa.Column("number", identity, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", identity, nullable=False),
        sa.Column("added_by_id", identity, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0 AND number > 0", name=op.f("ck_feedback_files_of_some_size")),
        sa.ForeignKeyConstraint(["marking_id"], ["markings.id"], name=op.f("fk_feedback_files_marking_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_feedback_files_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_files")),
        sa.UniqueConstraint("marking_id", "name", name=op.f("uq_feedback_files_marking_id_name")),
        sa.UniqueConstraint("marking_id", "number", name=op.f("uq_feedback_files_marking_id_number")),
    )


def downgrade() -> None:
    op.drop_table("feedback_files")
