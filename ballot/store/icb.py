"""What the ICB's secretary keeps between commands: records and the signed journal in and out; rows stay in here.

JSON from the file is read as strictly as JSON from outside; whether the journal holds is `ballot.icb.journal`'s part.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ballot.chain import check_place
from ballot.errors import Invalid, Refused
from ballot.icb.journal import SignedAct
from ballot.store.engine import ICB, building, open_engine, reading, writing
from ballot.store.tables_icb import ActRow, IcbBase, RecordRow
from ballot.wire import decode, encode, sha256_hex


class IcbUnit:
    """What can be read of an ICB's store, and written in a unit that `IcbStore.write` gives.

    Everything read belongs to one state of the store. Methods that write raise Refused where a guard of the store
    forbids it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def journal(self) -> tuple[SignedAct, ...]:
        """All signed acts from height 0. Raises Invalid for stored JSON of a wrong form."""
        rows = self._session.scalars(select(ActRow.entry).order_by(ActRow.height))
        return tuple(decode(data, SignedAct, "an act in the store") for data in rows)

    def append(self, signed: SignedAct) -> None:
        """Add the next act. Raises Refused unless it follows the last one."""
        chain = (*self.journal(), signed)
        try:
            check_place(chain, len(chain) - 1)
        except Invalid:
            raise Refused(
                "another command wrote to the journal meanwhile", "Nothing was changed; run the command again."
            ) from None
        self._add(ActRow(height=signed.entry.height, entry=encode(signed)))

    def record(self, digest: str) -> bytes:
        """The record with this SHA-256. Raises Invalid when it is not there or was changed."""
        data = self._session.scalars(select(RecordRow.record).where(RecordRow.sha256 == digest)).one_or_none()
        if data is None or sha256_hex(data) != digest:
            raise Invalid(f"the store does not hold the record {digest[:16]}…", "Take the last good copy of the store.")
        return data

    def add_record(self, data: bytes) -> None:
        """Keep a record, once; one that is there already stays."""
        digest = sha256_hex(data)
        if not self._session.scalars(select(RecordRow.sha256).where(RecordRow.sha256 == digest)).one_or_none():
            self._add(RecordRow(sha256=digest, record=data))

    def _add(self, row: IcbBase) -> None:
        self._session.add(row)
        try:
            self._session.flush()
        except IntegrityError as error:
            guard = getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_TRIGGER
            message = str(error.orig) if guard else "another command wrote to the store meanwhile"
            raise Refused(message, "Nothing was changed; `ballot seats show` shows where the ICB stands.") from None


class IcbStore:
    """The store of one ICB, for its three years; several may be open on the same file, in several processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def create(cls, path: Path, record: bytes, journal: Sequence[SignedAct]) -> Self:
        """Make the store of a new ICB, whole or not at all. Raises Refused when the file exists, Error when it cannot
        be made.
        """
        with building(path, ICB) as engine, cls(engine).write() as unit:
            unit.add_record(record)
            for signed in journal:
                unit.append(signed)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing store. Raises Error when there is none at `path`, or none of this version."""
        return cls(open_engine(path, ICB))

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
    def read(self) -> Iterator[IcbUnit]:
        """A unit that reads one state of the store. Do not write to the store inside it."""
        with reading(self._engine) as session:
            yield IcbUnit(session)

    @contextmanager
    def write(self) -> Iterator[IcbUnit]:
        """A unit whose writes all happen when the block ends, or none when it raises.

        Raises Error when another process holds the store for too long, or the disk fails.
        """
        with writing(self._engine) as session:
            yield IcbUnit(session)
