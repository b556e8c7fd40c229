"""Codes of envelopes: the check finds every slip that it promises to find, and typing is read with patience."""

import random
import re
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.crypto import codes
from ballot.crypto.groups import GROUPS, group
from ballot.errors import Invalid
from ballot.wire import tagged, tagged_scalar

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
OMEGA = "ab" * 32
SAMPLES = [0, 1, 2**125 - 1, int("10" * 62, 2), *(random.Random(7).getrandbits(125) for _ in range(8))]


def plain(bits: int) -> str:
    return codes.write(bits).replace("-", "")


def is_read(text: str) -> bool:
    try:
        codes.read(text)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize("bits", SAMPLES)
def test_a_code_is_26_characters_in_groups_and_comes_back(bits: int) -> None:
    code = codes.write(bits)
    assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}", code)
    assert codes.read(code) == bits


def test_a_code_on_a_slip_is_read_the_same_for_ever() -> None:
    for bits, code in (
        (0, "00000-00000-00000-00000-000000"),
        (1, "00000-00000-00000-00000-00001J"),
        (2**125 - 1, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZY"),
    ):
        assert codes.write(bits) == code


@pytest.mark.parametrize("bits", SAMPLES)
def test_every_single_wrong_character_is_found(bits: int) -> None:
    code = plain(bits)
    for place, right in enumerate(code):
        for wrong in ALPHABET:
            changed = code[:place] + wrong + code[place + 1 :]
            assert is_read(changed) == (wrong == right)


@pytest.mark.parametrize("bits", SAMPLES)
def test_every_two_characters_that_change_places_are_found(bits: int) -> None:
    code = plain(bits)
    for left, right in combinations(range(len(code)), 2):
        changed = list(code)
        changed[left], changed[right] = changed[right], changed[left]
        assert is_read("".join(changed)) == (code[left] == code[right])


def test_the_check_finds_every_single_error_and_swap_in_any_code() -> None:
    # The check is linear: an error or a swap is found in every code if it is found in those with one character set.
    for place in range(25):
        shift = 5 * (24 - place)
        checks = {codes.write(value << shift)[-1] for value in range(32)}
        assert len(checks) == 32
    # What a one at each place adds to the check; the check itself stands for a one at the last place.
    assert len({codes.write(1 << 5 * (24 - place))[-1] for place in range(25)} | {ALPHABET[1]}) == 26
    for left, right in ((2**124, 2**3), (12345, 54321)):
        values = [ALPHABET.index(codes.write(bits)[-1]) for bits in (left, right, left ^ right)]
        assert values[0] ^ values[1] == values[2]


@pytest.mark.parametrize("bits", SAMPLES)
def test_typing_is_read_with_patience(bits: int) -> None:
    code = codes.write(bits)
    for typed in (
        code.lower(),
        code.replace("-", " "),
        f"  {plain(bits)}\n",
        " ".join(plain(bits)),
        *(code.replace("-", dash) for dash in "‐‑‒–—−"),
        code.replace("0", "O").replace("1", "I"),
        code.replace("0", "o").replace("1", "l"),
        code.replace("1", "L"),
    ):
        assert codes.read(typed) == bits


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "26 letters and digits, here are 0"),
        ("ABCDE", "here are 5"),
        (codes.write(5) + "0", "here are 27"),
        ("U" + codes.write(5)[1:], "character 1 of the code"),
        (codes.write(5)[:-1] + "!", "character 26 of the code"),
        ("０" + codes.write(5)[1:], "character 1 of the code"),
        ("ı" + codes.write(5)[1:], "character 1 of the code"),
    ],
)
def test_what_is_no_code_is_refused_without_showing_it(typed: str, fault: str) -> None:
    with pytest.raises(Invalid, match=fault) as caught:
        codes.read(typed)
    assert not typed or typed not in caught.value.message + caught.value.hint


def test_a_mistyped_code_is_told_from_what_is_no_code_at_all() -> None:
    code = codes.write(5)
    assert all(map(codes.is_whole, (code, code.lower().replace("-", " "), "U" + code[1:])))
    assert not any(map(codes.is_whole, ("", code[:-1], code + "0", code[:-1] + "!", "paper.json")))


def test_no_error_shows_any_part_of_a_code() -> None:
    code = codes.write(SAMPLES[-1])
    wrong = ("0" if code[0] != "0" else "2") + code[1:]
    with pytest.raises(Invalid) as caught:
        codes.read(wrong)
    assert not any(group in caught.value.message + caught.value.hint for group in wrong.split("-"))


def test_new_codes_differ_and_use_all_their_bits() -> None:
    made = [codes.new() for _ in range(300)]
    assert len(set(made)) == 300
    seen = 0
    for bits in made:
        assert 0 <= bits < 2**125
        seen |= bits
    assert seen == 2**125 - 1


@pytest.mark.parametrize("name", GROUPS)
def test_what_follows_from_a_code_depends_on_code_and_election(name: str) -> None:
    ring = group(name)
    secrets = {codes.secret_of(ring, opening, bits) for opening in (OMEGA, "cd" * 32) for bits in (4, 5)}
    lookups = {codes.lookup_of(opening, bits) for opening in (OMEGA, "cd" * 32) for bits in (4, 5)}
    assert len(secrets) == len(lookups) == 4
    assert all(0 < secret < ring.q for secret in secrets)


def test_only_the_code_opens_what_it_locked() -> None:
    locked = codes.lock(OMEGA, 9, b"the paper")
    assert codes.unlock(OMEGA, 9, locked) == b"the paper"
    assert b"paper" not in locked
    for opening, bits, content in (
        (OMEGA, 8, locked),
        ("cd" * 32, 9, locked),
        (OMEGA, 9, locked[:-1]),
        (OMEGA, 9, bytes([locked[0] ^ 1]) + locked[1:]),
    ):
        with pytest.raises(Invalid, match="changed, or it belongs to another code"):
            codes.unlock(opening, bits, content)


@pytest.mark.parametrize("name", ["Ed25519", "BELENIOS-2048"])
def test_what_follows_from_a_code_is_what_the_protocol_says(name: str) -> None:
    ring, octets = group(name), bytes(14) + b"\x01\x02"
    lookup = tagged("paper-lookup", OMEGA, octets)[:16].hex()
    key = ChaCha20Poly1305(tagged("paper-key", OMEGA, octets)[:32])
    assert codes.secret_of(ring, OMEGA, 0x102) == tagged_scalar(ring.q, "paper-code", OMEGA, octets)
    assert codes.lookup_of(OMEGA, 0x102) == lookup
    assert codes.lock(OMEGA, 0x102, b"the paper") == key.encrypt(bytes(12), b"the paper", lookup.encode())
