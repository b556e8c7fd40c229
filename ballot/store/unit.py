"""What is written to an election's store, in one transaction: values in; rows stay behind `Unit`.

The box and the roll are never asked in one query.
"""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ballot.errors import Refused
from ballot.journal import SignedEntry
from ballot.people import MIN_SALT, Roll
from ballot.register import Fate, RegisterEntry, Response
from ballot.store.engine import Base, refusals, rows_of
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
from ballot.store.view import View
from ballot.trustees.messages import Piece, Transcript
from ballot.votes import Contest, Paper, Phase, SealedBallot, Setup, Trustee, TrusteeShare
from ballot.wire import encode

_HINT = "Nothing was changed; see ballot status."


class Unit(View):
    """A view of the store that can be written to. Raises Refused where a guard of the store forbids it."""

    def __init__(self, session: Session) -> None:
        super().__init__(rows_of(session))
        self._session = session

    def set_phase(self, phase: Phase) -> None:
        """Move the election on to the next phase."""
        with refusals("the phase cannot change", _HINT):
            self._session.execute(update(ElectionRow).values(phase=phase))

    def add_replacement(self, delegate: int, name: str, letter: str, salt: bytes) -> None:
        """Let another person come for a delegate. Raises Refused once the delegate is in the register."""
        before = self._count("SELECT count(*) FROM roll_replacements WHERE delegate = :delegate", delegate=delegate)
        row = ReplacementRow(delegate=delegate, place=before + 1, name=name, letter=letter, salt=salt)
        self._add(row, "the delegate is not on the roll, or was replaced meanwhile")

    def add_trustee(self, trustee: Trustee) -> None:
        """Put a trustee at the next position."""
        position = self._count("SELECT count(*) FROM trustees") + 1
        self._add(TrusteeRow(position=position, trustee=encode(trustee)), "another command added a trustee meanwhile")

    def keep_transcript(self, transcript: Transcript) -> None:
        """Keep a ceremony, in the place of what was kept of it before."""
        self._delete(CeremonyRow, "the ceremony cannot change")
        self._add(CeremonyRow(id=1, transcript=encode(transcript)), "the ceremony cannot change")

    def drop_trustees(self) -> None:
        """Forget all trustees and their ceremony, for one that starts anew."""
        for table in (TrusteeRow, CeremonyRow):
            self._delete(table, "the trustees cannot change")

    def append(self, entry: SignedEntry) -> None:
        """Add the next entry of the journal. Raises Refused unless it follows the last one."""
        if self._count("SELECT count(*) FROM journal"):
            last = self.last_entry()
            height, parent = last.entry.height + 1, last.digest
        else:
            height, parent = 0, ""
        if (entry.entry.height, entry.entry.parent) != (height, parent):
            raise Refused(
                "another command wrote to the journal meanwhile", "Nothing was changed; run the command again."
            )
        self._add(JournalRow(height=height, entry=encode(entry)), "another command wrote to the journal meanwhile")

    def add_document(self, name: str, data: bytes) -> None:
        """Fix a document under a name that is not taken."""
        self._add(DocumentRow(name=name, data=data), f"the document {name} is fixed already")

    def add_register(self, entry: RegisterEntry, response: Response) -> None:
        """Enter a delegate, once, or once more instead of a spoiled paper, with the answer to the request."""
        delegate = entry.request.delegate
        place = (
            self._count("SELECT count(*) FROM roll_register WHERE delegate = :delegate", delegate=delegate) + 1
            if entry.instead_of
            else 1
        )
        row = RegisterRow(delegate=delegate, place=place, entry=encode(entry), response=encode(response))
        self._add(row, "the delegate is in the register already, or not on the roll")

    def withdraw(self, fate: Fate, paper: Paper) -> None:
        """Keep a paper from ever being cast. Raises Refused when it was cast, or is withdrawn already."""
        row = WithdrawnRow(credential=paper.credential, fate=fate, paper=encode(paper))
        self._add(row, "this paper was spoiled or returned already")

    def add_ballot(self, sealed: SealedBallot) -> None:
        """Put a ballot in the box. Raises Refused when its paper has been used."""
        ballot = sealed.ballot
        row = BallotRow(tracker=ballot.tracker, credential=ballot.credential, sealed=encode(sealed))
        self._add(row, "this paper has been used for another ballot already")

    def add_share(self, share: TrusteeShare) -> None:
        """Keep a trustee's share, once."""
        self._add(ShareRow(owner=share.owner, share=encode(share)), "this trustee has given a share already")

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

    def _delete(self, table: type[Base], refusal: str) -> None:
        # Unread: whatever stands there is to go.
        with refusals(refusal, _HINT):
            self._session.execute(delete(table))

    def _add(self, row: Base, refusal: str) -> None:
        self._session.add(row)
        self._flush(refusal)

    def _flush(self, refusal: str) -> None:
        with refusals(refusal, _HINT):
            self._session.flush()
