"""What the committee is shown and asked at its table: names beside numbers, codes, receipts, and what is for good."""

from pathlib import Path

import pytest

from tests.commands.assembly import receipt_of
from tests.commands.machines import PHRASE, Assembly, Machine, copy_of
from tests.commands.sitting import Sitting

BOTH = ("--head", "head.key", "--seal", "seal.key")
PRINT = ("envelopes", "print", "--count")
CODE, RETURN = "Code on the slip:", "Return them for good? Nobody can vote with them after that. [yes/no]"
SPOIL_ASKED = "Spoil it for delegate 7, for good? [yes/no]"
SPOIL = ("spoil", "--delegate", "7")


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    return copy_of(opened, tmp_path / "assembly")


def codes_of(desk: Machine) -> list[str]:
    lines = (desk / "slips.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith("    ")]


def sheet(desk: Machine, name: str) -> int:
    return int(desk.does("reconcile", "--json").value[name])


def test_a_paper_is_issued_under_a_name(assembly: Assembly) -> None:
    desk = assembly.committee
    told = desk.does("issue", "7", *BOTH, "--plain")
    assert told.out == "Delegate: 7\nName: Delegate 4-0\nOrganisation: Organisation 4\nPaper: paper.json\n"
    with Sitting(desk.folder, "issue", "9", *BOTH, "--out", "paper9.json") as sitting:
        sitting.sees("Delegate 9 is Delegate 5-0, Organisation 5.")
        sitting.sees("Passphrase of the head")
        sitting.interrupt()
        sitting.ends()
    assert sheet(desk, "issued") == 1
    assert b"Delegate 4-0" not in (desk / "paper.json").read_bytes()


def test_an_envelope_is_handed_out_under_a_name(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "1", *BOTH)
    desk.does("replace", "7", "--name", "Nora Newcomer", "--letter", "letter of 3 May", "--yes")
    told = desk.does("envelopes", "hand-out", "7", "--yes", "--plain")
    assert told.out == "Delegate: 7\nName: Nora Newcomer\nOrganisation: Organisation 4\n"
    assert "Next: let delegate 7, Nora Newcomer, sign and draw an envelope." in told.err


def test_nobody_gets_an_envelope_before_the_name_was_compared(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "1", *BOTH)
    told = desk.run("envelopes", "hand-out", "7")
    assert (told.code, "--yes" in told.err) == (2, True)
    with Sitting(desk.folder, "envelopes", "hand-out", "7") as sitting:
        sitting.sees("Delegate 7 is Delegate 4-0, Organisation 4.")
        sitting.types(("Enter for good that delegate 7 draws an envelope? [yes/no]", "no"))
        sitting.sees("error: nothing was entered")
        assert sitting.ends() == 3
    assert sheet(desk, "handed_out") == 0
    # Who may have no paper is told so instead of being asked about.
    desk.refuses("does not vote", "envelopes", "hand-out", "2")
    with Sitting(desk.folder, "envelopes", "hand-out", "7") as sitting:
        sitting.types(("draws an envelope? [yes/no]", "yes"))
        sitting.sees("Next: let delegate 7, Delegate 4-0, sign and draw an envelope.")
        assert sitting.ends() == 0
    assert sheet(desk, "handed_out") == 1


def test_nobody_is_replaced_without_being_asked(assembly: Assembly) -> None:
    desk = assembly.committee
    command = ("replace", "7", "--name", "Nora Newcomer", "--letter", "letter of 3 May")
    told = desk.run(*command)
    assert (told.code, "--yes" in told.err) == (2, True)
    with Sitting(desk.folder, *command) as sitting:
        sitting.sees("Delegate 7 is Delegate 4-0, Organisation 4.")
        sitting.sees("Who comes instead: Nora Newcomer. By: letter of 3 May.")
        sitting.types(("Let Nora Newcomer come instead, for good? [yes/no]", "n"))
        sitting.sees("error: nobody was replaced")
        assert sitting.ends() == 3
    assert "Delegate 4-0" in desk.does("salt", "7").out
    with Sitting(desk.folder, *command) as sitting:
        sitting.types(("for good? [yes/no]", "yes"))
        sitting.sees("Delegate 7 is now Nora Newcomer.")
        assert sitting.ends() == 0
    assert "Nora Newcomer" in desk.does("salt", "7").out


def test_the_code_of_a_surrendered_envelope_is_asked_for(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "1", *BOTH)
    with Sitting(desk.folder, *SPOIL) as sitting:
        sitting.sees("delegate 7 has no paper that could be spoiled")
        assert sitting.ends() == 3
        assert CODE not in sitting.shown
    desk.does("envelopes", "hand-out", "7", "--yes")
    (code,) = codes_of(desk)
    told = desk.run(*SPOIL)
    assert (told.code, "--code" in told.err) == (2, True)
    with Sitting(desk.folder, *SPOIL) as sitting:
        sitting.types((CODE, code[:-2]))
        sitting.sees("a code has 26 letters and digits, here are 24")
        assert sitting.ends() == 3
    with Sitting(desk.folder, *SPOIL) as sitting:
        sitting.types((CODE, code), (SPOIL_ASKED, "no"))
        sitting.sees("the paper is not spoiled")
        assert sitting.ends() == 3
    assert sheet(desk, "spoiled") == 0
    with Sitting(desk.folder, *SPOIL) as sitting:
        sitting.types((CODE, code.lower()))
        sitting.sees("Delegate 7 is Delegate 4-0, Organisation 4.")
        sitting.types((SPOIL_ASKED, "yes"))
        sitting.sees("The paper is spoiled.")
        assert sitting.ends() == 0
    assert sheet(desk, "spoiled") == 1


def test_printed_slips_are_no_codes_to_return(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "2", *BOTH)
    told = desk.refuses("slips.txt holds the slips as they were printed", "envelopes", "return", "--codes", "slips.txt")
    assert told.err.count("error:") == 1
    assert "one on each line" in told.err


def test_envelopes_are_returned_for_good_after_a_question(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "3", *BOTH)
    first, second, _ = codes_of(desk)
    for answer, code, returned in (("no", 3, 0), ("yes", 0, 2)):
        with Sitting(desk.folder, "envelopes", "return", first, second) as sitting:
            sitting.sees("2 envelopes will be returned; 1 will still be at the desk.")
            sitting.types((RETURN, answer))
            assert sitting.ends() == code
        assert sheet(desk, "returned") == returned
    with Sitting(desk.folder, "envelopes", "return", first) as sitting:
        sitting.sees("code 1: this envelope was returned already")
        assert sitting.ends() == 3
        assert RETURN not in sitting.shown


def test_a_cast_without_receipts_says_how_to_get_them(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does("issue", "7", *BOTH)
    desk.does("vote", "paper.json", "--opening", "opening.json", "--marks", "1")
    told = desk.does("cast", "sealed.json")
    assert "No receipts were written. The same command with `--receipts FOLDER` writes them" in told.err
    told = desk.does("cast", "sealed.json", "--receipts", "receipts")
    assert "No receipts" not in told.err
    assert [path.name for path in (desk / "receipts").iterdir()] == [receipt_of(desk / "sealed.json")]


def test_the_key_for_the_roll_is_one_line_that_can_be_copied(tmp_path: Path) -> None:
    env = {"BALLOT_DELEGATE_PASSPHRASE": PHRASE}
    with Sitting(tmp_path, "delegate", "new", "--name", "Dana", "--out", "dana.key", size=(80, 24), env=env) as sitting:
        assert sitting.ends() == 0
        key = (tmp_path / "dana.key.public").read_text(encoding="utf-8").split('"key":"')[1][:64]
        assert key in sitting.shown.splitlines()
