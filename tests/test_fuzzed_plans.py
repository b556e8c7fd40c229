"""Plans of elections that took a computer hours to refuse: what is read costs work in proportion to its length."""

import sys
from types import FrameType

from ballot.plan import read_plan

HEAD = b"""name = "Assembly"
description = ""
members = "members.csv"
delegates = "delegates.csv"
head = "Hana"
seal = "Selma"
trustees = ["Tara"]
"""


def work(data: bytes) -> tuple[int, int]:
    """How many functions were called to read a plan, and how many faults it has."""
    calls = 0

    def count(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        _, faults = read_plan(data, "election.toml")
    finally:
        sys.setprofile(before)
    return calls, len(faults)


def test_attack_a_plan_of_very_many_contests_costs_work_in_proportion_to_their_number() -> None:
    few, many = 100, 400
    (less, faults), (more, more_faults) = (work(HEAD + b"[[contests]]\n" * count) for count in (few, many))
    assert (faults, more_faults) == (2 * few, 2 * many)
    assert more < 5 * less


def test_attack_a_key_that_looks_as_deep_as_it_is_long() -> None:
    for table in (b"", b"[demo]\n", b"[[contests]]\n"):
        short, long = (work(HEAD + table + b'"' + b"[" * length + b'" = 1\n')[0] for length in (10, 100_000))
        assert long < short + 50


def test_a_key_that_nobody_knows_leaves_its_contest_as_it_is() -> None:
    plan, faults = read_plan(HEAD + b'[[contests]]\nquestion = "Who?"\nrule = "r"\n"x[.y" = 1\n', "election.toml")
    assert (plan.contests[0].question, plan.contests[0].rule) == ("Who?", "r")
    assert [fault.field for fault in faults] == ["contests[1].x[.y"]
