"""The record (protocol §12): everything public of an election in, one file out, and back.

The file is a zip without compression whose every byte follows from its contents, so the same election gives the same
file, and a file that says the same in other bytes is refused.
"""

import io
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from ballot.crypto.given import Signs
from ballot.drawing import Drawing
from ballot.errors import Invalid
from ballot.journal import SignedEntry
from ballot.people import PublicRoll
from ballot.ranking import Ranking
from ballot.register import Papers, RegisterEntry
from ballot.trustees.messages import Backup, Transcript
from ballot.votes import Opening, Proof, Signatures, SignedOpening
from ballot.wire import MAX_RECORD, Wire, decode, encode, sha256_hex

T = TypeVar("T")

VERSION = 1
MAX_MEMBER = 256 * 1024 * 1024
"""Largest file inside a record, in bytes."""

NAMES = (
    "opening.json",
    "ceremony.json",
    "charter.toml",
    "roll.json",
    "register.json",
    "papers.json",
    "election.bel",
    "proofs.json",
    "backups.json",
    "ranking.json",
    "lots.json",
    "declaration.txt",
    "declaration.json",
    "journal.json",
)
"""Files of a record after its index, in order."""

OurProofs = tuple[tuple[tuple[Proof, ...], ...], ...]
"""Per trustee, contest and candidate: our decryption proof (protocol §6)."""


@dataclass(frozen=True)
class Contents:
    """What a record holds, apart from its index."""

    opening: SignedOpening
    ceremony: tuple[Transcript, ...]
    charter: bytes
    roll: PublicRoll
    register: tuple[RegisterEntry, ...]
    papers: Papers
    archive: bytes
    proofs: OurProofs
    backups: tuple[Backup, ...]
    rankings: tuple[Ranking, ...]
    lots: tuple[Drawing, ...]
    declaration: bytes
    declared: Signatures
    journal: tuple[SignedEntry, ...]

    def files(self) -> dict[str, bytes]:
        """The files by name, in the order in which they stand in the record."""
        values = (
            encode(self.opening),
            encode(self.ceremony),
            self.charter,
            encode(self.roll),
            encode(self.register),
            encode(self.papers),
            self.archive,
            encode(self.proofs),
            encode(self.backups),
            encode(self.rankings),
            encode(self.lots),
            self.declaration,
            encode(self.declared),
            encode(self.journal),
        )
        return dict(zip(NAMES, values, strict=True))


class IndexedFile(Wire, frozen=True):
    """One line of the index."""

    name: str
    sha256: str


class Index(Wire, frozen=True):
    """Names and SHA-256 of all files of a record, in order."""

    version: int
    opening: str
    files: tuple[IndexedFile, ...]


class SignedIndex(Wire, frozen=True):
    """An index with the signatures of head and seal over T("index", its bytes), in hex."""

    index: Index
    head: str
    seal: str


@dataclass(frozen=True)
class Record:
    """A record that was read: its index and its contents, not yet verified."""

    index: SignedIndex
    contents: Contents


def index_of(opening: Opening, files: Mapping[str, bytes]) -> Index:
    """The index of a record's files."""
    return Index(
        VERSION, opening.fingerprint, tuple(IndexedFile(name, sha256_hex(data)) for name, data in files.items())
    )


def write_record(contents: Contents, head: Signs, seal: Signs) -> bytes:
    """The record as one file, its index signed by head and seal. Raises Invalid for a signature over something else."""
    files = contents.files()
    index = index_of(contents.opening.opening, files)
    return _write(SignedIndex(index, head.sign("index", encode(index)), seal.sign("index", encode(index))), files)


def write_half(contents: Contents, head: Signs) -> bytes:
    """The record as one file, its index signed by the head only: the seal's signature is empty."""
    files = contents.files()
    index = index_of(contents.opening.opening, files)
    return _write(SignedIndex(index, head.sign("index", encode(index)), ""), files)


def seal_half(half: Record, seal: Signs) -> bytes:
    """The record of which the head has signed a half. The seal signs the index as it stands; nothing is verified."""
    index = half.index.index
    return _write(SignedIndex(index, half.index.head, seal.sign("index", encode(index))), half.contents.files())


def _write(signed: SignedIndex, files: Mapping[str, bytes]) -> bytes:
    return pack({"index.json": encode(signed), **files})


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files in their order, stored, every byte determined by names and contents."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return stream.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a record in their order. Raises Invalid unless the bytes are exactly what `pack` writes for them."""
    if len(data) > MAX_RECORD:
        raise Invalid(f"the record is larger than {MAX_RECORD} bytes")
    files: dict[str, bytes] = {}
    try:
        # What zipfile only warns of, such as files over each other, is as bad as what it refuses.
        with warnings.catch_warnings(action="error"), zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            # Files that lie over each other would let a small record fill the memory.
            if sum(info.file_size for info in members) > len(data):
                raise Invalid("the record is not packed as a record is")
            for info in members:
                if info.compress_type != zipfile.ZIP_STORED or info.file_size > MAX_MEMBER or info.filename in files:
                    raise Invalid("the record is not packed as a record is")
                files[info.filename] = archive.read(info)
    # zipfile raises a RuntimeError for what it cannot unpack: encrypted, or packed in a way that it does not know.
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, UserWarning):
        raise Invalid("the record is damaged, or it is no record", "Get another copy of the file.") from None
    if pack(files) != data:
        raise Invalid("the record has bytes that do not belong to its files", "Get another copy of the file.")
    return files


def read_record(data: bytes) -> Record:
    """Read a record and check 1 of protocol §13: all files, no others, each with the SHA-256 that the index names.

    Raises Invalid naming the file at fault. Signatures and contents are not verified here.
    """
    files = unpack(data)
    if next(iter(files), "") != "index.json":
        raise Invalid("the record does not begin with index.json: it is no record of an election")
    signed = decode(files.pop("index.json"), SignedIndex, "index.json")
    if signed.index.version != VERSION:
        raise Invalid(f"the record is of version {signed.index.version}; this tool reads version {VERSION}")
    for name, entry in zip(files, signed.index.files, strict=False):
        if entry.name == name and entry.sha256 != sha256_hex(files[name]):
            raise Invalid(f"{name} is not the file that the index names")
    contents = _contents(files)
    if signed.index.opening != contents.opening.opening.fingerprint:
        raise Invalid("the index is for another opening than the record's")
    if tuple(files) != NAMES or index_of(contents.opening.opening, files) != signed.index:
        raise Invalid("the index does not list the files of the record")
    return Record(signed, contents)


def _contents(files: Mapping[str, bytes]) -> Contents:
    missing = [name for name in NAMES if name not in files]
    if missing:
        raise Invalid(f"the record lacks {', '.join(missing)}")
    return Contents(
        opening=_read(files, "opening.json", SignedOpening),
        ceremony=_read(files, "ceremony.json", tuple[Transcript, ...]),
        charter=files["charter.toml"],
        roll=_read(files, "roll.json", PublicRoll),
        register=_read(files, "register.json", tuple[RegisterEntry, ...]),
        papers=_read(files, "papers.json", Papers),
        archive=files["election.bel"],
        proofs=_read(files, "proofs.json", OurProofs),
        backups=_read(files, "backups.json", tuple[Backup, ...]),
        rankings=_read(files, "ranking.json", tuple[Ranking, ...]),
        lots=_read(files, "lots.json", tuple[Drawing, ...]),
        declaration=files["declaration.txt"],
        declared=_read(files, "declaration.json", Signatures),
        journal=_read(files, "journal.json", tuple[SignedEntry, ...]),
    )


def _read(files: Mapping[str, bytes], name: str, form: type[T]) -> T:
    return decode(files[name], form, name, MAX_MEMBER)
