"""The booth's stage: numbers as people type them, the order they see, and papers that do not belong."""

from random import Random

import msgspec
import pytest

from ballot.booth import bounds, check_booth_paper, marks_of, presented, read_numbers
from ballot.errors import Invalid, Refused
from tests.booths import Scene, contest, scene


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene(contest("Ana", "Bo", "Chidi"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        (" , ", []),
        ("3", [3]),
        ("3,7,9", [3, 7, 9]),
        ("3 7\t9", [3, 7, 9]),
        ("3; 7. 9", [3, 7, 9]),
        ("٣،٧،٩", [3, 7, 9]),
        ("３，７、９", [3, 7, 9]),
        ("3؛7；9", [3, 7, 9]),
        ("৩ ৭ ৯", [3, 7, 9]),
        ("003", [3]),
        ("9,3,9", [9, 3, 9]),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, numbers: list[int]) -> None:
    assert read_numbers(text) == numbers


@pytest.mark.parametrize("text", ["x", "3,x", "3-7", "-3", "+3", "1e3", "Ⅲ", "½", "³", "9999999", "\x1b[A", "3\u202e7"])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refused, match="is not a number"):
        read_numbers(text)


def test_marks_stand_in_ballot_order() -> None:
    assert marks_of(contest("Ana", "Bo", "Chidi"), [3, 1]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("numbers", "message", "hint"),
    [
        ([4], "there is no candidate 4", "The candidates are numbered 1 to 3."),
        ([0, 9, 1], "there is no candidate 0, 9", "The candidates are numbered 1 to 3."),
        ([2, 2], "candidate 2 is marked twice", "Mark each candidate at most once."),
        ([1, 2, 3], "3 candidates are marked", "Mark 1 to 2 candidates."),
        ([], "no candidates are marked", "Mark 1 to 2 candidates."),
    ],
    ids=str,
)
def test_marks_that_the_contest_does_not_permit_are_refused(numbers: list[int], message: str, hint: str) -> None:
    with pytest.raises(Refused) as caught:
        marks_of(contest("Ana", "Bo", "Chidi", least=1, most=2), numbers)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_too_few_marks_are_fine_while_there_are_more_to_come() -> None:
    race = contest("Ana", "Bo", "Chidi", least=2, most=2)
    assert marks_of(race, [1], more_to_come=True) == (1, 0, 0)
    with pytest.raises(Refused, match="3 candidates are marked"):
        marks_of(race, [1, 2, 3], more_to_come=True)


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [
        (0, 1, "Mark up to 1 candidate"),
        (1, 1, "Mark 1 candidate"),
        (0, 3, "Mark up to 3 candidates"),
        (0, 12, "Mark up to 3 candidates"),
        (3, 12, "Mark 3 candidates"),
    ],
)
def test_how_many_may_be_marked_is_said_in_words(least: int, most: int, text: str) -> None:
    assert bounds(contest("Ana", "Bo", "Chidi", least=least, most=most)) == text


def test_the_order_is_the_ballots_unless_the_contest_is_shuffled() -> None:
    names = [f"Person {number}" for number in range(1, 25)]
    plain = contest(*names)
    assert presented(plain, Random(1)) == plain.candidates


def test_shuffled_candidates_keep_their_numbers_and_come_in_every_place() -> None:
    race = contest("Ana", "Bo", "Chidi", shuffle=True)
    chance = Random(1)
    orders = {tuple(candidate.number for candidate in presented(race, chance)) for _ in range(200)}
    assert len(orders) == 6
    assert all(set(presented(race, chance)) == set(race.candidates) for _ in range(5))


def test_a_good_paper_passes(place: Scene) -> None:
    check_booth_paper(place.opening, place.election, place.paper())


def test_a_paper_of_another_election_is_refused(place: Scene) -> None:
    other = scene(contest("Ana", "Bo", "Chidi")).paper()
    with pytest.raises(Invalid, match="another election"):
        check_booth_paper(place.opening, place.election, other)


def test_a_paper_without_the_seal_is_refused(place: Scene) -> None:
    paper = place.paper()
    bad = msgspec.structs.replace(paper, paper=msgspec.structs.replace(paper.paper, seal=paper.paper.signature))
    with pytest.raises(Invalid, match="does not bear the seal"):
        check_booth_paper(place.opening, place.election, bad)


def test_a_paper_with_the_secret_of_another_is_refused(place: Scene) -> None:
    mixed = msgspec.structs.replace(place.paper(), secret=place.paper().secret)
    with pytest.raises(Invalid, match="secret beside the paper") as caught:
        check_booth_paper(place.opening, place.election, mixed)
    assert mixed.secret not in str(caught.value)
