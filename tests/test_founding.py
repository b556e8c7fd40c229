"""From an Assembly's record to the ICB's first places."""

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.icb.founding import assembly_of
from ballot.icb.seats import found
from ballot.verify import verify
from ballot.wire import sha256_hex
from tests.icb import CHARTER
from tests.play import Staging, play, small_contest, small_roll


def test_the_icb_stands_on_a_verified_record() -> None:
    played = play((((1,),), ((2, 1),)), candidates=3)
    record = played.record()
    _, evidence = verify(record, workers=1)
    facts = assembly_of(record, evidence.contents)
    assert (facts.record, facts.opening) == (sha256_hex(record), played.opening.fingerprint)
    assert (facts.charter, facts.declared) == (played.opening.charter, "2026-05-01")
    kinds = [(organisation.id, organisation.kind) for organisation in facts.organisations]
    assert kinds[0] == ("A001", "associate")
    state = found(CHARTER, facts)
    held = [(place.seat, place.person, place.member) for place in state.places if place.person]
    assert held == [(f"at-large:{n}", f"Candidate {n}", f"M00{n}") for n in (1, 2, 3)]


def test_a_record_without_a_contest_for_the_seats_founds_nothing() -> None:
    roll = small_roll()
    questions = tuple(
        structs.replace(small_contest(roll, 3, f"Contest {n}"), rule="officer", max_marks=1) for n in (1, 2)
    )
    assembly = assembly_of(b"", play((((1,), (1,)),), staging=Staging(roll, questions)).contents)
    with pytest.raises(Refused, match="0 contests"):
        found(CHARTER, assembly)
