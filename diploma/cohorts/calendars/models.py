"""Holidays of partners and cohorts."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from diploma.cohorts.workdays import FreeDays
from diploma.core.lang import Lang
from diploma.core.orm import Base, intpk, texts


class Holiday(Base):
    """A holiday of a partner, which its cohorts inherit; with ``cohort_id`` one of that cohort alone."""

    __tablename__ = "holidays"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        Index(
            "uq_holidays_partner",
            "partner_id",
            "first_day",
            "last_day",
            unique=True,
            sqlite_where=text("cohort_id IS NULL"),
            postgresql_where=text("cohort_id IS NULL"),
        ),
        Index("uq_holidays_cohort", "cohort_id", "first_day", "last_day", unique=True),
    )

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    names: Mapped[texts]

    def name(self, lang: Lang) -> str:
        return self.free.name(lang)

    @property
    def free(self) -> FreeDays:
        return FreeDays(self.first_day, self.last_day, self.names)
