"""works of a group: one draft, one mark, a version for each member; points for a single member

Revision ID: 0028
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0024"

_KEYS = {
    "submissions": {
        "group_id": "cohort_groups",
        "lead_id": "submissions",
        "kept_for_id": "enrolments",
        "saved_by_id": "users",
    },
    "submission_versions": {"lead_id": "submission_versions", "sent_by_id": "users"},
}
_WITHOUT_A_MARK = "(state NOT IN ('waiting', 'marking', 'returned'{more})) = (counted IS NOT NULL)"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for name, keys in _KEYS.items():
        with op.batch_alter_table(name) as table:
            for column, other in keys.items():
                table.add_column(sa.Column(column, identity, nullable=True))
                table.create_foreign_key(op.f(f"fk_{name}_{column}"), other, [column], ["id"])
    with op.batch_alter_table("submissions") as table:
        table.alter_column("enrolment_id", existing_type=identity, nullable=True)
        table.create_check_constraint(
            op.f("ck_submissions_somebodys"),
            "enrolment_id IS NOT NULL OR group_id IS NOT NULL OR kept_for_id IS NOT NULL",
        )
        table.create_check_constraint(op.f("ck_submissions_group_if_led"), "lead_id IS NULL OR group_id IS NOT NULL")
    drafts = sa.text("enrolment_id IS NULL")
    op.create_index(
        "uq_submissions_group",
        "submissions",
        ["group_id", "module"],
        unique=True,
        sqlite_where=drafts,
        postgresql_where=drafts,
    )
    op.create_index("ix_submissions_lead_id", "submissions", ["lead_id"])
    op.create_index("ix_submissions_kept_for_id", "submissions", ["kept_for_id"])
    op.create_index(op.f("ix_submission_versions_lead_id"), "submission_versions", ["lead_id"])
    with op.batch_alter_table("markings") as table:
        table.add_column(sa.Column("adjustment", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True))
    _without_a_mark(", 'following'")


def downgrade() -> None:
    _without_a_mark("")
    with op.batch_alter_table("markings") as table:
        table.drop_column("adjustment")
    op.drop_index(op.f("ix_submission_versions_lead_id"), "submission_versions")
    op.drop_index("ix_submissions_kept_for_id", "submissions")
    op.drop_index("ix_submissions_lead_id", "submissions")
    op.drop_index("uq_submissions_group", "submissions")
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("submissions") as table:
        table.drop_constraint(op.f("ck_submissions_group_if_led"), type_="check")
        table.drop_constraint(op.f("ck_submissions_somebodys"), type_="check")
        table.alter_column("enrolment_id", existing_type=identity, nullable=False)
    for name, keys in _KEYS.items():
        with op.batch_alter_table(name) as table:
            for column in keys:
                table.drop_constraint(op.f(f"fk_{name}_{column}"), type_="foreignkey")
                table.drop_column(column)


def _without_a_mark(more: str) -> None:
    with op.batch_alter_table("markings") as table:
        table.drop_constraint(op.f("ck_markings_counted_if_marked"), type_="check")
        table.create_check_constraint(op.f("ck_markings_counted_if_marked"), _WITHOUT_A_MARK.format(more=more))
