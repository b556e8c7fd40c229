"""Papers that are made and taken back at the registration table: on a stick that is there, and never unasked."""

import shutil
from pathlib import Path

import pytest

from ballot.crypto.keys import DEMO, new_official, save_official
from tests.commands.desks import CODE, ENTER, ENV, ESCAPE, KEYS, confirms, leaves, presses, sheet
from tests.commands.machines import Assembly, copy_of
from tests.commands.sitting import LARGE, Sitting


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    return copy_of(opened, tmp_path / "assembly")


def test_papers_on_the_disk_of_the_store_are_warned_of_before_the_desk_opens(assembly: Assembly) -> None:
    (assembly.committee / "out").mkdir()
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE) as desk:
        desk.sees("Warning: out/paper.json will be on the disk of the store")
        desk.sees("Passphrase of the head (head.key)")
        desk.interrupt()
        assert desk.ends() == 3


def test_a_paper_is_made_at_the_desk_with_both_keys(assembly: Assembly) -> None:
    (assembly.committee / "out").mkdir()
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE, env=ENV) as desk:
        desk.sees("Find: _")
        presses(desk, "9", ENTER, "p")
        desk.sees("Make the paper of No. 9, Delegate 5-0?")
        presses(desk, ENTER)
        desk.sees("the delegate takes it to the booth; keep no copy")
        confirms(desk, *"11", ENTER, "p")
        desk.sees("Not done: out/paper.json is there already. The delegate before takes it away first")
        shutil.move(assembly.committee / "out/paper.json", assembly.committee / "taken.json")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        presses(desk, "9", ENTER, "s")
        desk.sees(CODE)
        presses(desk, *"taken.json", ENTER)
        desk.sees("Nothing shows whose paper it is: take it from the delegate's own hand.")
        desk.sees("Spoil the paper in taken.json for No. 9, Delegate 5-0, for good? Enter: yes, Esc: back")
        presses(desk, ENTER)
        desk.sees("The paper is spoiled. Delete taken.json.")
        presses(desk, "9", ENTER)
        desk.sees("desk (spoiled)")
        confirms(desk, "p")
        desk.sees("Done, No. 9, Delegate 5-0: The paper is in")
        presses(desk, "9", ENTER)
        desk.sees("desk (spoiled), desk")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["issued"] == 2
    assert sheet(assembly)["spoiled"] == 1


def test_a_desk_refuses_the_key_of_somebody_else_without_a_passphrase(assembly: Assembly) -> None:
    folder = assembly.committee.folder
    (folder / "out").mkdir()
    (folder / "seal.key").write_bytes(save_official(new_official("seal", "Mallory"), "nobody can type this", DEMO))
    with Sitting(folder, "desk", *KEYS, "--papers", "out", size=LARGE) as desk:
        desk.sees("error: seal.key: this is not the key of the keeper of the seal of this election")
        assert desk.ends() == 3
        assert "Passphrase" not in desk.shown


def test_a_desk_with_keys_needs_a_stick_that_is_there(assembly: Assembly) -> None:
    before = assembly.committee.files()
    for arguments, fault in (
        (KEYS, "both keys and a stick, or not at all"),
        (("--papers", "out"), "both keys and a stick, or not at all"),
        ((*KEYS[:2], "--papers", "out"), "both keys and a stick, or not at all"),
        ((*KEYS, "--papers", "out"), "there is no folder out"),
        ((*KEYS, "--papers", "head.key"), "there is no folder head.key"),
        ((*KEYS, "--papers", "a" * 300), "there is no folder aaa"),
    ):
        told = assembly.committee.run("desk", *arguments)
        assert (told.code, fault in told.err) == (2, True), told.err
    assert not (assembly.committee / "out").exists()
    assert assembly.committee.files() == before


def test_a_spoiled_paper_on_the_stick_is_to_be_deleted(assembly: Assembly) -> None:
    paper = assembly.committee / "out/paper.json"
    paper.parent.mkdir()
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE, env=ENV) as desk:
        desk.sees("Find: _")
        confirms(desk, "9", ENTER, "p")
        desk.sees("The paper is in out/paper.json")
        presses(desk, "9", ENTER, "s")
        desk.sees(CODE)
        presses(desk, *"out/paper.json", ENTER)
        desk.sees("Spoil the paper in out/paper.json")
        presses(desk, ENTER)
        desk.sees("The paper is spoiled. Delete out/paper.json. The delegate may have a fresh one.")
        confirms(desk, "9", ENTER, "p")
        desk.sees(
            "Not done: out/paper.json is there already. It is the paper that was spoiled: delete it from the stick."
        )
        assert sheet(assembly)["issued"] == 1
        paper.unlink()
        confirms(desk, "p")
        desk.sees("Done, No. 9, Delegate 5-0: The paper is in out/paper.json")
        paper.write_bytes(paper.read_bytes()[:99])
        confirms(desk, *"11", ENTER, "p")
        desk.sees("out/paper.json is there already. The delegate before takes it away first")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)


def test_a_stick_that_cannot_be_written_to_is_told_before_the_keys(assembly: Assembly) -> None:
    (assembly.committee / "out").mkdir()
    locked = "import os\nos.access = lambda path, mode: not mode & os.W_OK"
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE, code=locked) as desk:
        desk.sees("error: the folder out cannot be written to")
        assert desk.ends() == 3
        assert "Passphrase" not in desk.shown


def test_a_stick_that_was_taken_out_gets_no_paper(assembly: Assembly) -> None:
    stick = assembly.committee / "out"
    stick.mkdir()
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE, env=ENV) as desk:
        desk.sees("Find: _")
        stick.rmdir()
        confirms(desk, "9", ENTER, "p")
        desk.sees("Not done: there is no folder out. Put the stick in.")
        assert not stick.exists()
        assert sheet(assembly)["issued"] == 0
        stick.mkdir()
        confirms(desk, "p")
        desk.sees("Done, No. 9, Delegate 5-0: The paper is in out/paper.json")
        leaves(desk)
    assert sheet(assembly)["issued"] == 1


def test_what_is_no_paper_and_no_code_spoils_nothing(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    assembly.committee.does("envelopes", "hand-out", "7", "--yes")
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER)
        for typed, fault in (
            ("nofile.json", "there is no file nofile.json."),
            ("stick/nofile", "there is no file stick/nofile."),
            ("." + "a" * 300, "there is no file .aaa"),
            ("a" * 300, "a code has 26 letters and digits, here are 300."),
            ("head.key", "Spoil the paper in head.key"),
        ):
            presses(desk, "s")
            desk.sees(CODE)
            presses(desk, typed, ENTER)
            desk.sees(fault)
        presses(desk, ENTER)
        desk.sees("Not done:")
        desk.sees("s: spoil, Esc: back")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["spoiled"] == 0
