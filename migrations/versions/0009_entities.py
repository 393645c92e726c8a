"""entities that open, move, merge and close by day; logo and mail sender of a partner

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KINDS = ("ministry", "agency", "centre_of_government", "university", "company", "other")


def upgrade() -> None:
    op.add_column("partners", sa.Column("sender_names", _JSON, server_default="{}", nullable=False))
    op.add_column("partners", sa.Column("reply_to", sa.String(), server_default="", nullable=False))
    op.add_column("partners", sa.Column("logo_sha256", sa.String(), nullable=True))
    op.add_column("partners", sa.Column("version", _ID, server_default="1", nullable=False))
    _grow_entities()
    op.create_table(
        "entity_moves",
        sa.Column("id", _ID, nullable=False),
        sa.Column("entity_id", _ID, nullable=False),
        sa.Column("parent_id", _ID, nullable=True),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> entity_id", name=op.f("ck_entity_moves_not_its_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "partner_id"], ["entities.id", "entities.partner_id"], name=op.f("fk_entity_moves_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id", "partner_id"],
            ["entities.id", "entities.partner_id"],
            name="fk_entity_moves_parent_id_partner_id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_moves")),
        sa.UniqueConstraint("entity_id", "valid_from", name=op.f("uq_entity_moves_entity_id_valid_from")),
    )


def _grow_entities() -> None:
    """Checks stand within a column: SQLite adds no other to a table that is there."""
    kind = sa.Enum(*_KINDS, name="entitykind", native_enum=False, length=32)
    alone = sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_entities_not_its_own_parent"))
    order = sa.CheckConstraint(
        "opened_on IS NULL OR closed_on IS NULL OR opened_on < closed_on", name=op.f("ck_entities_days_in_order")
    )
    merged = sa.CheckConstraint(
        "merged_into_id IS NULL OR (closed_on IS NOT NULL AND merged_into_id <> id)",
        name=op.f("ck_entities_merged_is_closed"),
    )
    into = sa.ForeignKey("entities.id", name=op.f("fk_entities_merged_into_id"))
    op.add_column("entities", sa.Column("kind", kind, alone, server_default="other", nullable=False))
    op.add_column("entities", sa.Column("opened_on", sa.Date(), order, nullable=True))
    op.add_column("entities", sa.Column("merged_into_id", _ID, into, merged, nullable=True), inline_references=True)
    op.create_index("uq_entities_id_partner_id", "entities", ["id", "partner_id"], unique=True)


def downgrade() -> None:
    op.drop_table("entity_moves")
    op.drop_index("uq_entities_id_partner_id", "entities")
    for column in ("merged_into_id", "opened_on", "kind"):
        op.drop_column("entities", column)
    for column in ("version", "logo_sha256", "reply_to", "sender_names"):
        op.drop_column("partners", column)
