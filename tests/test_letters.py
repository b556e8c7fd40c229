"""Which acts one letter can stand under: what one writer says of several seats, or of one, and nobody else's."""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.icb.places import State
from ballot.icb.secretary import Act
from tests.icb import after, decline, end_proxy, fill, full, membership, paper, proxy, vacate

LETTER = paper("one letter")
EUROPE, ASIA = "regional:Europe", "regional:South Asia"


def by_it(act: Act) -> Act:
    """The act on the one letter."""
    name = "letter" if "letter" in act.__struct_fields__ else "communication"
    return structs.replace(act, **{name: LETTER})


def two_vacant() -> State:
    return after(full(), vacate("at-large:4"), vacate("at-large:5"))


@pytest.mark.parametrize(
    "acts",
    [
        (vacate(EUROPE), fill(EUROPE, "Ann", "R3C")),
        (end_proxy(ASIA), proxy(ASIA, "Bo", "R2C")),
        (proxy(EUROPE, "Ann", "R3C"), end_proxy(EUROPE)),
        (decline("at-large:4", "Person 9"), decline("at-large:5", "Person 9")),
    ],
    ids=["who leaves and who comes", "another proxy", "a proxy and its end", "an alternate declines two"],
)
def test_one_writer_says_both_in_one_letter(acts: tuple[Act, ...]) -> None:
    before = after(two_vacant(), proxy(ASIA, "Ada", "R2C"))
    assert len(after(before, *map(by_it, acts)).steps) == len(before.steps) + 2


ATTACKS: dict[str, tuple[Callable[[], State], Act]] = {
    "what one alternate wrote declines for another": (
        lambda: after(two_vacant(), by_it(decline("at-large:4", "Person 9")), decline("at-large:5", "Person 9")),
        decline("at-large:5", "Person 11"),
    ),
    "who gives up a seat seats an alternate": (
        lambda: after(full(), by_it(vacate("at-large:4"))),
        fill("at-large:4", "Person 9", "R3A"),
    ),
    "who leaves for one region seats somebody for another": (
        lambda: after(full(), by_it(vacate(EUROPE)), vacate(ASIA)),
        fill(ASIA, "Ann", "R2C"),
    ),
    "the end of one proxy makes a proxy for another": (
        lambda: after(full(), proxy(EUROPE, "Ann", "R3C"), by_it(end_proxy(EUROPE))),
        proxy(ASIA, "Bo", "R2C"),
    ),
    "what seats somebody unseats them": (
        lambda: after(full(), vacate(EUROPE), by_it(fill(EUROPE, "Ann", "R3C"))),
        structs.replace(vacate(EUROPE), communication=paper("letter 2")),
    ),
    "what a member writes of one seat is what an organisation writes of another": (
        lambda: after(full(), by_it(vacate("at-large:4"))),
        structs.replace(vacate("at-large:5"), source="organisation"),
    ),
    "minutes on one member are the letter of another": (
        lambda: after(full(), structs.replace(membership("R3C", "suspended"), decision=LETTER)),
        membership("R2C", "suspended"),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_one_letter_twice(name: str) -> None:
    build, act = ATTACKS[name]
    state = build()
    assert len(after(state, act).steps) == len(state.steps) + 1
    with pytest.raises(Refused, match=r"this letter is recorded already, in act 1\d: .*\(VI §6\(a\)\)"):
        after(state, by_it(act))


def test_what_is_letter_and_minutes_of_one_act_counts_as_minutes() -> None:
    both = [structs.replace(membership(one, "suspended"), letter=LETTER, decision=LETTER) for one in ("R3C", "R2C")]
    state = after(full(), *both)
    assert len(state.steps) == len(full().steps) + 2
    with pytest.raises(Refused, match="this letter is recorded already"):
        after(state, by_it(vacate(EUROPE)))
