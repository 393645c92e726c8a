"""signed heads of the register, exports for partners, witnesses


Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "register_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_keys")),
    )
    op.create_table(
        "register_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("signed_at", moment, nullable=False),
        sa.Column("events", identity, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["register_keys.id"], name=op.f("fk_register_heads_key_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_register_heads")),
    )
    op.create_table(
        "register_exports",
        sa.Column("id", identity, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("partner_id", identity, nullable=False),
        sa.Column("ordered_by_id", identity, nullable=False),
        sa.Column("ordered_at", moment, nullable=False),
        sa.Column("ready_at", moment, nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.CheckConstraint("(sha256 IS NULL) = (ready_at IS NULL)", name=op.f("ck_register_exports_ready_with_file")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_register_exports_partner_id")),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["users.id"], name=op.f("fk_register_exports_ordered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_exports")),
        sa.UniqueConstraint("token", name=op.f("uq_register_exports_token")),
    )
    op.create_index(op.f("ix_register_exports_partner_id"), "register_exports", ["partner_id"])
    op.add_column("partners", sa.Column("witness", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("partners") as table:
        table.drop_column("witness")
    for table in ("register_exports", "register_heads", "register_keys"):
        op.drop_table(table)
