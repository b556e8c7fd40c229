"""Questions at the booth: yes, no and blank, in words and numbers, and what a blank does under each threshold."""

import json
from pathlib import Path

import pytest

from ballot.challenge import Challenge
from ballot.charter import builtin, load
from ballot.commands.app import run
from ballot.decisions import question
from ballot.votes import SealedBallot
from ballot.wire import decode
from tests.booths import Scene, contest, scene
from tests.commands.sitting import BOOTH, CAST, DECIDE, NUMBERS, PAPER, REVIEW, Sitting
from tests.play import Staging, play

IMA = load(builtin("ima"))
ANSWER = "Answer ("
ASKED = "Type yes or no (1 or 2), or nothing for a blank."


@pytest.fixture(scope="module")
def motion() -> Scene:
    return scene(question("Shall we move the office?", IMA.decision("motion")))


@pytest.fixture(scope="module")
def both() -> Scene:
    return scene(contest("Ana", "Bo"), question("Shall the constitution be amended?", IMA.decision("amendment")))


def marks_cast(folder: Path, place: Scene) -> list[tuple[tuple[int, ...], ...]]:
    """What the ballots in the outbox hold."""
    ballots = [decode(path.read_bytes(), SealedBallot, "a ballot") for path in (folder / "out").iterdir()]
    return [place.marks_in(ballot.ballot) for ballot in ballots]


@pytest.mark.parametrize(
    ("typed", "held"), [("yes", (1,)), ("YES", (1,)), ("No", (2,)), ("1", (1,)), (" 2 ", (2,)), ("", ())], ids=repr
)
def test_an_answer_is_a_word_or_a_number(
    tmp_path: Path, motion: Scene, monkeypatch: pytest.MonkeyPatch, typed: str, held: tuple[int, ...]
) -> None:
    motion.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run([*BOOTH, "--paper", "paper-1.json", "--marks", typed, "--cast"]) == 0
    assert marks_cast(tmp_path, motion) == [(held,)]


def test_a_question_is_asked_as_one_and_the_answer_is_read_back(tmp_path: Path, motion: Scene) -> None:
    motion.write(tmp_path)
    with Sitting(tmp_path) as voter:
        voter.types((PAPER, "paper-1.json"))
        voter.sees(ASKED)
        voter.sees(ANSWER)
        assert not {"candidate", "Organisation", "Name", "Numbers"} & set(voter.screen.split())
        assert "1  Yes\r\n2  No\r\n" in voter.screen
        voter.child.sendline("perhaps")
        voter.sees(f"'perhaps' is no answer. {ASKED}")
        voter.types((ANSWER, "3"))
        voter.sees("There is no answer 3. The answers are numbered 1 to 2.")
        voter.types((ANSWER, "yes, no"))
        voter.sees(f"2 answers are marked. {ASKED}")
        voter.types((ANSWER, "no"))
        voter.sees("Your answer. Shall we move the office?")
        voter.sees("No.")
        voter.types((REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert marks_cast(tmp_path, motion) == [((2,),)]


EFFECTS = [
    ("motion", "Yes needs more than 1/2 of the members present: a blank counts among them, and weighs as much as a no"),
    (
        "amendment",
        "Yes needs at least 2/3 of the votes cast: a blank counts among them, and weighs as much as a no (X).",
    ),
    ("officer", "1/2 of the votes cast: a blank does not count among them, and helps neither yes nor no"),
]


@pytest.mark.parametrize(("rule", "says"), EFFECTS)
def test_a_blank_answer_is_told_what_it_does(tmp_path: Path, rule: str, says: str) -> None:
    scene(question("Shall we?", IMA.decision(rule))).write(tmp_path)
    with Sitting(tmp_path) as voter:
        voter.types((PAPER, "paper-1.json"), (ANSWER, ""))
        voter.sees("Warning: nothing is marked.")
        voter.sees(says)
        voter.sees(REVIEW)
        assert "candidate" not in voter.screen


def test_a_blank_is_told_of_the_contest_that_is_blank(tmp_path: Path, both: Scene) -> None:
    both.write(tmp_path)
    with Sitting(tmp_path, size=(80, 40)) as voter:
        voter.types((PAPER, "paper-1.json"), (NUMBERS, "1"))
        voter.sees("Contest 2 of 2: Shall the constitution be amended?")
        voter.types((ANSWER, ""))
        voter.sees("Warning: nothing is marked in contest 2.")
        voter.types((REVIEW, "1"), (NUMBERS, ""))
        voter.sees("Warning: nobody is marked in contest 1.")
        voter.sees("Warning: nothing is marked in contest 2.")


def test_a_record_calls_its_contests_what_the_booth_calls_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tuple(question(text, IMA.decision("amendment")) for text in ("Shall we move?", "Shall we rest?"))
    played = play((((1,), (2,)), ((1,), ())), outstanding=0, staging=Staging(questions=asked))
    (tmp_path / "record.zip").write_bytes(played.record())
    assert run(["show", str(tmp_path / "record.zip")]) == 0
    shown = capsys.readouterr().out
    for number, text in enumerate(("Shall we move?", "Shall we rest?"), start=1):
        assert f"Contest {number} of 2: {text}\n" in shown
        assert f"Contest {number}: {text}\n" in shown


def test_again_marks_all_contests_afresh(tmp_path: Path, both: Scene) -> None:
    both.write(tmp_path)
    with Sitting(tmp_path, size=(80, 40)) as voter:
        voter.types((PAPER, "paper-1.json"), (NUMBERS, "1"), (ANSWER, "yes"))
        voter.types((REVIEW, "again"), (NUMBERS, "2"), (ANSWER, "no"), (REVIEW, "2"), (ANSWER, "yes"))
        voter.types((REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert marks_cast(tmp_path, both) == [((2,), (1,))]


def test_a_challenge_of_a_question_is_told_in_words(
    tmp_path: Path, both: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    marks = ("--marks", "1", "--marks", "yes")
    assert run([*BOOTH, "--paper", "paper-1.json", *marks, "--challenge", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert decode(Path(made["file"]).read_bytes(), Challenge, "a challenge").marks == ((1,), (1,))
    check = ("check-challenge", made["file"], "--opening", "opening.json", "--hash", made["hash"])
    assert run([*check, *marks, "--plain"]) == 0
    assert "Contest 2 of 2: Shall the constitution be amended? Yes\n" in capsys.readouterr().out
    assert run([*check, *marks]) == 0
    assert "Contest 2 of 2: Shall the constitution be amended?  Yes\n" in capsys.readouterr().out
    assert run([*check, "--marks", "1", "--marks", "", "--plain"]) == 4
    assert "contest 2: the voter marked nothing, and the sealed ballot holds yes" in capsys.readouterr().err
