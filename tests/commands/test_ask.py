"""Passphrases and questions: from an option, a file, the environment or a terminal, and from nowhere else."""

import io
import sys
from pathlib import Path

import pytest

from ballot.commands import ask
from ballot.crypto.keys import check_passphrase
from ballot.errors import Invalid, Refused, UsageError, WrongPassphrase
from tests.commands.conftest import AtTerminal

ENV = "BALLOT_TEST_PASSPHRASE"
ASK = "from ballot.commands import ask\n"
UNLOCK = (
    f"{ASK}from ballot.errors import WrongPassphrase\n"
    "def load(phrase):\n"
    "    if phrase.startswith('kit'): return phrase\n"
    "    raise WrongPassphrase('it is wrong')\n"
    f"print(ask.unlock(load, 'Passphrase of the head', None, '{ENV}'))"
)
NEW = (
    f"{ASK}from ballot.crypto.keys import check_passphrase\n"
    f"print(ask.new_passphrase('Passphrase of the head', None, '{ENV}', check_passphrase))"
)


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("never read\n"))
    monkeypatch.delenv(ENV, raising=False)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"kite lantern\n", "kite lantern"),
        (b"kite lantern\r\nsecond line\n", "kite lantern"),
        (b"no line end", "no line end"),
        (b" spaces stay \n\n", " spaces stay "),
        (b"\xef\xbb\xbf\xe7\x81\xaf\xe5\xa1\x94\n", "灯塔"),
    ],
)
def test_a_passphrase_file_gives_its_first_line(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "phrase"
    path.write_bytes(content)
    assert ask.unlock(str, "Passphrase", path, ENV) == expected


def test_the_file_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENV, "from the environment")
    path = tmp_path / "phrase"
    path.write_text("from the file\n", encoding="utf-8")
    assert ask.unlock(str, "Passphrase", path, ENV) == "from the file"
    assert ask.unlock(str, "Passphrase", None, ENV) == "from the environment"


@pytest.mark.parametrize("content", [b"", b"\nsecond", b"secret \xff\n", b"x" * 5000])
def test_an_unusable_passphrase_file_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "phrase"
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        ask.unlock(str, "Passphrase", path, ENV)
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_without_a_terminal_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError) as caught:
        ask.unlock(str, "Passphrase of the head", None, ENV, option="--head-passphrase-file")
    assert "--head-passphrase-file" in caught.value.hint
    assert ENV in caught.value.hint
    with pytest.raises(UsageError, match="Which marks") as caught:
        ask.ask_line("Which marks?", "--marks")
    assert "--marks" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        ask.confirm("Close the box?", yes=False)
    assert "--yes" in caught.value.hint
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError):
        ask.ask_line("Which marks?", "--marks")


def test_an_answer_given_as_an_option_is_not_asked() -> None:
    assert ask.confirm("Close the box?", yes=True)


def test_a_typed_passphrase_is_not_shown(at_terminal: AtTerminal) -> None:
    code, shown, out = at_terminal(UNLOCK, [("Passphrase of the head: ", "kite 灯\n")])
    assert (code, out) == (0, "kite 灯\n")
    assert "kite" not in shown


def test_a_wrong_passphrase_can_be_typed_again_and_not_for_ever(at_terminal: AtTerminal) -> None:
    question = "Passphrase of the head: "
    code, shown, out = at_terminal(UNLOCK, [(question, "lantern\n"), (question, "lantern 2\n"), (question, "kite\n")])
    assert (code, out) == (0, "kite\n")
    assert shown.count("That is not the passphrase of this key. Type it again.") == 2
    code, shown, out = at_terminal(UNLOCK, [(question, "lantern\n")] * 3)
    assert (code, out) == (1, "")
    assert "WrongPassphrase: it is wrong" in shown
    assert "lantern" not in shown


def test_a_passphrase_that_was_not_typed_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def load(phrase: str) -> None:
        tried.append(phrase)
        raise WrongPassphrase("it is wrong")

    monkeypatch.setenv(ENV, "from the environment")
    (tmp_path / "phrase").write_text("from the file\n", encoding="utf-8")
    for path in (None, tmp_path / "phrase"):
        with pytest.raises(WrongPassphrase):
            ask.unlock(load, "Passphrase", path, ENV)
    assert tried == ["from the environment", "from the file"]


def test_a_new_passphrase_is_typed_twice_and_again_until_it_is_good(at_terminal: AtTerminal) -> None:
    first, again = "Passphrase of the head: ", "Passphrase of the head, once more: "
    dialogue = [
        (first, "kite\n"),
        (first, "kite lantern\n"),
        (again, "kita lantern\n"),
        (first, "kite lantern\n"),
        (again, "kite lantern\n"),
    ]
    code, shown, out = at_terminal(NEW, dialogue)
    assert (code, out) == (0, "kite lantern\n")
    assert shown.count("The passphrase has fewer than 8 characters. Take four or five random words.") == 1
    assert shown.count("The two are not the same. Type both again.") == 1
    assert "kit" not in shown


def test_a_new_passphrase_that_was_not_typed_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENV, "kite")
    with pytest.raises(Refused, match="fewer than 8"):
        ask.new_passphrase("Passphrase", None, ENV, check_passphrase)


@pytest.mark.parametrize(("answer", "result"), [("yes", "True"), (" Y ", "True"), ("no", "False"), ("", "False")])
def test_only_yes_is_a_yes(at_terminal: AtTerminal, answer: str, result: str) -> None:
    code = f"{ASK}print(ask.confirm('Close the box?', False))"
    assert at_terminal(code, [("Close the box? [yes/no] ", f"{answer}\n")])[::2] == (0, f"{result}\n")


@pytest.mark.parametrize("length", range(58, 78))
def test_a_question_to_yes_or_no_never_ends_in_a_line_without_words(at_terminal: AtTerminal, length: int) -> None:
    question = ("Close the box " * 9)[:length].strip() + " now?"
    _, shown, _ = at_terminal(f"{ASK}print(ask.confirm({question!r}, False))", [("[yes/no]", "yes\n")])
    last = shown.replace("\r", "").rstrip("\n").rpartition("\n")[2] if "\n" in shown.strip() else shown
    assert "now? (asked)" in last
    assert " ".join(shown.split()).startswith(question)


def test_what_was_typed_before_the_question_came_is_no_answer(at_terminal: AtTerminal) -> None:
    code = (
        f"{ASK}import select, sys\n"
        "sys.stderr.write('Checking ballots ')\nsys.stderr.flush()\n"
        "select.select([sys.stdin], [], [])\n"
        "print(ask.confirm('Close the box?', False))"
    )
    exit_code, _, out = at_terminal(code, [("Checking ballots", "yes\n"), ("Close the box? [yes/no]", "no\n")])
    assert (exit_code, out) == (0, "False\n")


def test_a_question_stands_on_stderr_and_is_made_safe(at_terminal: AtTerminal) -> None:
    code = f"{ASK}print(ask.ask_line('Marks of \\x1b[2J?', '--marks'))"
    assert at_terminal(code, [("Marks of <U+001B>[2J? ", " 3,7,9 \n")])[::2] == (0, "3,7,9\n")


def test_the_end_of_input_is_no_answer(at_terminal: AtTerminal) -> None:
    code, shown, out = at_terminal(f"{ASK}print(ask.confirm('Close?', False))", [("Close? [yes/no] ", "\x04")])
    assert (code, out) == (1, "")
    assert "Refused: no answer was given" in shown
    code, shown, out = at_terminal(UNLOCK, [("Passphrase of the head: ", "\x04")])
    assert (code, out) == (1, "")
    assert "Refused: no answer was given" in shown


def test_a_terminal_that_cannot_hide_what_is_typed_is_refused(at_terminal: AtTerminal) -> None:
    hidden_fails = "import termios\ndef fail(*_): raise termios.error\ntermios.tcgetattr = fail\n"
    code, shown, out = at_terminal(hidden_fails + UNLOCK, [])
    assert (code, out) == (1, "")
    assert "UsageError: the terminal cannot hide what is typed" in shown


def test_bytes_that_are_no_text_are_refused_without_showing_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Typed(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Typed(io.BytesIO(b"secret\xff\n"), encoding="utf-8"))
    with pytest.raises(Invalid) as caught:
        ask.ask_line("Which marks?", "--marks")
    assert caught.value.__suppress_context__
