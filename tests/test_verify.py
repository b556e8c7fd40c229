"""Checks 2 to 6 broken one at a time by somebody who holds every key and signs everything again.

`caught_at` demands that the check is the only one that objects; what the checks are is protocol §13.
"""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot.crypto import pool, signing
from ballot.crypto.groups import group
from ballot.crypto.keys import OfficialKey
from ballot.crypto.proofs import prove_knowledge
from ballot.opening import new_trustee, sign_opening
from ballot.people import Delegate, Roll
from ballot.record import SignedIndex, read_record
from ballot.verify import verify
from ballot.votes import Candidate, Opening, Proof, Trustee, TrusteeKey
from ballot.wire import encode
from tests.forge import Forgery, caught_at, caught_first_at, repack
from tests.play import CHARTER, REGIONS, Staging, fair, officials, play, small_contest, small_roll


def staged(staging: Staging) -> bytes:
    """The record of an election of which a part was arranged before the opening."""
    return play(staging=staging).record()


@pytest.mark.parametrize("group_name", ["Ed25519", "BELENIOS-2048"])
def test_a_fair_record_passes_all_sixteen_checks(group_name: str) -> None:
    played = play(group=group_name)
    told: list[tuple[int, ...]] = []
    report, evidence = verify(played.record(), lambda *done: told.append(done), workers=1)
    assert report.verified
    assert [check.number for check in report.checks] == list(range(1, 17))
    assert all(check.passed and check.title and check.sentence and check.figure for check in report.checks)
    assert report.opening == played.opening.fingerprint
    assert evidence.totals.votes == ((2, 1, 0),)
    assert told[-1][0] == 3


def test_progress_is_told_as_ballots_checked_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_FEW", 1)
    told: list[tuple[int, ...]] = []
    verify(fair().record(), lambda *done: told.append(done), workers=1)
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_fair_record_of_two_contests_passes() -> None:
    played = play((((1, 2), (3,)), ((2,), ()), ((), (1, 2, 3))), contests=2)
    assert verify(played.record(), workers=1)[1].totals.votes == ((1, 2, 0), (1, 1, 2))


def test_a_fair_record_without_ballots_passes() -> None:
    report, evidence = verify(play(()).record(), workers=1)
    assert (report.verified, evidence.totals.votes) == (True, ((0, 0, 0),))


# Check 2: signatures on the index


def reindexed(head: OfficialKey, seal: OfficialKey) -> bytes:
    """The fair record with the same index, signed by these."""
    record = fair().record()
    index = read_record(record).index.index
    signatures = [signing.sign(key.ed25519, "index", encode(index)) for key in (head, seal)]
    return repack(record, {"index.json": encode(SignedIndex(index, *signatures))})


def stranger() -> OfficialKey:
    """Somebody with the head's RSA key, but another key for documents."""
    head, _ = officials()
    return OfficialKey(head.role, head.name, signing.generate(), head.rsa)


def test_check_2_catches_an_index_signed_by_another_key() -> None:
    head, seal = officials()
    caught_at(2, "does not belong", reindexed(stranger(), seal))
    caught_at(2, "does not belong", reindexed(head, stranger()))


def test_check_2_catches_the_signatures_of_head_and_seal_swapped() -> None:
    head, seal = officials()
    caught_at(2, "does not belong", reindexed(seal, head))


def test_check_2_catches_the_head_signing_for_the_seal() -> None:
    head, _ = officials()
    caught_at(2, "does not belong", reindexed(head, head))


@pytest.mark.parametrize("signature", ["", "00" * 64, "00" * 63, "ZZ" * 64])
def test_check_2_catches_an_index_without_a_signature(signature: str) -> None:
    index = read_record(fair().record()).index
    for unsigned in (SignedIndex(index.index, signature, index.seal), SignedIndex(index.index, index.head, signature)):
        caught_at(2, "signature", repack(fair().record(), {"index.json": encode(unsigned)}))


def test_check_2_catches_a_signature_made_for_another_kind_of_document() -> None:
    head, seal = officials()
    index = read_record(fair().record()).index.index
    signatures = [signing.sign(key.ed25519, "opening", encode(index)) for key in (head, seal)]
    caught_at(2, "(index)", repack(fair().record(), {"index.json": encode(SignedIndex(index, *signatures))}))


# Check 3: opening statement


def test_check_3_catches_another_charter() -> None:
    forged = Forgery(fair())
    forged.change(charter=CHARTER + b"\n# The head of the committee reserves the right to add rules.\n")
    caught_at(3, "the charter is not the one", forged)


def test_check_3_catches_another_roll() -> None:
    forged = Forgery(fair())
    roll = forged.contents.roll
    renamed = structs.replace(roll.members[-1], organisation="Other Friends")
    forged.change(roll=structs.replace(roll, members=(*roll.members[:-1], renamed)))
    caught_at(3, "the roll is not the one", forged)


def test_check_3_catches_an_opening_that_the_head_or_the_seal_did_not_sign() -> None:
    head, seal = officials()
    for signers in ((stranger(), seal), (head, stranger()), (seal, head)):
        forged = Forgery(fair())
        forged.change(opening=sign_opening(forged.opening, *signers))
        caught_at(3, "(opening)", forged)


def test_check_3_catches_a_trustee_key_without_a_proof() -> None:
    for place in (0, 1):
        trustees = [new_trustee(name, "Ed25519") for name in ("Tara", "Tomas")]
        public, secret = trustees[place]
        bare = structs.replace(public, key=TrusteeKey(Proof("1", "1"), public.key.public_key))
        trustees[place] = (bare, secret)
        caught_at(3, "proof of knowledge", staged(Staging(trustees=tuple(trustees))))


def test_check_3_catches_a_rogue_trustee_key_that_cancels_the_others() -> None:
    ring = group("Ed25519")
    honest, secret = new_trustee("Tara", "Ed25519")
    grasp = ring.random_scalar()
    rogue = ring.text(ring.divide(ring.base(grasp), ring.element(honest.key.public_key)))
    for proof in (prove_knowledge(ring, grasp), honest.key.pok):
        made = ((honest, secret), (Trustee("Tomas", "Ed25519", TrusteeKey(proof, rogue)), (grasp - secret) % ring.q))
        played = play(staging=Staging(trustees=made))
        assert played.election.public_key == ring.text(ring.base(grasp))
        caught_at(3, "proof of knowledge", played.record())


def test_check_3_catches_one_key_in_the_places_of_two_trustees() -> None:
    public, secret = new_trustee("Tara", "Ed25519")
    twice = ((public, secret), (structs.replace(public, name="Tomas"), secret))
    caught_at(3, "same key", staged(Staging(trustees=twice)))


def test_check_3_catches_an_election_key_that_is_not_the_product() -> None:
    ring = group("Ed25519")
    other = ring.text(ring.base(ring.random_scalar()))
    played = play((), staging=Staging(election=lambda election: structs.replace(election, public_key=other)))
    caught_at(3, "not the product of the trustees' keys", played.record())


def test_check_3_catches_one_person_in_two_offices() -> None:
    head, seal = officials()
    both = OfficialKey("seal", "Selma Sealby", head.ed25519, seal.rsa)
    stamp = OfficialKey("seal", "Selma Sealby", seal.ed25519, head.rsa)
    for staging in (
        Staging(officials=(head, both)),
        Staging(officials=(head, stamp)),
        Staging(desk=head.ed25519),
        Staging(desk=seal.ed25519),
    ):
        caught_at(3, "keys of their own", staged(staging))


def candidate_renamed(opening: Opening) -> Opening:
    (contest,) = opening.contests
    first, *others = contest.candidates
    renamed = structs.replace(contest, candidates=(structs.replace(first, name="Somebody Else"), *others))
    return structs.replace(opening, contests=(renamed,))


OPENINGS: dict[str, tuple[Callable[[Opening], Opening], str]] = {
    "another charter": (lambda opening: structs.replace(opening, charter="0" * 64), "the charter is not the one"),
    "another roll": (lambda opening: structs.replace(opening, roll="0" * 64), "the roll is not the one"),
    "other trustees": (lambda opening: structs.replace(opening, trustees="0" * 64), "about other trustees"),
    "a form of tomorrow": (lambda opening: structs.replace(opening, version=2), "not of a form"),
    "a head called seal": (
        lambda opening: structs.replace(opening, head=structs.replace(opening.head, role="seal")),
        "not of a form",
    ),
    "a candidate who differs from the question": (candidate_renamed, "are not the questions of the election"),
}


@pytest.mark.parametrize("name", OPENINGS)
def test_check_3_catches_an_opening_about(name: str) -> None:
    change, telling = OPENINGS[name]
    caught_at(3, telling, staged(Staging(opening=change)))


def test_check_3_catches_an_opening_about_another_election() -> None:
    forged, (head, seal) = Forgery(fair()), officials()
    forged.change(opening=sign_opening(structs.replace(forged.opening, election="A" * 43), head, seal))
    caught_first_at(3, "about another election", forged)


def test_check_3_catches_a_name_too_many_among_the_trustees() -> None:
    def third(opening: Opening) -> Opening:
        return structs.replace(opening, trustee_names=("Tara", "Tomas", "Nobody"))

    caught_first_at(3, "about other trustees", staged(Staging(opening=third)))


def test_check_3_catches_candidates_numbered_with_a_gap() -> None:
    contest = small_contest(small_roll(), 2)
    first, second = contest.candidates
    gap = structs.replace(contest, candidates=(first, structs.replace(second, number=3)))
    played = play((((1,),), ((3,),)), staging=Staging(questions=(gap,)))
    caught_at(3, "not numbered from 1 without gaps", played.record())


# Check 4: roll and charter


@pytest.mark.parametrize(
    ("charter", "said"),
    [(CHARTER, "charter as in this program"), (CHARTER + b"# softer\n", "a charter of its own")],
    ids=["ours", "own"],
)
def test_attack_an_election_under_rules_that_the_committee_made_for_itself(charter: bytes, said: str) -> None:
    report, _ = verify(play(staging=Staging(charter=charter)).record(), workers=1)
    assert report.checks[3].figure.endswith(f" voting delegates, {said}")


def with_roll(change: Callable[[Roll], Roll]) -> bytes:
    """The record of an election over a roll that was arranged before the opening."""
    return staged(Staging(roll=change(small_roll(4)), questions=(small_contest(small_roll(4)),)))


def changed_delegate(number: int, **fields: object) -> Callable[[Roll], Roll]:
    def change(roll: Roll) -> Roll:
        delegates = [structs.replace(d, **fields) if d.number == number else d for d in roll.delegates]
        return structs.replace(roll, delegates=tuple(delegates))

    return change


def changed_member(identity: str, **fields: object) -> Callable[[Roll], Roll]:
    def change(roll: Roll) -> Roll:
        members = [structs.replace(m, **fields) if m.id == identity else m for m in roll.members]
        return structs.replace(roll, members=tuple(members))

    return change


def with_twin(roll: Roll) -> Roll:
    """The last regular member once more, under an id that looks the same, with two delegates who are new."""
    twin = structs.replace(roll.member("M001"), id="M0O1")
    sent = [Delegate(20 + n, f"Twin {n}", "M0O1", n == 0, "letter of the twin", "") for n in (0, 1)]
    return structs.replace(roll, members=(*roll.members, twin), delegates=(*roll.delegates, *sent))


def with_third(roll: Roll) -> Roll:
    return structs.replace(
        roll, delegates=(*roll.delegates, *(Delegate(n, str(n), "M004", False, "", "") for n in (20, 21, 22, 23)))
    )


ROLLS: dict[str, tuple[Callable[[Roll], Roll], str]] = {
    "two voting delegates of a member": (changed_delegate(2, voting=True), "more voting delegates than 1"),
    "a member without a voting delegate": (changed_delegate(7, voting=False), "has 0 voting delegates"),
    "a voting delegate of an associate": (changed_delegate(9, voting=True), "more voting delegates than 0"),
    "a voting delegate of a suspended member": (changed_member("M004", standing="suspended"), "does not vote"),
    "a voting delegate of a member that resigned": (changed_member("M004", standing="resigned"), "does not vote"),
    "a delegate of nobody": (changed_delegate(8, member="M999"), "there is no member"),
    "one member under two ids that look the same": (with_twin, "easily mistaken"),
    "six delegates of a member": (with_third, "sends 6, allowed are 2 to 5"),
    "a region that the charter does not know": (changed_member("M004", region="Atlantis"), "is not in the charter"),
    "a kind that the charter does not know": (changed_member("M004", kind="honorary"), "is not in the charter"),
}


@pytest.mark.parametrize("name", ROLLS)
def test_check_4_catches_on_the_roll(name: str) -> None:
    change, telling = ROLLS[name]
    caught_at(4, telling, with_roll(change))


def test_check_4_catches_an_opening_that_counts_more_voting_delegates() -> None:
    forged = staged(Staging(opening=lambda opening: structs.replace(opening, voting_delegates=9)))
    caught_at(4, "4 delegates vote, but the opening statement says 9", forged)


def test_check_4_catches_a_second_fault_without_hiding_the_first() -> None:
    def change(roll: Roll) -> Roll:
        return changed_delegate(9, voting=True)(changed_delegate(2, voting=True)(roll))

    caught_at(4, "(and 1 more)", with_roll(change))


def contested(**fields: object) -> bytes:
    """The record of an election whose contest was arranged."""
    return staged(Staging(questions=(structs.replace(small_contest(small_roll(4)), **fields),)))


def test_check_4_catches_more_marks_than_the_rule_permits() -> None:
    caught_at(4, "contest 1, marks: 0 to 13 is not within 0 to 12 (VI §4(a)(b))", contested(max_marks=13))


def test_check_4_catches_a_rule_that_the_charter_does_not_have() -> None:
    caught_first_at(4, "no rule 'by acclamation'", renamed_rule(fair().opening))


def renamed_rule(opening: Opening) -> bytes:
    forged = Forgery(fair())
    contest = structs.replace(opening.contests[0], rule="by acclamation")
    head, seal = officials()
    forged.change(opening=sign_opening(structs.replace(opening, contests=(contest,)), head, seal))
    return forged.record()


@pytest.mark.parametrize(
    ("candidate", "telling"),
    [
        (Candidate(3, "Ally", "A001", "Friends of the Assembly", "Europe"), "is of a member that cannot be voted in"),
        (Candidate(3, "Ghost", "M999", "Organisation 9", REGIONS[1]), "is not of a member on the roll"),
        (Candidate(3, "Posh", "M003", "Organisation 3 International", REGIONS[3]), "is not of a member on the roll"),
        (Candidate(3, "Moved", "M003", "Organisation 3", REGIONS[4]), "is not of a member on the roll"),
    ],
    ids=["associate", "unknown", "organisation", "region"],
)
def test_check_4_catches_a_candidate_who_cannot_stand(candidate: Candidate, telling: str) -> None:
    for number in (1, 3):
        candidates = list(small_contest(small_roll(4)).candidates)
        candidates[number - 1] = structs.replace(candidate, number=number)
        caught_at(4, f"contest 1: candidate {number} {telling}", contested(candidates=tuple(candidates)))


def test_check_4_catches_a_candidate_of_a_suspended_member() -> None:
    roll = changed_member("M003", standing="suspended")(changed_delegate(5, voting=False)(small_roll(5)))
    contest = small_contest(roll)
    caught_at(4, "cannot be voted in", staged(Staging(roll=roll, questions=(contest,))))
