"""Single keys as they are pressed: in, a terminal; out, one token for each key, without waiting for Enter."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from ballot.errors import UsageError

ENTER, ESCAPE, UP, DOWN, ERASE = "<enter>", "<escape>", "<up>", "<down>", "<erase>"
ENDED = "<ended>"
"""Tokens that stand for keys; any other token is the text that was typed."""

_WAIT_SECONDS = 0.05
# Persian, Bengali and Sinhala names are spelled with these two, which are not printable by themselves.
_JOINERS = ("\u200c", "\u200d")
_CONTROLS = {"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": ERASE, "\x08": ERASE, "\x04": ENDED}
_SEQUENCES = {"\x1b[A": UP, "\x1b[B": DOWN, "\x1bOA": UP, "\x1bOB": DOWN}


def _meaning(text: str) -> str:
    """The token of a control character, the text that was typed, or "" for what means nothing here."""
    return _CONTROLS.get(text, text if text.isprintable() or text in _JOINERS else "")


if sys.platform == "win32":
    import msvcrt
    import time

    class _Keys:
        @contextmanager
        def listening(self) -> Iterator[None]:
            yield

        def key(self) -> str:
            character = msvcrt.getwch()
            if character in ("\x00", "\xe0"):
                return {"H": UP, "P": DOWN}.get(msvcrt.getwch(), "")
            if character == "\x03":
                raise KeyboardInterrupt
            return _meaning(character)

        def more(self) -> bool:
            time.sleep(_WAIT_SECONDS)
            return msvcrt.kbhit()

else:
    import select
    import termios
    import tty

    class _Keys:
        def __init__(self) -> None:
            self._text = codecs.getincrementaldecoder("utf-8")("replace")

        @contextmanager
        def listening(self) -> Iterator[None]:
            descriptor = sys.stdin.fileno()
            before = termios.tcgetattr(descriptor)
            # Never flushed: whoever types ahead of the screen loses no key.
            tty.setcbreak(descriptor, termios.TCSADRAIN)
            try:
                yield
            finally:
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

        def key(self) -> str:
            while data := self._bytes():
                if data == b"\x1b":
                    return self._escaped()
                if meaning := _meaning(self._text.decode(data)):
                    return meaning
            return ENDED

        def more(self) -> bool:
            return bool(select.select([sys.stdin], [], [], _WAIT_SECONDS)[0])

        def _escaped(self) -> str:
            # An unknown sequence is swallowed whole and counts as nothing.
            sequence = "\x1b"
            while self.more():
                piece = self._bytes().decode("latin-1")
                sequence += piece
                if not piece or piece == "~" or (piece.isalpha() and sequence != "\x1bO"):
                    break
            return ESCAPE if sequence == "\x1b" else _SEQUENCES.get(sequence, "")

        @staticmethod
        def _bytes() -> bytes:
            try:
                return os.read(sys.stdin.fileno(), 1)
            except OSError:
                return b""


class Keyboard:
    """The keys of a terminal, one by one while it is listening. Raises UsageError where there is none."""

    def __init__(self) -> None:
        if sys.stdin is None or not sys.stdin.isatty() or not sys.stderr.isatty():
            raise UsageError("the desk needs a terminal", "Use `ballot envelopes hand-out` and `ballot issue` instead.")
        self._keys = _Keys()

    def listening(self) -> AbstractContextManager[None]:
        """While the block runs, keys come one by one and are not shown; Ctrl-C stays what it is."""
        return self._keys.listening()

    def key(self) -> str:
        """The next key: a token, or the text that it typed, or "" for a key that means nothing here.

        ENDED when the terminal has gone.
        """
        return self._keys.key()

    def more(self) -> bool:
        """Whether another key waits or comes at once, sooner than anybody could answer what is shown by then."""
        return self._keys.more()
