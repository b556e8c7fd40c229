"""Envelopes: anonymous papers with codes. They look like any other paper, and no list of them is read without codes."""

import json
import re
from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import counting, papers
from ballot.acts import envelopes as acts
from ballot.aloud import numbered
from ballot.crypto import codes
from ballot.crypto.groups import GROUPS
from ballot.crypto.paper import check_paper
from ballot.crypto.words import fingerprint_words
from ballot.envelopes import (
    Envelope,
    Envelopes,
    check_envelopes,
    merge,
    open_envelope,
    print_envelope,
    require_room,
    slips,
)
from ballot.errors import BadInput, Error, Invalid, KeyRefused, Refused, WrongPhase
from ballot.journal import Act
from ballot.register import Fate, Way
from ballot.wire import decode, encode, sha256_hex
from tests.booths import contest, scene
from tests.hall import Hall, hall, other_hall
from tests.play import NOON, officials


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    return hall(tmp_path)


def faults_of(error: BadInput) -> list[str]:
    return [str(fault) for fault in error.faults]


def test_an_envelope_becomes_a_paper_and_a_ballot(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    paper = place.open_envelope(bits[1])
    check_paper(place.opening, place.election, paper.paper)
    place.cast(place.sealed(paper, 1, 2))
    place.give_back(bits[0])
    assert place.verified().verified


def test_the_booth_opens_an_envelope_without_the_store(place: Hall) -> None:
    bits, booth = place.print(3)
    file = decode(booth, Envelopes, "the envelopes")
    check_envelopes(place.opening, file)
    for one in bits:
        code = codes.read(codes.write(one).lower().replace("-", " "))
        assert open_envelope(place.opening, place.election, file, code) == place.open_envelope(one)


@pytest.mark.parametrize("group", GROUPS)
def test_all_envelopes_have_the_same_length_in_both_groups(group: str) -> None:
    opened = scene(contest("Ana", "Bo"), group_name=group)
    made = [print_envelope(opened.opening, opened.election, *officials()) for _ in range(4)]
    file = merge(opened.opening, None, [envelope for _, envelope in made])
    assert {(len(one.lookup), len(one.locked)) for one in file.envelopes} == {(32, 1632)}
    for bits, _ in made:
        paper = open_envelope(opened.opening, opened.election, file, bits)
        check_paper(opened.opening, opened.election, paper.paper)


def test_the_file_for_booths_tells_nothing_without_a_code(place: Hall) -> None:
    bits, booth = place.print(4)
    for one in bits:
        paper = place.open_envelope(one)
        for part in (paper.secret, paper.paper.credential, paper.paper.prefix, paper.paper.signature, paper.paper.seal):
            assert part.encode() not in booth
        assert codes.write(one).encode() not in booth
        assert codes.write(one).replace("-", "").encode() not in booth
        assert str(one).encode() not in booth
        assert f"{one:032x}".encode() not in booth


def test_the_order_in_the_file_follows_from_nothing_but_the_codes(place: Hall) -> None:
    bits, _ = place.print(2)
    more, booth = place.print(3)
    file = decode(booth, Envelopes, "the envelopes")
    assert [one.lookup for one in file.envelopes] == sorted(
        codes.lookup_of(place.opening.fingerprint, one) for one in (*bits, *more)
    )


def test_the_store_keeps_the_file_and_the_count_but_no_code(place: Hall, tmp_path: Path) -> None:
    bits, booth = place.print(3)
    store = (tmp_path / "election.db").read_bytes()
    with place.store.read() as view:
        last = view.last_entry().entry
    assert (last.act, last.details) == (Act.ENVELOPES_PRINTED, {"count": "3", "envelopes": sha256_hex(booth)})
    for one in bits:
        paper = place.open_envelope(one)
        raw = one.to_bytes(16, "big")
        secrets = (codes.write(one), codes.write(one).replace("-", ""), str(one), paper.secret, paper.paper.credential)
        assert not any(secret.encode() in store for secret in secrets)
        assert raw not in store


def test_slips_show_code_election_and_words(place: Hall) -> None:
    bits = [codes.new() for _ in range(3)]
    text = slips(place.opening, "Assembly of the hall", bits).decode()
    parts = text.split("- " * 30 + "-\n")
    assert len(parts) == 5
    for one, part in zip(bits, parts[1:4], strict=True):
        assert codes.write(one) in part
        assert "Assembly of the hall" in part
        shown = " ".join(part.splitlines()[-3:])
        assert shown == numbered(" ".join(fingerprint_words(place.opening.fingerprint)))


def test_envelope_and_request_papers_look_the_same(place: Hall) -> None:
    bits, _ = place.print(1)
    place.draw(1)
    drawn, asked, made = place.open_envelope(bits[0]), place.paper(3), place.desk_paper(5)
    shapes = set()
    for paper in (drawn, asked, made):
        ballot = place.sealed(paper, 2)
        place.cast(ballot)
        shapes.add(shape(json.loads(encode(ballot))))
    assert len(shapes) == 1


def shape(value: object) -> str:
    """Keys and lengths; scalars of proofs are numbers of 70 to 78 digits and count as one length."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{shape(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(shape, value)) + "]"
    text = str(value)
    return "scalar" if text.isdigit() and 60 < len(text) < 80 else f"{type(value).__name__}{len(text)}"


def test_the_register_does_not_tie_a_delegate_to_an_envelope(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    place.draw(3)
    with place.store.read() as view:
        first, second = view.register()
        given = [view.register_of(delegate)[0][1] for delegate in (1, 3)]
        acts_of = [entry.entry.details for entry in view.journal() if entry.entry.act == Act.ISSUED]
    assert structs.replace(first, request=structs.replace(first.request, delegate=3)) == second
    assert structs.replace(given[0], delegate=3) == given[1]
    assert first.way == Way.ENVELOPE
    assert (first.request.head, first.request.seal, first.request.signature) == ("", "", "")
    assert [set(details) for details in acts_of] == [{"delegate", "way", "entry"}] * 2
    assert all(details["way"] == "envelope" for details in acts_of)
    assert bits


# Counts


def test_more_envelopes_than_voting_delegates_are_refused(place: Hall) -> None:
    for count in (7, 1000):
        with pytest.raises(Refused, match="than the 6 voting delegates"):
            place.print(count)
    place.print(4)
    with pytest.raises(Refused, match=r"4 papers are in use, and 3 more .*: at most 2$"):
        place.print(3)
    place.print(2)


def test_the_booth_reads_as_many_envelopes_as_can_be_printed_and_no_more(place: Hall) -> None:
    opening, locked = place.opening, "00" * 816
    told = (Path(__file__).parent.parent / "docs" / "protocol.md").read_text(encoding="utf-8")
    most = int(re.findall(r"sorted by `lookup`: at most (\d+), for a booth", told)[0])
    one, *others = (Envelope(f"{number:032x}", locked) for number in range(most))
    full = merge(opening, None, [one, *others])
    require_room(opening, merge(opening, None, others), 1)
    check_envelopes(opening, decode(encode(full), Envelopes, "the file"))
    with pytest.raises(Refused, match=f"holds at most {most} envelopes; at most 0 more can be printed, and not 1"):
        require_room(opening, full, 1)
    with pytest.raises(Invalid, match="too large"):
        decode(encode(merge(opening, full, [Envelope("f" * 32, locked)])), Envelopes, "the file")


def test_what_no_booth_would_read_is_refused_before_anything_is_signed(
    place: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.print(1)
    monkeypatch.setattr("ballot.envelopes.MAX_JSON", 4 * 1690)
    with place.store.read() as view:
        acts.require_printable(view, 2)
        with pytest.raises(Refused, match="holds at most 3 envelopes; at most 2 more can be printed, and not 3"):
            acts.require_printable(view, 3)
    monkeypatch.setattr(acts, "print_envelope", lambda *_: pytest.fail("something was signed"))
    with pytest.raises(Refused, match="at most 2 more"):
        place.print(3)


@pytest.mark.parametrize("count", [0, -1])
def test_no_envelopes_are_no_printing(place: Hall, count: int) -> None:
    with pytest.raises(Refused, match="at least one"):
        place.print(count)


def test_attack_papers_beside_envelopes_for_everybody(place: Hall) -> None:
    bits, _ = place.print(6)
    with pytest.raises(Refused, match=r"6 papers are in use, and 1 more would be more than the 6 voting delegates$"):
        place.desk_paper(1)
    with pytest.raises(BadInput, match="1 fault"):
        place.paper(1)
    place.draw(3)
    place.give_back(bits[0])
    assert place.paper(1).secret


def test_handing_out_more_than_were_printed_is_refused(place: Hall) -> None:
    with pytest.raises(Refused, match="0 were printed"):
        place.draw(1)
    place.print(1)
    place.draw(1)
    with pytest.raises(Refused, match="1 were printed"):
        place.draw(3)


def test_attack_a_second_envelope(place: Hall) -> None:
    place.print(3)
    place.draw(1)
    with pytest.raises(Refused, match="already has a paper"):
        place.draw(1)
    with pytest.raises(Refused, match="already has a paper"):
        place.desk_paper(1)
    place.paper(3)
    with pytest.raises(Refused, match="already has a paper"):
        place.draw(3)


@pytest.mark.parametrize(("delegate", "fault"), [(2, "does not vote"), (13, "does not vote"), (99, "no delegate 99")])
def test_attack_an_envelope_for_someone_without_a_vote(place: Hall, delegate: int, fault: str) -> None:
    place.print(1)
    with pytest.raises(Refused, match=fault):
        place.draw(delegate)


def test_attack_casting_an_envelope_that_nobody_drew(place: Hall) -> None:
    bits, _ = place.print(3)
    with pytest.raises(BadInput) as caught:
        place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    (fault,) = caught.value.faults
    assert fault.problem == "too many ballots: 1 with these, on 0 papers that were handed out and not spoiled"
    assert "hand-out NUMBER` enters it" in fault.hint
    place.draw(1)
    place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    with pytest.raises(BadInput):
        place.cast(place.sealed(place.open_envelope(bits[1]), 1))


# Returned


def test_a_returned_envelope_can_never_be_cast(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    returned = place.open_envelope(bits[0])
    assert place.give_back(bits[0]) == 0
    with pytest.raises(BadInput) as caught:
        place.cast(place.sealed(returned, 1))
    assert faults_of(caught.value) == ["ballot 1: the paper of this ballot was returned, so it can never be cast"]
    assert "returned by mistake" in caught.value.faults[0].hint
    with place.store.read() as view:
        last = view.last_entry().entry
    assert last.act == Act.RETURNED
    assert last.details["credential"] == returned.paper.credential


def test_a_returned_envelope_is_never_handed_out(place: Hall) -> None:
    bits, _ = place.print(1)
    place.give_back(*bits)
    with pytest.raises(Refused, match="handed out or returned"):
        place.draw(1)


def test_envelopes_are_returned_after_the_close_and_stand_in_the_record(place: Hall) -> None:
    bits, _ = place.print(4)
    place.draw(1)
    place.cast(place.sealed(place.open_envelope(bits[2]), 1))
    place.close()
    assert place.give_back(bits[0], bits[3]) == 1
    report = place.verified()
    assert report.checks[8].figure == "4 issued = 1 cast + 0 spoiled + 2 returned + 1 outstanding"


def test_the_count_waits_for_envelopes_that_nobody_drew(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    place.close()
    with pytest.raises(Refused, match="were not returned: 1"):
        counting.count(place.store, NOON)
    place.give_back(bits[0])
    with pytest.raises(Refused, match="trustee"):
        counting.count(place.store, NOON)


def test_nothing_is_returned_after_the_count(place: Hall) -> None:
    bits, _ = place.print(2)
    place.record()
    with pytest.raises(WrongPhase, match="before the count"):
        place.give_back(*bits)


def test_attack_returning_more_than_are_at_the_desk(place: Hall) -> None:
    bits, _ = place.print(2)
    place.draw(1)
    with pytest.raises(BadInput) as caught:
        place.give_back(*bits)
    assert faults_of(caught.value) == ["code 2: more envelopes would be returned than are left at the desk"]
    assert "`ballot spoil --delegate NUMBER`" in caught.value.hint


def test_after_the_close_nobody_is_told_to_spoil_or_issue_what_cannot_be_returned(place: Hall) -> None:
    bits, _ = place.print(3)
    place.draw(1)
    spoiled = place.open_envelope(bits[2])
    papers.spoil(place.store, 1, spoiled, True, NOON)
    place.draw(1)
    place.close()
    told = (
        "Take out the codes of those that delegates drew: their papers stay as they are, cast or outstanding, and "
        "nothing more can be done with them after the close."
    )
    for given, hint in ((bits[:2], told), (bits[2:], "It is done: take this code out of the list.")):
        with pytest.raises(BadInput) as caught:
            place.give_back(*given)
        assert caught.value.hint == hint


def test_returns_are_refused_by_name_and_all_or_none(place: Hall) -> None:
    bits, _ = place.print(4)
    place.draw(1)
    place.cast(place.sealed(place.open_envelope(bits[0]), 1))
    place.give_back(bits[1])
    with pytest.raises(BadInput) as caught:
        place.give_back(bits[2], bits[0], bits[1], bits[2], codes.new())
    assert faults_of(caught.value) == [
        "code 2: a ballot was cast on this paper, so it cannot be spoiled or returned",
        "code 3: this envelope was returned already",
        "code 4: this envelope was returned already",
        "code 5: there is no envelope with this code",
    ]
    with place.store.read() as view:
        assert len(view.withdrawn(Fate.RETURNED)) == 1
    assert place.give_back(bits[2]) == 1


def test_returned_papers_are_listed_by_credential_and_not_as_typed(place: Hall) -> None:
    bits, _ = place.print(6)
    place.give_back(*bits)
    with place.store.read() as view:
        written = [one.entry.details["credential"] for one in view.journal() if one.entry.act == Act.RETURNED]
        assert [paper.credential for paper in view.withdrawn(Fate.RETURNED)] == written == sorted(written)


# Printing


def test_a_printing_that_cannot_be_written_leaves_nothing(place: Hall, tmp_path: Path) -> None:
    before = (tmp_path / "election.db").read_bytes()

    def full(_bits: list[int], _booth: bytes) -> None:
        raise Error("the disk is full")

    with pytest.raises(Error, match="full"):
        acts.print_envelopes(place.store, place.head, place.seal, 2, NOON, full)
    assert (tmp_path / "election.db").read_bytes() == before


def test_attack_the_keys_of_other_officials(place: Hall) -> None:
    for head, keeper in ((place.seal, place.seal), (place.head, place.head)):
        with pytest.raises(KeyRefused):
            acts.print_envelopes(place.store, head, keeper, 1, NOON, lambda _bits, _booth: None)


def test_printing_belongs_to_the_open_phase(place: Hall) -> None:
    place.close()
    with pytest.raises(WrongPhase):
        place.print(1)
    with pytest.raises(WrongPhase):
        place.draw(1)


def test_attack_a_file_of_envelopes_of_another_election(place: Hall, tmp_path: Path) -> None:
    other = other_hall(tmp_path)
    bits, booth = other.print(1)
    file = decode(booth, Envelopes, "the envelopes")
    for opened in (open_envelope, lambda opening, _election, envelopes, _bits: check_envelopes(opening, envelopes)):
        with pytest.raises(Invalid, match="another election"):
            opened(place.opening, place.election, file, bits[0])
    moved = structs.replace(file, opening=place.opening.fingerprint)
    with pytest.raises(Refused, match="no envelope with this code"):
        open_envelope(place.opening, place.election, moved, bits[0])


def test_attack_an_altered_file_of_envelopes(place: Hall) -> None:
    bits, booth = place.print(2)
    file = decode(booth, Envelopes, "the envelopes")
    first, second = file.envelopes
    swapped = Envelopes(
        file.opening, (structs.replace(first, locked=second.locked), structs.replace(second, locked=first.locked))
    )
    for one in bits:
        with pytest.raises(Invalid, match="changed, or it belongs to another code"):
            open_envelope(place.opening, place.election, swapped, one)
    for envelopes in ((second, first), (first, first), (structs.replace(first, lookup="x"),)):
        with pytest.raises(Invalid, match="not sorted, or holds one twice"):
            check_envelopes(place.opening, Envelopes(file.opening, envelopes))
    with pytest.raises(Invalid, match="the locked paper"):
        check_envelopes(place.opening, Envelopes(file.opening, (structs.replace(first, locked="00"),)))


def test_a_truncated_file_of_envelopes_is_refused(place: Hall) -> None:
    _, booth = place.print(2)
    for length in range(0, len(booth), 64):
        with pytest.raises(Invalid, match="the envelopes"):
            decode(booth[:length], Envelopes, "the envelopes")
