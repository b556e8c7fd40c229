"""What every act on an election needs: its opening, its papers so far, and the journal's next entry."""

from datetime import datetime
from typing import TYPE_CHECKING

from ballot.crypto import signing
from ballot.crypto.keys import Role
from ballot.crypto.paper import check_official
from ballot.errors import KeyRefused, Refused
from ballot.journal import Act, record_act
from ballot.ledger import Ledger, follow
from ballot.particulars import check_form
from ballot.register import Reconciliation
from ballot.store.view import View
from ballot.votes import Official, OpeningFile, Phase
from ballot.wire import decode

if TYPE_CHECKING:
    from ballot.store.unit import Unit

ROLL, OPENING = "roll", "opening"
"""Names of documents in the store."""


def desk_key(view: View) -> signing.PrivateKey:
    """The desk's key, which signs journal and receipts."""
    return signing.load_private(view.desk_secret())


def enter(unit: "Unit", act: Act, details: dict[str, str], now: datetime) -> None:
    """Write an act into the journal. Raises Invalid for particulars of which the verifier would not take the record."""
    signed = record_act((unit.last_entry(),), act, details, now, desk_key(unit))
    check_form(signed.entry)
    unit.append(signed)


def opening_file(view: View) -> OpeningFile:
    """The opening of an election that is open or later. Raises Refused before."""
    data = view.document(OPENING)
    if data is None:
        view.require(Phase.OPEN, "this command")
        raise Refused("the store holds no opening statement")
    return decode(data, OpeningFile, "the opening statement in the store")


def require_holder(view: View, role: Role, public: Official) -> None:
    """Raise KeyRefused unless this is the public part of the key of the head or the seal of this election.

    A draft names the person only; from the opening on it must be the very key.
    """
    if view.phase() != Phase.DRAFT:
        check_official(public, opening_file(view).signed.opening, role)
        return
    setup = view.setup()
    name, office = (setup.head, "head") if role == "head" else (setup.seal, "keeper of the seal")
    if public.name != name:
        raise KeyRefused(
            f"the {office} of this election is {name}, and the key is that of {public.name}",
            "Choose another key file, or make one with this name.",
        )


def ledger_of(view: View) -> Ledger:
    """The papers of an open election, as its journal tells."""
    return follow(view.journal(), opening_file(view).signed.opening.voting_delegates)


def reconciliation(view: View) -> Reconciliation:
    """The reconciliation sheet as of now; counts only. Raises WrongPhase before the opening."""
    return ledger_of(view).sheet(view.ballot_count())
