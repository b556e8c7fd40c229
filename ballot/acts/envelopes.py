"""Envelope papers: printed, handed out, returned. The store keeps the booth's file, never a code."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ballot import papers, statements
from ballot.acts.admission import Admission
from ballot.acts.election import enter, ledger_of, opening_file, require_digest, require_holder
from ballot.acts.papers import DESK, check_surrendered, check_uncast, enter_register
from ballot.crypto.keys import OfficialKey
from ballot.envelopes import Envelopes, merge, open_envelope, print_envelope, require_room
from ballot.errors import BadInput, Error, Fault, Refused, WrongPhase
from ballot.journal import Act, acts
from ballot.ledger import Ledger
from ballot.register import Fate, Response, Way
from ballot.store.repo import Store
from ballot.store.rows import intact
from ballot.store.view import NEXT, View
from ballot.votes import BoothPaper, Paper, Phase
from ballot.wire import decode, encode

PRINTING = "printing envelopes"
"""What belongs to the open phase, in refusals."""

_FILE = "the file of envelopes"


def document(prints: int) -> str:
    """Name of the document in the store that holds all envelopes after this many printings."""
    return f"envelopes-{prints}"


def envelopes_of(view: View, ledger: Ledger) -> Envelopes | None:
    """The booth's file as it was written last, or None before the first printing."""
    if not ledger.prints:
        return None
    data = _printed(view, ledger.prints)
    with intact(_FILE):
        return decode(data, Envelopes, "it")


def booth_files(view: View) -> tuple[bytes, ...]:
    """The booth's file as it was after every printing: the next one holds more, and takes the place of any."""
    return tuple(_printed(view, prints) for prints in range(1, ledger_of(view).prints + 1))


def _printed(view: View, prints: int) -> bytes:
    data = view.document(document(prints), _FILE, Phase.OPEN)
    with intact(_FILE):
        require_digest(data, acts(view.journal(), Act.ENVELOPES_PRINTED)[prints - 1].get("envelopes", ""))
    return data


def require_printable(view: View, count: int) -> None:
    """Raise WrongPhase or Refused when this many envelopes cannot be printed, whoever holds the keys."""
    view.require(Phase.OPEN, PRINTING)
    ledger = ledger_of(view)
    present = envelopes_of(view, ledger)
    ledger.print_envelopes(count)
    require_room(opening_file(view).signed.opening, present, count)


def print_envelopes(
    store: Store,
    head: OfficialKey,
    seal: OfficialKey,
    count: int,
    now: datetime,
    deliver: Callable[[list[int], bytes], None],
    done: Callable[[], None] = lambda: None,
) -> None:
    """Print anonymous papers; `deliver` gets the bits of their codes, for slips, and the booth's file with all so far.

    `done` is told of every paper. Nothing stands unless `deliver` succeeded: whoever prints must not lose the slips.
    Raises WrongPhase, KeyRefused, and Refused when there would be more papers than voting delegates, or more envelopes
    than the booth's file holds.
    """
    with store.write() as unit:
        unit.require(Phase.OPEN, PRINTING)
        file = opening_file(unit)
        opening = file.signed.opening
        require_holder(unit, "head", head.public)
        require_holder(unit, "seal", seal.public)
        ledger = ledger_of(unit)
        present = envelopes_of(unit, ledger)
        ledger.print_envelopes(count)
        require_room(opening, present, count)
        bits, new = [], []
        for _ in range(count):
            code, envelope = print_envelope(opening, file.election, head, seal)
            bits.append(code)
            new.append(envelope)
            done()
        booth = encode(merge(opening, present, new))
        unit.add_document(document(ledger.prints), booth)
        enter(unit, Act.ENVELOPES_PRINTED, statements.envelopes_printed(count, booth), now)
        deliver(bits, booth)


def hand_out(store: Store, delegate: int, now: datetime) -> None:
    """Enter in the register that a delegate draws an envelope; nothing says which one.

    Raises WrongPhase, and as `Admission.enter` does.
    """
    with store.write() as unit:
        unit.require(Phase.OPEN, "handing out envelopes")
        opening = opening_file(unit).signed.opening
        request = papers.envelope_request(opening, delegate)
        entry = Admission(unit).enter(request, Way.ENVELOPE, DESK)
        enter_register(unit, entry, Response(opening.fingerprint, delegate, "", ""), now)


def paper_of(view: View, bits: int) -> BoothPaper:
    """The paper of a code. Raises Refused when it is the code of no envelope of this election."""
    file = opening_file(view)
    envelopes = envelopes_of(view, ledger_of(view))
    if envelopes is None:
        raise Refused("no envelopes were printed for this election")
    return open_envelope(file.signed.opening, file.election, envelopes, bits)


def give_back(store: Store, all_bits: Sequence[tuple[str, int]], now: datetime) -> int:
    """Publish the papers of envelopes that nobody drew, all or none; each code comes with a name for errors.

    Returns how many envelopes are still at the desk. Raises as `judge_returns` does.
    """
    with store.write() as unit:
        returned, left = judge_returns(unit, all_bits)
        # In the order of the credentials: the order of the slips is nobody's business.
        for paper in sorted(returned, key=lambda one: one.credential):
            unit.withdraw(Fate.RETURNED, paper)
            enter(unit, Act.RETURNED, statements.returned(paper), now)
    return left


def judge_returns(view: View, all_bits: Sequence[tuple[str, int]]) -> tuple[list[Paper], int]:
    """The papers that `give_back` would publish, and how many envelopes would then be at the desk.

    Permitted while the box is open and until the count. Raises WrongPhase, and BadInput naming every code that is
    refused, and why.
    """
    phase = view.phase()
    if phase not in (Phase.OPEN, Phase.CLOSED):
        raise WrongPhase(f"envelopes are returned before the count; this election is {phase}", NEXT[phase])
    file, ledger = opening_file(view), ledger_of(view)
    faults: list[Fault] = []
    returned: list[Paper] = []
    for name, bits in all_bits:
        try:
            surrendered = paper_of(view, bits)
            check_surrendered(file, surrendered)
            ledger.give_back(surrendered.paper.credential)
            check_uncast(view, surrendered.paper)
            returned.append(surrendered.paper)
        except Error as error:
            faults.append(Fault.of(name, error))
    if faults:
        raise BadInput(faults)
    return returned, ledger.sheet(0).not_handed_out
