"""Requests by file: good ones are answered once and always alike; bad ones are refused by name and change nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import papers
from ballot.crypto.keys import new_official
from ballot.crypto.paper import sign_blindly, sign_request
from ballot.errors import BadInput, Invalid, KeyRefused, Refused, WrongPhase
from ballot.keeper import HalfResponse, Log, half_response, put_seal
from ballot.register import RegisterEntry, Request, Response, Way
from ballot.request import Pending, load_pending, receive, save_pending
from ballot.votes import BoothPaper, Paper
from ballot.wire import decode, encode
from tests.hall import VOTING, Hall, hall, other_hall
from tests.play import NOON


@pytest.fixture
def place(tmp_path: Path) -> Hall:
    return hall(tmp_path)


def register_of(place: Hall, delegate: int) -> list[tuple[Way, str, str]]:
    with place.store.read() as view:
        return [(entry.way, entry.attested, entry.instead_of) for entry, _ in view.register_of(delegate)]


def state_of(place: Hall) -> tuple[object, ...]:
    with place.store.read() as view:
        return view.register(), view.journal(), view.ballots()


def refused(place: Hall, fault: str, *requests: Request, attested: str = "Ana at the desk") -> None:
    before = state_of(place)
    with pytest.raises(BadInput) as caught:
        place.answer(*requests, attested=attested)
    assert [str(one) for one in caught.value.faults] == [f"request {len(requests)}: {fault}"]
    assert state_of(place) == before


def test_a_signed_request_is_answered_and_becomes_a_paper(place: Hall) -> None:
    request, pending = place.ask(1)
    (response,) = place.answer(request)
    paper = receive(place.opening, place.election, pending, response)
    place.cast(place.sealed(paper, 1))
    assert register_of(place, 1) == [(Way.REQUEST, "the delegate's key", "")]


def test_a_request_without_a_key_names_who_attested_it(place: Hall) -> None:
    assert place.paper(7).paper.credential
    assert register_of(place, 7) == [(Way.REQUEST, "Ana at the desk", "")]


def test_many_requests_are_answered_in_one_go(place: Hall) -> None:
    asked = [place.ask(delegate) for delegate in VOTING]
    answers = place.answer(*(request for request, _ in asked))
    for (_, pending), response in zip(asked, answers, strict=True):
        place.cast(place.sealed(receive(place.opening, place.election, pending, response), 2))
    assert place.verified().verified


def test_asking_again_gives_the_same_answer_and_never_a_second_paper(place: Hall) -> None:
    request, _ = place.ask(1)
    first = place.answer(request)
    after = state_of(place)
    assert place.answer(request) == first
    assert place.answer(request, request) == first * 2
    assert state_of(place) == after


def test_a_request_delivered_twice_in_one_go_is_one(place: Hall) -> None:
    request, _ = place.ask(1)
    first, second = place.answer(request, request)
    assert first == second
    assert len(register_of(place, 1)) == 1


def test_attack_a_second_request_of_the_same_delegate(place: Hall) -> None:
    place.paper(1)
    refused(place, "delegate 1 already has a paper: one regular member, one vote (V §3(b))", place.ask(1)[0])


def test_attack_a_request_signed_by_the_wrong_key(place: Hall) -> None:
    request = structs.replace(place.ask(1)[0], signature="")
    forged = sign_request(request, place.keys[3].ed25519)
    refused(place, "the request is not signed by the key of delegate 1, or it was altered", forged)


def test_attack_a_request_without_the_signature_that_the_roll_asks_for(place: Hall) -> None:
    unsigned = structs.replace(place.ask(1)[0], signature="")
    for attested in ("", "Ana at the desk"):
        refused(place, "delegate 1 has a key on the roll, and the request is not signed", unsigned, attested=attested)


def test_attack_a_signature_that_nobody_can_check(place: Hall) -> None:
    request = sign_request(place.ask(7)[0], place.keys[3].ed25519)
    refused(place, "the request of delegate 7 is signed, and the roll has no key to check it with", request)


def test_a_request_that_nobody_attests_is_refused(place: Hall) -> None:
    request = place.ask(7)[0]
    fault = "the request of delegate 7 is not signed; somebody must attest who asks (--attested-by)"
    refused(place, fault, request, attested="")


@pytest.mark.parametrize("words", ["the delegate's key", "The delegate's key", "thе delegate’s\u00a0key"], ids=ascii)
def test_attack_a_desk_that_passes_itself_off_as_the_delegates_key(place: Hall, words: str) -> None:
    fault = "the entry of delegate 7 does not say who attested the request"
    refused(place, fault, place.ask(7)[0], attested=words)


def test_attack_a_request_for_another_election(place: Hall, tmp_path: Path) -> None:
    other = other_hall(tmp_path)
    for delegate in (1, 7):
        refused(place, "the request is for another election", other.ask(delegate)[0])
    moved = structs.replace(other.ask(1)[0], opening=place.opening.fingerprint)
    refused(place, "the request is not signed by the key of delegate 1, or it was altered", moved)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (99, "there is no delegate 99 on the roll"),
        (0, "there is no delegate 0 on the roll"),
        (-1, "there is no delegate -1 on the roll"),
        (2, "delegate 2 does not vote: each regular member has one voting delegate (VI §2(b))"),
        (13, "delegate 13 does not vote: each regular member has one voting delegate (VI §2(b))"),
    ],
)
def test_attack_a_request_of_someone_without_a_vote(place: Hall, number: int, fault: str) -> None:
    refused(place, fault, place.ask(number)[0])


ALTERED: list[Callable[[Request], Request]] = [
    lambda request: structs.replace(request, head=request.seal),
    lambda request: structs.replace(request, seal=request.head),
    lambda request: structs.replace(request, head=request.seal, seal=request.head),
    lambda request: structs.replace(request, head=f"{int(request.head, 16) ^ 1:0768x}"),
    lambda request: structs.replace(request, seal=f"{int(request.seal, 16) ^ 1:0768x}"),
    lambda request: structs.replace(request, signature=request.signature[:-1] + "0"),
    lambda request: structs.replace(request, delegate=3),
]


@pytest.mark.parametrize("alter", ALTERED)
def test_attack_an_altered_request(place: Hall, alter: Callable[[Request], Request]) -> None:
    request = place.ask(1)[0]
    changed = alter(request)
    if changed == request:
        changed = structs.replace(request, signature=request.signature[:-1] + "1")
    with pytest.raises(BadInput) as caught:
        place.answer(changed)
    assert "not signed by the key of delegate" in str(caught.value.faults[0])
    assert "below the modulus" not in str(caught.value.faults[0])


@pytest.mark.parametrize("number", ["", "00", "g" * 768, "F" * 768, "f" * 768, "0" * 767])
def test_attack_blinded_numbers_of_a_wrong_form(place: Hall, number: str) -> None:
    request = place.ask(7)[0]
    for changed in (structs.replace(request, head=number), structs.replace(request, seal=number)):
        with pytest.raises(BadInput) as caught:
            place.answer(changed)
        assert "the request of delegate 7 for the " in str(caught.value.faults[0])


def test_attack_a_request_with_the_same_number_for_head_and_seal(place: Hall) -> None:
    # The record could not hold it (check 5): a single delegate would have spoiled the whole election.
    request, _ = place.ask(7)
    small = "01" * 384
    with pytest.raises(BadInput) as caught:
        place.answer(structs.replace(request, head=small, seal=small))
    assert "the same number for head and seal" in str(caught.value.faults[0])
    assert place.verified().verified


def test_attack_a_request_replayed_under_another_number(place: Hall) -> None:
    request = place.ask(7)[0]
    place.answer(request)
    for copy in (
        structs.replace(request, delegate=9),
        structs.replace(request, delegate=9, head=place.ask(9)[0].head),
        structs.replace(request, delegate=9, seal=place.ask(9)[0].seal),
    ):
        refused(place, "the request was copied from another one", copy)


def test_the_same_request_twice_among_others_gets_the_same_answer_twice(place: Hall) -> None:
    request = place.ask(7)[0]
    first, other, again = place.answer(request, place.ask(9)[0], request)
    assert first == again != other
    assert len(register_of(place, 7)) == 1


def test_attack_a_request_replayed_among_others_in_one_go(place: Hall) -> None:
    request = place.ask(7)[0]
    copy = structs.replace(request, delegate=11)
    refused(place, "the request was copied from another one", request, place.ask(9)[0], copy)


def test_attack_a_request_replayed_after_its_paper_was_spoiled(place: Hall) -> None:
    request, pending = place.ask(1)
    (response,) = place.answer(request)
    place.spoil(1, receive(place.opening, place.election, pending, response))
    refused(place, "the paper from this request was spoiled; a new request is needed", request)
    place.paper(1)
    refused(place, "the paper from this request was spoiled; a new request is needed", request)


def test_every_bad_request_is_named_and_none_is_answered(place: Hall) -> None:
    good = place.ask(3)[0]
    before = state_of(place)
    with pytest.raises(BadInput) as caught:
        place.answer(good, place.ask(2)[0], place.ask(99)[0], structs.replace(place.ask(1)[0], signature=""))
    assert [fault.file for fault in caught.value.faults] == ["request 2", "request 3", "request 4"]
    assert state_of(place) == before


def test_a_request_after_the_close_is_refused(place: Hall) -> None:
    request = place.ask(1)[0]
    place.close()
    with pytest.raises(WrongPhase, match="issuing papers"):
        place.answer(request)


def test_attack_the_keys_of_other_officials(place: Hall) -> None:
    stranger = new_official("head", place.head.name)
    request = place.ask(1)[0]
    for head, keeper in ((stranger, place.seal), (place.seal, place.seal), (place.head, place.head), (stranger, None)):
        with pytest.raises(KeyRefused, match="of this election"):
            papers.answer(place.store, head, keeper, [("r", request)], "", NOON, lambda _: None)
    with pytest.raises(KeyRefused, match="of this election"):
        papers.issue(place.store, stranger, place.seal, 1, NOON, lambda _: None)


# The delegate's side


def test_the_pending_paper_comes_back_from_its_file(place: Hall) -> None:
    request, pending = place.ask(1)
    data = save_pending(pending, request)
    assert load_pending(data, place.election) == Pending(request, pending.credential, pending.secret, pending.blinding)
    assert str(pending.secret) not in repr(pending) + repr(load_pending(data, place.election))


def test_a_pending_paper_does_not_show_whose_credential_it_is(place: Hall) -> None:
    _, pending = place.ask(1)
    assert pending.credential not in repr(pending)


def test_a_truncated_pending_paper_is_refused_and_shows_nothing(place: Hall) -> None:
    request, pending = place.ask(1)
    data = save_pending(pending, request)
    for length in range(0, len(data), 64):
        with pytest.raises(Invalid, match="pending paper") as caught:
            load_pending(data[:length], place.election)
        assert str(pending.secret)[:12] not in caught.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("secret", "0"),
        ("secret", "-5"),
        ("secret", "9" * 78),
        ("prefix", "00"),
        ("head", ""),
        ("head", "0"),
        ("head", "１２"),
        ("seal", "12a"),
        ("seal", "9" * 1001),
    ],
)
def test_a_pending_paper_with_odd_values_is_refused(place: Hall, field: str, value: str) -> None:
    request, pending = place.ask(1)
    data = save_pending(pending, request)
    whole = decode(data, dict[str, object], "the file")
    changed = encode({**whole, field: value})
    with pytest.raises(Invalid):
        load_pending(changed, place.election)


def test_attack_an_answer_in_which_one_signature_does_not_hold(place: Hall) -> None:
    request, pending = place.ask(1)
    (response,) = place.answer(request)
    stranger = new_official("head", "Stranger")
    # Below the stranger's modulus, too, which may be less than the head's.
    below = "00" + request.head[2:]
    for changed, office in (
        (structs.replace(response, head=sign_blindly(stranger, below)), "the head's answer"),
        (structs.replace(response, head=response.seal), "the head's answer"),
        (structs.replace(response, seal=response.head), "the seal's answer"),
        (structs.replace(response, seal=""), "the seal's answer"),
        (structs.replace(response, seal=response.seal[:-2]), "the seal's answer"),
        (structs.replace(response, head="f" * 768), "the head's answer"),
    ):
        with pytest.raises(Invalid, match=office):
            receive(place.opening, place.election, pending, changed)


def test_attack_the_answer_to_somebody_else(place: Hall) -> None:
    (request, _), (_, pending) = place.ask(7), place.ask(9)
    (response,) = place.answer(request)
    with pytest.raises(Invalid, match="for delegate 7, and the pending paper is of 9"):
        receive(place.opening, place.election, pending, response)
    with pytest.raises(Invalid, match="no signature on this request"):
        receive(place.opening, place.election, pending, structs.replace(response, delegate=9))


def test_attack_an_answer_of_another_election(place: Hall, tmp_path: Path) -> None:
    other = other_hall(tmp_path)
    request, pending = place.ask(1)
    (response,) = place.answer(request)
    with pytest.raises(Invalid, match="same election"):
        receive(other.opening, other.election, pending, response)
    with pytest.raises(Invalid, match="same election"):
        receive(place.opening, place.election, pending, structs.replace(response, opening="00" * 32))


# The seal on a machine of its own


def sealed_apart(place: Hall, log: Log, half: HalfResponse) -> tuple[Response, Log]:
    return put_seal(place.opening, place.election, place.seal, log, half)


def empty_log(place: Hall) -> Log:
    return Log(place.opening.fingerprint, ())


def by_half(place: Hall, delegate: int, log: Log) -> tuple[BoothPaper, Log]:
    request, pending = place.ask(delegate)
    (half,) = place.halves(request)
    response, log = sealed_apart(place, log, half)
    return receive(place.opening, place.election, pending, response), log


def test_a_half_is_sealed_without_the_store(place: Hall) -> None:
    log = empty_log(place)
    for delegate in VOTING:
        paper, log = by_half(place, delegate, log)
        place.cast(place.sealed(paper, 3))
    assert [line.delegate for line in log.sealed] == list(VOTING)
    assert place.verified().verified


def test_the_same_half_again_gives_the_same_answer(place: Hall) -> None:
    request, _ = place.ask(1)
    first, again = place.halves(request), place.halves(request)
    assert first == again
    response, log = sealed_apart(place, empty_log(place), first[0])
    assert sealed_apart(place, log, again[0]) == (response, log)
    assert place.answer(request) == [response]


def test_attack_the_head_asks_for_a_second_paper(place: Hall, tmp_path: Path) -> None:
    _, log = by_half(place, 7, empty_log(place))
    (tmp_path / "second").mkdir()
    elsewhere = hall(tmp_path / "second")
    (second,) = elsewhere.halves(elsewhere.ask(7)[0])
    with pytest.raises(Refused, match="the seal is on another paper of delegate 7 already"):
        sealed_apart(place, log, second)


def resigned(place: Hall, half: HalfResponse) -> HalfResponse:
    """The half signed by the head again, had it been made to lie."""
    return half_response(place.head, half.entry, half.spoiled, half.head)


def test_a_spoiled_paper_is_replaced_once(place: Hall) -> None:
    paper, log = by_half(place, 7, empty_log(place))
    place.spoil(7, paper)
    request, pending = place.ask(7)
    (half,) = place.halves(request)
    assert half.entry.instead_of == paper.paper.credential
    assert half.spoiled == (paper.paper,)
    response, log = sealed_apart(place, log, half)
    fresh = receive(place.opening, place.election, pending, response)
    place.cast(place.sealed(fresh, 1))
    other = structs.replace(half.entry, request=place.ask(7)[0])
    with pytest.raises(Refused, match="replaced already"):
        sealed_apart(place, log, resigned(place, structs.replace(half, entry=other)))
    assert place.verified().verified


@pytest.mark.parametrize("before", ["0" * 64, "f" * 64])
def test_the_log_does_not_tell_which_of_a_delegates_papers_came_first(place: Hall, before: str) -> None:
    paper, log = by_half(place, 7, empty_log(place))
    place.spoil(7, paper)
    (half,) = place.halves(place.ask(7)[0])
    _, longer = sealed_apart(place, structs.replace(log, sealed=(structs.replace(log.sealed[0], entry=before),)), half)
    entries = [line.entry for line in longer.sealed]
    assert (len(entries), entries) == (2, sorted(entries))


def test_attack_a_half_that_names_a_spoiled_paper_and_shows_none(place: Hall) -> None:
    paper, log = by_half(place, 7, empty_log(place))
    (half,) = place.halves(place.ask(9)[0])
    entry = structs.replace(half.entry, request=place.ask(7)[0], instead_of=paper.paper.credential)
    for spoiled in (
        (),
        (paper.paper, paper.paper),
        (structs.replace(paper.paper, credential=place.election.public_key),),
    ):
        with pytest.raises(Invalid, match="does not show the spoiled paper"):
            sealed_apart(place, log, resigned(place, structs.replace(half, entry=entry, spoiled=spoiled)))
    unsealed = structs.replace(paper.paper, seal=paper.paper.signature)
    with pytest.raises(Invalid, match="does not bear the seal"):
        sealed_apart(place, log, resigned(place, structs.replace(half, entry=entry, spoiled=(unsealed,))))


def test_attack_an_altered_half(place: Hall) -> None:
    (half,) = place.halves(place.ask(7)[0])
    log = empty_log(place)
    for changed in (
        structs.replace(half, head=half.entry.request.seal),
        structs.replace(half, signature="00" * 64),
        structs.replace(half, signature=""),
        structs.replace(
            half, entry=structs.replace(half.entry, request=structs.replace(half.entry.request, delegate=9))
        ),
        structs.replace(half, entry=structs.replace(half.entry, instead_of="x")),
        structs.replace(half, spoiled=(Paper("x", "", "", ""),)),
    ):
        with pytest.raises(Invalid, match="not signed by the head of this election, or it was altered"):
            sealed_apart(place, log, changed)


def test_attack_a_half_of_another_election(place: Hall, tmp_path: Path) -> None:
    other = other_hall(tmp_path)
    (half,) = other.halves(other.ask(7)[0])
    with pytest.raises(Invalid, match="another election"):
        sealed_apart(place, empty_log(place), half)
    with pytest.raises(Invalid, match="log is of another election"):
        sealed_apart(other, empty_log(place), half)


def test_attack_more_papers_than_voting_delegates(place: Hall) -> None:
    log = empty_log(place)
    for delegate in VOTING:
        _, log = by_half(place, delegate, log)
    half = half_without_a_store(place, 13)
    with pytest.raises(Refused, match="all 6 voting delegates"):
        sealed_apart(place, log, half)


def test_who_spoils_a_paper_gets_another_and_takes_none_from_those_who_come_later(place: Hall) -> None:
    log, papers = empty_log(place), {}
    for delegate in (1, 3, 5, 7, 9):
        papers[delegate], log = by_half(place, delegate, log)
    place.spoil(7, papers[7])
    _, log = by_half(place, 7, log)
    # The last of six voting delegates, though the log has six lines already.
    last, log = by_half(place, 11, log)
    stranger = half_without_a_store(place, 13)
    with pytest.raises(Refused, match="all 6 voting delegates"):
        sealed_apart(place, log, stranger)
    place.spoil(11, last)
    fresh, log = by_half(place, 11, log)
    place.cast(place.sealed(fresh, 1))
    with pytest.raises(Refused, match="all 6 voting delegates"):
        sealed_apart(place, log, stranger)


def half_without_a_store(place: Hall, delegate: int, way: Way = Way.REQUEST, **fields: object) -> HalfResponse:
    """What a dishonest head can make."""
    request = structs.replace(place.ask(delegate)[0], **fields)
    entry = RegisterEntry(request, "nobody", way, "")
    return half_response(place.head, entry, (), sign_blindly(place.head, request.head))


def test_attack_a_paper_for_the_seal_that_the_register_would_call_an_envelope(place: Hall) -> None:
    with pytest.raises(Invalid, match="is for an envelope"):
        sealed_apart(place, empty_log(place), half_without_a_store(place, 13, Way.ENVELOPE))


def test_attack_a_number_that_the_seal_cannot_sign(place: Hall) -> None:
    with pytest.raises(Invalid, match="the request for the seal is not below the modulus"):
        sealed_apart(place, empty_log(place), half_without_a_store(place, 13, seal="f" * 768))


def test_a_truncated_file_of_the_exchange_is_refused(place: Hall) -> None:
    request, _ = place.ask(1)
    (half,) = place.halves(request)
    response, log = sealed_apart(place, empty_log(place), half)
    for value, form in ((request, Request), (half, HalfResponse), (response, Response), (log, Log)):
        data = encode(value)
        assert decode(data, form, "the file") == value
        for length in range(0, len(data), 64):
            with pytest.raises(Invalid, match="the file"):
                decode(data[:length], form, "the file")
