"""The drawing of lots as a journal tells it: every act that does not follow is refused."""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot.drawing import Announcement, OpenTie, open_ties, rankings_of
from ballot.errors import Invalid, Refused
from ballot.journal import Act
from ballot.votes import Totals
from ballot.wire import encode
from tests.play import fair, small_contest, small_roll, tied
from tests.telling import TIE, WORDS, Step, finished, told


def swapped(left: int, right: int) -> Callable[[list[Step]], list[Step]]:
    def change(steps: list[Step]) -> list[Step]:
        steps[left], steps[right] = steps[right], steps[left]
        return steps

    return change


JOURNALS: dict[str, tuple[Callable[[list[Step]], list[Step]], str]] = {
    "a second announcement": (lambda steps: [*steps, steps[0]], "announced twice"),
    "no announcement": (lambda steps: steps[1:], "contributed to before they were announced"),
    "a commitment left out": (lambda steps: [*steps[:1], *steps[2:]], "before all have committed"),
    "a commitment twice": (lambda steps: [*steps[:2], *steps[1:]], "already committed"),
    "a reveal left out": (lambda steps: [*steps[:4], *steps[5:]], "the words are awaited from Bo"),
    "a reveal before a commitment": (swapped(2, 3), "before all have committed"),
    "words of somebody else": (
        lambda steps: [*steps[:3], (Act.LOT_REVEALED, {"by": "Ana", "words": WORDS["Bo"]}), *steps[4:]],
        "not those of the commitment",
    ),
    "a draw before the end": (lambda steps: [*steps[:4], steps[5]], "cannot be drawn yet"),
    "a draw twice": (lambda steps: [*steps, steps[5]], "no second draw"),
    "a particular more": (
        lambda steps: [steps[0], (steps[1][0], {**steps[1][1], "note": "x"}), *steps[2:]],
        "do not follow from what was said before",
    ),
    "no name": (lambda steps: [steps[0], (Act.LOT_COMMITTED, {}), *steps[2:]], "was not announced"),
    "another draw": (lambda steps: [*steps[:5], (Act.LOTS_DRAWN, {"drawn": "[]"})], "do not follow from what was said"),
}


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_is_refused_with(name: str) -> None:
    change, telling = JOURNALS[name]
    steps = finished().steps
    assert len(steps) == 6
    with pytest.raises(Refused, match=telling):
        told(change(list(steps)))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: structs.replace(one, totals="00" * 32),
        lambda one: structs.replace(one, ties=(structs.replace(TIE, candidates=(8, 9)),)),
        lambda one: structs.replace(one, ties=(TIE, TIE)),
        lambda one: structs.replace(one, ties=(structs.replace(TIE, contest=1),)),
    ],
    ids=["totals", "candidates", "twice", "contest"],
)
def test_lots_announced_for_something_else_than_the_count_are_refused(
    change: Callable[[Announcement], Announcement],
) -> None:
    announcement = change(finished().drawing.announcement)
    with pytest.raises(Refused, match="announced for other ties or totals than those of the count"):
        told([(Act.LOTS_ANNOUNCED, {"announcement": encode(announcement).decode()})])


@pytest.mark.parametrize("text", ["", "{}", "null", "[]", "{" * 10_000])
def test_an_announcement_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="an announcement of lots"):
        told([(Act.LOTS_ANNOUNCED, {"announcement": text})])
    with pytest.raises(Invalid, match="an announcement of lots"):
        told([(Act.LOTS_ANNOUNCED, {})])


# From totals to ties

TOTALS = Totals(1, ((1, 1, 1, 1, 1, 1, 1, 0, 0, 0),))


def test_only_ties_that_matter_wait_for_lots() -> None:
    contests = tied().opening.contests
    undrawn = rankings_of(contests, TOTALS, [(8, 4)], None)
    assert open_ties(undrawn) == (OpenTie(0, "8-10", (8, 9, 10)),)
    drawn = rankings_of(contests, TOTALS, [(8, 4)], tied().contents.lots[0])
    assert open_ties(drawn) == ()
    assert drawn == tied().contents.rankings
    assert open_ties(fair().contents.rankings) == ()


def test_ties_are_named_contest_by_contest() -> None:
    contests = tuple(small_contest(small_roll(), 3, name) for name in ("First", "Second"))
    rankings = rankings_of(contests, Totals(2, ((1, 1, 0), (2, 2, 2))), [(1, 0), (2, 0)], None)
    assert open_ties(rankings) == (OpenTie(0, "1-2", (1, 2)), OpenTie(1, "1-3", (1, 2, 3)))
