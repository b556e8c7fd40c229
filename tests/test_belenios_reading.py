"""What a Belenios archive may hold beside what we write: read where we can, else named as not handled."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ballot.belenios import check_archive, encode_archive, encode_trustees, read_archive
from ballot.belenios.tar import Record, pack, unpack
from ballot.errors import Invalid
from ballot.wire import sha256_hex

DATA = (Path(__file__).parent / "vectors" / "belenios-ed25519.bel").read_bytes()
ARCHIVE = read_archive(DATA)
RECORDS = list(unpack(DATA))

ELECTION, TRUSTEES, CREDENTIALS = range(3)


def opened(place: int, content: bytes) -> bytes:
    """An archive that ends after the setup, with another election, other trustees or other credentials."""
    contents = [record.content for record in RECORDS[1:4]]
    contents[place] = content
    hashes = [sha256_hex(content) for content in contents]
    setup = compact(dict(zip(("election", "trustees", "credentials"), hashes, strict=True)))
    event = compact({"height": 0, "type": "Setup", "payload": sha256_hex(setup)})
    records = [Record(f"{sha256_hex(data)}.data.json", ARCHIVE.timestamp, data) for data in (*contents, setup)]
    return pack([RECORDS[0], *records, Record(f"{sha256_hex(event)}.event.json", ARCHIVE.timestamp, event)])


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def changed(place: int, change: Callable[[Any], object]) -> bytes:
    """The content of a record as JSON, changed and written again."""
    return compact(change(json.loads(RECORDS[1 + place].content)))


def question(**fields: object) -> bytes:
    return changed(ELECTION, lambda value: value | {"questions": [value["questions"][0] | fields]})


def test_an_archive_of_the_setup_alone_is_read() -> None:
    archive = read_archive(opened(ELECTION, RECORDS[1].content))
    assert archive.election == ARCHIVE.election
    assert (archive.ballots, archive.ended, archive.tally, archive.shares, archive.votes) == ((), False, None, (), None)
    assert "not closed" in check_archive(archive).missing


@pytest.mark.parametrize(
    "fields",
    [
        {"administrator": "Alix"},
        {"credential_authority": "server"},
        {"administrator": 'Ünal\n"x"', "credential_authority": "server", "language": ["fr", "LTR"]},
    ],
)
def test_optional_fields_of_an_election_are_read_and_hashed(fields: dict[str, object]) -> None:
    data = changed(ELECTION, lambda value: value | fields)
    archive = read_archive(opened(ELECTION, data))
    assert msgspec.json.encode(archive.election) == data
    assert archive.election.fingerprint != ARCHIVE.election.fingerprint
    assert check_archive(archive).fingerprint == archive.election.fingerprint
    assert read_archive(encode_archive(archive)) == archive


def test_names_of_trustees_are_read_and_written_again() -> None:
    data = changed(TRUSTEES, lambda value: [[kind, key | {"name": "Tom"}] for kind, key in value])
    archive = read_archive(opened(TRUSTEES, data))
    assert encode_trustees(archive.trustees) == data
    assert len(check_archive(archive).steps) == 6


NOT_HANDLED = [
    (ELECTION, changed(ELECTION, lambda value: value | {"version": 0}), "elections of version 0"),
    (ELECTION, changed(ELECTION, lambda value: value | {"version": 2}), "elections of version 2"),
    (ELECTION, changed(ELECTION, lambda value: value | {"group": "RFC-3526-2048"}), "RFC-3526-2048"),
    (ELECTION, question(blank=True), "does not handle blank votes"),
    (ELECTION, question(blank=False), "does not handle blank votes"),
    (
        ELECTION,
        changed(ELECTION, lambda value: value | {"questions": [{"type": "NonHomomorphic", "value": {}, "extra": 1}]}),
        "question 1 is of type 'NonHomomorphic'",
    ),
    (
        ELECTION,
        changed(ELECTION, lambda value: value | {"questions": [*value["questions"], {"type": "Lists", "value": {}}]}),
        "question 2 is of type 'Lists'",
    ),
    (TRUSTEES, changed(TRUSTEES, lambda value: [value[0], ["Pedersen", {"threshold": 2}]]), "trustee 2 .*'Pedersen'"),
    (CREDENTIALS, changed(CREDENTIALS, lambda value: [*value[:-1], value[-1] + ",2"]), "does not handle weights"),
]


@pytest.mark.parametrize(("place", "content", "fault"), NOT_HANDLED, ids=lambda value: str(value)[:30])
def test_what_is_not_handled_is_named(place: int, content: bytes, fault: str) -> None:
    with pytest.raises(Invalid, match=fault):
        read_archive(opened(place, content))


def with_payload(key: bytes, old: bytes, new: bytes) -> bytes:
    """The archive up to the first event whose payload has this key, with other bytes in that payload."""
    place = next(place for place, record in enumerate(RECORDS) if key in record.content)
    payload, event = RECORDS[place].content, RECORDS[place + 1].content
    forged = payload.replace(old, new)
    assert forged != payload
    event = event.replace(sha256_hex(payload).encode(), sha256_hex(forged).encode())
    records = [Record(f"{sha256_hex(forged)}.data.json", ARCHIVE.timestamp, forged)]
    return pack([*RECORDS[:place], *records, Record(f"{sha256_hex(event)}.event.json", ARCHIVE.timestamp, event)])


@pytest.mark.parametrize("weight", [b"7", b'"6"', b'"123456789012"'])
def test_a_total_weight_is_not_handled(weight: bytes) -> None:
    with pytest.raises(Invalid, match="total weight"):
        read_archive(with_payload(b"num_tallied", b'"total_weight":6', b'"total_weight":' + weight))


def test_a_tally_or_share_that_is_not_the_one_before_is_refused() -> None:
    with pytest.raises(Invalid, match="does not name the tally before it"):
        read_archive(with_payload(b"num_tallied", b'"encrypted_tally":"', b'"encrypted_tally":"0'))
    with pytest.raises(Invalid, match="trustee 1's share does not name the share before it"):
        read_archive(with_payload(b'"owner":1', b'"payload":"', b'"payload":"0'))


def test_an_archive_of_another_version_is_not_handled() -> None:
    content = RECORDS[0].content.replace(b'"version":1', b'"version":2')
    with pytest.raises(Invalid, match="archives of version 2"):
        read_archive(pack([RECORDS[0]._replace(content=content), *RECORDS[1:]]))


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 1), (0, 10**30), (10**9, 10**9)])
def test_bounds_that_make_no_sense_are_refused(low: int, high: int) -> None:
    with pytest.raises(Invalid, match="allows from"):
        read_archive(opened(ELECTION, question(min=low, max=high)))


MALFORMED = {
    "empty": b"",
    "no object": b"[]",
    "not UTF-8": b'{"version":1,"name":"\xff"}',
    "too deep": b'{"version":1,"name":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "spaces": RECORDS[1].content.replace(b":", b": ", 1),
    "duplicate key": RECORDS[1].content.replace(b'{"version":1,', b'{"version":1,"version":1,'),
    "unknown field": RECORDS[1].content[:-1] + b',"x":1}',
    "another order": b'{"uuid":"x",' + RECORDS[1].content[1:],
    "a huge number": RECORDS[1].content.replace(b'"max":3', b'"max":' + b"9" * 5000),
    "null": RECORDS[1].content[:-1] + b',"administrator":null}',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_election_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="the election is not"):
        read_archive(opened(ELECTION, MALFORMED[name]))


@pytest.mark.parametrize("content", [b"{}", b"[[]]", b'[["Single"]]', b'[["Single",{}]]', b"[" * 10_000, b"null"])
def test_malformed_trustees_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="the list of trustees is not"):
        read_archive(opened(TRUSTEES, content))


@pytest.mark.parametrize("content", [b"{}", b"[1]", b'["a", "b"]', b"null", b'["\\ud800"]'])
def test_malformed_credentials_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="the list of credentials is not"):
        read_archive(opened(CREDENTIALS, content))


def test_a_setup_that_names_something_else_is_refused() -> None:
    records = list(unpack(opened(ELECTION, RECORDS[1].content)))
    swapped = [records[0], records[1], records[3], records[2], *records[4:]]
    with pytest.raises(Invalid, match="the setup does not name"):
        read_archive(pack(swapped))


def test_an_archive_beyond_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ballot.belenios.read.MAX_RECORD", len(DATA) - 1)
    with pytest.raises(Invalid, match="too large"):
        read_archive(DATA)


def test_no_records_at_all_are_no_archive() -> None:
    with pytest.raises(Invalid, match="not a Belenios archive"):
        read_archive(b"")
    with pytest.raises(Invalid, match="holds no events"):
        read_archive(pack(RECORDS[:1]))
