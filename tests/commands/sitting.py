"""A voter at a booth: the program run at a real pseudo-terminal of a given size, and what was ever on its screen."""

import io
import os
import re
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import pytest

import ballot

SECONDS = 30
SMALL, LARGE = (60, 20), (120, 40)
WIPE = "\x1b[H\x1b[2J\x1b[3J"

PAPER = "Paper:"
WORDS = "Press Enter if these are the words"
NUMBERS = "Numbers ("
REVIEW = "Type seal if this is right"
DECIDE = "Type cast, challenge or again:"
OPENED = "mark a fresh ballot on your paper:"
CAST = "Press Enter to clear the screen:"
STOPPED = "nothing was cast, and its paper is still good"

BOOTH = ("booth", "--opening", "opening.json", "--out", "out")

HERE = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(Path(ballot.__file__).parents[1])}
"""The environment of a program that runs in another folder and shall be the one that is tested."""

pexpect = pytest.importorskip("pexpect", reason="there are no pseudo-terminals here")


class Sitting:
    """The program at a terminal; `code` is Python that runs before it, such as what makes a booth dishonest."""

    def __init__(
        self,
        folder: Path,
        *args: str,
        size: tuple[int, int] = SMALL,
        code: str = "",
        env: Mapping[str, str] | None = None,
    ) -> None:
        columns, lines = size
        program = f"import sys\nsys.argv[0] = 'ballot'\n{code}\nfrom ballot.commands import main\nmain()"
        self.child = pexpect.spawn(
            sys.executable,
            ["-c", program, *(args or BOOTH)],
            timeout=SECONDS,
            cwd=str(folder),
            env={**HERE, "TERM": "xterm-256color", **(env or {})},
            encoding="utf-8",
            dimensions=(lines, columns),
        )
        self.child.delaybeforesend = None
        self.child.ptyproc.delayafterclose = self.child.ptyproc.delayafterterminate = 0.02
        self._shown = io.StringIO()
        self.child.logfile_read = self._shown

    def __enter__(self) -> "Sitting":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        # A busy machine may need longer to bury a process than pexpect waits for it.
        with suppress(pexpect.ExceptionPexpect):
            if self.child.isalive():
                self.child.kill(signal.SIGKILL)
                self.child.wait()
        self.child.close(force=True)

    @property
    def shown(self) -> str:
        """Everything that was ever on the screen, with its escape sequences."""
        return self._shown.getvalue()

    @property
    def screen(self) -> str:
        """What came after the last wipe."""
        return self.shown.rpartition(WIPE)[2]

    def sees(self, text: str) -> None:
        """Wait until a text appears, however it is broken into lines."""
        self.child.expect(re.sub(r"(\\ |\s)+", r"\\s+", re.escape(text)))

    def types(self, *lines: tuple[str, str]) -> None:
        """Answer questions: what is asked, and what is typed."""
        for question, answer in lines:
            self.sees(question)
            self.child.sendline(answer)

    def marks(self, numbers: str, *, paper: str = "paper-1.json") -> None:
        """Enter a paper, mark and seal, up to the decision."""
        self.types((PAPER, paper), (NUMBERS, numbers), (REVIEW, "seal"))
        self.sees(DECIDE)

    def next_page(self) -> bool:
        """Whether there is another page after the one that is shown now."""
        return bool(self.child.expect([r"next\s+page\s+\(\d+\s+of\s+\d+\):", r"see\s+all\s+again\):"]) == 0)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.presses("\x03")

    def presses(self, keys: str) -> None:
        """Keys of a person, who is slower than the moment before a read in which Python sees no Ctrl-C."""
        state, deadline = Path(f"/proc/{self.child.pid}/stat"), time.monotonic() + 0.5
        while time.monotonic() < deadline:
            time.sleep(0.02)
            if state.exists() and state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "S":
                break
        self.child.send(keys)

    def hang_up(self) -> None:
        """The terminal window is closed."""
        self.child.kill(signal.SIGHUP)

    def vanishes(self) -> int:
        """The terminal is gone, and nobody says so; the exit code."""
        self.child.ptyproc.fileobj.close()
        self.child.wait()
        assert self.child.exitstatus is not None, f"ended by signal {self.child.signalstatus}"
        return int(self.child.exitstatus)

    def ends(self) -> int:
        """The exit code, once the program has ended."""
        self.child.expect(pexpect.EOF)
        self.child.wait()
        assert self.child.exitstatus is not None, f"ended by signal {self.child.signalstatus}"
        return int(self.child.exitstatus)
