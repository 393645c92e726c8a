"""the last day of a certificate that ends

Revision ID: 0032
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    with op.batch_alter_table("certificates") as table:
        table.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        table.create_index(op.f("ix_certificates_valid_until"), ["valid_until"])


def downgrade() -> None:
    with op.batch_alter_table("certificates") as table:
        table.drop_index(op.f("ix_certificates_valid_until"))
        table.drop_column("valid_until")
