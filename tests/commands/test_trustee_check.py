"""`ballot trustee check`: a trustee's own copies against the opening, on a machine of the trustee's own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from ballot.crypto.words import fingerprint_line
from ballot.opening import new_trustee
from ballot.trustees.messages import Transcript
from ballot.votes import OpeningFile
from ballot.wire import decode, encode
from tests.commands import keepers
from tests.commands.assembly import ballot, refused

CEREMONY = ("trustee", "check", "opening.json", "--ceremony", "ceremony.json")
OTHERS = "error: the box was not opened for your key: "

Kept = Callable[[str, str], Path]


def opened(folder: Path, *, ceremony: bool) -> Path:
    """An open election of two trustees, with their ceremony or with keys that each of them made."""
    folder.mkdir()
    keepers.draft(folder, 2, 2)
    if ceremony:
        keepers.ceremony(folder, 2)
    else:
        for name in ("Tara", "Tomas"):
            trustee, _ = new_trustee(name, "Ed25519")
            (folder / f"{name}.public").write_bytes(encode(trustee))
        assert ballot(folder, "trustee", "add", "Tara.public", "Tomas.public").code == 0
    keepers.vote(folder, until="open")
    return folder


@pytest.fixture(scope="module")
def elections(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("check")
    return {name: opened(base / name, ceremony=name != "plain") for name in ("one", "two", "plain")}


@pytest.fixture
def kept(elections: dict[str, Path], tmp_path: Path) -> Kept:
    """A function that puts the opening of one election beside what a trustee kept of another, and nothing else."""

    def put(of: str, own: str) -> Path:
        shutil.copy(elections[of] / "opening.json", tmp_path)
        for path in elections[own].glob("*.public" if own == "plain" else "ceremony.json"):
            shutil.copy(path, tmp_path)
        return tmp_path

    return put


def test_trustees_see_that_the_box_was_opened_for_their_ceremony(kept: Kept) -> None:
    here = kept("one", "one")
    opening = decode((here / "opening.json").read_bytes(), OpeningFile, "it").signed.opening
    held = decode((here / "ceremony.json").read_bytes(), Transcript, "it")
    done = ballot(here, *CEREMONY, "--json")
    assert (done.code, "opened for this ceremony" in done.err) == (0, True)
    # Any copy would pass that comes from whoever opened the box: only the key file knows its own ceremony.
    assert "`ballot trustee next ceremony.json --key KEY`" in done.err
    assert "for your key" not in done.err
    found = {"opening": opening.fingerprint, "trustees": ["Tara", "Tomas"], "need": 2, "ceremony": held.digest}
    assert json.loads(done.out) == found
    shown = " ".join(ballot(here, *CEREMONY, "--plain").out.split())
    for digest in (opening.fingerprint, held.digest):
        assert all(word in shown for word in fingerprint_line(digest).split())
    assert "2 of 2" in shown


@pytest.mark.parametrize("own", ["two", "plain"])
def test_attack_a_desk_that_opens_for_keys_of_another_ceremony(kept: Kept, own: str) -> None:
    here = kept("one", own)
    args = CEREMONY if own == "two" else (*CEREMONY[:3], "--public", "Tara.public")
    done = ballot(here, *args)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith(OTHERS)
    assert "tell everybody before anybody votes" in done.err


def test_a_trustee_without_a_ceremony_finds_the_own_key(kept: Kept) -> None:
    here = kept("plain", "plain")
    done = ballot(here, *CEREMONY[:3], "--public", "Tara.public")
    assert (done.code, "Ceremony" in done.out) == (0, False)
    assert "opened for your key" in done.err


def test_attack_a_key_that_stands_under_another_trustees_name(kept: Kept) -> None:
    here = kept("plain", "plain")
    tara, tomas = (here / "Tara.public").read_bytes(), (here / "Tomas.public").read_bytes()
    name = b'"name":"'
    (here / "Tara.public").write_bytes(tara.replace(name + b"Tara", name + b"Tomas"))
    assert tomas != tara
    for given, other in (("Tara.public", "Tomas"), ("Tomas.public", "Nobody")):
        path = here / given
        path.write_bytes(path.read_bytes().replace(name + b"Tomas", name + other.encode()))
        done = ballot(here, *CEREMONY[:3], "--public", given)
        assert (done.code, done.err.splitlines()[0]) == (4, f"{OTHERS}the key of {other} is not in it")


def test_files_that_are_none_of_these_are_called_what_they_are(kept: Kept) -> None:
    here = kept("one", "one")
    said = refused(here, "trustee", "check", "opening.json", "--ceremony", "opening.json")
    assert "opening" in said.errors[0]
    assert refused(here, "trustee", "check", "ceremony.json", "--ceremony", "ceremony.json").errors
    for options in ((), ("--ceremony", "ceremony.json", "--public", "x.public")):
        done = ballot(here, *CEREMONY[:3], *options)
        assert (done.code, "one of --ceremony and --public is wanted" in done.err) == (2, True)


def test_attack_an_opening_that_was_changed_is_not_judged(kept: Kept) -> None:
    here = kept("one", "one")
    path = here / "opening.json"
    file = decode(path.read_bytes(), OpeningFile, "it")
    other = structs.replace(file.signed.opening, need=1)
    path.write_bytes(encode(structs.replace(file, signed=structs.replace(file.signed, opening=other))))
    assert refused(here, *CEREMONY).errors[0].startswith("opening.json is damaged, was changed, or was made wrongly: ")
