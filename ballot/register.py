"""Values of the register: who asked for a paper, what was answered, which papers came back, and the sheet of all.

Delegates are numbers here.
"""

from enum import StrEnum

from ballot.votes import Paper
from ballot.wire import Wire


class Request(Wire, frozen=True):
    """A delegate's request: the same paper blinded once for the head and once for the seal, in hex (protocol §3).

    `signature` is the delegate's own, or empty where somebody at the desk attests who asks.
    """

    opening: str
    delegate: int
    head: str
    seal: str
    signature: str


class Way(StrEnum):
    """How a delegate came to a paper: by a request file, made at the desk, or drawn in an envelope."""

    REQUEST = "request"
    DESK = "desk"
    ENVELOPE = "envelope"


class RegisterEntry(Wire, frozen=True):
    """One line of the register: who asked for a paper, and which office attested it. Blinded numbers reveal nothing.

    The request of an envelope has no blinded numbers, so nothing says which one it was. `instead_of` is the credential
    of the spoiled paper that this one replaces, or empty.
    """

    request: Request
    attested: str
    way: Way
    instead_of: str


class Response(Wire, frozen=True):
    """The blind signatures of head and seal on a request, in hex; the same answer however often one asks."""

    opening: str
    delegate: int
    head: str
    seal: str


class Reconciliation(Wire, frozen=True):
    """The reconciliation sheet: issued = cast + spoiled + returned + outstanding, all in papers.

    Issued are the papers that were signed and sealed: those asked for, and all envelopes printed.
    """

    issued: int
    handed_out: int
    cast: int
    spoiled: int
    returned: int

    @property
    def outstanding(self) -> int:
        """Papers that are neither cast nor given back: those with delegates, and envelopes not handed out."""
        return self.issued - self.cast - self.spoiled - self.returned

    @property
    def with_delegates(self) -> int:
        """Papers handed out and neither cast nor spoiled; negative only when something is wrong."""
        return self.handed_out - self.cast - self.spoiled

    @property
    def not_handed_out(self) -> int:
        """Envelopes neither handed out nor returned; negative only when something is wrong."""
        return self.issued - self.handed_out - self.returned

    @property
    def usable(self) -> int:
        """Papers that were or could still be cast: never more than voting delegates."""
        return self.issued - self.spoiled - self.returned


class Fate(StrEnum):
    """Why a paper can never be cast: surrendered by a delegate, or an envelope that nobody drew."""

    SPOILED = "spoiled"
    RETURNED = "returned"


class Papers(Wire, frozen=True):
    """All papers that came back, each list sorted by credential; spoiled and returned ones can never be cast."""

    cast: tuple[Paper, ...]
    spoiled: tuple[Paper, ...]
    returned: tuple[Paper, ...]
