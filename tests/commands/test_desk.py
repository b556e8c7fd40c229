"""The registration table at a real terminal: found while typing, served with a key and Enter, nothing by mistake."""

import shutil
from pathlib import Path

import pytest

from tests.commands.machines import PHRASE, Assembly, Machine, open_assembly
from tests.commands.sitting import LARGE, SMALL, Sitting

ENV = {"BALLOT_HEAD_PASSPHRASE": PHRASE, "BALLOT_SEAL_PASSPHRASE": PHRASE}
KEYS = ("--head", "head.key", "--seal", "seal.key")
UP, DOWN, ESCAPE, ENTER, ERASE = "\x1b[A", "\x1b[B", "\x1b", "\r", "\x7f"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An election that was just opened; not to be changed."""
    root = tmp_path_factory.mktemp("opened")
    open_assembly(root)
    return root


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    root = tmp_path / "assembly"
    shutil.copytree(opened, root)
    return Assembly(root, Machine(root / "committee"), Machine(root / "keeper"), Machine(root / "booth"))


def sheet(assembly: Assembly) -> dict[str, int]:
    value: dict[str, int] = assembly.committee.does("reconcile", "--json").value
    return value


def presses(sitting: Sitting, *keys: str) -> None:
    for key in keys:
        sitting.child.send(key)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_an_envelope_in_a_few_keys(assembly: Assembly, size: tuple[int, int]) -> None:
    assembly.committee.does("envelopes", "print", "--count", "2", *KEYS)
    with Sitting(assembly.committee.folder, "desk", size=size) as desk:
        desk.sees("0 of 6 came")
        presses(desk, "7", ENTER)
        desk.sees("can be issued")
        presses(desk, "e")
        desk.sees("Hand No. 7, Delegate 4-0 an envelope? Enter: yes. Esc: no.")
        presses(desk, ENTER)
        desk.sees("Done, No. 7, Delegate 4-0: Let the delegate sign and draw an envelope.")
        presses(desk, "7", ENTER)
        desk.sees("this delegate already has a paper")
        presses(desk, ESCAPE)
        desk.sees("1 of 6 came")
        desk.interrupt()
        desk.sees("The desk is closed.")
        assert desk.ends() == 0
    assert (sheet(assembly)["handed_out"], sheet(assembly)["not_handed_out"]) == (1, 1)


def test_a_delegate_is_found_by_name_with_arrows(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("Find: _")
        presses(desk, *"delegate 3")
        desk.sees("Find: delegate 3_")
        presses(desk, ERASE, *"3-", DOWN, DOWN, UP, DOWN)
        presses(desk, ENTER)
        desk.sees("Delegate 3-1")
        desk.sees("this delegate does not vote")
        desk.sees("is number 5")
        presses(desk, "e", ENTER)
        desk.sees("Find: _")
        presses(desk, "5", ENTER)
        desk.sees("can be issued")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        desk.interrupt()
        desk.ends()
    assert sheet(assembly)["handed_out"] == 0


def test_nothing_is_done_before_enter_confirms_it(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER)
        desk.sees("can be issued")
        presses(desk, "e")
        desk.sees("Enter: yes. Esc: no.")
        presses(desk, "x")
        desk.sees("Esc: back")
        presses(desk, ENTER, "e")
        desk.sees("Enter: yes. Esc: no.")
        desk.interrupt()
        assert desk.ends() == 0
    assert sheet(assembly)["handed_out"] == 0


def test_a_paper_is_made_at_the_desk_with_both_keys(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", *KEYS, "--papers", "out", size=LARGE, env=ENV) as desk:
        desk.sees("Find: _")
        presses(desk, "9", ENTER, "p")
        desk.sees("Make the paper of No. 9, Delegate 5-0?")
        presses(desk, ENTER)
        desk.sees("the delegate takes it to the booth; keep no copy")
        presses(desk, *"11", ENTER, "p", ENTER)
        desk.sees("Not done, No. 11")
        desk.sees("The delegate before takes it away first")
        shutil.move(assembly.committee / "out/paper.json", assembly.committee / "taken.json")
        presses(desk, "9", ENTER, "s")
        desk.sees("back for good?")
        presses(desk, ENTER)
        desk.types(("Code of the envelope, or file of the paper:", "taken.json"))
        desk.sees("The paper is spoiled")
        presses(desk, "9", ENTER, "p", ENTER)
        desk.sees("Done, No. 9, Delegate 5-0: The paper is in")
        desk.interrupt()
        desk.ends()
    assert sheet(assembly)["issued"] == 2
    assert sheet(assembly)["spoiled"] == 1


def test_a_refusal_is_shown_with_its_reason(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER, "e", ENTER)
        desk.sees("Not done, No. 7, Delegate 4-0: all envelopes are handed out or returned (0 were printed)")
        desk.interrupt()
        desk.ends()


def test_a_delegate_is_replaced_at_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER, "r")
        desk.sees("Let another person come for No. 7, Delegate 4-0?")
        presses(desk, ENTER)
        desk.types(("Name of the person:", "Nora Newcomer"), ("The member's letter:", "letter of 3 May"))
        desk.sees("Delegate 7 is now Nora Newcomer")
        presses(desk, *"nora", ENTER)
        desk.sees("instead of the one on the roll")
        desk.interrupt()
        desk.ends()


def test_line_by_line_for_screen_readers(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    find = "Find (number, name or organisation; empty to leave):"
    with Sitting(assembly.committee.folder, "desk", "--plain", size=SMALL) as desk:
        desk.types((find, "nobody at all"))
        desk.sees("Nobody is found.")
        desk.types((find, "organisation 4"), ("Which one (1 to 2, empty for none):", "1"))
        desk.sees("Name: Delegate 4-0")
        desk.types(("Type envelope, replace, or nothing to go back:", "envelope"), ("[yes/no]", "yes"))
        desk.sees("Let the delegate sign and draw an envelope.")
        desk.types((find, "7"))
        desk.sees("this delegate already has a paper")
        desk.types(("Type spoil, or nothing to go back:", ""), (find, ""))
        assert desk.ends() == 0
        assert "\x1b[" not in desk.shown.replace("\x1b[?2004", "")
    assert sheet(assembly)["handed_out"] == 1


def test_names_cannot_steer_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("Find: _")
        presses(desk, "\x1b[31m", "\x1b[5~", "\x01", "é", "7")
        desk.sees("Find: é7_")
        presses(desk, ERASE, ERASE)
        desk.sees("Find: _")
        desk.interrupt()
        assert desk.ends() == 0


def test_a_closed_terminal_ends_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("Find: _")
        desk.child.sendeof()
        assert desk.ends() == 0


def test_the_desk_needs_a_terminal_and_an_open_election(assembly: Assembly) -> None:
    told = assembly.committee.run("desk")
    assert (told.code, "needs a terminal" in told.err) == (2, True)
    assembly.committee.does("close")
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("work at the registration desk belongs to the phase open")
        assert desk.ends() == 3
    with Sitting(assembly.committee.folder, "desk", "--head", "head.key", size=LARGE) as desk:
        desk.sees("both keys or none")
        assert desk.ends() == 2
