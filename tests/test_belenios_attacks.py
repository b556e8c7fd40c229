"""Attacks on a Belenios archive, on its bytes and on what it says: each is refused, and the fault is named."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ballot.belenios import Archive, ArchiveFault, check_archive, encode_archive, read_archive
from ballot.belenios.tar import BLOCK, Record, pack, unpack
from ballot.crypto.groups import group
from ballot.errors import FAILED_CHECK, Invalid
from ballot.votes import Share
from ballot.wire import sha256_hex

DATA = (Path(__file__).parent / "vectors" / "belenios-ed25519.bel").read_bytes()
RECORDS = list(unpack(DATA))
ARCHIVE = read_archive(DATA)
RING = group("Ed25519")


def refused(data: bytes, fault: str) -> None:
    with pytest.raises(Invalid, match=fault):
        read_archive(data)


def place_of(kind: str, number: int = 0) -> int:
    """The place of the event of this type among the records, the first one being 0."""
    events = [place for place, record in enumerate(RECORDS) if f'"type":"{kind}"'.encode() in record.content]
    return events[number]


def named(content: bytes, kind: str) -> Record:
    return Record(f"{sha256_hex(content)}.{kind}.json", ARCHIVE.timestamp, content)


def changed_header(start: int, value: bytes, checksum: bool) -> bytes:
    """The archive with other bytes in the header of its third record, with or without a checksum that fits."""
    offset = len(pack(RECORDS[:2]))
    header = bytearray(DATA[offset : offset + BLOCK])
    header[start : start + len(value)] = value
    if checksum:
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
    return DATA[:offset] + bytes(header) + DATA[offset + BLOCK :]


HEADER_ATTACKS = [
    (64, b".DATA", "named|called"),
    (99, b"x", "the name is not"),
    (100, b"0000755", "mode"),
    (108, b"0000001", "uid"),
    (116, b"0000001", "gid"),
    (124, b"-", "octal"),
    (124, b"1", "cut off"),
    (135, b" ", "size"),
    (136, b"8", "octal"),
    (147, b"0", "mtime"),
    (156, b"5", "type"),
    (157, b"link", "rest of the header"),
    (257, b"ustar", "rest of the header"),
    (511, b"\x01", "rest of the header"),
]


@pytest.mark.parametrize("checksum", [True, False])
@pytest.mark.parametrize(("start", "value", "fault"), HEADER_ATTACKS)
def test_changed_header_is_refused(start: int, value: bytes, fault: str, checksum: bool) -> None:
    refused(changed_header(start, value, checksum), fault if checksum else f"{fault}|checksum")


def test_changed_checksum_is_refused() -> None:
    refused(changed_header(148, b"777777", False), "record 3 .*checksum")


def test_every_byte_of_the_first_header_counts() -> None:
    for place in range(BLOCK):
        data = bytearray(DATA)
        data[place] ^= 1
        with pytest.raises(Invalid):
            read_archive(bytes(data))


def test_wrong_mtime_is_refused() -> None:
    for place in range(len(RECORDS)):
        late = RECORDS[place]._replace(time=ARCHIVE.timestamp + 1)
        refused(pack([*RECORDS[:place], late, *RECORDS[place + 1 :]]), f"record {place + 1} .*mtime")


def test_padding_that_is_not_zero_is_refused() -> None:
    refused(DATA[:-1] + b"\x01", "padded")


@pytest.mark.parametrize("trailing", [b"\0", b"x", bytes(BLOCK), bytes(2 * BLOCK), b"x" * BLOCK])
def test_trailing_garbage_is_refused(trailing: bytes) -> None:
    refused(DATA + trailing, "cut off|no name|octal")


@pytest.mark.parametrize("kept", [0, 1, 511, 512, 513, 1024, 1025, len(DATA) - 1, len(DATA) - BLOCK])
def test_truncated_archive_is_refused(kept: int) -> None:
    refused(DATA[:kept], "cut off|first record|no events")


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "01", "1.0", "٣", "99999999999", str(8**11), " 1"])
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(text: str) -> None:
    content = f'{{"version":1,"timestamp":"{text}"}}'.encode()
    refused(pack([RECORDS[0]._replace(content=content), *RECORDS[1:]]), "timestamp")


def test_a_first_record_of_another_name_is_refused() -> None:
    refused(pack([RECORDS[0]._replace(name="HELIOS"), *RECORDS[1:]]), "called BELENIOS")
    refused(b"PK\x03\x04" + bytes(1000), "octal|cut off")


def test_changed_content_is_refused() -> None:
    for place in range(1, len(RECORDS)):
        record = RECORDS[place]
        forged = record._replace(content=record.content.replace(b'"', b"'", 1))
        refused(pack([*RECORDS[:place], forged, *RECORDS[place + 1 :]]), f"record {place + 1} .*SHA-256")


def test_a_record_of_unknown_kind_is_refused() -> None:
    record = RECORDS[3]
    odd = record._replace(name=record.name.replace("data.json", "data.txt"))
    refused(pack([*RECORDS[:3], odd, *RECORDS[4:]]), "record 4 .*neither")


def test_duplicated_records_are_refused() -> None:
    for place in range(1, len(RECORDS)):
        refused(pack([*RECORDS[: place + 1], *RECORDS[place:]]), "twice")
    ballot, event = place_of("Ballot") - 1, place_of("Ballot", 1)
    refused(pack([*RECORDS[: event - 1], RECORDS[ballot], *RECORDS[event:]]), "twice")


def test_dropped_records_are_refused() -> None:
    for place in range(len(RECORDS) - 1):
        with pytest.raises(Invalid):
            read_archive(pack([*RECORDS[:place], *RECORDS[place + 1 :]]))


def test_a_dropped_ballot_breaks_the_chain() -> None:
    place = place_of("Ballot", 3)
    refused(pack([*RECORDS[: place - 1], *RECORDS[place + 1 :]]), "event before it")


def test_swapped_events_are_refused() -> None:
    first, second = place_of("Ballot", 1), place_of("Ballot", 2)
    swapped = [*RECORDS[: first - 1], *RECORDS[second - 1 : second + 1], *RECORDS[first - 1 : first + 1]]
    refused(pack([*swapped, *RECORDS[second + 1 :]]), "event before it")


def test_data_that_no_event_names_is_refused() -> None:
    place = place_of("Ballot", 1)
    extra = named(b'"hidden"', "data")
    refused(pack([*RECORDS[:place], extra, *RECORDS[place:]]), "2 data records before it, 1 belong")
    refused(pack([*RECORDS, extra]), "no event names")


def with_last_event(event: bytes, before: Sequence[Record] = ()) -> bytes:
    return pack([*RECORDS[:-2], *before, named(event, "event")])


def test_events_that_say_something_else_are_refused() -> None:
    result, last = RECORDS[-2:]
    event = last.content
    height = str(len([record for record in RECORDS if ".event." in record.name]) - 1).encode()
    assert read_archive(with_last_event(event, [result])) == ARCHIVE
    refused(with_last_event(event.replace(b'"height":' + height, b'"height":99'), [result]), "own height")
    refused(
        with_last_event(event.replace(b"Result", b"Ballot"), [result]), "where PartialDecryption or Result may stand"
    )
    refused(with_last_event(event.replace(b"Result", b"Lottery"), [result]), "'Lottery'")
    refused(with_last_event(event.replace(b"Result", b"Shuffle"), [result]), "does not handle mixnets")
    refused(with_last_event(event.replace(b'"payload":"', b'"payload":"0'), [result]), "as its payload")
    refused(with_last_event(event[: event.index(b',"payload"')] + b"}", [result]), "as its payload")
    refused(with_last_event(event.replace(b":", b": ", 1), [result]), "not canonical")
    refused(with_last_event(event[:-1] + b',"x":1}', [result]), "form")
    refused(with_last_event(event), "0 data records before it, 1 belong")


def test_nothing_may_follow_the_result() -> None:
    parent = sha256_hex(RECORDS[-1].content)
    event = f'{{"parent":"{parent}","height":13,"type":"EndBallots"}}'.encode()
    refused(pack([*RECORDS, named(event, "event")]), "where nothing may stand")


def failed(archive: Archive, number: int, fault: str) -> None:
    """The attack survives encoding and reading, and check `number` notices it, having passed those before."""
    with pytest.raises(ArchiveFault, match=fault) as caught:
        check_archive(read_archive(encode_archive(archive)), workers=1)
    assert caught.value.number == number
    assert [step.number for step in caught.value.steps] == list(range(1, number))
    assert caught.value.title
    assert caught.value.exit_code == FAILED_CHECK


def shifted(text: str) -> str:
    return RING.text(RING.multiply(RING.element(text), RING.generator))


def test_altered_election_key_is_refused() -> None:
    key = shifted(ARCHIVE.election.public_key)
    election = read_archive(encode_archive(ARCHIVE)).election
    values = {field: getattr(election, field) for field in election.__struct_fields__} | {"public_key": key}
    failed(replace(ARCHIVE, election=type(election)(**values)), 3, "not the product")


def test_a_trustee_without_knowledge_of_the_key_is_refused() -> None:
    """The rogue key attack: a last trustee who cancels the others out."""
    first, second = ARCHIVE.trustees
    rogue = type(second)(second.pok, shifted(second.public_key))
    failed(replace(ARCHIVE, trustees=(first, rogue)), 3, "trustee 2: the proof of knowledge")


def test_dropped_trustee_is_refused() -> None:
    failed(replace(ARCHIVE, trustees=ARCHIVE.trustees[:1]), 3, "not the product")


def test_credential_listed_twice_is_refused() -> None:
    failed(replace(ARCHIVE, credentials=(*ARCHIVE.credentials, ARCHIVE.credentials[0])), 4, "twice")


@pytest.mark.parametrize("credential", ["00" * 31 + "01", "00" * 32, "ff" * 32, "", "x" * 64])
def test_credential_outside_the_group_is_refused(credential: str) -> None:
    failed(replace(ARCHIVE, credentials=(*ARCHIVE.credentials, credential)), 4, "credential 7:")


def test_ballot_on_an_unlisted_credential_is_refused() -> None:
    unlisted = ARCHIVE.ballots[0].credential
    rest = tuple(credential for credential in ARCHIVE.credentials if credential != unlisted)
    failed(replace(ARCHIVE, credentials=rest), 5, "not listed")


def test_dropped_ballot_is_refused() -> None:
    counts = {ballot.credential: 0 for ballot in ARCHIVE.ballots}
    for ballot in ARCHIVE.ballots:
        counts[ballot.credential] += 1
    once = next(ballot for ballot in ARCHIVE.ballots if counts[ballot.credential] == 1)
    ballots = tuple(ballot for ballot in ARCHIVE.ballots if ballot != once)
    failed(replace(ARCHIVE, ballots=ballots), 7, "6 ballots are said to be tallied, but 5 count")


def test_counting_the_first_ballot_of_a_credential_is_refused() -> None:
    failed(replace(ARCHIVE, ballots=ARCHIVE.ballots[::-1]), 7, "not the product")


def test_replaced_ballot_may_not_be_left_out_of_the_check() -> None:
    seen: dict[str, int] = {}
    for place, ballot in enumerate(ARCHIVE.ballots):
        if ballot.credential in seen:
            break
        seen[ballot.credential] = place
    replaced = seen[ARCHIVE.ballots[place].credential]
    bad = type(ballot)(ballot.election_uuid, "x", ballot.credential, ballot.answers, ballot.signature)
    ballots = (*ARCHIVE.ballots[:replaced], bad, *ARCHIVE.ballots[replaced + 1 :])
    failed(replace(ARCHIVE, ballots=ballots), 6, "another election")


def test_ballot_of_another_voter_under_a_listed_credential_is_refused() -> None:
    first, second = ARCHIVE.ballots[:2]
    copied = type(first)(first.election_uuid, first.election_hash, first.credential, second.answers, second.signature)
    failed(replace(ARCHIVE, ballots=(copied, *ARCHIVE.ballots[1:])), 6, "is not the hash of the ballot")


def test_altered_tally_is_refused() -> None:
    assert ARCHIVE.tally is not None
    (row,) = ARCHIVE.tally.ciphertexts
    for field in ("alpha", "beta"):
        value = {"alpha": row[0].alpha, "beta": row[0].beta}
        value[field] = shifted(value[field])
        tally = ARCHIVE.tally._replace(ciphertexts=((type(row[0])(**value), *row[1:]),))
        failed(replace(ARCHIVE, tally=tally), 7, "not the product")


def test_tally_of_another_shape_is_refused() -> None:
    assert ARCHIVE.tally is not None
    (row,) = ARCHIVE.tally.ciphertexts
    for rows in ((), (row, row), (row[:-1],), (row[::-1],)):
        failed(replace(ARCHIVE, tally=ARCHIVE.tally._replace(ciphertexts=rows)), 7, "not the product")


def test_altered_number_of_ballots_is_refused() -> None:
    assert ARCHIVE.tally is not None
    failed(replace(ARCHIVE, tally=ARCHIVE.tally._replace(ballots=7)), 7, "7 ballots are said")


def with_first(share: Share) -> Archive:
    """The archive with another share of the first trustee."""
    return replace(ARCHIVE, shares=((1, share), *ARCHIVE.shares[1:]))


def test_altered_factor_is_refused() -> None:
    share = ARCHIVE.shares[0][1]
    (row,) = share.decryption_factors
    for place in range(len(row)):
        factors = ((*row[:place], shifted(row[place]), *row[place + 1 :]),)
        failed(
            with_first(Share(factors, share.decryption_proofs)),
            8,
            f"trustee 1: question 1, answer {place + 1}: .* does not hold",
        )


def test_factor_outside_the_group_is_refused() -> None:
    share = ARCHIVE.shares[0][1]
    (row,) = share.decryption_factors
    factors = (("00" * 32, *row[1:]),)
    failed(with_first(Share(factors, share.decryption_proofs)), 8, "answer 1: an element is not in the group")


def test_share_of_another_shape_is_refused() -> None:
    ((factors,), (proofs,)) = ARCHIVE.shares[0][1].decryption_factors, ARCHIVE.shares[0][1].decryption_proofs
    for share in (Share((), ()), Share((factors[1:],), (proofs[1:],)), Share((factors,), (proofs[1:],))):
        failed(with_first(share), 8, "number of factors or proofs")


def test_share_of_the_wrong_owner_is_refused() -> None:
    (one, first), (two, second) = ARCHIVE.shares
    failed(replace(ARCHIVE, shares=((two, first), (one, second))), 8, "does not hold")
    failed(replace(ARCHIVE, shares=((one, first), (one, second))), 8, "2 shares of trustee 1")
    for owner in (0, -1, 3):
        failed(replace(ARCHIVE, shares=((one, first), (owner, second))), 8, f"of trustee {owner}, but there are 2")


def test_result_without_all_shares_is_refused() -> None:
    failed(replace(ARCHIVE, shares=ARCHIVE.shares[:1]), 8, "1 of 2 trustees gave a share")
    failed(replace(ARCHIVE, shares=()), 8, "0 of 2 trustees gave a share")


def test_altered_result_is_refused() -> None:
    assert ARCHIVE.votes is not None
    (row,) = ARCHIVE.votes
    for place, number in enumerate(row):
        for wrong in (number + 1, number - 1, 7, -1, number + RING.q):
            votes = ((*row[:place], wrong, *row[place + 1 :]),)
            failed(replace(ARCHIVE, votes=votes), 9, f"answer {place + 1}: the tally does not decrypt to {wrong} votes")


def test_result_of_another_shape_is_refused() -> None:
    assert ARCHIVE.votes is not None
    (row,) = ARCHIVE.votes
    for votes in ((), (row, row), (row[:-1],), ((*row, 0),)):
        failed(replace(ARCHIVE, votes=votes), 9, "number of results")
