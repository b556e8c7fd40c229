"""Setting up: an intake in, a draft in the store; then trustees' keys; then the opening."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ballot import statements
from ballot.acts.election import OPENING, ROLL, charter_of, desk_key, enter, require_holder
from ballot.acts.intake import Intake
from ballot.crypto import signing
from ballot.crypto.given import Signs
from ballot.decisions import meeting_faults, needs_presence
from ballot.errors import BadInput, Error, Fault, Refused
from ballot.frozen import frozen_breaches
from ballot.journal import Act, record_act
from ballot.offices import require_offices
from ballot.opening import admit_trustee, check_opening, election_of, new_uuid, sign_opening, state_opening
from ballot.people import publish, voting_members
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.tables import text_problem
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import round_due, waiting_for
from ballot.votes import Election, Official, Opening, OpeningFile, Phase, Setup, Trustee, TrusteeKey
from ballot.wire import encode

_ONCE = "Give each trustee's public part once."


def create(path: Path, intake: Intake, now: datetime) -> Store:
    """Begin an election as a draft in a new store, with a fresh desk key. Raises Refused when the store exists."""
    desk = signing.generate()
    details = statements.created(intake.plan.name, signing.public_hex(desk))
    first = record_act((), Act.CREATED, details, now, desk)
    seed = signing.private_bytes(desk)
    setup, contests = intake.plan.setup, intake.contests
    return Store.create(path, setup, intake.charter, intake.roll, contests, seed, first, intake.salts)


def add_trustees(store: Store, trustees: Sequence[Trustee], now: datetime, files: Sequence[str] | None = None) -> int:
    """Collect trustees' public parts, all or none; returns how many are still missing.

    `files` name the parts in faults; without them each has its trustee's name. Raises WrongPhase, and BadInput naming
    every part that is refused and why.
    """
    faults: list[Fault] = []
    named = list(zip(files or [trustee.name for trustee in trustees], trustees, strict=True))
    with store.write() as unit:
        unit.require(Phase.DRAFT, "collecting trustees' keys")
        setup = unit.setup()
        if setup.need < len(setup.trustees) or unit.transcript() is not None:
            raise Refused(
                "the trustees of this election hold a ceremony, in which they deal backups of their keys",
                "`ballot trustees invite` begins it; then `ballot trustee next` and `ballot trustees collect`.",
            )
        first: dict[str, str] = {}
        for file, trustee in sorted(named, key=lambda one: _place(setup.trustees, one[1])):
            if trustee.name in first:
                faults.append(Fault(file, 0, "", f"a key of {trustee.name} is in {first[trustee.name]} too", _ONCE))
                continue
            try:
                admit_trustee(setup, unit.trustees(), trustee)
            except Error as error:
                faults.append(Fault.of(file, error))
                continue
            unit.add_trustee(trustee)
            first[trustee.name] = file
            enter(unit, Act.TRUSTEE_ADDED, statements.trustee_added(trustee), now)
        if faults:
            raise BadInput(faults)
        return len(setup.trustees) - len(unit.trustees())


def _place(names: Sequence[str], trustee: Trustee) -> int:
    return names.index(trustee.name) if trustee.name in names else len(names)


def open_box(
    store: Store,
    head: Signs,
    seal: Signs,
    now: datetime,
    without_rehearsal: str = "",
    present: int = 0,
    uuid: str = "",
) -> OpeningFile:
    """Freeze roll and candidates, fix the election key, and sign the opening statement with both offices.

    From here on the opening stands, and `opening_file` gives it again. `without_rehearsal` says why there was no
    rehearsal; `present` is how many members that can vote are at the meeting, where a threshold or a quorum
    depends on it; `uuid` is new unless given. Raises WrongPhase, Refused while a trustee's key or acknowledgement is
    missing, when there was neither a rehearsal nor a reason, when a key is of another person than the plan names, or
    without a quorum, and Invalid where a signature that was brought is over something else.
    """
    with store.write() as unit:
        require_ready(unit, without_rehearsal, present)
        opening, election = state_box(unit, (head.public, seal.public), present, uuid or new_uuid())
        file = OpeningFile(sign_opening(opening, head, seal), election, trustee_keys(unit))
        check_opening(file.signed, election, file.trustees)
        unit.add_document(ROLL, encode(publish(unit.roll(), unit.salts())))
        unit.add_document(OPENING, encode(file))
        unit.set_phase(Phase.OPEN)
        enter(unit, Act.OPENED, statements.opened(opening, without_rehearsal), now)
    return file


def trustee_keys(view: View) -> tuple[TrusteeKey, ...]:
    """Public keys of the trustees who are collected, with their proofs, in order."""
    return tuple(trustee.key for trustee in view.trustees())


def state_box(view: View, officials: tuple[Official, Official], present: int, uuid: str) -> tuple[Opening, Election]:
    """The opening statement as the draft in the store has it now, and its election; nothing is signed or opened.

    Raises KeyRefused for an official whom the plan does not name, and Refused for lists that no record could hold.
    """
    require_holder(view, "head", officials[0])
    require_holder(view, "seal", officials[1])
    setup, contests, keys, held = view.setup(), view.contests(), trustee_keys(view), view.transcript()
    election = election_of(setup.name, setup.description, setup.group, contests, keys, uuid)
    public_roll = publish(view.roll(), view.salts())
    opening = state_opening(
        election,
        tuple(trustee.name for trustee in view.trustees()),
        contests,
        keys,
        officials,
        signing.public_hex(desk_key(view)),
        (encode(public_roll), view.charter(), len(view.roll().voting_delegates())),
        setup.need,
        "" if held is None else held.digest,
        present,
    )
    # The lists were judged when they were read, perhaps by an older version of the rules than the verifier's.
    if breaches := frozen_breaches(public_roll, charter_of(view), opening):
        raise Refused("; ".join(breaches), "Begin again with `ballot new` and lists that keep the rules.")
    return opening, election


def require_ready(view: View, without_rehearsal: str, present: int) -> None:
    """Raise WrongPhase or Refused while the election cannot be opened, whoever holds the keys of head and seal."""
    again = "`ballot opening` writes the public opening, and shows its words to be read aloud."
    view.require(Phase.DRAFT, "opening the election", again)
    require_offices(view.setup())
    require_trustees(view.setup(), view.trustees(), view.transcript())
    charter = charter_of(view)
    problems = meeting_faults(charter, view.contests(), present, voting_members(view.roll().members, charter))
    if problems:
        counts = needs_presence(charter, view.contests())
        hint = "Count the members present, and say how many with --present." if counts else "Leave out --present."
        raise Refused("; ".join(problems), hint)
    _require_rehearsal(view, without_rehearsal)


def require_trustees(setup: Setup, trustees: Sequence[Trustee], held: Transcript | None) -> None:
    """Raise Refused while a trustee's key or acknowledgement is missing."""
    missing = [name for name in setup.trustees if name not in {trustee.name for trustee in trustees}]
    if not missing:
        return
    if held is not None:
        waiting = ", ".join(waiting_for(held)) or "nobody, but somebody complained"
        raise Refused(
            f"the trustees' ceremony is not complete: round {round_due(held)} waits for {waiting}",
            "Take in their messages with `ballot trustees collect MESSAGE`.",
        )
    ceremony = setup.need < len(setup.trustees)
    raise Refused(
        f"the keys of {len(missing)} trustees are missing: {', '.join(missing)}",
        "They hold a ceremony: `ballot trustees invite`."
        if ceremony
        else "Collect them with `ballot trustee add FILE`.",
    )


def _require_rehearsal(view: View, reason: str) -> None:
    problem = text_problem(reason)
    if problem:
        raise Refused(f"the reason for having no rehearsal: {problem}", "Say it in plain words, in one line.")
    passed = statements.rehearsal_of(view.journal())
    if not reason and not passed:
        raise Refused(
            "no rehearsal was passed with these trustees",
            "`ballot rehearse --head FILE --seal FILE --trustee KEY …` plays it; or say why not: "
            "--without-rehearsal REASON, which the declaration will tell.",
        )
    if reason and passed:
        raise Refused("a rehearsal was passed, so no reason is needed", "Open without --without-rehearsal.")
