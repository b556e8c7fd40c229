"""Votes to places: in, the totals of a contest, how many places there are, and lots drawn; out, the Ranking.

Only votes and drawn lots decide. Ballot numbers order what is only shown: the candidates of a tie, and places in a tie
that changes nothing (charter, VI §4(b)). Nothing depends on the order in which totals or lots are given.
"""

from collections.abc import Mapping, Sequence

from ballot.errors import Invalid, Refused
from ballot.wire import Wire


class Drawn(Wire, frozen=True):
    """The result of a lot: the tied candidates in ballot order, and the order in which they were drawn."""

    candidates: tuple[int, ...]
    order: tuple[int, ...]


class Tie(Wire, frozen=True, omit_defaults=True):
    """Candidates with equal votes, in ballot order, for the places `a-b`; `order` is there once lots have decided."""

    places: str
    candidates: tuple[int, ...]
    matters: bool
    order: tuple[int, ...] = ()


class Ranking(Wire, frozen=True):
    """Who is regular, alternate or not elected, best first; candidates of a tie still to be drawn are in no list.

    `totals` maps ballot numbers to votes, in the order of the numbers.
    """

    totals: dict[int, int]
    regular: tuple[int, ...]
    alternates: tuple[int, ...]
    ties: tuple[Tie, ...]
    not_elected: tuple[int, ...]

    def __post_init__(self) -> None:
        if list(self.totals) != sorted(self.totals):
            raise ValueError("the totals are not in the order of the ballot numbers")

    def open_ties(self) -> tuple[Tie, ...]:
        """The ties that matter and are not drawn yet, from the highest place down."""
        return tuple(tie for tie in self.ties if tie.matters and not tie.order)


def rank(totals: Mapping[int, int], rule_regular: int, rule_alternates: int, lots: Sequence[Drawn] = ()) -> Ranking:
    """Rank candidates by votes: the first `rule_regular` are regular, the next `rule_alternates` alternates.

    A tie for places a to b is harmless when b is a regular place or a comes after the last alternate; others matter.
    Raises Invalid for a ballot number below 1 or negative votes, Refused for a lot that is not a permutation of a tie
    that matters, or a second one for the same tie.
    """
    if any(number < 1 or votes < 0 for number, votes in totals.items()):
        raise Invalid("totals hold a ballot number below 1 or a negative number of votes")
    drawn = _drawn(lots)
    regular: list[int] = []
    alternates: list[int] = []
    not_elected: list[int] = []
    ties = []
    place = 1
    for group in _groups(totals):
        last = place + len(group) - 1
        order: tuple[int, ...] = group
        if len(group) > 1:
            matters = last > rule_regular and place <= rule_regular + rule_alternates
            lot = drawn.pop(group, ()) if matters else ()
            ties.append(Tie(f"{place}-{last}", group, matters, lot))
            order = lot if matters else group
        for position, candidate in enumerate(order, start=place):
            if position <= rule_regular:
                regular.append(candidate)
            elif position <= rule_regular + rule_alternates:
                alternates.append(candidate)
            else:
                not_elected.append(candidate)
        place = last + 1
    if drawn:
        named = "; ".join(", ".join(map(str, candidates)) for candidates in drawn)
        raise Refused(f"lots were drawn for candidates who are in no tie that matters: {named}")
    return Ranking(
        {number: totals[number] for number in sorted(totals)},
        tuple(regular),
        tuple(alternates),
        tuple(ties),
        tuple(not_elected),
    )


def vacant_places(candidates: int, rule_regular: int, rule_alternates: int) -> tuple[int, int]:
    """Regular and alternate places that stay empty when there are only so many candidates."""
    beyond = max(0, candidates - rule_regular)
    return max(0, rule_regular - candidates), max(0, rule_alternates - beyond)


def _groups(totals: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Candidates with equal votes together, in ballot order; most votes first."""
    by_votes: dict[int, list[int]] = {}
    for number in sorted(totals):
        by_votes.setdefault(totals[number], []).append(number)
    return [tuple(by_votes[votes]) for votes in sorted(by_votes, reverse=True)]


def _drawn(lots: Sequence[Drawn]) -> dict[tuple[int, ...], tuple[int, ...]]:
    drawn: dict[tuple[int, ...], tuple[int, ...]] = {}
    for lot in lots:
        named = ", ".join(map(str, lot.candidates))
        if lot.candidates in drawn:
            raise Refused(
                f"lots were drawn twice for candidates {named}", "The first draw stands; it is never repeated."
            )
        if tuple(sorted(lot.order)) != lot.candidates:
            raise Refused(f"the order drawn for candidates {named} does not hold each of them once")
        drawn[lot.candidates] = lot.order
    return drawn
