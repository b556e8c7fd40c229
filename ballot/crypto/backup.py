"""The backup of a trustee's key (protocol §2.6): exponent in, commitments and pieces out; and back.

The sharing is Feldman's (FOCS 1987), over Shamir's polynomials (CACM 1979). Trustee z takes a random polynomial f of
degree need − 1 with f(0) = x_z, publishes g to the power of each coefficient, and gives f(i) to every *other*
trustee i.

Any `need` of the n trustees suffice: a missing z is not among those present, so each of them holds a piece of x_z, and
`need` points fix a polynomial of degree need − 1. Fewer learn nothing: together they hold at most need − 1 pieces of
the key of anyone outside, and to those points every value of f(0) fits equally well; the election key holds all x, so
one key that they do not know keeps it closed. If all n are needed nobody can stand in, and nothing is dealt.

A piece travels in a libsodium sealed box (X25519, XSalsa20-Poly1305). Whose piece it is and for whom stands inside.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from msgspec import Meta
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from ballot.crypto.groups import Element, Group
from ballot.errors import Invalid, Refused
from ballot.wire import Wire, decode, encode

_SCALAR_BYTES = 32
_HEX = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Dealt:
    """Commitments to the coefficients, the first being g^x, and f(i) by holder i; both empty if all are needed."""

    commitments: tuple[str, ...]
    pieces: dict[int, int] = field(repr=False)


class Address(NamedTuple):
    """Which piece it is: the ceremony's id, the number of the dealer and the number of the holder, both from 1."""

    ceremony: str
    dealer: int
    holder: int


class _Enclosed(Wire, frozen=True):
    ceremony: str
    dealer: int
    holder: int
    piece: Annotated[bytes, Meta(min_length=_SCALAR_BYTES, max_length=_SCALAR_BYTES)]

    def __repr__(self) -> str:
        return "_Enclosed()"


def others(count: int, owner: int) -> tuple[int, ...]:
    """The numbers of all trustees but one, in order."""
    return tuple(number for number in range(1, count + 1) if number != owner)


def deal(group: Group, secret: int, need: int, owner: int, count: int) -> Dealt:
    """Share the exponent of trustee `owner` (from 1) among the other `count` − 1, any `need` of whom can rebuild it.

    Raises Refused unless 1 ≤ need ≤ count and 1 ≤ owner ≤ count.
    """
    if not (1 <= need <= count and 1 <= owner <= count):
        raise Refused(f"a backup of trustee {owner}, {need} of {count}, cannot be made")
    if need == count:
        return Dealt((), {})
    coefficients = [secret, *(group.random_scalar() for _ in range(need - 1))]
    commitments = tuple(group.text(group.base(coefficient)) for coefficient in coefficients)
    return Dealt(commitments, {holder: _at(coefficients, holder, group.q) for holder in others(count, owner)})


def _at(coefficients: Sequence[int], place: int, q: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * place + coefficient) % q
    return value


def read_commitments(group: Group, commitments: Sequence[str]) -> list[Element]:
    """Check that all commitments are in the group, and none the identity. Raises Invalid.

    With the identity in all places but the first, each piece would be the key itself.
    """
    return [group.element(text) for text in commitments]


def check_piece(group: Group, commitments: Sequence[str], holder: int, piece: int) -> None:
    """Check g^piece = Π commitment_j^(holder^j). Raises Invalid, also for a piece outside [0, q) or no commitments."""
    elements = read_commitments(group, commitments)
    if not elements or not 0 <= piece < group.q:
        raise Invalid("the piece is not below the order of the group, or nothing was dealt")
    expected = group.product(
        group.public_power(element, pow(holder, power, group.q)) for power, element in enumerate(elements)
    )
    if group.base(piece) != expected:
        raise Invalid("the piece does not fit the commitments of its dealer")


def interpolate(group: Group, pieces: Mapping[int, int]) -> int:
    """f(0) in [0, q) from pieces by holder, at least as many as f has coefficients (Lagrange).

    The pieces must have been checked: from wrong ones, or too few, this makes a wrong number without noticing.
    """
    total = 0
    for holder, piece in pieces.items():
        above, below = 1, 1
        for other in pieces:
            if other != holder:
                above = above * other % group.q
                below = below * (other - holder) % group.q
        total += piece * above * pow(below, -1, group.q)
    return total % group.q


def new_box() -> tuple[str, str]:
    """Public and secret half of a box for pieces (X25519), 64 lower-case hex digits each."""
    private = PrivateKey.generate()
    return bytes(private.public_key).hex(), bytes(private).hex()


def box_of(secret: str) -> str:
    """The public half that belongs to the secret half of a box. Raises Invalid when it is not 64 hex digits."""
    return bytes(PrivateKey(_bytes(secret)).public_key).hex()


def check_box(public: str) -> None:
    """Check that pieces can be sealed for this box. Raises Invalid when it is not 64 hex digits or of small order."""
    _seal(public, b"")


def seal_piece(public: str, address: Address, piece: int) -> bytes:
    """A piece in [0, q) sealed for its holder's box, with its address inside; all have the same length.

    Raises Invalid for a box that `check_box` refuses.
    """
    return _seal(public, encode(_Enclosed(*address, piece.to_bytes(_SCALAR_BYTES, "big"))))


def open_piece(group: Group, secret: str, address: Address, sealed: bytes) -> int:
    """Open a sealed piece. Raises Invalid when it does not open, has another address, or is not in [0, q)."""
    try:
        content = SealedBox(PrivateKey(_bytes(secret))).decrypt(sealed)
    except CryptoError:
        raise Invalid("the sealed piece does not open with the holder's key") from None
    try:
        enclosed = decode(content, _Enclosed, "the content of a sealed piece")
    except Invalid:
        # What is wrong in detail is the dealer's text, and it is told to everybody.
        raise Invalid("the content of the sealed piece is not of the expected form") from None
    if (enclosed.ceremony, enclosed.dealer, enclosed.holder) != address:
        raise Invalid("the sealed piece is from another ceremony or dealer, or for another holder")
    piece = int.from_bytes(enclosed.piece, "big")
    if piece >= group.q:
        raise Invalid("the sealed piece is not below the order of the group")
    return piece


def _seal(public: str, content: bytes) -> bytes:
    try:
        return SealedBox(PublicKey(_bytes(public))).encrypt(content)
    except CryptoError:
        raise Invalid("the public half of a box for pieces is of small order") from None


def _bytes(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise Invalid("a key of a box for pieces is not written as 64 lower-case hex digits")
    return bytes.fromhex(text)
