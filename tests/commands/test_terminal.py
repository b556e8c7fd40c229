"""A terminal that is shared: when signals are obeyed, and what becomes of text that does not belong there."""

import io
import os
import signal
import sys

import pytest

from ballot.commands.terminal import Ended, Terminal
from ballot.errors import UsageError
from tests.commands.conftest import Terminal as Stream
from tests.commands.conftest import obey_escapes

SIGNALS = [name for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGTSTP", "SIGQUIT") if hasattr(signal, name)]


def handlers() -> list[object]:
    return [signal.getsignal(getattr(signal, name)) for name in SIGNALS]


def screen(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Put a terminal of 60 columns in the place of stderr."""
    stream = Stream()
    obey_escapes(monkeypatch)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(Terminal, "_size", staticmethod(lambda: os.terminal_size((60, 20))))
    return stream


def keyboard(monkeypatch: pytest.MonkeyPatch, text: str, number: int = 0) -> None:
    """Put a stdin in place on which a signal, if any, comes before the line."""

    def readline() -> str:
        if number:
            signal.raise_signal(number)
        return stream.readline()

    stream = io.StringIO(text)
    reader = io.StringIO()
    monkeypatch.setattr(reader, "readline", readline)
    monkeypatch.setattr(sys, "stdin", reader)


@pytest.mark.parametrize("name", SIGNALS)
def test_signals_between_questions_tear_nothing(name: str) -> None:
    before = handlers()
    done = False
    with Terminal(plain=False, wipes=True).guarded():
        signal.raise_signal(getattr(signal, name))
        done = True
    assert done
    assert handlers() == before


def test_control_c_at_a_question_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard(monkeypatch, "line\n", signal.SIGINT)
    terminal = Terminal(plain=False, wipes=True)
    with terminal.guarded(), pytest.raises(KeyboardInterrupt):
        terminal.ask("Paper:")


def test_control_c_before_a_question_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard(monkeypatch, " line \n")
    terminal = Terminal(plain=False, wipes=True)
    with terminal.guarded():
        signal.raise_signal(signal.SIGINT)
        assert terminal.ask("Paper:") == "line"


@pytest.mark.parametrize("name", [name for name in ("SIGHUP", "SIGTERM") if name in SIGNALS])
def test_a_closed_terminal_leaves_at_the_next_question(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    keyboard(monkeypatch, "line\n")
    terminal = Terminal(plain=False, wipes=True)
    with terminal.guarded():
        signal.raise_signal(getattr(signal, name))
        with pytest.raises(SystemExit) as caught:
            terminal.ask("Paper:")
    assert caught.value.code == 3


def test_the_end_of_the_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard(monkeypatch, "")
    with pytest.raises(Ended):
        Terminal(plain=False, wipes=False).ask("Numbers:")


def test_a_line_that_is_no_text_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = screen(monkeypatch)
    lines = [b"\xff", b"ok\n"]
    reader = io.StringIO()
    monkeypatch.setattr(reader, "readline", lambda: lines.pop(0).decode())
    monkeypatch.setattr(sys, "stdin", reader)
    assert Terminal(plain=False, wipes=False).ask("Numbers:") == "ok"
    assert "That was not readable text." in stderr.getvalue()


def test_a_screen_that_cannot_be_written_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as broken:
        monkeypatch.setattr(sys, "stderr", broken)
        with pytest.raises(Ended):
            Terminal(plain=False, wipes=False).tell("Nobody sees this.")
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)


def test_values_in_sentences_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = screen(monkeypatch)
    Terminal(plain=True, wipes=False).tell("The file is {}.", "a\x1b[2J\u202eb")
    assert stderr.getvalue() == "The file is a<U+001B>[2J<U+202E>b.\n"


def test_sentences_and_questions_break_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = screen(monkeypatch)
    keyboard(monkeypatch, "\n")
    terminal = Terminal(plain=True, wipes=False)
    terminal.tell("{}", " ".join(["word"] * 30))
    terminal.ask(" ".join(["what"] * 30))
    assert all(line == line.strip() and len(line) <= 60 for line in stderr.getvalue().rstrip(" ").splitlines())


def test_what_is_shared_is_wiped_and_what_is_not_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = screen(monkeypatch)
    Terminal(plain=True, wipes=False).wipe()
    assert stderr.getvalue() == "\n"
    Terminal(plain=True, wipes=True).wipe()
    assert stderr.getvalue() == "\n\x1b[H\x1b[2J\x1b[3J"


def test_without_a_person_nothing_is_asked() -> None:
    with pytest.raises(UsageError) as caught:
        Terminal(plain=False, wipes=False).require("Give it with --marks.")
    assert caught.value.hint == "Give it with --marks."
