"""election.toml: what it may say, and every fault of it at once."""

from pathlib import Path

import pytest

from ballot.charter import builtin, load
from ballot.errors import BadInput, Fault
from ballot.plan import MAX_BYTES, ContestPlan, Plan, marks_permitted, read_plan, rule_faults
from ballot.votes import Setup
from tests.faults import sound

SAMPLES = Path(__file__).parent.parent / "sample_elections"
GOOD = """\
name = "Assembly"
description = "One of three"
members = "members.csv"
delegates = "delegates.csv"
head = "Hana Headley"
seal = "Selma Sealby"
trustees = ["Tara", "Tomas"]

[[contests]]
question = "At-large members"
rule = "at-large"
candidates = "candidates.csv"
"""
CHARTER = load(builtin("ima"))


def read(text: str) -> Plan:
    return sound(read_plan(text.encode(), "election.toml"))


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as refused:
        sound(read_plan(data, "plan.toml"))
    assert {fault.file for fault in refused.value.faults} == {"plan.toml"}
    return refused.value.faults


def fields_of(text: str) -> list[str]:
    """The fields that are at fault."""
    return [fault.field for fault in faults_of(text.encode())]


def test_a_plan_is_read_with_its_defaults() -> None:
    plan = read(GOOD)
    assert plan.setup == Setup(
        "Assembly", "One of three", "Ed25519", "ima", "Hana Headley", "Selma Sealby", ("Tara", "Tomas"), 2
    )
    assert plan.contests == (ContestPlan(question="At-large members", rule="at-large", candidates="candidates.csv"),)
    assert plan.demo is None
    assert read(GOOD.replace("\n", "\r\n")) == plan


@pytest.mark.parametrize("name", ["board-2003", "ima-assembly", "tied-cuts"])
def test_the_plans_of_the_samples_are_without_fault(name: str) -> None:
    plan = sound(read_plan((SAMPLES / name / "election.toml").read_bytes(), name))
    assert rule_faults(plan, CHARTER, name) == []
    assert plan.demo is not None


@pytest.mark.parametrize("missing", ["name", "description", "members", "delegates", "head", "seal", "trustees"])
def test_a_missing_key_is_named(missing: str) -> None:
    text = "".join(line for line in GOOD.splitlines(keepends=True) if not line.startswith(f"{missing} ="))
    (fault,) = faults_of(text.encode())
    assert (fault.field, fault.problem) == (missing, "the key is missing")


def test_all_keys_that_are_missing_unknown_or_of_another_type_are_named_at_once() -> None:
    text = GOOD.replace('head = "Hana Headley"\n', "").replace('name = "Assembly"', 'titel = "Assembly"')
    text = text.replace('["Tara", "Tomas"]', '"Tara"').replace('rule = "at-large"\n', "max_marks = -1\ncolour = 3\n")
    assert set(fields_of(text)) == {
        "titel",
        "name",
        "head",
        "trustees",
        "contests[1].rule",
        "contests[1].max_marks",
        "contests[1].colour",
    }


def test_contests_that_are_no_tables_are_refused() -> None:
    text = GOOD.partition("[[contests]]")[0]
    for contests in ("contests = 1", "contests = {}"):
        assert fields_of(f"{contests}\n{text}") == ["contests"]
    assert fields_of(f'contests = ["at-large"]\n{text}') == ["contests[1]"]
    assert fields_of(f"contests = [1, {{}}]\n{text}") == ["contests[1]", "contests[2].question", "contests[2].rule"]
    assert fields_of(text) == ["contests"]
    assert fields_of(f"contests = []\n{text}") == ["contests"]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("Assembly", "", "name"),
        ("Assembly", "\\u001b[31mRed", "name"),
        ("Assembly", "[bold]Assembly", "name"),
        ("One of three", "One\\u202eof", "description"),
        ("Hana Headley", "", "head"),
        ("Hana Headley", " Hana", "head"),
        ("Selma Sealby", "Selma\\nSealby", "seal"),
        ("Tomas", "Tom\\u0000as", "trustees[2]"),
        ("At-large members", "", "contests[1].question"),
        ("At-large members", "Who\\u200b?", "contests[1].question"),
    ],
)
def test_text_that_cannot_be_read_out_is_refused(old: str, new: str, field: str) -> None:
    assert fields_of(GOOD.replace(f'"{old}"', f'"{new}"')) == [field]


@pytest.mark.parametrize("question", ["At-large members", "AT-LARGE\u00a0members", "Аt–large members"], ids=ascii)
def test_a_question_that_two_contests_ask_is_refused(question: str) -> None:
    second = GOOD[GOOD.index("[[contests]]") :].replace("At-large members", question)
    (fault,) = faults_of((GOOD + second).encode())
    assert (fault.field, "the same question as that of contest 1" in fault.problem) == ("contests[2].question", True)


@pytest.mark.parametrize("trustees", ["[]", str([f"T{n}" for n in range(8)])])
def test_one_to_seven_trustees_are_wanted(trustees: str) -> None:
    assert fields_of(GOOD.replace('["Tara", "Tomas"]', trustees)) == ["trustees"]


def test_seven_trustees_and_one_are_fine() -> None:
    for count in (1, 7):
        names = [f"T{n}" for n in range(count)]
        assert read(GOOD.replace('["Tara", "Tomas"]', str(names))).trustees == tuple(names)


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_an_election_can_be_held_in_either_group(group: str) -> None:
    assert read(f'group = "{group}"\n{GOOD}').setup.group == group


@pytest.mark.parametrize("group", ["", "ed25519", "P-256", "BELENIOS-4096"])
def test_an_unknown_group_is_refused(group: str) -> None:
    assert fields_of(f'group = "{group}"\n{GOOD}') == ["group"]


@pytest.mark.parametrize(
    "file", ["", "../members.csv", "/etc/passwd", "a/b.csv", ".hidden", "..", "a\\\\b.csv", "C:b.csv", "a\\u0000.csv"]
)
@pytest.mark.parametrize("field", ["members", "delegates", "candidates"])
def test_a_file_outside_the_folder_is_refused(field: str, file: str) -> None:
    expected = "contests[1].candidates" if field == "candidates" else field
    assert fields_of(GOOD.replace(f'"{field}.csv"', f'"{file}"')) == [expected]


def test_a_charter_or_choices_outside_the_folder_are_refused() -> None:
    assert fields_of(f'charter = "../ima.toml"\n{GOOD}\n[demo]\nchoices = "../choices.csv"\n') == [
        "charter",
        "demo.choices",
    ]
    assert read(f'charter = "own.toml"\n{GOOD}').charter == "own.toml"


def test_all_faults_are_named_at_once() -> None:
    text = GOOD.replace('"Assembly"', '""').replace('"members.csv"', '"/m"').replace('"Tomas"', '"Tara"')
    assert fields_of(f'group = "none"\n{text}') == ["name", "group", "trustees[2]", "members"]


@pytest.mark.parametrize(
    ("data", "telling"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (GOOD.encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "not TOML"),
        (b"name", "not TOML"),
        (b"name = ", "not TOML"),
        (b"name = 1\nname = 2", "not TOML"),
        (b"a = " + b"[" * 10_000, "nested too deeply"),
        (b"a = " + b"1" * 5_000, "not TOML"),
        (b"a" + b".a" * 1_000 + b" = 1", "not TOML"),
        (b"a = 2026-13-45", "not TOML"),
        (b"#" * (MAX_BYTES + 1), "too large"),
    ],
    ids=["bytes", "utf-16", "mark", "no value", "empty", "twice", "deep", "huge", "dots", "date", "long"],
)
def test_a_file_that_is_no_toml_is_refused(data: bytes, telling: str) -> None:
    (fault,) = faults_of(data)
    assert telling in fault.problem
    assert len(fault.problem) < 300


def test_an_empty_file_lacks_everything() -> None:
    assert len(faults_of(b"")) == 8


# Against the charter


def contest(text: str) -> list[Fault]:
    return rule_faults(read(GOOD.replace('rule = "at-large"', text)), CHARTER, "election.toml")


def test_an_unknown_rule_is_named_with_those_there_are() -> None:
    (fault,) = contest('rule = "by acclamation"')
    assert fault.field == "contests[1].rule"
    assert "at-large" in fault.problem


@pytest.mark.parametrize("marks", ["max_marks = 13", "min_marks = 5\nmax_marks = 4", "min_marks = 13", "max_marks = 0"])
def test_marks_that_do_not_narrow_the_rule_are_refused(marks: str) -> None:
    (fault,) = contest(f'rule = "at-large"\n{marks}')
    assert fault.field == "contests[1].max_marks"
    assert "VI §4(a)(b)" in fault.problem


def test_faults_of_every_contest_are_named() -> None:
    second = GOOD[GOOD.index("[[contests]]") :].replace('"at-large"', '"none"').replace("At-large", "More")
    faults = rule_faults(read(GOOD.replace('rule = "at-large"', 'rule = "x"') + second), CHARTER, "election.toml")
    assert [fault.field for fault in faults] == ["contests[1].rule", "contests[2].rule"]


def test_seats_are_elected_by_one_contest() -> None:
    second = GOOD[GOOD.index("[[contests]]") :].replace("At-large", "More")
    (fault,) = rule_faults(read(GOOD + second), CHARTER, "election.toml")
    assert fault.field == "contests[2].rule"
    assert fault.problem == "contest 1 elects the same seats already (VI §4(a)(b))"


@pytest.mark.parametrize(
    ("marks", "permitted"),
    [("", (0, 12)), ("max_marks = 11", (0, 11)), ("min_marks = 1", (1, 12)), ("min_marks = 3\nmax_marks = 3", (3, 3))],
)
def test_a_contest_narrows_the_marks_of_its_rule(marks: str, permitted: tuple[int, int]) -> None:
    plan = read(GOOD.replace('rule = "at-large"', f'rule = "at-large"\n{marks}'))
    assert rule_faults(plan, CHARTER, "election.toml") == []
    assert marks_permitted(plan.contests[0], CHARTER) == permitted
