"""Signatures on documents: Ed25519 (RFC 8032) over the 64 bytes of T(kind, fields) of protocol §1.

In: a key, the kind of document, its fields. Out: signatures and public keys in lower-case hex. The kind and every
field's length are hashed in, so a signature on one thing can never pass for one on another.
"""

import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl import bindings as sodium

from ballot.errors import Invalid
from ballot.wire import tagged

PrivateKey = Ed25519PrivateKey


def generate() -> Ed25519PrivateKey:
    """A fresh signing key."""
    return Ed25519PrivateKey.generate()


def public_hex(private: Ed25519PrivateKey) -> str:
    """The public key in RFC 8032 encoding, 64 lower-case hex digits."""
    return private.public_key().public_bytes_raw().hex()


def private_bytes(private: Ed25519PrivateKey) -> bytes:
    """The 32 secret bytes of a key, for storing."""
    return private.private_bytes_raw()


def load_private(data: bytes) -> Ed25519PrivateKey:
    """The key of `private_bytes`."""
    return Ed25519PrivateKey.from_private_bytes(data)


@lru_cache(64)
def load_public(public: str) -> Ed25519PublicKey:
    """Read a public key of 64 lower-case hex digits.

    Raises Invalid unless it is the one encoding of a point of the prime-order subgroup other than the identity: a key
    with a part of small order would let one signature pass for several messages, or verify here and not elsewhere.
    """
    data = _bytes(public, 32, "the public key")
    if not sodium.crypto_core_ed25519_is_valid_point(data):
        raise Invalid("the public key is not a point of prime order in canonical form")
    return Ed25519PublicKey.from_public_bytes(data)


def sign(private: Ed25519PrivateKey, kind: str, *fields: bytes | str) -> str:
    """Signature over T(kind, fields), 128 lower-case hex digits; text counts as its UTF-8 bytes."""
    return private.sign(tagged(kind, *fields)).hex()


def verify(public: str, signature: str, kind: str, *fields: bytes | str) -> None:
    """Check a signature by `sign`. Raises Invalid for a key or signature of the wrong form, or that does not belong."""
    key = load_public(public)
    try:
        key.verify(_bytes(signature, 64, "the signature"), tagged(kind, *fields))
    except InvalidSignature:
        raise Invalid(f"the Ed25519 signature ({kind}) does not belong to this content and key") from None


def _bytes(text: str, length: int, what: str) -> bytes:
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise Invalid(f"{what} is not written as {2 * length} lower-case hex digits")
    return bytes.fromhex(text)
