"""Files from outside in which one value is another than it should be: each is refused in plain words, or holds.

A short form of the fuzzing that found the faults of the other `test_fuzzed_*.py`: every place of every file of an
election, and for each a row of values at which readers stumble.
"""

import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

import msgspec
import pytest

from ballot import box
from ballot.belenios import check_archive, read_archive
from ballot.booth import challenge, check_booth_paper, fill, marks_of
from ballot.challenge import Challenge, check_challenge
from ballot.commands import kinds
from ballot.crypto import codes
from ballot.envelopes import Envelopes, check_envelopes, merge, open_envelope, print_envelope
from ballot.errors import Error
from ballot.keeper import HalfResponse, Log, half_response, put_seal
from ballot.opening import check_opening
from ballot.papers import register, respond
from ballot.record import pack, read_record, unpack
from ballot.register import Request, Response, Way
from ballot.request import ask, load_pending, receive, save_pending
from ballot.statements import closing_of
from ballot.trustees.boxfile import BoxFile, check_box_file, closed_entry
from ballot.trustees.ceremony import next_message
from ballot.trustees.messages import Piece
from ballot.trustees.readiness import Ready, check_all_ready, show_ready
from ballot.trustees.standin import check_piece
from ballot.trustees.transcript import add_message, read_transcript
from ballot.votes import BoothPaper, OpeningFile, Receipt, SealedBallot, TrusteeKey, TrusteeShare
from ballot.wire import MAX_JSON, encode
from tests.play import NOON, fair, stood_in
from tests.trustees import hold

T = TypeVar("T")

Path = tuple[str | int, ...]
Reader = Callable[[bytes], object]

DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]

ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 99, 2**63, 2**70, 10**4000, 0.5, [], [[]], {}, {"": ""}, DEEP),
    *("", "x", "0", "-1", "00", "²", "\x00", "\u202e", "9" * 80, "9" * 5000, "f" * 64, "0" * 128, "A" * 43),
)
"""What a value may be instead, of every type that JSON has."""


def shapes(value: Any, path: Path = ()) -> Iterator[Path]:
    """The ways to all places inside JSON, of a list only to its first entry."""
    yield path
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, item in inside:
        yield from shapes(item, (*path, key))


def altered(data: bytes, path: Path, odd: Any) -> bytes:
    """The JSON with another value in one place."""
    value = msgspec.json.decode(data)
    if not path:
        return msgspec.json.encode(odd)
    place = value
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return msgspec.json.encode(value)


def refused_or_good(reader: Reader, data: bytes) -> bool:
    """Whether a reader takes it; whatever it raises but an Error goes through."""
    try:
        reader(data)
    except Error as error:
        said = error.message
    else:
        return True
    assert said
    return False


def as_file(form: type[T], what: str, use: Callable[[T], object]) -> Reader:
    """A reader as commands have it: the form first, then what is done with the value."""
    return lambda data: use(kinds.decode_as("a.json", data, form, what, MAX_JSON))


def papers() -> dict[str, tuple[bytes, Reader]]:
    """A request and what follows from it, up to the sealed ballot and its receipt."""
    played = fair()
    opening, election, keys = played.opening, played.election, played.keys
    request, pending = ask(opening, election, 1)
    entry = register(played.roll, opening, request, Way.DESK, "desk")
    response = respond(keys.head, keys.seal, entry)
    half = half_response(keys.head, entry, (), response.head)
    log = Log(opening.fingerprint, ())
    filled = fill(election, played.papers[0].paper.credential, [marks_of(opening.contests[0], [1])])
    opened = challenge(opening, filled)
    cast = played.sealed[0]
    receipt = box.receipt(keys.desk, opening.fingerprint, cast.ballot.tracker)
    bits, envelope = print_envelope(opening, election, keys.head, keys.seal)
    assert codes.read(codes.write(bits)) == bits

    def use_envelopes(file: Envelopes) -> None:
        check_booth_paper(opening, election, open_envelope(opening, election, file, bits))
        check_envelopes(opening, file)

    return {
        "request": (
            encode(request),
            as_file(Request, kinds.REQUEST, lambda one: register(played.roll, opening, one, Way.DESK, "desk")),
        ),
        "pending": (
            save_pending(pending, request),
            lambda data: receive(opening, election, load_pending(data, election), response),
        ),
        "answer": (
            encode(response),
            as_file(Response, kinds.ANSWER, lambda one: receive(opening, election, pending, one)),
        ),
        "half": (
            encode(half),
            as_file(HalfResponse, kinds.HALF, lambda one: put_seal(opening, election, keys.seal, log, one)),
        ),
        "log": (encode(log), as_file(Log, kinds.LOG, lambda one: put_seal(opening, election, keys.seal, one, half))),
        "paper": (
            encode(played.papers[0]),
            as_file(BoothPaper, kinds.PAPER, lambda one: check_booth_paper(opening, election, one)),
        ),
        "ballot": (encode(cast), as_file(SealedBallot, kinds.BALLOT, lambda one: box.accept(opening, election, one))),
        "challenge": (
            encode(opened),
            as_file(Challenge, kinds.OPENED, lambda one: check_challenge(opening, election, one, "", [[1]])),
        ),
        "receipt": (encode(receipt), as_file(Receipt, kinds.RECEIPT, lambda one: box.check_receipt(opening, one))),
        "envelopes": (encode(merge(opening, None, [envelope])), as_file(Envelopes, kinds.ENVELOPES, use_envelopes)),
    }


def trustees() -> dict[str, tuple[bytes, Reader]]:
    """The opening, the closed box, and what trustees send."""
    played = stood_in()
    everybody, transcript = hold(3, 2)
    _, begun = hold(3, 2, rounds=1)
    message = next_message(everybody[1], encode(transcript))[1]
    ceremony, closing = played.contents.ceremony[0], closing_of(played.opening, [one.ballot for one in played.sealed])
    archive = read_archive(played.contents.archive)
    public = tuple(TrusteeKey(key.pok, key.public_key) for key in archive.trustees)
    opening = OpeningFile(played.contents.opening, played.election, public)
    closed = BoxFile(opening, (ceremony,), closed_entry(played.contents.journal), played.sealed[:1])
    ready, names = show_ready(everybody[0], NOON), [secrets.trustee for secrets in everybody]

    def use_ready(one: Ready) -> None:
        check_all_ready(names, transcript, [one], NOON + timedelta(minutes=1))

    return {
        "opening": (
            encode(opening),
            as_file(OpeningFile, kinds.OPENING, lambda one: check_opening(one.signed, one.election, one.trustees)),
        ),
        "box": (encode(closed), as_file(BoxFile, "the closed box", lambda one: check_box_file(one, None, 1))),
        "ceremony": (encode(begun), lambda data: add_message(read_transcript(data), message)),
        "message": (message, lambda data: add_message(begun, data)),
        "answered": (encode(transcript), lambda data: next_message(everybody[0], data)),
        "ready": (encode(ready), as_file(Ready, "a proof that a key works", use_ready)),
        "share": (encode(played.shares[0]), as_file(TrusteeShare, "a trustee's share", lambda one: one.owner)),
        "piece": (
            encode(played.contents.backups[0].pieces[0]),
            as_file(Piece, "a piece", lambda one: check_piece(ceremony, closing, one)),
        ),
    }


@cache
def files() -> dict[str, tuple[bytes, Reader]]:
    """Every kind of file: one that is good, and what is done with it."""
    return papers() | trustees()


NAMES = (
    *("request", "pending", "answer", "half", "log", "paper", "ballot", "challenge", "receipt", "envelopes"),
    *("opening", "box", "ceremony", "message", "answered", "ready", "share", "piece"),
)


@pytest.mark.parametrize("name", NAMES)
def test_any_value_in_a_file_may_be_any_other_and_nothing_crashes(name: str) -> None:
    data, reader = files()[name]
    tried = refused = 0
    for path in shapes(msgspec.json.decode(data)):
        if name == "box" and path[:1] in (("opening",), ("ceremony",)):
            # They are files of their own here, and each of them takes long to check.
            continue
        for odd in ODD[::4] if name == "box" else ODD:
            tried += 1
            refused += not refused_or_good(reader, altered(data, path, odd))
    assert tried > len(ODD)
    # An odd value can be the one that was there, or stand where nobody looks; of a challenge it is the booth's fault.
    assert refused > tried // 2


def test_every_kind_of_file_is_tried() -> None:
    assert set(NAMES) == set(files())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_cut_off_anywhere_is_refused(name: str) -> None:
    data, reader = files()[name]
    for end in range(0, len(data), 1 + len(data) // 40):
        assert not refused_or_good(reader, data[:end])


def test_a_record_whose_zip_headers_lie_is_refused() -> None:
    good = pack({"index.json": b"{}", "roll.json": b""})
    places = [i for i in range(len(good)) if good[i : i + 4] in (b"PK\1\2", b"PK\3\4", b"PK\5\6")]
    tried = 0
    for start in places:
        for offset in range(start, min(start + 46, len(good) - 4)):
            for lie in (0, 8, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF):
                for width in ("<H", "<I"):
                    data = bytearray(good)
                    struct.pack_into(width, data, offset, lie & (2 ** (8 * struct.calcsize(width)) - 1))
                    tried += 1
                    assert bytes(data) == good or not refused_or_good(unpack, bytes(data))
    assert tried > 1000
    assert not refused_or_good(read_record, good)


def test_an_archive_with_any_byte_of_its_headers_changed_is_refused() -> None:
    good = fair().contents.archive

    def reader(data: bytes) -> object:
        return check_archive(read_archive(data), None, 1)

    headers = [start for start in range(0, len(good), 512) if good[start + 100 : start + 107] == b"0000644"]
    for start in headers[:3]:
        for offset in range(0, 512, 11):
            for byte in (0, 0x20, 0x2D, 0x38, 0xFF):
                data = bytearray(good)
                data[start + offset] = byte
                assert bytes(data) == good or not refused_or_good(reader, bytes(data))
