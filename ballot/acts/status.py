"""Where an election stands: a store in, counts and the next step out.

What one phase alone needs is imported in that phase: people ask for the status often, and mostly while the box is open.
"""

from ballot.acts.election import charter_of, opening_file, reconciliation
from ballot.crypto.words import fingerprint_line
from ballot.journal import Act, acts
from ballot.register import Reconciliation
from ballot.store.view import View
from ballot.votes import Phase
from ballot.wire import Wire


class Status(Wire, frozen=True):
    """Counts of an election, and what to do next in plain words; fingerprint and words are empty before the opening.

    `last_act` is the minute of the last act, in UTC.
    """

    name: str
    phase: str
    trustees: int
    trustees_wanted: int
    voting_delegates: int
    issued: int
    handed_out: int
    cast: int
    outstanding: int
    shares: int
    fingerprint: str
    words: str
    last_act: str
    next: str


def status_of(view: View) -> Status:
    """The status of an election."""
    setup, phase = view.setup(), view.phase()
    fingerprint, words = "", ""
    sheet = Reconciliation(0, 0, 0, 0, 0)
    if phase != Phase.DRAFT:
        fingerprint = opening_file(view).signed.opening.fingerprint
        words = fingerprint_line(fingerprint)
        sheet = reconciliation(view)
    return Status(
        setup.name,
        phase.value,
        len(view.trustees()),
        len(setup.trustees),
        len(view.roll().voting_delegates()),
        sheet.issued,
        sheet.handed_out,
        sheet.cast,
        sheet.outstanding,
        len(view.shares()),
        fingerprint,
        words,
        view.last_entry().entry.at,
        next_step(view, phase),
    )


def next_step(view: View, phase: Phase) -> str:
    """What a committee does next."""
    wanted = view.setup().trustees
    if phase == Phase.DRAFT:
        collected = {trustee.name for trustee in view.trustees()}
        missing = [name for name in wanted if name not in collected]
        held = view.transcript()
        if held is not None and missing:
            from ballot.acts.trustees import next_of

            return next_of(held)
        if missing and view.setup().need < len(wanted):
            return "invite the trustees to their ceremony: ballot trustees invite"
        if missing:
            made = making_keys(view.setup().group)
            return f"collect the public parts of {', '.join(missing)}, made with {made}: ballot trustee add FILE"
        from ballot.statements import rehearsal_of

        opening = f"open the box: {opening_command(view)}"
        if not rehearsal_of(view.journal()):
            offices = "those of head and seal are made with ballot keys new head, ballot keys new seal"
            play = "ballot rehearse --head FILE --seal FILE --trustee KEY …"
            return f"rehearse with all keys ({offices}): {play}; then {opening}"
        return opening
    if phase == Phase.OPEN:
        return "issue papers (ballot issue) and cast ballots (ballot cast); when voting is over: ballot close"
    if phase == Phase.CLOSED:
        from ballot.acts.awaited import next_of as shares_step

        left = reconciliation(view).not_handed_out
        first = f"return what nobody drew ({left}): ballot envelopes return --codes FILE; " if left else ""
        return first + (shares_step(view) or "count: ballot count")
    if phase == Phase.COUNTED:
        return _lots_step(view)
    if acts(view.journal(), Act.PUBLISHED):
        return "give everybody the record that was published; whoever has it: ballot verify record.zip"
    return "publish the record: ballot publish --head FILE --seal FILE --out record.zip"


def making_keys(group: str) -> str:
    """The command by which each trustee makes a key, where they hold no ceremony."""
    from ballot.crypto.groups import GROUPS

    # Every other group has to be named, for a key of the first one would be of no use.
    return "ballot trustee new" if group == GROUPS[0] else f"ballot trustee new --group {group}"


def opening_command(view: View, seal: str = "--seal") -> str:
    """The command that opens the box of a draft; `seal` is the option that brings the seal."""
    from ballot.decisions import needs_presence

    present = " --present NUMBER" if needs_presence(charter_of(view), view.contests()) else ""
    return f"ballot open --head FILE {seal} FILE{present}"


def _lots_step(view: View) -> str:
    from ballot.acts.counting import lots_so_far, waiting_ties

    drawing = lots_so_far(view)
    if drawing is not None:
        return drawing.next_step()
    if waiting_ties(view):
        return "a tie that matters waits for lots: ballot lots announce --by NAME …"
    return "declare the result: ballot declare --head FILE --seal FILE"
