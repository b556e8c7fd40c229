"""What a file is called by its bytes alone, and what is said where another one is wanted."""

import json
from pathlib import Path

import pytest

from ballot.challenge import Challenge
from ballot.commands import kinds
from ballot.cosigning import HalfDeclaration, HalfOpening, SealedDeclaration, SealedOpening, SealReady
from ballot.crypto.keys import DelegatePublic
from ballot.declaration import RULE
from ballot.envelopes import Envelopes
from ballot.errors import DAMAGED, BadInput, Fault, Invalid, Refused
from ballot.keeper import HalfResponse, Log
from ballot.register import Request, Response
from ballot.request import PendingFile
from ballot.trustees.boxfile import BoxFile
from ballot.trustees.messages import Acknowledge, Commit, Deal, Piece, Transcript
from ballot.trustees.readiness import Ready
from ballot.trustees.report import SignedReport
from ballot.votes import BoothPaper, OpeningFile, Receipt, SealedBallot, Trustee, TrusteeShare
from ballot.wire import MAX_JSON, Wire

ZIP = b"PK\x03\x04" + bytes(26)
KEY = "A key file is secret and stays with its owner: "
FOREIGN_KEY = f"{KEY}keep no copy of one that is not yours, and give it back."
VOTE = "Whoever has this file can vote with it: give it back to its owner, and keep no copy."


class Small(Wire, frozen=True):
    """Any value."""

    number: int


def of_fields(*names: str) -> bytes:
    return json.dumps(dict.fromkeys(names, 0)).encode()


def said(data: bytes, what: str, again: str = kinds.AGAIN, path: str = "x.json") -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        kinds.check_kind(path, data, what, again)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("data", "kind", "look"),
    [
        (b"", "", "empty"),
        (b" ", "", "a text"),
        ("Ελλάδα\n".encode(), "", "a text"),
        (b"a text with a \0", "", "damaged, or it is not"),
        (b"\xff", "", "damaged, or it is not"),
        (b"[1]", "", "a text"),
        (b"[{}]", "", "a text"),
        (b'["header","sealed"]', "", "a text"),
        (b"{}", "", "damaged, or it is not"),
        (b'{"a":0}', "", "damaged, or it is not"),
        (b'{"a":0', "", "cut off or damaged"),
        (b'{"a":"\xff"}', "", "damaged, or it is not"),
        (b'{"\xff":0}', "", "damaged, or it is not"),
        (b'{"a":' + b"[" * 100_000, "", "cut off or damaged"),
        (b"PK", "", "a zip file"),
        (ZIP + b"word/document.xml", "", "a zip file"),
        (ZIP[:-1] + b"index.json", "", "a zip file"),
        (ZIP + b"index.json", "a record", "a zip file"),
        (ZIP + b"icb-places.json", "the ICB's record", "a zip file"),
        (b"index.json", "", "a text"),
        (bytes(30) + b"index.json", "", "damaged, or it is not"),
        (b"SQLite format 3\0", "a store", "damaged, or it is not"),
        (b"BELENIOS\0", "a Belenios archive", "damaged, or it is not"),
        (b"%PDF-1.7", "a PDF", "a text"),
        (b"\x89PNG\r\n", "a picture", "damaged, or it is not"),
        (b"\xff\xd8\xff\xe0", "a picture", "damaged, or it is not"),
        (f"{RULE}\nDECLARATION OF".encode(), "a declaration", "a text"),
        (f"{RULE}\nCERTIFICATE OF".encode(), "a certificate", "a text"),
        (f"{RULE}\nMINUTES OF".encode(), "", "a text"),
        (of_fields("header", "sealed"), "a key file", "damaged, or it is not"),
        (of_fields("type", "header", "sealed"), "a key file", "damaged, or it is not"),
        (of_fields("header", "sealed", "more"), "", "damaged, or it is not"),
        (of_fields("report", "head", "seal"), "the report of a rehearsal", "damaged, or it is not"),
        (of_fields("report", "head"), "", "damaged, or it is not"),
    ],
)
def test_a_file_is_called_by_how_it_begins_or_by_its_fields(data: bytes, kind: str, look: str) -> None:
    assert (kinds.kind_of(data), kinds.look_of(data)) == (kind, look)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (Transcript, "the file of the ceremony"),
        (Commit, "a trustee's message of round 1"),
        (Deal, "a trustee's message of round 2"),
        (Acknowledge, "a trustee's message of round 3"),
        (Ready, "a proof that a key works"),
        (Trustee, "the public part of a trustee's key"),
        (DelegatePublic, "the public part of a delegate's key"),
        (OpeningFile, "the opening"),
        (Request, "a request"),
        (PendingFile, "a pending paper"),
        (HalfResponse, "the head's half of an answer"),
        (Response, "an answer"),
        (BoothPaper, "a paper"),
        (Envelopes, "the file of envelopes"),
        (Log, "the log of the seal"),
        (SealReady, "a proof that the seal's keys work"),
        (HalfOpening, "a half opening"),
        (SealedOpening, "a sealed opening"),
        (HalfDeclaration, "a half declaration"),
        (SealedDeclaration, "a sealed declaration"),
        (SealedBallot, "a sealed ballot"),
        (Receipt, "a receipt"),
        (Challenge, "an opened ballot"),
        (BoxFile, "the closed box"),
        (TrusteeShare, "a trustee's share"),
        (Piece, "a piece of a missing trustee's key"),
        (SignedReport, "the report of a rehearsal"),
    ],
)
def test_every_file_of_an_election_is_told_from_all_others(form: type[Wire], kind: str) -> None:
    fields = form.__struct_fields__
    assert kinds.kind_of(of_fields(*fields)) == kinds.kind_of(of_fields("type", *fields)) == kind
    assert kinds.kind_of(of_fields("other", *fields)) == kinds.kind_of(of_fields(*fields[1:])) == ""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" ABCD-EFGH\r\n", "ABCD-EFGH"),
        (b"", ""),
        (b"\xff", ""),
        (b"{", ""),
        (b"%PDF-1.7", ""),
        (of_fields("header", "sealed"), ""),
    ],
)
def test_only_a_text_can_hold_a_code(data: bytes, code: str) -> None:
    assert kinds.code_in(data) == code


def test_what_is_wanted_is_taken_and_of_anything_else_it_is_said_what_it_is() -> None:
    kinds.check_kind("x", of_fields("header", "sealed"), kinds.KEY)
    kinds.check_kind("x", b"text", kinds.TEXT)
    again = "Ask for another one."
    assert said(b"", kinds.KEY, again) == ("x.json is empty, and a key file is wanted", again)
    assert said(b"{", kinds.KEY, again) == ("x.json is cut off or damaged", again)
    assert said(b"{}", kinds.KEY, again) == ("x.json is damaged, or it is not a key file", again)
    assert said(b"PK", kinds.KEY, again) == (
        "x.json is a zip file, and a key file is wanted",
        "Look for the right file.",
    )


@pytest.mark.parametrize(
    ("kind", "what", "hint"),
    [
        (kinds.PAPER, kinds.BALLOT, VOTE),
        (kinds.PENDING, kinds.PAPER, VOTE),
        (kinds.ANSWER, kinds.PAPER, "`ballot receive` makes the paper of it, on the device that has the pending file"),
        (kinds.ANSWER, kinds.BALLOT, "Look for the right file."),
        (kinds.REQUEST, kinds.PAPER, "Look for the right file."),
        (kinds.KEY, kinds.PAPER, FOREIGN_KEY),
        (kinds.KEY, kinds.PUBLIC, FOREIGN_KEY),
    ],
)
def test_what_to_do_about_another_file(tmp_path: Path, kind: str, what: str, hint: str) -> None:
    assert kinds.instead(tmp_path / "x.key", kind, what).startswith(hint)


def test_who_gives_a_key_for_its_public_part_is_told_its_name_if_it_is_there(tmp_path: Path) -> None:
    key = tmp_path / "x.key"
    (tmp_path / "x.key.public").touch()
    assert kinds.instead(key, kinds.KEY, kinds.PUBLIC) == f"{KEY}give {key}.public, which was made beside it."
    assert kinds.instead(key, kinds.KEY, kinds.PAPER) == FOREIGN_KEY


def test_a_file_of_the_right_kind_that_cannot_be_read_is_called_damaged() -> None:
    broken = of_fields(*BoothPaper.__struct_fields__)
    again = "Ask for another one."
    with pytest.raises(Invalid) as caught:
        kinds.decode_as("x.json", broken, BoothPaper, kinds.PAPER, MAX_JSON, again)
    assert caught.value.message.startswith(f"x.json {DAMAGED}: it")
    assert caught.value.hint == again


def test_all_files_that_cannot_be_read_are_named_with_their_hints(tmp_path: Path) -> None:
    broken, none, other, large = (tmp_path / name for name in ("broken", "none", "other", "large"))
    broken.write_bytes(of_fields(*Trustee.__struct_fields__))
    large.write_bytes(bytes(1001))
    other.write_bytes(of_fields("header", "sealed"))
    with pytest.raises(BadInput) as caught:
        kinds.read_all([broken, none, other, large], Trustee, kinds.PUBLIC, 1000, "Ask for it again.")
    assert [(fault.file, fault.row, fault.field, fault.hint) for fault in caught.value.faults] == [
        ("", 0, "", "Ask for it again."),
        ("", 0, "", "Check the path and the permissions."),
        ("", 0, "", FOREIGN_KEY),
        ("", 0, "", "Ask for it again."),
    ]


def test_the_values_of_all_files_come_with_their_names(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    for number, path in enumerate(paths, start=1):
        path.write_text(f'{{"number":{number}}}', encoding="utf-8")
    assert kinds.read_all(paths, Small, "a number", MAX_JSON) == [(str(paths[0]), Small(1)), (str(paths[1]), Small(2))]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (ZIP + b"index.json", {}, ""),
        (b"PK, cut", {}, ""),
        (b"\xff\x00noise", {}, ""),
        (ZIP + b"icb-places.json", {"icb": True}, ""),
        (b"BELENIOS\0more", {"archive": True}, ""),
        (b"a list", {"archive": True, "icb": True}, "is a text, and a record is wanted"),
        (ZIP + b"icb-places.json", {}, "is the ICB's record, and the record of an election is wanted"),
        (ZIP + b"icb-places.json", {"archive": True}, "is the ICB's record, and the record of an election is wanted"),
        (b"BELENIOS\0", {"icb": True}, "is a Belenios archive, and a record is wanted"),
        (b"", {}, "is empty, and a record is wanted"),
        (b"a list", {}, "is a text, and a record is wanted"),
        (b"%PDF-\xff", {}, "is a PDF, and a record is wanted"),
        (of_fields("header", "sealed"), {}, "is a key file, and a record is wanted"),
    ],
)
def test_what_may_be_a_record_is_read_for_the_checks(
    tmp_path: Path, data: bytes, options: dict[str, bool], message: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    if not message:
        assert kinds.read_record(path, **options) == data
        return
    with pytest.raises(Invalid) as caught:
        kinds.read_record(path, **options)
    assert caught.value.message == f"{path} {message}"
    assert caught.value.hint


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        kinds.read_record(tmp_path)
    assert caught.value.message == f"{tmp_path} is a folder, and a record is wanted"
    assert caught.value.hint == f"Name the file: {tmp_path / 'record.zip'}, perhaps."


def test_of_a_file_that_does_not_hold_damage_is_said_unless_something_is_known_better() -> None:
    with pytest.raises(Invalid) as caught, kinds.unchanged("x.json"):
        raise Invalid("the signature is wrong")
    assert (caught.value.message, caught.value.hint) == (f"x.json {DAMAGED}: the signature is wrong", kinds.AGAIN)
    with pytest.raises(Invalid) as caught, kinds.unchanged("x.json"):
        raise Invalid("the paper is of another election", "Take yours.")
    assert (caught.value.message, caught.value.hint) == ("the paper is of another election", "Take yours.")


def test_a_key_among_what_was_given_is_spoken_of_whatever_else_is_refused() -> None:
    faults = [Fault("a", 0, "", "is a text", "Look for it."), Fault("b", 0, "", "is a key file", FOREIGN_KEY)]
    for given, hint in ((faults, f"{FOREIGN_KEY} Wait."), (faults[:1], "Wait."), ([], "Wait.")):
        with pytest.raises(Refused) as caught, kinds.warned(given):
            raise Refused("not yet", "Wait.")
        assert caught.value.hint == hint
    with pytest.raises(Refused) as caught, kinds.warned(faults):
        raise Refused("not yet")
    assert caught.value.hint == FOREIGN_KEY
    with kinds.warned(faults):
        pass


def test_files_that_were_not_taken_in_are_told_with_every_hint_once_and_secrets_first() -> None:
    faults = [
        Fault("a", 0, "", "is a text", "A copy will do."),
        Fault("b", 0, "", "does not hold"),
        Fault("c", 0, "", "is a text", "A copy will do."),
        Fault("d", 0, "", "is a key file", FOREIGN_KEY),
        Fault("e", 0, "", "does not hold"),
    ]
    told = kinds.refused(faults, "Ask for {} again.", others=True)
    assert told.hint == f"{FOREIGN_KEY} A copy will do. Ask for b, e again. All others were taken in."
    assert [(fault.file, fault.problem, fault.hint) for fault in told.faults] == [
        (fault.file, fault.problem, "") for fault in faults
    ]
    assert kinds.refused(faults[:1], "Ask for {} again.", others=False).hint == "A copy will do."
