"""The sample elections played whole through `ballot demo`: the encrypted count gives what the hand count must give.

board-2003 is left to `make demo`: it takes as long as ima-assembly, and its hand count is tested elsewhere.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ballot.record import unpack
from ballot.wire import sha256_hex
from tests.commands.assembly import ballot

SAMPLES = Path(__file__).parent.parent / "sample_elections"


def expected(name: str) -> Any:
    return json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))


def play(folder: Path, name: str, *options: str) -> Any:
    """Play a sample into `demo` and return what it says as JSON."""
    outcome = ballot(folder, "demo", name, "--out", "demo", "--json", *options)
    assert outcome.code == 0, outcome.err
    return outcome.value


def check_whole(folder: Path, played: Any, name: str) -> Any:
    """All checks hold, all files are there, and the count is the hand count's; returns the ranking."""
    report = played["report"]
    assert report["verified"]
    assert [check["number"] for check in report["checks"] if check["passed"]] == list(range(1, 17))
    files = {path.name for path in (folder / "demo").iterdir()}
    assert {"election.db", "record.zip", "declaration.txt", "opening.json", "head.key", "seal.key"} <= files
    assert sha256_hex((folder / "demo" / "record.zip").read_bytes()) == report["record"]
    count, (ranking,) = expected(name), played["contests"]
    assert ranking["totals"] == count["totals"]
    (counted,) = (check["figure"] for check in report["checks"] if check["number"] == 12)
    assert counted == f"{sum(count['totals'].values())} marks on {count['ballots']} ballots"
    return ranking


def check_lots(ranking: Any, name: str) -> None:
    """Lots decided the ties that matter and nothing else; who was clear of them is where the hand count puts them."""
    count = expected(name)
    ties = {tie["places"]: tie for tie in ranking["ties"]}
    assert [(tie["places"], tie["matters"]) for tie in count["ties"]] == [
        (places, tie["matters"]) for places, tie in ties.items()
    ]
    assert len(ranking["regular"]) == 8
    assert len(ranking["alternates"]) == 4
    order = ranking["regular"] + ranking["alternates"] + ranking["not_elected"]
    assert sorted(order) == sorted(map(int, count["totals"]))
    for seat in ("regular", "alternates", "not_elected"):
        assert set(count[seat]) <= set(ranking[seat])
    for places, tie in ties.items():
        if tie["matters"]:
            first, last = map(int, places.split("-"))
            assert order[first - 1 : last] == tie["order"]
            assert sorted(tie["order"]) == sorted(tie["candidates"])
        else:
            assert not tie.get("order")


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_tied_cuts_is_decided_by_lots(tmp_path: Path, group: str) -> None:
    ranking = check_whole(tmp_path, played := play(tmp_path, "tied-cuts", "--group", group), "tied-cuts")
    check_lots(ranking, "tied-cuts")
    assert [tie["places"] for tie in ranking["ties"] if tie["matters"]] == ["8-9", "10-11", "12-13"]
    assert ballot(tmp_path, "show", "demo/record.zip", "--json").value["contests"] == played["contests"]
    declaration = (tmp_path / "demo" / "declaration.txt").read_text(encoding="utf-8")
    for name in ("Océane Étoilemer", "Tala Susingbuwan", "Rocío Peñaluz Ríonube"):
        assert name in declaration
    if group == "BELENIOS-2048":
        check_with_belenios_tool(tmp_path)


def check_with_belenios_tool(folder: Path) -> None:
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed; everything else was checked")
    opening = json.loads((folder / "demo" / "opening.json").read_bytes())
    (folder / "bel").mkdir()
    archive = unpack((folder / "demo" / "record.zip").read_bytes())["election.bel"]
    (folder / "bel" / f"{opening['election']['uuid']}.bel").write_bytes(archive)
    done = subprocess.run([tool, "election", "verify", "--dir", "bel"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_ima_assembly_at_its_real_size(tmp_path: Path) -> None:
    ranking = check_whole(tmp_path, play(tmp_path, "ima-assembly"), "ima-assembly")
    count = expected("ima-assembly")
    for seat in ("regular", "alternates", "not_elected"):
        assert ranking[seat] == count[seat]
    assert not any(tie["matters"] for tie in ranking["ties"])


def test_a_seed_decides_who_comes_but_no_key(tmp_path: Path) -> None:
    voters, openings = [], []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        play(tmp_path / run, "tied-cuts", "--seed", "7")
        files = unpack((tmp_path / run / "demo" / "record.zip").read_bytes())
        voters.append([entry["request"]["delegate"] for entry in json.loads(files["register.json"])])
        openings.append(files["opening.json"])
    assert voters[0] == voters[1]
    assert openings[0] != openings[1]


def test_a_finished_demo_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "record.zip").write_bytes(b"precious")
    outcome = ballot(tmp_path, "demo", "tied-cuts", "--out", "demo")
    assert outcome.code == 3
    assert "record.zip" in outcome.errors[0]
    assert "--force" in outcome.hint
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["record.zip"]


def test_a_trustee_who_loses_the_key_is_stood_in_for(tmp_path: Path) -> None:
    played = play(tmp_path, "tied-cuts", "--trustees", "4", "--need", "2", "--lose-trustee")
    check_lots(check_whole(tmp_path, played, "tied-cuts"), "tied-cuts")
    lost = Path(played["lost"])
    kept = sorted(path.name for path in (tmp_path / "demo").glob("trustee-*.key"))
    assert len(kept) == 3
    assert sorted([*kept, lost.name]) == [f"trustee-{number}.key" for number in range(1, 5)]
    (figure,) = (check["figure"] for check in played["report"]["checks"] if check["number"] == 11)
    names = ["Juniper Paperboat", "Hazel Kitefield", "Ember Starwharf", "Trustee 4"]
    missing = names.pop(int(lost.stem.removeprefix("trustee-")) - 1)
    assert figure == f"3 of 4 trustees; for {missing}: {names[0]}, {names[1]}"
    declaration = (tmp_path / "demo" / "declaration.txt").read_text(encoding="utf-8")
    assert f"Missing at the count: {missing}." in " ".join(declaration.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--trustees", "3", "--need", "3", "--lose-trustee"), "all 3 trustees are needed"),
        (("--trustees", "1", "--lose-trustee"), "all 1 trustees are needed"),
        (("--need", "4"), "4 of 3 trustees cannot be needed"),
        (("--need", "0"), "0 of 3 trustees cannot be needed"),
        (("--trustees", "8"), "8 of 8 trustees cannot be needed"),
        (("--trustees", "0"), "cannot be needed"),
    ],
)
def test_trustees_that_cannot_be_are_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    outcome = ballot(tmp_path, "demo", "tied-cuts", "--out", "demo", *options)
    assert outcome.code == 3
    assert said in outcome.errors[0]
    assert not (tmp_path / "demo").exists()
