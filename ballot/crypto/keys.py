"""Key files: a public part in the open and a secret part under a passphrase.

In: a kind, a public part, a secret and a passphrase. Out: the bytes of a key file, and back. A file is one canonical
JSON text; its secret is sealed with ChaCha20-Poly1305 (RFC 8439) under a key that Argon2id (RFC 9106) makes from the
passphrase, and everything else in the file is associated data, so nothing in it can be changed unnoticed.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Annotated, Literal

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from msgspec import Meta

from ballot import votes
from ballot.crypto import blind_rsa, groups, signing
from ballot.errors import Invalid, KeyRefused, Refused, WrongPassphrase
from ballot.tables import text_problem
from ballot.wire import Wire, decode, encode

Kind = Literal["head", "seal", "trustee", "ceremony", "delegate", "secretary", "second"]
"""Whose key it is; `ceremony` is that of a trustee who holds pieces of the others' keys too."""

Role = Literal["head", "seal"]

MIN_PASSPHRASE = 8
MAX_KEY_FILE = 64 * 1024
"""Largest key file that is read, in bytes; an official's has about 5 KB."""

_SALT_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Profile(Wire, frozen=True):
    """What one guess at a passphrase costs in Argon2id, within bounds that hold when a file is read."""

    memory: Annotated[int, Meta(ge=128, le=256 * 1024)]
    """KiB."""
    iterations: Annotated[int, Meta(ge=1, le=16)]
    lanes: Annotated[int, Meta(ge=1, le=16)]


STRONG = Profile(64 * 1024, 3, 4)
"""RFC 9106 §4, the second recommended option: 64 MiB, 3 iterations, 4 lanes; a fraction of a second on a laptop."""

DEMO = Profile(1024, 1, 1)
"""Fast and weak: for demonstrations and tests, where the passphrase protects nothing."""


class _Header(Wire, frozen=True):
    format: Literal["ballot key 1"]
    kind: Kind
    public: str
    argon2id: Profile
    salt: Annotated[bytes, Meta(min_length=_SALT_BYTES, max_length=_SALT_BYTES)]
    nonce: Annotated[bytes, Meta(min_length=_NONCE_BYTES, max_length=_NONCE_BYTES)]


class _KeyFile(Wire, frozen=True):
    header: _Header
    sealed: bytes


def lock(kind: Kind, public: bytes, secret: bytes, passphrase: str, profile: Profile = STRONG) -> bytes:
    """A key file for a public part (UTF-8) and a secret, with fresh salt and nonce.

    Raises Refused for a passphrase of fewer than 8 characters (counted in NFC).
    """
    phrase = check_passphrase(passphrase)
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    header = _Header("ballot key 1", kind, public.decode(), profile, salt, nonce)
    return encode(_KeyFile(header, _cipher(phrase, header).encrypt(nonce, secret, encode(header))))


def check_passphrase(passphrase: str) -> str:
    """A passphrase for a new key in NFC. Raises Refused for one of fewer than 8 characters, or that is no text."""
    phrase = _normal(passphrase)
    if len(phrase) < MIN_PASSPHRASE:
        raise Refused(f"the passphrase has fewer than {MIN_PASSPHRASE} characters", "Take four or five random words.")
    return phrase


def peek(data: bytes) -> tuple[Kind, bytes]:
    """Kind and public part of a key file without the passphrase, so not yet proven unchanged.

    Raises Invalid when it is no key file.
    """
    header = _read(data).header
    return header.kind, header.public.encode()


def require_kind(data: bytes, kind: Kind) -> None:
    """Raise Invalid when this is no key file, and KeyRefused when it is one of another kind."""
    found = _read(data).header.kind
    if found != kind:
        raise KeyRefused(f"this is a {found} key, and a {kind} key is wanted", "Choose another key file.")


def profile_of(data: bytes) -> Profile:
    """What a guess at the passphrase of a key file costs. Raises Invalid when it is no key file."""
    return _read(data).header.argon2id


def unlock(data: bytes, kind: Kind, passphrase: str) -> tuple[bytes, bytes]:
    """Public part and secret of a key file.

    Raises Invalid when it is no key file or asks Argon2id for more than Profile allows, and KeyRefused when it is of
    another kind, and WrongPassphrase when that is wrong or anything in the file was changed.
    """
    require_kind(data, kind)
    file = _read(data)
    header = file.header
    try:
        secret = _cipher(_normal(passphrase), header).decrypt(header.nonce, file.sealed, encode(header))
    except InvalidTag:
        raise WrongPassphrase(
            "the passphrase is wrong, or the key file was changed",
            "Run the command again; if you are sure of the passphrase, use another copy of the file.",
        ) from None
    return header.public.encode(), secret


def _read(data: bytes) -> _KeyFile:
    try:
        return decode(data, _KeyFile, "it", MAX_KEY_FILE)
    except Invalid as error:
        problem = f"the key file is damaged, or it is none: {error.message}"
        raise Invalid(problem, "Take another copy of the key.") from None


def _normal(passphrase: str) -> str:
    # Half characters come from a terminal in another encoding; encoding them would put the passphrase into the error.
    if any(unicodedata.category(character) == "Cs" for character in passphrase):
        raise KeyRefused("the passphrase has characters that are not valid text", "Set the terminal to UTF-8.")
    return unicodedata.normalize("NFC", passphrase)


def _cipher(phrase: str, header: _Header) -> ChaCha20Poly1305:
    cost = header.argon2id
    kdf = Argon2id(
        salt=header.salt, length=_KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory
    )
    return ChaCha20Poly1305(kdf.derive(phrase.encode()))


@dataclass(frozen=True)
class OfficialKey:
    """Both private keys of the head or the keeper of the seal: Ed25519 for documents, RSA for papers."""

    role: Role
    name: str
    ed25519: Ed25519PrivateKey = field(repr=False)
    rsa: RSAPrivateKey = field(repr=False)

    @property
    def public(self) -> votes.Official:
        """The public part, as the opening statement holds it."""
        pem = blind_rsa.public_pem(self.rsa.public_key())
        return votes.Official(self.role, self.name, signing.public_hex(self.ed25519), pem)

    def sign(self, kind: str, *fields: bytes | str) -> str:
        """Signature over T(kind, fields), in hex."""
        return signing.sign(self.ed25519, kind, *fields)


@dataclass(frozen=True)
class TrusteeSecret:
    """A trustee's public part and the secret exponent in [0, q) behind its public key.

    `closing` is the one closed box that the key has worked for, if it has: it works for no other.
    """

    public: votes.Trustee
    exponent: int = field(repr=False)
    closing: votes.Closing | None = None


class DelegatePublic(Wire, frozen=True):
    """The public part of a delegate's key: a name for the committee, and the Ed25519 key for the roll, in hex."""

    name: str
    key: str


@dataclass(frozen=True)
class DelegateKey:
    """The key with which a delegate signs a request for a paper; it says nothing about the ballot."""

    name: str
    ed25519: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> DelegatePublic:
        """The public part, which goes to the committee before the opening."""
        return DelegatePublic(self.name, signing.public_hex(self.ed25519))


class _OfficialSecret(Wire, frozen=True):
    ed25519: bytes
    rsa: bytes

    def __repr__(self) -> str:
        return "_OfficialSecret()"


class _TrusteeExponent(Wire, frozen=True):
    exponent: str
    closing: votes.Closing | None

    def __repr__(self) -> str:
        return "_TrusteeExponent()"


def new_official(role: Role, name: str) -> OfficialKey:
    """Fresh keys for the head or the keeper of the seal of one election.

    Raises Refused for a name that is empty or holds control characters.
    """
    check_name(name)
    return OfficialKey(role, name, signing.generate(), blind_rsa.generate())


def read_official(data: bytes) -> votes.Official:
    """Public part of an official. Raises Invalid unless it is canonical and both keys have their proper form."""
    public = decode(data, votes.Official, "the public part of an official")
    signing.load_public(public.ed25519)
    blind_rsa.load_public(public.rsa)
    return public


def save_official(official: OfficialKey, passphrase: str, profile: Profile = STRONG) -> bytes:
    """Key file of an official. Raises Refused for a short passphrase."""
    rsa = official.rsa.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    secret = encode(_OfficialSecret(official.ed25519.private_bytes_raw(), rsa))
    return lock(official.role, encode(official.public), secret, passphrase, profile)


def load_official(data: bytes, role: Role, passphrase: str) -> OfficialKey:
    """Keys of an official from a key file.

    Raises KeyRefused and Invalid as `unlock` does, and Invalid when the keys do not belong to the public part.
    """
    public_part, secret_part = unlock(data, role, passphrase)
    public = read_official(public_part)
    secret = decode(secret_part, _OfficialSecret, "the secret part of the key file")
    try:
        ed25519 = Ed25519PrivateKey.from_private_bytes(secret.ed25519)
        rsa = load_der_private_key(secret.rsa, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid("the key file holds keys that cannot be read") from None
    if not isinstance(rsa, RSAPrivateKey):
        raise Invalid("the key file holds no RSA key")
    official = OfficialKey(role, public.name, ed25519, rsa)
    if official.public != public:
        raise Invalid("the keys in the key file do not belong to its public part")
    return official


def save_trustee(trustee: TrusteeSecret, passphrase: str, profile: Profile = STRONG) -> bytes:
    """Key file of a trustee. Raises Refused for a short passphrase."""
    secret = encode(_TrusteeExponent(str(trustee.exponent), trustee.closing))
    return lock("trustee", encode(trustee.public), secret, passphrase, profile)


def load_trustee(data: bytes, passphrase: str) -> TrusteeSecret:
    """A trustee's key from a key file; the proof in the public part is not checked here.

    Raises KeyRefused and Invalid as `unlock` does, and Invalid when the secret does not belong to the public key.
    """
    public_part, secret_part = unlock(data, "trustee", passphrase)
    public = decode(public_part, votes.Trustee, "the public part of a trustee")
    group = groups.group(public.group)
    secret = decode(secret_part, _TrusteeExponent, "the secret part of the key file")
    exponent = group.scalar(secret.exponent)
    if group.text(group.base(exponent)) != public.key.public_key:
        raise Invalid("the secret in the key file does not belong to its public part")
    return TrusteeSecret(public, exponent, secret.closing)


def new_delegate(name: str) -> DelegateKey:
    """A fresh key for a delegate. Raises Refused for a name that is empty or holds control characters."""
    check_name(name)
    return DelegateKey(name, signing.generate())


def save_delegate(delegate: DelegateKey, passphrase: str, profile: Profile = STRONG) -> bytes:
    """Key file of a delegate. Raises Refused for a short passphrase."""
    return lock("delegate", encode(delegate.public), signing.private_bytes(delegate.ed25519), passphrase, profile)


def load_delegate(data: bytes, passphrase: str) -> DelegateKey:
    """A delegate's key from a key file.

    Raises KeyRefused and Invalid as `unlock` does, and Invalid when the secret does not belong to the public key.
    """
    public_part, secret = unlock(data, "delegate", passphrase)
    public = decode(public_part, DelegatePublic, "the public part of a delegate")
    if len(secret) != 32:
        raise Invalid("the key file holds a key that cannot be read")
    delegate = DelegateKey(public.name, signing.load_private(secret))
    if delegate.public != public:
        raise Invalid("the secret in the key file does not belong to its public part")
    return delegate


def check_name(name: str) -> None:
    """Raise Refused for the name of whoever holds a key, unless it is one that a record can hold (protocol §1.5)."""
    problem = text_problem(name) or ("" if name else "it is empty")
    if problem:
        raise Refused(f"the name of whoever holds the key: {problem}", "Give the name as it should be shown.")
