"""Backups of a key: enough pieces make it again, fewer say nothing, and no wrong piece or wrong box passes."""

from itertools import combinations

import pytest
from nacl.public import PublicKey, SealedBox

from ballot.crypto import backup
from ballot.crypto.backup import Address
from ballot.crypto.groups import GROUPS, Group, group
from ballot.errors import Invalid, Refused

GRID = [(count, need) for count in range(1, 6) for need in range(1, count + 1)]
ADDRESS = Address("ceremony", 1, 2)


@pytest.fixture(params=GROUPS)
def ring(request: pytest.FixtureRequest) -> Group:
    return group(request.param)


@pytest.mark.parametrize(("count", "need"), GRID)
def test_any_pieces_that_are_enough_make_the_key_and_fewer_do_not(count: int, need: int) -> None:
    ring = group("Ed25519")
    for owner in range(1, count + 1):
        secret = ring.random_scalar()
        dealt = backup.deal(ring, secret, need, owner, count)
        assert sorted(dealt.pieces) == ([] if need == count else [n for n in range(1, count + 1) if n != owner])
        for size in range(len(dealt.pieces) + 1):
            for holders in combinations(sorted(dealt.pieces), size):
                made = backup.interpolate(ring, {holder: dealt.pieces[holder] for holder in holders})
                assert (made == secret) == (size >= need)


def test_pieces_that_are_too_few_fit_every_other_key_as_well(ring: Group) -> None:
    dealt = backup.deal(ring, 7, 3, 1, 5)
    known = {holder: dealt.pieces[holder] for holder in (2, 4)}
    for guess in (8, ring.random_scalar()):
        # The polynomial through the guess at 0 and the known pieces is as likely as the true one.
        at_five = sum(
            value * _lagrange({0: guess, **known}, place, 5, ring.q) for place, value in {0: guess, **known}.items()
        )
        assert backup.interpolate(ring, {**known, 5: at_five % ring.q}) == guess


def _lagrange(points: dict[int, int], place: int, at: int, q: int) -> int:
    result = 1
    for other in points:
        if other != place:
            result = result * (at - other) * pow(place - other, -1, q) % q
    return result


def test_nothing_is_dealt_when_all_are_needed(ring: Group) -> None:
    assert backup.deal(ring, 7, 3, 1, 3) == backup.Dealt((), {})


@pytest.mark.parametrize(
    ("need", "owner", "count"), [(0, 1, 3), (4, 1, 3), (-1, 1, 3), (2, 0, 3), (2, 4, 3), (1, 1, 0)]
)
def test_impossible_backups_are_refused(need: int, owner: int, count: int) -> None:
    with pytest.raises(Refused):
        backup.deal(group("Ed25519"), 7, need, owner, count)


def test_every_piece_fits_its_commitments_and_no_other_number_does(ring: Group) -> None:
    dealt = backup.deal(ring, ring.random_scalar(), 3, 2, 5)
    for holder, piece in dealt.pieces.items():
        backup.check_piece(ring, dealt.commitments, holder, piece)
        for other in ((piece + 1) % ring.q, (-piece) % ring.q, piece + ring.q, -1, ring.q):
            with pytest.raises(Invalid):
                backup.check_piece(ring, dealt.commitments, holder, other)
        with pytest.raises(Invalid):
            backup.check_piece(ring, dealt.commitments, holder + 5, piece)


def test_a_piece_does_not_fit_other_commitments(ring: Group) -> None:
    dealt = backup.deal(ring, 7, 3, 1, 5)
    first, second, third = dealt.commitments
    for wrong in (
        (),
        (first,),
        (first, second),
        (first, third, second),
        (first, second, third, ring.text(ring.generator)),
    ):
        with pytest.raises(Invalid):
            backup.check_piece(ring, wrong, 2, dealt.pieces[2])
    with pytest.raises(Invalid, match="nothing was dealt"):
        backup.check_piece(ring, (), 2, 0)


def test_the_first_commitment_is_the_public_key_and_none_is_the_identity(ring: Group) -> None:
    dealt = backup.deal(ring, 7, 2, 1, 3)
    assert dealt.commitments[0] == ring.text(ring.base(7))
    identity = ring.text(ring.identity)
    with pytest.raises(Invalid, match="identity"):
        backup.check_piece(ring, (identity, dealt.commitments[1]), 2, 0)
    # This piece, as every other one, would be the key itself.
    with pytest.raises(Invalid, match="identity"):
        backup.check_piece(ring, (dealt.commitments[0], identity), 2, 7)


def test_commitments_outside_the_group_are_refused(ring: Group) -> None:
    for wrong in ("", "x", "0" * 64, "2"):
        with pytest.raises(Invalid):
            backup.check_piece(ring, (ring.text(ring.generator), wrong), 2, 7)


def test_a_sealed_piece_opens_for_its_holder_only(ring: Group) -> None:
    public, secret = backup.new_box()
    backup.check_box(public)
    assert backup.box_of(secret) == public
    for piece in (0, 1, ring.q - 1):
        sealed = backup.seal_piece(public, ADDRESS, piece)
        assert backup.open_piece(ring, secret, ADDRESS, sealed) == piece
        with pytest.raises(Invalid, match="does not open"):
            backup.open_piece(ring, backup.new_box()[1], ADDRESS, sealed)


def test_sealed_pieces_all_have_the_same_length(ring: Group) -> None:
    public, _ = backup.new_box()
    assert len({len(backup.seal_piece(public, ADDRESS, piece)) for piece in (0, 255, ring.q - 1)}) == 1


@pytest.mark.parametrize("other", [Address("another", 1, 2), Address("ceremony", 3, 2), Address("ceremony", 1, 3)])
def test_a_sealed_piece_from_another_ceremony_or_dealer_or_for_another_holder_is_refused(other: Address) -> None:
    public, secret = backup.new_box()
    sealed = backup.seal_piece(public, other, 7)
    with pytest.raises(Invalid, match="another ceremony or dealer"):
        backup.open_piece(group("Ed25519"), secret, ADDRESS, sealed)


def test_a_sealed_piece_with_any_byte_changed_cut_or_added_is_refused() -> None:
    ring = group("Ed25519")
    public, secret = backup.new_box()
    sealed = backup.seal_piece(public, ADDRESS, 7)
    broken = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    for wrong in (*broken, b"", sealed[:10], sealed[:-1], sealed + b"x"):
        with pytest.raises(Invalid, match="does not open"):
            backup.open_piece(ring, secret, ADDRESS, wrong)


def test_a_sealed_piece_not_below_the_order_is_refused(ring: Group) -> None:
    public, secret = backup.new_box()
    with pytest.raises(Invalid, match="below the order"):
        backup.open_piece(ring, secret, ADDRESS, backup.seal_piece(public, ADDRESS, ring.q))


def test_what_is_sealed_but_is_no_piece_is_refused() -> None:
    public, secret = backup.new_box()
    for content in (b"", b"7", b'{"ceremony":"ceremony","dealer":1,"holder":2,"piece":"Bw=="}'):
        sealed = SealedBox(PublicKey(bytes.fromhex(public))).encrypt(content)
        with pytest.raises(Invalid, match="not of the expected form"):
            backup.open_piece(group("Ed25519"), secret, ADDRESS, sealed)


@pytest.mark.parametrize("wrong", ["", "00", "G" * 64, "AB" * 32, "00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f"])
def test_boxes_of_small_order_or_wrong_form_are_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        backup.check_box(wrong)
    with pytest.raises(Invalid):
        backup.seal_piece(wrong, ADDRESS, 7)


def test_no_secret_shows_in_a_repr() -> None:
    dealt = backup.deal(group("Ed25519"), 123456789, 2, 1, 3)
    assert not any(str(piece) in repr(dealt) for piece in dealt.pieces.values())
