"""Delegates' keys: their files, and the column of the roll that they go into."""

import pytest
from msgspec import structs
from nacl import bindings as sodium

from ballot.charter import builtin, load
from ballot.crypto import signing
from ballot.crypto.keys import DEMO, DelegatePublic, load_delegate, lock, new_delegate, save_delegate
from ballot.errors import BadInput, Invalid, KeyRefused, Refused
from ballot.people import check_public, publish
from ballot.roll import read_roll
from ballot.wire import decode, encode
from tests.faults import sound

CHARTER = load(builtin("ima"))
PHRASE = "correct horse battery"
MEMBERS = b"""id,organisation,country,region,kind,standing
M001,Kite Workers,HK,East Asia and Oceania,regular,good
M002,Bridge Union,NL,Europe,regular,good
"""
SMALL_ORDER = "00" * 32
OFF_THE_CURVE = next(
    number.to_bytes(32, "little").hex()
    for number in range(2, 50)
    if not sodium.crypto_core_ed25519_is_valid_point(number.to_bytes(32, "little"))
)


def delegates(*keys: str) -> bytes:
    people = ("1,Ana Cruz,M001,yes", "2,Binh Tran,M001,no", "3,Chi Das,M002,yes", "4,Dua Ali,M002,no")
    rows = [f"{person},letter" for person in people]
    filled = [*keys, *[""] * (4 - len(keys))]
    lines = [
        "number,name,member,voting,credentials,key",
        *(f"{row},{key}" for row, key in zip(rows, filled, strict=True)),
    ]
    return "".join(line + "\n" for line in lines).encode()


def test_a_key_survives_its_file() -> None:
    key = new_delegate("Ana Cruz")
    data = save_delegate(key, PHRASE, DEMO)
    opened = load_delegate(data, PHRASE)
    assert opened.public == key.public == DelegatePublic("Ana Cruz", signing.public_hex(key.ed25519))
    assert signing.private_bytes(key.ed25519) not in data
    assert signing.private_bytes(key.ed25519).hex().encode() not in data
    assert decode(encode(key.public), DelegatePublic, "the public part") == key.public
    with pytest.raises(KeyRefused, match="passphrase is wrong"):
        load_delegate(data, PHRASE + "!")


@pytest.mark.parametrize("secret", [b"", b"x" * 31, b"x" * 33, b"x" * 32])
def test_a_secret_that_does_not_belong_is_refused(secret: bytes) -> None:
    public = encode(new_delegate("Ana Cruz").public)
    with pytest.raises(Invalid, match="key file"):
        load_delegate(lock("delegate", public, secret, PHRASE, DEMO), PHRASE)


@pytest.mark.parametrize("name", ["", "  ", "Ana\x1b[31m"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="the name of whoever holds the key"):
        new_delegate(name)


def test_a_key_is_never_shown() -> None:
    key = new_delegate("Ana Cruz")
    assert signing.private_bytes(key.ed25519).hex() not in repr(key)
    assert "PrivateKey" not in repr(key)


def test_keys_stand_on_the_roll_and_on_the_published_one() -> None:
    keys = [new_delegate(f"Delegate {n}").public.key for n in range(2)]
    roll = sound(read_roll(MEMBERS, delegates(keys[0], "", keys[1]), CHARTER))
    assert [one.key for one in roll.delegates] == [keys[0], "", keys[1], ""]
    published = publish(roll, {one.number: bytes(16) for one in roll.delegates})
    assert [one.key for one in published.delegates] == [keys[0], "", keys[1], ""]
    assert check_public(published, CHARTER) == []


def test_the_column_may_be_missing() -> None:
    plain = b"".join(line.rsplit(b",", 1)[0] + b"\n" for line in delegates().splitlines())
    assert sound(read_roll(MEMBERS, plain, CHARTER)) == sound(read_roll(MEMBERS, delegates(), CHARTER))


@pytest.mark.parametrize("key", ["00" * 31, "AB" * 32, "xy" * 32, SMALL_ORDER, "01" + "00" * 31, OFF_THE_CURVE])
def test_attack_a_key_that_is_none(key: str) -> None:
    with pytest.raises(BadInput) as caught:
        sound(read_roll(MEMBERS, delegates("", key), CHARTER))
    assert [(fault.file, fault.row, fault.field) for fault in caught.value.faults] == [("delegates.csv", 3, "key")]


def test_attack_one_key_for_two_delegates() -> None:
    key = new_delegate("Ana").public.key
    with pytest.raises(BadInput) as caught:
        sound(read_roll(MEMBERS, delegates(key, "", key), CHARTER))
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [(4, "key")]
    roll = sound(read_roll(MEMBERS, delegates(key), CHARTER))
    published = publish(roll, {one.number: bytes(16) for one in roll.delegates})
    shared = structs.replace(published, delegates=tuple(structs.replace(one, key=key) for one in published.delegates))
    assert [problem.partition(":")[0] for problem in check_public(shared, CHARTER)] == [
        "delegate 2, key",
        "delegate 3, key",
        "delegate 4, key",
    ]
