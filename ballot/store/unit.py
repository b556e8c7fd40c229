"""One state of a store, and what is written to it: values in, values out; rows stay behind `Unit`.

JSON from the file is read as strictly as JSON from outside. The box and the roll are never asked in one query.
"""

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import structs
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from ballot.errors import Refused, WrongPhase
from ballot.journal import SignedEntry
from ballot.people import MIN_SALT, Roll
from ballot.register import Fate, RegisterEntry, Response
from ballot.store.engine import Base
from ballot.store.tables_box import BallotRow, WithdrawnRow
from ballot.store.tables_election import (
    CeremonyRow,
    ContestRow,
    DocumentRow,
    ElectionRow,
    JournalRow,
    PieceRow,
    ShareRow,
    TrusteeRow,
)
from ballot.store.tables_roll import DelegateRow, MemberRow, RegisterRow, ReplacementRow
from ballot.trustees.messages import Transcript
from ballot.trustees.standin import Piece
from ballot.votes import Contest, Paper, Phase, SealedBallot, Setup, Trustee, TrusteeShare
from ballot.wire import decode, encode

T = TypeVar("T")

NEXT = {
    Phase.DRAFT: "Next: ballot trustee add or ballot trustees invite, then ballot rehearse and ballot open.",
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
        """All members by id, and all delegates by number; a replaced one as who comes now, and without a key."""
        members = [row.member() for row in self._session.scalars(select(MemberRow))]
        present = self._replacements()
        rows = self._session.scalars(select(DelegateRow).order_by(DelegateRow.number))
        delegates = [structs.replace(row.delegate(), **present.get(row.number, {})) for row in rows]
        # Sorted here: a database may order text by the rules of a language.
        return Roll(tuple(sorted(members, key=lambda member: member.id)), tuple(delegates))

    def salts(self) -> dict[int, bytes]:
        """By delegate number, the 16 random bytes for the published hash of the name."""
        rows = self._session.scalars(select(DelegateRow).order_by(DelegateRow.number))
        return {row.number: row.salt for row in rows}

    def add_replacement(self, delegate: int, name: str, letter: str, salt: bytes) -> None:
        """Let another person come for a delegate. Raises Refused once the delegate is in the register."""
        place = self._count(ReplacementRow.place, ReplacementRow.delegate == delegate) + 1
        row = ReplacementRow(delegate=delegate, place=place, name=name, letter=letter, salt=salt)
        self._add(row, "the delegate is not on the roll, or was replaced meanwhile")

    def _replacements(self) -> dict[int, dict[str, str]]:
        """By delegate number, what a replacement changes; a key goes away with the person who made it."""
        rows = self._session.scalars(select(ReplacementRow).order_by(ReplacementRow.delegate, ReplacementRow.place))
        return {row.delegate: {"name": row.name, "credentials": row.letter, "key": ""} for row in rows}

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

    def transcript(self) -> Transcript | None:
        """The trustees' ceremony as far as it has come, or None when nobody was invited to one."""
        row = self._session.get(CeremonyRow, 1)
        return None if row is None else decode(row.transcript, Transcript, "the ceremony in the store")

    def keep_transcript(self, transcript: Transcript) -> None:
        """Keep a ceremony, in the place of what was kept of it before."""
        self._session.merge(CeremonyRow(id=1, transcript=encode(transcript)))
        self._flush("the ceremony cannot change")

    def drop_trustees(self) -> None:
        """Forget all trustees and their ceremony, for one that starts anew."""
        for row in (*self._session.scalars(select(TrusteeRow)), *self._session.scalars(select(CeremonyRow))):
            self._session.delete(row)
        self._flush("the trustees cannot change")

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
        """Everyone who was issued a paper, by delegate number; a delegate's lines in the order they were written."""
        rows = self._session.scalars(select(RegisterRow).order_by(RegisterRow.delegate, RegisterRow.place))
        return tuple(decode(row.entry, RegisterEntry, "an entry of the register in the store") for row in rows)

    def register_of(self, delegate: int) -> tuple[tuple[RegisterEntry, Response], ...]:
        """A delegate's lines in the register, each with the answer that was given."""
        rows = self._session.scalars(
            select(RegisterRow).where(RegisterRow.delegate == delegate).order_by(RegisterRow.place)
        )
        return tuple(
            (
                decode(row.entry, RegisterEntry, "an entry of the register in the store"),
                decode(row.response, Response, "a response in the store"),
            )
            for row in rows
        )

    def add_register(self, entry: RegisterEntry, response: Response) -> None:
        """Enter a delegate, once, or once more instead of a spoiled paper, with the answer to the request."""
        delegate = entry.request.delegate
        place = self._count(RegisterRow.place, RegisterRow.delegate == delegate) + 1 if entry.instead_of else 1
        row = RegisterRow(delegate=delegate, place=place, entry=encode(entry), response=encode(response))
        self._add(row, "the delegate is in the register already, or not on the roll")

    def withdrawn(self, fate: Fate) -> tuple[Paper, ...]:
        """The papers that were spoiled, or returned, sorted by credential."""
        rows = self._session.scalars(select(WithdrawnRow.paper).where(WithdrawnRow.fate == fate))
        papers = [decode(data, Paper, "a paper in the store") for data in rows]
        return tuple(sorted(papers, key=lambda paper: paper.credential))

    def fate_of(self, credential: str) -> Fate | None:
        """Why the paper with this credential can never be cast, or None."""
        row = self._session.get(WithdrawnRow, credential)
        return None if row is None else Fate(row.fate)

    def withdraw(self, fate: Fate, paper: Paper) -> None:
        """Keep a paper from ever being cast. Raises Refused when it was cast, or is withdrawn already."""
        row = WithdrawnRow(credential=paper.credential, fate=fate, paper=encode(paper))
        self._add(row, "this paper was spoiled or returned already")

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

    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of missing trustees' keys received so far, by missing trustee and holder."""
        rows = self._session.scalars(select(PieceRow).order_by(PieceRow.missing, PieceRow.holder))
        return tuple(decode(row.piece, Piece, "a piece in the store") for row in rows)

    def add_piece(self, piece: Piece) -> None:
        """Keep a holder's piece of a missing trustee's key, once."""
        row = PieceRow(missing=piece.missing, holder=piece.holder, piece=encode(piece))
        self._add(row, "this trustee has given this piece already")

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

    def _count(
        self, column: InstrumentedAttribute[int] | InstrumentedAttribute[str], *where: ColumnElement[bool]
    ) -> int:
        return self._session.scalars(select(func.count(column)).where(*where)).one()

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
