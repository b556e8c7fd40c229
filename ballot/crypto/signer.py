"""Keys of those who sign the ICB's acts: a name in, an Ed25519 key and its key file out, and back.

They hold no key for papers: the secretary and the second officer sign documents only.
"""

from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballot.crypto import signing
from ballot.crypto.keys import STRONG, Profile, check_name, lock, unlock
from ballot.errors import Invalid
from ballot.wire import Wire, decode, encode

SignerRole = Literal["secretary", "second"]


class PublicSigner(Wire, frozen=True):
    """The public part: which office, who holds it, and the Ed25519 public key in hex."""

    role: SignerRole
    name: str
    key: str


@dataclass(frozen=True)
class SignerKey:
    """The private key of the ICB's secretary or of the second officer."""

    role: SignerRole
    name: str
    ed25519: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> PublicSigner:
        """The public part, as the ICB's journal names it."""
        return PublicSigner(self.role, self.name, signing.public_hex(self.ed25519))


def new_signer(role: SignerRole, name: str) -> SignerKey:
    """A fresh key. Raises Refused for a name that is empty or holds control characters."""
    check_name(name)
    return SignerKey(role, name, signing.generate())


def save_signer(signer: SignerKey, passphrase: str, profile: Profile = STRONG) -> bytes:
    """Key file of a signer. Raises Refused for a short passphrase."""
    return lock(signer.role, encode(signer.public), signing.private_bytes(signer.ed25519), passphrase, profile)


def load_signer(data: bytes, role: SignerRole, passphrase: str) -> SignerKey:
    """The key of a signer from a key file.

    Raises KeyRefused and Invalid as `unlock` does, and Invalid when the secret does not belong to the public part.
    """
    public_part, secret = unlock(data, role, passphrase)
    public = decode(public_part, PublicSigner, "the public part of the key file")
    try:
        signer = SignerKey(public.role, public.name, signing.load_private(secret))
    except ValueError:
        raise Invalid("the key file holds a key that cannot be read") from None
    if signer.public != public or public.role != role:
        raise Invalid("the key in the key file does not belong to its public part")
    return signer


def read_signer(data: bytes) -> PublicSigner:
    """Read a signer's public part. Raises Invalid unless it is canonical and the key has its proper form."""
    public = decode(data, PublicSigner, "the public part of a signer")
    signing.load_public(public.key)
    return public
