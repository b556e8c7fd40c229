"""The registration table at a pseudo-terminal: keys that are pressed, what was ever on the screen, what came of it."""

import re

from ballot.store.repo import Store
from tests.commands.machines import PHRASE, Assembly
from tests.commands.sitting import Sitting

ENV = {"BALLOT_HEAD_PASSPHRASE": PHRASE, "BALLOT_SEAL_PASSPHRASE": PHRASE}
KEYS = ("--head", "head.key", "--seal", "seal.key")
UP, DOWN, ESCAPE, ENTER, ERASE, CONTROL_C = "\x1b[A", "\x1b[B", "\x1b", "\r", "\x7f", "\x03"
CLEAR, OWN_SCREEN, OTHER_SCREEN = "\x1b[H\x1b[2J", "\x1b[?1049h", "\x1b[?1049l"
CODE = "Code of the envelope, or file of the paper:"
NAME = "Name of the person who comes instead:"
LETTER = "The member's letter:"


def sheet(assembly: Assembly) -> dict[str, int]:
    value: dict[str, int] = assembly.committee.does("reconcile", "--json").value
    return value


def acts(assembly: Assembly) -> list[str]:
    """What the committee did so far."""
    with Store.open(assembly.committee / "election.db") as store, store.read() as view:
        return [signed.entry.act for signed in view.journal()]


def presses(sitting: Sitting, *keys: str) -> None:
    for key in keys:
        sitting.child.send(key)


def confirms(sitting: Sitting, *keys: str) -> None:
    """Press keys that lead to a question, and Enter once it is seen."""
    presses(sitting, *keys)
    sitting.sees("Enter: yes, Esc: back")
    presses(sitting, ENTER)


def leaves(sitting: Sitting) -> None:
    """Leave the desk from the search, and see that nothing of it stays on the terminal."""
    sitting.interrupt()
    sitting.sees("Leave the desk? Enter: yes, Esc: no.")
    presses(sitting, ENTER)
    sitting.sees("The desk is closed.")
    assert sitting.ends() == 0
    assert left_over(sitting) == "The desk is closed."


def screens(sitting: Sitting) -> list[list[str]]:
    """The lines of every screen that was shown, as they stand there."""
    drawn = sitting.shown.partition(OWN_SCREEN)[2].partition(OTHER_SCREEN)[0]
    plain = re.sub(r"\x1b\[[0-9?]*[a-zA-Z]", "", drawn.replace(CLEAR, "\f"))
    return [screen.split("\r\n") for screen in plain.split("\f")[1:]]


def left_over(sitting: Sitting) -> str:
    """What can be read on the terminal after the desk."""
    desk, back, after = sitting.shown.partition(OTHER_SCREEN)
    assert back
    assert desk.endswith(CLEAR)
    return after.strip()
