"""Machines that share nothing: each is a folder, and only files that are named are ever carried from one to another."""

import io
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from ballot.commands.app import run
from ballot.crypto.keys import DEMO, TrusteeSecret, new_delegate, save_delegate, save_official, save_trustee
from ballot.opening import new_trustee
from ballot.people import Roll
from ballot.wire import encode
from tests.play import officials, small_contest, small_roll

PHRASE = "correct horse battery"
PLAN = """name = "Assembly by files"
description = "Played in folders"
members = "members.csv"
delegates = "delegates.csv"
head = "Hana Headley"
seal = "Selma Sealby"
trustees = ["Tara"]

[[contests]]
question = "At-large members"
rule = "at-large"
candidates = "candidates.csv"
"""


@dataclass
class Told:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The result of a command with --json."""
        return json.loads(self.out)


@dataclass
class Machine:
    """A folder that commands run in, and everything that was ever on its screen."""

    folder: Path
    screen: list[str] = field(default_factory=list)

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def run(self, *arguments: str) -> Told:
        """Run a command here."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.StringIO())
            for office in ("HEAD", "SEAL", "TRUSTEE", "DELEGATE"):
                patch.setenv(f"BALLOT_{office}_PASSPHRASE", PHRASE)
            code = run(arguments)
        told = Told(code, out.getvalue(), err.getvalue())
        self.screen.append(told.out + told.err)
        return told

    def does(self, *arguments: str) -> Told:
        """Run a command that must succeed."""
        told = self.run(*arguments)
        assert told.code == 0, told.err
        return told

    def refuses(self, fault: str, *arguments: str) -> Told:
        """Run a command that must be refused with this fault, and leave the folder as it is."""
        before = self.files()
        told = self.run(*arguments)
        assert told.code == 3, told.out + told.err
        assert fault in told.err
        assert self.files() == before
        return told

    def gives(self, name: str, other: "Machine", renamed: str = "") -> None:
        """Carry a file to another machine."""
        shutil.copyfile(self / name, other / (renamed or Path(name).name))

    def files(self) -> dict[str, bytes]:
        """Everything in the folder."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }


@contextmanager
def cut_short(path: Path) -> Iterator[Iterator[int]]:
    """Lengths at every 64th byte, with the file cut to each in turn; whole again at the end."""
    data = path.read_bytes()

    def lengths() -> Iterator[int]:
        for length in range(0, len(data), 64):
            path.write_bytes(data[:length])
            yield length

    yield lengths()
    path.write_bytes(data)


@dataclass
class Assembly:
    """The machines of an open election; delegate 1 and 3 have keys on the roll, 5, 7, 9 and 11 vote without."""

    root: Path
    committee: Machine
    keeper: Machine
    booth: Machine

    def delegate(self, name: str, number: int) -> Machine:
        """A delegate's own device, with the public opening, and the key if there is one."""
        folder = self.root / name
        folder.mkdir()
        machine = Machine(folder)
        self.committee.gives("opening.json", machine)
        keys = delegate_keys()
        if number in keys:
            (machine / "own.key").write_bytes(keys[number][0])
        return machine

    def asks(self, name: str, number: int) -> Machine:
        """A delegate who has asked for a paper; the request lies at the committee."""
        machine = self.delegate(name, number)
        key = ("--key", "own.key") if number in delegate_keys() else ()
        machine.does("request", "opening.json", "--delegate", str(number), *key)
        machine.gives("request.json", self.committee, f"{name}.json")
        return machine

    def finish(self) -> Path:
        """Close, count, declare and publish; returns the record."""
        desk = self.committee
        desk.does("close", "--yes")
        desk.does("trustee", "share", "tara.key")
        desk.does("count")
        keys = ("--head", "head.key", "--seal", "seal.key")
        desk.does("declare", *keys)
        desk.does("publish", *keys, "--out", "record.zip")
        return desk / "record.zip"


@cache
def delegate_keys() -> dict[int, tuple[bytes, str]]:
    """Key files of delegates, and the keys for the roll."""
    made = {number: new_delegate(f"Delegate {number}") for number in (1, 3)}
    return {number: (save_delegate(key, PHRASE, DEMO), key.public.key) for number, key in made.items()}


def copy_of(opened: Path, root: Path) -> Assembly:
    """The machines of an election that `open_assembly` made, in a folder of one's own."""
    shutil.copytree(opened, root)
    return Assembly(root, Machine(root / "committee"), Machine(root / "keeper"), Machine(root / "booth"))


def open_assembly(root: Path) -> None:
    """Set an election up and open it in root/committee, with the seal's key in root/keeper too."""
    draft_assembly(root)
    desk = Machine(root / "committee")
    shutil.copyfile(root / "keeper" / "seal.key", desk / "seal.key")
    desk.does("open", "--head", "head.key", "--seal", "seal.key", "--without-rehearsal", "a test")
    for other in ("keeper", "booth"):
        shutil.copyfile(desk / "opening.json", root / other / "opening.json")


def draft_assembly(root: Path) -> None:
    """Set an election up in root/committee, with the seal's key in root/keeper only."""
    desk, keeper = Machine(root / "committee"), Machine(root / "keeper")
    for machine in (desk, keeper, Machine(root / "booth")):
        machine.folder.mkdir()
    keys = delegate_keys()
    plain = small_roll(6)
    roll = Roll(
        plain.members,
        tuple(structs.replace(one, key=keys[one.number][1] if one.number in keys else "") for one in plain.delegates),
    )
    write_lists(desk.folder, roll)
    trustee = TrusteeSecret(*new_trustee("Tara", "Ed25519"))
    (desk / "tara.key").write_bytes(save_trustee(trustee, PHRASE, DEMO))
    for machine, official in zip((desk, keeper), officials(), strict=True):
        (machine / f"{official.role}.key").write_bytes(save_official(official, PHRASE, DEMO))
    (desk / "tara.public").write_bytes(encode(trustee.public))
    desk.does("new", "--from", "election.toml")
    desk.does("trustee", "add", "tara.public")


def write_lists(folder: Path, roll: Roll) -> None:
    """election.toml and the three lists."""
    lines = {
        "members.csv": [
            "id,organisation,country,region,kind,standing",
            *(f"{m.id},{m.organisation},{m.country},{m.region},{m.kind},{m.standing}" for m in roll.members),
        ],
        "delegates.csv": [
            "number,name,member,voting,credentials,key",
            *(
                f"{d.number},{d.name},{d.member},{'yes' if d.voting else 'no'},{d.credentials},{d.key}"
                for d in roll.delegates
            ),
        ],
        "candidates.csv": [
            "number,name,organisation,region,member",
            *(f"{c.number},{c.name},{c.organisation},{c.region},{c.member}" for c in small_contest(roll).candidates),
        ],
        "election.toml": PLAN.splitlines(),
    }
    for name, content in lines.items():
        (folder / name).write_text("\n".join(content) + "\n", encoding="utf-8", newline="")
