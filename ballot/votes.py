"""What an election is made of once names are left behind: contests, papers, sealed ballots, totals, trustees.

In: nothing. Out: value types with a canonical JSON form (field order = byte order, protocol §2 to §8). No voter's
identity lives here; candidates do, because they are public.
"""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from ballot.wire import Wire, b64, encode, sha256_hex

Marks = Annotated[int, msgspec.Meta(ge=0, le=1000)]
"""How many marks a ballot may hold: each number that is permitted costs a proof in every ballot."""


class Phase(StrEnum):
    """Where an election stands; it only moves forward (design §9)."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    DECLARED = "declared"


class Candidate(Wire, frozen=True):
    """A person who stands, with a ballot number from 1; `member` is the id of the organisation that sends them."""

    number: int
    name: str
    member: str
    organisation: str
    region: str


class Contest(Wire, frozen=True):
    """One question of an election: a rule of the charter, the marks a ballot may hold, and who stands.

    With `shuffle` a booth shows the candidates in a fresh random order to each voter; their numbers stay.
    """

    question: str
    rule: str
    min_marks: Marks
    max_marks: Marks
    candidates: tuple[Candidate, ...]
    shuffle: bool = False

    @property
    def asks(self) -> bool:
        """Whether it puts a question, so that its candidates are answers and no people."""
        return not any(candidate.member for candidate in self.candidates)

    @property
    def markable(self) -> int:
        """Most marks that a ballot can hold: no more than permitted, nor than there are candidates."""
        return min(self.max_marks, len(self.candidates))


class Setup(Wire, frozen=True):
    """How an election was set up: its title, the group, the charter's name, who holds which office, and how many of the
    trustees are needed for the count."""

    name: str
    description: str
    group: str
    charter: str
    head: str
    seal: str
    trustees: tuple[str, ...]
    need: int


class Question(Wire, frozen=True):
    """A Belenios homomorphic question (protocol §2)."""

    answers: tuple[str, ...]
    min: int
    max: int
    question: str


class Election(Wire, frozen=True):
    """The Belenios election; its fingerprint φ is `fingerprint` (protocol §2)."""

    version: int
    description: str
    name: str
    group: str
    public_key: str
    questions: tuple[Question, ...]
    uuid: str

    @property
    def fingerprint(self) -> str:
        """φ = b64 of the canonical JSON."""
        return b64(encode(self))


class Proof(Wire, frozen=True):
    """A Schnorr-like proof: two scalars in base 10."""

    challenge: str
    response: str


class TrusteeKey(Wire, frozen=True):
    """A trustee's public key with its proof of knowledge (protocol §2)."""

    pok: Proof
    public_key: str


class Trustee(Wire, frozen=True):
    """The public part of a trustee: a name that is read out, the group, and the key."""

    name: str
    group: str
    key: TrusteeKey


class Official(Wire, frozen=True):
    """Public keys of the head or the keeper of the seal: Ed25519 in hex for documents, RSA-3072 in PEM for papers."""

    role: str
    name: str
    ed25519: str
    rsa: str


class Opening(Wire, frozen=True, omit_defaults=True):
    """The opening statement that head and seal sign; Ω is `fingerprint` (protocol §2).

    `need` trustees suffice for the count; `ceremony` is the SHA-256 of the transcript in which they dealt each other
    backups, in hex, or empty where they held none and all are needed. `present` members were counted at the meeting; it
    is left out where nothing depends on it.
    """

    version: int
    election: str
    roll: str
    charter: str
    trustees: str
    voting_delegates: int
    head: Official
    seal: Official
    box: str
    trustee_names: tuple[str, ...]
    contests: tuple[Contest, ...]
    need: int
    ceremony: str
    present: int = 0

    @property
    def fingerprint(self) -> str:
        """Ω: SHA-256 of the canonical JSON, in hex."""
        return sha256_hex(encode(self))


class SignedOpening(Wire, frozen=True):
    """Opening statement and the Ed25519 signatures of head and seal over T("opening", its bytes), in hex."""

    opening: Opening
    head: str
    seal: str


class OpeningFile(Wire, frozen=True):
    """What everyone may know of an open election: the signed opening statement, the election and the trustees' keys."""

    signed: SignedOpening
    election: Election
    trustees: tuple[TrusteeKey, ...]


class Paper(Wire, frozen=True):
    """A blank ballot, signed by the head and sealed (protocol §3); prefix and signatures in hex."""

    credential: str
    prefix: str
    signature: str
    seal: str


class Choice(Wire, frozen=True):
    """One encrypted mark."""

    alpha: str
    beta: str


class Answer(Wire, frozen=True):
    """The encrypted marks of one contest, with the proof that each is 0 or 1 and that their number is allowed."""

    choices: tuple[Choice, ...]
    individual_proofs: tuple[tuple[Proof, ...], ...]
    overall_proof: tuple[Proof, ...]


class BallotSignature(Wire, frozen=True):
    """The credential's signature over the hash of the unsigned ballot."""

    hash: str
    proof: Proof


class UnsignedBallot(Wire, frozen=True):
    """A Belenios ballot before its credential signs."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[Answer, ...]

    @property
    def hash(self) -> str:
        """b64 of the canonical JSON: what the credential signs, and what a booth shows before a challenge."""
        return b64(encode(self))


class Ballot(Wire, frozen=True):
    """A Belenios ballot; its tracker is the hash that a delegate keeps (protocol §4)."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[Answer, ...]
    signature: BallotSignature

    @property
    def tracker(self) -> str:
        """b64 of the canonical JSON."""
        return b64(encode(self))

    @property
    def unsigned(self) -> UnsignedBallot:
        """The ballot without its signature."""
        return UnsignedBallot(self.election_uuid, self.election_hash, self.credential, self.answers)


class SealedBallot(Wire, frozen=True):
    """What is cast: a paper and the ballot on it. It holds no secret."""

    paper: Paper
    ballot: Ballot


class Receipt(Wire, frozen=True):
    """The box's promise that a ballot is in it (protocol §5). No order, no time, nothing about the marks."""

    opening: str
    tracker: str
    signature: str


Ciphertexts = tuple[tuple[Choice, ...], ...]
"""Per contest, per candidate: an encrypted number of marks."""


class Share(Wire, frozen=True):
    """A trustee's part of the decryption in the Belenios form: a factor and a proof for every ciphertext."""

    decryption_factors: tuple[tuple[str, ...], ...]
    decryption_proofs: tuple[tuple[Proof, ...], ...]


class TrusteeShare(Wire, frozen=True):
    """A share with its owner (1-based) and our stronger proofs over the whole statement (protocol §6)."""

    owner: int
    share: Share
    proofs: tuple[tuple[Proof, ...], ...]


class Totals(Wire, frozen=True):
    """The decrypted count: number of ballots, and votes per contest and answer in ballot order."""

    ballots: int
    votes: tuple[tuple[int, ...], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return sha256_hex(encode(self))


class BoothPaper(Wire, frozen=True):
    """A paper with its credential's secret (base 10): what a delegate takes to the booth. It is as good as a vote."""

    opening: str
    paper: Paper
    secret: str

    def __repr__(self) -> str:
        return f"BoothPaper(opening={self.opening!r})"

    def __rich_repr__(self) -> Any:
        yield "opening", self.opening


class Closing(Wire, frozen=True):
    """What was closed: Ω, the number of ballots, and the digest of all trackers; signed by the desk in the journal."""

    opening: str
    ballots: int
    box: str


class Signatures(Wire, frozen=True):
    """Ed25519 signatures of head and seal on the same bytes, in hex."""

    head: str
    seal: str
