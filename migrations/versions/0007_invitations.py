"""the life of an invitation: sent, opened, bounced, reminded

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("mailed_links") as table:
        for column in (
            sa.Column("address", sa.String(), server_default="", nullable=False),
            sa.Column("mail_ref", sa.String(), nullable=True),
            sa.Column("cohort_id", _ID, nullable=True),
            sa.Column("reminder", _ID, server_default="0", nullable=False),
            sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("bounce_reason", sa.String(), server_default="", nullable=False),
        ):
            table.add_column(column)
        table.create_unique_constraint(op.f("uq_mailed_links_mail_ref"), ["mail_ref"])
        table.create_foreign_key(op.f("fk_mailed_links_cohort_id"), "cohorts", ["cohort_id"], ["id"])
        table.create_check_constraint(op.f("ck_mailed_links_three_reminders"), "reminder >= 0 AND reminder <= 3")
        table.create_check_constraint(
            op.f("ck_mailed_links_reason_if_bounced"), "(bounced_at IS NULL) = (bounce_reason = '')"
        )
    # What was mailed before went to the address of its person, as far as anybody knows.
    op.execute(
        "UPDATE mailed_links SET sent_at = created_at,"
        " address = (SELECT users.email FROM users WHERE users.id = mailed_links.user_id)"
    )
    op.add_column("cohorts", sa.Column("reminders", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("cohorts", "reminders")
    with op.batch_alter_table("mailed_links") as table:
        for rule in ("reason_if_bounced", "three_reminders"):
            table.drop_constraint(op.f(f"ck_mailed_links_{rule}"), type_="check")
        table.drop_constraint(op.f("fk_mailed_links_cohort_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_mailed_links_mail_ref"), type_="unique")
        for name in ("bounce_reason", "bounced_at", "opened_at", "sent_at", "remind_at", "reminder", "cohort_id"):
            table.drop_column(name)
        table.drop_column("mail_ref")
        table.drop_column("address")
