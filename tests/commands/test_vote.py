"""`ballot vote`: the booth's dialogue on a delegate's own device, one ballot, one file."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ballot.aloud import numbered
from ballot.box import accept
from ballot.commands.app import run
from ballot.crypto.words import fingerprint_line
from ballot.votes import SealedBallot
from ballot.wire import decode, encode
from tests.booths import Scene, contest, scene
from tests.commands.sitting import HERE, NUMBERS, REVIEW, WIPE, Sitting

VOTE = ("vote", "paper-1.json", "--opening", "opening.json")


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene(contest("Ana", "Bo", "Chidi", most=2))


@pytest.fixture
def folder(tmp_path: Path, place: Scene) -> Path:
    place.write(tmp_path)
    return tmp_path


def sealed(folder: Path, place: Scene) -> SealedBallot:
    ballot = decode((folder / "sealed.json").read_bytes(), SealedBallot, "a sealed ballot")
    assert accept(place.opening, place.election, ballot, None)
    return ballot


def test_no_more_marks_are_spoken_of_than_there_are_candidates(tmp_path: Path) -> None:
    scene(contest("Ana", "Bo", "Chidi", most=12)).write(tmp_path)
    with Sitting(tmp_path, *VOTE) as voter:
        voter.sees("Mark up to 3 candidates")
        voter.types((NUMBERS, "1,2"))
        voter.sees("2 marked; 1 more could be marked.")
        voter.types((REVIEW, "again"), (NUMBERS, "1,2,3"))
        voter.sees("3 marked; no more can be marked.")


def test_marks_are_asked_read_back_and_sealed(folder: Path, place: Scene) -> None:
    with Sitting(folder, *VOTE) as voter:
        voter.types((NUMBERS, "1,2,3"))
        voter.sees("3 candidates are marked.")
        voter.types((NUMBERS, "2"))
        voter.sees("1 marked; 1 more could be marked.")
        voter.types((REVIEW, "seal"))
        voter.sees("The ballot is sealed in sealed.json.")
        voter.sees("On a stick that several people use call it")
        assert voter.ends() == 0
        assert WIPE not in voter.shown
        ballot = sealed(folder, place)
        assert ballot.ballot.tracker in voter.shown
    assert place.marks_in(ballot.ballot) == ((2,),)


def test_attack_a_paper_and_an_opening_of_somebodys_own_show_in_the_words_before_anything_is_marked(
    folder: Path, place: Scene
) -> None:
    """They fit each other, and whoever made them could open the ballot: only the words tell."""
    words = numbered(fingerprint_line(place.opening.fingerprint))
    with Sitting(folder, *VOTE) as voter:
        voter.sees(NUMBERS)
        assert f"Opening, in words: {words}" in " ".join(voter.shown.split())
        voter.interrupt()
        assert voter.ends() == 3
    done = subprocess.run(
        [sys.executable, "-m", "ballot", *VOTE, "--marks", "2"], capture_output=True, text=True, cwd=folder, env=HERE
    )
    assert f"Opening, in words: {words}" in " ".join(done.stderr.split())


def test_stopping_leaves_nothing(folder: Path) -> None:
    with Sitting(folder, *VOTE) as voter:
        voter.types((NUMBERS, "2"))
        voter.sees(REVIEW)
        voter.interrupt()
        assert voter.ends() == 3
    assert not (folder / "sealed.json").exists()


def test_piped_input_is_refused(folder: Path) -> None:
    command = [sys.executable, "-m", "ballot", *VOTE]
    done = subprocess.run(command, input="2\nseal\n", capture_output=True, text=True, cwd=folder, env=HERE, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[1] == "hint: Give the marks with --marks."
    assert not (folder / "sealed.json").exists()


def test_marks_may_be_options(
    folder: Path, place: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert run([*VOTE, "--marks", "3 1", "--json"]) == 0
    ballot = sealed(folder, place)
    assert place.marks_in(ballot.ballot) == ((1, 3),)
    assert json.loads(capsys.readouterr().out)["tracker"] == ballot.ballot.tracker


def test_a_paper_that_is_not_whole_is_refused(folder: Path, place: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    mixed = msgspec.structs.replace(place.paper(), secret=place.paper().secret)
    Path("paper-1.json").write_bytes(encode(mixed))
    assert run([*VOTE, "--marks", "1"]) == 3
    assert not Path("sealed.json").exists()
