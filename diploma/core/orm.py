"""The declarative base and the column types of every table. Knows no flask.

Invariants of a table stand here and in its ``models.py`` as constraints, so that no path around a
service can break them.
"""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

MARK_PLACES = 10_000  # marks are stored as whole ten-thousandths: exact in both databases


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant. Aware on both sides; SQLite loses the zone, so UTC is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone; use diploma.core.clock.now()")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Mark(sa.types.TypeDecorator[Decimal]):
    """A mark or percentage as Decimal, kept as an integer of ten-thousandths (``decisions``: types)."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * MARK_PLACES
        if scaled != scaled.to_integral_value():
            raise ValueError(f"a mark has at most four decimal places: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / MARK_PLACES


JSONValue = sa.JSON().with_variant(JSONB(), "postgresql")
Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself

# Sorting keys follow an alphabet of their own, so a database's language must not order them again.
BINARY = sa.String().with_variant(sa.String(collation="C"), "postgresql")

intpk = Annotated[int, mapped_column(Identity, primary_key=True)]
mark = Annotated[Decimal, mapped_column(Mark)]
texts = Annotated[dict[str, str], mapped_column(JSONValue)]  # one text per language tag


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: UTCDateTime(),
            date: sa.Date(),
            dict[str, Any]: JSONValue,
            dict[str, str]: JSONValue,
            list[str]: JSONValue,
            int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            enum.Enum: sa.Enum(
                enum.Enum, native_enum=False, length=32, values_callable=lambda kind: [one.value for one in kind]
            ),
        },
    )
