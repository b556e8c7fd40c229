"""Zero-knowledge proofs of protocol §2, §4 and §6: secrets in, proofs out; statements in, Invalid out if false.

Every proof is made non-interactive by hashing its context (Fiat-Shamir). Elements given to the `check_*` functions have
been read with `Group.element` before; a cipher that `check_interval` checks may be read with `Group.read_unchecked`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ballot.crypto.groups import Element, Group
from ballot.errors import Invalid
from ballot.votes import Proof
from ballot.wire import hash_to_scalar, tagged_scalar


class Cipher(NamedTuple):
    """An exponential ElGamal ciphertext: alpha = g^r, beta = y^r·g^m."""

    alpha: Element
    beta: Element


def encrypt(group: Group, key: Element, mark: int, randomness: int) -> Cipher:
    """Encrypt a mark of 0 or 1 under the election key with `randomness` in [0, q)."""
    blank = group.power(key, randomness)
    marked = group.multiply(blank, group.generator)
    return Cipher(group.base(randomness), (blank, marked)[mark])


def multiply(group: Group, ciphers: Sequence[Cipher]) -> Cipher:
    """The ciphertext of the sum of what the given ones hold."""
    return Cipher(group.product(c.alpha for c in ciphers), group.product(c.beta for c in ciphers))


def _schnorr(group: Group, secret: int, nonce: int, challenge: int) -> Proof:
    return Proof(str(challenge), str((nonce - secret * challenge) % group.q))


def _read(group: Group, proof: Proof) -> tuple[int, int]:
    return group.scalar(proof.challenge), group.scalar(proof.response)


def _recompute(group: Group, public: Element, challenge: int, response: int) -> Element:
    return group.multiply(group.base(response), group.public_power(public, challenge))


def prove_knowledge(group: Group, secret: int) -> Proof:
    """Proof that whoever publishes X = g^secret knows the secret (protocol §2)."""
    nonce = group.random_scalar()
    public = group.base(secret)
    return _schnorr(group, secret, nonce, _knowledge_challenge(group, public, group.base(nonce)))


def check_knowledge(group: Group, public: Element, proof: Proof) -> None:
    """Check a proof of `prove_knowledge`. Raises Invalid."""
    challenge, response = _read(group, proof)
    if challenge != _knowledge_challenge(group, public, _recompute(group, public, challenge, response)):
        raise Invalid("the proof of knowledge of a trustee's key does not hold")


def _knowledge_challenge(group: Group, public: Element, commitment: Element) -> int:
    return hash_to_scalar(f"pok|{group.name}|{group.text(public)}|{group.text(commitment)}", group.q)


def prove_ready(group: Group, secret: int, context: bytes) -> Proof:
    """Fresh proof that a trustee can use the key X = g^secret, bound to a context such as a day (protocol §2.7)."""
    nonce = group.random_scalar()
    return _schnorr(group, secret, nonce, _ready_challenge(group, context, group.base(secret), group.base(nonce)))


def check_ready(group: Group, public: Element, context: bytes, proof: Proof) -> None:
    """Check a proof of `prove_ready`. Raises Invalid."""
    challenge, response = _read(group, proof)
    commitment = _recompute(group, public, challenge, response)
    if challenge != _ready_challenge(group, context, public, commitment):
        raise Invalid("the proof that a trustee's key works does not hold")


def _ready_challenge(group: Group, context: bytes, public: Element, commitment: Element) -> int:
    return tagged_scalar(group.q, "ready", context, group.text(public), group.text(commitment))


def prove_signature(group: Group, secret: int, message_hash: str) -> Proof:
    """The credential's Schnorr signature on the hash of a ballot (protocol §4)."""
    nonce = group.random_scalar()
    return _schnorr(group, secret, nonce, _signature_challenge(group, message_hash, group.base(nonce)))


def check_signature(group: Group, credential: Element, message_hash: str, proof: Proof) -> None:
    """Check a signature of `prove_signature`. Raises Invalid."""
    challenge, response = _read(group, proof)
    if challenge != _signature_challenge(group, message_hash, _recompute(group, credential, challenge, response)):
        raise Invalid("the signature of the paper's credential on the ballot does not hold")


def _signature_challenge(group: Group, message_hash: str, commitment: Element) -> int:
    return hash_to_scalar(f"sig|{message_hash}|{group.text(commitment)}", group.q)


def prove_interval(
    group: Group, key: Element, cipher: Cipher, randomness: int, value: int, values: range, context: str
) -> tuple[Proof, ...]:
    """Proof that `cipher`, made with `randomness`, holds one of `values` (protocol §4); `value` is the one it holds."""
    q = group.q
    nonce = group.random_scalar()
    faked = {other: (group.random_scalar(), group.random_scalar()) for other in values if other != value}
    commitments: list[Element] = []
    for other in values:
        if other == value:
            commitments += [group.base(nonce), group.power(key, nonce)]
            continue
        # Whoever knows the randomness folds each pair of powers into one exponent.
        challenge, response = faked[other]
        exponent = (response + randomness * challenge) % q
        offset = group.base((value - other) * challenge % q)
        commitments += [group.base(exponent), group.multiply(group.power(key, exponent), offset)]
    total = _interval_challenge(group, context, cipher, commitments)
    own = (total - sum(challenge for challenge, _ in faked.values())) % q
    faked[value] = (own, (nonce - randomness * own) % q)
    return tuple(Proof(str(faked[other][0]), str(faked[other][1])) for other in values)


def check_interval(
    group: Group, key: Element, cipher: Cipher, values: range, context: str, proofs: Sequence[Proof]
) -> None:
    """Check a proof of `prove_interval`, and that the cipher is in the group: both its parts are raised to a power.

    Raises Invalid.
    """
    # Not by len(), which takes no number that does not fit into a machine's word.
    count = max(0, values.stop - values.start)
    if not count or len(proofs) != count:
        raise Invalid(f"an interval proof has {len(proofs)} parts where {count} are wanted")
    commitments: list[Element] = []
    total = 0
    # In one step: an archive can ask for a million marks in a line, and says nothing by it.
    plain = cipher.beta
    if values.start:
        plain = group.divide(plain, group.public_power(group.generator, values.start % group.q))
    for step, proof in enumerate(proofs):
        if step:
            plain = group.divide(plain, group.generator)
        challenge, response = _read(group, proof)
        commitments.append(_recompute(group, cipher.alpha, challenge, response))
        commitments.append(group.multiply(group.public_power(key, response), group.public_power(plain, challenge)))
        total += challenge
    if total % group.q != _interval_challenge(group, context, cipher, commitments):
        raise Invalid("the proof that the marks are permitted does not hold")


def _interval_challenge(group: Group, context: str, cipher: Cipher, commitments: Sequence[Element]) -> int:
    listed = ",".join(group.text(element) for element in commitments)
    return hash_to_scalar(f"prove|{context}|{group.text(cipher.alpha)},{group.text(cipher.beta)}|{listed}", group.q)


class Statement(NamedTuple):
    """What a trustee proves of one ciphertext: factor = alpha^x where X = g^x; `owner` counts from 1."""

    election: str
    owner: int
    public: Element
    cipher: Cipher
    factor: Element


def prove_decryption(group: Group, secret: int, statement: Statement) -> tuple[Proof, Proof]:
    """The Belenios v1 proof and our proof over the whole statement (protocol §6), with fresh nonces each."""
    proofs = []
    for challenge_of in (_belenios_challenge, _decryption_challenge):
        nonce = group.random_scalar()
        commitments = group.base(nonce), group.power(statement.cipher.alpha, nonce)
        proofs.append(_schnorr(group, secret, nonce, challenge_of(group, statement, *commitments)))
    return proofs[0], proofs[1]


def check_belenios_decryption(group: Group, statement: Statement, proof: Proof) -> None:
    """Check the Belenios v1 proof, which does not bind alpha and the factor (protocol §6). Raises Invalid."""
    challenge, commitments = _decryption_commitments(group, statement, proof)
    if challenge != _belenios_challenge(group, statement, *commitments):
        raise Invalid(f"a Belenios decryption proof of trustee {statement.owner} does not hold")


def check_decryption(group: Group, statement: Statement, proof: Proof) -> None:
    """Check our proof over the whole statement (protocol §6). Raises Invalid."""
    challenge, commitments = _decryption_commitments(group, statement, proof)
    if challenge != _decryption_challenge(group, statement, *commitments):
        raise Invalid(f"a decryption proof of trustee {statement.owner} does not hold")


def _decryption_commitments(group: Group, statement: Statement, proof: Proof) -> tuple[int, tuple[Element, Element]]:
    challenge, response = _read(group, proof)
    first = _recompute(group, statement.public, challenge, response)
    second = group.multiply(
        group.public_power(statement.cipher.alpha, response), group.public_power(statement.factor, challenge)
    )
    return challenge, (first, second)


def _belenios_challenge(group: Group, statement: Statement, first: Element, second: Element) -> int:
    text = f"decrypt|{statement.election}|{group.text(statement.public)}|{group.text(first)},{group.text(second)}"
    return hash_to_scalar(text, group.q)


def _decryption_challenge(group: Group, statement: Statement, first: Element, second: Element) -> int:
    elements = (statement.public, *statement.cipher, statement.factor, first, second)
    fields = (statement.election, str(statement.owner), *(group.text(element) for element in elements))
    return tagged_scalar(group.q, "decrypt", *fields)
