"""Elections of officers in the ICB: who is on the roll, who may stand, and which act a verified record bears out."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot.charter import load
from ballot.decisions import question
from ballot.errors import Refused
from ballot.evidence import Evidence
from ballot.icb.officers import act_of, cautions, check_day, check_officer, read_candidates, roll_of, salts_of
from ballot.icb.places import State
from ballot.icb.seats import found, perform
from ballot.icb.secretary import Act as SecretaryAct
from ballot.icb.secretary import Dated, OfficerElected
from ballot.journal import Act, Entry, SignedEntry
from ballot.people import Delegate, Member, publish
from ballot.record import Contents, read_record
from ballot.statements import replaced
from ballot.votes import Candidate, Contest, Opening
from ballot.wire import sha256_hex, tagged
from tests.icb import (
    DECLARED,
    after,
    assembly,
    correct,
    designations,
    digest,
    end_proxy,
    fill,
    founding,
    membership,
    paper,
    proxy,
    vacate,
)
from tests.play import CHARTER, Staging, play

RECORD = b"the record of the meeting"
MINUTES = paper("minutes of the meeting")
LIST = "candidates.csv"
CANDIDATES = "number,name\n2,Region 3\n1,PERSON\u00a08\n".encode()
OFFICES = ("Treasurer", "Auditor", "Chairperson")


def meeting() -> State:
    """A full ICB but for at-large:3, in which Pat stands in for at-large:2 and R4B is suspended."""
    charter = sha256_hex(CHARTER)
    empty = found(load(CHARTER), structs.replace(assembly(), charter=charter))
    state = after(perform(empty, Dated(DECLARED, structs.replace(founding(), charter=charter))), *designations())
    return after(state, vacate("at-large:3"), proxy("at-large:2", "Pat Proxy", "R6B"), membership("R4B", "suspended"))


def offices(*names: str, state: State | None = None) -> tuple[Contest, ...]:
    """A contest for each office among Person 8 and Region 3."""
    people, faults = read_candidates(CANDIDATES, state or meeting(), LIST)
    assert faults == []
    return tuple(Contest(name, "officer", 0, 1, people) for name in names)


@cache
def held() -> Evidence:
    """The meeting's election, read and not verified: Region 3 wins one office, lots the second, nobody the third.

    It has a question too, which is called as an office could be.
    """
    state = meeting()
    roll, choices = roll_of(state), (((2,), (1,), (), (1,)), ((2,), (2,), (), (1,)), ((1,), (), (), (2,)))
    clerk = question("Clerk", state.charter.decision("icb-motion"))
    staging = Staging(roll, (*offices(*OFFICES), clerk), opening=lambda opening: structs.replace(opening, present=12))
    record = read_record(play(choices, outstanding=0, staging=staging).record())
    *before, last = record.contents.journal
    journal = (*before, structs.replace(last, entry=structs.replace(last.entry, at="2026-07-30T18:00Z")))
    public = publish(roll, salts_of(state))
    return Evidence(replace(record, contents=replace(record.contents, roll=public, journal=journal)))


def elected(office: str = "Treasurer") -> OfficerElected:
    return act_of(meeting(), office, RECORD, held(), MINUTES)


def test_the_roll_of_a_meeting_is_who_votes_for_the_seats_that_are_held() -> None:
    roll = roll_of(meeting())
    seats = [
        "AT-LARGE-1",
        "AT-LARGE-2",
        *(f"AT-LARGE-{n}" for n in range(4, 9)),
        *(f"REGIONAL-{n}" for n in range(1, 8)),
    ]
    assert [member.id for member in roll.members] == seats
    assert [delegate.number for delegate in roll.delegates] == list(range(1, 15))
    assert roll.members[0] == Member("AT-LARGE-1", "Union 2A", "ZZ", "South Asia", "icb", "good")
    by_seat = {delegate.member: delegate for delegate in roll.delegates}
    assert by_seat["REGIONAL-3"] == Delegate(3, "Region 3", "REGIONAL-3", True, "act 3 of the ICB's journal", "")
    assert by_seat["AT-LARGE-1"] == Delegate(8, "Person 1", "AT-LARGE-1", True, "act 0 of the ICB's journal", "")
    assert by_seat["AT-LARGE-2"] == Delegate(9, "Pat Proxy", "AT-LARGE-2", True, "act 11 of the ICB's journal", "")
    # The seat keeps its organisation, whoever stands in for it.
    assert roll.members[1].organisation == "Union 3A"


def test_seats_stand_on_the_roll_in_a_standing_that_votes_and_can_be_voted_in() -> None:
    good, *others = meeting().charter.standings
    silent, barred = structs.replace(good, name="silent", votes=False), structs.replace(good, name="b", may_stand=False)
    charter = structs.replace(meeting().charter, standings=(silent, barred, *others, good))
    assert {member.standing for member in roll_of(replace(meeting(), charter=charter)).members} == {"good"}


def test_everybody_knows_the_salts_of_a_meeting() -> None:
    state = meeting()
    assert salts_of(state) == {n: tagged("icb-name", digest("opening"), str(n))[:16] for n in range(1, 15)}


def test_candidates_are_those_named_in_the_order_of_their_numbers() -> None:
    assert offices("Treasurer")[0].candidates == (
        Candidate(1, "Person 8", "AT-LARGE-8", "Union 2A", "South Asia"),
        Candidate(2, "Region 3", "REGIONAL-3", "Union 3B", "Europe"),
    )


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("", [(0, "", "there is no row after the header")]),
        ("1,Person 8\n2,Person 8\n", [(3, "name", "'Person 8' is the same name as in row 2")]),
        ("1,Person 8\n1,Region 3\n", [(3, "number", "1 is already in row 2")]),
        ("1,\n", [(2, "name", "the value is missing")]),
        (
            "2,Region 4\n3,Nobody\n1,Pat Proxy\n",
            [
                (2, "name", "'Region 4' is of a member with the standing 'suspended' (V §6)"),
                (3, "name", "'Nobody' is no regular member of the ICB (VI §4(f.2))"),
                (4, "name", "'Pat Proxy' is a proxy, and a proxy is never an officer (VI §4(e))"),
            ],
        ),
        (
            "1,Person 9\n5,Friend 1\n",
            [
                (2, "name", "'Person 9' holds alternate:1, and the next four are alternates"),
                (3, "name", "'Friend 1' holds ex-officio:1, and the associate members designate"),
                (3, "number", "5 leaves a gap"),
            ],
        ),
        ("1,Nobody\nx,Region 3\n", [(2, "name", "'Nobody' is no regular"), (3, "number", "'x' is not a whole number")]),
    ],
)
def test_a_list_of_candidates_is_told_every_fault_row_by_row(rows: str, faults: list[tuple[int, str, str]]) -> None:
    _, found = read_candidates(f"number,name\n{rows}".encode(), meeting(), LIST)
    assert [fault.file for fault in found] == [LIST] * len(faults)
    assert sorted((fault.row, fault.field) for fault in found) == [(row, field) for row, field, _ in faults]
    assert [fault.row for fault in found] == sorted(fault.row for fault in found)
    for row, field, said in faults:
        (fault,) = (fault for fault in found if (fault.row, fault.field) == (row, field))
        assert said in fault.problem


@pytest.mark.parametrize("data", [b"", b"no,such,columns\n", b"number,name\n1,Person 8,more\n"])
def test_a_list_that_cannot_be_read_is_told_that_alone(data: bytes) -> None:
    people, faults = read_candidates(data, meeting(), LIST)
    assert people == ()
    assert faults
    assert not any("no row after the header" in fault.problem for fault in faults)


def test_a_record_gives_the_act_of_its_office() -> None:
    act = OfficerElected("Treasurer", "Region 3", held().opening.fingerprint, sha256_hex(RECORD), 12, MINUTES)
    assert elected("TREASURER") == act
    assert elected("Auditor").person in ("Person 8", "Region 3")
    after(meeting(), act)


def test_no_act_is_made_of_a_record_of_another_electorate() -> None:
    with pytest.raises(Refused, match="the electorate is not who votes"):
        act_of(after(meeting(), vacate("at-large:1")), "Treasurer", RECORD, held(), MINUTES)


def test_a_record_that_elects_nobody_asks_for_another_election() -> None:
    with pytest.raises(Refused, match="nobody is elected Chairperson: Needed: more than 1/2") as caught:
        elected("Chairperson")
    assert caught.value.hint == "Hold the run-off and record that one."


def test_an_office_that_is_not_in_the_record_is_named_with_those_that_are() -> None:
    with pytest.raises(Refused, match=r"has no contest for the office 'Clerk' \(VI §4\(f.2\)\)") as caught:
        elected("Clerk")
    assert caught.value.hint == "It has: Treasurer, Auditor, Chairperson, Clerk."


def of(contents: Contents) -> Evidence:
    """An election with other contents, read and not verified."""
    return Evidence(replace(held().record, contents=contents))


def reopened(opening: Opening) -> tuple[OfficerElected, Evidence]:
    """The act and the election as if this had been its opening statement."""
    signed = structs.replace(held().contents.opening, opening=opening)
    return structs.replace(elected(), opening=opening.fingerprint), of(replace(held().contents, opening=signed))


def with_candidate(**changes: str) -> tuple[OfficerElected, Evidence]:
    """The act and the election with something else written of the candidate who lost."""
    first, *others = held().opening.contests
    loser, winner = first.candidates
    contest = structs.replace(first, candidates=(structs.replace(loser, **changes), winner))
    return reopened(structs.replace(held().opening, contests=(contest, *others)))


def replaced_delegate() -> tuple[OfficerElected, Evidence]:
    journal = held().contents.journal
    entry = Entry(len(journal), "", journal[-1].entry.at, Act.REPLACED, replaced(3, "0" * 64, "letter"))
    return elected(), of(replace(held().contents, journal=(*journal, SignedEntry(entry, ""))))


def declared_at(minute: str) -> Evidence:
    *before, last = held().contents.journal
    entry = structs.replace(last, entry=structs.replace(last.entry, at=minute))
    return of(replace(held().contents, journal=(*before, entry)))


def another_charter() -> tuple[OfficerElected, Evidence]:
    return reopened(structs.replace(held().opening, charter="0" * 64))


REFUSED: list[tuple[str, Callable[[], tuple[OfficerElected, Evidence]], str]] = [
    (
        "another election",
        lambda: (structs.replace(elected(), opening="0" * 64), held()),
        r"the record is of another election, or under another charter (VI §4(f.2))",
    ),
    ("another charter", another_charter, "the record is of another election, or under another charter (VI §4(f.2))"),
    ("a delegate who was replaced", replaced_delegate, "who can only send a proxy (VI §4(e))"),
    (
        "a candidate who is an alternate",
        lambda: with_candidate(name="Person 9"),
        "candidate 1 cannot be elected: 'Person 9' holds alternate:1",
    ),
    (
        "a candidate who is an alternate, with the place of one",
        lambda: with_candidate(name="Person 9", member="ALTERNATE-1", organisation="Union 3A", region="Europe"),
        "candidate 1 cannot be elected: 'Person 9' holds alternate:1",
    ),
    (
        "a candidate who sits nowhere",
        lambda: with_candidate(name="Mallory"),
        "candidate 1 cannot be elected: 'Mallory' is no regular member of the ICB (VI §4(f.2))",
    ),
    ("a candidate of another seat", lambda: with_candidate(member="AT-LARGE-1"), "candidate 1 cannot be elected: "),
    (
        "who lost",
        lambda: (structs.replace(elected(), person="Person 8"), held()),
        "Person 8 is not elected Treasurer: Needed: more than 1/2",
    ),
    (
        "an office that nobody won",
        lambda: (structs.replace(elected(), office="Chairperson"), held()),
        "Region 3 is not elected Chairperson: Needed: more than 1/2",
    ),
    (
        "more present",
        lambda: (structs.replace(elected(), present=13), held()),
        "12 members were present, not 13 (VI §4(f.2))",
    ),
    (
        "fewer present",
        lambda: (structs.replace(elected(), present=11), held()),
        "12 members were present, not 11 (VI §4(f.2))",
    ),
]


def test_the_act_that_a_record_bears_out_is_accepted_however_the_name_is_spelt() -> None:
    check_officer(meeting(), elected(), held())
    check_officer(meeting(), structs.replace(elected(), person="REGION\u00a03", office="treasurer"), held())


@pytest.mark.parametrize(("forge", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_attack_an_act_that_the_record_does_not_bear_out(
    forge: Callable[[], tuple[OfficerElected, Evidence]], said: str
) -> None:
    act, election = forge()
    with pytest.raises(Refused, match=re.escape(said)):
        check_officer(meeting(), act, election)


@pytest.mark.parametrize(
    "change", [vacate("regional:Europe"), end_proxy("at-large:2"), fill("at-large:3", "Person 9", "R3A")]
)
def test_attack_an_electorate_that_is_not_who_votes_just_before_the_act(change: SecretaryAct) -> None:
    with pytest.raises(Refused, match=r"not who votes in the ICB just before the act: .* \(VI §4\(f.2\)\)") as caught:
        check_officer(after(meeting(), change), elected(), held())
    assert "the regional and the regular at-large members" in caught.value.message
    assert "before any act that changes who votes" in caught.value.hint


def test_attack_one_election_fills_an_office_twice() -> None:
    state = after(meeting(), elected(), vacate("office:Treasurer"))
    act = structs.replace(elected(), meeting=paper("other minutes"))
    with pytest.raises(Refused, match=r"this election filled the office already, by act 13 \(VI §4\(f.2\)\)"):
        check_officer(state, structs.replace(act, office="TREASURER"), held())


def test_one_election_fills_several_offices_and_the_same_one_after_a_correction() -> None:
    state = after(meeting(), elected())
    check_officer(state, elected("Auditor"), held())
    check_officer(after(state, correct(13)), elected(), held())


@pytest.mark.parametrize(("minute", "possible"), [("2026-07-30T09:59Z", False), ("2026-07-30T10:00Z", True)])
def test_attack_an_election_that_was_over_before_the_office_fell_vacant(minute: str, possible: bool) -> None:
    """At 10 in the morning in UTC the next day begins in the east of Kiribati."""
    state = after(meeting(), structs.replace(elected(), record="0" * 64), vacate("office:Treasurer"), on="2026-07-31")
    election = declared_at(minute)
    said = r"over on 2026-07-30, before the office fell vacant on 2026-07-31 \(VI §4\(f.2\)\)"
    with nullcontext() if possible else pytest.raises(Refused, match=said):
        check_officer(state, elected(), election)


def test_what_would_keep_a_result_out_of_the_journal_is_said_before_the_election() -> None:
    state = after(meeting(), elected())
    (contest,), noon = offices("Treasurer"), f"{state.steps[-1].on}T12:00Z"
    assert cautions(meeting(), [contest], noon) == []
    (held,) = cautions(state, [contest], noon)
    assert held.startswith("Region 3 is Treasurer: no election that is over before the day of that vacancy fills it.")
    assert cautions(after(state, vacate("office:Treasurer")), [contest], noon) == []
    (typed,) = cautions(after(state, vacate("office:Treasurer")), offices("Treasuerer"), noon)
    assert typed == "Treasuerer is an office that nobody has held so far; those there are: Treasurer."
    (late,) = cautions(meeting(), [contest], "2025-05-03T12:00Z")
    assert late.startswith("this machine's clock is at 2025-05-03, before the last act of the ICB, 2026-05-03.")
    assert cautions(state, [question("Clerk", state.charter.decision("icb-motion"))], noon) == []


def test_no_minute_of_the_calendar_stops_the_check_of_a_day() -> None:
    check_day("2026-07-30", declared_at("0001-01-01T00:00Z"))
    with pytest.raises(Refused, match="was declared on 9999-12-31, after the day of the act, 2026-07-30") as caught:
        check_day("2026-07-30", declared_at("9999-12-31T23:59Z"))
    assert caught.value.hint == "Nobody is in office before the election is over: look at the year."
