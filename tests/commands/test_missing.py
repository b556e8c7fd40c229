"""`ballot trustees missing`: announced with a yes, never taken back, and what is said when it is used up."""

from collections.abc import Callable
from pathlib import Path

from tests.commands import keepers
from tests.commands.assembly import Outcome, ballot, refused, snapshot
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import key
from tests.trustees import NAMES

At = Callable[[], Path]


def test_nobody_is_announced_as_missing_without_a_yes(closed: At, at_terminal: AtTerminal) -> None:
    here = closed()
    done = refused_usage(here, "trustees", "missing", "Tomas")
    assert done.hint == "Give it with --yes."
    assert "No more than 1 trustee can ever be announced as missing." in done.err
    assert "Wait for Tara, Teodor: whoever turns out to have lost a key later may be one too many." in done.err
    assert "It cannot be taken back, even if the trustee comes after all." in done.err
    before = snapshot(here)
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = ['ballot', 'trustees', 'missing', 'Tomas']\n"
    code += "from ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [("Announce for good that Tomas is missing? [yes/no] ", "\n")])
    assert (exit_code, "nobody was announced as missing" in shown) == (3, True)
    assert snapshot(here) == before
    assert ballot(here, "trustees", "missing", "Tomas", "--yes").code == 0
    assert ballot(here, "trustees", "missing", "Tomas").code == 0


def refused_usage(here: Path, *args: str) -> Outcome:
    """A command that needs an answer and has nobody to ask; it changes nothing."""
    before = snapshot(here)
    done = ballot(here, *args)
    assert (done.code, snapshot(here)) == (2, before)
    return done


def test_an_announcement_is_used_up_and_nobody_is_sent_in_a_circle(closed: At) -> None:
    here = closed()
    assert ballot(here, "trustees", "missing", "Tomas", "--yes").code == 0
    for name in ("Tara", "Tomas"):
        assert ballot(here, "trustee", "share", key(name)).code == 0
    done = refused(here, "trustees", "missing", "Teodor", "--yes")
    assert done.errors[0].startswith("2 trustees cannot be missing")
    used_up = (
        "Announced: Tomas. That is never taken back, even where the trustee came, for pieces of that key may have "
    )
    assert done.hint == f"{used_up}been given already. Find the others; nobody can count without them."
    again = refused(here, "trustee", "stand-in", "Teodor", "--key", key("Tara"))
    assert again.errors == ["Teodor was not announced as missing, and cannot be any more"]
    assert again.hint == done.hint
    done = refused(here, "count")
    assert done.errors[0].startswith(
        "1 more trustee is needed: 2 of 3 trustees gave their shares, and 3 are needed, for Tomas came after being "
        "announced as missing; "
    )
    assert done.hint.endswith("Teodor cannot be announced as missing any more: find whoever did not come.")
    assert ballot(here, "trustee", "share", key("Teodor")).code == 0
    assert ballot(here, "count").code == 0


def test_how_many_are_enough_counts_no_place_that_is_used_up(tmp_path: Path) -> None:
    keepers.play(tmp_path, 4, 2)
    assert ballot(tmp_path, "trustees", "missing", *NAMES[:2], "--yes").code == 0
    assert ballot(tmp_path, "trustee", "share", key(NAMES[0])).code == 0
    done = ballot(tmp_path, "count")
    assert done.errors[0].startswith("2 more trustees are needed: 1 of 4 trustees gave their shares, and 3 are needed")
    assert "of them is enough" not in done.errors[0]


def test_the_next_step_names_everybody_who_was_announced(tmp_path: Path) -> None:
    keepers.play(tmp_path, 4, 2)
    said = ballot(tmp_path, "trustees", "missing", *NAMES[2:4], "--yes").err
    for name in NAMES[2:4]:
        assert f"`ballot trustee stand-in {name} --key KEY`" in said


def test_no_piece_is_wanted_of_somebody_whose_share_is_there(closed: At) -> None:
    here = closed()
    assert ballot(here, "trustee", "share", key("Tomas")).code == 0
    done = refused(here, "trustee", "stand-in", "Tomas", "--key", key("Tara"))
    assert done.errors == ["the share of Tomas is there already, so no piece of that key is needed"]
    stand_in = ("trustee", "stand-in", "Tomas", "--key", key("Tara"), "--box", "box.json", "--yes")
    assert ballot(here, *stand_in).code == 0
    done = ballot(here, "trustee", "receive", "tara-piece-tomas.json")
    assert done.errors == [
        "tara-piece-tomas.json: the share of Tomas is there already, so no piece of that key is needed"
    ]


def test_a_name_in_another_spelling_is_announced_and_stood_in_for_as_the_opening_has_it(closed: At) -> None:
    here = closed()
    done = ballot(here, "trustees", "missing", " tomas", "TOMAS", "--yes", "--json")
    assert (done.code, done.value["missing"]) == (0, ["Tomas"])
    assert ballot(here, "trustee", "share", key("Tara")).code == 0
    done = ballot(here, "trustee", "stand-in", "TOMAS", "--key", key("Tara"))
    assert done.code == 0, done.err
    assert "Tara, of the key of Tomas" in done.out
