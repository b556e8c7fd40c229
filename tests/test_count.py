"""The count: what a trustee refuses to decrypt, that all trustees are needed, and totals that cannot be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from ballot.belenios import read_archive
from ballot.count import box_digest, check_box, check_share, decrypt, forget_tally, share_of, tally_box
from ballot.crypto.groups import GROUPS, group
from ballot.crypto.sealing import tally
from ballot.errors import Invalid, Refused
from ballot.statements import closing_of
from ballot.verify import verify
from ballot.votes import Ballot, Choice, Ciphertexts, Closing, Totals, TrusteeKey, TrusteeShare
from tests.crypto.test_groups import SMALL_ORDER, number
from tests.play import Played, fair, other, play

RING = group("Ed25519")


def ballots_of(played: Played) -> list[Ballot]:
    return [sealed.ballot for sealed in played.sealed]


def keys_of(played: Played) -> tuple[TrusteeKey, ...]:
    return read_archive(played.contents.archive).trustees


def sums_of(played: Played) -> Ciphertexts:
    return tally_box(played.election, ballots_of(played))


def closed(played: Played) -> Closing:
    return closing_of(played.opening, ballots_of(played))


def asked(closing: Closing, ballots: list[Ballot], played: Played | None = None) -> TrusteeShare:
    """The first trustee's share over these ballots."""
    played = played or fair()
    return share_of(played.keys.trustees[0], 1, played.opening, played.election, closing, ballots)


# A trustee


def test_a_trustee_gives_a_share_over_the_closed_box_in_any_order() -> None:
    for ballots in (ballots_of(fair()), ballots_of(fair())[::-1]):
        check_share(fair().election, keys_of(fair()), sums_of(fair()), asked(closed(fair()), ballots))


@pytest.mark.parametrize("kept", [[0], [1], [2], [0, 1], [0, 2], [], [0, 0, 0], [0, 1, 1], [0, 1, 2, 2]], ids=str)
def test_a_trustee_refuses_a_single_ballot_a_part_of_the_box_and_a_ballot_twice(kept: list[int]) -> None:
    ballots = [ballots_of(fair())[place] for place in kept]
    with pytest.raises(Refused, match="these ballots are not the box that was closed"):
        asked(closed(fair()), ballots)


def test_a_trustee_refuses_a_box_in_which_a_ballot_was_exchanged() -> None:
    with pytest.raises(Refused, match="not the box that was closed"):
        asked(closed(fair()), [*ballots_of(fair())[:2], ballots_of(other())[2]])


def test_a_trustee_refuses_a_closing_with_another_number_or_digest() -> None:
    for wrong in (structs.replace(closed(fair()), ballots=2), structs.replace(closed(fair()), box="0" * 64)):
        with pytest.raises(Refused, match="not the box that was closed"):
            asked(wrong, ballots_of(fair()))


def test_a_trustee_refuses_the_closing_of_another_election() -> None:
    for closing in (closed(other()), structs.replace(closed(fair()), opening=other().opening.fingerprint)):
        with pytest.raises(Refused, match="not the closed box of the election that the opening statement names"):
            asked(closing, ballots_of(fair()))


def test_a_trustee_refuses_an_election_that_the_opening_does_not_name() -> None:
    secret = fair().keys.trustees[0]
    with pytest.raises(Refused, match="not the closed box of the election"):
        share_of(secret, 1, fair().opening, other().election, closed(fair()), ballots_of(fair()))


def test_the_digest_of_a_box_changes_with_every_ballot_and_not_with_their_order() -> None:
    ballots = ballots_of(fair())
    digests = {box_digest(ballots[:n]) for n in range(4)} | {box_digest([*ballots, ballots[0]])}
    assert len(digests) == 5
    assert box_digest(ballots[::-1]) == box_digest(ballots)


# Shares


def test_a_share_is_checked_against_its_owner() -> None:
    first, second = fair().shares
    check_share(fair().election, keys_of(fair()), sums_of(fair()), first)
    for wrong in (structs.replace(first, owner=2), structs.replace(second, owner=1)):
        with pytest.raises(Invalid, match=f"of trustee {wrong.owner} does not hold"):
            check_share(fair().election, keys_of(fair()), sums_of(fair()), wrong)
    for owner in (0, -1, 3):
        with pytest.raises(Invalid, match=f"a share names trustee {owner}, but there are 2"):
            check_share(fair().election, keys_of(fair()), sums_of(fair()), structs.replace(first, owner=owner))


def test_a_share_over_other_sums_is_refused() -> None:
    others = tally_box(fair().election, ballots_of(fair())[:2])
    with pytest.raises(Invalid, match=r"contest 1, candidate in place 1"):
        check_share(fair().election, keys_of(fair()), others, fair().shares[0])
    with pytest.raises(Invalid, match="does not hold"):
        check_share(other().election, keys_of(fair()), sums_of(fair()), fair().shares[0])


def test_a_share_of_another_shape_is_refused() -> None:
    share = fair().shares[0]
    inner = share.share
    for wrong in (
        structs.replace(share, proofs=()),
        structs.replace(share, proofs=(share.proofs[0][:2],)),
        structs.replace(share, proofs=(*share.proofs, share.proofs[0])),
        structs.replace(share, share=structs.replace(inner, decryption_factors=(inner.decryption_factors[0][1:],))),
        structs.replace(share, share=structs.replace(inner, decryption_proofs=())),
    ):
        with pytest.raises(Invalid, match="the share of trustee 1 does not have one part for every candidate"):
            check_share(fair().election, keys_of(fair()), sums_of(fair()), wrong)


# Totals


def totals(shares: tuple[TrusteeShare, ...], played: Played | None = None, ballots: int | None = None) -> Totals:
    played = played or fair()
    count = len(played.sealed) if ballots is None else ballots
    return decrypt(played.election, sums_of(played), shares, count, len(played.keys.trustees))


@pytest.mark.parametrize("group_name", GROUPS)
@pytest.mark.parametrize("trustees", [1, 3])
def test_all_trustees_together_decrypt_the_totals(group_name: str, trustees: int) -> None:
    played = play((((1,), (2, 3)), ((1, 2), ())), group=group_name, trustees=trustees, contests=2)
    assert totals(played.shares, played) == Totals(2, ((2, 1, 0), (0, 1, 1)))
    assert totals(played.shares[::-1], played) == totals(played.shares, played)


def test_shares_of_all_trustees_but_one_are_not_enough() -> None:
    played = play((((1,),),), trustees=3)
    for missing in (1, 2, 3):
        kept = tuple(share for share in played.shares if share.owner != missing)
        with pytest.raises(Refused, match=rf"1 of 3 trustees \(number {missing}\)"):
            totals(kept, played)
        doubled = (*kept, kept[0])
        with pytest.raises(Refused, match="shares are missing"):
            totals(doubled, played)
    with pytest.raises(Refused, match="3 of 3 trustees"):
        totals((), played)
    with pytest.raises(Refused, match="shares are missing"):
        totals((*played.shares, played.shares[0]), played)


def test_shares_of_all_trustees_but_one_give_no_total_even_to_who_forges_the_last() -> None:
    played = play((((1,),), ((1,),)), trustees=2)
    blind = structs.replace(played.shares[0], owner=2)
    with pytest.raises(Invalid, match="does not decrypt to a number from 0 to 2"):
        totals((played.shares[0], blind), played)


def test_the_totals_of_no_ballots_are_zero() -> None:
    for name in GROUPS:
        played = play((), group=name)
        assert sums_of(played) == ((Choice(*[group(name).text(group(name).identity)] * 2),) * 3,)
        for share in played.shares:
            check_share(played.election, keys_of(played), sums_of(played), share)
        assert totals(played.shares, played) == Totals(0, ((0, 0, 0),))


def test_totals_above_the_number_of_ballots_are_refused() -> None:
    with pytest.raises(Invalid, match="a total does not decrypt to a number from 0 to 1"):
        totals(fair().shares, ballots=1)
    assert totals(fair().shares, ballots=2).votes == ((2, 1, 0),)


def test_totals_below_zero_are_refused() -> None:
    played = fair()
    (row,) = sums_of(played)
    beta = RING.divide(RING.element(row[2].beta), RING.generator)
    lowered = ((row[0], row[1], structs.replace(row[2], beta=RING.text(beta))),)
    with pytest.raises(Invalid, match="does not decrypt to a number from 0 to 3"):
        decrypt(played.election, lowered, played.shares, 3, 2)


marks = st.lists(st.sets(st.integers(1, 3)).map(lambda numbers: tuple(sorted(numbers))), min_size=2, max_size=2)


@settings(max_examples=10, deadline=None)
@given(st.lists(marks.map(tuple), max_size=3).map(tuple))
def test_the_totals_are_those_of_a_count_by_hand(choices: tuple[tuple[tuple[int, ...], ...], ...]) -> None:
    played = play(choices, contests=2, trustees=1)
    by_hand = tuple(
        tuple(sum(number in ballot[contest] for ballot in choices) for number in (1, 2, 3)) for contest in (0, 1)
    )
    assert totals(played.shares, played) == Totals(len(choices), by_hand)
    assert [dict(ranking.totals) for ranking in played.contents.rankings] == [
        dict(enumerate(row, start=1)) for row in by_hand
    ]
    assert verify(played.record(), workers=1)[1].totals.votes == by_hand


def test_a_remembered_tally_is_never_that_of_another_box() -> None:
    election, ballots = fair().election, [sealed.ballot for sealed in fair().sealed]
    first = tally_box(election, ballots)
    assert tally_box(election, ballots[:2]) != first
    assert tally_box(election, [*ballots, ballots[0]]) != first
    assert tally_box(other().election, []) != first
    assert tally_box(election, list(reversed(ballots))) == first
    forget_tally()
    assert tally_box(election, ballots) == first


def test_the_sum_of_the_good_ballots_never_stands_for_the_whole_box() -> None:
    """Else a trustee would decrypt a part of it, which could be one ballot."""
    good, *others = ballots_of(fair())
    box = [good, *(structs.replace(ballot, signature=good.signature) for ballot in others)]
    forget_tally()
    assert [bool(verdict) for verdict in check_box(fair().election, box, workers=1)] == [False, True, True]
    assert tally_box(fair().election, box) == tally(fair().election, [ballot.unsigned for ballot in box])


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("part", ["alpha", "beta"])
def test_no_trustee_applies_a_secret_to_a_product_outside_the_group(place: int, part: str) -> None:
    """A tally asks it of its products once more, whoever let the ballots pass."""
    ballot = ballots_of(fair())[0].unsigned
    (answer,) = ballot.answers
    choices = list(answer.choices)
    choices[place] = structs.replace(choices[place], **{part: number(SMALL_ORDER[2])})
    changed = structs.replace(ballot, answers=(structs.replace(answer, choices=tuple(choices)),))
    with pytest.raises(Invalid, match="not in the group"):
        tally(fair().election, [changed])
