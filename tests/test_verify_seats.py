"""Check 17: records of the ICB, forged with every key in the forger's hands, and the check that each fails."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot.charter import load
from ballot.crypto import signing
from ballot.errors import Error, Refused
from ballot.evidence import Evidence
from ballot.icb.founding import assembly_of
from ballot.icb.journal import Entry, SignedAct, sign_act, sign_tip, state_of
from ballot.icb.officers import check_day, check_officer
from ballot.icb.record import IcbContents, Places, is_icb_record, read_icb_record, write_icb_record
from ballot.icb.secretary import (
    Act,
    Dated,
    Designated,
    Document,
    Founded,
    MemberAdmitted,
    MembershipChanged,
    OfficerElected,
    Organisation,
    ProxyAppointed,
    Signer,
    SignerChanged,
    VacancyDeclared,
    VacancyFilled,
)
from ballot.icb.verify import verify_icb
from ballot.record import pack, read_record, unpack
from ballot.verify import Check, VerificationError, verify
from ballot.wire import MAX_JSON, encode, sha256_hex
from tests.icb import full
from tests.play import Played, fair, play

SECRETARY, SECOND = signing.generate(), signing.generate()
PAPER, SECOND_PAPER, THIRD_PAPER = (Document("letter", sha256_hex(text)) for text in (b"one", b"two", b"three"))


@cache
def assembly() -> Played:
    """The Assembly's election, played once."""
    return play()


@cache
def contents() -> IcbContents:
    """An ICB with a region's member, a vacancy at large and nobody to fill it: three candidates are all regular."""
    played = assembly()
    record = played.record()
    facts = assembly_of(record, played.contents)
    signers = (Signer("Sri", signing.public_hex(SECRETARY)), Signer("Chidi", signing.public_hex(SECOND)))
    region = facts.organisations[1].region
    acts: tuple[Act, ...] = (
        Founded(facts.opening, facts.record, facts.charter, *signers),
        Designated(f"regional:{region}", "Rita", facts.organisations[1].id, PAPER),
        VacancyDeclared("at-large:1", "illness", "member", SECOND_PAPER),
    )
    return build(record, acts, facts.declared)


def build(record: bytes, acts: tuple[Act, ...], on: str) -> IcbContents:
    """Contents with acts that are signed, whether or not they are permitted."""
    played = assembly()
    charter = load(played.contents.charter)
    journal: tuple[SignedAct, ...] = ()
    for act in acts:
        journal = (*journal, sign_act(charter, journal, Dated(on, act), SECRETARY, SECOND))
    return close(record, journal)


def close(record: bytes, journal: tuple[SignedAct, ...]) -> IcbContents:
    """Contents with the places that a journal leads to, or none when it leads nowhere."""
    played = assembly()
    try:
        state = state_of(load(played.contents.charter), assembly_of(record, played.contents), journal)
        places = Places(1, state.places, state.offices)
    except Error:
        places = Places(1, (), ())
    return IcbContents(places, journal, sign_tip(journal, SECRETARY), record, {})


def failed(data: bytes) -> tuple[int, str]:
    with pytest.raises(VerificationError) as caught:
        verify_icb(data, workers=1)
    check = caught.value.report.checks[-1]
    assert (check.passed, caught.value.report.verified, caught.value.exit_code) == (False, False, 4)
    return check.number, check.sentence


def test_a_record_holds_and_tells_the_same_places() -> None:
    data = write_icb_record(contents())
    report, state, read = verify_icb(data, workers=1)
    assert [check.number for check in report.checks] == list(range(1, 18))
    assert report.verified
    assert report.checks[16] == Check(
        17,
        "seats",
        "Who sits in the ICB follows from the ranking and the secretary's signed acts.",
        "3 of 21 places held, 3 acts",
        passed=True,
    )
    assert (state.places, read) == (contents().places.places, contents())
    assert write_icb_record(read_icb_record(data)) == data
    assert is_icb_record(data)
    assert not is_icb_record(contents().assembly)


def with_journal(change: Callable[[tuple[SignedAct, ...]], tuple[SignedAct, ...]]) -> IcbContents:
    return close(contents().assembly, change(contents().journal))


def with_act(*more: Act) -> IcbContents:
    """More acts, properly signed, the last of which is not permitted."""
    journal = contents().journal
    acts = (*(signed.entry.act for signed in journal), *more)
    return build(contents().assembly, acts, journal[0].entry.on)


def attack_a_truncated_journal() -> IcbContents:
    cut = contents().journal[:-1]
    return replace(close(contents().assembly, cut), tip=contents().tip)


def attack_an_act_changed() -> IcbContents:
    first, second, third = contents().journal
    entry = structs.replace(second.entry, act=structs.replace(second.entry.act, person="Mallory"))
    return with_journal(lambda _: (first, structs.replace(second, entry=entry), third))


def attack_places_that_the_acts_do_not_lead_to() -> IcbContents:
    places = contents().places
    first = structs.replace(places.places[0], person="Mallory")
    return replace(contents(), places=structs.replace(places, places=(first, *places.places[1:])))


def attack_somebody_who_is_no_alternate_fills_a_seat() -> IcbContents:
    return with_act(VacancyFilled("at-large:1", "Mallory", "M001", THIRD_PAPER))


def attack_a_letter_that_stands_under_another_act() -> IcbContents:
    return with_act(ProxyAppointed("at-large:2", "Mallory", "M001", SECOND_PAPER))


def attack_one_person_in_both_offices() -> IcbContents:
    mine = Signer("SRI", signing.public_hex(signing.generate()))
    return forged(SignerChanged("second", mine, THIRD_PAPER))


def attack_a_key_recorded_again_as_another_one() -> IcbContents:
    return forged(SignerChanged("secretary", Signer("Mallory", signing.public_hex(SECRETARY)), THIRD_PAPER))


def forged(act: Act) -> IcbContents:
    """One more act by the same two keys, whatever it says of them."""
    journal = contents().journal
    entry = Entry(len(journal), journal[-1].digest, journal[-1].entry.on, act)
    signed = SignedAct(entry, *(signing.sign(key, "icb-act", encode(entry)) for key in (SECRETARY, SECOND)))
    return replace(contents(), journal=(*journal, signed))


def attack_an_organisation_admitted_again_under_another_id() -> IcbContents:
    return with_act(MemberAdmitted(Organisation("X1", "Оrganisation\u00a01", "Europe", "regular", "good"), THIRD_PAPER))


def attack_a_member_that_withdrew_is_suspended() -> IcbContents:
    changes = (MembershipChanged("M004", standing, THIRD_PAPER, THIRD_PAPER) for standing in ("resigned", "suspended"))
    return with_act(*changes)


def attack_one_person_in_two_seats_by_a_character_that_nobody_sees() -> IcbContents:
    played = assembly().contents.opening.opening.contests[0].candidates[0]
    return with_act(Designated("ex-officio:1", played.name + "\U000e0100", "A001", THIRD_PAPER))


def attack_one_person_in_two_seats_by_a_look_alike_letter() -> IcbContents:
    played = assembly().contents.opening.opening.contests[0].candidates[1]
    return with_act(Designated("ex-officio:1", played.name.replace("i", "ı"), "A001", THIRD_PAPER))


def attack_a_tip_of_another_key() -> IcbContents:
    tip = contents().tip
    forged = structs.replace(tip, secretary=signing.sign(SECOND, "icb-tip", b"{}"))
    return replace(contents(), tip=forged)


ATTACKS = [
    (attack_a_truncated_journal, "does not end as its secretary signed"),
    (attack_an_act_changed, "ICB journal entry 1"),
    (attack_places_that_the_acts_do_not_lead_to, "not those that the acts lead to"),
    (attack_somebody_who_is_no_alternate_fills_a_seat, r"VI §4\(f.3\)"),
    (attack_an_organisation_admitted_again_under_another_id, "the same name as that of the member M001"),
    (attack_a_member_that_withdrew_is_suspended, r"a member no more \(V §5\)"),
    (attack_one_person_in_two_seats_by_a_character_that_nobody_sees, r"U\+E0100"),
    (attack_one_person_in_two_seats_by_a_look_alike_letter, "nobody holds two places"),
    (attack_a_letter_that_stands_under_another_act, "this letter is recorded already, in act 2: at-large:1 is vacant"),
    (attack_one_person_in_both_offices, "are two people, and both keys are of Sri"),
    (attack_a_key_recorded_again_as_another_one, "this key signs for this office already"),
    (attack_a_tip_of_another_key, "icb-tip"),
]


@pytest.mark.parametrize(("attack", "said"), ATTACKS, ids=[attack.__name__ for attack, _ in ATTACKS])
def test_check_17_fails(attack: Callable[[], IcbContents], said: str) -> None:
    number, sentence = failed(write_icb_record(attack()))
    assert number == 17
    assert re.search(said, sentence), sentence


@pytest.mark.parametrize("name", ["icb-places.json", "icb-journal.json", "icb-tip.json"])
def test_attack_a_file_of_the_secretary_that_is_larger_than_any_json_is_read(name: str) -> None:
    files = unpack(write_icb_record(contents()))
    number, sentence = failed(pack({**files, name: files[name] + b" " * MAX_JSON}))
    assert (number, "too large" in sentence) == (1, True)


def test_an_assembly_record_that_does_not_hold_fails_by_its_own_number() -> None:
    record = contents().assembly
    broken = record.replace(b"Candidate 1", b"Candidate X")
    assert failed(write_icb_record(replace(contents(), assembly=broken)))[0] == 1


def test_attack_files_that_do_not_belong_or_lack() -> None:
    files = unpack(write_icb_record(contents()))
    for other in (
        {**files, "extra.txt": b""},
        {name: data for name, data in files.items() if name != "icb-tip.json"},
        dict(reversed(files.items())),
    ):
        assert failed(pack(other))[0] == 1


def test_attack_an_officer_whose_record_is_not_in_the_file() -> None:
    act = OfficerElected("Chair", "Candidate 1", sha256_hex(b"o"), sha256_hex(b"r"), 3, THIRD_PAPER)
    with pytest.raises(KeyError):
        write_icb_record(with_act(act))
    files = unpack(write_icb_record(contents()))
    files["officer-" + sha256_hex(b"r") + ".zip"] = b"r"
    assert failed(pack(files))[0] == 1


def test_attack_an_officer_is_in_office_before_the_election_was_over() -> None:
    """Acts have the day of the place where they were recorded, which can be the one before in UTC."""
    _, election = verify(fair().record(), workers=1)
    for day in ("2026-05-01", "2026-05-02"):
        check_day(day, election)
    for day in ("2026-04-30", "2024-05-01"):
        with pytest.raises(Refused, match="the election was declared on 2026-05-01, after the day of the act"):
            check_day(day, election)


@pytest.mark.parametrize(("minute", "possible"), [("2026-05-01T11:59Z", True), ("2026-05-01T12:00Z", False)])
def test_it_is_the_day_before_somewhere_until_noon_in_utc(minute: str, possible: bool) -> None:
    read = read_record(fair().record())
    *before, last = read.contents.journal
    declared = structs.replace(last, entry=structs.replace(last.entry, at=minute))
    election = Evidence(replace(read, contents=replace(read.contents, journal=(*before, declared))))
    with nullcontext() if possible else pytest.raises(Refused, match="after the day of the act"):
        check_day("2026-04-30", election)


@pytest.mark.parametrize(
    ("minute", "said"),
    [
        ("2000-01-01T12:00Z", "was over on 2000-01-01, before the office fell vacant on 2026-05-03"),
        ("2026-05-02T09:59Z", "was over on 2026-05-02, before the office fell vacant on 2026-05-03"),
        ("2026-05-02T10:00Z", "the electorate is not who votes"),
    ],
)
def test_attack_an_election_to_an_office_that_nobody_held_from_before_the_assembly(minute: str, said: str) -> None:
    read = read_record(fair().record())
    *before, last = read.contents.journal
    declared = structs.replace(last, entry=structs.replace(last.entry, at=minute))
    election = Evidence(replace(read, contents=replace(read.contents, journal=(*before, declared))))
    opening, state = election.opening, full()
    state = replace(state, assembly=structs.replace(state.assembly, charter=opening.charter))
    act = OfficerElected("Chair", "Candidate 1", opening.fingerprint, sha256_hex(b"r"), 3, THIRD_PAPER)
    with pytest.raises(Refused, match=said):
        check_officer(state, act, election)
