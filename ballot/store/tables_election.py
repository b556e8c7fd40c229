"""Tables of the election itself: its setup and phase, contests, trustees, journal, shares and documents.

All of it becomes public but the desk's secret key. JSON is canonical (`ballot.wire`).
"""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.store.engine import Base


class ElectionRow(Base):
    """The only row, id 1: JSON of the `votes.Setup`, the phase, the charter as it was read, the desk's Ed25519 seed."""

    __tablename__ = "election"
    __table_args__ = (CheckConstraint("id = 1", name="one_election"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    setup: Mapped[bytes]
    phase: Mapped[str]
    charter: Mapped[bytes]
    desk_secret: Mapped[bytes]


class ContestRow(Base):
    """JSON of a `votes.Contest`; positions count from 1."""

    __tablename__ = "contests"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contest: Mapped[bytes]


class TrusteeRow(Base):
    """JSON of a `votes.Trustee`; positions count from 1 and are the owners of shares."""

    __tablename__ = "trustees"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    trustee: Mapped[bytes]


class CeremonyRow(Base):
    """The only row, id 1: JSON of the `transcript.Transcript` of the trustees' ceremony, as far as it has come."""

    __tablename__ = "ceremony"
    __table_args__ = (CheckConstraint("id = 1", name="one_ceremony"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transcript: Mapped[bytes]


class PieceRow(Base):
    """JSON of a `standin.Piece` under the numbers of the missing trustee and of the holder, both from 1."""

    __tablename__ = "pieces"

    missing: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    piece: Mapped[bytes]


class JournalRow(Base):
    """JSON of a `journal.SignedEntry`; heights count from 0 without a gap."""

    __tablename__ = "journal"

    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]


class ShareRow(Base):
    """JSON of a `votes.TrusteeShare` under its owner's position."""

    __tablename__ = "shares"

    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    share: Mapped[bytes]


class DocumentRow(Base):
    """A document that was fixed at a step of the election, under its name."""

    __tablename__ = "documents"

    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]
