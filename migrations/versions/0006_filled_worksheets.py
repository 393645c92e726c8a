"""the worksheets that trainees fill in

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "filled_worksheets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("worksheet", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_filled_worksheets_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filled_worksheets")),
        sa.UniqueConstraint(
            "enrolment_id",
            "module",
            "worksheet",
            name=op.f("uq_filled_worksheets_enrolment_id_module_worksheet"),
        ),
    )


def downgrade() -> None:
    op.drop_table("filled_worksheets")
