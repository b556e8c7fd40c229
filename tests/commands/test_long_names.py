"""Names that no disk takes, in the place of every file: said before anything is done, and never a crash."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.assembly import KEYS, ballot, refused
from tests.commands.conftest import At
from tests.commands.keepers import key

LONG = "x" * 300

READING = (
    ("verify", LONG),
    ("show", LONG),
    ("status", "--store", LONG),
    ("cast", LONG),
    ("cast", "sealed7.json", "--receipts", LONG),
    ("cast", "sealed7.json", "--receipts", f"{LONG}/below"),
    ("issue", LONG, "7", *KEYS),
    ("vote", "paper7.json", "--marks", "1", "--out", LONG),
    ("booth", "--opening", "opening.json", "--out", LONG, "--paper", "paper7.json", "--marks", "1", "--cast"),
    ("seal-papers", "a.half.json", "--opening", "opening.json", "--seal", "seal.key", "--log", LONG),
    ("trustee", "new", "--name", "Tara", "--out", LONG),
    ("trustee", "new", "--name", "Tara", "--out", "/"),
    ("trustee", "new", "--name", "Tara", "--out", "."),
    ("trustee", "share", "tara.key", "--store", LONG),
    ("trustee", "receive", "share.json", "--store", LONG),
    ("trustee", "add", LONG),
    ("delegate", "new", "--name", "Dele", "--out", "/"),
    ("keys", "new", "head", "--name", "Hana", "--out", LONG),
)


@pytest.mark.parametrize("args", READING, ids=lambda args: args[0])
def test_a_name_that_no_disk_takes_is_refused_before_anything_is_done(at: At, args: tuple[str, ...]) -> None:
    here = at("open")
    done = ballot(here, *args)
    assert (done.code in (2, 3), done.out) == (True, ""), done
    assert done.hint


def test_no_ballot_is_cast_where_its_receipt_cannot_be_written(at: At) -> None:
    done = refused(at("open"), "cast", "sealed7.json", "--receipts", LONG)
    assert done.errors[0].startswith("cannot write xxx")


def test_a_key_does_not_remember_a_box_whose_share_cannot_be_written(closed: Callable[[], Path]) -> None:
    here = closed()
    done = refused(here, "trustee", "share", key("Tara"), "--box", "box.json", "--out", LONG)
    assert done.errors[0].startswith("cannot write xxx")


def test_a_ceremony_under_a_key_of_such_a_name_asks_for_no_passphrase(after: Callable[[int], Path]) -> None:
    done = refused(after(0), "trustee", "next", "ceremony-1.json", "--key", LONG, "--name", "Tara")
    assert done.errors[0].startswith("cannot write xxx")


def test_a_folder_is_a_folder_whatever_it_is_given_for(at: At) -> None:
    here = at("open")
    (here / "folder").mkdir()
    assert refused(here, "status", "--store", "folder").errors == ["folder is a folder, and a store is wanted"]
    assert refused(here, "trustee", "new", "--name", "Tara", "--out", "/").errors == ["/ is a folder"]
