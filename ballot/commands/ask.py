"""Questions to the person at the terminal: in, a question and what options gave; out, the answer.

A question is put on stderr. When stdin is no terminal nothing is asked: the option that answers it is named instead.
"""

import hmac
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from ballot.commands.echo import drop_typed, forget, hidden, hide
from ballot.commands.files import read
from ballot.commands.render import screen_of
from ballot.commands.text import safe, wrap
from ballot.errors import Invalid, Refused, UsageError, WrongPassphrase

MAX_PASSPHRASE_FILE = 4096
"""Largest passphrase file that is read, in bytes."""


_ROOM = 5
"""Columns that are left for a short answer behind a question."""

_FEW_WORDS = 3
"""A last line with fewer words is no question by itself."""

TRIES = 3
"""How often a passphrase for a key that is there can be typed before the command gives up."""

T = TypeVar("T")


def unlock(
    load: Callable[[str], T], prompt: str, option_file: Path | None, env: str, option: str = "--passphrase-file"
) -> T:
    """What `load` gives for a passphrase; when a typed one is wrong, the person is asked again.

    The passphrase is the first line of a file, else the environment variable `env` if any, else typed without showing;
    `option` is the name of the option behind `option_file`. Raises UsageError when it cannot be asked, Invalid for an
    unusable file, and what `load` raises: WrongPassphrase after TRIES typed ones.
    """
    given = _given(option_file, env)
    if given is not None:
        return load(given)
    _need_to_type(prompt, env, option)
    with hidden():
        for _ in range(TRIES - 1):
            with suppress(WrongPassphrase):
                return load(_typed(prompt))
            _tell("That is not the passphrase of this key. Type it again.")
            forget()
        return load(_typed(prompt))


def new_passphrase(
    prompt: str,
    option_file: Path | None,
    env: str,
    check: Callable[[str], object],
    option: str = "--passphrase-file",
) -> str:
    """A passphrase for a new key, from where `unlock` takes one; a typed one twice, and again while it is not good.

    `check` raises Refused for one that is not. Raises UsageError when it cannot be asked, Invalid for an unusable
    file, and what `check` raises for one that was not typed.
    """
    given = _given(option_file, env)
    if given is not None:
        check(given)
        return given
    _need_to_type(prompt, env, option)
    with hidden():
        while True:
            # Nobody shall get a passphrase that was meant for somebody else.
            forget()
            typed = _typed(prompt)
            try:
                check(typed)
            except Refused as error:
                _tell(f"{error.message[:1].upper()}{error.message[1:]}. {error.hint}")
                continue
            if hmac.compare_digest(_bytes(typed), _bytes(_typed(f"{prompt}, once more"))):
                return typed
            _tell("The two are not the same. Type both again.")


def ask_line(question: str, option: str) -> str:
    """One line, without spaces around it. `option` is the option that gives the same answer.

    Raises UsageError when stdin is no terminal, Refused when the input ends, Invalid when the line is not text.
    """
    _need_terminal(f"an answer is needed: {question.removesuffix(':')}", f"Give it with {option}.")
    *above, last = wrap(safe(question), screen_of(sys.stderr).width - _ROOM)
    if above and len(last.split(" ")) < _FEW_WORDS:
        # A screen reader may say no more than the last line, which has to be understood by itself.
        words = above.pop().split(" ")
        above.append(" ".join(words[: len(words) // 2]))
        last = " ".join((*words[len(words) // 2 :], last))
    sys.stderr.write("".join(f"{line}\n" for line in above) + f"{last} ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        raise Invalid("the answer is not valid text", "Set the terminal to UTF-8.") from None
    if not line:
        raise _no_answer()
    return line.strip()


def confirm(question: str, yes: bool, option: str = "--yes") -> bool:
    """Whether the person says yes; `yes` is the value of `option`, which answers without asking.

    Anything but yes or y, in any case, is a no, and what was typed before the question came is no answer. Raises as
    `ask_line` does.
    """
    if yes:
        return True
    if can_ask():
        drop_typed()
    return ask_line(f"{question} [yes/no]", option).casefold() in ("yes", "y")


def _given(option_file: Path | None, env: str) -> str | None:
    """The passphrase that needs no typing, if there is one."""
    return _first_line(option_file) if option_file is not None else os.environ.get(env) or None


def _need_to_type(prompt: str, env: str, option: str) -> None:
    _need_terminal(f"a passphrase is needed ({prompt})", f"Give it with {option} FILE{f' or in {env}' if env else ''}.")


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{safe(sentence)}\n")


def can_ask() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin is not None and sys.stdin.isatty()


def _need_terminal(message: str, hint: str) -> None:
    if not can_ask():
        raise UsageError(f"{message}, and there is no terminal to ask on", hint)


def _typed(prompt: str) -> str:
    try:
        return _unseen_line(f"{safe(prompt)}: ")
    except UnicodeDecodeError:
        raise Invalid("the passphrase is not valid text", "Set the terminal to UTF-8.") from None
    except EOFError:
        raise _no_answer() from None


if sys.platform == "win32":

    def _unseen_line(prompt: str) -> str:
        # Reads the keys themselves, which the terminal shows nothing of.
        import getpass

        return getpass.getpass(prompt)

else:

    def _unseen_line(prompt: str) -> str:
        with hidden():
            hide()
            _to_terminal(prompt)
            line = sys.stdin.readline()
            # The Enter was not shown either.
            _to_terminal("\n")
        if not line:
            raise EOFError
        return line.removesuffix("\n")


def _to_terminal(text: str) -> None:
    """Text on stderr; where that goes to a file, straight to the terminal, if there is a way."""
    if not sys.stderr.isatty():
        with suppress(OSError), Path("/dev/tty").open("w", encoding="utf-8", errors="replace") as terminal:
            terminal.write(text)
            return
    sys.stderr.write(text)
    sys.stderr.flush()


def _first_line(path: Path) -> str:
    data = read(path, "the passphrase file", MAX_PASSPHRASE_FILE)
    try:
        line = data.decode("utf-8-sig").split("\n", 1)[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise Invalid(f"the passphrase file {path} is not UTF-8", "Save it as UTF-8.") from None
    if not line:
        raise Invalid(f"the first line of the passphrase file {path} is empty", "Put the passphrase on that line.")
    return line


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _no_answer() -> Refused:
    return Refused("no answer was given", "Run the command again; nothing more was changed.")
