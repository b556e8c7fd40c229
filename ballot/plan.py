"""election.toml: bytes in, the plan of an election out, or every fault of the file at once."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal

import msgspec

from ballot.charter import Charter
from ballot.contests import marks_problem, question_faults, seat_faults
from ballot.crypto.groups import GROUPS
from ballot.errors import Error, Fault
from ballot.offices import office_faults
from ballot.tables import text_problem
from ballot.toml import UNKNOWN_KEY, read_toml, shape_faults
from ballot.votes import Marks, Setup
from ballot.wire import Wire

MAX_BYTES = 256 * 1024
"""Largest election.toml that is read, in bytes."""

_DEPTH = 8
"""More steps than lead to any place in a plan."""


class ContestPlan(Wire, frozen=True, kw_only=True):
    """One contest: its question, the charter's rule, the file of candidates, and marks where they narrow the rule.

    `shuffle` lets booths show the candidates in a fresh random order to each voter. For an office the question is its
    name. A contest that puts a question to yes or no has no candidates.
    """

    question: str
    rule: str
    candidates: str | None = None
    min_marks: Marks | None = None
    max_marks: Marks | None = None
    shuffle: bool = False


class Words(Wire, frozen=True):
    """A contribution to the lots of a sample election."""

    by: str
    text: str


class DemoPlan(Wire, frozen=True):
    """What a sample election adds: the file of choices, and who says what if lots must be drawn."""

    choices: str
    lots: tuple[Words, ...] = ()


class Plan(Wire, frozen=True, kw_only=True):
    """The whole of election.toml; file names are relative to it.

    With an `electorate` the roll is that body's as its secretary's journal has it, and there are no lists.
    """

    name: str
    description: str
    charter: str = "ima"
    group: str = GROUPS[0]
    electorate: Literal["", "icb"] = ""
    members: str | None = None
    delegates: str | None = None
    head: str
    seal: str
    trustees: tuple[str, ...]
    need: int | None = None
    contests: tuple[ContestPlan, ...]
    demo: DemoPlan | None = None

    @property
    def setup(self) -> Setup:
        """The part that the election keeps; all trustees are needed unless the plan says otherwise."""
        need = len(self.trustees) if self.need is None else self.need
        return Setup(self.name, self.description, self.group, self.charter, self.head, self.seal, self.trustees, need)


def read_plan(data: bytes, name: str) -> tuple[Plan, list[Fault]]:
    """Read election.toml; `name` names it in faults.

    Beside the plan stand its faults, so that the files it names can be judged all the same: missing or unknown keys, an
    unknown group, no contest, fewer than one or more than seven trustees, more of them needed than there are, names
    that repeat or hold control characters. What is missing or at fault is empty, or as it is without the key. Raises
    BadInput where nothing can be read: not UTF-8, or not TOML.
    """
    table = read_toml(data, name, MAX_BYTES)
    faults = [Fault(name, 0, path, _placed(path, problem)) for path, problem in shape_faults(Plan, table)]
    if not table.get("electorate"):
        faults += [Fault(name, 0, key, "the key is missing") for key in ("members", "delegates") if key not in table]
    plan = _usable(table, faults)
    unusable = _file_faults(plan, name)
    faults += fresh([*_value_faults(plan, name), *unusable], faults)
    return _usable(table, [*faults, *unusable]) if unusable else plan, faults


def _placed(path: str, problem: str) -> str:
    """The problem with a key; one that stands behind a [[block]] is a key of that block to TOML."""
    _, _, key = path.rpartition(".")
    misplaced = path != key and problem == UNKNOWN_KEY and key in Plan.__struct_fields__
    return f"{problem} here; it stands above the first block in [[brackets]]" if misplaced else problem


def fresh(found: Iterable[Fault], known: Sequence[Fault]) -> list[Fault]:
    """Those of the faults found in a plan that do not only follow from known ones."""
    fields, spoilt = {one.field for one in known}, _spoilt(known)
    return [
        fault
        for fault in found
        if fields.isdisjoint(_above(fault.field))
        and fault.field not in spoilt
        and not (fault.field == "need" and "trustees" in spoilt)
    ]


def _spoilt(faults: Iterable[Fault]) -> set[str]:
    """Every place that is at fault, or that something at fault stands in."""
    return {path for fault in faults for path in _above(fault.field)}


def _above(path: str) -> list[str]:
    """The place itself and all that it stands in; no plan is deeper, but a key that nobody knows can look so."""
    steps = islice(re.finditer(r"[.[]", path), _DEPTH)
    return [path, *(path[: step.start()] for step in steps)]


def _usable(table: dict[str, object], faults: Sequence[Fault]) -> Plan:
    """The plan of a table without the keys at fault."""
    given, spoilt = table.get("contests"), _spoilt(faults)
    contests = [
        {"question": "", "rule": "", **_good(ContestPlan, one, spoilt, f"contests[{place}].")}
        for place, one in enumerate(given if isinstance(given, list) else [], start=1)
    ]
    empty = {"name": "", "description": "", "head": "", "seal": "", "trustees": []}
    return msgspec.convert({**empty, **_good(Plan, table, spoilt), "contests": contests}, Plan)


def _good(form: type[Wire], table: object, spoilt: set[str], prefix: str = "") -> dict[str, object]:
    given = table if isinstance(table, dict) else {}
    return {key: given[key] for key in form.__struct_fields__ if key in given and prefix + key not in spoilt}


def _value_faults(plan: Plan, name: str) -> list[Fault]:
    faults = []
    texts = {"name": plan.name, "description": plan.description, "head": plan.head, "seal": plan.seal}
    texts |= {f"trustees[{place}]": trustee for place, trustee in enumerate(plan.trustees, start=1)}
    texts |= {f"contests[{place}].question": c.question for place, c in enumerate(plan.contests, start=1)}
    for field, text in texts.items():
        problem = text_problem(text) or ("" if text or field == "description" else "the value is missing")
        if problem:
            faults.append(Fault(name, 0, field, problem))
    if plan.group not in GROUPS:
        faults.append(Fault(name, 0, "group", f"it is none of {', '.join(GROUPS)}"))
    faults += [Fault(name, 0, *fault) for fault in office_faults(plan.head, plan.seal, plan.trustees)]
    if plan.need is not None and not 1 <= plan.need <= len(plan.trustees):
        faults.append(Fault(name, 0, "need", f"1 to {len(plan.trustees)} trustees can be needed"))
    asked = question_faults([contest.question for contest in plan.contests])
    faults += [Fault(name, 0, f"contests[{place}].question", problem) for place, problem in asked]
    if not plan.contests:
        faults.append(Fault(name, 0, "contests", "an election has at least one contest"))
    return faults


def _file_faults(plan: Plan, name: str) -> list[Fault]:
    faults = []
    for field, file in (("members", plan.members), ("delegates", plan.delegates)):
        if plan.electorate and file is not None:
            faults.append(Fault(name, 0, field, "the roll is that of the electorate, so there is no list"))
    for field, file in _files(plan).items():
        if not file or text_problem(file) or set(file) & set("/\\:") or file.startswith("."):
            faults.append(Fault(name, 0, field, "a file name in the same folder is wanted, without a path"))
    return faults


def _files(plan: Plan) -> dict[str, str]:
    files: dict[str, str | None] = {"members": plan.members, "delegates": plan.delegates}
    if plan.charter.endswith(".toml"):
        files["charter"] = plan.charter
    if plan.demo is not None:
        files["demo.choices"] = plan.demo.choices
    files |= {f"contests[{place}].candidates": c.candidates for place, c in enumerate(plan.contests, start=1)}
    return {field: file for field, file in files.items() if file is not None}


def rule_faults(plan: Plan, charter: Charter, name: str) -> list[Fault]:
    """Faults of the contests against the charter: an unknown rule, marks that do not narrow it, seats elected twice."""
    twice = seat_faults(charter.seats, [contest.rule for contest in plan.contests])
    faults = [Fault(name, 0, f"contests[{place}].rule", problem) for place, problem in twice]
    for place, contest in enumerate(plan.contests, start=1):
        field = f"contests[{place}]"
        try:
            decision = charter.question(contest.rule)
        except Error as error:
            faults.append(Fault(name, 0, f"{field}.rule", f"{error.message} ({error.hint.removesuffix('.')})"))
            continue
        if decision is not None:
            given = {"candidates": contest.candidates, "min_marks": contest.min_marks, "max_marks": contest.max_marks}
            faults += [
                Fault(name, 0, f"{field}.{key}", f"a question has the answers yes and no only ({decision.article})")
                for key, value in given.items()
                if value is not None
            ]
            continue
        rule = charter.rule(contest.rule)
        if contest.candidates is None:
            faults.append(Fault(name, 0, f"{field}.candidates", "the key is missing"))
        least, most = marks_permitted(contest, charter)
        if problem := marks_problem(rule, least, most):
            faults.append(Fault(name, 0, f"{field}.max_marks", problem))
    return faults


def marks_permitted(contest: ContestPlan, charter: Charter) -> tuple[int, int]:
    """Fewest and most marks on a ballot: the contest's own where it narrows the charter's rule."""
    rule = charter.rule(contest.rule)
    least = rule.min_marks if contest.min_marks is None else contest.min_marks
    most = rule.max_marks if contest.max_marks is None else contest.max_marks
    return least, most
