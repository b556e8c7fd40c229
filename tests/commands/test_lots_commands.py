"""`ballot lots` as people meet it: what is shown and asked before anything is fixed, and hints that work."""

from collections.abc import Callable
from pathlib import Path

from tests.commands import keepers
from tests.commands.assembly import KEYS, WORDS, ballot, refused, snapshot
from tests.commands.conftest import At, AtTerminal
from tests.trustees import NAMES

MAIN = "from ballot.commands import main\nmain()"
NAMED = ("--by", "Ana", "--by", "Bo")
ANNOUNCE = "none of it can be changed. [yes/no]"
REFUSE = "Go on without Bo? Dice are then rolled, and it cannot be undone. [yes/no]"


def typed(here: Path, *args: str) -> str:
    """Code that runs a command in a folder, for a terminal."""
    return f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {['ballot', *args]!r}\n{MAIN}"


def announced(at: At) -> Path:
    here = at("counted")
    assert ballot(here, "lots", "announce", *NAMED, "--yes").code == 0
    return here


def test_ties_names_and_dice_are_shown_before_the_announcement_is_fixed(at: At, at_terminal: AtTerminal) -> None:
    here = at("counted")
    before = (here / "election.db").read_bytes()
    code, shown, out = at_terminal(typed(here, "lots", "announce", *NAMED, "--dice"), [(ANNOUNCE, "no\n")])
    assert (code, out) == (3, "")
    for line in (
        "Tied in contest 1, places 8-9: No. 8 Candidate 8",
        "Tied in contest 1, places 8-9: No. 9 Candidate 9",
        "Contributes words: Ana",
        "Contributes words: Bo",
        "Dice will be rolled after the words.",
        "error: the lots are not announced",
    ):
        assert line in shown
    assert (here / "election.db").read_bytes() == before
    code, shown, _ = at_terminal(typed(here, "lots", "announce", *NAMED), [(ANNOUNCE, "yes\n")])
    assert code == 0
    assert "whoever reveals last knows the result first" in shown
    assert "no second draw" in refused(here, "lots", "announce", *NAMED).errors[0]


def test_without_a_terminal_the_answer_is_an_option(at: At) -> None:
    here = at("counted")
    for args in (("announce", *NAMED), ("refuse", "Bo")):
        before = snapshot(here)
        outcome = ballot(here, "lots", *args)
        assert (outcome.code, outcome.hint) == (2, "Give it with --yes.")
        assert snapshot(here) == before
        assert ballot(here, "lots", *args, "--yes").code == 0


def test_nobody_is_refused_without_being_asked(at: At, at_terminal: AtTerminal) -> None:
    here = announced(at)
    before = (here / "election.db").read_bytes()
    code, shown, _ = at_terminal(typed(here, "lots", "refuse", "Bo"), [(REFUSE, "\n")])
    assert code == 3
    assert "error: nothing was recorded" in shown
    assert (here / "election.db").read_bytes() == before
    # Who is asked for nothing is told what is wrong instead of being asked.
    assert "was not announced" in refused(here, "lots", "refuse", "Mallory").errors[0]
    assert at_terminal(typed(here, "lots", "refuse", "Bo"), [(REFUSE, "y\n")])[0] == 0


def test_the_digits_of_a_commitment_are_shown_in_groups(at: At) -> None:
    here = announced(at)
    said = ballot(here, "lots", "commit", "Ana", "--words-file", "Ana.words", "--plain")
    digits = ballot(here, "lots", "show", "--json").value["commitments"]["Ana"]
    line = "Digits: " + " ".join(digits[start : start + 4] for start in range(0, 128, 4))
    assert line in said.out.splitlines()
    assert line in ballot(here, "lots", "show", "--plain").out.splitlines()
    assert "Ana written down" in said.err


def test_nobody_is_asked_for_words_that_are_refused(at: At) -> None:
    here = announced(at)
    for name, error in (("Mallory", "was not announced"), ("Ana", "before all have committed")):
        assert error in refused(here, "lots", "reveal", name).errors[0]
    assert "was not announced" in refused(here, "lots", "commit", "Mallory").errors[0]
    assert ballot(here, "lots", "commit", "Ana", "--words-file", "Ana.words").code == 0
    again = refused(here, "lots", "commit", "Ana")
    assert again.errors == ["Ana has already committed; a commitment is never changed"]
    assert again.hint.startswith("It stands. Next: commitments are awaited from Bo")
    dice = refused(here, "lots", "dice", "1 2 3")
    assert dice.hint == "Next: commitments are awaited from Bo: ballot lots commit NAME"


def test_dice_that_are_typed_in_groups_are_read_back_one_by_one(at: At) -> None:
    here = at("counted")
    assert ballot(here, "lots", "announce", "--dice", "--yes").code == 0
    assert refused(here, "lots", "dice", "31624 45128").errors == ["'8' in '45128' is not a die"]
    said = ballot(here, "lots", "dice", "31624 45126 35162 24351", "--yes")
    assert "20 dice: 3 1 6 2 4 4 5 1 2 6 3 5 1 6 2 2 4 3 5 1\n" in said.err
    assert ballot(here, "lots", "draw").code == 0


def test_each_step_shows_only_what_it_changed_and_where_the_rest_stands(at: At) -> None:
    here = announced(at)
    steps = (
        (("commit", "Ana", "--words-file", "Ana.words"), "Name: Ana\nState: committed\n", "ballot lots commit NAME"),
        (("refuse", "Bo", "--yes"), "Name: Bo\nState: refused\n", "ballot lots reveal NAME"),
        (("reveal", "Ana", WORDS["Ana"]), "Name: Ana\nState: revealed\nWords: ", "ballot lots dice ROLLS"),
        (("dice", "31624 45126 35162 24351", "--yes"), "Dice: 3 1 6 2", "ballot lots draw"),
    )
    for args, changed, following in steps:
        said = ballot(here, "lots", *args, "--plain")
        assert said.out.startswith(changed)
        assert not {"Ties", "Contributions", "Totals"} & set(said.out.split())
        *_, rest, last = said.err.splitlines()
        assert rest == "`ballot lots show` shows the whole draw so far."
        assert last.startswith("Next: ")
        assert following in last
    drawn = ballot(here, "lots", "draw", "--plain")
    assert "Drawn: 1\n" in drawn.out
    assert "Contributions" not in drawn.out
    assert "Next: declare the result" in drawn.err


def test_without_ties_the_phase_says_what_is_next(closed: Callable[[], Path]) -> None:
    here = closed()
    for name in NAMES[:3]:
        assert ballot(here, "trustee", "share", keepers.key(name)).code == 0
    for act, step in (("count", "ballot declare --head FILE --seal FILE"), ("declare", "ballot publish")):
        assert ballot(here, act, *(KEYS if act == "declare" else ())).code == 0
        shown = ballot(here, "lots", "show")
        assert shown.code == 0
        assert "No tie needs lots. Next: " in shown.err
        assert step in shown.err
