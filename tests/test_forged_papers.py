"""A committee that forges: journals with acts that the rules forbid, records with other registers and papers."""

from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import papers
from ballot.acts.election import desk_key
from ballot.crypto import signing
from ballot.crypto.paper import sign_request
from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry, record_act
from ballot.ledger import follow
from ballot.record import Contents, read_record, write_record
from ballot.register import Fate, Papers, RegisterEntry
from ballot.request import receive
from ballot.verify import VerificationError, verify
from tests.hall import Hall, hall
from tests.play import NOON


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    return hall(tmp_path)


@pytest.mark.parametrize(
    ("act", "details", "fault"),
    [
        (Act.ISSUED, {"delegate": "1", "way": "desk", "entry": "x"}, "already has a paper"),
        (Act.ISSUED, {"delegate": "01", "way": "desk", "entry": "x"}, "not a plain number"),
        (Act.REPLACED, {"delegate": "", "name_hash": "x", "letter": "y"}, "delegate is not a plain number"),
        (Act.REPLACED, {"delegate": "²", "name_hash": "x", "letter": "y"}, "delegate is not a plain number"),
        (Act.ENVELOPES_PRINTED, {"count": "-1", "envelopes": "x"}, "count is not a plain number"),
        (Act.ENVELOPES_PRINTED, {"count": "1" * 5000, "envelopes": "x"}, "count is not a plain number"),
        (Act.ISSUED, {"delegate": "9", "way": "envelope", "entry": "x"}, "handed out or returned"),
        (Act.ENVELOPES_PRINTED, {"count": "6", "envelopes": "x"}, "voting delegates"),
        (Act.ENVELOPES_PRINTED, {"count": "0", "envelopes": "x"}, "at least one"),
        (Act.SPOILED, {"delegate": "9", "credential": "x", "paper": "y"}, "has no paper"),
        (Act.RETURNED, {"credential": "x", "paper": "y"}, "left at the desk"),
        (Act.REPLACED, {"delegate": "1", "name_hash": "x", "letter": "y"}, "a paper was issued"),
    ],
)
def test_attack_an_act_that_the_rules_forbid(place: Hall, act: Act, details: dict[str, str], fault: str) -> None:
    place.paper(1)
    with place.store.write() as unit:
        # Whoever has the desk's key needs no program that judges the form of an act.
        unit.append(record_act((unit.last_entry(),), act, details, NOON, desk_key(unit)))
    with place.store.read() as view, pytest.raises(Invalid, match=fault):
        follow(view.journal(), 6)


def forged(place: Hall, **changes: object) -> str:
    """The failure of a record with other contents, signed by head and seal all the same."""
    contents = read_record(place.record()).contents
    values = {name: getattr(contents, name) for name in contents.__dataclass_fields__}
    data = write_record(Contents(**{**values, **changes}), place.head, place.seal)
    with pytest.raises(VerificationError) as caught:
        verify(data, workers=1)
    return caught.value.message


def eventful(place: Hall) -> tuple[tuple[RegisterEntry, ...], Papers]:
    """Envelopes, a spoiled paper and its replacement, a returned envelope; and what the record will say of them."""
    bits, _ = place.print(3)
    place.draw(1)
    place.draw(3)
    place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    spoiled = place.paper(5)
    place.spoil(5, spoiled)
    fresh = place.paper(5)
    place.cast(place.sealed(fresh, 1))
    place.paper(7)
    place.give_back(bits[2])
    with place.store.read() as view:
        cast = tuple(sorted((one.paper for one in view.ballots()), key=lambda paper: paper.credential))
        return view.register(), Papers(cast, view.withdrawn(Fate.SPOILED), view.withdrawn(Fate.RETURNED))


def test_an_eventful_record_verifies(place: Hall) -> None:
    eventful(place)
    report = place.verified()
    assert report.checks[4].figure == "5 papers handed out to 4 voting delegates"
    assert report.checks[5].figure == "4 papers cast, spoiled or returned, 8 signatures"
    assert report.checks[8].figure == "6 issued = 2 cast + 1 spoiled + 1 returned + 2 outstanding"
    assert report.checks[15].figure.endswith(" acts, 5 papers handed out")


def test_a_record_in_which_a_delegate_with_a_key_was_replaced_verifies(place: Hall) -> None:
    """Whoever comes instead has another key or none, so the register says who attested the request."""
    papers.replace(place.store, 1, "Nora Newcomer", "letter of 3 May", NOON)
    request, pending = place.ask(1)
    request = structs.replace(request, signature="")
    (response,) = place.answer(request)
    place.cast(place.sealed(receive(place.opening, place.election, pending, response), 1))
    assert place.verified().verified


def test_attack_a_register_that_leaves_out_the_spoiled_paper(place: Hall) -> None:
    register, _ = eventful(place)
    without = tuple(entry for entry in register if not (entry.request.delegate == 5 and not entry.instead_of))
    assert "check 5 (register) failed: delegate 5 stands in the register twice" in forged(place, register=without)


def test_attack_a_second_paper_instead_of_a_cast_one(place: Hall) -> None:
    register, listed = eventful(place)
    credential = listed.cast[0].credential
    changed = tuple(structs.replace(entry, instead_of=credential) if entry.instead_of else entry for entry in register)
    assert "check 5 (register) failed: delegate 5 stands in the register twice" in forged(place, register=changed)


def test_attack_one_spoiled_paper_for_two_fresh_ones(place: Hall) -> None:
    register, _ = eventful(place)
    (fresh,) = (entry for entry in register if entry.instead_of)
    request = sign_request(structs.replace(place.ask(5)[0], signature=""), place.keys[5].ed25519)
    again = structs.replace(fresh, request=request)
    changed = tuple(sorted((*register, again), key=lambda entry: entry.request.delegate))
    assert "check 5 (register) failed: delegate 5 stands in the register twice" in forged(place, register=changed)


def test_attack_a_signature_taken_from_the_register(place: Hall) -> None:
    register, _ = eventful(place)
    changed = tuple(
        structs.replace(one, request=structs.replace(one.request, signature="")) if one.request.signature else one
        for one in register
    )
    assert "check 5 (register) failed: delegate 5 has a key on the roll" in forged(place, register=changed)


def test_attack_an_envelope_that_says_which_one(place: Hall) -> None:
    first, *others = eventful(place)[0]
    told = structs.replace(first, request=structs.replace(first.request, head="ab" * 384))
    assert "check 5 (register) failed: the entry of delegate 1, an envelope" in forged(place, register=(told, *others))


def test_attack_two_entries_for_one_paper(place: Hall) -> None:
    register, _ = eventful(place)
    asked = next(entry for entry in register if entry.request.delegate == 7)
    copy = structs.replace(asked, request=structs.replace(asked.request, delegate=9))
    assert "check 5 (register) failed: two entries" in forged(place, register=(*register, copy))


def test_attack_a_spoiled_paper_left_out(place: Hall) -> None:
    _, listed = eventful(place)
    assert "check 5 (register) failed" in forged(place, papers=structs.replace(listed, spoiled=()))


def test_attack_a_returned_paper_left_out(place: Hall) -> None:
    _, listed = eventful(place)
    message = forged(place, papers=structs.replace(listed, returned=()))
    assert "check 15 (declaration) failed" in message


def test_attack_a_returned_paper_called_spoiled(place: Hall) -> None:
    _, listed = eventful(place)
    both = tuple(sorted((*listed.spoiled, *listed.returned), key=lambda paper: paper.credential))
    message = forged(place, papers=structs.replace(listed, spoiled=both, returned=()))
    assert "check 15 (declaration) failed" in message


def test_attack_a_cast_paper_called_returned_too(place: Hall) -> None:
    _, listed = eventful(place)
    both = tuple(sorted((*listed.returned, listed.cast[0]), key=lambda paper: paper.credential))
    assert "check 6 (papers) failed: the same credential" in forged(
        place, papers=structs.replace(listed, returned=both)
    )


def test_attack_a_returned_paper_that_nobody_signed(place: Hall) -> None:
    _, listed = eventful(place)
    (returned,) = listed.returned
    unsealed = (structs.replace(returned, seal=returned.signature),)
    message = forged(place, papers=structs.replace(listed, returned=unsealed))
    assert "check 6 (papers) failed" in message
    assert "does not bear the seal" in message


def test_attack_a_spoiled_paper_swapped_for_another(place: Hall) -> None:
    """The same number of papers, each properly signed, but not those of the journal."""
    _, listed = eventful(place)
    message = forged(place, papers=structs.replace(listed, spoiled=listed.returned, returned=listed.spoiled))
    assert "check 5 (register) failed" in message


def test_attack_a_journal_without_the_return(place: Hall) -> None:
    eventful(place)
    contents = read_record(place.record()).contents
    with place.store.read() as view:
        desk = signing.load_private(view.desk_secret())
    chain: list[SignedEntry] = []
    for signed in contents.journal:
        if signed.entry.act != Act.RETURNED:
            chain.append(record_act(chain, Act(signed.entry.act), signed.entry.details, NOON, desk))
    values = {name: getattr(contents, name) for name in contents.__dataclass_fields__}
    data = write_record(Contents(**{**values, "journal": tuple(chain)}), place.head, place.seal)
    with pytest.raises(VerificationError, match=r"check 16.*returned according to the journal"):
        verify(data, workers=1)
