"""The registration table at a real terminal: found while typing, served with a key and Enter, nothing by mistake."""

import re
from pathlib import Path

import pytest

from ballot.commands.text import width
from ballot.journal import Act
from ballot.store.repo import Store
from tests.commands.desks import (
    CONTROL_C,
    DOWN,
    ENTER,
    ERASE,
    ESCAPE,
    KEYS,
    LETTER,
    NAME,
    UP,
    acts,
    confirms,
    leaves,
    left_over,
    presses,
    screens,
    sheet,
)
from tests.commands.machines import Assembly, copy_of
from tests.commands.sitting import LARGE, SMALL, Sitting


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    return copy_of(opened, tmp_path / "assembly")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_an_envelope_in_a_few_keys(assembly: Assembly, size: tuple[int, int]) -> None:
    assembly.committee.does("envelopes", "print", "--count", "2", *KEYS)
    with Sitting(assembly.committee.folder, "desk", size=size) as desk:
        desk.sees("0 of 6 came")
        presses(desk, "7", ENTER)
        desk.sees("can be issued")
        presses(desk, "e")
        desk.sees("Hand No. 7, Delegate 4-0 an envelope? Enter: yes, Esc: back")
        presses(desk, ENTER)
        desk.sees("Done, No. 7, Delegate 4-0: Let the delegate sign and draw an envelope.")
        presses(desk, "7", ENTER)
        desk.sees("this delegate already has a paper")
        desk.sees("A damaged paper is surrendered first: press s.")
        presses(desk, ESCAPE)
        desk.sees("1 of 6 came")
        leaves(desk)
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
        presses(desk, ENTER)
        desk.sees("Find: _")
        presses(desk, "5", ENTER)
        desk.sees("can be issued")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 0


def test_nothing_is_done_before_enter_confirms_it(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER, ENTER, "e")
        desk.sees("Enter: yes, Esc: back")
        presses(desk, DOWN, ERASE, ESCAPE)
        desk.sees("e: envelope, r: replace, Esc: back")
        presses(desk, ENTER, "e")
        desk.sees("Enter: yes, Esc: back")
        desk.interrupt()
        desk.sees("e: envelope, r: replace, Esc: back")
        desk.interrupt()
        desk.sees("Find: _")
        desk.interrupt()
        desk.sees("Leave the desk?")
        presses(desk, ESCAPE)
        desk.sees("Ctrl-C: leave.")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 0


def test_a_refusal_is_shown_with_its_reason_on_the_card(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        confirms(desk, "7", ENTER, "e")
        desk.sees("Delegate 4-0")
        desk.sees("Not done: all envelopes are handed out or returned (0 were printed)")
        desk.sees("e: envelope, r: replace, Esc: back")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)


def test_a_delegate_is_replaced_at_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER, "r")
        desk.sees(NAME)
        presses(desk, *"Norx", ERASE, *"a Newcomer ", ENTER)
        desk.sees(LETTER)
        presses(desk, *"letter of 3 May", ENTER)
        desk.sees("No. 7: Nora Newcomer instead of Delegate 4-0, by letter of 3 May. Enter: yes, Esc: back")
        assert Act.REPLACED not in acts(assembly)
        presses(desk, ENTER)
        desk.sees("Delegate 7 is now Nora Newcomer. `ballot salt 7` shows")
        presses(desk, *"nora", ENTER)
        desk.sees("instead of the one on the roll")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)


def test_a_name_keeps_the_joiners_that_it_is_spelled_with(assembly: Assembly) -> None:
    name = "র\u200d্যাব علی\u200cرضا"
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        confirms(desk, "7", ENTER, "r", name, ENTER, "letter", ENTER)
        desk.sees("Delegate 7 is now")
        leaves(desk)
    with Store.open(assembly.committee / "election.db") as store, store.read() as view:
        assert view.roll().delegate(7).name == name


@pytest.mark.parametrize("away", [ESCAPE, CONTROL_C, ENTER], ids=["Esc", "Ctrl-C", "nothing typed"])
def test_there_is_a_way_back_from_every_line(assembly: Assembly, away: str) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER, "r")
        desk.sees("Enter: go on, Esc: back")
        presses(desk, *("" if away == ENTER else "Nora"), away)
        desk.sees("e: envelope, r: replace, Esc: back")
        presses(desk, "r", *"Nora", ENTER)
        desk.sees(LETTER)
        presses(desk, *("" if away == ENTER else "letter"), away)
        desk.sees("e: envelope, r: replace, Esc: back")
        if away != ENTER:
            presses(desk, "r", *"Nora", ENTER, *"letter", ENTER)
            desk.sees("No. 7: Nora instead of Delegate 4-0, by letter.")
            presses(desk, away)
            desk.sees("e: envelope, r: replace, Esc: back")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert "^[" not in desk.shown
    assert Act.REPLACED not in acts(assembly)


@pytest.mark.parametrize("size", [SMALL, (80, 24)])
def test_every_screen_fits_the_window(assembly: Assembly, size: tuple[int, int]) -> None:
    long = "Wilhelmina Konstantinopolska-Mgłolampa " * 7 + "王小明先生閣下"
    assembly.committee.does(
        "replace", "7", "--name", long, "--letter", "a letter that tells a long story " * 8 + ".", "--yes"
    )
    with Sitting(assembly.committee.folder, "desk", size=size) as desk:
        presses(desk, *"organisation")
        desk.sees("of 12. Arrows show the others, or type more." if size == SMALL else "Find: organisation_")
        presses(desk, *[DOWN] * 20, ENTER)
        desk.sees("Delegate 6-1")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        presses(desk, *"mglolampa", ENTER, "r", long, ENTER, "letter", ENTER)
        desk.sees("by letter. Enter: yes, Esc: back")
        presses(desk, ENTER)
        desk.sees("Not done:")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    shown = screens(desk)
    assert max(map(len, shown)) <= size[1]
    assert max(width(line) for screen in shown for line in screen) <= size[0]
    cards = [screen for screen in shown if any("e: envelope" in line for line in screen)]
    assert cards
    assert all(screen[0].startswith("Number:") for screen in cards)
    lists = [screen for screen in shown if any(line.startswith("Find: organisation_") for line in screen)]
    assert len(lists) > 20
    for screen in lists:
        assert any("0 of 6 came" in line for line in screen)
        assert sum(line.startswith(">") for line in screen) == 1
    assert any(re.match(r"> +12 ", line) for line in lists[-1])


def test_names_cannot_steer_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("Find: _")
        presses(desk, "\x1b[31m", "\x1b[5~", "\x01", "é", "7")
        desk.sees("Find: é7_")
        presses(desk, ERASE, ERASE)
        desk.sees("Find: _")
        leaves(desk)


def test_a_closed_terminal_ends_the_desk(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("Find: _")
        desk.child.sendeof()
        assert desk.ends() == 0


def test_the_desk_needs_a_terminal_and_an_open_election(assembly: Assembly) -> None:
    told = assembly.committee.run("desk")
    assert (told.code, "needs a terminal" in told.err) == (2, True)
    assembly.committee.does("close", "--yes")
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        desk.sees("work at the registration desk belongs to the phase open")
        assert desk.ends() == 3


def test_no_card_stays_when_another_window_closes_the_box(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER)
        desk.sees("can be issued")
        assembly.committee.does("close", "--yes")
        presses(desk, ESCAPE)
        desk.sees("work at the registration desk belongs to the phase open")
        assert desk.ends() == 3
    assert "Delegate" not in left_over(desk)


def test_a_fault_of_the_program_ends_it_and_leaves_no_card(assembly: Assembly) -> None:
    broken = "import ballot.acts.envelopes as acts\ndef fail(*_): raise OSError('a fault')\nacts.hand_out = fail"
    with Sitting(assembly.committee.folder, "desk", size=LARGE, code=broken) as desk:
        confirms(desk, "7", ENTER, "e")
        desk.sees("the program has a fault and stopped (OSError")
        assert desk.ends() == 1
    assert "Delegate" not in left_over(desk)


def test_control_c_tears_no_act(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "print", "--count", "1", *KEYS)
    pressed = (
        "import os, signal\nimport ballot.acts.envelopes as acts\nreal = acts.hand_out\n"
        "def late(*given):\n    os.kill(os.getpid(), signal.SIGINT)\n    real(*given)\nacts.hand_out = late"
    )
    with Sitting(assembly.committee.folder, "desk", size=LARGE, code=pressed) as desk:
        confirms(desk, "7", ENTER, "e")
        desk.sees("Done, No. 7")
        desk.sees("Leave the desk?")
        presses(desk, ESCAPE)
        desk.sees("Ctrl-C: leave.")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 1
