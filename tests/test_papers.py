"""From a request to a paper: what the desk refuses, what the signers never see, and answers that do not fit."""

from collections.abc import Callable
from functools import cache

import pytest
from msgspec import structs

from ballot.crypto import signing
from ballot.crypto.groups import GROUPS, group
from ballot.crypto.paper import check_paper, check_request, sign_blindly, sign_request
from ballot.errors import Invalid, Refused
from ballot.papers import register, respond
from ballot.register import RegisterEntry, Request, Response, Way
from ballot.request import Pending, ask, receive
from ballot.votes import BoothPaper
from ballot.wire import encode
from tests.crypto.test_groups import SMALL_ORDER, number
from tests.forge import sign_paper
from tests.play import fair, officials, other, play


@cache
def asked(delegate: int) -> tuple[Request, Pending]:
    return ask(fair().opening, fair().election, delegate)


@cache
def answered(delegate: int) -> Response:
    return respond(*officials(), RegisterEntry(asked(delegate)[0], "desk", Way.DESK, ""))


def received(pending: Pending, response: Response) -> BoothPaper:
    return receive(fair().opening, fair().election, pending, response)


# The desk


def test_a_voting_delegate_is_entered() -> None:
    request, _ = asked(7)
    entry = register(fair().roll, fair().opening, request, Way.DESK, "desk")
    assert entry == RegisterEntry(request, "desk", Way.DESK, "")


def test_a_request_for_another_election_is_refused() -> None:
    request, _ = ask(other().opening, other().election, 7)
    with pytest.raises(Refused, match="for another election"):
        register(fair().roll, fair().opening, request, Way.DESK, "desk")


@pytest.mark.parametrize("delegate", [2, 4, 9])
def test_a_delegate_who_does_not_vote_gets_no_paper(delegate: int) -> None:
    request, _ = ask(fair().opening, fair().election, delegate)
    with pytest.raises(Refused, match=f"delegate {delegate} does not vote") as refused:
        register(fair().roll, fair().opening, request, Way.DESK, "desk")
    assert "voting delegate of" in refused.value.hint


@pytest.mark.parametrize("delegate", [0, -1, 10, 99])
def test_somebody_off_the_roll_gets_no_paper(delegate: int) -> None:
    request, _ = ask(fair().opening, fair().election, delegate)
    with pytest.raises(Refused, match="on the roll"):
        register(fair().roll, fair().opening, request, Way.DESK, "desk")


@pytest.mark.parametrize(
    "blinded",
    ["", "00", "zz" * 384, "00" * 383, "00" * 385, "ff" * 384, "AB" * 384],
    ids=["empty", "short", "no hex", "a byte less", "a byte more", "above the modulus", "capitals"],
)
def test_a_request_that_cannot_be_signed_is_refused(blinded: str) -> None:
    for official in officials():
        with pytest.raises(Invalid, match="blinded"):
            sign_blindly(official, blinded)


def test_whoever_asks_again_gets_the_same_answer() -> None:
    assert respond(*officials(), RegisterEntry(asked(7)[0], "desk", Way.DESK, "")) == answered(7)
    assert (answered(7).opening, answered(7).delegate) == (fair().opening.fingerprint, 7)


# What the signers see


def secrets_of(pending: Pending, paper: BoothPaper) -> dict[str, str]:
    """Everything that would tie a paper to the request it came from, as it could be written."""
    ring = group("Ed25519")
    return {
        "credential": pending.credential,
        "credential backwards": ring.element(pending.credential).hex(),
        "secret": paper.secret,
        "secret in hex": f"{int(paper.secret):x}",
        "prefix": paper.paper.prefix,
        "signature": paper.paper.signature,
        "seal": paper.paper.seal,
        "unblinding of the head": f"{pending.blinding.head.inverse:x}",
        "unblinding of the seal": f"{pending.blinding.seal.inverse:x}",
    }


def test_nothing_of_a_paper_is_seen_by_who_signs_it() -> None:
    request, pending = asked(7)
    paper = received(pending, answered(7))
    entry = RegisterEntry(request, "desk", Way.DESK, "")
    for seen in (request, entry, answered(7)):
        text = encode(seen).decode()
        for what, secret in secrets_of(pending, paper).items():
            assert len(secret) > 32, what
            assert secret not in text, what
            assert secret[:24] not in text, what


def test_nothing_of_a_cast_paper_is_in_the_register_or_the_journal() -> None:
    played = fair()
    seen = encode(played.contents.register) + encode(played.contents.journal)
    for paper in played.papers:
        for secret in (paper.secret, *structs.astuple(paper.paper)):
            assert secret.encode() not in seen


def test_two_requests_for_the_same_delegate_have_nothing_in_common() -> None:
    first, one = ask(fair().opening, fair().election, 7)
    second, two = ask(fair().opening, fair().election, 7)
    assert len({first.head, first.seal, second.head, second.seal}) == 4
    assert len({one.credential, two.credential}) == 2
    assert one.blinding.prefix != two.blinding.prefix


def test_no_secret_shows_when_a_value_is_printed() -> None:
    _, pending = asked(7)
    paper = received(pending, answered(7))
    shown = repr(pending) + repr(paper) + str(paper)
    for what, secret in secrets_of(pending, paper).items():
        if not what.startswith("credential"):
            assert secret not in shown, what
    assert paper.secret not in str(list(paper.__rich_repr__()))


# The delegate


@pytest.mark.parametrize("group_name", GROUPS)
def test_a_received_paper_bears_signature_and_seal(group_name: str) -> None:
    played = play((), group=group_name, outstanding=0)
    request, pending = ask(played.opening, played.election, 1)
    entry = register(played.roll, played.opening, request, Way.DESK, "desk")
    paper = receive(played.opening, played.election, pending, respond(*officials(), entry))
    check_paper(played.opening, played.election, paper.paper)
    ring = group(group_name)
    assert ring.text(ring.base(int(paper.secret))) == paper.paper.credential
    assert paper.opening == played.opening.fingerprint


def test_answers_to_two_delegates_that_were_mixed_up_are_refused() -> None:
    for mine, theirs in ((5, 7), (7, 5)):
        with pytest.raises(Invalid, match=f"the answer is for delegate {theirs}, and the pending paper is of {mine}"):
            received(asked(mine)[1], answered(theirs))
        with pytest.raises(Invalid, match="the head's answer is no signature on this request"):
            received(asked(mine)[1], structs.replace(answered(theirs), delegate=mine))
        with pytest.raises(Invalid, match="the seal's answer is no signature on this request"):
            received(asked(mine)[1], structs.replace(answered(mine), seal=answered(theirs).seal))


RESPONSES: dict[str, tuple[Callable[[Response], Response], str]] = {
    "head and seal exchanged": (lambda r: structs.replace(r, head=r.seal, seal=r.head), "the head's answer"),
    "the head twice": (lambda r: structs.replace(r, seal=r.head), "the seal's answer"),
    "no head": (lambda r: structs.replace(r, head=""), "the head's answer"),
    "no seal": (lambda r: structs.replace(r, seal=""), "the seal's answer"),
    "zeros": (lambda r: structs.replace(r, seal="00" * 384), "the seal's answer"),
    "too large": (lambda r: structs.replace(r, head="ff" * 384), "the head's answer"),
    "capitals": (lambda r: structs.replace(r, head=r.head.upper()), "the head's answer"),
    "one digit": (lambda r: structs.replace(r, head=r.head[:-1] + "0123456789abcdef"[int(r.head[-1], 16) ^ 1]), "head"),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_an_answer_is_refused_with(name: str) -> None:
    change, telling = RESPONSES[name]
    with pytest.raises(Invalid, match=telling):
        received(asked(7)[1], change(answered(7)))


def test_an_answer_with_the_keys_of_another_election_is_refused() -> None:
    _, pending = asked(7)
    with pytest.raises(Invalid, match="not all of the same election"):
        receive(other().opening, other().election, pending, answered(7))
    foreign = ask(other().opening, other().election, 7)[0]
    theirs = respond(*officials(), RegisterEntry(foreign, "desk", Way.DESK, ""))
    with pytest.raises(Invalid, match="not all of the same election"):
        received(pending, theirs)
    with pytest.raises(Invalid, match="is no signature on this request"):
        received(pending, structs.replace(theirs, opening=fair().opening.fingerprint))


# A paper


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_a_paper_on_a_credential_of_small_or_mixed_order_is_refused(point: bytes) -> None:
    ring = group("Ed25519")
    mixed = ring.text(ring.multiply(ring.element(fair().papers[0].paper.credential), point))
    for credential in {number(point), mixed} - {fair().papers[0].paper.credential}:
        paper = sign_paper(*officials(), fair().opening, credential)
        with pytest.raises(Invalid, match=r"identity|not in the group"):
            check_paper(fair().opening, fair().election, paper)


def test_a_paper_of_another_election_is_refused() -> None:
    check_paper(other().opening, other().election, other().papers[0].paper)
    with pytest.raises(Invalid, match="does not bear the signature of the head"):
        check_paper(fair().opening, fair().election, other().papers[0].paper)


@pytest.mark.parametrize("field", ["credential", "prefix", "signature", "seal"])
def test_a_paper_with_a_field_of_another_paper_is_refused(field: str) -> None:
    one, two = fair().papers[0].paper, fair().papers[1].paper
    with pytest.raises(Invalid, match="does not bear"):
        check_paper(fair().opening, fair().election, structs.replace(one, **{field: getattr(two, field)}))


@pytest.mark.parametrize("field", ["opening", "delegate", "head", "seal"])
def test_a_delegates_signature_on_a_request_is_for_no_other_request(field: str) -> None:
    key = signing.generate()
    request = sign_request(asked(7)[0], key)
    check_request(request, signing.public_hex(key))
    wrong = {"opening": other().opening.fingerprint, "delegate": 8, "head": request.seal, "seal": request.head}
    with pytest.raises(Invalid, match="signature"):
        check_request(structs.replace(request, **{field: wrong[field]}), signing.public_hex(key))
