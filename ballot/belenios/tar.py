"""The outer form of a Belenios archive: an old-style (V7) tar as belenios-tool writes it, byte for byte (protocol §11).

In: records, each a name with its content. Out: the bytes of the archive, and back. There is one way only to write the
same records, so whoever reads checks every byte of every header. Python's tarfile can write no such header.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ballot.errors import Invalid

BLOCK = 512
MAX_TIME = 8**11 - 1
"""Latest time that a header can hold, in seconds since 1970."""

_FIELDS = (
    ("name", 0, 100),
    ("mode", 100, 108),
    ("uid", 108, 116),
    ("gid", 116, 124),
    ("size", 124, 136),
    ("mtime", 136, 148),
    ("type", 156, 157),
    ("rest of the header", 157, BLOCK),
    ("checksum", 148, 156),
)


class Record(NamedTuple):
    """A member of the archive: its name (ASCII, at most 99 characters), its time in seconds and its content."""

    name: str
    time: int
    content: bytes


def pack(records: Iterable[Record]) -> bytes:
    """The archive of these records; no end blocks follow the last one."""
    blocks: list[bytes] = []
    for record in records:
        padding = bytes(-len(record.content) % BLOCK)
        blocks += (_header(record.name.encode(), len(record.content), record.time), record.content, padding)
    return b"".join(blocks)


def unpack(data: bytes) -> Iterator[Record]:
    """The records of an archive, in order. Raises Invalid at the first byte that `pack` would not have written."""
    start, number = 0, 0
    while start < len(data):
        number += 1
        what = f"record {number} of the archive (byte {start})"
        name, size, time = _read_header(data[start : start + BLOCK], what)
        start += BLOCK
        content = data[start : start + size]
        padding = data[start + size : start + size + -size % BLOCK]
        if len(content) != size or len(padding) != -size % BLOCK:
            raise Invalid(f"{what} is cut off")
        if any(padding):
            raise Invalid(f"{what} is padded with something else than zeros")
        start += size + len(padding)
        yield Record(name, time, content)


def _header(name: bytes, size: int, time: int) -> bytes:
    before = name.ljust(100, b"\0") + b"0000644\x000000000\x000000000\0" + b"%011o\0%011o\0" % (size, time)
    after = b"0".ljust(BLOCK - 156, b"\0")
    # The checksum counts its own place as eight spaces.
    return before + b"%06o\0 " % (sum(before) + 8 * 32 + sum(after)) + after


def _read_header(block: bytes, what: str) -> tuple[str, int, int]:
    if len(block) != BLOCK:
        raise Invalid(f"{what} is cut off in its header")
    name = block[:100].split(b"\0")[0]
    if not name or len(name) > 99 or not name.isascii():
        raise Invalid(f"{what} has no name: nothing may follow the last record, not even blocks of zeros")
    size, time = _octal(block[124:135], what, "size"), _octal(block[136:147], what, "mtime")
    expected = _header(name, size, time)
    for field, start, end in _FIELDS:
        if block[start:end] != expected[start:end]:
            raise Invalid(f"{what}: the {field} is not as belenios-tool writes it")
    return name.decode(), size, time


def _octal(digits: bytes, what: str, field: str) -> int:
    if not set(digits) <= set(b"01234567"):
        raise Invalid(f"{what}: the {field} is not written in octal digits")
    return int(digits, 8)
