"""Files in the place of others: in, a path and the form that is wanted; out, the value, or which file it is instead."""

from pathlib import Path
from typing import TypeVar

from ballot.commands import files

T = TypeVar("T")

MESSAGE = "a trustee's message"
"""How the kinds of all messages of the ceremony begin."""

AGAIN = "Get the file again, whole."


def read_as(path: Path, form: type[T], what: str, limit: int) -> T:
    """The value in a file. Raises Invalid saying which file it is when it is another one, and when it is cut off."""
    from ballot.errors import Invalid
    from ballot.wire import decode

    data = files.read(path, what, limit)
    try:
        return decode(data, form, what, limit)
    except Invalid as error:
        check_kind(path, data, what)
        raise Invalid(f"{path}: {error.message}", error.hint) from None


def check_kind(path: Path, data: bytes, what: str, cut_off: str = AGAIN) -> None:
    """Raise Invalid when a file can be told to be another than the wanted one, or is cut off; `cut_off` is a hint."""
    from ballot.errors import Invalid

    if is_cut_off(data):
        raise Invalid(f"{path} is cut off or damaged", cut_off)
    kind = kind_of(data)
    if kind not in ("", what):
        raise Invalid(f"{path} is {kind}, and {what} is wanted", "Look for the right file.")


def is_cut_off(data: bytes) -> bool:
    """Whether a file has the beginning of one of ours and is no whole JSON text."""
    import msgspec

    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return data[:1] in (b"", b"{")
    return False


def kind_of(data: bytes) -> str:
    """Which of the files around trustees this is, by the names of its fields; empty when it is none of them."""
    import msgspec

    from ballot.trustees.boxfile import BoxFile
    from ballot.trustees.messages import Acknowledge, Commit, Deal, Piece, Transcript
    from ballot.trustees.readiness import Ready
    from ballot.votes import OpeningFile, Trustee, TrusteeShare

    kinds = {
        Transcript: "the file of the ceremony",
        Commit: f"{MESSAGE} of round 1",
        Deal: f"{MESSAGE} of round 2",
        Acknowledge: f"{MESSAGE} of round 3",
        Ready: "a proof that a key works",
        Trustee: "the public part of a key",
        OpeningFile: "the opening",
        BoxFile: "the closed box",
        TrusteeShare: "a trustee's share",
        Piece: "a piece of a missing trustee's key",
    }
    try:
        fields = frozenset(msgspec.json.decode(data, type=dict[str, msgspec.Raw])) - {"type"}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if fields == {"header", "sealed"}:
        return "a key file"
    return next((kind for form, kind in kinds.items() if fields == frozenset(form.__struct_fields__)), "")
