"""Rows of a store: as SQLite gave them in, of the types that this program writes out.

SQLite puts any type into any column, so a few changed bytes can turn a text into a number, or into nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from ballot.errors import Invalid
from ballot.store.file import damaged
from ballot.wire import decode

T = TypeVar("T")


def typed(rows: Sequence[Any], form: type[T], what: str) -> list[T]:
    """Rows as tuples of the types in `form`. Raises Invalid, saying that the store is damaged at `what`."""
    return [_of(form, tuple(row), what) for row in rows]


def column(rows: Sequence[Any], form: type[T], what: str) -> list[T]:
    """The values of the only column, of the type `form`. Raises Invalid, saying that the store is damaged."""
    return [_of(form, value, what) for (value,) in rows]


def values(rows: Sequence[Any], form: type[T], what: str) -> tuple[T, ...]:
    """The values whose canonical JSON is the only column. Raises Invalid, saying that the store is damaged."""
    found = column(rows, bytes, what)
    with intact(what):
        return tuple(decode(data, form, "it") for data in found)


@contextmanager
def intact(what: str) -> Iterator[None]:
    """Judge something that was read from a store: where it raises Invalid, that says that the store is damaged."""
    try:
        yield
    except Invalid as error:
        raise damaged(f"{what} in it cannot be right: {error.message}") from None


def _of(form: type[T], value: object, what: str) -> T:
    try:
        return msgspec.convert(value, form, builtin_types=(bytes,))
    except msgspec.ValidationError:
        raise damaged(f"{what} in it cannot be read") from None
