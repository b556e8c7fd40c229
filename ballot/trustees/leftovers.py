"""Messages that are of no use any more: a file and a trustee of a ceremony in, whether it can be replaced out."""

from msgspec import structs

from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.trustees.messages import Acknowledge, Ceremony, Commit, Deal
from ballot.wire import decode, encode


def is_left_over(data: bytes, ceremony: Ceremony, name: str, key: str, due: int) -> bool:
    """Whether a file holds a message of another ceremony, or this trustee's of a round before the one that is due.

    `key` is the key with which the trustee signs in this ceremony, in hex; empty when it is not made yet. Where one
    cannot tell, the file is not left over.
    """
    forms: tuple[type[Commit | Deal | Acknowledge], ...] = (Commit, Deal, Acknowledge)
    for number, form in enumerate(forms, start=1):
        try:
            message = decode(data, form, "a message")
        except Invalid:
            continue
        if isinstance(message, Commit) and message.ceremony != ceremony.id:
            return True
        if name not in ceremony.names or message.number != ceremony.names.index(name) + 1 or not key:
            return False
        if _is_signed(message, key):
            return number < due
        # Later rounds do not name their ceremony, but nobody has two keys in one.
        return not isinstance(message, Commit)
    return False


def _is_signed(message: Commit | Deal | Acknowledge, key: str) -> bool:
    try:
        signing.verify(key, message.signature, "ceremony", encode(structs.replace(message, signature="")))
    except Invalid:
        return False
    return True
