"""the document that shows how a name is written, the clocks by which a role begins and ends

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# Those of the scope; a role on the whole programme keeps UTC.
_ZONES = """
UPDATE role_grants SET time_zone = COALESCE(
    (SELECT time_zone FROM cohorts WHERE cohorts.id = role_grants.cohort_id),
    (SELECT time_zone FROM partners WHERE partners.id = role_grants.partner_id),
    (SELECT partners.time_zone FROM partners JOIN entities ON entities.partner_id = partners.id
     WHERE entities.id = role_grants.entity_id),
    'UTC')
"""


def upgrade() -> None:
    """Checks stand within a column: SQLite adds no other to a table that is there."""
    while_open = sa.CheckConstraint(
        "document_sha256 IS NULL OR state = 'open'", name=op.f("ck_name_requests_document_while_open")
    )
    kind = sa.CheckConstraint(
        "(document_sha256 IS NULL) = (document_kind IS NULL)", name=op.f("ck_name_requests_kind_of_document")
    )
    op.add_column("name_requests", sa.Column("document_sha256", sa.String(), while_open, nullable=True))
    op.add_column("name_requests", sa.Column("document_kind", sa.String(), kind, nullable=True))

    op.add_column("role_grants", sa.Column("time_zone", sa.String(), server_default="UTC", nullable=False))
    op.execute(_ZONES)


def downgrade() -> None:
    op.drop_column("role_grants", "time_zone")
    op.execute("UPDATE name_requests SET state = 'refused', answer = '-' WHERE state = 'withdrawn'")
    for column in ("document_kind", "document_sha256"):
        op.drop_column("name_requests", column)
