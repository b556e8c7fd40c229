"""`ballot handcount`, as a person calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ballot.charter import builtin
from ballot.commands.app import run

SAMPLES = Path(__file__).parents[2] / "sample_elections"
CANDIDATES = "number,name,organisation,region\n1,Ann,Kites,Europe\n2,سراج حديقة,مرفأ,Canada\n3,পলাশ,সংঘ,USA\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "candidates.csv").write_text(CANDIDATES, encoding="utf-8")
    (tmp_path / "choices.csv").write_text('marks\n1;2\n2\n""\n3\n1;1\n7;x\n1;2\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("sample", ["board-2003", "ima-assembly", "tied-cuts"])
def test_the_samples_give_what_they_must(sample: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = SAMPLES / sample
    args = ["handcount", str(folder / "choices.csv"), "--candidates", str(folder / "candidates.csv"), "--json"]
    assert run(args) == 0
    out, err = capsys.readouterr()
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert json.loads(out) == expected
    assert list(json.loads(out)) == list(expected)
    assert err == ""


@pytest.mark.usefixtures("folder")
def test_ballots_set_aside_are_named_with_row_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["handcount", "choices.csv", "--candidates", "candidates.csv", "--plain"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "Ballots: 7\nValid: 5\nBlank among them: 1\nSet aside: 2\n" in out
    assert "Row: 6\nReason: candidate 1 is marked more than once\n" in out
    assert "Row: 7\nReason: 'x' is not a candidate's number" in out
    assert "Place: 1\nNo.: 2\nName: سراج حديقة\nVotes: 3\nSeat: regular\nOrganisation: مرفأ\n" in out


@pytest.mark.usefixtures("folder")
def test_the_table_shows_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["handcount", "choices.csv", "--candidates", "candidates.csv"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["1", "2", "سراج", "حديقة", "3", "regular", "مرفأ"] in lines
    assert ["Set", "aside:", "2"] in lines


def test_ties_that_matter_wait_for_lots(capsys: pytest.CaptureFixture[str]) -> None:
    folder = SAMPLES / "tied-cuts"
    args = ["handcount", str(folder / "choices.csv"), "--candidates", str(folder / "candidates.csv"), "--plain"]
    assert run(args) == 0
    out = capsys.readouterr().out
    assert "Places: 3-4\nCandidates: 5, 8\nDecided: changes nothing" in out
    assert "Places: 8-9\nCandidates: 4, 12\nDecided: waits for lots" in out
    assert "Place: 8-9\nNo.: 12\nName: Églantine Étoilemer\nVotes: 10\nSeat: waits for lots" in out
    assert "Place: 3-4\nNo.: 8\nName: Alon Parolaraw\nVotes: 14\nSeat: regular" in out


def test_another_charter_can_be_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    charter = builtin("ima").replace(b"max_marks = 12", b"max_marks = 1")
    assert b"max_marks = 1\n" in charter
    (folder / "charter.toml").write_bytes(charter)
    args = ["handcount", "choices.csv", "--candidates", "candidates.csv", "--charter", "charter.toml", "--json"]
    assert run(args) == 0
    rejected = json.loads(capsys.readouterr().out)["rejected"]
    assert {"row": 2, "reason": "2 marks, at most 1 are allowed"} in rejected
    assert run([*args, "--rule", "officer"]) == 0
    assert json.loads(capsys.readouterr().out)["ties"][0] == {"places": "1-2", "candidates": [2, 3], "matters": True}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nosuch.csv", "--candidates", "candidates.csv"], "nosuch.csv"),
        (["choices.csv", "--candidates", "nosuch.csv"], "nosuch.csv"),
        (["choices.csv", "--candidates", "candidates.csv", "--rule", "nosuch"], "no rule 'nosuch'"),
        (["choices.csv", "--candidates", "candidates.csv", "--charter", "choices.csv"], "choices.csv, row 1: not TOML"),
        (["candidates.csv", "--candidates", "choices.csv"], "choices.csv, row 1, number: the column is missing"),
    ],
    ids=str,
)
def test_bad_input_is_an_error_with_nothing_on_stdout(
    capsys: pytest.CaptureFixture[str], args: list[str], message: str
) -> None:
    assert run(["handcount", *args, "--json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.startswith("error: ")
    assert err.splitlines()[-1].startswith("hint: ")


@pytest.mark.parametrize("name", ["[bold red]Ann[/]", "Ann\x1b[31m", "Ann\u202enna"])
def test_a_candidate_whose_name_could_steer_the_screen_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / "candidates.csv").write_text(CANDIDATES.replace("Ann", name), encoding="utf-8")
    assert run(["handcount", "choices.csv", "--candidates", "candidates.csv"]) == 3
    err = capsys.readouterr().err
    assert "error: candidates.csv, row 2, name: " in err
    assert "\x1b" not in err
    assert "\u202e" not in err


@pytest.mark.usefixtures("folder")
def test_pipes_get_utf8_whatever_the_locale() -> None:
    code = "import sys\nsys.argv = ['ballot', 'handcount', 'choices.csv', '--candidates', 'candidates.csv']\n"
    code += "from ballot.commands import main\nmain()"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert "সংঘ" in done.stdout.decode()


@pytest.mark.usefixtures("folder")
def test_a_result_that_cannot_be_written_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    """As on a full disk. A file that is open for reading takes not one byte, on any system."""
    code = "import sys\nsys.argv = ['ballot', 'handcount', 'choices.csv', '--candidates', 'candidates.csv']\n"
    code += "from ballot.commands import main\nmain()"
    # Only what Python has buffered can fail once more when it ends.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    (tmp_path / "read-only").touch()
    with (tmp_path / "read-only").open("rb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, env=environment, text=True, check=False
        )
    assert done.returncode == 3
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
