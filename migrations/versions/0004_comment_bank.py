"""the comment bank of markers, and which open form saved a marking last

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "bank_comments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=True),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_bank_comments_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_comments")),
    )
    op.create_index(op.f("ix_bank_comments_owner_id"), "bank_comments", ["owner_id"])
    op.add_column("markings", sa.Column("page", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("markings", "page")
    op.drop_table("bank_comments")
