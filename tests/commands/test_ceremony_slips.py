"""Slips in the trustees' ceremony: what people type or hand over by mistake, and what they are told to do."""

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.assembly import TRUSTEES, ballot, lists, refused, snapshot, write_lists
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import answer, cheap_keys, collect, key
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


def test_messages_that_were_taken_in_are_not_dropped_without_a_yes(after: At, at_terminal: AtTerminal) -> None:
    here = after(0)
    for name in THREE[:2]:
        assert answer(here, name, 1).code == 0
    assert collect(here, THREE[:2], 1).code == 0
    before = snapshot(here)
    done = ballot(here, "trustees", "invite", "--again")
    assert (done.code, done.hint) == (2, "Give it with --yes.")
    args = ["ballot", "trustees", "invite", "--again"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [("All messages of Tara, Tomas are dropped. Begin anew? [yes/no] ", "\n")])
    assert (exit_code, "nothing was dropped" in shown) == (3, True)
    assert snapshot(here) == before


def test_an_invitation_that_nobody_has_answered_is_made_anew_without_a_question(after: At) -> None:
    assert ballot(after(0), "trustees", "invite", "--again").code == 0


@pytest.mark.parametrize(
    ("number", "loses"),
    [(0, "the invitation"), (1, "all messages of Tara, Tomas, Teodor"), (3, "all keys that were collected")],
)
def test_whoever_invites_twice_is_told_what_beginning_anew_loses(after: At, number: int, loses: str) -> None:
    done = refused(after(number), "trustees", "invite")
    assert f"It drops {loses}, and the keys that were made so far are of no use then." in done.hint


def test_a_message_of_the_ceremony_before_is_answered_with_the_new_invitation(after: At) -> None:
    here = after(1)
    assert ballot(here, "trustees", "invite", "--again", "--yes").code == 0
    done = ballot(here, "trustees", "collect", "Tara-1.json")
    assert done.errors == ["Tara-1.json: Tara: the message is from another ceremony"]
    assert "the new ceremony-1.json: they make a new key with `ballot trustee next`" in done.hint
    assert "others were taken in" not in done.hint


def test_of_two_messages_of_one_trustee_it_is_to_be_found_out_who_made_them(after: At) -> None:
    here = after(0)
    for name in THREE[:2]:
        assert answer(here, name, 1).code == 0
    assert collect(here, ["Tara"], 1).code == 0
    shutil.rmtree(here / "Tara")
    assert answer(here, "Tara", 1).code == 0
    (here / "junk.json").write_text("[]", encoding="utf-8")
    done = ballot(here, "trustees", "collect", "junk.json", "Tara-1.json", "Tomas-1.json")
    assert done.code == 3
    assert "Find out who made which" in done.hint
    assert done.errors[0].startswith("junk.json: it is a text")
    assert done.hint.endswith("All others were taken in.")


def test_a_key_among_other_files_is_called_secret_whatever_else_is_wrong(after: At) -> None:
    here = after(1)
    (here / "bad.json").write_text("[]", encoding="utf-8")
    for given in (("bad.json", "none.json", key("Tara")), (key("Tara"), "ceremony-2.json")):
        done = ballot(here, "trustees", "collect", *given)
        assert done.hint.startswith("A key file is secret and stays with its owner: keep no copy of one that is not")
        assert "give it back" in done.hint
    for store in ("election.db", "none.db"):
        done = ballot(here, "trustee", "receive", "bad.json", key("Tara"), "--store", store)
        assert done.hint.startswith("A key file is secret and stays with its owner: keep no copy of one that is not")


def test_without_the_key_of_round_2_the_ceremony_begins_anew(after: At) -> None:
    here = after(1)
    shutil.copy(here / key("Tara"), here / "copy.key")
    for name in THREE:
        assert answer(here, name, 2).code == 0
    assert collect(here, THREE, 2).code == 0
    done = ballot(here, "trustee", "next", "ceremony-3.json", "--key", "copy.key", "--out", "out.json")
    assert (done.code, done.errors) == (3, ["this copy of the key is from round 1"])
    assert done.hint.endswith("Without it the ceremony has to begin anew: `ballot trustees invite --again`.")


def test_the_status_says_how_the_keys_are_made_that_a_draft_needs(tmp_path: Path) -> None:
    write_lists(tmp_path / "lists", lists())
    assert ballot(tmp_path, "new", "--from", "lists/election.toml").code == 0
    assert "made with ballot trustee new: ballot trustee add FILE" in ballot(tmp_path, "status", "--json").value["next"]
    for name in TRUSTEES.values():
        ballot(tmp_path, "trustee", "new", "--name", name, "--out", f"{name}.key")
        assert ballot(tmp_path, "trustee", "add", f"{name}.key.public").code == 0
    step = ballot(tmp_path, "status", "--json").value["next"]
    assert step.startswith("rehearse with all keys (those of head and seal are made with ballot keys new head, ballot ")


@pytest.mark.parametrize(("group", "option"), [("Ed25519", ""), ("BELENIOS-2048", " --group BELENIOS-2048")])
def test_who_sets_up_is_told_of_a_group_that_trustees_have_to_name(tmp_path: Path, group: str, option: str) -> None:
    write_lists(tmp_path / "lists", lists(group))
    said = ballot(tmp_path, "new", "--from", "lists/election.toml")
    assert f"\nEach trustee runs `ballot trustee new{option}`.\n" in said.err
    step = ballot(tmp_path, "status", "--json").value["next"]
    assert f", made with ballot trustee new{option}: ballot trustee add FILE" in step


def test_the_keys_that_who_sets_up_is_told_to_make_are_made_by_the_commands_as_they_stand(tmp_path: Path) -> None:
    write_lists(tmp_path / "lists", lists())
    (said,) = (
        line for line in ballot(tmp_path, "new", "--from", "lists/election.toml").err.splitlines() if "keys" in line
    )
    for command in re.findall("`ballot ([^`]+)`", said):
        made = ballot(tmp_path, *shlex.split(command))
        assert made.code == 0, made.err
    assert (tmp_path / "head.key").is_file()
    assert (tmp_path / "seal.key").is_file()


def test_a_key_of_the_wrong_group_is_refused_with_how_the_right_one_is_made(tmp_path: Path) -> None:
    write_lists(tmp_path / "lists", lists("BELENIOS-2048"))
    assert ballot(tmp_path, "new", "--from", "lists/election.toml").code == 0
    for name in TRUSTEES.values():
        assert ballot(tmp_path, "trustee", "new", "--name", name, "--out", f"{name}.key").code == 0
    done = refused(tmp_path, "trustee", "add", *(f"{name}.key.public" for name in TRUSTEES.values()))
    assert len(done.errors) == len(TRUSTEES)
    told = "`ballot trustee new --name NAME --out FILE --group BELENIOS-2048`."
    assert done.hint == f"Such a key is of no use here. Make another, in a file of its own: {told}"
    name = next(iter(TRUSTEES.values()))
    made = ballot(tmp_path, "trustee", "new", "--name", name, "--out", "other.key", "--group", "BELENIOS-2048")
    assert made.code == 0
    assert ballot(tmp_path, "trustee", "add", "other.key.public").code == 0


@pytest.mark.parametrize(("line", "warned"), [("need = 1\n", True), ("need = 2\n", False), ("", False)])
def test_who_sets_up_is_warned_of_a_trustee_who_alone_opens_every_ballot(
    tmp_path: Path, line: str, warned: bool
) -> None:
    files = lists()
    files["election.toml"] = files["election.toml"].replace("[[contests]]", f"{line}[[contests]]", 1)
    write_lists(tmp_path / "lists", files)
    said = ballot(tmp_path, "new", "--from", "lists/election.toml")
    assert (said.code, "that one alone can open every ballot" in said.err) == (0, warned)
    assert ("one lost key or passphrase loses the election" in said.err) == (not warned)
