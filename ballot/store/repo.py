"""The store that commands keep between runs; its transactions give units, which read and write values."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from ballot.journal import SignedEntry
from ballot.people import Roll
from ballot.store.engine import building, open_engine, reading, writing
from ballot.store.unit import Unit
from ballot.votes import Contest, Setup


class Store:
    """The store of one election; several may be open on the same file, in several processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
        with building(path) as engine, cls(engine).write() as unit:
            unit.begin(setup, charter, roll, contests, desk_secret, salts)
            unit.append(first)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing store. Raises Error when there is none at `path`, or none of this version."""
        return cls(open_engine(path))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A unit that reads one state of the store. Do not write to the store inside it."""
        with reading(self._engine) as session:
            yield Unit(session, writable=False)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """A unit whose writes all happen when the block ends, or none when it raises.

        Raises Error when another process holds the store for too long, or the disk fails.
        """
        with writing(self._engine) as session:
            yield Unit(session, writable=True)
