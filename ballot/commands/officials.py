"""Keys of head and seal: in, key files, passphrases and the election that they are for; out, keys that belong to it.

A key of somebody else is refused by what its file says in clear, before anybody types a passphrase.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.echo import hidden
from ballot.commands.keyfiles import OFFICE, named, of_office
from ballot.commands.render import say

if TYPE_CHECKING:
    from ballot.cosigning import SealReady
    from ballot.crypto.keys import OfficialKey, Role
    from ballot.store.repo import Store
    from ballot.votes import Official, Opening

    Check = Callable[[Role, Official], None]
    """Raises KeyRefused for the public part of a key that is not wanted."""

HeadOption = Annotated[Path, typer.Option("--head", metavar="FILE", help="The head's key file.")]
SealOption = Annotated[Path, typer.Option("--seal", metavar="FILE", help="The seal's key file.")]
SealHere = Annotated[
    Path | None, typer.Option("--seal", metavar="FILE", help="The seal's key file, if it is on this machine.")
]
SealReadyOption = Annotated[
    Path | None, typer.Option("--seal-ready", metavar="FILE", help="Else: what its keeper made with `keeper ready`.")
]
SealedOption = Annotated[
    Path | None, typer.Option("--sealed", metavar="FILE", help="Then: what the keeper made of the half.")
]
HeadPassphrase = Annotated[
    Path | None,
    typer.Option("--head-passphrase-file", metavar="FILE", help="File with the head's passphrase in its first line."),
]
SealPassphrase = Annotated[
    Path | None,
    typer.Option("--seal-passphrase-file", metavar="FILE", help="File with the seal's passphrase in its first line."),
]


def require_one(**given: Path | None) -> None:
    """Raise UsageError unless exactly one of these options was given, which are named after their parameters."""
    from ballot.errors import UsageError

    if sum(path is not None for path in given.values()) != 1:
        names = [f"--{name.replace('_', '-')}" for name in given]
        wanted = f"{', '.join(names[:-1])} and {names[-1]}"
        raise UsageError(
            f"one of {wanted} is wanted",
            "--seal where the seal's key is on this machine; the others where its keeper has a laptop of their own.",
        )


def require_at_most_one(**given: Path | None) -> None:
    """Raise UsageError where more than one of these options was given."""
    if any(path is not None for path in given.values()):
        require_one(**given)


def read_ready(path: Path, store: "Store") -> "SealReady":
    """What the keeper of a seal elsewhere has shown today, for the election in a store; its words are said aloud.

    Raises Invalid, and KeyRefused for a seal of another election.
    """
    from ballot.cosigning import SealReady, check_seal_ready
    from ballot.wire import MAX_JSON

    ready = kinds.read_as(path, SealReady, kinds.SEAL_READY, MAX_JSON)
    with named(path):
        check_seal_ready(ready, now())
        of_election(store)("seal", ready.public)
    tell_seal(ready.public)
    return ready


def words_of(public: "Official") -> str:
    """The words of an office's key, as `ballot keys new` shows them."""
    from ballot.crypto.words import fingerprint_line
    from ballot.statements import digest_of

    return fingerprint_line(digest_of(public))


def tell_seal(public: "Official") -> None:
    """Say which key the seal has, for the head to compare: a draft names its keeper only."""
    say("The seal's key of {}, in words: {}", public.name, numbered(words_of(public)))
    say("Compare them with those that the keeper sees. If they are others, leave with Ctrl-C.")


def of_election(store: "Store") -> "Check":
    """The check that keys are those of the head and the seal of the election in a store."""
    from ballot.acts.election import require_holder

    def check(role: "Role", public: "Official") -> None:
        with store.read() as view:
            require_holder(view, role, public)

    return check


def official(path: Path, role: "Role", passphrase_file: Path | None, check: "Check") -> "OfficialKey":
    """The key of the head or the seal, if `check` wants it: that is found out before a passphrase is asked.

    What the file says without the passphrase is not proven, so whoever uses the key checks it again. Raises KeyRefused,
    Invalid or UsageError.
    """
    return _unlocked(path, role, _official_file(path, role, check), passphrase_file)


def seal_of(path: Path, opening: "Opening", passphrase_file: Path | None) -> "OfficialKey":
    """The key of the seal that an opening names, where its keeper has no store. Raises as `official` does."""
    from ballot.crypto.paper import check_official

    def check(role: "Role", public: "Official") -> None:
        check_official(public, opening, role)

    key = official(path, "seal", passphrase_file, check)
    check("seal", key.public)
    return key


def both(
    store: "Store", head: Path, seal: Path, head_file: Path | None, seal_file: Path | None
) -> "tuple[OfficialKey, OfficialKey]":
    """The keys of head and seal of the election in a store; both files are judged first. Raises as `official` does."""
    check = of_election(store)
    of_head, of_seal = _official_file(head, "head", check), _official_file(seal, "seal", check)
    with hidden():
        return _unlocked(head, "head", of_head, head_file), _unlocked(seal, "seal", of_seal, seal_file)


def _official_file(path: Path, role: "Role", check: "Check") -> bytes:
    from ballot.crypto.keys import MAX_KEY_FILE, peek, read_official, require_kind

    data = files.read(path, f"the key file of {OFFICE[role]}", MAX_KEY_FILE)
    kinds.check_kind(path, data, kinds.KEY, kinds.ANOTHER_COPY)
    with named(path):
        require_kind(data, role)
        check(role, read_official(peek(data)[1]))
    return data


def _unlocked(path: Path, role: "Role", data: bytes, passphrase_file: Path | None) -> "OfficialKey":
    from ballot.crypto.keys import load_official

    return of_office(path, role, lambda phrase: load_official(data, role, phrase), passphrase_file)
