"""Files that are in the way, missing, huge, deep or something else, and names that could steer a screen."""

import shutil
from pathlib import Path

import pytest

from tests.commands.assembly import KEYS, SEAL, UNREHEARSED, Assembly, ballot, is_safe, receipt_of, refused
from tests.commands.conftest import At

OUTPUTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ready", ("open", *KEYS, *UNREHEARSED, "--out")),
    ("open", ("issue", "9", *KEYS, "--out")),
    ("open", ("vote", "paper7.json", "--marks", "1", "--out")),
    ("open", ("close", "--yes", "--out")),
    ("drawn", ("declare", *KEYS, "--out")),
    ("declared", ("publish", *KEYS, "--out")),
    ("ready", ("keys", "new", "seal", "--name", SEAL, "--out")),
    ("ready", ("trustee", "new", "--name", "Tara", "--out")),
)


@pytest.mark.parametrize(("point", "args"), OUTPUTS, ids=str)
def test_what_no_command_wrote_is_not_overwritten(at: At, point: str, args: tuple[str, ...]) -> None:
    here = at(point)
    for precious, said in ((b"precious", "a text"), (b"\x01\xff\x00", "no file of ballot"), (b"%PDF-1.7", "a PDF")):
        (here / "mine").write_bytes(precious)
        for force in ((), ("--force",)):
            outcome = refused(here, *args, "mine", *force)
            assert outcome.errors == [f"mine is already there, and it is {said}"]
            assert outcome.hint.startswith("Choose another name, or move that file away.")


@pytest.mark.parametrize(("point", "args"), OUTPUTS, ids=str)
def test_an_empty_file_that_a_crash_has_left_is_replaced_by_force(at: At, point: str, args: tuple[str, ...]) -> None:
    here = at(point)
    (here / "mine").touch()
    outcome = refused(here, *args, "mine")
    assert outcome.errors == ["mine is already there"]
    assert "--force" in outcome.hint
    assert ballot(here, *args, "mine", "--force").code == 0
    assert (here / "mine").stat().st_size


@pytest.mark.parametrize(("point", "args"), OUTPUTS, ids=str)
def test_nothing_takes_the_place_of_a_key_or_a_vote(at: At, point: str, args: tuple[str, ...]) -> None:
    here = at(point)
    stores = ("election.db", "is a store, and no store is overwritten")
    for name, error in (("tara.key", "is a key file"), ("paper7.json", "it is a paper"), stores):
        shutil.copy(here / name, here / "mine")
        for force in ((), ("--force",)):
            outcome = refused(here, *args, "mine", *force)
            assert error in outcome.errors[0]
            assert "--force" not in outcome.hint


@pytest.mark.parametrize(("point", "args"), OUTPUTS, ids=str)
@pytest.mark.parametrize("name", ["opening.json", "declaration.txt"])
def test_attack_a_signed_text_overwritten_by_force(
    assembly: Assembly, at: At, name: str, point: str, args: tuple[str, ...]
) -> None:
    """Of this election or of another: it was read aloud, and people compare what they heard with it."""
    here = at(point)
    shutil.copy(assembly.folder / name, here / "mine")
    for force in ((), ("--force",)):
        outcome = refused(here, *args, "mine", *force)
        assert "that was signed before; none is overwritten" in outcome.errors[0]
        assert "--force" not in outcome.hint


def test_an_opening_is_not_written_over_that_of_another_election(assembly: Assembly, at: At) -> None:
    here = at("ready")
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0
    shutil.copy(assembly.folder / "opening.json", here / "other.json")
    for force in ((), ("--force",)):
        assert "is the opening that was signed" in refused(here, "opening", "--out", "other.json", *force).errors[0]
    # This election's own is the same, so nothing would be lost.
    assert ballot(here, "opening", "--force").code == 0


def test_a_pending_paper_is_not_overwritten_either(at: At) -> None:
    """Without it the answer to the request is no paper, and nobody gets a second one."""
    here = at("open")
    assert ballot(here, "request", "opening.json", "--delegate", "9", "--pending", "9.pending").code == 0
    before = (here / "9.pending").read_bytes()
    for force in ((), ("--force",)):
        outcome = refused(here, "issue", "11", *KEYS, "--out", "9.pending", *force)
        assert outcome.errors == [
            "9.pending is already there, and it is a pending paper: perhaps another delegate's vote"
        ]
    assert (here / "9.pending").read_bytes() == before


def test_attack_a_vote_overwritten_by_the_next_one(at: At) -> None:
    """Every paper is called paper.json: on a stick that still holds one, --force would destroy a delegate's vote."""
    here = at("open")
    for kind, name in (("a paper", "paper7.json"), ("a sealed ballot", "sealed7.json")):
        before = (here / name).read_bytes()
        for args in (("issue", "9", *KEYS, "--out", name), ("vote", "paper1.json", "--marks", "1", "--out", name)):
            for force in ((), ("--force",)):
                outcome = refused(here, *args, *force)
                assert outcome.errors == [f"{name} is already there, and it is {kind}: perhaps another delegate's vote"]
                assert "--force" not in outcome.hint
        assert (here / name).read_bytes() == before


def test_a_ballot_of_the_same_paper_is_replaced_when_its_voter_says_so(at: At) -> None:
    here = at("open")
    again = ("vote", "paper7.json", "--marks", "1", "--out", "sealed7.json")
    assert "Never cast both" in refused(here, *again).hint
    assert ballot(here, *again, "--force").code == 0


@pytest.mark.parametrize(("point", "args"), OUTPUTS, ids=str)
def test_what_cannot_be_written_did_not_happen(at: At, point: str, args: tuple[str, ...]) -> None:
    here = at(point)
    assert "nowhere" in refused(here, *args, "nowhere/file").errors[0]
    assert ballot(here, *args, "somewhere").code == 0


def test_receipts_are_not_overwritten_and_nothing_is_cast_without_room_for_them(at: At) -> None:
    here = at("open")
    (here / "taken").write_text("a file", encoding="utf-8")
    assert "no folder" in refused(here, "cast", "sealed7.json", "--receipts", "taken").errors[0]
    place = here / "receipts" / receipt_of(here / "sealed7.json")
    place.write_bytes(b"old")
    for force in ((), ("--force",)):
        (error,) = refused(here, "cast", "sealed7.json", "--receipts", "receipts", *force).errors
        assert error.endswith("is already there, and it is a text")
    shutil.copy(here / "receipts" / receipt_of(here / "sealed1.json"), place)
    assert "already there" in refused(here, "cast", "sealed7.json", "--receipts", "receipts").errors[0]
    assert ballot(here, "cast", "sealed7.json", "--receipts", "receipts", "--force").code == 0


def test_attack_the_name_of_a_receipt_tells_whose_it_is(at: At) -> None:
    """All receipts go to everybody: a file that somebody named after a delegate must not lend its name."""
    here = at("open")
    (here / "elsewhere").mkdir()
    shutil.copy(here / "sealed7.json", here / "elsewhere" / "sealed1.json")
    assert ballot(here, "cast", "elsewhere/sealed1.json", "sealed1.json", "--receipts", "new").code == 0
    names = {receipt_of(here / "sealed1.json"), receipt_of(here / "sealed7.json")}
    assert {path.name for path in (here / "new").iterdir()} == names
    assert not any("sealed" in name for name in names)


def test_casting_again_is_no_harm_with_the_same_receipts(at: At) -> None:
    here = at("open")
    cast = ("cast", "sealed7.json", "--receipts", "receipts")
    assert ballot(here, *cast).code == 0
    own = here / "receipts" / receipt_of(here / "sealed7.json")
    receipt = own.read_bytes()
    assert "was in it already" in " ".join(ballot(here, *cast).out.split())
    assert own.read_bytes() == receipt
    shutil.copy(here / "receipts" / receipt_of(here / "sealed1.json"), own)
    assert "already there" in refused(here, *cast).errors[0]


@pytest.mark.parametrize("args", [("tied-cuts",), ("tied-cuts", "--group", "P-256"), ("no-such",)], ids=str)
def test_a_demo_that_is_refused_leaves_nothing(tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    out = "taken" if len(args) == 1 and args[0] == "tied-cuts" else "new"
    refused(tmp_path, "demo", *args, "--out", out)


READING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("draft", ("trustee", "add", "FILE")),
    ("ready", ("open", "--head", "FILE", "--seal", "seal.key", *UNREHEARSED, "--out", "new.json")),
    ("open", ("issue", "9", "--head", "head.key", "--seal", "FILE", "--out", "new.json")),
    ("open", ("vote", "FILE", "--marks", "1", "--out", "new.json")),
    ("open", ("vote", "paper7.json", "--opening", "FILE", "--marks", "1", "--out", "new.json")),
    ("open", ("cast", "sealed7.json", "FILE")),
    ("closed", ("trustee", "share", "FILE")),
    ("declared", ("show", "FILE")),
)


@pytest.mark.parametrize(("point", "args"), READING, ids=str)
def test_attack_files_that_are_missing_huge_deep_or_not_what_is_wanted(
    at: At, point: str, args: tuple[str, ...]
) -> None:
    here = at(point)
    wanted = [word.replace("FILE", "file") for word in args]
    assert "file" in refused(here, *wanted).errors[0]
    with (here / "file").open("wb") as stream:
        stream.write(b'{"paper":"')
        stream.seek(100_000_000)
        stream.write(b'"}')
    size = (here / "file").stat().st_size
    outcome = ballot(here, *wanted)
    assert (outcome.code, outcome.out) == (3, "")
    assert size > 100_000_000
    for content in (b"", b"{}", b"null", b"[" * 10_000, b'{"a":' * 10_000, b"\xff", b"PK\x03\x04", b"\x1b[2J"):
        (here / "file").write_bytes(content)
        refused(here, *wanted)
    (here / "file").unlink()
    (here / "file").mkdir()
    assert "file" in refused(here, *wanted).errors[0]


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18, b"\x00junk"], ids=repr)
def test_verifying_something_damaged_fails_at_the_first_check(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "record.zip").write_bytes(content)
    outcome = ballot(tmp_path, "verify", "record.zip")
    assert outcome.code == 4
    assert outcome.errors[0].startswith("check 1 (")
    assert refused(tmp_path, "verify", "missing.zip").errors


@pytest.mark.parametrize(
    "name", ["", "[red]Tara[/red]", "\x1b[31mTara", "Tara\u202e", "Tara\nTrusted", " Tara"], ids=repr
)
def test_names_that_could_steer_a_screen_make_no_key(tmp_path: Path, name: str) -> None:
    outcome = refused(tmp_path, "trustee", "new", "--name", name, "--out", "new.key")
    assert "name" in outcome.errors[0]


def test_names_of_files_cannot_steer_the_screen(at: At) -> None:
    here = at("open")
    # No system has to make a file with a control character in its name: one that is not there is told of, too.
    missing, name = "\x1b[2J.json", "\u202e.json"
    (here / name).write_bytes(b"{}")
    for given, shown in ((missing, "<U+001B>"), (name, "<U+202E>")):
        issue = ("issue", "9", "--head", given, "--seal", "seal.key", "--out", "new.json")
        for args in (("cast", given), ("close", "--yes", "--store", given), issue):
            assert shown in refused(here, *args).err
    (here / name).write_bytes((here / "sealed7.json").read_bytes())
    outcome = ballot(here, "cast", name)
    assert outcome.code == 0
    assert all(is_safe(line) for line in (*outcome.out.splitlines(), *outcome.err.splitlines()))


@pytest.mark.parametrize(
    ("args", "name"), [(("opening",), "opening.json"), (("trustees", "box"), "box.json")], ids=["opening", "box"]
)
def test_what_is_written_once_more_may_be_there_already(at: At, args: tuple[str, ...], name: str) -> None:
    here = at("closed")
    assert ballot(here, *args, "--force").code == 0
    (here / name).chmod(0o400)
    before = (here / name).stat()
    outcome = ballot(here, *args)
    assert outcome.code == 0, outcome.err
    assert outcome.out
    assert (here / name).stat().st_ino == before.st_ino
    (here / name).chmod(0o600)
    (here / name).write_bytes(b"another")
    for force in ((), ("--force",)):
        assert refused(here, *args, *force).errors == [f"{name} is already there, and it is a text"]
