"""The seal on a record, on a machine of its own (protocol §3.4): the head's half and the log in, the record out."""

from msgspec import structs

from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import check_official
from ballot.errors import Invalid, Refused
from ballot.keeper import Log, require_only, unregistered
from ballot.record import Record, seal_half
from ballot.wire import encode, sha256_hex


def check_record_for(half: Record, log: Log) -> None:
    """Check a record against the log before the seal is put on it; `ballot.verify` checks it in full afterwards.

    Raises Invalid for a record of another election, and Refused for a second record, for one with another declaration,
    and for one whose register lacks a paper that the seal was put on.
    """
    contents = half.contents
    if contents.opening.opening.fingerprint != log.opening:
        raise Invalid(
            "the record and the log of the seal are of different elections",
            "Look first whether this is the half of this election. If it is, look for the log that belongs to it.",
        )
    if missing := unregistered(log, contents.register):
        raise Refused(
            f"the seal is on papers that the register does not have, of delegates {', '.join(map(str, missing))}",
            "Whoever has such a paper can vote with it. Tell the Assembly; nothing was sealed.",
        )
    require_only(log.declaration, sha256_hex(contents.declaration), "declaration")
    require_only(log.record, _digest(half), "record")


def seal_record(seal: OfficialKey, log: Log, half: Record) -> tuple[bytes, Log]:
    """Put the seal on the index of a record. Raises as `check_record_for` does, and KeyRefused for another seal's key.

    What comes out has still to be verified before it leaves the machine. The log takes the record's declaration, too:
    who has it from elsewhere gets no other one here.
    """
    check_official(seal.public, half.contents.opening.opening, "seal")
    check_record_for(half, log)
    declaration = sha256_hex(half.contents.declaration)
    return seal_half(half, seal), structs.replace(log, declaration=declaration, record=_digest(half))


def _digest(half: Record) -> str:
    # With the head's signature: a head can sign one index in many ways, and each would give another record.
    return sha256_hex(encode(structs.replace(half.index, seal="")))


def sealed_elsewhere(half: Record, log: Log) -> int:
    """How many papers of the register, envelopes too, the log does not have."""
    known = {line.entry for line in log.sealed}
    return sum(sha256_hex(encode(entry)) not in known for entry in half.contents.register)
