"""What --force replaces: what the same command wrote before of the same election, and nothing else."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

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
