"""Blind signatures on papers: RSABSSA-SHA384-PSS-Randomized of RFC 9474 (protocol §3).

In: a message, a signer's RSA key. Out: a blinded message and what takes the blinding off again; a blind signature; a
plain RSASSA-PSS signature that anyone can check. Lengths are those of the modulus: 384 bytes at 3072 bits.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

import gmpy2
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from ballot.errors import Invalid, KeyRefused

MODULUS_BITS = 3072
EXPONENT = 65537
PREFIX_BYTES = 32
SALT_BYTES = 48

_HASH_BYTES = 48


@dataclass(frozen=True)
class Unblinding:
    """What takes the blinding off: 1/r mod n. It ties a request to its signature, so it is never shown."""

    inverse: int = field(repr=False)


def generate() -> rsa.RSAPrivateKey:
    """A fresh signing key for the papers of one election: 3072 bits, e = 65537."""
    return rsa.generate_private_key(EXPONENT, MODULUS_BITS)


def prepare(message: bytes, prefix: bytes | None = None) -> bytes:
    """32 bytes before the message, random unless given (RFC 9474 §4.1)."""
    return (secrets.token_bytes(PREFIX_BYTES) if prefix is None else prefix) + message


def blind(
    public: rsa.RSAPublicKey, prepared: bytes, salt: bytes | None = None, r: int | None = None
) -> tuple[bytes, Unblinding]:
    """The blinded message for the signer, and what `finalize` needs afterwards (RFC 9474 §4.2).

    `salt` (48 bytes) and 1 <= `r` < n are drawn afresh; they are arguments for test vectors only.
    Raises Invalid when the key is no proper RSA key.
    """
    numbers = public.public_numbers()
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    r = 1 + secrets.randbelow(numbers.n - 1) if r is None else r
    message = _number(_emsa_pss_encode(prepared, salt, numbers.n.bit_length() - 1))
    # For a proper key both have a factor in common with n about once in 2^1500 times.
    if gmpy2.gcd(message * r, numbers.n) != 1:
        raise Invalid("the signer's public key has a small factor", "Do not use this key; ask for a new one.")
    blinded = message * gmpy2.powmod(r, numbers.e, numbers.n) % numbers.n
    return _octets(int(blinded), public), Unblinding(int(gmpy2.invert(r, numbers.n)))


def blind_sign(private: rsa.RSAPrivateKey, blinded: bytes) -> bytes:
    """The blind signature on a blinded message, both of the modulus' length (RFC 9474 §4.3).

    Raises Invalid for a message of the wrong length or not below the modulus, and KeyRefused when the result does not
    check: a wrong result, even one, would give the key away, so it is not returned.
    """
    public = private.public_key()
    numbers = private.private_numbers()
    n, e = numbers.public_numbers.n, numbers.public_numbers.e
    message = _read(blinded, public, "the blinded message")
    at_p = gmpy2.powmod_sec(message % numbers.p, numbers.dmp1, numbers.p)
    at_q = gmpy2.powmod_sec(message % numbers.q, numbers.dmq1, numbers.q)
    signature = at_q + numbers.q * ((at_p - at_q) * numbers.iqmp % numbers.p)
    if gmpy2.powmod(signature, e, n) != message:
        raise KeyRefused(
            "the key computed a wrong signature, which was not given out",
            "The key file or this machine is damaged: use a copy of the key on another machine.",
        )
    return _octets(int(signature), public)


def finalize(public: rsa.RSAPublicKey, prepared: bytes, blind_signature: bytes, unblinding: Unblinding) -> bytes:
    """The signature on the prepared message, with the blinding off and verified (RFC 9474 §4.4).

    Raises Invalid when the signer's answer has the wrong length or range, or does not sign this message.
    """
    number = _read(blind_signature, public, "the blind signature")
    signature = _octets(number * unblinding.inverse % public.public_numbers().n, public)
    verify(public, prepared, signature)
    return signature


def verify(public: rsa.RSAPublicKey, prepared: bytes, signature: bytes) -> None:
    """Check an RSASSA-PSS signature with SHA-384, MGF1-SHA384 and salt 48 (RFC 8017 §8.1.2).

    Raises Invalid unless it is this key's signature on this prepared message.
    """
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_BYTES)
    try:
        public.verify(signature, prepared, pss, hashes.SHA384())
    except InvalidSignature:
        raise Invalid("the RSA signature does not belong to this message and key") from None


def public_pem(key: rsa.RSAPublicKey) -> str:
    """The public key as PEM text (SubjectPublicKeyInfo, RFC 7468), as `openssl` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def load_public(pem: str) -> rsa.RSAPublicKey:
    """Read a public key.

    Raises Invalid unless it is RSA of 3072 bits with e = 65537, in exactly the text that `public_pem` writes.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid("the public key for papers is not a PEM public key") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise Invalid("the public key for papers is not an RSA key")
    if key.key_size != MODULUS_BITS or key.public_numbers().e != EXPONENT:
        raise Invalid(f"the public key for papers is not RSA of {MODULUS_BITS} bits with exponent {EXPONENT}")
    if public_pem(key) != pem:
        raise Invalid("the public key for papers is not written in canonical PEM")
    return key


def _emsa_pss_encode(message: bytes, salt: bytes, bits: int) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA384 to `bits` bits (RFC 8017 §9.1.1)."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH_BYTES - 2) + b"\x01" + salt
    masked = _number(block) ^ _number(_mgf1(digest, len(block)))
    masked &= (1 << (bits - 8 * (_HASH_BYTES + 1))) - 1
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017 B.2.1)."""
    blocks = range(-(-length // _HASH_BYTES))
    return b"".join(hashlib.sha384(seed + block.to_bytes(4, "big")).digest() for block in blocks)[:length]


def _read(data: bytes, public: rsa.RSAPublicKey, what: str) -> int:
    length = (public.key_size + 7) // 8
    if len(data) != length:
        raise Invalid(f"{what} has {len(data)} bytes; {length} are wanted")
    number = _number(data)
    if number >= public.public_numbers().n:
        raise Invalid(f"{what} is not below the modulus of the key")
    return number


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _octets(number: int, public: rsa.RSAPublicKey) -> bytes:
    return number.to_bytes((public.key_size + 7) // 8, "big")
