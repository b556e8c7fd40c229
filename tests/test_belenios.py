"""Belenios archives: belenios-tool's own verify here, ours verify there, and the totals follow from the keys."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from ballot.belenios import Archive, check_archive, encode_archive, encode_trustees, read_archive, write_archive
from ballot.crypto.groups import group
from ballot.crypto.logs import discrete_log
from ballot.crypto.proofs import Cipher, Statement, prove_decryption, prove_knowledge, prove_signature
from ballot.crypto.sealing import ballot_context, check_ballot, read_cipher, seal_answer, tally
from ballot.errors import Invalid
from ballot.votes import (
    Answer,
    Ballot,
    BallotSignature,
    Election,
    Proof,
    Question,
    Share,
    TrusteeKey,
    UnsignedBallot,
)

VECTORS = Path(__file__).parent / "vectors"
NAMES = ("belenios-2048", "belenios-ed25519")
GROUPS = ("BELENIOS-2048", "Ed25519")
TIME = 1_795_292_900


class Known(msgspec.Struct):
    """What is known of a vector."""

    uuid: str
    group: str
    revotes: int
    totals: tuple[int, ...]
    trustee_private_keys: dict[str, str]


def vector(name: str) -> tuple[bytes, Known]:
    known = msgspec.json.decode((VECTORS / f"{name}.json").read_bytes(), type=Known)
    return (VECTORS / f"{name}.bel").read_bytes(), known


class Count:
    """A small election of our own, with every secret kept: two questions, two trustees."""

    def __init__(self, name: str, marks: Sequence[Sequence[Sequence[int]]]) -> None:
        self.ring = group(name)
        self.secrets = [self.ring.random_scalar() for _ in range(2)]
        keys = [self.ring.base(secret) for secret in self.secrets]
        self.trustees = [
            TrusteeKey(prove_knowledge(self.ring, s), self.ring.text(self.ring.base(s))) for s in self.secrets
        ]
        questions = (
            Question(("Ada", "Bo", "Çağ"), 0, 2, "Who?"),
            Question(("Yes", "No"), 1, 1, "“Whether” <1> & \\ /?"),
        )
        public = self.ring.text(self.ring.product(keys))
        self.election = Election(1, "One line\nand another", "Wahl Öß", name, public, questions, "ZbZ6bYKwKHpPTC")
        self.credentials = [self.ring.random_scalar() for _ in marks]
        self.ballots = [self.ballot(secret, choice) for secret, choice in zip(self.credentials, marks, strict=True)]
        self.tally = tally(self.election, [ballot.unsigned for ballot in self.ballots])
        self.votes = tuple(
            tuple(sum(choice[place][answer] for choice in marks) for answer in range(len(question.answers)))
            for place, question in enumerate(questions)
        )

    def ballot(self, secret: int, marks: Sequence[Sequence[int]]) -> Ballot:
        credential = self.ring.text(self.ring.base(secret))
        context = ballot_context(self.election, credential)
        answers = tuple(
            seal_answer(self.election, question, choice, context).answer
            for question, choice in zip(self.election.questions, marks, strict=True)
        )
        return self.sign(secret, UnsignedBallot(self.election.uuid, self.election.fingerprint, credential, answers))

    def sign(self, secret: int, ballot: UnsignedBallot) -> Ballot:
        signature = BallotSignature(ballot.hash, prove_signature(self.ring, secret, ballot.hash))
        return Ballot(ballot.election_uuid, ballot.election_hash, ballot.credential, ballot.answers, signature)

    def share(self, owner: int, secret: int) -> tuple[int, Share]:
        factors, proofs = [], []
        for row in self.tally:
            ciphers = [
                Cipher(self.ring.element(c.alpha, identity=True), self.ring.element(c.beta, identity=True)) for c in row
            ]
            powers = [self.ring.power(cipher.alpha, secret) for cipher in ciphers]
            public = self.ring.base(secret)
            statements = [
                Statement(self.election.fingerprint, owner, public, cipher, factor)
                for cipher, factor in zip(ciphers, powers, strict=True)
            ]
            factors.append(tuple(self.ring.text(factor) for factor in powers))
            proofs.append(tuple(prove_decryption(self.ring, secret, statement)[0] for statement in statements))
        return owner, Share(tuple(factors), tuple(proofs))

    def archive(self) -> bytes:
        shares = [self.share(owner, secret) for owner, secret in enumerate(self.secrets, start=1)]
        listed = [ballot.credential for ballot in self.ballots]
        return write_archive(
            TIME, self.election, self.trustees, listed, self.ballots, self.tally, shares[::-1], self.votes
        )


MARKS = (((1, 1, 0), (1, 0)), ((0, 0, 0), (0, 1)), ((0, 1, 0), (1, 0)))


@pytest.fixture(scope="module", params=GROUPS)
def count(request: pytest.FixtureRequest) -> Count:
    return Count(request.param, MARKS)


@pytest.mark.parametrize("name", NAMES)
def test_vectors_verify(name: str) -> None:
    data, known = vector(name)
    archive = read_archive(data)
    told: list[int] = []
    report = check_archive(archive, told.append, workers=1)
    assert archive.election.uuid == known.uuid
    assert archive.election.group == known.group
    assert report.votes == (known.totals,)
    assert report.missing == ""
    assert [step.number for step in report.steps] == list(range(1, 10))
    assert all(step.title and step.sentence.endswith(".") and step.figure for step in report.steps)
    assert f"{known.revotes} replaced" in report.steps[4].figure
    assert told[-1] == len(archive.ballots)


@pytest.mark.parametrize("name", NAMES)
def test_vectors_are_written_again_byte_for_byte(name: str) -> None:
    data, _ = vector(name)
    assert encode_archive(read_archive(data)) == data


@pytest.mark.parametrize("name", NAMES)
def test_totals_follow_from_the_trustees_private_keys(name: str) -> None:
    data, known = vector(name)
    archive = read_archive(data)
    ring = group(known.group)
    secrets = [int(secret) for secret in known.trustee_private_keys.values()]
    assert {ring.text(ring.base(secret)) for secret in secrets} == {key.public_key for key in archive.trustees}
    counted = list({ballot.credential: ballot.unsigned for ballot in archive.ballots}.values())
    (encrypted,) = tally(archive.election, counted)
    totals = []
    for cipher in (read_cipher(ring, choice) for choice in encrypted):
        mask = ring.product(ring.power(cipher.alpha, secret) for secret in secrets)
        totals.append(discrete_log(ring, ring.divide(cipher.beta, mask), len(counted)))
    assert tuple(totals) == known.totals


def test_our_own_archive_verifies_and_reads_back(count: Count) -> None:
    data = count.archive()
    archive = read_archive(data)
    report = check_archive(archive)
    assert report.votes == ((1, 2, 0), (2, 1))
    assert report.missing == ""
    assert report.fingerprint == count.election.fingerprint
    assert encode_archive(archive) == data
    assert archive.timestamp == TIME
    assert list(archive.credentials) == sorted(ballot.credential for ballot in count.ballots)
    assert [ballot.tracker for ballot in archive.ballots] == sorted(ballot.tracker for ballot in count.ballots)
    assert [owner for owner, _ in archive.shares] == [1, 2]


def test_the_archive_does_not_depend_on_the_order_of_casting(count: Count) -> None:
    listed = [ballot.credential for ballot in count.ballots]
    first = write_archive(TIME, count.election, count.trustees, listed, count.ballots, count.tally)
    again = write_archive(TIME, count.election, count.trustees, listed[::-1], count.ballots[::-1], count.tally)
    assert first == again


def test_an_archive_without_result_verifies_and_says_so(count: Count) -> None:
    listed = [ballot.credential for ballot in count.ballots]
    share = count.share(2, count.secrets[1])
    for shares, number in (([], 7), ([share], 8)):
        data = write_archive(TIME, count.election, count.trustees, listed, count.ballots, count.tally, shares)
        report = check_archive(read_archive(data))
        assert report.votes is None
        assert report.missing == "This archive has no result yet."
        assert len(report.steps) == number
    assert report.steps[-1].figure == "1 share of 2 trustees"


def test_an_archive_that_stops_earlier_verifies_and_says_so(count: Count) -> None:
    whole = read_archive(count.archive())
    box = Archive(whole.timestamp, whole.election, whole.trustees, whole.credentials, whole.ballots)
    for archive, word in ((box, "not closed"), (replace(box, ended=True), "not tallied")):
        again = read_archive(encode_archive(archive))
        assert again == archive
        report = check_archive(again)
        assert word in report.missing
        assert len(report.steps) == 6


def test_an_election_without_ballots_verifies() -> None:
    empty = Count("Ed25519", ())
    report = check_archive(read_archive(empty.archive()))
    assert report.votes == ((0, 0, 0), (0, 0))


def test_trustees_are_written_as_single() -> None:
    key = TrusteeKey(Proof("1", "2"), "3")
    expected = '[["Single",{"pok":{"challenge":"1","response":"2"},"public_key":"3"}]]'
    assert encode_trustees([key]) == expected.encode()


def verified_by_belenios_tool(data: bytes, place: Path) -> bool:
    """Whether belenios-tool's own verification accepts the archive."""
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed")
    (place / "ZbZ6bYKwKHpPTC.bel").write_bytes(data)
    run = subprocess.run([tool, "election", "verify", "--dir", place], capture_output=True, text=True, check=False)
    return run.returncode == 0 and "all checks passed" in run.stderr


@pytest.mark.parametrize("ballots", [len(MARKS), 0])
def test_belenios_tool_accepts_our_archive(ballots: int, tmp_path: Path) -> None:
    assert verified_by_belenios_tool(Count("BELENIOS-2048", MARKS[:ballots]).archive(), tmp_path)


def test_belenios_tool_accepts_our_archive_before_the_result(tmp_path: Path) -> None:
    count = Count("BELENIOS-2048", MARKS[:1])
    listed = [ballot.credential for ballot in count.ballots]
    data = write_archive(TIME, count.election, count.trustees, listed, count.ballots, count.tally)
    assert verified_by_belenios_tool(data, tmp_path)


def test_belenios_tool_refuses_what_we_refuse(tmp_path: Path) -> None:
    archive = read_archive(Count("BELENIOS-2048", MARKS[:1]).archive())
    data = encode_archive(replace(archive, votes=((0, 1, 0), (1, 0))))
    assert not verified_by_belenios_tool(data, tmp_path)
    with pytest.raises(Invalid):
        check_archive(read_archive(data))


def altered(count: Count, value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """The value with one text in it altered, for every text, each with the place where it stands."""
    if isinstance(value, str):
        yield key, other(count, key, value)
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from ((f"{key}/{place}", value | {name: changed}) for place, changed in altered(count, child, name))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            for place, changed in altered(count, child):
                yield f"{key}/{number}{place}", [*value[:number], changed, *value[number + 1 :]]


def other(count: Count, key: str, text: str) -> str:
    if key in ("challenge", "response"):
        return str((int(text) + 1) % count.ring.q)
    if key in ("alpha", "beta", "credential"):
        return count.ring.text(count.ring.multiply(count.ring.element(text), count.ring.generator))
    return text[:-1] + ("A" if text[-1] != "A" else "B")


def altered_ballots(count: Count) -> dict[str, Ballot]:
    value = json.loads(msgspec.json.encode(count.ballots[0]))
    return {place: msgspec.convert(changed, Ballot) for place, changed in altered(count, value)}


def accepted(count: Count, ballot: Ballot) -> bool:
    try:
        check_ballot(count.election, ballot)
    except Invalid:
        return False
    return True


def test_a_ballot_with_any_field_altered_is_refused(count: Count) -> None:
    wrong = altered_ballots(count)
    # 5 choices, 14 proofs (2 for each of 5 marks, 3 and 1 over all) and the signature's, of 2 texts each; 4 more.
    assert len(wrong) == 2 * (5 + 14 + 1) + 4
    assert accepted(count, count.ballots[0])
    assert [place for place, ballot in wrong.items() if accepted(count, ballot)] == []


def test_a_ballot_altered_and_signed_anew_is_refused(count: Count) -> None:
    """So that the proofs and the context alone have to notice it."""
    secret = count.credentials[0]
    wrong = {place: count.sign(secret, ballot.unsigned) for place, ballot in altered_ballots(count).items()}
    holding = [place for place, ballot in wrong.items() if accepted(count, ballot)]
    assert sorted(holding) == ["/signature/hash", "/signature/proof/challenge", "/signature/proof/response"]


def test_a_ballot_of_another_shape_signed_anew_is_refused(count: Count) -> None:
    ballot = count.ballots[0]
    first, second = ballot.answers
    choice, proofs = first.choices[0], first.individual_proofs[0]
    shapes: list[tuple[Answer, ...]] = [
        (),
        (first,),
        (second, first),
        (first, second, second),
        (Answer(first.choices[:2], first.individual_proofs[:2], first.overall_proof), second),
        (Answer((*first.choices, choice), (*first.individual_proofs, proofs), first.overall_proof), second),
        (Answer(first.choices, first.individual_proofs[:2], first.overall_proof), second),
        (Answer(first.choices, (proofs, *first.individual_proofs[:2]), first.overall_proof), second),
        (Answer(first.choices[::-1], first.individual_proofs[::-1], first.overall_proof), second),
        (Answer(first.choices, first.individual_proofs, first.overall_proof[:2]), second),
    ]
    for answers in shapes:
        unsigned = UnsignedBallot(ballot.election_uuid, ballot.election_hash, ballot.credential, answers)
        with pytest.raises(Invalid):
            check_ballot(count.election, count.sign(count.credentials[0], unsigned))


def test_a_ballot_copied_under_another_credential_is_refused(count: Count) -> None:
    original, secret = count.ballots[0], count.credentials[1]
    credential = count.ring.text(count.ring.base(secret))
    copied = UnsignedBallot(original.election_uuid, original.election_hash, credential, original.answers)
    with pytest.raises(Invalid, match="does not hold"):
        check_ballot(count.election, count.sign(secret, copied))
