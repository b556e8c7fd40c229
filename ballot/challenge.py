"""A challenged ballot (protocol §4): what a booth revealed in; what the ballot really holds, and every fault, out.

The marks are computed from the ciphertexts and the randomness alone: nothing that the booth says of them is believed.
"""

from collections.abc import Sequence

from ballot.crypto.groups import Element, Group
from ballot.crypto.sealing import check_ballot_proofs, election_key, read_cipher
from ballot.errors import Invalid
from ballot.receipt import is_noted
from ballot.votes import Choice, Contest, Election, Opening, UnsignedBallot
from ballot.wire import Wire

Numbers = tuple[tuple[int, ...], ...]
"""Ballot numbers of candidates, per contest."""

_NOTHING = ("nobody", "nothing")


class Challenge(Wire, frozen=True):
    """A sealed ballot that was opened instead of cast: Ω, the ballot that was never signed, and what is inside it.

    `marks` are the ballot numbers that the booth says are marked, per contest; `randomness` is the r of every
    candidate's mark, per contest in ballot order, in base 10.
    """

    opening: str
    ballot: UnsignedBallot
    marks: Numbers
    randomness: tuple[tuple[str, ...], ...]


class Opened(Wire, frozen=True):
    """What a challenge shows: the ballot's hash, the numbers it really holds per contest, and the booth's faults."""

    hash: str
    holds: Numbers
    faults: tuple[str, ...]


def check_challenge(
    opening: Opening,
    election: Election,
    challenge: Challenge,
    noted: str = "",
    marked: Sequence[Sequence[int]] | None = None,
) -> Opened:
    """Open a challenged ballot and check the booth.

    `noted` is the hash that the booth showed before the challenge, as text or in words; `marked` are the numbers that
    the voter marked, per contest. Only with both is the booth fully checked. Raises Invalid when the challenge is from
    another election, or `noted` is no hash; everything else that is wrong is a fault of the booth.
    """
    if challenge.opening != opening.fingerprint:
        raise Invalid("the challenge is from another election", "Give the opening of the election it was made in.")
    ballot, faults = challenge.ballot, []
    if noted and not is_noted(ballot.hash, noted):
        faults.append("the ballot is not the one whose hash was noted before the challenge")
    holds, unopened = _opened(opening, election, challenge)
    faults += unopened + _proof_faults(election, ballot)
    if not unopened:
        contests = opening.contests
        faults += _differences("the booth says that it marked", contests, challenge.marks, holds)
        faults += _differences("the voter marked", contests, marked, holds) if marked is not None else []
    return Opened(ballot.hash, holds, tuple(faults))


def _proof_faults(election: Election, ballot: UnsignedBallot) -> list[str]:
    if (ballot.election_uuid, ballot.election_hash) != (election.uuid, election.fingerprint):
        return ["the ballot was sealed for another election"]
    try:
        ring, _ = election_key(election)
        ring.element(ballot.credential)
        check_ballot_proofs(election, ballot)
    except Invalid as error:
        return [error.message]
    return []


def _opened(opening: Opening, election: Election, challenge: Challenge) -> tuple[Numbers, list[str]]:
    """The numbers held per contest, as far as they open, and a fault for every mark that does not."""
    answers = challenge.ballot.answers
    if not len(opening.contests) == len(answers) == len(challenge.randomness):
        return (), ["the ballot does not answer the contests of the election, or was not opened in full"]
    ring, key = election_key(election)
    holds: list[tuple[int, ...]] = []
    faults: list[str] = []
    for place, (contest, answer, revealed) in enumerate(
        zip(opening.contests, answers, challenge.randomness, strict=True), start=1
    ):
        held = []
        if not len(contest.candidates) == len(answer.choices) == len(revealed):
            faults.append(f"contest {place}: there is not one mark, and its randomness, for every candidate")
            continue
        for candidate, choice, randomness in zip(contest.candidates, answer.choices, revealed, strict=True):
            try:
                if _mark(ring, key, choice, randomness):
                    held.append(candidate.number)
            except Invalid as error:
                faults.append(f"contest {place}, candidate {candidate.number}: {error.message}")
        holds.append(tuple(held))
    return tuple(holds), faults


def _mark(ring: Group, key: Element, choice: Choice, randomness: str) -> bool:
    """Whether a ciphertext holds a mark. Raises Invalid unless α = g^r, and β/y^r is 1 or g."""
    r = ring.scalar(randomness)
    cipher = read_cipher(ring, choice)
    if ring.base(r) != cipher.alpha:
        raise Invalid("what the booth revealed does not open this mark")
    plain = ring.divide(cipher.beta, ring.public_power(key, r))
    if plain not in (ring.identity, ring.generator):
        raise Invalid("what is sealed is neither a mark nor no mark")
    return plain == ring.generator


def _differences(
    who: str, contests: Sequence[Contest], said: Sequence[Sequence[int]], holds: Sequence[Sequence[int]]
) -> list[str]:
    if len(said) != len(holds):
        return [f"{who} {len(said)} contests, and the ballot has {len(holds)}"]
    return [
        f"contest {place}: {who} {marks_line(contest, told)}, and the sealed ballot holds {marks_line(contest, held)}"
        for place, (contest, told, held) in enumerate(zip(contests, said, holds, strict=True), start=1)
        if sorted(told) != sorted(held)
    ]


def marks_line(contest: Contest, numbers: Sequence[int]) -> str:
    """Ballot numbers in a sentence, or the answers that they stand for."""
    answers = {answer.number: answer.name.casefold() for answer in contest.candidates if contest.asks}
    return ", ".join(answers.get(number, str(number)) for number in sorted(numbers)) or _NOTHING[contest.asks]


def numbers_of(contest: Contest, marks: Sequence[int]) -> tuple[int, ...]:
    """Ballot numbers of the candidates whose mark is 1."""
    return tuple(candidate.number for candidate, mark in zip(contest.candidates, marks, strict=True) if mark)
