"""Slips in the trustees' ceremony: what people type or hand over by mistake, and what they are told to do."""

from collections.abc import Callable
from pathlib import Path

from tests.commands.assembly import ballot
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import cheap_keys
from tests.trustees import NAMES

At = Callable[[int], Path]
THREE = NAMES[:3]


def test_a_name_in_another_spelling_makes_the_key_of_that_trustee(after: At) -> None:
    here = after(0)
    for _ in range(2):
        with cheap_keys():
            done = ballot(here, "trustee", "next", "ceremony-1.json", "--key", "my.key", "--name", "TARA", "--json")
        assert (done.code, done.value["trustee"]) == (0, "Tara")


def test_whoever_gives_a_name_that_is_none_can_choose_from_a_list(after: At) -> None:
    done = ballot(after(0), "trustee", "next", "ceremony-1.json", "--key", "my.key", "--name", "Mallory")
    assert done.hint == "They are: Tara, Tomas, Teodor. Without --name you choose from a list."


def test_whoever_types_no_name_of_the_list_is_told_to_type_a_number(after: At, at_terminal: AtTerminal) -> None:
    here = after(0)
    (here / "phrase").write_text("seven red kites", encoding="utf-8")
    args = ["ballot", "trustee", "next", "ceremony-1.json", "--key", "my.key", "--passphrase-file", "phrase"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    question = "Which of these are you? (number) "
    exit_code, shown, out = at_terminal(code, [(question, "4\n"), (question, "2\n")])
    assert exit_code == 0, shown
    assert "That is none of them. Type a number, 1 to 3." in shown
    assert "Tomas" in out


def test_what_to_do_with_the_message_is_said_after_the_words_that_it_speaks_of(
    after: At, at_terminal: AtTerminal
) -> None:
    here = after(1)
    args = ["ballot", "trustee", "next", "ceremony-2.json", "--key", "Tara/my.key"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nsys.stdout = sys.stderr\n"
    code += "from ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [("Passphrase ", "correct horse battery\n")])
    assert exit_code == 0, shown
    assert shown.index("Its words") < shown.index("let them read you its words")
