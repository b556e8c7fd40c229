"""What --force replaces: what the same command wrote before of the same election, and nothing else."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from ballot.commands import kinds
from ballot.commands.overwrite import check_free, check_free_for
from ballot.declaration import RULE
from ballot.envelopes import Envelopes
from ballot.errors import Error, Refused
from ballot.files import OVERWRITE_HINT
from ballot.request import PendingFile
from ballot.trustees.boxfile import BoxFile
from ballot.trustees.messages import Commit
from ballot.trustees.report import SignedReport
from ballot.votes import BoothPaper, OpeningFile, Receipt, SealedBallot
from ballot.wire import Wire, decode
from tests.commands import keepers
from tests.commands.assembly import KEYS, ballot, begin, refused
from tests.commands.conftest import At


@dataclass(frozen=True)
class Made:
    """A file that a command made, by where the election stood, and how it is made again."""

    point: str
    args: tuple[str, ...]
    name: str
    what: str


REHEARSE = ("rehearse", *KEYS, "--trustee", "tara.key", "--trustee", "tomas.key")
MADE_AGAIN = (
    Made("open", ("close", "--yes"), "box.json", "the closed box"),
    Made("closed", ("trustees", "box"), "box.json", "the closed box"),
    Made("declared", ("publish", *KEYS), "record.zip", "a record"),
    Made("ready", REHEARSE, "rehearsal.json", "the report of a rehearsal"),
)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of another election."""
    folder = tmp_path_factory.mktemp("other") / "election"
    folder.mkdir()
    begin(folder)
    plan = folder / "lists" / "election.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("Small Assembly", "Another Assembly"), encoding="utf-8")
    setup: tuple[tuple[str, ...], ...] = (
        ("new", "--from", "lists/election.toml"),
        ("trustee", "add", "tara.key.public", "tomas.key.public"),
        REHEARSE,
    )
    count: tuple[tuple[str, ...], ...] = (
        ("trustee", "share", "tara.key"),
        ("trustee", "share", "tomas.key"),
        ("count",),
        ("declare", *KEYS),
        ("publish", *KEYS),
    )
    for args in setup:
        done = ballot(folder, *args)
        assert done.code == 0, (args, done.err)
    # Nobody is tied where it matters.
    keepers.vote(folder, ())
    for args in count:
        done = ballot(folder, *args)
        assert done.code == 0, (args, done.err)
    return folder


@pytest.mark.parametrize("made", MADE_AGAIN, ids=lambda made: made.args[0])
def test_force_replaces_what_the_same_command_wrote_of_this_election(at: At, made: Made) -> None:
    here = at(made.point)
    store = (here / "election.db").read_bytes()
    assert ballot(here, *made.args).code == 0
    # As after a power failure in the very last moment: the file is there, and the store knows nothing of it.
    (here / "election.db").write_bytes(store)
    if made.point != "closed":
        assert refused(here, *made.args).errors == [f"{made.name} is already there"]
    assert ballot(here, *made.args, "--force").code == 0


@pytest.mark.parametrize("made", MADE_AGAIN, ids=lambda made: made.args[0])
def test_attack_force_replaces_the_file_of_another_election(other: Path, at: At, made: Made) -> None:
    here = at(made.point)
    shutil.copy(other / made.name, here)
    data = bytearray((here / made.name).read_bytes())
    for cut in (data, data[:-20]):
        (here / made.name).write_bytes(cut)
        for force in ((), ("--force",)):
            said = refused(here, *made.args, *force)
            assert said.errors[0].startswith(f"{made.name} is already there, and it is "), said
            assert said.hint.endswith(f"--force replaces only {made.what} of this election.")
    (here / made.name).write_bytes(data)
    assert refused(here, *made.args).errors[0].endswith(f"it is {made.what} of another election, or damaged")


def refusal(path: Path, replace: Callable[[], None]) -> tuple[str, str]:
    """What is said of the file that is there, and the hint."""
    with pytest.raises(Refused) as caught:
        replace()
    return caught.value.message.removeprefix(f"{path} is already there, and it is "), caught.value.hint


def damaged(path: Path, form: type[Wire]) -> Path:
    """A file with the fields of its kind, and nothing in them that could be read."""
    path.write_text(json.dumps(dict.fromkeys(form.__struct_fields__, 1)), encoding="utf-8")
    return path


@pytest.mark.parametrize("of", ["", "ab" * 32])
@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (Envelopes, kinds.ENVELOPES),
        (Receipt, kinds.RECEIPT),
        (BoxFile, kinds.BOX),
        (SignedReport, kinds.REHEARSAL),
        (None, kinds.RECORD),
    ],
)
def test_attack_force_replaces_a_file_that_can_perhaps_be_mended(
    tmp_path: Path, form: type[Wire] | None, kind: str, of: str
) -> None:
    path = tmp_path / "mine"
    if form is None:
        path.write_bytes(b"PK\x03\x04" + bytes(26) + b'index.json{"index":{"version":1,"opening":"ab')
    else:
        damaged(path, form)
    replace = partial(check_free, [path], force=True, kind=kind, of=of)
    assert refusal(path, replace)[0] == f"{kind} of another election, or damaged"


@pytest.mark.parametrize(("form", "kind"), [(BoothPaper, kinds.PAPER), (SealedBallot, kinds.BALLOT)])
def test_attack_a_damaged_vote_overwritten_by_force(tmp_path: Path, form: type[Wire], kind: str) -> None:
    path = damaged(tmp_path / "mine", form)
    for force in (False, True):
        replace = partial(check_free_for, path, kind, "ab" * 32, force=force)
        assert refusal(path, replace)[0] == f"{kind}: perhaps another delegate's vote"


def test_only_what_was_made_of_the_same_paper_is_replaced(at: At) -> None:
    here = at("open")
    paper, sealed = here / "paper7.json", here / "sealed7.json"
    own = decode(paper.read_bytes(), BoothPaper, "the paper").paper.credential
    check_free_for(paper, kinds.PAPER, own, force=True)
    check_free_for(sealed, kinds.BALLOT, own, force=True)
    with pytest.raises(Refused) as caught:
        check_free_for(paper, kinds.PAPER, own, force=False)
    assert (caught.value.message, caught.value.hint) == (f"{paper} is already there", OVERWRITE_HINT)
    message, hint = refusal(sealed, partial(check_free_for, sealed, kinds.BALLOT, own, force=False))
    assert message == "a ballot that was sealed on this paper before"
    assert "Never cast both" in hint
    for path, kind, other in (
        (paper, kinds.PAPER, "ab" * 32),
        (sealed, kinds.BALLOT, "ab" * 32),
        (paper, kinds.BALLOT, own),
        (sealed, kinds.PAPER, own),
    ):
        found = kinds.PAPER if path == paper else kinds.BALLOT
        for force in (False, True):
            replace = partial(check_free_for, path, kind, other, force=force)
            assert refusal(path, replace)[0] == f"{found}: perhaps another delegate's vote"
    (here / "mine").write_text("text", encoding="utf-8")
    for kind in (kinds.PAPER, kinds.BALLOT):
        check_free_for(here / "no.json", kind, own, force=False)
        replace = partial(check_free_for, here / "mine", kind, own, force=True)
        assert refusal(here / "mine", replace) == ("a text", "Choose another name, or move that file away.")


def test_a_name_that_no_disk_takes_is_refused_as_a_name(tmp_path: Path) -> None:
    for path in (tmp_path / ("x" * 5000), tmp_path / "no folder" / "x"):
        with pytest.raises(Error) as caught:
            check_free([path], force=True, kind=kinds.RECORD)
        assert "already there" not in caught.value.message


KEPT = {
    b'{"header":0,"sealed":0}': (
        "{} is a key file, and no key is overwritten",
        "Choose another name. If that key is not needed any more, delete the file yourself.",
    ),
    b"SQLite format 3\0": (
        "{} is a store, and no store is overwritten",
        "Choose another name: all is in this file.",
    ),
    f"{RULE}\nDECLARATION".encode(): (
        "{} is already there, and it is a declaration that was signed before; none is overwritten",
        "Choose another name with --out, or move that file away.",
    ),
    json.dumps(dict.fromkeys(OpeningFile.__struct_fields__, 0)).encode(): (
        "{} is already there, and it is the opening that was signed before; none is overwritten",
        "Choose another name with --out, or move that file away.",
    ),
    json.dumps(dict.fromkeys(PendingFile.__struct_fields__, 0)).encode(): (
        "{} is already there, and it is a pending paper: perhaps another delegate's vote",
        "Whose it is takes it away first, or choose another name. It is not overwritten: a lost vote is not replaced.",
    ),
}


@pytest.mark.parametrize("data", KEPT)
def test_what_is_never_overwritten_is_so_by_no_command(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine"
    path.write_bytes(data)
    message, hint = KEPT[data]
    for kind in (kinds.RECORD, kinds.KEY, kinds.OPENING, kinds.DECLARATION, kinds.PENDING, kinds.STORE, ""):
        for force in (False, True):
            with pytest.raises(Refused) as caught:
                check_free([tmp_path / "free", path], force, kind=kind)
            assert (caught.value.message, caught.value.hint) == (message.format(path), hint)
    check_free([path], force=True, kind=kinds.KEY, renewed=[path])


def test_of_all_others_force_replaces_the_same_kind_of_the_same_election(tmp_path: Path) -> None:
    path, own = tmp_path / "mine", "ab" * 32
    keep = "Choose another name, or move that file away."
    record = b"PK\x03\x04" + bytes(26) + f'index.json{{"index":{{"version":1,"opening":"{own}","x'.encode()
    message = json.dumps(dict.fromkeys(Commit.__struct_fields__, 0)).encode()
    for data, kind, of in (
        (record, kinds.RECORD, own),
        (message, kinds.MESSAGE, ""),
        (b"text", kinds.TEXT, ""),
        (b"", kinds.RECORD, own),
        (b"text", (kinds.KEY, kinds.TEXT), ""),
    ):
        path.write_bytes(data)
        check_free([path], force=True, kind=kind, of=of)
        with pytest.raises(Refused) as caught:
            check_free([path], kind=kind, of=of)
        assert (caught.value.message, caught.value.hint) == (f"{path} is already there", OVERWRITE_HINT)
    check_free([path], force=True, kind=kinds.TEXT)
    for data in (record, b"text"):
        path.write_bytes(data)
        with pytest.raises(Refused) as caught:
            check_free([path])
        assert (caught.value.message, caught.value.hint) == (f"{path} is already there", OVERWRITE_HINT)
    for data, kind, of, said, only in (
        (b"text", kinds.RECORD, own, "a text", "--force replaces only a record of this election."),
        (b"text", kinds.MESSAGE, "", "a text", "--force replaces only a trustee's message."),
        (b"text", (kinds.KEY, kinds.CEREMONY), "", "a text", "--force replaces only the file of the ceremony."),
        (b"text", kinds.KEY, "", "a text", ""),
        (b"{}", kinds.KEY, "", "no file of ballot", ""),
        (record, kinds.TEXT, own, "a record", "--force replaces only a text of this election."),
        (
            record,
            kinds.RECORD,
            "cd" * 32,
            "a record of another election, or damaged",
            "--force replaces only a record of this election.",
        ),
    ):
        path.write_bytes(data)
        for force in (False, True):
            replace = partial(check_free, [path], force, kind=kind, of=of)
            assert refusal(path, replace) == (said, f"{keep} {only}".strip())
