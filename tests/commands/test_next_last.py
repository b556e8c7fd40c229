"""What comes next is told last: after the result that it follows from, whichever of the two streams is looked at."""

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.commands.app import run
from tests.commands.assembly import KEYS, TRUSTEES, UNREHEARSED, begin
from tests.commands.conftest import At
from tests.commands.machines import PHRASE, copy_of
from tests.trustees import NAMES

ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("draft", ("trustee", "add", *(f"{file}.public" for file in TRUSTEES))),
    ("ready", ("open", *KEYS, *UNREHEARSED)),
    ("open", ("issue", "9", *KEYS, "--out", "9.json")),
    ("open", ("issue", "request.json", *KEYS, "--attested-by", "the desk")),
    ("open", ("spoil", "paper7.json", "--delegate", "7", "--yes")),
    ("open", ("close", "--yes")),
    ("open", ("envelopes", "print", "--count", "1", *KEYS)),
    ("closed", ("trustee", "share", "tomas.key", "--box", "box.json", "--out", "share.json")),
    ("counted", ("lots", "show")),
    ("drawn", ("declare", *KEYS)),
    ("declared", ("publish", *KEYS)),
)


class Stream(io.StringIO):
    """One of the two streams, which notes what is written to either, in order."""

    def __init__(self, name: str, told: list[tuple[str, str]]) -> None:
        super().__init__()
        self._name, self._told = name, told

    def write(self, text: str) -> int:
        self._told.append((self._name, text))
        return len(text)


def told_by(monkeypatch: pytest.MonkeyPatch, folder: Path, *args: str) -> list[tuple[str, str]]:
    """What a command writes, in order."""
    told: list[tuple[str, str]] = []
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        for name in ("stdout", "stderr"):
            patch.setattr(sys, name, Stream(name, told))
        for office in ("HEAD", "SEAL", "TRUSTEE"):
            patch.setenv(f"BALLOT_{office}_PASSPHRASE", PHRASE)
        assert run(args) == 0, told
    return told


def is_last(told: list[tuple[str, str]]) -> bool:
    """Whether something comes next, and no result is shown after it."""
    places = [place for place, (name, text) in enumerate(told) if name == "stderr" and "Next" in text]
    return bool(places) and all(name == "stderr" for name, _ in told[places[0] :])


@pytest.mark.parametrize(("point", "args"), ACTS, ids=lambda value: value if isinstance(value, str) else value[0])
def test_what_comes_next_is_told_after_the_result(
    at: At, monkeypatch: pytest.MonkeyPatch, point: str, args: tuple[str, ...]
) -> None:
    here = at(point)
    if "request.json" in args:
        assert is_last(told_by(monkeypatch, here, "request", "opening.json", "--delegate", "9"))
    if point == "closed":
        told_by(monkeypatch, here, "trustees", "box")
    assert is_last(told_by(monkeypatch, here, *args))


def test_so_it_is_from_the_first_command_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path)
    assert is_last(told_by(monkeypatch, tmp_path, "new", "--from", "lists/election.toml"))


def test_so_it_is_for_delegates(opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = copy_of(opened, tmp_path / "assembly")
    desk = place.committee
    told_by(monkeypatch, desk.folder, "issue", "7", *KEYS)
    sealed = told_by(monkeypatch, desk.folder, "vote", "paper.json", "--marks", "1", "--opening", "opening.json")
    assert is_last(sealed)
    told_by(monkeypatch, desk.folder, "envelopes", "print", "--count", "1", *KEYS)
    assert is_last(told_by(monkeypatch, desk.folder, "envelopes", "hand-out", "9", "--yes"))
    replaced = ("replace", "11", "--name", "Nora", "--letter", "letter of 3 May", "--yes")
    assert is_last(told_by(monkeypatch, desk.folder, *replaced))


def test_so_it_is_in_the_ceremony(after: Callable[[int], Path], rounds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = after(0)
    messages = [f"{name}-1.json" for name in NAMES[:3]]
    for message in messages:
        shutil.copy(rounds / "1" / message, here / message)
    assert is_last(told_by(monkeypatch, here, "trustees", "collect", *messages))
    assert is_last(told_by(monkeypatch, here, "trustees", "invite", "--again", "--yes", "--out", "new.json"))
