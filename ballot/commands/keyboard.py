"""Single keys as they are pressed: in, a terminal; out, one token for each key, without waiting for Enter."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ballot.errors import UsageError

ENTER, ESCAPE, UP, DOWN, ERASE = "<enter>", "<escape>", "<up>", "<down>", "<erase>"
ENDED = "<ended>"
"""Tokens that stand for keys; any other token is the text that was typed."""

_WAIT_SECONDS = 0.05
# Persian, Bengali and Sinhala names are spelled with these two, which are not printable by themselves.
_JOINERS = ("\u200c", "\u200d")
_CONTROLS = {"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": ERASE, "\x08": ERASE, "\x04": ENDED}
_SEQUENCES = {"\x1b[A": UP, "\x1b[B": DOWN, "\x1bOA": UP, "\x1bOB": DOWN}

if sys.platform == "win32":
    import msvcrt
    import time

    def _windows_more() -> bool:
        time.sleep(_WAIT_SECONDS)
        return msvcrt.kbhit()

    def _windows_key() -> str:
        character = msvcrt.getwch()
        if character in ("\x00", "\xe0"):
            return {"H": UP, "P": DOWN}.get(msvcrt.getwch(), "")
        if character == "\x03":
            raise KeyboardInterrupt
        return _CONTROLS.get(character, character if character.isprintable() else "")


class Keyboard:
    """The keys of a terminal, one by one while it is listening. Raises UsageError where there is none."""

    def __init__(self) -> None:
        if sys.stdin is None or not sys.stdin.isatty() or not sys.stderr.isatty():
            raise UsageError("the desk needs a terminal", "Use `ballot envelopes hand-out` and `ballot issue` instead.")
        self._text = codecs.getincrementaldecoder("utf-8")("replace")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While the block runs, keys come one by one and are not shown; Ctrl-C stays what it is."""
        if sys.platform == "win32":
            yield
            return
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        # Never flushed: whoever types ahead of the screen loses no key.
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        try:
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def key(self) -> str:
        """The next key: a token, or the text that it typed. ENDED when the terminal has gone."""
        if sys.platform == "win32":
            return _windows_key()
        while True:
            data = self._bytes()
            if not data:
                return ENDED
            if data == b"\x1b":
                return self._escaped()
            text = self._text.decode(data)
            if text in _CONTROLS:
                return _CONTROLS[text]
            if text and (text.isprintable() or text in _JOINERS):
                return text

    def more(self) -> bool:
        """Whether another key waits or comes at once, sooner than anybody could answer what is shown by then."""
        if sys.platform == "win32":
            return _windows_more()
        import select

        return bool(select.select([sys.stdin], [], [], _WAIT_SECONDS)[0])

    def _escaped(self) -> str:
        """A lone Escape, or a key that sends a sequence; unknown sequences are swallowed whole and count as nothing."""
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
