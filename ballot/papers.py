"""The desk's side of a paper (protocol §3): the roll and a request in, a register entry and blind signatures out.

The signers never see a credential: what they sign is blinded, and what goes into the register reveals nothing. How
many papers a delegate may have is kept in `ballot.ledger`.
"""

from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import check_blinded, check_request, sign_blindly
from ballot.errors import Invalid, Refused
from ballot.people import Delegate, Roll
from ballot.register import RegisterEntry, Request, Response, Way
from ballot.tables import name_key, text_problem
from ballot.votes import Opening

BY_KEY = "the delegate's key"
"""Who attests a request that bears the delegate's own signature."""


def register(roll: Roll, opening: Opening, request: Request, way: Way, attested: str) -> RegisterEntry:
    """The entry of a first paper; `attested` says which office vouches for a request that the delegate did not sign.

    Raises Refused for another election, someone off the roll, or a delegate who does not vote; Invalid when it is not
    signed with the delegate's key, was altered, or is not in the form of its way.
    """
    delegate = admit(roll, opening, request)
    entry = RegisterEntry(request, BY_KEY if request.signature else attested, way, "")
    check_entry(opening, delegate.key, entry)
    return entry


def admit(roll: Roll, opening: Opening, request: Request) -> Delegate:
    """The voting delegate of a request. Raises Refused for another election, off the roll, or without a vote."""
    if request.opening != opening.fingerprint:
        raise Refused("the request is for another election", "Compare the fingerprint's words of the two openings.")
    return voter(roll, request.delegate)


def voter(roll: Roll, number: int) -> Delegate:
    """The voting delegate of this number. Raises Refused off the roll, or without a vote."""
    delegate = roll.delegate(number)
    if not delegate.voting:
        raise Refused(
            f"delegate {delegate.number} does not vote: each regular member has one voting delegate (VI §2(b))",
            f"Ask for the voting delegate of {delegate.member}.",
        )
    return delegate


def check_entry(opening: Opening, key: str, entry: RegisterEntry) -> None:
    """Check an entry of the register; `key` is the delegate's on the roll, empty for none. Raises Invalid."""
    request, number = entry.request, entry.request.delegate
    if request.opening != opening.fingerprint:
        raise Invalid(f"the request of delegate {number} is for another election")
    if entry.way == Way.ENVELOPE and request != envelope_request(opening, number):
        raise Invalid(f"the entry of delegate {number}, an envelope, says more than who drew one")
    # First the signature: of an altered request it says more than a number that became too great.
    signed = check_signature(number, key, request, entry.way)
    if entry.way != Way.ENVELOPE:
        check_blinded(request.head, opening.head.rsa, f"the request of delegate {number} for the head")
        check_blinded(request.seal, opening.seal.rsa, f"the request of delegate {number} for the seal")
        if request.head == request.seal:
            raise Invalid(f"the request of delegate {number} has the same number for head and seal: one is a copy")
    if not entry.attested:
        raise Invalid(f"nobody attested the request of delegate {number}")
    if text_problem(entry.attested):
        raise Invalid(f"who attested the request of delegate {number}: {text_problem(entry.attested)}")
    # What looks like these words says them to whoever reads the register.
    if entry.attested != BY_KEY if signed else name_key(entry.attested) == name_key(BY_KEY):
        raise Invalid(f"the entry of delegate {number} does not say who attested the request")


def check_signature(number: int, key: str, request: Request, way: Way) -> bool:
    """Whether a request is signed by its delegate; `key` is the one on the roll, empty for none.

    Raises Invalid when a request file lacks the signature that the roll asks for, bears a wrong one, or bears one that
    cannot be checked.
    """
    if way != Way.REQUEST or not key:
        if request.signature:
            why = "the roll has no key to check it with" if way == Way.REQUEST else "the paper did not come by request"
            raise Invalid(f"the request of delegate {number} is signed, and {why}")
        return False
    if not request.signature:
        raise Invalid(
            f"delegate {number} has a key on the roll, and the request is not signed",
            "The delegate asks once more, with the key: `ballot request --key FILE`.",
        )
    try:
        check_request(request, key)
    except Invalid:
        raise Invalid(
            f"the request is not signed by the key of delegate {number}, or it was altered",
            "Ask the delegate to make and sign it again.",
        ) from None
    return True


def envelope_request(opening: Opening, delegate: int) -> Request:
    """What the register holds of a delegate who draws an envelope: nothing but the number."""
    return Request(opening.fingerprint, delegate, "", "", "")


def respond(head: OfficialKey, seal: OfficialKey | None, entry: RegisterEntry) -> Response:
    """The answer of both offices to a registered request; without the seal's key only the head's half."""
    request = entry.request
    sealed = sign_blindly(seal, request.seal) if seal else ""
    return Response(request.opening, request.delegate, sign_blindly(head, request.head), sealed)
