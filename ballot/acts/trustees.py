"""Before the opening: the trustees' ceremony, from the invitation to the keys, as the committee collects it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ballot import statements
from ballot.acts.election import enter
from ballot.errors import Error, Fault, Invalid, Refused
from ballot.journal import Act, acts
from ballot.offices import require_offices
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.trustees import presence
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import add_message, check_transcript, complaints, invite, round_due, waiting_for
from ballot.votes import Phase

if TYPE_CHECKING:
    from ballot.store.unit import Unit

AGAIN = "`ballot trustees invite --again` (or `table-ceremony --again`) starts anew, with new keys of everybody."


@dataclass(frozen=True)
class Collected:
    """A ceremony after messages came in: the transcript, what was wrong with messages, and what stops the ceremony.

    `known` are the names of messages that were there already.
    """

    transcript: Transcript
    faults: tuple[Fault, ...]
    known: frozenset[str]
    stopped: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everybody has acknowledged, so that the keys are collected."""
        return not self.stopped and not waiting_for(self.transcript)

    @property
    def next_round(self) -> int:
        """The round that begins with this transcript, from 2; 0 in the middle of one, or when nothing follows."""
        begins = len(waiting_for(self.transcript)) == len(self.transcript.ceremony.names)
        due = round_due(self.transcript)
        return due if begins and due > 1 else 0


def invite_trustees(store: Store, again: bool, now: datetime, deliver: Callable[[Transcript], None]) -> Transcript:
    """Invite the trustees of the plan to a ceremony; it stands only if `deliver`, which hands it out, succeeded.

    `again` starts anew: whatever was collected before is dropped. Raises WrongPhase, and Refused when something was
    collected already and not `again`.
    """
    with store.write() as unit:
        transcript = _invite(unit, again, now)
        deliver(transcript)
    return transcript


def _invite(unit: "Unit", again: bool, now: datetime) -> Transcript:
    check_invitable(unit, again)
    setup = unit.setup()
    transcript = invite(setup.trustees, setup.need, setup.group)
    unit.drop_trustees()
    unit.keep_transcript(transcript)
    enter(unit, Act.INVITED, presence.invited(transcript.ceremony), now)
    return transcript


def check_invitable(view: View, again: bool) -> None:
    """Raise WrongPhase after the opening, Refused for the names, or if something was collected and not `again`."""
    view.require(Phase.DRAFT, "inviting trustees")
    require_offices(view.setup())
    if not again and (view.transcript() is not None or view.trustees()):
        loses = taken_in(view) or "the invitation"
        raise Refused(
            "keys of trustees, or a ceremony of theirs, are there already",
            f"{AGAIN} It drops {loses}, and the keys that were made so far are of no use then.",
        )


def taken_in(view: View) -> str:
    """What a new ceremony would drop, in plain words; empty when no trustee has given anything yet."""
    held = view.transcript()
    if view.trustees():
        return "all keys that were collected"
    return "" if held is None or not held.commits else f"all messages of {', '.join(one.name for one in held.commits)}"


def invited_so_far(view: View) -> frozenset[str]:
    """Ids of all ceremonies that the trustees were invited to, the dropped ones too."""
    return frozenset(details["ceremony"] for details in acts(view.journal(), Act.INVITED))


def adopt(store: Store, again: bool, now: datetime, hold: Callable[[Transcript], Transcript]) -> Transcript:
    """Invite the trustees of the plan to a ceremony that `hold` holds at once, handing everybody the key.

    It stands only if `hold` succeeded. Raises as `invite_trustees` does, and Invalid or Refused when the ceremony is
    another one, not complete, or stopped.
    """
    with store.write() as unit:
        invitation = _invite(unit, again, now)
        transcript = hold(invitation)
        trustees = check_transcript(transcript)
        if transcript.ceremony != invitation.ceremony:
            raise Invalid("this is another ceremony than the one that the trustees were invited to")
        unit.keep_transcript(transcript)
        for trustee in trustees:
            unit.add_trustee(trustee)
            enter(unit, Act.TRUSTEE_ADDED, statements.trustee_added(trustee), now)
    return transcript


def collect(
    store: Store, messages: Sequence[tuple[str, bytes]], now: datetime, deliver: Callable[[Collected], None]
) -> Collected:
    """Take in messages of the rounds that are due; each comes with a name for faults. Wrong ones stop no others.

    The last acknowledgement completes the ceremony and collects everybody's key. Nothing stands unless `deliver`,
    which writes the file for the next round, succeeded. Raises WrongPhase, and Refused when nobody was invited or a
    complaint has stopped the ceremony.
    """
    faults: list[Fault] = []
    known: set[str] = set()
    with store.write() as unit:
        unit.require(Phase.DRAFT, "collecting trustees' messages")
        before = transcript = running(unit)
        if complaints(before):
            raise Refused("; ".join(map(str, complaints(before))), AGAIN)
        for name, data in messages:
            try:
                longer = add_message(transcript, data)
            except Error as error:
                faults.append(Fault.of(name, error))
                continue
            if longer == transcript:
                known.add(name)
            transcript = longer
        stopped = complaints(transcript)
        if transcript != before:
            unit.keep_transcript(transcript)
            for complaint in stopped:
                enter(unit, Act.STOPPED, presence.stopped(transcript.ceremony, complaint), now)
            if not stopped and not waiting_for(transcript):
                for trustee in check_transcript(transcript):
                    unit.add_trustee(trustee)
                    enter(unit, Act.TRUSTEE_ADDED, statements.trustee_added(trustee), now)
        collected = Collected(transcript, tuple(faults), frozenset(known), tuple(map(str, stopped)))
        deliver(collected)
    return collected


def running(view: View) -> Transcript:
    """The ceremony as far as it has come. Raises Refused when nobody was invited to one."""
    transcript = view.transcript()
    if transcript is None:
        raise Refused("no trustees were invited to a ceremony", "Next: ballot trustees invite.")
    return transcript


def next_of(transcript: Transcript) -> str:
    """What a ceremony waits for, in plain words; empty when it is complete."""
    stopped = complaints(transcript)
    if stopped:
        return f"the ceremony has stopped ({'; '.join(map(str, stopped))}): ballot trustees invite --again"
    waiting = waiting_for(transcript)
    if not waiting:
        return ""
    return f"round {round_due(transcript)} waits for {', '.join(waiting)}: ballot trustees collect MESSAGE"
