"""`ballot receipt`, `check` and `check-challenge`: what delegates find out by themselves, with exit codes 0 and 4."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from ballot.aloud import numbered
from ballot.belenios import read_archive
from ballot.booth import challenge, fill, marks_of
from ballot.box import receipt
from ballot.challenge import Challenge
from ballot.commands.app import run
from ballot.crypto import signing
from ballot.crypto.words import words_line
from ballot.receipt import digest_words, to_line
from ballot.votes import OpeningFile, Receipt, TrusteeKey
from ballot.wire import encode
from tests.booths import Scene, contest, scene
from tests.noted import spellings
from tests.play import Played, play

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def played() -> Played:
    return play()


@pytest.fixture
def kept(tmp_path: Path, played: Played, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """The receipt of a ballot, in the working directory beside the record and the opening."""
    monkeypatch.chdir(tmp_path)
    given = receipt(played.keys.desk, played.opening.fingerprint, played.sealed[0].ballot.tracker)
    keys = tuple(TrusteeKey(key.pok, key.public_key) for key in read_archive(played.contents.archive).trustees)
    Path("receipt.json").write_bytes(encode(given))
    Path("record.zip").write_bytes(played.record())
    Path("opening.json").write_bytes(encode(OpeningFile(played.contents.opening, played.election, keys)))
    return given


def test_a_receipt_is_shown_in_words_and_as_a_line(kept: Receipt, capsys: Output) -> None:
    assert run(["receipt", "receipt.json", "--opening", "opening.json", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["line"] == to_line(kept)
    assert shown["words"] == words_line(digest_words(kept.tracker))
    assert run(["receipt", shown["line"].lower(), "--opening", "opening.json", "--plain"]) == 0
    assert f"Tracker: {kept.tracker}" in capsys.readouterr().out


def test_a_receipt_that_the_box_did_not_sign_is_found(kept: Receipt, capsys: Output) -> None:
    forged = receipt(signing.generate(), kept.opening, kept.tracker)
    Path("forged.json").write_bytes(encode(forged))
    for command in (["receipt", "forged.json", "--opening", "opening.json"], ["check", "forged.json", "record.zip"]):
        assert run(command) == 4
        assert "error: the box of this election did not sign this receipt" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["file", "line", "file with the line", "notes"])
def test_a_counted_ballot_is_found(kept: Receipt, played: Played, capsys: Output, form: str) -> None:
    Path("line.txt").write_text(f"{to_line(kept)}\n", encoding="utf-8")
    Path("notes.txt").write_text(f"Receipt\n{to_line(kept).lower()}\nkeep it\n", encoding="utf-8-sig")
    given = {"file": "receipt.json", "line": to_line(kept), "file with the line": "line.txt"}.get(form, "notes.txt")
    assert run(["check", given, "record.zip", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["counted"] is True
    assert shown["hash"] == played.sealed[0].ballot.signature.hash
    assert "mark" not in json.dumps(shown)


def test_the_hash_that_the_booth_showed_is_compared(kept: Receipt, played: Played, capsys: Output) -> None:
    own, other = (sealed.ballot.signature.hash for sealed in played.sealed[:2])
    assert kept.tracker == played.sealed[0].ballot.tracker
    for noted in (own, numbered(words_line(digest_words(own))), *spellings(digest_words(own))):
        assert run(["check", "receipt.json", "record.zip", "--hash", noted]) == 0
    assert run(["check", "receipt.json", "record.zip", "--hash", other]) == 4
    assert "it is not the one whose hash was noted" in capsys.readouterr().err
    for tracker in (kept.tracker, words_line(digest_words(kept.tracker))):
        assert run(["check", "receipt.json", "record.zip", "--hash", tracker]) == 3
        assert "error: this is the ballot's tracker, and --hash takes what the booth" in capsys.readouterr().err


def test_a_ballot_that_the_box_lost_is_proved_by_its_receipt(played: Played, kept: Receipt, capsys: Output) -> None:
    lost = receipt(played.keys.desk, kept.opening, "A" * 43)
    Path("lost.json").write_bytes(encode(lost))
    assert run(["check", "lost.json", "record.zip"]) == 4
    error, hint = capsys.readouterr().err.splitlines()
    assert error == "error: the box signed that it has this ballot, and the record does not hold it"
    assert hint == (
        "hint: Keep receipt and record: together they prove it. Show both to the observers and the election committee."
    )


def test_a_receipt_of_another_election_is_not_taken_for_a_good_one(kept: Receipt, capsys: Output) -> None:
    other = msgspec.structs.replace(kept, opening="0" * 64)
    Path("other.json").write_bytes(encode(other))
    assert run(["check", "other.json", "record.zip"]) == 4
    assert "the receipt is from another election" in capsys.readouterr().err


def test_a_record_that_does_not_verify_proves_nothing(kept: Receipt, played: Played, capsys: Output) -> None:
    papers = msgspec.structs.replace(played.contents.papers, cast=played.contents.papers.cast[1:])
    Path("changed.zip").write_bytes(played.record(replace(played.contents, papers=papers)))
    assert kept.tracker == played.sealed[0].ballot.tracker
    assert run(["check", "receipt.json", "changed.zip"]) == 4
    assert "failed" in capsys.readouterr().err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("given", ["nowhere.json", "opening.json", "BALLOT1:00"])
def test_what_is_no_receipt_is_refused(given: str) -> None:
    assert run(["check", given, "record.zip"]) == 3


MARKED = ((1, 3), (2,))


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene(contest("Ana", "Bo", "سلمى"), contest("Dara", "Ewa", question="Chair", most=1))


@pytest.fixture
def opened(tmp_path: Path, place: Scene, monkeypatch: pytest.MonkeyPatch) -> Challenge:
    """An honest challenge in the working directory, with the opening."""
    monkeypatch.chdir(tmp_path)
    place.write(tmp_path)
    marks = [marks_of(one, numbers) for one, numbers in zip(place.opening.contests, MARKED, strict=True)]
    made = challenge(place.opening, fill(place.election, place.paper().paper.credential, marks))
    Path("challenge.json").write_bytes(encode(made))
    return made


CHECK = ["check-challenge", "challenge.json", "--opening", "opening.json"]


def test_an_honest_booth_is_said_so_only_when_hash_and_marks_were_compared(opened: Challenge, capsys: Output) -> None:
    assert run([*CHECK, "--plain"]) == 0
    out, err = capsys.readouterr()
    assert "Name: Ana" in out
    assert "Name: سلمى" in out
    assert "Name: Ewa" in out
    assert "Name: Bo" not in out
    assert f"Hash: {opened.ballot.hash}" in out
    assert "Booth: opens and holds; compare hash and marks" in out
    assert "if the hash and the marks are those that you saw" in err
    assert run([*CHECK, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["honest"] is None
    whole = [*CHECK, "--hash", opened.ballot.hash, "--marks", "1,3", "--marks", "2"]
    assert run([*whole, "--plain"]) == 0
    out, err = capsys.readouterr()
    assert "Booth: honest" in out
    assert err == ""
    assert run([*whole, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["honest"], shown["compared"], shown["opened"]["holds"]) == (True, True, [[1, 3], [2]])


@pytest.mark.usefixtures("opened")
def test_marks_that_the_voter_did_not_make_are_found(capsys: Output) -> None:
    assert run([*CHECK, "--marks", "1,2", "--marks", "2", "--plain"]) == 4
    out, err = capsys.readouterr()
    assert "Booth: NOT HONEST" in out
    assert "Fault: contest 1: the voter marked 1, 2, and the sealed ballot holds 1, 3" in out
    assert err.startswith("error: the booth was not honest: contest 1: the voter marked 1, 2")


def test_a_flipped_mark_is_found_without_any_notes(opened: Challenge, capsys: Output) -> None:
    lie = msgspec.structs.replace(opened, marks=((1, 2), (2,)))
    Path("challenge.json").write_bytes(encode(lie))
    assert run([*CHECK, "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["honest"] is False


@pytest.mark.usefixtures("opened")
def test_another_hash_than_the_one_shown_is_found(place: Scene) -> None:
    other = fill(place.election, place.paper().paper.credential, [(1, 0, 1), (0, 1)]).ballot.hash
    assert run([*CHECK, "--hash", other]) == 4
    assert run([*CHECK, "--hash", words_line(digest_words(other))]) == 4
    assert run([*CHECK, "--hash", numbered(words_line(digest_words(other)))]) == 4


def test_the_words_of_the_hash_are_read_however_they_were_noted(opened: Challenge, capsys: Output) -> None:
    for noted in spellings(digest_words(opened.ballot.hash)):
        assert run([*CHECK, "--hash", noted, "--marks", "1,3", "--marks", "2", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["honest"] is True


@pytest.mark.usefixtures("opened")
def test_a_blank_contest_is_shown_as_such(place: Scene, capsys: Output) -> None:
    blank = challenge(place.opening, fill(place.election, place.paper().paper.credential, [(0, 0, 0), (0, 0)]))
    Path("challenge.json").write_bytes(encode(blank))
    assert run([*CHECK, "--marks", "", "--marks", "", "--hash", blank.ballot.hash, "--plain"]) == 0
    out = capsys.readouterr().out
    assert "Contest 1 of 2: At-large members: nobody is marked" in out
    assert "Contest 2 of 2: Chair: nobody is marked" in out


def test_names_cannot_steer_the_terminal(opened: Challenge, tmp_path: Path, capsys: Output) -> None:
    evil = scene(contest("Ana", "Bo\x1b[2J", "سلمى"), contest("Dara", "Ewa\u202e", question="Chair", most=1))
    evil.write(tmp_path)
    own = msgspec.structs.replace(opened, opening=evil.opening.fingerprint)
    Path("challenge.json").write_bytes(encode(own))
    assert run(CHECK) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "U+001B" in err
    assert "\x1b" not in err


@pytest.mark.parametrize("step", range(64, 4000, 64 * 9))
def test_a_challenge_that_was_cut_is_refused_and_no_proof_of_a_lie(opened: Challenge, step: int) -> None:
    Path("challenge.json").write_bytes(encode(opened)[:step])
    assert run(CHECK) == 3


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    "args", [["--marks", "1"], ["--marks", "9", "--marks", "1"], ["--hash", "a note"]], ids=" ".join
)
def test_notes_that_cannot_be_are_refused(args: list[str]) -> None:
    assert run([*CHECK, *args]) == 3
