"""The ceremony around one laptop: each types a passphrase, each takes a stick, and the laptop keeps nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.errors import Refused
from ballot.store.repo import Store
from ballot.trustees.keeping import load_secrets
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import check_transcript
from ballot.wire import decode
from tests.commands import keepers
from tests.commands.assembly import KEYS, ballot, snapshot
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import UNREHEARSED, cheap_keys
from tests.trustees import NAMES

PHRASES = {name: f"{name} likes long walks" for name in NAMES[:3]}

Place = Callable[[], Path]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("atonce") / "fresh"
    folder.mkdir()
    keepers.draft(folder, 3, 2)
    return folder


@pytest.fixture
def place(fresh: Path, tmp_path: Path) -> Place:
    """A function that gives a folder `laptop` with a draft, beside three sticks and the passphrases in files."""

    def make() -> Path:
        for name, phrase in PHRASES.items():
            (tmp_path / f"stick-{name}").mkdir()
            (tmp_path / f"{name}.phrase").write_text(phrase, encoding="utf-8")
        return Path(shutil.copytree(fresh, tmp_path / "laptop"))

    return make


def options(**other: str) -> list[str]:
    sticks = {name: f"../stick-{name}" for name in PHRASES} | other
    return [word for name, stick in sticks.items() for word in ("--folder", f"{name}={stick}")]


def phrases(**other: str) -> list[str]:
    files = {name: f"../{name}.phrase" for name in PHRASES} | other
    return [word for name, file in files.items() for word in ("--passphrase-file", f"{name}={file}")]


def test_everybody_takes_a_key_and_the_election_is_counted_with_two_of_them(place: Place) -> None:
    here = place()
    with cheap_keys():
        done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(), "--json")
    assert done.code == 0, done.err
    transcript = decode((here / "ceremony.json").read_bytes(), Transcript, "the transcript")
    assert [trustee.name for trustee in check_transcript(transcript)] == list(PHRASES)
    keepers.vote(here)
    shutil.rmtree(here.parent / "stick-Tara")
    ballot(here, "trustees", "missing", "Tara", "--yes")
    for name in ("Tomas", "Teodor"):
        stick = f"../stick-{name}/trustee.key"
        for args in (("share", stick), ("stand-in", "Tara", "--key", stick)):
            done = ballot(here, "trustee", *args, BALLOT_TRUSTEE_PASSPHRASE=PHRASES[name])
            assert done.code == 0, done.err
    assert keepers.finish(here).code == 0


def test_nothing_of_any_secret_stays_on_the_laptop(place: Place) -> None:
    here = place()
    before = set(snapshot(here))
    with cheap_keys():
        assert ballot(here, "trustees", "table-ceremony", *options(), *phrases()).code == 0
    files = snapshot(here)
    assert set(files) - before == {"ceremony.json"}
    for name, phrase in PHRASES.items():
        stick = here.parent / f"stick-{name}"
        assert [path.name for path in stick.iterdir()] == ["trustee.key"]
        secrets = load_secrets((stick / "trustee.key").read_bytes(), phrase)
        hidden = [secrets.exponent, secrets.box, secrets.signing.hex(), phrase]
        hidden += [hex(int(secrets.exponent))[2:]]
        for data in filter(None, files.values()):
            assert not any(secret.encode() in data for secret in hidden)
            assert secrets.signing not in data
            assert bytes.fromhex(secrets.box) not in data


def test_each_types_a_passphrase_twice_and_none_is_shown(place: Place, at_terminal: AtTerminal) -> None:
    here = place()
    args = ["ballot", "trustees", "table-ceremony", *options(), "--json"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    dialogue = []
    for name, phrase in PHRASES.items():
        dialogue += [
            (f"New passphrase of {name}: ", f"{phrase}\n"),
            (f"passphrase of {name}, once more: ", f"{phrase}\n"),
        ]
    exit_code, shown, _ = at_terminal(code, dialogue)
    assert exit_code == 0, shown
    assert not any(phrase in shown for phrase in PHRASES.values())
    assert "Tara sits down now; the others look away." in shown
    for name, phrase in PHRASES.items():
        assert load_secrets((here.parent / f"stick-{name}" / "trustee.key").read_bytes(), phrase).name == name


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Tara": "../none"}, f"{Path('../none')} is no folder"),
        ({"Tara": "../stick-Tomas"}, "two trustees have the same folder"),
        ({"Tara": "../stick-Tomas/../stick-Tomas"}, "two trustees have the same folder"),
        ({"Mallory": "../stick-Tara"}, "names no trustee"),
    ],
)
def test_sticks_that_cannot_be_are_refused_and_nothing_is_left(
    place: Place, changed: dict[str, str], said: str
) -> None:
    here = place()
    before = snapshot(here.parent)
    done = ballot(here, "trustees", "table-ceremony", *options(**changed), *phrases())
    assert done.code == 3
    assert said in done.errors[0]
    assert snapshot(here.parent) == before


def test_a_stick_that_nobody_named_is_asked_for(place: Place) -> None:
    here = place()
    done = ballot(here, "trustees", "table-ceremony", *options()[:4], *phrases())
    assert (done.code, done.errors) == (3, ["no folder is given for Teodor"])


def test_attack_a_trustee_guesses_the_passphrase_of_another(place: Place, at_terminal: AtTerminal) -> None:
    """Whoever hits it learns of it only when all begin again, with new ones, and nobody learns whose it was."""
    here = place()
    before = snapshot(here.parent)
    done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(Tomas="../Tara.phrase"))
    assert (done.code, done.errors) == (3, ["two trustees chose the same passphrase"])
    assert "Begin again, all with new ones" in done.hint
    args = ["ballot", "trustees", "table-ceremony", *options(), *phrases()[:4]]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    first, again = "New passphrase of Teodor: ", "New passphrase of Teodor, once more: "
    exit_code, shown, _ = at_terminal(code, [(first, f"{PHRASES['Tara']}\n"), (again, f"{PHRASES['Tara']}\n")])
    assert (exit_code, shown.count("Teodor sits down now")) == (3, 1)
    assert "two trustees chose the same passphrase" in shown
    assert snapshot(here.parent) == before


def test_one_passphrase_in_the_environment_is_not_taken_for_all(place: Place) -> None:
    here = place()
    done = ballot(here, "trustees", "table-ceremony", *options())
    assert done.code == 2
    assert "--passphrase-file FILE." in done.hint


def test_a_stick_that_fails_leaves_no_key_and_no_ceremony(place: Place) -> None:
    here = place()
    (here.parent / "Teodor.phrase").write_text("short", encoding="utf-8")
    before = snapshot(here.parent)
    done = ballot(here, "trustees", "table-ceremony", *options(), *phrases())
    assert done.code == 3
    assert "fewer than 8 characters" in done.errors[0]
    after = snapshot(here.parent)
    del before["laptop/election.db"], after["laptop/election.db"]
    assert after == before
    assert "ballot trustees invite" in ballot(here, "status", "--json").value["next"]


def test_whatever_is_wrong_with_a_passphrase_the_same_trustee_is_asked_again(
    place: Place, at_terminal: AtTerminal
) -> None:
    here = place()
    args = ["ballot", "trustees", "table-ceremony", *options(), *phrases()[:4]]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    first, again = "New passphrase of Teodor: ", "New passphrase of Teodor, once more: "
    dialogue = [
        (first, "short\n"),
        (first, f"{PHRASES['Teodor']}\n"),
        (again, "something else\n"),
        (first, f"{PHRASES['Teodor']}\n"),
        (again, f"{PHRASES['Teodor']}\n"),
    ]
    exit_code, shown, _ = at_terminal(code, dialogue)
    assert exit_code == 0, shown
    for said in ("fewer than 8 characters", "The two are not the same"):
        assert shown.count(said) == 1
    assert shown.count("Teodor sits down now") == 1
    assert load_secrets((here.parent / "stick-Teodor" / "trustee.key").read_bytes(), PHRASES["Teodor"]).name == "Teodor"


@pytest.mark.parametrize("failing", ["stick", "store"])
def test_a_second_ceremony_that_fails_leaves_the_keys_of_the_first(
    place: Place, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    here = place()
    with cheap_keys():
        assert ballot(here, "trustees", "table-ceremony", *options(), *phrases()).code == 0
        if failing == "stick":
            stick = here.parent / "stick-Teodor"
            (stick / "trustee.key").unlink()
            (stick / "trustee.key").mkdir()
        else:
            monkeypatch.setattr("ballot.acts.trustees.check_transcript", no_space)
        before = {path: data for path, data in snapshot(here.parent).items() if path != "laptop/election.db"}
        done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(), "--force", "--again", "--yes")
        assert done.code == 3
    after = {path: data for path, data in snapshot(here.parent).items() if path != "laptop/election.db"}
    assert after == before
    key = load_secrets((here.parent / "stick-Tara" / "trustee.key").read_bytes(), PHRASES["Tara"])
    with Store.open(here / "election.db") as store, store.read() as view:
        transcript = view.transcript()
    assert transcript is not None
    assert transcript.answers[0] == key.answer


def no_space(_: object) -> None:
    raise Refused("no space left on the disk of the store")


def test_a_second_ceremony_is_refused_before_anybody_types(place: Place) -> None:
    """Without a terminal, asking for a passphrase would end with another error."""
    here = place()
    with cheap_keys():
        assert ballot(here, "trustees", "table-ceremony", *options(), *phrases()).code == 0
    done = ballot(here, "trustees", "table-ceremony", *options(), "--force")
    assert (done.code, "--again" in done.hint) == (3, True)


def test_attack_force_overwrites_the_key_of_another_election(place: Place) -> None:
    here = place()
    keys = [here.parent / f"stick-{name}" / "trustee.key" for name in NAMES]
    assert ballot(here, "trustee", "new", "--name", "Tara", "--out", str(keys[0])).code == 0
    before = keys[0].read_bytes()
    done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(), "--force")
    assert (done.code, "no key is overwritten" in done.errors[0]) == (3, True)
    assert keys[0].read_bytes() == before


@pytest.mark.parametrize("taken", ["ceremony.json", "../stick-Tomas/trustee.key"])
def test_attack_force_overwrites_what_no_ceremony_wrote(place: Place, taken: str) -> None:
    here = place()
    (here / taken).write_text("the only minutes of the meeting\n", encoding="utf-8")
    for force in (("--force",), ()):
        done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(), *force)
        assert (done.code, done.errors) == (3, [f"{Path(taken)} is already there, and it is a text"])
        assert "--force replaces only the file of the ceremony" in done.hint
    assert (here / taken).read_text(encoding="utf-8") == "the only minutes of the meeting\n"


def test_a_second_ceremony_wants_to_be_asked_for(place: Place) -> None:
    here = place()
    with cheap_keys():
        assert ballot(here, "trustees", "table-ceremony", *options(), *phrases()).code == 0
        done = ballot(here, "trustees", "table-ceremony", *options(), *phrases(), "--force")
        assert done.code == 3
        assert "--again" in done.hint
        assert (
            ballot(here, "trustees", "table-ceremony", *options(), *phrases(), "--force", "--again", "--yes").code == 0
        )
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0
