"""The registration table line by line, for screen readers: every answer is understood, or asked for again."""

import os
from pathlib import Path

import pytest

from tests.commands.machines import Assembly, Machine, copy_of, open_assembly
from tests.commands.sitting import SMALL, Sitting

KEYS = ("--head", "head.key", "--seal", "seal.key")
FIND = "Find (number, name or organisation; nothing to leave):"
LEAVE = "Leave the desk? [yes/no]"
WHICH = "Which number (empty to go back):"
CHOOSE = "Type envelope (e), replace (r), or nothing to go back:"
NAME = "Name of the person who comes instead (nothing to go back):"
LETTER = "The member's letter (nothing to go back):"
CODE = "Code of the envelope, or file of the paper (nothing to go back):"
SPOIL = "Type spoil (s), or nothing to go back:"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An election that was just opened, with two envelopes; not to be changed."""
    root = tmp_path_factory.mktemp("opened")
    open_assembly(root)
    Machine(root / "committee").does("envelopes", "print", "--count", "2", *KEYS)
    return root


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    return copy_of(opened, tmp_path / "assembly")


def handed_out(assembly: Assembly) -> int:
    count: int = assembly.committee.does("reconcile", "--json").value["handed_out"]
    return count


def test_an_envelope_is_handed_out(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "nobody at all"))
        desk.sees("Nobody is found.")
        desk.types((FIND, "organisation 4"), (WHICH, "7"))
        desk.sees("Name: Delegate 4-0")
        desk.types((CHOOSE, "envelope"), ("[yes/no]", "yes"))
        desk.sees("Let the delegate sign and draw an envelope.")
        desk.types((FIND, "7"))
        desk.sees("this delegate already has a paper")
        desk.types((SPOIL, ""), (FIND, ""), (LEAVE, "yes"))
        desk.sees("The desk is closed.")
        assert desk.ends() == 0
        assert "\x1b[" not in desk.shown.replace("\x1b[?2004", "")
    assert handed_out(assembly) == 1


def test_an_enter_too_many_does_not_close_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, ""), (LEAVE, ""), (FIND, "7"))
        desk.sees("Name: Delegate 4-0")
        desk.types((CHOOSE, ""), (FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0


def test_a_number_is_taken_at_once_and_a_letter_will_do(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "1"))
        desk.sees("Name: Delegate 1-0")
        desk.types((CHOOSE, "E"), ("Hand No. 1, Delegate 1-0 an envelope? [yes/no]", "y"))
        desk.sees("Let the delegate sign and draw an envelope.")
        desk.types((FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0
    assert "Which" not in desk.shown
    assert handed_out(assembly) == 1


def test_what_is_not_understood_is_asked_again(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "delegate"))
        desk.sees("No. 1, Delegate 1-0, Organisation 1")
        desk.sees("And 3 more: go back and type more.")
        desk.types((WHICH, "first"))
        desk.sees("Type one of those that were read out, or nothing to go back.")
        desk.types((WHICH, "7"))
        desk.types((CHOOSE, "hand out"))
        desk.sees("hand out is none of these. Type envelope (e), replace (r), or nothing to go back.")
        desk.types((CHOOSE, "e"), ("[yes/no]", "perhaps"))
        desk.sees("Type yes or no.")
        desk.types(("[yes/no]", "no"))
        desk.sees("Nothing was done.")
        desk.types((CHOOSE, ""), (FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0
    assert handed_out(assembly) == 0


def test_a_dumb_terminal_is_asked_line_by_line_without_being_told(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=SMALL, env={"TERM": "dumb"}) as desk:
        desk.types((FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0
    assert "\x1b" not in desk.shown


def test_what_is_no_text_is_asked_again(assembly: Assembly) -> None:
    strict = {"PYTHONIOENCODING": "utf-8:strict"}
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL, env=strict) as desk:
        desk.sees(FIND)
        desk.child.setecho(False)
        os.write(desk.child.child_fd, b"\xff\n")
        desk.sees("the answer is not valid text")
        desk.types((FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0


def test_what_is_no_paper_and_no_code_spoils_nothing(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "hand-out", "7", "--yes")
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "7"))
        for typed, fault in (("nofile.json", "there is no file nofile.json"), ("a" * 300, "here are 300")):
            desk.types((SPOIL, "s"), (CODE, typed))
            desk.sees(fault)
        desk.types((SPOIL, "s"), (CODE, "head.key"))
        desk.sees("Nothing shows whose paper it is: take it from the delegate's own hand.")
        desk.types(("[yes/no]", "yes"))
        desk.sees("Not done:")
        desk.types((SPOIL, ""), (FIND, ""), (LEAVE, "yes"))
        assert desk.ends() == 0


@pytest.mark.parametrize("away", ["\x03", "\x1b\r", "\r"], ids=["Ctrl-C", "Esc", "nothing"])
def test_there_is_a_way_back_from_every_question(assembly: Assembly, away: str) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "7"), (CHOOSE, "r"))
        desk.sees(NAME)
        desk.presses(away)
        desk.sees("Nothing was done.")
        desk.types((CHOOSE, "r"), (NAME, "Nora Newcomer"))
        desk.sees(LETTER)
        desk.presses(away)
        desk.sees("Nothing was done.")
        desk.types((CHOOSE, "r"), (NAME, "Nora Newcomer"), (LETTER, "letter of 3 May"))
        desk.sees("No. 7: Nora Newcomer instead of Delegate 4-0, by letter of 3 May. [yes/no]")
        desk.presses(away)
        desk.sees("Nothing was done.")
        desk.sees(CHOOSE)
        desk.presses(away)
        desk.types((FIND, "delegate"))
        desk.sees(WHICH)
        desk.presses(away)
        desk.sees(FIND)
        desk.interrupt()
        desk.types(("Leave the desk? [yes/no]", "no"))
        desk.sees(FIND)
        desk.interrupt()
        desk.types(("Leave the desk? [yes/no]", "yes"))
        desk.sees("The desk is closed.")
        assert desk.ends() == 0


def test_the_end_of_the_input_ends_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((FIND, "7"))
        desk.sees(CHOOSE)
        desk.child.sendeof()
        desk.sees("no answer was given")
        assert desk.ends() == 3
