"""The seal on a machine of its own: every function judges by itself, whoever called another one before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from ballot.belenios import read_archive
from ballot.cosigning import (
    HalfDeclaration,
    HalfOpening,
    SealedOpening,
    check_seal_ready,
    seal_declaration,
    seal_opening,
    show_seal_ready,
)
from ballot.crypto.given import Given
from ballot.crypto.keys import new_official
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.keeper import Log, Sealed
from ballot.opening import check_opening
from ballot.record import Record, read_record, write_half
from ballot.recordseal import seal_record, sealed_elsewhere
from ballot.verify import verify
from ballot.votes import SignedOpening
from ballot.wire import encode, sha256_hex
from tests.play import Played, fair, other

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def half_of(played: Played) -> HalfOpening:
    keys = read_archive(played.contents.archive).trustees
    signed = played.contents.opening
    return HalfOpening(played.opening, played.election, keys, signed.head)


def text_of(played: Played) -> HalfDeclaration:
    opening, text = played.opening.fingerprint, played.contents.declaration
    return HalfDeclaration(opening, text.decode(), played.keys.head.sign("declaration", opening, text))


def record_of(played: Played) -> Record:
    return read_record(write_half(played.contents, played.keys.head))


def lines_of(played: Played) -> tuple[Sealed, ...]:
    """The log's lines of a keeper who has sealed every paper of the register."""
    return tuple(
        Sealed(entry.request.delegate, sha256_hex(encode(entry)), entry.instead_of)
        for entry in played.contents.register
    )


def test_an_opening_is_sealed_and_is_then_whole() -> None:
    played = fair()
    sealed, log = seal_opening(played.keys.seal, None, half_of(played))
    assert log == Log(played.opening.fingerprint)
    assert isinstance(sealed, SealedOpening)
    signed = SignedOpening(sealed.statement, sealed.head, sealed.seal)
    check_opening(signed, sealed.election, sealed.trustees)
    assert signed == played.contents.opening
    # The same half again, with a log that has more.
    more = structs.replace(log, declaration="d")
    assert seal_opening(played.keys.seal, more, half_of(played)) == (sealed, more)


def test_an_opening_of_another_log_or_another_seal_is_not_sealed() -> None:
    played = fair()
    with pytest.raises(Refused, match="of another opening"):
        seal_opening(played.keys.seal, Log(other().opening.fingerprint), half_of(played))
    with pytest.raises(KeyRefused, match="not the key of the keeper"):
        seal_opening(new_official("seal", played.keys.seal.name), None, half_of(played))


ALTERED: dict[str, Callable[[HalfOpening], HalfOpening]] = {
    "head's signature": lambda half: structs.replace(half, head=half.head[::-1]),
    "election": lambda half: structs.replace(half, election=structs.replace(half.election, name="Another")),
    "trustees": lambda half: structs.replace(half, trustees=half.trustees[:1]),
    "statement": lambda half: structs.replace(half, statement=structs.replace(half.statement, voting_delegates=99)),
}


@pytest.mark.parametrize("what", ALTERED)
def test_attack_an_altered_opening_is_not_sealed(what: str) -> None:
    played = fair()
    with pytest.raises(Invalid):
        seal_opening(played.keys.seal, None, ALTERED[what](half_of(played)))


def test_a_declaration_is_sealed_once() -> None:
    played = fair()
    log = Log(played.opening.fingerprint)
    sealed, after = seal_declaration(played.opening, played.keys.seal, log, text_of(played))
    assert (sealed.head, sealed.seal) == (played.contents.declared.head, played.contents.declared.seal)
    assert after == structs.replace(log, declaration=sha256_hex(played.contents.declaration))
    assert seal_declaration(played.opening, played.keys.seal, after, text_of(played)) == (sealed, after)
    second = structs.replace(log, declaration="00" * 32)
    with pytest.raises(Refused, match="another declaration"):
        seal_declaration(played.opening, played.keys.seal, second, text_of(played))


def test_attack_a_declaration_of_others_is_not_sealed() -> None:
    played, half = fair(), text_of(fair())
    log = Log(played.opening.fingerprint)
    with pytest.raises(KeyRefused):
        seal_declaration(played.opening, new_official("seal", "Selma Sealby"), log, half)
    with pytest.raises(Invalid, match="not signed by the head"):
        seal_declaration(played.opening, played.keys.seal, log, structs.replace(half, declaration="Another.\n"))
    with pytest.raises(Invalid, match="of another election"):
        seal_declaration(played.opening, played.keys.seal, log, structs.replace(half, opening="00" * 32))


def test_a_record_is_sealed_and_verifies() -> None:
    played = fair()
    log = Log(played.opening.fingerprint, lines_of(played))
    data, after = seal_record(played.keys.seal, log, record_of(played))
    assert verify(data, workers=1)[0].verified
    assert data == played.record()
    assert after.declaration == sha256_hex(played.contents.declaration)
    assert seal_record(played.keys.seal, after, record_of(played)) == (data, after)
    assert sealed_elsewhere(record_of(played), log) == 0
    assert sealed_elsewhere(record_of(played), structs.replace(log, sealed=log.sealed[1:])) == 1


SPOILED_LOGS: dict[str, tuple[type[Exception], Callable[[Log], Log]]] = {
    "of another election": (Invalid, lambda log: structs.replace(log, opening="00" * 32)),
    "with a paper more": (
        Refused,
        lambda log: structs.replace(log, sealed=(*log.sealed, Sealed(97, "00" * 32, ""))),
    ),
    "with a paper of another delegate": (
        Refused,
        lambda log: structs.replace(log, sealed=(structs.replace(log.sealed[0], delegate=97), *log.sealed[1:])),
    ),
    "with another declaration": (Refused, lambda log: structs.replace(log, declaration="00" * 32)),
    "with another record": (Refused, lambda log: structs.replace(log, record="00" * 32)),
}


@pytest.mark.parametrize("what", SPOILED_LOGS)
def test_attack_a_record_that_the_log_contradicts_is_not_sealed(what: str) -> None:
    played = fair()
    error, change = SPOILED_LOGS[what]
    log = change(Log(played.opening.fingerprint, lines_of(played)))
    with pytest.raises(error):
        seal_record(played.keys.seal, log, record_of(played))


def test_a_record_is_not_sealed_by_another_seal() -> None:
    played = fair()
    with pytest.raises(KeyRefused):
        seal_record(new_official("seal", "Selma Sealby"), Log(played.opening.fingerprint), record_of(played))


def test_readiness_holds_for_a_day() -> None:
    ready = show_seal_ready(fair().keys.seal, NOON)
    for hours in (-23, 0, 23):
        check_seal_ready(ready, NOON + timedelta(hours=hours))
    for hours in (-24, 24):
        with pytest.raises(Invalid, match="only one of this day counts"):
            check_seal_ready(ready, NOON + timedelta(hours=hours))


def test_attack_readiness_of_another_key_is_not_shown() -> None:
    """The keys that it names are those that have worked: neither can be exchanged."""
    ready, stranger = show_seal_ready(fair().keys.seal, NOON), new_official("seal", fair().keys.seal.name)
    for public in (
        stranger.public,
        structs.replace(ready.seal, rsa=stranger.public.rsa),
        structs.replace(ready.seal, name="Otto Other"),
    ):
        with pytest.raises(Invalid, match="does not hold"):
            check_seal_ready(structs.replace(ready, seal=public), NOON)


def test_a_given_signature_signs_what_it_is_over_and_nothing_else() -> None:
    head = fair().keys.head
    given = Given(head.public, head.sign("opening", b"this"))
    assert given.sign("opening", b"this") == given.signature
    for kind, data in (("opening", b"that"), ("index", b"this")):
        with pytest.raises(Invalid, match="is not what this store has now"):
            given.sign(kind, data)
