"""Tables of the ICB's secretary: the records that seats follow from, and the journal of acts. All of it is public.

JSON is canonical (`ballot.wire`). No table here refers to one of an election's store: these are in a file of their own.
"""

from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class IcbBase(DeclarativeBase):
    """Base of the tables in an ICB's store."""

    __table_args__: Any = ({"sqlite_with_rowid": False},)


class RecordRow(IcbBase):
    """A record, byte for byte, under its SHA-256 in hex: the Assembly's, and those of officers' elections."""

    __tablename__ = "icb_records"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[bytes]


class ActRow(IcbBase):
    """JSON of an `icb.journal.SignedAct`; heights count from 0 without a gap."""

    __tablename__ = "icb_journal"

    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]
