"""Sheets through the commands: printed, the key lost, typed back, and a share given with what came of it."""

import shutil
import stat
from pathlib import Path

import pytest

from ballot.crypto.keys import load_trustee
from ballot.crypto.words import words_to_secret
from ballot.errors import Invalid
from ballot.trustees.keeping import load_secrets
from tests.commands import keepers
from tests.commands.assembly import PASSPHRASE, ballot
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import ceremony, cheap_keys, draft, key
from tests.systems import needs_modes
from tests.test_sheet import read_back


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed box of two trustees, one of whom is enough."""
    folder = tmp_path_factory.mktemp("sheets")
    keepers.play(folder, 2, 1)
    return folder


def words_file(here: Path, text: str) -> None:
    lines = "\n".join(" ".join(words) for words in read_back(text))
    (here / "words.txt").write_text(lines + "\n", encoding="utf-8")


def test_a_key_restored_from_paper_gives_the_same_share(closed: Path, tmp_path: Path) -> None:
    here = Path(shutil.copytree(closed, tmp_path / "here"))
    done = ballot(here, "trustee", "sheet", key("Tara"), "--out", "sheet.txt")
    assert done.code == 0, done.err
    before = load_secrets((here / key("Tara")).read_bytes(), PASSPHRASE)
    (here / key("Tara")).unlink()
    words_file(here, (here / "sheet.txt").read_text(encoding="utf-8"))
    with cheap_keys():
        done = ballot(
            here, "trustee", "restore", "--ceremony", "ceremony.json", "--key", "new.key", "--words-file", "words.txt",
            "--json", BALLOT_TRUSTEE_PASSPHRASE="another passphrase",
        )  # fmt: skip
    assert done.code == 0, done.err
    assert done.value["trustee"] == "Tara"
    printed = (here / "sheet.txt").read_text(encoding="utf-8")
    assert all(words in printed for words in done.value["words"].split(" · "))
    assert load_secrets((here / "new.key").read_bytes(), "another passphrase") == before
    done = ballot(here, "trustee", "share", "new.key", BALLOT_TRUSTEE_PASSPHRASE="another passphrase")
    assert done.code == 0, done.err
    assert ballot(here, "trustee", "share", key("Tomas")).code == 0
    assert keepers.finish(here).code == 0


def test_a_plain_key_is_restored_with_its_public_part(tmp_path: Path) -> None:
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    shown = ballot(tmp_path, "trustee", "sheet", "tara.key", "--plain")
    assert shown.code == 0
    assert "the screen keeps" in shown.err
    words_file(tmp_path, shown.out)
    args = ("--public", "tara.key.public", "--key", "new.key", "--words-file", "words.txt")
    assert ballot(tmp_path, "trustee", "restore", *args).code == 0
    files = [(tmp_path / name).read_bytes() for name in ("tara.key", "new.key")]
    assert load_trustee(files[0], PASSPHRASE) == load_trustee(files[1], PASSPHRASE)
    assert ballot(tmp_path, "trustee", "sheet", "tara.key", "--json").value["lists"] == read_back(shown.out)


@needs_modes
def test_a_sheet_in_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    ballot(tmp_path, "trustee", "sheet", "tara.key", "--out", "sheet.txt")
    assert stat.S_IMODE((tmp_path / "sheet.txt").stat().st_mode) == 0o600


def test_a_sheet_overwrites_no_file(tmp_path: Path) -> None:
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    (tmp_path / "sheet.txt").write_text("the other sheet", encoding="utf-8")
    outcome = ballot(tmp_path, "trustee", "sheet", "tara.key", "--out", "sheet.txt")
    assert (outcome.code, outcome.errors) == (3, ["sheet.txt is already there"])
    assert (tmp_path / "sheet.txt").read_text(encoding="utf-8") == "the other sheet"


def misfit(words: list[str]) -> bool:
    """Whether the check in the last word finds a change; of 256 changes one is not found."""
    try:
        words_to_secret(words)
    except Invalid:
        return True
    return False


def test_words_are_typed_list_by_list_and_a_slip_is_asked_for_again(
    closed: Path, tmp_path: Path, at_terminal: AtTerminal
) -> None:
    lists = ballot(closed, "trustee", "sheet", key("Tomas"), "--json").value["lists"]
    typed = [" ".join(words) + "\n" for words in lists]
    slip = typed[1].replace(lists[1][0], "harbour", 1)
    turns = (lists[1][at:] + lists[1][:at] for at in range(1, 24))
    turned = next(" ".join(words) + "\n" for words in turns if misfit(words))
    (tmp_path / "phrase").write_text(PASSPHRASE, encoding="utf-8")
    args = ["--ceremony", str(closed / "ceremony.json"), "--key", "new.key", "--passphrase-file", "phrase"]
    code = f"import os, sys\nos.chdir({str(tmp_path)!r})\nsys.argv = {['ballot', 'trustee', 'restore', *args]!r}\n"
    code += "from ballot.commands import main\nmain()"
    rows = [f"{at + 1}. {' '.join(lists[0][at : at + 4])}\n" for at in range(0, 24, 4)]
    dialogue = [
        *((f"List A, word {4 * place + 1} of 24 and on: ", row) for place, row in enumerate(rows)),
        ("List B, word 1 of 24 and on: ", slip),
        ("List B, word 1 of 24 and on: ", f"{typed[1].strip()} {lists[1][0]}\n"),
        ("List B, word 1 of 24 and on: ", turned),
        ("List B, word 1 of 24 and on: ", typed[2]),
        ("List B, word 1 of 24 and on: ", typed[1]),
        ("List C, word 1 of 24 and on: ", typed[2]),
    ]
    exit_code, shown, _ = at_terminal(code, dialogue)
    assert exit_code == 0, shown
    assert "In no list of words: harbour. Type this row again." in shown
    assert "These are more words than the list has. Type this row again." in shown
    assert "List B: the words do not fit together" in shown
    assert "List B is not that of Tomas, whose list A is. Type the lists in their order, of one sheet." in " ".join(
        shown.split()
    )
    assert "clear the screen" in shown
    assert load_secrets((tmp_path / "new.key").read_bytes(), PASSPHRASE).name == "Tomas"


def test_a_key_is_restored_with_the_complete_ceremony_only(tmp_path: Path) -> None:
    draft(tmp_path, 3, 2)
    ceremony(tmp_path, 3, 2)
    outcome = ballot(tmp_path, "trustee", "restore", "--ceremony", "ceremony-3.json", "--key", "new.key")
    assert (outcome.code, outcome.errors) == (3, ["ceremony-3.json is not the complete ceremony"])
    assert "ceremony.json" in outcome.hint


@pytest.mark.parametrize("args", [(), ("--ceremony", "a", "--public", "b")])
def test_restoring_wants_to_know_what_kind_of_key(tmp_path: Path, args: tuple[str, ...]) -> None:
    outcome = ballot(tmp_path, "trustee", "restore", "--key", "new.key", *args)
    assert outcome.code == 2
    assert "--ceremony or --public" in outcome.errors[0]


def test_without_a_terminal_the_words_come_from_a_file(closed: Path) -> None:
    outcome = ballot(closed, "trustee", "restore", "--key", "new.key", "--ceremony", "ceremony.json")
    assert outcome.code == 2
    assert "--words-file" in outcome.hint
    assert not (closed / "new.key").exists()
