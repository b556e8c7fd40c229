"""Bytes that are hashed, signed or come from outside: strict JSON in, canonical JSON out, the protocol's hashes.

In: bytes or text. Out: values, bytes, digests. Canonical JSON is what msgspec writes: compact UTF-8, fields in the
order of their Struct (protocol §1). Reading compares with the re-encoded value, which refuses duplicate keys, white
space, other spellings of a number or a character, and unknown fields.
"""

import base64
import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from ballot.errors import Invalid
from ballot.files import is_folder

MAX_JSON = 8 * 1024 * 1024
"""Largest JSON text that is read, in bytes; a ballot of 100 candidates in the 2048-bit group has about 0.4 MB."""

MAX_RECORD = 512 * 1024 * 1024
"""Largest record or archive that is read, in bytes."""

T = TypeVar("T")


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every value with a canonical JSON form."""


def encode(value: object) -> bytes:
    """Canonical JSON of a value made of Wire structs, tuples, lists, strings and integers."""
    return msgspec.json.encode(value)


def decode(data: bytes, form: type[T], what: str, limit: int = MAX_JSON) -> T:
    """Read canonical JSON of the type `form`; `what` names the thing in errors.

    Raises Invalid when the text is too large, is not JSON of this form, or is not canonical.
    """
    if len(data) > limit:
        raise Invalid(f"{what} is too large: {len(data)} bytes, at most {limit} are read")
    try:
        value = msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"{what} is not of the expected form: {_first_line(error)}") from None
    if encode(value) != data:
        raise Invalid(f"{what} is not canonical JSON (duplicate keys, spaces or other spellings)")
    return value


def _first_line(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it has bytes that stand for no character"
    return (str(error).splitlines() or ["unreadable"])[0][:200]


def read_file(path: Path, what: str, limit: int = MAX_JSON) -> bytes:
    """Bytes of a file of at most `limit` bytes. Raises Invalid when it is missing, unreadable or larger."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        if is_folder(path):
            raise Invalid(f"{path}: this is a folder, and a file is wanted", "Name the file in it.") from None
        problem = f"{path}: {what} cannot be read: {error.strerror}"
        raise Invalid(problem, "Check the path and the permissions.") from None
    if len(data) > limit:
        raise Invalid(f"{path}: {what} is larger than {limit} bytes")
    return data


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lower-case hex (64 digits)."""
    return hashlib.sha256(data).hexdigest()


def b64(data: bytes) -> str:
    """`b64(x)` of protocol §1: SHA-256 in standard base64 without padding (43 characters)."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def hash_to_scalar(text: str, q: int) -> int:
    """`H(s)` of protocol §1: SHA-256 of the UTF-8 text as a big-endian number, mod q."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % q


def tagged(tag: str, *fields: str | bytes) -> bytes:
    """`T(tag, f1, …)` of protocol §1: 64 bytes of SHA-512, domain-separated and with every field's length before it."""
    digest = hashlib.sha512(b"ballot/v1/" + tag.encode())
    for field in fields:
        data = field.encode() if isinstance(field, str) else field
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def tagged_scalar(q: int, tag: str, *fields: str | bytes) -> int:
    """`T(tag, …)` as a big-endian number mod q."""
    return int.from_bytes(tagged(tag, *fields), "big") % q
