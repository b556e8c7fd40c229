"""Readiness: a proof that a key works on the day, from no other key, day or election."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from ballot.crypto.groups import GROUPS
from ballot.crypto.keys import TrusteeSecret
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.opening import new_trustee
from ballot.trustees.readiness import Ready, check_all_ready, show_ready
from ballot.votes import Closing, Proof, Trustee
from tests.play import NOON
from tests.trustees import hold

KEYS = [TrusteeSecret(*new_trustee(name, "Ed25519")) for name in ("Tara", "Tomas")]
PUBLIC = [key.public for key in KEYS]
SHOWN = [show_ready(key, NOON) for key in KEYS]


def forged(change: Callable[[Ready], Ready]) -> None:
    with pytest.raises(Invalid, match=r"^Tara: ") as caught:
        check_all_ready(PUBLIC, None, [change(SHOWN[0]), SHOWN[1]], NOON)
    assert "ballot trustee ready" in caught.value.hint


@pytest.mark.parametrize("group", GROUPS)
def test_keys_of_both_kinds_show_that_they_work(group: str) -> None:
    everybody, held = hold(3, 2, group)
    check_all_ready([one.trustee for one in everybody], held, [show_ready(one, NOON) for one in everybody], NOON)
    plain = TrusteeSecret(*new_trustee("Tara", group))
    check_all_ready([plain.public], None, [show_ready(plain, NOON)], NOON)


def test_a_proof_is_fresh_each_time_and_holds_no_secret() -> None:
    again = show_ready(KEYS[0], NOON)
    assert again.proof != SHOWN[0].proof
    assert str(KEYS[0].exponent) not in repr(again)


def test_whoever_has_not_shown_it_is_named() -> None:
    with pytest.raises(Refused, match=r"^Tomas has not shown"):
        check_all_ready(PUBLIC, None, SHOWN[:1], NOON)
    with pytest.raises(Refused, match=r"^Tara, Tomas have not shown"):
        check_all_ready(PUBLIC, None, [], NOON)
    with pytest.raises(Refused, match=r"^Tomas has not shown"):
        check_all_ready(PUBLIC, None, [SHOWN[0], SHOWN[0]], NOON)


@pytest.mark.parametrize("hours", [24, 25, -24, 8760])
def test_a_proof_of_another_day_does_not_count(hours: int) -> None:
    with pytest.raises(Invalid, match="only one of this day counts"):
        check_all_ready(PUBLIC, None, SHOWN, NOON + timedelta(hours=hours))
    check_all_ready(PUBLIC, None, SHOWN, NOON + timedelta(hours=23))


@pytest.mark.parametrize("at", ["", "2026-05-01", "2026-05-01T12:00:00Z", "yesterday"])
def test_a_time_that_is_no_minute_is_refused(at: str) -> None:
    forged(lambda ready: structs.replace(ready, at=at))


def test_an_old_proof_with_a_new_date_is_refused() -> None:
    forged(lambda ready: structs.replace(ready, at="2026-05-01T12:01Z"))


def test_a_proof_with_either_number_altered_is_refused() -> None:
    forged(lambda ready: structs.replace(ready, proof=Proof(str(int(ready.proof.challenge) + 1), ready.proof.response)))
    forged(lambda ready: structs.replace(ready, proof=Proof(ready.proof.challenge, str(int(ready.proof.response) + 1))))
    forged(lambda ready: structs.replace(ready, proof=Proof("0", "0")))
    forged(lambda ready: structs.replace(ready, proof=SHOWN[1].proof))
    forged(lambda ready: structs.replace(ready, proof=ready.trustee.key.pok))


def test_a_key_that_was_not_collected_is_refused() -> None:
    other = TrusteeSecret(*new_trustee("Tara", "Ed25519"))
    forged(lambda _: show_ready(other, NOON))
    named: Trustee = structs.replace(PUBLIC[1], name="Tara")
    forged(lambda _: show_ready(TrusteeSecret(named, KEYS[1].exponent), NOON))


def test_a_key_file_whose_secret_does_not_fit_shows_nothing() -> None:
    everybody, _ = hold(2, 1)
    with pytest.raises(Invalid, match="does not belong to its public part"):
        show_ready(structs.replace(everybody[0], exponent="7"), NOON)


@pytest.mark.parametrize("number", [1, 2])
def test_a_copy_from_before_the_end_of_the_ceremony_shows_nothing(number: int) -> None:
    """It has the election key, and could give neither a share nor a piece all the same."""
    everybody, _ = hold(3, 2, rounds=number)
    with pytest.raises(KeyRefused, match=f"a copy from round {number}, before the end of the ceremony"):
        show_ready(everybody[0], NOON)


@pytest.mark.parametrize("ceremony", [True, False])
def test_a_key_that_counted_another_election_shows_nothing(ceremony: bool) -> None:
    """It would give no share after the close, when nothing can be done about it."""
    everybody, _ = hold(2, 1)
    closing = Closing("00" * 32, 0, "00" * 32)
    used = structs.replace(everybody[0], closing=closing) if ceremony else replace(KEYS[0], closing=closing)
    with pytest.raises(KeyRefused, match="has worked for a closed box already"):
        show_ready(used, NOON)


def test_a_copy_that_answered_otherwise_than_the_ceremony_tells_does_not_count() -> None:
    everybody, held = hold(2, 1)
    answer = everybody[0].answer
    assert answer is not None
    other = structs.replace(everybody[0], answer=structs.replace(answer, signature="00" * 64))
    trustees = [one.trustee for one in everybody]
    shown = [show_ready(one, NOON) for one in (other, everybody[1])]
    with pytest.raises(Invalid, match=r"^Tara: this copy of the key has answered otherwise"):
        check_all_ready(trustees, held, shown, NOON)
    relabelled = structs.replace(shown[0], answer=show_ready(everybody[0], NOON).answer)
    with pytest.raises(Invalid, match=r"^Tara: "):
        check_all_ready(trustees, held, [relabelled, shown[1]], NOON)
