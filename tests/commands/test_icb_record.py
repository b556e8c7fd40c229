"""What the ICB's record shows to whoever has only the file: corrected acts, offices, proxies, and every fingerprint."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
from ballot.aloud import numbered
from ballot.crypto.words import fingerprint_line
from ballot.icb.record import read_icb_record, write_icb_record
from ballot.icb.secretary import OfficerElected
from ballot.wire import sha256_hex
from tests.commands.assembly import ballot
from tests.commands.bodies import LETTER, SECOND, SECRETARY, Icb, vacate


def test_show_marks_corrected_acts_and_shows_proxies_as_the_secretary_s_own_lists_do(icb: Icb) -> None:
    icb.do("proxy", "appoint", "at-large:1", "--person", "Pim Stand", "--member", "M004", *LETTER)
    icb.do(*vacate("at-large:3"))
    icb.do("acts", "correct", "2", "--wrong", "the letter was of somebody else")
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    shown = icb.run("show", "icb-record.zip", "--plain").out
    assert f"Who: {icb.held()['at-large:1']} (proxy: Pim Stand)" in shown
    (marked,) = re.findall("Says: (.*) Corrected by act 3\\.", shown)
    assert "at-large:3 is vacant" in marked
    assert icb.run("acts", "list", "--plain").out.split("\n\nLast act")[0] in shown
    value = icb.run("show", "icb-record.zip", "--json").value
    assert value["acts"] == icb.run("acts", "list", "--json").value
    seats = icb.run("seats", "show", "--json").value
    assert all(value[key] == seats[key] for key in seats if key != "acts")


def test_whoever_wrote_a_letter_finds_its_sha256_and_not_the_act_s_beside_it(icb: Icb) -> None:
    """A withdrawal stands on the member's own letter and on the minutes: both are shown."""
    papers = {name: sha256_hex((icb.folder / f"{name}.txt").read_bytes()) for name in ("letter", "minutes")}
    change = ("membership", "change", "M001", *LETTER, "--decision", "minutes.txt", "--reference", "their letter")
    said = icb.run(*change, "--standing", "resigned", *SECRETARY, *SECOND, "--plain")
    digest = icb.run("acts", "list", "--json").value[1]["digest"]
    for what in ("letter", "minutes"):
        assert f"SHA-256 of the {what}: {papers[what]}\n" in said.out
    assert f"Act's SHA-256: {digest}\n" in said.out
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    for command in (("acts", "list"), ("show", "icb-record.zip")):
        shown = icb.run(*command, "--plain").out
        letter = f"Paper: letter\nCalled: their letter\nSHA-256 of the file: {papers['letter']}\n"
        minutes = f"Paper: minutes\nCalled: minutes.txt\nSHA-256 of the file: {papers['minutes']}\n"
        assert f"Act: 1\n{letter}\nAct: 1\n{minutes}" in shown
        assert f"Act's SHA-256: {digest[:16]}…\n" in shown
    (act,) = (act for act in icb.run("show", "icb-record.zip", "--json").value["acts"] if act["papers"])
    assert [(paper["paper"], paper["sha256"]) for paper in act["papers"]] == [
        ("letter", papers["letter"]),
        ("decision", papers["minutes"]),
    ]


def test_show_tells_who_holds_an_office(term: tuple[Path, object]) -> None:
    folder, _ = term
    shown = ballot(folder, "show", "icb-record.zip", "--plain").out
    offices = ballot(folder, "seats", "show", "--plain").out
    elected = read_icb_record((folder / "icb-record.zip").read_bytes()).journal[10].entry.act
    assert isinstance(elected, OfficerElected)
    words = fingerprint_line(elected.opening)
    assert f"Of: Opening of the election of act 10\nSHA-256: {elected.opening}\nIn words: {numbered(words)}\n" in shown
    office = offices[offices.index("Offices\n") : offices.index("\n\nRegular ICB: ")]
    assert "Office: Chairperson" in office
    assert office in shown


def test_an_officer_s_certificate_is_that_of_the_seat(term: tuple[Path, object], tmp_path: Path) -> None:
    shutil.copy(term[0] / "icb.db", tmp_path)
    said = ballot(tmp_path, "seats", "certificate", "Chairperson", "--out", "c.txt", "--json")
    assert (said.code, said.value["seat"]) == (0, "at-large:4"), said.err
    assert "is Chairperson: the certificate of at-large:4 names the office" in said.err
    assert "Office:       Chairperson, since 2024-04-20" in said.value["certificate"]


def test_every_fingerprint_of_a_certificate_is_shown_by_the_command_that_it_names(icb: Icb) -> None:
    icb.do(*vacate("at-large:3"))
    icb.do("vacancy", "fill", "at-large:3", "--person", icb.held()["alternate:1"], *LETTER)
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    text = icb.run("seats", "certificate", "at-large:3", "--out", "c.txt", "--json").value["certificate"]
    digests = re.findall("^  ([0-9a-f]{64})$", text, re.MULTILINE)
    assert len(digests) == 4
    assert "`ballot show` shows" in " ".join(text.split())
    shown = icb.run("show", "icb-record.zip", "--plain").out
    for digest in digests:
        words = fingerprint_line(digest)
        assert numbered(words) in shown
        assert all(f"  {group}\n" in text for group in words.split(" · "))


def test_a_record_whose_acts_lead_nowhere_is_not_shown(icb: Icb) -> None:
    icb.do(*vacate("at-large:3"))
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    path = icb.folder / "icb-record.zip"
    contents = read_icb_record(path.read_bytes())
    founded, vacant = contents.journal
    unsigned = structs.replace(vacant, secretary=founded.secretary)
    path.write_bytes(write_icb_record(replace(contents, journal=(founded, unsigned))))
    said = icb.run("show", "icb-record.zip")
    assert (said.code, said.out) == (3, "")
    assert "entry 1 (vacancy declared)" in said.errors[0]


def test_the_command_that_is_shown_next_can_be_typed_whatever_the_file_is_called(icb: Icb) -> None:
    said = icb.run("seats", "publish", *SECRETARY, "--out", "our record; 2.zip")
    assert 'Next: `ballot verify "our record; 2.zip"`' in said.err
    assert '`ballot verify "our record; 2.zip"` tells' in icb.run("show", "our record; 2.zip").err


def test_a_store_that_was_lost_comes_back_from_the_record_with_all_that_it_held(
    term: tuple[Path, object], tmp_path: Path
) -> None:
    """Officers' records too, so the secretary publishes the same bytes and goes on."""
    for name in ("icb-record.zip", "secretary.key", "icb.db"):
        shutil.copy(term[0] / name, tmp_path)
    lost = ballot(tmp_path, "seats", "show", "--json").value
    assert "exists already" in ballot(tmp_path, "seats", "restore", "icb-record.zip").errors[0]
    (tmp_path / "icb.db").unlink()
    said = ballot(tmp_path, "seats", "restore", "icb-record.zip", "--json")
    assert said.code == 0, said.err
    assert "Has anybody a newer record" in said.err
    assert ballot(tmp_path, "seats", "show", "--json").value == lost
    words = {"BALLOT_SECRETARY_PASSPHRASE": WORDS_OF_ALL_KEYS}
    assert ballot(tmp_path, "seats", "publish", *SECRETARY, "--out", "again.zip", **words).code == 0
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "icb-record.zip").read_bytes()


def test_no_store_is_made_from_a_record_that_is_forged_or_of_an_assembly(icb: Icb) -> None:
    assert icb.run("seats", "publish", *SECRETARY).code == 0
    contents = read_icb_record((icb.folder / "icb-record.zip").read_bytes())
    places = structs.replace(contents.places, places=contents.places.places[:-1])
    forged = write_icb_record(replace(contents, places=places))
    (icb.folder / "forged.zip").write_bytes(forged)
    assert icb.run("seats", "restore", "forged.zip", "--store", "new.db").code == 4
    said = icb.run("seats", "restore", "record.zip", "--store", "new.db")
    assert (said.code, said.errors) == (3, ["this is no record of an ICB"])
    assert not (icb.folder / "new.db").exists()
