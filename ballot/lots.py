"""Lots drawn in public: in, what people contributed to the seed; out, the seed and the order that follows from it.

The structure is that of RFC 3797, with SHA-512 and rejection sampling in place of MD5 and modulo (protocol §8).
Anyone can replay a draw from the published contributions. Each contributor of words first hands in a commitment and
reveals the words when all commitments are in; dice are rolled in public and typed in as they fall.
"""

import hmac
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ballot.errors import Refused
from ballot.tables import MAX_CELL, shown, text_problem
from ballot.wire import Wire, encode, tagged

MIN_DICE = 20
"""Fewest dice in one contribution; 20 fair dice carry 51 bits."""

MAX_DICE = MAX_CELL // 2
"""Most dice in one contribution: with a space between any two they are one plain text, as all contributions are."""

HASH_BITS = 512


class Contribution(Wire, frozen=True):
    """What one person adds to the seed: `words` with the commitment made before, or `dice` with an empty one.

    `value` is the text as revealed, or the dice as `normal_dice` writes them; `commitment` is 128 hex digits.
    """

    by: str
    kind: Literal["words", "dice"]
    value: str
    commitment: str


class _Subject(Wire, frozen=True):
    """What is drawn, in the form that is hashed."""

    contest: int
    candidates: tuple[int, ...]


def commitment(opening: str, by: str, text: str) -> str:
    """What a contributor hands in before revealing: hex of T("lot-commit", Ω, by, text), 128 digits.

    `opening` is Ω (64 hex digits), `by` the contributor's name, `text` the words, each hashed as UTF-8. The words
    should be a sentence that nobody can guess.
    """
    return tagged("lot-commit", opening, by, text).hex()


def normal_dice(text: str) -> str:
    """Dice as they are hashed: the digits 1 to 6 with one space between.

    In `text` spaces or commas may stand between any two of them. Raises Refused for anything else, and for fewer than
    20 dice or more than a contribution can hold: the lots could never be drawn from those.
    """
    groups = re.split("[ ,]+", text)
    dice = "".join(groups)
    if odd := next((group for group in groups if re.search("[^1-6]", group)), ""):
        # In a group of dice the one that is none; in any other word there is none to look for.
        wrong = f"{shown(re.sub('[1-6]', '', odd)[0])} in {shown(odd)}" if re.search("[1-6]", odd) else shown(odd)
        raise Refused(
            f"{wrong} is not a die",
            "Type the dice as digits 1 to 6, one by one or in groups, with spaces or commas between.",
        )
    if len(dice) < MIN_DICE:
        raise Refused(
            f"{len(dice)} dice, at least {MIN_DICE} are needed", "Roll more dice and type them all, in order."
        )
    if len(dice) > MAX_DICE:
        raise Refused(f"{len(dice)} dice, at most {MAX_DICE} are taken", f"Type the first {MAX_DICE}, in order.")
    return " ".join(dice)


def check_reveal(opening: str, contribution: Contribution) -> None:
    """Raises Refused unless words open their commitment, and dice are in normal form with no commitment."""
    by = shown(contribution.by)
    for what, value in (("name", contribution.by), ("words", contribution.value)):
        if problem := text_problem(value) or ("" if value else "nothing is there"):
            raise Refused(f"the {what} of {by}: {problem}", "Type them exactly as when committing.")
    if contribution.kind == "dice":
        if contribution.commitment or normal_dice(contribution.value) != contribution.value:
            raise Refused(f"the dice of {by} are not in the form in which dice are recorded")
        return
    expected = commitment(opening, contribution.by, contribution.value)
    if not hmac.compare_digest(expected.encode(), contribution.commitment.encode()):
        raise Refused(
            f"the words of {by} are not those of the commitment", "Type the words exactly as when committing."
        )


def seed(
    opening: str, totals_digest: str, contest: int, tied: Sequence[int], contributions: Sequence[Contribution]
) -> bytes:
    """The seed of a draw, 64 bytes: T("lot", Ω, digest of the totals, subject, contribution 1, contribution 2, …).

    Fields, each with its length as 8 bytes big-endian before it (`wire.tagged`): Ω and the digest as hex text; the
    subject as canonical JSON `{"contest":c,"candidates":[…]}`, c the contest's number as the election counts them and
    the candidates in ballot order; each contribution as canonical JSON
    `{"by":…,"kind":…,"value":…,"commitment":…}`, in the order fixed before the draw.
    Raises Refused for fewer than two candidates, a candidate or contributor named twice, no contribution, or one that
    `check_reveal` refuses.
    """
    candidates = _in_ballot_order(tied)
    if not contributions:
        raise Refused("a draw needs at least one contribution")
    if len({contribution.by for contribution in contributions}) != len(contributions):
        raise Refused("a contributor is named twice", "Each person contributes once to a draw.")
    for contribution in contributions:
        check_reveal(opening, contribution)
    subject = encode(_Subject(contest, candidates))
    return tagged("lot", opening, totals_digest, subject, *(encode(contribution) for contribution in contributions))


def draw(seed: bytes, tied: Sequence[int]) -> tuple[int, ...]:
    """The order that a seed gives to tied candidates, first drawn first; the order of `tied` does not matter.

    h_i = T("lot-draw", seed, i) as a 512-bit big-endian number, i in decimal, counting every hash of the draw from 0.
    While n candidates remain (in ballot order) and n is 2 or more: take the next h_i until one is below the largest
    multiple of n up to 2^512, pick the candidate at position h_i mod n from 0, take it out. The last one needs no hash.
    Raises Refused for fewer than two candidates or one named twice.
    """
    remaining = list(_in_ballot_order(tied))
    hashes = (int.from_bytes(tagged("lot-draw", seed, str(i)), "big") for i in itertools.count())
    order = []
    while len(remaining) > 1:
        order.append(remaining.pop(index_below(len(remaining), hashes)))
    return (*order, remaining[0])


def index_below(count: int, numbers: Iterator[int]) -> int:
    """An index from 0 to count-1, each equally likely, from uniform 512-bit numbers; the few that would favour some are
    passed over."""
    limit = 2**HASH_BITS - 2**HASH_BITS % count
    return next(number for number in numbers if number < limit) % count


def _in_ballot_order(tied: Sequence[int]) -> tuple[int, ...]:
    if len(tied) < 2 or len(set(tied)) != len(tied):
        raise Refused("lots are drawn among two or more different candidates")
    return tuple(sorted(tied))
