"""calls for applications, applications, readers, places, letters, self-registration

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "admission_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column(
            "entry", sa.Enum("nomination", "self", "both", name="entry", native_enum=False, length=32), nullable=False
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_admission_calls_dates_in_order")),
        sa.CheckConstraint("places > 0", name=op.f("ck_admission_calls_has_places")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_admission_calls_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_calls")),
        sa.UniqueConstraint("cohort_id", name=op.f("uq_admission_calls_cohort_id")),
        sa.UniqueConstraint("token", name=op.f("uq_admission_calls_token")),
    )
    op.create_table(
        "registration_domains",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("subdomains", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_registration_domains_cohort_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_registration_domains_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_domains")),
        sa.UniqueConstraint("partner_id", "domain", name=op.f("uq_registration_domains_partner_id_domain")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "mailed",
                "queued",
                "approved",
                "refused",
                "expired",
                name="registrationstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('queued', 'approved') OR confirmed_at IS NOT NULL",
            name=op.f("ck_registrations_confirmed_first"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_registrations_cohort_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_registrations_decided_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_registrations_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("cohort_id", "email", name=op.f("uq_registrations_cohort_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registrations_token_hash")),
    )
    op.create_table(
        "admission_readers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["admission_calls.id"], name=op.f("fk_admission_readers_call_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_admission_readers_entity_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_admission_readers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_readers")),
        sa.UniqueConstraint("call_id", "user_id", name=op.f("uq_admission_readers_call_id_user_id")),
    )
    op.create_index(op.f("ix_admission_readers_user_id"), "admission_readers", ["user_id"])

    op.create_table(
        "admission_seats",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["admission_calls.id"], name=op.f("fk_admission_seats_call_id")),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_admission_seats")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("name_search", sa.String(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entity_other", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "specialist",
                "senior",
                "head_of_unit",
                "head_of_department",
                "executive",
                name="positionlevel",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("years", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "eligible",
                "ineligible",
                "reading",
                "offered",
                "accepted",
                "declined",
                "lapsed",
                "waiting",
                "refused",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("overruled", sa.String(), nullable=False),
        sa.Column("nominated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("nomination", sa.String(), nullable=False),
        sa.Column("rank", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seat", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('offered', 'accepted')) = (seat IS NOT NULL)", name=op.f("ck_applications_seat_while_offered")
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR offer_expires_at IS NOT NULL", name=op.f("ck_applications_offers_expire")
        ),
        sa.CheckConstraint(
            "years IS NULL OR (years >= 0 AND years <= 60)", name=op.f("ck_applications_years_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seat"],
            ["admission_seats.call_id", "admission_seats.number"],
            name=op.f("fk_applications_call_id_seat"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["admission_calls.id"], name=op.f("fk_applications_call_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_applications_enrolment_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_applications_entity_id")),
        sa.ForeignKeyConstraint(["nominated_by_id"], ["users.id"], name=op.f("fk_applications_nominated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("call_id", "email", name=op.f("uq_applications_call_id_email")),
        sa.UniqueConstraint("call_id", "seat", name=op.f("uq_applications_call_id_seat")),
    )
    op.create_index("ix_applications_state", "applications", ["call_id", "state"])

    op.create_table(
        "admission_letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "nomination",
                "confirmation",
                "offer",
                "waiting",
                "refusal",
                name="letterkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum("ar", "en", "ru", "uz-Latn", "uz-Cyrl", name="lang", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_admission_letters_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_letters")),
    )
    op.create_index(op.f("ix_admission_letters_application_id"), "admission_letters", ["application_id"])

    op.create_table(
        "admission_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Enum("own", "offer", name="linkpurpose", native_enum=False, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_admission_links_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_admission_links_token_hash")),
    )
    op.create_index(op.f("ix_admission_links_application_id"), "admission_links", ["application_id"])

    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("levels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("number >= 1 AND number <= 3", name=op.f("ck_readings_at_most_three")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_readings_application_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["users.id"], name=op.f("fk_readings_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_readings_application_id_number")),
        sa.UniqueConstraint("application_id", "reader_id", name=op.f("uq_readings_application_id_reader_id")),
    )
    op.create_index(op.f("ix_readings_reader_id"), "readings", ["reader_id"])


def downgrade() -> None:
    op.drop_table("readings")
    op.drop_table("admission_links")
    op.drop_table("admission_letters")
    op.drop_table("applications")
    op.drop_table("admission_seats")
    op.drop_table("admission_readers")
    op.drop_table("registrations")
    op.drop_table("registration_domains")
    op.drop_table("admission_calls")
