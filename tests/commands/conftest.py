"""Fixtures for commands: terminals, a program run at a real one, and an assembly that has played its election."""

import io
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.commands import keepers
from tests.commands.assembly import Assembly, Outcome, ballot, play, visit
from tests.commands.bodies import SECOND, SECRETARY, Icb, prepare
from tests.commands.machines import Assembly as Machines
from tests.commands.machines import Machine, copy_of, draft_assembly, open_assembly
from tests.commands.seals import READY, UNREHEARSED, counts, opens, votes
from tests.trustees import NAMES

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background makes them, and every program they start, deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

SECONDS = 30

At = Callable[[str], Path]
AtTerminal = Callable[[str, Sequence[tuple[str, str]]], tuple[int, str, str]]


class Terminal(io.StringIO):
    """A text stream that says it is a UTF-8 terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def obey_escapes(patch: pytest.MonkeyPatch) -> None:
    """Let a stream that says it is a terminal be taken for one on Windows too, where the system is asked."""
    patch.setattr("ballot.commands.escapes._told", lambda _: True, raising=False)


PutTerminal = Callable[[], Terminal]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> PutTerminal:
    """A function that puts a terminal of 80 columns in the place of stdout and returns it."""

    def put() -> Terminal:
        stream = Terminal()
        obey_escapes(monkeypatch)
        monkeypatch.setattr(sys, "stdout", stream)
        return stream

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return put


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """An election that went all its way, and every store on it; not to be written to."""
    return play(tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machines of an election that was just opened; not to be changed."""
    root = tmp_path_factory.mktemp("opened")
    open_assembly(root)
    return root


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed box of three trustees, two of whom are needed, each in a directory of their own."""
    folder = tmp_path_factory.mktemp("standins") / "closed"
    folder.mkdir()
    keepers.play(folder, 3, 2)
    return folder


@pytest.fixture
def closed(played: Path, tmp_path: Path) -> Callable[[], Path]:
    """A function that gives a folder of one's own with the closed box."""
    return lambda: Path(shutil.copytree(played, tmp_path / "here"))


@pytest.fixture(scope="session")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders 0 to 3: an election with as many rounds of the ceremony of three behind it, two being needed."""
    base = tmp_path_factory.mktemp("rounds")
    for number in range(4):
        if number == 0:
            (base / "0").mkdir()
            keepers.draft(base / "0", 3, 2)
            assert ballot(base / "0", "trustees", "invite").code == 0
            continue
        shutil.copytree(base / str(number - 1), base / str(number))
        for name in NAMES[:3]:
            assert keepers.answer(base / str(number), name, number).code == 0
        assert keepers.collect(base / str(number), NAMES[:3], number).code == 0
    return base


@pytest.fixture
def after(rounds: Path, tmp_path: Path) -> Callable[[int], Path]:
    """A function that gives a folder of one's own with so many rounds behind it."""
    return lambda number: Path(shutil.copytree(rounds / str(number), tmp_path / "here"))


@pytest.fixture
def at(assembly: Assembly, tmp_path: Path) -> At:
    """A function that gives a folder of one's own with the election as it was at a point, such as open."""
    return lambda name: visit(assembly, name, tmp_path)


@pytest.fixture
def at_terminal() -> AtTerminal:
    """Run Python code whose stdin and stderr are a pseudo-terminal, typing an answer after every question.

    Returns the exit code, what was on the terminal, and stdout.
    """
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that Python can open")
    return _run_at_terminal


def _run_at_terminal(code: str, dialogue: Sequence[tuple[str, str]]) -> tuple[int, str, str]:
    ours, theirs = os.openpty()
    # From Python 3.13 on a traceback has colours, in the midst of words.
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHON_COLORS": "0"},
        start_new_session=True,
    )
    os.close(theirs)
    shown = ""
    try:
        for question, answer in dialogue:
            # A question may be broken at a space, wherever the line ends.
            asked = re.compile(r"\s+".join(map(re.escape, question.split())) + r" ?")
            while not asked.search(shown):
                shown += _read(ours)
            os.write(ours, answer.encode())
            shown = asked.sub("(asked)", shown)
        out, _ = program.communicate(timeout=SECONDS)
        while piece := _read(ours, at_end=True):
            shown += piece
    finally:
        program.kill()
        program.communicate()
        os.close(ours)
    return program.returncode, shown, out.decode()


def _read(descriptor: int, at_end: bool = False) -> str:
    if not at_end and not select.select([descriptor], [], [], SECONDS)[0]:
        raise TimeoutError("the program asks nothing")
    try:
        return os.read(descriptor, 4096).decode(errors="replace")
    except OSError:
        # Linux reports an error once the program has closed its end.
        if at_end:
            return ""
        raise


@pytest.fixture(scope="session")
def founded(assembly: Assembly, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an ICB that was just founded; not to be written to."""
    folder = tmp_path_factory.mktemp("icb")
    prepare(folder, assembly.folder / "record.zip")
    said = Icb(folder).run("seats", "found", "record.zip", *SECRETARY, *SECOND)
    assert said.code == 0, said.err
    return folder


@pytest.fixture
def icb(founded: Path, tmp_path: Path) -> Icb:
    """An ICB of one's own, just founded."""
    return Icb(Path(shutil.copytree(founded, tmp_path / "icb")))


@pytest.fixture(scope="session")
def term(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The folder of the played sample icb-term, not to be written to, and what the demo said."""
    folder = tmp_path_factory.mktemp("term")
    return folder / "term", ballot(folder, "demo", "icb-term", "--out", "term", "--seed", "1", "--json")


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machines of a draft whose keeper has shown that the key works, and a half of its opening; not to be changed."""
    root = tmp_path_factory.mktemp("drafted") / "assembly"
    root.mkdir()
    draft_assembly(root)
    assembly = Machines(root, Machine(root / "committee"), Machine(root / "keeper"), Machine(root / "booth"))
    assembly.keeper.does("keeper", "ready", "--seal", "seal.key")
    assembly.keeper.gives("seal-ready.json", assembly.committee)
    assembly.committee.does("open", *READY, *UNREHEARSED)
    assembly.committee.gives("opening.half.json", assembly.keeper)
    return root


@pytest.fixture(scope="session")
def counted(drafted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machines of an election that was opened, voted in and counted, with halves of everything; not to be changed."""
    assembly = copy_of(drafted, tmp_path_factory.mktemp("counted") / "assembly")
    opens(assembly)
    votes(assembly, 5)
    votes(assembly, 7)
    counts(assembly)
    return assembly.root


@pytest.fixture
def draft(drafted: Path, tmp_path: Path) -> Machines:
    """A copy of `drafted` of one's own."""
    return copy_of(drafted, tmp_path / "assembly")


@pytest.fixture
def late(counted: Path, tmp_path: Path) -> Machines:
    """A copy of `counted` of one's own."""
    return copy_of(counted, tmp_path / "assembly")
