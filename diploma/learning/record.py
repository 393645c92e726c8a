"""Frozen dataclasses that go into the database as plain JSON and come back equal."""

from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

_LATER = {"later": True}


def later() -> Any:
    """An empty tuple that editions published before this field was thought of do not have.

    While it is empty it is not written down, so a course that does not use it stays the same edition.
    """
    return field(default=(), metadata=_LATER)


class Record:
    """A dataclass of text, whole numbers, flags, ``Decimal``, enums, records, and tuples and dicts of these."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; a ``Decimal`` becomes text, so that it stays exact."""
        record: Any = type(self)
        values = {name: getattr(self, name) for name in _types(record)}
        return {name: _plain(value) for name, value in values.items() if value or name not in _later(record)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record again. A field that an older edition did not have takes its default."""
        record: Any = cls
        return cls(**{name: _typed(kind, data[name]) for name, kind in _types(record).items() if name in data})


@cache
def _types(cls: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {one.name: hints[one.name] for one in fields(cls)}


@cache
def _later(cls: type[Any]) -> frozenset[str]:
    return frozenset(one.name for one in fields(cls) if one.metadata == _LATER)


def _plain(value: Any) -> Any:
    match value:
        case Record():
            return value.to_dict()
        case StrEnum():
            return value.value
        case Decimal():
            return str(value)
        case tuple():
            return [_plain(one) for one in value]
        case dict():
            return {str(_plain(key)): _plain(one) for key, one in value.items()}
    return value


def _typed(kind: Any, value: Any) -> Any:
    if get_origin(kind) is UnionType:  # only ``X | None`` occurs
        return None if value is None else _typed(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], one) for one in value)
    if get_origin(kind) is dict:
        key_kind, value_kind = get_args(kind)
        return {_typed(key_kind, key): _typed(value_kind, one) for key, one in value.items()}
    if issubclass(kind, Record):
        return kind.from_dict(value)
    return kind(value) if issubclass(kind, (Decimal, StrEnum)) else value
