"""Acts in any order: a model of the phases walks beside the store, which permits exactly what the model permits."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from ballot import drawing
from ballot.acts import counting, election, papers, setup, standins, voting
from ballot.acts.intake import Intake
from ballot.acts.standins import Received
from ballot.acts.status import status_of
from ballot.booth import fill, marks_of, seal
from ballot.crypto import signing
from ballot.crypto.keys import TrusteeSecret
from ballot.drawing import Drawing
from ballot.errors import BadInput, Error, WrongPhase
from ballot.journal import Act, check_journal
from ballot.lots import commitment
from ballot.opening import new_trustee
from ballot.people import Roll
from ballot.plan import ContestPlan, Plan
from ballot.ranking import Ranking, rank
from ballot.record import write_record
from ballot.store.repo import Store
from ballot.verify import verify
from ballot.votes import BoothPaper, OpeningFile, Phase, SealedBallot
from tests.play import CHARTER, officials, small_contest, small_roll
from tests.trustees import NAMES

T = TypeVar("T")

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CANDIDATES, VOTERS, TRUSTEES = 9, 3, 2
REASON = "nobody had the time"
WORDS = {"Ana": "a very unlikely sentence", "Bo": "another unlikely sentence"}
NUMBERS = st.integers(1, 2 * VOTERS)
"""Delegates on the roll; the odd ones vote."""

MARKS = st.sampled_from([(), (1,), (9,), tuple(range(1, 9)), tuple(range(1, 10))])
"""Few enough that ties across the cut between the eighth and the ninth place turn up."""


@cache
def trustees() -> tuple[TrusteeSecret, ...]:
    return tuple(TrusteeSecret(*new_trustee(name, "Ed25519")) for name in NAMES[:TRUSTEES])


@cache
def templates() -> tuple[bytes, bytes]:
    """Stores in the phases draft and open, made once."""
    roll = small_roll(CANDIDATES)
    head, keeper = officials()
    plan = Plan(
        name="Test Assembly",
        description="",
        members="members.csv",
        delegates="delegates.csv",
        head=head.name,
        seal=keeper.name,
        trustees=NAMES[:TRUSTEES],
        contests=(ContestPlan(question="At-large members", rule="at-large", candidates="candidates.csv"),),
    )
    small = Roll(roll.members, roll.delegates[: 2 * VOTERS])
    contest = small_contest(roll, CANDIDATES)
    with tempfile.TemporaryDirectory(prefix="ballot-phases-") as folder:
        path = Path(folder) / "election.db"
        with setup.create(path, Intake(Path(folder), plan, CHARTER, small, (contest,)), NOON) as store:
            draft = path.read_bytes()
            setup.add_trustees(store, [trustee.public for trustee in trustees()], NOON)
            setup.open_box(store, head, keeper, NOON, without_rehearsal=REASON)
        return draft, path.read_bytes()


class Acts(RuleBasedStateMachine):
    """The committee's acts in any order, beside a model of what must come of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ballot-phases-"))
        self.path = self.folder / "election.db"
        self.phase = Phase.DRAFT
        self.added: set[int] = set()
        self.papers: dict[int, BoothPaper] = {}
        self.sealed: list[tuple[SealedBallot, tuple[int, ...]]] = []
        self.cast: dict[str, tuple[SealedBallot, tuple[int, ...]]] = {}
        self.shared: set[int] = set()
        self.announced = False
        self.committed: set[str] = set()
        self.revealed: set[str] = set()
        self.drawn = False
        self.verified = False

    @initialize(opened=st.sampled_from((False, True, True)), chosen=st.lists(MARKS, max_size=VOTERS))
    def begin(self, opened: bool, chosen: list[tuple[int, ...]]) -> None:
        """Begin as a draft, or at the open box with some ballots in it."""
        self.path.write_bytes(templates()[opened])
        self.store = Store.open(self.path)
        if opened:
            self.phase, self.added = Phase.OPEN, set(range(TRUSTEES))
            for place, marks in enumerate(chosen):
                self.issue(2 * place + 1)
                self.vote(place, marks)
                self.cast_or_recast(place)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.folder)

    def attempt(self, phase: Phase, permitted: bool, act: Callable[[], T]) -> T | None:
        """Try an act: it must succeed exactly in this phase and if permitted there, and else change nothing."""
        before = self.path.read_bytes()
        refusal: Error | None = None
        result: T | None = None
        try:
            result = act()
        except Error as error:
            refusal = error
        assert (refusal is None) == (permitted and phase == self.phase), refusal
        assert isinstance(refusal, WrongPhase) == (phase != self.phase), refusal
        assert refusal is None or self.path.read_bytes() == before
        return result

    def opening(self) -> OpeningFile:
        with self.store.read() as view:
            return election.opening_file(view)

    def totals(self) -> tuple[int, ...]:
        """What the count must give."""
        chosen = [marks for _, marks in self.cast.values()]
        return tuple(sum(number in marks for marks in chosen) for number in range(1, CANDIDATES + 1))

    def ranking(self) -> Ranking:
        return rank(dict(enumerate(self.totals(), start=1)), 8, 4, ())

    def waits(self) -> bool:
        """Whether a tie that matters waits for lots."""
        return bool(self.ranking().open_ties()) and not self.drawn

    @rule(place=st.integers(0, TRUSTEES - 1))
    def add_trustee(self, place: int) -> None:
        public = trustees()[place].public
        missing = self.attempt(
            Phase.DRAFT, place not in self.added, lambda: setup.add_trustees(self.store, [public], NOON)
        )
        if missing is not None:
            self.added.add(place)
            assert missing == TRUSTEES - len(self.added)

    @rule(reason=st.sampled_from(("", REASON)))
    def open_box(self, reason: str = REASON) -> None:
        permitted = len(self.added) == TRUSTEES and bool(reason)
        act = partial(setup.open_box, self.store, *officials(), NOON, without_rehearsal=reason)
        if self.attempt(Phase.DRAFT, permitted, act):
            self.phase = Phase.OPEN

    @rule(number=NUMBERS)
    def issue(self, number: int) -> None:
        got: list[BoothPaper] = []
        permitted = number % 2 == 1 and number not in self.papers
        self.attempt(Phase.OPEN, permitted, lambda: papers.issue(self.store, *officials(), number, NOON, got.append))
        if got:
            (self.papers[number],) = got

    @precondition(lambda self: bool(self.papers))
    @rule(choice=st.integers(0, 99), marks=MARKS)
    def vote(self, choice: int, marks: tuple[int, ...]) -> None:
        paper = list(self.papers.values())[choice % len(self.papers)]
        file = self.opening()
        numbers = marks_of(file.signed.opening.contests[0], marks)
        filled = fill(file.election, paper.paper.credential, [numbers])
        self.sealed.append((seal(file.election, paper, filled), marks))

    @precondition(lambda self: bool(self.sealed))
    @rule(choice=st.integers(0, 99))
    def cast_or_recast(self, choice: int) -> None:
        ballot, marks = self.sealed[choice % len(self.sealed)]
        credential = ballot.ballot.credential
        held = self.cast.get(credential)
        permitted = held is None or held[0] == ballot
        accepted = self.attempt(Phase.OPEN, permitted, lambda: voting.cast(self.store, [("a ballot", ballot)]))
        if accepted:
            ((receipt, new),) = accepted
            assert new == (held is None)
            assert receipt.tracker == ballot.ballot.tracker
            self.cast[credential] = (ballot, marks)

    @precondition(lambda self: bool(self.sealed))
    @rule(choice=st.integers(0, 99))
    def cast_altered(self, choice: int) -> None:
        ballot, _ = self.sealed[choice % len(self.sealed)]
        signature = ballot.ballot.signature
        forged = replace(signature, proof=replace(signature.proof, response="1"))
        altered = replace(ballot, ballot=replace(ballot.ballot, signature=forged))
        self.attempt(Phase.OPEN, False, lambda: voting.cast(self.store, [("altered", altered), ("good", ballot)]))

    @rule()
    def close(self) -> None:
        closing = self.attempt(Phase.OPEN, True, lambda: voting.close(self.store, NOON))
        if closing:
            assert closing.ballots == len(self.cast)
            self.phase = Phase.CLOSED

    def give_share(self, place: int) -> Received:
        with self.store.read() as view:
            box = standins.box_file(view)
        received = standins.receive(self.store, [("a share", standins.own_share(box, trustees()[place])[1])], NOON)
        if received.faults:
            raise BadInput(list(received.faults))
        return received

    @rule(place=st.integers(0, TRUSTEES - 1))
    def share(self, place: int) -> None:
        received = self.attempt(Phase.CLOSED, place not in self.shared, partial(self.give_share, place))
        if received:
            self.shared.add(place)
            assert len(received.awaited) == TRUSTEES - len(self.shared)

    @rule()
    def count(self) -> None:
        permitted = len(self.shared) == TRUSTEES
        counted = self.attempt(Phase.CLOSED, permitted, lambda: counting.count(self.store, NOON))
        if counted:
            totals, rankings = counted
            assert totals.ballots == len(self.cast)
            assert totals.votes == (self.totals(),)
            assert rankings == (self.ranking(),)
            self.phase = Phase.COUNTED

    @rule()
    def announce(self) -> None:
        permitted = self.phase == Phase.COUNTED and self.waits() and not self.announced
        act = partial(counting.announce_lots, self.store, list(WORDS), False, NOON)
        if self.attempt(Phase.COUNTED, permitted, act):
            self.announced = True

    def step(self, permitted: bool, act: Act, make: Callable[[Drawing, str], dict[str, str]]) -> bool:
        tried = partial(counting.step_lots, self.store, act, make, NOON)
        return self.attempt(Phase.COUNTED, self.announced and permitted, tried) is not None

    @rule(name=st.sampled_from(sorted(WORDS)))
    def commit(self, name: str) -> None:
        def make(so_far: Drawing, opening: str) -> dict[str, str]:
            return drawing.commit(so_far, name, commitment(opening, name, WORDS[name]))

        if self.step(name not in self.committed and not self.drawn, Act.LOT_COMMITTED, make):
            self.committed.add(name)

    @rule(name=st.sampled_from(sorted(WORDS)))
    def reveal(self, name: str) -> None:
        def make(so_far: Drawing, opening: str) -> dict[str, str]:
            return drawing.reveal(so_far, opening, name, WORDS[name])

        permitted = self.committed == set(WORDS) and name not in self.revealed and not self.drawn
        if self.step(permitted, Act.LOT_REVEALED, make):
            self.revealed.add(name)

    @rule()
    def draw(self) -> None:
        if self.step(self.revealed == set(WORDS) and not self.drawn, Act.LOTS_DRAWN, drawing.draw_lots):
            self.drawn = True

    @rule()
    def declare(self) -> None:
        permitted = self.phase == Phase.COUNTED and not self.waits()
        if self.attempt(Phase.COUNTED, permitted, lambda: counting.declare_result(self.store, *officials(), NOON)):
            self.phase = Phase.DECLARED

    @rule()
    def publish(self) -> None:
        with self.store.read() as view:
            contents = self.attempt(Phase.DECLARED, True, lambda: counting.contents(view))
        if contents and not self.verified:
            report, _ = verify(write_record(contents, *officials()), workers=1)
            self.verified = report.verified
            assert self.verified

    @rule(times=st.integers(1, 4))
    def go_on(self, times: int) -> None:
        """Do what comes next, so that examples get to the end."""
        for _ in range(times):
            self.next_act()()

    def next_act(self) -> Callable[[], None]:
        if self.phase == Phase.DRAFT:
            missing = sorted(set(range(TRUSTEES)) - self.added)
            return partial(self.add_trustee, missing[0]) if missing else self.open_box
        if self.phase == Phase.OPEN:
            return self.close if self.cast else partial(self.issue, 1)
        if self.phase == Phase.CLOSED:
            missing = sorted(set(range(TRUSTEES)) - self.shared)
            return partial(self.share, missing[0]) if missing else self.count
        if self.phase == Phase.COUNTED and self.waits():
            return self.next_lot()
        return self.declare if self.phase == Phase.COUNTED else self.publish

    def next_lot(self) -> Callable[[], None]:
        if not self.announced:
            return self.announce
        for done, act in ((self.committed, self.commit), (self.revealed, self.reveal)):
            awaited = sorted(set(WORDS) - done)
            if awaited:
                return partial(act, awaited[0])
        return self.draw

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        with self.store.read() as view:
            status, journal = status_of(view), view.journal()
            desk = signing.public_hex(election.desk_key(view))
        assert status.phase == self.phase
        assert status.trustees == len(self.added)
        assert status.shares == len(self.shared)
        assert status.voting_delegates == VOTERS
        assert len(self.cast) == status.cast <= status.issued == len(self.papers) <= VOTERS
        assert status.next
        assert check_journal(journal, desk) == self.phase


Acts.TestCase.settings = settings(
    max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestActsInAnyOrder = Acts.TestCase
