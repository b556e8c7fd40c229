"""How large an election can become: its group, contests and voting delegates in; whether its files can be read, out.

A reader refuses what is too large (protocol §15), and would do so after the count, when nothing can be mended.
"""

from collections.abc import Sequence

from ballot.record import MAX_MEMBER
from ballot.votes import Contest
from ballot.wire import MAX_JSON, encode

_ELEMENTS = {"Ed25519": 64, "BELENIOS-2048": 617}
"""Most characters of an element of each group."""

_SCALAR = 77
"""Most digits of a scalar, of either group."""

_PROOF = 2 * _SCALAR + len('{"challenge":"","response":""},')
_PLAIN = 64 * 1024
"""More than all that a file has beside ballots and candidates: keys, trustees, names."""

_PER_VOTER = 12 * 1024
"""More than the record has of a delegate beside the ballot: papers, the line of the register, acts, headers."""


def size_problem(group: str, contests: Sequence[Contest], voters: int) -> str:
    """What is wrong with so many voting delegates and candidates; empty when all files of the election can be read."""
    # Opening and election both name the candidates.
    stated, ballot = 2 * len(encode(contests)) + _PLAIN, largest_ballot(group, contests)
    # The ICB's record holds that of the Assembly as one file.
    record = voters * (ballot + _PER_VOTER) + 8 * stated
    if max(stated, ballot + _PLAIN) > MAX_JSON or record > MAX_MEMBER:
        return (
            f"too large: {voters} ballots of up to {ballot} bytes each make a record of up to {record}, and at most "
            f"{MAX_MEMBER} are read, of a single ballot or of the candidates' names at most {MAX_JSON}"
        )
    return ""


def largest_ballot(group: str, contests: Sequence[Contest]) -> int:
    """Most bytes that a ballot has."""
    element = _ELEMENTS[group]
    candidate = 2 * element + len('{"alpha":"","beta":""},') + 2 * _PROOF + len("[],")
    answers = (
        len(contest.candidates) * candidate + (contest.max_marks - contest.min_marks + 1) * _PROOF
        for contest in contests
    )
    return sum(answers) + len(contests) * 64 + element + _PROOF + 512
