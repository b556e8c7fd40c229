"""`ballot register`: who was handed a paper, how and when; and nothing that leads to a paper or a ballot."""

import json
import re
from pathlib import Path

import pytest

from ballot.acts import papers
from tests.commands.assembly import ballot, refused
from tests.commands.conftest import At
from tests.hall import Hall, hall
from tests.play import NOON


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    """An open election in which papers went out by every way, one was spoiled and one delegate replaced."""
    place = hall(tmp_path)
    place.print(1)
    place.draw(1)
    damaged = place.paper(3)
    place.spoil(3, damaged)
    place.desk_paper(3)
    papers.replace(place.store, 9, "Nora Newcomer", "letter of 3 May", NOON)
    place.cast(place.sealed(place.paper(9), 1))
    return place


@pytest.mark.usefixtures("place")
def test_every_paper_is_listed_with_name_way_and_fate(tmp_path: Path) -> None:
    value = ballot(tmp_path, "register", "--json").value
    assert [(one["delegate"], one["name"], one["way"], one["attested"], one["spoiled"]) for one in value["papers"]] == [
        (1, "Delegate 1-0", "envelope", "the registration desk", False),
        (3, "Delegate 2-0", "request", "the delegate's key", True),
        (3, "Delegate 2-0", "desk", "the registration desk", False),
        (9, "Nora Newcomer", "request", "Ana at the desk", False),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", one["at"]) for one in value["papers"])
    (replaced,) = value["replaced"]
    assert (replaced["delegate"], replaced["name"], replaced["letter"]) == (9, "Nora Newcomer", "letter of 3 May")
    plain = ballot(tmp_path, "register", "--plain").out
    assert "No.: 3\nName: Delegate 2-0\n" in plain
    assert "Way: request, attested by the delegate's key; spoiled\n" in plain
    assert "Way: envelope\n" in plain
    assert "Name: Nora Newcomer\nOrganisation: " in plain.partition("Delegates who were replaced")[2]
    assert plain.endswith("Papers handed out: 4\n")


def test_of_a_delegate_replaced_twice_only_the_last_person_has_a_name(place: Hall, tmp_path: Path) -> None:
    for name in ("Olga Other", "Pia Present"):
        papers.replace(place.store, 11, name, f"letter of {name}", NOON)
    value = ballot(tmp_path, "register", "--json").value
    assert [(one["delegate"], one["name"], one["letter"]) for one in value["replaced"]] == [
        (9, "Nora Newcomer", "letter of 3 May"),
        (11, "", "letter of Olga Other"),
        (11, "Pia Present", "letter of Pia Present"),
    ]
    assert "Name: replaced again\n" in ballot(tmp_path, "register", "--plain").out


def test_attack_nothing_in_it_leads_to_a_paper_or_a_ballot(place: Hall, tmp_path: Path) -> None:
    shown = ballot(tmp_path, "register", "--json").out + ballot(tmp_path, "register").out
    assert not re.search("[0-9a-f]{16}|[0-9]{12}|[A-Za-z0-9+/]{43}", shown)
    fields = {"delegate", "name", "organisation", "at", "way", "attested", "spoiled"}
    assert {
        field for one in json.loads(ballot(tmp_path, "register", "--json").out)["papers"] for field in one
    } == fields
    before = ballot(tmp_path, "register", "--json").out
    spare = place.paper(7)
    handed = ballot(tmp_path, "register", "--json").out
    place.cast(place.sealed(spare, 1))
    assert before != handed
    # Whether and when somebody cast changes nothing in it.
    assert ballot(tmp_path, "register", "--json").out == handed


@pytest.mark.parametrize("point", ["open", "closed", "counted", "declared"])
def test_the_register_is_shown_from_the_opening_to_the_end(at: At, point: str) -> None:
    assert [one["delegate"] for one in ballot(at(point), "register", "--json").value["papers"]] == [1, 3, 5, 7]


def test_there_is_no_register_before_the_opening(at: At) -> None:
    assert "belongs to the phase open" in refused(at("ready"), "register").errors[0]
