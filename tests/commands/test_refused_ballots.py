"""Ballots and papers that must not get into the box: forged by somebody who holds a good paper and its secret."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from nacl import bindings as sodium

from ballot.crypto.groups import group
from ballot.crypto.sealing import ballot_context, seal_answer
from ballot.votes import Answer, BoothPaper, OpeningFile, Proof, SealedBallot, UnsignedBallot
from ballot.wire import decode, encode
from tests.commands.assembly import (
    CANDIDATES,
    KEYS,
    MARKS,
    UNREHEARSED,
    Assembly,
    Outcome,
    ballot,
    receipt_of,
    refused,
    visit,
)
from tests.commands.conftest import At
from tests.crypto.test_signing import NON_CANONICAL, SMALL_ORDER
from tests.forge import resign

RING = group("Ed25519")
IDENTITY = f"{1:064x}"


@dataclass(frozen=True)
class Forger:
    """Somebody at the open box with a paper that was issued but not cast, and with others' papers to look at."""

    here: Path
    opening: OpeningFile
    paper: BoothPaper
    sealed: SealedBallot

    def signed(self, unsigned: UnsignedBallot) -> bytes:
        """A file with this content on the paper, properly signed by its credential."""
        return encode(SealedBallot(self.paper.paper, resign(self.opening.election, self.paper, unsigned)))

    def answering(self, answer: Answer) -> bytes:
        """A file with this answer in place of the sealed one."""
        return self.signed(replace(self.sealed.ballot.unsigned, answers=(answer,)))

    def on(self, **parts: str) -> bytes:
        """The sealed ballot with parts of its paper changed."""
        return encode(SealedBallot(replace(self.sealed.paper, **parts), self.sealed.ballot))

    @property
    def answer(self) -> Answer:
        (answer,) = self.sealed.ballot.answers
        return answer


def forger_at(here: Path) -> Forger:
    def read(name: str, form: Any) -> Any:
        return decode((here / name).read_bytes(), form, name)

    return Forger(
        here, read("opening.json", OpeningFile), read("paper7.json", BoothPaper), read("sealed7.json", SealedBallot)
    )


@pytest.fixture
def forger(at: At) -> Forger:
    return forger_at(at("open"))


def test_what_is_said_of_a_damaged_ballot_can_be_done(forger: Forger) -> None:
    data = forger.answering(replace(forger.answer, choices=forger.answer.choices[1:]))
    for damaged in (data, data.replace(b'"ballot"', b'"bullot"', 1)):
        (forger.here / "damaged.json").write_bytes(damaged)
        said = refused(forger.here, "cast", "damaged.json")
        assert said.hint.startswith("Get the file again from the delegate, or let them vote again on the same paper")
        assert "cast the others again" in said.hint


Forged = Iterator[tuple[str, bytes, str]]
"""A name, the file, and a word that the refusal must say."""


def papers(forger: Forger) -> Forged:
    """Papers that head and seal did not both sign."""
    paper, other = forger.sealed.paper, decode((forger.here / "paper1.json").read_bytes(), BoothPaper, "a paper").paper
    zeros = "0" * len(paper.seal)
    yield "unsigned", forger.on(signature=zeros), "the signature of the head"
    yield "unsealed", forger.on(seal=zeros), "the seal"
    yield "sealed-twice", forger.on(signature=paper.seal), "the signature of the head"
    yield "signed-twice", forger.on(seal=paper.signature), "the seal"
    yield "signed-for-another", forger.on(signature=other.signature), "the signature of the head"
    yield "sealed-for-another", forger.on(seal=other.seal), "the seal"
    yield "another-prefix", forger.on(prefix=other.prefix), "the signature of the head"
    yield "half-signature", forger.on(signature=paper.signature[2:]), "the signature of the head"
    yield "capitals", forger.on(seal=paper.seal.upper()), "the seal"
    yield "another-paper", encode(SealedBallot(other, forger.sealed.ballot)), "not made on the paper"
    own = str(RING.random_scalar())
    mine = RING.text(RING.base(RING.scalar(own)))
    unsigned = replace(forger.sealed.ballot.unsigned, credential=mine)
    self_made = BoothPaper(forger.paper.opening, replace(paper, credential=mine), own)
    signed = resign(forger.opening.election, self_made, unsigned)
    yield "self-made-paper", encode(SealedBallot(self_made.paper, signed)), "the signature of the head"


def marks(forger: Forger) -> Forged:
    """Ballots with more marks than are allowed, and with a wrong number of answers."""
    election = forger.opening.election
    (question,) = election.questions
    context = ballot_context(election, forger.sealed.ballot.credential)
    wide = seal_answer(election, replace(question, max=CANDIDATES), (1,) * CANDIDATES, context).answer
    yield "too-many-marks", forger.answering(wide), "11 parts where 10 are wanted"
    yield "too-many-marks-cut", forger.answering(replace(wide, overall_proof=wide.overall_proof[:-1])), "does not hold"
    yield "one-proof-less", forger.answering(replace(wide, individual_proofs=wide.individual_proofs[1:])), "number"
    fewer = replace(forger.answer, choices=forger.answer.choices[1:])
    yield "one-candidate-less", forger.answering(fewer), "number of candidates"
    none = replace(forger.sealed.ballot.unsigned, answers=())
    yield "no-answer", forger.signed(none), "does not answer"
    both = replace(forger.sealed.ballot.unsigned, answers=(forger.answer, forger.answer))
    yield "two-answers", forger.signed(both), "does not answer"


def proofs(forger: Forger) -> Forged:
    """Every field of every proof and ciphertext altered in turn, and the ballot signed again."""

    def altered(data: Any, path: tuple[Any, ...]) -> Answer:
        copy = json.loads(json.dumps(data))
        place = copy
        for key in path[:-1]:
            place = place[key]
        old = place[path[-1]]
        scalar = path[-1] in ("challenge", "response")
        place[path[-1]] = str((int(old) + 1) % RING.q) if scalar else RING.text(RING.base(RING.random_scalar()))
        return decode(json.dumps(copy, separators=(",", ":")).encode(), Answer, "an answer")

    data = json.loads(encode(forger.answer))
    for path in _leaves(data, ()):
        yield "-".join(map(str, path)), forger.answering(altered(data, path)), "does not hold"


def _leaves(data: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, str):
        yield path
    else:
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _leaves(value, (*path, key))


def signatures(forger: Forger) -> Forged:
    """Ballots that their credential did not sign, or that were made for another election."""

    def file(**parts: Any) -> bytes:
        return encode(SealedBallot(forger.sealed.paper, replace(forger.sealed.ballot, **parts)))

    signature = forger.sealed.ballot.signature
    for field in ("challenge", "response"):
        proof = replace(signature.proof, **{field: str((int(getattr(signature.proof, field)) + 1) % RING.q)})
        yield field, file(signature=replace(signature, proof=proof)), "signature of the paper's credential"
    yield "hash", file(signature=replace(signature, hash=forger.sealed.ballot.tracker)), "hash"
    other = decode((forger.here / "sealed1.json").read_bytes(), SealedBallot, "a ballot").ballot
    yield "copied-answers", file(answers=other.answers), "hash"
    unsigned = forger.sealed.ballot.unsigned
    yield "replayed-answers", forger.signed(replace(unsigned, answers=other.answers)), "does not hold"
    yield "uuid", forger.signed(replace(unsigned, election_uuid="1" * 14)), "another election"
    yield "fingerprint", forger.signed(replace(unsigned, election_hash=other.tracker)), "another election"


def elements(forger: Forger) -> Forged:
    """Points that are not canonical, not in the group, or of small order; as alpha and with a good alpha added."""
    good = RING.element(forger.answer.choices[0].alpha)
    bad = {f"small-order-{n}": number(text) for n, text in enumerate(SMALL_ORDER)}
    for n, torsion in enumerate(SMALL_ORDER[1:], start=1):
        bad[f"coset-{n}"] = number(sodium.crypto_core_ed25519_add(good, bytes.fromhex(torsion)).hex())
    bad |= {f"not-canonical-{n}": number(text) for n, text in enumerate(NON_CANONICAL)}
    bad |= {
        "capitals": RING.text(good).upper(),
        "short": RING.text(good)[1:],
        "empty": "",
        "off-curve": number("02" * 32),
    }
    assert bad["small-order-0"] == IDENTITY
    for name, text in bad.items():
        choices = (replace(forger.answer.choices[0], alpha=text), *forger.answer.choices[1:])
        yield (
            name,
            forger.answering(replace(forger.answer, choices=choices)),
            "an element" if text != IDENTITY else "id",
        )
        if text != IDENTITY:
            choices = (replace(forger.answer.choices[0], beta=text), *forger.answer.choices[1:])
            yield f"{name}-beta", forger.answering(replace(forger.answer, choices=choices)), "an element"


def number(little_endian: str) -> str:
    """An encoded point as the protocol writes it: the number that its bytes stand for."""
    return bytes.fromhex(little_endian)[::-1].hex()


def scalars(forger: Forger) -> Forged:
    """Scalars in another spelling, or not below the order of the group."""
    first, *others = forger.answer.individual_proofs[0]
    value = int(first.challenge)
    for name, text in {
        "q-more": str(value + RING.q),
        "q-less": str(value - RING.q),
        "order": str(RING.q),
        "zero-before": f"0{value}",
        "plus": f"+{value}",
        "space": f" {value}",
        "hex": hex(value),
        "other-digits": "".join(chr(0x0660 + int(digit)) for digit in str(value)),
        "empty": "",
        "very-long": "9" * 100_000,
    }.items():
        changed = ((Proof(text, first.response), *others), *forger.answer.individual_proofs[1:])
        yield name, forger.answering(replace(forger.answer, individual_proofs=changed)), "a scalar"


def spellings(forger: Forger) -> Forged:
    """Files that are not the one canonical JSON of a sealed ballot."""
    data = encode(forger.sealed)
    paper = encode(forger.sealed.paper)
    first = b'{"paper":' + paper
    yield "duplicate-key", data.replace(first, first + b',"paper":' + paper), "not canonical"
    yield "space", data.replace(b",", b", ", 1), "not canonical"
    yield "newline-at-the-end", data + b"\n", "not canonical"
    yield "escaped", data.replace(b'"hash"', b'"h\\u0061sh"'), "not canonical"
    yield "other-order", json.dumps(dict(reversed(json.loads(data).items())), separators=(",", ":")).encode(), "canon"
    yield "unknown-field", data[:-1] + b',"vote":1}', "or it is not a sealed ballot"
    yield "missing-field", b'{"paper":' + paper + b"}", "or it is not a sealed ballot"
    yield "two-values", data + data, "damaged"
    yield "byte-order-mark", b"\xef\xbb\xbf" + data, "is a text"
    yield "not-utf-8", data.replace(b'"hash":"', b'"hash":"\xff'), "no character"
    yield "empty", b"", "is empty"
    yield "number", b"7", "is a text"
    yield "deep-lists", b'{"paper":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "damaged"
    yield "deep-objects", b'{"paper":' * 10_000 + b"1" + b"}" * 10_000, "damaged"
    yield "cut", data[:-100], "damaged"


KINDS: tuple[Callable[[Forger], Forged], ...] = (papers, marks, proofs, signatures, elements, scalars, spellings)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_forgery_is_named_with_its_reason_and_none_gets_in(
    forger: Forger, kind: Callable[[Forger], Forged]
) -> None:
    names = []
    for name, data, word in kind(forger):
        file = forger.here / f"{name}.json"
        file.write_bytes(data)
        names.append((file.name, word))
    errors = refused(forger.here, "cast", "sealed7.json", *(name for name, _ in names)).errors
    assert len(errors) == len(names)
    for error, (name, word) in zip(errors, names, strict=True):
        assert error.startswith((f"{name}: ", f"{name} is ")), error
        assert word in error
    assert ballot(forger.here, "cast", "sealed7.json").code == 0


def test_a_single_forgery_is_refused_too(forger: Forger) -> None:
    for kind in KINDS:
        name, data, word = next(kind(forger))
        (forger.here / "forged.json").write_bytes(data)
        (error,) = refused(forger.here, "cast", "forged.json").errors
        assert word in error, name


def tracker(outcome: Outcome) -> tuple[str, bool]:
    (one,) = outcome.value
    return one["receipt"]["tracker"], one["new"]


def test_casting_the_same_file_again_gives_the_same_receipt(assembly: Assembly, at: At) -> None:
    here = at("open")
    again = ballot(here, "cast", "sealed1.json", "--json", "--receipts", "again")
    assert again.code == 0
    assert tracker(again) == (assembly.json["vote 1"].value["tracker"], False)
    name = receipt_of(here / "sealed1.json")
    assert (here / "again" / name).read_bytes() == (assembly.folder / "receipts" / name).read_bytes()
    assert ballot(here, "status", "--json").value["cast"] == 3


def test_casting_one_file_twice_at_once_counts_once(at: At) -> None:
    here = at("open")
    outcome = ballot(here, "cast", "sealed7.json", "sealed7.json", "--json")
    assert outcome.code == 0
    assert [one["new"] for one in outcome.value] == [True, False]
    assert ballot(here, "status", "--json").value["cast"] == 4


def test_attack_second_ballot_on_a_paper(at: At) -> None:
    here = at("open")
    for number, name in ((1, "second.json"), (7, "other.json")):
        assert ballot(here, "vote", f"paper{number}.json", "--marks", "10", "--out", name).code == 0
    outcome = refused(here, "cast", "second.json", "sealed7.json")
    (error,) = outcome.errors
    assert error.startswith("second.json: another ballot was already cast on this paper")
    assert "first ballot stays" in outcome.hint
    assert "Nothing was cast" in outcome.hint
    assert ballot(here, "cast", "other.json").code == 0
    assert refused(here, "cast", "sealed7.json").errors


def test_attack_two_ballots_on_a_paper_at_once(at: At) -> None:
    here = at("open")
    assert ballot(here, "vote", "paper7.json", "--marks", "10", "--out", "other.json").code == 0
    for files in (("sealed7.json", "other.json"), ("other.json", "sealed7.json", "other.json", "sealed1.json")):
        outcome = refused(here, "cast", *files)
        (error,) = outcome.errors
        # Neither is in the box, so neither is the first.
        assert error.startswith(f"{files[0]} and {files[1]}: different ballots on the same paper")
        assert outcome.hint.startswith("Nothing was cast. Voter or committee decide which of them counts")
    assert ballot(here, "cast", "sealed7.json").code == 0


def test_two_ballots_on_a_paper_do_not_hide_a_bad_one(forger: Forger) -> None:
    here = forger.here
    assert ballot(here, "vote", "paper7.json", "--marks", "10", "--out", "other.json").code == 0
    (here / "bad.json").write_bytes(forger.on(seal="0" * 768))
    outcome = refused(here, "cast", "sealed7.json", "bad.json", "other.json")
    assert [error.partition(" is ")[0].split(":")[0] for error in outcome.errors] == [
        "bad.json",
        "sealed7.json and other.json",
    ]
    assert outcome.hint.startswith("Nothing was cast")


def test_attack_ballot_of_another_election_with_the_same_keys(assembly: Assembly, at: At, tmp_path: Path) -> None:
    here = at("open")
    (tmp_path / "elsewhere").mkdir()
    there = visit(assembly, "ready", tmp_path / "elsewhere")
    for args in (("open", *KEYS, *UNREHEARSED, "--force"), ("issue", "7", *KEYS, "--out", "other.json")):
        assert ballot(there, *args).code == 0
    assert ballot(there, "vote", "other.json", "--marks", MARKS[7]).code == 0
    shutil.copy(there / "other.json", here / "paper.json")
    shutil.copy(there / "sealed.json", here / "sealed.json")
    assert refused(here, "cast", "sealed.json").errors == ["sealed.json: the ballot is for another election"]
    assert "another election" in refused(here, "vote", "paper.json", "--marks", "1", "--out", "x.json").errors[0]
    shutil.copy(there / "opening.json", here / "other.json")
    booth = ("--opening", "other.json", "--marks", "1", "--out", "x.json")
    assert "another election" in refused(here, "vote", "paper7.json", *booth).errors[0]


def test_attack_opening_changed_on_the_way_to_the_booth(forger: Forger) -> None:
    opening = forger.opening
    election = replace(opening.election, public_key=RING.text(RING.base(RING.random_scalar())))
    weaker = replace(opening.signed.opening, election=election.fingerprint)
    for name, changed in {
        "other-key": replace(opening, election=election),
        "other-statement": replace(opening, election=election, signed=replace(opening.signed, opening=weaker)),
        "head-alone": replace(opening, signed=replace(opening.signed, seal=opening.signed.head)),
    }.items():
        (forger.here / f"{name}.json").write_bytes(encode(changed))
        args = ("vote", "paper7.json", "--opening", f"{name}.json", "--marks", "1", "--out", "x.json")
        assert refused(forger.here, *args).errors, name


def test_attack_paper_without_signature_or_seal_in_the_booth(forger: Forger) -> None:
    paper = forger.paper.paper
    for field, office in (("signature", "the signature of the head"), ("seal", "the seal")):
        changed = replace(forger.paper, paper=replace(paper, **{field: "0" * len(paper.seal)}))
        (forger.here / "bad.json").write_bytes(encode(changed))
        args = ("vote", "bad.json", "--marks", "1", "--out", "x.json")
        damaged = "bad.json is damaged, was changed, or was made wrongly"
        assert refused(forger.here, *args).errors == [f"{damaged}: the paper does not bear {office}"]


def test_the_forger_can_make_a_good_ballot(forger: Forger) -> None:
    # So the refusals above are about what was changed, and not about how it was made.
    (forger.here / "own.json").write_bytes(forger.answering(forger.answer))
    assert ballot(forger.here, "cast", "own.json").code == 0
