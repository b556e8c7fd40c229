"""Refusals: wrong phases, keys, passphrases and marks; each with an error and a hint, and nothing changed."""

import errno
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from ballot.crypto.keys import DEMO, TrusteeSecret, new_official, save_official, save_trustee
from ballot.opening import new_trustee
from ballot.store.repo import Store
from ballot.store.view import NEXT
from ballot.votes import Phase
from ballot.wire import encode
from tests.commands.assembly import (
    HEAD,
    KEYS,
    PASSPHRASE,
    SEAL,
    TRUSTEES,
    UNREHEARSED,
    Assembly,
    ballot,
    opening_of,
    refused,
    trustee,
    visit,
)
from tests.commands.conftest import At

POINTS = {
    Phase.DRAFT: "ready",
    Phase.OPEN: "open",
    Phase.CLOSED: "shared",
    Phase.COUNTED: "counted",
    Phase.DECLARED: "declared",
}
DICE = "3 1 6 2 4 4 5 1 2 6 3 5 1 6 2 2 4 3 5 1"
COMMANDS: tuple[tuple[tuple[Phase, ...], tuple[str, ...]], ...] = (
    ((Phase.DRAFT,), ("trustee", "add", "tara.key.public")),
    ((Phase.DRAFT,), ("open", *KEYS, *UNREHEARSED, "--out", "new.json")),
    ((Phase.OPEN,), ("issue", "9", *KEYS, "--out", "new.json")),
    ((Phase.OPEN,), ("vote", "paper7.json", "--marks", "1", "--out", "new.json")),
    ((Phase.OPEN,), ("cast", "sealed7.json", "--receipts", "new")),
    ((Phase.OPEN,), ("close", "--yes")),
    ((Phase.CLOSED,), ("trustee", "share", "tara.key")),
    ((Phase.CLOSED, Phase.COUNTED, Phase.DECLARED), ("count",)),
    ((Phase.COUNTED, Phase.DECLARED), ("lots", "show")),
    ((Phase.COUNTED,), ("lots", "announce", "--by", "Ana")),
    ((Phase.COUNTED,), ("lots", "commit", "Ana", "--words-file", "Ana.words")),
    ((Phase.COUNTED,), ("lots", "reveal", "Ana", "a very unlikely sentence")),
    ((Phase.COUNTED,), ("lots", "refuse", "Ana")),
    ((Phase.COUNTED,), ("lots", "dice", DICE)),
    ((Phase.COUNTED,), ("lots", "draw")),
    ((Phase.COUNTED, Phase.DECLARED), ("declare", *KEYS, "--out", "new.txt")),
    ((Phase.DECLARED,), ("publish", *KEYS, "--out", "new.zip")),
)


@pytest.mark.parametrize("phase", Phase)
def test_every_command_in_a_wrong_phase_names_the_next_step(at: At, phase: Phase) -> None:
    here = at(POINTS[phase])
    for phases, args in COMMANDS:
        if phase not in phases:
            outcome = refused(here, *args)
            (error,) = outcome.errors
            assert error.endswith(f"; this election is in the phase {phase}"), args
            # Before the next step may stand what was due at the last one.
            assert outcome.hint.endswith(NEXT[phase]), args


def test_whoever_closes_again_after_a_power_cut_is_told_where_number_and_words_are(at: At) -> None:
    here = at("closed")
    outcome = refused(here, "close", "--yes")
    assert outcome.hint.startswith(
        "`ballot trustees box` shows number and words of the closed box, to be read aloud. Next: `ballot envelopes "
    )
    shown = ballot(here, "trustees", "box", "--plain").out
    assert "\nBallots: 3\n" in shown
    assert "\nIn words: " in shown


def test_whoever_opens_again_after_a_power_cut_is_told_where_the_opening_is(at: At) -> None:
    here = at("opened")
    (here / "opening.json").unlink()
    outcome = refused(here, "open", *KEYS, *UNREHEARSED)
    assert outcome.hint.startswith(
        "`ballot opening` writes the public opening, and shows its words to be read aloud. Next: `ballot issue`"
    )
    shown = ballot(here, "opening", "--json").value
    assert shown["opening"] == opening_of(here).signed.opening.fingerprint


def test_what_was_declared_is_written_again_without_passphrases_and_nothing_changes(at: At) -> None:
    here = at("drawn")
    first = ballot(here, "declare", *KEYS, "--json").value
    text, store = (here / "declaration.txt").read_bytes(), (here / "election.db").read_bytes()
    silent = {"BALLOT_HEAD_PASSPHRASE": "", "BALLOT_SEAL_PASSPHRASE": ""}
    for _ in range(2):
        again = ballot(here, "declare", *KEYS, "--json", **silent)
        assert (again.code, again.value) == (0, first)
        assert "This was declared before; nothing was changed." in " ".join(again.err.split())
        assert (here / "declaration.txt").read_bytes() == text
        (here / "declaration.txt").unlink()
    assert (here / "election.db").read_bytes() == store
    (here / "declaration.txt").write_text("mine", encoding="utf-8")
    said = refused(here, "declare", *KEYS, **silent)
    assert said.errors == ["the result is declared, but declaration.txt is already there, and it is a text"]
    assert said.hint.endswith("Then `ballot declare --head FILE --out FILE` writes the file.")


@pytest.mark.parametrize(
    ("point", "args", "said", "again"),
    [
        ("ready", ("open", *KEYS, *UNREHEARSED), "the election is open", ("opening", "--out", "elsewhere")),
        ("drawn", ("declare", *KEYS), "the result is declared", ("declare", *KEYS, "--out", "elsewhere")),
    ],
    ids=["open", "declare"],
)
def test_nothing_is_lost_where_the_disk_is_full_after_the_act(
    at: At, monkeypatch: pytest.MonkeyPatch, point: str, args: tuple[str, ...], said: str, again: tuple[str, ...]
) -> None:
    here = at(point)
    with monkeypatch.context() as full:
        full.setattr("ballot.files.os.fsync", no_space)
        outcome = ballot(here, *args)
    assert (outcome.code, outcome.out) == (3, "")
    name = "opening.json" if point == "ready" else "declaration.txt"
    assert outcome.errors == [f"{said}, but cannot write {name}: No space left on device"]
    assert outcome.hint.startswith("Check the folder and the free space. Then `ballot ")
    assert not list(here.glob(".ballot-*"))
    assert not (here / name).exists()
    assert ballot(here, *again).code == 0
    assert (here / "elsewhere").exists()


def no_space(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_waits_in_a_closed_box_is_not_skipped(at: At) -> None:
    hint = refused(at("closed"), "issue", "9", *KEYS, "--out", "new.json").hint
    places = [hint.index(f"`ballot {command}`") for command in ("envelopes return", "trustee share", "count", "status")]
    assert places == sorted(places)


def test_what_was_counted_is_shown_again_and_nothing_changes(at: At) -> None:
    here = at("shared")
    first = ballot(here, "count", "--json").value
    store = (here / "election.db").read_bytes()
    again = ballot(here, "count", "--json")
    assert (again.code, again.value) == (0, first)
    assert "This was counted before; nothing was changed. Next: " in " ".join(again.err.split())
    assert (here / "election.db").read_bytes() == store


def test_what_was_counted_is_shown_after_the_declaration_too(at: At) -> None:
    shown = ballot(at("declared"), "count", "--json")
    assert (shown.code, shown.value["ballots"]) == (0, 3)


def test_after_the_declaration_the_lots_name_the_step_that_the_status_names(at: At) -> None:
    here = at("declared")
    step = ballot(here, "status", "--json").value["next"]
    assert step.startswith("publish the record")
    assert f"Next: {step}" in ballot(here, "lots", "show", "--plain").out


def test_a_hint_before_the_opening_asks_for_nothing_that_is_done(at: At) -> None:
    here = at("ready")
    hint = refused(here, "cast", "sealed7.json").hint
    assert "`ballot status`" in hint
    assert "trustee" not in hint
    assert ballot(here, "status", "--json").value["next"].startswith("rehearse with all keys")


def test_without_a_store_every_command_says_so(assembly: Assembly, tmp_path: Path) -> None:
    here = visit(assembly, "open", tmp_path)
    (here / "election.db").unlink()
    for args in (("status",), *(args for _, args in COMMANDS)):
        outcome = refused(here, *args)
        assert outcome.errors == ["there is no store election.db"]
        assert ("--box box.json" if args[:2] == ("trustee", "share") else "ballot new") in outcome.hint


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"no database", "text"], ids=repr)
def test_what_is_no_store_is_not_taken_for_one(at: At, content: bytes | str) -> None:
    here = at("open")
    if isinstance(content, str):
        (here / "election.db").unlink()
        (here / "election.db").mkdir()
    else:
        (here / "election.db").write_bytes(content)
    for args in (("status",), ("close", "--yes"), ("cast", "sealed7.json")):
        assert "store" in refused(here, *args).errors[0]


WITH_KEYS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("ready", ("open", *KEYS, *UNREHEARSED, "--out", "new.json"), "HEAD"),
    ("ready", ("open", *KEYS, *UNREHEARSED, "--out", "new.json"), "SEAL"),
    ("open", ("issue", "9", *KEYS, "--out", "new.json"), "HEAD"),
    ("open", ("issue", "9", *KEYS, "--out", "new.json"), "SEAL"),
    ("closed", ("trustee", "share", "tara.key"), "TRUSTEE"),
    ("drawn", ("declare", *KEYS, "--out", "new.txt"), "HEAD"),
    ("declared", ("publish", *KEYS, "--out", "new.zip"), "SEAL"),
)


@pytest.mark.parametrize(("point", "args", "office"), WITH_KEYS, ids=str)
def test_a_wrong_passphrase_names_the_key_file(at: At, point: str, args: tuple[str, ...], office: str) -> None:
    here = at(point)
    file = {"HEAD": "head.key", "SEAL": "seal.key", "TRUSTEE": "tara.key"}[office]
    outcome = refused(here, *args, **{f"BALLOT_{office}_PASSPHRASE": "battery horse"})
    assert outcome.errors == [f"{file}: the passphrase is wrong, or the key file was changed"]
    assert "battery horse" not in outcome.err
    assert ballot(here, *args).code == 0


@pytest.mark.parametrize("content", [None, b"", b"\nsecond line", b"\xff\xfe", b"x" * 5000], ids=repr)
def test_an_unusable_passphrase_file_is_refused(at: At, content: bytes | None) -> None:
    here = at("closed")
    if content is not None:
        (here / "words").write_bytes(content)
    assert "words" in refused(here, "trustee", "share", "tara.key", "--passphrase-file", "words").errors[0]


def test_a_short_passphrase_makes_no_key(at: At) -> None:
    here = at("ready")
    for args in (
        ("keys", "new", "head", "--name", HEAD, "--out", "new.key"),
        ("trustee", "new", "--name", "Tara", "--out", "new.key"),
    ):
        outcome = refused(here, *args, BALLOT_HEAD_PASSPHRASE="short", BALLOT_TRUSTEE_PASSPHRASE="short")
        assert "8 characters" in outcome.errors[0]


def test_attack_keys_of_others(at: At) -> None:
    here = at("open")
    impostor = new_official("head", HEAD)
    (here / "impostor.key").write_bytes(save_official(impostor, PASSPHRASE, DEMO))
    keys = ("--head", "impostor.key", "--seal", "seal.key")
    outcome = refused(here, "issue", "9", *keys, "--out", "new.json")
    assert outcome.errors == ["impostor.key: this is not the key of the head of this election"]
    shutil.copy(here / "seal.key", here / "copy.key")
    for wrong in (("--head", "copy.key", "--seal", "head.key"), ("--head", "tara.key", "--seal", "seal.key")):
        outcome = refused(here, "issue", "9", *wrong, "--out", "new.json")
        assert f"{wrong[1]}: this is a " in outcome.errors[0]


def test_attack_result_declared_with_keys_of_others(at: At) -> None:
    here = at("drawn")
    (here / "impostor.key").write_bytes(save_official(new_official("seal", SEAL), PASSPHRASE, DEMO))
    outcome = refused(here, "declare", "--head", "head.key", "--seal", "impostor.key", "--out", "new.txt")
    assert "impostor.key: this is not the key of the keeper of the seal" in outcome.errors[0]


def test_an_election_is_not_opened_with_the_key_of_somebody_else(at: At) -> None:
    here = at("ready")
    (here / "other.key").write_bytes(save_official(new_official("head", "Mallory"), PASSPHRASE, DEMO))
    outcome = refused(here, "open", "--head", "other.key", "--seal", "seal.key", *UNREHEARSED, "--out", "new.json")
    assert outcome.errors == [f"other.key: the head of this election is {HEAD}, and the key is that of Mallory"]


def test_whoever_opens_sees_in_time_what_the_clock_says(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    here = at("ready")
    monkeypatch.setattr("ballot.commands.open.now", lambda: datetime(2099, 3, 1, 12, 5, 59, tzinfo=UTC))
    said = ballot(here, "open", *KEYS, *UNREHEARSED, "--out", "new.json", BALLOT_SEAL_PASSPHRASE="wrong")
    assert said.code == 3
    assert "The opening is dated 2099-03-01 12:05 UTC, by this machine's clock." in said.err
    behind = "This machine's clock is behind the last act"
    assert behind not in ballot(here, "status").err
    for module in ("committee", "open"):
        monkeypatch.setattr(f"ballot.commands.{module}.now", lambda: datetime(1999, 3, 1, tzinfo=UTC))
    assert behind in ballot(here, "status").err
    said = ballot(here, "open", *KEYS, *UNREHEARSED, "--out", "new.json")
    with Store.open(here / "election.db") as store, store.read() as view:
        *_, before, last = (signed.entry.at for signed in view.journal())
    assert before == last
    assert f"The opening is dated {last[:10]} {last[11:16]} UTC" in said.err


@pytest.mark.parametrize(
    ("reason", "word"), [((), "no rehearsal was passed"), (("",), "no rehearsal"), (("\x1b[2J",), "U+001B")], ids=str
)
def test_an_election_is_not_opened_unrehearsed_without_a_reason(at: At, reason: tuple[str, ...], word: str) -> None:
    options = [text for one in reason for text in ("--without-rehearsal", one)]
    outcome = refused(at("ready"), "open", *KEYS, *options, "--out", "new.json")
    assert word in outcome.errors[0]


def test_an_election_is_not_opened_while_a_trustee_is_missing(at: At) -> None:
    here = at("draft")
    assert ballot(here, "trustee", "add", "tara.key.public").code == 0
    outcome = refused(here, "open", *KEYS, *UNREHEARSED, "--out", "new.json")
    assert TRUSTEES["tomas.key"] in outcome.errors[0]
    assert "ballot trustee add" in outcome.hint


def test_all_faults_of_trustees_parts_come_in_one_run(at: At) -> None:
    here = at("draft")
    tara = trustee(TRUSTEES["tara.key"]).public
    forged = replace(tara.key, pok=replace(tara.key.pok, response="1"))
    for name, public in {
        "stranger": new_trustee("Mallory", "Ed25519")[0],
        "group": new_trustee(TRUSTEES["tomas.key"], "BELENIOS-2048")[0],
        "proof": replace(tara, key=forged),
        "point": replace(tara, key=replace(tara.key, public_key=f"{1:064x}")),
    }.items():
        (here / name).write_bytes(encode(public))
    files = ["stranger", "group", "proof", "point", "tara.key.public"]
    errors = refused(here, "trustee", "add", *files).errors
    assert sorted(error.split(":")[0] for error in errors) == ["group", "point", "proof", "stranger"]
    assert ballot(here, "trustee", "add", "tara.key.public").code == 0
    errors = refused(here, "trustee", "add", "tara.key.public", "tomas.key.public").errors
    assert errors == [f"tara.key.public: the key of {TRUSTEES['tara.key']} is already collected"]


def test_attack_shares_of_strangers_and_second_shares(at: At) -> None:
    here = at("closed")
    stranger = TrusteeSecret(*new_trustee(TRUSTEES["tara.key"], "Ed25519"))
    (here / "stranger.key").write_bytes(save_trustee(stranger, PASSPHRASE, DEMO))
    assert "not a key of this election" in refused(here, "trustee", "share", "stranger.key").errors[0]
    assert ballot(here, "trustee", "share", "tara.key").code == 0
    assert "is there already" in refused(here, "trustee", "share", "tara.key").errors[0]
    assert "1 of 2 trustees gave their shares, and 2 are needed" in refused(here, "count").errors[0]


@pytest.mark.parametrize(
    ("number", "word"),
    [("1", "already has a paper"), ("2", "does not vote"), ("13", "not vote"), ("99", "no delegate")],
)
def test_a_paper_only_for_a_voting_delegate_and_only_once(at: At, number: str, word: str) -> None:
    outcome = refused(at("open"), "issue", number, *KEYS, "--out", "new.json")
    assert word in outcome.errors[0]


@pytest.mark.parametrize(
    ("marks", "word"),
    [
        (("1,2,3,4,5,6,7,8,9,10",), "10 candidates are marked"),
        (("3,3",), "marked twice"),
        (("3,11",), "no candidate 11"),
        (("0",), "no candidate 0"),
        (("three",), "'three' is not a number"),
        (("3/7",), "'3/7' is not a number"),
        (("-1",), "not a number"),
        (("²",), "not a number"),
        (("٣٣",), "no candidate 33"),
        (("\x1b[2J",), "not a number"),
        (("1", "2"), "--marks is given 2 times"),
    ],
    ids=str,
)
def test_marks_that_the_ballot_does_not_permit(at: At, marks: tuple[str, ...], word: str) -> None:
    options = [word for one in marks for word in ("--marks", one)]
    outcome = refused(at("open"), "vote", "paper7.json", *options, "--out", "new.json")
    assert word in outcome.errors[0]


def test_where_nobody_can_be_asked_the_option_is_named(at: At) -> None:
    here = at("open")
    before = sorted(here.iterdir())
    for args, option in (
        (("vote", "paper7.json", "--out", "new.json"), "--marks"),
        (("trustee", "new", "--name", "Tara", "--out", "new.key"), "--passphrase-file"),
        (("issue", "9", *KEYS, "--out", "new.json"), "--head-passphrase-file"),
    ):
        silent = {"BALLOT_HEAD_PASSPHRASE": "", "BALLOT_TRUSTEE_PASSPHRASE": ""}
        outcome = ballot(here, *args, **silent)
        assert outcome.code == 2
        assert option in outcome.hint
        assert sorted(here.iterdir()) == before


def test_lots_go_step_by_step(at: At) -> None:
    here = at("counted")
    words = ("a very unlikely sentence", "another unlikely sentence")

    def no(word: str, *args: str) -> None:
        assert word in refused(here, *args).errors[0], args

    def yes(*args: str) -> None:
        assert ballot(here, *args).code == 0, args

    no("places 8-9", "declare", *KEYS, "--out", "new.txt")
    no("not announced yet", "lots", "draw")
    no("nobody contributes", "lots", "announce")
    no("different people", "lots", "announce", "--by", "Ana", "--by", "Ana")
    no("U+001B", "lots", "announce", "--by", "\x1b[2JAna")
    no("U+005B", "lots", "announce", "--by", "[b]Ana")
    no("'ana' is easily mistaken for 'Ana'", "lots", "announce", "--by", "Ana", "--by", "ana")
    yes("lots", "announce", "--by", "Ana", "--by", "Bo", "--yes")
    no("no second draw", "lots", "announce", "--by", "Mallory")
    no("was not announced", "lots", "commit", "Mallory", "--words-file", "Ana.words")
    no("128", "lots", "commit", "Ana", "00")
    (here / "short").write_text("abc", encoding="utf-8")
    no("shorter than 12", "lots", "commit", "Ana", "--words-file", "short")
    (here / "Ana.words").write_text(words[0], encoding="utf-8")
    (here / "Bo.words").write_text(words[1], encoding="utf-8")
    yes("lots", "commit", "Ana", "--words-file", "Ana.words")
    no("never changed", "lots", "commit", "Ana", "--words-file", "Bo.words")
    no("before all have committed", "lots", "reveal", "Ana", words[0])
    no("cannot be drawn yet", "lots", "draw")
    yes("lots", "commit", "Bo", "--words-file", "Bo.words")
    no("not those of the commitment", "lots", "reveal", "Ana", words[1])
    no("no dice were announced", "lots", "dice", DICE)
    yes("lots", "reveal", "Ana", words[0])
    no("already had a turn", "lots", "reveal", "Ana", words[0])
    yes("lots", "refuse", "Bo", "--yes")
    no("cannot be drawn yet", "lots", "draw")
    no("dice", "lots", "dice", "3 1 6")
    yes("lots", "dice", DICE, "--yes")
    yes("lots", "draw")
    no("no second draw", "lots", "draw")
    yes("declare", *KEYS)


def test_declaring_is_judged_before_the_file_and_the_file_before_passphrases(at: At) -> None:
    here = at("counted")
    silent = {"BALLOT_HEAD_PASSPHRASE": "", "BALLOT_SEAL_PASSPHRASE": ""}
    early = refused(here, "declare", *KEYS, **silent)
    assert early.errors == ["a tie that matters waits for lots (places 8-9)"]
    assert early.hint == "Next: `ballot lots announce --by NAME …`."
    assert ballot(here, "lots", "announce", "--dice", "--yes").code == 0
    assert refused(here, "declare", *KEYS, **silent).hint == "Next: the dice are awaited: ballot lots dice ROLLS"
    for args in (("dice", DICE, "--yes"), ("draw",)):
        assert ballot(here, "lots", *args).code == 0
    (here / "declaration.txt").write_text("mine", encoding="utf-8")
    for force in ((), ("--force",)):
        assert "already there" in refused(here, "declare", *KEYS, *force, **silent).errors[0]
    (here / "declaration.txt").unlink()
    assert ballot(here, "declare", *KEYS).code == 0


def test_publishing_is_judged_before_the_file(at: At) -> None:
    here = at("drawn")
    (here / "record.zip").write_bytes(b"mine")
    assert "belongs to the phase declared" in refused(here, "publish", *KEYS).errors[0]


def test_lots_are_not_announced_where_no_tie_matters(at: At) -> None:
    here = at("opened")
    for number, marks in (("9", "1,2,3,4,5,6,7,8"), ("11", "1,2,3,4,5,6,7,8,9")):
        assert ballot(here, "issue", number, *KEYS, "--out", f"{number}.json").code == 0
        assert ballot(here, "vote", f"{number}.json", "--marks", marks, "--out", f"s{number}.json").code == 0
    steps = (
        ("cast", "s9.json", "s11.json"),
        ("close", "--yes"),
        *(("trustee", "share", file) for file in TRUSTEES),
        ("count",),
    )
    for args in steps:
        assert ballot(here, *args).code == 0
    outcome = refused(here, "lots", "announce", "--by", "Ana")
    assert outcome.errors == ["no tie that matters waits for lots"]
    assert "ballot declare" in outcome.hint
    assert ballot(here, "declare", *KEYS).code == 0


@pytest.mark.parametrize(
    ("point", "phase", "args"),
    [
        ("open", "draft", ("rehearse", *KEYS, "--trustee", "missing.key", "--ready", "missing.json")),
        ("open", "draft", ("trustee", "add", "missing.public")),
        ("closed", "open", ("cast", "missing.json", "--receipts", "missing.json")),
        ("closed", "open", ("issue", "missing.json", *KEYS)),
        ("counted", "", ("envelopes", "return", "--codes", "missing.txt")),
        ("open", "closed", ("trustee", "share", "missing.key")),
        ("open", "closed", ("trustee", "receive", "missing.json")),
        ("open", "draft", ("trustees", "collect", "missing.json")),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else value,
)
def test_the_wrong_phase_is_told_before_anything_about_files(
    at: At, point: str, phase: str, args: tuple[str, ...]
) -> None:
    here = at(point)
    (here / "rehearsal.json").write_text("mine", encoding="utf-8")
    (error,) = refused(here, *args).errors
    assert f"belongs to the phase {phase}; this election is" in error or "this election is counted" in error
    assert "missing" not in error
