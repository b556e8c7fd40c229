"""The ICB secretary's commands: each act with its article, each refusal with the article that forbids it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ballot.aloud import numbered
from ballot.icb.record import read_icb_record
from tests.commands.assembly import ballot
from tests.commands.bodies import LETTER, SECOND, SECRETARY, Icb, vacate

EUROPE = ("seats", "designate", "Europe", "--person", "Ana Lem", "--member", "M002", *LETTER)
PROXY = ("proxy", "appoint", "at-large:1", "--person", "Pim Stand", *LETTER)
CHANGE = ("membership", "change", "M001", *LETTER, "--decision", "minutes.txt")


def test_the_founding_seats_the_eight_and_the_alternates_and_shows_what_is_vacant(icb: Icb) -> None:
    shown = icb.run("seats", "show", "--json").value
    assert len(shown["places"]) == 21
    assert [place["article"] for place in shown["places"]].count("VI §4(a)(e)") == 7
    assert sorted(icb.held()) == [*(f"alternate:{n}" for n in (1, 2)), *(f"at-large:{n}" for n in range(1, 9))]
    assert (shown["acts"], len(shown["voters"]), len(shown["alternates"])) == (1, 8, 2)
    plain = icb.run("seats", "show", "--plain").out
    assert "Regular ICB: 8 of 17 places held, 8 vote" in plain
    assert "Alternates: 2 of 4 places held" in plain
    assert "Seat: Canada\nWho: vacant" in plain


def test_the_name_of_a_seat_is_never_broken_where_it_is_listed(icb: Icb) -> None:
    listed = [line.split("  ")[0] for line in ballot(icb.folder, "seats", "show", COLUMNS="80").out.splitlines()]
    for place in icb.run("seats", "show", "--json").value["places"]:
        assert (place["region"] or place["seat"]) in listed


def test_a_region_and_the_caucus_send_their_members(icb: Icb) -> None:
    said = icb.do(*EUROPE, "--reference", "caucus 7")
    assert (said.value["act"], said.value["article"]) == (1, "VI §4(a)(e)")
    assert said.value["places"][0]["person"] == "Ana Lem"
    assert "(document caucus 7)" in said.value["sentence"]
    said = icb.do("seats", "designate", "ex-officio", "--person", "Ed", "--member", "A001", *LETTER)
    assert [place["seat"] for place in said.value["places"]] == ["ex-officio:1"]


def test_a_vacancy_is_declared_declined_and_filled_by_the_next_alternate(icb: Icb) -> None:
    ninth, tenth = (icb.held()[f"alternate:{n}"] for n in (1, 2))
    held, member = icb.held()["at-large:3"], "M003"
    said = icb.do(*vacate("at-large:3"))
    assert f"at-large:3 is held by {held} ({member})." in said.err
    assert said.value["article"] == "VI §4(f)"
    assert f"{ninth} comes next (VI §4(f.3))" in said.err
    assert f"{tenth} comes next" in icb.do("vacancy", "decline", "at-large:3", "--person", ninth, *LETTER).err
    said = icb.do("vacancy", "fill", "at-large:3", "--person", tenth, *LETTER)
    assert said.value["article"] == "VI §4(f.3)"
    assert {p["seat"]: p["person"] for p in said.value["places"]} == {"at-large:3": tenth, "alternate:2": ""}
    assert icb.held()["alternate:1"] == ninth


def test_when_no_alternate_is_left_the_seat_stays_vacant_and_is_said_to(icb: Icb) -> None:
    for number, seat in ((1, "at-large:1"), (2, "at-large:2")):
        icb.do(*vacate(seat))
        icb.do("vacancy", "fill", seat, "--person", icb.held()[f"alternate:{number}"], *LETTER)
    said = icb.do(*vacate("at-large:3"))
    assert "No alternate is left for at-large:3; it stays vacant until the next Assembly (VI §4(f.3))" in said.err
    assert "no alternate is left" in icb.refused("vacancy", "fill", "at-large:3", *LETTER).errors[0]


def test_a_region_replaces_its_member_and_an_alternate_cannot(icb: Icb) -> None:
    icb.do(*EUROPE)
    assert "The region designates somebody (VI §4(f.1))" in icb.do(*vacate("Europe")).err
    assert "VI §4(f.1)" in icb.refused("vacancy", "fill", "Europe", *LETTER).errors[0]
    filled = icb.do("vacancy", "fill", "Europe", "--person", "Bo Lem", "--member", "M009", *LETTER)
    assert filled.value["article"] == "VI §4(f.1)"


def test_a_proxy_is_appointed_once_and_ends(icb: Icb) -> None:
    icb.do(*PROXY, "--member", "M004")
    voters = icb.run("seats", "show", "--json").value["voters"]
    assert [(v["seat"], v["person"]) for v in voters if v["proxy"]] == [("at-large:1", "Pim Stand")]
    another = ("proxy", "appoint", "at-large:1", "--person", "Pim Stand", "--letter", "minutes.txt")
    assert "VI §4(e)" in icb.refused(*another, "--member", "M005").errors[0]
    icb.do("proxy", "end", "at-large:1", *LETTER)
    assert not any(v["proxy"] for v in icb.run("seats", "show", "--json").value["voters"])


def test_a_withdrawal_the_icb_acted_on_vacates_places_and_says_who_comes_next(icb: Icb) -> None:
    said = icb.do(*CHANGE, "--standing", "resigned")
    assert (said.value["article"], [p["person"] for p in said.value["places"]]) == ("V §5", [""])
    assert "comes next (VI §4(f.3))" in said.err


def test_a_member_is_admitted_and_can_be_designated(icb: Icb) -> None:
    admitted = ("membership", "admit", "M099", "--name", "Lantern Union", "--region", "Canada")
    icb.do(*admitted, "--decision", "minutes.txt")
    icb.do("seats", "designate", "Canada", "--person", "Lu", "--member", "M099", *LETTER)
    assert icb.held()["regional:Canada"] == "Lu"


def test_the_ids_of_members_are_shown_as_they_are_and_as_they_were(icb: Icb) -> None:
    was = icb.run("seats", "members", "--json").value
    declared = icb.run("seats", "show", "--json").value["declared"]
    wanted = {"id": "M002", "name": "Organisation 2", "kind": "regular", "standing": "good"}
    assert any(wanted.items() <= one.items() for one in was)
    admitted = ("membership", "admit", "M099", "--name", "Lantern Union", "--region", "Canada")
    later = "9998-01-01"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ballot.commands.days.today", lambda: later)
        icb.do(*admitted, "--decision", "minutes.txt", "--on", later)
        icb.do(*CHANGE, "--standing", "suspended")
    plain = icb.run("seats", "members", "--plain").out
    assert "Id: M099\nOrganisation: Lantern Union\nRegion: Canada\nKind: regular\nStanding: good" in plain
    now = icb.run("seats", "members", "--json").value
    assert ([one["standing"] for one in now if one["id"] == "M001"], len(now)) == (["suspended"], len(was) + 1)
    assert icb.run("seats", "members", "--on", declared, "--json").value == was


def test_an_act_is_corrected_by_a_later_one_and_stays_in_the_list(icb: Icb) -> None:
    icb.do(*EUROPE)
    said = icb.do("acts", "correct", "1", "--wrong", "the name was misspelt")
    assert "Act 1 says: Ana Lem (M002) is designated for regional:Europe" in said.err
    assert "regional:Europe" not in icb.held()
    acts = icb.run("acts", "list", "--json").value
    assert [(act["act"], act["name"], act["corrected_by"]) for act in acts] == [
        (0, "founded", 0),
        (1, "designated", 2),
        (2, "corrected", 0),
    ]
    shown = icb.run("acts", "list", "--plain").out
    assert "Corrected by act 2." in shown
    icb.do("acts", "correct", "2", "--wrong", "it was right.")
    shown = icb.run("acts", "list", "--plain").out
    assert "in error: the name was misspelt. Corrected by act 3." in shown
    assert "in error: it was right.\n" in shown


def test_another_secretary_takes_over_together_with_the_second_officer(icb: Icb) -> None:
    taken = ("acts", "signer", "secretary", "--yes", "--decision", "minutes.txt", "--secretary", "new.key")
    said = icb.run(*taken, *SECOND)
    assert said.code == 0, said.err
    assert "Nila Next" in icb.run("acts", "list", "--plain").out
    assert "Nila Next signs with another" in icb.refused(*vacate("at-large:1")).errors[0]
    assert icb.run(*vacate("at-large:1"), "--secretary", "new.key").code == 0
    assert icb.run("seats", "publish", *SECRETARY).code == 3
    assert icb.run("seats", "publish", "--secretary", "new.key").code == 0
    assert icb.run("verify", "icb-record.zip").code == 0


def test_attack_one_person_takes_both_offices(icb: Icb) -> None:
    """One office with a new key can replace the other, so not in its own name; a look-alike of it is no other name."""
    for number, name in enumerate(("Sri Secretary", "SRI\u00a0SECRETАRY")):
        mine = f"mine-{number}.key"
        assert icb.run("keys", "new", "second", "--name", name, "--out", mine).code == 0
        for args in (
            ("acts", "signer", "second", "--decision", "minutes.txt"),
            ("seats", "found", "record.zip", "--store", "other.db"),
        ):
            silent = {"BALLOT_SECRETARY_PASSPHRASE": "", "BALLOT_SECOND_PASSPHRASE": ""}
            said = ballot(icb.folder, *args, *SECRETARY, "--second", mine, **silent)
            assert (said.code, "are two people, and both keys are of Sri Secretary" in said.errors[0]) == (3, True), (
                said
            )
    assert not (icb.folder / "other.db").exists()


def test_a_key_that_signs_already_is_no_new_one_and_a_wrong_one_is_refused_before_a_passphrase(icb: Icb) -> None:
    silent = {"BALLOT_SECRETARY_PASSPHRASE": "", "BALLOT_SECOND_PASSPHRASE": ""}
    taken = ("acts", "signer", "secretary", "--decision", "minutes.txt")
    said = ballot(icb.folder, *taken, *SECRETARY, *SECOND, **silent)
    assert (said.code, said.errors) == (3, ["this key signs for this office already (VI §6(a))"])
    assert "ballot keys new" in said.hint
    said = ballot(icb.folder, *vacate("at-large:1"), "--secretary", "new.key", **silent)
    assert (said.code, "Sri Secretary signs with another one" in said.errors[0]) == (3, True)


def test_every_change_of_a_signer_is_told_with_its_day_and_who_signed_it(icb: Icb) -> None:
    taken = ("acts", "signer", "secretary", "--yes", "--decision", "minutes.txt", "--secretary", "new.key")
    assert icb.run(*taken, *SECOND).code == 0
    assert icb.run("seats", "publish", "--secretary", "new.key").code == 0
    on = icb.run("acts", "list", "--json").value[1]["on"]
    for command in ("verify", "show"):
        said = icb.run(command, "icb-record.zip", "--plain")
        assert f"From: act 1, {on}\nOffice: the secretary\nName: Nila Next\n" in said.out
        assert said.out.count("Signed by: both\n") == 2
        assert "Signed by: the new key, and Chidi Chair, second officer\n" in said.out
        told = "Nila Next signs as the secretary; that was signed by the new key, and Chidi Chair, second officer."
        assert f"Since act 1, of {on}, {told}" in said.err
    assert icb.run("show", "icb-record.zip", "--json").value["signers"][2]["signed_by"] == ["Nila Next", "Chidi Chair"]


def test_the_words_of_a_key_are_the_same_wherever_they_are_compared(icb: Icb) -> None:
    """Anybody can seat an ICB from the Assembly's record; what they cannot make up are the words in the minutes."""
    made = icb.run("keys", "new", "secretary", "--name", "Thea Third", "--out", "third.key", "--json")
    assert made.code == 0, made.err
    taken = ("acts", "signer", "secretary", "--yes", "--decision", "minutes.txt", "--secretary", "third.key")
    assert icb.run(*taken, *SECOND).code == 0
    assert icb.run("seats", "publish", "--secretary", "third.key").code == 0
    words = numbered(made.value["words"])
    for command in ("verify", "show"):
        assert f"Name: Thea Third\nKey, in words: {words}" in icb.run(command, "icb-record.zip", "--plain").out
    shown = icb.run("show", "icb-record.zip", "--json").value["signers"]
    assert [(one["act"], one["role"]) for one in shown] == [(0, "secretary"), (0, "second"), (1, "secretary")]
    assert shown[2]["digest"] == made.value["fingerprint"]
    text = icb.run("seats", "certificate", "at-large:1", "--out", "c.txt", "--json").value["certificate"]
    assert f"Key of Thea Third, secretary:\n  {made.value['fingerprint']}\n" in text


def test_the_next_assembly_ends_all_terms(icb: Icb) -> None:
    said = icb.do("seats", "close", "--letter", "minutes.txt", "--yes")
    assert (said.value["article"], icb.held()) == ("VI §7", {})
    assert "VI §7" in icb.refused(*EUROPE).errors[0]


def test_seats_are_shown_as_they_were_on_a_day(icb: Icb) -> None:
    declared = icb.run("seats", "show", "--json").value["declared"]
    icb.do(*vacate("at-large:1"), "--on", declared)
    shown = icb.run("seats", "show", "--on", declared, "--json").value
    assert shown["acts"] == 2
    assert "VI §4" in icb.run("seats", "show", "--on", "2001-01-01").errors[0]


REFUSED = [
    (
        "wrong alternate",
        ("vacancy", "fill", "at-large:8", "--person", "Candidate 10", "--member", "M010"),
        "VI §4(f.3)",
    ),
    ("skipped without declining", ("vacancy", "decline", "at-large:8", "--person", "Candidate 10"), "VI §4(f.3)"),
    ("a seat that is held", ("vacancy", "fill", "at-large:1"), "VI §4(f)"),
    ("an office by decree", ("vacancy", "fill", "office:Treasurer"), "VI §4(f.2)"),
    ("a proxy from another region", ("proxy", "appoint", "Europe", "--person", "P", "--member", "M001"), "VI §4(a)(e)"),
    ("an alternate for a region", ("proxy", "appoint", "Europe", "--person", "Candidate 10", "--member", "M010"), "VI"),
    ("an associate for a region", ("seats", "designate", "USA", "--person", "P", "--member", "A001"), "VI §4(a)"),
    ("an unknown seat", ("seats", "designate", "Atlantis", "--person", "P", "--member", "M001"), "VI §4(a)"),
    ("an act dated before", ("proxy", "end", "at-large:1", "--on", "2001-01-01"), "VI §6(a)"),
    ("an end of no proxy", ("proxy", "end", "at-large:1"), "VI §4(e)"),
]


@pytest.mark.parametrize(("args", "article"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_the_article(icb: Icb, args: tuple[str, ...], article: str) -> None:
    icb.do(*EUROPE)
    icb.do(*vacate("at-large:8"))
    said = icb.refused(*args, *LETTER)
    assert article in said.errors[0]
    assert said.hint


def test_a_vacancy_for_a_vacant_seat_and_one_without_a_letter_are_refused(icb: Icb) -> None:
    icb.do(*vacate("at-large:1"))
    assert "vacant already" in icb.refused(*vacate("at-large:1", "minutes.txt")).errors[0]
    said = icb.run("vacancy", "declare", "at-large:2", "--cause", "illness", "--from", "member", *SECRETARY)
    assert said.code == 2
    assert "--communication" in said.errors[0]


def test_a_suspension_needs_no_letter_and_an_end_of_membership_without_one_is_asked_about(icb: Icb) -> None:
    change = ("membership", "change", "M001", "--decision", "minutes.txt", "--standing")
    icb.do(*change, "suspended")
    assert icb.run("acts", "list", "--json").value[-1]["sentence"] == (
        "The standing of M001 is now: suspended (document minutes.txt)."
    )
    said = icb.run(*change, "resigned", *SECRETARY, *SECOND)
    assert (said.code, said.errors[0].partition(" [")[0]) == (
        2,
        "an answer is needed: Did the ICB end the membership of M001 without a letter of the member's?",
    )
    same = icb.run(*change, "resigned", "--letter", "minutes.txt", *SECRETARY, *SECOND)
    assert same.errors == said.errors
    named = icb.run(*change, "resigned", "--reference", "a letter", *SECRETARY, *SECOND)
    assert (named.code, "there is none" in named.errors[0]) == (2, True)
    icb.do(*change, "resigned", "--yes")


def test_a_member_that_withdrew_is_not_suspended_before_it_is_taken_in_again(icb: Icb) -> None:
    change = ("membership", "change", "M001", "--decision", "minutes.txt", "--yes", "--standing")
    icb.do(*change, "resigned")
    said = icb.refused(*change, "suspended", *SECOND)
    assert said.errors[0].startswith("M001 has the standing 'resigned' and is a member no more (V §5)")
    assert said.hint.startswith("It can be taken in again: --standing good.")
    icb.do(*change, "good")
    icb.do(*change, "suspended")


def test_a_kind_of_seat_of_which_none_is_vacant_is_told_as_that(icb: Icb) -> None:
    for number, person in enumerate(("Ed", "Flo"), start=1):
        icb.do("seats", "designate", "ex-officio", "--person", person, "--member", "A001", *LETTER)
        assert icb.held()[f"ex-officio:{number}"] == person
    said = icb.refused("seats", "designate", "ex-officio", "--person", "Gus", "--member", "A001", *LETTER)
    assert said.errors == ["no 'ex-officio' seat is vacant"]
    assert said.hint == "Held are: ex-officio:1 by Ed, ex-officio:2 by Flo. Name the seat itself."


def test_acts_that_want_two_signatures_need_two_keys(icb: Icb) -> None:
    said = icb.run(*CHANGE, "--standing", "suspended", *SECRETARY)
    assert said.code == 2
    swapped = ("--secretary", "second.key", "--second", "secretary.key")
    assert icb.run(*CHANGE, "--standing", "suspended", *swapped).code == 3
    assert icb.run(*vacate("at-large:1"), "--secretary", "new.key").code == 3
    assert icb.run("acts", "list", "--json").value[-1]["name"] == "founded"


def test_an_icb_is_not_founded_twice_nor_on_a_record_that_fails(icb: Icb) -> None:
    again = ("seats", "found", "record.zip", *SECRETARY, *SECOND)
    said = icb.run(*again)
    assert ("exists already" in said.errors[0], "--store" in said.hint, "--force" in said.hint) == (True, True, False)
    record = icb.folder / "record.zip"
    record.write_bytes(record.read_bytes().replace(b"Small Assembly", b"Grand Assembly"))
    said = icb.run(*again, "--store", "other.db")
    assert said.code == 4
    assert "check 1" in said.errors[0]
    assert not (icb.folder / "other.db").exists()


def test_a_store_of_an_election_is_not_taken_for_one_of_the_icb(icb: Icb) -> None:
    (icb.folder / "other.db").write_bytes(b"no database")
    said = icb.run("seats", "show", "--store", "other.db")
    assert (said.code, "is not a store of the ICB's secretary" in said.errors[0]) == (3, True)
    assert "seats found" in icb.run("seats", "show", "--store", "none.db").hint
    assert "is not a store of ballot" in icb.run("status", "--store", "icb.db").errors[0]


def test_a_certificate_names_vote_acts_and_fingerprints_and_none_is_given_for_a_vacant_seat(icb: Icb) -> None:
    icb.do(*vacate("at-large:3"))
    assert "VI §4(f)" in icb.run("seats", "certificate", "at-large:3", "--out", "c.txt").errors[0]
    icb.do("vacancy", "fill", "at-large:3", "--person", icb.held()["alternate:1"], *LETTER)
    said = icb.run("seats", "certificate", "at-large:3", "--out", "c.txt", "--json")
    text = (icb.folder / "c.txt").read_text(encoding="utf-8")
    assert said.value["certificate"] == text
    digest = icb.run("acts", "list", "--json").value[2]["digest"]
    assert f"Act 2 of the journal:\n  {digest}\n" in text
    assert "elected as number 1 of the alternates" in text
    assert "is already there" in icb.run("seats", "certificate", "at-large:3", "--out", "c.txt").errors[0]


def test_the_record_leads_to_the_same_places_where_the_store_never_was(icb: Icb, tmp_path: Path) -> None:
    icb.do(*EUROPE)
    icb.do(*vacate("at-large:3"))
    icb.do("vacancy", "fill", "at-large:3", "--person", icb.held()["alternate:1"], *LETTER)
    published = icb.run("seats", "publish", *SECRETARY)
    assert published.code == 0, published.err
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    data = (icb.folder / "icb-record.zip").read_bytes()
    (elsewhere / "icb-record.zip").write_bytes(data)
    said = ballot(elsewhere, "verify", "icb-record.zip", "--json")
    assert (said.code, [check["number"] for check in said.value["checks"]]) == (0, list(range(1, 18)))
    shown = ballot(elsewhere, "show", "icb-record.zip", "--json").value
    assert shown["places"] == icb.run("seats", "show", "--json").value["places"]
    assert len(shown["acts"]) == len(icb.run("acts", "list", "--json").value)
    assert "Regular ICB" in ballot(elsewhere, "verify", "icb-record.zip", "--plain").out
    assert len(read_icb_record(data).journal) == 4


def test_a_changed_or_truncated_record_fails_with_the_number_of_the_check(icb: Icb) -> None:
    icb.do(*vacate("at-large:3"))
    icb.run("seats", "publish", *SECRETARY)
    path = icb.folder / "icb-record.zip"
    data = path.read_bytes()
    for changed in (data[:-30], data.replace(b"at-large:3", b"at-large:4")):
        path.write_bytes(changed)
        said = icb.run("verify", "icb-record.zip", "--json")
        assert said.code == 4
        failed = json.loads(said.out)["checks"][-1]
        assert (failed["number"], failed["passed"]) == (1, False)


def test_a_store_whose_journal_was_changed_is_refused(icb: Icb) -> None:
    icb.do(*vacate("at-large:3"))
    with closing(sqlite3.connect(icb.folder / "icb.db", isolation_level=None)) as connection:
        for statement in (
            "DELETE FROM icb_journal WHERE height = 1",
            "UPDATE icb_journal SET entry = x'00'",
            "INSERT OR REPLACE INTO icb_journal VALUES (0, x'00')",
            "INSERT INTO icb_journal VALUES (7, x'00')",
            "DELETE FROM icb_records",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
        connection.execute("DROP TRIGGER icb_journal_update")
        connection.execute("UPDATE icb_journal SET entry = replace(entry, 'at-large:3', 'at-large:4') WHERE height = 1")
    assert icb.run("seats", "show").code == 3
