"""What a manipulated laptop of the head may show the keeper of the seal, and what carriers may bring back."""

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs
from nacl import bindings

from ballot.aloud import numbered
from ballot.commands.officials import words_of
from ballot.cosigning import HalfDeclaration, HalfOpening, SealedOpening, show_seal_ready
from ballot.crypto.keys import OfficialKey, new_official
from ballot.keeper import HalfResponse, Log, half_response
from ballot.record import pack, read_record, unpack, write_half
from ballot.recordseal import sealed_elsewhere
from ballot.register import RegisterEntry, Request, Way
from ballot.votes import Opening
from ballot.wire import decode, encode, tagged
from tests.commands.machines import Assembly
from tests.commands.seals import DECLARATION, HEAD, READY, SEAL, SEALED, UNREHEARSED, declares, head_of, stop

OPENING = ("keeper", "opening", "opening.half.json", *SEAL)
RECORD = ("keeper", "record", "record.half.zip", *SEAL)


def signed(draft: Assembly, **changes: object) -> None:
    """Put changes into the half opening at the keeper, as a head who signs anything."""
    path = draft.keeper / "opening.half.json"
    half = decode(path.read_bytes(), HalfOpening, "the half")
    statement: Opening = structs.replace(half.statement, **changes)
    head = head_of(draft).sign("opening", encode(statement))
    path.write_bytes(encode(structs.replace(half, statement=statement, head=head)))


def declared(late: Assembly, text: str) -> None:
    """Put another declaration into the half at the keeper, as a head who signs anything."""
    path = late.keeper / "declaration.half.json"
    opening = decode(path.read_bytes(), HalfDeclaration, "the half").opening
    path.write_bytes(encode(HalfDeclaration(opening, text, head_of(late).sign("declaration", opening, text))))


# The keeper's screen


def test_what_matters_most_stands_below_the_candidates(draft: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of candidates that is longer than the screen moves away whatever stands above it."""
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    lines = draft.keeper.run(*OPENING).err.splitlines()
    last = max(place for place, line in enumerate(lines) if line.startswith("No. "))
    below = "\n".join(lines[last:])
    for label in ("Election", "Head", "Head's key, in words", "Trustees", "Voting delegates", "Contest 1", "Charter"):
        assert f"\n{label}: " in below


def test_the_keeper_sees_whether_the_charter_is_another(draft: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """With rules of their own a head could have three elected instead of twelve."""
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    assert "\nCharter: as in this program\n" in draft.keeper.run(*OPENING, "--plain").err
    signed(draft, charter="0" * 64)
    assert f"\nCharter: one of its own, SHA-256 {'0' * 64}:" in draft.keeper.run(*OPENING, "--plain").err


def test_attack_a_long_name_does_not_pass_for_the_lines_below_it(
    draft: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is too long for the screen, what follows would begin a line, like a number of delegates."""
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    monkeypatch.setattr("ballot.commands.render.obeys", lambda _: True)
    monkeypatch.setenv("COLUMNS", "80")
    path = draft.keeper / "opening.half.json"
    half = decode(path.read_bytes(), HalfOpening, "the half")
    name = f"Assembly {'of the Alliance ' * 3}in Hamburg Voting delegates: 500"
    election = structs.replace(half.election, name=name)
    path.write_bytes(encode(structs.replace(half, election=election)))
    signed(draft, election=election.fingerprint)
    lines = draft.keeper.run(*OPENING).err.splitlines()
    (delegates,) = (line for line in lines if line.startswith("Voting delegates:"))
    assert delegates.endswith("6")


@pytest.mark.parametrize("field", ["roll", "charter", "ceremony"])
@pytest.mark.parametrize("value", ["x", "F" * 64, "0" * 100_000])
def test_attack_a_digest_that_is_none_does_not_fill_the_screen(draft: Assembly, field: str, value: str) -> None:
    signed(draft, **{field: value})
    told = draft.keeper.refuses("a digest in the opening statement is not 32 bytes in lower-case hex", *OPENING)
    assert len(told.err) < 400


@pytest.mark.parametrize("rule", ["", "at-large\nNo. 99: Nobody", "x" * 100_000])
def test_attack_a_rule_that_is_none_does_not_fill_the_screen(draft: Assembly, rule: str) -> None:
    half = decode((draft.keeper / "opening.half.json").read_bytes(), HalfOpening, "the half")
    (contest,) = half.statement.contests
    signed(draft, contests=(structs.replace(contest, rule=rule),))
    told = draft.keeper.refuses("a rule in the opening statement is not plain text", *OPENING)
    assert len(told.err) < 400


@pytest.mark.parametrize("sign", ["\r", "\u2028", "\x0b", "\x85"])
def test_attack_signs_that_a_screen_obeys_are_shown_in_a_declaration(
    late: Assembly, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """On other screens what stands behind a carriage return covers what stands before it."""
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    declared(late, f"Elected: Ana{sign}Elected: Bea\n")
    told = late.keeper.run(*DECLARATION)
    assert f"Elected: Ana<U+{ord(sign):04X}>Elected: Bea\nThese are all 1 line of the declaration.\n" in told.err


def test_a_log_that_is_not_there_is_told_below_a_long_declaration(
    late: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    told = late.keeper.run(*DECLARATION[:-1], "other.log")
    assert told.err.index("of the declaration.") < told.err.index("other.log is not there: a new log is begun.")


@pytest.mark.parametrize("signs", [True, False])
def test_attack_a_half_of_a_paper_shows_nothing_before_it_is_checked(
    late: Assembly, monkeypatch: pytest.MonkeyPatch, signs: bool
) -> None:
    """A head, or whoever carries the halves, could fill the keeper's screen."""
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    path = late.keeper / "delegate-5.half.json"
    half = decode(path.read_bytes(), HalfResponse, "the half")
    entry = structs.replace(half.entry, attested="x" * 100_000)
    altered = half_response(head_of(late), entry, half.spoiled, half.head)
    path.write_bytes(encode(altered if signs else structs.replace(altered, signature=half.signature)))
    fault = "who attests it" if signs else "not signed by the head of this election"
    told = late.keeper.refuses(fault, "seal-papers", path.name, "--opening", "opening.json", *SEAL)
    assert "as the head says" not in told.err


# What comes back to the desk


def test_attack_the_answer_to_a_half_that_was_thrown_away_shows_whose_key_it_names(
    draft: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier's own key was seen at last, and a new half was made; but the head has signed the old one, too."""
    desk, forger = draft.committee, new_official("seal", "Selma Sealby")
    (desk / "forged.json").write_bytes(encode(show_seal_ready(forger, datetime.now(UTC))))
    desk.does("open", *HEAD, "--seal-ready", "forged.json", *UNREHEARSED, "--out", "old.half.json")
    desk.does("open", *READY, *UNREHEARSED, "--force")
    old = decode((desk / "old.half.json").read_bytes(), HalfOpening, "the half")
    seal = forger.sign("opening", encode(old.statement))
    forged = SealedOpening(old.statement, old.election, old.trustees, old.head, seal)
    (desk / "opening.sealed.json").write_bytes(encode(forged))
    monkeypatch.setattr("ballot.commands.ask.unlock", stop)
    told = desk.refuses("the passphrase was asked for", *SEALED)
    assert f"The seal's key of Selma Sealby, in words: {numbered(words_of(forger.public))}" in told.err
    assert "If they are others, leave with Ctrl-C." in told.err


def test_a_sealed_opening_in_another_name_is_refused_before_anything_of_it_is_shown(draft: Assembly) -> None:
    desk = draft.committee
    half = decode((desk / "opening.half.json").read_bytes(), HalfOpening, "the half")
    seal = structs.replace(half.statement.seal, name="x" * 100_000)
    sealed = SealedOpening(structs.replace(half.statement, seal=seal), half.election, half.trustees, half.head, "")
    (desk / "opening.sealed.json").write_bytes(encode(sealed))
    told = desk.refuses("the keeper of the seal of this election is Selma Sealby", *SEALED)
    assert "The seal's key of" not in told.err


# The log and the record


def test_the_log_of_an_earlier_election_is_told_from_a_second_opening(draft: Assembly) -> None:
    (draft.keeper / "seal.log").write_bytes(encode(Log("0" * 64)))
    told = draft.keeper.refuses("this log is of another opening", *OPENING)
    assert "hint: If that was for another election, give this one a log of its own." in told.err


def test_attack_a_head_gets_no_other_declaration_sealed_after_the_record(late: Assembly) -> None:
    """The first was sealed beside the head, so the log did not have it until the record came."""
    declares(late)
    keeper = late.keeper
    log = decode((keeper / "seal.log").read_bytes(), Log, "the log")
    (keeper / "seal.log").write_bytes(encode(structs.replace(log, declaration="")))
    told = keeper.does(*RECORD)
    assert "The log has no declaration: was it sealed at the desk? If not, stop with Ctrl-C." in told.err
    declared(late, "Everybody else is elected.\n")
    fault = "the seal is on another declaration of this election already"
    keeper.refuses(fault, *DECLARATION, "--out", "x.json")


def test_attack_whoever_has_the_seals_key_cannot_hide_papers_as_envelopes(late: Assembly) -> None:
    declares(late)
    half = read_record((late.keeper / "record.half.zip").read_bytes())
    log = decode((late.keeper / "seal.log").read_bytes(), Log, "the log")
    assert sealed_elsewhere(half, log) == 0
    drawn = RegisterEntry(Request(log.opening, 9, "", "", ""), "Ana at the desk", Way.ENVELOPE, "")
    more = replace(half.contents, register=(*half.contents.register, drawn))
    assert sealed_elsewhere(replace(half, contents=more), log) == 1


def signed_otherwise(key: OfficialKey, kind: str, data: bytes) -> str:
    """Another good Ed25519 signature of the same key on the same: with a nonce at random (RFC 8032 §5.1.6)."""
    order = 2**252 + 27742317777372353535851937790883648493
    secret = int.from_bytes(hashlib.sha512(key.ed25519.private_bytes_raw()).digest()[:32], "little")
    scalar = secret & ~7 & (2**254 - 1) | 2**254
    nonce = secrets.randbelow(order - 1) + 1
    point = bindings.crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
    hashed = hashlib.sha512(point + bytes.fromhex(key.public.ed25519) + tagged(kind, data)).digest()
    answer = (nonce + int.from_bytes(hashed, "little") * scalar) % order
    return (point + answer.to_bytes(32, "little")).hex()


def test_attack_a_head_who_signs_one_index_twice_gets_one_record(late: Assembly) -> None:
    """Two files that both verify, with different SHA-256: nobody could say any more which is the record."""
    declares(late)
    keeper, path = late.keeper, late.keeper / "record.half.zip"
    keeper.does(*RECORD)
    half = read_record(path.read_bytes())
    head = signed_otherwise(head_of(late), "index", encode(half.index.index))
    index = structs.replace(half.index, head=head)
    path.write_bytes(pack({**unpack(path.read_bytes()), "index.json": encode(index)}))
    keeper.refuses("the seal is on another record of this election already", *RECORD, "--out", "x.zip")
    (keeper / "seal.log").unlink()
    # It would have been a good one.
    keeper.does(*RECORD, "--out", "x.zip")


def test_a_record_that_does_not_verify_tells_the_keeper_what_to_do(late: Assembly) -> None:
    declares(late)
    path = late.keeper / "record.half.zip"
    told = read_record(path.read_bytes()).contents
    path.write_bytes(write_half(replace(told, proofs=()), head_of(late)))
    refused = late.keeper.run(*RECORD)
    assert refused.code == 4
    assert "hint: Nothing was sealed. The head publishes a half again" in refused.err


def test_a_record_of_another_election_tells_the_keeper_what_to_look_for(late: Assembly) -> None:
    declares(late)
    (late.keeper / "seal.log").write_bytes(encode(Log("0" * 64)))
    told = late.keeper.refuses("the record and the log of the seal are of different elections", *RECORD)
    assert "hint: Look first whether this is the half of this election." in told.err


def test_a_half_does_not_take_the_place_of_the_record(late: Assembly) -> None:
    """Who forgets --sealed would give everybody a file that does not verify."""
    declares(late)
    late.keeper.does(*RECORD)
    late.keeper.gives("record.zip", late.committee)
    fault = "record.zip is a record that both have signed, and a half does not replace it"
    late.committee.refuses(fault, "publish", *HEAD, "--out", "record.zip", "--force")
    late.committee.does("publish", *HEAD, "--force")


# What is said next


def test_a_half_that_somebody_verifies_is_called_a_half(late: Assembly) -> None:
    declares(late)
    told = late.committee.run("verify", "record.half.zip")
    assert told.code == 4
    assert "the seal's signature is not there: this is the head's half of a record" in told.err


def test_the_next_step_needs_no_seal_at_the_desk(draft: Assembly) -> None:
    told = draft.committee.does("rehearse", *READY, "--trustee", "tara.key")
    assert "Next: `ballot open --head FILE --seal-ready FILE`." in told.err


def test_after_a_declaration_that_was_sealed_elsewhere_the_record_is_too(late: Assembly) -> None:
    late.keeper.does(*DECLARATION)
    late.keeper.gives("declaration.sealed.json", late.committee)
    told = late.committee.does("declare", *HEAD, "--sealed", "declaration.sealed.json")
    assert told.err.endswith("Next: `ballot publish --head FILE`.\n")
