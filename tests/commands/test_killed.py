"""A command killed at any instant leaves the state before it or the state after it, and the next one works."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballot.journal import check_journal
from ballot.store.repo import Store
from tests.commands.assembly import KEYS, PASSPHRASES, ballot, opening_of, receipt_of
from tests.commands.conftest import At

pytestmark = pytest.mark.skipif(
    sys.platform == "win32",
    reason="the server forks a process that is ready and kills it with SIGKILL; Windows has neither",
)

MOMENTS = 8
SERVER = """
import json, os, signal, sys, time
import alembic, ballot.acts.voting, ballot.commands.app, ballot.commands.box, ballot.commands.papers
print("ready", flush=True)
for line in sys.stdin:
    delay, args = json.loads(line)
    child = os.fork()
    if not child:
        try:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            os._exit(ballot.commands.app.run(args))
        finally:
            os._exit(1)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs each command in a process of its own with everything loaded, kills it in time, and tells how it ended."""


@dataclass(frozen=True)
class Desk:
    """A folder with an open election, and a server of commands in it."""

    here: Path
    server: "subprocess.Popen[str]"

    def seconds(self, *args: str) -> float:
        """How long the command takes when nobody kills it."""
        begun = time.monotonic()
        assert self._run(None, args) == 0, args
        return time.monotonic() - begun

    def kill(self, delay: float, *args: str) -> None:
        """Begin the command and kill it after so many seconds, unless it has ended by then."""
        assert self._run(delay, args) in (0, -signal.SIGKILL)

    def _run(self, delay: float | None, args: tuple[str, ...]) -> int:
        stdin, stdout = self.server.stdin, self.server.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([delay, args]) + "\n")
        stdin.flush()
        return int(stdout.readline())


@pytest.fixture
def desk(at: At) -> Iterator[Desk]:
    here = at("open")
    environment = {**os.environ, **PASSPHRASES, "BALLOT_STORE": "election.db"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=here,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Desk(here, server)


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
