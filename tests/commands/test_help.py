"""What help shows and what commands load: examples everywhere, and nothing heavy before it is needed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from ballot.commands.app import app, run
from tests.commands.assembly import Assembly, is_safe

ROOT = Path(__file__).parents[2]


def _paths(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    ctx = typer.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield from _paths(command, (*path, name)) if isinstance(command, TyperGroup) else [(*path, name)]


PATHS = list(_paths(typer.main.get_command(app)))


def loaded(folder: Path, *args: str) -> set[str]:
    """The packages that a command has imported when it ends, in a process of its own."""
    code = f"import sys\nfrom ballot.commands.app import run\nassert run({list(args)}) == 0\n"
    code += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: " ".join(("ballot", *path)))
def test_help_of_everything_fits_the_screen_and_ends_with_an_example(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*path, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"Usage: ballot {' '.join(path)}".rstrip() in out
    _, _, examples = out.partition("\n  Example:\n")
    lines = examples.splitlines()
    assert lines
    assert all(line.strip().startswith(" ".join(("ballot", *path))) for line in lines)
    assert all(is_safe(line) for line in out.splitlines())
    assert max(map(len, out.split("Example:")[0].splitlines())) <= 80


@pytest.mark.parametrize("path", PATHS, ids=lambda path: " ".join(("ballot", *path)))
def test_no_line_of_help_is_wider_than_a_narrow_terminal(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the terminal breaks every line once more, in the middle of words."""
    monkeypatch.setenv("COLUMNS", "40")
    assert run([*path, "--help"]) == 0
    # An example is to be copied, so it stays whole.
    text, _, _ = capsys.readouterr().out.partition("Example:")
    assert max(map(len, text.splitlines())) <= 40


def test_short_and_long_help_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for option in ("-h", "--help"):
        assert run(["open", option]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]


@pytest.mark.parametrize("args", [("--help",), ("open", "--help"), ("verify", "--help")], ids=" ".join)
def test_help_loads_neither_store_nor_cryptography(tmp_path: Path, args: tuple[str, ...]) -> None:
    assert not loaded(tmp_path, *args) & {"sqlalchemy", "alembic", "cryptography", "nacl", "gmpy2"}


@pytest.mark.parametrize("phase", ["draft", "open", "closed", "counted", "declared"])
def test_status_waits_for_no_library_that_writes(assembly: Assembly, tmp_path: Path, phase: str) -> None:
    shutil.copy(assembly.store(phase), tmp_path / "election.db")
    assert not loaded(tmp_path, "status") & {"sqlalchemy", "alembic", "rich"}


@pytest.mark.parametrize("way", ["console script", "cli.py", "-m ballot"])
def test_every_way_in_is_the_same_program(tmp_path: Path, way: str) -> None:
    script = shutil.which("ballot", path=str(Path(sys.executable).parent))
    assert script is not None
    ways = {
        "console script": [script],
        "cli.py": [sys.executable, str(ROOT / "cli.py")],
        "-m ballot": [sys.executable, "-m", "ballot"],
    }
    command = ways[way]
    environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80"}
    environment.pop("BALLOT_STORE", None)

    def ask(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *args], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    shown = ask("--help")
    assert shown.returncode == 0
    assert re.match(r"Usage: ballot ", shown.stdout)
    refused = ask("status")
    assert refused.returncode == 3
    assert refused.stdout == ""
    assert refused.stderr.startswith("error: there is no store election.db\nhint: ")
    assert ask("stautus").returncode == 2
