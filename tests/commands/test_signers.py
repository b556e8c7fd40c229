"""A change of who signs the ICB's acts: its key is shown in words and asked for, and told apart from a new person."""

from ballot.aloud import numbered
from ballot.crypto.keys import DEMO
from ballot.crypto.signer import new_signer, save_signer
from ballot.crypto.words import fingerprint_line
from ballot.statements import digest_of
from tests.commands.assembly import PASSPHRASE, ballot
from tests.commands.bodies import SECOND, SECRETARY, Icb, signer, typed, vacate
from tests.commands.conftest import AtTerminal

NEW = ("--secretary", "new.key")
CHANGE = ("acts", "signer", "secretary", "--decision", "minutes.txt")


def words(*name: str) -> str:
    """The words of a secretary's key that was made for the tests: the first one's, or that of this name."""
    return fingerprint_line(digest_of(signer("secretary", *name).public))


def test_the_new_key_is_shown_and_asked_for_at_a_terminal_and_a_no_changes_nothing(
    icb: Icb, at_terminal: AtTerminal
) -> None:
    question = "Are these the words of the right key? The act cannot be taken back. [yes/no]"
    before = (icb.folder / "icb.db").read_bytes()
    code, shown, out = at_terminal(typed(icb, *CHANGE, *NEW, *SECOND), [(question, "no\n")])
    assert (code, out, "nothing was recorded" in shown) == (3, "", True)
    assert "signs as the secretary from now on: that of Nila Next" in " ".join(shown.split())
    assert numbered(words("Nila Next")) in " ".join(shown.split())
    assert (icb.folder / "icb.db").read_bytes() == before
    code, shown, _ = at_terminal(typed(icb, *CHANGE, *NEW, *SECOND), [(question, "yes\n")])
    assert code == 0, shown
    assert "Nila Next signs as the secretary from now on" in icb.run("acts", "list", "--json").value[-1]["sentence"]


def test_without_a_terminal_it_needs_yes_and_asks_for_no_passphrase_before(icb: Icb) -> None:
    said = ballot(icb.folder, *CHANGE, *NEW, *SECOND, BALLOT_SECRETARY_PASSPHRASE="", BALLOT_SECOND_PASSPHRASE="")
    assert (said.code, "--yes" in said.hint, numbered(words("Nila Next")) in said.err) == (2, True, True)
    assert icb.run("acts", "list", "--json").value[-1]["name"] == "founded"


def test_another_key_of_the_same_person_is_told_as_that_and_the_old_one_is_not_put_back(icb: Icb) -> None:
    again = new_signer("secretary", "Sri Secretary")
    (icb.folder / "again.key").write_bytes(save_signer(again, PASSPHRASE, DEMO))
    new = ("--secretary", "again.key")
    assert icb.run(*CHANGE, *new, *SECOND, "--yes").code == 0
    said = icb.refused(*vacate("at-large:1"))
    assert "this is another key of Sri Secretary than the one that signs" in said.errors[0]
    assert numbered(words()) in said.errors[0]
    assert numbered(fingerprint_line(digest_of(again.public))) in said.hint
    assert "another key of Sri Secretary" in icb.run("seats", "publish", *SECRETARY).errors[0]
    listed = icb.run("acts", "list", "--plain").out
    assert f"Name: Sri Secretary\nKey, in words: {numbered(words())}\n" in listed
    assert f"Name: Sri Secretary\nKey, in words: {numbered(fingerprint_line(digest_of(again.public)))}\n" in listed
    assert icb.run("seats", "publish", *new).code == 0
    told = "Sri Secretary signs with a new key as the secretary; that was signed by the new key, and Chidi Chair"
    for command in ("verify", "show"):
        assert told in icb.run(command, "icb-record.zip").err
    said = icb.refused(*CHANGE, "--yes")
    assert "never signs again" in said.errors[0]
    assert "ballot keys new" in said.hint
