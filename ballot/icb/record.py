"""The ICB's published record: the Assembly's record, officers' records and the journal in, one file out, and back.

The file is packed as an Assembly's record is (`ballot.record`), so it has the same bytes whenever it is made from the
same journal. Nothing in it needs a list of its own: the first act names the Assembly's record by its SHA-256, the acts
name the officers' records, and the signed tip says where the journal ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ballot.errors import Invalid
from ballot.icb.journal import SignedAct, SignedTip, read_journal
from ballot.icb.places import Office, Place
from ballot.icb.secretary import OfficerElected
from ballot.record import pack, unpack
from ballot.wire import Wire, decode, encode, sha256_hex

FIRST = "icb-places.json"
"""The file that comes first, by which the record is known."""

NAMES = (FIRST, "icb-journal.json", "icb-tip.json", "assembly.zip")
"""Files of the record in their order; officers' records follow, in the order in which the acts name them."""


class Places(Wire, frozen=True):
    """What the secretary says the acts lead to: all places and offices."""

    version: Literal[1]
    places: tuple[Place, ...]
    offices: tuple[Office, ...]


@dataclass(frozen=True)
class IcbContents:
    """What the record holds; `officers` are records of officers' elections by their SHA-256."""

    places: Places
    journal: tuple[SignedAct, ...]
    tip: SignedTip
    assembly: bytes
    officers: Mapping[str, bytes]


def is_icb_record(data: bytes) -> bool:
    """Whether bytes begin as the ICB's record does, and not as an Assembly's."""
    # The name of a zip's first file stands 30 bytes after its beginning.
    return data.startswith(b"PK\x03\x04") and data[30 : 30 + len(FIRST)] == FIRST.encode()


def named_records(journal: tuple[SignedAct, ...]) -> tuple[str, ...]:
    """SHA-256 of the officers' records that the acts of a journal name, each once, in their order."""
    acts = (signed.entry.act for signed in journal)
    return tuple(dict.fromkeys(act.record for act in acts if isinstance(act, OfficerElected)))


def write_icb_record(contents: IcbContents) -> bytes:
    """The record as one file."""
    values = (encode(contents.places), encode(contents.journal), encode(contents.tip), contents.assembly)
    officers = {_officer_file(digest): contents.officers[digest] for digest in named_records(contents.journal)}
    return pack({**dict(zip(NAMES, values, strict=True)), **officers})


def read_icb_record(data: bytes) -> IcbContents:
    """Read a record; nothing is verified but that each officer's record is the one that an act names.

    Raises Invalid when the file is damaged, or has not exactly the files that belong in it.
    """
    files = unpack(data)
    missing = [name for name in NAMES if name not in files]
    if missing:
        raise Invalid(f"the ICB's record lacks {', '.join(missing)}")
    journal = read_journal(files["icb-journal.json"])
    named = named_records(journal)
    if tuple(files) != (*NAMES, *map(_officer_file, named)):
        raise Invalid("the ICB's record does not hold exactly the records that its acts name")
    officers = {digest: files[_officer_file(digest)] for digest in named}
    for digest, record in officers.items():
        if sha256_hex(record) != digest:
            raise Invalid(f"{_officer_file(digest)} is not the record that the act names")
    return IcbContents(
        decode(files[FIRST], Places, FIRST),
        journal,
        decode(files["icb-tip.json"], SignedTip, "icb-tip.json"),
        files["assembly.zip"],
        officers,
    )


def _officer_file(digest: str) -> str:
    return f"officer-{digest}.zip"
