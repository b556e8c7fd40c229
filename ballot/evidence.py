"""What a verifier holds: a record that was read, and what is derived from it on the way.

Everything is derived at first use, so a check only ever sees values that the checks before it have vouched for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ballot.belenios import Archive, read_archive
from ballot.charter import Charter, load
from ballot.count import tally_box
from ballot.decisions import Choice, Outcome, places_of
from ballot.declaration import Facts, outcomes_of
from ballot.drawing import Drawing
from ballot.errors import Invalid
from ballot.journal import Act
from ballot.people import voting_members
from ballot.record import Contents, Record
from ballot.register import Reconciliation, Way
from ballot.statements import minute_of, printed_envelopes, raised, rehearsal_of, unrehearsed
from ballot.trustees.presence import StoodIn, who_stood_in
from ballot.votes import Ciphertexts, Opening, Totals, TrusteeShare

Progress = Callable[[int, int], None]
"""Told how many ballots are checked, and of how many."""


@dataclass(frozen=True)
class Evidence:
    """A record and everything a check asks of it; `progress` and `workers` are for the check of all ballots."""

    record: Record
    progress: Progress | None = None
    workers: int | None = None

    @property
    def contents(self) -> Contents:
        return self.record.contents

    @property
    def opening(self) -> Opening:
        return self.contents.opening.opening

    @cached_property
    def archive(self) -> Archive:
        return read_archive(self.contents.archive)

    @cached_property
    def charter(self) -> Charter:
        return load(self.contents.charter)

    @cached_property
    def shares(self) -> tuple[TrusteeShare, ...]:
        if len(self.contents.proofs) != len(self.archive.shares):
            raise Invalid("there is not one set of decryption proofs for every share")
        return tuple(
            TrusteeShare(owner, share, proofs)
            for (owner, share), proofs in zip(self.archive.shares, self.contents.proofs, strict=True)
        )

    @cached_property
    def sums(self) -> Ciphertexts:
        """The encrypted tally, recomputed from the ballots."""
        return tally_box(self.archive.election, self.archive.ballots)

    @cached_property
    def totals(self) -> Totals:
        if self.archive.votes is None:
            raise Invalid("the archive holds no result")
        return Totals(len(self.archive.ballots), self.archive.votes)

    @property
    def sheet(self) -> Reconciliation:
        papers, register = self.contents.papers, self.contents.register
        asked = sum(entry.way != Way.ENVELOPE for entry in register)
        issued = asked + printed_envelopes(self.contents.journal)
        return Reconciliation(issued, len(register), len(papers.cast), len(papers.spoiled), len(papers.returned))

    @property
    def places(self) -> list[tuple[int, int]]:
        return places_of(self.charter, self.opening.contests, self.totals)

    @property
    def meeting(self) -> tuple[int, int]:
        """How many members are present, which includes everybody who was issued a paper, and how many can vote."""
        issued = len({entry.request.delegate for entry in self.contents.register})
        return max(self.opening.present, issued), voting_members(self.contents.roll.members, self.charter)

    @property
    def outcomes(self) -> tuple[Outcome | Choice | None, ...]:
        """What each contest decides; None where the ranking says everything."""
        return outcomes_of(self.charter, self.opening.contests, self.totals, self.meeting, self.drawing)

    @property
    def facts(self) -> Facts:
        """What the declaration is made of. Raises Invalid unless the journal tells of one opening and one close."""
        return Facts(
            election=self.archive.election,
            opening=self.opening,
            charter=self.charter,
            sheet=self.sheet,
            totals=self.totals,
            rankings=self.contents.rankings,
            drawing=self.drawing,
            opened=minute_of(self.contents.journal, Act.OPENED),
            closed=minute_of(self.contents.journal, Act.CLOSED),
            stood_in=self.stood_in,
            rehearsed=rehearsal_of(self.contents.journal),
            unrehearsed=unrehearsed(self.contents.journal),
            meeting=self.meeting,
            raised=raised(self.contents.journal, self.opening.present),
        )

    @property
    def stood_in(self) -> StoodIn:
        """Who was missing at the count, and who stood in."""
        return who_stood_in(self.opening.trustee_names, self.contents.backups)

    @property
    def drawing(self) -> Drawing | None:
        return self.contents.lots[0] if self.contents.lots else None
