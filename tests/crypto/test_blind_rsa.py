"""Blind signatures: the vectors of RFC 9474, openssl as a second opinion, and attacks on signer and delegate."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ballot.crypto import blind_rsa
from ballot.errors import Invalid, KeyRefused

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "rfc9474.json").read_text(encoding="utf-8")
)
MESSAGE = b"paper|opening|credential"


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return blind_rsa.generate()


@pytest.fixture(scope="module")
def public(private: rsa.RSAPrivateKey) -> rsa.RSAPublicKey:
    return private.public_key()


@pytest.fixture(scope="module")
def prepared() -> bytes:
    return blind_rsa.prepare(MESSAGE)


@pytest.fixture(scope="module")
def signature(private: rsa.RSAPrivateKey, public: rsa.RSAPublicKey, prepared: bytes) -> bytes:
    blinded, unblinding = blind_rsa.blind(public, prepared)
    return blind_rsa.finalize(public, prepared, blind_rsa.blind_sign(private, blinded), unblinding)


def number(vector: dict[str, str], name: str) -> int:
    return int(vector[name], 16)


def vector_key(vector: dict[str, str]) -> rsa.RSAPrivateKey:
    p, q, d = number(vector, "p"), number(vector, "q"), number(vector, "d")
    public_numbers = rsa.RSAPublicNumbers(number(vector, "e"), number(vector, "n"))
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public_numbers).private_key()


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_rfc_9474_vectors(vector: dict[str, str]) -> None:
    key = vector_key(vector)
    n, inverse = number(vector, "n"), number(vector, "inv")
    salt = bytes.fromhex(vector["salt"])
    assert len(salt) == number(vector, "sLen")

    prepared = blind_rsa.prepare(bytes.fromhex(vector["msg"]), bytes.fromhex(vector["msg_prefix"]))
    assert prepared.hex() == vector["input_msg"]
    blinded, unblinding = blind_rsa.blind(key.public_key(), prepared, salt, pow(inverse, -1, n))
    assert unblinding.inverse == inverse
    assert blinded.hex() == vector["blinded_msg"]
    blind_signature = blind_rsa.blind_sign(key, blinded)
    assert blind_signature.hex() == vector["blind_sig"]

    assert int.from_bytes(blind_signature, "big") * inverse % n == number(vector, "sig")
    if len(salt) == blind_rsa.SALT_BYTES:
        final = blind_rsa.finalize(key.public_key(), prepared, blind_signature, unblinding)
        assert final.hex() == vector["sig"]
    else:
        with pytest.raises(Invalid):
            blind_rsa.finalize(key.public_key(), prepared, blind_signature, unblinding)


def test_vectors_are_all_four_variants() -> None:
    assert {vector["name"] for vector in VECTORS} == {
        f"RSABSSA-SHA384-{salt}-{way}" for salt in ("PSS", "PSSZERO") for way in ("Randomized", "Deterministic")
    }


def test_signature_verifies_and_has_the_modulus_length(
    public: rsa.RSAPublicKey, prepared: bytes, signature: bytes
) -> None:
    assert len(signature) == 384
    assert prepared[blind_rsa.PREFIX_BYTES :] == MESSAGE
    blind_rsa.verify(public, prepared, signature)


def test_preparing_and_blinding_are_fresh_each_time(public: rsa.RSAPublicKey, prepared: bytes) -> None:
    assert blind_rsa.prepare(MESSAGE) != blind_rsa.prepare(MESSAGE)
    first, first_unblinding = blind_rsa.blind(public, prepared)
    second, second_unblinding = blind_rsa.blind(public, prepared)
    assert first != second
    assert first_unblinding != second_unblinding


def test_salt_alone_and_blinding_alone_change_the_blinded_message(public: rsa.RSAPublicKey, prepared: bytes) -> None:
    salt = bytes(48)
    assert blind_rsa.blind(public, prepared, salt)[0] != blind_rsa.blind(public, prepared, salt)[0]
    assert blind_rsa.blind(public, prepared, r=5)[0] != blind_rsa.blind(public, prepared, r=5)[0]
    assert blind_rsa.blind(public, prepared, salt, 5) == blind_rsa.blind(public, prepared, salt, 5)


def test_openssl_accepts_the_signature_and_refuses_another_message(
    public: rsa.RSAPublicKey, prepared: bytes, signature: bytes, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    (tmp_path / "key.pem").write_text(blind_rsa.public_pem(public), encoding="ascii", newline="")
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "message").write_bytes(prepared)
    (tmp_path / "other").write_bytes(flipped(prepared, 0))
    command = "openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48 -verify key.pem"
    parts = [*command.split(), "-signature", "signature"]
    accepted = subprocess.run([*parts, "message"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (accepted.returncode, accepted.stdout) == (0, "Verified OK\n")
    refused = subprocess.run([*parts, "other"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode != 0


def test_any_changed_byte_of_signature_or_message_is_refused(
    public: rsa.RSAPublicKey, prepared: bytes, signature: bytes
) -> None:
    for place in range(len(signature)):
        with pytest.raises(Invalid):
            blind_rsa.verify(public, prepared, flipped(signature, place))
    for place in range(len(prepared)):
        with pytest.raises(Invalid):
            blind_rsa.verify(public, flipped(prepared, place), signature)


def test_signature_plus_modulus_is_refused(public: rsa.RSAPublicKey, prepared: bytes, signature: bytes) -> None:
    larger = int.from_bytes(signature, "big") + public.public_numbers().n
    for length in (384, 385):
        if larger.bit_length() <= 8 * length:
            with pytest.raises(Invalid):
                blind_rsa.verify(public, prepared, larger.to_bytes(length, "big"))


@pytest.mark.parametrize("data", [b"", bytes(383), bytes(385)])
def test_signature_of_another_length_is_refused(public: rsa.RSAPublicKey, prepared: bytes, data: bytes) -> None:
    with pytest.raises(Invalid):
        blind_rsa.verify(public, prepared, data)


def test_signature_of_another_key_is_refused(prepared: bytes, signature: bytes) -> None:
    with pytest.raises(Invalid):
        blind_rsa.verify(blind_rsa.generate().public_key(), prepared, signature)


@pytest.mark.parametrize("parameter", ["dmp1", "dmq1", "iqmp"])
def test_fault_attack_on_the_crt_never_gets_a_signature(
    private: rsa.RSAPrivateKey, public: rsa.RSAPublicKey, prepared: bytes, parameter: str
) -> None:
    numbers = private.private_numbers()
    parts = {name: getattr(numbers, name) for name in ("p", "q", "d", "dmp1", "dmq1", "iqmp")}
    parts[parameter] += 2
    damaged = rsa.RSAPrivateNumbers(**parts, public_numbers=numbers.public_numbers)
    blinded, _ = blind_rsa.blind(public, prepared)
    with pytest.raises(KeyRefused) as caught:
        blind_rsa.blind_sign(damaged.private_key(unsafe_skip_rsa_key_validation=True), blinded)
    assert not any(character.isdigit() for character in caught.value.message + caught.value.hint)


@pytest.mark.parametrize("data", [b"", bytes(383), bytes(385), bytes(3 * 384)])
def test_blinded_message_of_another_length_is_refused(private: rsa.RSAPrivateKey, data: bytes) -> None:
    with pytest.raises(Invalid, match="bytes"):
        blind_rsa.blind_sign(private, data)


def test_blinded_message_not_below_the_modulus_is_refused(private: rsa.RSAPrivateKey) -> None:
    n = private.public_key().public_numbers().n
    for message in (n, n + 1, 2**3072 - 1):
        with pytest.raises(Invalid, match="modulus"):
            blind_rsa.blind_sign(private, message.to_bytes(384, "big"))


def test_numbers_at_the_ends_of_the_range_are_signed(private: rsa.RSAPrivateKey) -> None:
    numbers = private.private_numbers()
    n = numbers.public_numbers.n
    for message, expected in ((0, 0), (1, 1), (n - 1, n - 1), (numbers.p, pow(numbers.p, numbers.d, n))):
        assert blind_rsa.blind_sign(private, message.to_bytes(384, "big")) == expected.to_bytes(384, "big")


def test_wrong_answer_of_the_signer_is_refused(
    private: rsa.RSAPrivateKey, public: rsa.RSAPublicKey, prepared: bytes
) -> None:
    blinded, unblinding = blind_rsa.blind(public, prepared)
    answer = blind_rsa.blind_sign(private, blinded)
    n = public.public_numbers().n
    for wrong in (blinded, b"", answer[:-1], answer + b"\0", n.to_bytes(384, "big"), flipped(answer, 100)):
        with pytest.raises(Invalid):
            blind_rsa.finalize(public, prepared, wrong, unblinding)
    with pytest.raises(Invalid):
        blind_rsa.finalize(public, flipped(prepared, 40), answer, unblinding)
    with pytest.raises(Invalid):
        blind_rsa.finalize(public, prepared, answer, blind_rsa.blind(public, prepared)[1])
    with pytest.raises(Invalid):
        blind_rsa.finalize(blind_rsa.generate().public_key(), prepared, answer, unblinding)


@pytest.mark.parametrize("r", [2, 3])
def test_signer_cannot_learn_anything_through_a_key_of_small_factors(r: int) -> None:
    n, candidate = 1, 3
    while n.bit_length() < 3072:
        if math.gcd(candidate, n) == 1:
            n *= candidate
        candidate += 2
    public = rsa.RSAPublicNumbers(65537, n).public_key()
    with pytest.raises(Invalid, match="small factor"):
        blind_rsa.blind(public, bytes(32), bytes(48), r)


def test_blinding_that_cannot_be_undone_is_refused(
    private: rsa.RSAPrivateKey, public: rsa.RSAPublicKey, prepared: bytes
) -> None:
    with pytest.raises(Invalid):
        blind_rsa.blind(public, prepared, r=private.private_numbers().p)


def test_unblinding_is_never_shown(public: rsa.RSAPublicKey, prepared: bytes) -> None:
    _, unblinding = blind_rsa.blind(public, prepared)
    assert repr(unblinding) == "Unblinding()"
    assert str(unblinding.inverse) not in f"{unblinding} {unblinding!r}"


def test_public_key_survives_its_text(public: rsa.RSAPublicKey) -> None:
    pem = blind_rsa.public_pem(public)
    assert blind_rsa.load_public(pem).public_numbers() == public.public_numbers()
    assert public.key_size == 3072


def test_public_key_of_another_kind_or_size_is_refused(public: rsa.RSAPublicKey) -> None:
    n = public.public_numbers().n
    others = [
        rsa.RSAPublicNumbers(3, n).public_key(),
        rsa.RSAPublicNumbers(65537, (n >> 1024) | 1).public_key(),
        rsa.RSAPublicNumbers(65537, (n << 1024) | 1).public_key(),
        rsa.RSAPublicNumbers(65537, (n >> 1) | 1).public_key(),
    ]
    for key in others:
        with pytest.raises(Invalid, match="3072 bits"):
            blind_rsa.load_public(blind_rsa.public_pem(key))
    document_key = ed25519.Ed25519PrivateKey.generate().public_key()
    pem = document_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(Invalid, match="not an RSA key"):
        blind_rsa.load_public(pem)


def test_public_key_in_another_spelling_is_refused(public: rsa.RSAPublicKey) -> None:
    pem = blind_rsa.public_pem(public)
    lines = pem.splitlines()
    body = "".join(lines[1:-1])
    spellings = [
        pem + "\n",
        pem.rstrip("\n"),
        pem.replace("\n", "\r\n"),
        "a note\n" + pem,
        pem + pem,
        "\n".join([lines[0], body, lines[-1], ""]),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
    ]
    for spelling in spellings:
        with pytest.raises(Invalid):
            blind_rsa.load_public(spelling)


@pytest.mark.parametrize(
    "text", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "\udcff"]
)
def test_text_that_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not a PEM public key"):
        blind_rsa.load_public(text)
