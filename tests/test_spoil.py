"""Spoiled papers, replaced delegates, and the sheet that must balance after every step."""

from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import election, papers
from ballot.errors import BadInput, Invalid, Refused, WrongPhase
from ballot.people import find_name
from ballot.record import read_record
from ballot.register import Reconciliation
from ballot.statements import replaced_names
from ballot.votes import BoothPaper
from tests.hall import Hall, hall, other_hall
from tests.play import NOON


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    return hall(tmp_path)


def sheet_of(place: Hall) -> Reconciliation:
    with place.store.read() as view:
        return election.reconciliation(view)


def test_the_last_way_to_a_paper_says_what_can_be_surrendered(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    place.spoil(1, place.open_envelope(bits[0]), from_envelope=True)
    place.spoil(1, place.desk_paper(1))
    place.spoil(3, place.desk_paper(3))
    place.draw(3)
    place.spoil(3, place.open_envelope(bits[1]), from_envelope=True)
    assert sheet_of(place).spoiled == 4


def test_a_spoiled_paper_can_never_be_cast_and_is_replaced_once(place: Hall) -> None:
    paper = place.paper(1)
    place.spoil(1, paper)
    with pytest.raises(BadInput) as caught:
        place.cast(place.sealed(paper, 1))
    assert "the paper of this ballot was spoiled, so it can never be cast" in str(caught.value.faults[0])
    fresh = place.paper(1)
    with pytest.raises(BadInput, match="1 fault"):
        place.paper(1)
    place.cast(place.sealed(fresh, 2))
    with place.store.read() as view:
        assert [entry.instead_of for entry, _ in view.register_of(1)] == ["", paper.paper.credential]
    report = place.verified()
    assert report.checks[8].figure == "2 issued = 1 cast + 1 spoiled + 0 returned + 0 outstanding"


def test_a_paper_is_not_spoiled_while_an_envelope_that_was_cast_is_not_entered(place: Hall) -> None:
    """More papers would be cast or spoiled than were handed out, and the record would never verify (check 9)."""
    bits, _ = place.print(1)
    paper = place.desk_paper(1)
    place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    with pytest.raises(Refused, match="all papers that were handed out are cast or spoiled") as caught:
        place.spoil(1, paper)
    assert "Was an envelope drawn and not entered?" in caught.value.hint
    place.draw(3)
    place.spoil(1, paper)
    report = place.verified()
    assert report.checks[8].figure == "2 issued = 1 cast + 1 spoiled + 0 returned + 0 outstanding"


@pytest.mark.parametrize("first", ["request", "desk", "envelope"])
@pytest.mark.parametrize("second", ["request", "desk", "envelope"])
def test_any_paper_can_be_replaced_by_any_other(place: Hall, first: str, second: str) -> None:
    bits, _ = place.print(2)

    def get(way: str) -> BoothPaper:
        if way == "envelope":
            place.draw(1)
            return place.open_envelope(bits.pop())
        return place.paper(1) if way == "request" else place.desk_paper(1)

    place.spoil(1, get(first), first == "envelope")
    place.cast(place.sealed(get(second), 3))
    assert place.verified().verified


def test_papers_can_be_spoiled_one_after_the_other(place: Hall) -> None:
    spoiled = []
    for _ in range(3):
        paper = place.paper(1)
        place.spoil(1, paper)
        spoiled.append(paper.paper.credential)
    place.cast(place.sealed(place.paper(1), 1))
    with place.store.read() as view:
        assert [entry.instead_of for entry, _ in view.register_of(1)] == ["", *spoiled]
    assert place.verified().checks[8].figure == "4 issued = 1 cast + 3 spoiled + 0 returned + 0 outstanding"


def test_a_paper_already_cast_cannot_be_spoiled(place: Hall) -> None:
    paper = place.paper(1)
    place.cast(place.sealed(paper, 1))
    with pytest.raises(Refused, match="a ballot was cast on this paper"):
        place.spoil(1, paper)
    with pytest.raises(BadInput, match="1 fault"):
        place.paper(1)


def test_attack_spoiling_twice_for_two_fresh_papers(place: Hall) -> None:
    paper = place.paper(1)
    place.spoil(1, paper)
    with pytest.raises(Refused, match="spoiled already"):
        place.spoil(1, paper)
    place.paper(1)
    place.paper(3)
    for delegate in (1, 3):
        with pytest.raises(Refused, match="spoiled already"):
            place.spoil(delegate, paper)


def test_attack_spoiling_for_someone_without_a_paper(place: Hall) -> None:
    paper = place.paper(1)
    for delegate in (3, 2):
        with pytest.raises(Refused, match=f"delegate {delegate} has no paper"):
            place.spoil(delegate, paper)
    with pytest.raises(Refused, match="no delegate 99"):
        place.spoil(99, paper)


def test_attack_spoiling_an_envelope_as_if_it_were_ones_own_paper(place: Hall) -> None:
    bits, _ = place.print(2)
    asked = place.paper(1)
    with pytest.raises(Refused, match="delegate 1 did not draw an envelope"):
        place.spoil(1, place.open_envelope(bits[0]), from_envelope=True)
    place.draw(3)
    with pytest.raises(Refused, match="delegate 3 drew an envelope"):
        place.spoil(3, asked)


def test_attack_spoiling_without_the_secret(place: Hall) -> None:
    paper = place.paper(1)
    for secret in ("1", str(int(paper.secret) ^ 1)):
        with pytest.raises(Invalid, match="the secret is not that of the paper"):
            place.spoil(1, structs.replace(paper, secret=secret))
    with pytest.raises(Invalid):
        place.spoil(1, structs.replace(paper, secret="x"))


def test_attack_spoiling_a_paper_that_nobody_signed(place: Hall, tmp_path: Path) -> None:
    paper = place.paper(1)
    forged = structs.replace(paper.paper, seal=paper.paper.signature)
    with pytest.raises(Invalid, match="does not bear the seal"):
        place.spoil(1, structs.replace(paper, paper=forged))
    other = other_hall(tmp_path)
    foreign = other.paper(1)
    with pytest.raises(Invalid, match="another election"):
        place.spoil(1, foreign)
    with pytest.raises(Invalid, match="does not bear the signature of the head"):
        place.spoil(1, structs.replace(foreign, opening=place.opening.fingerprint))


def test_spoiling_belongs_to_the_open_phase(place: Hall) -> None:
    paper = place.paper(1)
    place.close()
    with pytest.raises(WrongPhase, match="spoiling"):
        place.spoil(1, paper)


# The sheet


def test_the_sheet_balances_after_every_step(place: Hall) -> None:
    steps = [sheet_of(place)]
    bits, _ = place.print(3)
    steps.append(sheet_of(place))
    place.draw(1)
    asked = place.paper(3)
    place.draw(5)
    steps.append(sheet_of(place))
    place.spoil(3, asked)
    place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    steps.append(sheet_of(place))
    place.give_back(bits[2])
    place.paper(3)
    steps.append(sheet_of(place))
    assert steps == [
        Reconciliation(0, 0, 0, 0, 0),
        Reconciliation(3, 0, 0, 0, 0),
        Reconciliation(4, 3, 0, 0, 0),
        Reconciliation(4, 3, 1, 1, 0),
        Reconciliation(5, 4, 1, 1, 1),
    ]
    assert [(one.outstanding, one.with_delegates, one.not_handed_out) for one in steps] == [
        (0, 0, 0),
        (3, 0, 3),
        (4, 3, 1),
        (2, 1, 1),
        (2, 2, 0),
    ]
    place.close()
    assert sheet_of(place) == steps[-1]
    report = place.verified()
    assert report.checks[8].figure == "5 issued = 1 cast + 1 spoiled + 1 returned + 2 outstanding"
    assert sheet_of(place) == steps[-1]


def test_the_declaration_shows_the_sheet(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    place.spoil(1, place.open_envelope(bits[0]), from_envelope=True)
    text = read_record(place.record()).contents.declaration.decode()
    wanted = ["issued 2", "cast 0", "spoiled 1", "returned unused 0", "outstanding 1", "envelopes at the desk 1"]
    lines = [" ".join(line.split("(")[0].split()) for line in text.splitlines()]
    for line in wanted:
        assert any(found.endswith(line) for found in lines), line


# Replaced delegates


def test_a_replaced_delegate_has_a_new_name_and_the_roll_stays(place: Hall) -> None:
    with place.store.read() as view:
        published = election.published_roll(view)
    present, salt = papers.replace(place.store, 7, "Nora Newcomer", "letter of 3 May", NOON)
    assert (present.number, present.name, present.credentials) == (7, "Nora Newcomer", "letter of 3 May")
    with place.store.read() as view:
        assert election.published_roll(view) == published
        assert view.roll().delegate(7).name == "Nora Newcomer"
        details = view.last_entry().entry.details
        journal = view.journal()
    found, comes = find_name(published, replaced_names(journal, 7), 7, "Nora Newcomer", salt)
    assert (found.number, comes) == (7, True)
    assert details["letter"] == "letter of 3 May"
    assert "Nora" not in str(details)
    papers.replace(place.store, 7, "Otto Other", "letter of 4 May", NOON)
    assert place.paper(7).secret
    assert place.verified().verified


def test_attack_the_key_of_a_replaced_delegate(place: Hall) -> None:
    papers.replace(place.store, 1, "Nora Newcomer", "letter", NOON)
    signed = place.ask(1)[0]
    with pytest.raises(BadInput) as caught:
        place.answer(signed)
    assert "the roll has no key to check it with" in str(caught.value.faults[0])
    place.answer(structs.replace(signed, signature=""))
    assert place.verified().verified


def test_nobody_takes_the_place_once_a_paper_is_issued(place: Hall) -> None:
    paper = place.paper(1)
    with pytest.raises(Refused, match="a paper was issued to delegate 1"):
        papers.replace(place.store, 1, "Nora Newcomer", "letter", NOON)
    place.spoil(1, paper)
    with pytest.raises(Refused, match="a paper was issued to delegate 1"):
        papers.replace(place.store, 1, "Nora Newcomer", "letter", NOON)


def test_a_delegate_who_does_not_vote_comes_for_the_one_of_the_member_who_does(place: Hall) -> None:
    """The likeliest case: the second delegate stands there with the letter. It is still one vote."""
    delegate, _ = papers.replace(place.store, 7, "Delegate 4-1", "letter", NOON)
    assert delegate.name == "Delegate 4-1"
    place.paper(7)
    with pytest.raises(BadInput) as caught:
        place.paper(8)
    assert "does not vote" in caught.value.faults[0].problem


@pytest.mark.parametrize(
    ("number", "name", "letter", "fault"),
    [
        (99, "Nora", "letter", "no delegate 99"),
        (7, "", "letter", "the name: it is missing"),
        (7, "Nora\x1b[31m", "letter", "the name: holds"),
        (7, "Nora", " ", "the letter: white space"),
        (7, "Nora", "", "the letter: it is missing"),
        (7, "delegate 4-0", "letter", "is delegate 7 of the same member already"),
    ],
)
def test_a_bad_replacement_is_refused(place: Hall, number: int, name: str, letter: str, fault: str) -> None:
    with pytest.raises(Refused, match=fault):
        papers.replace(place.store, number, name, letter, NOON)


def test_replacing_belongs_to_the_open_phase(place: Hall) -> None:
    place.close()
    with pytest.raises(WrongPhase):
        papers.replace(place.store, 7, "Nora", "letter", NOON)
