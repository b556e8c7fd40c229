"""While the box is open: ballots cast, the box closed. Casting leaves no entry in the journal."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ballot import box, statements
from ballot.acts.election import desk_key, enter, opening_file, reconciliation
from ballot.acts.papers import UNENTERED
from ballot.errors import DAMAGED, BadInput, Error, Fault, Invalid
from ballot.journal import Act
from ballot.register import Reconciliation
from ballot.store.repo import Store
from ballot.store.rows import intact
from ballot.store.view import View
from ballot.trustees.boxfile import check_sealed
from ballot.votes import Closing, OpeningFile, Phase, Receipt, SealedBallot

NOTHING_CAST = "Nothing was cast: cast the others again without what is refused."
"""All ballots of a run are cast, or none."""

VOTE_AGAIN = "Get the file again from the delegate, or let them vote again on the same paper: it is not used up."
"""Nobody can mend a sealed ballot that does not hold."""


def cast(
    store: Store, sealed: Sequence[tuple[str, SealedBallot]], checked: Callable[[], None] = lambda: None
) -> list[tuple[Receipt, bool]]:
    """Put ballots into the box, all or none; each comes with a name for errors. `checked` is told of each.

    Returns a receipt for each, and whether it is new to the box. Raises WrongPhase, and BadInput naming every ballot
    that is refused and why; different ballots on one paper are named together, for neither came first.
    """
    receipts: list[tuple[Receipt, bool]] = []
    faults: list[Fault] = []
    on_paper: dict[str, list[str]] = {}
    doubled: set[str] = set()
    with store.write() as unit:
        unit.require(Phase.OPEN, "casting ballots")
        file = opening_file(unit)
        opening, key = file.signed.opening, desk_key(unit)
        sheet = reconciliation(unit)
        for name, one in sealed:
            checked()
            credential = one.ballot.credential
            held, here = unit.ballot_of(credential), on_paper.get(credential, [])
            rival = bool(here) and held != one
            try:
                new = box.accept(opening, file.election, one, None if rival else held, unit.fate_of(credential))
                if new and not rival:
                    unit.add_ballot(one)
            except Error as error:
                faults.append(_fault(name, error))
                continue
            if new or here:
                on_paper[credential] = [*here, name]
            if rival:
                doubled.add(credential)
            receipts.append((box.receipt(key, opening.fingerprint, one.ballot.tracker), new))
        faults += [_on_one_paper(on_paper[credential]) for credential in on_paper if credential in doubled]
        faults += _too_many(sheet, unit.ballot_count())
        if faults:
            raise BadInput(faults, NOTHING_CAST)
    return receipts


def _fault(name: str, error: Error) -> Fault:
    if isinstance(error, Invalid) and not error.hint:
        return Fault("", 0, "", f"{name} {DAMAGED}: {error.message}", f"{VOTE_AGAIN} {NOTHING_CAST}")
    return Fault(name, 0, "", error.message, f"{error.hint} {NOTHING_CAST}".lstrip())


def _too_many(sheet: Reconciliation, ballots: int) -> list[Fault]:
    """The fault of more ballots than papers with delegates; none of them can be told to be the one too many."""
    usable = sheet.handed_out - sheet.spoiled
    if ballots <= usable:
        return []
    return [
        Fault(
            "",
            0,
            "",
            f"too many ballots: {ballots} with these, on {usable} papers that were handed out and not spoiled",
            f"Nothing was cast. {UNENTERED}",
        )
    ]


def _on_one_paper(names: list[str]) -> Fault:
    *first, last = dict.fromkeys(names)
    hint = "Nothing was cast. Voter or committee decide which of them counts: move the others away and cast again."
    return Fault(
        f"{', '.join(first)} and {last}", 0, "", "different ballots on the same paper: one paper, one vote", hint
    )


def require_closable(view: View) -> None:
    """Raise WrongPhase unless the box is open; where it was just closed, with how its words are seen again."""
    again = "`ballot trustees box` shows number and words of the closed box, to be read aloud."
    view.require(Phase.OPEN, "closing the box", again)


def check_open_box(view: View, progress: Callable[[int], None] | None = None) -> None:
    """Check once more what was checked as it was cast: after the close, a ballot that is damaged since stops the count.

    `progress` is told how many ballots are checked. Raises Error where a ballot in the store cannot be right.
    """
    file = opening_file(view)
    with intact("the box"):
        check_sealed(file.signed.opening, file.election, view.ballots(), progress)


def close(store: Store, now: datetime, deliver: Callable[[View], None] | None = None) -> Closing:
    """Close the box for good; it is closed only if `deliver`, which hands out the closed box, succeeded.

    Raises WrongPhase.
    """
    with store.write() as unit:
        require_closable(unit)
        ballots = [sealed.ballot for sealed in unit.ballots()]
        closing = statements.closing_of(opening_file(unit).signed.opening, ballots)
        unit.set_phase(Phase.CLOSED)
        enter(unit, Act.CLOSED, statements.closed(closing), now)
        if deliver:
            deliver(unit)
    return closing


def public_opening(store: Store) -> OpeningFile:
    """What everyone may know of the open election. Raises WrongPhase: a ballot sealed later could not be cast."""
    with store.read() as view:
        view.require(Phase.OPEN, "marking a paper")
        return opening_file(view)
