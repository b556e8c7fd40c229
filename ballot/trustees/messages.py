"""What trustees say: in their ceremony (protocol §2.6): an invitation, and three rounds of messages.

A round has a message from every trustee; the transcript holds them all.

1. `Commit`: keys made for this ceremony, and a hash of the election key, so that the last cannot choose a key that
   depends on the others'. It brings its own keys, so those present must see that it comes from the person it names.
2. `Deal`: the election key with proof of knowledge, which must open the hash, and its backup dealt to the others.
3. `Acknowledge`: the pieces received are right; or a complaint that names the dealer.

Each later message is signed over the digest of everything before, so two trustees who were shown different messages
find out. A complaint publishes the secret half of the complainer's box: anyone can then open the piece and see who is
right. That reveals nothing of use, because a ceremony with a complaint is never finished: it starts anew.

At the count, holders give a `Piece` each of a missing trustee's key (§6.1); the record keeps them as a `Backup`.
"""

from typing import TypeVar

from ballot.crypto import backup
from ballot.crypto.groups import Group, group
from ballot.votes import Closing, TrusteeKey
from ballot.wire import Wire, encode, sha256_hex


class Ceremony(Wire, frozen=True):
    """What trustees are invited to: their names in order, how many are needed, the group, and a random nonce in hex."""

    names: tuple[str, ...]
    need: int
    group: str
    nonce: str

    @property
    def id(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return sha256_hex(encode(self))

    @property
    def spare(self) -> int:
        """How many trustees may be missing at the count."""
        return len(self.names) - self.need

    @property
    def ring(self) -> Group:
        return group(self.group)

    def others(self, number: int) -> tuple[int, ...]:
        """Whom this trustee deals to, and who deals to it: all the others, or nobody when all are needed."""
        return backup.others(len(self.names), number) if self.spare else ()


class Commit(Wire, frozen=True, tag="commit"):
    """Round 1: the trustee's Ed25519 key and X25519 box, and T("ceremony-commit", …) of the key to come; all in hex."""

    ceremony: str
    number: int
    name: str
    signing: str
    box: str
    commitment: str
    signature: str


class Deal(Wire, frozen=True, tag="deal"):
    """Round 2: digest of round 1, the key, the nonce that opens the hash, the backup; pieces in order of the others."""

    number: int
    commits: str
    key: TrusteeKey
    nonce: str
    commitments: tuple[str, ...]
    pieces: tuple[bytes, ...]
    signature: str


class Acknowledge(Wire, frozen=True, tag="acknowledge"):
    """Round 3: digest of rounds 1 and 2; numbers of dealers complained of, and then the secret half of the box."""

    number: int
    deals: str
    complaints: tuple[int, ...]
    box: str
    signature: str


Message = TypeVar("Message", Commit, Deal, Acknowledge)


class Transcript(Wire, frozen=True):
    """The messages collected so far, each round in the order of the trustees; the invitation when there are none."""

    ceremony: Ceremony
    commits: tuple[Commit, ...] = ()
    deals: tuple[Deal, ...] = ()
    answers: tuple[Acknowledge, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return sha256_hex(encode(self))

    @property
    def keys(self) -> tuple[TrusteeKey, ...]:
        """The election keys of round 2, in the order of the trustees."""
        return tuple(message.key for message in self.deals)


class Piece(Wire, frozen=True):
    """A holder's piece (base 10) of a missing trustee's key, signed for one transcript (SHA-256) and one closed box."""

    transcript: str
    closing: Closing
    missing: int
    holder: int
    value: str
    signature: str


class Backup(Wire, frozen=True):
    """Who stood in for a missing trustee, for the record: as many pieces as are needed, by holder."""

    missing: int
    pieces: tuple[Piece, ...]
