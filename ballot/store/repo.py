"""What commands keep between runs: values in, values out; rows and transactions stay behind `Store` and `Unit`.

JSON from the file is read as strictly as JSON from outside. The box and the roll are never asked in one query.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from ballot.errors import Refused, WrongPhase
from ballot.journal import SignedEntry
from ballot.people import MIN_SALT, Roll
from ballot.store.engine import Base, building, open_engine, reading, writing
from ballot.store.tables_box import BallotRow
from ballot.store.tables_election import ContestRow, DocumentRow, ElectionRow, JournalRow, ShareRow, TrusteeRow
from ballot.store.tables_roll import DelegateRow, MemberRow, RegisterRow
from ballot.votes import Contest, Phase, RegisterEntry, Response, SealedBallot, Setup, Trustee, TrusteeShare
from ballot.wire import decode, encode

T = TypeVar("T")

NEXT = {
    Phase.DRAFT: "Next: ballot trustee add, then ballot open.",
    Phase.OPEN: "Next: ballot issue and ballot cast; when voting is over, ballot close.",
    Phase.CLOSED: "Next: ballot trustee share, then ballot count.",
    Phase.COUNTED: "Next: ballot lots if there is a tie that matters, then ballot declare.",
    Phase.DECLARED: "Next: ballot publish.",
}
"""What a committee does next in each phase."""


class Unit:
    """What can be read of a store, and written in a unit that `Store.write` gives.

    Everything read belongs to one state of the store. Methods that write raise Refused where a guard of the store
    forbids it, and RuntimeError in a unit that `Store.read` gave. Stored JSON of a wrong form raises Invalid.
    """

    def __init__(self, session: Session, writable: bool) -> None:
        self._session = session
        self._writable = writable

    def phase(self) -> Phase:
        """Where the election stands."""
        return Phase(self._session.scalars(select(ElectionRow.phase)).one())

    def require(self, phase: Phase, doing: str) -> None:
        """Raise WrongPhase, with the next step, unless the election is in `phase`; `doing` as in "issuing papers"."""
        now = self.phase()
        if now != phase:
            raise WrongPhase(f"{doing} belongs to the phase {phase}; this election is in the phase {now}", NEXT[now])

    def set_phase(self, phase: Phase) -> None:
        """Move the election on to the next phase."""
        self._election().phase = phase
        self._flush("the phase cannot change")

    def setup(self) -> Setup:
        """How the election was set up."""
        return decode(self._election().setup, Setup, "the setup in the store")

    def charter(self) -> bytes:
        """The charter, byte for byte as it was read."""
        return self._election().charter

    def desk_secret(self) -> bytes:
        """The 32 bytes of the desk's Ed25519 key, which signs receipts and journal."""
        return self._election().desk_secret

    def roll(self) -> Roll:
        """All members by id, and all delegates by number."""
        members = [row.member() for row in self._session.scalars(select(MemberRow))]
        delegates = [row.delegate() for row in self._session.scalars(select(DelegateRow).order_by(DelegateRow.number))]
        # Sorted here: a database may order text by the rules of a language.
        return Roll(tuple(sorted(members, key=lambda member: member.id)), tuple(delegates))

    def salts(self) -> dict[int, bytes]:
        """By delegate number, the 16 random bytes for the published hash of the name."""
        rows = self._session.scalars(select(DelegateRow).order_by(DelegateRow.number))
        return {row.number: row.salt for row in rows}

    def contests(self) -> tuple[Contest, ...]:
        """The contests in the order of the ballot."""
        return self._values(ContestRow.contest, ContestRow.position, Contest, "a contest")

    def trustees(self) -> tuple[Trustee, ...]:
        """The trustees in the order they were added; the first is owner 1 of a share."""
        return self._values(TrusteeRow.trustee, TrusteeRow.position, Trustee, "a trustee")

    def add_trustee(self, trustee: Trustee) -> None:
        """Put a trustee at the next position."""
        position = self._count(TrusteeRow.position) + 1
        self._add(TrusteeRow(position=position, trustee=encode(trustee)), "another command added a trustee meanwhile")

    def journal(self) -> tuple[SignedEntry, ...]:
        """All entries from height 0."""
        return self._values(JournalRow.entry, JournalRow.height, SignedEntry, "an entry of the journal")

    def last_entry(self) -> SignedEntry:
        """The newest entry of the journal."""
        data = self._session.scalars(select(JournalRow.entry).order_by(JournalRow.height.desc()).limit(1)).one()
        return decode(data, SignedEntry, "an entry of the journal in the store")

    def append(self, entry: SignedEntry) -> None:
        """Add the next entry of the journal. Raises Refused unless it follows the last one."""
        if self._count(JournalRow.height):
            last = self.last_entry()
            height, parent = last.entry.height + 1, last.digest
        else:
            height, parent = 0, ""
        if (entry.entry.height, entry.entry.parent) != (height, parent):
            raise Refused(
                "another command wrote to the journal meanwhile", "Nothing was changed; run the command again."
            )
        self._add(JournalRow(height=height, entry=encode(entry)), "another command wrote to the journal meanwhile")

    def document(self, name: str) -> bytes | None:
        """The document of this name, or None when it is not there yet."""
        return self._session.scalars(select(DocumentRow.data).where(DocumentRow.name == name)).one_or_none()

    def add_document(self, name: str, data: bytes) -> None:
        """Fix a document under a name that is not taken."""
        self._add(DocumentRow(name=name, data=data), f"the document {name} is fixed already")

    def register(self) -> tuple[RegisterEntry, ...]:
        """Everyone who was issued a paper, by delegate number."""
        return self._values(RegisterRow.entry, RegisterRow.delegate, RegisterEntry, "an entry of the register")

    def register_entry(self, delegate: int) -> tuple[RegisterEntry, Response] | None:
        """A delegate's line in the register with the answer that was given, or None."""
        row = self._session.get(RegisterRow, delegate)
        if row is None:
            return None
        entry = decode(row.entry, RegisterEntry, "an entry of the register in the store")
        return entry, decode(row.response, Response, "a response in the store")

    def add_register(self, entry: RegisterEntry, response: Response) -> None:
        """Enter a delegate, once, with the answer to the request."""
        row = RegisterRow(delegate=entry.request.delegate, entry=encode(entry), response=encode(response))
        self._add(row, "the delegate is in the register already, or not on the roll")

    def ballot_of(self, credential: str) -> SealedBallot | None:
        """The ballot that was cast on the paper with this credential, or None."""
        data = self._session.scalars(select(BallotRow.sealed).where(BallotRow.credential == credential)).one_or_none()
        return None if data is None else decode(data, SealedBallot, "a ballot in the store")

    def add_ballot(self, sealed: SealedBallot) -> None:
        """Put a ballot in the box. Raises Refused when its paper has been used."""
        ballot = sealed.ballot
        row = BallotRow(tracker=ballot.tracker, credential=ballot.credential, sealed=encode(sealed))
        self._add(row, "this paper has been used for another ballot already")

    def ballots(self) -> tuple[SealedBallot, ...]:
        """All ballots of the box, sorted by tracker."""
        rows = sorted(self._session.scalars(select(BallotRow)), key=lambda row: row.tracker)
        return tuple(decode(row.sealed, SealedBallot, "a ballot in the store") for row in rows)

    def ballot_count(self) -> int:
        """How many ballots are in the box."""
        return self._count(BallotRow.credential)

    def shares(self) -> tuple[TrusteeShare, ...]:
        """The shares received so far, by owner."""
        return self._values(ShareRow.share, ShareRow.owner, TrusteeShare, "a share")

    def add_share(self, share: TrusteeShare) -> None:
        """Keep a trustee's share, once."""
        self._add(ShareRow(owner=share.owner, share=encode(share)), "this trustee has given a share already")

    def begin(
        self,
        setup: Setup,
        charter: bytes,
        roll: Roll,
        contests: Sequence[Contest],
        desk_secret: bytes,
        salts: Mapping[int, bytes] | None = None,
    ) -> None:
        """Fill an empty store: the election as a draft, and who may vote, each with a salt, fresh unless given."""
        election = ElectionRow(id=1, setup=encode(setup), phase=Phase.DRAFT, charter=charter, desk_secret=desk_secret)
        self._add(election, "the store holds an election already")
        self._session.add_all(MemberRow.of(member) for member in roll.members)
        self._flush("two members have the same id")
        given = salts or {delegate.number: secrets.token_bytes(MIN_SALT) for delegate in roll.delegates}
        self._session.add_all(DelegateRow.of(delegate, given[delegate.number]) for delegate in roll.delegates)
        self._flush("two delegates have the same number, or one has no member")
        for position, contest in enumerate(contests, 1):
            self._session.add(ContestRow(position=position, contest=encode(contest)))
        self._flush("the contests cannot be stored")

    def _election(self) -> ElectionRow:
        return self._session.scalars(select(ElectionRow)).one()

    def _values(
        self, column: InstrumentedAttribute[bytes], order: InstrumentedAttribute[int], form: type[T], what: str
    ) -> tuple[T, ...]:
        rows = self._session.scalars(select(column).order_by(order))
        return tuple(decode(data, form, f"{what} in the store") for data in rows)

    def _count(self, column: InstrumentedAttribute[int] | InstrumentedAttribute[str]) -> int:
        return self._session.scalars(select(func.count(column))).one()

    def _add(self, row: Base, refusal: str) -> None:
        self._session.add(row)
        self._flush(refusal)

    def _flush(self, refusal: str) -> None:
        if not self._writable:
            raise RuntimeError("this unit only reads; use Store.write")
        try:
            self._session.flush()
        except IntegrityError as error:
            # A guard of the store says why itself; a key that is taken is told by the caller.
            guard = getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_TRIGGER
            raise Refused(str(error.orig) if guard else refusal, "Nothing was changed; see ballot status.") from None


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
