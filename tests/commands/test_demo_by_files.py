"""`ballot demo --by-files`: a whole sample between folders that share only files, and what lies in them afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest

from ballot.commands import demo_files, demo_machine
from ballot.commands.app import run
from ballot.errors import Refused
from ballot.verify import verify
from tests.commands.machines import Machine

EXPECTED = json.loads(
    (Path(__file__).parents[2] / "sample_elections" / "tied-cuts" / "expected.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The folder of everybody's folders, and what the command said."""
    here = Machine(tmp_path_factory.mktemp("by-files"))
    told = here.does("demo", "tied-cuts", "--by-files", "--keep", "--out", "machines", "--json")
    return here / "machines", told.value


def test_the_count_is_that_of_the_sample(played: tuple[Path, Any]) -> None:
    folder, value = played
    (ranking,) = value["contests"]
    assert ranking["totals"] == EXPECTED["totals"]
    assert value["report"]["verified"]
    assert verify((folder / "committee" / "record.zip").read_bytes(), workers=1)[0].verified


def test_everything_that_can_happen_to_a_paper_happens(played: tuple[Path, Any]) -> None:
    figures = {check["number"]: check["figure"] for check in played[1]["report"]["checks"]}
    assert figures[9] == "23 issued = 20 cast + 1 spoiled + 2 returned + 0 outstanding"
    told = " ".join(played[1]["told"])
    for happened in (
        "surrendered a damaged paper",
        "found it honest",
        "opened and returned",
        "lots were drawn",
        "found their ballot",
    ):
        assert happened in told


def test_everybody_has_a_folder_and_no_secret_stays_where_it_does_not_belong(played: tuple[Path, Any]) -> None:
    folder, _ = played
    names = {path.name for path in folder.iterdir()}
    assert {"committee", "keeper-of-the-seal", "booth", "observer", "trustee-1"} < names
    assert sum(name.startswith("delegate-") for name in names) == 6
    inside = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    for secret in ("seal.key", "slips.txt", "paper.json", "surrendered.json", "words.txt"):
        assert not any(name == str(Path("committee") / secret) for name in inside)
    assert not any(name.endswith((".pending", "paper.json", "code.txt")) for name in inside)
    assert {path.name for path in (folder / "booth").iterdir()} == {
        "challenges",
        "envelopes.json",
        "opening.json",
        "outbox",
        "words-of-all-keys.txt",
    }


def test_attack_the_times_and_names_of_ballots_tell_nothing(played: tuple[Path, Any]) -> None:
    folder, _ = played
    for place in ("booth/outbox", "committee/inbox", "committee/receipts"):
        files = list((folder / place).iterdir())
        assert len(files) == (14 if place == "booth/outbox" else 20)
        assert {path.stat().st_mtime_ns for path in files} == {0}
        assert not any("delegate" in path.name for path in files)


def test_without_keep_only_the_record_stays(tmp_path: Path) -> None:
    for name in ("committee", "delegate-1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"")
    record = tmp_path / "committee" / "record.zip"
    record.write_bytes(b"the record")
    report: Any = None
    demo_files.forget(demo_files.Played(record, report, ("committee", "delegate-1")), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"record.zip": b"the record"}


def test_what_does_not_go_together_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "machines")
    for options in (("--lose-trustee",), ("--trustees", "2"), ("--force",)):
        assert run(["demo", "tied-cuts", "--by-files", "--out", out, *options]) == 2
    (tmp_path / "machines").mkdir()
    assert run(["demo", "tied-cuts", "--by-files", "--out", out]) == 3
    assert "a folder that is not there yet" in capsys.readouterr().err


def test_a_command_that_fails_is_named_with_its_machine(tmp_path: Path) -> None:
    machine = demo_machine.Machine(tmp_path / "committee")
    machine.folder.mkdir()
    with pytest.raises(Refused, match=r"^committee: ballot status: there is no store"):
        machine.does("status")
