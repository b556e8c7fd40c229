"""Sheets through the commands: printed, the key lost, typed back, and a share given with what came of it."""

import re
import shutil
import stat
from pathlib import Path

import pytest

from ballot.commands.sheets import BACK
from ballot.crypto.keys import load_trustee
from ballot.crypto.words import languages, unknown_words, words_to_secret
from ballot.errors import Invalid
from ballot.trustees.keeping import load_secrets
from tests.commands import keepers
from tests.commands.assembly import PASSPHRASE, Outcome, ballot, refused
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
    assert ballot(tmp_path, "trustee", "sheet", "tara.key").code == 0
    words_file(tmp_path, (tmp_path / "sheet.txt").read_text(encoding="utf-8"))
    args = ("--public", "tara.key.public", "--key", "new.key", "--words-file", "words.txt")
    assert ballot(tmp_path, "trustee", "restore", *args).code == 0
    files = [(tmp_path / name).read_bytes() for name in ("tara.key", "new.key")]
    assert load_trustee(files[0], PASSPHRASE) == load_trustee(files[1], PASSPHRASE)


@pytest.mark.parametrize("form", [(), ("--json",), ("--plain",)])
def test_nothing_of_a_key_is_shown_on_the_screen(tmp_path: Path, form: tuple[str, ...]) -> None:
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    done = ballot(tmp_path, "trustee", "sheet", "tara.key", *form)
    assert done.code == 0
    (words,) = read_back((tmp_path / "sheet.txt").read_text(encoding="utf-8"))
    shown = re.findall(r"\w+", done.out + done.err)
    assert not any(shown[at : at + 2] == words[:2] for at in range(len(shown)))
    assert not {"1", "24"} & set(shown)


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
    lists = keepers.typed_back(closed, key("Tomas"))
    typed = [" ".join(words) + "\n" for words in lists]
    slip = typed[1].replace(lists[1][0], "harbour", 1)
    turns = (lists[1][at:] + lists[1][:at] for at in range(1, 24))
    commas = ", ".join(lists[1]) + ";\n"
    turned = next(" ".join(words) + "\n" for words in turns if misfit(words))
    (tmp_path / "phrase").write_text(PASSPHRASE, encoding="utf-8")
    args = ["--ceremony", str(closed / "ceremony.json"), "--key", "new.key", "--passphrase-file", "phrase"]
    code = f"import os, sys\nos.chdir({str(tmp_path)!r})\nsys.argv = {['ballot', 'trustee', 'restore', *args]!r}\n"
    code += "from ballot.commands import main\nmain()"
    rows = [f"{at + 1}. {' '.join(lists[0][at : at + 4])}\n" for at in range(0, 24, 4)]
    dialogue = [
        ("List A, word 1 of 24 and on: ", f"{' '.join(lists[0][:3])}\n"),
        ("List A, word 4 of 24 and on: ", "Back\n"),
        *((f"List A, word {4 * place + 1} of 24 and on: ", row) for place, row in enumerate(rows)),
        ("List B, word 1 of 24 and on: ", slip),
        ("List B, word 1 of 24 and on: ", f"{typed[1].strip()} {lists[1][0]}\n"),
        ("List B, word 1 of 24 and on: ", turned),
        ("List B, word 1 of 24 and on: ", typed[2]),
        ("List B, word 1 of 24 and on: ", commas),
        ("List C, word 1 of 24 and on: ", typed[2]),
    ]
    exit_code, shown, _ = at_terminal(code, dialogue)
    assert exit_code == 0, shown
    assert "Not in the english list of words: harbour. Type this row again." in shown
    assert "in another language: Ctrl-C, then the same command with --language." in " ".join(shown.split())
    assert "These are more words than the list has. Type this row again." in shown
    assert "List B: the words do not fit together" in shown
    assert "List B is not that of Tomas, whose list A is. Type the lists in their order, of one sheet." in " ".join(
        shown.split()
    )
    assert "The word back, alone in a row, begins this list again." in " ".join(shown.split())
    assert shown.rstrip().endswith("clear the screen, or close this window.")
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


def test_whoever_stops_while_typing_is_told_that_the_screen_shows_words(
    closed: Path, tmp_path: Path, at_terminal: AtTerminal
) -> None:
    row = " ".join(keepers.typed_back(closed, key("Tomas"))[0][:4]) + "\n"
    args = ["ballot", "trustee", "restore", "--ceremony", str(closed / "ceremony.json"), "--key", "new.key"]
    code = f"import os, signal, sys\nos.chdir({str(tmp_path)!r})\nsys.argv = {args!r}\n"
    # The terminal of a test sends no Ctrl-C.
    code += "from ballot.commands import ask, main\nasked = ask.ask_line\n"
    code += "def stop(question, option):\n"
    code += "    if 'word 5' in question: os.kill(os.getpid(), signal.SIGINT)\n"
    code += "    return asked(question, option)\n"
    code += "ask.ask_line = stop\nmain()"
    exit_code, shown, _ = at_terminal(code, [("List A, word 1 of 24 and on: ", row)])
    assert exit_code == 3, shown
    assert "The words that you typed are the key: clear the screen, or close this window." in shown
    assert "error: stopped" in shown


def test_a_sheet_in_another_language_is_restored_with_its_last_line(closed: Path, tmp_path: Path) -> None:
    lists = keepers.typed_back(closed, key("Tomas"), "--language", "french")
    last = (closed / "printed.txt").read_text(encoding="utf-8").partition("in one line:")[2]
    (tmp_path / "words.txt").write_text("\n".join(", ".join(words) for words in lists), encoding="utf-8")
    shutil.copy(closed / "ceremony.json", tmp_path / "ceremony.json")
    words = last.split()[1:]
    assert words[-2:] == ["--language", "french"]
    with cheap_keys():
        done = ballot(tmp_path, *words, "--words-file", "words.txt")
    assert done.code == 0, done.err
    assert load_secrets((tmp_path / "NEW.key").read_bytes(), PASSPHRASE).name == "Tomas"


def test_a_sheet_of_another_language_than_was_named_is_called_that_and_not_shown(closed: Path, tmp_path: Path) -> None:
    lists = keepers.typed_back(closed, key("Tomas"), "--language", "french")
    (tmp_path / "words.txt").write_text("\n".join(" ".join(words) for words in lists), encoding="utf-8")
    args = ("--ceremony", str(closed / "ceremony.json"), "--key", "new.key", "--words-file", "words.txt")
    done = refused(tmp_path, "trustee", "restore", *args)
    assert "words are not in the english word list" in done.errors[0]
    assert done.hint.endswith("If the sheet is not in english, name its language with --language.")
    assert not any(word in done.err for word in lists[0] if len(word) > 6)
    done = refused_language(tmp_path, *args)
    assert "french" in done.hint


def refused_language(here: Path, *args: str) -> Outcome:
    """What is said of a language that has no list, before anything else is read."""
    done = ballot(here, "trustee", "restore", *args, "--language", "klingon")
    assert done.code == 2
    return done


def test_with_too_few_lists_one_is_told_to_type_them_all(closed: Path, tmp_path: Path) -> None:
    lists = keepers.typed_back(closed, key("Tomas"))
    args = ("--ceremony", str(closed / "ceremony.json"), "--key", "new.key", "--words-file", "words.txt")
    for typed, hint in (
        (lists[:2], "Type all lists of the sheet, one in a line."),
        ([lists[0][:20], *lists[1:]], "Type all the words of each list, one list in a line."),
    ):
        (tmp_path / "words.txt").write_text("\n".join(" ".join(words) for words in typed), encoding="utf-8")
        assert refused(tmp_path, "trustee", "restore", *args).hint == hint


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_no_key_file_is_overwritten(tmp_path: Path, force: tuple[str, ...]) -> None:
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    (tmp_path / "tara.key.public").rename(tmp_path / "public")
    for args in (
        ("trustee", "sheet", "tara.key", "--out", "tara.key"),
        ("trustee", "new", "--name", "Tara", "--out", "tara.key"),
        ("trustee", "restore", "--public", "public", "--key", "tara.key"),
        ("trustee", "share", "tara.key", "--box", "box.json", "--out", "tara.key"),
        ("keys", "new", "head", "--name", "Hana Headley", "--out", "tara.key"),
        ("delegate", "new", "--name", "Dana", "--out", "tara.key"),
    ):
        done = refused(tmp_path, *args, *force)
        assert done.errors == ["tara.key is a key file, and no key is overwritten"]
        assert done.hint.startswith("Choose another name.")


def test_the_sign_that_takes_a_list_back_is_a_word_of_no_list() -> None:
    for language in languages():
        assert unknown_words((BACK,), language) == (BACK,)
