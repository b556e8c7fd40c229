"""Files in the place of others: in, a path and the form that is wanted; out, the value, or which file it is instead."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ballot.commands import files
from ballot.errors import DAMAGED

if TYPE_CHECKING:
    from ballot.errors import BadInput, Fault

T = TypeVar("T")

MESSAGE = "a trustee's message"
"""How the kinds of all messages of the ceremony begin."""

KEY, PUBLIC, OPENING = "a key file", "the public part of a trustee's key", "the opening"
DELEGATE = "the public part of a delegate's key"
PAPER, BALLOT, RECEIPT, OPENED = "a paper", "a sealed ballot", "a receipt", "an opened ballot"
REQUEST, PENDING, HALF, ANSWER = "a request", "a pending paper", "the head's half of an answer", "an answer"
ENVELOPES, LOG = "the file of envelopes", "the log of the seal"
SHARE, PIECE = "a trustee's share", "a piece of a missing trustee's key"
RECORD, ICB_RECORD, BOX, REHEARSAL = "a record", "the ICB's record", "the closed box", "the report of a rehearsal"
CEREMONY, READY, CERTIFICATE = "the file of the ceremony", "a proof that a key works", "a certificate"
SEAL_READY, HALF_OPENING, SEALED_OPENING = "a proof that the seal's keys work", "a half opening", "a sealed opening"
HALF_DECLARATION, SEALED_DECLARATION = "a half declaration", "a sealed declaration"
"""What the files of an election are called, by the one that is wanted."""

EMPTY, TEXT = "empty", "a text"
STRANGE = "damaged, or it is not"
_CUT_OFF, _ZIPPED = "cut off or damaged", "a zip file"
"""What is said of files that are none of these."""

AGAIN = "Get the file again, whole."

ANOTHER_COPY = "Take another copy of the key."
"""What to do about a key file that cannot be read."""

_WARNING = "A key file is secret and stays with its owner"

_ZIP, _ARCHIVE, _RULE = b"PK", b"BELENIOS\0", b"=" * 76 + b"\n"
_ZIPS = {b"index.json": RECORD, b"icb-places.json": ICB_RECORD}
"""Records by their first file, whose name begins 30 bytes after the beginning of the zip."""

STORE, DECLARATION = "a store", "a declaration"
_OTHERS = {
    b"SQLite format 3\0": STORE,
    _ARCHIVE: "a Belenios archive",
    b"%PDF-": "a PDF",
    b"\x89PNG\r": "a picture",
    b"\xff\xd8\xff": "a picture",
    _RULE + b"DECLARATION": DECLARATION,
    _RULE + b"CERTIFICATE": CERTIFICATE,
}
"""Files that are no JSON, by how they begin."""


def read_as(path: Path, form: type[T], what: str, limit: int, again: str = AGAIN) -> T:
    """The value in a file. Raises Invalid saying what the file is when it is another one, and when it is damaged.

    `again` is a hint for a file that is damaged.
    """
    return decode_as(path, files.read(path, what, limit), form, what, limit, again)


def decode_as(path: Path | str, data: bytes, form: type[T], what: str, limit: int, again: str = AGAIN) -> T:
    """The value in the bytes of a file, which `path` names in errors. Raises as `read_as` does."""
    from ballot.errors import Invalid
    from ballot.wire import decode

    try:
        return decode(data, form, "it", limit)
    except Invalid as error:
        check_kind(path, data, what, again)
        raise Invalid(f"{path} {DAMAGED}: {error.message}", again) from None


def read_all(paths: Sequence[Path], form: type[T], what: str, limit: int, hint: str = AGAIN) -> list[tuple[str, T]]:
    """The values in files, with the files' names. Raises BadInput naming every file that cannot be read, with a hint
    for those that have none of their own.
    """
    from ballot.errors import BadInput, Fault, Invalid

    values: list[tuple[str, T]] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            values.append((str(path), read_as(path, form, what, limit, hint)))
        except Invalid as error:
            faults.append(Fault("", 0, "", error.message, error.hint or hint))
    if faults:
        raise BadInput(faults, hint)
    return values


def read_record(path: Path, archive: bool = False, icb: bool = False) -> bytes:
    """The bytes of what may be a record, or with `archive` a Belenios archive, with `icb` the ICB's record.

    Nothing is verified.

    Raises Invalid saying which file it is when it plainly is another one. What begins as a zip file does is a record,
    damaged or not.
    """
    from ballot.errors import Invalid
    from ballot.files import is_folder
    from ballot.wire import MAX_RECORD

    if is_folder(path):
        raise Invalid(f"{path} is a folder, and a record is wanted", f"Name the file: {path / 'record.zip'}, perhaps.")
    data = files.read(path, "the record", MAX_RECORD)
    if kind_of(data) == ICB_RECORD and not icb:
        # It would fail check 1, and whoever reads that takes a good record for a forged one.
        raise Invalid(
            f"{path} is the ICB's record, and the record of an election is wanted",
            "Give the record.zip of that election; `ballot verify` and `ballot show` read the ICB's record.",
        )
    if data.startswith(_ZIP) or (archive and data.startswith(_ARCHIVE)):
        return data
    if kind_of(data) or is_text(data):
        check_kind(path, data, RECORD)
    return data


def is_text(data: bytes) -> bool:
    """Whether somebody could have written this; a record with some damaged bytes is no text."""
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def code_in(data: bytes) -> str:
    """What may be an envelope's code in a file that is none of those of an election; empty when there is no text."""
    return "" if kind_of(data) or look_of(data) != TEXT else data.decode().strip()


def check_kind(path: Path | str, data: bytes, what: str, again: str = AGAIN) -> None:
    """Raise Invalid unless a file is of the wanted kind, by the names of its fields; `again` is for a damaged one."""
    from ballot.errors import Invalid

    kind = kind_of(data) or look_of(data)
    if kind == what:
        return
    if kind in (_CUT_OFF, STRANGE):
        raise Invalid(f"{path} is {kind}" if kind == _CUT_OFF else f"{path} is {kind} {what}", again)
    hint = again if kind == EMPTY else instead(path, kind, what)
    raise Invalid(f"{path} is {kind}, and {what} is wanted", hint)


def instead(path: Path | str, kind: str, what: str) -> str:
    """What to do about a file of one kind where `what` is wanted."""
    if kind in (PAPER, PENDING):
        return "Whoever has this file can vote with it: give it back to its owner, and keep no copy."
    if (kind, what) == (ANSWER, PAPER):
        return "`ballot receive` makes the paper of it, on the device that has the pending file of the request."
    if kind != KEY:
        return "Look for the right file."
    # The key of a ceremony has no public part beside it.
    beside = what == PUBLIC and os.path.lexists(f"{path}.public")
    wanted = (
        f"give {path}.public, which was made beside it"
        if beside
        else "keep no copy of one that is not yours, and give it back"
    )
    return f"{_WARNING}: {wanted}."


@contextmanager
def unchanged(path: Path | str) -> Iterator[None]:
    """Name a file whose signatures or proofs do not hold, and say what is most likely: that it is damaged.

    What brings a hint of its own is known better. Raises Invalid.
    """
    from ballot.errors import Invalid

    try:
        yield
    except Invalid as error:
        if error.hint:
            raise
        raise Invalid(f"{path} {DAMAGED}: {error.message}", AGAIN) from None


@contextmanager
def warned(faults: Sequence["Fault"]) -> Iterator[None]:
    """If the block is refused, warn all the same of a key file among what was given: nobody may keep a copy of it."""
    from ballot.errors import Error

    try:
        yield
    except Error as error:
        warning = next((fault.hint for fault in faults if fault.hint.startswith(_WARNING)), "")
        error.hint = f"{warning} {error.hint}".strip()
        raise


def refused(faults: Sequence["Fault"], otherwise: str, others: bool) -> "BadInput":
    """The refusal of some of the files that were given, with every hint; `otherwise` is for those without one, by name.

    `others` says whether there were others, which were taken in.
    """
    from ballot.errors import BadInput

    # What is said of secrets comes first: it concerns most.
    hints = sorted({fault.hint: 0 for fault in faults if fault.hint}, key=lambda hint: _WARNING not in hint)
    if unsaid := [fault.file for fault in faults if not fault.hint]:
        hints.append(otherwise.format(", ".join(unsaid)))
    rest = ["All others were taken in."] if others else []
    return BadInput([replace(fault, hint="") for fault in faults], " ".join([*hints, *rest]))


def look_of(data: bytes) -> str:
    """What a file is that is none of those that `kind_of` knows."""
    import msgspec

    if not data:
        return EMPTY
    if data.startswith(_ZIP):
        return _ZIPPED
    if not data.startswith(b"{"):
        return TEXT if is_text(data) else STRANGE
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _CUT_OFF
    return STRANGE


def kind_of(data: bytes) -> str:
    """Which file this is, by how it begins or by the names of its fields; empty when it cannot be told."""
    names = data[30:] if data.startswith(_ZIP) else data
    starts = _ZIPS if data.startswith(_ZIP) else _OTHERS
    return next((kind for start, kind in starts.items() if names.startswith(start)), "") or _kind_of_json(data)


def _kind_of_json(data: bytes) -> str:
    """Which of the files of an election this is, by the names of its fields; empty when it is none of them."""
    import msgspec

    from ballot.challenge import Challenge
    from ballot.cosigning import HalfDeclaration, HalfOpening, SealedDeclaration, SealedOpening, SealReady
    from ballot.crypto.keys import DelegatePublic
    from ballot.envelopes import Envelopes
    from ballot.keeper import HalfResponse, Log
    from ballot.register import Request, Response
    from ballot.request import PendingFile
    from ballot.trustees.boxfile import BoxFile
    from ballot.trustees.messages import Acknowledge, Commit, Deal, Piece, Transcript
    from ballot.trustees.readiness import Ready
    from ballot.votes import BoothPaper, OpeningFile, Receipt, SealedBallot, Trustee, TrusteeShare

    kinds = {
        Transcript: CEREMONY,
        Commit: f"{MESSAGE} of round 1",
        Deal: f"{MESSAGE} of round 2",
        Acknowledge: f"{MESSAGE} of round 3",
        Ready: READY,
        Trustee: PUBLIC,
        DelegatePublic: DELEGATE,
        OpeningFile: OPENING,
        Request: REQUEST,
        PendingFile: PENDING,
        HalfResponse: HALF,
        Response: ANSWER,
        BoothPaper: PAPER,
        Envelopes: ENVELOPES,
        Log: LOG,
        SealReady: SEAL_READY,
        HalfOpening: HALF_OPENING,
        SealedOpening: SEALED_OPENING,
        HalfDeclaration: HALF_DECLARATION,
        SealedDeclaration: SEALED_DECLARATION,
        SealedBallot: BALLOT,
        Receipt: RECEIPT,
        Challenge: OPENED,
        BoxFile: BOX,
        TrusteeShare: SHARE,
        Piece: PIECE,
    }
    try:
        fields = frozenset(msgspec.json.decode(data, type=dict[str, msgspec.Raw])) - {"type"}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if fields == {"header", "sealed"}:
        return KEY
    if fields == {"report", "head", "seal"}:
        return REHEARSAL
    return next((kind for form, kind in kinds.items() if fields == frozenset(form.__struct_fields__)), "")
