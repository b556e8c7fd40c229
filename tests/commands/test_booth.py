"""`ballot booth` at real terminals: whole votes, slips, stops at every step, and nothing left behind."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ballot.aloud import numbered
from ballot.box import accept
from ballot.challenge import Challenge, check_challenge
from ballot.crypto import codes
from ballot.crypto.words import fingerprint_groups, fingerprint_line
from ballot.envelopes import merge, print_envelope
from ballot.register import Response
from ballot.votes import SealedBallot
from ballot.wire import decode, encode
from tests.booths import Scene, contest, scene
from tests.commands.sitting import (
    BOOTH,
    CAST,
    DECIDE,
    HERE,
    LARGE,
    NUMBERS,
    OPENED,
    PAPER,
    REVIEW,
    SECONDS,
    SMALL,
    STOPPED,
    WIPE,
    WORDS,
    Sitting,
)
from tests.play import officials

NAMES = ("Ana Amihan", "Bo Bituin", "Chidi Chukwu")
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene(contest(*NAMES, most=2))


@pytest.fixture
def folder(tmp_path: Path, place: Scene) -> Path:
    home = tmp_path / "booth"
    home.mkdir()
    place.write(home, papers=2)
    return home


def cast_in(folder: Path, place: Scene) -> list[SealedBallot]:
    """The ballots in the outbox; each is one that the box accepts."""
    paths = sorted((folder / "out").glob("*"))
    ballots = [decode(path.read_bytes(), SealedBallot, "a ballot") for path in paths]
    assert all(accept(place.opening, place.election, ballot, None) for ballot in ballots)
    return ballots


def challenges_in(folder: Path) -> list[Challenge]:
    return [decode(path.read_bytes(), Challenge, "a challenge") for path in sorted((folder / "challenges").glob("*"))]


@SIZES
def test_a_whole_vote(folder: Path, place: Scene, size: tuple[int, int]) -> None:
    with Sitting(folder, size=size) as voter:
        voter.types((PAPER, "paper-1.json"))
        voter.sees("Mark up to 2 candidates")
        for name in NAMES:
            voter.sees(name)
        voter.types((NUMBERS, "1,3"))
        voter.sees("Ana Amihan")
        voter.sees("Chidi Chukwu")
        voter.sees("2 marked; no more can be marked.")
        assert "Bo Bituin" not in voter.screen
        voter.types((REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
        (ballot,) = cast_in(folder, place)
        assert ballot.ballot.tracker in voter.screen
        voter.child.sendline()
        voter.types((PAPER, "end"))
        voter.sees("Ballots in the outbox: 1.")
        assert voter.ends() == 0
    assert place.marks_in(ballot.ballot) == ((1, 3),)


@SIZES
def test_a_blank_is_warned_of_and_still_a_vote(folder: Path, place: Scene, size: tuple[int, int]) -> None:
    with Sitting(folder, size=size) as voter:
        voter.types((PAPER, "paper-1.json"), (NUMBERS, ""))
        voter.sees("Warning: nobody is marked. A blank is counted as cast, and helps no candidate.")
        voter.types((REVIEW, "again"), (NUMBERS, ""), (REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((),)]


@SIZES
def test_slips_are_named_and_asked_again(folder: Path, place: Scene, size: tuple[int, int]) -> None:
    with Sitting(folder, size=size) as voter:
        voter.types((PAPER, "paper-1.json"), (NUMBERS, "1,2,3"))
        voter.sees("3 candidates are marked. Mark up to 2 candidates.")
        voter.types((NUMBERS, "4"))
        voter.sees("There is no candidate 4. The candidates are numbered 1 to 3.")
        voter.types((NUMBERS, "2,2"))
        voter.sees("Candidate 2 is marked twice.")
        voter.types((NUMBERS, "Bo"))
        voter.sees("'Bo' is not a number.")
        voter.types((NUMBERS, "list"))
        voter.sees("Bo Bituin")
        voter.types((NUMBERS, "2"), (REVIEW, "yes"))
        voter.sees("Please type one of these words: seal, again.")
        voter.types((REVIEW, "SEAL"), (DECIDE, "c"))
        voter.sees("Please type one of these words: cast, challenge, again.")
        voter.types((DECIDE, "Cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]


@SIZES
def test_a_challenge_and_then_a_vote_on_the_same_paper(folder: Path, place: Scene, size: tuple[int, int]) -> None:
    with Sitting(folder, size=size) as voter:
        voter.marks("1,2")
        voter.child.sendline("challenge")
        voter.sees("This ballot is opened: it can never be cast.")
        voter.sees("If the booth was honest, delete the file; if it was not, keep it as proof.")
        (opened,) = challenges_in(folder)
        assert not list((folder / "out").glob("*"))
        voter.types((OPENED, ""), (NUMBERS, "3"), (REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
        shown = voter.shown
    (ballot,) = cast_in(folder, place)
    assert place.marks_in(ballot.ballot) == ((3,),)
    assert ballot.ballot.signature.hash != opened.ballot.hash
    assert opened.ballot.hash in shown
    assert ballot.ballot.signature.hash in shown
    assert check_challenge(place.opening, place.election, opened, opened.ballot.hash, ((1, 2),)).faults == ()


def test_marking_afresh_after_sealing_leaves_nothing(folder: Path, place: Scene) -> None:
    with Sitting(folder) as voter:
        voter.marks("1")
        voter.child.sendline("again")
        voter.types((NUMBERS, "2"), (REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]
    assert not (folder / "challenges").exists()


def test_several_contests_are_marked_in_turn_and_mended_by_number(tmp_path: Path) -> None:
    place = scene(contest(*NAMES, most=2), contest("Dara", "Ewa", question="Chair", least=1, most=1))
    place.write(tmp_path)
    with Sitting(tmp_path) as voter:
        voter.types((PAPER, "paper-1.json"))
        voter.sees("Contest 1 of 2: At-large members")
        voter.types((NUMBERS, "1"))
        voter.sees("Contest 2 of 2: Chair")
        voter.types((NUMBERS, ""))
        voter.sees("No candidates are marked. Mark 1 candidate.")
        voter.types((NUMBERS, "2"), (REVIEW, "1"))
        voter.sees("Contest 1 of 2")
        voter.types((NUMBERS, "2,3"))
        voter.sees("Chidi Chukwu")
        voter.sees("Ewa")
        voter.types((REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(tmp_path, place)] == [((2, 3), (2,))]


@SIZES
def test_a_long_list_comes_in_pages_that_fit_and_marks_add_up(tmp_path: Path, size: tuple[int, int]) -> None:
    names = [f"Candidate {number:02} of a very long family name" for number in range(1, 91)]
    place = scene(contest(*names, most=5, question="A question that is so long that it takes more than one line of it"))
    place.write(tmp_path)
    with Sitting(tmp_path, size=size) as voter:
        voter.types((PAPER, "paper-1.json"))
        answers = ["2", "60, 3"]
        while voter.next_page():
            assert len(voter.screen.splitlines()) <= size[1]
            voter.child.sendline(answers.pop(0) if answers else "")
        assert not answers
        assert len(voter.screen.splitlines()) <= size[1]
        assert "Marked: 2, 60, 3." in voter.screen
        voter.child.sendline("1,4,5")
        voter.sees("6 candidates are marked.")
        voter.types((NUMBERS, ""))
        voter.sees("3 marked; 2 more could be marked.")
        voter.types((REVIEW, "seal"), (DECIDE, "cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(tmp_path, place)] == [((2, 3, 60),)]


def test_shuffled_candidates_are_all_shown_once_under_their_own_numbers(tmp_path: Path) -> None:
    names = [f"Person{number:02}" for number in range(1, 61)]
    scene(contest(*names, shuffle=True)).write(tmp_path)
    with Sitting(tmp_path) as voter:
        voter.types((PAPER, "paper-1.json"))
        while voter.next_page():
            voter.child.sendline()
        assert all(voter.shown.count(name) == 1 for name in names)
        assert all(re.search(rf"\b{number}  \S*{name}", voter.shown) for number, name in enumerate(names, start=1))
        places = [voter.shown.index(name) for name in names]
        assert places != sorted(places), "sixty candidates were shuffled into the order of the ballot"


def test_nothing_of_one_voter_is_left_for_the_next(folder: Path) -> None:
    """Every step wipes screen and scrollback, in the order that also empties the scrollback of what was just wiped."""
    with Sitting(folder) as voter:
        voter.marks("1,3")
        assert not any(name in voter.screen for name in NAMES)
        voter.child.sendline("challenge")
        voter.types((OPENED, ""), (NUMBERS, "2"), (REVIEW, "seal"), (DECIDE, "cast"), (CAST, ""))
        voter.sees(PAPER)
        for secret in (*NAMES, "1,3", "2 marked", "Tracker", "paper-1"):
            assert secret in voter.shown or secret == "paper-1"
            assert secret not in voter.screen
        voter.types(("", "paper-2.json"))
        voter.sees(NUMBERS)
        assert "Marked" not in voter.screen


def test_the_scrollback_of_a_real_terminal_program_is_empty_after_a_vote(folder: Path) -> None:
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    server = ("tmux", "-S", str(folder / "tmux.sock"))

    def tmux(*args: str) -> str:
        return subprocess.run([*server, *args], capture_output=True, text=True, check=True, cwd=folder, env=HERE).stdout

    def wait_for(text: str) -> str:
        for _ in range(300):
            shown = tmux("capture-pane", "-p", "-S", "-", "-t", "booth")
            if text in shown:
                return shown
            time.sleep(0.1)
        raise TimeoutError(f"{text!r} never came: {shown}")

    program = shlex.join([sys.executable, "-m", "ballot", *BOOTH])
    tmux("-f", os.devnull, "new-session", "-d", "-s", "booth", "-x", "60", "-y", "20", f"{program}; sleep 60")
    try:
        for question, answer in (("Paper:", "paper-1.json"), ("Numbers (", "9"), ("no candidate 9", "1,3")):
            wait_for(question)
            tmux("send-keys", "-t", "booth", "-l", answer)
            tmux("send-keys", "-t", "booth", "Enter")
        assert "Ana Amihan" in wait_for("Type seal")
        for question, answer in (("Type seal", "seal"), ("Type cast", "cast"), ("Press Enter", "")):
            wait_for(question)
            tmux("send-keys", "-t", "booth", "-l", answer) if answer else None
            tmux("send-keys", "-t", "booth", "Enter")
        whole = wait_for("Paper:")
        assert not any(secret in whole for secret in (*NAMES, "1,3", "Numbers", "Tracker"))
    finally:
        tmux("kill-server")


def test_nothing_about_marks_is_left_on_the_disk(folder: Path, tmp_path: Path, place: Scene) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = set(tmp_path.rglob("*"))
    with Sitting(folder, env={"TMPDIR": str(scratch), "HOME": str(scratch)}) as voter:
        voter.marks("1,3")
        voter.types(("", "again"), (NUMBERS, "2"), (REVIEW, "seal"), (DECIDE, "cast"), (CAST, ""), (PAPER, "end"))
        assert voter.ends() == 0
    (ballot,) = cast_in(folder, place)
    new = set(tmp_path.rglob("*")) - before
    assert {path.name for path in new} == {"out", outbox_name(ballot)}
    (path,) = (folder / "out").iterdir()
    assert path.read_bytes() == encode(ballot), "the file holds something else than the sealed ballot"


def outbox_name(ballot: SealedBallot) -> str:
    return hashlib.sha256(ballot.ballot.tracker.encode()).hexdigest()[:16] + ".json"


STEPS = {
    "at the start": (),
    "while marking": ((PAPER, "paper-1.json"),),
    "after a slip": ((PAPER, "paper-1.json"), (NUMBERS, "9")),
    "at the review": ((PAPER, "paper-1.json"), (NUMBERS, "1")),
    "at the decision": ((PAPER, "paper-1.json"), (NUMBERS, "1"), (REVIEW, "seal")),
    "after a challenge": ((PAPER, "paper-1.json"), (NUMBERS, "1"), (REVIEW, "seal"), (DECIDE, "challenge")),
}
ASKED = dict(zip(STEPS, (PAPER, NUMBERS, NUMBERS, REVIEW, DECIDE, OPENED), strict=True))
AT_EACH_STEP = pytest.mark.parametrize("step", STEPS)


@AT_EACH_STEP
def test_control_c_casts_nothing_and_the_paper_stays_good(folder: Path, place: Scene, step: str) -> None:
    with Sitting(folder, size=LARGE if step == "while marking" else SMALL) as voter:
        voter.types(*STEPS[step])
        voter.sees(ASKED[step])
        voter.interrupt()
        if STEPS[step]:
            voter.sees(STOPPED)
        voter.sees(PAPER)
        assert not any(name in voter.screen for name in NAMES)
        assert list((folder / "out").iterdir()) == []
        voter.interrupt()
        voter.marks("2")
        voter.child.sendline("cast")
        voter.sees(CAST)
        voter.interrupt()
        voter.sees(PAPER)
        assert "stopped" not in voter.screen
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]


@AT_EACH_STEP
def test_a_closed_terminal_casts_nothing(folder: Path, step: str) -> None:
    with Sitting(folder) as voter:
        voter.types(*STEPS[step])
        voter.sees(ASKED[step])
        voter.hang_up()
        assert voter.ends() == 3
        assert voter.screen == ""
    assert list((folder / "out").iterdir()) == []


def test_control_d_casts_nothing_and_does_not_close_the_booth(folder: Path) -> None:
    with Sitting(folder) as voter:
        voter.types((PAPER, "paper-1.json"))
        voter.sees(NUMBERS)
        voter.child.sendeof()
        voter.sees(STOPPED)
        for _ in range(2):
            voter.sees(PAPER)
            voter.child.sendeof()
            voter.sees("The booth is still open. To close it, type end.")
        voter.types((PAPER, "end"))
        voter.sees("The booth is closed. Ballots in the outbox: 0.")
        assert voter.ends() == 0
    assert "ballot cast" not in voter.screen


@pytest.mark.parametrize("step", ["at the start", "while marking", "at the decision"])
def test_a_terminal_that_vanishes_without_a_signal_casts_nothing(folder: Path, step: str) -> None:
    deaf = "import signal as s\nreal = s.signal\ns.signal = lambda n, h: real(n, s.SIG_IGN if n == s.SIGHUP else h)"
    with Sitting(folder, code=deaf) as voter:
        voter.types(*STEPS[step])
        voter.sees(ASKED[step])
        assert voter.vanishes() in (0, 3)
    assert list((folder / "out").iterdir()) == []


def test_closing_the_terminal_after_the_cast_loses_nothing(folder: Path, place: Scene) -> None:
    with Sitting(folder) as voter:
        voter.marks("2")
        voter.types(("", "cast"))
        voter.sees(CAST)
        voter.hang_up()
        assert voter.ends() == 3
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP", "SIGTERM"])
def test_a_signal_while_the_ballot_is_written_leaves_it_whole(folder: Path, place: Scene, name: str) -> None:
    code = f"""
import os, signal, ballot.files as f
write = f.write_together
def write_together(*args):
    os.kill(os.getpid(), signal.{name})
    write(*args)
    os.kill(os.getpid(), signal.{name})
f.write_together = write_together
"""
    with Sitting(folder, code=code) as voter:
        voter.marks("2")
        voter.types(("", "cast"))
        if name == "SIGINT":
            voter.types((CAST, ""))
            voter.sees(PAPER)
        else:
            assert voter.ends() == 3
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]


def test_control_z_and_control_backslash_give_no_shell_and_no_core(folder: Path) -> None:
    with Sitting(folder) as voter:
        voter.types((PAPER, "paper-1.json"))
        voter.sees(NUMBERS)
        voter.child.sendcontrol("z")
        voter.child.sendcontrol("\\")
        voter.child.sendline("1")
        voter.sees(REVIEW)
        assert voter.child.isalive()


def test_a_paper_is_used_once_at_a_booth(folder: Path, place: Scene) -> None:
    with Sitting(folder) as voter:
        voter.marks("1")
        voter.types(("", "cast"), (CAST, ""), (PAPER, "paper-1.json"))
        voter.sees("A ballot was already cast on this paper.")
        voter.marks("2", paper="'paper-2.json'")
        voter.types(("", "cast"), (CAST, ""), (PAPER, "end"))
        voter.sees("Ballots in the outbox: 2.")
    assert {place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)} == {((1,),), ((2,),)}


def test_a_ballot_that_cannot_be_written_may_be_tried_again_and_not_opened(folder: Path, place: Scene) -> None:
    """Its credential has signed by then, so opening it would open what may yet be cast."""
    with Sitting(folder) as voter:
        voter.marks("2")
        (folder / "out").rmdir()
        (folder / "out").write_text("in the way")
        voter.types(("", "cast"))
        voter.sees("Cannot use the folder out: File exists.")
        voter.types(("Type cast or again:", "challenge"))
        voter.sees("Please type one of these words: cast, again.")
        (folder / "out").unlink()
        voter.types(("Type cast or again:", "cast"))
        voter.sees(CAST)
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]
    assert not (folder / "challenges").exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("nowhere.json", "There is no such file."),
        ("opening.json", "This file is the opening, and a paper is wanted. Look for the right file."),
        (
            "1.response.json",
            "This file is an answer, and a paper is wanted. `ballot receive` makes the paper of it, on",
        ),
        ("other.json", "The paper is for another election."),
        ("no file either", "There is no such file."),
    ],
)
def test_what_is_no_paper_is_said_so(folder: Path, typed: str, says: str) -> None:
    (folder / "other.json").write_bytes(encode(scene(contest(*NAMES)).paper()))
    (folder / "1.response.json").write_bytes(encode(Response("00" * 32, 1, "00", "00")))
    with Sitting(folder) as voter:
        voter.types((PAPER, typed))
        voter.sees(says)
        voter.sees(PAPER)


@pytest.fixture(scope="module")
def enveloped(place: Scene) -> tuple[bytes, list[str]]:
    """The booth's file of two envelopes, and their codes."""
    printed = [print_envelope(place.opening, place.election, *officials()) for _ in range(2)]
    file = merge(place.opening, None, [envelope for _, envelope in printed])
    return encode(file), [codes.write(bits) for bits, _ in printed]


def test_a_code_from_an_envelope_opens_its_paper(
    folder: Path, place: Scene, enveloped: tuple[bytes, list[str]]
) -> None:
    data, (first, second) = enveloped
    (folder / "envelopes.json").write_bytes(data)
    typed = first.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    wrong = second[:-1] + ("2" if second[-1] != "2" else "3")
    with Sitting(folder, *BOOTH, "--envelopes", "envelopes.json") as voter:
        voter.types((PAPER, wrong))
        voter.sees("code")
        assert wrong not in voter.screen
        voter.marks("2", paper=typed)
        assert typed not in voter.screen
        voter.types(("", "cast"), (CAST, ""), (PAPER, "end"))
        assert voter.ends() == 0
    assert [place.marks_in(ballot.ballot) for ballot in cast_in(folder, place)] == [((2,),)]


def test_a_code_at_a_booth_without_envelopes_is_for_the_committee_to_hear(
    folder: Path, enveloped: tuple[bytes, list[str]]
) -> None:
    code = enveloped[1][0]
    with Sitting(folder) as voter:
        voter.types((PAPER, code))
        voter.sees("This booth was started without the file of envelopes (envelopes.json), so it opens no codes.")
        voter.sees("Tell the committee")
        voter.sees(PAPER)
        assert code not in voter.screen


def test_the_groups_of_the_fingerprint_are_not_broken_on_the_first_screen(folder: Path, place: Scene) -> None:
    groups = tuple(numbered(" · ".join(fingerprint_groups(place.opening.fingerprint))).split(" · "))
    with Sitting(folder) as voter:
        voter.sees(PAPER)
        assert [line.removesuffix(" ·") for line in voter.screen.splitlines() if line.startswith(groups)] == [*groups]


def test_a_file_of_envelopes_of_another_election_is_refused(enveloped: tuple[bytes, list[str]], tmp_path: Path) -> None:
    scene(contest(*NAMES)).write(tmp_path)
    (tmp_path / "envelopes.json").write_bytes(enveloped[0])
    done = booth(tmp_path, "--envelopes", "envelopes.json")
    assert done.returncode == 3
    assert "the file of envelopes is for another election" in done.stderr


def test_plain_output_is_for_screen_readers(folder: Path) -> None:
    with Sitting(folder, *BOOTH, "--plain") as voter:
        voter.marks("1,3")
        voter.types(("", "cast"))
        voter.sees(CAST)
        shown = voter.shown
    assert "1. Ana Amihan (Organisation 1, Europe)" in shown
    flat = " ".join(shown.split())
    assert "Put on headphones: a screen reader says aloud what you type and choose." in flat
    assert "Type your paper's file; Enter alone repeats the start. Paper:" in flat
    assert "At-large members. Mark up to 2 candidates. Numbers (Enter alone: nobody; list: see all again):" in flat
    assert not re.search("[\u2500-\u257f\u2066-\u2069]", shown)
    assert "\x1b" not in shown.replace(WIPE, "")


SCRIPTS = ("\u0633\u0644\u0645\u0649 \u0627\u0644\u062d\u0633\u0646", "\u5c0f\u3055\u306a \u6797\u6a8e", "Océane")


@SIZES
@pytest.mark.parametrize("mode", ["", "--plain"])
def test_names_of_any_script_are_shown_and_none_steers_the_terminal(
    tmp_path: Path, size: tuple[int, int], mode: str
) -> None:
    scene(contest(*SCRIPTS, most=3, question="من؟"), name="集会").write(tmp_path)
    with Sitting(tmp_path, *BOOTH, *([mode] if mode else []), size=size) as voter:
        voter.marks("1,2,3")
        shown = voter.shown.replace(WIPE, "")
    for name in SCRIPTS:
        assert shown.count(name) == 2, name
    assert "من؟" in shown
    assert "集会" in shown
    assert shown.count("\u2068") == shown.count("\u2069")
    # Whatever moves the cursor is ours: to a column of the table, or bold type and its end.
    assert set(re.findall(r"\x1b\[[^A-Za-z]*[A-Za-z]", shown)) <= {"\x1b[6G", "\x1b[1m", "\x1b[0m"} | {
        f"\x1b[{column}G" for column in range(2, size[0])
    }


@pytest.mark.parametrize(
    ("name", "question", "title"),
    [
        ("Eve\x1b[2J\x1b]0;title\x07", "Who?", "Assembly"),
        ("Rev\u202eersed\u2066", "Who?", "Assembly"),
        ("Two\nlines\r", "Who?", "Assembly"),
        ("Zero\u200bwidth", "Who?", "Assembly"),
        ("Eve", "Who\x1b[31m?", "Assembly"),
        ("Eve", "Who?", "Assembly\x07"),
    ],
    ids=["escape", "direction", "lines", "invisible", "question", "title"],
)
def test_a_booth_does_not_open_with_texts_that_could_steer_a_terminal(
    tmp_path: Path, name: str, question: str, title: str
) -> None:
    scene(contest("Ana", name, question=question), name=title).write(tmp_path)
    with Sitting(tmp_path) as voter:
        assert voter.ends() == 3
        shown = voter.shown
    assert "the opening statement or the election has a text that is not plain" in " ".join(shown.split())
    assert not re.search("\u202e|\u2066|\u200b|\x07|\x1b", shown)


def booth(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run the booth without a terminal, answers piped into it."""
    command = [sys.executable, "-m", "ballot", *BOOTH, *args]
    answers = "paper-1.json\n1\nseal\ncast\n\n"
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, input=answers, env=HERE, check=False, timeout=SECONDS
    )


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--paper", "paper-1.json"),
        ("--paper", "paper-1.json", "--marks", "1"),
        ("--paper", "paper-1.json", "--cast"),
        ("--paper", "paper-1.json", "--challenge"),
    ],
    ids=str,
)
def test_piped_input_is_refused_unless_all_answers_are_options(folder: Path, args: tuple[str, ...]) -> None:
    done = booth(folder, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error: a person must mark the ballot, and there is no terminal to ask on",
        "hint: Without a terminal, give --paper, --marks for every contest, and --cast or --challenge.",
    ]
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    "args", [("--marks", "1"), ("--cast",), ("--challenge",), ("--paper", "paper-1.json", "--cast", "--challenge")]
)
def test_options_that_do_not_fit_together_are_refused(folder: Path, args: tuple[str, ...]) -> None:
    assert booth(folder, *args).returncode == 2
    assert not (folder / "out").exists()


def test_a_ballot_by_options(folder: Path, place: Scene) -> None:
    done = booth(folder, "--paper", "paper-1.json", "--marks", "1,3", "--cast", "--json")
    assert done.returncode == 0
    # Whoever gave the paper may have made the opening, too.
    assert done.stderr == f"Opening, in words: {numbered(fingerprint_line(place.opening.fingerprint))}\n"
    (ballot,) = cast_in(folder, place)
    assert place.marks_in(ballot.ballot) == ((1, 3),)
    made = json.loads(done.stdout)
    assert made["tracker"] == ballot.ballot.tracker
    assert made["hash"] == ballot.ballot.signature.hash
    assert Path(made["file"]).name == outbox_name(ballot)


def test_a_challenge_by_options(folder: Path) -> None:
    done = booth(folder, "--paper", "paper-1.json", "--marks", "", "--challenge", "--json")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    (opened,) = challenges_in(folder)
    made = json.loads(done.stdout)
    assert made["hash"] == opened.ballot.hash
    assert opened.marks == ((),)
    if sys.platform != "win32":
        # It holds marks, so it is not for everybody who has an account.
        assert Path(folder / made["file"]).stat().st_mode & 0o077 == 0
    assert not list((folder / "out").glob("*"))


@pytest.mark.parametrize(("marks", "says"), [("1,2,3", "3 candidates are marked"), ("x", "'x' is not a number")])
def test_wrong_marks_by_options_are_refused(folder: Path, marks: str, says: str) -> None:
    done = booth(folder, "--paper", "paper-1.json", "--marks", marks, "--cast")
    assert done.returncode == 3
    assert says in done.stderr
    assert not (folder / "out").exists()


def test_marks_for_too_many_contests_are_refused(folder: Path) -> None:
    done = booth(folder, "--paper", "paper-1.json", "--marks", "1", "--marks", "1", "--cast")
    assert done.returncode == 3
    assert "--marks is given 2 times" in done.stderr


def test_one_voter_with_a_given_paper(folder: Path, place: Scene) -> None:
    with Sitting(folder, *BOOTH, "--paper", "paper-1.json") as voter:
        voter.types((WORDS, ""), (NUMBERS, "2"), (REVIEW, "seal"), (DECIDE, "cast"), (CAST, ""))
        assert voter.ends() == 0
        (ballot,) = cast_in(folder, place)
        assert ballot.ballot.tracker in voter.screen.replace("\r\n", "")
        assert not any(name in voter.screen for name in NAMES)


def test_attack_a_paper_and_an_opening_of_somebodys_own_show_in_the_words_before_anything_is_marked(
    folder: Path, place: Scene
) -> None:
    words = numbered(fingerprint_line(place.opening.fingerprint))
    with Sitting(folder, *BOOTH, "--paper", "paper-1.json") as voter:
        voter.sees(WORDS)
        assert words in " ".join(voter.screen.split())
        assert NUMBERS not in voter.screen
        voter.interrupt()
        assert voter.ends() == 3
    assert list((folder / "out").iterdir()) == []


def test_one_voter_who_stops_is_told_so(folder: Path) -> None:
    with Sitting(folder, *BOOTH, "--paper", "paper-1.json") as voter:
        voter.types((WORDS, ""), (NUMBERS, "2"))
        voter.sees(REVIEW)
        voter.interrupt()
        voter.sees("error: stopped: nothing was cast")
        assert voter.ends() == 3
    assert list((folder / "out").iterdir()) == []


def test_a_terminal_that_cannot_be_cleared_is_refused(folder: Path) -> None:
    """The marks of one voter would stay there for the next."""
    with Sitting(folder, env={"TERM": "dumb"}) as voter:
        voter.sees("error: this terminal cannot be cleared between two voters")
        voter.sees("here TERM is dumb.")
        assert voter.ends() == 2


def test_whoever_hears_the_booth_hears_after_a_mistake_only_what_was_wrong(folder: Path) -> None:
    with Sitting(folder, *BOOTH, "--plain") as voter:
        voter.types((PAPER, "nothing.json"))
        voter.sees("There is no such file.")
        voter.sees(PAPER)
        assert "Fingerprint" not in voter.screen
        voter.child.sendline("")
        voter.sees("Fingerprint")
        voter.types((PAPER, "paper-1.json"), (NUMBERS, "9"))
        voter.sees("There is no candidate 9.")
        voter.sees(NUMBERS)
        assert voter.screen.count("1. Ana Amihan") == 1


def test_whoever_hears_the_booth_can_hear_review_hash_and_tracker_again(folder: Path) -> None:
    with Sitting(folder, *BOOTH, "--plain") as voter:
        voter.types((PAPER, "paper-1.json"), (NUMBERS, "2"))
        voter.types(("list to hear it again", "list"), (REVIEW, "seal"))
        assert voter.shown.count("1 marked; 1 more could be marked") == 2
        voter.types(("list repeats this.", "list"), ("list repeats this.", "cast"))
        assert voter.shown.count("Hash: ") == 2
        voter.types(("list repeats this.", "list"), (CAST, ""))
        voter.sees(PAPER)
        assert voter.shown.count("Tracker: ") == 2


def test_a_screen_that_is_written_to_a_file_is_refused(folder: Path) -> None:
    code = "import os; os.dup2(os.open('log', os.O_WRONLY | os.O_CREAT, 0o600), 2)"
    with Sitting(folder, code=code) as voter:
        assert voter.ends() == 2
    assert "there is no terminal to ask on" in (folder / "log").read_text()


DISHONEST = """
import ballot.booth as b
honest = b.fill
def fill(election, credential, marks):
    filled = honest(election, credential, [tuple(reversed(one)) for one in marks])
    return b.Filled(filled.ballot, filled.randomness, {said})
b.fill = fill
"""


@pytest.mark.parametrize("said", ["tuple(marks)", "filled.marks"], ids=["lies about it", "owns up to it"])
def test_a_booth_that_seals_other_marks_is_caught_by_a_challenge(folder: Path, said: str) -> None:
    with Sitting(folder, code=DISHONEST.format(said=said)) as voter:
        voter.marks("1,2")
        assert "sealed" in voter.screen
        voter.child.sendline("challenge")
        voter.sees(OPENED)
    (path,) = (folder / "challenges").iterdir()
    check = [
        sys.executable,
        "-m",
        "ballot",
        "check-challenge",
        str(path),
        "--opening",
        "opening.json",
        "--marks",
        "1,2",
    ]
    done = subprocess.run(check, capture_output=True, text=True, cwd=folder, env=HERE, check=False)
    assert done.returncode == 4
    assert "Chidi Chukwu" in done.stdout
    assert "Ana Amihan" not in done.stdout
    assert "error: the booth was not honest: contest 1: " in done.stderr
