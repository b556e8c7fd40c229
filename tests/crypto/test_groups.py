"""Both groups: what is refused at the door, the identity everywhere, and small logarithms."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings as sodium

from ballot.crypto import groups
from ballot.crypto.groups import GROUPS, Ed25519, Group, group
from ballot.crypto.logs import discrete_log
from ballot.errors import Invalid

CURVE_P = 2**255 - 19

BELENIOS_P = int(
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633"
    "13807895840496005438963628979639303877390572280360597374942767137677761889858987273586504908116709931053586778"
    "09800307904916540637771737641986785272734744763418356000356983051931442845617019110007867373073335641239717328"
    "97913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366"
    "14949100292344434637322214588410058642105024212036543356120132048111885240873107701415166620016231317716937218"
    "9248078507711827842317498073276598828825169183103125680162072880719"
)

SMALL_ORDER = [
    bytes.fromhex(text)
    for text in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    )
]
"""The eight points of edwards25519 whose order divides 8, the identity first."""


def number(encoding: bytes) -> str:
    return encoding[::-1].hex()


@pytest.fixture(params=GROUPS)
def ring(request: pytest.FixtureRequest) -> Group:
    return group(request.param)


def test_the_small_order_points_are_eight_and_of_order_dividing_eight() -> None:
    assert len(set(SMALL_ORDER)) == 8
    for point in SMALL_ORDER:
        for _ in range(3):
            point = sodium.crypto_core_ed25519_add(point, point)
        assert point == Ed25519.identity


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_small_order_points_are_refused(point: bytes) -> None:
    with pytest.raises(Invalid):
        group("Ed25519").element(number(point))


@pytest.mark.parametrize("point", SMALL_ORDER[1:], ids=bytes.hex)
def test_small_order_points_are_refused_even_where_the_identity_may_stand(point: bytes) -> None:
    with pytest.raises(Invalid, match="not in the group"):
        group("Ed25519").element(number(point), identity=True)


@pytest.mark.parametrize("exponent", [1, 2, 3, 123456789, Ed25519.q - 1])
@pytest.mark.parametrize("point", SMALL_ORDER[1:], ids=bytes.hex)
def test_points_of_mixed_order_are_refused(point: bytes, exponent: int) -> None:
    ring = group("Ed25519")
    mixed = sodium.crypto_core_ed25519_add(ring.base(exponent), point)
    with pytest.raises(Invalid, match="not in the group"):
        ring.element(number(mixed))


OLD_LIBRARIES = {
    "valid": "sodium.crypto_core_ed25519_is_valid_point = lambda point: True",
    "power": "sodium.crypto_scalarmult_ed25519_noclamp = lambda exponent, point: point",
}


@pytest.mark.parametrize("old", OLD_LIBRARIES)
def test_a_library_that_lets_outsiders_through_stops_every_command_before_it_reads(old: str) -> None:
    lines = ["from nacl import bindings as sodium", OLD_LIBRARIES[old], "from ballot.commands import main", "main()"]
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), "verify", __file__], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (3, "")
    assert "CVE-2025-69277" in run.stderr
    assert "hint: Install PyNaCl" in run.stderr


def test_the_library_is_asked_about_the_point_that_old_ones_take_for_an_element(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outside, asked = sodium.crypto_core_ed25519_add(Ed25519.generator, SMALL_ORDER[1]), []

    def accepts(point: bytes) -> bool:
        asked.append(point)
        return False

    monkeypatch.setattr(sodium, "crypto_core_ed25519_is_valid_point", accepts)
    groups._require_sound_library()
    assert asked == [outside]


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", range(CURVE_P, 2**255))
def test_points_with_y_not_below_p_are_refused(y: int, sign: int) -> None:
    text = f"{y | sign << 255:064x}"
    for identity in (False, True):
        with pytest.raises(Invalid):
            group("Ed25519").element(text, identity=identity)


@pytest.mark.parametrize("y", [1, CURVE_P - 1])
def test_points_with_x_zero_and_a_sign_bit_are_refused(y: int) -> None:
    for identity in (False, True):
        with pytest.raises(Invalid):
            group("Ed25519").element(f"{y | 1 << 255:064x}", identity=identity)


def test_points_off_the_curve_are_refused() -> None:
    d = -121665 * pow(121666, -1, CURVE_P)
    squares = {y: (y * y - 1) * pow(d * y * y + 1, -1, CURVE_P) for y in range(2, 40)}
    off = [y for y, square in squares.items() if pow(square, (CURVE_P - 1) // 2, CURVE_P) != 1]
    assert len(off) > 10
    for y in off:
        with pytest.raises(Invalid, match="not in the group"):
            group("Ed25519").element(f"{y:064x}")


def test_other_spellings_of_a_point_are_refused() -> None:
    ring = group("Ed25519")
    text = ring.text(ring.base(11))
    assert ring.element(text) == ring.base(11)
    assert text.upper() != text
    spellings = (text.upper(), " " + text[1:], text[:-1], text + "0", "0x" + text[2:], "", "٣" + text[1:], text + "\n")
    for spelling in spellings:
        with pytest.raises(Invalid):
            ring.element(spelling)


def test_other_spellings_of_a_number_modulo_p_are_refused() -> None:
    ring = group("BELENIOS-2048")
    text = ring.text(ring.generator)
    assert ring.element(text) == ring.generator
    spellings = (
        "0" + text,
        "+" + text,
        " " + text,
        text + " ",
        text + "\n",
        "-" + text,
        "",
        "٣",
        "1_0",
        "0x1f",
        "9" * 5000,
    )
    for spelling in (*spellings, str(BELENIOS_P + int(text)), str(int(text) - BELENIOS_P)):
        with pytest.raises(Invalid):
            ring.element(spelling)


@pytest.mark.parametrize("exponent", [0, 1, 2, 8, Ed25519.q - 1])
@pytest.mark.parametrize("point", SMALL_ORDER[1:], ids=bytes.hex)
def test_attack_an_unchecked_point_is_refused_by_every_power(point: bytes, exponent: int) -> None:
    ring = group("Ed25519")
    for bad in (point, sodium.crypto_core_ed25519_add(ring.base(3), point)):
        with pytest.raises(Invalid, match="not in the group"):
            ring.public_power(ring.read_unchecked(number(bad), identity=True), exponent)


@pytest.mark.parametrize("encoding", [b"\xff" * 32, b"\xee" + b"\xff" * 30 + b"\x7f", b"\xed" + b"\xff" * 31])
def test_attack_a_second_encoding_is_not_even_read_unchecked(encoding: bytes) -> None:
    assert sodium.crypto_core_ed25519_add(encoding, Ed25519.generator)
    with pytest.raises(Invalid, match="not in the group"):
        group("Ed25519").read_unchecked(number(encoding), identity=True)


def test_attack_what_is_no_point_is_refused_by_every_operation() -> None:
    ring = group("Ed25519")
    bad = ring.read_unchecked(number(bytes([2]) + bytes(31)))
    for exponent in (0, 5):
        with pytest.raises(Invalid, match="not in the group"):
            ring.public_power(bad, exponent)
    for operation in (ring.multiply, ring.divide):
        for left, right in ((bad, ring.generator), (ring.generator, bad)):
            with pytest.raises(Invalid, match="not in the group"):
                operation(left, right)


def test_attack_an_unchecked_number_is_refused() -> None:
    ring = group("BELENIOS-2048")
    with pytest.raises(Invalid, match="not in the group"):
        ring.public_power(ring.read_unchecked(str(BELENIOS_P - int(ring.text(ring.base(17))))), 0)


def test_the_identity_is_read_unchecked_only_where_it_may_stand(ring: Group) -> None:
    text = ring.text(ring.identity)
    assert ring.public_power(ring.read_unchecked(text, identity=True), 5) == ring.identity
    with pytest.raises(Invalid, match="identity"):
        ring.read_unchecked(text)


@pytest.mark.parametrize("value", [0, 2, 3, BELENIOS_P - 1, BELENIOS_P, BELENIOS_P + 1])
def test_numbers_outside_the_subgroup_are_refused(value: int) -> None:
    for identity in (False, True):
        with pytest.raises(Invalid):
            group("BELENIOS-2048").element(str(value), identity=identity)


def test_a_member_times_a_number_of_small_order_is_refused() -> None:
    ring = group("BELENIOS-2048")
    member = int(ring.text(ring.base(17)))
    assert ring.element(str(member)) == ring.base(17)
    with pytest.raises(Invalid, match="not in the group"):
        ring.element(str(BELENIOS_P - member))


def test_the_generator_has_the_order_of_the_group(ring: Group) -> None:
    assert ring.generator != ring.identity
    assert ring.power(ring.generator, ring.q - 1) == ring.divide(ring.identity, ring.generator)


def test_scalars_have_one_spelling(ring: Group) -> None:
    for value in (0, 1, ring.q - 1):
        assert ring.scalar(str(value)) == value
    for text in (
        "",
        "00",
        "01",
        "+1",
        "-1",
        "-0",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "0x1",
        "1e3",
        "1.0",
        "٣",
        "³",
        "１",
        "9" * 5000,
    ):
        with pytest.raises(Invalid):
            ring.scalar(text)


@pytest.mark.parametrize("excess", [0, 1, 12345])
def test_scalars_not_below_the_order_are_refused(ring: Group, excess: int) -> None:
    with pytest.raises(Invalid, match="not below the order"):
        ring.scalar(str(ring.q + excess))


def test_the_identity_is_taken_only_where_it_may_stand(ring: Group) -> None:
    text = ring.text(ring.identity)
    assert ring.element(text, identity=True) == ring.identity
    with pytest.raises(Invalid, match="identity"):
        ring.element(text)


def test_the_identity_behaves_as_one(ring: Group) -> None:
    one, p = ring.identity, ring.base(5)
    assert ring.base(0) == ring.power(p, 0) == ring.public_power(p, 0) == one
    for exponent in (0, 1, 2, ring.q - 1):
        assert ring.power(one, exponent) == ring.public_power(one, exponent) == one
    assert ring.multiply(one, p) == ring.multiply(p, one) == ring.divide(p, one) == p
    assert ring.divide(p, p) == ring.multiply(one, one) == ring.divide(one, one) == one
    inverse = ring.divide(one, p)
    assert inverse == ring.base(ring.q - 5)
    assert ring.multiply(p, inverse) == one
    assert ring.product([]) == one
    assert ring.product([p, inverse, p]) == p


@given(st.data(), st.sampled_from(GROUPS))
def test_powers_follow_the_exponents(data: st.DataObject, name: str) -> None:
    ring = group(name)
    scalars = st.integers(0, ring.q - 1)
    a, b = data.draw(scalars), data.draw(scalars)
    assert ring.multiply(ring.base(a), ring.base(b)) == ring.base((a + b) % ring.q)
    assert ring.divide(ring.base(a), ring.base(b)) == ring.base((a - b) % ring.q)
    assert ring.power(ring.base(a), b) == ring.public_power(ring.base(a), b) == ring.base(a * b % ring.q)


def test_what_is_written_reads_back(ring: Group) -> None:
    for exponent in (1, 2, 77, ring.q - 1):
        element = ring.base(exponent)
        assert ring.element(ring.text(element)) == element


def test_random_scalars_lie_below_the_order(ring: Group) -> None:
    drawn = {ring.random_scalar() for _ in range(50)}
    assert len(drawn) == 50
    assert all(0 <= scalar < ring.q for scalar in drawn)


def test_another_group_is_refused_with_its_name() -> None:
    with pytest.raises(Invalid, match="P-256"):
        group("P-256")


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 8, 9, 10, 150])
def test_every_logarithm_up_to_the_limit_is_found(ring: Group, limit: int) -> None:
    for exponent in range(limit + 1):
        assert discrete_log(ring, ring.base(exponent), limit) == exponent


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 8, 9, 10, 150])
def test_logarithms_beyond_the_limit_are_refused(ring: Group, limit: int) -> None:
    for exponent in (limit + 1, limit + 2, ring.q - 1):
        with pytest.raises(Invalid, match=f"from 0 to {limit}"):
            discrete_log(ring, ring.base(exponent), limit)
