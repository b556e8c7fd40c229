"""The box: sealed ballots in, receipts out, each paper once (protocol §5). It keeps no order and no time."""

from ballot.crypto.paper import check_paper
from ballot.crypto.sealing import check_ballot, check_whole
from ballot.crypto.signing import PrivateKey, sign, verify
from ballot.errors import Invalid, Refused
from ballot.register import Fate
from ballot.votes import Election, Opening, Receipt, SealedBallot


def accept(
    opening: Opening,
    election: Election,
    sealed: SealedBallot,
    held: SealedBallot | None = None,
    fate: Fate | None = None,
) -> bool:
    """Whether a sealed ballot is new to the box.

    `held` is the one the box already has on the same credential; `fate` says why a paper can never be cast. Casting the
    very same file again is fine and returns False. Raises Invalid when paper or ballot does not check out in full, and
    Refused when another ballot was cast on this paper, or it was spoiled or returned.
    """
    # In this order: a damaged file must not sound like one of another election, nor such a one, whose papers are signed
    # with other keys, like forgery.
    check_whole(sealed.ballot)
    if (sealed.ballot.election_uuid, sealed.ballot.election_hash) != (election.uuid, election.fingerprint):
        raise Invalid("the ballot is for another election", "It may be an old file: look for the one of this election.")
    if sealed.paper.credential != sealed.ballot.credential:
        raise Invalid("the ballot was not made on the paper it comes with")
    if held == sealed:
        return False
    check_paper(opening, election, sealed.paper)
    check_ballot(election, sealed.ballot)
    if held is not None:
        raise Refused(
            "another ballot was already cast on this paper: one paper, one vote",
            "The first ballot stays in the box; its receipt is still good.",
        )
    if fate is not None:
        raise Refused(
            f"the paper of this ballot was {fate}, so it can never be cast",
            "Delete this file, for the journal names the delegate whose paper it was. Whoever surrendered a paper asks "
            "the desk for a fresh one."
            if fate == Fate.SPOILED
            else "If a delegate drew this envelope, it was returned by mistake. That cannot be undone, and "
            "the register has the paper as handed out: the vote is lost. Tell the Assembly.",
        )
    return True


def receipt(key: PrivateKey, opening: str, tracker: str) -> Receipt:
    """The box's signature over T("receipt", Ω, tracker); it says nothing about marks, order or time."""
    return Receipt(opening, tracker, sign(key, "receipt", opening, tracker))


def check_receipt(opening: Opening, given: Receipt) -> None:
    """Check a receipt against the box's key in the opening. Raises Invalid."""
    if given.opening != opening.fingerprint:
        raise Invalid("the receipt is from another election")
    verify(opening.box, given.signature, "receipt", given.opening, given.tracker)
