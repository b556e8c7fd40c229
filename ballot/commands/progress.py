"""Progress on the screen: in, a label and the steps that were done; out, a bar on stderr, where a terminal shows it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ballot.commands.escapes import obeys
from ballot.commands.text import safe, width

if TYPE_CHECKING:
    from rich.progress import Progress

_REDRAW_SECONDS = 0.1
_BAR = 40
_BESIDE_BAR = 22
"""Cells of a bar at most, and those that its numbers and spaces take."""
_NARROWEST_BAR = 2


class Advance(Protocol):
    """Moves a progress bar on by `n` steps."""

    def __call__(self, n: int = 1) -> None: ...


@contextmanager
def progress(label: str, total: int, plain: bool = False) -> Iterator[Advance]:
    """A progress bar on stderr while a block runs that takes a while; none for no terminal, or when `plain`."""
    bar = None if plain or not obeys(sys.stderr) else _bar(label, total)
    drawn = time.monotonic()

    def advance(n: int = 1) -> None:
        nonlocal drawn
        if bar is not None:
            bar.update(bar.task_ids[0], advance=n)
            if time.monotonic() - drawn >= _REDRAW_SECONDS:
                bar.start()
                bar.refresh()
                drawn = time.monotonic()

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()


@contextmanager
def counting(label: str, total: int, plain: bool = False) -> Iterator[Callable[[int], None]]:
    """The same bar for work that tells how many steps of all are done."""
    with progress(label, total, plain) as advance:
        done = 0

        def reached(count: int) -> None:
            nonlocal done
            advance(count - done)
            done = count

        yield reached


def _bar(label: str, total: int) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    text = TextColumn("{task.description}", markup=False)
    room = console.width - width(safe(label)) - _BESIDE_BAR
    # Where there is no room for a bar, label and numbers are whole without it.
    drawn = (BarColumn(min(room, _BAR)), MofNCompleteColumn(), TimeRemainingColumn())
    # No refreshing thread: a pool of processes may be forked while the bar is shown.
    bar = Progress(text, *(drawn if room >= _NARROWEST_BAR else drawn[1:2]), console=console, auto_refresh=False)
    bar.add_task(safe(label), total=total)
    return bar
