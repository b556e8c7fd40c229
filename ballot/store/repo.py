"""The store that commands keep between runs: views to read values from, and units that write them too."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ballot.journal import SignedEntry
from ballot.people import Roll
from ballot.store import file
from ballot.store.handle import Handle
from ballot.store.view import View
from ballot.votes import Contest, Setup

if TYPE_CHECKING:
    from ballot.store.unit import Unit


class Store(Handle):
    """The store of one election."""

    @staticmethod
    def layout() -> file.Layout:
        """That of an election."""
        return file.ELECTION

    @classmethod
    def create(
        cls,
        path: Path,
        setup: Setup,
        charter: bytes,
        roll: Roll,
        contests: Sequence[Contest],
        desk_secret: bytes,
        first: SignedEntry,
        salts: Mapping[int, bytes] | None = None,
    ) -> Self:
        """Make the store of a new election, whole or not at all; `first` is the entry at height 0 of its journal.

        `salts` are those of delegates' names that are public anyway, by number; otherwise they are random and secret.
        Raises Refused when the file exists or the roll contradicts itself, Error when it cannot be made.
        """
        from ballot.store.engine import building, writing
        from ballot.store.unit import Unit

        with building(path) as engine, writing(engine) as session:
            unit = Unit(session)
            unit.begin(setup, charter, roll, contests, desk_secret, salts)
            unit.append(first)
        return cls.open(path)

    @contextmanager
    def read(self) -> Iterator[View]:
        """A view of one state of the store. Do not write to the store inside it."""
        with self._reading() as rows:
            yield View(rows)

    @contextmanager
    def write(self) -> Iterator["Unit"]:
        """A unit whose writes all happen when the block ends, or none when it raises.

        Raises Error when another process holds the store for too long, or the disk fails.
        """
        from ballot.store.unit import Unit

        with self._writing() as session:
            yield Unit(session)
