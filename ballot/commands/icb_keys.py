"""Key files of those who sign the ICB's acts: paths in; keys, or what can be told before a passphrase, out."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ballot.commands import files
from ballot.commands.keyfiles import OFFICE, named, of_office

if TYPE_CHECKING:
    from ballot.crypto.signer import PublicSigner, SignerKey
    from ballot.icb.secretary import Signer


def two(secretary: Path, second: Path) -> tuple["Signer", "Signer"]:
    """Who signs with two key files, before a passphrase is asked. Raises as `signer` does, Invalid for keys of one."""
    from ballot.icb.secretary import Signer
    from ballot.icb.signers import Signers, check_two

    publics = public_signer(secretary, "secretary"), public_signer(second, "second")
    one, other = (Signer(public.name, public.key) for public in publics)
    check_two(Signers(one, other))
    return one, other


def public_signer(path: Path, role: Literal["secretary", "second"]) -> "PublicSigner":
    """The public part of the key of the secretary or the second officer. Raises as `signer` does."""
    from ballot.crypto.keys import peek
    from ballot.crypto.signer import read_signer

    data = _key_file(path, role)
    with named(path):
        return read_signer(peek(data)[1])


def signer(path: Path, role: Literal["secretary", "second"], passphrase_file: Path | None) -> "SignerKey":
    """The key of the secretary or the second officer. Raises KeyRefused, Invalid or UsageError."""
    from ballot.crypto.signer import load_signer

    data = _key_file(path, role)
    return of_office(path, role, lambda phrase: load_signer(data, role, phrase), passphrase_file)


def _key_file(path: Path, role: Literal["secretary", "second"]) -> bytes:
    from ballot.crypto.keys import MAX_KEY_FILE, peek
    from ballot.errors import KeyRefused

    data = files.read(path, f"the key file of {OFFICE[role]}", MAX_KEY_FILE)
    with named(path):
        kind, _ = peek(data)
        if kind != role:
            whose = OFFICE.get(kind, "a delegate" if kind == "delegate" else "a trustee")
            hint = f"Give the key file of {OFFICE[role]} with --{role}."
            raise KeyRefused(f"this is the key of {whose}, and that of {OFFICE[role]} is wanted", hint)
    return data
