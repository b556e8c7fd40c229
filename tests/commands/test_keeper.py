"""The seal on a laptop of its own from the rehearsal to the record: its key never comes to the desk."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from ballot.aloud import numbered
from ballot.commands import ask
from ballot.cosigning import HalfDeclaration, HalfOpening, SealedOpening, SealReady
from ballot.crypto.keys import DEMO, load_official, new_official, save_official
from ballot.crypto.words import fingerprint_line
from ballot.keeper import Log
from ballot.record import Contents, pack, read_record, unpack, write_half
from ballot.votes import Contest
from ballot.wire import decode, encode
from tests.commands.machines import PHRASE, Assembly
from tests.commands.seals import (
    BOTH,
    DECLARATION,
    HEAD,
    READY,
    SEAL,
    SEALED,
    UNREHEARSED,
    counts,
    declares,
    head_of,
    opens,
    stop,
    votes,
)


def test_a_whole_election_in_which_the_key_of_the_seal_never_comes_to_the_desk(draft: Assembly) -> None:
    desk, keeper = draft.committee, draft.keeper
    desk.does("rehearse", *READY, "--trustee", "tara.key")
    report = json.loads((desk / "rehearsal.json").read_bytes())
    assert (report["seal"], [one["seal"]["name"] for one in report["report"]["seal"]]) == ("", ["Selma Sealby"])
    desk.does("open", *READY, "--force")
    desk.gives("opening.half.json", keeper)
    told = keeper.does("keeper", "opening", "opening.half.json", *SEAL, "--json")
    keeper.gives("opening.sealed.json", desk)
    opened = desk.does("open", *HEAD, "--sealed", "opening.sealed.json", "--json")
    assert opened.value["words"] == told.value["words"]
    for other in (keeper, draft.booth):
        desk.gives("opening.json", other)
    votes(draft, 5)
    votes(draft, 7)
    counts(draft)
    declares(draft)
    told = keeper.does("keeper", "record", "record.half.zip", *SEAL, "--json")
    keeper.gives("record.zip", desk, "sealed.zip")
    published = desk.does("publish", *HEAD, "--sealed", "sealed.zip", "--json")
    assert published.value["sha256"] == told.value["sha256"]
    assert (desk / "record.zip").read_bytes() == (keeper / "record.zip").read_bytes()
    assert desk.does("verify", "record.zip", "--json").value["verified"]
    assert desk.does("status", "--json").value["next"].startswith("give everybody the record")
    assert not (desk / "seal.key").exists()
    assert not (keeper / "head.key").exists()


def test_the_same_record_comes_of_both_keys_at_one_desk(late: Assembly) -> None:
    desk, keeper = late.committee, late.keeper
    declares(late)
    keeper.does("keeper", "record", "record.half.zip", *SEAL)
    keeper.gives("seal.key", desk)
    desk.does("publish", *BOTH)
    assert (desk / "record.zip").read_bytes() == (keeper / "record.zip").read_bytes()


def test_everything_done_twice_gives_the_same(late: Assembly) -> None:
    desk, keeper = late.committee, late.keeper
    before = keeper.files()
    keeper.does("keeper", "opening", "opening.half.json", *SEAL, "--force")
    assert keeper.files() == before
    keeper.does(*DECLARATION)
    keeper.does(*DECLARATION, "--force")
    keeper.gives("declaration.sealed.json", desk)
    for _ in range(2):
        desk.does("declare", *HEAD, "--sealed", "declaration.sealed.json")
    desk.does("publish", *HEAD)
    desk.does("publish", *HEAD, "--force")
    desk.gives("record.half.zip", keeper)
    keeper.does("keeper", "record", "record.half.zip", *SEAL)
    before = keeper.files()
    keeper.does("keeper", "record", "record.half.zip", *SEAL, "--force")
    assert keeper.files() == before
    keeper.gives("record.zip", desk)
    # The keeper's file may lie where the record goes.
    for _ in range(2):
        desk.does("publish", *HEAD, "--sealed", "record.zip")


def test_the_keeper_sees_what_will_be_frozen_before_the_passphrase(
    draft: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    told = draft.keeper.run("keeper", "opening", "opening.half.json", *SEAL)
    statement = _half(draft).statement
    text = " ".join(told.err.split())
    assert told.code == 3
    assert "Election: Assembly by files (Played in folders)" in text
    assert "Trustees: Tara (1 needed for the count)" in text
    assert "Voting delegates: 6" in text
    assert "Contest 1: At-large members Rule: at-large, 0 to 12 marks" in text
    assert all(f"No. {c.number}: {c.name} ({c.organisation})" in text for c in statement.contests[0].candidates)
    assert f"Opening, in words: {numbered(fingerprint_line(statement.fingerprint))}" in text


def test_the_keeper_sees_the_whole_declaration_before_the_passphrase(
    late: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    told = late.keeper.run(*DECLARATION)
    half = decode((late.keeper / "declaration.half.json").read_bytes(), HalfDeclaration, "the half")
    assert told.code == 3
    assert set(half.declaration.splitlines()) <= set(told.err.splitlines())


def _half(assembly: Assembly) -> HalfOpening:
    return decode((assembly.keeper / "opening.half.json").read_bytes(), HalfOpening, "the half")


# The half of the opening


def test_attack_a_head_who_wants_two_openings_sealed_gets_one(draft: Assembly) -> None:
    """With two openings the head could show one to some, and hold the election with the other."""
    desk, keeper = draft.committee, draft.keeper
    keeper.does("keeper", "opening", "opening.half.json", *SEAL)
    desk.does("open", *READY, *UNREHEARSED, "--out", "second.half.json")
    desk.gives("second.half.json", keeper)
    fault = "this log is of another opening, on which the seal was put before"
    keeper.refuses(fault, "keeper", "opening", "second.half.json", *SEAL, "--out", "second.sealed.json")


ALTERED: dict[str, Callable[[HalfOpening], HalfOpening]] = {
    "another question": lambda half: structs.replace(
        half, statement=structs.replace(half.statement, contests=_asked(half, question="Another"))
    ),
    "fewer marks": lambda half: structs.replace(
        half, statement=structs.replace(half.statement, contests=_asked(half, max_marks=3))
    ),
    "more voting delegates": lambda half: structs.replace(
        half, statement=structs.replace(half.statement, voting_delegates=60)
    ),
    "another election": lambda half: structs.replace(half, election=structs.replace(half.election, name="Another")),
    "no trustees": lambda half: structs.replace(half, trustees=()),
    "no signature": lambda half: structs.replace(half, head=""),
}


def _asked(half: HalfOpening, **changes: object) -> tuple[Contest, ...]:
    (contest,) = half.statement.contests
    return (structs.replace(contest, **changes),)


@pytest.mark.parametrize("what", ALTERED)
def test_attack_a_half_opening_that_was_altered_on_the_way_is_not_sealed(draft: Assembly, what: str) -> None:
    keeper = draft.keeper
    (keeper / "opening.half.json").write_bytes(encode(ALTERED[what](_half(draft))))
    fault = "opening.half.json is damaged, was changed, or was made wrongly"
    keeper.refuses(fault, "keeper", "opening", "opening.half.json", *SEAL)


@pytest.mark.parametrize("what", ["another question", "fewer marks", "another election", "no trustees"])
def test_attack_a_head_who_signs_what_does_not_fit_gets_no_seal(draft: Assembly, what: str) -> None:
    half = ALTERED[what](_half(draft))
    signed = structs.replace(half, head=head_of(draft).sign("opening", encode(half.statement)))
    (draft.keeper / "opening.half.json").write_bytes(encode(signed))
    fault = "opening.half.json is damaged, was changed, or was made wrongly"
    draft.keeper.refuses(fault, "keeper", "opening", "opening.half.json", *SEAL)


def test_attack_an_opening_that_names_another_seal_is_not_sealed(draft: Assembly) -> None:
    """Whoever carried the proof of readiness may have put in one of their own."""
    (draft.keeper / "seal.key").write_bytes(save_official(new_official("seal", "Selma Sealby"), PHRASE, DEMO))
    fault = "this is not the key of the keeper of the seal of this election"
    draft.keeper.refuses(fault, "keeper", "opening", "opening.half.json", *SEAL)


# What comes back to the desk


def test_attack_an_opening_that_was_signed_by_others_in_the_same_names_opens_nothing(draft: Assembly) -> None:
    """A draft names head and seal only; whoever carries the sticks has keys of their own in these names."""
    desk = draft.committee
    half = _half(draft)
    head, seal = new_official("head", "Hana Headley"), new_official("seal", "Selma Sealby")
    for statement, signs in (
        (structs.replace(half.statement, head=head.public, seal=seal.public), head),
        (structs.replace(half.statement, seal=seal.public), head),
    ):
        data = encode(statement)
        forged = SealedOpening(
            statement, half.election, half.trustees, signs.sign("opening", data), seal.sign("opening", data)
        )
        (desk / "opening.sealed.json").write_bytes(encode(forged))
        desk.refuses("is not what this store has now", *SEALED)


def test_attack_an_opening_of_another_store_opens_nothing(draft: Assembly) -> None:
    desk, keeper = draft.committee, draft.keeper
    keeper.does("keeper", "opening", "opening.half.json", *SEAL)
    keeper.gives("opening.sealed.json", desk)
    # The same lists, but another desk.
    (desk / "election.db").unlink()
    desk.does("new", "--from", "election.toml")
    desk.does("trustee", "add", "tara.public")
    desk.refuses("is not what this store has now", *SEALED)


def test_a_half_is_taken_for_no_sealed_opening(draft: Assembly) -> None:
    draft.committee.refuses(
        "opening.half.json is a half opening, and a sealed opening is wanted",
        *("open", *HEAD, "--sealed", "opening.half.json", *UNREHEARSED),
    )


def test_a_seal_of_another_person_is_refused_at_the_desk(draft: Assembly) -> None:
    desk, keeper = draft.committee, draft.keeper
    (keeper / "other.key").write_bytes(save_official(new_official("seal", "Otto Other"), PHRASE, DEMO))
    keeper.does("keeper", "ready", "--seal", "other.key", "--out", "other.json")
    keeper.gives("other.json", desk)
    fault = "the keeper of the seal of this election is Selma Sealby, and the key is that of Otto Other"
    desk.refuses(fault, "open", *HEAD, "--seal-ready", "other.json", *UNREHEARSED, "--out", "x.json")
    desk.refuses(fault, "rehearse", *HEAD, "--seal-ready", "other.json", "--trustee", "tara.key")


# Readiness


def test_the_head_sees_the_words_that_the_keeper_sees(draft: Assembly) -> None:
    words = draft.keeper.does("keeper", "ready", "--seal", "seal.key", "--force", "--json").value["words"]
    told = draft.committee.does("open", *READY, *UNREHEARSED, "--force")
    assert f"The seal's key of Selma Sealby, in words: {numbered(words)}" in " ".join(told.err.split())


@pytest.mark.parametrize("field", ["at", "prefix", "paper", "signature"])
def test_attack_a_proof_of_readiness_that_was_altered_is_refused(draft: Assembly, field: str) -> None:
    desk = draft.committee
    ready = decode((desk / "seal-ready.json").read_bytes(), SealReady, "the proof")
    value = getattr(ready, field)
    place = len(value) - 2
    other = value[:place] + ("1" if value[place] != "1" else "2") + value[place + 1 :]
    (desk / "seal-ready.json").write_bytes(encode(structs.replace(ready, **{field: other})))
    fault = "the proof that the seal's keys work does not hold"
    desk.refuses(fault, "open", *READY, *UNREHEARSED, "--out", "x.json")
    desk.refuses(fault, "rehearse", *READY, "--trustee", "tara.key")


def test_a_key_for_papers_that_does_not_work_is_not_ready(draft: Assembly) -> None:
    """The Ed25519 key of the seal signs that it works, but the RSA key beside it has signed nothing."""
    desk, key = draft.committee, load_official((draft.keeper / "seal.key").read_bytes(), "seal", PHRASE)
    ready = decode((desk / "seal-ready.json").read_bytes(), SealReady, "the proof")
    fields = encode(ready.seal), ready.at, ready.prefix, "00" * 384
    forged = structs.replace(ready, paper="00" * 384, signature=key.sign("seal-ready", *fields))
    (desk / "seal-ready.json").write_bytes(encode(forged))
    desk.refuses("the proof that the seal's keys work does not hold", "open", *READY, *UNREHEARSED, "--out", "x.json")


@pytest.mark.parametrize("days", [-2, 2])
def test_a_proof_of_readiness_of_another_day_is_refused(
    draft: Assembly, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    keeper, then = draft.keeper, datetime.now(UTC) + timedelta(days)
    with monkeypatch.context() as patch:
        patch.setattr("ballot.commands.keeper.now", lambda: then)
        keeper.does("keeper", "ready", "--seal", "seal.key", "--force")
    keeper.gives("seal-ready.json", draft.committee)
    fault = "and only one of this day counts"
    told = draft.committee.refuses(fault, "open", *READY, *UNREHEARSED, "--out", "x.json")
    assert "ballot keeper ready" in told.err


# Declaration and record


def test_attack_a_head_who_wants_another_declaration_sealed_is_refused(late: Assembly) -> None:
    keeper = late.keeper
    keeper.does(*DECLARATION)
    path = keeper / "declaration.half.json"
    half = decode(path.read_bytes(), HalfDeclaration, "the half")
    other = half.declaration.replace("1.", "2.")
    signature = head_of(late).sign("declaration", half.opening, other)
    path.write_bytes(encode(HalfDeclaration(half.opening, other, signature)))
    keeper.refuses("the seal is on another declaration of this election already", *DECLARATION, "--out", "x.json")


def test_attack_a_declaration_that_was_altered_on_the_way_is_not_sealed(late: Assembly) -> None:
    path = late.keeper / "declaration.half.json"
    half = decode(path.read_bytes(), HalfDeclaration, "the half")
    path.write_bytes(encode(structs.replace(half, declaration=half.declaration + "The lots are void.\n")))
    late.keeper.refuses("the declaration is not signed by the head of this election", *DECLARATION)
    path.write_bytes(encode(structs.replace(half, opening="0" * 64)))
    late.keeper.refuses("the declaration is of another election", *DECLARATION)


def test_attack_a_declaration_that_the_count_does_not_give_is_not_taken_in(late: Assembly) -> None:
    """A head who has another text sealed has nothing of it: the store declares only what it counted."""
    desk, keeper = late.committee, late.keeper
    path = keeper / "declaration.half.json"
    half = decode(path.read_bytes(), HalfDeclaration, "the half")
    other = half.declaration.replace("1.", "2.")
    path.write_bytes(
        encode(HalfDeclaration(half.opening, other, head_of(late).sign("declaration", half.opening, other)))
    )
    keeper.does(*DECLARATION)
    keeper.gives("declaration.sealed.json", desk)
    desk.refuses("is not what this store has now", "declare", *HEAD, "--sealed", "declaration.sealed.json")


def test_attack_a_head_who_had_a_spare_paper_sealed_gets_no_record(draft: Assembly) -> None:
    """The store was copied before the request was answered, and put back: the register does not know the paper."""
    desk, keeper = draft.committee, draft.keeper
    opens(draft)
    shutil.copyfile(desk / "election.db", desk / "before.db")
    votes(draft, 9)
    (desk / "before.db").replace(desk / "election.db")
    votes(draft, 5)
    counts(draft)
    declares(draft)
    fault = "the seal is on papers that the register does not have, of delegates 9"
    keeper.refuses(fault, "keeper", "record", "record.half.zip", *SEAL)


def test_papers_that_were_sealed_elsewhere_are_told(late: Assembly) -> None:
    """Whoever has a copy of the seal's key seals papers that the keeper's log does not know."""
    declares(late)
    path = late.keeper / "seal.log"
    log = decode(path.read_bytes(), Log, "the log")
    told = late.keeper.does("keeper", "record", "record.half.zip", *SEAL)
    assert "The log has 2 papers; the register has them all." in told.err
    assert "does not have" not in told.err
    (late.keeper / "record.zip").unlink()
    path.write_bytes(encode(structs.replace(log, sealed=log.sealed[:1])))
    told = late.keeper.does("keeper", "record", "record.half.zip", *SEAL)
    assert "The register has 1 paper that the log does not have: were they sealed at the desk?" in told.err


FALSE: dict[str, Callable[[Contents], Contents]] = {
    "a vote more": lambda told: replace(
        told,
        rankings=(structs.replace(told.rankings[0], totals={**told.rankings[0].totals, 1: 9}), *told.rankings[1:]),
    ),
    "nobody in the journal": lambda told: replace(told, journal=told.journal[:-1]),
    "no proofs": lambda told: replace(told, proofs=()),
}


@pytest.mark.parametrize("what", FALSE)
def test_attack_a_false_record_that_the_head_has_signed_is_not_sealed(late: Assembly, what: str) -> None:
    declares(late)
    keeper = late.keeper
    told = read_record((keeper / "record.half.zip").read_bytes()).contents
    (keeper / "record.half.zip").write_bytes(write_half(FALSE[what](told), head_of(late)))
    before = keeper.files()
    refused = keeper.run("keeper", "record", "record.half.zip", *SEAL)
    assert refused.code == 4, refused.err
    assert "error: check " in refused.err
    assert keeper.files() == before


def test_attack_a_head_who_wants_another_record_sealed_is_refused(late: Assembly) -> None:
    declares(late)
    keeper = late.keeper
    keeper.does("keeper", "record", "record.half.zip", *SEAL)
    told = read_record((keeper / "record.half.zip").read_bytes()).contents
    (keeper / "record.half.zip").write_bytes(write_half(replace(told, proofs=()), head_of(late)))
    fault = "the seal is on another record of this election already"
    keeper.refuses(fault, "keeper", "record", "record.half.zip", *SEAL, "--out", "x.zip")


def test_attack_a_record_with_another_declaration_than_that_which_was_sealed_is_refused(late: Assembly) -> None:
    declares(late)
    keeper = late.keeper
    told = read_record((keeper / "record.half.zip").read_bytes()).contents
    other = replace(told, declaration=told.declaration + b"The lots are void.\n")
    (keeper / "record.half.zip").write_bytes(write_half(other, head_of(late)))
    fault = "the seal is on another declaration of this election already"
    keeper.refuses(fault, "keeper", "record", "record.half.zip", *SEAL)


def test_a_half_record_is_neither_published_nor_verified(late: Assembly) -> None:
    declares(late)
    desk = late.committee
    fault = "record.half.zip is the head's half: the seal is not on it yet"
    desk.refuses(fault, "publish", *HEAD, "--sealed", "record.half.zip")
    told = desk.run("verify", "record.half.zip")
    assert told.code == 4
    assert "check 2 (signatures on the index) failed: the seal's signature is not there" in told.err


def test_attack_a_sealed_record_that_was_altered_on_the_way_is_not_published(late: Assembly) -> None:
    declares(late)
    desk, keeper = late.committee, late.keeper
    keeper.does("keeper", "record", "record.half.zip", *SEAL)
    data = bytearray((keeper / "record.zip").read_bytes())
    with zipfile.ZipFile(keeper / "record.zip") as archive:
        place = archive.getinfo("ranking.json").header_offset + 100
    data[place] ^= 1
    (desk / "sealed.zip").write_bytes(data)
    desk.refuses("sealed.zip", "publish", *HEAD, "--sealed", "sealed.zip")
    # An index that the seal never signed.
    half = read_record((desk / "record.half.zip").read_bytes())
    (desk / "sealed.zip").write_bytes(_with_seal(half.index.head, desk / "record.half.zip"))
    desk.refuses("is not what this store has now", "publish", *HEAD, "--sealed", "sealed.zip")


def _with_seal(signature: str, path: Path) -> bytes:
    files = unpack(path.read_bytes())
    index = files["index.json"].replace(b'"seal":""', b'"seal":"' + signature.encode() + b'"')
    return pack({**files, "index.json": index})


# Ways to call it wrongly


@pytest.mark.parametrize(
    "arguments",
    [
        ("open", *HEAD),
        ("open", *BOTH, "--seal-ready", "seal-ready.json"),
        ("open", *READY, "--sealed", "opening.sealed.json"),
        ("rehearse", *HEAD, "--trustee", "tara.key"),
        ("rehearse", *BOTH, "--seal-ready", "seal-ready.json"),
        ("declare", *BOTH, "--sealed", "declaration.sealed.json"),
        ("publish", *BOTH, "--sealed", "record.zip"),
        ("open", *HEAD, "--sealed", "opening.sealed.json", "--present", "3"),
    ],
)
def test_ways_that_exclude_each_other(draft: Assembly, arguments: tuple[str, ...]) -> None:
    before = draft.committee.files()
    told = draft.committee.run(*arguments)
    assert told.code == 2, told.err
    assert draft.committee.files() == before


def test_a_paper_at_the_desk_without_the_seal_leads_to_a_request(late: Assembly) -> None:
    before = late.committee.files()
    told = late.committee.run("issue", "9", *HEAD)
    assert told.code == 2
    assert "error: a paper at the desk needs both signatures" in told.err
    assert "`ballot request`" in told.err
    assert late.committee.files() == before


def test_a_log_that_another_window_has_begun_is_not_forgotten(draft: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, unlock, other = draft.keeper, ask.unlock, Log("0" * 64)

    def typed_slowly(*arguments: Any) -> object:
        (keeper / "seal.log").write_bytes(encode(other))
        return unlock(*arguments)

    monkeypatch.setattr(ask, "unlock", typed_slowly)
    told = keeper.run("keeper", "opening", "opening.half.json", *SEAL)
    assert told.code == 3
    assert "seal.log was written to while this command ran" in told.err
    assert (keeper / "seal.log").read_bytes() == encode(other)
    assert not (keeper / "opening.sealed.json").exists()


def test_what_the_seal_was_put_on_stands_in_the_log(late: Assembly) -> None:
    declares(late)
    late.keeper.does("keeper", "record", "record.half.zip", *SEAL)
    log = decode((late.keeper / "seal.log").read_bytes(), Log, "the log")
    assert log.opening == late.committee.does("status", "--json").value["fingerprint"]
    assert len(log.sealed) == 2
    assert log.declaration
    assert log.record
