"""What every act on an election needs: its opening, its papers so far, and the journal's next entry."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from ballot.belenios.tar import MAX_TIME
from ballot.crypto import signing
from ballot.crypto.keys import Role
from ballot.crypto.paper import check_official
from ballot.errors import BadInput, Invalid, KeyRefused, Refused
from ballot.journal import Act, record_act
from ballot.ledger import Ledger, follow
from ballot.particulars import check_form
from ballot.people import PublicRoll
from ballot.register import Reconciliation
from ballot.store.rows import intact
from ballot.store.view import View
from ballot.votes import Official, OpeningFile, Phase
from ballot.wire import MAX_RECORD, decode, sha256_hex

if TYPE_CHECKING:
    from ballot.charter import Charter
    from ballot.store.unit import Unit

ROLL, OPENING = "roll", "opening"
"""Names of documents in the store."""


def desk_key(view: View) -> signing.PrivateKey:
    """The desk's key, which signs journal and receipts."""
    return signing.load_private(view.desk_secret())


def enter(unit: "Unit", act: Act, details: dict[str, str], now: datetime) -> None:
    """Write an act into the journal.

    Raises Refused for a time that no archive can bear, and Invalid for particulars of which the verifier would not take
    the record.
    """
    signed = record_act((unit.last_entry(),), act, details, now, desk_key(unit))
    if not 0 <= datetime.fromisoformat(signed.entry.at).timestamp() <= MAX_TIME:
        # After the close it could not be mended: the record would have the time of that.
        raise Refused(
            f"by this machine's clock the act is of {signed.entry.at}, and no record can have that time",
            "Set the clock. If it was wrong at the last act, too, begin again with `ballot new`.",
        )
    check_form(signed.entry)
    unit.append(signed)


def opening_file(view: View) -> OpeningFile:
    """The opening of an election that is open or later. Raises WrongPhase before."""
    return _opening_of(view.document(OPENING, "the opening", Phase.OPEN))


# Most commands read it several times, and the check takes longer than all else that they read.
@lru_cache(maxsize=2)
def _opening_of(data: bytes) -> OpeningFile:
    from ballot.opening import check_opening

    with intact("the opening"):
        file = decode(data, OpeningFile, "it")
        check_opening(file.signed, file.election, file.trustees)
    return file


def charter_of(view: View) -> "Charter":
    """The charter: in a draft as it was read, and later as the opening names it."""
    from ballot.charter import load

    data = view.charter()
    with intact("the charter"):
        if view.phase() != Phase.DRAFT:
            require_digest(data, opening_file(view).signed.opening.charter)
        try:
            return load(data)
        except BadInput as error:
            raise Invalid("; ".join(map(str, error.faults))) from None


def published_roll(view: View) -> PublicRoll:
    """The roll as it was published at the opening. Raises WrongPhase before."""
    data = view.document(ROLL, "the published roll", Phase.OPEN)
    digest = opening_file(view).signed.opening.roll
    with intact("the published roll"):
        require_digest(data, digest)
        return decode(data, PublicRoll, "it", MAX_RECORD)


def require_digest(data: bytes, digest: str) -> None:
    """Raise Invalid unless this is the SHA-256 of the data, in hex."""
    if sha256_hex(data) != digest:
        raise Invalid("it is not as it was written")


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
