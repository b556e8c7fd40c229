"""A whole day at random: whatever is done in whatever order, all papers are accounted for, and the record verifies."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ballot.acts import election
from ballot.booth import fill, marks_of
from ballot.errors import BadInput, Refused
from ballot.votes import BoothPaper, SealedBallot
from tests.hall import VOTING, Hall, hall

delegates = st.sampled_from(VOTING)


class Day(RuleBasedStateMachine):
    """The model: who holds which paper, which envelopes lie at the desk, and what became of the others."""

    folder: "tempfile.TemporaryDirectory[str]"
    place: Hall

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.place = hall(Path(self.folder.name))
        self.held: dict[int, tuple[BoothPaper, bool]] = {}
        self.at_the_desk: list[int] = []
        self.cast_ballots: dict[int, SealedBallot] = {}
        self.gone: list[BoothPaper] = []
        self.issued = self.spoiled = self.returned = 0
        self.is_open = True

    def usable(self) -> int:
        return self.issued - self.spoiled - self.returned

    def has_paper(self, delegate: int) -> bool:
        return delegate in self.held or delegate in self.cast_ballots

    @precondition(lambda self: self.is_open)
    @rule(count=st.integers(1, 4))
    def print_envelopes(self, count: int) -> None:
        if self.usable() + count > len(VOTING):
            self.refused(lambda: self.place.print(count))
        else:
            bits, _ = self.place.print(count)
            self.at_the_desk += bits
            self.issued += count

    @precondition(lambda self: self.is_open)
    @rule(delegate=delegates, at_the_desk=st.booleans())
    def issue(self, delegate: int, at_the_desk: bool) -> None:
        get = self.place.desk_paper if at_the_desk else self.place.paper
        if self.has_paper(delegate) or self.usable() >= len(VOTING):
            self.refused(lambda: get(delegate))
        else:
            self.held[delegate] = get(delegate), False
            self.issued += 1

    @precondition(lambda self: self.is_open)
    @rule(delegate=delegates, pick=st.integers(0, 100))
    def hand_out(self, delegate: int, pick: int) -> None:
        if self.has_paper(delegate) or not self.at_the_desk:
            self.refused(lambda: self.place.draw(delegate))
        else:
            self.place.draw(delegate)
            bits = self.at_the_desk.pop(pick % len(self.at_the_desk))
            self.held[delegate] = self.place.open_envelope(bits), True

    @precondition(lambda self: self.is_open)
    @rule(delegate=delegates)
    def spoil(self, delegate: int) -> None:
        if delegate in self.held:
            paper, from_envelope = self.held.pop(delegate)
            self.place.spoil(delegate, paper, from_envelope)
            self.gone.append(paper)
            self.spoiled += 1
        elif self.gone:
            self.refused(lambda: self.place.spoil(delegate, self.gone[-1]))

    @precondition(lambda self: self.is_open)
    @rule(delegate=delegates)
    def challenge(self, delegate: int) -> None:
        """A challenged ballot was never signed and changes nothing; the paper is still good."""
        if delegate in self.held:
            paper, _ = self.held[delegate]
            contest = self.place.opening.contests[0]
            fill(self.place.election, paper.paper.credential, [marks_of(contest, (1,))])

    @precondition(lambda self: self.is_open)
    @rule(delegate=delegates, marks=st.sets(st.integers(1, 3)))
    def cast(self, delegate: int, marks: set[int]) -> None:
        if delegate in self.held:
            ballot = self.place.sealed(self.held.pop(delegate)[0], *marks)
            ((_, new),) = self.place.cast(ballot)
            assert new
            self.cast_ballots[delegate] = ballot
        elif delegate in self.cast_ballots:
            ((_, new),) = self.place.cast(self.cast_ballots[delegate])
            assert not new

    @precondition(lambda self: self.is_open and self.gone)
    @rule()
    def cast_on_what_is_gone(self) -> None:
        self.refused(lambda: self.place.cast(self.place.sealed(self.gone[-1], 1)))

    @rule(pick=st.integers(0, 100))
    def give_back(self, pick: int) -> None:
        if self.at_the_desk:
            bits = self.at_the_desk.pop(pick % len(self.at_the_desk))
            self.gone.append(self.place.open_envelope(bits))
            assert self.place.give_back(bits) == len(self.at_the_desk)
            self.returned += 1

    @precondition(lambda self: self.is_open)
    @rule(really=st.integers(0, 3))
    def close(self, really: int) -> None:
        # Seldom, or most days would be over before anything happened.
        if really == 0:
            self.place.close()
            self.is_open = False

    @invariant()
    def all_papers_are_accounted_for(self) -> None:
        with self.place.store.read() as view:
            sheet = election.reconciliation(view)
        assert (sheet.issued, sheet.spoiled, sheet.returned) == (self.issued, self.spoiled, self.returned)
        assert sheet.cast == len(self.cast_ballots)
        assert sheet.with_delegates == len(self.held)
        assert sheet.not_handed_out == len(self.at_the_desk)
        assert sheet.outstanding == len(self.held) + len(self.at_the_desk)
        assert sheet.issued == sheet.cast + sheet.spoiled + sheet.returned + sheet.outstanding
        assert sheet.usable <= len(VOTING)

    def refused(self, act: Callable[[], object]) -> None:
        with self.place.store.read() as view:
            before = view.journal(), view.register(), view.ballots()
        try:
            act()
        except (Refused, BadInput):
            pass
        else:
            raise AssertionError("this should have been refused")
        with self.place.store.read() as view:
            assert (view.journal(), view.register(), view.ballots()) == before

    def teardown(self) -> None:
        if hasattr(self, "place"):
            report = self.place.verified()
            assert report.verified
            self.place.store.close()
            self.folder.cleanup()


TestDay = Day.TestCase
TestDay.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
