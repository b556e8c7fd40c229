"""A small assembly that elects through the commands: in, a folder; out, every command's outcome and store on the way.

Six of eleven regular members send a voting delegate, four papers are issued and three ballots cast, such that only lots
can decide who of candidates 8 and 9 is the eighth regular member.
"""

import contextlib
import io
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.serialization import load_der_private_key

from ballot.charter import builtin, load
from ballot.commands import outbox
from ballot.commands.app import run
from ballot.commands.text import is_unsafe
from ballot.crypto.keys import DEMO, OfficialKey, Role, TrusteeSecret, new_official, save_official, save_trustee
from ballot.errors import REFUSED
from ballot.opening import new_trustee
from ballot.votes import OpeningFile, SealedBallot
from ballot.wire import decode, encode

PASSPHRASE = "correct horse battery"
PASSPHRASES = {f"BALLOT_{kind}_PASSPHRASE": PASSPHRASE for kind in ("HEAD", "SEAL", "TRUSTEE", "SECRETARY", "SECOND")}
HEAD, SEAL = "Hana Headley", "Selma Sealby"
TRUSTEES = {"tara.key": "Tara Trustworthy", "tomas.key": "Tomas Tallyman"}
WORDS = {"Ana": "the ferry leaves at half past four", "Bo": "seven red kites over the harbour"}
KEYS = ("--head", "head.key", "--seal", "seal.key")
UNREHEARSED = ("--without-rehearsal", "the keys were tried by hand")
CANDIDATES = 10
VOTERS = (1, 3, 5, 7, 9, 11)
"""Numbers of the voting delegates."""

_REGIONS = load(builtin("ima")).regions
# OpenSSL tests the primes of an RSA key whenever it reads one, which is most of what opening a key file costs.
_read_rsa = cache(load_der_private_key)


class Screen(io.StringIO):
    """Catches what a command writes."""

    encoding = "utf-8"


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code, result and talk."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The result as JSON."""
        return json.loads(self.out)

    @property
    def errors(self) -> list[str]:
        """What stands after `error:`, line by line."""
        return [line.removeprefix("error: ") for line in self.err.splitlines() if line.startswith("error: ")]

    @property
    def hint(self) -> str:
        """What stands after `hint:`; there is exactly one such line, the last."""
        (line,) = (line for line in self.err.splitlines() if line.startswith("hint: "))
        assert self.err.endswith(line + "\n")
        return line.removeprefix("hint: ")


def ballot(folder: Path, *args: str, typed: str = "", **environment: str) -> Outcome:
    """Run a command in this process as if typed in that folder; a crash goes through."""
    out, err = Screen(), Screen()
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, {**PASSPHRASES, **environment}),
        patch.object(sys, "stdin", io.StringIO(typed)),
        patch("ballot.crypto.keys.load_der_private_key", _read_rsa),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        if "BALLOT_STORE" not in environment:
            os.environ.pop("BALLOT_STORE", None)
        code = run(list(args))
    return Outcome(code, out.getvalue(), err.getvalue())


def opening_of(folder: Path) -> OpeningFile:
    """The public opening of the election in a folder."""
    return decode((folder / "opening.json").read_bytes(), OpeningFile, "the opening")


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: bytes of files, None for folders."""
    paths = folder.rglob("*")
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in paths}


def receipt_of(ballot_file: Path) -> str:
    """The name of the receipt of a sealed ballot."""
    sealed = decode(ballot_file.read_bytes(), SealedBallot, "the ballot")
    return outbox.receipt_name(sealed.ballot.tracker)


def refused(folder: Path, *args: str, **environment: str) -> Outcome:
    """Run a command that must be refused with an error and a hint, showing and changing nothing."""
    before = snapshot(folder)
    outcome = ballot(folder, *args, **environment)
    assert outcome.code == REFUSED, outcome
    assert outcome.out == ""
    assert outcome.errors
    assert outcome.hint
    assert all(is_safe(line) for line in outcome.err.splitlines())
    assert snapshot(folder) == before
    return outcome


def is_safe(line: str) -> bool:
    """Whether a line holds nothing that could steer a terminal."""
    return not any(is_unsafe(character) for character in line)


def lists(group: str = "Ed25519") -> dict[str, str]:
    """The files that an election is made from."""
    plan = [
        'name = "Small Assembly"',
        'description = "An assembly for tests"',
        f'group = "{group}"',
        'members = "members.csv"',
        'delegates = "delegates.csv"',
        f'head = "{HEAD}"',
        f'seal = "{SEAL}"',
        f"trustees = {json.dumps(list(TRUSTEES.values()))}",
        "[[contests]]",
        'question = "Members at large"',
        'rule = "at-large"',
        'candidates = "candidates.csv"',
        f"max_marks = {CANDIDATES - 1}",
    ]
    members, delegates = ["id,organisation,country,region,kind,standing"], ["number,name,member,voting,credentials"]
    candidates = ["number,name,organisation,region,member"]
    for n in range(1, CANDIDATES + 1):
        region = _REGIONS[n % len(_REGIONS)]
        members.append(f"M{n:03},Organisation {n},PH,{region},regular,good")
        candidates.append(f"{n},Candidate {n},Organisation {n},{region},M{n:03}")
        if n <= len(VOTERS):
            delegates += [
                f"{2 * n - 1},Delegate {n},M{n:03},yes,letter {n}",
                f"{2 * n},Second {n},M{n:03},no,letter {n}",
            ]
    members += [
        "A001,Friends of the Assembly,NL,Europe,associate,good",
        "S001,Harbour Circle,PH,Europe,regular,suspended",
    ]
    delegates.append(f"{2 * len(VOTERS) + 1},Guest,A001,no,letter of the associate")
    files = {"election.toml": plan, "members.csv": members, "delegates.csv": delegates, "candidates.csv": candidates}
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


def write_lists(folder: Path, files: dict[str, str]) -> None:
    """Write the lists into a folder of their own."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


@cache
def official(role: Role) -> OfficialKey:
    """The key of the head or the seal, made once: RSA keys take their time."""
    return new_official(role, HEAD if role == "head" else SEAL)


@cache
def trustee(name: str, group: str = "Ed25519") -> TrusteeSecret:
    """A trustee's key, made once."""
    return TrusteeSecret(*new_trustee(name, group))


def write_keys(folder: Path, group: str = "Ed25519") -> None:
    """Key files of head, seal and trustees, quick to open."""
    roles: tuple[Role, ...] = ("head", "seal")
    for role in roles:
        (folder / f"{role}.key").write_bytes(save_official(official(role), PASSPHRASE, DEMO))
    for file, name in TRUSTEES.items():
        secret = trustee(name, group)
        (folder / file).write_bytes(save_trustee(secret, PASSPHRASE, DEMO))
        (folder / f"{file}.public").write_bytes(encode(secret.public))


def begin(folder: Path, group: str = "Ed25519") -> None:
    """Lists and keys in a folder, ready for `ballot new`."""
    write_lists(folder / "lists", lists(group))
    write_keys(folder, group)


MARKS = {1: "1,2,3,4,5,6,7,8", 3: "1 2 3 4 5 6 7 9", 5: "", 7: "10"}
"""By delegate; the last one is never cast."""

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("new", ("new", "--from", "lists/election.toml")),
    ("add", ("trustee", "add", *(f"{file}.public" for file in TRUSTEES))),
    ("open", ("open", *KEYS, *UNREHEARSED)),
    *((f"issue {n}", ("issue", str(n), *KEYS, "--out", f"paper{n}.json")) for n in MARKS),
    *(
        (f"vote {n}", ("vote", f"paper{n}.json", "--marks", marks, "--out", f"sealed{n}.json"))
        for n, marks in MARKS.items()
    ),
    ("cast", ("cast", "sealed1.json", "sealed3.json", "sealed5.json", "--receipts", "receipts")),
    ("close", ("close", "--yes")),
    *((f"share {file}", ("trustee", "share", file)) for file in TRUSTEES),
    ("count", ("count",)),
    ("waiting", ("lots", "show")),
    ("announce", ("lots", "announce", "--yes", *(word for name in WORDS for word in ("--by", name)))),
    *((f"commit {name}", ("lots", "commit", name, "--words-file", f"{name}.words")) for name in WORDS),
    *((f"reveal {name}", ("lots", "reveal", name, words)) for name, words in WORDS.items()),
    ("draw", ("lots", "draw")),
    ("declare", ("declare", *KEYS)),
    ("publish", ("publish", *KEYS)),
    ("verify", ("verify", "record.zip")),
    ("show", ("show", "record.zip")),
)
"""The whole path of a committee, by name."""

_SAVED = {
    "new": "draft",
    "add": "ready",
    "open": "opened",
    "cast": "open",
    "close": "closed",
    "share tomas.key": "shared",
    "count": "counted",
    "draw": "drawn",
    "declare": "declared",
}
_WRITES = ("open", "issue", "vote", "cast", "close", "declare", "publish")
_SIGNED = {"open": "opening.json", "declare": "declaration.txt"}
"""What nothing overwrites once it is signed."""


@dataclass
class Assembly:
    """An election from the lists to the record, in a folder: what every step said in plain lines and in JSON."""

    folder: Path
    said: dict[str, Outcome] = field(default_factory=dict)
    json: dict[str, Outcome] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    """What `ballot status` said before each step."""

    def store(self, name: str) -> Path:
        """The store as it was: draft, ready, opened, open, closed, shared, counted, drawn or declared."""
        return self.folder / "stores" / f"{name}.db"

    def take(self, name: str, args: tuple[str, ...]) -> None:
        """One step: once in plain lines, undone, and once in JSON."""
        store = self.folder / "election.db"
        before = store.read_bytes() if store.exists() else None
        if before is not None:
            self.status[name] = ballot(self.folder, "status", "--json").value
        self.said[name] = ballot(self.folder, *args, "--plain")
        if before is None:
            store.unlink()
        else:
            store.write_bytes(before)
        if name.startswith("issue"):
            # The paper that the undone step made; nothing overwrites a paper.
            (self.folder / args[args.index("--out") + 1]).unlink()
        if name in _SIGNED:
            (self.folder / _SIGNED[name]).unlink()
        force = ("--force",) if name.split()[0] in _WRITES else ()
        self.json[name] = ballot(self.folder, *args, "--json", *force)
        if name in _SAVED:
            shutil.copy(store, self.store(_SAVED[name]))
            for file in TRUSTEES:
                shutil.copy(self.folder / file, self.store(_SAVED[name]).with_suffix(f".{file}"))


def play(folder: Path) -> Assembly:
    """Walk the whole path in an empty folder."""
    begin(folder)
    (folder / "stores").mkdir()
    for name, words in WORDS.items():
        (folder / f"{name}.words").write_text(words + "\n", encoding="utf-8")
    assembly = Assembly(folder)
    for name, args in STEPS:
        assembly.take(name, args)
        assert assembly.json[name].code == 0, (name, assembly.json[name].err)
    return assembly


def visit(assembly: Assembly, name: str, folder: Path) -> Path:
    """A folder of one's own with all papers and ballots, and store and trustees' keys as they were at that point."""
    here = folder / "here"
    shutil.copytree(
        assembly.folder, here, ignore=shutil.ignore_patterns("stores", "record.zip", "declaration.txt", "box.json")
    )
    shutil.copy(assembly.store(name), here / "election.db")
    if name in ("draft", "ready"):
        (here / "opening.json").unlink()
    for file in TRUSTEES:
        # Once a key has worked for a box it works for no other one.
        shutil.copy(assembly.store(name).with_suffix(f".{file}"), here / file)
    return here
