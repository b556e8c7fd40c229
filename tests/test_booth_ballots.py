"""The booth: which marks it refuses, that it encrypts what was marked, and that a challenge can be answered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from ballot.booth import Filled, fill, marks_of, seal
from ballot.crypto.groups import group
from ballot.crypto.proofs import encrypt
from ballot.crypto.sealing import check_ballot
from ballot.errors import Invalid, Refused
from ballot.votes import Choice, Contest
from ballot.wire import encode
from tests.play import fair, small_contest, small_roll


def contest(least: int = 0, most: int = 12, candidates: int = 4) -> Contest:
    return structs.replace(small_contest(small_roll(), candidates), min_marks=least, max_marks=most)


@pytest.mark.parametrize(
    ("numbers", "marks"),
    [((), (0, 0, 0, 0)), ((1,), (1, 0, 0, 0)), ((4, 2), (0, 1, 0, 1)), ((1, 2, 3, 4), (1, 1, 1, 1))],
)
def test_marks_stand_in_ballot_order(numbers: tuple[int, ...], marks: tuple[int, ...]) -> None:
    assert marks_of(contest(), numbers) == marks


@pytest.mark.parametrize(
    ("numbers", "telling"),
    [
        ((5,), "there is no candidate 5"),
        ((0,), "there is no candidate 0"),
        ((-1,), "there is no candidate -1"),
        ((9, 1, 7), "there is no candidate 7, 9"),
        ((2, 2), "candidate 2 is marked twice"),
        ((3, 1, 3, 1), "candidate 1 is marked twice"),
    ],
)
def test_marks_that_nobody_can_count_are_refused(numbers: tuple[int, ...], telling: str) -> None:
    with pytest.raises(Refused, match=telling):
        marks_of(contest(), numbers)


def test_an_unknown_candidate_is_answered_with_the_numbers_there_are() -> None:
    with pytest.raises(Refused) as refused:
        marks_of(contest(), (9,))
    assert refused.value.hint == "The candidates are numbered 1 to 4."


@pytest.mark.parametrize(
    ("numbers", "least", "most", "telling", "hint"),
    [
        ((1, 2, 3), 0, 2, "3 candidates are marked", "Mark up to 2 candidates."),
        ((1, 2), 0, 1, "2 candidates are marked", "Mark up to 1 candidate."),
        ((1,), 2, 3, "1 candidate is marked", "Mark 2 to 3 candidates."),
        ((), 1, 1, "no candidates are marked", "Mark 1 candidate."),
    ],
)
def test_too_many_and_too_few_marks_are_refused(
    numbers: tuple[int, ...], least: int, most: int, telling: str, hint: str
) -> None:
    with pytest.raises(Refused, match=telling) as refused:
        marks_of(contest(least, most), numbers)
    assert refused.value.hint == hint


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(1, 4)))
def test_marks_do_not_depend_on_the_order_in_which_they_were_made(numbers: set[int]) -> None:
    expected = tuple(int(n in numbers) for n in (1, 2, 3, 4))
    for order in (sorted(numbers), sorted(numbers, reverse=True)):
        assert marks_of(contest(), order) == expected


def filled(marks: tuple[int, ...] = (1, 0, 1)) -> Filled:
    return fill(fair().election, fair().papers[3].paper.credential, [marks])


def test_a_challenge_reveals_what_was_encrypted() -> None:
    ring = group("Ed25519")
    key = ring.element(fair().election.public_key)
    done = filled()
    for marks, secrets, answer in zip(done.marks, done.randomness, done.ballot.answers, strict=True):
        again = [encrypt(ring, key, mark, secret) for mark, secret in zip(marks, secrets, strict=True)]
        assert tuple(Choice(ring.text(c.alpha), ring.text(c.beta)) for c in again) == answer.choices
        lies = [encrypt(ring, key, 1 - mark, secret) for mark, secret in zip(marks, secrets, strict=True)]
        assert all(ring.text(lie.beta) != choice.beta for lie, choice in zip(lies, answer.choices, strict=True))


def test_the_same_marks_never_look_the_same() -> None:
    first, second = filled(), filled()
    assert first.ballot.hash != second.ballot.hash
    seen = [choice for done in (first, second) for answer in done.ballot.answers for choice in answer.choices]
    assert len({part for choice in seen for part in (choice.alpha, choice.beta)}) == 12


def test_a_sealed_ballot_is_accepted_and_holds_no_secret() -> None:
    paper, done = fair().papers[3], filled()
    sealed = seal(fair().election, paper, done)
    check_ballot(fair().election, sealed.ballot)
    assert (sealed.paper, sealed.ballot.unsigned) == (paper.paper, done.ballot)
    text = encode(sealed).decode()
    assert paper.secret not in text
    for secrets in done.randomness:
        assert not any(str(secret) in text for secret in secrets)


def test_a_filled_ballot_shows_neither_marks_nor_randomness() -> None:
    done = filled()
    assert "marks" not in repr(done)
    assert "randomness" not in repr(done)


def test_a_ballot_filled_on_another_paper_cannot_be_sealed_to_count() -> None:
    wrong = seal(fair().election, fair().papers[2], filled())
    with pytest.raises(Invalid, match="signature of the paper's credential"):
        check_ballot(fair().election, wrong.ballot)


@pytest.mark.parametrize("answers", [(), ((1, 0, 1), (0, 0, 0))])
def test_a_ballot_answers_every_contest_once(answers: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        fill(fair().election, fair().papers[3].paper.credential, answers)
