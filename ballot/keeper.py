"""The seal on a machine of its own (protocol §3): half responses in, whole responses and a log out.

The keeper of the seal has no store and no roll. What stands between the seal and a head who asks for too many papers
is the log: one paper for each delegate, another one only for a surrendered paper, never more than voting delegates.
Whether a delegate came, and whether a paper was surrendered in public, only the register and the journal can tell.
"""

from collections.abc import Sequence

from msgspec import structs

from ballot.crypto import signing
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import check_blinded, check_paper, sign_blindly
from ballot.errors import Invalid, Refused
from ballot.register import RegisterEntry, Response, Way
from ballot.tables import text_problem
from ballot.votes import Election, Opening, Paper
from ballot.wire import Wire, encode, sha256_hex


class HalfResponse(Wire, frozen=True):
    """What the head hands to the keeper of the seal: a register entry, the spoiled paper that it replaces (or none),
    the head's blind signature in hex, and the head's Ed25519 signature over T("half-response", all of these)."""

    entry: RegisterEntry
    spoiled: tuple[Paper, ...]
    head: str
    signature: str


class Sealed(Wire, frozen=True):
    """One line of the log: a delegate, the SHA-256 of the register entry, and the credential of the spoiled paper."""

    delegate: int
    entry: str
    instead_of: str


class Log(Wire, frozen=True):
    """What the seal was put on in the election Ω: papers, by delegate, and nothing tells in which order.

    `declaration` and `record` are the SHA-256 of the declaration and of the record's index as the head signed it, empty
    before the seal is put on them.
    """

    opening: str
    sealed: tuple[Sealed, ...] = ()
    declaration: str = ""
    record: str = ""


def half_response(key: OfficialKey, entry: RegisterEntry, spoiled: tuple[Paper, ...], head: str) -> HalfResponse:
    """The head's answer to a register entry, for the keeper of the seal."""
    half = HalfResponse(entry, spoiled, head, "")
    return structs.replace(half, signature=signing.sign(key.ed25519, "half-response", *_signed_fields(half)))


def _signed_fields(half: HalfResponse) -> tuple[bytes, ...]:
    return encode(half.entry), encode(half.spoiled), half.head.encode()


def put_seal(
    opening: Opening, election: Election, seal: OfficialKey, log: Log, half: HalfResponse
) -> tuple[Response, Log]:
    """Answer a half response; the same entry again gives the same answer and leaves the log as it is.

    Raises Invalid when the head did not sign it or it is not for this election, Refused for a second paper of a
    delegate who surrendered none, for a paper surrendered twice, and for more papers than voting delegates.
    """
    entry, request = half.entry, half.entry.request
    check_half(opening, half)
    digest = sha256_hex(encode(entry))
    response = Response(request.opening, request.delegate, half.head, "")
    line = Sealed(request.delegate, digest, entry.instead_of)
    if line not in log.sealed:
        _admit(opening, election, log, half)
        log = structs.replace(log, sealed=tuple(sorted((*log.sealed, line), key=_order)))
    return structs.replace(response, seal=sign_blindly(seal, request.seal)), log


def unregistered(log: Log, register: Sequence[RegisterEntry]) -> tuple[int, ...]:
    """The delegates, in order, for whom the seal is on a paper that a register does not have: nobody may hold those."""
    known = {(entry.request.delegate, sha256_hex(encode(entry))) for entry in register}
    return tuple(line.delegate for line in log.sealed if (line.delegate, line.entry) not in known)


def require_only(before: str, digest: str, what: str) -> None:
    """Raise Refused when the seal is on another declaration or record already, by the digest that its log has."""
    if before not in ("", digest):
        raise Refused(
            f"the seal is on another {what} of this election already",
            "Ask the head why there are two, and tell the Assembly. Nothing was sealed.",
        )


def _order(line: Sealed) -> tuple[int, str]:
    return line.delegate, line.entry


def check_half(opening: Opening, half: HalfResponse) -> None:
    """Check a half response before anything of it is shown: the head made it, for this election, in due form.

    Raises Invalid.
    """
    request = half.entry.request
    if request.opening != opening.fingerprint:
        raise Invalid("the half response is for another election")
    try:
        signing.verify(opening.head.ed25519, half.signature, "half-response", *_signed_fields(half))
    except Invalid:
        raise Invalid("the half response is not signed by the head of this election, or it was altered") from None
    if half.entry.way == Way.ENVELOPE:
        raise Invalid("the half response is for an envelope; those are sealed when they are printed")
    if not half.entry.attested or text_problem(half.entry.attested):
        raise Invalid("the half response does not say in plain text who attests it")
    check_blinded(request.seal, opening.seal.rsa, "the request for the seal")


def _admit(opening: Opening, election: Election, log: Log, half: HalfResponse) -> None:
    entry, number = half.entry, half.entry.request.delegate
    if log.opening != opening.fingerprint:
        raise Invalid("the log is of another election", "Begin a log of its own for every election.")
    if [paper.credential for paper in half.spoiled] != ([entry.instead_of] if entry.instead_of else []):
        raise Invalid("the half response does not show the spoiled paper that it speaks of")
    for paper in half.spoiled:
        check_paper(opening, election, paper)
    before = any(line.delegate == number for line in log.sealed)
    if before and not entry.instead_of:
        raise Refused(
            f"the seal is on another paper of delegate {number} already: one regular member, one vote (V §3(b))",
            "Ask the head what happened; nothing was sealed.",
        )
    gone = [line.instead_of for line in log.sealed if line.instead_of]
    if entry.instead_of in gone:
        raise Refused("the spoiled paper was replaced already", "A surrendered paper is replaced once.")
    # An envelope can be replaced too, so a delegate's first line here may already stand for a spoiled paper.
    if not entry.instead_of and len(log.sealed) - len(gone) >= opening.voting_delegates:
        raise Refused(f"the seal is on the papers of all {opening.voting_delegates} voting delegates already")
