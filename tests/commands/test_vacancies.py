"""Vacancies through the commands: nothing is recorded twice or of the wrong person, and what is said next is true."""

import re
import shlex

import pytest

from tests.commands.assembly import ballot
from tests.commands.bodies import LETTER, PHRASES, SECRETARY, Icb, vacate
from tests.commands.conftest import AtTerminal

DECLINE = ("vacancy", "decline", "at-large:4")
FILL = ("vacancy", "fill", "at-large:4")
TYPED = """
import os
from ballot.commands.app import run
os.chdir({folder!r})
os.environ.update({phrases!r})
raise SystemExit(run({args!r}))
"""


def alternates(icb: Icb) -> tuple[str, str]:
    """The two alternates, in their order."""
    held = icb.held()
    return held["alternate:1"], held["alternate:2"]


def typed(icb: Icb, *args: str) -> str:
    """A program that gives a command in the ICB's folder."""
    return TYPED.format(folder=str(icb.folder), phrases=PHRASES, args=[*args, *SECRETARY])


def last_act(icb: Icb) -> str:
    return str(icb.run("acts", "list", "--json").value[-1]["sentence"])


def test_the_same_letter_is_not_recorded_twice_for_a_seat_unless_the_first_act_is_corrected(icb: Icb) -> None:
    first, second = alternates(icb)
    icb.do(*vacate("at-large:4"))
    assert "recorded already, in act 1: at-large:4 is vacant" in icb.refused(*vacate("at-large:4")).errors[0]
    icb.do(*DECLINE, "--person", first, *LETTER)
    for again in (DECLINE, (*DECLINE, "--person", first), (*DECLINE, "--person", second)):
        said = icb.refused(*again, *LETTER)
        assert f"recorded already, in act 2: {first} declines at-large:4" in said.errors[0]
        assert "acts list" in said.hint
    icb.do("acts", "correct", "2", "--wrong", "it was the letter of somebody else")
    icb.do(*DECLINE, "--person", first, *LETTER)
    icb.do(*vacate("at-large:5"))
    icb.do("vacancy", "decline", "at-large:5", "--person", first, *LETTER)


@pytest.mark.parametrize(("command", "verb"), [(DECLINE, "decline"), (FILL, "accept")], ids=["decline", "fill"])
def test_whose_letter_it_is_is_asked_for_at_a_terminal_and_a_no_changes_nothing(
    icb: Icb, at_terminal: AtTerminal, command: tuple[str, ...], verb: str
) -> None:
    first, _ = alternates(icb)
    icb.do(*vacate("at-large:4"))
    question = f"Does {first} {verb} at-large:4 in this letter, letter.txt? [yes/no]"
    before = (icb.folder / "icb.db").read_bytes()
    code, shown, out = at_terminal(typed(icb, *command, *LETTER), [(question, "no\n")])
    assert (code, out, "nothing was recorded" in shown) == (3, "", True)
    assert (icb.folder / "icb.db").read_bytes() == before
    code, shown, _ = at_terminal(typed(icb, *command, *LETTER), [(question, "yes\n")])
    assert code == 0, shown
    assert last_act(icb).startswith(first)


def test_without_a_terminal_the_alternate_is_named_and_no_passphrase_is_asked_before(icb: Icb) -> None:
    icb.do(*vacate("at-large:4"))
    for command in (DECLINE, FILL):
        said = ballot(icb.folder, *command, *LETTER, *SECRETARY, BALLOT_SECRETARY_PASSPHRASE="")
        assert (said.code, "--person NAME" in said.hint) == (2, True)
        assert alternates(icb)[0] in said.errors[0]


def test_the_next_command_that_is_proposed_runs_once_its_blanks_are_filled_in(icb: Icb) -> None:
    (icb.folder / "icb.db").rename(icb.folder / "our icb.db")
    store = ("--store", "our icb.db")
    icb.do("seats", "designate", "South Asia", "--person", "Ana Lem", "--member", "M001", *LETTER, *store)
    blanks = {"NAME": "Bo Lem", "ID": "M008", "FILE": "letter.txt"}
    for seat, proposed in (("South Asia", 1), ("at-large:4", 2)):
        said = icb.do(*vacate(seat), *store)
        commands = re.findall("`ballot ([^`]*)`", said.err)
        assert len(commands) == proposed
        words = [blanks.get(word, word) for word in shlex.split(commands[-1])]
        assert icb.run(*words).code == 0


def test_what_is_said_of_the_alternates_is_true_when_they_have_declined_one_seat_only(icb: Icb) -> None:
    first, second = alternates(icb)
    icb.do(*vacate("at-large:4"))
    icb.do(*DECLINE, "--person", first, *LETTER)
    said = icb.do(*DECLINE, "--person", second, "--letter", "minutes.txt")
    told = f"{first} and {second} declined it, no other alternate is left; it stays vacant until the next Assembly"
    assert f"Nobody comes next for at-large:4: {told} (VI §4(f.3))" in said.err
    assert told in icb.refused(*FILL, "--person", first, *LETTER).errors[0]
    assert f"{first} comes next (VI §4(f.3))" in icb.do(*vacate("at-large:5")).err


def test_an_alternate_of_a_suspended_member_is_said_to_wait_for_its_standing(icb: Icb) -> None:
    first, second = alternates(icb)
    places = {p["person"]: p["member"] for p in icb.run("seats", "show", "--json").value["places"]}
    papers = ("--letter", "letter.txt", "--decision", "minutes.txt")
    icb.do("membership", "change", places[second], "--standing", "suspended", *papers)
    icb.do(*vacate("at-large:4"))
    said = icb.do(*DECLINE, "--person", first, *LETTER)
    assert f"{second} is of a member with the standing 'suspended' (V §6" in said.err
    assert "it stays vacant until that changes" in said.err


def test_attack_another_act_between_question_and_answer_is_not_confirmed_with_it(
    icb: Icb, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = alternates(icb)
    icb.do(*vacate("at-large:4"))

    def answer(question: str, named: bool, _option: str) -> bool:
        assert first in question
        return named or icb.do(*DECLINE, "--person", first, "--letter", "minutes.txt").code == 0

    monkeypatch.setattr("ballot.commands.ask.confirm", answer)
    said = icb.run(*DECLINE, *LETTER, *SECRETARY)
    assert (said.code, said.errors) == (3, ["something else was recorded in the meantime"])
    assert last_act(icb).startswith(f"{first} declines")
