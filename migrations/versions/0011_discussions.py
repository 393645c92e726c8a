"""announcements, discussions and messages

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=True),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("writer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (reason = '')", name=op.f("ck_announcements_reason_if_withdrawn")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_announcements_cohort_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["users.id"], name=op.f("fk_announcements_withdrawn_by_id")),
        sa.ForeignKeyConstraint(["writer_id"], ["users.id"], name=op.f("fk_announcements_writer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("key", name=op.f("uq_announcements_key")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index("ix_announcements_page", ["cohort_id", "publish_at"], unique=False)

    op.create_table(
        "forum_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("follows_all", sa.Boolean(), nullable=False),
        sa.Column(
            "notice", sa.Enum("daily", "at_once", "never", name="notice", native_enum=False, length=32), nullable=False
        ),
        sa.Column("announcements_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_forum_members_cohort_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_forum_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_members")),
        sa.UniqueConstraint("cohort_id", "user_id", name=op.f("uq_forum_members_cohort_id_user_id")),
    )
    with op.batch_alter_table("forum_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forum_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("writer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=True),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_messages_cohort_id")),
        sa.ForeignKeyConstraint(["writer_id"], ["users.id"], name=op.f("fk_messages_writer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_page", ["cohort_id", "sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_writer_id"), ["writer_id"], unique=False)

    op.create_table(
        "threads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(locked_at IS NULL) = (locked_by_id IS NULL)", name=op.f("ck_threads_locked_by_somebody")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_threads_author_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_threads_cohort_id")),
        sa.ForeignKeyConstraint(["locked_by_id"], ["users.id"], name=op.f("fk_threads_locked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    with op.batch_alter_table("threads", schema=None) as batch_op:
        batch_op.create_index("ix_threads_page", ["cohort_id", "last_post_at"], unique=False)

    op.create_table(
        "message_recipients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(given_at IS NULL) = (subject = '')", name=op.f("ck_message_recipients_subject_if_given")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_message_recipients_enrolment_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_recipients_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_recipients")),
        sa.UniqueConstraint("message_id", "enrolment_id", name=op.f("uq_message_recipients_message_id_enrolment_id")),
    )
    with op.batch_alter_table("message_recipients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_recipients_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "lang",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("quoted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hidden_reason", sa.String(), nullable=False),
        sa.Column("helpful_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason = '')", name=op.f("ck_posts_reason_if_hidden")),
        sa.CheckConstraint(
            "removed_at IS NULL OR (text = '' AND search = '')", name=op.f("ck_posts_nothing_kept_of_removed")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["users.id"], name=op.f("fk_posts_hidden_by_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_posts_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("key", name=op.f("uq_posts_key")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_posts_thread_id_number")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "uq_posts_helpful",
            ["thread_id"],
            unique=True,
            sqlite_where=sa.text("helpful_at IS NOT NULL"),
            postgresql_where=sa.text("helpful_at IS NOT NULL"),
        )

    op.create_table(
        "thread_follows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_thread_follows_thread_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_thread_follows_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_follows")),
        sa.UniqueConstraint("thread_id", "user_id", name=op.f("uq_thread_follows_thread_id_user_id")),
    )
    with op.batch_alter_table("thread_follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_follows_user_id"), ["user_id"], unique=False)

    op.create_table(
        "post_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_post_reports_closed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_post_reports_closed_by_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_reports_post_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id"], name=op.f("fk_post_reports_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_reports")),
        sa.UniqueConstraint("post_id", "reporter_id", name=op.f("uq_post_reports_post_id_reporter_id")),
    )
    with op.batch_alter_table("post_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_reports_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_reports_reporter_id"), ["reporter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("post_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_reports_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_post_reports_closed_at"))

    op.drop_table("post_reports")
    with op.batch_alter_table("thread_follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_follows_user_id"))

    op.drop_table("thread_follows")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_posts_helpful",
            sqlite_where=sa.text("helpful_at IS NOT NULL"),
            postgresql_where=sa.text("helpful_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_posts_author_id"))

    op.drop_table("posts")
    with op.batch_alter_table("message_recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_recipients_enrolment_id"))

    op.drop_table("message_recipients")
    with op.batch_alter_table("threads", schema=None) as batch_op:
        batch_op.drop_index("ix_threads_page")

    op.drop_table("threads")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_writer_id"))
        batch_op.drop_index("ix_messages_page")

    op.drop_table("messages")
    with op.batch_alter_table("forum_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_members_user_id"))

    op.drop_table("forum_members")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index("ix_announcements_page")

    op.drop_table("announcements")
