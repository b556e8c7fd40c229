"""Vacancies through the commands: nothing is recorded twice or of the wrong person, and what is said next is true."""

import re
import shlex

import pytest

from tests.commands.assembly import ballot
from tests.commands.bodies import LETTER, SECRETARY, Icb, typed, vacate
from tests.commands.conftest import AtTerminal

DECLINE = ("vacancy", "decline", "at-large:4")
FILL = ("vacancy", "fill", "at-large:4")
CAUCUS = ("--letter", "minutes.txt")
BY_ORGANISATION = ("--cause", "resignation", "--from", "organisation", "--communication", "minutes.txt")


def alternates(icb: Icb) -> tuple[str, str]:
    """The two alternates, in their order."""
    held = icb.held()
    return held["alternate:1"], held["alternate:2"]


def last_act(icb: Icb) -> str:
    return str(icb.run("acts", "list", "--json").value[-1]["sentence"])


def test_a_refusal_seats_nobody_and_no_letter_is_recorded_twice_unless_the_first_act_is_corrected(icb: Icb) -> None:
    first, second = alternates(icb)
    (icb.folder / "no.txt").write_text("I decline.\n", encoding="utf-8")
    icb.do(*vacate("at-large:4", "minutes.txt"))
    assert (
        "recorded already, in act 1: at-large:4 is vacant"
        in icb.refused(*vacate("at-large:4", "minutes.txt")).errors[0]
    )
    icb.do(*DECLINE, "--person", first, "--letter", "no.txt")
    for again in (DECLINE, (*DECLINE, "--person", first), (*DECLINE, "--person", second), (*FILL, "--person", second)):
        said = icb.refused(*again, "--letter", "no.txt")
        assert f"recorded already, in act 2: {first} declines at-large:4" in said.errors[0]
        assert "VI §6(a)" in said.errors[0]
        assert "acts list" in said.hint
    assert "act 1" in icb.refused(*DECLINE, "--person", second, "--letter", "minutes.txt").errors[0]
    icb.do("acts", "correct", "2", "--wrong", "it was the letter of somebody else")
    icb.do(*FILL, "--person", first, "--letter", "no.txt")
    again = ("acts", "correct", "3", "--wrong", "the letter was theirs after all")
    assert "act 4 would not be permitted" in icb.refused(*again).errors[0]


def test_one_letter_can_say_what_people_write_in_one(icb: Icb) -> None:
    """A caucus sends two, an alternate declines two, a region says who leaves and comes, a member has another proxy."""
    first, _ = alternates(icb)
    for seat, person, yes in (("ex-officio:1", "Ed", ()), ("ex-officio:2", "Flo", ("--yes",))):
        icb.do("seats", "designate", seat, "--person", person, "--member", "A001", "--letter", "minutes.txt", *yes)
    for name in ("no.txt", "region.txt", "proxy.txt"):
        (icb.folder / name).write_text(name, encoding="utf-8")
    icb.do(*vacate("at-large:4"))
    icb.do(*vacate("at-large:5"))
    for seat, yes in (("at-large:4", ()), ("at-large:5", ("--yes",))):
        icb.do("vacancy", "decline", seat, "--person", first, "--letter", "no.txt", *yes)
    icb.do("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *LETTER)
    icb.do(*vacate("Europe", "region.txt"))
    icb.do("vacancy", "fill", "Europe", "--person", "Bo", "--member", "M009", "--letter", "region.txt")
    icb.do("proxy", "appoint", "at-large:1", "--person", "Pim", "--member", "M004", *LETTER)
    icb.do("proxy", "end", "at-large:1", "--letter", "proxy.txt")
    icb.do("proxy", "appoint", "at-large:1", "--person", "Pia", "--member", "M004", "--letter", "proxy.txt")
    assert "recorded already" in icb.refused("proxy", "end", "at-large:1", "--letter", "proxy.txt").errors[0]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (
            ("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *CAUCUS),
            ("seats", "designate", "South Asia", "--person", "Cy", "--member", "M008", *CAUCUS),
        ),
        (
            ("vacancy", "declare", "at-large:1", *BY_ORGANISATION),
            ("vacancy", "declare", "at-large:2", *BY_ORGANISATION),
        ),
    ],
    ids=["another region's letter", "another organisation's letter"],
)
def test_a_letter_that_is_recorded_for_another_seat_is_asked_about(
    icb: Icb, monkeypatch: pytest.MonkeyPatch, first: tuple[str, ...], again: tuple[str, ...]
) -> None:
    icb.do(*first)
    assert "Does it say this too" in icb.run(*again, *SECRETARY).errors[0]
    before = last_act(icb)
    asked: list[str] = []

    def answer(question: str, yes: bool, _option: str = "") -> bool:
        asked.append(question)
        return yes

    monkeypatch.setattr("ballot.commands.ask.confirm", answer)
    said = icb.refused(*again)
    assert said.errors == ["nothing was recorded"]
    assert f"The letter is recorded already, in act 1: {before}" in said.err
    icb.do(*again, "--yes")
    assert len(asked) == 2
    assert last_act(icb) != before


def test_a_name_that_differs_by_accents_from_one_that_has_a_place_is_asked_about(
    icb: Icb, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = ("proxy", "appoint", "at-large:1", "--person", "Łukasz Żółć", "--member", "M004", *LETTER)
    icb.do(*proxy)
    twice = ("seats", "designate", "Europe", "--person", "Lukasz Zolc", "--member", "M002", *LETTER)
    said = icb.run(*twice, *SECRETARY)
    assert (said.code, "Is Lukasz Zolc another person?" in said.errors[0]) == (2, True)
    with monkeypatch.context() as patched:
        patched.setattr("ballot.commands.ask.confirm", lambda *_: False)
        assert icb.refused(*twice).hint == "Write the name as it stands there: Łukasz Żółć."
    icb.do(*twice, "--yes")


def test_attack_a_letter_that_seats_somebody_unseats_them(icb: Icb) -> None:
    """Else the secretary, who has nothing but the paper by which somebody came, could end it without any other."""
    (icb.folder / "come.txt").write_text("Bo comes", encoding="utf-8")
    icb.do("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *LETTER)
    icb.do(*vacate("Europe", "minutes.txt"))
    icb.do("vacancy", "fill", "Europe", "--person", "Bo", "--member", "M009", "--letter", "come.txt")
    assert "recorded already" in icb.refused(*vacate("Europe", "come.txt")).errors[0]


def test_attack_one_letter_gives_up_the_seats_of_two_members(icb: Icb) -> None:
    """What a member writes for themselves is of nobody else, and so is who stands in for them."""
    (icb.folder / "mine.txt").write_text("I give up my seat.", encoding="utf-8")
    icb.do(*vacate("at-large:3", "mine.txt"))
    assert "recorded already" in icb.refused(*vacate("at-large:4", "mine.txt")).errors[0]
    stands = ("--person", "Pim", "--member", "M004", "--letter", "proxy.txt")
    (icb.folder / "proxy.txt").write_text("Pim stands in for me.", encoding="utf-8")
    icb.do("proxy", "appoint", "at-large:1", *stands)
    said = icb.refused("proxy", "appoint", "at-large:2", *stands[:1], "Pia", *stands[2:])
    assert "recorded already" in said.errors[0]


def test_a_key_file_is_no_letter(icb: Icb) -> None:
    """Whoever wrote a letter is to get the very file that was recorded."""
    for name, kind in (("secretary.key", "a key file"), ("icb.db", "a store")):
        said = icb.refused(*vacate("at-large:3", name))
        assert said.errors == [f"{name} is {kind}, and a letter or minutes are wanted"]


def test_a_letter_may_say_until_when_somebody_has_a_proxy(icb: Icb) -> None:
    (icb.folder / "may.txt").write_text("Pim stands in for me in May.", encoding="utf-8")
    icb.do("proxy", "appoint", "at-large:1", "--person", "Pim", "--member", "M004", "--letter", "may.txt")
    icb.do("proxy", "end", "at-large:1", "--letter", "may.txt")
    again = ("proxy", "appoint", "at-large:1", "--person", "Pim", "--member", "M004", "--letter", "may.txt")
    assert "recorded already" in icb.refused(*again).errors[0]


def test_one_set_of_minutes_decides_many_things_and_is_no_letter(icb: Icb) -> None:
    for member, name in (("M098", "Lantern Union"), ("M099", "Harbour Union")):
        admitted = ("membership", "admit", member, "--name", name, "--region", "Canada")
        icb.do(*admitted, "--decision", "minutes.txt")
    assert "act 1" in icb.refused(*vacate("at-large:1", "minutes.txt")).errors[0]
    icb.do(*vacate("at-large:1", "record.zip"))
    admitted = ("membership", "admit", "M097", "--name", "Quay Union", "--region", "Canada")
    assert "these minutes are recorded already" in icb.refused(*admitted, "--decision", "record.zip").errors[0]


def test_an_empty_file_is_no_letter_and_no_minutes(icb: Icb) -> None:
    (icb.folder / "empty.txt").write_bytes(b"")
    admitted = ("membership", "admit", "M098", "--name", "Lantern Union", "--region", "Canada")
    for args in (vacate("at-large:4", "empty.txt"), (*admitted, "--decision", "empty.txt")):
        assert icb.refused(*args).errors == ["empty.txt is empty"]


@pytest.mark.parametrize(("command", "verb"), [(DECLINE, "decline"), (FILL, "accept")], ids=["decline", "fill"])
def test_whose_letter_it_is_is_asked_for_at_a_terminal_and_a_no_changes_nothing(
    icb: Icb, at_terminal: AtTerminal, command: tuple[str, ...], verb: str
) -> None:
    first, _ = alternates(icb)
    icb.do(*vacate("at-large:4"))
    question = f"Does {first} {verb} at-large:4 in this letter, letter.txt? [yes/no]"
    before = (icb.folder / "icb.db").read_bytes()
    code, shown, out = at_terminal(typed(icb, *command, *LETTER, *SECRETARY), [(question, "no\n")])
    assert (code, out, "nothing was recorded" in shown) == (3, "", True)
    assert (icb.folder / "icb.db").read_bytes() == before
    code, shown, _ = at_terminal(typed(icb, *command, *LETTER, *SECRETARY), [(question, "yes\n")])
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
        icb.next_letter()


def test_the_next_command_is_copied_whole_from_a_terminal(icb: Icb, at_terminal: AtTerminal) -> None:
    """A name with a line break in it would be no name; half of a command would be run without the rest."""
    first, _ = alternates(icb)
    code, shown, _ = at_terminal(typed(icb, *vacate("at-large:4"), *SECRETARY), [])
    assert code == 0, shown
    for verb in ("fill", "decline"):
        assert f'`ballot vacancy {verb} at-large:4 --person "{first}" --letter FILE --secretary secretary.key`' in shown


def test_the_name_of_a_letter_s_file_is_told_before_it_is_published(icb: Icb) -> None:
    (icb.folder / "Maria-hospital.pdf").write_text("She is ill.", encoding="utf-8")
    told = (
        "The file name Maria-hospital.pdf will be published, for ever, as what this paper is called. --reference TEXT"
    )
    act = vacate("at-large:4", "Maria-hospital.pdf")
    said = ballot(icb.folder, *act, *SECRETARY, BALLOT_SECRETARY_PASSPHRASE="")
    assert (said.code, told in said.err) == (2, True)
    assert "file name" not in icb.do(*act, "--reference", "letter 12").err
    assert "Maria" not in last_act(icb)
    admitted = ("membership", "admit", "M099", "--name", "Lantern Union", "--region", "Canada")
    assert "The file name minutes.txt will be" in (err := icb.do(*admitted, "--decision", "minutes.txt").err)
    assert "--decision-reference TEXT gives" in err


def test_what_is_said_of_the_alternates_is_true_when_they_have_declined_one_seat_only(icb: Icb) -> None:
    first, second = alternates(icb)
    icb.do(*vacate("at-large:4"))
    icb.do(*DECLINE, "--person", first, *LETTER)
    said = icb.do(*DECLINE, "--person", second, "--letter", "minutes.txt")
    told = f"{first} and {second} declined it, no other alternate is left; it stays vacant until the next Assembly"
    assert f"Nobody comes next for at-large:4: {told} (VI §4(f.3))" in said.err
    assert told in icb.refused(*FILL, "--person", first, *LETTER).errors[0]
    assert f"{first} comes next (VI §4(f.3))" in icb.do(*vacate("at-large:5")).err


def test_after_a_refusal_is_corrected_it_is_said_again_who_comes_next(icb: Icb) -> None:
    first, second = alternates(icb)
    icb.do(*vacate("at-large:4"))
    assert f"{second} comes next" in icb.do(*DECLINE, "--person", first, *LETTER).err
    said = icb.do("acts", "correct", "2", "--wrong", "it was the letter of somebody else")
    assert f"{first} comes next (VI §4(f.3))" in said.err
    assert f'`ballot vacancy fill at-large:4 --person "{first}"' in said.err
    icb.do("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *LETTER)
    assert "comes next" not in icb.do("acts", "correct", "4", "--wrong", "the name was misspelt").err


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
