"""The box: what it takes once, what it refuses, and the receipts it gives."""

import pytest
from msgspec import structs

from ballot.booth import fill, marks_of, seal
from ballot.box import accept, check_receipt, receipt
from ballot.crypto import signing
from ballot.crypto.groups import GROUPS, Ed25519, group
from ballot.errors import Error, Invalid, Refused
from ballot.votes import Receipt, SealedBallot
from ballot.wire import decode, encode
from tests.crypto.test_groups import SMALL_ORDER, number
from tests.forge import resign, sign_paper
from tests.play import Played, Staging, fair, officials, other, play, small_contest, small_roll

RING = group("Ed25519")


def taken(sealed: SealedBallot, held: SealedBallot | None = None, played: Played | None = None) -> bool:
    """Whether the box takes it as new."""
    played = played or fair()
    return accept(played.opening, played.election, sealed, held)


def mine() -> SealedBallot:
    return fair().sealed[0]


def again(numbers: tuple[int, ...] = (3,)) -> SealedBallot:
    """A second ballot on the first paper."""
    paper = fair().papers[0]
    marks = marks_of(fair().opening.contests[0], numbers)
    return seal(fair().election, paper, fill(fair().election, paper.paper.credential, [marks]))


@pytest.mark.parametrize("group_name", GROUPS)
def test_a_sealed_ballot_is_taken_once(group_name: str) -> None:
    played = play((((1, 2), ()),), group=group_name, contests=2)
    (sealed,) = played.sealed
    assert taken(sealed, None, played)
    assert not taken(sealed, sealed, played)
    assert not taken(decode(encode(sealed), SealedBallot, "the ballot"), sealed, played)


def test_a_blank_ballot_is_taken() -> None:
    assert taken(fair().sealed[2])


def test_another_ballot_on_the_same_paper_is_refused() -> None:
    for second in (again((3,)), again((1,))):
        with pytest.raises(Refused, match="another ballot was already cast on this paper"):
            taken(second, mine())


def test_a_bad_second_ballot_is_refused_for_its_own_fault() -> None:
    broken = structs.replace(again(), paper=structs.replace(mine().paper, seal="00" * 384))
    with pytest.raises(Invalid, match="does not bear the seal"):
        taken(broken, mine())


def test_a_ballot_for_another_election_is_refused() -> None:
    paper = sign_paper(*officials(), fair().opening, other().sealed[0].paper.credential)
    for sealed in (other().sealed[0], SealedBallot(paper, other().sealed[0].ballot)):
        with pytest.raises(Invalid, match="the ballot is for another election"):
            taken(sealed)


def test_a_paper_of_another_election_is_refused() -> None:
    paper = sign_paper(*officials(), other().opening, mine().paper.credential)
    with pytest.raises(Invalid, match="does not bear the signature of the head"):
        taken(structs.replace(mine(), paper=paper))


@pytest.mark.parametrize("signature", ["", "00" * 384, "00" * 383, "ff" * 384])
def test_an_unsigned_or_unsealed_paper_is_refused(signature: str) -> None:
    for field, telling in (("signature", "the signature of the head"), ("seal", "the seal")):
        with pytest.raises(Invalid, match=telling):
            taken(structs.replace(mine(), paper=structs.replace(mine().paper, **{field: signature})))


def test_a_paper_that_the_head_signed_and_sealed_alone_is_refused() -> None:
    head, _ = officials()
    forged = sign_paper(head, head, fair().opening, mine().paper.credential)
    with pytest.raises(Invalid, match="does not bear the seal"):
        taken(structs.replace(mine(), paper=forged))


def test_a_ballot_beside_another_paper_is_refused() -> None:
    with pytest.raises(Invalid, match="not made on the paper it comes with"):
        taken(SealedBallot(fair().papers[1].paper, mine().ballot))


def test_more_marks_than_the_contest_permits_are_refused() -> None:
    roll = small_roll(4)
    staging = Staging(roll=roll, questions=(structs.replace(small_contest(roll), max_marks=1),))
    narrow = play((((1,),),), staging=staging)
    wide = structs.replace(narrow.election, questions=(structs.replace(narrow.election.questions[0], max=12),))
    paper = narrow.papers[1]
    generous = fill(wide, paper.paper.credential, [(1, 1, 0)])
    ballot = structs.replace(
        generous.ballot, election_hash=narrow.election.fingerprint, election_uuid=narrow.election.uuid
    )
    sealed = SealedBallot(paper.paper, resign(narrow.election, paper, ballot))
    with pytest.raises(Invalid, match="contest 1"):
        taken(sealed, None, narrow)


def test_a_ballot_of_another_delegate_copied_onto_a_paper_is_refused() -> None:
    thief = fair().papers[3]
    copied = structs.replace(mine().ballot.unsigned, credential=thief.paper.credential)
    with pytest.raises(Invalid, match="mark 1"):
        taken(SealedBallot(thief.paper, resign(fair().election, thief, copied)))


# Points and scalars that only look right


def signed_again(sealed: SealedBallot, place: int, **fields: str) -> SealedBallot:
    """The first ballot with another alpha or beta, signed anew by its credential."""
    (answer,) = sealed.ballot.answers
    choices = list(answer.choices)
    choices[place] = structs.replace(choices[place], **fields)
    unsigned = structs.replace(sealed.ballot.unsigned, answers=(structs.replace(answer, choices=tuple(choices)),))
    return SealedBallot(sealed.paper, resign(fair().election, fair().papers[0], unsigned))


@pytest.mark.parametrize("torsion", SMALL_ORDER, ids=bytes.hex)
@pytest.mark.parametrize("field", ["alpha", "beta"])
@pytest.mark.parametrize("place", [0, 2])
def test_a_point_of_small_or_mixed_order_in_a_mark_is_refused(torsion: bytes, field: str, place: int) -> None:
    point = RING.element(getattr(mine().ballot.answers[0].choices[place], field))
    mixed = RING.text(RING.multiply(point, torsion))
    if torsion == Ed25519.identity:
        assert taken(signed_again(mine(), place, **{field: mixed}))
    else:
        with pytest.raises(Invalid, match="not in the group"):
            taken(signed_again(mine(), place, **{field: mixed}))
    with pytest.raises(Invalid, match=r"identity|not in the group|does not hold"):
        taken(signed_again(mine(), place, **{field: number(torsion)}))


@pytest.mark.parametrize("torsion", SMALL_ORDER, ids=bytes.hex)
def test_a_credential_of_small_or_mixed_order_is_refused(torsion: bytes) -> None:
    secret = int(fair().papers[3].secret)
    mixed = RING.text(RING.multiply(RING.base(secret), torsion))
    for credential in (mixed, number(torsion)):
        paper = sign_paper(*officials(), fair().opening, credential)
        booth = structs.replace(fair().papers[3], paper=paper)
        sealed = seal(fair().election, booth, fill(fair().election, credential, [(1, 0, 0)]))
        if credential == RING.text(RING.base(secret)):
            assert taken(sealed)
        else:
            with pytest.raises(Invalid, match=r"identity|not in the group"):
                taken(sealed)


@pytest.mark.parametrize("field", ["alpha", "beta"])
@pytest.mark.parametrize(
    "text",
    [
        "ff" * 32,
        f"{2**255 - 19 + 3:064x}",
        f"{2**255 - 19 + 1:064x}",
        f"{1 << 255 | 1:064x}",
        "00" * 31,
        "0" * 65,
        "G" * 64,
        "",
        "1",
    ],
)
def test_a_point_in_another_spelling_in_a_mark_is_refused(field: str, text: str) -> None:
    with pytest.raises(Invalid):
        taken(signed_again(mine(), 1, **{field: text}))


def test_a_scalar_not_below_the_order_in_a_proof_is_refused_though_the_ballot_is_signed_anew() -> None:
    paper, unsigned = fair().papers[0], mine().ballot.unsigned
    (answer,) = unsigned.answers
    first, *rest = answer.overall_proof
    for field in ("challenge", "response"):
        larger = structs.replace(first, **{field: str(int(getattr(first, field)) + RING.q)})
        wider = structs.replace(unsigned, answers=(structs.replace(answer, overall_proof=(larger, *rest)),))
        with pytest.raises(Invalid, match="not below the order of the group"):
            taken(SealedBallot(paper.paper, resign(fair().election, paper, wider)))


# Receipts


def test_a_receipt_is_signed_by_the_box_and_says_nothing_else() -> None:
    given = receipt(fair().keys.desk, fair().opening.fingerprint, mine().ballot.tracker)
    check_receipt(fair().opening, given)
    assert structs.asdict(given).keys() == {"opening", "tracker", "signature"}
    assert receipt(fair().keys.desk, fair().opening.fingerprint, mine().ballot.tracker) == given


@pytest.mark.parametrize("field", ["opening", "tracker", "signature"])
def test_a_receipt_with_any_field_of_another_is_refused(field: str) -> None:
    given = receipt(fair().keys.desk, fair().opening.fingerprint, mine().ballot.tracker)
    foreign = receipt(other().keys.desk, other().opening.fingerprint, other().sealed[0].ballot.tracker)
    with pytest.raises(Error):
        check_receipt(fair().opening, structs.replace(given, **{field: getattr(foreign, field)}))
    with pytest.raises(Invalid, match="from another election"):
        check_receipt(fair().opening, foreign)


def test_a_receipt_signed_by_somebody_else_is_refused() -> None:
    for key in (signing.generate(), fair().keys.head.ed25519):
        forged = receipt(key, fair().opening.fingerprint, mine().ballot.tracker)
        with pytest.raises(Invalid, match="receipt"):
            check_receipt(fair().opening, forged)
    for signature in ("", "00" * 64):
        with pytest.raises(Invalid, match="signature"):
            check_receipt(fair().opening, Receipt(fair().opening.fingerprint, mine().ballot.tracker, signature))
