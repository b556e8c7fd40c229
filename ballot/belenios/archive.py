"""What a Belenios archive says, and how it is written (protocol §11).

In: the values of an election. Out: the bytes that belenios-tool would write. `read` is the way back, `check` looks at
the cryptography.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ballot.belenios.tar import Record, pack
from ballot.votes import Ballot, Ciphertexts, Election, Share, TrusteeKey
from ballot.wire import Wire, encode, sha256_hex

Votes = tuple[tuple[int, ...], ...]
"""Per question, per answer: the number of votes."""


class BeleniosElection(Election, frozen=True, omit_defaults=True):
    """An election as belenios-tool may write it, with fields that ours does not use; φ covers them too."""

    administrator: str | None = None
    credential_authority: str | None = None
    language: tuple[str, str] | None = None


class NamedTrusteeKey(TrusteeKey, frozen=True, omit_defaults=True):
    """A trustee's key as belenios-tool may write it; nothing protects the name."""

    name: str | None = None


class ArchiveHeader(Wire, frozen=True):
    """Content of the first record; the timestamp is in seconds since 1970."""

    version: int
    timestamp: str


class SetupData(Wire, frozen=True):
    """SHA-256 of the election, the trustees and the public credentials."""

    election: str
    trustees: str
    credentials: str


class SizedTally(Wire, frozen=True):
    """How many ballots were tallied, and the SHA-256 of the encrypted tally; huge weights are written as text."""

    num_tallied: int
    total_weight: int | str
    encrypted_tally: str


class OwnedPayload(Wire, frozen=True):
    """A trustee's number, from 1, and the SHA-256 of the trustee's share."""

    owner: int
    payload: str


class ResultData(Wire, frozen=True):
    """The votes per question and answer."""

    result: Votes


class Event(Wire, frozen=True, omit_defaults=True, kw_only=True):
    """A link of the chain: SHA-256 of the event before, how many came before, and the SHA-256 of the payload."""

    parent: str | None = None
    height: int
    type: str
    payload: str | None = None


class Tally(NamedTuple):
    """The encrypted tally and how many ballots went into it."""

    ballots: int
    ciphertexts: Ciphertexts


@dataclass(frozen=True)
class Archive:
    """What an archive says, ballots and shares (owner from 1, share) in its own order; None for what is not yet there.

    Nothing cryptographic has been checked.
    """

    timestamp: int
    election: Election
    trustees: tuple[TrusteeKey, ...]
    credentials: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    ended: bool = False
    tally: Tally | None = None
    shares: tuple[tuple[int, Share], ...] = ()
    votes: Votes | None = None


class Link(NamedTuple):
    """An event's type and the contents of the data records before it, in order."""

    type: str
    data: tuple[bytes, ...]


def encode_trustees(keys: Sequence[TrusteeKey]) -> bytes:
    """The trustees in the Belenios form, `[["Single",{…}],…]` (protocol §2)."""
    return encode([("Single", key) for key in keys])


def write_archive(
    timestamp: int,
    election: Election,
    trustees: Sequence[TrusteeKey],
    credentials: Sequence[str],
    ballots: Sequence[Ballot],
    tally: Ciphertexts,
    shares: Sequence[tuple[int, Share]] = (),
    votes: Votes | None = None,
) -> bytes:
    """The archive of a closed election with one ballot per credential; without `votes` it ends before the result.

    `timestamp` is in seconds since 1970, at most MAX_TIME; owners of shares count from 1. Credentials and ballots are
    sorted here, so that the archive tells nothing about the order of casting.
    """
    return encode_archive(
        Archive(
            timestamp=timestamp,
            election=election,
            trustees=tuple(trustees),
            credentials=tuple(sorted(credentials)),
            ballots=tuple(sorted(ballots, key=lambda ballot: ballot.tracker)),
            ended=True,
            tally=Tally(len(ballots), tally),
            shares=tuple(sorted(shares, key=lambda owned: owned[0])),
            votes=votes,
        )
    )


def encode_archive(archive: Archive) -> bytes:
    """The bytes of an archive, ballots and shares in the order in which it holds them."""
    header = encode(ArchiveHeader(1, str(archive.timestamp)))
    records = [Record("BELENIOS", archive.timestamp, header)]
    parent = None
    for height, link in enumerate(_links(archive)):
        payload = sha256_hex(link.data[-1]) if link.data else None
        event = encode(Event(parent=parent, height=height, type=link.type, payload=payload))
        records += (Record(f"{sha256_hex(data)}.data.json", archive.timestamp, data) for data in link.data)
        parent = sha256_hex(event)
        records.append(Record(f"{parent}.event.json", archive.timestamp, event))
    return pack(records)


def _links(archive: Archive) -> list[Link]:
    opened = (encode(archive.election), encode_trustees(archive.trustees), encode(archive.credentials))
    links = [Link("Setup", (*opened, setup_of(opened)))]
    links += (Link("Ballot", (encode(ballot),)) for ballot in archive.ballots)
    if archive.ended:
        links.append(Link("EndBallots", ()))
    if archive.tally is not None:
        number, ciphertexts = archive.tally.ballots, encode(archive.tally.ciphertexts)
        sized = encode(SizedTally(number, number, sha256_hex(ciphertexts)))
        links.append(Link("EncryptedTally", (ciphertexts, sized)))
    for owner, share in archive.shares:
        content = encode(share)
        links.append(Link("PartialDecryption", (content, encode(OwnedPayload(owner, sha256_hex(content))))))
    if archive.votes is not None:
        links.append(Link("Result", (encode(ResultData(archive.votes)),)))
    return links


def setup_of(opened: Sequence[bytes]) -> bytes:
    """The payload of the Setup event for the election, the trustees and the credentials."""
    election, trustees, credentials = (sha256_hex(data) for data in opened)
    return encode(SetupData(election, trustees, credentials))
