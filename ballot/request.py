"""The delegate's side of a paper (protocol §3): an opening in, a request and what stays secret out; then the paper.

Nothing here knows a roll or a name: a delegate is a number. What `ask` keeps back never leaves the delegate's machine.
"""

from dataclasses import dataclass, field

from ballot.crypto import blind_rsa
from ballot.crypto.groups import group
from ballot.crypto.paper import Blinding, blind_paper, read_hex, unblind_paper
from ballot.errors import Invalid
from ballot.register import Request, Response
from ballot.votes import BoothPaper, Election, Opening
from ballot.wire import Wire, decode, encode

_TOGETHER = "Look for the pending paper that was made with this request (--pending); else get the answer again."


@dataclass(frozen=True)
class Pending:
    """A paper that waits for its signatures: the request that was sent, and what must stay secret.

    The credential is secret as long as it stands beside the delegate's number.
    """

    request: Request
    credential: str = field(repr=False)
    secret: int = field(repr=False)
    blinding: Blinding


class PendingFile(Wire, frozen=True):
    """A Pending as a file: the secret and the inverses in base 10, the prefix in hex."""

    request: Request
    secret: str
    prefix: str
    head: str
    seal: str

    def __repr__(self) -> str:
        return "PendingFile()"


def ask(opening: Opening, election: Election, delegate: int) -> tuple[Request, Pending]:
    """Make a credential and a request for delegate `delegate` (from 1), blinded for both signers and not yet signed.

    The signers see two random numbers; the credential stays in the `Pending`.
    """
    ring = group(election.group)
    secret = 0
    while secret == 0:
        secret = ring.random_scalar()
    credential = ring.text(ring.base(secret))
    head, seal, blinding = blind_paper(opening, credential)
    request = Request(opening.fingerprint, delegate, head, seal, "")
    return request, Pending(request, credential, secret, blinding)


def save_pending(pending: Pending, request: Request) -> bytes:
    """What the delegate keeps until the answer comes, with the request as it was sent. It is as good as a vote."""
    blinding = pending.blinding
    inverses = (str(blinding.head.inverse), str(blinding.seal.inverse))
    return encode(PendingFile(request, str(pending.secret), blinding.prefix.hex(), *inverses))


def load_pending(data: bytes, election: Election) -> Pending:
    """Read what `save_pending` wrote. Raises Invalid; no error shows anything of it."""
    file = decode(data, PendingFile, "the pending paper")
    ring = group(election.group)
    secret = ring.scalar(file.secret)
    if secret == 0:
        raise Invalid("the pending paper holds no secret")
    prefix = read_hex(file.prefix, blind_rsa.PREFIX_BYTES, "the prefix of the pending paper")
    blinding = Blinding(prefix, _inverse(file.head), _inverse(file.seal))
    return Pending(file.request, ring.text(ring.base(secret)), secret, blinding)


def _inverse(text: str) -> blind_rsa.Unblinding:
    # Python itself refuses to read numbers of more than 4300 digits.
    if not (text.isascii() and text.isdigit()) or len(text) > 1000 or text.startswith("0"):
        raise Invalid("the pending paper holds no number where one is wanted")
    return blind_rsa.Unblinding(int(text))


def receive(opening: Opening, election: Election, pending: Pending, response: Response) -> BoothPaper:
    """Take the blinding off both answers and check the paper.

    Raises Invalid when the answer is for another election or delegate, or when either signature does not hold.
    """
    if {response.opening, pending.request.opening} != {opening.fingerprint}:
        raise Invalid("the answer, the pending paper and the opening are not all of the same election")
    if response.delegate != pending.request.delegate:
        raise Invalid(
            f"the answer is for delegate {response.delegate}, and the pending paper is of {pending.request.delegate}",
            _TOGETHER,
        )
    try:
        paper = unblind_paper(opening, election, pending.credential, pending.blinding, response.head, response.seal)
    except Invalid as error:
        problem = f"answer and pending paper do not belong together, or one was altered: {error.message}"
        raise Invalid(problem, _TOGETHER) from None
    return BoothPaper(opening.fingerprint, paper, str(pending.secret))
