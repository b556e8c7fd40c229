"""The terminal's echo: in, a block that asks for secrets; out, a terminal that shows nothing of what is typed.

Between two secrets a key file is unlocked, which takes its time, and people type on: so the echo stays off from the
first of them to the end of the block. Windows has no echo to switch off: it shows keys when they are read, not before.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from ballot.errors import UsageError

_blocks: list[ExitStack] = []
"""What puts the terminal back at the end of the outermost block; empty outside of one."""


@contextmanager
def hidden() -> Iterator[None]:
    """From the first `hide` in the block to the block's end, however it ends, nothing that is typed is shown.

    What nobody asked for until then is thrown away: a shell would take it for a command, and keep it. A block in
    another one ends with that.
    """
    if _blocks:
        yield
        return
    with ExitStack() as ending:
        _blocks.append(ending)
        try:
            yield
        finally:
            _blocks.pop()


def hide() -> None:
    """Show nothing from now on; to be called in a block, with a terminal at stdin.

    What was typed before is thrown away where it was shown, and kept where the echo was off already. Raises UsageError
    when the terminal cannot do it.
    """
    _silence(_blocks[-1])


def forget() -> None:
    """Throw away what was typed unseen and ahead: it was meant for another question than the next one."""
    if _blocks:
        drop_typed()


def drop_typed() -> None:
    """Throw away what was typed ahead at the terminal, if stdin is one."""
    if sys.stdin.isatty():
        _drop()


if sys.platform == "win32":
    import msvcrt

    def _silence(ending: ExitStack) -> None:
        pass

    def _drop() -> None:
        while msvcrt.kbhit():
            msvcrt.getwch()
else:
    import termios

    def _silence(ending: ExitStack) -> None:
        descriptor = sys.stdin.fileno()
        try:
            before = termios.tcgetattr(descriptor)
            if before[3] & termios.ECHO:
                # First, for Ctrl-C may come in between.
                ending.callback(_put_back, before)
                silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
                termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
        except termios.error:
            raise UsageError("the terminal cannot hide what is typed", "Give the passphrase in a file.") from None

    def _put_back(before: list[Any]) -> None:
        # A terminal that is gone by now shows nothing anyhow, and whatever happened before is what has to be told.
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, before)

    def _drop() -> None:
        with suppress(termios.error):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
