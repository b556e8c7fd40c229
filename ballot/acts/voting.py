"""While the box is open: papers issued, ballots cast, the box closed. Casting leaves no entry in the journal."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ballot import box, papers, statements
from ballot.acts.setup import desk_key, enter, opening_file
from ballot.crypto.keys import OfficialKey
from ballot.errors import BadInput, Error, Fault, KeyRefused, Refused
from ballot.journal import Act
from ballot.opening import OpeningFile
from ballot.request import ask, receive
from ballot.store.repo import Store, Unit
from ballot.votes import BoothPaper, Closing, Phase, Receipt, SealedBallot

DESK = "the registration desk"
"""Who attests a request that bears no delegate's signature."""


def issue(
    store: Store,
    head: OfficialKey,
    seal: OfficialKey,
    delegate: int,
    now: datetime,
    deliver: Callable[[BoothPaper], None],
) -> None:
    """Issue a delegate's paper, signed by the head and sealed, and hand it to `deliver`, which stores it for the booth.

    The register entry stands only if `deliver` succeeded. Raises WrongPhase, and Refused as `papers.register` does.
    """
    with store.write() as unit:
        unit.require(Phase.OPEN, "issuing papers")
        file = opening_file(unit)
        opening = file.signed.opening
        for key, public, office in ((head, opening.head, "head"), (seal, opening.seal, "keeper of the seal")):
            if key.public != public:
                raise KeyRefused(f"this is not the key of the {office} of this election", "Choose another key file.")
        request, pending = ask(opening, file.election, delegate)
        issued = [entry.request.delegate for entry in unit.register()]
        entry = papers.register(unit.roll(), opening, issued, request, DESK)
        response = papers.respond(head, seal, entry)
        unit.add_register(entry, response)
        enter(unit, Act.ISSUED, statements.issued(entry), now)
        # Delivered before it stands: a crash in between leaves a paper too many on this desk, never a delegate without.
        deliver(receive(opening, file.election, pending, response))


def cast(store: Store, sealed: Sequence[tuple[str, SealedBallot]]) -> list[tuple[Receipt, bool]]:
    """Put ballots into the box, all or none; each comes with a name for errors.

    Returns a receipt for each, and whether it is new to the box. Raises WrongPhase, and BadInput naming every ballot
    that is refused and why.
    """
    receipts: list[tuple[Receipt, bool]] = []
    faults: list[Fault] = []
    with store.write() as unit:
        unit.require(Phase.OPEN, "casting ballots")
        file = opening_file(unit)
        opening, key = file.signed.opening, desk_key(unit)
        issued = len(unit.register())
        for name, one in sealed:
            try:
                new = box.accept(opening, file.election, one, unit.ballot_of(one.ballot.credential))
                if new and unit.ballot_count() >= issued:
                    raise Refused(f"all {issued} papers that were issued have been cast: this one is too many")
                if new:
                    unit.add_ballot(one)
            except Error as error:
                faults.append(Fault(name, 0, "", error.message))
                continue
            receipts.append((box.receipt(key, opening.fingerprint, one.ballot.tracker), new))
        if faults:
            raise BadInput(faults)
    return receipts


def close(store: Store, now: datetime, deliver: Callable[[Unit], None] | None = None) -> Closing:
    """Close the box for good; it is closed only if `deliver`, which hands out the closed box, succeeded.

    Raises WrongPhase.
    """
    with store.write() as unit:
        unit.require(Phase.OPEN, "closing the box")
        ballots = [sealed.ballot for sealed in unit.ballots()]
        closing = statements.closing_of(opening_file(unit).signed.opening, ballots)
        unit.set_phase(Phase.CLOSED)
        enter(unit, Act.CLOSED, statements.closed(closing), now)
        if deliver:
            deliver(unit)
    return closing


def public_opening(store: Store) -> OpeningFile:
    """What everyone may know of the open election. Raises WrongPhase: a ballot sealed later could not be cast."""
    with store.read() as unit:
        unit.require(Phase.OPEN, "marking a paper")
        return opening_file(unit)
