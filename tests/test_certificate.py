"""The certificate: that it says who, why and by which vote, from the journal alone, and never of a vacant seat."""

import pytest

from ballot.crypto import signing
from ballot.crypto.signer import PublicSigner
from ballot.crypto.words import fingerprint_line
from ballot.errors import Refused
from ballot.icb.certificate import certificate
from ballot.icb.places import State
from ballot.statements import digest_of
from tests.icb import (
    SECRETARY,
    acts_of,
    after,
    decline,
    digest,
    fill,
    full,
    journal_of,
    officer,
    proxy,
    start,
    vacate,
)


def promoted() -> State:
    state = after(full(), vacate("at-large:3"), decline("at-large:3", "Person 9"), on="2027-02-01")
    return after(state, fill("at-large:3", "Person 11", "R5A"), on="2027-02-08")


def certified(state: State, seat: str) -> str:
    return certificate(state, seat, journal_of(acts_of(state)))


def test_a_promoted_alternate_shows_the_vote_the_lots_and_every_act() -> None:
    text = certified(promoted(), "at-large:3")
    for line in (
        "Name:         Person 11",
        "Organisation: Union 5A",
        "Region:       USA",
        "Seat:         at-large:3",
        "Since:        2027-02-08, by act 12 of the secretary's journal",
        "Article:      VI §4(f.3)",
        "              Any other seat goes to the alternate with the most votes. (VI",
        "              §4(f.3))",
        "Votes:        yes",
        "No. 11  Person 11: 90 votes, elected as number 2 of the alternates.",
        "Places 10-11 were tied; lots drawn in public put them in the order No. 11,",
        "  No. 10.",
        "  10  2027-02-01  at-large:3 is vacant: resignation, communicated by the",
        "                  member (document letter 1).",
        "  11  2027-02-01  Person 9 declines at-large:3 (document letter 1).",
        "  12  2027-02-08  Person 11 (R5A) fills at-large:3 (document letter 1).",
        "                  (VI §4(f.3))",
    ):
        assert line in text.split("\n")


def test_its_fingerprints_are_those_of_the_journal_in_hex_and_in_words() -> None:
    state = after(promoted(), vacate("at-large:1"))
    journal = journal_of(acts_of(state))
    lines = certificate(state, "at-large:3", journal).split("\n")
    secretary = PublicSigner("secretary", "Sri Secretary", signing.public_hex(SECRETARY))
    for title, value in (
        ("Act 12 of the journal", journal[12].digest),
        ("Last act of the journal when this was written, act 13", journal[13].digest),
        ("Opening statement of the Assembly's election", digest("opening")),
        (
            "Key of Sri Secretary, secretary",
            digest_of(secretary),
        ),
    ):
        place = lines.index(f"{title}:")
        assert lines[place + 1] == f"  {value}"
        assert " · ".join(line.strip() for line in lines[place + 2 : place + 5]) == fingerprint_line(value)


@pytest.mark.parametrize("seat", [place.seat for place in promoted().places if place.person])
def test_its_lines_fit_paper_and_an_80_column_screen(seat: str) -> None:
    state = after(promoted(), officer("Treasurer", "Person 8"), proxy("regional:Europe", "Stand-in", "R3C"))
    assert max(map(len, certified(state, seat).split("\n"))) <= 76


def test_a_member_of_the_first_day_stands_on_the_founding() -> None:
    text = certified(after(full(), officer("Treasurer", "Person 8"), officer("Chairperson", "Person 1")), "at-large:8")
    assert "Since:        2026-05-03, by act 0 of the secretary's journal" in text
    assert "No. 8  Person 8: 92 votes, elected as number 8 of the regular members." in text
    assert "Office:       Treasurer, since 2026-05-03, by act 10 (VI §5)" in text
    assert text.count("Person 8 is elected Treasurer") == 1
    assert "The acts on this seat, and on the office\n" in text
    assert "Chairperson" not in text
    assert text.count("The ICB is seated") == 1


def test_a_region_shows_its_letter_and_no_vote() -> None:
    text = certified(after(full(), proxy("regional:Europe", "Stand-in", "R3C")), "regional:Europe")
    assert "Region 3 (R3B) is designated for regional:Europe (document" in text
    assert "Proxy:        Stand-in, since 2026-05-03 (VI §4(e))" in text
    assert "The vote" not in text
    assert "votes, elected" not in text


def test_an_ex_officio_member_is_told_to_have_no_vote() -> None:
    assert "\nVotes:        no\n" in certified(full(), "ex-officio:1")


def test_only_who_sits_by_the_assembly_s_vote_shows_it() -> None:
    state = after(full(), vacate("at-large:1"), vacate("regional:South Asia"))
    state = after(state, fill("regional:South Asia", "Person 1", "R2A"))
    assert "The vote" not in certified(state, "regional:South Asia")
    state = after(state, vacate("ex-officio:1"), fill("ex-officio:1", "Person 9", "R3A"))
    assert "No. 9  Person 9: 91 votes, elected as number 1 of the alternates." in certified(state, "ex-officio:1")
    assert "The vote" not in certified(state, "ex-officio:2")
    assert "The vote" in certified(state, "alternate:2")


@pytest.mark.parametrize("seat", ["regional:Europe", "at-large:99"])
def test_a_vacant_or_unknown_seat_is_refused(seat: str) -> None:
    with pytest.raises(Refused, match=r"VI §4\(a\)"):
        certified(start(), seat)


def test_another_journal_certifies_nothing() -> None:
    state = promoted()
    journal = journal_of(acts_of(state))
    other = journal_of(acts_of(full()))
    for wrong in (journal[:-1], other, (), journal[1:]):
        with pytest.raises(Refused, match="journal that led"):
            certificate(state, "at-large:3", wrong)
