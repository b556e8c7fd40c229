"""What a store keeps of papers: several lines of one delegate, papers that are gone, and who comes instead."""

from pathlib import Path

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.register import Fate
from ballot.store.repo import Store
from ballot.votes import Paper
from tests.store.making import ROLL, cast, perform, request, sealed


def paper(name: str) -> Paper:
    return Paper(name, "00", "11", "22")


def test_a_second_line_needs_a_spoiled_paper(opened: Path) -> None:
    entry, response = request(1)
    again = structs.replace(entry, instead_of="gone")
    with Store.open(opened) as store:
        with store.write() as unit:
            unit.add_register(*request(2))
            unit.add_register(entry, response)
            unit.add_register(again, response)
        with pytest.raises(Refused, match="in the register already"), store.write() as unit:
            unit.add_register(entry, response)
        with store.read() as view:
            assert view.register() == (entry, again, request(2)[0])
            assert view.register_of(1) == ((entry, response), (again, response))


def test_papers_that_are_gone_come_back_sorted_with_their_fate(opened: Path) -> None:
    with Store.open(opened) as store:
        with store.write() as unit:
            for name in ("c", "a", "b"):
                unit.withdraw(Fate.SPOILED, paper(name))
            unit.withdraw(Fate.RETURNED, paper("d"))
        with store.read() as view:
            assert view.withdrawn(Fate.SPOILED) == (paper("a"), paper("b"), paper("c"))
            assert view.withdrawn(Fate.RETURNED) == (paper("d"),)
            assert [view.fate_of(name) for name in ("a", "d", "e")] == [Fate.SPOILED, Fate.RETURNED, None]
        for fate in Fate:
            with pytest.raises(Refused, match="already"), store.write() as unit:
                unit.withdraw(fate, paper("a"))


def test_a_paper_is_cast_or_gone_but_never_both(opened: Path) -> None:
    perform(opened, (cast, 1))
    with Store.open(opened) as store:
        with pytest.raises(Refused, match="used for a ballot"), store.write() as unit:
            unit.withdraw(Fate.SPOILED, sealed(1).paper)
        with store.write() as unit:
            unit.withdraw(Fate.SPOILED, sealed(2).paper)
        with pytest.raises(Refused, match="spoiled or returned"), store.write() as unit:
            unit.add_ballot(sealed(2))


def test_whoever_comes_instead_stands_on_the_roll_without_a_key(opened: Path) -> None:
    with Store.open(opened) as store:
        with store.write() as unit:
            unit.add_replacement(2, "First", "letter 1", b"salt")
            unit.add_replacement(2, "Second", "letter 2", b"salt")
        with store.read() as view:
            roll = view.roll()
        expected = structs.replace(ROLL.delegate(2), name="Second", credentials="letter 2", key="")
        assert roll.delegate(2) == expected
        assert [one for one in roll.delegates if one.number != 2] == [one for one in ROLL.delegates if one.number != 2]


def test_nobody_comes_instead_of_one_who_has_a_paper_or_is_not_there(opened: Path) -> None:
    with Store.open(opened) as store:
        with store.write() as unit:
            unit.add_register(*request(2))
        with pytest.raises(Refused, match="in the register already"), store.write() as unit:
            unit.add_replacement(2, "Late", "letter", b"salt")
        with pytest.raises(Refused, match="not on the roll"), store.write() as unit:
            unit.add_replacement(9999, "Nobody", "letter", b"salt")
