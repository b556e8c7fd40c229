"""A ranking on the screen: in, a Ranking and who stands; out, the tables that every command with a result shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ballot.commands.render import Cell, Table, Tone, Toned

if TYPE_CHECKING:
    from ballot.ranking import Ranking, Tie
    from ballot.votes import Contest


@dataclass(frozen=True)
class Standing:
    """What a table says of a candidate beside the votes."""

    name: str
    organisation: str
    region: str


def contest_title(contests: "Sequence[Contest]", place: int) -> str:
    """What the contest in a place, from 0, is called: its question, after its number if there are several."""
    question = contests[place].question
    return f"Contest {place + 1} of {len(contests)}: {question}" if len(contests) > 1 else question


def ranking_tables(ranking: "Ranking", standings: Mapping[int, Standing]) -> tuple[Table, ...]:
    """Candidates by votes with their seats, and the ties if there are any; `standings` are by ballot number."""
    seats = _seats(ranking)
    rows = tuple(
        (place, number, standings[number].name, ranking.totals[number], seats[number], standings[number].organisation)
        for place, number in _places(ranking)
    )
    result = Table("Result", ("Place", "No.", "Name", "Votes", "Seat", "Organisation"), rows)
    if not ranking.ties:
        return (result,)
    ties = tuple((tie.places, _numbers(tie.candidates), _decided(tie)) for tie in ranking.ties)
    return (result, Table("Ties", ("Places", "Candidates", "Decided"), ties))


def _places(ranking: "Ranking") -> list[tuple[str, int]]:
    """Place and ballot number, best first; candidates whom no lot has put in order share their places."""
    drawn = {number: position for tie in ranking.ties for position, number in enumerate(tie.order)}
    numbers = sorted(ranking.totals, key=lambda number: (-ranking.totals[number], drawn.get(number, 0), number))
    shared = {number: tie.places for tie in ranking.ties if not tie.order for number in tie.candidates}
    return [(shared.get(number, str(place)), number) for place, number in enumerate(numbers, start=1)]


def _seats(ranking: "Ranking") -> dict[int, Cell]:
    seats: dict[int, Cell] = dict.fromkeys(ranking.totals, Toned("waits for lots", Tone.WARN))
    seats |= dict.fromkeys(ranking.regular, Toned("regular", Tone.GOOD))
    seats |= dict.fromkeys(ranking.alternates, Toned("alternate", Tone.GOOD))
    return seats | dict.fromkeys(ranking.not_elected, "not elected")


def _decided(tie: "Tie") -> Cell:
    if not tie.matters:
        return "changes nothing"
    return f"by lots, in the order {_numbers(tie.order)}" if tie.order else Toned("waits for lots", Tone.WARN)


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
