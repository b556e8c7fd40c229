"""Refusals to the ICB's secretary: the hint belongs to the error, and a wrong command asks for no passphrase."""

import pytest

from ballot.crypto.keys import DEMO
from ballot.crypto.signer import save_signer
from tests.commands.assembly import PASSPHRASE, ballot
from tests.commands.bodies import LETTER, SECOND, SECRETARY, Icb, signer, vacate

SEATS = "`ballot seats show` shows who sits in the ICB"
ROLL = "Look up which organisation the person is of: `ballot seats members` shows"


def silent(icb: Icb, *args: str) -> tuple[int, str, str]:
    """Code, error and hint of a command without passphrases, which would be asked for if it came so far."""
    nothing = {"BALLOT_SECRETARY_PASSPHRASE": "", "BALLOT_SECOND_PASSPHRASE": ""}
    before = (icb.folder / "icb.db").read_bytes()
    said = ballot(icb.folder, *args, **nothing)
    assert (icb.folder / "icb.db").read_bytes() == before
    return said.code, said.errors[0], said.hint


@pytest.mark.parametrize(
    ("seat", "member", "error"),
    [
        ("South Asia", "M003", "is of Latin America"),
        ("ex-officio", "M003", "is no associate member"),
        ("USA", "A001", "is no regular member"),
    ],
)
def test_a_person_of_the_wrong_member_is_no_namesake(icb: Icb, seat: str, member: str, error: str) -> None:
    who = ("--person", "Ana Lem", "--member", member, *LETTER, *SECRETARY)
    code, said, hint = silent(icb, "seats", "designate", seat, *who)
    assert (code, error in said, hint.startswith(ROLL)) == (3, True, True), (said, hint)


def test_somebody_who_sits_already_may_be_a_namesake(icb: Icb) -> None:
    who = ("--person", icb.held()["at-large:1"], "--member", "M001", *LETTER, *SECRETARY)
    _, said, hint = silent(icb, "seats", "designate", "South Asia", *who)
    assert "nobody holds two places" in said
    assert "add what tells them apart" in hint


def test_what_shows_seats_names_a_command_of_the_secretary(icb: Icb) -> None:
    assert SEATS in silent(icb, "seats", "certificate", "Europe", "--out", "c.txt")[2]
    assert "that day or a later one" in silent(icb, "seats", "show", "--on", "2020-01-01")[2]
    said = icb.run("seats", "publish", "--secretary", "new.key")
    assert (said.code, "Sri Secretary" in said.hint, "acts list" in said.hint) == (3, True, True)


def test_a_date_is_judged_at_once_and_cites_no_article(icb: Icb) -> None:
    for args in (
        ("seats", "show", "--on", "22.11.2026"),
        (*vacate("at-large:1"), *SECRETARY, "--on", "22.11.2026"),
        ("seats", "found", "record.zip", *SECRETARY, *SECOND, "--store", "other.db", "--on", "22.11.2026"),
    ):
        code, said, hint = silent(icb, *args)
        assert (code, said) == (2, "--on: '22.11.2026' is not a date as YYYY-MM-DD")
        assert "2026-11-22" in hint


def test_a_key_of_another_office_is_told_by_its_holder_before_a_passphrase(icb: Icb) -> None:
    given = ("--secretary", "second.key")
    found = ("seats", "found", "record.zip", *given, *SECOND, "--store", "other.db")
    for args in (found, (*vacate("at-large:1"), *given), ("seats", "publish", *given)):
        code, said, hint = silent(icb, *args)
        assert (code, hint) == (3, "Give the key file of the secretary with --secretary.")
        assert said == "second.key: this is the key of the second officer, and that of the secretary is wanted"
    assert not (icb.folder / "other.db").exists()


def test_a_record_that_founds_no_icb_is_told_before_a_passphrase(icb: Icb) -> None:
    """Whoever holds a forged record, or dates its founding too early, has typed nothing."""
    forged = bytearray((icb.folder / "record.zip").read_bytes())
    forged[len(forged) // 2] ^= 1
    (icb.folder / "forged.zip").write_bytes(forged)
    found = ("seats", "found", "forged.zip", *SECRETARY, *SECOND, "--store", "other.db")
    code, said, _ = silent(icb, *found)
    assert (code, said.startswith("check ")) == (4, True)
    early = ("seats", "found", "record.zip", *SECRETARY, *SECOND, "--store", "other.db", "--on", "2001-01-01")
    code, said, _ = silent(icb, *early)
    assert (code, "passphrase" in said) == (3, False), said
    assert not (icb.folder / "other.db").exists()


HINTS = [
    ("an empty name", ("seats", "designate", "Europe", "--person", "", "--member", "M002"), "plain text on one line"),
    (
        "a second proxy",
        ("proxy", "appoint", "Europe", "--person", "P", "--member", "M009"),
        "`ballot proxy end regional:E",
    ),
    ("a day before the last act", ("proxy", "end", "at-large:1", "--on", "2001-01-01"), "give --on 20"),
    ("declining a region's seat", ("vacancy", "decline", "Canada"), "`ballot seats designate` records whom"),
    ("an unknown office", ("vacancy", "fill", "Treasurer"), "Its offices: none was filled yet."),
    ("an id in small letters", ("seats", "designate", "Canada", "--person", "P", "--member", "m002"), ": M002."),
]


@pytest.mark.parametrize(("args", "hint"), [row[1:] for row in HINTS], ids=[row[0] for row in HINTS])
def test_what_is_refused_names_what_to_do(icb: Icb, args: tuple[str, ...], hint: str) -> None:
    icb.do("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *LETTER)
    icb.do("proxy", "appoint", "Europe", "--person", "Pia", "--member", "M009", *LETTER)
    assert hint in silent(icb, *args, *LETTER, *SECRETARY)[2]


def test_a_wrong_office_and_a_founding_that_cannot_be_taken_back_have_hints_of_their_own(icb: Icb) -> None:
    """The wrong office is typed: the key that is given for it signs already."""
    swapped = ("acts", "signer", "second", "--decision", "minutes.txt", "--secretary", "new.key", *SECOND)
    _, said, hint = silent(icb, *swapped)
    assert "signs for this office already" in said
    assert "say `ballot acts signer secretary`" in hint
    correct = ("acts", "correct", "0", "--wrong", "the record was another", *SECRETARY, *SECOND)
    assert "needs a new store: `ballot seats found --store FILE`" in silent(icb, *correct)[2]
    (icb.folder / "mine.key").write_bytes(save_signer(signer("second", "Sri Secretary"), PASSPHRASE, DEMO))
    one = (*SECRETARY, "--second", "mine.key")
    _, said, hint = silent(icb, "seats", "found", "record.zip", *one, "--store", "other.db")
    assert ("are two people" in said, "Give a key of each" in hint) == (True, True)
    _, said, hint = silent(icb, "acts", "signer", "second", "--decision", "minutes.txt", *one)
    assert ("are two people" in said, "is replaced there first" in hint) == (True, True)


def test_designating_and_filling_a_vacancy_name_each_other(icb: Icb) -> None:
    europe = ("Europe", "--person", "Bo", "--member", "M009", *LETTER, *SECRETARY)
    for first in (europe, ("Europe", *LETTER, *SECRETARY)):
        _, said, hint = silent(icb, "vacancy", "fill", *first)
        assert "was never filled" in said
        assert hint == "`ballot seats designate regional:Europe` records who that is."
    icb.do("seats", "designate", "Europe", "--person", "Ana", "--member", "M002", *LETTER)
    assert "is held by Ana" in silent(icb, "vacancy", "fill", "Europe", *LETTER, *SECRETARY)[1]
    icb.do(*vacate("Europe"))
    _, said, hint = silent(icb, "seats", "designate", *europe)
    assert ("filled as a vacancy" in said, "`ballot vacancy fill regional:Europe`" in hint) == (True, True)


def test_the_icb_s_record_is_no_forged_record_of_an_election(icb: Icb) -> None:
    """A good record in the wrong place failed check 1, and its reader was told not to rely on it."""
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    found = ("seats", "found", "icb-record.zip", *SECRETARY, *SECOND, "--store", "other.db")
    elected = ("officers", "elected", "Chairperson", "--record", "icb-record.zip", "--meeting", "minutes.txt")
    checked = ("check-name", "3", "icb-record.zip", "--name", "N", "--salt", "0" * 32)
    for args in (found, (*elected, *SECRETARY), checked):
        code, said, hint = silent(icb, *args)
        assert (code, said) == (3, "icb-record.zip is the ICB's record, and the record of an election is wanted")
        assert "record.zip of that election" in hint


def test_regions_are_named_where_one_is_unknown(icb: Icb) -> None:
    admitted = ("membership", "admit", "M099", "--name", "Quay Union", "--region", "Atlantis")
    _, said, hint = silent(icb, *admitted, "--decision", "minutes.txt", *SECRETARY, *SECOND)
    assert "none of the regions East Asia and Oceania, South Asia, Europe" in said
    assert "as the Assembly's roll does" in hint
