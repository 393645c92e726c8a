"""certificates on their way: mails to the holder, what an issuer sent back, specimens

Revision ID: 0033
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "deliveries",
        sa.Column("id", identity, nullable=False),
        sa.Column("certificate_id", identity, nullable=False),
        sa.Column("mail_ref", sa.String(), nullable=False),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("bounced_at", moment),
        sa.Column("bounce_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_deliveries_certificate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("mail_ref", name=op.f("uq_deliveries_mail_ref")),
    )
    op.create_index(op.f("ix_deliveries_certificate_id"), "deliveries", ["certificate_id"])
    op.create_table(
        "certificate_returns",
        sa.Column("id", identity, nullable=False),
        sa.Column("certificate_id", identity, nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("by_id", identity, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_returns_certificate_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_certificate_returns_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_returns")),
    )
    op.create_index(op.f("ix_certificate_returns_certificate_id"), "certificate_returns", ["certificate_id"])
    op.create_table(
        "specimens",
        sa.Column("id", identity, nullable=False),
        sa.Column("certificate_id", identity, nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("snapshot_hash", sa.String(), nullable=False),
        sa.Column("pdf_sha256", sa.String()),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_specimens_certificate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specimens")),
        sa.UniqueConstraint("certificate_id", "snapshot_hash", name=op.f("uq_specimens_certificate_id_snapshot_hash")),
    )


def downgrade() -> None:
    op.drop_table("specimens")
    op.drop_table("certificate_returns")
    op.drop_table("deliveries")
