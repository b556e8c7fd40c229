"""`ballot salt` and `ballot check-name`: a delegate finds their name behind the hash on the published roll."""

from pathlib import Path

import pytest

from ballot.acts import papers
from tests.commands.assembly import Outcome, ballot, refused
from tests.hall import Hall, hall
from tests.play import NOON


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    """An election with its record, in which one delegate got a paper and another was replaced."""
    place = hall(tmp_path)
    place.cast(place.sealed(place.paper(3), 1))
    with place.store.read() as view:
        (tmp_path / "before").write_text(view.salts()[9].hex())
    papers.replace(place.store, 9, "Nora Newcomer", "letter of 3 May", NOON)
    place.close()
    (tmp_path / "record.zip").write_bytes(place.record())
    return place


def check(folder: Path, number: int, name: str, salt: str, *more: str) -> Outcome:
    return ballot(folder, "check-name", str(number), "record.zip", "--name", name, "--salt", salt, *more)


def salt_of(folder: Path, number: int) -> str:
    shown: str = ballot(folder, "salt", str(number), "--json").value["salt"]
    return shown


@pytest.mark.usefixtures("place")
def test_no_name_at_all_is_a_slip_and_no_sign_of_fraud(tmp_path: Path) -> None:
    said = check(tmp_path, 3, " ", salt_of(tmp_path, 3))
    assert (said.code, said.errors) == (2, ["no name was given"])


@pytest.mark.usefixtures("place")
def test_with_the_salt_a_delegate_finds_the_own_name(tmp_path: Path) -> None:
    salt = salt_of(tmp_path, 3)
    assert ballot(tmp_path, "salt", "3", "--plain").out == f"Delegate: 3\nName: Delegate 2-0\nSalt: {salt}\n"
    found = check(tmp_path, 3, "Delegate 2-0", salt.upper(), "--json")
    assert found.code == 0
    assert found.value == {"delegate": 3, "comes": True, "member": "M002", "voting": True, "papers": 1}
    assert "Name: Delegate 2-0\n" in check(tmp_path, 3, "Delegate 2-0", salt, "--plain").out


@pytest.mark.usefixtures("place")
def test_who_came_later_and_who_came_first_both_find_their_names(tmp_path: Path) -> None:
    assert salt_of(tmp_path, 9) != (tmp_path / "before").read_text()
    assert check(tmp_path, 9, "Nora Newcomer", salt_of(tmp_path, 9), "--json").value["comes"] is True
    first = check(tmp_path, 9, "Delegate 5-0", (tmp_path / "before").read_text(), "--plain")
    assert (first.code, "Name: Delegate 5-0, until another person came\n" in first.out) == (0, True)


@pytest.mark.usefixtures("place")
def test_attack_another_name_salt_or_number_is_not_found(tmp_path: Path) -> None:
    salt = salt_of(tmp_path, 3)
    for number, name, given in (
        (3, "Delegate 2-1", salt),
        (3, "delegate 2-0", salt),
        (3, "Delegate 2-0", salt_of(tmp_path, 4)),
        (4, "Delegate 2-0", salt),
        (99, "Delegate 2-0", salt),
    ):
        found = check(tmp_path, number, name, given)
        assert (found.code, found.out) == (4, "")
        assert f"delegate {number} " in found.errors[0]
        assert "the committee" in found.hint


@pytest.mark.usefixtures("place")
def test_a_record_that_does_not_hold_says_nothing_about_names(tmp_path: Path) -> None:
    data = bytearray((tmp_path / "record.zip").read_bytes())
    data[len(data) // 2] ^= 1
    salt = salt_of(tmp_path, 3)
    (tmp_path / "record.zip").write_bytes(data)
    found = check(tmp_path, 3, "Delegate 2-0", salt)
    assert (found.code, found.out) == (4, "")
    assert found.errors[0].startswith("check 1 ")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("salt", ["", "0" * 31, "0" * 33, "g" * 32, "٠" * 32])
def test_what_is_no_salt_is_refused_before_the_record_is_verified(tmp_path: Path, salt: str) -> None:
    found = refused(tmp_path, "check-name", "3", "record.zip", "--name", "Delegate 2-0", "--salt", salt)
    assert found.errors[0] == "a salt is 32 hex digits"


@pytest.mark.usefixtures("place")
def test_a_salt_of_nobody_is_refused(tmp_path: Path) -> None:
    assert "no delegate 99" in refused(tmp_path, "salt", "99").errors[0]
