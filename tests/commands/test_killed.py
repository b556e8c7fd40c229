"""A command killed at any instant leaves the state before it or the state after it, and the next one works."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballot.journal import check_journal
from ballot.record import read_record
from ballot.store.repo import Store
from tests.commands.assembly import KEYS, PASSPHRASES, UNREHEARSED, ballot, opening_of, receipt_of
from tests.commands.conftest import At

MOMENTS = 8
KILLED = 1 if sys.platform == "win32" else -9
"""How a process ends that was killed."""

WAITING = """
import json, os, sys
import alembic, ballot.acts.voting, ballot.commands.app, ballot.commands.box, ballot.commands.papers
print("ready", flush=True)
args = json.loads(sys.stdin.readline())
for stream in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
os._exit(ballot.commands.app.run(args))
"""
"""A process that has everything loaded, and runs the command that it is given."""

DYING = """
import json, os, pkgutil, sys
from unittest.mock import patch
import ballot.commands.app
place, late, args = json.loads(sys.argv[1])
real = pkgutil.resolve_name(place)
def dying(*given, **named):
    if late:
        real(*given, **named)
    os.kill(os.getpid(), 9)
patch(place, dying).start()
ballot.commands.app.run(args)
"""
"""A process that is killed where it gets to a place, or right after that."""

STEPS = {
    "before the store is written": ("sqlalchemy.orm.Session.commit", False),
    "before the store is laid out": ("ballot.store.engine._tidy_or_leave", False),
    "when the store is laid out": ("ballot.store.engine._tidy_or_leave", True),
    "before the file is begun": ("ballot.files._create", False),
    "when the file is begun": ("ballot.files._create", True),
    "before the file has its name": ("ballot.files._name", False),
    "when the file has its name": ("ballot.files._name", True),
    "when the name is on the disk": ("ballot.files._keep_names", True),
}
"""From the keys to the end of `open` and `declare`, in this order."""

WRITTEN, NAMED = 1, 6
"""From these steps on the store is written, and the file has its name."""


@dataclass(frozen=True)
class Desk:
    """A folder with an open election, and commands that run in processes of their own."""

    here: Path

    def seconds(self, *args: str) -> float:
        """How long the command takes when nobody kills it."""
        code, seconds = self._run(None, args)
        assert code == 0, args
        return seconds

    def kill(self, delay: float, *args: str) -> None:
        """Begin the command and kill it after so many seconds, unless it has ended by then."""
        assert self._run(delay, args)[0] in (0, KILLED)

    def _run(self, delay: float | None, args: tuple[str, ...]) -> tuple[int, float]:
        with subprocess.Popen(
            [sys.executable, "-c", WAITING],
            cwd=self.here,
            env={**os.environ, **PASSPHRASES, "BALLOT_STORE": "election.db"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            begun = time.monotonic()
            process.stdin.write(json.dumps(args) + "\n")
            process.stdin.flush()
            if delay is not None:
                time.sleep(delay)
                process.kill()
            return process.wait(), time.monotonic() - begun


@pytest.fixture
def desk(at: At) -> Desk:
    return Desk(at("open"))


def state(folder: Path) -> tuple[int, int]:
    """Papers issued and ballots cast; the journal has one entry for each paper and holds together."""
    value = ballot(folder, "status", "--json").value
    opening = opening_of(folder).signed.opening
    with Store.open(folder / "election.db") as store, store.read() as view:
        journal = view.journal()
        assert len(view.ballots()) == value["cast"]
    assert check_journal(journal, opening.box) == value["phase"]
    assert sum(signed.entry.act == "issued" for signed in journal) == value["issued"]
    return value["issued"], value["cast"]


def test_issue_killed_at_any_moment(desk: Desk) -> None:
    here = desk.here
    whole = desk.seconds("issue", "9", *KEYS, "--out", "first.json")
    assert state(here) == (5, 3)
    before = (here / "election.db").read_bytes()
    for moment in range(MOMENTS):
        (here / "election.db").write_bytes(before)
        (here / "new.json").unlink(missing_ok=True)
        desk.kill(whole * (moment + 0.5) / MOMENTS, "issue", "11", *KEYS, "--out", "new.json")
        issued, cast = state(here)
        assert (issued, cast) in ((5, 3), (6, 3))
        # A delegate whom the register names has a paper, and whoever has none yet can still get one.
        assert issued == 5 or (here / "new.json").exists()
        if issued == 5:
            (here / "new.json").unlink(missing_ok=True)
            assert ballot(here, "issue", "11", *KEYS, "--out", "new.json").code == 0
        (here / "vote.json").unlink(missing_ok=True)
        assert ballot(here, "vote", "new.json", "--marks", "1", "--out", "vote.json").code == 0
        assert ballot(here, "cast", "vote.json").code == 0


def test_cast_killed_at_any_moment(desk: Desk) -> None:
    here = desk.here
    before = (here / "election.db").read_bytes()
    whole = desk.seconds("cast", "sealed7.json")
    for moment in range(MOMENTS):
        (here / "election.db").write_bytes(before)
        desk.kill(whole * (moment + 0.5) / MOMENTS, "cast", "sealed7.json", "--receipts", "new")
        assert state(here) in ((4, 3), (4, 4))
        outcome = ballot(here, "cast", "sealed7.json", "--json")
        assert outcome.code == 0
        assert state(here) == (4, 4)
        receipt = here / "new" / receipt_of(here / "sealed7.json")
        if receipt.exists():
            # No receipt is given for a ballot that is not in the box.
            assert not outcome.value[0]["new"]
            receipt.unlink()


def test_close_killed_at_any_moment(desk: Desk) -> None:
    here = desk.here
    before = (here / "election.db").read_bytes()
    whole = desk.seconds("close", "--yes")
    for moment in range(MOMENTS):
        (here / "election.db").write_bytes(before)
        (here / "box.json").unlink()
        desk.kill(whole * (moment + 0.5) / MOMENTS, "close", "--yes")
        assert state(here) == (4, 3)
        phase = ballot(here, "status", "--json").value["phase"]
        assert phase in ("open", "closed")
        # The box is closed only with its file; a file too many can be overwritten.
        assert phase == "open" or (here / "box.json").exists()
        assert ballot(here, "close", "--yes", "--force").code == (0 if phase == "open" else 3)


def killed(here: Path, step: str, *args: str) -> None:
    """Run a command that is killed at a step."""
    place, late = STEPS[step]
    done = subprocess.run(
        [sys.executable, "-c", DYING, json.dumps([place, late, args])],
        cwd=here,
        env={**os.environ, **PASSPHRASES, "BALLOT_STORE": "election.db"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == (9 if sys.platform == "win32" else -9), done.stderr


@pytest.mark.parametrize("step", STEPS)
def test_open_killed_at_any_step_leaves_no_file_to_be_deleted(at: At, step: str) -> None:
    here = at("ready")
    killed(here, step, "open", *KEYS, *UNREHEARSED)
    number, phase = list(STEPS).index(step), ballot(here, "status", "--json").value["phase"]
    assert phase == ("open" if number >= WRITTEN else "draft")
    assert (here / "opening.json").exists() == (number >= NAMED)
    again = ballot(here, "open", *KEYS, *UNREHEARSED)
    if phase == "open":
        assert again.hint.startswith("`ballot opening` writes the public opening")
        assert ballot(here, "opening").code == 0
    assert opening_of(here).signed.opening.fingerprint == ballot(here, "status", "--json").value["fingerprint"]


@pytest.mark.parametrize("step", STEPS)
def test_declare_killed_at_any_step_leaves_no_file_to_be_deleted(at: At, step: str) -> None:
    here = at("drawn")
    killed(here, step, "declare", *KEYS)
    number, phase = list(STEPS).index(step), ballot(here, "status", "--json").value["phase"]
    assert phase == ("declared" if number >= WRITTEN else "counted")
    assert (here / "declaration.txt").exists() == (number >= NAMED)
    assert ballot(here, "declare", *KEYS).code == 0
    text = (here / "declaration.txt").read_bytes()
    assert ballot(here, "publish", *KEYS).code == 0
    declared = read_record((here / "record.zip").read_bytes()).contents
    assert text.startswith(declared.declaration)
    assert declared.declared.head[64:].encode() in text
