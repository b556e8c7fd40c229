"""A whole election that is thrown away: what the real one is made of in, how it went out.

Roll, candidates and charter are those of the real election; head, seal, desk and trustees have throwaway keys. With the
real ones a rehearsal would be dangerous: a share is a power of numbers that somebody else may have chosen, the key of
whoever is stood in for becomes public, and papers and openings would bear signatures that look real. Everything
happens in a folder that only its owner can read, in memory where the system offers that, and gone afterwards.
"""

import multiprocessing
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from msgspec import structs

from ballot import statements
from ballot.acts import counting, papers, setup, voting
from ballot.acts.lots import draw_from
from ballot.acts.sample_trustees import give_shares, make_keys
from ballot.booth import fill, seal
from ballot.charter import load
from ballot.crypto import signing
from ballot.crypto.keys import new_official
from ballot.decisions import needs_presence
from ballot.errors import Invalid
from ballot.journal import Act, record_act
from ballot.people import Roll, voting_members
from ballot.plan import Words
from ballot.record import write_record
from ballot.store.repo import Store
from ballot.tables import MAX_CELL
from ballot.trustees.report import Outcome
from ballot.verify import verify
from ballot.votes import BoothPaper, Contest, OpeningFile, SealedBallot, Setup
from ballot.wire import decode, encode, sha256_hex

_MEMORY = Path("/", "dev", "shm")
_REASON = "this is the rehearsal"
_CHILD_SECONDS = 60
_CUT_MILLISECONDS = 40


@dataclass(frozen=True)
class Draft:
    """What is taken from the real election."""

    setup: Setup
    charter: bytes
    roll: Roll
    contests: tuple[Contest, ...]


class Tell(Protocol):
    """Told in plain words what comes next."""

    def __call__(self, sentence: str) -> None: ...


def play(draft: Draft, now: datetime, tell: Tell) -> Outcome:
    """Play the election: a ceremony, a paper for every voting delegate, a power cut while casting, a count without one
    trustee, lots, and the verification.

    Raises Invalid when the count is not what was marked or the power cut lost something; and whatever the acts raise.
    """
    with tempfile.TemporaryDirectory(prefix="ballot-", dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        return _play(draft, Path(name), now, tell)


def _play(draft: Draft, folder: Path, now: datetime, tell: Tell) -> Outcome:
    officials = new_official("head", draft.setup.head), new_official("seal", draft.setup.seal)
    path = folder / "election.db"
    with _begin(draft, path, now) as store:
        tell("Keys of the trustees, and the opening")
        keys = make_keys(store, folder, lambda: now)
        file = setup.open_box(store, *officials, now, without_rehearsal=_REASON, present=_present(draft))
        tell("A paper for every voting delegate")
        issued: list[BoothPaper] = []
        for delegate in draft.roll.voting_delegates():
            papers.issue(store, *officials, delegate.number, now, issued.append)
        tell("Marking and casting, with a power cut in the middle")
        expected = _vote(store, path, file, issued, _marks(draft))
        voting.close(store, now)
        dropped = _drop(keys, file)
        tell(f"The count without {dropped}" if dropped else "The count; all trustees are needed, so none is dropped")
        give_shares(store, keys, lambda: now)
        totals, _ = counting.count(store, now)
        if totals.votes != expected:
            raise Invalid("the rehearsal did not count what was marked", "Do not open the box; tell who maintains it.")
        with store.read() as view:
            tie = ", ".join(one.places for one in counting.waiting_ties(view))
        tell(f"Lots for places {tie}" if tie else "No lots: no tie came up here; a real one can")
        draw_from(store, [Words(key.name, secrets.token_hex(16)) for key in officials], now)
        tell("The declaration, and the verification of the record")
        counting.declare_result(store, *officials, now)
        with store.read() as view:
            record = write_record(counting.contents(view), *officials)
    report, _ = verify(record)
    return Outcome(len(issued), dropped, tie, len(report.checks), sha256_hex(record))


def _begin(draft: Draft, path: Path, now: datetime) -> Store:
    desk = signing.generate()
    # The name of the real election may be as long as a name can be.
    planned = structs.replace(draft.setup, name=f"REHEARSAL: {draft.setup.name}"[:MAX_CELL].rstrip())
    first = record_act((), Act.CREATED, statements.created(planned.name, signing.public_hex(desk)), now, desk)
    return Store.create(path, planned, draft.charter, draft.roll, draft.contests, signing.private_bytes(desk), first)


def _present(draft: Draft) -> int:
    """How many members are said to be present: everybody, where it matters."""
    charter = load(draft.charter)
    return voting_members(draft.roll.members, charter) if needs_presence(charter, draft.contests) else 0


def _marks(draft: Draft) -> list[tuple[int, ...]]:
    """Marks for every contest such that candidates are tied across the line below the regular places, if any can be.

    Of a question the first answer is marked.
    """
    charter, rows = load(draft.charter), []
    for contest in draft.contests:
        above = 1 if charter.question(contest.rule) else max(charter.rule(contest.rule).regular - 1, 0)
        marked = min(max(above, contest.min_marks), contest.max_marks, len(contest.candidates))
        rows.append(tuple(int(place < marked) for place in range(len(contest.candidates))))
    return rows


def _vote(
    store: Store, path: Path, file: OpeningFile, issued: Sequence[BoothPaper], marks: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], ...]:
    """Cast every paper with the same marks; what the count must give. In the middle a power cut hits the cast."""
    for place, paper in enumerate(issued):
        ballot = seal(file.election, paper, fill(file.election, paper.paper.credential, marks))
        if place == len(issued) // 2:
            _cut_power(store, path, ballot, place)
        voting.cast(store, [("a ballot", ballot)])
    return tuple(tuple(len(issued) * mark for mark in row) for row in marks)


def _cut_power(store: Store, path: Path, ballot: SealedBallot, cast: int) -> None:
    """Kill a process while it casts a ballot: the store must be as before or as after, and go on."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_cast_alone, args=(str(path), encode(ballot), theirs), daemon=True)
    child.start()
    try:
        if not ours.poll(_CHILD_SECONDS):
            raise Invalid("the process whose power is to be cut did not start", "Run the rehearsal again.")
        time.sleep(secrets.randbelow(_CUT_MILLISECONDS) / 1000)
    finally:
        child.kill()
        child.join()
    with store.read() as view:
        if view.ballot_count() not in (cast, cast + 1):
            raise Invalid("the power cut changed the box", "Do not use this disk; try another machine.")


def _cast_alone(path: str, ballot: bytes, told: Connection) -> None:
    with Store.open(Path(path)) as store:
        told.send("ready")
        voting.cast(store, [("a ballot", decode(ballot, SealedBallot, "the ballot"))])


def _drop(keys: Sequence[Path], file: OpeningFile) -> str:
    """Delete the key of a trustee drawn by lot; the name, or nothing when all are needed."""
    opening = file.signed.opening
    if opening.need == len(keys):
        return ""
    number = secrets.randbelow(len(keys))
    keys[number].unlink()
    return opening.trustee_names[number]
