"""Many corrections: replayed from the beginning they lead where one act after the other led, without undue work."""

import random
from collections.abc import Callable
from unittest.mock import patch

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.icb.places import State
from ballot.icb.seating import apply
from ballot.icb.seats import perform, replay
from ballot.icb.secretary import Act, Corrected, Dated, MembershipChanged
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
    start,
    vacate,
)
from tests.test_seats import propose

MANY = 150


def told(state: State, chance: random.Random) -> Act:
    """Some act, and about every second time a correction of another one, mostly of one that is not long ago."""
    count = len(state.steps)
    if count > 1 and chance.random() < 0.5:
        return correct(chance.randrange(max(1, count - 6) if chance.random() < 0.7 else 1, count))
    act = propose(state, chance)
    shared = "letter" in act.__struct_fields__ and chance.random() < 0.2
    return structs.replace(act, letter=paper(f"letter {chance.randrange(4)}")) if shared else act


@pytest.mark.parametrize("seed", range(12))
def test_a_journal_of_many_corrections_leads_where_its_acts_led_one_by_one(seed: int) -> None:
    chance, state, corrected = random.Random(seed), start(), 0
    for _ in range(70):
        dated = Dated(DECLARED, told(state, chance))
        try:
            state, alone = perform(state, dated), ""
            corrected += isinstance(dated.act, Corrected)
        except Refused as error:
            alone = error.message
        whole = [*acts_of(state), *([dated] if alone else [])]
        try:
            assert replay(CHARTER, assembly(), whole) == state
            refused = ""
        except Refused as error:
            refused = error.message.partition("): ")[2]
        assert refused == alone
    assert corrected > 10


def one_by_one() -> list[Act]:
    """Each act corrected as soon as it was recorded."""
    return [act for n in range(MANY) for act in (late(n), correct(10 + 2 * n))]


def backwards() -> list[Act]:
    """Acts that follow from each other, and then each corrected, the last one first."""
    standings = [turn(n) for n in range(MANY)]
    return [*standings, *(correct(10 + n) for n in reversed(range(MANY)))]


def forwards() -> list[Act]:
    """The same acts, and then each corrected that makes no difference to those after the next, the first one first."""
    return [*(turn(n) for n in range(MANY)), *(correct(10 + n) for n in range(0, MANY, 3))]


def of_one_another() -> list[Act]:
    """One act corrected, that corrected, and so on."""
    return [late(0), *(correct(10 + n) for n in range(MANY))]


def late(number: int) -> Act:
    return structs.replace(vacate("at-large:1"), communication=paper(f"letter {number}"))


def turn(number: int) -> MembershipChanged:
    standing = ("suspended", "resigned", "good")[number % 3]
    return structs.replace(membership("R3C", standing), letter=paper(f"letter {number}"))


@pytest.mark.parametrize("make", [one_by_one, backwards, forwards, of_one_another])
def test_attack_so_many_corrections_that_nobody_could_ever_verify_the_record(make: Callable[[], list[Act]]) -> None:
    """Nothing is judged again that a correction cannot change: four times for every act is plenty."""
    acts = [*acts_of(full()), *(Dated(DECLARED, act) for act in make())]
    with patch("ballot.icb.seats.apply", wraps=apply) as judged:
        state = replay(CHARTER, assembly(), acts)
    assert len(state.steps) == len(acts)
    assert judged.call_count < 4 * len(acts)


def test_a_correction_of_a_correction_of_a_correction_counts() -> None:
    state = after(full(), *of_one_another())
    assert bool(state.place("at-large:1").person) == bool(MANY % 2)
    last = 10 + MANY
    assert [step.corrected_by for step in state.steps[-3:]] == [0, last, 0]


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
