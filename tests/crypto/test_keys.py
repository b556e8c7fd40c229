"""Key files: there and back, wrong passphrases, changed bytes."""

import base64
import unicodedata

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ballot.crypto import blind_rsa, groups, keys, signing
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.votes import Official, Proof, Trustee, TrusteeKey
from ballot.wire import encode

PASSPHRASE = "correct horse battery"
PUBLIC = encode({"name": "Ana"})
SECRET = b"\x00secret\xff"


@pytest.fixture(scope="module")
def small() -> bytes:
    return keys.lock("trustee", PUBLIC, SECRET, PASSPHRASE, keys.DEMO)


@pytest.fixture(scope="module")
def head() -> keys.OfficialKey:
    return keys.new_official("head", "Ana Núñez")


def changed(data: bytes, place: int, mask: int) -> bytes:
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def with_cost(data: bytes, **cost: int) -> bytes:
    file = msgspec.json.decode(data)
    file["header"]["argon2id"] |= cost
    return msgspec.json.encode(file)


def test_secret_survives_the_file(small: bytes) -> None:
    assert keys.unlock(small, "trustee", PASSPHRASE) == (PUBLIC, SECRET)


def test_public_part_can_be_read_without_the_passphrase(small: bytes) -> None:
    assert keys.peek(small) == ("trustee", PUBLIC)


def test_file_holds_neither_secret_nor_passphrase() -> None:
    secret = b"a secret that would be seen"
    data = keys.lock("delegate", PUBLIC, secret, PASSPHRASE, keys.DEMO)
    for form in (secret, secret.hex().encode(), encode(secret).strip(b'"'), PASSPHRASE.encode()):
        assert form not in data


def test_salt_and_nonce_are_fresh() -> None:
    headers = [
        msgspec.json.decode(keys.lock("trustee", PUBLIC, SECRET, PASSPHRASE, keys.DEMO))["header"] for _ in range(2)
    ]
    assert headers[0]["salt"] != headers[1]["salt"]
    assert headers[0]["nonce"] != headers[1]["nonce"]


def test_strong_profile_is_the_default_and_stands_in_the_file() -> None:
    data = keys.lock("trustee", PUBLIC, SECRET, PASSPHRASE)
    assert msgspec.json.decode(data)["header"]["argon2id"] == {"memory": 65536, "iterations": 3, "lanes": 4}
    assert keys.unlock(data, "trustee", PASSPHRASE) == (PUBLIC, SECRET)


def test_seal_is_argon2id_and_chacha20_poly1305_over_the_header() -> None:
    data = keys.lock("seal", PUBLIC, SECRET, PASSPHRASE, keys.Profile(256, 2, 3))
    header = msgspec.json.decode(data)["header"]
    salt, nonce, sealed = (
        base64.b64decode(text) for text in (header["salt"], header["nonce"], msgspec.json.decode(data)["sealed"])
    )
    kdf = Argon2id(salt=salt, length=32, iterations=2, lanes=3, memory_cost=256)
    cipher = ChaCha20Poly1305(kdf.derive(PASSPHRASE.encode()))
    assert cipher.decrypt(nonce, sealed, msgspec.json.encode(header)) == SECRET


@pytest.mark.parametrize("wrong", ["", "correct horse batterz", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_wrong_passphrase_is_refused_with_a_hint(small: bytes, wrong: str) -> None:
    with pytest.raises(KeyRefused, match="passphrase is wrong") as caught:
        keys.unlock(small, "trustee", wrong)
    assert caught.value.hint
    assert wrong == "" or wrong not in caught.value.message + caught.value.hint


def test_passphrase_may_be_typed_in_either_normal_form() -> None:
    composed, decomposed = (unicodedata.normalize(form, "años y años é") for form in ("NFC", "NFD"))
    assert composed != decomposed
    data = keys.lock("trustee", PUBLIC, SECRET, decomposed, keys.DEMO)
    assert keys.unlock(data, "trustee", composed)[1] == SECRET


@pytest.mark.parametrize("short", ["", "1234567", unicodedata.normalize("NFD", "éééé")])
def test_short_passphrase_is_refused_when_making_a_key(short: str) -> None:
    with pytest.raises(Refused, match="fewer than 8 characters"):
        keys.lock("trustee", PUBLIC, SECRET, short, keys.DEMO)


def test_eight_characters_are_enough_in_any_script() -> None:
    data = keys.lock("trustee", PUBLIC, SECRET, "пароль12", keys.DEMO)
    assert keys.unlock(data, "trustee", "пароль12")[1] == SECRET


def test_half_characters_in_a_passphrase_are_refused_without_showing_it(small: bytes) -> None:
    broken = "secret \udce9 phrase"
    with pytest.raises(Refused) as making:
        keys.lock("trustee", PUBLIC, SECRET, broken, keys.DEMO)
    with pytest.raises(KeyRefused) as opening:
        keys.unlock(small, "trustee", broken)
    for caught in (making.value, opening.value):
        assert "secret" not in caught.message + caught.hint
        assert caught.__context__ is None


def test_wrong_kind_is_refused_and_both_kinds_are_named(small: bytes) -> None:
    with pytest.raises(KeyRefused, match=r"trustee.*seal"):
        keys.unlock(small, "seal", PASSPHRASE)


def test_file_passed_off_as_another_kind_is_refused(small: bytes) -> None:
    with pytest.raises(KeyRefused, match="was changed"):
        keys.unlock(small.replace(b'"trustee"', b'"head"'), "head", PASSPHRASE)


def test_public_part_of_another_person_is_refused(small: bytes) -> None:
    with pytest.raises(KeyRefused, match="was changed"):
        keys.unlock(small.replace(b"Ana", b"Eva"), "trustee", PASSPHRASE)


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_any_changed_byte_is_refused(small: bytes, mask: int) -> None:
    for place in range(len(small)):
        with pytest.raises((KeyRefused, Invalid)):
            keys.unlock(changed(small, place, mask), "trustee", PASSPHRASE)


def test_cut_and_padded_files_are_refused(small: bytes) -> None:
    for data in (b"", small[:-1], small[: len(small) // 2], small + b"\n", b" " + small, small + small):
        with pytest.raises(Invalid):
            keys.unlock(data, "trustee", PASSPHRASE)
        with pytest.raises(Invalid):
            keys.peek(data)


@pytest.mark.parametrize("length", [0, 1, 15, 16])
def test_short_seal_is_refused(small: bytes, length: int) -> None:
    file = msgspec.json.decode(small)
    file["sealed"] = msgspec.to_builtins(bytes(length))
    with pytest.raises(KeyRefused):
        keys.unlock(msgspec.json.encode(file), "trustee", PASSPHRASE)


def test_huge_file_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Invalid, match="too large"):
        keys.peek(b"[" * (keys.MAX_KEY_FILE + 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory", 256 * 1024 + 1),
        ("memory", 2**40),
        ("memory", 127),
        ("memory", -1),
        ("iterations", 17),
        ("iterations", 0),
        ("lanes", 17),
        ("lanes", 0),
    ],
)
def test_file_that_would_exhaust_the_machine_is_refused(small: bytes, name: str, value: int) -> None:
    with pytest.raises(Invalid, match=name):
        keys.unlock(with_cost(small, **{name: value}), "trustee", PASSPHRASE)


def test_weakest_cost_that_is_read_does_not_crash(small: bytes) -> None:
    with pytest.raises(KeyRefused):
        keys.unlock(with_cost(small, memory=128, iterations=1, lanes=16), "trustee", PASSPHRASE)


def test_official_survives_the_file(head: keys.OfficialKey) -> None:
    data = keys.save_official(head, PASSPHRASE, keys.DEMO)
    again = keys.load_official(data, "head", PASSPHRASE)
    assert again.public == head.public
    assert keys.peek(data) == ("head", encode(head.public))
    assert keys.read_official(encode(head.public)) == head.public
    assert (again.role, again.name) == ("head", "Ana Núñez")
    signing.verify(head.public.ed25519, signing.sign(again.ed25519, "opening", "x"), "opening", "x")
    public = blind_rsa.load_public(head.public.rsa)
    prepared = blind_rsa.prepare(b"paper")
    blinded, unblinding = blind_rsa.blind(public, prepared)
    blind_rsa.finalize(public, prepared, blind_rsa.blind_sign(again.rsa, blinded), unblinding)


def test_key_of_the_head_does_not_open_as_the_seal(head: keys.OfficialKey) -> None:
    with pytest.raises(KeyRefused, match=r"head.*seal"):
        keys.load_official(keys.save_official(head, PASSPHRASE, keys.DEMO), "seal", PASSPHRASE)


@pytest.mark.parametrize("name", ["", "  ", "Ana\n", "\x1b[31mAna", "Ana\udce9", "Ana\U000e0100"])
def test_official_without_a_readable_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="name"):
        keys.new_official("head", name)


def test_public_part_with_keys_of_the_wrong_form_is_refused(head: keys.OfficialKey) -> None:
    public = head.public
    wrong = [
        Official("head", "Ana", "01" + "00" * 31, public.rsa),
        Official("head", "Ana", public.ed25519.upper(), public.rsa),
        Official("head", "Ana", public.ed25519, public.rsa + "\n"),
    ]
    for part in wrong:
        with pytest.raises(Invalid):
            keys.read_official(encode(part))


def official_file(public: bytes, document_key: bytes, paper_key: bytes) -> bytes:
    secret = msgspec.json.encode({"ed25519": document_key, "rsa": paper_key})
    return keys.lock("head", public, secret, PASSPHRASE, keys.DEMO)


def test_keys_that_do_not_belong_to_the_public_part_are_refused(head: keys.OfficialKey) -> None:
    public = encode(head.public)
    own = head.ed25519.private_bytes_raw()
    der = head.rsa.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    keys.load_official(official_file(public, own, der), "head", PASSPHRASE)
    other = ed25519.Ed25519PrivateKey.generate()
    no_rsa = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    other_rsa = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    seal = encode(Official("seal", *msgspec.structs.astuple(head.public)[1:]))
    files = [
        official_file(public, other.private_bytes_raw(), der),
        official_file(public, own, other_rsa),
        official_file(public, own, no_rsa),
        official_file(public, own[:-1], der),
        official_file(public, own, b"no key"),
        official_file(seal, own, der),
    ]
    for data in files:
        with pytest.raises(Invalid, match="key file"):
            keys.load_official(data, "head", PASSPHRASE)


def trustee(group_name: str, exponent: int) -> keys.TrusteeSecret:
    group = groups.group(group_name)
    key = TrusteeKey(Proof("0", "0"), group.text(group.base(exponent)))
    return keys.TrusteeSecret(Trustee("Ana", group_name, key), exponent)


@pytest.mark.parametrize("group", groups.GROUPS)
def test_trustee_survives_the_file(group: str) -> None:
    secret = trustee(group, groups.group(group).random_scalar())
    data = keys.save_trustee(secret, PASSPHRASE, keys.DEMO)
    assert keys.load_trustee(data, PASSPHRASE) == secret
    assert str(secret.exponent).encode() not in data


@pytest.mark.parametrize("exponent", ["12346", "0", "012345", "-1", "x", str(2**256), ""])
def test_trustee_secret_that_does_not_belong_is_refused(exponent: str) -> None:
    public = encode(trustee("Ed25519", 12345).public)

    def file(secret: str) -> bytes:
        return keys.lock("trustee", public, encode(keys._TrusteeExponent(secret, None)), PASSPHRASE, keys.DEMO)

    assert keys.load_trustee(file("12345"), PASSPHRASE).exponent == 12345
    with pytest.raises(Invalid) as caught:
        keys.load_trustee(file(exponent), PASSPHRASE)
    fits = exponent in ("12346", "0")
    assert fits == (caught.value.message == "the secret in the key file does not belong to its public part")
    assert len(exponent) < 2 or exponent not in caught.value.message


@pytest.mark.parametrize("secret", ['"12345"', "12345", "", '{"exponent":12345,"closing":null}'])
def test_trustee_secret_of_another_form_is_refused_without_showing_it(secret: str) -> None:
    public = encode(trustee("Ed25519", 12345).public)
    with pytest.raises(Invalid, match="the secret part of the key file") as caught:
        keys.load_trustee(keys.lock("trustee", public, secret.encode(), PASSPHRASE, keys.DEMO), PASSPHRASE)
    assert "12345" not in caught.value.message


def test_secrets_are_never_shown(head: keys.OfficialKey) -> None:
    shown = repr(head) + repr(trustee("Ed25519", 123456789)) + repr([head])
    shown += repr(keys._OfficialSecret(b"123456789", b"123456789"))
    assert "123456789" not in shown
    assert "PrivateKey" not in shown
    assert head.ed25519.private_bytes_raw().hex() not in shown
    assert "Ana" in shown
