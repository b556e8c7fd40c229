"""The app: help by person, errors in two lines, exit codes, and nothing heavy before it is needed."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

import ballot
from ballot.commands import app as app_module
from ballot.commands.app import TopGroup, app, crashed, run
from ballot.commands.help import COMMITTEE, DELEGATE, GROUPS, SECRETARY, TRUSTEE, PersonGroup, example
from ballot.errors import BadInput, Error, Fault, Invalid, Refused, UsageError, WrongPhase
from tests.commands.conftest import Terminal, obey_escapes

HEAVY = ("sqlalchemy", "alembic", "cryptography", "nacl", "gmpy2", "msgspec", "rich", "mnemonic", "click", "pydantic")


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    ctx = typer.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(_commands(typer.main.get_command(app)))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Put an app in the place of the real one whose command `act` raises what it is told."""

    def put(error: BaseException) -> None:
        small = typer.Typer(cls=TopGroup, rich_markup_mode=None, add_completion=False)

        @small.command(rich_help_panel=COMMITTEE)
        def act(times: int = 1) -> None:
            raise error if times else ValueError

        @small.command(rich_help_panel=COMMITTEE)
        def other() -> None:
            raise typer.Exit(4)

        monkeypatch.setattr(app_module, "app", small)

    return put


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_a_group_and_help_that_ends_with_an_example(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*path, "--help"]) == 0
    text, shown, example_text = capsys.readouterr().out.rpartition("Example:\n")
    assert shown, f"{path} has no example"
    assert f"Usage: ballot {' '.join(path)}" in text
    lines = [line.strip() for line in example_text.strip().splitlines()]
    assert any(line.startswith(f"ballot {' '.join(path)}") for line in lines)
    words = [word for line in lines for word in shlex.split(line) if word.startswith("--")]
    assert all(f"  {word}" in text or f", {word}" in text for word in words), (
        f"an option of the example is unknown: {words}"
    )


def test_top_help_lists_every_command_under_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    headings = [line[:-1] for line in out.splitlines() if line.removesuffix(":") in GROUPS]
    assert headings == [group for group in GROUPS if group in headings]
    for path in COMMANDS:
        assert f"\n  {' '.join(path)}  " in out
    assert "Example:" in out


def test_groups_of_help_stand_in_the_order_of_the_people(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = typer.Typer(cls=PersonGroup, rich_markup_mode=None, add_completion=False)
    trustee = typer.Typer(cls=PersonGroup, rich_markup_mode=None)

    def act() -> None:
        """Do it. And more."""

    small.command("vacancy", rich_help_panel=SECRETARY)(act)
    small.command("vote", rich_help_panel=DELEGATE)(act)
    small.command("unseen", rich_help_panel=DELEGATE, hidden=True)(act)
    trustee.command("share")(act)
    trustee.command("add", rich_help_panel=COMMITTEE)(act)
    small.add_typer(trustee, name="trustee", rich_help_panel=TRUSTEE)
    monkeypatch.setattr(app_module, "app", small)
    assert run(["--help"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line][3:]
    assert lines == [
        "Committee:",
        "  trustee add    Do it.",
        "Delegate:",
        "  vote           Do it.",
        "Trustee:",
        "  trustee share  Do it.",
        "ICB secretary:",
        "  vacancy        Do it.",
    ]


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["handcount", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = f"import sys\nfrom ballot.commands.app import run\nassert run({args}) == 0\n"
    code += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert not loaded.intersection(HEAVY)


def test_an_example_keeps_its_lines() -> None:
    assert example("ballot a", "ballot b") == "\b\nExample:\n  ballot a\n  ballot b"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"ballot {ballot.__version__}\n"


def test_without_a_command_the_help_is_shown_and_the_exit_code_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: ballot" in err


@pytest.mark.parametrize(
    ("args", "message", "path"),
    [
        (["nosuch"], "no such command 'nosuch'", "ballot"),
        (["ac"], "no such command 'ac'. Did you mean 'act'?", "ballot"),
        (["--bogus"], "no such option: --bogus", "ballot"),
        (["act", "--bogus"], "no such option: --bogus", "ballot act"),
        (["act", "--times", "x"], "invalid value for '--times': 'x' is not a valid int", "ballot act"),
        (["act", "more"], "got unexpected extra argument", "ballot act"),
        (["act", "--times"], "option '--times' requires an argument", "ballot"),
    ],
    ids=str,
)
def test_usage_errors_are_two_lines_and_exit_2(
    command: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    message: str,
    path: str,
) -> None:
    command(Refused("never"))
    assert run(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"error: {message}")
    assert second == f"hint: '{path} --help' shows how it is used."


def test_a_usage_error_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["no\x1b[2J\nerror: fake\u202e"]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 2
    assert "\x1b" not in err
    assert "\u202e" not in err


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (UsageError("message", "do this"), 2),
        (Refused("message", "do this"), 3),
        (WrongPhase("message", "do this"), 3),
        (Invalid("message", "do this"), 3),
    ],
    ids=repr,
)
def test_errors_are_two_lines_with_their_exit_code(
    command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], error: Error, exit_code: int
) -> None:
    command(error)
    assert run(["act"]) == exit_code
    assert capsys.readouterr() == ("", "error: message\nhint: do this\n")


@pytest.mark.parametrize(("error", "word"), [(Refused("message"), "ballot status"), (Invalid("message"), "file")])
def test_an_error_without_a_hint_gets_a_general_one(
    command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], error: Error, word: str
) -> None:
    command(error)
    assert run(["act"]) == 3
    first, second = capsys.readouterr().err.splitlines()
    assert first == "error: message"
    assert second.startswith("hint: ")
    assert word in second


def test_a_number_of_thousands_of_digits_does_not_fill_the_screen(
    command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    long = "1" + "0" * 4000 + "7"
    command(Refused(f"there is no delegate {long} on the roll", f"Look for {long} here. " + "Then look again. " * 100))
    assert run(["act"]) == 3
    first, second = capsys.readouterr().err.splitlines()
    cut = f"1{'0' * 99}…{'0' * 99}7"
    assert first == f"error: there is no delegate {cut} on the roll"
    assert second.startswith(f"hint: Look for {cut} here. ")
    assert second.count("Then look again.") == 100


def test_bad_input_names_every_fault_on_its_own_line(
    command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(BadInput([Fault("a.csv", 2, "name", "bad\x1b[1m\nerror: fake"), Fault("b.csv", 0, "", "empty")], "mend it"))
    assert run(["act"]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "error: a.csv, row 2, name: bad<U+001B>[1m<U+000A>error: fake",
        "error: b.csv: empty",
        "hint: mend it",
    ]


def test_interrupting_a_command_is_no_crash(
    command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(KeyboardInterrupt())
    assert run(["act"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("error: stopped\nhint: ")
    assert len(err.splitlines()) == 2


def test_after_ctrl_c_at_a_question_the_error_begins_a_new_line(
    command: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = Terminal()
    obey_escapes(monkeypatch)
    monkeypatch.setattr(sys, "stderr", stderr)
    stderr.write("Passphrase of the seal (seal.key): ")
    command(KeyboardInterrupt())
    assert run(["act"]) == 3
    assert "(seal.key): \nerror: stopped\n" in stderr.getvalue()


def test_a_command_may_leave_with_an_exit_code_of_its_own(command: Callable[[BaseException], None]) -> None:
    command(Refused("never"))
    assert run(["other"]) == 4


def test_a_crash_is_not_taken_for_a_refusal(command: Callable[[BaseException], None]) -> None:
    command(RuntimeError("secret"))
    with pytest.raises(RuntimeError):
        run(["act"])


@pytest.mark.parametrize(("debug", "shown"), [("", False), ("1", True)])
def test_a_crash_shows_what_may_be_secret_only_when_asked(debug: str, shown: bool) -> None:
    code = (
        "import ballot.commands, ballot.commands.app as a\n"
        "def fail(*_): raise ValueError('the passphrase \\x1b[2J')\n"
        "a.typer.main.get_command = fail\n"
        "ballot.commands.main()"
    )
    environment = {**os.environ, "BALLOT_DEBUG": debug}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: the program has a fault and stopped (ValueError in app.py, line ")
    assert lines[1].startswith("hint: With BALLOT_DEBUG=1 ")
    assert ("the passphrase <U+001B>[2J" in done.stderr) == shown
    assert (len(lines) > 2) == shown
    assert "\x1b" not in done.stderr


def test_a_crash_elsewhere_names_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    crashed(ValueError, ValueError("kite lantern"), None)
    err = capsys.readouterr().err
    assert err.startswith("error: the program has a fault and stopped (ValueError)\n")
    assert "kite" not in err


@pytest.mark.parametrize("args", [["--help"], ["handcount", "--help"]], ids=" ".join)
def test_a_reader_that_went_away_is_no_crash_and_no_success(args: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = f"import sys\nsys.argv = {['ballot', *args]}\nfrom ballot.commands import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
