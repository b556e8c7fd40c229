"""Ctrl-C at the desk: in, the signal; out, a KeyboardInterrupt where a person is asked, and nothing elsewhere."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Break:
    """Ctrl-C counts only where the desk waits for a person, so that no act is torn and nobody has to guess."""

    def __init__(self) -> None:
        self._obeyed = False
        self._pressed = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the block runs, Ctrl-C waits for the next `obeyed`."""
        before = signal.signal(signal.SIGINT, self._press)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def obeyed(self) -> Iterator[None]:
        """While the block runs, Ctrl-C raises KeyboardInterrupt; at once if it was pressed before."""
        self._obeyed = True
        try:
            if self._pressed:
                raise KeyboardInterrupt
            yield
        finally:
            self._obeyed = self._pressed = False

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        self._pressed = True
        if self._obeyed:
            raise KeyboardInterrupt
