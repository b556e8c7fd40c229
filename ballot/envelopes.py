"""Envelope papers (design §7): an opening and both keys in, codes and the booth's file out; a code in, a paper out.

Whoever had a list of the printed papers could tell envelope ballots from others. So the booth's file holds every paper
locked under its own code, in an order that follows from nothing but the codes; all entries have the same length.
"""

import re
from collections.abc import Sequence

from ballot.crypto import codes
from ballot.crypto.groups import group
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import blind_paper, read_hex, sign_blindly, unblind_paper
from ballot.crypto.words import fingerprint_words
from ballot.errors import Invalid, Refused
from ballot.votes import BoothPaper, Election, Opening, Paper
from ballot.wire import MAX_JSON, Wire, encode

_PARTS = (32, 384, 384)
"""Bytes of a paper's prefix and of its two signatures; its credential follows from the code."""

_TAG_BYTES = 16

_GOOD_FOR = "Type this code at the booth; it is good for one ballot."
"""Stands on every slip."""


class Envelope(Wire, frozen=True):
    """One envelope's paper: `lookup` (32 hex digits) finds it, and only its code opens `locked` (hex)."""

    lookup: str
    locked: str


class Envelopes(Wire, frozen=True):
    """The booth's file: Ω and all envelopes printed so far, sorted by `lookup`."""

    opening: str
    envelopes: tuple[Envelope, ...]


def print_envelope(opening: Opening, election: Election, head: OfficialKey, seal: OfficialKey) -> tuple[int, Envelope]:
    """One anonymous paper, signed and sealed as any other: the bits of its code, and its envelope."""
    ring, omega = group(election.group), opening.fingerprint
    bits = codes.new()
    credential = ring.text(ring.base(codes.secret_of(ring, omega, bits)))
    for_head, for_seal, blinding = blind_paper(opening, credential)
    answers = sign_blindly(head, for_head), sign_blindly(seal, for_seal)
    paper = unblind_paper(opening, election, credential, blinding, *answers)
    content = bytes.fromhex(paper.prefix + paper.signature + paper.seal)
    return bits, Envelope(codes.lookup_of(omega, bits), codes.lock(omega, bits, content).hex())


def merge(opening: Opening, present: Envelopes | None, new: Sequence[Envelope]) -> Envelopes:
    """The booth's file with more envelopes."""
    known = present.envelopes if present else ()
    return Envelopes(opening.fingerprint, tuple(sorted((*known, *new), key=lambda one: one.lookup)))


def require_room(opening: Opening, present: Envelopes | None, count: int) -> None:
    """Raise Refused where the booth's file would be larger than a booth reads, with how many more it can hold."""
    nobody = Envelope("0" * 32, "00" * (sum(_PARTS) + _TAG_BYTES))
    empty = len(encode(Envelopes(opening.fingerprint, ())))
    # A comma stands between two of them.
    most = (MAX_JSON - empty + 1) // (len(encode(nobody)) + 1)
    left = most - len(present.envelopes if present else ())
    if count > left:
        raise Refused(
            f"the booth's file holds at most {most} envelopes; at most {left} more can be printed, and not {count}",
            "The other delegates get papers of their own: `ballot issue`.",
        )


def open_envelope(opening: Opening, election: Election, envelopes: Envelopes, bits: int) -> BoothPaper:
    """The paper of a code, from the booth's file. The paper's signatures are not checked here.

    Raises Invalid when the file is of another election or was changed, Refused when the code is none of its codes.
    """
    omega, ring = opening.fingerprint, group(election.group)
    if envelopes.opening != omega:
        raise Invalid("the file of envelopes is for another election")
    lookup = codes.lookup_of(omega, bits)
    locked = next((envelope.locked for envelope in envelopes.envelopes if envelope.lookup == lookup), None)
    if locked is None:
        raise Refused(
            "there is no envelope with this code",
            "Compare the code with the slip; ask the committee for the newest file of envelopes.",
        )
    content = codes.unlock(omega, bits, read_hex(locked, sum(_PARTS) + _TAG_BYTES, "the locked paper"))
    secret = codes.secret_of(ring, omega, bits)
    prefix, signature, seal = content[:32], content[32:416], content[416:]
    paper = Paper(ring.text(ring.base(secret)), prefix.hex(), signature.hex(), seal.hex())
    return BoothPaper(omega, paper, str(secret))


def check_envelopes(opening: Opening, envelopes: Envelopes) -> None:
    """Check the form of a booth's file: this election, sorted, no envelope twice, all of one length. Raises Invalid."""
    if envelopes.opening != opening.fingerprint:
        raise Invalid("the file of envelopes is for another election")
    lookups = [envelope.lookup for envelope in envelopes.envelopes]
    if lookups != sorted(set(lookups)) or not all(re.fullmatch("[0-9a-f]{32}", lookup) for lookup in lookups):
        raise Invalid("the file of envelopes is not sorted, or holds one twice")
    for envelope in envelopes.envelopes:
        read_hex(envelope.locked, sum(_PARTS) + _TAG_BYTES, "the locked paper")


def slips(opening: Opening, name: str, all_bits: Sequence[int]) -> bytes:
    """Text for printing and cutting: per envelope the election, the code, and the fingerprint's words, in UTF-8."""
    words = [f"{place} {word}" for place, word in enumerate(fingerprint_words(opening.fingerprint), start=1)]
    cut = "- " * 30 + "-"
    lines = [cut]
    for bits in all_bits:
        lines += [
            name,
            "",
            f"    {codes.write(bits)}",
            "",
            _GOOD_FOR,
            "Keep it to yourself. Compare these words with the booth:",
            *(" ".join(words[start : start + 4]) for start in range(0, len(words), 4)),
            cut,
        ]
    return ("\n".join(lines) + "\n").encode()


def are_slips(text: str) -> bool:
    """Whether a text is one that `slips` made, or a part of it with a whole slip."""
    return _GOOD_FOR in text
