"""The record's file: the same contents give the same bytes, and no other bytes pass check 1."""

import io
import secrets
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot.errors import Invalid
from ballot.record import NAMES, SignedIndex, index_of, pack, read_record, unpack, write_record
from ballot.verify import VerificationError, verify
from ballot.wire import MAX_JSON, decode, encode
from tests.forge import first_fault, repack
from tests.play import Played, fair, play


@cache
def small() -> Played:
    """As small as a record gets: one candidate, one trustee, one ballot."""
    return play((((1,),),), candidates=1, trustees=1, outstanding=0)


@cache
def record() -> bytes:
    return small().record()


def zipped(files: list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    """The files as `pack` would lay them, but for what is asked for."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.comment = comment
        for name, data in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            info.compress_type = method
            archive.writestr(info, data)
    return stream.getvalue()


def members() -> list[tuple[str, bytes]]:
    return list(unpack(record()).items())


def refused(data: bytes, telling: str) -> None:
    number, sentence = first_fault(data)
    assert (number, telling in sentence) == (1, True), sentence


def test_the_same_contents_give_the_same_bytes() -> None:
    again = write_record(small().contents, small().keys.head, small().keys.seal)
    assert again == record()
    assert pack(unpack(record())) == record()


def test_what_was_written_is_what_is_read() -> None:
    read = read_record(record())
    assert read.contents == small().contents
    assert [entry.name for entry in read.index.index.files] == list(NAMES)
    assert read.index.index.opening == small().opening.fingerprint
    assert read.index.index.version == 1


def test_a_record_can_be_opened_with_any_zip_program() -> None:
    with zipfile.ZipFile(io.BytesIO(record())) as archive:
        assert archive.namelist() == ["index.json", *NAMES]
        assert archive.read("declaration.txt") == small().contents.declaration
        assert archive.testzip() is None


# Check 1 of protocol §13


@pytest.mark.parametrize("name", NAMES)
def test_check_1_catches_a_missing_file(name: str) -> None:
    refused(pack({other: data for other, data in members() if other != name}), "")


def test_check_1_names_the_file_that_is_missing_from_files_and_index() -> None:
    contents = small().contents.files()
    del contents["papers.json"]
    index = structs.replace(read_record(record()).index, index=index_of(small().opening, contents))
    refused(pack({"index.json": encode(index), **contents}), "lacks papers.json")


def test_check_1_catches_a_record_without_an_index() -> None:
    refused(pack(small().contents.files()), "does not begin with index.json")


def test_check_1_catches_an_extra_file() -> None:
    extra = {"extra.json": b"[]"}
    refused(pack({**unpack(record()), **extra}), "the index does not list the files")
    listed = structs.replace(
        read_record(record()).index, index=index_of(small().opening, {**small().contents.files(), **extra})
    )
    refused(pack({"index.json": encode(listed), **small().contents.files(), **extra}), "the index does not list")


@pytest.mark.parametrize("place", range(len(NAMES)))
def test_check_1_catches_files_in_another_order(place: int) -> None:
    files = members()
    files[place], files[place + 1] = files[place + 1], files[place]
    refused(zipped(files), "the index does not list the files" if place else "does not begin with index.json")


def test_check_1_catches_the_index_at_the_end() -> None:
    index, *files = members()
    refused(zipped([*files, index]), "does not begin with index.json")


def test_check_1_catches_files_in_another_order_that_the_index_follows() -> None:
    files = dict(list(small().contents.files().items())[::-1])
    index = structs.replace(read_record(record()).index, index=index_of(small().opening, files))
    refused(pack({"index.json": encode(index), **files}), "the index does not list the files")


@pytest.mark.parametrize("name", NAMES)
def test_check_1_names_the_file_that_was_altered(name: str) -> None:
    data = bytearray(unpack(record())[name])
    if data:
        data[len(data) // 2] ^= 1
    refused(repack(record(), {name: bytes(data)}), f"{name} is not the file that the index names")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".json")])
@pytest.mark.parametrize(
    "change",
    [lambda data: data + b"\n", lambda data: b" " + data, lambda data: data[:-1], lambda _: b"null", lambda _: b""],
    ids=["line feed", "space", "cut", "null", "empty"],
)
def test_check_1_catches_a_file_in_another_form_with_its_right_hash(name: str, change: object) -> None:
    assert callable(change)
    files = small().contents.files()
    files[name] = change(files[name])
    index = structs.replace(read_record(record()).index, index=index_of(small().opening, files))
    refused(pack({"index.json": encode(index), **files}), name)


@pytest.mark.parametrize("field", ["version", "opening", "name", "sha256"])
def test_check_1_catches_each_field_of_the_index_altered(field: str) -> None:
    signed = read_record(record()).index
    index = signed.index
    if field == "version":
        changed, telling = structs.replace(index, version=2), "of version 2"
    elif field == "opening":
        changed, telling = structs.replace(index, opening="0" * 64), "the index is for another opening"
    else:
        first, *rest = index.files
        wrong = structs.replace(first, **{field: "0" * 64})
        changed, telling = structs.replace(index, files=(wrong, *rest)), ""
    refused(repack(record(), {"index.json": encode(structs.replace(signed, index=changed))}), telling)


def test_an_altered_file_with_a_new_index_is_caught_by_the_signatures() -> None:
    files = small().contents.files()
    files["declaration.txt"] += b"All are elected.\n"
    signed = decode(unpack(record())["index.json"], SignedIndex, "the index")
    forged = structs.replace(signed, index=index_of(small().opening, files))
    assert first_fault(pack({"index.json": encode(forged), **files}))[0] == 2


@pytest.mark.parametrize(
    "data",
    [
        lambda: record() + b"\0",
        lambda: b"\0" + record(),
        lambda: record()[:-2] + b"\1\0!",
        lambda: zipped(members(), comment=b"with regards from the head"),
        lambda: zipped(members(), method=zipfile.ZIP_DEFLATED),
        lambda: zipped([*members(), ("empty/", b"")]),
        lambda: record() + record(),
    ],
    ids=["byte behind", "byte before", "comment by hand", "comment", "compressed", "folder", "twice"],
)
def test_check_1_catches_a_file_packed_otherwise(data: object) -> None:
    assert callable(data)
    refused(data(), "record")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_check_1_catches_a_file_that_would_have_to_be_unpacked_before_reading_it(method: int) -> None:
    # Too random to be packed smaller, so its size gives nothing away.
    data = zipped([("index.json", secrets.token_bytes(1000))], method=method)
    assert len(data) > 1000
    refused(data, "not packed as a record is")


def test_check_1_catches_a_file_that_is_larger_than_any_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = max(map(len, small().contents.files().values()))
    monkeypatch.setattr("ballot.record.MAX_MEMBER", largest)
    assert read_record(record()).contents == small().contents
    monkeypatch.setattr("ballot.record.MAX_MEMBER", largest - 1)
    refused(record(), "not packed as a record is")


def test_check_1_catches_another_time_or_system_on_a_file() -> None:
    for change in ("date_time", "create_system", "external_attr", "extra", "comment"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in members():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = 0o644 << 16
                if name == "lots.json":
                    odd = {"date_time": (1980, 1, 1, 0, 0, 2), "create_system": 0, "external_attr": 0}
                    setattr(info, change, odd.get(change, b"\x01\x00\x00\x00"))
                archive.writestr(info, data)
        refused(stream.getvalue(), "bytes that do not belong to its files")


def test_check_1_catches_a_name_that_stands_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*members(), ("declaration.txt", b"Nobody is elected.\n")])
    refused(data, "not packed as a record is")


@pytest.mark.parametrize("size", [2**32 - 2, 2**31, 300 * 1024 * 1024])
def test_check_1_catches_a_file_that_claims_to_be_huge_before_reading_it(size: int) -> None:
    data = bytearray(record())
    start = data.index(b"PK\x01\x02")
    data[start + 20 : start + 28] = struct.pack("<LL", size, size)
    refused(bytes(data), "record")


def test_json_in_a_record_may_be_larger_than_a_json_file_alone() -> None:
    roll = small().contents.roll
    many = tuple(structs.replace(roll.delegates[0], number=number) for number in range(70_000))
    contents = replace(small().contents, roll=structs.replace(roll, delegates=many))
    assert len(encode(contents.roll)) > MAX_JSON
    assert read_record(small().record(contents)).contents == contents


def test_check_1_catches_a_record_that_is_larger_than_any_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ballot.record.MAX_RECORD", len(record()))
    assert read_record(record()).contents == small().contents
    monkeypatch.setattr("ballot.record.MAX_RECORD", len(record()) - 1)
    refused(record(), "the record is larger than")


def overlapping(layers: int, size: int) -> bytes:
    """A zip whose files lie inside each other: every one holds the headers of all after it, and the same zeros."""
    body, entries = bytes(size), []
    for number in range(layers, 0, -1):
        name = b"%04d" % number
        checks = struct.pack("<LLL", zlib.crc32(body), len(body), len(body))
        header = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 0, 0, 33) + checks + struct.pack("<HH", 4, 0) + name
        entries.append((name, checks, len(header)))
        body = header + body
    directory, offset = b"", 0
    for name, checks, length in reversed(entries):
        directory += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 33) + checks
        directory += struct.pack("<HHHHHLL", 4, 0, 0, 0, 0, 0, offset) + name
        offset += length
    return (
        body + directory + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, layers, layers, len(directory), len(body), 0)
    )


def test_check_1_catches_files_that_lie_over_each_other_before_reading_them() -> None:
    with pytest.raises(Invalid, match="not packed as a record is"):
        unpack(overlapping(200, 10_000))


# Bytes that are flipped, cut off, or of something else


def header_bytes(data: bytes) -> set[int]:
    """The places of all bytes that belong to the zip and not to a file in it."""
    inside: set[int] = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename)
            inside |= set(range(start, start + info.file_size))
    return set(range(len(data))) - inside


def test_a_flipped_byte_fails_with_a_number_wherever_it_is() -> None:
    data = record()
    headers = header_bytes(data)
    assert len(headers) > len(NAMES) * (30 + 46)
    for place in sorted({*range(0, len(data), 97), *headers}):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(VerificationError) as caught:
            verify(bytes(flipped), workers=1)
        assert [check.number for check in caught.value.report.checks] == [1], place


def test_a_flipped_byte_in_a_file_fails_though_the_zip_and_the_index_were_made_anew() -> None:
    for name in NAMES:
        files = small().contents.files()
        data = bytearray(files[name])
        for place in range(0, len(data), max(1, len(data) // 5)):
            flipped = bytearray(data)
            flipped[place] ^= 1
            files[name] = bytes(flipped)
            signed = read_record(record()).index
            forged = structs.replace(signed, index=index_of(small().opening, files))
            assert first_fault(pack({"index.json": encode(forged), **files}))[0] in (1, 2)


def test_a_record_cut_off_anywhere_fails_with_a_number() -> None:
    data = record()
    for length in (*range(0, len(data), 997), len(data) - 1):
        refused(data[:length], "damaged")


PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", PNG, b"PK", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"{}", b"%PDF-1.7\n", bytes(100_000)],
    ids=["empty", "zero", "png", "pk", "end", "empty zip", "json", "pdf", "zeros"],
)
def test_a_file_that_is_no_record_fails_at_check_1(data: bytes) -> None:
    refused(data, "record")


def test_an_archive_alone_is_no_record() -> None:
    refused(fair().contents.archive, "damaged, or it is no record")
