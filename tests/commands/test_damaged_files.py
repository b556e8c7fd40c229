"""Files that are damaged and nothing worse: said so, by name, and not as if somebody had forged them."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.assembly import KEYS, ballot, refused
from tests.commands.bodies import Icb, vacate
from tests.commands.conftest import At
from tests.commands.keepers import key

DAMAGED = "is damaged, was changed, or was made wrongly: "
VOTE = ("vote", "paper7.json", "--marks", "1", "--out", "x.json")
BOOTH = ("booth", "--opening", "opening.json", "--out", "outbox", "--marks", "1", "--cast", "--paper", "paper7.json")
SPOIL = ("spoil", "paper7.json", "--delegate", "7", "--yes")


def flip(path: Path, field: str) -> None:
    """Change one bit in the middle of what stands in a field; a hex digit becomes another one."""
    data = bytearray(path.read_bytes())
    found = re.search(f'"{field}":"([^"]+)"'.encode(), data)
    assert found is not None
    middle = (found.start(1) + found.end(1)) // 2
    data[middle] ^= 2 if data[middle] in b"af" else 1
    path.write_bytes(data)


@pytest.mark.parametrize("field", ["seal", "signature", "prefix", "credential"])
@pytest.mark.parametrize(("args", "name"), [(VOTE, "paper7.json"), (BOOTH, "this file"), (SPOIL, "paper7.json")])
def test_a_flipped_bit_in_a_paper_is_damage(at: At, args: tuple[str, ...], name: str, field: str) -> None:
    here = at("open")
    flip(here / "paper7.json", field)
    said = refused(here, *args)
    assert said.errors[0].startswith(f"{name} {DAMAGED}"), said
    assert said.hint == "Get the file again, whole."


@pytest.mark.parametrize("args", [VOTE, BOOTH, SPOIL])
def test_a_paper_of_another_election_is_called_that_and_not_damaged(at: At, args: tuple[str, ...]) -> None:
    here = at("open")
    flip(here / "paper7.json", "opening")
    said = refused(here, *args)
    assert said.errors == ["the paper is for another election"]


@pytest.mark.parametrize("field", ["ed25519", "question", "charter", "roll"])
def test_a_flipped_bit_in_the_opening_is_damage(at: At, field: str) -> None:
    here = at("open")
    flip(here / "opening.json", field)
    for args in (BOOTH, ("request", "opening.json", "--delegate", "9")):
        said = refused(here, *args)
        assert said.errors[0].startswith(f"opening.json {DAMAGED}"), said
        assert said.hint == "Get the file again, whole."


def test_a_flipped_bit_in_the_closed_box_is_damage(closed: Callable[[], Path]) -> None:
    here = closed()
    flip(here / "box.json", "question")
    said = refused(here, "trustee", "share", key("Tara"), "--box", "box.json", "--out", "share.json")
    assert said.errors[0].startswith(f"box.json {DAMAGED}"), said


CAST = ("cast", "sealed7.json")


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("seal", "the paper does not bear the seal"),
        ("signature", "the paper does not bear the signature of the head"),
        ("prefix", "the paper does not bear the signature of the head"),
        ("credential", "the ballot was not made on the paper it comes with"),
        ("election_uuid", "the hash that the ballot's signature names is not the hash of the ballot"),
        ("election_hash", "the hash that the ballot's signature names is not the hash of the ballot"),
        ("alpha", "the hash that the ballot's signature names is not the hash of the ballot"),
    ],
)
def test_a_flipped_bit_in_a_sealed_ballot_is_damage_before_it_is_forgery(at: At, field: str, told: str) -> None:
    here = at("open")
    flip(here / "sealed7.json", field)
    said = refused(here, *CAST)
    assert said.errors == [f"sealed7.json {DAMAGED}{told}"]
    assert said.hint.startswith("Get the file again from the delegate, or let them vote again on the same paper")
    assert "Nothing was cast" in said.hint


@pytest.mark.parametrize("left", [0, 200])
def test_a_sealed_ballot_that_did_not_come_whole_is_brought_again_by_the_delegate(at: At, left: int) -> None:
    here = at("open")
    (here / "sealed7.json").write_bytes((here / "sealed7.json").read_bytes()[:left])
    said = refused(here, *CAST)
    assert said.errors == [
        f"sealed7.json is {'cut off or damaged' if left else 'empty, and a sealed ballot is wanted'}"
    ]
    assert said.hint.startswith("Get the file again from the delegate")


EMPTY_KEY = "empty, and a key file is wanted"
ISSUE = ("issue", "9", *KEYS, "--out", "paper9.json")
REQUEST = ("request", "opening.json", "--delegate", "1", "--key", "dana.key")
PASSPHRASE_OF_DANA = {"BALLOT_DELEGATE_PASSPHRASE": "a passphrase of Dana"}


@pytest.mark.parametrize("left", [0, 200])
@pytest.mark.parametrize(
    ("point", "name", "args"),
    [
        ("open", "head.key", ISSUE),
        ("open", "seal.key", ISSUE),
        ("closed", "tara.key", ("trustee", "share", "tara.key")),
        ("open", "dana.key", REQUEST),
    ],
)
def test_a_key_that_is_cut_off_is_called_so_whosever_it_is(
    at: At, point: str, name: str, args: tuple[str, ...], left: int
) -> None:
    here = at(point)
    if name == "dana.key":
        assert ballot(here, "delegate", "new", "--name", "Dana", "--out", name, **PASSPHRASE_OF_DANA).code == 0
    (here / name).write_bytes((here / name).read_bytes()[:left])
    said = refused(here, *args, **PASSPHRASE_OF_DANA)
    assert said.errors == [f"{name} is {'cut off or damaged' if left else EMPTY_KEY}"]
    assert said.hint.startswith("Take another copy of the key")


@pytest.mark.parametrize("left", [0, 200])
@pytest.mark.parametrize("name", ["secretary.key", "second.key"])
def test_a_key_of_the_icb_that_is_cut_off_is_called_so(icb: Icb, name: str, left: int) -> None:
    (icb.folder / name).write_bytes((icb.folder / name).read_bytes()[:left])
    icb.next_letter()
    said = icb.refused(*vacate("at-large:1"))
    assert said.errors == [f"{name} is {'cut off or damaged' if left else EMPTY_KEY}"]


@pytest.mark.parametrize("name", ["head.key", "seal.key"])
def test_another_file_in_the_place_of_a_key_is_called_by_its_name(at: At, name: str) -> None:
    here = at("open")
    shutil.copy(here / "opening.json", here / name)
    assert refused(here, *ISSUE).errors == [f"{name} is the opening, and a key file is wanted"]
    (here / name).write_bytes(b"my passphrase is long")
    assert refused(here, *ISSUE).errors == [f"{name} is a text, and a key file is wanted"]
    (here / name).write_bytes((here / "tara.key").read_bytes().replace(b"sealed", b"saeled"))
    said = refused(here, *ISSUE)
    assert said.errors == [f"{name} is damaged, or it is not a key file"]
    assert said.hint == "Take another copy of the key."


def test_the_public_part_of_a_key_is_wanted_by_one_name(at: At) -> None:
    here = at("open")
    restore = ("trustee", "restore", "--public", "tara.key.public", "--key", "new.key", "--words-file", "none")
    (here / "tara.key.public").write_bytes((here / "tara.key.public").read_bytes() + b" ")
    assert "is wanted" not in refused(here, *restore).errors[0]
    shutil.copy(here / "opening.json", here / "tara.key.public")
    wanted = "the public part of a trustee's key is wanted"
    assert refused(here, *restore).errors == [f"tara.key.public is the opening, and {wanted}"]
