"""notes and mistake reports

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "mistake_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("fact", "language", "broken", "other", name="mistakekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "corrected", "declined", name="reportstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_mistake_reports_answered_at_if_answered")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_mistake_reports_answered_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_mistake_reports_cohort_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id"], name=op.f("fk_mistake_reports_reporter_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_mistake_reports_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mistake_reports")),
    )
    with op.batch_alter_table("mistake_reports", schema=None) as batch_op:
        batch_op.create_index("ix_mistake_reports_queue", ["state", "reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mistake_reports_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "section_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_section_notes_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_notes")),
        sa.UniqueConstraint(
            "enrolment_id",
            "module",
            "lesson",
            "section",
            name=op.f("uq_section_notes_enrolment_id_module_lesson_section"),
        ),
    )


def downgrade() -> None:
    op.drop_table("section_notes")
    with op.batch_alter_table("mistake_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mistake_reports_reporter_id"))
        batch_op.drop_index("ix_mistake_reports_queue")

    op.drop_table("mistake_reports")
