"""Setting up: a folder with election.toml in, a draft in the store; then trustees' keys; then the opening."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ballot import plan as plans
from ballot import statements
from ballot.acts.election import OPENING, ROLL, charter_of, desk_key, enter, require_holder
from ballot.acts.seats import Standing, standing
from ballot.acts.sizes import size_problem
from ballot.charter import MAX_BYTES as MAX_CHARTER
from ballot.charter import Charter, builtin, load
from ballot.contests import few_problem
from ballot.crypto import signing
from ballot.crypto.keys import OfficialKey
from ballot.decisions import electorate_faults, meeting_faults, needs_presence, question
from ballot.errors import BadInput, Error, Fault, Invalid, Refused
from ballot.frozen import frozen_breaches
from ballot.icb import officers
from ballot.icb.places import State
from ballot.journal import Act, record_act
from ballot.offices import require_offices
from ballot.opening import admit_trustee, check_opening, election_of, new_uuid, sign_opening, state_opening
from ballot.people import Roll, publish, voting_members
from ballot.plan import ContestPlan, Plan, fresh, marks_permitted, read_plan, rule_faults
from ballot.roll import Unclear, read_candidates, read_roll
from ballot.store.file import ICB
from ballot.store.icb import IcbStore
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.tables import MAX_BYTES, text_problem
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import round_due, waiting_for
from ballot.votes import Contest, OpeningFile, Phase, Setup, Trustee
from ballot.wire import encode, read_file

_ONCE = "Give each trustee's public part once."
_ICB_HINT = "Name the file that `ballot seats found` made with --icb."


@dataclass(frozen=True)
class Intake:
    """A folder's plan with everything it names, checked against the charter.

    `salts` are those of the delegates' names where they are not secret; `seats` are those of the ICB for which the
    delegates vote, in their order, and `icb` is the ICB itself.
    """

    folder: Path
    plan: Plan
    charter: bytes
    roll: Roll
    contests: tuple[Contest, ...]
    salts: Mapping[int, bytes] | None = None
    seats: tuple[str, ...] = ()
    icb: State | None = None


def read_folder(path: Path, icb: Path | None = None) -> Intake:
    """Read election.toml and the files it names; a plan with an electorate takes its roll from the store `icb`.

    Raises BadInput with every fault of all of them.
    """
    name, folder = path.name, path.parent
    plan, faults = read_plan(_file(path, plans.MAX_BYTES), name)
    state = _icb(icb) if plan.electorate else None
    data, missing = _files(plan, folder)
    try:
        charter_bytes, charter = (
            (state.charter_bytes, state.state.charter) if state else _charter(plan, folder, name, faults)
        )
    except BadInput as error:
        raise BadInput([*faults, *error.faults, *missing]) from None
    faults += [*fresh(rule_faults(plan, charter, name), faults), *missing]
    unclear = Unclear()
    if state:
        roll, salts = officers.roll_of(state.state), officers.salts_of(state.state)
    else:
        names, salts = (plan.members or "", plan.delegates or ""), None
        roll, of_roll, unclear = read_roll(data.get(names[0]), data.get(names[1]), charter, names)
        faults += of_roll
    contests = []
    for place, contest in enumerate(plan.contests, start=1):
        found, of_contest = _contest(contest, data, roll, charter, state.state if state else unclear)
        contests.append(found)
        faults += of_contest
        if found.candidates and not of_contest and (problem := few_problem(found)):
            faults.append(Fault(name, 0, f"contests[{place}].min_marks", problem))
    rules, kinds = [contest.rule for contest in plan.contests], [member.kind for member in roll.members]
    faults = faults or [Fault(name, 0, "contests", text) for text in electorate_faults(charter, rules, kinds)]
    voters = len(roll.voting_delegates())
    if not faults and not voters:
        faults = [Fault(plan.delegates or name, 0, "", "nobody votes, so nobody could be given a paper")]
    if not faults and (problem := size_problem(plan.group, contests, voters)):
        faults = [Fault(name, 0, "contests", problem)]
    if faults:
        raise BadInput(faults)
    seats = tuple(state.state.place(voter.seat).label for voter in state.state.voters()) if state else ()
    return Intake(folder, plan, charter_bytes, roll, tuple(contests), salts, seats, state.state if state else None)


def _contest(
    plan: ContestPlan, data: Mapping[str, bytes], roll: Roll, charter: Charter, known: State | Unclear
) -> tuple[Contest, list[Fault]]:
    """The contest of a plan, and the faults of its candidates; `known` is the ICB, or what the roll leaves open."""
    name = plan.candidates
    if plan.rule in {decision.name for decision in charter.decisions} and name is None:
        return question(plan.question, charter.decision(plan.rule)), []
    if name is None or name not in data:
        return Contest(plan.question, plan.rule, 0, 0, ()), []
    if isinstance(known, State):
        candidates, faults = officers.read_candidates(data[name], known, name)
    else:
        candidates, faults = read_candidates(data[name], roll, charter, name, known)
    # With an unknown rule the candidates are judged all the same.
    marks = marks_permitted(plan, charter) if plan.rule in {rule.name for rule in charter.rules} else (0, 0)
    return Contest(plan.question, plan.rule, *marks, candidates, plan.shuffle), faults


def _icb(path: Path | None) -> Standing:
    if path is None:
        raise Refused("the roll is that of the ICB, and no store of its secretary is named", "Give it with --icb.")
    try:
        with IcbStore.open(path) as opened, opened.read() as view:
            return standing(view)
    except Error as error:
        # Those two hints name --store, which is here that of the new election.
        hint = _ICB_HINT if error.hint in (ICB.make, ICB.name) else error.hint
        raise type(error)(error.message, hint) from None


def _charter(plan: Plan, folder: Path, name: str, known: Sequence[Fault]) -> tuple[bytes, Charter]:
    """The charter of a plan. Raises BadInput when it has faults, or none when its name is a known fault."""
    if any(fault.field == "charter" for fault in known):
        raise BadInput([])
    if plan.charter.endswith(".toml"):
        data = _file(folder / plan.charter, MAX_CHARTER)
        return data, load(data, plan.charter)
    try:
        data = builtin(plan.charter)
    except Refused as error:
        raise BadInput([Fault(name, 0, "charter", f"{error.message} ({error.hint.removesuffix('.')})")]) from None
    return data, load(data, plan.charter)


def _file(path: Path, limit: int) -> bytes:
    try:
        return read_file(path, "the input", limit)
    except Invalid as error:
        raise BadInput([Fault(path.name, 0, "", error.message.removeprefix(f"{path}: "), error.hint)]) from None


def _files(plan: Plan, folder: Path) -> tuple[dict[str, bytes], list[Fault]]:
    data: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys((plan.members, plan.delegates, *(contest.candidates for contest in plan.contests))):
        if name is None:
            continue
        try:
            data[name] = _file(folder / name, MAX_BYTES)
        except BadInput as error:
            faults += error.faults
    return data, faults


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
    head: OfficialKey,
    seal: OfficialKey,
    now: datetime,
    without_rehearsal: str = "",
    present: int = 0,
) -> OpeningFile:
    """Freeze roll and candidates, fix the election key, and sign the opening statement with both offices.

    From here on the opening stands, and `opening_file` gives it again. `without_rehearsal` says why there was no
    rehearsal; `present` is how many members that can vote are at the meeting, where a threshold or a quorum
    depends on it. Raises WrongPhase, and Refused while a trustee's key or acknowledgement is missing, when there was
    neither a rehearsal nor a reason, when a key is of another person than the plan names, or without a quorum.
    """
    with store.write() as unit:
        require_ready(unit, without_rehearsal, present)
        setup, contests, trustees = unit.setup(), unit.contests(), unit.trustees()
        held = unit.transcript()
        require_holder(unit, "head", head.public)
        require_holder(unit, "seal", seal.public)
        keys = tuple(trustee.key for trustee in trustees)
        election = election_of(setup.name, setup.description, setup.group, contests, keys, new_uuid())
        roll = unit.roll()
        public_roll = publish(roll, unit.salts())
        published = encode(public_roll)
        opening = state_opening(
            election,
            tuple(trustee.name for trustee in trustees),
            contests,
            keys,
            (head.public, seal.public),
            signing.public_hex(desk_key(unit)),
            (published, unit.charter(), len(roll.voting_delegates())),
            setup.need,
            "" if held is None else held.digest,
            present,
        )
        file = OpeningFile(sign_opening(opening, head, seal), election, keys)
        check_opening(file.signed, election, keys)
        # The lists were judged when they were read, perhaps by an older version of the rules than the verifier's.
        if breaches := frozen_breaches(public_roll, charter_of(unit), opening):
            raise Refused("; ".join(breaches), "Begin again with `ballot new` and lists that keep the rules.")
        unit.add_document(ROLL, published)
        unit.add_document(OPENING, encode(file))
        unit.set_phase(Phase.OPEN)
        enter(unit, Act.OPENED, statements.opened(opening, without_rehearsal), now)
    return file


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
