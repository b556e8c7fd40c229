"""Trustees at a table with the store: a ceremony through the acts, two ballots and the close, for tests of counts."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ballot import statements
from ballot.acts import papers, setup, standins, trustees, voting
from ballot.acts.standins import Given, Received
from ballot.booth import fill, marks_of, seal
from ballot.crypto import signing
from ballot.journal import Act, record_act
from ballot.store.repo import Store
from ballot.trustees.boxfile import BoxFile
from ballot.trustees.ceremony import Secrets, begin, next_message
from ballot.trustees.messages import Piece
from ballot.trustees.standin import give_piece, give_share
from ballot.votes import Ballot, BoothPaper, Closing, Election, Opening, Setup, Totals, TrusteeShare
from ballot.wire import encode
from tests.play import CHARTER, NOON, officials, small_contest, small_roll
from tests.trustees import NAMES

MARKS = ((1,), (1, 2))
TOTALS = Totals(2, ((2, 1),))


@dataclass(frozen=True)
class Table:
    """A closed box in a store, and every trustee's secrets in order."""

    path: Path
    box: BoxFile
    everybody: tuple[Secrets, ...]

    @property
    def sealed(self) -> tuple[Opening, Election, Closing, list[Ballot]]:
        opening = self.box.opening
        return opening.signed.opening, opening.election, self.box.closing, self.box.ballots

    def share(self, number: int) -> TrusteeShare:
        """A trustee's own share."""
        return give_share(self.everybody[number - 1], self.box.ceremony[0], *self.sealed)[1]

    def piece(self, holder: int, missing: int) -> Piece:
        """A holder's piece of a missing trustee's key."""
        return give_piece(self.everybody[holder - 1], self.box.ceremony[0], missing, *self.sealed)[1]

    def copy(self, folder: Path) -> Store:
        """A store of one's own, closed and without shares."""
        return Store.open(Path(shutil.copy(self.path, folder / "election.db")))


def give(store: Store, *given: Given) -> Received:
    """Hand shares and pieces in, named 1, 2, 3 …"""
    return standins.receive(store, [(str(place), one) for place, one in enumerate(given, start=1)], NOON)


def draft(path: Path, count: int, need: int, group: str = "Ed25519") -> Store:
    """A store with that many trustees to come."""
    head, keeper = officials()
    roll, desk = small_roll(2), signing.generate()
    first = record_act((), Act.CREATED, statements.created("Assembly", signing.public_hex(desk)), NOON, desk)
    planned = Setup("Assembly", "", group, "ima", head.name, keeper.name, NAMES[:count], need)
    contests = (small_contest(roll, 2),)
    return Store.create(path, planned, CHARTER, roll, contests, signing.private_bytes(desk), first)


def hold(store: Store) -> tuple[Secrets, ...]:
    """The ceremony of the trustees of a draft."""
    transcript = trustees.invite_trustees(store, False, NOON, lambda _: None)
    everybody = [begin(transcript.ceremony, name)[0] for name in transcript.ceremony.names]
    for _ in range(3):
        messages = []
        for place, secrets in enumerate(everybody):
            everybody[place], message = next_message(secrets, encode(transcript))
            messages.append((secrets.name, message))
        transcript = trustees.collect(store, messages, NOON, lambda _: None).transcript
    return tuple(everybody)


@cache
def table(count: int, need: int, group: str = "Ed25519") -> Table:
    """A closed box whose trustees held a ceremony, made once; take a `copy` of the store."""
    path = Path(mkdtemp()) / "election.db"
    with draft(path, count, need, group) as store:
        everybody = hold(store)
        file = setup.open_box(store, *officials(), NOON, without_rehearsal="a test")
        issued: list[BoothPaper] = []
        for number in (1, 3):
            papers.issue(store, *officials(), number, NOON, issued.append)
        contest = file.signed.opening.contests[0]
        for paper, chosen in zip(issued, MARKS, strict=True):
            filled = fill(file.election, paper.paper.credential, [marks_of(contest, chosen)])
            voting.cast(store, [("a ballot", seal(file.election, paper, filled))])
        voting.close(store, NOON)
        with store.read() as view:
            box = standins.box_file(view)
    return Table(path, box, everybody)
