"""Lots: that a draw replays, depends on everything it should, on nothing else, and favours nobody."""

import hashlib
import itertools
from collections import Counter

import pytest

from ballot.errors import Refused
from ballot.lots import Contribution, check_reveal, commitment, draw, index_below, normal_dice, seed

OPENING = "ab" * 32
DIGEST = "cd" * 32
DICE = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2"


def words(by: str, text: str, opening: str = OPENING) -> Contribution:
    return Contribution(by, "words", text, commitment(opening, by, text))


GIVEN = (words("Ana", "seven kites over the harbour"), Contribution("Binh", "dice", DICE, ""), words("Chi", "সাত ঘুড়ি"))
TIED = (4, 9, 12, 20)


def by_the_book(tag: bytes, *fields: bytes) -> bytes:
    return hashlib.sha512(
        b"ballot/v1/" + tag + b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    ).digest()


def test_seed_and_draw_follow_the_protocol_byte_by_byte() -> None:
    contributions = [
        '{"by":"Ana","kind":"words","value":"seven kites over the harbour","commitment":"'
        + by_the_book(b"lot-commit", OPENING.encode(), b"Ana", b"seven kites over the harbour").hex()
        + '"}',
        '{"by":"Binh","kind":"dice","value":"' + DICE + '","commitment":""}',
    ]
    expected = by_the_book(
        b"lot",
        OPENING.encode(),
        DIGEST.encode(),
        b'{"contest":0,"candidates":[4,9,12,20]}',
        *(contribution.encode() for contribution in contributions),
    )
    assert seed(OPENING, DIGEST, 0, TIED, GIVEN[:2]) == expected
    remaining = list(TIED)
    order = []
    for i in range(3):
        number = int.from_bytes(by_the_book(b"lot-draw", expected, str(i).encode()), "big")
        order.append(remaining.pop(number % len(remaining)))
    assert draw(expected, TIED) == (*order, remaining[0])


def test_a_draw_replays_whatever_the_order_of_the_tied() -> None:
    first = draw(seed(OPENING, DIGEST, 0, TIED, GIVEN), TIED)
    assert sorted(first) == list(TIED)
    for order in itertools.permutations(TIED):
        assert draw(seed(OPENING, DIGEST, 0, order, GIVEN), order) == first


def test_everything_published_before_the_draw_is_in_the_seed() -> None:
    other = tuple(words(c.by, c.value, "00" * 32) if c.kind == "words" else c for c in GIVEN)
    seeds = {
        seed(OPENING, DIGEST, 0, TIED, GIVEN),
        seed("00" * 32, DIGEST, 0, TIED, other),
        seed(OPENING, "00" * 32, 0, TIED, GIVEN),
        seed(OPENING, DIGEST, 1, TIED, GIVEN),
        seed(OPENING, DIGEST, 0, TIED[:3], GIVEN),
        seed(OPENING, DIGEST, 0, TIED, GIVEN[:2]),
        seed(OPENING, DIGEST, 0, TIED, GIVEN[::-1]),
        seed(OPENING, DIGEST, 0, TIED, (words("Ana", "eight kites over the harbour"), *GIVEN[1:])),
    }
    assert len(seeds) == 8


def test_every_order_is_equally_likely() -> None:
    """Chi-square over the 24 orders of four, on fixed seeds; 49.73 is the 0.1% bound for 23 degrees of freedom."""
    draws = 4800
    counts = Counter(draw(number.to_bytes(64, "big"), (1, 2, 3, 4)) for number in range(draws))
    assert set(counts) == set(itertools.permutations((1, 2, 3, 4)))
    expected = draws / len(counts)
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 49.73


def test_numbers_that_would_favour_some_are_passed_over() -> None:
    limit = 2**512 - 2**512 % 3
    assert limit < 2**512
    assert index_below(3, iter([2**512 - 1, limit, limit - 1])) == 2
    assert index_below(3, iter([limit, 0])) == 0
    assert index_below(4, iter([2**512 - 1])) == 3


def test_two_candidates_are_enough_for_lots() -> None:
    orders = {draw(seed(OPENING, DIGEST, contest, (7, 3), GIVEN), (7, 3)) for contest in range(20)}
    assert orders == {(3, 7), (7, 3)}


@pytest.mark.parametrize("tied", [(), (1,), (1, 1), (1, 2, 1)])
def test_lots_need_two_different_candidates(tied: tuple[int, ...]) -> None:
    with pytest.raises(Refused):
        draw(bytes(64), tied)
    with pytest.raises(Refused):
        seed(OPENING, DIGEST, 0, tied, GIVEN)


def test_attack_words_changed_after_the_commitment() -> None:
    honest = words("Ana", "seven kites")
    check_reveal(OPENING, honest)
    for forged in (
        Contribution("Ana", "words", "eight kites", honest.commitment),
        Contribution("Eve", "words", "seven kites", honest.commitment),
        Contribution("Ana", "words", "seven kites", ""),
        Contribution("Ana", "words", "seven kites", "é" * 128),
    ):
        with pytest.raises(Refused):
            check_reveal(OPENING, forged)
        with pytest.raises(Refused):
            seed(OPENING, DIGEST, 0, TIED, [forged])


def test_attack_commitment_of_another_election() -> None:
    with pytest.raises(Refused):
        check_reveal(OPENING, words("Ana", "seven kites", "00" * 32))


def test_attack_one_person_contributes_twice() -> None:
    with pytest.raises(Refused, match="twice"):
        seed(OPENING, DIGEST, 0, TIED, [words("Ana", "one"), words("Ana", "two")])


def test_a_draw_without_contributions_is_refused() -> None:
    with pytest.raises(Refused):
        seed(OPENING, DIGEST, 0, TIED, [])


@pytest.mark.parametrize("text", ["", " end", "\x1b[31m", "\u202eabc", "[red]"])
def test_words_that_could_trick_a_screen_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        check_reveal(OPENING, words("Ana", text))
    with pytest.raises(Refused):
        check_reveal(OPENING, words(text, "seven kites"))


def test_dice_have_one_form() -> None:
    for spelling in (" 1,2, 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2 ", "12345 61234,56123, 45612", DICE.replace(" ", "")):
        assert normal_dice(spelling) == DICE
    for spelling in (DICE.replace(" ", ","), DICE.replace(" ", ""), DICE + " ", "1 2 3"):
        with pytest.raises(Refused):
            check_reveal(OPENING, Contribution("Binh", "dice", spelling, ""))
    with pytest.raises(Refused):
        check_reveal(OPENING, Contribution("Binh", "dice", DICE, "00"))


@pytest.mark.parametrize("text", ["", DICE[:-2], DICE + " 7", DICE + " 0", DICE + " 10", DICE + " ２", DICE + "\n1"])
def test_what_are_no_twenty_dice_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        normal_dice(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("7", "'7'"), ("31624 45726", "'7' in '45726'"), ("316;24", "';' in '316;24'"), ("six", "'six'")],
)
def test_what_is_no_die_is_named_with_its_group(text: str, wrong: str) -> None:
    with pytest.raises(Refused) as caught:
        normal_dice(f"{DICE} {text}")
    assert caught.value.message == f"{wrong} is not a die"
