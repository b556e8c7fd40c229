"""Corrections of corrections: which acts count in the end, and on what papers."""

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.icb.seats import replay
from ballot.icb.secretary import Act, Dated, MembershipChanged
from tests.icb import (
    CHARTER,
    DECLARED,
    acts_of,
    after,
    assembly,
    correct,
    full,
    membership,
    paper,
    proxy,
    vacate,
)


def late(number: int) -> Act:
    return structs.replace(vacate("at-large:1"), communication=paper(f"letter {number}"))


def turn(number: int) -> MembershipChanged:
    standing = ("suspended", "resigned", "good")[number % 3]
    return structs.replace(membership("R3C", standing), letter=paper(f"letter {number}"))


def test_a_correction_of_a_correction_of_a_correction_counts() -> None:
    many = 7
    state = after(full(), late(0), *(correct(10 + number) for number in range(many)))
    assert state.place("at-large:1").person
    assert [step.corrected_by for step in state.steps[-3:]] == [0, 10 + many, 0]
    assert not after(state, correct(10 + many)).place("at-large:1").person


def test_an_act_that_was_corrected_twice_needs_both_corrections_taken_back() -> None:
    """Act 10 is corrected by 11, which is corrected by 12; it is corrected again by 13; then 12 is corrected, too."""
    state = after(full(), late(0), correct(10), correct(11), correct(10), correct(12))
    assert state.steps[10].corrected_by == 13
    assert state.place("at-large:1").person
    state = after(state, correct(13))
    assert state.steps[10].corrected_by == 11
    assert state.place("at-large:1").person
    state = after(state, correct(11))
    assert (state.steps[10].corrected_by, state.place("at-large:1").person) == (0, "")


def test_attack_a_letter_counts_twice_by_a_correction_that_makes_no_other_difference() -> None:
    suspended, resigned = turn(0), turn(1)
    second = structs.replace(proxy("at-large:1", "Ann", "R1B"), letter=suspended.letter)
    state = after(full(), suspended, correct(10), resigned, second)
    with pytest.raises(Refused, match="act 13 would not be permitted: this letter is recorded already, in act 10"):
        replay(CHARTER, assembly(), [*acts_of(state), Dated(DECLARED, correct(11))])
