"""A Belenios archive from outside (protocol §11).

In: bytes. Out: what the archive says, or Invalid. Whatever belenios-tool would not have written is refused, and what
this tool does not handle is named. Nothing cryptographic but hashes is looked at here.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from ballot.belenios.archive import (
    Archive,
    ArchiveHeader,
    BeleniosElection,
    Event,
    Link,
    NamedTrusteeKey,
    OwnedPayload,
    ResultData,
    SizedTally,
    Tally,
    setup_of,
)
from ballot.belenios.tar import MAX_TIME, Record, unpack
from ballot.crypto.groups import group
from ballot.errors import Invalid
from ballot.votes import Ballot, Ciphertexts, Share
from ballot.wire import MAX_RECORD, T, decode, sha256_hex

_NEXT = {
    "": ("Setup",),
    "Setup": ("Ballot", "EndBallots"),
    "Ballot": ("Ballot", "EndBallots"),
    "EndBallots": ("EncryptedTally",),
    "EncryptedTally": ("PartialDecryption", "Result"),
    "PartialDecryption": ("PartialDecryption", "Result"),
    "Result": (),
}
"""Which events may follow which."""

_DATA = {"Setup": 4, "Ballot": 1, "EndBallots": 0, "EncryptedTally": 2, "PartialDecryption": 2, "Result": 1}
"""How many data records stand before an event of the type."""


def read_archive(data: bytes) -> Archive:
    """Read an archive of at most MAX_RECORD bytes; it may end before the result.

    Raises Invalid for anything that belenios-tool would not have written, and for what this tool does not handle:
    another version or group, Pedersen trustees, weights, blank-vote and non-homomorphic questions, shuffles.
    """
    if len(data) > MAX_RECORD:
        raise Invalid(f"the archive is too large: {len(data)} bytes, at most {MAX_RECORD} are read")
    timestamp, links = _read_chain(data)
    if not links:
        raise Invalid("the archive holds no events")
    opened = links[0].data
    if opened[3] != setup_of(opened[:3]):
        raise Invalid("the setup does not name the election, the trustees and the credentials before it")
    of_type = {kind: [link.data for link in links if link.type == kind] for kind in _DATA}
    return Archive(
        timestamp=timestamp,
        election=_read_election(opened[0]),
        trustees=_read_trustees(opened[1]),
        credentials=_read_credentials(opened[2]),
        ballots=tuple(
            _decode(content, Ballot, f"ballot {number}") for number, (content,) in enumerate(of_type["Ballot"], start=1)
        ),
        ended=bool(of_type["EndBallots"]),
        tally=_read_tally(*of_type["EncryptedTally"][0]) if of_type["EncryptedTally"] else None,
        shares=tuple(_read_share(*contents) for contents in of_type["PartialDecryption"]),
        votes=_decode(of_type["Result"][0][0], ResultData, "the result").result if of_type["Result"] else None,
    )


def _read_chain(data: bytes) -> tuple[int, list[Link]]:
    """The timestamp and the events with their data: names, hashes, times, parents, heights and order hold."""
    records = unpack(data)
    timestamp = _read_timestamp(next(records, None))
    links: list[Link] = []
    seen: set[str] = set()
    waiting: list[bytes] = []
    parent: str | None = None
    for number, record in enumerate(records, start=2):
        what = f"record {number} of the archive"
        digest, _, kind = record.name.partition(".")
        if record.time != timestamp:
            raise Invalid(f"{what}: the mtime is not the timestamp of the archive")
        if kind not in ("data.json", "event.json"):
            raise Invalid(f"{what} is neither called .data.json nor .event.json")
        if digest != sha256_hex(record.content):
            raise Invalid(f"{what} is not called by the SHA-256 of its content")
        if digest in seen:
            raise Invalid(f"{what} stands in the archive twice")
        seen.add(digest)
        if kind == "data.json":
            waiting.append(record.content)
            continue
        last = links[-1].type if links else ""
        event = _decode(record.content, Event, what)
        _check_event(event, Event(parent=parent, height=len(links), type=event.type), last, waiting)
        links.append(Link(event.type, tuple(waiting)))
        waiting = []
        parent = digest
    if waiting:
        raise Invalid("the archive ends with data that no event names")
    return timestamp, links


def _read_timestamp(record: Record | None) -> int:
    if record is None or record.name != "BELENIOS":
        raise Invalid("this is not a Belenios archive: its first record is not called BELENIOS")
    header = _decode(record.content, ArchiveHeader, "the first record of the archive")
    if header.version != 1:
        raise Invalid(f"this tool does not handle archives of version {header.version}, only of version 1")
    text = header.timestamp
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or text != str(int(text)) or int(text) > MAX_TIME:
        raise Invalid("the timestamp of the archive is not a number of seconds")
    if record.time != int(text):
        raise Invalid("record 1 of the archive: the mtime is not the timestamp of the archive")
    return int(text)


def _check_event(event: Event, expected: Event, last: str, waiting: Sequence[bytes]) -> None:
    what = f"the event at height {expected.height}"
    if event.type in ("Shuffle", "EndShuffles"):
        raise Invalid("this tool does not handle mixnets (Shuffle events), only homomorphic counts")
    if event.type not in _NEXT[last]:
        wanted = " or ".join(_NEXT[last]) or "nothing"
        raise Invalid(f"{what} is of type {event.type[:40]!r} where {wanted} may stand")
    if (event.parent, event.height) != (expected.parent, expected.height):
        raise Invalid(f"{what} does not name the event before it and its own height")
    if len(waiting) != _DATA[event.type]:
        raise Invalid(f"{what} ({event.type}) has {len(waiting)} data records before it, {_DATA[event.type]} belong")
    if event.payload != (sha256_hex(waiting[-1]) if waiting else None):
        raise Invalid(f"{what} ({event.type}) does not name the data before it as its payload")


class _GlanceQuestion(msgspec.Struct):
    type: str = "Homomorphic"
    blank: bool | None = None


class _Glance(msgspec.Struct):
    """Enough of an election to say what this tool does not handle."""

    version: int
    group: str
    questions: tuple[_GlanceQuestion, ...]


def _read_election(data: bytes) -> BeleniosElection:
    try:
        glance = msgspec.json.decode(data, type=_Glance)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("the election is not of the expected form") from None
    if glance.version != 1:
        raise Invalid(f"this tool does not handle elections of version {glance.version}, only of version 1")
    group(glance.group)
    for number, question in enumerate(glance.questions, start=1):
        if question.type != "Homomorphic":
            raise Invalid(
                f"question {number} is of type {question.type[:40]!r}; this tool handles homomorphic questions only"
            )
        if question.blank is not None:
            raise Invalid(f"question {number} has the field blank; this tool does not handle blank votes")
    election = _decode(data, BeleniosElection, "the election")
    for number, limits in enumerate(election.questions, start=1):
        # A million is beyond any proof that fits into an archive, and keeps the interval within what a machine counts.
        if not 0 <= limits.min <= limits.max <= 1_000_000:
            raise Invalid(f"question {number} allows from {limits.min} to {limits.max} marks")
    return election


def _read_trustees(data: bytes) -> tuple[NamedTrusteeKey, ...]:
    for number, (kind, _) in enumerate(
        _decode(data, tuple[tuple[str, msgspec.Raw], ...], "the list of trustees"), start=1
    ):
        if kind != "Single":
            raise Invalid(f"trustee {number} is of kind {kind[:40]!r}; this tool handles Single trustees only")
    return tuple(
        key for _, key in _decode(data, tuple[tuple[Literal["Single"], NamedTrusteeKey], ...], "the list of trustees")
    )


def _read_credentials(data: bytes) -> tuple[str, ...]:
    credentials = _decode(data, tuple[str, ...], "the list of credentials")
    if any("," in credential for credential in credentials):
        raise Invalid("this tool does not handle weights: a credential has one")
    return credentials


def _read_tally(ciphertexts: bytes, data: bytes) -> Tally:
    sized = _decode(data, SizedTally, "the size of the encrypted tally")
    if sized.encrypted_tally != sha256_hex(ciphertexts):
        raise Invalid("the event of the encrypted tally does not name the tally before it")
    if sized.total_weight != sized.num_tallied:
        raise Invalid("this tool does not handle weights: the total weight is not the number of ballots tallied")
    return Tally(sized.num_tallied, _decode(ciphertexts, Ciphertexts, "the encrypted tally"))


def _read_share(content: bytes, data: bytes) -> tuple[int, Share]:
    owned = _decode(data, OwnedPayload, "the owner of a share")
    if owned.payload != sha256_hex(content):
        raise Invalid(f"the event of trustee {owned.owner}'s share does not name the share before it")
    return owned.owner, _decode(content, Share, f"the share of trustee {owned.owner}")


def _decode(data: bytes, form: type[T], what: str) -> T:
    return decode(data, form, what, MAX_RECORD)
