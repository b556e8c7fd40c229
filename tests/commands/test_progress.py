"""Progress on the screen: a bar where a terminal shows it and there is time for one, and nothing anywhere else."""

import re

import pytest

from ballot.commands.progress import progress
from tests.commands.conftest import AtTerminal


def test_no_progress_bar_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Sealing", 3) as advance:
        advance()
        advance(n=2)
    assert capsys.readouterr() == ("", "")


PROGRESS = """
import threading
from ballot.commands import progress as bars
bars._REDRAW_SECONDS = {redraw}
with bars.progress("Sealing [bold]x[/] \\x1b[2J", 3, plain={plain}) as advance:
    advance()
    advance(2)
    assert threading.active_count() == 1
"""


def test_a_progress_bar_on_a_terminal_ends_full_and_runs_no_thread(at_terminal: AtTerminal) -> None:
    code, shown, out = at_terminal(PROGRESS.format(plain=False, redraw=0), [])
    assert (code, out) == (0, "")
    assert "3/3" in shown
    assert "Sealing [bold]x[/] <U+001B>[2J" in re.sub(r"\x1b\[[0-9;]*m", "", shown)


def test_a_narrow_terminal_shows_progress_in_numbers_and_nothing_is_cut(at_terminal: AtTerminal) -> None:
    bar = PROGRESS.format(plain=False, redraw=0).replace(
        "Sealing [bold]x[/] \\x1b[2J", "Verifying the record, in percent"
    )
    for columns, drawn in ((40, False), (60, True), (80, True)):
        code, shown, _ = at_terminal(f"import os\nos.environ['COLUMNS'] = '{columns}'\n{bar}", [])
        seen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
        assert code == 0
        assert "Verifying the record, in percent" in seen
        assert "3/3" in seen
        assert "…" not in seen
        assert ("\u2501" in seen) == drawn


def test_no_progress_bar_for_what_is_done_at_once(at_terminal: AtTerminal) -> None:
    assert at_terminal(PROGRESS.format(plain=False, redraw=60), []) == (0, "", "")


TALK = """
from ballot.commands.render import say
say("The ballot is sealed in {}. Note the tracker, and bring the file to the desk, which casts it.", "sealed.json")
"""


def test_talk_breaks_at_spaces_on_a_terminal(at_terminal: AtTerminal) -> None:
    code, shown, _ = at_terminal(TALK, [])
    lines = shown.splitlines()
    assert code == 0
    assert len(lines) == 2
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(lines).endswith("which casts it.")


def test_no_progress_bar_for_screen_readers(at_terminal: AtTerminal) -> None:
    assert at_terminal(PROGRESS.format(plain=True, redraw=0), []) == (0, "", "")
