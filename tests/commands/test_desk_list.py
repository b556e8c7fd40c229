"""The desk's search in windows of all sizes: what does not fit is counted, and the chosen delegate is always seen."""

import re

import pytest

from ballot.acts.desk import RegionTurnout, Table
from ballot.commands.desk_list import cut, end, search_lines
from ballot.commands.render import Screen
from ballot.commands.text import width
from ballot.finding import find, people_of
from ballot.people import Delegate, Member, Roll
from ballot.register import Reconciliation

LONG = "বাংলাদেশ অভিবাসী শ্রমিক কল্যাণ সমিতি " * 4
ROLL = Roll(
    (
        Member("M1", "Union", "PH", "South Asia", "regular", "good"),
        Member("M2", f"Union {LONG}", "PH", "South Asia", "regular", "good"),
    ),
    tuple(
        Delegate(n, f"Delegate {n} {('', LONG, '王小明先生閣下' * 9)[n % 3]}", f"M{n % 2 + 1}", True, "letter", "")
        for n in range(1, 31)
    ),
)
REGIONS = ("East Asia and Oceania", "South Asia", "Europe", "Latin America & Caribbean", "Africa & Middle East")
SEEN = Table(
    f"The Assembly of {LONG}",
    Reconciliation(0, 0, 0, 0, 0),
    tuple(RegionTurnout(region, 1, 20) for region in REGIONS),
    people_of(ROLL),
    {delegate.number: "has a paper" for delegate in ROLL.delegates},
)
SAID = "Done, No. 7: what was said is long enough for some lines of this window. " * 4


def shown(size: tuple[int, int], typed: str, place: int, said: str = "") -> list[str]:
    found = find(SEEN.people, typed)
    return search_lines(SEEN, typed, found, place, said, "Help.", Screen(size[0]), size[1])


@pytest.mark.parametrize("said", ["", SAID], ids=["", "said"])
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (60, 17), (200, 70)], ids=str)
def test_everything_fits_wherever_the_arrows_go(size: tuple[int, int], said: str) -> None:
    for place in range(30):
        lines = shown(size, "delegate", place, said)
        assert len(lines) <= size[1]
        assert max(map(width, lines)) <= size[0]
        assert any(line.startswith("5 of 100 came") for line in lines)
        assert "Find: delegate_" in lines
        chosen = [line for line in lines if line.startswith(">")]
        assert [int(match[1]) for line in chosen if (match := re.match(r"> +(\d+) ", line))] == [place + 1]
        rows = [line for line in lines if re.match(r"[> ] +\d+ ", line)]
        counted = [line for line in lines if line.endswith("of 30. Arrows show the others, or type more.")]
        assert (len(rows) == 30) == (not counted)
        if counted:
            first, last = map(int, re.findall(r"\d+", counted[0])[:2])
            assert (len(rows), first <= place + 1 <= last) == (last - first + 1, True)


def test_short_names_leave_their_room_to_long_organisations() -> None:
    rows = [line for line in shown((80, 24), "3", 0) if line.startswith((">", " "))]
    assert any("Delegate 3 " in line and "Union" in line for line in rows)
    assert max(map(width, rows)) <= 80


def test_what_was_typed_is_seen_from_its_end() -> None:
    lines = shown((60, 20), "x" * 100 + "y", 0)
    typed = next(line for line in lines if line.startswith("Find:"))
    assert typed.endswith("xy_")
    assert width(typed) == 60
    assert "Nobody is found." in lines


@pytest.mark.parametrize(
    ("text", "cells", "whole", "tail"),
    [
        ("abc", 3, "abc", "abc"),
        ("abcd", 3, "ab…", "…cd"),
        ("王小明", 6, "王小明", "王小明"),
        ("王小明", 5, "王小…", "…小明"),
        ("王小明", 4, "王…", "…明"),
        ("ab cde", 4, "ab…", "…cde"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…", "…e\u0301"),
    ],
)
def test_text_is_cut_by_cells(text: str, cells: int, whole: str, tail: str) -> None:
    assert cut(text, cells) == whole
    assert end(text, cells) in (tail, f"…\u0301{tail[1:]}")
    assert width(cut(text, cells)) <= cells
