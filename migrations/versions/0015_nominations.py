"""nominations by line managers

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "nominations",
        sa.Column("id", identity, nullable=False),
        sa.Column("call_id", identity, nullable=False),
        sa.Column("by_id", identity, nullable=False),
        sa.Column("entity_id", identity, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("application_id", identity, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_nominations_application_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_nominations_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["admission_calls.id"], name=op.f("fk_nominations_call_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_nominations_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominations")),
        sa.UniqueConstraint("call_id", "email", "by_id", name=op.f("uq_nominations_call_id_email_by_id")),
    )
    op.create_index(op.f("ix_nominations_by_id"), "nominations", ["by_id"])
    op.create_index(op.f("ix_nominations_application_id"), "nominations", ["application_id"])


def downgrade() -> None:
    op.drop_table("nominations")
