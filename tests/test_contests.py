"""Contests of an election: no question twice, marks that a ballot can hold, and somebody to vote for in each."""

import pytest
from msgspec import structs

from ballot.charter import builtin, load
from ballot.contests import few_problem, marks_problem, question_faults, seat_faults
from ballot.votes import Contest
from tests.forge import caught_at, caught_first_at, faults
from tests.play import AUDITORS, CHARTER, Staging, play, small_contest, small_roll

RULE = load(builtin("ima")).rule("at-large")


def contest(question: str = "At-large members", candidates: int = 3, **fields: object) -> Contest:
    return structs.replace(small_contest(small_roll(4), candidates, question), **fields)


def voted(*contests: Contest, marks: tuple[int, ...] = (1,)) -> bytes:
    """The record of an election with these contests and one ballot, with the same marks in each."""
    staging = Staging(questions=contests, charter=CHARTER + AUDITORS)
    return play((tuple(marks for _ in contests),), outstanding=3, staging=staging).record()


@pytest.mark.parametrize("twin", ["Chair", "CHAIR", "Сhair", "Chair\u200d"], ids=ascii)
def test_check_4_catches_two_contests_with_one_question(twin: str) -> None:
    caught_at(4, "is the same question as that of contest 1", voted(contest("Chair"), contest(twin, rule="auditors")))


def test_check_4_catches_two_contests_for_the_seats_of_a_body() -> None:
    told = "contest 3: contest 1 elects the same seats already (VI §4(a)(b))"
    caught_at(4, told, voted(contest("Eight"), contest("Auditors", rule="auditors"), contest("Eight more")))
    assert faults(voted(contest("Eight"), *(contest(f"Auditors {n}", rule="auditors") for n in (1, 2)))) == {}


def test_every_contest_for_seats_that_are_elected_before_is_told() -> None:
    seats = load(builtin("ima")).seats
    assert [number for number, _ in seat_faults(seats, ["officer", "at-large", "officer", "at-large", "at-large"])] == [
        4,
        5,
    ]
    assert seat_faults((), ["at-large", "at-large"]) == []


def test_seats_of_one_icb_are_elected_together() -> None:
    """A record of only some of them founds no ICB, and those of two elections found none together."""
    text = builtin("ima").decode() + AUDITORS.decode()
    for old, new in (("number = 7\n", "number = 12\n"), ("seats = 21", "seats = 26")):
        text = text.replace(old, new, 1)
    text = text.replace('origin = "regions"', 'origin = "regular"\nrule = "auditors"').replace(
        'seats = 12\nregular = 8\nalternates = 4\nmin_marks = 0\nmax_marks = 12\n\n[[ties]]\nname = "auditors"',
        'seats = 12\nregular = 12\nalternates = 0\nmin_marks = 0\nmax_marks = 12\n\n[[ties]]\nname = "auditors"',
    )
    seats = load(text.encode()).seats
    assert seat_faults(seats, ["at-large", "officer", "auditors"]) == []
    told = "seats of the icb are elected together, and those by 'auditors' are not (VI §4(a)(e))"
    assert seat_faults(seats, ["officer", "at-large"]) == [(2, told)]
    assert seat_faults(seats, ["officer"]) == []


def test_every_contest_with_a_question_asked_before_is_told_and_a_missing_one_is_no_fault() -> None:
    found = question_faults(["A", "B", "a", "", "", "A"])
    assert [number for number, _ in found] == [3, 6]
    assert found[1][1] == "'A' is the same question as that of contest 1"


def test_check_4_catches_a_contest_in_which_no_ballot_is_possible() -> None:
    telling = "a ballot must hold 3 marks, and there are 2 candidates"
    asked = contest(candidates=2, min_marks=3)
    caught_at(4, telling, play((), staging=Staging(questions=(asked,))).record())
    assert few_problem(asked) == telling
    assert faults(voted(contest(candidates=2, min_marks=2), marks=(1, 2))) == {}


def test_check_4_catches_a_contest_in_which_nobody_can_mark_anything() -> None:
    caught_at(4, "at least 1 must be permitted", voted(contest(max_marks=0), marks=()))


@pytest.mark.parametrize(("least", "most"), [(0, 13), (5, 4), (13, 13), (-1, 3), (0, 0)])
def test_marks_that_do_not_narrow_the_rule_are_a_problem(least: int, most: int) -> None:
    assert RULE.article in marks_problem(RULE, least, most)
    assert marks_problem(RULE, 0, 12) == ""


def test_check_3_says_so_when_there_is_no_contest() -> None:
    caught_first_at(3, "the opening statement has no contest", voted())


@pytest.mark.parametrize("place", [1, 2])
def test_check_3_says_so_when_a_contest_has_no_candidates(place: int) -> None:
    contests = [contest("Chair"), contest("Treasurer")]
    contests[place - 1] = contest("Nobody", 0)
    telling = f"contest {place} of the opening statement has no candidates"
    caught_first_at(3, telling, voted(*contests, marks=()))
