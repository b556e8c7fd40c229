"""The names of head, seal and trustees: at most seven trustees, and no two people of one name, wherever it matters."""

import json
from pathlib import Path

import pytest
from msgspec import structs

from ballot import statements
from ballot.acts.setup import require_ready
from ballot.acts.trustees import check_invitable
from ballot.crypto import signing
from ballot.crypto.keys import OfficialKey
from ballot.errors import Refused
from ballot.journal import Act, record_act
from ballot.offices import office_faults
from ballot.opening import new_trustee
from ballot.plan import read_plan
from ballot.store.repo import Store
from ballot.votes import Opening, Setup
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import CHARTER, NOON, Staging, officials, play, small_contest, small_roll

PLAN = """\
name = "Assembly"
description = ""
members = "members.csv"
delegates = "delegates.csv"
head = "{}"
seal = "{}"
trustees = {}

[[contests]]
question = "At-large members"
rule = "at-large"
candidates = "candidates.csv"
"""
TWINS = [("Anna B", "Anna B"), ("Anna B", "Anna\u00a0B"), ("Anna", "Аnna"), ("Rima", "RIMA"), ("D'Souza", "D’Souza")]


def planned(head: str, seal: str, *trustees: str) -> list[str]:
    """The fields of a plan that are at fault."""
    data = PLAN.format(head, seal, json.dumps(trustees, ensure_ascii=False))
    return [fault.field for fault in read_plan(data.encode(), "election.toml")[1]]


@pytest.mark.parametrize(("one", "other"), TWINS, ids=ascii)
def test_a_plan_in_which_two_people_have_one_name_is_refused(one: str, other: str) -> None:
    assert planned("Hana", "Selma", one, other, "Tara") == ["trustees[2]"]
    assert planned(one, other, "Tara") == ["seal"]


def test_head_or_seal_can_be_a_trustee_too() -> None:
    assert planned("Hana", "Selma", "Hana", "Selma") == []


def test_every_fault_is_told_and_a_missing_name_is_none() -> None:
    found = office_faults("Hana", "hana", ("Tara", "Tomas", "TARA", "", "", "tomas", "Tuan", "Tirza"))
    assert [field for field, _ in found] == ["seal", "trustees", "trustees[3]", "trustees[6]"]
    assert office_faults("", "", ("Tara",)) == []
    assert [field for field, _ in office_faults("Hana", "Selma", ())] == ["trustees"]


@pytest.mark.parametrize(
    ("head", "seal", "trustees", "said"),
    [
        ("Hana", "Selma", ("Anna B", "Anna\u00a0B"), "two trustees have the same name"),
        ("Hana", "Нana", ("Tara", "Tomas"), "the head and the keeper of the seal have the same name"),
        ("Hana", "Selma", tuple("ABCDEFGH"), "there are 8 trustees; 1 to 7 are wanted"),
    ],
)
def test_a_store_with_such_names_neither_invites_nor_opens(
    tmp_path: Path, head: str, seal: str, trustees: tuple[str, ...], said: str
) -> None:
    roll, desk = small_roll(2), signing.generate()
    first = record_act((), Act.CREATED, statements.created("Assembly", signing.public_hex(desk)), NOON, desk)
    setup = Setup("Assembly", "", "Ed25519", "ima", head, seal, trustees, 1)
    contests, seed = (small_contest(roll, 2),), signing.private_bytes(desk)
    with Store.create(tmp_path / "election.db", setup, CHARTER, roll, contests, seed, first) as store:
        with store.read() as view, pytest.raises(Refused, match=said):
            check_invitable(view, False)
        with store.read() as view, pytest.raises(Refused, match=said):
            require_ready(view, "a test", 0)


def trusted(*names: str) -> Forgery:
    """An election of trustees with these names, without a ceremony, in the journal too."""

    def opened(opening: Opening) -> Opening:
        return structs.replace(opening, trustee_names=names, need=len(names))

    made = tuple(new_trustee(name, "Ed25519") for name in names)
    played = play((((1,),),), candidates=1, trustees=len(names), staging=Staging(trustees=made, opening=opened))
    forged = Forgery(played)
    forged.reshare(played.shares)
    return forged


def test_seven_trustees_are_believed() -> None:
    assert faults(trusted(*"ABCDEFG").record()) == {}


@pytest.mark.parametrize("count", [8, 20])
def test_check_3_catches_more_trustees_than_seven(count: int) -> None:
    names = [f"Trustee {number}" for number in range(count)]
    caught_at(3, f"there are {count} trustees; 1 to 7 are wanted", trusted(*names))


@pytest.mark.parametrize(("one", "other"), TWINS, ids=ascii)
def test_check_3_catches_two_trustees_of_one_name(one: str, other: str) -> None:
    caught_at(3, "two trustees have the same name", trusted(one, other))


@pytest.mark.parametrize("name", ["Hana Headley", "HANA\u00a0Headley", "Нana Headley"], ids=ascii)
def test_check_3_catches_head_and_seal_of_one_name(name: str) -> None:
    head, seal = officials()
    named = OfficialKey(seal.role, name, seal.ed25519, seal.rsa)
    played = play(staging=Staging(officials=(head, named)))
    caught_first_at(3, "the head and the keeper of the seal have the same name", played.record())
    assert set(faults(played.record())) == {3}
