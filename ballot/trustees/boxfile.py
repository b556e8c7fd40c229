"""The closed box as a file for trustees' own machines: a file in, the closing statement out, or Invalid.

A trustee's program takes nobody's word for what it works on. The opening must bear both signatures and fit the
ceremony, the desk must have signed the closing statement, and every ballot must be whole, on a good paper, and the
only one on it: so nobody can slip in a ballot of another election, or one made from somebody else's.
"""

from collections.abc import Callable, Sequence

from ballot.count import check_box
from ballot.crypto import signing
from ballot.crypto.paper import check_paper
from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry
from ballot.opening import check_ceremony_of, check_opening
from ballot.statements import closing_of, read_closing
from ballot.trustees.messages import Transcript
from ballot.votes import Ballot, Closing, Election, Opening, OpeningFile, SealedBallot
from ballot.wire import Wire, encode


class BoxFile(Wire, frozen=True):
    """The opening, the trustees' ceremony if they held one, the desk's entry of the close, and all ballots."""

    opening: OpeningFile
    ceremony: tuple[Transcript, ...]
    closed: SignedEntry
    sealed: tuple[SealedBallot, ...]

    @property
    def ballots(self) -> list[Ballot]:
        return [sealed.ballot for sealed in self.sealed]

    @property
    def closing(self) -> Closing:
        """What the desk closed. Raises Invalid when the entry is of another act."""
        return read_closing([self.closed])


def closed_entry(journal: Sequence[SignedEntry]) -> SignedEntry:
    """The entry of the close. Raises Invalid when there is not exactly one."""
    read_closing(journal)
    return next(signed for signed in journal if signed.entry.act == Act.CLOSED)


def check_box_file(file: BoxFile, progress: Callable[[int], None] | None = None, workers: int | None = None) -> Closing:
    """Check all of a box file and return its closing statement; `progress` is told how many ballots are checked.

    `workers` is the number of processes for the ballots' proofs, all cores when None. Raises Invalid naming what is
    wrong, and Refused as `check_transcript` does.
    """
    opening, election = file.opening.signed.opening, file.opening.election
    check_opening(file.opening.signed, election, file.opening.trustees)
    check_ceremony_of(opening, election.group, file.opening.trustees, file.ceremony)
    signing.verify(opening.box, file.closed.signature, "journal", encode(file.closed.entry))
    closing = file.closing
    if closing != closing_of(opening, file.ballots):
        raise Invalid("these ballots are not the box that was closed", "Ask the committee for box.json again.")
    check_sealed(opening, election, file.sealed, progress, workers)
    return closing


def check_sealed(
    opening: Opening,
    election: Election,
    ballots: Sequence[SealedBallot],
    progress: Callable[[int], None] | None = None,
    workers: int | None = None,
) -> None:
    """Check that every ballot is whole, on a good paper, and the only one on it; `progress` and `workers` as above.

    Raises Invalid naming the first that is not.
    """
    if len({sealed.paper.credential for sealed in ballots}) != len(ballots):
        raise Invalid("two ballots were cast on one paper")
    verdicts = check_box(election, [sealed.ballot for sealed in ballots], workers, progress)
    for sealed, verdict in zip(ballots, verdicts, strict=True):
        if sealed.paper.credential != sealed.ballot.credential:
            raise Invalid(f"ballot {sealed.ballot.tracker} was not made on the paper it comes with")
        check_paper(opening, election, sealed.paper)
        if verdict:
            raise Invalid(f"ballot {sealed.ballot.tracker}: {verdict}")
