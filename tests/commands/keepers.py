"""Trustees in directories of their own, who hold their ceremony by files: in, a folder; out, their election."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from ballot.crypto.keys import DEMO
from ballot.trustees.keeping import save_secrets
from tests.commands.assembly import KEYS, Outcome, ballot, lists, write_keys, write_lists
from tests.test_sheet import read_back
from tests.trustees import NAMES

UNREHEARSED = ("--without-rehearsal", "the trustees' ceremony is what is tested")


@contextmanager
def cheap_keys() -> Iterator[None]:
    """Key files that are quick to open."""
    with patch.object(save_secrets, "__defaults__", (DEMO,)):
        yield


def home(folder: Path, name: str) -> Path:
    """A trustee's own directory."""
    path = folder / name
    path.mkdir(exist_ok=True)
    return path


def draft(folder: Path, count: int, need: int, group: str = "Ed25519") -> None:
    """A draft with that many trustees, and key files of head and seal."""
    files = lists(group)
    plan = [line for line in files["election.toml"].splitlines() if not line.startswith("trustees")]
    plan[1:1] = [f"trustees = {json.dumps(NAMES[:count])}", f"need = {need}"]
    write_lists(folder / "lists", files | {"election.toml": "\n".join(plan) + "\n"})
    write_keys(folder, group)
    done = ballot(folder, "new", "--from", "lists/election.toml")
    assert done.code == 0, done.err


def answer(folder: Path, name: str, number: int, *options: str) -> Outcome:
    """A trustee's answer to the file of a round, which was carried into the trustee's directory."""
    here = home(folder, name)
    shutil.copy(folder / f"ceremony-{number}.json", here / "ceremony.json")
    with cheap_keys():
        done = ballot(here, "trustee", "next", "ceremony.json", "--key", "my.key", "--name", name, *options)
    if done.code == 0:
        shutil.copy(here / f"{name.lower()}-{number}.json", folder / f"{name}-{number}.json")
    return done


def collect(folder: Path, names: Sequence[str], number: int) -> Outcome:
    """The committee takes in these trustees' messages of a round."""
    return ballot(folder, "trustees", "collect", *(f"{name}-{number}.json" for name in names), "--json")


def ceremony(folder: Path, count: int, rounds: int = 3) -> None:
    """Invite, and hold the first rounds."""
    assert ballot(folder, "trustees", "invite").code == 0
    for number in range(1, rounds + 1):
        for name in NAMES[:count]:
            done = answer(folder, name, number)
            assert done.code == 0, done.err
        done = collect(folder, NAMES[:count], number)
        assert done.code == 0, done.err


def vote(folder: Path, reason: Sequence[str] = UNREHEARSED, until: str = "close") -> None:
    """Open, let two delegates vote so that nobody is tied where it matters, and close; or stop after another step."""
    for args in (
        ("open", *KEYS, *reason),
        ("issue", "1", *KEYS, "--out", "paper1.json"),
        ("issue", "3", *KEYS, "--out", "paper3.json"),
        ("vote", "paper1.json", "--marks", "1,2,3,4,5,6,7,8", "--out", "sealed1.json"),
        ("vote", "paper3.json", "--marks", "1,2,3,4,5,6,7,8,9", "--out", "sealed3.json"),
        ("cast", "sealed1.json", "sealed3.json"),
        ("close", "--yes"),
    ):
        done = ballot(folder, *args)
        assert done.code == 0, (args, done.err)
        if args[0] == until:
            break


def play(folder: Path, count: int, need: int, group: str = "Ed25519") -> None:
    """Everything up to the close."""
    draft(folder, count, need, group)
    ceremony(folder, count)
    vote(folder)


def typed_back(folder: Path, path: str, *options: str) -> list[list[str]]:
    """The lists of a new sheet of a key file, as somebody types them from the paper."""
    done = ballot(folder, "trustee", "sheet", path, "--out", "printed.txt", "--force", *options)
    assert done.code == 0, done.err
    return read_back((folder / "printed.txt").read_text(encoding="utf-8"))


def key(name: str) -> str:
    """A trustee's key file, as the committee's table sees it."""
    return str(Path(name) / "my.key")


def finish(folder: Path) -> Outcome:
    """Count, declare, publish and verify; the outcome of the verification."""
    for args in (("count",), ("declare", *KEYS), ("publish", *KEYS)):
        done = ballot(folder, *args)
        assert done.code == 0, (args, done.err)
    return ballot(folder, "verify", "record.zip", "--json")
