"""A folder with election.toml in; its plan and everything that it names out, judged against the charter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ballot import plan as plans
from ballot.acts.seats import Standing, standing
from ballot.acts.sizes import size_problem
from ballot.charter import MAX_BYTES as MAX_CHARTER
from ballot.charter import Charter, builtin, load
from ballot.contests import few_problem
from ballot.decisions import electorate_faults, question
from ballot.errors import BadInput, Error, Fault, Invalid, Refused
from ballot.icb import officers
from ballot.icb.places import State
from ballot.people import Roll
from ballot.plan import ContestPlan, Plan, fresh, marks_permitted, read_plan, rule_faults
from ballot.roll import Unclear, read_candidates, read_roll
from ballot.store.file import ICB
from ballot.store.icb import IcbStore
from ballot.tables import MAX_BYTES
from ballot.votes import Contest
from ballot.wire import read_file

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
