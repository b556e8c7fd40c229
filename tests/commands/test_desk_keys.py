"""Whoever types the next name over a card, pastes, or types ahead: a search begins, and nothing is ever confirmed."""

from pathlib import Path

import pytest

from ballot.crypto.codes import is_whole
from ballot.journal import Act
from tests.commands.desks import (
    CODE,
    DOWN,
    ENTER,
    ESCAPE,
    KEYS,
    LETTER,
    NAME,
    acts,
    confirms,
    leaves,
    presses,
    sheet,
)
from tests.commands.machines import Assembly, copy_of
from tests.commands.sitting import LARGE, Sitting

CARD = "e: envelope, r: replace, Esc: back. Or type whom to find next."
HAND_OUT = "Hand No. 7, Delegate 4-0 an envelope? Enter: yes, Esc: back. Or type whom to find next."
TOGETHER = "Nothing is done yet: Enter came together with other keys."
NOTHING = "Nothing was done for No. 7, Delegate 4-0."


@pytest.fixture(scope="module")
def with_envelopes(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The open election with two envelopes; not to be changed."""
    assembly = copy_of(opened, tmp_path_factory.mktemp("envelopes") / "assembly")
    assembly.committee.does("envelopes", "print", "--count", "2", *KEYS)
    return assembly.root


@pytest.fixture
def assembly(with_envelopes: Path, tmp_path: Path) -> Assembly:
    return copy_of(with_envelopes, tmp_path / "assembly")


def codes_in(slips: Path) -> list[str]:
    return [line.strip() for line in slips.read_text(encoding="utf-8").splitlines() if is_whole(line)]


def at_the_card(assembly: Assembly) -> Sitting:
    """A desk with the card of No. 7 on the screen."""
    desk = Sitting(assembly.committee.folder, "desk", size=LARGE)
    presses(desk, "7", ENTER)
    desk.sees(CARD)
    return desk


@pytest.mark.parametrize("typed", ["lennie", "13", "Łukasz", "王小明", "র\u200d্যাব", "علی\u200cرضا", "?"])
def test_a_name_typed_over_a_card_is_the_next_search(assembly: Assembly, typed: str) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, *typed)
        desk.sees(f"Find: {typed}_")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert HAND_OUT not in desk.shown
    assert sheet(assembly)["handed_out"] == 0


@pytest.mark.parametrize("typed", ["ed", "Ed", "e\u0301lise", "e王", "e7", "ee", "e "])
def test_a_name_that_begins_with_a_choice_is_the_next_search(assembly: Assembly, typed: str) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, typed[0])
        desk.sees(HAND_OUT)
        presses(desk, *typed[1:])
        desk.sees(NOTHING)
        desk.sees(f"Find: {typed}_")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 0


def test_a_name_and_enter_over_a_card_lead_to_that_delegate(assembly: Assembly) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, *"delegate 5-0")
        desk.sees("Find: delegate 5-0_")
        presses(desk, ENTER)
        desk.sees("Organisation 5 (M005)")
        confirms(desk, "e")
        desk.sees("Done, No. 9, Delegate 5-0")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 1


def test_a_name_typed_over_a_card_without_choices_is_the_next_search(assembly: Assembly) -> None:
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "8", ENTER)
        desk.sees("Esc: back. Or type whom to find next.")
        presses(desk, DOWN, *"ed")
        desk.sees("Find: ed_")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\r"], ids=["CR", "LF", "CRLF", "three Enters"])
@pytest.mark.parametrize("before", ["", ESCAPE], ids=["on the card", "at the search"])
def test_pasted_text_opens_a_question_and_does_not_answer_it(assembly: Assembly, before: str, end: str) -> None:
    with at_the_card(assembly) as desk:
        if before:
            presses(desk, before)
            desk.sees("Find: _")
        presses(desk, f"7\re{end}" if before else f"e{end}")
        desk.sees(TOGETHER)
        desk.sees(HAND_OUT)
        presses(desk, ESCAPE)
        desk.sees(CARD)
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 0


def test_text_pasted_over_a_question_does_not_answer_it(assembly: Assembly) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, "e")
        desk.sees(HAND_OUT)
        presses(desk, "\rdelegate 5-0\r")
        desk.sees(NOTHING)
        desk.sees("Find: delegate 5-0_")
        desk.sees("Organisation 5 (M005)")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 0


def test_an_enter_that_came_too_early_is_pressed_again(assembly: Assembly) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, "e\r")
        desk.sees(TOGETHER)
        confirms(desk)
        desk.sees("Done, No. 7, Delegate 4-0")
        leaves(desk)
    assert sheet(assembly)["handed_out"] == 1


def test_what_was_typed_before_an_enter_is_not_part_of_the_next_search(assembly: Assembly) -> None:
    with at_the_card(assembly) as desk:
        presses(desk, "e\r")
        desk.sees(TOGETHER)
        presses(desk, *"lennie")
        desk.sees("Find: lennie_")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        presses(desk, "7", ENTER, "r")
        desk.sees(NAME)
        presses(desk, *"erin", ENTER)
        desk.sees(LETTER)
        presses(desk, *"letter", ENTER)
        desk.sees("No. 7: erin instead of Delegate 4-0, by letter. Enter: yes, Esc: back")
        presses(desk, *"lennie")
        desk.sees(NOTHING)
        desk.sees("Find: lennie_")
        presses(desk, ESCAPE)
        desk.sees("Find: _")
        leaves(desk)
    assert Act.REPLACED not in acts(assembly)


def test_a_pasted_code_with_two_line_ends_spoils_nothing(assembly: Assembly) -> None:
    assembly.committee.does("envelopes", "hand-out", "7", "--yes")
    code = codes_in(assembly.committee / "slips.txt")[0]
    with Sitting(assembly.committee.folder, "desk", size=LARGE) as desk:
        presses(desk, "7", ENTER)
        desk.sees("s: spoil, Esc: back. Or type whom to find next.")
        presses(desk, "s")
        desk.sees(CODE)
        presses(desk, f"{code}\r\n")
        desk.sees(TOGETHER)
        desk.sees("Spoil the envelope of this code for No. 7")
        assert sheet(assembly)["spoiled"] == 0
        presses(desk, ENTER)
        desk.sees("The paper is spoiled.")
        leaves(desk)
    assert sheet(assembly)["spoiled"] == 1
