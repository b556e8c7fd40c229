"""The opening (protocol §2): a plan's values and keys in, election and signed opening statement out; and its check.

From the opening on, the roll, the charter, the candidates and the keys are fixed; Ω, read aloud as words, is what
people compare.
"""

import secrets
from collections.abc import Sequence

from ballot.belenios import encode_trustees
from ballot.contests import require_contests
from ballot.crypto import blind_rsa, signing
from ballot.crypto.given import Signs
from ballot.crypto.groups import group
from ballot.crypto.proofs import check_knowledge, prove_knowledge
from ballot.errors import Invalid, Refused
from ballot.offices import office_faults
from ballot.tables import name_key, text_problem
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import check_transcript
from ballot.votes import (
    Candidate,
    Contest,
    Election,
    Official,
    Opening,
    Question,
    Setup,
    SignedOpening,
    Trustee,
    TrusteeKey,
)
from ballot.wire import encode, sha256_hex

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VERSION = 1


def new_trustee(name: str, group_name: str) -> tuple[Trustee, int]:
    """A trustee's public part and the secret exponent behind it (protocol §2)."""
    ring = group(group_name)
    secret = 0
    while secret == 0:
        secret = ring.random_scalar()
    return Trustee(name, group_name, TrusteeKey(prove_knowledge(ring, secret), ring.text(ring.base(secret)))), secret


def admit_trustee(setup: Setup, present: Sequence[Trustee], trustee: Trustee) -> None:
    """Check a trustee's public part before it is collected.

    Raises Refused for a name the election does not know, one that is already there, or another group; Invalid when
    the proof of knowledge does not hold.
    """
    if trustee.name not in setup.trustees:
        raise Refused(f"{trustee.name} is no trustee of this election", f"They are: {', '.join(setup.trustees)}.")
    if trustee.group != setup.group:
        # One hint for all of them, so that it is shown once when several keys are given.
        raise Refused(
            f"the key of {trustee.name} is for the group {trustee.group}; this election uses {setup.group}",
            "Such a key is of no use here. Make another, in a file of its own: "
            f"`ballot trustee new --name NAME --out FILE --group {setup.group}`.",
        )
    if any(trustee.name == other.name or trustee.key.public_key == other.key.public_key for other in present):
        raise Refused(f"the key of {trustee.name} is already collected")
    ring = group(trustee.group)
    check_knowledge(ring, ring.element(trustee.key.public_key), trustee.key.pok)


def election_of(
    name: str, description: str, group_name: str, contests: Sequence[Contest], keys: Sequence[TrusteeKey], uuid: str
) -> Election:
    """The Belenios election: y = ΠX_i, and a question for every contest. Raises Invalid for a key out of the group."""
    ring = group(group_name)
    key = ring.product(ring.element(trustee.public_key) for trustee in keys)
    questions = tuple(question_of(contest) for contest in contests)
    return Election(1, description, name, group_name, ring.text(key), questions, uuid)


def new_uuid() -> str:
    """14 random Base58 characters."""
    return "".join(secrets.choice(_BASE58) for _ in range(14))


def question_of(contest: Contest) -> Question:
    """The Belenios question of a contest; answers stand in ballot order."""
    answers = tuple(answer_of(candidate) for candidate in contest.candidates)
    return Question(answers, contest.min_marks, contest.max_marks, contest.question)


def answer_of(candidate: Candidate) -> str:
    """How a candidate, or an answer to a question, stands on the ballot."""
    text = f"{candidate.number}. {candidate.name}"
    return f"{text} ({candidate.organisation})" if candidate.organisation else text


def state_opening(
    election: Election,
    trustee_names: tuple[str, ...],
    contests: Sequence[Contest],
    keys: Sequence[TrusteeKey],
    officials: tuple[Official, Official],
    box: str,
    frozen: tuple[bytes, bytes, int],
    need: int,
    ceremony: str,
    present: int = 0,
) -> Opening:
    """The opening statement; `frozen` is the published roll, the charter, and the number of voting delegates.

    `need` trustees suffice for the count; `ceremony` is the digest of their transcript, or empty. `present` members
    were counted at the meeting, where a rule depends on that.
    """
    roll, charter, voting = frozen
    head, seal = officials
    return Opening(
        VERSION,
        election.fingerprint,
        sha256_hex(roll),
        sha256_hex(charter),
        sha256_hex(encode_trustees(keys)),
        voting,
        head,
        seal,
        box,
        trustee_names,
        tuple(contests),
        need,
        ceremony,
        present,
    )


def sign_opening(opening: Opening, head: Signs, seal: Signs) -> SignedOpening:
    """Sign an opening statement with both offices. Raises Invalid for a signature over something else."""
    data = encode(opening)
    return SignedOpening(opening, head.sign("opening", data), seal.sign("opening", data))


def check_opening(signed: SignedOpening, election: Election, keys: Sequence[TrusteeKey]) -> None:
    """Check an opening in full: both signatures, all keys, and that it is about this election and these trustees.

    Raises Invalid naming what does not fit.
    """
    opening = signed.opening
    _check_form(opening)
    for office, signature in ((opening.head, signed.head), (opening.seal, signed.seal)):
        signing.verify(office.ed25519, signature, "opening", encode(opening))
    _check_statement(opening, election, keys)


def check_half_opening(opening: Opening, head: str, election: Election, keys: Sequence[TrusteeKey]) -> None:
    """Check an opening that only the head has signed. Raises Invalid as `check_opening` does."""
    _check_form(opening)
    signing.verify(opening.head.ed25519, head, "opening", encode(opening))
    _check_statement(opening, election, keys)


def _check_form(opening: Opening) -> None:
    if (opening.version, opening.head.role, opening.seal.role) != (VERSION, "head", "seal"):
        raise Invalid("the opening statement is not of a form this version knows")
    require_contests(opening.contests)


def _check_statement(opening: Opening, election: Election, keys: Sequence[TrusteeKey]) -> None:
    signing.load_public(opening.box)
    if len({opening.head.ed25519, opening.seal.ed25519, opening.box}) != 3 or opening.head.rsa == opening.seal.rsa:
        raise Invalid("head, seal and box do not have keys of their own")
    for official in (opening.head, opening.seal):
        blind_rsa.load_public(official.rsa)
    if opening.election != election.fingerprint:
        raise Invalid("the opening statement is about another election")
    if opening.trustees != sha256_hex(encode_trustees(keys)) or len(opening.trustee_names) != len(keys):
        raise Invalid("the opening statement is about other trustees")
    _check_texts(opening, election)
    ring = group(election.group)
    publics = [ring.element(key.public_key) for key in keys]
    for key, public in zip(keys, publics, strict=True):
        check_knowledge(ring, public, key.pok)
    if len(set(publics)) != len(publics):
        raise Invalid("two trustees have the same key")
    if not 1 <= opening.need <= len(keys) or (opening.need < len(keys) and not opening.ceremony):
        raise Invalid(f"{opening.need} of {len(keys)} trustees cannot suffice without a ceremony of theirs")
    if ring.text(ring.product(publics)) != election.public_key:
        raise Invalid("the election key is not the product of the trustees' keys")
    if encode([question_of(contest) for contest in opening.contests]) != encode(election.questions):
        raise Invalid("the contests of the opening statement are not the questions of the election")
    for contest in opening.contests:
        if [candidate.number for candidate in contest.candidates] != list(range(1, len(contest.candidates) + 1)):
            raise Invalid("the candidates are not numbered from 1 without gaps")
        if len({name_key(candidate.name) for candidate in contest.candidates}) != len(contest.candidates):
            raise Invalid("two candidates of a contest have the same name")
    ring.element(election.public_key)
    _check_plain(opening, election, keys)


def _check_texts(opening: Opening, election: Election) -> None:
    """Names and questions hold nothing that could pass for other lines of a declaration, or steer a screen."""
    texts = [election.name, opening.head.name, opening.seal.name, *opening.trustee_names]
    for contest in opening.contests:
        texts.append(contest.question)
        for candidate in contest.candidates:
            # Only the charter tells an answer from a person, and who of them must have an organisation.
            texts += [candidate.name, *filter(None, (candidate.organisation, candidate.region))]
    for text in texts:
        problem = text_problem(text) or ("" if text else "is empty")
        if problem:
            raise Invalid(f"the opening statement or the election has a text that is not plain: {problem}")
    if text_problem(election.description):
        raise Invalid(f"the description of the election is not plain text: {text_problem(election.description)}")
    for _, problem in office_faults(opening.head.name, opening.seal.name, opening.trustee_names):
        raise Invalid(problem)


def _check_plain(opening: Opening, election: Election, keys: Sequence[TrusteeKey]) -> None:
    """Nothing stands in the election or the trustees' keys beside what this version writes there."""
    expected = election_of(election.name, election.description, election.group, opening.contests, keys, election.uuid)
    plain = [TrusteeKey(key.pok, key.public_key) for key in keys]
    if encode(election) != encode(expected) or encode_trustees(keys) != encode_trustees(plain):
        raise Invalid("the election or a trustee's key says more than an opening statement covers")
    if len(election.uuid) != 14 or not set(election.uuid) <= set(_BASE58):
        raise Invalid("the election's uuid is not 14 Base58 characters")


def check_ceremony_of(
    opening: Opening, group_name: str, keys: Sequence[TrusteeKey], held: Sequence[Transcript]
) -> None:
    """Check the ceremony that an opening names: `held` is its complete transcript, or nothing where there was none.

    Raises Invalid when it is another one or not about these trustees, and as `check_transcript` does.
    """
    if [transcript.digest for transcript in held] != ([opening.ceremony] if opening.ceremony else []):
        raise Invalid("the trustees' ceremony is not the one that the opening statement names")
    for transcript in held:
        check_transcript(transcript)
        ceremony = transcript.ceremony
        said = opening.trustee_names, group_name, encode_trustees(keys)
        if said != (ceremony.names, ceremony.group, encode_trustees(transcript.keys)):
            raise Invalid("the trustees of the opening statement are not those of their ceremony")
        if opening.need != ceremony.need:
            raise Invalid("the opening statement needs another number of trustees than their ceremony")
