"""A person who marks in secret at a terminal: in, sentences and questions; out, what was typed.

Everything goes to stderr, which must be the terminal itself: nothing about marks may end up in a file.
"""

import os
import signal
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from ballot.commands.escapes import obeys
from ballot.commands.render import Part, Screen, drawn_lines, plain_lines, screen_of
from ballot.commands.text import safe, wrap
from ballot.errors import REFUSED, Error, UsageError

# Some terminals move what they clear into the scrollback, so the scrollback goes after the screen.
_WIPE = "\x1b[H\x1b[2J\x1b[3J"


_OBEYED = ("SIGINT", "SIGHUP", "SIGTERM")
_IGNORED = ("SIGTSTP", "SIGQUIT")
"""Ctrl-Z would show a shell, and Ctrl-\\ may leave the program's memory on the disk."""


class Ended(Error):
    """There will be no answer: the input has ended."""

    def __init__(self) -> None:
        super().__init__("no answer was given", "Run the command again; nothing was changed.")


class Terminal:
    """The screen and the keyboard of one person.

    `plain` is for screen readers; `wipes` says that the screen is shared, so that `wipe` clears it and long lists
    come page by page. A terminal that obeys no escape sequences is plain by itself, and cannot be shared.
    """

    def __init__(self, plain: bool, wipes: bool) -> None:
        self.plain = plain or not obeys(sys.stderr)
        self.wipes = wipes
        self._asking = False
        self._leaving = False

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """While the block runs, obey signals only where a question waits for its answer, so that no act is torn.

        There Ctrl-C raises KeyboardInterrupt, and a closed terminal or SIGTERM raises SystemExit; elsewhere Ctrl-C is
        forgotten, and the others wait for the next question. Ctrl-Z and Ctrl-\\ do nothing.
        """
        numbers = {name: getattr(signal, name) for name in (*_OBEYED, *_IGNORED) if hasattr(signal, name)}
        before = {number: signal.getsignal(number) for number in numbers.values()}
        for name, number in numbers.items():
            signal.signal(number, self._obey if name in _OBEYED else signal.SIG_IGN)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _obey(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            if self._asking:
                raise KeyboardInterrupt
            return
        self._leaving = True
        if self._asking:
            raise SystemExit(REFUSED)

    def require(self, hint: str) -> None:
        """Raises UsageError unless a person sits at stdin and stderr, and a shared screen can be wiped."""
        if not self.is_there():
            raise UsageError("a person must mark the ballot, and there is no terminal to ask on", hint)
        if self.wipes and not obeys(sys.stderr):
            raise UsageError(
                "this terminal cannot be cleared between two voters",
                f"Use another terminal program; here TERM is {os.environ.get('TERM') or 'not set'}.",
            )

    @staticmethod
    def is_there() -> bool:
        """Whether somebody still sits at the terminal, so that the end of the input was a Ctrl-D."""
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    @property
    def screen(self) -> Screen:
        """What the screen can show."""
        return replace(screen_of(sys.stderr), width=self._size().columns)

    @property
    def pages(self) -> bool:
        """Whether long lists come page by page, so that everything asked about is on the screen."""
        return self.wipes and not self.plain

    @property
    def height(self) -> int:
        """Lines of the screen."""
        return self._size().lines

    def wipe(self) -> None:
        """Clear a shared screen and its scrollback; an empty line elsewhere."""
        self.write([_WIPE], end="") if self.wipes else self.write([""])

    def tell(self, template: str, *values: object) -> None:
        """A paragraph, broken at spaces; every `{}` of our template is filled with a value made safe."""
        self.write(self.paragraph(template, *values))

    def warn(self) -> None:
        """Say that marks are nobody else's business, to eyes or to ears."""
        self.tell("Mark in secret: nobody else should see this screen.")
        if self.plain:
            self.tell("Put on headphones: a screen reader says aloud what you type and choose.")

    def gap(self) -> None:
        """An empty line."""
        self.write([""])

    def paragraph(self, template: str, *values: object) -> list[str]:
        """The lines of `tell`."""
        return wrap(template.format(*(safe(str(value)) for value in values)), self.screen.width)

    def show(self, part: Part) -> None:
        """A listing or a table."""
        screen = self.screen
        if self.plain:
            self.write(piece for line in plain_lines(part) for piece in wrap(line, screen.width))
        else:
            self.write(drawn_lines(part, screen))

    def write(self, lines: Iterable[str], end: str = "\n") -> None:
        """Lines as they stand. Raises Ended when the terminal has gone."""
        try:
            sys.stderr.write("\n".join(lines) + end)
            sys.stderr.flush()
        except OSError:
            raise Ended from None

    def ask(self, question: str) -> str:
        """One line, without spaces around it. Raises Ended."""
        while True:
            try:
                line = self._answer(question)
            except UnicodeDecodeError:
                self.tell("That was not readable text.")
                continue
            except OSError:
                raise Ended from None
            if not line:
                raise Ended
            return line.strip()

    def _answer(self, question: str) -> str:
        # From the question on: whoever sees it and presses Ctrl-C at once is not forgotten.
        self._asking = True
        try:
            if self._leaving:
                raise SystemExit(REFUSED)
            self.write(wrap(question, self.screen.width), end=" ")
            return sys.stdin.readline()
        finally:
            self._asking = False

    def choose(self, question: str, words: Collection[str]) -> str:
        """One of these words, in any case, asked for until it is typed. Raises Ended."""
        while (answer := self.ask(question).casefold()) not in words:
            self.tell("Please type one of these words: {}.", ", ".join(words))
        return answer

    @staticmethod
    def _size() -> os.terminal_size:
        size = os.get_terminal_size(sys.stderr.fileno()) if sys.stderr.isatty() else os.terminal_size((0, 0))
        return size if size.columns and size.lines else os.terminal_size((80, 24))
