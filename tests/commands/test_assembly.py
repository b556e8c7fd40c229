"""A committee's whole path through the commands, and what delegates and observers can check of it afterwards."""

import json
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ballot.aloud import numbered
from ballot.declaration import WIDTH
from ballot.journal import Act, check_journal
from ballot.record import read_record
from ballot.store.repo import Store
from ballot.votes import Phase, SealedBallot
from ballot.wire import decode
from tests.commands.assembly import (
    HEAD,
    KEYS,
    MARKS,
    SEAL,
    STEPS,
    TRUSTEES,
    WORDS,
    Assembly,
    ballot,
    begin,
    lists,
    opening_of,
    refused,
    write_lists,
)
from tests.commands.conftest import At, AtTerminal
from tests.systems import needs_modes

CAST = [number for number in MARKS if number != 7]
MAIN = "from ballot.commands import main\nmain()"
NUMBERS = "list: see all again): "
REVIEW = "Type seal if this is right, or again to mark afresh: "
END_OF_INPUT = "\x04"


def rankings(value: Any) -> list[str]:
    """The rows of the table of results that JSON speaks of."""
    (contest,) = value["contests"]
    rows = []
    for seat in ("regular", "alternates", "not_elected"):
        name = {"alternates": "alternate", "not_elected": "not elected"}.get(seat, seat)
        for number in contest[seat]:
            votes = contest["totals"][str(number)]
            rows.append(f"No.: {number}\nName: Candidate {number}\nVotes: {votes}\nSeat: {name}\n")
    return rows + [f"Places: {tie['places']}\n" for tie in contest["ties"]]


def lots(value: Any) -> list[str]:
    (tie,) = value["announcement"]["ties"]
    said = {one["by"]: one["value"] for one in value["contributions"]}
    (order,) = [one["order"] for one in value["drawn"]] or [[]]
    rows = [f"Totals: {value['announcement']['totals']}\n"]
    for number in tie["candidates"]:
        drawn = order.index(number) + 1 if order else "not yet"
        rows.append(f"Places: {tie['places']}\nNo.: {number}\nName: Candidate {number}\nDrawn: {drawn}\n")
    for name in value["announcement"]["contributors"]:
        state = "revealed" if name in said else "committed" if name in value["commitments"] else "awaited"
        rows.append(f"Name: {name}\nState: {state}\n" + (f"Words: {said[name]}\n" if name in said else ""))
    for name, digits in value["commitments"].items():
        rows.append(f"Name: {name}\nDigits: {' '.join(re.findall('....', digits))}\n")
    return rows


def commitment(value: Any) -> list[str]:
    *_, (name, digits) = value["commitments"].items()
    return [f"Name: {name}\nState: committed\nDigits: {' '.join(re.findall('....', digits))}\n"]


def revealed(value: Any) -> list[str]:
    said = value["contributions"][-1]
    return [f"Name: {said['by']}\nState: revealed\nWords: {said['value']}\n"]


def drawn(value: Any) -> list[str]:
    return [row for row in lots(value) if "Drawn: " in row]


SHOWN: dict[str, Callable[[Any], list[str]]] = {
    "new": lambda v: [f"Members: {v['members']}\n", f"of whom vote: {v['voting_delegates']}\n", *v["trustees"]],
    "add": lambda v: [f"Collected: {', '.join(v['collected'])}\n", f"Still missing: {v['missing']}\n"],
    "open": lambda v: [f"Voting delegates: {v['voting_delegates']}\n"],
    "issue": lambda v: [f"Delegate: {v['delegate']}\nName: {v['name']}\n", f"Paper: {v['paper']}\n"],
    "vote": lambda v: [f"File: {v['file']}\n"],
    "cast": lambda v: [f"Tracker: {one['receipt']['tracker']}\nState: in the box\n" for one in v if one["new"]],
    "close": lambda v: [f"Ballots: {v['ballots']}\nDigest of the box: {v['box']}\n"],
    "share": lambda v: [f"Share received from: {v['trustee']}\nShares not there yet: {v['missing']}\n"],
    "count": lambda v: [f"Ballots: {v['ballots']}\nDigest of the totals: {v['totals_digest']}\n", *rankings(v)],
    "waiting": lambda v: [f"Places: {tie['places']}\n" for tie in v["ties"]],
    "announce": lots,
    "commit": commitment,
    "reveal": revealed,
    "draw": drawn,
    "declare": lambda v: [v["declaration"], *(f"{s[:64]}\n{s[64:]}\n" for s in v["signatures"].values())],
    "publish": lambda v: [f"Record: {v['record']}\nSHA-256: {v['sha256']}\nBytes: {v['bytes']}\n"],
    "verify": lambda v: [f"No.: {c['number']}\nState: holds\nCheck: {c['sentence']}\nFigure: " for c in v["checks"]],
    "show": rankings,
}
"""What the plain lines of a step must hold, from its JSON; opening and trackers differ from run to run."""


@pytest.mark.parametrize("name", [name for name, _ in STEPS])
def test_every_step_succeeds_and_json_carries_what_the_lines_show(assembly: Assembly, name: str) -> None:
    said, value = assembly.said[name], assembly.json[name].value
    assert said.code == 0
    expected = SHOWN[name.split()[0]](value)
    assert expected
    for piece in expected:
        assert piece in said.out, piece


@pytest.mark.parametrize("name", [name for name, _ in STEPS])
def test_only_results_are_on_stdout_and_only_talk_on_stderr(assembly: Assembly, name: str) -> None:
    assert not assembly.said[name].out.startswith("Next")
    assert "error:" not in assembly.json[name].err
    assert "{" not in assembly.json[name].err


@pytest.mark.parametrize(
    ("name", "args"),
    [(name, args) for name, args in STEPS if name not in ("new", "waiting", "verify", "show") and args[0] != "vote"],
    ids=str,
)
def test_status_named_the_step_that_then_worked(assembly: Assembly, name: str, args: tuple[str, ...]) -> None:
    named = re.findall(r"ballot ([a-z]+(?: (?:add|share|announce|commit|reveal|draw))?)", assembly.status[name]["next"])
    command = " ".join(args[:2]) if args[0] in ("trustee", "lots") else args[0]
    assert command in named


def test_status_names_the_first_step_too(tmp_path: Path) -> None:
    begin(tmp_path)
    outcome = ballot(tmp_path, "status")
    assert outcome.code == 3
    assert "ballot new" in outcome.hint
    ballot(tmp_path, "new", "--from", "lists/election.toml")
    value = ballot(tmp_path, "status", "--json").value
    assert (value["phase"], value["trustees"], value["fingerprint"]) == ("draft", 0, "")
    assert "ballot trustee add" in value["next"]
    assert all(name in value["next"] for name in TRUSTEES.values())


@pytest.mark.parametrize("point", ["ready", "open", "closed", "counted", "drawn", "declared"])
def test_status_shows_the_same_in_words_and_in_json(at: At, point: str) -> None:
    here = at(point)
    value, plain = ballot(here, "status", "--json").value, ballot(here, "status", "--plain").out
    assert f"Phase: {value['phase']}\n" in plain
    assert f"Trustees' keys: {value['trustees']} of {value['trustees_wanted']}\n" in plain
    assert f"Voting delegates: {value['voting_delegates']}\n" in plain
    assert plain.endswith(f"Next: {value['next']}\n")
    if value["fingerprint"]:
        assert f"Papers issued: {value['issued']}\nof these handed out: {value['handed_out']}\n" in plain
        assert f"Ballots in the box: {value['cast']}\n" in plain
        assert f"Papers outstanding: {value['issued'] - value['cast']}\n" in plain
        assert f"Shares received: {value['shares']} of {value['trustees_wanted']}\n" in plain
        assert f"Fingerprint: {value['fingerprint']}\nIn words: {numbered(value['words'])}\n" in plain


def test_every_step_is_an_act_in_the_journal_but_casting_is_none(assembly: Assembly) -> None:
    with Store.open(assembly.store("declared")) as store, store.read() as view:
        journal = view.journal()
    assert check_journal(journal, opening_of(assembly.folder).signed.opening.box) == Phase.DECLARED
    assert [signed.entry.act for signed in journal] == [
        Act.CREATED,
        *[Act.TRUSTEE_ADDED] * len(TRUSTEES),
        Act.OPENED,
        *[Act.ISSUED] * len(MARKS),
        Act.CLOSED,
        *[Act.SHARED] * len(TRUSTEES),
        Act.COUNTED,
        Act.LOTS_ANNOUNCED,
        *[Act.LOT_COMMITTED] * len(WORDS),
        *[Act.LOT_REVEALED] * len(WORDS),
        Act.LOTS_DRAWN,
        Act.DECLARED,
    ]


def test_the_lots_decide_who_is_the_eighth(assembly: Assembly) -> None:
    (counted,) = assembly.json["count"].value["contests"]
    assert counted["regular"] == [1, 2, 3, 4, 5, 6, 7]
    assert counted["alternates"] == [10]
    assert [(tie["places"], tie["matters"]) for tie in counted["ties"]] == [("1-7", False), ("8-9", True)]
    ((winner, other),) = [drawn["order"] for drawn in assembly.json["draw"].value["drawn"]]
    assert {winner, other} == {8, 9}
    (shown,) = assembly.json["show"].value["contests"]
    assert shown["regular"] == [1, 2, 3, 4, 5, 6, 7, winner]
    assert shown["alternates"] == [other, 10]
    assert shown["totals"] == counted["totals"]
    declared = (assembly.folder / "declaration.txt").read_text(encoding="utf-8")
    assert f"8. No. {winner}  Candidate {winner}" in declared
    assert f"1. No. {other}  Candidate {other}" in declared


def test_the_declaration_is_in_its_file_in_the_record_and_on_the_screen(assembly: Assembly) -> None:
    text = assembly.json["declare"].value["declaration"]
    assert max(map(len, assembly.said["declare"].out.splitlines())) <= WIDTH
    whole = (assembly.folder / "declaration.txt").read_text(encoding="utf-8")
    assert whole.startswith(text)
    assert all(
        signature in whole.replace("\n", "") for signature in assembly.json["declare"].value["signatures"].values()
    )
    assert read_record((assembly.folder / "record.zip").read_bytes()).contents.declaration.decode() == text
    assert text.splitlines() == assembly.said["show"].out.splitlines()[-len(text.splitlines()) :]


def test_publishing_again_gives_the_same_bytes(assembly: Assembly, at: At) -> None:
    here = at("declared")
    assert ballot(here, "publish", "--head", "head.key", "--seal", "seal.key", "--out", "again.zip").code == 0
    assert (here / "again.zip").read_bytes() == (assembly.folder / "record.zip").read_bytes()


def test_store_is_found_by_option_then_environment_then_name(at: At) -> None:
    here = at("open")
    shutil.copy(here / "election.db", here / "other.db")
    ballot(here, "close", "--yes", "--store", "other.db")
    phases = [
        ballot(here, "status", "--json").value["phase"],
        ballot(here, "status", "--json", BALLOT_STORE="other.db").value["phase"],
        ballot(here, "status", "--json", "--store", "election.db", BALLOT_STORE="other.db").value["phase"],
    ]
    assert phases == ["open", "closed", "open"]


def test_whoever_closes_is_asked_for_ballots_that_lie_in_an_outbox(at: At, assembly: Assembly) -> None:
    """The fourth paper was marked and sealed: nothing puts its ballot into the box after the close."""
    asked = "Is every booth's outbox in"
    assert asked in assembly.said["close"].err
    here = at("open")
    shutil.copy(assembly.folder / "sealed7.json", here)
    assert ballot(here, "cast", "sealed7.json").code == 0
    assert asked not in ballot(here, "close", "--yes").err


def test_keys_made_by_commands_open_an_election(tmp_path: Path) -> None:
    write_lists(tmp_path / "lists", lists())
    for office, name in (("head", HEAD), ("seal", SEAL)):
        outcome = ballot(tmp_path, "keys", "new", office, "--name", name, "--out", f"{office}.key", "--json")
        assert outcome.code == 0, outcome.err
        assert outcome.value["fingerprint"]
        assert len(re.findall("[a-z]+", outcome.value["words"])) == 12
    for file, name in TRUSTEES.items():
        outcome = ballot(tmp_path, "trustee", "new", "--name", name, "--out", file, "--json")
        assert outcome.code == 0, outcome.err
        public = json.loads((tmp_path / f"{file}.public").read_bytes())
        assert public["key"]["public_key"] == outcome.value["public_key"]
    for name, args in STEPS[:3]:
        assert ballot(tmp_path, *args).code == 0, name
    opening = opening_of(tmp_path).signed.opening
    assert (opening.head.name, opening.seal.name) == (HEAD, SEAL)


@needs_modes
def test_stores_papers_and_keys_are_for_their_owner_only(at: At) -> None:
    here = at("declared")
    ballot(here, "trustee", "new", "--name", "Owen Owner", "--out", "owen.key")
    for name in ("election.db", "paper1.json", "owen.key"):
        assert stat.S_IMODE((here / name).stat().st_mode) == 0o600, name
    for name in ("opening.json", "sealed1.json", "owen.key.public"):
        assert stat.S_IMODE((here / name).stat().st_mode) & 0o444 == 0o444, name


def test_a_tracker_can_be_read_at_a_glance_where_a_ballot_is_cast(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    here = at("open")
    ballot(here, "vote", "paper7.json", "--marks", "4", "--out", "a-ballot-with-a-longer-name.json")
    monkeypatch.setenv("COLUMNS", "60")
    shown = ballot(here, "cast", "a-ballot-with-a-longer-name.json").out.splitlines()
    assert shown[0] == "File: a-ballot-with-a-longer-name.json"
    assert re.fullmatch("Tracker: [A-Za-z0-9+/]{43}", shown[1])


def test_a_delegate_marks_at_the_prompt_and_reads_the_names_back(at: At, at_terminal: AtTerminal) -> None:
    here = at("open")
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = ['ballot', 'vote', 'paper7.json', '--json']\n" + MAIN
    dialogue = [(NUMBERS, "4,4\n"), (NUMBERS, "4,10\n"), (REVIEW, "seal\n")]
    exit_code, shown, out = at_terminal(code, dialogue)
    assert exit_code == 0, shown
    assert "andidate 4 is marked twice" in shown
    read_back = shown.partition("Your marks.")[2]
    assert re.findall(r"Candidate \d+", read_back) == ["Candidate 4", "Candidate 10"]
    sealed = decode((here / "sealed.json").read_bytes(), SealedBallot, "the ballot")
    assert json.loads(out)["tracker"] == sealed.ballot.tracker
    assert ballot(here, "cast", "sealed.json").code == 0


def test_a_delegate_who_does_not_seal_has_not_voted(at: At, at_terminal: AtTerminal) -> None:
    here = at("open")
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = ['ballot', 'vote', 'paper7.json']\n" + MAIN
    dialogue = [(NUMBERS, "\n"), (REVIEW, "again\n"), (NUMBERS, "5\n"), (REVIEW, "no\n"), (REVIEW, END_OF_INPUT)]
    exit_code, shown, _ = at_terminal(code, dialogue)
    assert exit_code == 3
    assert "Warning: nobody is marked." in shown
    assert "Please type one of these words: seal, again." in shown
    assert "error: no answer was given" in shown
    assert not (here / "sealed.json").exists()


def test_a_booth_with_only_the_opening_needs_no_store(assembly: Assembly, tmp_path: Path) -> None:
    for name in ("paper7.json", "opening.json"):
        shutil.copy(assembly.folder / name, tmp_path / name)
    outcome = ballot(tmp_path, "vote", "paper7.json", "--opening", "opening.json", "--marks", "1,2", "--json")
    assert outcome.code == 0, outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["opening.json", "paper7.json", "sealed.json"]


def test_the_opening_is_written_once_more(at: At) -> None:
    here = at("declared")
    before = (here / "opening.json").read_bytes()
    outcome = ballot(here, "opening", "--out", "again.json", "--plain")
    assert (here / "again.json").read_bytes() == before
    assert opening_of(here).signed.opening.fingerprint in outcome.out
    assert "Tara Trustworthy, Tomas Tallyman (2 needed for the count)" in outcome.out
    assert ballot(here, "opening").code == 0
    assert (here / "opening.json").read_bytes() == before
    (here / "opening.json").write_text("something else", encoding="utf-8")
    assert "already there" in refused(here, "opening").errors[0]


def test_there_is_no_opening_before_the_box_is_open(at: At) -> None:
    refused(at("ready"), "opening", "--out", "new.json")


def test_after_publishing_the_next_step_is_no_more_publishing(at: At) -> None:
    here = at("declared")
    assert "ballot publish" in ballot(here, "status", "--json").value["next"]
    assert ballot(here, "publish", *KEYS).code == 0
    after = ballot(here, "status", "--json").value["next"]
    assert "ballot publish" not in after
    assert "ballot verify" in after
