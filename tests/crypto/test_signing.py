"""Signatures on documents: what they bind, and the malformed keys and signatures that must not pass."""

import secrets
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl import bindings as sodium

from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.wire import tagged

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022


def encoding(y: int, sign: int = 0) -> str:
    return (y | sign << 255).to_bytes(32, "little").hex()


SMALL_ORDER = [
    encoding(1),
    encoding(P - 1),
    encoding(0),
    encoding(0, 1),
    encoding(ORDER_8_Y),
    encoding(ORDER_8_Y, 1),
    encoding(P - ORDER_8_Y),
    encoding(P - ORDER_8_Y, 1),
]
NON_CANONICAL = [
    encoding(1, 1),
    encoding(P - 1, 1),
    encoding(P),
    encoding(P, 1),
    encoding(P + 1),
    encoding(P + 1, 1),
    encoding(2**255 - 1),
]


@pytest.fixture(scope="module")
def private() -> Ed25519PrivateKey:
    return signing.generate()


def test_signature_is_plain_ed25519_over_the_tagged_hash(private: Ed25519PrivateKey) -> None:
    signature = signing.sign(private, "opening", b"bytes", "Umlaut ü")
    public = signing.public_hex(private)
    signing.verify(public, signature, "opening", b"bytes", "Umlaut ü")
    assert len(public) == 64
    assert len(signature) == 128
    plain = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    plain.verify(bytes.fromhex(signature), tagged("opening", b"bytes", "Umlaut ü"))
    signing.verify(public, signature, "opening", "bytes", "Umlaut ü".encode())


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("receipt", ("ab", "c")),
        ("opening", ("a", "bc")),
        ("opening", ("abc",)),
        ("opening", ("ab", "c", "")),
        ("opening", ("c", "ab")),
        ("opening", ()),
        ("openingab", ("c",)),
    ],
)
def test_signature_does_not_pass_for_another_document(
    private: Ed25519PrivateKey, kind: str, fields: tuple[str, ...]
) -> None:
    signature = signing.sign(private, "opening", "ab", "c")
    with pytest.raises(Invalid, match="does not belong"):
        signing.verify(signing.public_hex(private), signature, kind, *fields)


def test_any_changed_bit_of_the_signature_is_refused(private: Ed25519PrivateKey) -> None:
    signature = int(signing.sign(private, "opening", "x"), 16)
    for bit in range(512):
        with pytest.raises(Invalid, match="does not belong"):
            signing.verify(signing.public_hex(private), f"{signature ^ 1 << bit:0128x}", "opening", "x")


def test_signature_of_another_key_is_refused(private: Ed25519PrivateKey) -> None:
    signature = signing.sign(signing.generate(), "opening", "x")
    with pytest.raises(Invalid, match="does not belong"):
        signing.verify(signing.public_hex(private), signature, "opening", "x")


def test_malleable_signature_with_s_plus_order_is_refused(private: Ed25519PrivateKey) -> None:
    signature = bytes.fromhex(signing.sign(private, "opening", "x"))
    larger = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(Invalid):
        signing.verify(
            signing.public_hex(private), (signature[:32] + larger.to_bytes(32, "little")).hex(), "opening", "x"
        )


@pytest.mark.parametrize("spelling", [str.upper, lambda text: text + "\n", lambda text: " " + text[1:], lambda _: ""])
def test_other_spellings_of_hex_are_refused(private: Ed25519PrivateKey, spelling: Callable[[str], str]) -> None:
    public, signature = signing.public_hex(private), signing.sign(private, "opening", "x")
    with pytest.raises(Invalid, match="the public key is not written"):
        signing.verify(spelling(public), signature, "opening", "x")
    with pytest.raises(Invalid, match="the signature is not written"):
        signing.verify(public, spelling(signature), "opening", "x")


def test_list_of_small_order_points_is_right() -> None:
    base = sodium.crypto_scalarmult_ed25519_base_noclamp(int.to_bytes(1, 32, "little"))
    for point in map(bytes.fromhex, SMALL_ORDER):
        total = base
        for _ in range(8):
            total = sodium.crypto_core_ed25519_add(total, point)
        assert total == base
    assert len(set(SMALL_ORDER)) == 8


@pytest.mark.parametrize("public", SMALL_ORDER + NON_CANONICAL)
def test_key_of_small_order_or_other_encoding_is_refused(public: str) -> None:
    with pytest.raises(Invalid, match="prime order"):
        signing.load_public(public)


def test_small_order_key_cannot_sign_every_message_at_once() -> None:
    s = secrets.randbelow(L - 1) + 1
    scalar = s.to_bytes(32, "little")
    forged = sodium.crypto_scalarmult_ed25519_base_noclamp(scalar) + scalar
    identity = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SMALL_ORDER[0]))
    for message in ("yes", "no"):
        identity.verify(forged, tagged("opening", message))
        with pytest.raises(Invalid, match="prime order"):
            signing.verify(SMALL_ORDER[0], forged.hex(), "opening", message)


@pytest.mark.parametrize("torsion", SMALL_ORDER[1:])
def test_key_with_a_small_order_part_is_refused(private: Ed25519PrivateKey, torsion: str) -> None:
    mixed = sodium.crypto_core_ed25519_add(bytes.fromhex(signing.public_hex(private)), bytes.fromhex(torsion))
    with pytest.raises(Invalid, match="prime order"):
        signing.load_public(mixed.hex())


def test_number_that_is_no_point_is_refused() -> None:
    with pytest.raises(Invalid, match="prime order"):
        signing.load_public(encoding(2))
    with pytest.raises((InvalidSignature, ValueError)):
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(encoding(2))).verify(bytes(64), b"")


def test_private_key_is_never_shown(private: Ed25519PrivateKey) -> None:
    assert private.private_bytes_raw().hex() not in repr(private)
