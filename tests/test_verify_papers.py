"""Checks 5, 6 and 9 broken one at a time by somebody who has every key and signs all again (see test_verify)."""

from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot.checks import CHECKS
from ballot.crypto.blind_rsa import load_public
from ballot.errors import Invalid
from ballot.evidence import Evidence
from ballot.journal import Act
from ballot.record import read_record
from ballot.register import RegisterEntry
from ballot.request import ask
from ballot.votes import Paper
from tests.forge import Forgery, caught_at, caught_first_at, faults, sign_paper
from tests.play import Played, Staging, fair, officials, other, play, small_roll


@cache
def idle() -> Played:
    """One ballot, three papers that nobody cast, and four voting delegates who have none."""
    return play((((1,),),), outstanding=3, staging=Staging(roll=small_roll(8)))


@cache
def roomy() -> Played:
    """Three ballots, an outstanding paper, and four voting delegates who have none."""
    return play(staging=Staging(roll=small_roll(8)))


# Check 5: register


def registered(entries: list[RegisterEntry]) -> Forgery:
    forged = Forgery(fair())
    forged.reregister(entries)
    return forged


def entry_with(place: int, **fields: object) -> list[RegisterEntry]:
    """The fair register with other fields in one request."""
    entries = list(fair().contents.register)
    entries[place] = structs.replace(entries[place], request=structs.replace(entries[place].request, **fields))
    return entries


def test_check_5_catches_a_paper_for_a_delegate_who_does_not_vote() -> None:
    entries = sorted(entry_with(3, delegate=2), key=lambda entry: entry.request.delegate)
    caught_at(5, "delegate 2 was handed a paper and is no voting delegate", registered(entries))


def test_check_5_catches_a_paper_for_somebody_off_the_roll() -> None:
    caught_at(5, "delegate 99 was handed a paper", registered(entry_with(3, delegate=99)))


def test_check_5_catches_a_second_paper_for_a_delegate() -> None:
    forged = registered(entry_with(3, delegate=5))
    assert set(faults(forged.record())) == {5, 16}
    caught_first_at(5, "delegate 5 stands in the register twice without surrendering a paper", forged)


def test_check_5_catches_a_register_in_the_order_of_issue() -> None:
    caught_at(5, "not in the order of the delegates", registered(list(fair().contents.register[::-1])))


def test_check_5_catches_a_paper_that_nobody_attested() -> None:
    entries = list(fair().contents.register)
    entries[1] = structs.replace(entries[1], attested="")
    caught_at(5, "nobody attested the request of delegate 3", registered(entries))


@pytest.mark.parametrize("attested", ["desk\nPapers issued  9", "desk\x1b[2J", "desk ", "\u202eksed"])
def test_check_5_catches_an_attestation_that_could_pass_for_other_lines(attested: str) -> None:
    entries = list(fair().contents.register)
    entries[1] = structs.replace(entries[1], attested=attested)
    caught_at(5, "who attested the request of delegate 3", registered(entries))


@pytest.mark.parametrize(
    "attested",
    ["the delegate's key", "The delegate's key", "thе delegate's key", "the delegate’s key", "the\u00a0delegate's key"],
    ids=ascii,
)
def test_check_5_catches_a_desk_that_passes_itself_off_as_the_delegates_key(attested: str) -> None:
    entries = list(fair().contents.register)
    entries[1] = structs.replace(entries[1], attested=attested)
    caught_at(5, "does not say who attested the request", registered(entries))


def test_check_5_catches_a_request_for_another_election() -> None:
    entries = entry_with(2, opening=other().opening.fingerprint)
    caught_at(5, "the request of delegate 5 is for another election", registered(entries))


@pytest.mark.parametrize("office", ["head", "seal"])
def test_check_5_catches_a_number_that_nobody_could_have_signed(office: str) -> None:
    modulus = load_public(getattr(fair().opening, office).rsa).public_numbers().n
    largest = f"{modulus - 1:0768x}"
    assert faults(registered(entry_with(1, **{office: largest})).record()) == {}
    for number, telling in (
        (f"{modulus:0768x}", "is not below the modulus of the key"),
        ("ff" * 384, "is not below the modulus of the key"),
        (largest.upper(), "is not 384 bytes in lower-case hex"),
        (largest[2:], "is not 384 bytes in lower-case hex"),
        (f"00{largest}", "is not 384 bytes in lower-case hex"),
    ):
        telling = f"the request of delegate 3 for the {office} {telling}"
        caught_at(5, telling, registered(entry_with(1, **{office: number})))


def test_check_5_catches_one_number_for_both_offices() -> None:
    number = fair().contents.register[1].request.head
    caught_at(5, "two entries of the register are for the same paper", registered(entry_with(1, seal=number)))


# Check 6: papers


def handed_in(place: int, **fields: object) -> Forgery:
    """The fair record with other fields in one cast paper."""
    papers = [paper.paper for paper in fair().papers[:3]]
    papers[place] = structs.replace(papers[place], **fields)
    forged = Forgery(fair())
    forged.hand_in(papers)
    return forged


@pytest.mark.parametrize("signature", ["", "00" * 384, "ff" * 384, "00" * 383])
def test_check_6_catches_a_paper_that_is_not_signed(signature: str) -> None:
    caught_at(6, "does not bear the signature of the head", handed_in(1, signature=signature))


@pytest.mark.parametrize("signature", ["", "00" * 384, "ff" * 384, "00" * 383])
def test_check_6_catches_a_paper_that_is_not_sealed(signature: str) -> None:
    caught_at(6, "does not bear the seal", handed_in(1, seal=signature))


def test_check_6_catches_the_signature_of_the_head_in_both_places() -> None:
    paper = fair().papers[0].paper
    caught_at(6, "does not bear the seal", handed_in(0, seal=paper.signature))


def test_check_6_catches_the_head_and_the_seal_in_each_others_place() -> None:
    paper = fair().papers[0].paper
    caught_at(6, "the signature of the head", handed_in(0, signature=paper.seal, seal=paper.signature))


def test_check_6_catches_one_who_seals_with_the_key_of_the_head() -> None:
    head, _ = officials()
    paper = sign_paper(head, head, fair().opening, fair().papers[0].paper.credential)
    caught_at(6, "does not bear the seal", handed_in(0, **structs.asdict(paper)))


def test_check_6_catches_a_paper_signed_for_another_election() -> None:
    paper = sign_paper(*officials(), other().opening, fair().papers[0].paper.credential)
    caught_at(6, "does not bear the signature of the head", handed_in(0, **structs.asdict(paper)))


def test_check_6_catches_the_signatures_of_another_paper() -> None:
    donor = structs.asdict(fair().papers[1].paper)
    del donor["credential"]
    caught_at(6, "does not bear the signature of the head", handed_in(0, **donor))


@pytest.mark.parametrize("prefix", ["", "00" * 32, "00" * 31, "0" * 63 + "G"])
def test_check_6_catches_another_prefix(prefix: str) -> None:
    caught_at(6, "cast paper", handed_in(2, prefix=prefix))


def hand_in(forged: Forgery, cast: list[Paper], kind: str, papers: list[Paper]) -> None:
    """Hand in these papers as this kind, and the cast ones unless they are it."""
    groups = {"cast": cast, "spoiled": [], "returned": [], kind: papers}
    forged.hand_in(groups["cast"], groups["spoiled"], groups["returned"])


@pytest.mark.parametrize("kind", ["cast", "spoiled", "returned"])
def test_check_6_catches_unsigned_papers_of_every_kind(kind: str) -> None:
    blank = structs.replace(fair().papers[3].paper, signature="00" * 384)
    cast = [paper.paper for paper in fair().papers[:3]]
    forged = Forgery(fair())
    hand_in(forged, cast, kind, [*(cast if kind == "cast" else []), blank])
    caught_first_at(6, f"{kind} paper", forged)


@pytest.mark.parametrize("kind", ["spoiled", "returned"])
def test_check_6_catches_a_paper_that_was_given_back_and_cast(kind: str) -> None:
    cast = [paper.paper for paper in roomy().papers[:3]]
    forged = Forgery(roomy())
    hand_in(forged, cast, kind, [cast[0]])
    caught_at(6, "the same credential stands on two papers", forged)


def test_check_6_catches_a_credential_with_two_sets_of_signatures() -> None:
    cast = [paper.paper for paper in fair().papers[:3]]
    again = sign_paper(*officials(), fair().opening, cast[2].credential)
    assert again != cast[2]
    forged = Forgery(fair())
    forged.hand_in(cast, spoiled=[again])
    caught_at(6, "the same credential stands on two papers", forged)


@pytest.mark.parametrize("kind", ["spoiled", "returned"])
def test_check_6_catches_papers_in_the_order_in_which_they_came_back(kind: str) -> None:
    forged = Forgery(idle())
    hand_in(forged, [idle().papers[0].paper], kind, [paper.paper for paper in idle().papers[1:]])
    listed = getattr(forged.contents.papers, kind)
    forged.change(papers=structs.replace(forged.contents.papers, **{kind: listed[::-1]}))
    caught_at(6, f"the {kind} papers are not in the order of their credentials", forged)


def test_check_6_catches_papers_in_the_order_in_which_they_were_cast() -> None:
    forged = Forgery(fair())
    forged.change(papers=structs.replace(forged.contents.papers, cast=forged.contents.papers.cast[::-1]))
    caught_first_at(6, "the cast papers are not in the order of their credentials", forged)


# Check 9: reconciliation


def test_check_9_catches_more_papers_cast_than_issued() -> None:
    telling = "1 more papers were cast or spoiled than were handed out"
    caught_at(9, telling, registered(list(fair().contents.register[:2])))


def made_up() -> Paper:
    """A paper that head and seal signed beside all rules."""
    credential = ask(roomy().opening, roomy().election, 1)[1].credential
    return sign_paper(*officials(), roomy().opening, credential)


def test_check_9_catches_more_papers_spoiled_than_delegates_hold() -> None:
    cast, spare = [paper.paper for paper in roomy().papers[:3]], roomy().papers[3].paper
    forged = Forgery(roomy())
    forged.hand_in(cast, [spare, made_up()])
    caught_at(9, "1 more papers were cast or spoiled than were handed out", forged)


@pytest.mark.parametrize(("given_back", "printed"), [(1, 0), (2, 1)])
def test_check_9_catches_more_envelopes_returned_than_were_printed(given_back: int, printed: int) -> None:
    forged = Forgery(roomy())
    cast = [paper.paper for paper in roomy().papers[:3]]
    forged.hand_in(cast, returned=[made_up() for _ in range(given_back)], printed=printed)
    assert set(faults(forged.record())) == {9, 16}
    caught_first_at(9, "1 more envelopes were handed out or returned than were printed", forged)


def test_check_9_catches_more_envelopes_printed_than_delegates_vote() -> None:
    forged = Forgery(roomy())
    forged.hand_in([paper.paper for paper in roomy().papers[:3]], printed=5)
    assert set(faults(forged.record())) == {9, 16}
    caught_first_at(9, "9 papers could be cast, and there are 8 voting delegates", forged)


@pytest.mark.parametrize("count", ["", "-1", "1.5", "²", "1" * 10, "ten"])
def test_check_9_catches_envelopes_that_are_no_number(count: str) -> None:
    forged = Forgery(roomy())
    forged.insert(forged.place(Act.CLOSED), Act.ENVELOPES_PRINTED, {"count": count, "envelopes": "00" * 32})
    caught_first_at(9, "the journal does not say how many envelopes were printed", forged)


def reconciled(evidence: Evidence) -> str:
    return CHECKS[8][2](evidence)


def test_check_9_by_itself_catches_more_issued_than_voting_delegates() -> None:
    record = read_record(fair().record())
    opening = record.contents.opening
    fewer = structs.replace(opening, opening=structs.replace(opening.opening, voting_delegates=3))
    evidence = Evidence(replace(record, contents=replace(record.contents, opening=fewer)))
    with pytest.raises(Invalid, match="4 papers could be cast, and there are 3 voting delegates"):
        reconciled(evidence)


def test_check_9_by_itself_catches_more_papers_cast_than_ballots() -> None:
    forged = Forgery(fair())
    forged.hand_in([paper.paper for paper in fair().papers])
    with pytest.raises(Invalid, match="4 papers were cast, but 3 ballots are in the box"):
        reconciled(Evidence(read_record(forged.record())))


def test_check_9_balances_with_spoiled_and_returned_papers() -> None:
    played = play((((1,),),), outstanding=2, staging=Staging(roll=small_roll(4)))
    cast, spoiled, _ = (paper.paper for paper in played.papers)
    credential = ask(played.opening, played.election, 1)[1].credential
    forged = Forgery(played)
    forged.hand_in([cast], [spoiled], [sign_paper(*officials(), played.opening, credential)])
    figure = reconciled(Evidence(read_record(forged.record())))
    assert figure == "4 issued = 1 cast + 1 spoiled + 1 returned + 1 outstanding"
    assert faults(forged.record()) == {}
