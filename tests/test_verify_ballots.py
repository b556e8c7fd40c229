"""Checks 7 and 8 broken one at a time by somebody who has every key and signs all again (see test_verify)."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest
from msgspec import structs

from ballot.booth import fill
from ballot.crypto.groups import group
from ballot.crypto.proofs import Cipher, multiply, prove_interval
from ballot.crypto.sealing import ballot_context, election_key
from ballot.opening import new_trustee
from ballot.votes import Answer, Ballot, Choice, Election, Proof
from tests.forge import Forgery, caught_at, caught_first_at, faults, resign
from tests.play import Played, Staging, fair, other, play, small_contest, small_roll


def ballots_of(played: Played) -> list[Ballot]:
    return [sealed.ballot for sealed in played.sealed]


# Check 7: ballots on papers


def reboxed(ballots: list[Ballot], played: Played | None = None) -> Forgery:
    forged = Forgery(played or fair())
    forged.rebox(ballots)
    return forged


def test_check_7_catches_a_ballot_on_a_paper_that_is_not_listed() -> None:
    paper = fair().papers[3]
    stuffed = resign(fair().election, paper, fill(fair().election, paper.paper.credential, [(1, 1, 1)]).ballot)
    caught_at(7, "not exactly one on each cast paper", reboxed([*ballots_of(fair())[:2], stuffed]))


def test_check_7_catches_it_also_where_the_archive_lists_the_credentials_of_the_cast_papers() -> None:
    paper = fair().papers[3]
    stuffed = resign(fair().election, paper, fill(fair().election, paper.paper.credential, [(1, 1, 1)]).ballot)
    for ballots in ([*ballots_of(fair())[:2], stuffed], ballots_of(fair())[:2], [*ballots_of(fair()), stuffed]):
        forged = reboxed(ballots)
        forged.rearchive(credentials=tuple(cast.credential for cast in fair().contents.papers.cast))
        caught_first_at(7, "not exactly one on each cast paper", forged)


def test_check_7_catches_two_ballots_on_a_paper() -> None:
    first, second, _ = ballots_of(fair())
    paper = fair().papers[0]
    again = resign(fair().election, paper, fill(fair().election, paper.paper.credential, [(1, 1, 1)]).ballot)
    caught_at(7, "two ballots were cast on one paper", reboxed([first, second, again]))


def test_check_7_catches_a_cast_paper_without_its_ballot() -> None:
    caught_first_at(7, "not exactly one on each cast paper", reboxed(ballots_of(fair())[:2]))


def test_check_7_catches_credentials_in_the_archive_that_were_not_cast() -> None:
    forged = Forgery(fair())
    spare = fair().papers[3].paper.credential
    forged.rearchive(credentials=tuple(sorted((*forged.archive.credentials, spare))))
    caught_at(7, "not exactly one on each cast paper", forged)


@pytest.mark.parametrize("place", range(3))
def test_check_7_catches_a_ballot_signed_by_another_credential_wherever_it_stands(place: int) -> None:
    ballots = list(Forgery(fair()).archive.ballots)
    thief = next(one for one in fair().papers if one.paper.credential != ballots[place].credential)
    unsigned = ballots[place].unsigned
    ballots[place] = resign(fair().election, thief, unsigned)
    # Another signature gives another tracker, and so perhaps another place.
    while sorted(ballots, key=lambda ballot: ballot.tracker) != ballots:
        ballots[place] = resign(fair().election, thief, unsigned)
    forged = reboxed(ballots)
    assert set(faults(forged.record())) == {7, 8}
    caught_first_at(7, "signature of the paper's credential", forged)


def test_check_7_catches_a_ballot_for_another_election() -> None:
    foreign = other().election
    first, *others = ballots_of(fair())
    for change in ({"election_uuid": foreign.uuid}, {"election_hash": foreign.fingerprint}):
        moved = resign(fair().election, fair().papers[0], structs.replace(first.unsigned, **change))
        caught_first_at(7, "the ballot is for another election", reboxed([moved, *others]))


def test_check_7_catches_a_signature_on_the_hash_of_another_ballot() -> None:
    first, second, third = ballots_of(fair())
    caught_first_at(
        7, "not the hash of the ballot", reboxed([structs.replace(first, signature=second.signature), second, third])
    )


def test_check_7_catches_every_order_of_ballots_but_that_of_their_trackers() -> None:
    ballots = Forgery(fair()).archive.ballots
    for left, right in combinations(range(3), 2):
        swapped = list(ballots)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        forged = Forgery(fair())
        forged.rearchive(ballots=tuple(swapped))
        caught_at(7, "not in the order of their trackers", forged)


# Check 8: ballot proofs


@cache
def narrow() -> Played:
    """Three ballots of at most one mark."""
    roll = small_roll(4)
    contest = structs.replace(small_contest(roll), max_marks=1)
    return play((((1,),), ((2,),), ((1,),)), staging=Staging(roll=roll, questions=(contest,)))


def first_reboxed(answer: Answer, played: Played) -> Forgery:
    """The first ballot answers otherwise, properly signed by its credential and counted."""
    first, *others = ballots_of(played)
    changed = structs.replace(first.unsigned, answers=(answer,))
    return reboxed([resign(played.election, played.papers[0], changed), *others], played)


class Marker:
    """Marks of any number, with proofs that claim something permitted."""

    def __init__(self, election: Election, credential: str) -> None:
        self.ring, self.key = election_key(election)
        self.context = ballot_context(election, credential)
        self.most = election.questions[0].max

    def answer(self, marks: list[int]) -> Answer:
        ring = self.ring
        secrets = [ring.random_scalar() for _ in marks]
        ciphers = [
            Cipher(ring.base(r), ring.multiply(ring.power(self.key, r), ring.base(mark % ring.q)))
            for r, mark in zip(secrets, marks, strict=True)
        ]
        choices = tuple(Choice(ring.text(cipher.alpha), ring.text(cipher.beta)) for cipher in ciphers)
        proofs = tuple(
            prove_interval(ring, self.key, cipher, r, min(max(mark, 0), 1), range(2), self.context)
            for cipher, r, mark in zip(ciphers, secrets, marks, strict=True)
        )
        total, claimed = sum(secrets) % ring.q, min(sum(marks), self.most)
        whole = f"{self.context}|" + ",".join(f"{choice.alpha},{choice.beta}" for choice in choices)
        overall = prove_interval(ring, self.key, multiply(ring, ciphers), total, claimed, range(self.most + 1), whole)
        return Answer(choices, proofs, overall)


@pytest.mark.parametrize(
    ("marks", "telling"),
    [
        ([2, 0, 0], "mark 1: the proof that the marks are permitted does not hold"),
        ([1, 1, 2], "mark 3: the proof that the marks are permitted does not hold"),
        ([1, 0, -1], "mark 3: the proof that the marks are permitted does not hold"),
    ],
    ids=["two", "hidden two", "minus one"],
)
def test_check_8_catches_a_mark_that_is_neither_yes_nor_no(marks: list[int], telling: str) -> None:
    answer = Marker(fair().election, fair().papers[0].paper.credential).answer(marks)
    if -1 in marks:
        # Another ballot marks the third candidate, or the sum could not be decrypted.
        played = play((((1,),), ((3,),), ((),)))
        answer = Marker(played.election, played.papers[0].paper.credential).answer(marks)
        caught_at(8, telling, first_reboxed(answer, played))
    else:
        caught_at(8, telling, first_reboxed(answer, fair()))


def test_the_marker_makes_proofs_that_hold_for_permitted_marks() -> None:
    answer = Marker(narrow().election, narrow().papers[0].paper.credential).answer([0, 1, 0])
    assert faults(first_reboxed(answer, narrow()).record()) == {}


def test_check_8_catches_more_marks_than_are_permitted() -> None:
    answer = Marker(narrow().election, narrow().papers[0].paper.credential).answer([1, 1, 0])
    caught_at(8, "contest 1: the proof that the marks are permitted does not hold", first_reboxed(answer, narrow()))


def broken_answers(answer: Answer, ring_order: int) -> Iterator[Answer]:
    """The answer with one scalar of one proof off by one, each in turn."""

    def off(proofs: tuple[Proof, ...]) -> Iterator[tuple[Proof, ...]]:
        for place, proof in enumerate(proofs):
            for field in ("challenge", "response"):
                value = str((int(getattr(proof, field)) + 1) % ring_order)
                yield (*proofs[:place], structs.replace(proof, **{field: value}), *proofs[place + 1 :])

    individual = answer.individual_proofs
    for mark, proofs in enumerate(individual):
        for broken in off(proofs):
            yield structs.replace(answer, individual_proofs=(*individual[:mark], broken, *individual[mark + 1 :]))
    for broken in off(answer.overall_proof):
        yield structs.replace(answer, overall_proof=broken)


def test_check_8_catches_each_field_of_each_proof() -> None:
    answers = list(broken_answers(ballots_of(narrow())[0].answers[0], group("Ed25519").q))
    assert len(answers) == 3 * 4 + 4
    for answer in answers:
        caught_first_at(8, "the proof that the marks are permitted does not hold", first_reboxed(answer, narrow()))


def test_check_8_catches_proofs_of_two_marks_swapped() -> None:
    answer = ballots_of(narrow())[0].answers[0]
    first, second, third = answer.individual_proofs
    caught_at(8, "mark 1", first_reboxed(structs.replace(answer, individual_proofs=(second, first, third)), narrow()))


def test_check_8_catches_two_marks_swapped_with_their_proofs() -> None:
    answer = ballots_of(narrow())[0].answers[0]
    turned = Answer(answer.choices[::-1], answer.individual_proofs[::-1], answer.overall_proof)
    caught_at(8, "contest 1: the proof", first_reboxed(turned, narrow()))


def test_check_8_catches_a_ballot_of_another_delegate_copied_onto_a_paper() -> None:
    _, victim, third = ballots_of(fair())
    thief = fair().papers[0]
    copied = structs.replace(victim.unsigned, credential=thief.paper.credential)
    caught_at(8, "mark 1", reboxed([resign(fair().election, thief, copied), victim, third]))


@pytest.mark.parametrize("extra", [-1, 1])
def test_check_8_catches_a_ballot_with_a_mark_too_many_or_too_few(extra: int) -> None:
    answer = ballots_of(fair())[0].answers[0]
    places = range(3 + extra)
    changed = Answer(
        tuple(answer.choices[place % 3] for place in places),
        tuple(answer.individual_proofs[place % 3] for place in places),
        answer.overall_proof,
    )
    first, *others = ballots_of(fair())
    ballot = resign(fair().election, fair().papers[0], structs.replace(first.unsigned, answers=(changed,)))
    forged = Forgery(fair())
    forged.rearchive(ballots=tuple(sorted((ballot, *others), key=lambda one: one.tracker)))
    caught_first_at(8, "the number of encrypted marks is not the number of candidates", forged)


@pytest.mark.parametrize("count", [0, 2])
def test_check_8_catches_a_ballot_with_a_contest_too_many_or_none(count: int) -> None:
    first, *others = ballots_of(fair())
    answers = first.answers * count
    ballot = resign(fair().election, fair().papers[0], structs.replace(first.unsigned, answers=answers))
    forged = Forgery(fair())
    forged.rearchive(ballots=tuple(sorted((ballot, *others), key=lambda one: one.tracker)))
    caught_first_at(8, "does not answer the questions", forged)


def test_check_8_catches_a_ballot_encrypted_for_another_key() -> None:
    _, secret = new_trustee("Mallory", "Ed25519")
    ring = group("Ed25519")
    own = structs.replace(fair().election, public_key=ring.text(ring.base(secret)))
    paper = fair().papers[0]
    answer = Marker(fair().election, paper.paper.credential)
    answer.key = ring.element(own.public_key)
    first, *others = ballots_of(fair())
    changed = structs.replace(first.unsigned, answers=(answer.answer([1, 0, 0]),))
    forged = Forgery(fair())
    ballots = (resign(fair().election, paper, changed), *others)
    forged.rearchive(ballots=tuple(sorted(ballots, key=lambda one: one.tracker)))
    caught_first_at(8, "mark 1", forged)
