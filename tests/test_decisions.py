"""Decisions: thresholds at their edges in exact fractions, blanks, quorum, and offices with run-off and lots."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ballot.charter import builtin, load
from ballot.decisions import (
    blank_effect,
    decide,
    elect,
    electorate_faults,
    least_votes,
    needs_presence,
    outcome_of,
    places,
    places_of,
    question,
    quorum,
)
from ballot.errors import BadInput, Invalid, Refused
from ballot.ranking import Drawn, rank
from ballot.votes import Candidate, Contest, Totals
from tests.icb import CHARTER

OFFICER = CHARTER.rule("officer")

EDGES = [
    ("VII §3(c) motion of those present", "motion", (51, 0, 0), 100, 120, True),
    ("VII §3(c) half is no majority", "motion", (50, 10, 0), 100, 120, False),
    ("VII §3(c) absent members do not matter", "motion", (2, 1, 0), 3, 120, True),
    ("VII §3(c) who is present and silent counts", "motion", (2, 1, 0), 4, 120, False),
    ("X amendment by two thirds of the votes", "amendment", (66, 33, 0), 110, 120, True),
    ("X one vote short", "amendment", (65, 33, 0), 110, 120, False),
    ("X a blank is a vote cast", "amendment", (66, 33, 1), 110, 120, False),
    ("X no vote, no amendment", "amendment", (0, 0, 0), 110, 120, False),
    ("IX dissolution by two thirds of all members", "dissolution", (80, 0, 0), 80, 120, True),
    ("IX one member short", "dissolution", (79, 0, 0), 120, 120, False),
    ("IX two thirds that is no whole number", "dissolution", (80, 0, 0), 121, 121, False),
    ("VI §3(a) request", "extraordinary-request", (80, 0, 0), 80, 120, True),
    ("VI §3(b) ratification", "extraordinary-ratification", (2, 1, 0), 3, 120, True),
    ("VI §3(b) half does not ratify", "extraordinary-ratification", (2, 1, 1), 4, 120, False),
    ("VII §3(a) motion in the ICB with a quorum", "icb-motion", (6, 4, 0), 10, 15, True),
    ("VII §3(a) and without", "icb-motion", (9, 0, 0), 9, 15, False),
]


@pytest.mark.parametrize(
    ("name", "votes", "present", "members", "reached"), [row[1:] for row in EDGES], ids=[row[0] for row in EDGES]
)
def test_threshold_of_the_charter(
    name: str, votes: tuple[int, int, int], present: int, members: int, reached: bool
) -> None:
    outcome = decide(CHARTER, name, votes, present, members)
    assert outcome.reached is reached
    assert (outcome.yes, outcome.no, outcome.blank) == votes
    assert outcome.article == CHARTER.decision(name).article
    assert f"({outcome.article})" in outcome.sentence


@pytest.mark.parametrize(
    ("rule", "refused"), [("at-large", False), ("motion", True), ("dissolution", True), ("chair", True)]
)
def test_members_with_two_votes_each_can_elect_and_not_decide_what_counts_members(rule: str, refused: bool) -> None:
    """Else the box is counted, and its result can never be declared: more votes, or people present, than members."""
    chair = structs.replace(CHARTER.rule("officer"), name="chair", body="assembly")
    charter = structs.replace(CHARTER, rules=(*CHARTER.rules, chair))
    regular, others = CHARTER.delegates("regular"), [kind for kind in CHARTER.members if kind.name != "regular"]
    two = structs.replace(charter, members=(structs.replace(regular, min=2, voting=2), *others))
    assert electorate_faults(charter, [rule], ["regular", "associate"]) == []
    faults = electorate_faults(two, [rule], ["regular", "associate"])
    assert [("has 2 votes" in fault, "(VI §2" in fault) for fault in faults] == [(True, True)] * refused
    quorate = structs.replace(CHARTER.body("assembly"), quorum="1/2")
    others_of = tuple(body for body in CHARTER.bodies if body.name != "assembly")
    assert len(electorate_faults(structs.replace(two, bodies=(quorate, *others_of)), [rule], ["regular"])) == 1


def test_contests_of_two_bodies_are_not_held_in_one_election() -> None:
    faults = electorate_faults(CHARTER, ["at-large", "icb-motion", "motion"], ["regular", "icb"])
    assert faults == ["the contests belong to different bodies: assembly, icb"]


def test_an_outcome_says_its_numbers_in_words() -> None:
    outcome = decide(CHARTER, "amendment", (66, 33, 1), 110, 120)
    assert (outcome.base, outcome.share, outcome.threshold, outcome.least) == (100, "66/100", "2/3", 67)
    assert outcome.sentence == (
        "66 yes, 33 no, 1 blank. Needed: at least 2/3 of the votes cast, that is at least 67 of 100; "
        "yes has 66/100: not reached (X)."
    )
    for votes, present, verdict in (
        ((6, 4, 0), 10, "yes has 6/10: reached (VII §3(a)(c))."),
        ((2, 8, 0), 10, "yes has 2/10: not reached (VII §3(a)(c))."),
        ((2, 7, 0), 9, "yes has 2/9: not reached (VII §3(a)(c))."),
        ((9, 0, 0), 9, "yes has 9/9: reached, but without a quorum nothing is decided (VII §3(a)(c))."),
    ):
        assert decide(CHARTER, "icb-motion", votes, present, 15).sentence.endswith(verdict)
    without = decide(CHARTER, "icb-motion", (9, 0, 0), 9, 15)
    assert without.quorum.sentence == (
        "9 of 15 members are present; 2/3 of 15, at least 10, are needed: no quorum (VI §4(a), VII §3(a))."
    )
    assert decide(CHARTER, "amendment", (0, 0, 0), 0, 9).share == "0"


def test_an_outcome_holds_what_it_was_made_of() -> None:
    found = decide(CHARTER, "icb-motion", (6, 3, 1), 11, 15)
    assert (found.decision, found.yes, found.no, found.blank) == ("icb-motion", 6, 3, 1)
    assert (found.base, found.share, found.threshold, found.least) == (11, "6/11", "1/2", 6)
    assert (found.reached, found.article) == (True, "VII §3(a)(c)")
    there = found.quorum
    assert (there.present, there.members, there.least, there.reached) == (11, 15, 10, True)
    assert there.article == "VI §4(a), VII §3(a)"


def test_what_a_contest_decides_is_an_outcome_a_choice_or_nothing() -> None:
    people = tuple(Candidate(n, f"Person {n}", f"M{n}", "Union", "Europe") for n in (1, 2, 3))
    office, seats = Contest("Chair", "officer", 0, 1, people), Contest("Seats", "at-large", 0, 12, people)
    motion = question("Shall we?", CHARTER.decision("icb-motion"))
    assert outcome_of(CHARTER, motion, (6, 3), 10, (11, 15)) == decide(CHARTER, "icb-motion", (6, 3, 1), 11, 15)
    lots = [Drawn((2, 3), (3, 2))]
    assert outcome_of(CHARTER, office, (6, 4, 4), 15, (15, 15), lots) == elect(
        CHARTER, OFFICER, {1: 6, 2: 4, 3: 4}, lots
    )
    assert outcome_of(CHARTER, seats, (6, 4, 4), 15, (15, 15)) is None
    totals = Totals(15, ((6, 4, 4), (6, 3), (6, 4, 4), (9, 1, 1), (0, 0, 0)))
    contests = (seats, motion, office, office, office)
    assert places_of(CHARTER, contests, totals) == [(8, 4), (0, 0), (2, 0), (1, 0), (0, 0)]


def test_who_is_present_matters_for_those_present_and_for_a_quorum() -> None:
    people = (Candidate(1, "Person", "M1", "Union", "Europe"),)
    seats, office = Contest("Seats", "at-large", 0, 12, people), Contest("Chair", "officer", 0, 1, people)
    asked = {name: question("Shall we?", CHARTER.decision(name)) for name in ("motion", "amendment", "dissolution")}
    matters = [needs_presence(CHARTER, [contest]) for contest in (seats, office, *asked.values())]
    assert matters == [False, True, True, False, False]
    assert needs_presence(CHARTER, [seats, asked["motion"]])
    assert needs_presence(CHARTER, [seats, office])
    assert not needs_presence(CHARTER, [])


def test_what_a_blank_does_is_a_whole_sentence() -> None:
    people = (Candidate(1, "Person", "M1", "Union", "Europe"),)
    assert blank_effect(CHARTER, Contest("Seats", "at-large", 0, 12, people)) == (
        "A blank is counted as cast, and helps no candidate."
    )
    assert blank_effect(CHARTER, question("Shall we?", CHARTER.decision("amendment"))) == (
        "Yes needs at least 2/3 of the votes cast: a blank counts among them, and weighs as much as a no (X)."
    )
    assert blank_effect(CHARTER, question("Shall we?", CHARTER.decision("officer"))) == (
        "Yes needs more than 1/2 of the votes cast: a blank does not count among them, and helps neither yes nor no "
        "(VI §4(f.2), VII §3)."
    )
    assert blank_effect(None, question("Shall we?", CHARTER.decision("motion"))) == (
        "A blank is counted as cast; the rules say whether that counts against the question."
    )


@given(st.sampled_from([d.name for d in CHARTER.decisions]), st.integers(0, 500))
def test_the_least_number_passes_and_one_fewer_does_not(name: str, base: int) -> None:
    decision = CHARTER.decision(name)
    top, bottom = (int(part) for part in decision.share.split("/"))

    def passes(votes: int) -> bool:
        return votes * bottom > top * base if decision.passes == "more than" else votes * bottom >= top * base

    least = least_votes(decision, base)
    assert passes(least)
    assert not least or not passes(least - 1)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_every_decision_agrees_with_fractions(yes: int, no: int, blank: int, silent: int, absent: int) -> None:
    cast, present = yes + no + blank, yes + no + blank + silent
    members = present + absent
    bases = {"motion": present, "amendment": cast, "dissolution": members}
    for name, base in bases.items():
        outcome = decide(CHARTER, name, (yes, no, blank), present, members)
        share = Fraction(yes, base) if base else Fraction(0)
        expected = share > Fraction(1, 2) if name == "motion" else share >= Fraction(2, 3)
        assert outcome.reached == expected
        assert Fraction(outcome.share) == share


@pytest.mark.parametrize(
    ("votes", "present", "members"),
    [((3, 0, 0), 2, 9), ((1, 0, 0), 10, 9), ((-1, 3, 0), 5, 9), ((0, 0, 0), -1, 9), ((1, 1, -1), 5, 9)],
)
def test_numbers_that_cannot_be_are_refused(votes: tuple[int, int, int], present: int, members: int) -> None:
    with pytest.raises(Invalid, match="cannot be"):
        decide(CHARTER, "motion", votes, present, members)


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(Refused, match="mutiny"):
        decide(CHARTER, "mutiny", (1, 0, 0), 1, 1)


@pytest.mark.parametrize(
    ("body", "present", "members", "least", "reached"),
    [
        ("icb", 10, 15, 10, True),
        ("icb", 9, 15, 10, False),
        ("icb", 9, 14, 10, False),
        ("icb", 0, 0, 1, False),
        ("assembly", 1, 125, 1, True),
        ("assembly", 0, 125, 1, False),
    ],
)
def test_vii_3_a_quorum(body: str, present: int, members: int, least: int, reached: bool) -> None:
    found = quorum(CHARTER.body(body), present, members)
    assert (found.least, found.reached) == (least, reached)
    assert "VII §3(a)" in found.sentence


def test_a_question_has_two_answers_and_takes_one_mark() -> None:
    contest = question("Shall we move the office?", CHARTER.decision("motion"))
    assert [(c.number, c.name) for c in contest.candidates] == [(1, "Yes"), (2, "No")]
    assert (contest.rule, contest.min_marks, contest.max_marks) == ("motion", 0, 1)


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("motion", "of the members present: a blank counts among them"),
        ("amendment", "of the votes cast: a blank counts among them"),
        ("dissolution", "of the members: a blank counts among them"),
        ("officer", "of the votes cast: a blank does not count among them"),
    ],
)
def test_what_a_blank_does_follows_from_the_threshold(name: str, effect: str) -> None:
    """A blank that is told to weigh as much as a no decides as a no does, and another one decides nothing."""
    contest = question("Shall we?", CHARTER.decision(name))
    assert effect in blank_effect(CHARTER, contest)
    shares = [decide(CHARTER, name, votes, 9, 9).share for votes in ((4, 2, 0), (4, 3, 0), (4, 2, 1))]
    assert shares[2] == shares[0 if "not count" in effect else 1]


def test_what_a_blank_does_under_a_charter_that_is_not_at_hand_is_in_the_rules() -> None:
    assert "the rules say" in blank_effect(None, question("Shall we?", CHARTER.decision("motion")))


def test_an_officer_with_more_than_half_of_the_votes_is_elected() -> None:
    choice = elect(CHARTER, OFFICER, {1: 3, 2: 8, 3: 4})
    assert (choice.elected, choice.run_off, choice.ties) == ((2,), (), ())
    assert choice.sentence == (
        "Needed: more than 1/2 of the votes given for candidates, that is at least 8 of 15: "
        "No. 2 is elected with 8/15 (VI §4(f.2), VII §3)."
    )


def test_a_majority_is_not_held_up_by_a_tie_below_it() -> None:
    assert elect(CHARTER, OFFICER, {1: 8, 2: 3, 3: 3}).elected == (1,)


def test_without_a_majority_the_two_with_the_most_votes_stand_again() -> None:
    choice = elect(CHARTER, OFFICER, {1: 7, 2: 2, 3: 6})
    assert (choice.elected, choice.run_off, choice.ties) == ((), (1, 3), ())
    assert "run-off between No. 1 and No. 3" in choice.sentence
    assert elect(CHARTER, OFFICER, {1: 5, 2: 5, 3: 5, 4: 0}).elected == ()


def test_half_of_the_votes_is_no_majority() -> None:
    assert elect(CHARTER, OFFICER, {1: 7, 2: 4, 3: 3}).run_off == (1, 2)


def test_two_level_at_the_top_need_no_lots_to_stand_again() -> None:
    choice = elect(CHARTER, OFFICER, {1: 5, 2: 5, 3: 4})
    assert (choice.run_off, choice.ties) == ((1, 2), ())


def test_lots_decide_who_stands_in_the_run_off() -> None:
    votes = {1: 6, 2: 4, 3: 4}
    waiting = elect(CHARTER, OFFICER, votes)
    assert (waiting.elected, waiting.run_off) == ((), ())
    assert [tie.candidates for tie in waiting.ties] == [(2, 3)]
    assert waiting.sentence.endswith(" of 14: lots decide between No. 2, No. 3 (VI §4(f.2), VII §3).")
    assert elect(CHARTER, OFFICER, votes, [Drawn((2, 3), (3, 2))]).run_off == (1, 3)


def test_lots_decide_a_tied_run_off() -> None:
    waiting = elect(CHARTER, OFFICER, {1: 7, 2: 7})
    assert (waiting.elected, [tie.candidates for tie in waiting.ties]) == ((), [(1, 2)])
    drawn = elect(CHARTER, OFFICER, {1: 7, 2: 7}, [Drawn((1, 2), (2, 1))])
    assert drawn.elected == (2,)
    assert "by lots" in drawn.sentence


@pytest.mark.parametrize("votes", [{1: 0, 2: 0, 3: 0}, {1: 0}, {1: 0, 2: 0}])
def test_nobody_is_elected_without_a_vote(votes: dict[int, int]) -> None:
    choice = elect(CHARTER, OFFICER, votes)
    assert (choice.elected, choice.run_off, choice.ties) == ((), (), ())
    assert "no vote" in choice.sentence


def test_nobody_has_no_votes_at_all_as_a_majority_of_at_least_a_half() -> None:
    half = structs.replace(CHARTER.decision(OFFICER.majority), passes="at least")
    others = (decision for decision in CHARTER.decisions if decision.name != half.name)
    charter = structs.replace(CHARTER, decisions=(half, *others))
    assert places(charter, OFFICER, {1: 2, 2: 1, 3: 1}) == (1, 0)
    assert places(charter, OFFICER, {1: 0, 2: 0, 3: 0}) == (0, 0)


def test_one_vote_alone_decides() -> None:
    assert elect(CHARTER, OFFICER, {1: 0, 2: 1, 3: 0}).elected == (2,)
    assert decide(CHARTER, "amendment", (1, 0, 0), 1, 9).reached
    assert decide(CHARTER, "officer", (4, 2, 1), 9, 9).base == 6


def test_a_single_candidate_needs_a_vote() -> None:
    assert elect(CHARTER, OFFICER, {1: 1}).elected == (1,)


@pytest.mark.parametrize("lots", [[Drawn((1, 2), (2, 1))], [Drawn((2, 3), (3, 3))]])
def test_lots_for_what_is_no_tie_are_refused(lots: list[Drawn]) -> None:
    with pytest.raises(Refused):
        elect(CHARTER, OFFICER, {1: 6, 2: 4, 3: 4}, lots)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_the_places_lead_the_ranking_to_the_same_people(counts: list[int]) -> None:
    votes = dict(enumerate(counts, start=1))
    choice = elect(CHARTER, OFFICER, votes)
    ranking = rank(votes, *places(CHARTER, OFFICER, votes))
    assert ranking.open_ties() == choice.ties
    if not choice.ties:
        assert set(ranking.regular) == set(choice.elected or choice.run_off)
    cast = sum(counts)
    if any(2 * count > cast for count in counts):
        assert choice.elected == (max(votes, key=lambda number: votes[number]),)
    elif cast and not choice.ties:
        assert len(choice.run_off) == 2
        assert min(votes[n] for n in choice.run_off) >= max(
            (count for number, count in votes.items() if number not in choice.run_off), default=0
        )


def test_a_rule_without_a_majority_keeps_its_own_places() -> None:
    rule = CHARTER.rule("at-large")
    assert places(CHARTER, rule, {1: 3, 2: 1}) == (8, 4)
    with pytest.raises(Refused, match="no majority"):
        elect(CHARTER, rule, {1: 3})


def test_majority_and_run_off_are_the_charters() -> None:
    text = builtin("ima").decode().replace("run_off = 2", "run_off = 3")
    assert elect(load(text.encode()), load(text.encode()).rule("officer"), {1: 4, 2: 3, 3: 2, 4: 1}).run_off == (
        1,
        2,
        3,
    )
    for broken in ("run_off = 1", 'run_off = 2\nmajority = "dissolution"'):
        faulty = builtin("ima").decode().replace('majority = "officer"\nrun_off = 2', f'{broken}\nmajority = "motion"')
        faulty = faulty.replace('majority = "dissolution"\nmajority = "motion"', 'majority = "dissolution"')
        with pytest.raises(BadInput) as caught:
            load(faulty.encode())
        assert caught.value.faults[0].field == "rules.officer.majority"
