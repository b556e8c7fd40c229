"""Challenges: what a ballot really holds is computed from what was revealed, and every lie of a booth is found."""

from itertools import chain

import msgspec
import pytest

from ballot.booth import Filled, challenge, fill, marks_of, seal
from ballot.box import accept
from ballot.challenge import Challenge, check_challenge
from ballot.crypto.groups import group
from ballot.crypto.sealing import check_ballot_proofs, election_key
from ballot.crypto.words import words_line
from ballot.errors import Invalid
from ballot.receipt import digest_words
from ballot.votes import Ballot, BallotSignature, BoothPaper, SealedBallot
from ballot.wire import decode, encode
from tests.booths import Scene, contest, scene
from tests.play import fair

MARKED = ((1, 3), (2,))


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene(contest("Ana", "Bo", "Chidi"), contest("Dara", "Ewa", question="Chair", most=1))


@pytest.fixture(scope="module")
def paper(place: Scene) -> BoothPaper:
    return place.paper()


def sealed_with(place: Scene, paper: BoothPaper, numbers: tuple[tuple[int, ...], ...] = MARKED) -> Filled:
    marks = [marks_of(one, chosen) for one, chosen in zip(place.opening.contests, numbers, strict=True)]
    return fill(place.election, paper.paper.credential, marks)


def faults(place: Scene, opened: Challenge, noted: str = "") -> tuple[str, ...]:
    return check_challenge(place.opening, place.election, opened, noted, MARKED).faults


@pytest.mark.parametrize("group_name", ["Ed25519", "BELENIOS-2048"])
@pytest.mark.parametrize("numbers", [MARKED, ((), ()), ((1, 2, 3), (1,))], ids=str)
def test_an_honest_booth_opens_what_was_marked(group_name: str, numbers: tuple[tuple[int, ...], ...]) -> None:
    place = scene(contest("Ana", "Bo", "Chidi"), contest("Dara", "Ewa", most=1), group_name=group_name)
    filled = sealed_with(place, place.paper(), numbers)
    opened = decode(encode(challenge(place.opening, filled)), Challenge, "the challenge")
    for noted in ("", filled.ballot.hash, words_line(digest_words(filled.ballot.hash))):
        found = check_challenge(place.opening, place.election, opened, noted, numbers)
        assert (found.hash, found.holds, found.faults) == (filled.ballot.hash, numbers, ())


def test_a_booth_that_flips_a_mark_and_shows_the_true_ones_is_found(place: Scene, paper: BoothPaper) -> None:
    flipped = sealed_with(place, paper, ((1, 2), (2,)))
    lie = msgspec.structs.replace(challenge(place.opening, flipped), marks=MARKED)
    found = check_challenge(place.opening, place.election, lie)
    assert found.holds == ((1, 2), (2,))
    assert found.faults == ("contest 1: the booth says that it marked 1, 3, and the sealed ballot holds 1, 2",)


def test_a_booth_that_flips_a_mark_and_owns_up_to_it_is_found_by_what_the_voter_marked(
    place: Scene, paper: BoothPaper
) -> None:
    flipped = challenge(place.opening, sealed_with(place, paper, ((1,), (2,))))
    assert faults(place, flipped) == ("contest 1: the voter marked 1, 3, and the sealed ballot holds 1",)
    assert check_challenge(place.opening, place.election, flipped).holds == ((1,), (2,))


def test_a_booth_that_opens_an_honest_ballot_in_place_of_a_flipped_one_is_found_by_its_hash(
    place: Scene, paper: BoothPaper
) -> None:
    shown = sealed_with(place, paper, ((2,), (2,))).ballot.hash
    honest = challenge(place.opening, sealed_with(place, paper))
    assert faults(place, honest) == ()
    for noted in (shown, words_line(digest_words(shown))):
        assert faults(place, honest, noted) == ("the ballot is not the one whose hash was noted before the challenge",)


def test_a_booth_that_reveals_other_randomness_is_found(place: Scene, paper: BoothPaper) -> None:
    ring = group(place.election.group)
    true = challenge(place.opening, sealed_with(place, paper))
    for number in range(3):
        first = list(true.randomness[0])
        first[number] = str((int(first[number]) + 1) % ring.q)
        lie = msgspec.structs.replace(true, randomness=(tuple(first), true.randomness[1]))
        assert faults(place, lie) == (
            f"contest 1, candidate {number + 1}: what the booth revealed does not open this mark",
        )


def test_a_booth_that_seals_two_votes_in_one_mark_is_found(place: Scene, paper: BoothPaper) -> None:
    ring = group(place.election.group)
    true = challenge(place.opening, sealed_with(place, paper))
    answer = true.ballot.answers[1]
    doubled = ring.text(ring.multiply(ring.element(answer.choices[1].beta), ring.generator))
    choices = (answer.choices[0], msgspec.structs.replace(answer.choices[1], beta=doubled))
    answers = (true.ballot.answers[0], msgspec.structs.replace(answer, choices=choices))
    lie = msgspec.structs.replace(true, ballot=msgspec.structs.replace(true.ballot, answers=answers))
    found = faults(place, lie)
    assert found[0] == "contest 2, candidate 2: what is sealed is neither a mark nor no mark"
    assert found[1].startswith("contest 2: mark 2: the proof")


def test_a_ballot_whose_proofs_the_box_would_refuse_is_found(place: Scene, paper: BoothPaper) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    first, second = true.ballot.answers
    swapped = msgspec.structs.replace(first, overall_proof=first.overall_proof[::-1])
    lie = msgspec.structs.replace(true, ballot=msgspec.structs.replace(true.ballot, answers=(swapped, second)))
    assert faults(place, lie) == ("contest 1: the proof that the marks are permitted does not hold",)


@pytest.mark.parametrize("field", ["election_uuid", "election_hash"])
def test_a_ballot_sealed_for_another_election_is_found(place: Scene, paper: BoothPaper, field: str) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    lie = msgspec.structs.replace(true, ballot=msgspec.structs.replace(true.ballot, **{field: "elsewhere"}))
    assert faults(place, lie) == ("the ballot was sealed for another election",)


def test_a_credential_outside_the_group_is_found(place: Scene, paper: BoothPaper) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    lie = msgspec.structs.replace(true, ballot=msgspec.structs.replace(true.ballot, credential="0" * 64))
    assert faults(place, lie) == ("an element is not in the group",)


def test_a_ballot_that_is_not_opened_in_full_is_found(place: Scene, paper: BoothPaper) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    whole = "the ballot does not answer the contests of the election, or was not opened in full"
    assert faults(place, msgspec.structs.replace(true, randomness=true.randomness[:1])) == (whole,)
    short = msgspec.structs.replace(true, randomness=(true.randomness[0][:2], true.randomness[1]))
    assert faults(place, short) == ("contest 1: there is not one mark, and its randomness, for every candidate",)
    said = msgspec.structs.replace(true, marks=true.marks[:1])
    assert faults(place, said) == ("the booth says that it marked 1 contests, and the ballot has 2",)


@pytest.mark.parametrize("odd", ["", "-1", "01", "x", "9" * 90])
def test_what_is_no_scalar_opens_nothing(place: Scene, paper: BoothPaper, odd: str) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    lie = msgspec.structs.replace(true, randomness=((odd, *true.randomness[0][1:]), true.randomness[1]))
    assert faults(place, lie)[0].startswith("contest 1, candidate 1: a scalar is not")


def test_a_challenge_from_another_election_is_refused(place: Scene, paper: BoothPaper) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    with pytest.raises(Invalid, match="from another election"):
        faults(place, msgspec.structs.replace(true, opening="0" * 64))


def test_what_is_no_hash_is_refused_and_not_taken_for_a_lie(place: Scene, paper: BoothPaper) -> None:
    true = challenge(place.opening, sealed_with(place, paper))
    with pytest.raises(Invalid, match="neither 43 characters nor twelve words"):
        faults(place, true, "abandon")


def test_casting_a_challenged_ballot_is_refused(place: Scene, paper: BoothPaper) -> None:
    """Nobody signed it: neither the paper's signature on a fresh ballot nor one by another key makes it good."""
    opened = sealed_with(place, paper).ballot
    fresh = seal(place.election, paper, sealed_with(place, paper)).ballot.signature
    other = seal(place.election, replace_secret(place, paper), Filled(opened, (), ())).ballot.signature
    for signature in (fresh, BallotSignature(opened.hash, fresh.proof), other):
        ballot = Ballot(opened.election_uuid, opened.election_hash, opened.credential, opened.answers, signature)
        with pytest.raises(Invalid, match="signature"):
            accept(place.opening, place.election, SealedBallot(paper.paper, ballot), None)


def replace_secret(place: Scene, paper: BoothPaper) -> BoothPaper:
    return msgspec.structs.replace(paper, secret=place.paper().secret)


def test_the_paper_is_still_good_for_a_fresh_ballot(place: Scene, paper: BoothPaper) -> None:
    opened, fresh = sealed_with(place, paper), sealed_with(place, paper)
    used = {one for contest_values in opened.randomness for one in contest_values}
    assert used.isdisjoint(one for contest_values in fresh.randomness for one in contest_values)
    assert accept(place.opening, place.election, seal(place.election, paper, fresh), None)


def test_a_challenge_holds_nothing_that_could_cast_a_ballot(place: Scene, paper: BoothPaper) -> None:
    filled = sealed_with(place, paper)
    data = encode(challenge(place.opening, filled)).decode()
    assert paper.secret not in data
    assert paper.paper.signature not in data
    assert paper.paper.seal not in data


def test_marks_and_randomness_do_not_show_in_a_repr(place: Scene, paper: BoothPaper) -> None:
    filled = sealed_with(place, paper)
    shown = repr(filled)
    assert "randomness" not in shown
    assert "marks" not in shown


def test_a_mark_whose_second_part_is_the_identity_is_a_mark_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance can draw it, though it never will (protocol §1)."""
    election, opening, paper = fair().election, fair().opening, fair().papers[3].paper
    ring, _ = election_key(election)
    drawn = chain([-pow(sum(fair().keys.trustees), -1, ring.q) % ring.q], iter(ring.random_scalar, None))
    monkeypatch.setattr(type(ring), "random_scalar", lambda _: next(drawn))
    filled = fill(election, paper.credential, [(1, 0, 1)])
    assert filled.ballot.answers[0].choices[0].beta == ring.text(ring.identity)
    check_ballot_proofs(election, filled.ballot)
    found = check_challenge(opening, election, challenge(opening, filled))
    assert (found.holds, found.faults) == (((1, 3),), ())
