"""Elections in the ICB and questions, from plan to opened box: who votes, who stands, and who must be present."""

import json
from pathlib import Path

import pytest

from tests.commands.assembly import HEAD, KEYS, SEAL, TRUSTEES, ballot, begin, lists
from tests.commands.bodies import LETTER, Icb

PLAN = f"""
name = "Meeting"
description = "Of the ICB"
electorate = "icb"
head = "{HEAD}"
seal = "{SEAL}"
trustees = {json.dumps(list(TRUSTEES.values()))}
[[contests]]
question = "Chairperson"
rule = "officer"
candidates = "candidates.csv"
"""
OPEN = (*KEYS, "--without-rehearsal", "the keys were tried by hand")
NEW = ("new", "--from", "meeting/election.toml")
ADD = ("trustee", "add", *(f"{file}.public" for file in TRUSTEES))
REHEARSE = ("rehearse", *KEYS, *(word for file in TRUSTEES for word in ("--trustee", file)))


def call(icb: Icb, *names: str, plan: str = PLAN) -> None:
    """A plan with these candidates, and the committee's keys, in the ICB's folder."""
    begin(icb.folder)
    folder = icb.folder / "meeting"
    folder.mkdir()
    rows = "".join(f"{number},{name}\n" for number, name in enumerate(names, start=1))
    for file, text in (("election.toml", plan), ("candidates.csv", f"number,name\n{rows}")):
        (folder / file).write_text(text, encoding="utf-8", newline="")


def test_who_votes_in_the_icb_is_on_the_roll_and_a_quorum_is_needed_to_open(icb: Icb) -> None:
    icb.do("proxy", "appoint", "at-large:2", "--person", "Pim Stand", "--member", "M004", *LETTER)
    first = icb.held()["at-large:1"]
    call(icb, first)
    said = icb.run(*NEW, "--json")
    assert said.code == 0, said.err
    assert (said.value["members"], said.value["voting_delegates"]) == (8, 8)
    voters = icb.run("seats", "show", "--json").value["voters"]
    assert said.value["voters"] == {str(n): voter["person"] for n, voter in enumerate(voters, start=1)}
    (icb.folder / "election.db").unlink()
    assert "No.: 2\nName: Pim Stand\nSeat: at-large:2\n" in icb.run(*NEW, "--plain").out
    icb.run(*ADD)
    assert icb.run("status", "--json").value["next"].endswith("open --head FILE --seal FILE --present NUMBER")
    nobody = ("--head", "none.key", "--seal", "none.key")
    unsaid = icb.run("open", *nobody, *OPEN[len(KEYS) :])
    assert ("how many members are present was not said" in unsaid.errors[0], "--present" in unsaid.hint) == (True, True)
    refused = icb.run("open", *OPEN)
    assert (refused.code, "VII §3(a)" in refused.errors[0], "--present" in refused.hint) == (3, True, True)
    assert "5 of 8 members are present" in icb.run("open", *OPEN, "--present", "5").errors[0]
    assert icb.run("open", *OPEN, "--present", "9").code == 3
    assert "Members present: 6\n" in icb.run("open", *OPEN, "--present", "6", "--plain").out
    assert icb.run("opening", "--json").value["present"] == 6
    # The record of an election in which somebody was replaced could not be used: an office would stay vacant.
    said = icb.run("replace", "1", "--name", "Nora Newcomer", "--letter", "letter of 3 May", "--yes")
    assert (said.code, "only send a proxy (VI §4(e))" in said.errors[0], "proxy appoint" in said.hint) == (
        3,
        True,
        True,
    )


def test_alternates_proxies_and_strangers_cannot_stand(icb: Icb) -> None:
    icb.do("seats", "designate", "ex-officio", "--person", "Ed Friend", "--member", "A001", *LETTER)
    icb.do("proxy", "appoint", "at-large:2", "--person", "Pim Stand", "--member", "M004", *LETTER)
    call(icb, icb.held()["alternate:1"], "Pim Stand", "Ed Friend", "Nobody", icb.held()["at-large:2"])
    said = icb.run(*NEW)
    assert said.code == 3
    assert len(said.errors) == 4
    for error, article in zip(said.errors, ("VI §4(b)(d)", "VI §4(e)", "VI §4(a)(c)", "VI §4(f.2)"), strict=True):
        assert article in error
    assert not (icb.folder / "election.db").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('electorate = "icb"', 'electorate = "icb"\nmembers = "members.csv"', "members: the roll is that of"),
        ('rule = "officer"', 'rule = "at-large"', "does not vote in the body assembly"),
        ('candidates = "candidates.csv"\n', "", "candidates: the key is missing"),
        ('electorate = "icb"', 'electorate = "council"', "electorate"),
    ],
)
def test_a_plan_that_does_not_suit_the_icb_is_refused(icb: Icb, old: str, new: str, said: str) -> None:
    call(icb, icb.held()["at-large:1"], plan=PLAN.replace(old, new))
    assert any(said in error for error in icb.run(*NEW).errors)


def test_an_election_in_the_icb_needs_its_store(icb: Icb) -> None:
    call(icb, "Somebody")
    hint = "Name the file that `ballot seats found` made with --icb."
    said = icb.run(*NEW, "--icb", "none.db")
    assert ("there is no store" in said.errors[0], said.hint) == (True, hint)
    (icb.folder / "letter.txt").write_text("no store at all", encoding="utf-8")
    assert icb.run(*NEW, "--icb", "letter.txt").hint == hint


def test_an_office_cannot_be_decided_by_the_assembly(tmp_path: Path) -> None:
    begin(tmp_path)
    plan = tmp_path / "lists" / "election.toml"
    text = lists()["election.toml"].replace('rule = "at-large"', 'rule = "officer"').replace("max_marks = 9\n", "")
    plan.write_text(text, encoding="utf-8")
    assert "does not vote in the body icb" in ballot(tmp_path, "new", "--from", "lists/election.toml").errors[0]


def motion(folder: Path, rule: str = "motion", extra: str = "") -> Path:
    begin(folder)
    plan = folder / "lists" / "election.toml"
    text = lists()["election.toml"].partition("[[contests]]")[0]
    plan.write_text(f'{text}[[contests]]\nquestion = "Shall we move?"\nrule = "{rule}"\n{extra}', encoding="utf-8")
    return folder


def test_a_motion_is_put_counted_and_declared_with_its_threshold(tmp_path: Path) -> None:
    folder = motion(tmp_path)
    steps: list[tuple[str, ...]] = [
        ("new", "--from", "lists/election.toml"),
        ADD,
        ("open", *OPEN, "--present", "2"),
        *(("issue", str(n), *KEYS, "--out", f"paper{n}.json") for n in (1, 3, 5)),
        *(
            ("vote", f"paper{n}.json", "--marks", mark, "--out", f"sealed{n}.json")
            for n, mark in ((1, "yes"), (3, "1"), (5, "No"))
        ),
        ("cast", "sealed1.json", "sealed3.json", "sealed5.json", "--receipts", "receipts"),
        ("close", "--yes"),
        *(("trustee", "share", file) for file in TRUSTEES),
    ]
    for step in steps:
        said = ballot(folder, *step)
        assert said.code == 0, (step, said.err)
    counted = ballot(folder, "count", "--json").value
    assert counted["outcomes"][0]["reached"] is True
    assert counted["outcomes"][0]["share"] == "2/3"
    said = ballot(folder, "declare", *KEYS)
    assert "Members present, as counted at the opening: 2. Papers that were given to" in said.out
    assert "The question is carried." in said.out
    assert ballot(folder, "publish", *KEYS).code == 0
    assert ballot(folder, "verify", "record.zip").code == 0
    assert "Answer: Yes\nVotes: 2" in ballot(folder, "show", "record.zip", "--plain").out


@pytest.mark.parametrize("rule", ["motion", "amendment"])
def test_a_question_can_be_rehearsed_before_anybody_is_counted(tmp_path: Path, rule: str) -> None:
    folder = motion(tmp_path, rule)
    for step in (("new", "--from", "lists/election.toml"), ADD, REHEARSE):
        said = ballot(folder, *step)
        assert said.code == 0, (step, said.err)
    assert ("Next: `ballot open --head FILE --seal FILE --present NUMBER`" in said.err) == (rule == "motion")
    assert ballot(folder, "open", *KEYS, *(("--present", "3") if rule == "motion" else ())).code == 0


@pytest.mark.parametrize("candidates", [1, 3])
def test_an_officers_election_can_be_rehearsed(icb: Icb, candidates: int) -> None:
    call(icb, *(icb.held()[f"at-large:{place}"] for place in range(1, candidates + 1)))
    for step in (NEW, ADD, REHEARSE, ("open", *KEYS, "--present", "8")):
        said = icb.run(*step)
        assert said.code == 0, (step, said.err)


def test_a_question_takes_no_candidates_and_no_marks_of_its_own(tmp_path: Path) -> None:
    folder = motion(tmp_path, extra='candidates = "candidates.csv"\nmax_marks = 2\n')
    errors = ballot(folder, "new", "--from", "lists/election.toml").errors
    assert [error.split(":")[0] for error in errors] == [
        "election.toml, contests[1].candidates",
        "election.toml, contests[1].max_marks",
    ]


def test_members_are_not_counted_where_nothing_depends_on_it(tmp_path: Path) -> None:
    folder = motion(tmp_path, "amendment")
    assert ballot(folder, "new", "--from", "lists/election.toml").code == 0
    ballot(folder, "trustee", "add", *(f"{file}.public" for file in TRUSTEES))
    said = ballot(folder, "open", *OPEN, "--present", "3")
    assert "nothing in this election depends" in said.errors[0]
    assert said.hint == "Leave out --present."
    assert ballot(folder, "open", *OPEN).code == 0
