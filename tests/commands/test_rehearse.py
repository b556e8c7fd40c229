"""The rehearsal through the commands: every key is tried, a throwaway election is played, and only a report remains."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import throwaway
from ballot.acts.sample_trustees import Clock, make_keys
from ballot.acts.throwaway import Draft, Tell
from ballot.crypto import signing
from ballot.crypto.keys import DEMO, new_official, save_official
from ballot.journal import Act, acts
from ballot.store.repo import Store
from ballot.tables import MAX_CELL
from ballot.trustees.messages import Transcript
from ballot.trustees.readiness import Ready as Proven
from ballot.trustees.report import Outcome, SignedReport
from ballot.wire import decode, encode, sha256_hex
from tests.commands import keepers
from tests.commands.assembly import KEYS, PASSPHRASE, SEAL, ballot, official, snapshot, write_lists
from tests.commands.assembly import Outcome as Ended
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import key
from tests.systems import needs_modes
from tests.trustees import NAMES

THREE = NAMES[:3]
ALL = [word for name in THREE for word in ("--trustee", key(name))]

Ready = Callable[[], Path]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rehearse") / "held"
    folder.mkdir()
    keepers.draft(folder, 3, 2)
    keepers.ceremony(folder, 3)
    return folder


@pytest.fixture
def ready(held: Path, tmp_path: Path) -> Ready:
    """A function that gives a folder of one's own in which the ceremony is complete."""
    return lambda: Path(shutil.copytree(held, tmp_path / "here"))


def rehearse(here: Path, *options: str, **environment: str) -> Ended:
    return ballot(here, "rehearse", *KEYS, *options, **environment)


def journal_of(here: Path, act: Act) -> list[dict[str, str]]:
    with Store.open(here / "election.db") as store, store.read() as view:
        return acts(view.journal(), act)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[Draft]:
    """Play nothing: what is played is remembered here."""
    played: list[Draft] = []

    def play(draft: Draft, _now: object, _tell: Tell) -> Outcome:
        played.append(draft)
        return Outcome(6, "Tara", "8-10", 16, "00" * 32)

    monkeypatch.setattr("ballot.acts.rehearsal.play", play)
    return played


def test_a_whole_election_is_rehearsed_and_only_the_report_remains(
    ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ready()
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(throwaway, "_MEMORY", tmp_path / "memory")
    before = snapshot(here)
    done = rehearse(here, *ALL, "--json")
    assert done.code == 0, done.err
    value = done.value
    assert [one["trustee"]["name"] for one in value["ready"]] == list(THREE)
    assert value["outcome"]["dropped"] in THREE
    assert (value["outcome"]["ballots"], value["outcome"]["checks"]) == (6, 16)
    assert value["outcome"]["tie"] == "8-10"
    assert f"The count without {value['outcome']['dropped']}" in done.err
    after = snapshot(here)
    assert set(after) - set(before) == {"rehearsal.json"}
    assert all(after[name] == before[name] for name in before if name != "election.db")
    signed = decode((here / "rehearsal.json").read_bytes(), SignedReport, "the report")
    for role, signature in (("head", signed.head), ("seal", signed.seal)):
        public = official("head" if role == "head" else "seal").public.ed25519
        signing.verify(public, signature, "rehearsal", encode(signed.report))
    (line,) = journal_of(here, Act.REHEARSED)
    assert line["report"] == sha256_hex(encode(signed.report))
    assert line["stood in for"] == value["outcome"]["dropped"]
    assert list((tmp_path / "memory").iterdir()) == []


def test_an_election_that_was_rehearsed_opens_and_its_declaration_says_so(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    done = ballot(here, "open", *KEYS)
    assert (done.code, done.errors) == (3, ["no rehearsal was passed with these trustees"])
    assert "--without-rehearsal" in done.hint
    assert "ballot rehearse" in ballot(here, "status", "--json").value["next"]
    assert rehearse(here, *ALL).code == 0
    assert len(short) == 1
    refused = ballot(here, "open", *KEYS, "--without-rehearsal", "we had no time")
    assert (refused.code, "no reason is needed" in refused.errors[0]) == (3, True)
    assert "ballot open" in ballot(here, "status", "--json").value["next"]
    keepers.vote(here, ())
    for name in THREE:
        assert ballot(here, "trustee", "share", key(name)).code == 0
    assert keepers.finish(here).code == 0
    assert "A rehearsal with these trustees was passed on 20" in (here / "declaration.txt").read_text(encoding="utf-8")


def test_an_election_without_a_rehearsal_says_why_in_its_declaration(ready: Ready) -> None:
    here = ready()
    keepers.vote(here, ("--without-rehearsal", "the ferry was late"))
    assert journal_of(here, Act.OPENED)[0]["without rehearsal"] == "the ferry was late"
    for name in THREE:
        ballot(here, "trustee", "share", key(name))
    assert keepers.finish(here).code == 0
    text = (here / "declaration.txt").read_text(encoding="utf-8")
    assert "The box was opened without a rehearsal: the ferry was late" in text


@pytest.mark.parametrize("reason", ["two\nlines", "\x1b[2J", "\u202e"])
def test_a_reason_that_is_not_plain_text_is_refused(ready: Ready, reason: str) -> None:
    done = ballot(ready(), "open", *KEYS, "--without-rehearsal", reason)
    assert done.code == 3
    assert "the reason for having no rehearsal" in done.errors[0]


def test_every_trustee_must_show_the_key(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    done = rehearse(here, *ALL[:4])
    assert (done.code, done.errors) == (3, ["Teodor has not shown that the key works"])
    done = rehearse(here, *ALL, BALLOT_TRUSTEE_PASSPHRASE="forgotten for good")
    assert done.code == 3
    assert "the passphrase is wrong" in done.errors[0]
    assert short == []
    assert journal_of(here, Act.REHEARSED) == []
    assert not (here / "rehearsal.json").exists()


def test_a_trustee_elsewhere_shows_it_by_file(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    done = ballot(here / "Teodor", "trustee", "ready", "my.key", "--json")
    assert done.code == 0
    assert done.value["trustee"] == "Teodor"
    assert rehearse(here, *ALL[:4], "--ready", "Teodor/teodor-ready.json").code == 0
    assert len(short) == 1


def test_a_key_of_another_ceremony_is_named(ready: Ready, short: list[Draft], tmp_path: Path) -> None:
    here = ready()
    (tmp_path / "other").mkdir()
    keepers.draft(tmp_path / "other", 3, 2)
    keepers.ceremony(tmp_path / "other", 3)
    other = str(Path("..", "other", key("Teodor")))
    done = rehearse(here, *ALL[:4], "--trustee", other)
    assert (done.code, done.errors) == (3, [f"{other}: this key of Teodor is of another ceremony"])
    assert done.hint == "Take that of this election."
    assert short == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_copy_from_before_the_end_of_the_ceremony_passes_no_rehearsal(tmp_path: Path, number: int) -> None:
    """It has the election key, but after the close it could neither give a share nor stand in."""
    keepers.draft(tmp_path, 3, 2)
    keepers.ceremony(tmp_path, 3, rounds=number)
    shutil.copy(tmp_path / key("Tomas"), tmp_path / "copy.key")
    for later in range(number + 1, 4):
        for name in THREE:
            assert keepers.answer(tmp_path, name, later).code == 0
        assert keepers.collect(tmp_path, THREE, later).code == 0
    said = f"copy.key: this is a copy from round {number}, before the end of the ceremony: it cannot count"
    copied = [word if word != key("Tomas") else "copy.key" for word in ALL]
    for done in (rehearse(tmp_path, *copied), ballot(tmp_path, "trustee", "ready", "copy.key")):
        assert (done.code, done.errors) == (3, [said])
    assert not (tmp_path / "rehearsal.json").exists()
    if number == 2:
        done = ballot(tmp_path, "trustee", "next", "ceremony.json", "--key", "copy.key")
        assert done.code == 0, done.err
    else:
        done = ballot(tmp_path, "trustee", "next", "ceremony.json", "--key", "copy.key")
        assert (done.code, done.errors) == (3, [said.removeprefix("copy.key: ")])
        assert "make a sheet of this copy (`ballot trustee sheet`), and from it the key" in done.hint
        lists = keepers.typed_back(tmp_path, "copy.key")
        (tmp_path / "words").write_text("\n".join(" ".join(words) for words in lists), encoding="utf-8")
        (tmp_path / "copy.key").unlink()
        again = ("--ceremony", "ceremony.json", "--key", "copy.key", "--words-file", "words")
        with keepers.cheap_keys():
            assert ballot(tmp_path, "trustee", "restore", *again).code == 0
    assert ballot(tmp_path, "trustee", "ready", "copy.key").code == 0


def test_nobody_types_a_passphrase_before_keys_and_proofs_of_all_are_there(ready: Ready, short: list[Draft]) -> None:
    """Without a passphrase and a terminal, asking for one would end with another error."""
    here = ready()
    silent = dict.fromkeys(("BALLOT_HEAD_PASSPHRASE", "BALLOT_SEAL_PASSPHRASE", "BALLOT_TRUSTEE_PASSPHRASE"), "")
    ballot(here, "trustee", "ready", key("Teodor"))
    shutil.copy(here / "seal.key", here / "other.key")
    (here / "cut.json").write_bytes((here / "teodor-ready.json").read_bytes()[:-9])
    old = decode((here / "teodor-ready.json").read_bytes(), Proven, "the proof")
    (here / "old.json").write_bytes(encode(structs.replace(old, at="2026-01-01T00:00Z")))
    for options, said in (
        (ALL[:4], "Teodor has not shown that the key works"),
        ([*ALL[:2], "--ready", "teodor-ready.json"], "Tomas has not shown that the key works"),
        ([*ALL[:4], "--trustee", "none.key"], "none.key: the trustee's key file cannot be read"),
        ([*ALL[:4], "--trustee", "other.key"], "other.key: this is a seal key, and a trustee's key is wanted"),
        ([*ALL[:4], "--ready", "cut.json"], "cut.json is cut off or damaged"),
        ([*ALL[:4], "--ready", "old.json"], "Teodor: the proof is of 2026-01-01T00:00Z"),
    ):
        done = rehearse(here, *options, **silent)
        assert done.code == 3
        assert done.errors[0].startswith(said)
    assert short == []


def test_each_prompt_says_whose_key_it_is_and_where(ready: Ready, at_terminal: AtTerminal) -> None:
    here = ready()
    args = ["ballot", "trustee", "ready", key("Tomas")]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [(f"Passphrase of Tomas ({key('Tomas')}): ", f"{PASSPHRASE}\n")])
    assert exit_code == 0, shown


def test_passphrases_of_several_trustees_come_from_files_in_their_order(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    (here / "phrase").write_text(PASSPHRASE, encoding="utf-8")
    (here / "wrong").write_text("another passphrase", encoding="utf-8")
    files = [word for name in ("phrase", "wrong", "phrase") for word in ("--passphrase-file", name)]
    done = rehearse(here, *ALL, *files)
    assert done.code == 3
    assert done.errors[0].startswith(key("Tomas"))
    assert rehearse(here, *ALL, *files[:2]).code == 2
    assert rehearse(here, *ALL, *(word if word != "wrong" else "phrase" for word in files)).code == 0
    assert len(short) == 1


def test_the_keys_of_other_officials_are_refused(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    (here / "mallory.key").write_bytes(save_official(new_official("head", "Mallory"), PASSPHRASE, DEMO))
    done = ballot(here, "rehearse", "--head", "mallory.key", "--seal", "seal.key", *ALL)
    assert done.code == 3
    assert "the head of this election is" in done.errors[0]
    assert SEAL not in done.errors[0]
    assert short == []


def test_a_ceremony_held_anew_wants_a_rehearsal_of_its_own(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    assert rehearse(here, *ALL).code == 0
    for path in [*here.glob("ceremony*.json"), *here.glob("T*-*.json")]:
        path.unlink()
    for name in THREE:
        shutil.rmtree(here / name)
    assert ballot(here, "trustees", "invite", "--again", "--yes").code == 0
    for number in (1, 2, 3):
        for name in THREE:
            keepers.answer(here, name, number)
        keepers.collect(here, THREE, number)
    done = ballot(here, "open", *KEYS)
    assert (done.code, done.errors) == (3, ["no rehearsal was passed with these trustees"])
    assert len(short) == 1


def test_a_rehearsal_that_counts_wrongly_leaves_no_line(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ready()
    monkeypatch.setattr(throwaway, "_vote", lambda *_: ((7,),))
    done = rehearse(here, *ALL)
    assert done.code == 3
    assert done.errors == ["the rehearsal did not count what was marked"]
    assert journal_of(here, Act.REHEARSED) == []
    assert not (here / "rehearsal.json").exists()


def test_no_line_stands_when_the_report_cannot_be_written(
    ready: Ready, short: list[Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ready()
    # What is found out before the rehearsal is not what is tested.
    monkeypatch.setattr("ballot.files.is_there", lambda _: False)
    done = rehearse(here, *ALL, "--out", "r" * 300)
    assert done.code == 3
    assert journal_of(here, Act.REHEARSED) == []
    assert len(short) == 1


def test_where_all_are_needed_nobody_is_dropped_and_the_longest_name_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rehearsal puts its own word before the name of the election, which may be as long as a name can be."""

    def named(folder: Path, files: dict[str, str]) -> None:
        plan = files["election.toml"].replace("Small Assembly", "Assembly " * 33 + "xyz")
        write_lists(folder, files | {"election.toml": plan})

    monkeypatch.setattr(keepers, "write_lists", named)
    keepers.draft(tmp_path, 1, 1)
    keepers.ceremony(tmp_path, 1)
    with Store.open(tmp_path / "election.db") as store, store.read() as view:
        assert len(view.setup().name) == MAX_CELL
    done = rehearse(tmp_path, "--trustee", key("Tara"), "--json")
    assert done.code == 0, done.err
    assert done.value["outcome"]["dropped"] == ""
    assert "all trustees are needed" in done.err


@needs_modes
def test_it_is_played_where_nobody_else_can_read_and_with_other_keys(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ready()
    seen: list[tuple[int, list[str]]] = []
    real = {one.public_key for one in transcript_of(here).keys}

    def watched(store: Store, folder: Path, now: Clock) -> list[Path]:
        paths = make_keys(store, folder, now)
        with store.read() as view:
            seen.append((stat.S_IMODE(folder.stat().st_mode), [one.key.public_key for one in view.trustees()]))
        return paths

    monkeypatch.setattr(throwaway, "make_keys", watched)
    assert rehearse(here, *ALL).code == 0
    ((mode, keys),) = seen
    assert mode == 0o700
    assert len(keys) == 3
    assert not real.intersection(keys)


def transcript_of(here: Path) -> Transcript:
    return decode((here / "ceremony.json").read_bytes(), Transcript, "the transcript")


def test_a_rehearsal_belongs_before_the_opening(ready: Ready, short: list[Draft]) -> None:
    here = ready()
    keepers.vote(here)
    done = rehearse(here, *ALL)
    assert done.code == 3
    assert "belongs to the phase draft" in done.errors[0]
    assert short == []
