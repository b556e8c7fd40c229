"""The registration table: a store in, what a desk must know of a delegate out, and how many came from each region."""

from dataclasses import dataclass

from ballot.acts.election import charter_of, ledger_of, opening_file, reconciliation
from ballot.finding import Person, people_of
from ballot.ledger import Ledger
from ballot.people import Delegate, Member
from ballot.register import Reconciliation
from ballot.store.view import View
from ballot.votes import Phase
from ballot.wire import Wire

DESK_WORK = "work at the registration desk"


@dataclass(frozen=True)
class Standing:
    """A delegate at the desk: who it is, how the papers so far came, and why there is none to get, if so.

    The first papers, as many as `spoiled` says, were taken back.
    """

    delegate: Delegate
    member: Member
    papers: tuple[str, ...]
    spoiled: int
    replaced: bool
    refusal: str
    hint: str

    @property
    def free(self) -> bool:
        """Whether a paper can be issued now."""
        return not self.refusal


class RegionTurnout(Wire, frozen=True):
    """How many voting delegates of a region have a paper, and how many there are. No ballot is counted here."""

    region: str
    came: int
    voting: int


@dataclass(frozen=True)
class Table:
    """What a desk sees before it asks for anybody: turnout, the sheet, and everybody with a word on each."""

    name: str
    sheet: Reconciliation
    regions: tuple[RegionTurnout, ...]
    people: tuple[Person, ...]
    states: dict[int, str]

    @property
    def came(self) -> int:
        """Voting delegates who have had a paper."""
        return sum(region.came for region in self.regions)


def standing_of(view: View, number: int) -> Standing:
    """What the desk must know of a delegate. Raises Refused for a number off the roll, WrongPhase when not open."""
    view.require(Phase.OPEN, DESK_WORK)
    roll, ledger = view.roll(), ledger_of(view)
    delegate = roll.delegate(number)
    member = roll.member(delegate.member)
    ways = tuple(issued.way for issued in ledger.issued.get(number, ()))
    spoiled = sum(owner == number for owner in ledger.spoiled.values())
    refusal, hint = _refusal(view, delegate, member, ledger)
    return Standing(delegate, member, ways, spoiled, number in ledger.replaced, refusal, hint)


def _refusal(view: View, delegate: Delegate, member: Member, ledger: Ledger) -> tuple[str, str]:
    if not delegate.voting:
        standing = charter_of(view).standing(member.standing)
        if not standing.votes:
            return f"the member has the standing {member.standing} and does not vote ({standing.article})", ""
        voters = [str(d.number) for d in view.roll().delegates if d.member == member.id and d.voting]
        hint = f"The voting delegate of {member.organisation} is number {', '.join(voters)}." if voters else ""
        return "this delegate does not vote: each regular member has one voting delegate (VI §2(b))", hint
    if ledger.has_paper(delegate.number):
        return "this delegate already has a paper: one regular member, one vote (V §3(b))", (
            "A damaged paper is surrendered first: press s."
        )
    return "", ""


def table_of(view: View) -> Table:
    """Everybody, the sheet, and turnout by region in the order of the charter. Raises WrongPhase when not open."""
    view.require(Phase.OPEN, DESK_WORK)
    roll, ledger = view.roll(), ledger_of(view)
    region_of = {member.id: member.region for member in roll.members}
    voters = roll.voting_delegates()
    regions = []
    for region in charter_of(view).regions:
        own = [delegate for delegate in voters if region_of[delegate.member] == region]
        came = sum(bool(ledger.issued.get(delegate.number)) for delegate in own)
        regions.append(RegionTurnout(region, came, len(own)))
    states = {delegate.number: _state(delegate, ledger) for delegate in roll.delegates}
    name = opening_file(view).election.name
    return Table(name, reconciliation(view), tuple(regions), people_of(roll), states)


def _state(delegate: Delegate, ledger: Ledger) -> str:
    if not delegate.voting:
        return "no vote"
    return "has a paper" if ledger.has_paper(delegate.number) else "may vote"
