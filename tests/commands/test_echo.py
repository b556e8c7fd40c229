"""Passphrases typed before they are asked for: never shown, not lost, and taken for nothing else."""

import sys
from pathlib import Path

import pytest

from tests.commands.assembly import KEYS, PASSPHRASE
from tests.commands.conftest import At, AtTerminal

if sys.platform == "win32":
    pytest.skip("Windows shows nothing of what is typed ahead", allow_module_level=True)

from tests.commands.sitting import Sitting

HEAD_ASKED, SEAL_ASKED = "Passphrase of the head (head.key):", "Passphrase of the seal (seal.key):"
SLOW = """
import time
from ballot.crypto import keys
def slowly(load):
    def loaded(*args):
        sys.stderr.write("unlocking\\n")
        time.sleep(0.5)
        return load(*args)
    return loaded
keys.load_official, keys.load_trustee = slowly(keys.load_official), slowly(keys.load_trustee)
"""
"""Key files that take their time, and say when."""

TWO = """
import select, sys, termios
from ballot.commands import ask
from ballot.commands.echo import hidden
from ballot.errors import WrongPassphrase
def load(phrase):
    if phrase == "wrong": raise WrongPassphrase("it is wrong")
    return phrase
with hidden():
    print(ask.unlock(load, "First", None, ""), ask.unlock(load, "Second", None, ""))
print("left over" if select.select([sys.stdin], [], [], 0)[0] else "nothing left")
print("shown" if termios.tcgetattr(0)[3] & termios.ECHO else "hidden")
"""

NEW = """
from ballot.commands import ask
from ballot.commands.echo import hidden
with hidden():
    print(*(ask.new_passphrase(who, None, "", str) for who in ("Ana", "Bo")))
"""


def types_ahead(sitting: Sitting, first: str, phrases: int) -> None:
    """Type the passphrases one after the other, each but the first while the key before it is being unlocked."""
    sitting.sees(first)
    sitting.child.sendline(PASSPHRASE)
    for _ in range(phrases - 1):
        sitting.sees("unlocking")
        sitting.child.sendline(PASSPHRASE)


@pytest.mark.parametrize(
    ("point", "args", "phrases"),
    [
        ("open", ("issue", "9", *KEYS, "--out", "new.json"), 2),
        ("declared", ("publish", *KEYS), 2),
        ("ready", ("rehearse", *KEYS, "--trustee", "tara.key", "--trustee", "tomas.key"), 4),
    ],
)
def test_passphrases_typed_ahead_are_taken_unseen(at: At, point: str, args: tuple[str, ...], phrases: int) -> None:
    with Sitting(at(point), *args, code=SLOW) as sitting:
        types_ahead(sitting, HEAD_ASKED, phrases)
        assert sitting.ends() == 0, sitting.shown
        assert sitting.child.getecho()
        assert SEAL_ASKED in " ".join(sitting.shown.split())
        assert "battery" not in sitting.shown


def test_a_new_passphrase_is_typed_twice_at_once(tmp_path: Path) -> None:
    with Sitting(tmp_path, "delegate", "new", "--name", "Dana", "--out", "dana.key") as sitting:
        sitting.sees("New passphrase of Dana:")
        sitting.child.send(f"{PASSPHRASE}\n{PASSPHRASE}\n")
        assert sitting.ends() == 0, sitting.shown
        assert "battery" not in sitting.shown


def test_the_terminal_shows_again_what_is_typed_however_it_ends(at: At) -> None:
    here = at("open")
    issue = ("issue", "9", *KEYS, "--out", "new.json")
    with Sitting(here, *issue, code=SLOW) as sitting:
        sitting.types(*[(HEAD_ASKED, "wrong")] * 3)
        assert sitting.ends() == 3
        assert sitting.child.getecho()
    with Sitting(here, *issue, code=SLOW) as sitting:
        types_ahead(sitting, HEAD_ASKED, 1)
        sitting.sees("unlocking")
        assert not sitting.child.getecho()
        sitting.interrupt()
        sitting.ends()
        assert sitting.child.getecho()
    assert not (here / "new.json").exists()


def test_what_is_typed_too_much_goes_to_nobody_else(at_terminal: AtTerminal) -> None:
    code, shown, out = at_terminal(TWO, [("First: ", "one\ntwo\nthree\n")])
    assert (code, out) == (0, "one two\nnothing left\nshown\n")
    assert not {"one", "two", "three"} & set(shown.split())


def test_after_a_wrong_passphrase_what_was_typed_ahead_is_not_tried(at_terminal: AtTerminal) -> None:
    dialogue = [("First: ", "wrong\ntwo\n"), ("First: ", "one\n"), ("Second: ", "two\n")]
    assert at_terminal(TWO, dialogue)[::2] == (0, "one two\nnothing left\nshown\n")


def test_a_new_passphrase_is_never_one_that_was_typed_before(at_terminal: AtTerminal) -> None:
    dialogue = [("Ana: ", "lantern\nlantern\nkite\nkite\n"), ("Bo: ", "harbour\nharbour\n")]
    assert at_terminal(NEW, dialogue)[::2] == (0, "lantern harbour\n")


def test_what_was_typed_and_shown_before_the_question_is_no_passphrase(at_terminal: AtTerminal) -> None:
    code = "import sys, time\nsys.stderr.write('Wait. ')\nsys.stderr.flush()\ntime.sleep(0.5)\n" + TWO
    dialogue = [("Wait. ", "early\n"), ("First: ", "one\n"), ("Second: ", "two\n")]
    assert at_terminal(code, dialogue)[::2] == (0, "one two\nnothing left\nshown\n")


def test_a_terminal_that_goes_away_is_told_in_a_sentence(at_terminal: AtTerminal) -> None:
    gone = """
import termios
from ballot.commands.echo import forget, hidden, hide
from ballot.errors import UsageError
def fail(*args):
    raise termios.error(5, "Input/output error")
termios.tcsetattr = termios.tcflush = fail
try:
    with hidden():
        forget()
        hide()
except UsageError as error:
    print(error.message)
"""
    assert at_terminal(gone, [])[::2] == (0, "the terminal cannot hide what is typed\n")


def test_the_question_reaches_the_terminal_when_sentences_go_to_a_file(tmp_path: Path) -> None:
    with Sitting(
        tmp_path, "delegate", "new", "--name", "Dana", "--out", "dana.key", code="sys.stderr = open('said', 'w')"
    ) as sitting:
        sitting.types(("New passphrase of Dana:", PASSPHRASE), ("once more:", PASSPHRASE))
        assert sitting.ends() == 0
        assert "battery" not in sitting.shown


def test_passphrases_that_are_not_typed_leave_the_terminal_alone(at_terminal: AtTerminal) -> None:
    code = "import os\nos.environ['ONE'] = 'one'\n" + TWO.replace('""', "'ONE'").replace(", 0)", ", 30)")
    dialogue = [("", "ballot status\n")]
    assert at_terminal(code, dialogue)[::2] == (0, "one one\nleft over\nshown\n")
