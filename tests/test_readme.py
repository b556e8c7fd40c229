"""The command lines of README.md and docs/*.md run as written.

Lines that start with `$ ` in blocks marked `console` are run, in order, in one folder per document that holds the
sample tied-cuts as `assembly`. A line that ends with `# exit 3` must leave with that code, every other with 0. One that
ends with `# answer: yes` asks a person; there is none here, so it gets the option `--yes`. Lines of the committee in a
page for others say so, as in `# committee` or `# committee, exit 3`.
README.md is run by a shell; in docs/ plain `ballot` lines are run in this process, which is faster. Blocks marked `sh`
are not run; their `make` targets and `ballot` options must exist.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from ballot.charter import MAX_BYTES as MAX_CHARTER
from ballot.commands.app import run
from ballot.crypto.keys import MAX_KEY_FILE, Kind
from ballot.record import MAX_MEMBER
from ballot.tables import MAX_BYTES
from ballot.toml import MAX_DOTS
from ballot.trustees.transcript import MAX_TRUSTEES
from ballot.wire import MAX_JSON, MAX_RECORD
from tests.commands.assembly import PASSPHRASES, ballot

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
SHELL = frozenset("|<>&;$`*?~\\")
"""Characters that mean something to a shell."""

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"\s# (?:committee, )?exit (\d)$")
ASKS = re.compile(r"\s# (?:committee, )?answer: yes$")


def lines(document: Path, kind: str) -> list[str]:
    """All lines of the blocks of one kind."""
    text = document.read_text(encoding="utf-8")
    return [line.strip() for _, info, body in BLOCK.findall(text) if info == kind for line in body.splitlines()]


def commands(document: Path) -> list[str]:
    """The commands of a document that are run."""
    return [line.removeprefix("$ ") for line in lines(document, "console") if line.startswith("$ ")]


def unrun(program: str) -> list[list[str]]:
    """Words of the lines of all `sh` blocks that call a program, without comments and variables set before it."""
    found = []
    for document in DOCUMENTS:
        for line in lines(document, "sh"):
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            if words and Path(words[0]).name == program:
                found.append(words)
    return found


def test_there_is_something_to_run() -> None:
    assert any(command.startswith("ballot demo") for command in commands(DOCUMENTS[0]))
    assert not any(command.endswith("\\") for document in DOCUMENTS for command in commands(document))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_run_as_written(document: Path, tmp_path: Path) -> None:
    todo = commands(document)
    needed = {"bash", *(shlex.split(command)[0] for command in todo)}
    missing = sorted(program for program in needed if shutil.which(program, path=PATH) is None)
    if todo and missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    shutil.copytree(ROOT / "sample_elections" / "tied-cuts", tmp_path / "assembly")
    for command in todo:
        marked = EXIT.search(command)
        command = ASKS.sub(" --yes", command)
        if document.parent != ROOT and command.startswith("ballot ") and not SHELL.intersection(command):
            outcome = ballot(tmp_path, *shlex.split(command, comments=True)[1:])
            code, said = outcome.code, outcome.err
        else:
            code, said = shell(tmp_path, command)
        assert code == (int(marked[1]) if marked else 0), f"{command}\n{said}"


def shell(folder: Path, command: str) -> tuple[int, str]:
    """Exit code and talk of a line that a shell runs."""
    environment = {**os.environ, **PASSPHRASES, "PATH": PATH, "PYTHONUTF8": "1"}
    environment.pop("BALLOT_STORE", None)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr.decode(errors="replace")


def test_make_targets_of_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {target for words in unrun("make") for target in words[1:]}
    assert {"demo", "test"} <= named
    assert named <= targets


def test_commands_that_are_not_run_exist_with_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    for words in unrun("ballot"):
        options = {word for word in words if word.startswith("--")}
        for length in (2, 1, 0):
            if run([*words[1 : 1 + length], "--help"]) == 0 and len(words) > length:
                break
        shown = capsys.readouterr().out
        assert options <= {*re.findall(r"--[a-z-]+", shown)}, words


def test_sections_of_the_protocol_that_the_code_cites_exist() -> None:
    protocol = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^#+ (\d+(?:\.\d+)?)\.? ", protocol, re.MULTILINE))
    cited = set[str]()
    for folder in ("ballot", "tests", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            for places in re.findall(r"protocol((?:(?:,| and| to)? §[\d.]*\d)+)", path.read_text(encoding="utf-8")):
                cited.update(re.findall(r"§([\d.]*\d)", places))
    assert {"1", "2.6", "13"} <= cited <= sections


def test_the_protocol_names_every_kind_of_key_file_and_the_limits_of_the_code() -> None:
    protocol = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    keys = protocol[protocol.index("## 14.") : protocol.index("## 15.")]
    assert [kind for kind in get_args(Kind) if f"`{kind}`" not in keys] == []
    assert f"at most {MAX_DOTS} dots in a line" in protocol
    assert f"There are 1 to {MAX_TRUSTEES} trustees" in protocol
    told = (
        f"JSON files above {MAX_JSON >> 20} MiB, key files above {MAX_KEY_FILE >> 10} KiB, "
        f"lists above {MAX_BYTES >> 20} MiB, charters above {MAX_CHARTER >> 10} KiB, "
        f"files in a record above {MAX_MEMBER >> 20} MiB, and records and archives above {MAX_RECORD >> 20} MiB."
    )
    assert told in " ".join(protocol.split())
