"""Stores to work on: each test has its own copy of one that is made once."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ballot.votes import Phase
from tests.store.making import create, move

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in the draft phase; not to be written to."""
    path = tmp_path_factory.mktemp("template") / "election.db"
    create(path)
    return path


@pytest.fixture
def draft(template: Path, tmp_path: Path) -> Path:
    """A store of its own in the draft phase."""
    return Path(shutil.copy(template, tmp_path / "election.db"))


@pytest.fixture
def opened(draft: Path) -> Path:
    """A store of its own in the open phase."""
    move(draft, Phase.OPEN)
    return draft


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts worker processes and waits until each is ready; none outlives the test."""
    workers: list[subprocess.Popen[str]] = []

    def begin(path: Path, what: str, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), str(path), what, *arguments]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        workers.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        return worker

    yield begin
    for worker in workers:
        worker.kill()
        worker.communicate()
