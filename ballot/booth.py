"""The booth: a paper and marks in, a sealed ballot out. It never knows who is marking (design §7, protocol §4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ballot.crypto.groups import group
from ballot.crypto.proofs import prove_signature
from ballot.crypto.sealing import ballot_context, seal_answer
from ballot.errors import Refused
from ballot.votes import Ballot, BallotSignature, BoothPaper, Contest, Election, SealedBallot, UnsignedBallot


@dataclass(frozen=True)
class Filled:
    """A marked and encrypted ballot before its credential signs, with the randomness that a challenge would reveal."""

    ballot: UnsignedBallot
    randomness: tuple[tuple[int, ...], ...] = field(repr=False)
    marks: tuple[tuple[int, ...], ...] = field(repr=False)


def marks_of(contest: Contest, numbers: Sequence[int]) -> tuple[int, ...]:
    """One 0 or 1 per candidate, in ballot order, for the candidate numbers marked.

    Raises Refused for an unknown number, a candidate marked twice, or more or fewer marks than the contest permits.
    """
    known = [candidate.number for candidate in contest.candidates]
    unknown = sorted(set(numbers) - set(known))
    if unknown:
        listed = ", ".join(str(number) for number in unknown)
        raise Refused(f"there is no candidate {listed}", f"The candidates are numbered {known[0]} to {known[-1]}.")
    twice = sorted({number for number in numbers if list(numbers).count(number) > 1})
    if twice:
        raise Refused(f"candidate {twice[0]} is marked twice", "Mark each candidate at most once.")
    if not contest.min_marks <= len(numbers) <= contest.max_marks:
        raise Refused(
            f"{len(numbers)} candidates are marked", f"Mark {contest.min_marks} to {contest.max_marks} candidates."
        )
    return tuple(int(number in numbers) for number in known)


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
