"""What a delegate keeps (protocol §5): a receipt or a hash in; one line for a QR code, or words, out; and back.

Nothing here says anything about marks, order or time.
"""

import base64
import binascii
import re
import unicodedata

from ballot.crypto.words import WORDS, fingerprint_words, words_line, words_to_prefix
from ballot.errors import Invalid
from ballot.votes import Receipt

PREFIX = "BALLOT1:"
"""Begins the one-line form. With it, every character is one of the 45 that QR codes hold in 5.5 bits."""

_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST = 3
"""Letters of the shortest word. Twelve such runs and the signs between them do not fit into a hash."""

_DIGEST = 32
_SIGNATURE = 64
_HINT = "Copy the line again, from BALLOT1: to its end."


def digest_bytes(digest: str) -> bytes:
    """The 32 bytes of a tracker or a ballot's hash of 43 base64 characters. Raises Invalid."""
    try:
        data = base64.b64decode(digest + "=", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != _DIGEST or base64.b64encode(data).decode() != digest + "=":
        raise Invalid("a tracker or hash is not written as 43 characters of base64")
    return data


def digest_words(digest: str, language: str = "english") -> tuple[str, ...]:
    """Twelve words for the first 128 bits of a tracker or a ballot's hash. Raises Invalid."""
    return fingerprint_words(digest_bytes(digest).hex(), language)


def digest_line(digest: str) -> str:
    """These words in groups of four, as they are noted or read aloud. Raises Invalid."""
    return words_line(digest_words(digest))


def noted_words(noted: str) -> tuple[str, ...]:
    """The words in what somebody noted, in small letters; numbers, signs, spaces and capitals do not matter."""
    return tuple(_LETTERS.findall(unicodedata.normalize("NFKC", noted).casefold()))


def is_noted(digest: str, noted: str) -> bool:
    """Whether what somebody noted, 43 characters or twelve words, is this tracker or hash.

    Raises Invalid when it is neither, or the words do not fit together.
    """
    words = noted_words(noted)
    if len(words) == WORDS and min(map(len, words)) >= _SHORTEST:
        return digest_bytes(digest).hex().startswith(words_to_prefix(words))
    try:
        return digest_bytes(re.sub(r"[\s,·]", "", noted)) == digest_bytes(digest)
    except Invalid:
        raise Invalid(
            "what was noted is neither 43 characters nor twelve words", "Type it again as the screen showed it."
        ) from None


def to_line(receipt: Receipt) -> str:
    """A receipt as one line of 264 upper-case characters, for a QR code. Raises Invalid for one that is malformed."""
    parts = _hex(receipt.opening, _DIGEST), digest_bytes(receipt.tracker), _hex(receipt.signature, _SIGNATURE)
    return PREFIX + b"".join(parts).hex().upper()


def is_line(text: str) -> bool:
    """Whether a text is meant as the one-line form of a receipt."""
    return text.strip().upper().startswith(PREFIX)


def from_line(text: str) -> Receipt:
    """The receipt of `to_line`; white space and lower case do not matter. Raises Invalid."""
    line = "".join(text.split()).upper()
    if not line.startswith(PREFIX):
        raise Invalid(f"a receipt's line begins with {PREFIX}", _HINT)
    wanted = 2 * _DIGEST + _SIGNATURE
    try:
        data = _hex(line.removeprefix(PREFIX).lower(), wanted)
    except Invalid:
        raise Invalid(f"a receipt's line has {2 * wanted} hex digits after {PREFIX}", _HINT) from None
    opening, tracker, signature = data[:_DIGEST], data[_DIGEST : 2 * _DIGEST], data[2 * _DIGEST :]
    return Receipt(opening.hex(), base64.b64encode(tracker).decode().rstrip("="), signature.hex())


def _hex(text: str, length: int) -> bytes:
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise Invalid("the receipt is not written as receipts are")
    return bytes.fromhex(text)
