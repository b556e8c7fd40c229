"""Key files of those who sign the ICB's acts: paths in; keys, or what can be told before a passphrase, out."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ballot.commands import files, kinds
from ballot.commands.keyfiles import OFFICE, named, of_office

if TYPE_CHECKING:
    from ballot.crypto.signer import SignerKey
    from ballot.icb.secretary import Signer


def two(secretary: Path, second: Path) -> tuple["Signer", "Signer"]:
    """Who founds an ICB with two key files, before a passphrase is asked. Raises as `signer` does, Invalid for keys of
    one person.
    """
    from ballot.icb.signers import Signers, check_two

    one, other = owner(secretary, "secretary"), owner(second, "second")
    check_two(Signers(one, other))
    return one, other


def owner(path: Path, role: Literal["secretary", "second"]) -> "Signer":
    """Whose key file it is, and the public key, as it says without the passphrase. Raises as `signer` does."""
    from ballot.crypto.keys import peek
    from ballot.crypto.signer import read_signer
    from ballot.icb.secretary import Signer

    data = _key_file(path, role)
    with named(path):
        public = read_signer(peek(data)[1])
    return Signer(public.name, public.key)


def words(signer: "Signer", role: Literal["secretary", "second"]) -> str:
    """The words of a key, as `ballot keys new` showed them."""
    from ballot.crypto.signer import PublicSigner
    from ballot.crypto.words import fingerprint_line
    from ballot.statements import digest_of

    return fingerprint_line(digest_of(PublicSigner(role, signer.name, signer.key)))


def signer(path: Path, role: Literal["secretary", "second"], passphrase_file: Path | None) -> "SignerKey":
    """The key of the secretary or the second officer. Raises KeyRefused, Invalid or UsageError."""
    from ballot.crypto.signer import load_signer

    data = _key_file(path, role)
    return of_office(path, role, lambda phrase: load_signer(data, role, phrase), passphrase_file)


def _key_file(path: Path, role: Literal["secretary", "second"]) -> bytes:
    from ballot.crypto.keys import MAX_KEY_FILE, peek
    from ballot.errors import KeyRefused

    data = files.read(path, f"the key file of {OFFICE[role]}", MAX_KEY_FILE)
    kinds.check_kind(path, data, kinds.KEY, kinds.ANOTHER_COPY)
    with named(path):
        kind, _ = peek(data)
        if kind != role:
            whose = OFFICE.get(kind, "a delegate" if kind == "delegate" else "a trustee")
            hint = f"Give the key file of {OFFICE[role]} with --{role}."
            raise KeyRefused(f"this is the key of {whose}, and that of {OFFICE[role]} is wanted", hint)
    return data
