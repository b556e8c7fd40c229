"""The booth: a paper and marks in, a sealed ballot or a challenge out. It never knows who is marking (protocol §4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from ballot.challenge import Challenge, numbers_of
from ballot.crypto.groups import group
from ballot.crypto.paper import check_paper
from ballot.crypto.proofs import prove_signature
from ballot.crypto.sealing import ballot_context, seal_answer
from ballot.errors import Invalid, Refused
from ballot.votes import (
    Ballot,
    BallotSignature,
    BoothPaper,
    Candidate,
    Contest,
    Election,
    Opening,
    SealedBallot,
    UnsignedBallot,
)

_SEPARATORS = dict.fromkeys(map(ord, ",;.،؛，；、"), " ")
_LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Filled:
    """A marked and encrypted ballot before its credential signs, with the randomness that a challenge would reveal."""

    ballot: UnsignedBallot
    randomness: tuple[tuple[int, ...], ...] = field(repr=False)
    marks: tuple[tuple[int, ...], ...] = field(repr=False)


def check_booth_paper(opening: Opening, election: Election, booth_paper: BoothPaper) -> None:
    """Check a paper before anybody marks it: election, both signatures, and that its secret belongs to it.

    Raises Invalid.
    """
    if booth_paper.opening != opening.fingerprint:
        raise Invalid("the paper is for another election", "Ask the desk for the paper of this election.")
    check_paper(opening, election, booth_paper.paper)
    ring = group(election.group)
    if ring.text(ring.base(ring.scalar(booth_paper.secret))) != booth_paper.paper.credential:
        raise Invalid("the secret beside the paper is not the paper's own", "Take the paper as the desk gave it.")


def presented(contest: Contest, chance: Random) -> tuple[Candidate, ...]:
    """The candidates in the order in which one voter sees them: ballot order, or shuffled if the contest says so.

    `chance` is a source of secure randomness. The ballot numbers stay whatever the order.
    """
    candidates = list(contest.candidates)
    if contest.shuffle:
        chance.shuffle(candidates)
    return tuple(candidates)


def read_numbers(text: str) -> list[int]:
    """Candidate numbers as a person types them, in any script: `3,7,9`, `3 7 9`; nothing for nobody.

    Raises Refused for anything but numbers.
    """
    words = text.translate(_SEPARATORS).split()
    odd = [word for word in words if not (word.isdecimal() and len(word) <= _LONGEST_NUMBER)]
    if odd:
        raise Refused(f"{odd[0]!r} is not a number", "Type the candidates' numbers with commas between: 3,7,9.")
    return [int(word) for word in words]


def read_marks(contest: Contest, text: str) -> list[int]:
    """The numbers that a person types for a contest; of a question also the words of its answers, in any case.

    Raises Refused for anything else.
    """
    if not contest.asks:
        return read_numbers(text)
    answers = {answer.name.casefold(): str(answer.number) for answer in contest.candidates}
    words = text.translate(_SEPARATORS).split()
    odd = [word for word in words if word.casefold() not in answers and not word.isdecimal()]
    if odd:
        raise Refused(f"{odd[0]!r} is no answer", f"{bounds(contest)}.")
    return read_numbers(" ".join(answers.get(word.casefold(), word) for word in words))


def marks_of(contest: Contest, numbers: Sequence[int], more_to_come: bool = False) -> tuple[int, ...]:
    """One 0 or 1 per candidate, in ballot order, for the candidate numbers marked.

    Raises Refused for an unknown number, a candidate marked twice, or more or fewer marks than the contest permits;
    fewer are fine while there are more to come.
    """
    known = [candidate.number for candidate in contest.candidates]
    noun = "answer" if contest.asks else "candidate"
    unknown = sorted(set(numbers) - set(known))
    if unknown:
        listed = ", ".join(str(number) for number in unknown)
        raise Refused(f"there is no {noun} {listed}", f"The {noun}s are numbered {known[0]} to {known[-1]}.")
    twice = sorted({number for number in numbers if list(numbers).count(number) > 1})
    if twice:
        raise Refused(f"{noun} {twice[0]} is marked twice", f"Mark each {noun} at most once.")
    least = 0 if more_to_come else contest.min_marks
    if not least <= len(numbers) <= contest.max_marks:
        are = f"{noun} is" if len(numbers) == 1 else f"{noun}s are"
        raise Refused(f"{len(numbers) or 'no'} {are} marked", f"{bounds(contest)}.")
    return tuple(int(number in numbers) for number in known)


def bounds(contest: Contest) -> str:
    """How many candidates a ballot may mark, or how a question is answered, as an instruction."""
    if contest.asks:
        words = " or ".join(answer.name.casefold() for answer in contest.candidates)
        numbers = " or ".join(str(answer.number) for answer in contest.candidates)
        return f"Type {words} ({numbers}), or nothing for a blank"
    least, most = contest.min_marks, contest.markable
    noun = "candidate" if most == 1 else "candidates"
    if least == most:
        return f"Mark {most} {noun}"
    return f"Mark up to {most} {noun}" if least == 0 else f"Mark {least} to {most} {noun}"


def fill(election: Election, credential: str, marks: Sequence[tuple[int, ...]]) -> Filled:
    """Encrypt the marks of every contest, in order, on the paper with this credential."""
    context = ballot_context(election, credential)
    sealed = [
        seal_answer(election, question, chosen, context)
        for question, chosen in zip(election.questions, marks, strict=True)
    ]
    ballot = UnsignedBallot(election.uuid, election.fingerprint, credential, tuple(answer.answer for answer in sealed))
    return Filled(ballot, tuple(answer.randomness for answer in sealed), tuple(marks))


def seal(election: Election, booth_paper: BoothPaper, filled: Filled) -> SealedBallot:
    """Sign a filled ballot with the paper's credential: what is cast. The randomness is forgotten with `filled`."""
    ring = group(election.group)
    unsigned = filled.ballot
    proof = prove_signature(ring, ring.scalar(booth_paper.secret), unsigned.hash)
    ballot = Ballot(
        unsigned.election_uuid,
        unsigned.election_hash,
        unsigned.credential,
        unsigned.answers,
        BallotSignature(unsigned.hash, proof),
    )
    return SealedBallot(booth_paper.paper, ballot)


def challenge(opening: Opening, filled: Filled) -> Challenge:
    """Open a filled ballot that nobody signed, so that anyone can see what it holds. It must never be signed after."""
    numbers = tuple(map(numbers_of, opening.contests, filled.marks))
    randomness = tuple(tuple(str(one) for one in contest) for contest in filled.randomness)
    return Challenge(opening.fingerprint, filled.ballot, numbers, randomness)
