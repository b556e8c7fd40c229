"""Files in the place of others: what they are is said, and what is wanted, each named once."""

import shutil

import pytest

from ballot.declaration import RULE
from tests.commands.assembly import Assembly, ballot, refused
from tests.commands.conftest import At

BOOTH = ("booth", "--opening", "opening.json", "--out", "outbox", "--marks", "1", "--cast")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("vote", "opening.json", "--marks", "1", "--out", "x"), "opening.json is the opening, and a paper is wanted"),
        ((*BOOTH, "--paper", "opening.json"), "this file is the opening, and a paper is wanted"),
        ((*BOOTH, "--paper", "sealed7.json"), "this file is a sealed ballot, and a paper is wanted"),
        (
            (*BOOTH, "--paper", "paper7.json", "--envelopes", "opening.json"),
            "opening.json is the opening, and the file of envelopes is wanted",
        ),
        (("cast", "paper7.json"), "paper7.json is a paper, and a sealed ballot is wanted"),
        (("cast", "opening.json"), "opening.json is the opening, and a sealed ballot is wanted"),
        (("cast", "record.zip"), "record.zip is a record, and a sealed ballot is wanted"),
        (("cast", "none.json"), "none.json: a sealed ballot cannot be read: No such file or directory"),
        (("spoil", "sealed7.json", "--delegate", "7"), "sealed7.json is a sealed ballot, and a paper is wanted"),
        (("issue", "paper7.json", "--head", "head.key"), "paper7.json is a paper, and a request is wanted"),
        (
            ("receipt", "sealed1.json", "--opening", "opening.json"),
            "sealed1.json is a sealed ballot, and a receipt is wanted",
        ),
        (("request", "paper7.json", "--delegate", "9"), "paper7.json is a paper, and the opening is wanted"),
        (
            ("check-challenge", "sealed1.json", "--opening", "opening.json"),
            "sealed1.json is a sealed ballot, and an opened ballot is wanted",
        ),
    ],
)
def test_a_file_in_the_place_of_another_is_called_by_its_name(
    assembly: Assembly, at: At, args: tuple[str, ...], error: str
) -> None:
    here = at("open")
    shutil.copy(assembly.folder / "record.zip", here)
    assert refused(here, *args).errors == [error]


STRANGE = {
    "empty": (b"", "is empty, and {} is wanted"),
    "picture": (b"\x89PNG\r\n\x1a\n\0", "is a picture, and {} is wanted"),
    "photograph": (b"\xff\xd8\xff\xe0", "is a picture, and {} is wanted"),
    "pdf": (b"%PDF-1.7\n\xff", "is a PDF, and {} is wanted"),
    "text": ("Αγαπητοί,\nthe list is attached.\n".encode(), "is a text, and {} is wanted"),
    "zip": (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "is a zip file, and {} is wanted"),
    "record": (b"PK\x03\x04" + bytes(26) + b"index.json", "is a record, and {} is wanted"),
    "store": (b"SQLite format 3\0", "is a store, and {} is wanted"),
    "noise": (b"\x01\xff\x00", "is damaged, or it is not {}"),
    "other": (b'{"a":1}', "is damaged, or it is not {}"),
    "cut": (b'{"paper":{"cre', "is cut off or damaged"),
}
"""Files that are none of ours, and what is said of them."""


@pytest.mark.parametrize("kind", STRANGE)
def test_a_file_that_is_none_of_ours_is_called_what_it_looks_like(at: At, kind: str) -> None:
    here = at("open")
    data, said = STRANGE[kind]
    (here / "given").write_bytes(data)
    for args, what in (
        (("cast", "given"), "a sealed ballot"),
        (("request", "given", "--delegate", "9"), "the opening"),
        (("vote", "given", "--marks", "1", "--out", "x"), "a paper"),
        ((*BOOTH, "--paper", "given"), "a paper"),
        ((*BOOTH, "--paper", "paper7.json", "--envelopes", "given"), "the file of envelopes"),
        (("receipt", "given", "--opening", "opening.json"), "a receipt"),
        (("issue", "given", "--head", "head.key"), "a request"),
        (("issue", "9", "--head", "given", "--seal", "seal.key", "--out", "x"), "a key file"),
        (("trustee", "share", "tara.key", "--box", "given", "--out", "x"), "the closed box"),
    ):
        (error,) = refused(here, *args).errors
        name = "this file" if args[:-1] == (*BOOTH, "--paper") else "given"
        assert error == f"{name} {said.format(what)}", args


@pytest.mark.parametrize("kind", STRANGE)
def test_a_file_that_is_none_of_ours_is_no_surrendered_paper(at: At, kind: str) -> None:
    data, said = STRANGE[kind]
    here = at("open")
    (here / "given").write_bytes(data)
    (error,) = refused(here, "spoil", "given", "--delegate", "7", "--yes").errors
    assert error == (
        "given: a code has 26 letters and digits, here are 27" if kind == "text" else f"given {said}".format("a paper")
    )


@pytest.mark.parametrize(
    ("folder", "files"),
    [("outbox", "outbox/*.json"), ("outbox/", "outbox/*.json"), ("the outbox", '"the outbox"/*.json')],
)
def test_whoever_casts_a_folder_is_told_how_its_files_are_named(at: At, folder: str, files: str) -> None:
    here = at("open")
    (here / folder).mkdir()
    done = refused(here, "cast", "sealed7.json", folder, "--receipts", "receipts")
    assert done.errors == [f"{folder.rstrip('/')} is a folder, and sealed ballots are wanted"]
    assert done.hint == f"Name the files in it: `ballot cast {files}`."


@pytest.mark.parametrize("command", [("verify",), ("show",), ("check-name", "3", "--name", "N", "--salt", "0" * 32)])
def test_what_is_plainly_no_record_is_called_by_its_name_and_fails_no_check(
    assembly: Assembly, at: At, command: tuple[str, ...]
) -> None:
    here = at("declared")
    for name in ("box.json", "declaration.txt"):
        shutil.copy(assembly.folder / name, here)
    (here / "empty.zip").write_bytes(b"")
    (here / "deep.json").write_bytes(b"[" * 10_000)
    (here / "folder").mkdir()
    (here / "letter.pdf").write_bytes(b"%PDF-1.7\n\x00\xff")
    (here / "list.csv").write_text("id,organisation\nM001,Ελλάδα\n", encoding="utf-8")
    (here / "paper.txt").write_bytes(f"{RULE}\nCERTIFICATE OF A SEAT\n".encode())
    for file, error in {
        "opening.json": "opening.json is the opening, and a record is wanted",
        "box.json": "box.json is the closed box, and a record is wanted",
        "election.db": "election.db is a store, and a record is wanted",
        "declaration.txt": "declaration.txt is a declaration, and a record is wanted",
        "paper.txt": "paper.txt is a certificate, and a record is wanted",
        "tara.key": "tara.key is a key file, and a record is wanted",
        "deep.json": "deep.json is a text, and a record is wanted",
        "letter.pdf": "letter.pdf is a PDF, and a record is wanted",
        "list.csv": "list.csv is a text, and a record is wanted",
        "empty.zip": "empty.zip is empty, and a record is wanted",
        "folder": "folder is a folder, and a record is wanted",
    }.items():
        said = refused(here, command[0], *command[1:2], file, *command[2:])
        assert said.errors == [error]
        assert said.hint


def test_all_files_of_a_wrong_kind_are_named_at_once(at: At) -> None:
    here = at("open")
    (here / "cut.json").write_bytes((here / "sealed7.json").read_bytes()[:200])
    assert refused(here, "cast", "paper7.json", "sealed7.json", "cut.json", "none.json").errors == [
        "paper7.json is a paper, and a sealed ballot is wanted",
        "cut.json is cut off or damaged",
        "none.json: a sealed ballot cannot be read: No such file or directory",
    ]


def test_a_secret_key_in_the_place_of_its_public_part_stays_with_the_trustee(at: At) -> None:
    outcome = refused(at("draft"), "trustee", "add", "tara.key")
    assert outcome.errors == ["tara.key is a key file, and the public part of a trustee's key is wanted"]
    assert "secret" in outcome.hint
    assert "give tara.key.public" in outcome.hint


def test_whoever_is_given_somebody_elses_paper_is_told_to_give_it_back(at: At) -> None:
    here = at("open")
    assert ballot(here, "request", "opening.json", "--delegate", "9", "--pending", "9.pending").code == 0
    for args in (("cast", "paper7.json"), ("issue", "9.pending", "--head", "head.key", "--seal", "seal.key")):
        said = refused(here, *args).err
        assert "Whoever has this file can vote with it: give it back to its owner, and keep no copy." in said


def test_a_public_part_given_twice_is_named_as_given_twice(at: At) -> None:
    here = at("draft")
    outcome = refused(here, "trustee", "add", "tara.key.public", "tara.key.public")
    assert outcome.errors == ["tara.key.public: a key of Tara Trustworthy is in tara.key.public too"]
    assert "once" in outcome.hint


def test_the_wrong_pending_paper_is_thought_of(at: At) -> None:
    here = at("open")
    keys = ("--head", "head.key", "--seal", "seal.key", "--attested-by", "the registration desk")
    for name in ("first", "second"):
        files = ("--out", f"{name}.json", "--pending", f"{name}.pending")
        assert ballot(here, "request", "opening.json", "--delegate", "9", *files).code == 0
    assert ballot(here, "issue", "second.json", *keys).code == 0
    receive = ("receive", "answers/delegate-9.response.json", "--opening", "opening.json", "--out", "new.json")
    outcome = refused(here, *receive, "--pending", "first.pending")
    assert outcome.errors[0].startswith("answer and pending paper do not belong together, or one was altered")
    assert "--pending" in outcome.hint
    assert "get the answer again" in outcome.hint
    (said,) = refused(here, *receive, "--pending", "second.json").errors
    assert said == "second.json is a request, and a pending paper is wanted"
    assert ballot(here, *receive, "--pending", "second.pending").code == 0
