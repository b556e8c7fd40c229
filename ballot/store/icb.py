"""What the ICB's secretary keeps between commands: records and the signed journal in and out; rows stay in here.

JSON from the file is read as strictly as JSON from outside; whether the journal holds is `ballot.icb.journal`'s part.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ballot.icb.journal import SignedAct
from ballot.store import file
from ballot.store.file import Rows, damaged
from ballot.store.handle import Handle
from ballot.store.rows import column, values
from ballot.wire import sha256_hex

if TYPE_CHECKING:
    from ballot.store.icb_unit import IcbUnit


class IcbView:
    """One state of an ICB's store."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def journal(self) -> tuple[SignedAct, ...]:
        """All signed acts from height 0. Raises Invalid for what this program cannot have written."""
        return values(self._rows("SELECT entry FROM icb_journal ORDER BY height"), SignedAct, "an act")

    def record(self, digest: str) -> bytes:
        """The record with this SHA-256. Raises Invalid when it is not there or was changed."""
        rows = self._rows("SELECT record FROM icb_records WHERE sha256 = :digest", digest=digest)
        found = column(rows, bytes, "a record")
        if not found or sha256_hex(found[0]) != digest:
            raise damaged(f"it does not hold the record {digest[:16]}…")
        return found[0]


class IcbStore(Handle):
    """The store of one ICB, for its three years."""

    @staticmethod
    def layout() -> file.Layout:
        """That of an ICB."""
        return file.ICB

    @classmethod
    def create(cls, path: Path, record: bytes, journal: Sequence[SignedAct], officers: Iterable[bytes] = ()) -> Self:
        """Make the store of an ICB, with the records of its officers' elections, whole or not at all.

        Raises Refused when the file exists, Error when it cannot be made.
        """
        from ballot.store.engine import building, writing
        from ballot.store.icb_unit import IcbUnit

        with building(path, cls.layout()) as engine, writing(engine) as session:
            unit = IcbUnit(session)
            for one in (record, *officers):
                unit.add_record(one)
            for signed in journal:
                unit.append(signed)
        return cls.open(path)

    @contextmanager
    def read(self) -> Iterator[IcbView]:
        """A view of one state of the store. Do not write to the store inside it."""
        with self._reading() as rows:
            yield IcbView(rows)

    @contextmanager
    def write(self) -> Iterator["IcbUnit"]:
        """A unit whose writes all happen when the block ends, or none when it raises.

        Raises Error when another process holds the store for too long, or the disk fails.
        """
        from ballot.store.icb_unit import IcbUnit

        with self._writing() as session:
            yield IcbUnit(session)
