"""comments of markers on passages and on places of pages

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0026"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "annotations",
        sa.Column("id", identity, nullable=False),
        sa.Column("marking_id", identity, nullable=False),
        sa.Column("reading_id", identity, nullable=True),
        sa.Column("author_id", identity, nullable=False),
        sa.Column("kind", sa.Enum("passage", "page", name="kind", native_enum=False, length=32), nullable=False),
        sa.Column("start", identity, nullable=True),
        sa.Column("stop", identity, nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        *(sa.Column(name, identity, nullable=True) for name in ("page", "x", "y", "w", "h")),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=True),
        sa.Column("version", identity, nullable=False),
        sa.CheckConstraint(
            "(kind = 'passage') = (start IS NOT NULL AND stop IS NOT NULL AND quote IS NOT NULL AND page IS NULL)",
            name=op.f("ck_annotations_passage_whole"),
        ),
        sa.CheckConstraint(
            "(kind = 'page') = (sha256 IS NOT NULL AND page IS NOT NULL AND x IS NOT NULL AND y IS NOT NULL"
            " AND w IS NOT NULL AND h IS NOT NULL AND start IS NULL)",
            name=op.f("ck_annotations_place_whole"),
        ),
        sa.CheckConstraint("start >= 0 AND start < stop", name=op.f("ck_annotations_passage_in_order")),
        sa.CheckConstraint(
            "page >= 1 AND x >= 0 AND y >= 0 AND w >= 0 AND h >= 0 AND x + w <= 10000 AND y + h <= 10000",
            name=op.f("ck_annotations_place_on_page"),
        ),
        sa.ForeignKeyConstraint(["marking_id"], ["markings.id"], name=op.f("fk_annotations_marking_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["provisional_marks.id"], name=op.f("fk_annotations_reading_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_annotations_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index("ix_annotations_marking_id_reading_id", "annotations", ["marking_id", "reading_id"])


def downgrade() -> None:
    op.drop_table("annotations")
