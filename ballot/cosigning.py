"""The seal on a machine of its own, beyond papers (protocol §3.4): halves of the head in, what both have signed out.

The keeper has no store. The log of the seal lets it be put on one opening and one declaration.
"""

from datetime import datetime

from msgspec import structs

from ballot.crypto import blind_rsa, signing
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import check_official, read_hex, try_key
from ballot.errors import Error, Invalid, Refused
from ballot.journal import minute_at
from ballot.keeper import Log, require_only
from ballot.opening import check_half_opening
from ballot.tables import text_problem
from ballot.trustees.readiness import require_fresh
from ballot.votes import Election, Official, Opening, TrusteeKey
from ballot.wire import Wire, encode, sha256_hex

_TRIED = b"ready|seal"
"""What the key for papers signs to show that it works; it begins with another word than a paper, so it is none."""


class SealReady(Wire, frozen=True):
    """That both keys of the seal worked at this minute (UTC), and their public part.

    `prefix` and `paper` are in hex: of a blind signature, unblinded. `signature` is over T("seal-ready", all of these).
    """

    seal: Official
    at: str
    prefix: str
    paper: str
    signature: str

    @property
    def public(self) -> Official:
        """The public part of the seal's key."""
        return self.seal


class HalfOpening(Wire, frozen=True):
    """An opening that the head has signed, for the keeper of the seal."""

    statement: Opening
    election: Election
    trustees: tuple[TrusteeKey, ...]
    head: str


class SealedOpening(HalfOpening, frozen=True):
    """An opening that head and seal have signed, for the store that has made it; the box is not open yet."""

    seal: str


class HalfDeclaration(Wire, frozen=True):
    """A declaration that the head has signed, for the keeper of the seal."""

    opening: str
    declaration: str
    head: str


class SealedDeclaration(HalfDeclaration, frozen=True):
    """A declaration that head and seal have signed, for the store that has made it."""

    seal: str


def show_seal_ready(seal: OfficialKey, now: datetime) -> SealReady:
    """Show that the seal's keys work now. Raises KeyRefused where they do not."""
    prefix, paper = try_key(seal, _TRIED)
    ready = SealReady(seal.public, minute_at(now), prefix.hex(), paper.hex(), "")
    return structs.replace(ready, signature=seal.sign("seal-ready", *_signed_fields(ready)))


def _signed_fields(ready: SealReady) -> tuple[bytes | str, ...]:
    return encode(ready.seal), ready.at, ready.prefix, ready.paper


def check_seal_ready(ready: SealReady, now: datetime) -> None:
    """Check what `show_seal_ready` made within the last 24 hours. Raises Invalid."""
    try:
        signing.verify(ready.seal.ed25519, ready.signature, "seal-ready", *_signed_fields(ready))
        prefix, paper = bytes.fromhex(ready.prefix), bytes.fromhex(ready.paper)
        blind_rsa.verify(blind_rsa.load_public(ready.seal.rsa), blind_rsa.prepare(_TRIED, prefix), paper)
    except (Error, ValueError):
        raise Invalid("the proof that the seal's keys work does not hold", "Get the file again, whole.") from None
    try:
        require_fresh(ready.at, now)
    except Invalid as error:
        hint = "Look at the clocks of both laptops. The keeper makes it again: ballot keeper ready."
        raise Invalid(error.message, hint) from None


def check_opening_for(half: HalfOpening, seal: Official) -> None:
    """Check an opening before this seal is put on it. Raises Invalid, and KeyRefused where it names another seal."""
    check_half_opening(half.statement, half.head, half.election, half.trustees)
    _check_shown(half.statement)
    check_official(seal, half.statement, "seal")


def _check_shown(opening: Opening) -> None:
    """What only the record can prove is at least no long text that moves the rest off the keeper's screen."""
    for digest in (opening.roll, opening.charter, *filter(None, [opening.ceremony])):
        read_hex(digest, 32, "a digest in the opening statement")
    for contest in opening.contests:
        if not contest.rule or text_problem(contest.rule):
            raise Invalid("a rule in the opening statement is not plain text")


def log_for(opening: Opening, log: Log | None) -> Log:
    """The log in which an opening stands: a new one where there is none. Raises Refused for that of another opening."""
    if log is not None and log.opening != opening.fingerprint:
        raise Refused(
            "this log is of another opening, on which the seal was put before",
            "If that was for another election, give this one a log of its own. Else ask the head why there are two: if "
            "the box was never opened with that one, keep its log under another name, and begin a new log; if it was "
            "opened, put the seal on no other.",
        )
    return log or Log(opening.fingerprint)


def seal_opening(seal: OfficialKey, log: Log | None, half: HalfOpening) -> tuple[SealedOpening, Log]:
    """Put the seal on an opening, the only one of its log. Raises as `check_opening_for` and `log_for` do."""
    check_opening_for(half, seal.public)
    log = log_for(half.statement, log)
    fields = half.statement, half.election, half.trustees, half.head
    return SealedOpening(*fields, seal.sign("opening", encode(half.statement))), log


def check_declaration_for(opening: Opening, log: Log, half: HalfDeclaration) -> None:
    """Check a declaration before the seal is put on it: it is the head's, of this election, and the first of its log.

    Whether it is true, the record shows. Raises Invalid, and Refused for a second declaration.
    """
    if half.opening != opening.fingerprint:
        raise Invalid("the declaration is of another election", "Look for the half of this election.")
    try:
        signing.verify(opening.head.ed25519, half.head, "declaration", half.opening, half.declaration)
    except Invalid:
        raise Invalid("the declaration is not signed by the head of this election, or it was altered") from None
    require_only(log.declaration, _digest(half), "declaration")


def _digest(half: HalfDeclaration) -> str:
    return sha256_hex(half.declaration.encode())


def seal_declaration(
    opening: Opening, seal: OfficialKey, log: Log, half: HalfDeclaration
) -> tuple[SealedDeclaration, Log]:
    """Put the seal on a declaration. Raises as `check_declaration_for` does, and KeyRefused for another seal's key."""
    check_official(seal.public, opening, "seal")
    check_declaration_for(opening, log, half)
    fields = half.opening, half.declaration, half.head
    sealed = SealedDeclaration(*fields, seal.sign("declaration", half.opening, half.declaration))
    return sealed, structs.replace(log, declaration=_digest(half))
