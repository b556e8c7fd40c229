"""The opening: who is admitted as a trustee, what head and seal sign, and everything that does not fit together."""

from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import structs

from ballot.belenios import read_archive
from ballot.crypto import blind_rsa
from ballot.crypto.groups import GROUPS, group
from ballot.crypto.proofs import check_knowledge
from ballot.errors import Invalid, Refused
from ballot.opening import (
    admit_trustee,
    answer_of,
    check_opening,
    election_of,
    new_trustee,
    new_uuid,
    question_of,
    sign_opening,
)
from ballot.votes import Candidate, Opening, OpeningFile, Proof, Setup, SignedOpening, Trustee, TrusteeKey
from ballot.wire import decode, encode
from tests.crypto.test_groups import SMALL_ORDER, number
from tests.play import fair, officials, other, play, small_contest, small_roll

SETUP = Setup("Assembly", "", "Ed25519", "ima", "Hana", "Selma", ("Tara", "Tomas"), 2)


@cache
def tara() -> Trustee:
    return new_trustee("Tara", "Ed25519")[0]


@cache
def trustees() -> tuple[TrusteeKey, ...]:
    return read_archive(fair().contents.archive).trustees


# Trustees


@pytest.mark.parametrize("group_name", GROUPS)
def test_a_new_trustee_proves_to_know_the_key(group_name: str) -> None:
    trustee, secret = new_trustee("Tara", group_name)
    ring = group(group_name)
    public = ring.element(trustee.key.public_key)
    assert ring.base(secret) == public
    check_knowledge(ring, public, trustee.key.pok)
    assert str(secret) not in encode(trustee).decode()
    admit_trustee(structs.replace(SETUP, group=group_name), (), trustee)


def test_a_trustee_whom_the_election_does_not_know_is_refused() -> None:
    with pytest.raises(Refused, match="Mallory is no trustee of this election") as refused:
        admit_trustee(SETUP, (), structs.replace(tara(), name="Mallory"))
    assert "Tara, Tomas" in refused.value.hint


def test_a_trustee_key_for_another_group_is_refused() -> None:
    trustee, _ = new_trustee("Tara", "BELENIOS-2048")
    with pytest.raises(Refused, match="for the group BELENIOS-2048; this election uses Ed25519"):
        admit_trustee(SETUP, (), trustee)
    with pytest.raises(Invalid):
        admit_trustee(SETUP, (), structs.replace(trustee, group="Ed25519"))


def test_a_trustee_is_admitted_once() -> None:
    again, _ = new_trustee("Tara", "Ed25519")
    for second in (tara(), again):
        with pytest.raises(Refused, match="already collected"):
            admit_trustee(SETUP, (tara(),), second)


def test_a_trustee_who_hands_in_the_key_of_another_is_refused() -> None:
    with pytest.raises(Refused, match="already collected"):
        admit_trustee(SETUP, (tara(),), structs.replace(tara(), name="Tomas"))


@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_trustee_without_a_proof_of_the_key_is_refused(field: str) -> None:
    pok = tara().key.pok
    wrong = structs.replace(pok, **{field: str(int(getattr(pok, field)) ^ 1)})
    with pytest.raises(Invalid, match="proof of knowledge"):
        admit_trustee(SETUP, (), structs.replace(tara(), key=TrusteeKey(wrong, tara().key.public_key)))


def test_a_trustee_key_that_cancels_another_is_refused() -> None:
    ring = group("Ed25519")
    rogue = ring.text(ring.divide(ring.base(5), ring.element(tara().key.public_key)))
    for proof in (tara().key.pok, Proof("0", "0")):
        with pytest.raises(Invalid, match="proof of knowledge"):
            admit_trustee(SETUP, (tara(),), Trustee("Tomas", "Ed25519", TrusteeKey(proof, rogue)))


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_a_trustee_key_of_small_order_is_refused(point: bytes) -> None:
    key = TrusteeKey(Proof("0", "0"), number(point))
    with pytest.raises(Invalid):
        admit_trustee(SETUP, (), Trustee("Tara", "Ed25519", key))
    with pytest.raises(Invalid):
        election_of("A", "", "Ed25519", (), (key,), new_uuid())


# The election


def test_the_election_key_is_the_product_of_all_keys() -> None:
    ring = group("Ed25519")
    made = [new_trustee(name, "Ed25519") for name in ("Tara", "Tomas", "Teodor")]
    election = election_of("A", "", "Ed25519", (), [trustee.key for trustee, _ in made], new_uuid())
    assert election.public_key == ring.text(ring.base(sum(secret for _, secret in made) % ring.q))


def test_a_question_lists_the_candidates_in_ballot_order() -> None:
    contest = small_contest(small_roll(), 3, "Who?")
    question = question_of(contest)
    assert (question.question, question.min, question.max) == ("Who?", 0, 12)
    assert question.answers == tuple(f"{n}. Candidate {n} (Organisation {n})" for n in (1, 2, 3))
    assert answer_of(Candidate(9, "Núria Öz", "M1", "Ορ", "Europe")) == "9. Núria Öz (Ορ)"


def test_an_identifier_is_fourteen_characters_that_are_not_mistaken() -> None:
    drawn = {new_uuid() for _ in range(200)}
    assert len(drawn) == 200
    assert {len(uuid) for uuid in drawn} == {14}
    assert not set("".join(drawn)) & set("0OIl+/")


def test_elections_with_the_same_content_have_different_fingerprints() -> None:
    assert fair().election.fingerprint != other().election.fingerprint
    assert fair().opening.fingerprint != other().opening.fingerprint


# The opening statement


@pytest.mark.parametrize("group_name", GROUPS)
def test_a_proper_opening_is_accepted_and_read_back(group_name: str) -> None:
    played = play((), group=group_name)
    keys = read_archive(played.contents.archive).trustees
    check_opening(played.contents.opening, played.election, keys)
    file = OpeningFile(played.contents.opening, played.election, keys)
    assert encode(decode(encode(file), OpeningFile, "the opening")) == encode(file)


def weak_pem() -> str:
    return blind_rsa.public_pem(rsa.generate_private_key(65537, 2048).public_key())


OPENINGS: dict[str, tuple[Callable[[Opening], Opening], str]] = {
    "version": (lambda o: structs.replace(o, version=2), "not of a form"),
    "role of the head": (lambda o: structs.replace(o, head=structs.replace(o.head, role="seal")), "not of a form"),
    "role of the seal": (lambda o: structs.replace(o, seal=structs.replace(o.seal, role="")), "not of a form"),
    "key of the box": (lambda o: structs.replace(o, box="00" * 32), "public key"),
    "box and head": (lambda o: structs.replace(o, box=o.head.ed25519), "keys of their own"),
    "box and seal": (lambda o: structs.replace(o, box=o.seal.ed25519), "keys of their own"),
    "one stamp": (
        lambda o: structs.replace(o, seal=structs.replace(o.seal, rsa=o.head.rsa)),
        "keys of their own",
    ),
    "weak stamp": (lambda o: structs.replace(o, seal=structs.replace(o.seal, rsa=weak_pem())), "not RSA of 3072 bits"),
    "no stamp": (lambda o: structs.replace(o, head=structs.replace(o.head, rsa="")), "not a PEM public key"),
    "stamp with a space": (
        lambda o: structs.replace(o, head=structs.replace(o.head, rsa=o.head.rsa + "\n")),
        "canonical PEM",
    ),
    "election": (lambda o: structs.replace(o, election=other().election.fingerprint), "about another election"),
    "trustees": (lambda o: structs.replace(o, trustees="0" * 64), "about other trustees"),
    "fewer trustees": (lambda o: structs.replace(o, trustee_names=("Tara",)), "about other trustees"),
    "fewer contests": (lambda o: structs.replace(o, contests=()), "has no contest"),
    "more marks": (
        lambda o: structs.replace(o, contests=(structs.replace(o.contests[0], max_marks=11),)),
        "are not the questions",
    ),
    "candidates exchanged": (
        lambda o: structs.replace(
            o, contests=(structs.replace(o.contests[0], candidates=o.contests[0].candidates[::-1]),)
        ),
        "are not the questions",
    ),
}


@pytest.mark.parametrize("name", OPENINGS)
def test_an_opening_signed_by_both_is_refused_for_its(name: str) -> None:
    change, telling = OPENINGS[name]
    signed = sign_opening(change(fair().opening), *officials())
    with pytest.raises(Invalid, match=telling):
        check_opening(signed, fair().election, trustees())


@pytest.mark.parametrize("field", ["head", "seal"])
def test_an_opening_is_refused_without_either_signature(field: str) -> None:
    signed = fair().contents.opening
    swapped = signed.seal if field == "head" else signed.head
    for signature in ("", "00" * 64, swapped, getattr(other().contents.opening, field)):
        with pytest.raises(Invalid, match="signature"):
            check_opening(structs.replace(signed, **{field: signature}), fair().election, trustees())


def test_an_opening_is_refused_when_any_of_its_fields_changes_after_it_was_signed() -> None:
    signed, foreign = fair().contents.opening, other().opening
    for field in ("election", "trustees", "box"):
        changed = structs.replace(signed.opening, **{field: getattr(foreign, field)})
        with pytest.raises(Invalid, match="opening"):
            check_opening(structs.replace(signed, opening=changed), fair().election, trustees())


def test_an_opening_is_refused_with_the_trustees_of_another_election() -> None:
    keys = read_archive(other().contents.archive).trustees
    with pytest.raises(Invalid, match="about other trustees"):
        check_opening(fair().contents.opening, fair().election, keys)


def test_the_same_statement_is_signed_in_the_same_bytes() -> None:
    assert sign_opening(fair().opening, *officials()) == fair().contents.opening


def test_attack_an_opening_that_permits_so_many_marks_that_no_booth_ends() -> None:
    """A proof for every number that is permitted: a million of them would take a booth a day."""
    opening = fair().contents.opening.opening
    wide = structs.replace(opening, contests=(structs.replace(opening.contests[0], max_marks=1001),))
    with pytest.raises(Invalid, match="<= 1000"):
        decode(encode(sign_opening(wide, *officials())), SignedOpening, "the opening")
