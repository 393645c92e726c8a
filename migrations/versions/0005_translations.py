"""the languages of a translator, and what people did with a translated text

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # A check within the column: SQLite adds no other to a table that is there.
    for name, rule in (("translates", "only_translators_translate"), ("approves", "only_translators_approve")):
        check = sa.CheckConstraint(f"role = 'translator' OR {name} = '[]'", name=op.f(f"ck_role_grants_{rule}"))
        op.add_column("role_grants", sa.Column(name, _JSON, check, server_default="[]", nullable=False))
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "translation_records",
        sa.Column("id", identity, nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "act",
            sa.Enum("translated", "reviewed", "approved", name="act", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("by_id", identity, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_translation_records_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_records")),
        sa.UniqueConstraint(
            "module",
            "lang",
            "key",
            "act",
            "source_hash",
            "text_hash",
            "by_id",
            name="uq_translation_records_once",
        ),
    )
    op.create_index(op.f("ix_translation_records_by_id"), "translation_records", ["by_id"])
    op.create_table(
        "translation_uploads",
        sa.Column("id", identity, nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("by_id", identity, nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "imported", "refused", name="uploadstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", _JSON, nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (closed_at IS NULL)", name=op.f("ck_translation_uploads_closed_at_if_closed")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_translation_uploads_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_uploads")),
    )
    op.create_index(op.f("ix_translation_uploads_by_id"), "translation_uploads", ["by_id"])
    op.create_index("ix_translation_uploads_queue", "translation_uploads", ["state", "id"])


def downgrade() -> None:
    op.drop_table("translation_uploads")
    op.drop_table("translation_records")
    op.drop_column("role_grants", "approves")
    op.drop_column("role_grants", "translates")
