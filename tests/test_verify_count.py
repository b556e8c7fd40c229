"""Checks 10 to 13 broken one at a time by somebody who has every key and signs all again (see test_verify)."""

from dataclasses import replace

import pytest
from msgspec import structs

from ballot.belenios.archive import Tally
from ballot.count import tally_box
from ballot.crypto.groups import group
from ballot.crypto.proofs import Cipher, Statement, check_belenios_decryption, prove_decryption
from ballot.ranking import Ranking
from ballot.votes import Ciphertexts, Proof, Totals, TrusteeShare
from ballot.wire import hash_to_scalar
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import Played, fair, other, play, tied

RING = group("Ed25519")


def test_a_forgery_that_changes_nothing_is_believed() -> None:
    for played in (fair(), tied()):
        forged = Forgery(played)
        forged.rebox([sealed.ballot for sealed in played.sealed])
        forged.reregister(played.contents.register)
        assert faults(forged.record()) == {}


# Check 10: tally


def tallied(ciphertexts: Ciphertexts, ballots: int = 3) -> Forgery:
    forged = Forgery(fair())
    forged.rearchive(tally=Tally(ballots, ciphertexts))
    return forged


def shifted(text: str) -> str:
    return RING.text(RING.multiply(RING.element(text, identity=True), RING.generator))


def test_check_10_catches_a_tally_without_one_of_the_ballots() -> None:
    ballots = Forgery(fair()).archive.ballots
    for dropped in range(3):
        rest = [ballot for place, ballot in enumerate(ballots) if place != dropped]
        caught_at(10, "is not the product of the ballots", tallied(tally_box(fair().election, rest)))


def test_check_10_catches_a_dropped_ballot_that_the_trustees_were_not_shown() -> None:
    kept = Forgery(fair())
    kept.rebox([sealed.ballot for sealed in fair().sealed[1:]])
    forged = Forgery(fair())
    forged.rearchive(tally=kept.archive.tally, shares=kept.archive.shares)
    forged.change(proofs=kept.contents.proofs)
    forged.retotal(kept.totals)
    caught_first_at(10, "the tally is not over all ballots", forged)
    forged.rearchive(tally=Tally(3, kept.archive.tally.ciphertexts if kept.archive.tally else ()))
    caught_first_at(10, "is not the product of the ballots", forged)


def test_check_10_catches_a_ballot_counted_twice() -> None:
    ballots = Forgery(fair()).archive.ballots
    caught_at(10, "is not the product", tallied(tally_box(fair().election, [*ballots, ballots[0]])))


def test_check_10_catches_a_vote_added_to_a_sum() -> None:
    (row,) = tally_box(fair().election, Forgery(fair()).archive.ballots)
    for place in range(3):
        for field in ("alpha", "beta"):
            moved = structs.replace(row[place], **{field: shifted(getattr(row[place], field))})
            caught_at(10, "is not the product", tallied(((*row[:place], moved, *row[place + 1 :]),)))


def test_check_10_catches_the_sums_of_two_candidates_exchanged() -> None:
    (row,) = tally_box(fair().election, Forgery(fair()).archive.ballots)
    caught_at(10, "is not the product", tallied(((row[1], row[0], row[2]),)))


@pytest.mark.parametrize("ballots", [2, 4])
def test_check_10_catches_a_tally_over_another_number_of_ballots(ballots: int) -> None:
    sums = tally_box(fair().election, Forgery(fair()).archive.ballots)
    caught_at(10, "the tally is not over all ballots", tallied(sums, ballots))


def test_check_10_catches_an_archive_that_ends_before_the_tally() -> None:
    forged = Forgery(fair())
    forged.rearchive(tally=None, shares=(), votes=None)
    caught_first_at(10, "the tally is not over all ballots", forged)


# Check 11: shares


def altered(share: TrusteeShare, place: int, factor: str, pair: tuple[Proof, Proof]) -> TrusteeShare:
    """A share with another factor and other proofs for one candidate."""

    def put(row: tuple[object, ...], value: object) -> tuple[object, ...]:
        return (*row[:place], value, *row[place + 1 :])

    ((factors,), (belenios,)) = share.share.decryption_factors, share.share.decryption_proofs
    changed = structs.replace(
        share.share, decryption_factors=(put(factors, factor),), decryption_proofs=(put(belenios, pair[0]),)
    )
    return structs.replace(share, share=changed, proofs=(put(share.proofs[0], pair[1]),))


def reshared(*shares: TrusteeShare) -> Forgery:
    forged = Forgery(fair())
    forged.reshare(shares)
    return forged


def statement_of(owner: int, place: int, factor: str | None = None) -> Statement:
    """What a trustee of the fair election would prove of one candidate's sum."""
    key = Forgery(fair()).archive.trustees[owner - 1].public_key
    sum_of = tally_box(fair().election, Forgery(fair()).archive.ballots)[0][place]
    cipher = Cipher(RING.element(sum_of.alpha), RING.element(sum_of.beta))
    true = fair().shares[owner - 1].share.decryption_factors[0][place]
    return Statement(fair().election.fingerprint, owner, RING.element(key), cipher, RING.element(factor or true))


def proofs_of(share: TrusteeShare, place: int) -> tuple[Proof, Proof]:
    return share.share.decryption_proofs[0][place], share.proofs[0][place]


def test_check_11_catches_a_factor_that_takes_a_vote_away() -> None:
    first, second = fair().shares
    wrong = shifted(first.share.decryption_factors[0][0])
    for pair in (
        proofs_of(first, 0),
        prove_decryption(RING, fair().keys.trustees[0], statement_of(1, 0, wrong)),
    ):
        forged = reshared(altered(first, 0, wrong, pair), second)
        forged.retotal(Totals(3, ((1, 1, 0),)))
        caught_at(11, "a decryption proof of trustee 1 does not hold (contest 1, candidate in place 1)", forged)


def test_check_11_catches_a_wrong_factor_with_a_belenios_proof_that_holds() -> None:
    """Belenios version 1 leaves alpha and the factor out of its hash (protocol §6); ours does not."""
    first, second = fair().shares
    secret, true = fair().keys.trustees[0], statement_of(1, 0)
    nonce = RING.random_scalar()
    commitments = RING.base(nonce), RING.base(RING.random_scalar())
    listed = ",".join(RING.text(element) for element in commitments)
    text = f"decrypt|{true.election}|{RING.text(true.public)}|{listed}"
    challenge = hash_to_scalar(text, RING.q)
    response = (nonce - secret * challenge) % RING.q
    rest = RING.divide(commitments[1], RING.power(true.cipher.alpha, response))
    wrong = RING.power(rest, pow(challenge, -1, RING.q))
    loose = Proof(str(challenge), str(response))
    assert wrong != true.factor
    check_belenios_decryption(RING, true._replace(factor=wrong), loose)
    ours = prove_decryption(RING, secret, true._replace(factor=wrong))[1]
    for own in (proofs_of(first, 0)[1], ours):
        forged = reshared(altered(first, 0, RING.text(wrong), (loose, own)), second)
        assert set(faults(forged.record())) == {11, 12}
        caught_first_at(11, "a decryption proof of trustee 1 does not hold (contest 1, candidate in place 1)", forged)


@pytest.mark.parametrize("which", [0, 1], ids=["Belenios", "ours"])
@pytest.mark.parametrize("field", ["challenge", "response"])
def test_check_11_catches_each_field_of_each_decryption_proof(which: int, field: str) -> None:
    first, second = fair().shares
    factors = second.share.decryption_factors[0]
    for place in range(3):
        pair = list(proofs_of(second, place))
        value = str((int(getattr(pair[which], field)) + 1) % RING.q)
        pair[which] = structs.replace(pair[which], **{field: value})
        forged = reshared(first, altered(second, place, factors[place], (pair[0], pair[1])))
        caught_at(11, f"of trustee 2 does not hold (contest 1, candidate in place {place + 1})", forged)


def test_check_11_catches_a_missing_share() -> None:
    first, second = fair().shares
    for kept in (first, second):
        assert set(faults(reshared(kept).record())) == {11, 12}
        caught_first_at(11, "there is not exactly one share of every trustee", reshared(kept))


def test_check_11_catches_the_same_share_twice() -> None:
    # An archive holds no data twice: the second one has proofs of its own.
    first, second = fair().shares
    fresh = first
    for place, factor in enumerate(first.share.decryption_factors[0]):
        pair = prove_decryption(RING, fair().keys.trustees[0], statement_of(1, place))
        fresh = altered(fresh, place, factor, pair)
    caught_first_at(11, "there is not exactly one share of every trustee", reshared(first, fresh))
    caught_first_at(11, "there is not exactly one share of every trustee", reshared(first, fresh, second))
    posing = structs.replace(fresh, owner=2)
    caught_first_at(11, "a decryption proof of trustee 2 does not hold", reshared(first, posing))


def test_check_11_catches_shares_in_another_order() -> None:
    caught_at(11, "there is not exactly one share of every trustee", reshared(*fair().shares[::-1]))


@pytest.mark.parametrize("owner", [0, -1, 3])
def test_check_11_catches_a_share_of_a_trustee_who_does_not_exist(owner: int) -> None:
    first, second = fair().shares
    caught_first_at(11, "exactly one share", reshared(first, structs.replace(second, owner=owner)))


def test_check_11_catches_the_proofs_of_another_trustee() -> None:
    first, second = fair().shares
    exchanged = structs.replace(first, proofs=second.proofs), structs.replace(second, proofs=first.proofs)
    forged = reshared(*exchanged)
    caught_at(11, "a decryption proof of trustee 1 does not hold", forged)


def test_check_11_catches_the_proofs_of_two_trustees_swapped_in_the_archive() -> None:
    first, second = fair().shares
    exchanged = [
        structs.replace(one, share=structs.replace(one.share, decryption_proofs=another.share.decryption_proofs))
        for one, another in ((first, second), (second, first))
    ]
    caught_at(11, "a Belenios decryption proof of trustee 1", reshared(*exchanged))


def test_check_11_catches_the_share_of_another_election() -> None:
    forged = reshared(fair().shares[0], other().shares[1])
    caught_first_at(11, "a decryption proof of trustee 2 does not hold", forged)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_check_11_catches_proofs_that_are_too_few_or_too_many(count: int) -> None:
    forged = Forgery(fair())
    forged.change(proofs=(forged.contents.proofs * 2)[:count])
    caught_first_at(11, "not one set of decryption proofs for every share", forged)


def test_check_11_catches_a_share_that_leaves_a_candidate_out() -> None:
    first, second = fair().shares
    caught_first_at(
        11, "one part for every candidate", reshared(first, structs.replace(second, proofs=(second.proofs[0][:2],)))
    )


# Check 12: totals


@pytest.mark.parametrize("votes", [(3, 1, 0), (1, 1, 0), (2, 0, 0), (2, 1, 1), (1, 2, 0)])
def test_check_12_catches_totals_that_are_off_by_one(votes: tuple[int, ...]) -> None:
    forged = Forgery(fair())
    forged.retotal(Totals(3, (votes,)))
    caught_at(12, "the published totals are not what the shares decrypt to", forged)


def test_check_12_catches_more_votes_than_ballots() -> None:
    forged = Forgery(fair())
    forged.retotal(Totals(3, ((2, 1, 3_000),)))
    caught_at(12, "the published totals are not what the shares decrypt to", forged)


def test_check_12_catches_votes_moved_between_contests() -> None:
    played = play((((1,), (2,)), ((1,), ())), contests=2)
    forged = Forgery(played)
    forged.retotal(Totals(2, ((0, 1, 0), (2, 0, 0))))
    caught_at(12, "the published totals are not what the shares decrypt to", forged)


def test_check_12_catches_an_archive_without_a_result() -> None:
    forged = Forgery(fair())
    forged.rearchive(votes=None)
    caught_first_at(12, "the archive holds no result", forged)


# Check 13: ranking


def reranked(played: Played, *changed: Ranking) -> Forgery:
    forged = Forgery(played)
    forged.rerank(changed)
    return forged


def test_check_13_catches_the_order_of_the_elected_changed() -> None:
    (ranking,) = fair().contents.rankings
    assert ranking.regular == (1, 2, 3)
    for order in ((2, 1, 3), (1, 3, 2), (3, 1, 2)):
        caught_at(13, "does not follow", reranked(fair(), structs.replace(ranking, regular=order)))


def test_check_13_catches_a_seat_given_to_somebody_who_was_not_elected() -> None:
    played = play((((1, 2),), ((1,),), ((),)), candidates=15)
    (ranking,) = played.contents.rankings
    robbed = structs.replace(ranking, regular=(15, *ranking.regular[1:]))
    caught_at(13, "does not follow", reranked(played, robbed))


def test_check_13_catches_other_votes_in_the_ranking_than_in_the_count() -> None:
    (ranking,) = fair().contents.rankings
    caught_at(13, "does not follow", reranked(fair(), structs.replace(ranking, totals={1: 3, 2: 1, 3: 0})))


def test_check_13_catches_a_tie_that_is_not_shown() -> None:
    played = play((((1,),), ((2,),)))
    (ranking,) = played.contents.rankings
    assert ranking.ties
    caught_at(13, "does not follow", reranked(played, structs.replace(ranking, ties=())))


def broken_by(order: tuple[int, ...]) -> Ranking:
    """The ranking of the tied election with its tie across the cut broken in this order."""
    (ranking,) = tied().contents.rankings
    harmless, tie = ranking.ties
    assert (harmless.matters, tie.matters, tie.candidates) == (False, True, (8, 9, 10))
    ties = (harmless, structs.replace(tie, order=order))
    return structs.replace(ranking, regular=(*range(1, 8), order[0]), alternates=order[1:], ties=ties)


def test_check_13_catches_a_tie_that_was_broken_by_the_order_of_the_list() -> None:
    played = untold()
    caught_at(13, "does not follow", reranked(played, broken_by((8, 9, 10))))


def untold() -> Played:
    """The tied election as if no lots had been drawn."""
    forged = Forgery(tied())
    forged.rechain([entry for entry in forged.entries if not entry.act.startswith("lot")])
    forged.change(lots=())
    return replace(tied(), contents=forged.contents)


def test_check_13_catches_another_order_than_that_of_the_lots() -> None:
    (ranking,) = tied().contents.rankings
    drawn = ranking.ties[1].order
    caught_at(13, "does not follow", reranked(tied(), broken_by(drawn[::-1])))


def test_check_13_catches_a_ranking_too_many_or_none() -> None:
    (ranking,) = fair().contents.rankings
    for rankings in ((), (ranking, ranking)):
        forged = Forgery(fair())
        forged.change(rankings=rankings)
        caught_first_at(13, "does not follow", forged)


def test_check_13_catches_a_tie_that_was_called_harmless() -> None:
    (ranking,) = untold().contents.rankings
    calm = structs.replace(ranking.ties[1], matters=False, order=())
    caught_at(13, "does not follow", reranked(untold(), structs.replace(ranking, ties=(ranking.ties[0], calm))))
