"""Contests that put a question: from the opening to the verified declaration, and what the verifier refuses of them."""

from functools import cache

import pytest
from msgspec import structs

from ballot.charter import load
from ballot.decisions import meeting_faults, question
from ballot.journal import Act, Entry, SignedEntry
from ballot.opening import answer_of
from ballot.people import Delegate, Member, Roll
from ballot.statements import raised
from ballot.verify import VerificationError, verify
from ballot.votes import Candidate, Contest
from tests.forge import Forgery, caught_at
from tests.play import CHARTER, Played, Staging, play, small_contest, small_roll

IMA = load(CHARTER)
YES, NO, BLANK = (1,), (2,), ()
Answers = tuple[tuple[int, ...], ...]


@cache
def asked(rule: str, answers: Answers = (YES, YES, NO), present: int = 0, members: int = 6) -> Played:
    """An election with one question under a decision of the charter, which `members` members can vote on."""
    staging = Staging(
        roll=small_roll(members),
        questions=(question("Shall we move the office?", IMA.decision(rule)),),
        opening=lambda opening: structs.replace(opening, present=present),
    )
    return play(tuple((answer,) for answer in answers), outstanding=0, staging=staging)


def text_of(played: Played) -> str:
    return " ".join(played.contents.declaration.decode().split())


DECIDED = [
    ("motion", (YES, YES, NO), 3, True, "more than 1/2 of the members present, that is at least 2 of 3; yes has 2/3"),
    ("motion", (YES, YES, NO), 4, False, "that is at least 3 of 4; yes has 2/4: not reached (VII §3(c))"),
    ("amendment", (YES, YES, NO), 0, True, "at least 2/3 of the votes cast, that is at least 2 of 3; yes has 2/3"),
    ("amendment", (YES, YES, NO, BLANK), 0, False, "at least 3 of 4; yes has 2/4: not reached (X)"),
    ("dissolution", (YES, YES, YES, YES), 0, True, "at least 2/3 of the members, that is at least 4 of 6"),
    ("dissolution", (YES, YES, YES), 0, False, "at least 4 of 6; yes has 3/6: not reached (IX §1)"),
]


@pytest.mark.parametrize(("rule", "answers", "present", "carried", "said"), DECIDED)
def test_the_declaration_states_threshold_article_and_whether_it_is_reached(
    rule: str, answers: Answers, present: int, carried: bool, said: str
) -> None:
    played = asked(rule, answers, present)
    report, _ = verify(played.record(), workers=1)
    assert report.verified
    assert report.checks[12].figure == "a question"
    text = text_of(played)
    assert said in text
    assert f"The question is {'carried' if carried else 'not carried'}." in text
    assert "Contest 1: Shall we move the office?" in text
    assert IMA.decision(rule).article in text
    assert "Elected" not in text


def test_who_was_issued_a_paper_is_present_however_many_were_counted() -> None:
    text = text_of(asked("motion", (YES, YES, NO), 1))
    assert "3 of 6 members are present" in text
    assert "at least 2 of 3" in text


RAISED = "Members present, as counted at the opening: "


def test_the_declaration_tells_from_what_to_what_and_when_papers_raised_the_number_of_those_present() -> None:
    """Papers are given a minute apart: the fourth act opens the box at 12:03, the first paper is given at 12:04."""
    assert spoken(asked("motion", (YES, YES, NO), 1)) == (
        "1. Papers that were given to more members raised this number to 2 on 2026-05-01 12:05 UTC and to 3 on "
        "2026-05-01 12:06 UTC."
    )
    assert spoken(asked("motion", (YES, YES, NO), 2)) == (
        "2. Papers that were given to more members raised this number to 3 on 2026-05-01 12:06 UTC."
    )
    assert RAISED not in text_of(asked("motion", (YES, YES, NO), 3))
    assert RAISED not in text_of(asked("dissolution", (YES, YES, NO)))


def spoken(played: Played) -> str:
    """What a verified declaration says of those present after how many were counted, in one line."""
    assert verify(played.record(), workers=1)[0].verified
    return " ".join(played.contents.declaration.decode().partition(RAISED)[2].partition("\n\n")[0].split())


def test_a_member_who_got_a_second_paper_is_present_once() -> None:
    minutes = [(1, "12:04"), (2, "12:05"), (2, "12:06"), (1, "12:07"), (3, "12:08")]
    entries = [Entry(0, "", at, Act.ISSUED, {"delegate": str(delegate)}) for delegate, at in minutes]
    journal = [SignedEntry(entry, "") for entry in entries]
    assert raised(journal, 1) == ((2, "12:05"), (3, "12:08"))
    assert raised(journal, 2) == ((3, "12:08"),)
    assert raised(journal, 3) == raised(journal, 0) == ()


def test_attack_a_declaration_that_hides_how_many_were_counted() -> None:
    forged = Forgery(asked("motion", (YES, YES, NO), 1))
    text = forged.contents.declaration.decode()
    before, _, after = text.partition(RAISED)
    forged.redeclare((before + after.partition("UTC.\n")[2]).encode())
    caught_at(15, "does not say what the record says", forged)


def test_answers_have_no_organisation_on_the_ballot() -> None:
    contest = question("Shall we?", IMA.decision("motion"))
    assert [answer_of(candidate) for candidate in contest.candidates] == ["1. Yes", "2. No"]
    assert contest.asks
    assert not small_contest(small_roll()).asks


def meeting(seats: int = 4) -> Roll:
    """A meeting of the ICB with so many voting seats."""
    members = tuple(
        Member(f"AT-LARGE-{n}", f"Organisation {n}", "ZZ", "Europe", "icb", "good") for n in range(1, seats + 1)
    )
    delegates = [Delegate(n, f"Delegate {n}", f"AT-LARGE-{n}", True, "act 0", "") for n in range(1, seats + 1)]
    return Roll(members, tuple(delegates))


def office(choices: Answers) -> Played:
    """An election of one officer by a meeting of four, among two people, or three where somebody marks the third."""
    roll = meeting()
    candidates = 3 if any(3 in marks for marks in choices) else 2
    contest = structs.replace(small_contest(roll, candidates, "Treasurer"), rule="officer", max_marks=1)
    staging = Staging(roll, (contest,), opening=lambda opening: structs.replace(opening, present=4))
    return play(tuple((marks,) for marks in choices), outstanding=0, staging=staging)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (((1,), (1,), (2,)), "that is at least 2 of 3: No. 1 is elected with 2/3 (VI §4(f.2), VII §3)."),
        (
            ((1,), (1,), (2,), ()),
            "of the votes given for candidates, that is at least 2 of 3: No. 1 is elected with 2/3",
        ),
        (((1,), (2,)), "is elected by lots"),
        (((1,), (1,), (2,), (3,)), "nobody has it; a run-off between No. 1 and No."),
        (((),), "no vote was given for anybody, and nobody is elected"),
    ],
)
def test_an_office_is_won_by_a_majority_by_lots_or_in_a_run_off(choices: Answers, said: str) -> None:
    played = office(choices)
    report, _ = verify(played.record(), workers=1)
    assert report.verified
    text = text_of(played)
    assert said in text
    assert "4 of 4 members are present; 2/3 of 4, at least 3, are needed: a quorum" in text


def failed(staging: Staging, choices: Answers = ((1,),)) -> str:
    with pytest.raises(VerificationError) as caught:
        verify(play((choices,), staging=staging).record(), workers=1)
    check = caught.value.report.checks[-1]
    assert check.number == 4
    return check.sentence


def staged(contest: Contest, present: int = 3, roll: Roll | None = None) -> Staging:
    return Staging(roll, (contest,), opening=lambda opening: structs.replace(opening, present=present))


MOTION = question("Shall we move the office?", IMA.decision("motion"))


AYE, NAY = MOTION.candidates
PERSON = small_contest(small_roll()).candidates[0]


@pytest.mark.parametrize(
    "answers",
    [
        (structs.replace(AYE, name="No"), structs.replace(NAY, name="Yes")),
        (structs.replace(AYE, organisation="Organisation 1"), NAY),
        (structs.replace(AYE, member="M001"), NAY),
        (PERSON, NAY),
    ],
    ids=["exchanged", "one of an organisation", "one of a member", "a person or no"],
)
def test_attack_a_question_with_other_answers(answers: tuple[Candidate, ...]) -> None:
    forged = staged(structs.replace(MOTION, candidates=answers))
    caught_at(4, "does not ask its question as VII §3(c)", play((((1,),),), staging=forged).record())


def test_attack_a_question_with_other_marks() -> None:
    assert "does not ask its question as VII §3(c)" in failed(staged(structs.replace(MOTION, max_marks=2)))


@pytest.mark.parametrize("left_out", [("organisation",), ("region",), ("member", "organisation", "region")])
def test_attack_people_who_stand_for_nobody_as_if_they_were_answers(left_out: tuple[str, ...]) -> None:
    contest = small_contest(small_roll())
    emptied = tuple(structs.replace(one, **dict.fromkeys(left_out, "")) for one in contest.candidates)
    forged = staged(structs.replace(contest, candidates=emptied), 0)
    record = play((((1,),),), staging=forged).record()
    caught_at(4, "candidate 1 is not of a member on the roll", record)


def test_attack_more_present_than_there_are_members_or_none_at_all() -> None:
    assert "99 cannot be the number of those present" in meeting_faults(IMA, (MOTION,), 99, 15)[0]
    assert "how many members are present was not said" in failed(staged(MOTION, 0))
    assert "nothing in this election depends" in failed(staged(small_contest(small_roll()), 3))


def test_attack_seats_of_the_icb_on_the_assemblys_roll() -> None:
    roll = small_roll(8)
    seat = Member("M009", "Organisation 9", "ZZ", "Europe", "icb", "good")
    staging = Staging(Roll((*roll.members, seat), roll.delegates), (small_contest(roll),))
    assert "a member of the kind 'icb' does not vote in the body assembly" in failed(staging)


def test_attack_the_assembly_votes_on_an_office_of_the_icb() -> None:
    contest = structs.replace(small_contest(small_roll()), rule="officer", max_marks=1)
    assert "does not vote in the body icb" in failed(staged(contest))


def test_no_officer_is_elected_without_a_quorum() -> None:
    contest = structs.replace(small_contest(small_roll()), rule="officer", max_marks=1)
    (problem,) = meeting_faults(IMA, (contest,), 9, 15)
    assert "9 of 15 members are present; 2/3 of 15, at least 10, are needed: no quorum" in problem
    assert meeting_faults(IMA, (contest,), 10, 15) == []
