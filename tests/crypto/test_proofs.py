"""Every proof holds for the truth and for nothing else: each field and each part of its statement is broken in turn."""

from collections.abc import Callable, Sequence

import pytest

from ballot.crypto.groups import GROUPS, Element, Group, group
from ballot.crypto.proofs import (
    Cipher,
    Statement,
    check_belenios_decryption,
    check_decryption,
    check_interval,
    check_knowledge,
    check_ready,
    check_signature,
    encrypt,
    multiply,
    prove_decryption,
    prove_interval,
    prove_knowledge,
    prove_ready,
    prove_signature,
)
from ballot.errors import Invalid
from ballot.votes import Proof
from ballot.wire import hash_to_scalar, tagged_scalar


@pytest.fixture(params=GROUPS)
def ring(request: pytest.FixtureRequest) -> Group:
    return group(request.param)


def broken_scalars(ring: Group, text: str) -> list[str]:
    """The scalar changed a little, and other spellings of the same number."""
    value = int(text)
    changed = [str((value + step) % ring.q) for step in (1, -1, ring.q // 2)]
    return [*changed, str(value + ring.q), f"0{text}", f"+{text}", f"-{text}", f"{text} ", "", "x"]


def broken_proofs(ring: Group, proof: Proof) -> list[Proof]:
    challenges = [Proof(text, proof.response) for text in broken_scalars(ring, proof.challenge)]
    responses = [Proof(proof.challenge, text) for text in broken_scalars(ring, proof.response)]
    return [*challenges, *responses, Proof(proof.response, proof.challenge)]


def all_refused(ring: Group, proof: Proof, check: Callable[[Proof], None]) -> None:
    check(proof)
    for broken in broken_proofs(ring, proof):
        with pytest.raises(Invalid):
            check(broken)


def test_knowledge_proof_with_any_field_broken_is_refused(ring: Group) -> None:
    secret = ring.random_scalar()
    all_refused(ring, prove_knowledge(ring, secret), lambda proof: check_knowledge(ring, ring.base(secret), proof))


def test_knowledge_proof_of_another_key_is_refused(ring: Group) -> None:
    with pytest.raises(Invalid):
        check_knowledge(ring, ring.base(4), prove_knowledge(ring, 3))


def test_proof_of_a_working_key_hashes_all_that_the_protocol_says(ring: Group) -> None:
    secret = ring.random_scalar()
    public = ring.base(secret)
    proof = prove_ready(ring, secret, b"today")
    all_refused(ring, proof, lambda shown: check_ready(ring, public, b"today", shown))
    for other, context in ((public, b"tomorrow"), (ring.multiply(public, ring.generator), b"today")):
        with pytest.raises(Invalid):
            check_ready(ring, other, context, proof)
    challenge, response = int(proof.challenge), int(proof.response)
    commitment = ring.multiply(ring.base(response), ring.power(public, challenge))
    assert challenge == tagged_scalar(ring.q, "ready", b"today", ring.text(public), ring.text(commitment))


def test_signature_with_any_field_broken_is_refused(ring: Group) -> None:
    secret = ring.random_scalar()
    public = ring.base(secret)
    all_refused(ring, prove_signature(ring, secret, "hash"), lambda proof: check_signature(ring, public, "hash", proof))


def test_signature_of_another_message_or_credential_is_refused(ring: Group) -> None:
    proof = prove_signature(ring, 3, "hash")
    for public, message in ((ring.base(3), "hasi"), (ring.base(4), "hash")):
        with pytest.raises(Invalid):
            check_signature(ring, public, message, proof)


def test_signature_does_not_pass_for_a_knowledge_proof(ring: Group) -> None:
    with pytest.raises(Invalid):
        check_knowledge(ring, ring.base(3), prove_signature(ring, 3, "hash"))


def interval(
    ring: Group, mark: int, values: range, context: str = "context"
) -> tuple[Element, Cipher, int, tuple[Proof, ...]]:
    """An election key, a sum of `mark` ones, its randomness, and the proof."""
    key = ring.base(ring.random_scalar())
    randomness = [ring.random_scalar() for _ in range(max(mark, 1))]
    cipher = multiply(ring, [encrypt(ring, key, 1 if mark else 0, r) for r in randomness])
    total = sum(randomness) % ring.q
    return key, cipher, total, prove_interval(ring, key, cipher, total, mark, values, context)


@pytest.mark.parametrize(
    ("mark", "values"),
    [(0, range(2)), (1, range(2)), (0, range(4)), (3, range(4)), (2, range(1, 4)), (2, range(2, 3))],
)
def test_interval_proof_holds_for_every_value_of_the_interval(ring: Group, mark: int, values: range) -> None:
    key, cipher, _, proofs = interval(ring, mark, values)
    check_interval(ring, key, cipher, values, "context", proofs)


@pytest.mark.parametrize("values", [range(2), range(1, 4)])
def test_interval_proof_with_any_field_broken_is_refused(ring: Group, values: range) -> None:
    key, cipher, _, proofs = interval(ring, 1, values)
    for place, proof in enumerate(proofs):

        def check(part: Proof, place: int = place) -> None:
            check_interval(ring, key, cipher, values, "context", (*proofs[:place], part, *proofs[place + 1 :]))

        all_refused(ring, proof, check)


def test_interval_proof_with_parts_missing_added_or_swapped_is_refused(ring: Group) -> None:
    key, cipher, _, proofs = interval(ring, 1, range(2))
    wrong: Sequence[tuple[Proof, ...]] = ((), proofs[:1], (*proofs, proofs[0]), proofs[::-1], (proofs[0], proofs[0]))
    for parts in wrong:
        with pytest.raises(Invalid):
            check_interval(ring, key, cipher, range(2), "context", parts)


@pytest.mark.parametrize(("mark", "proven", "wanted"), [(2, range(3), range(2)), (1, range(1, 4), range(1, 3))])
def test_attack_a_true_proof_of_a_wider_interval(ring: Group, mark: int, proven: range, wanted: range) -> None:
    """It hashes no bounds, so but for the number of its parts it would hold: two votes in one mark."""
    key, cipher, _, proofs = interval(ring, mark, proven)
    check_interval(ring, key, cipher, proven, "context", proofs)
    with pytest.raises(Invalid, match=f"has {len(proven)} parts where {len(wanted)} are wanted"):
        check_interval(ring, key, cipher, wanted, "context", proofs)


def test_interval_proof_for_another_statement_is_refused(ring: Group) -> None:
    key, cipher, _, proofs = interval(ring, 1, range(2))
    g = ring.generator
    check_interval(ring, key, cipher, range(2), "context", proofs)
    others: list[tuple[Element, Cipher, range, str]] = [
        (ring.multiply(key, g), cipher, range(2), "context"),
        (key, Cipher(ring.multiply(cipher.alpha, g), cipher.beta), range(2), "context"),
        (key, Cipher(cipher.alpha, ring.multiply(cipher.beta, g)), range(2), "context"),
        (key, Cipher(cipher.alpha, ring.divide(cipher.beta, g)), range(2), "context"),
        (key, Cipher(cipher.beta, cipher.alpha), range(2), "context"),
        (key, cipher, range(1, 3), "context"),
        (key, cipher, range(2), "contexu"),
    ]
    for other_key, other_cipher, values, context in others:
        with pytest.raises(Invalid):
            check_interval(ring, other_key, other_cipher, values, context, proofs)


@pytest.mark.parametrize(("claimed", "offset"), [(0, 2), (1, 1), (1, 5), (0, -1)])
def test_interval_proof_of_a_number_outside_is_refused(ring: Group, claimed: int, offset: int) -> None:
    key = ring.base(ring.random_scalar())
    randomness = ring.random_scalar()
    cipher = encrypt(ring, key, claimed, randomness)
    stuffed = Cipher(cipher.alpha, ring.multiply(cipher.beta, ring.base(offset % ring.q)))
    proofs = prove_interval(ring, key, stuffed, randomness, claimed, range(2), "context")
    with pytest.raises(Invalid):
        check_interval(ring, key, stuffed, range(2), "context", proofs)


def decryption(ring: Group) -> tuple[int, Statement]:
    """A trustee's secret, and the true statement about a ciphertext."""
    secret = ring.random_scalar()
    public = ring.base(secret)
    cipher = encrypt(ring, public, 1, ring.random_scalar())
    return secret, Statement("fingerprint", 1, public, cipher, ring.power(cipher.alpha, secret))


def test_decryption_proofs_with_any_field_broken_are_refused(ring: Group) -> None:
    secret, statement = decryption(ring)
    belenios, ours = prove_decryption(ring, secret, statement)
    all_refused(ring, belenios, lambda proof: check_belenios_decryption(ring, statement, proof))
    all_refused(ring, ours, lambda proof: check_decryption(ring, statement, proof))


def test_decryption_proofs_do_not_pass_for_each_other(ring: Group) -> None:
    secret, statement = decryption(ring)
    belenios, ours = prove_decryption(ring, secret, statement)
    with pytest.raises(Invalid):
        check_decryption(ring, statement, belenios)
    with pytest.raises(Invalid):
        check_belenios_decryption(ring, statement, ours)


def test_decryption_proofs_of_another_statement_are_refused(ring: Group) -> None:
    secret, statement = decryption(ring)
    belenios, ours = prove_decryption(ring, secret, statement)
    g = ring.generator
    cipher = statement.cipher
    others = (
        statement._replace(election="another"),
        statement._replace(public=ring.multiply(statement.public, g)),
        statement._replace(factor=ring.multiply(statement.factor, g)),
        statement._replace(cipher=cipher._replace(alpha=ring.multiply(cipher.alpha, g))),
    )
    for other in others:
        with pytest.raises(Invalid):
            check_belenios_decryption(ring, other, belenios)
        with pytest.raises(Invalid):
            check_decryption(ring, other, ours)
    for other in (statement._replace(owner=2), statement._replace(cipher=cipher._replace(beta=g))):
        with pytest.raises(Invalid):
            check_decryption(ring, other, ours)


def test_our_decryption_proof_hashes_the_whole_statement_and_both_commitments(ring: Group) -> None:
    """Written out here: prover and verifier share the hash, and a part that both left out would open a forgery."""
    secret, statement = decryption(ring)
    _, proof = prove_decryption(ring, secret, statement)
    challenge, response = int(proof.challenge), int(proof.response)
    alpha, beta = statement.cipher
    first = ring.multiply(ring.base(response), ring.power(statement.public, challenge))
    second = ring.multiply(ring.power(alpha, response), ring.power(statement.factor, challenge))
    told = [ring.text(one) for one in (statement.public, alpha, beta, statement.factor, first, second)]
    assert challenge == tagged_scalar(ring.q, "decrypt", statement.election, str(statement.owner), *told)


def test_decryption_of_an_empty_box_is_proved(ring: Group) -> None:
    secret, statement = decryption(ring)
    one = ring.identity
    empty = statement._replace(cipher=Cipher(one, one), factor=one)
    belenios, ours = prove_decryption(ring, secret, empty)
    check_belenios_decryption(ring, empty, belenios)
    check_decryption(ring, empty, ours)


def test_a_wrong_factor_with_a_valid_belenios_proof_is_refused_by_our_proof(ring: Group) -> None:
    """The weakness of protocol §6: the factor is not hashed, so a trustee can solve for it after the challenge."""
    secret, statement = decryption(ring)
    nonce = ring.random_scalar()
    first, second = ring.base(nonce), ring.base(ring.random_scalar())
    text = f"decrypt|fingerprint|{ring.text(statement.public)}|{ring.text(first)},{ring.text(second)}"
    challenge = hash_to_scalar(text, ring.q)
    response = (nonce - secret * challenge) % ring.q
    rest = ring.divide(second, ring.power(statement.cipher.alpha, response))
    forged = statement._replace(factor=ring.power(rest, pow(challenge, -1, ring.q)))
    proof = Proof(str(challenge), str(response))
    assert forged.factor != statement.factor
    check_belenios_decryption(ring, forged, proof)
    with pytest.raises(Invalid):
        check_decryption(ring, forged, proof)
    with pytest.raises(Invalid):
        check_decryption(ring, forged, prove_decryption(ring, secret, forged)[1])
