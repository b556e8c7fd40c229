"""The days of the secretary's acts: what the clock of the machine says is believed only as far as it can be."""

from datetime import date, timedelta

import pytest

from tests.commands.bodies import LETTER, SECOND, SECRETARY, Icb, vacate

EUROPE = ("seats", "designate", "Europe", "--person", "Ana Lem", "--member", "M002", *LETTER)


def test_a_day_to_come_is_refused(icb: Icb, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = icb.run("seats", "show", "--json").value["declared"]
    tomorrow = (date.fromisoformat(declared) + timedelta(days=1)).isoformat()
    monkeypatch.setattr("ballot.commands.days.today", lambda: declared)
    for day in (tomorrow, "9999-01-01"):
        assert icb.refused(*EUROPE, "--on", day).errors == [f"{day} is still to come"]
        said = icb.run("seats", "show", "--on", day)
        assert (said.code, said.out, said.errors) == (3, "", [f"{day} is still to come"])
        found = ("seats", "found", "record.zip", *SECRETARY, *SECOND, "--store", "other.db", "--on", day)
        assert icb.run(*found).errors == [f"{day} is still to come"]
    assert icb.do(*EUROPE).value["on"] == declared


def test_a_clock_half_a_year_ahead_is_not_believed_without_asking(icb: Icb, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = date.fromisoformat(icb.run("seats", "show", "--json").value["declared"])
    far = (declared + timedelta(days=184)).isoformat()
    asked: list[str] = []

    def answer(question: str, _yes: bool, option: str) -> bool:
        asked.append(question)
        return option == f"--on {far}" and len(asked) > 1

    monkeypatch.setattr("ballot.commands.days.today", lambda: far)
    said = icb.run(*EUROPE, *SECRETARY)
    assert said.code == 2
    assert f"Is today really {far}?" in said.errors[0]
    assert f"Give it with --on {far}." in said.err
    monkeypatch.setattr("ballot.commands.ask.confirm", answer)
    assert icb.refused(*EUROPE).errors == ["nothing was recorded"]
    assert icb.do(*EUROPE).value["on"] == far
    assert asked == [f"The last act was of {declared}. Is today really {far}?"] * 2
    icb.do("acts", "correct", "1", "--wrong", "the name was misspelt")
    assert len(asked) == 2


@pytest.mark.parametrize(("ahead", "asks"), [(2, False), (3, True)])
def test_an_act_after_one_of_a_day_far_ahead_gets_its_day_only_if_that_is_meant(
    icb: Icb, monkeypatch: pytest.MonkeyPatch, ahead: int, asks: bool
) -> None:
    declared = icb.run("seats", "show", "--json").value["declared"]
    wrong = (date.fromisoformat(declared) + timedelta(days=ahead)).isoformat()
    monkeypatch.setattr("ballot.commands.days.today", lambda: wrong)
    icb.do(*EUROPE)
    monkeypatch.setattr("ballot.commands.days.today", lambda: declared)
    said = icb.run(*vacate("at-large:1"), *SECRETARY)
    assert (f"here it is {declared}. Shall this act be of {wrong} too?" in said.err) == asks
    assert said.code == (2 if asks else 0)
    monkeypatch.setattr("ballot.commands.ask.confirm", lambda *_: False)
    if asks:
        refused = icb.refused(*vacate("at-large:1"))
        assert "go on from a copy of the store without it" in refused.hint
        assert icb.do(*vacate("at-large:1"), "--on", wrong).value["on"] == wrong


def test_until_half_a_year_without_an_act_nothing_is_asked(icb: Icb, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = date.fromisoformat(icb.run("seats", "show", "--json").value["declared"])
    near = (declared + timedelta(days=183)).isoformat()
    monkeypatch.setattr("ballot.commands.days.today", lambda: near)
    assert icb.do(*EUROPE).value["on"] == near


def test_the_act_after_one_from_further_east_gets_its_day_and_can_correct_it(
    icb: Icb, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = icb.run("seats", "show", "--json").value["declared"]
    tomorrow = (date.fromisoformat(declared) + timedelta(days=1)).isoformat()
    monkeypatch.setattr("ballot.commands.days.today", lambda: tomorrow)
    assert icb.do(*EUROPE).value["on"] == tomorrow
    monkeypatch.setattr("ballot.commands.days.today", lambda: declared)
    said = icb.do("acts", "correct", "1", "--wrong", "the letter was of somebody else")
    assert said.value["on"] == tomorrow
    assert f"The last act is of {tomorrow}, a day that has not begun on this machine" in said.err
    assert icb.do(*vacate("at-large:1"), "--on", tomorrow).value["on"] == tomorrow
    assert icb.run("seats", "show", "--on", tomorrow).code == 0
