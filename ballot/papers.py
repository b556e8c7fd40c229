"""The desk's side of a paper (protocol §3): the roll and a request in, a register entry and blind signatures out.

The signers never see a credential: what they sign is blinded, and what goes into the register reveals nothing.
"""

from collections.abc import Collection

from ballot.crypto import blind_rsa
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import read_hex
from ballot.errors import Refused
from ballot.people import Roll
from ballot.votes import Opening, RegisterEntry, Request, Response


def register(roll: Roll, opening: Opening, issued: Collection[int], request: Request, attested: str) -> RegisterEntry:
    """Enter a request into the register; `issued` are the delegates that already stand in it.

    Raises Refused for another election, someone off the roll, a delegate who does not vote, or a second paper.
    """
    if request.opening != opening.fingerprint:
        raise Refused("the request is for another election")
    delegate = roll.delegate(request.delegate)
    if not delegate.voting:
        raise Refused(
            f"delegate {delegate.number} does not vote: each regular member has one voting delegate (VI §2(b))",
            f"Ask for the voting delegate of {delegate.member}.",
        )
    if delegate.number in issued:
        raise Refused(
            f"delegate {delegate.number} already has a paper: one regular member, one vote (V §3(b))",
            "A paper is issued once.",
        )
    return RegisterEntry(request, attested)


def sign_blindly(key: OfficialKey, blinded: str) -> str:
    """The blind signature of the head or the seal on a blinded paper, both in hex (RFC 9474 §4.3)."""
    private = key.rsa
    return blind_rsa.blind_sign(private, read_hex(blinded, private.key_size // 8, "the blinded paper")).hex()


def respond(head: OfficialKey, seal: OfficialKey, entry: RegisterEntry) -> Response:
    """The answer of both offices to a registered request."""
    request = entry.request
    return Response(
        request.opening, request.delegate, sign_blindly(head, request.head), sign_blindly(seal, request.seal)
    )
