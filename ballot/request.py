"""The delegate's side of a paper (protocol §3): an opening in, a request and what stays secret out; then the paper.

Nothing here knows a roll or a name: a delegate is a number. What `ask` keeps back never leaves the delegate's machine.
"""

from dataclasses import dataclass, field

from ballot.crypto import blind_rsa
from ballot.crypto.groups import group
from ballot.crypto.paper import check_paper, paper_message, read_hex
from ballot.errors import Invalid
from ballot.votes import BoothPaper, Election, Opening, Paper, Request, Response


@dataclass(frozen=True)
class Pending:
    """A paper that waits for its signatures; everything but the credential is secret."""

    credential: str
    secret: int = field(repr=False)
    prefix: bytes = field(repr=False)
    head: blind_rsa.Unblinding = field(repr=False)
    seal: blind_rsa.Unblinding = field(repr=False)


def ask(opening: Opening, election: Election, delegate: int) -> tuple[Request, Pending]:
    """Make a credential and a request for delegate `delegate` (from 1), blinded for both signers and not yet signed.

    The signers see two random numbers; the credential stays in the `Pending`.
    """
    ring = group(election.group)
    secret = 0
    while secret == 0:
        secret = ring.random_scalar()
    credential = ring.text(ring.base(secret))
    prepared = blind_rsa.prepare(paper_message(opening.fingerprint, credential))
    for_head, head = blind_rsa.blind(blind_rsa.load_public(opening.head.rsa), prepared)
    for_seal, seal = blind_rsa.blind(blind_rsa.load_public(opening.seal.rsa), prepared)
    pending = Pending(credential, secret, prepared[: blind_rsa.PREFIX_BYTES], head, seal)
    return Request(opening.fingerprint, delegate, for_head.hex(), for_seal.hex(), ""), pending


def receive(opening: Opening, election: Election, pending: Pending, response: Response) -> BoothPaper:
    """Take the blinding off both answers and check the paper. Raises Invalid when either signature does not hold."""
    prepared = pending.prefix + paper_message(opening.fingerprint, pending.credential)
    signatures = []
    for office, answer, pem, unblinding in (
        ("the head's answer", response.head, opening.head.rsa, pending.head),
        ("the seal's answer", response.seal, opening.seal.rsa, pending.seal),
    ):
        key = blind_rsa.load_public(pem)
        try:
            blind_signature = read_hex(answer, key.key_size // 8, office)
            signatures.append(blind_rsa.finalize(key, prepared, blind_signature, unblinding).hex())
        except Invalid as error:
            raise Invalid(f"{office} is no signature on this request: {error.message}") from None
    paper = Paper(pending.credential, pending.prefix.hex(), *signatures)
    check_paper(opening, election, paper)
    return BoothPaper(opening.fingerprint, paper, str(pending.secret))
