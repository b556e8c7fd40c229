"""An ICB seated through the commands from the small assembly's record: in, a folder; out, keys, letters and a store."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ballot.crypto.keys import DEMO
from ballot.crypto.signer import SignerKey, SignerRole, new_signer, save_signer
from tests.commands.assembly import PASSPHRASE, Outcome, ballot

SECRETARY = ("--secretary", "secretary.key")
SECOND = ("--second", "second.key")
LETTER = ("--letter", "letter.txt")
PHRASES = {f"BALLOT_{role}_PASSPHRASE": PASSPHRASE for role in ("SECRETARY", "SECOND")}


@cache
def signer(role: SignerRole, name: str = "") -> SignerKey:
    """The key of an office, made once."""
    return new_signer(role, name or {"secretary": "Sri Secretary", "second": "Chidi Chair"}[role])


def prepare(folder: Path, record: Path) -> None:
    """Put a record, keys and letters into a folder."""
    shutil.copy(record, folder / "record.zip")
    roles: tuple[SignerRole, ...] = ("secretary", "second")
    for role in roles:
        (folder / f"{role}.key").write_bytes(save_signer(signer(role), PASSPHRASE, DEMO))
    (folder / "new.key").write_bytes(save_signer(signer("secretary", "Nila Next"), PASSPHRASE, DEMO))
    for name in ("letter.txt", "minutes.txt"):
        (folder / name).write_text(f"This is the {name}\n", encoding="utf-8")


@dataclass(frozen=True)
class Icb:
    """A folder with an ICB's store in it."""

    folder: Path

    def run(self, *args: str) -> Outcome:
        """Run a command there."""
        return ballot(self.folder, *args, **PHRASES)

    def do(self, *args: str) -> Outcome:
        """Record an act, signed by both, which must be permitted; its result is JSON. The next letter is another."""
        said = self.run(*args, *SECRETARY, *SECOND, "--json")
        assert said.code == 0, said.err
        self.next_letter()
        return said

    def next_letter(self) -> None:
        """Put another letter in the place of letter.txt."""
        with (self.folder / "letter.txt").open("a", encoding="utf-8") as letter:
            letter.write("And another one.\n")

    def refused(self, *args: str) -> Outcome:
        """Try an act that is refused, and leaves the store as it was."""
        before = (self.folder / "icb.db").read_bytes()
        said = self.run(*args, *SECRETARY, *SECOND)
        assert (said.code, said.out) == (3, ""), said
        assert (self.folder / "icb.db").read_bytes() == before
        return said

    def held(self) -> dict[str, str]:
        """Seats that are held, and by whom."""
        return {p["seat"]: p["person"] for p in self.run("seats", "show", "--json").value["places"] if p["person"]}


TYPED = """
import os
from ballot.commands.app import run
os.chdir({folder!r})
os.environ.update({phrases!r})
raise SystemExit(run({args!r}))
"""


def typed(icb: Icb, *args: str) -> str:
    """A program that gives a command in the ICB's folder, with the passphrases at hand."""
    return TYPED.format(folder=str(icb.folder), phrases=PHRASES, args=list(args))


def vacate(seat: str, letter: str = "letter.txt") -> tuple[str, ...]:
    """The command that declares a seat vacant."""
    cause = ("--cause", "resignation", "--from", "member", "--communication", letter)
    return ("vacancy", "declare", seat, *cause)
