"""The count with a trustee missing, through the commands: at the committee's table and by files between machines."""

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from ballot import statements
from ballot.acts import voting
from ballot.aloud import numbered
from ballot.commands import ask, clock
from ballot.crypto import signing
from ballot.crypto.groups import group
from ballot.crypto.keys import DEMO
from ballot.crypto.words import fingerprint_line
from ballot.journal import Entry, SignedEntry
from ballot.record import read_record, unpack
from ballot.store.repo import Store
from ballot.trustees.boxfile import BoxFile
from ballot.trustees.keeping import load_secrets, save_secrets
from ballot.votes import Choice, SealedBallot
from ballot.wire import MAX_RECORD, decode, encode
from tests.commands import keepers
from tests.commands.assembly import PASSPHRASE, ballot, refused, snapshot
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import finish, key
from tests.trustees import NAMES

At = Callable[[], Path]


def box_of(folder: Path) -> BoxFile:
    return decode((folder / "box.json").read_bytes(), BoxFile, "the box", MAX_RECORD)


def test_a_directory_is_deleted_before_the_count_and_the_election_is_declared_and_verified(closed: At) -> None:
    here = closed()
    shutil.rmtree(here / "Tomas")
    for name in ("Tara", "Teodor"):
        assert ballot(here, "trustee", "share", key(name)).code == 0
    assert ballot(here, "trustees", "missing", "Tomas", "--yes").code == 0
    for name in ("Tara", "Teodor"):
        assert ballot(here, "trustee", "stand-in", "Tomas", "--key", key(name)).code == 0
    verified = finish(here)
    assert verified.code == 0
    assert verified.value["checks"][10]["figure"] == "2 of 3 trustees; for Tomas: Tara, Teodor"
    assert "stood in: Tara, Teodor" in (here / "declaration.txt").read_text(encoding="utf-8")
    contents = read_record((here / "record.zip").read_bytes()).contents
    assert [(backup.missing, len(backup.pieces)) for backup in contents.backups] == [(2, 2)]


def test_too_few_are_refused_with_how_many_more_and_who(closed: At) -> None:
    here = closed()
    outcome = ballot(here, "count")
    assert (outcome.code, outcome.errors[0].split(":")[0]) == (3, "2 more trustees are needed")
    missing = '; whoever does not come: ballot trustees missing "NAME"'
    assert outcome.errors[0].endswith(f"the share of Teodor: ballot trustee share KEY (2 of them are enough){missing}")
    ballot(here, "trustee", "share", key("Tara"))
    outcome = ballot(here, "count")
    assert (outcome.code, outcome.errors[0].split(":")[0]) == (3, "1 more trustee is needed")
    assert outcome.errors[0].endswith(f"ballot trustee share KEY (one of them is enough){missing}")
    status = ballot(here, "status", "--json").value["next"]
    assert status.endswith(f"(one of them is enough){missing}")
    ballot(here, "trustee", "share", key("Teodor"))
    outcome = ballot(here, "count")
    assert outcome.code == 3
    assert outcome.errors == [
        "2 of 3 trustees gave their shares, and 2 are needed: that is enough, but the share of whoever did not come "
        f"must be made first; awaited: the share of Tomas: ballot trustee share KEY{missing}"
    ]
    assert "then those who came stand in" in outcome.hint
    status = ballot(here, "status", "--json").value["next"]
    assert status == f"awaited: the share of Tomas: ballot trustee share KEY{missing}"
    ballot(here, "trustees", "missing", "Tomas", "--yes")
    done = ballot(here, "trustee", "stand-in", "Tomas", "--key", key("Tara"))
    assert "Piece received from:   Tara, of the key of Tomas" in done.out
    outcome = ballot(here, "count")
    assert outcome.code == 3
    step = "1 more piece of the key of Tomas: ballot trustee stand-in Tomas --key KEY"
    assert outcome.errors[0].endswith(f"awaited: {step}")
    assert outcome.hint == "Those who came stand in, each with their own key."
    assert ballot(here, "status", "--json").value["next"] == f"awaited: {step}"


def test_nobody_stands_in_without_an_own_share_and_whoever_comes_late_is_told_that_it_is_there(closed: At) -> None:
    here = closed()
    ballot(here, "trustees", "missing", "Tomas", "--yes")
    early = ballot(here, "trustee", "stand-in", "Tomas", "--key", key("Tara"))
    said = "Tara has not given a share, and only those who did can stand in for Tomas"
    assert (early.code, said in early.errors[0]) == (3, True)
    assert "First the share of Tara: `ballot trustee share KEY`; then this piece again." in early.hint
    for name in ("Tara", "Teodor"):
        assert ballot(here, "trustee", "share", key(name)).code == 0
        assert ballot(here, "trustee", "stand-in", "Tomas", "--key", key(name)).code == 0
    # Whoever comes after that is not told that they gave a share which they never gave.
    late = ballot(here, "trustee", "share", key("Tomas"))
    assert (late.code, "others have stood in for Tomas already" in late.errors[0]) == (3, True)
    assert "becomes public" in late.hint
    assert finish(here).code == 0


def test_nobody_stands_in_before_the_committee_has_announced_it_and_the_key_does_not_remember(closed: At) -> None:
    here = closed()
    before = (here / key("Tara")).read_bytes()
    outcome = ballot(here, "trustee", "stand-in", "Tomas", "--key", key("Tara"))
    assert outcome.code == 3
    assert "nobody has announced that Tomas is missing" in outcome.errors[0]
    assert (here / key("Tara")).read_bytes() == before


def test_a_lost_passphrase_is_a_lost_key_and_the_others_stand_in(closed: At) -> None:
    here = closed()
    outcome = ballot(here, "trustee", "share", key("Teodor"), BALLOT_TRUSTEE_PASSPHRASE="not that one, nor that")
    assert outcome.code == 3
    assert "the passphrase is wrong" in outcome.errors[0]
    for name in ("Tara", "Tomas"):
        assert ballot(here, "trustee", "share", key(name)).code == 0
    assert ballot(here, "trustees", "missing", "Teodor", "--yes").code == 0
    for name in ("Tara", "Tomas"):
        assert ballot(here, "trustee", "stand-in", "Teodor", "--key", key(name)).code == 0
    assert finish(here).code == 0


def test_shares_and_pieces_travel_by_files_between_machines_that_share_nothing_else(closed: At, tmp_path: Path) -> None:
    here = closed()
    given = []
    for name in ("Tara", "Teodor"):
        alone = tmp_path / name
        alone.mkdir()
        shutil.copy(here / key(name), alone / "my.key")
        shutil.copy(here / "box.json", alone / "box.json")
        options = ("--box", "box.json", "--json")
        shared = ballot(alone, "trustee", "share", "my.key", "--out", "share.json", *options)
        assert shared.code == 0, shared.err
        assert shared.value["ballots"] == 2
        stood = ballot(
            alone, "trustee", "stand-in", "Tomas", "--key", "my.key", "--out", "piece.json", *options, "--yes"
        )
        assert stood.code == 0, stood.err
        assert sorted(path.name for path in alone.iterdir()) == ["box.json", "my.key", "piece.json", "share.json"]
        for file in ("share.json", "piece.json"):
            shutil.copy(alone / file, here / f"{name}-{file}")
            given.append(f"{name}-{file}")
    ballot(here, "trustees", "missing", "Tomas", "--yes")
    outcome = ballot(here, "trustee", "receive", *given, "--json")
    assert outcome.code == 0, outcome.err
    assert (outcome.value["shared"], outcome.value["stood_in"]) == (["Tara", "Teodor"], ["Tomas"])
    assert outcome.value["awaited"] == []
    assert finish(here).code == 0


@pytest.mark.parametrize("options", [("--box", "box.json", "--out", "out.json"), ()])
@pytest.mark.parametrize("command", ["share", "stand-in"])
def test_what_was_read_aloud_is_shown_before_the_passphrase_is_asked(
    closed: At, at_terminal: AtTerminal, command: str, options: tuple[str, ...]
) -> None:
    here = closed()
    ballot(here, "trustees", "missing", "Tomas", "--yes")
    given = {"share": ["share", key("Tara")], "stand-in": ["stand-in", "Tomas", "--key", key("Tara"), "--yes"]}[command]
    args = ["ballot", "trustee", *given, *options, "--plain"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    box = box_of(here)
    exit_code, shown, _ = at_terminal(code, [("Passphrase ", "not the one\n")] * 3)
    assert exit_code == 3
    before = " ".join(shown.partition("(asked)")[0].split())
    for said in (
        f"Election: {box.opening.election.name}",
        f"Opening, in words: {numbered(fingerprint_line(box.opening.signed.opening.fingerprint))}",
        "Ballots: 2",
        f"Box, in words: {numbered(fingerprint_line(box.closing.box))}",
        "Type the passphrase only if these are what was read aloud.",
    ):
        assert said in before
    assert not (here / "out.json").exists()


@pytest.mark.parametrize("typed", ["no\n", "Tomas\n", "\n"])
def test_a_name_by_mistake_does_not_use_up_the_only_piece(closed: At, at_terminal: AtTerminal, typed: str) -> None:
    here = closed()
    before = (here / key("Tara")).read_bytes()
    words = ["trustee", "stand-in", "Tomas", "--key", key("Tara"), "--box", "box.json", "--out", "piece.json"]
    outcome = ballot(here, *words)
    assert (outcome.code, outcome.hint) == (2, "Give it with --yes.")
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {['ballot', *words]!r}\n"
    code += "from ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [("told at once that Tomas is missing? [yes/no] ", typed)])
    assert (exit_code, "no piece was given" in shown) == (3, True)
    assert "no more than 1 trustee, and takes none back" in shown
    assert "Passphrase" not in shown
    assert (here / key("Tara")).read_bytes() == before
    assert not (here / "piece.json").exists()


def test_the_box_is_handed_out_again_and_holds_no_order(closed: At) -> None:
    here = closed()
    again = ballot(here, "trustees", "box", "--out", "again.json", "--json").value
    assert again["box"] == box_of(here).closing.box
    assert again["words"] == fingerprint_line(again["box"])
    assert (here / "again.json").read_bytes() == (here / "box.json").read_bytes()
    trackers = [sealed.ballot.tracker for sealed in box_of(here).sealed]
    assert trackers == sorted(trackers)


def reclosed(here: Path, box: BoxFile, **changes: object) -> BoxFile:
    """Another box, which the desk closes and signs just the same."""
    other = structs.replace(box, **changes)
    closing = statements.closing_of(other.opening.signed.opening, other.ballots)
    entry = structs.replace(other.closed.entry, details=statements.closed(closing))
    return structs.replace(other, closed=signed(here, entry))


def signed(here: Path, entry: Entry) -> SignedEntry:
    with Store.open(here / "election.db") as store, store.read() as view:
        desk = signing.load_private(view.desk_secret())
    return SignedEntry(entry, signing.sign(desk, "journal", encode(entry)))


def share_over(here: Path, box: BoxFile) -> tuple[int, str]:
    """Exit code and error of Tara's program over a box that somebody sent."""
    (here / "sent.json").write_bytes(encode(box))
    done = ballot(here, "trustee", "share", key("Tara"), "--box", "sent.json", "--out", "out.json", "--force")
    return done.code, done.errors[0] if done.errors else ""


def test_attack_a_single_ballot_or_a_subset_in_the_place_of_the_box(closed: At) -> None:
    here = closed()
    box, before = box_of(here), (here / key("Tara")).read_bytes()
    for sealed in ((), box.sealed[:1], box.sealed[1:], (*box.sealed, box.sealed[0]), (box.sealed[0], box.sealed[0])):
        code, error = share_over(here, structs.replace(box, sealed=sealed))
        assert (code, "not the box that was closed" in error) == (3, True)
    assert (here / key("Tara")).read_bytes() == before
    assert not (here / "out.json").exists()


def test_attack_a_second_box_that_the_desk_closes_too(closed: At) -> None:
    here = closed()
    box = box_of(here)
    assert ballot(here, "trustee", "share", key("Tara")).code == 0
    code, error = share_over(here, reclosed(here, box, sealed=box.sealed[:1]))
    assert (code, "another box, of this election" in error) == (3, True)
    assert share_over(here, box)[0] == 0


def test_attack_a_ballot_made_from_somebody_elses(closed: At) -> None:
    """Marks of one ballot under the paper of another would come out of the totals; the proofs do not fit that paper."""
    here = closed()
    box = box_of(here)
    first, other = box.sealed
    forged = structs.replace(other, ballot=structs.replace(other.ballot, answers=first.ballot.answers))
    code, error = share_over(here, reclosed(here, box, sealed=(forged,)))
    assert (code, forged.ballot.tracker in error) == (3, True)
    swapped = structs.replace(other, paper=first.paper)
    code, error = share_over(here, reclosed(here, box, sealed=(swapped,)))
    assert (code, "was not made on the paper it comes with" in error) == (3, True)


@pytest.mark.parametrize("command", ["share", "stand-in"])
def test_attack_a_ballot_made_from_somebody_elses_is_written_into_the_store(tmp_path: Path, command: str) -> None:
    """Its marks, a thousand times over, would stand out in the totals; no box but the store's own file takes it."""
    keepers.draft(tmp_path, 3, 2)
    keepers.ceremony(tmp_path, 3)
    keepers.vote(tmp_path, until="cast")
    victim = decode((tmp_path / "sealed1.json").read_bytes(), SealedBallot, "a ballot")
    ring = group("Ed25519")

    def raised(text: str) -> str:
        return ring.text(ring.public_power(ring.element(text, identity=True), 1000))

    (answer,) = victim.ballot.answers
    choices = tuple(Choice(raised(choice.alpha), raised(choice.beta)) for choice in answer.choices)
    credential = ring.text(ring.base(7))
    forged = SealedBallot(
        structs.replace(victim.paper, credential=credential),
        structs.replace(victim.ballot, credential=credential, answers=(structs.replace(answer, choices=choices),)),
    )
    with contextlib.closing(sqlite3.connect(tmp_path / "election.db")) as raw, raw:
        row = {"tracker": forged.ballot.tracker, "credential": credential, "sealed": encode(forged)}
        raw.execute("INSERT INTO box_ballots VALUES (:tracker, :credential, :sealed)", row)
    done = refused(tmp_path, "close", "--yes")
    assert done.errors[0].startswith("the store is damaged: the box in it cannot be right: ")
    assert not (tmp_path / "box.json").exists()
    with Store.open(tmp_path / "election.db") as store:
        # Whoever can write into the store can close it, too.
        voting.close(store, clock.now())
    ballot(tmp_path, "trustees", "missing", "Tomas", "--yes")
    before = (tmp_path / key("Tara")).read_bytes()
    given = {"share": ("share", key("Tara")), "stand-in": ("stand-in", "Tomas", "--key", key("Tara"))}[command]
    done = refused(tmp_path, "trustee", *given)
    assert done.errors[0].startswith("the store is damaged: the closed box in it cannot be right: ")
    assert (tmp_path / key("Tara")).read_bytes() == before


def test_attack_a_closing_that_the_desk_did_not_sign(closed: At) -> None:
    here = closed()
    box = box_of(here)
    honest = reclosed(here, box)
    assert honest == box
    entry = structs.replace(box.closed.entry, at="2099-01-01T00:00Z")
    code, error = share_over(here, structs.replace(box, closed=SignedEntry(entry, box.closed.signature)))
    assert (code, "signature (journal)" in error) == (3, True)
    other = structs.replace(box.closed.entry, act="opened")
    code, error = share_over(here, structs.replace(box, closed=signed(here, other)))
    assert (code, "0 entries 'closed'" in error) == (3, True)


def test_attack_an_opening_or_a_ceremony_of_others(closed: At, tmp_path: Path) -> None:
    here = closed()
    (tmp_path / "other").mkdir()
    keepers.play(tmp_path / "other", 3, 2)
    box, other = box_of(here), box_of(tmp_path / "other")
    code, error = share_over(here, other)
    assert (code, "not the ceremony that this key took part in" in error) == (3, True)
    for ceremony in ((), other.ceremony, (*box.ceremony, *other.ceremony)):
        code, error = share_over(here, structs.replace(box, ceremony=ceremony))
        assert (code, "is not the one that the opening statement names" in error) == (3, True)
    fewer = structs.replace(box.opening.signed.opening, need=1)
    unsigned = structs.replace(box.opening, signed=structs.replace(box.opening.signed, opening=fewer))
    code, error = share_over(here, structs.replace(box, opening=unsigned))
    assert (code, "signature (opening)" in error) == (3, True)


def test_a_key_file_of_another_election_is_refused_at_the_table(closed: At, tmp_path: Path) -> None:
    here = closed()
    (tmp_path / "other").mkdir()
    keepers.draft(tmp_path / "other", 3, 2)
    keepers.ceremony(tmp_path / "other", 3)
    ballot(here, "trustees", "missing", "Teodor", "--yes")
    before = snapshot(tmp_path / "other")
    for args in (("share", f"../other/{key('Tara')}"), ("stand-in", "Teodor", "--key", f"../other/{key('Tara')}")):
        outcome = ballot(here, "trustee", *args)
        assert outcome.code == 3
        assert "not the ceremony that this key took part in" in outcome.errors[0]
    assert snapshot(tmp_path / "other") == before


def test_a_plain_key_gives_no_share_where_a_ceremony_was_held(closed: At) -> None:
    here = closed()
    ballot(here, "trustee", "new", "--name", "Tara", "--out", "plain.key")
    outcome = ballot(here, "trustee", "share", "plain.key")
    assert outcome.code == 3
    assert "the key of Tara is not a key of this election" in outcome.errors[0]
    ballot(here, "trustees", "missing", "Tomas", "--yes")
    outcome = ballot(here, "trustee", "stand-in", "Tomas", "--key", "plain.key")
    assert outcome.code == 3
    assert "holds no pieces" in outcome.errors[0]


def test_the_key_file_remembers_the_box_before_anything_is_given(closed: At) -> None:
    here = closed()
    (here / "out.json").write_text("in the way", encoding="utf-8")
    outcome = ballot(here, "trustee", "share", key("Tara"), "--box", "box.json", "--out", "out.json")
    assert outcome.code == 3
    assert load_secrets((here / key("Tara")).read_bytes(), PASSPHRASE).closing is None
    ballot(here, "trustee", "share", key("Tara"))
    assert load_secrets((here / key("Tara")).read_bytes(), PASSPHRASE).closing == box_of(here).closing


@pytest.mark.parametrize("options", [(), ("--box", "box.json", "--out", "out.json")])
def test_attack_a_command_that_was_started_before_the_key_remembered_another_box(
    closed: At, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """Two windows, both of which have read the key: the second must not give a share over a second box."""
    here = closed()
    secrets = load_secrets((here / key("Tara")).read_bytes(), PASSPHRASE)
    other = structs.replace(secrets, closing=structs.replace(box_of(here).closing, ballots=1))
    newer = save_secrets(other, PASSPHRASE, DEMO)
    ask_for = ask.unlock

    def typed_slowly(*args: Any) -> object:
        (here / key("Tara")).write_bytes(newer)
        return ask_for(*args)

    monkeypatch.setattr(ask, "unlock", typed_slowly)
    done = ballot(here, "trustee", "share", key("Tara"), *options)
    assert (done.code, done.errors) == (3, [f"{key('Tara')} was changed or taken away while this command ran"])
    assert (here / key("Tara")).read_bytes() == newer
    assert not (here / "out.json").exists()
    assert len(ballot(here, "status", "--json").value["next"].split("the share of")) == 1 + len(NAMES[:3])


def test_a_key_on_a_stick_that_cannot_be_written_to_gives_no_share(closed: At, monkeypatch: pytest.MonkeyPatch) -> None:
    here = closed()

    def protected(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ballot.files._create", protected)
    done = refused(here, "trustee", "share", key("Tara"))
    assert done.errors == [f"cannot write {key('Tara')}: Permission denied"]
    assert done.hint.startswith("The key must remember what it has worked for, such as the box: its stick must be")


def test_a_result_is_named_after_its_trustee_and_a_file_wants_a_box(closed: At) -> None:
    here = closed()
    outcome = ballot(here, "trustee", "share", key("Tara"), "--out", "share.json")
    assert (outcome.code, "--out wants --box" in outcome.errors[0]) == (2, True)
    for _ in range(2):
        assert ballot(here, "trustee", "share", key("Tara"), "--box", "box.json", "--force").code == 0
    stand_in = ("trustee", "stand-in", "Tomas", "--key", key("Tara"), "--box", "box.json", "--yes")
    assert ballot(here, *stand_in).code == 0
    assert ballot(here, "trustee", "receive", "tara-share.json", "--json").value["shared"] == ["Tara"]
    assert (here / "tara-piece-tomas.json").exists()
    outcome = ballot(here, *stand_in)
    assert (outcome.code, outcome.errors) == (3, ["tara-piece-tomas.json is already there"])


def test_pieces_of_two_keys_are_two_files(tmp_path: Path) -> None:
    keepers.play(tmp_path, 4, 2)
    for name in NAMES[2:4]:
        stand_in = ("trustee", "stand-in", name, "--key", key("Tara"), "--box", "box.json", "--yes")
        assert ballot(tmp_path, *stand_in).code == 0
    assert {path.name for path in tmp_path.glob("tara-piece-*")} == {
        f"tara-piece-{name.lower()}.json" for name in NAMES[2:4]
    }


def test_without_a_store_whoever_takes_in_shares_is_told_that_the_committee_does(tmp_path: Path) -> None:
    outcome = refused(tmp_path, "trustee", "receive", "share.json")
    assert outcome.errors == ["there is no store election.db, and shares and pieces go into it"]
    assert "gives the file to the committee" in outcome.hint


@pytest.mark.parametrize("command", ["share", "stand-in"])
def test_without_a_store_a_trustee_is_told_how_it_goes_on_an_own_laptop(tmp_path: Path, command: str) -> None:
    given = {"share": ("my.key", "share.json"), "stand-in": ("Tomas", "piece.json", "--key", "my.key")}[command]
    outcome = refused(tmp_path, "trustee", command, given[0], *given[2:])
    assert outcome.errors == ["there is no store election.db"]
    assert outcome.hint.startswith(f"On your own laptop: --box box.json --out {given[1]}.")


def test_what_is_neither_a_share_nor_a_piece_is_named_and_stops_no_others(closed: At) -> None:
    here = closed()
    ballot(here, "trustee", "share", key("Tara"), "--box", "box.json", "--out", "share.json")
    (here / "junk.json").write_text("{}", encoding="utf-8")
    outcome = ballot(here, "trustee", "receive", "junk.json", "share.json", "none.json", "--json")
    assert outcome.code == 3
    assert [error.split(":")[0] for error in outcome.errors] == ["junk.json", "none.json"]
    assert outcome.value["shared"] == ["Tara"]


def test_a_file_in_the_place_of_another_is_told_from_it(closed: At) -> None:
    here = closed()
    ballot(here, "trustee", "ready", key("Tara"))
    (here / "cut.json").write_bytes((here / "box.json").read_bytes()[:-5])
    (here / "cut.key").write_bytes((here / key("Tara")).read_bytes()[:200])
    kinds = {
        key("Tara"): "a key file",
        "opening.json": "the opening",
        "tara-ready.json": "a proof that a key works",
        "Tara-2.json": "a trustee's message of round 2",
        "ceremony.json": "the file of the ceremony",
    }
    for file, kind in kinds.items():
        done = refused(here, "trustee", "share", key("Tara"), "--box", file)
        assert done.errors == [f"{file} is {kind}, and the closed box is wanted"]
        done = ballot(here, "trustee", "receive", file)
        assert (done.code, done.errors) == (3, [f"{file}: it is {kind}, and a share or a piece is wanted"])
        assert ("A key file is secret" in done.hint) == (file == key("Tara"))
        assert ("Look for the right file." in done.hint) == (file != key("Tara"))
        assert "others were taken in" not in done.hint
    done = refused(here, "trustee", "share", key("Tara"), "--box", "cut.json")
    assert (done.errors, done.hint) == (["cut.json is cut off or damaged"], "Get the file again, whole.")
    done = refused(here, "trustee", "share", "cut.key")
    assert (done.errors, "the sheet" in done.hint) == (["cut.key is cut off or damaged"], True)
    done = refused(here, "trustee", "share", "opening.json")
    assert done.errors == ["opening.json is the opening, and a key file is wanted"]


def test_belenios_tool_accepts_the_archive_with_a_trustee_stood_in_for(tmp_path: Path) -> None:
    keepers.play(tmp_path, 3, 2, "BELENIOS-2048")
    shutil.rmtree(tmp_path / NAMES[0])
    for name in NAMES[1:3]:
        assert ballot(tmp_path, "trustee", "share", key(name)).code == 0
    ballot(tmp_path, "trustees", "missing", NAMES[0], "--yes")
    for name in NAMES[1:3]:
        assert ballot(tmp_path, "trustee", "stand-in", NAMES[0], "--key", key(name)).code == 0
    assert finish(tmp_path).code == 0
    election = box_of(tmp_path).opening.election
    assert election.group == "BELENIOS-2048"
    (tmp_path / "bel").mkdir()
    archive = unpack((tmp_path / "record.zip").read_bytes())["election.bel"]
    (tmp_path / "bel" / f"{election.uuid}.bel").write_bytes(archive)
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed")
    done = subprocess.run([tool, "election", "verify", "--dir", "bel"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
