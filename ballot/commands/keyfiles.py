"""Key files of commands: in, paths and where passphrases come from; out, keys, read or newly written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from ballot.commands import ask, files, kinds

if TYPE_CHECKING:
    from ballot.crypto.keys import DelegateKey, Role, TrusteeSecret
    from ballot.crypto.signer import SignerRole
    from ballot.trustees.ceremony import Secrets

T = TypeVar("T")

OFFICE = {
    "head": "the head",
    "seal": "the seal",
    "secretary": "the secretary",
    "second": "the second officer",
}

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="File with the passphrase in its first line."),
]


def variable(kind: str) -> str:
    """The environment variable that can hold the passphrase of this kind of key."""
    return f"BALLOT_{kind.upper()}_PASSPHRASE"


def new_passphrase(whose: str, passphrase_file: Path | None, kind: str) -> str:
    """A passphrase for a new key of this kind. Raises UsageError, Invalid, and Refused for one that is too short."""
    from ballot.crypto.keys import check_passphrase

    return ask.new_passphrase(f"New passphrase of {whose}", passphrase_file, variable(kind), check_passphrase)


@dataclass(frozen=True)
class TrusteeFile:
    """A trustee's key file, unlocked: a plain key, or the secrets of one who held a ceremony."""

    path: Path
    key: "TrusteeSecret | Secrets"
    data: bytes = field(repr=False)
    passphrase: str = field(repr=False)

    @property
    def name(self) -> str:
        from ballot.trustees.ceremony import Secrets

        return self.key.name if isinstance(self.key, Secrets) else self.key.public.name

    def keep(self, key: "TrusteeSecret | Secrets") -> None:
        """Write the file anew with other secrets, whole or not at all.

        Raises Refused when it cannot be written, and when another command has written it meanwhile.
        """
        from ballot.errors import Refused
        from ballot.files import SECRET, write_whole
        from ballot.trustees.keeping import renew

        if key == self.key:
            return
        if not files.holds(self.path, self.data):
            # What was read before the passphrase was typed may know less than what is there: a box, or a piece.
            raise Refused(
                f"{self.path} was changed or taken away while this command ran",
                "Nothing was given; run it again.",
            )
        try:
            write_whole(self.path, renew(self.data, key, self.passphrase), SECRET, force=True)
        except Refused as error:
            raise Refused(
                error.message,
                "The key must remember what it has worked for, such as the box: its stick must be writable, with room. "
                "Take off the write protection, or copy the key to another stick and from now on use only that one.",
            ) from None


def of_office(path: Path, role: "Role | SignerRole", load: Callable[[str], T], passphrase_file: Path | None) -> T:
    """What `load` makes of the passphrase of the key file of an office. Raises as `load` does, and UsageError."""
    with named(path):
        return ask.unlock(
            load,
            f"Passphrase of {OFFICE[role]} ({path})",
            passphrase_file,
            variable(role),
            f"--{role}-passphrase-file",
        )


def trustee(path: Path, passphrase_file: Path | None) -> TrusteeFile:
    """A trustee's key of either kind. Raises KeyRefused, Invalid or UsageError."""
    from ballot.crypto.keys import load_trustee
    from ballot.trustees.keeping import load_secrets

    data, owner = _locked(path)

    def load(phrase: str) -> TrusteeFile:
        key = load_secrets(data, phrase) if owner.ceremony else load_trustee(data, phrase)
        return TrusteeFile(path, key, data, phrase)

    with named(path):
        return ask.unlock(load, f"Passphrase of {owner.name} ({path})", passphrase_file, variable("trustee"))


class Owner(NamedTuple):
    """Whose key file it is, as it says without the passphrase; `ceremony` is the id of that ceremony, or empty."""

    name: str
    ceremony: str


def owner_of(path: Path) -> Owner:
    """The trustee named on a key file. Raises Invalid and KeyRefused when it is no trustee's key file."""
    return _locked(path)[1]


def file_of(name: str, word: str) -> str:
    """How a trustee's file for the committee is called, which gets one from everybody; `word` says what it is."""
    return f"{files.stem_of(name) or 'trustee'}-{word}.json"


def _locked(path: Path) -> tuple[bytes, Owner]:
    from ballot.crypto.keys import MAX_KEY_FILE, peek
    from ballot.errors import KeyRefused
    from ballot.trustees.keeping import Keeper
    from ballot.votes import Trustee
    from ballot.wire import decode

    data = files.read(path, "the trustee's key file", MAX_KEY_FILE)
    kinds.check_kind(path, data, "a key file", "Take another copy of the key; or the sheet: `ballot trustee restore`.")
    with named(path):
        kind, public = peek(data)
        if kind == "ceremony":
            keeper = decode(public, Keeper, "the public part of the key file")
            return data, Owner(keeper.name, keeper.ceremony)
        if kind == "trustee":
            return data, Owner(decode(public, Trustee, "the public part of the key file").name, "")
        raise KeyRefused(f"this is a {kind} key, and a trustee's key is wanted", "Choose another key file.")


def keeper(path: Path, passphrase_file: Path | None) -> "tuple[TrusteeFile, Secrets]":
    """The key file of a trustee who held a ceremony, and its secrets. Raises as `trustee` does, and KeyRefused."""
    from ballot.errors import KeyRefused
    from ballot.trustees.ceremony import Secrets

    file = trustee(path, passphrase_file)
    if not isinstance(file.key, Secrets):
        raise KeyRefused(
            f"{path}: this key was made without a ceremony and holds no pieces", "Choose another key file."
        )
    return file, file.key


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Put the name of a file before what is wrong with it: a command may be given more than one."""
    from ballot.errors import Invalid, KeyRefused

    try:
        yield
    except (Invalid, KeyRefused) as error:
        raise type(error)(f"{path}: {error.message}", error.hint) from None


def delegate(path: Path, passphrase_file: Path | None) -> "DelegateKey":
    """A delegate's key. Raises KeyRefused, Invalid or UsageError."""
    from ballot.crypto.keys import MAX_KEY_FILE, load_delegate

    data = files.read(path, "the delegate's key file", MAX_KEY_FILE)
    kinds.check_kind(path, data, kinds.KEY, kinds.ANOTHER_COPY)
    with named(path):
        return ask.unlock(
            lambda phrase: load_delegate(data, phrase), f"Passphrase for {path}", passphrase_file, variable("delegate")
        )
