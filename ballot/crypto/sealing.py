"""Encrypted answers (protocol §4): marks in, answers with proofs out; ballots in, Invalid or their tally out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ballot.crypto.groups import Element, Group, group
from ballot.crypto.proofs import Cipher, check_interval, check_signature, encrypt, multiply, prove_interval
from ballot.errors import Invalid
from ballot.votes import Answer, Ballot, Choice, Ciphertexts, Election, Question, UnsignedBallot


@dataclass(frozen=True)
class SealedAnswer:
    """An encrypted answer with the randomness of each of its choices, which only a challenge ever reveals."""

    answer: Answer
    randomness: tuple[int, ...] = field(repr=False)


def seal_answer(election: Election, question: Question, marks: Sequence[int], context: str) -> SealedAnswer:
    """Encrypt one question: `marks` holds a 0 or 1 per answer, their sum within the question's bounds."""
    ring, key = election_key(election)
    randomness = tuple(ring.random_scalar() for _ in marks)
    ciphers = [encrypt(ring, key, mark, r) for mark, r in zip(marks, randomness, strict=True)]
    choices = tuple(Choice(ring.text(c.alpha), ring.text(c.beta)) for c in ciphers)
    individual = tuple(
        prove_interval(ring, key, cipher, r, mark, range(2), context)
        for cipher, r, mark in zip(ciphers, randomness, marks, strict=True)
    )
    whole, total = multiply(ring, ciphers), sum(randomness) % ring.q
    overall = prove_interval(ring, key, whole, total, sum(marks), _bounds(question), _whole_context(context, choices))
    return SealedAnswer(Answer(choices, individual, overall), randomness)


def ballot_context(election: Election, credential: str) -> str:
    """S0 = φ + "|" + C, which ties every proof of a ballot to its election and its paper (protocol §4)."""
    return f"{election.fingerprint}|{credential}"


def election_key(election: Election) -> tuple[Group, Element]:
    """The group and the checked election key y. Raises Invalid."""
    ring = group(election.group)
    return ring, ring.element(election.public_key)


def check_ballot(election: Election, ballot: Ballot) -> None:
    """Check a ballot in full (protocol §4): form, election, credential's signature, every proof. Raises Invalid.

    Whether the credential belongs to a good paper, and was used before, is not asked here.
    """
    check_ballot_signature(election, ballot)
    check_ballot_proofs(election, ballot.unsigned)


def check_whole(ballot: Ballot) -> None:
    """The ballot is the one that its signature was made on, whatever election it is for. Raises Invalid."""
    if ballot.signature.hash != ballot.unsigned.hash:
        raise Invalid("the hash that the ballot's signature names is not the hash of the ballot")


def check_ballot_signature(election: Election, ballot: Ballot) -> None:
    """The ballot is for this election and signed by its credential. Raises Invalid."""
    if ballot.election_uuid != election.uuid or ballot.election_hash != election.fingerprint:
        raise Invalid("the ballot is for another election")
    check_whole(ballot)
    ring = group(election.group)
    check_signature(ring, ring.element(ballot.credential), ballot.signature.hash, ballot.signature.proof)


def check_ballot_proofs(election: Election, ballot: UnsignedBallot) -> None:
    """Every mark is 0 or 1 and their number is within the bounds. Raises Invalid."""
    if len(ballot.answers) != len(election.questions):
        raise Invalid("the ballot does not answer the questions of the election")
    for number, (question, answer) in enumerate(zip(election.questions, ballot.answers, strict=True), start=1):
        try:
            _check_answer(election, question, answer, ballot_context(election, ballot.credential))
        except Invalid as error:
            raise Invalid(f"contest {number}: {error.message}") from None


def _check_answer(election: Election, question: Question, answer: Answer, context: str) -> None:
    ring, key = election_key(election)
    if len(answer.choices) != len(question.answers) or len(answer.individual_proofs) != len(question.answers):
        raise Invalid("the number of encrypted marks is not the number of candidates")
    ciphers: list[Cipher] = []
    for number, (choice, proofs) in enumerate(zip(answer.choices, answer.individual_proofs, strict=True), start=1):
        try:
            cipher = Cipher(ring.read_unchecked(choice.alpha), ring.read_unchecked(choice.beta, identity=True))
            ciphers.append(cipher)
            check_interval(ring, key, cipher, range(2), context, proofs)
        except Invalid as error:
            raise Invalid(f"mark {number}: {error.message}") from None
    whole = multiply(ring, ciphers)
    check_interval(ring, key, whole, _bounds(question), _whole_context(context, answer.choices), answer.overall_proof)


def read_cipher(ring: Group, choice: Choice) -> Cipher:
    """A ciphertext of a ballot: both parts in the group, alpha not the identity. Raises Invalid."""
    return Cipher(ring.element(choice.alpha), ring.element(choice.beta, identity=True))


def tally(election: Election, ballots: Sequence[UnsignedBallot]) -> Ciphertexts:
    """The product of all ballots, per contest and candidate (protocol §6); 1,1 for no ballots at all.

    The ballots have passed `check_ballot_proofs`. Each product is checked to be in the group all the same, for it is
    what a trustee's secret is applied to. Raises Invalid.
    """
    return add_up(election, [subtotal(election, ballots)])


def add_up(election: Election, parts: Iterable[Sequence[Sequence[Choice]]]) -> Ciphertexts:
    """The product of subtotals, per contest and candidate. Raises Invalid when a product is not in the group."""
    ring = group(election.group)
    sums = _product(election, parts)
    for choice in (choice for choices in sums for choice in choices):
        ring.element(choice.alpha, identity=True)
        ring.element(choice.beta, identity=True)
    return sums


def subtotal(election: Election, ballots: Sequence[UnsignedBallot]) -> Ciphertexts:
    """The product of some ballots that have passed `check_ballot_proofs`, for `add_up`."""
    return _product(election, ([answer.choices for answer in ballot.answers] for ballot in ballots))


def _product(election: Election, parts: Iterable[Sequence[Sequence[Choice]]]) -> Ciphertexts:
    ring = group(election.group)
    totals = [[Cipher(ring.identity, ring.identity)] * len(question.answers) for question in election.questions]
    for part in parts:
        for sums, choices in zip(totals, part, strict=True):
            for place, choice in enumerate(choices):
                alpha, beta = ring.read_checked(choice.alpha), ring.read_checked(choice.beta)
                sums[place] = Cipher(ring.multiply(sums[place].alpha, alpha), ring.multiply(sums[place].beta, beta))
    return tuple(tuple(Choice(ring.text(c.alpha), ring.text(c.beta)) for c in sums) for sums in totals)


def _bounds(question: Question) -> range:
    return range(question.min, question.max + 1)


def _whole_context(context: str, choices: Sequence[Choice]) -> str:
    return context + "|" + ",".join(f"{choice.alpha},{choice.beta}" for choice in choices)
