"""Codes of envelope papers (protocol §3): 125 random bits as text that people copy by hand, and what follows from them.

In: bits, or a code as somebody typed it. Out: text in groups, bits, and the secret, the name and the lock that only the
code gives. Everything that identifies a paper is derived with the opening's fingerprint Ω, so a code is good for one
election.
"""

import secrets
from itertools import accumulate, pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.crypto.groups import Group
from ballot.errors import Invalid
from ballot.wire import tagged, tagged_scalar

BITS = 125
LENGTH = 26
"""Characters of a code: 25 for the bits, and the check."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS = (5, 5, 5, 5, 6)
_VALUES = {character: value for value, character in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_SEPARATORS = frozenset("-‐‑‒–—−")
# Nothing is encrypted twice under one key, so one nonce does for all.
_NONCE = bytes(12)


def new() -> int:
    """Fresh bits for a code."""
    return secrets.randbits(BITS)


def write(bits: int) -> str:
    """The code of `bits` (0 to 2^125 - 1) in five groups, Crockford base32 with a check at the end."""
    values = [bits >> shift & 31 for shift in range(BITS - 5, -1, -5)]
    text = "".join(_ALPHABET[value] for value in (*values, _check(values)))
    ends = list(accumulate(_GROUPS, initial=0))
    return "-".join(text[start:end] for start, end in pairwise(ends))


def read(text: str) -> int:
    """The bits of a code as typed: spaces, hyphens and lower case do not matter, O is 0, I and L are 1.

    Raises Invalid for another length, a character that no code has, and a check that does not hold: that finds every
    single wrong character and every two that changed places. No error shows any of the code.
    """
    plain = _plain(text)
    if len(plain) != LENGTH:
        raise Invalid(f"a code has {LENGTH} letters and digits, here are {len(plain)}", "Read it again from the slip.")
    values = []
    for place, character in enumerate(plain, start=1):
        value = _VALUES.get(character.upper()) if character.isascii() else None
        if value is None:
            raise Invalid(f"character {place} of the code cannot stand in a code", "Read it again from the slip.")
        values.append(value)
    if values[-1] != _check(values[:-1]):
        raise Invalid(
            "the code is mistyped: one character is wrong, or two have changed places",
            "Compare it with the slip, group by group.",
        )
    bits = 0
    for value in values[:-1]:
        bits = bits << 5 | value
    return bits


def is_whole(text: str) -> bool:
    """Whether a text has as many letters and digits as a code, and no other signs; it may still be mistyped."""
    plain = _plain(text)
    return len(plain) == LENGTH and all(character.isascii() and character.isalnum() for character in plain)


def secret_of(ring: Group, opening: str, bits: int) -> int:
    """s = T("paper-code", Ω, bits) mod q, the secret of the paper's credential; the bits as 16 bytes."""
    return tagged_scalar(ring.q, "paper-code", opening, _octets(bits))


def lookup_of(opening: str, bits: int) -> str:
    """T("paper-lookup", Ω, bits), the first 16 bytes in hex: where the booth finds the paper; it tells nothing else."""
    return tagged("paper-lookup", opening, _octets(bits))[:16].hex()


def lock(opening: str, bits: int, content: bytes) -> bytes:
    """The content under ChaCha20-Poly1305 (RFC 8439) with T("paper-key", Ω, bits) as its key; used once per code."""
    return _cipher(opening, bits).encrypt(_NONCE, content, lookup_of(opening, bits).encode())


def unlock(opening: str, bits: int, locked: bytes) -> bytes:
    """What was locked with this code. Raises Invalid when it was changed or belongs to another code."""
    try:
        return _cipher(opening, bits).decrypt(_NONCE, locked, lookup_of(opening, bits).encode())
    except InvalidTag:
        raise Invalid("the envelope's paper was changed, or it belongs to another code") from None


def _cipher(opening: str, bits: int) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(tagged("paper-key", opening, _octets(bits))[:32])


def _plain(text: str) -> list[str]:
    return [character for character in text if not character.isspace() and character not in _SEPARATORS]


def _octets(bits: int) -> bytes:
    return bits.to_bytes(16, "big")


def _powers() -> list[int]:
    """Powers of a generator of GF(32), which has x^5 = x^2 + 1: 31 different ones."""
    powers = [1]
    while len(powers) < 31:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return powers


_POWERS = _powers()
_LOGARITHMS = {power: exponent for exponent, power in enumerate(_POWERS)}


def _check(values: list[int]) -> int:
    """The value that makes the sum of value·α^place over all 26 places zero in GF(32).

    No α^place is zero, so one wrong value shows; no two are equal, so two that change places show.
    """
    total = 0
    for place, value in enumerate(values):
        if value:
            total ^= _POWERS[(_LOGARITHMS[value] + place) % 31]
    return _POWERS[(_LOGARITHMS[total] - len(values)) % 31] if total else 0
