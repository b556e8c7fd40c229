"""The three years of icb-term, played once: expected places, the record elsewhere, elections and forgeries."""

import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts.sample import Staff, samples
from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
from ballot.acts.seats import replayed
from ballot.acts.term import ACTS, play_term
from ballot.charter import builtin, load
from ballot.commands.clock import today
from ballot.crypto.signer import load_signer
from ballot.errors import BadInput
from ballot.icb.journal import sign_act, sign_tip
from ballot.icb.officers import act_of
from ballot.icb.record import read_icb_record, write_icb_record
from ballot.icb.secretary import Dated, OfficerElected, VacancyDeclared
from ballot.icb.verify import verify_icb
from ballot.verify import VerificationError, verify
from tests.commands.assembly import Outcome, ballot
from tests.commands.bodies import SECOND, SECRETARY, Icb, prepare, vacate
from tests.commands.test_meetings import PLAN
from tests.icb import paper

PHRASES = {f"BALLOT_{role}_PASSPHRASE": WORDS_OF_ALL_KEYS for role in ("SECRETARY", "SECOND")}


def run(folder: Path, *args: str) -> Outcome:
    return ballot(folder, *args, **PHRASES)


def test_the_places_on_five_days_are_the_expected_ones(term: tuple[Path, Outcome]) -> None:
    folder, said = term
    assert said.code == 0, said.err
    expected = json.loads((samples() / "icb-term" / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == 5
    assert {
        day["on"]: {
            "places": {place["seat"]: place["person"] for place in day["places"]},
            "offices": {office["name"]: office["person"] for office in day["offices"] if office["person"]},
        }
        for day in said.value["days"]
    } == expected
    for on, day in expected.items():
        shown = run(folder, "seats", "show", "--on", on, "--json").value
        assert {place["seat"]: place["person"] for place in shown["places"]} == day["places"]


@pytest.mark.parametrize(
    "acts",
    [
        "acts = 1",
        "acts = " + "[" * 100_000,
        'acts = ["resigned"]',
        'acts = [{ on = "2022-06-05" }]',
        'acts = [{ act = "resigned" }]',
        'acts = [{ on = "some day", act = "resigned" }]',
        'acts = [{ on = 7, act = "resigned" }]',
        "",
        "acts = []\ndeclared = 7",
    ],
)
def test_acts_that_are_written_as_no_acts_are_named_before_anything_is_played(acts: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(samples() / "icb-term", tmp_path / "term"))
    declared = "" if "declared" in acts else 'declared = "2022-05-22"\n'
    (folder / ACTS).write_text(declared + acts, encoding="utf-8")
    with pytest.raises(BadInput) as said:
        play_term(folder / "election.toml", tmp_path / "out", None, None, Staff(), lambda *_: nullcontext(print), False)
    assert [fault.file for fault in said.value.faults] == [ACTS]
    assert not (tmp_path / "out").exists()


def test_the_record_holds_elsewhere_and_replays_to_what_the_store_says(
    term: tuple[Path, Outcome], tmp_path: Path
) -> None:
    folder, _ = term
    shutil.copy(folder / "icb-record.zip", tmp_path)
    said = ballot(tmp_path, "verify", "icb-record.zip", "--json")
    assert said.code == 0, said.err
    assert [check["number"] for check in said.value["checks"]] == list(range(1, 18))
    _, state, contents = verify_icb((tmp_path / "icb-record.zip").read_bytes(), workers=1)
    stored = run(folder, "seats", "show", "--json").value
    assert [place.person for place in state.places] == [place["person"] for place in stored["places"]]
    assert len(contents.officers) == 2


def test_the_promoted_alternate_shows_a_certificate(term: tuple[Path, Outcome], tmp_path: Path) -> None:
    shutil.copy(term[0] / "icb.db", tmp_path)
    said = run(tmp_path, "seats", "certificate", "at-large:3", "--out", "c.txt")
    assert said.code == 0, said.err
    text = (tmp_path / "c.txt").read_text(encoding="utf-8")
    assert "Joon Bellharbour" in text
    assert "elected as number 2 of the alternates" in text
    assert "Ines Moonferry declines at-large:3" in text


def test_an_election_counts_for_its_office_only(term: tuple[Path, Outcome], tmp_path: Path) -> None:
    folder, _ = term
    for name in ("icb.db", "secretary.key", "second.key"):
        shutil.copy(folder / name, tmp_path)
    shutil.copy(folder / "meeting-10" / "record.zip", tmp_path)
    (tmp_path / "minutes.txt").write_text("minutes", encoding="utf-8")
    again = ("--record", "record.zip", "--meeting", "minutes.txt", "--secretary", "secretary.key")
    said = run(tmp_path, "officers", "elected", "Treasurer", *again)
    assert (said.code, "no contest for the office 'Treasurer'" in said.errors[0]) == (3, True)
    shutil.copy(folder / "assembly" / "record.zip", tmp_path)
    assert "(VI §4(f.2))" in run(tmp_path, "officers", "elected", "Chairperson", *again).errors[0]


def test_an_office_is_spelt_as_the_record_has_it(term: tuple[Path, Outcome]) -> None:
    """Whoever types it in small letters leaves no trace of that in act and certificate."""
    record = (term[0] / "meeting-10" / "record.zip").read_bytes()
    _, election = verify(record, workers=1)
    journal = read_icb_record((term[0] / "icb-record.zip").read_bytes()).journal
    assembly = (term[0] / "assembly" / "record.zip").read_bytes()
    before = replayed(assembly, journal[:10]).state
    assert act_of(before, "chairperson", record, election, paper("minutes")).office == "Chairperson"


def test_attack_an_old_election_fills_the_office_again(term: tuple[Path, Outcome], tmp_path: Path) -> None:
    folder, _ = term
    for name in ("icb.db", "secretary.key"):
        shutil.copy(folder / name, tmp_path)
    (tmp_path / "letter.txt").write_text("letter", encoding="utf-8")
    key = ("--secretary", "secretary.key")
    cause = ("--cause", "other", "--from", "member", "--communication", "letter.txt")
    vacated = run(tmp_path, "vacancy", "declare", "Chairperson", *cause, *key, "--on", today(), "--json")
    assert (vacated.code, vacated.value["offices"][0]["person"]) == (0, "")
    assert f"The office Chairperson is vacant from {today()}: no election that was over before" in vacated.err
    assert "filled by an election in the ICB (VI §4(f.2))" in vacated.err
    assert f"`ballot new --from election.toml --icb {tmp_path / 'icb.db'}`" in vacated.err
    elected = "ballot officers elected Chairperson --record FILE --meeting FILE --secretary secretary.key"
    assert f"`{elected}`" in vacated.err
    for number in (10, 19):
        record = str(folder / f"meeting-{number}" / "record.zip")
        said = run(tmp_path, "officers", "elected", "Chairperson", "--record", record, "--meeting", "letter.txt", *key)
        assert said.code == 3
        assert "this election filled the office already" in said.errors[0]


def test_whoever_sets_up_an_election_for_an_office_that_is_held_is_told_in_time(
    term: tuple[Path, Outcome], tmp_path: Path
) -> None:
    """Its vacancy, recorded after the election with a later day, would leave the office vacant for good."""
    shutil.copy(term[0] / "icb.db", tmp_path)
    shown = run(tmp_path, "seats", "show", "--json").value
    (chair,) = (office["person"] for office in shown["offices"] if office["name"] == "Chairperson")
    (tmp_path / "election.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "candidates.csv").write_text(f"number,name\n1,{chair}\n", encoding="utf-8")
    said = run(tmp_path, "new", "--from", "election.toml")
    assert said.code == 0, said.err
    assert f"Warning: {chair} is Chairperson: no election that is over before the day of that vacancy" in said.err
    assert "If an act of the ICB changes who does, begin again with `ballot new`." in said.err


def test_the_founding_is_of_the_day_of_the_declaration_so_the_time_since_then_can_be_recorded(
    term: tuple[Path, Outcome], tmp_path: Path
) -> None:
    prepare(tmp_path, term[0] / "assembly" / "record.zip")
    icb = Icb(tmp_path)
    assert icb.run("seats", "found", "record.zip", *SECRETARY, *SECOND).code == 0
    assert icb.run("acts", "list", "--json").value[0]["on"] == "2022-05-22"
    icb.do(*vacate("at-large:1"), "--on", "2023-01-01")
    again = ("seats", "found", "record.zip", *SECRETARY, *SECOND, "--store", "other.db")
    assert "before the one it follows" in icb.run(*again, "--on", "2001-01-01").errors[0]
    assert icb.run(*again, "--on", "2022-06-01", "--json").value["on"] == "2022-06-01"


FORGED: list[tuple[str, Callable[[OfficerElected], OfficerElected], str]] = [
    ("another person", lambda act: structs.replace(act, person="Suri Fernhill"), "is not elected Chairperson"),
    ("more present", lambda act: structs.replace(act, present=15), "members were present, not 15"),
    ("another office", lambda act: structs.replace(act, office="Treasurer"), "no contest for the office"),
    ("another opening", lambda act: structs.replace(act, opening="0" * 64), "of another election"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_attack_an_officers_act_that_its_record_does_not_bear_out(
    term: tuple[Path, Outcome], change: Callable[[OfficerElected], OfficerElected], said: str
) -> None:
    def changed(old: Dated) -> list[Dated]:
        return [Dated(old.on, change(old.act))] if isinstance(old.act, OfficerElected) else [old]

    assert said in forged(term[0], changed)


def test_attack_an_office_filled_by_an_electorate_that_has_changed_since(term: tuple[Path, Outcome]) -> None:
    def changed(old: Dated) -> list[Dated]:
        if not isinstance(old.act, OfficerElected):
            return [old]
        left = VacancyDeclared("at-large:8", "illness", "member", paper("of at-large:8"))
        return [Dated(old.on, left), old]

    said = forged(term[0], changed)
    assert "the electorate is not who votes in the ICB just before the act" in said
    assert "VI §4(f.2)" in said


def forged(folder: Path, change: Callable[[Dated], list[Dated]]) -> str:
    """What check 17 says of a record whose acts, up to the first election, were changed and signed again."""
    contents = read_icb_record((folder / "icb-record.zip").read_bytes())
    secretary = load_signer((folder / "secretary.key").read_bytes(), "secretary", WORDS_OF_ALL_KEYS).ed25519
    second = load_signer((folder / "second.key").read_bytes(), "second", WORDS_OF_ALL_KEYS).ed25519
    charter, signed = load(builtin("ima")), contents.journal[:0]
    for old in contents.journal:
        for dated in change(Dated(old.entry.on, old.entry.act)):
            signed = (*signed, sign_act(charter, signed, dated, secretary, second))
        if isinstance(old.entry.act, OfficerElected):
            kept = {old.entry.act.record: contents.officers[old.entry.act.record]}
            break
    record = replace(contents, journal=signed, tip=sign_tip(signed, secretary), officers=kept)
    with pytest.raises(VerificationError) as caught:
        verify_icb(write_icb_record(record), workers=1)
    failed = caught.value.report.checks[-1]
    assert failed.number == 17
    return failed.sentence
