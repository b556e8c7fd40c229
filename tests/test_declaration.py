"""The declaration: what it says of ties, lots, vacant places and narrowed marks, and that facts alone decide it."""

from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot.charter import load
from ballot.crypto.words import fingerprint_line
from ballot.declaration import WIDTH, declare, signature_block, wrapped
from ballot.request import ask
from ballot.votes import Opening
from tests.forge import Forgery, faults, sign_paper
from tests.golden import offices
from tests.play import CHARTER, Played, Staging, fair, officials, play, small_contest, small_roll, tied


def lines_of(played: Played) -> list[str]:
    """The declaration with its lines joined where they were wrapped."""
    return played.contents.declaration.decode().splitlines()


def text_of(played: Played) -> str:
    return " ".join(played.contents.declaration.decode().split())


@cache
def narrow() -> Played:
    """A contest in which fewer marks are permitted than the rule has."""
    roll = small_roll(4)
    contest = structs.replace(small_contest(roll), min_marks=1, max_marks=2)
    return play((((1,),), ((1, 2),)), staging=Staging(roll=roll, questions=(contest,)))


def test_the_turnout_and_the_sheet_are_read_out() -> None:
    lines = lines_of(fair())
    for line in (
        "Voting delegates on the roll        4",
        "Papers issued                       4",
        "  cast                              3   (75.0 % of the voting delegates)",
        "  spoiled                           0",
        "  returned unused                   0",
        "  outstanding                       1",
        "issued = cast + spoiled + returned + outstanding",
    ):
        assert line in lines


def test_the_offices_and_the_hours_are_named() -> None:
    text = text_of(fair())
    for part in (
        "Test Assembly",
        "Played in memory",
        "Head of the election committee: Hana Headley",
        "Keeper of the official seal: Selma Sealby",
        "Trustees: Tara, Tomas",
        "open from 2026-05-01 12:03 UTC to 2026-05-01 12:08 UTC",
    ):
        assert part in text


def test_votes_stand_in_order_and_the_elected_by_place() -> None:
    text = text_of(play((((2, 3),), ((2,),), ((2, 3),), ((1,),))))
    assert text.index("3 No. 2 Candidate 2") < text.index("2 No. 3 Candidate 3") < text.index("1 No. 1 Candidate 1")
    assert "Elected as regular members (3 of 8):" in text
    assert text.index("1. No. 2") < text.index("2. No. 3") < text.index("3. No. 1")


def test_without_a_tie_it_says_so() -> None:
    assert "There was no tie." in lines_of(fair())
    assert "lots " not in text_of(fair()).partition("Articles")[0].replace("ballots ", "")


def test_a_tie_that_matters_is_told_with_its_lots_and_one_that_does_not_without() -> None:
    text = text_of(tied())
    order = tied().contents.rankings[0].ties[1].order
    drawn = ", then ".join(str(candidate) for candidate in order)
    assert f"places 8-10: candidates 8, 9, 10; drawn by lots in public: {drawn}" in text
    assert "places 1-7: candidates 1, 2, 3, 4, 5, 6, 7; it decides nothing and is only shown" in text
    assert "Ana: a very unlikely sentence" in text
    assert "Bo: another unlikely sentence" in text
    assert "There was no tie." not in text
    assert text.index(f"8. No. {order[0]}") < text.index(f"1. No. {order[1]}") < text.index(f"2. No. {order[2]}")


def test_places_without_candidates_are_shown_as_vacant() -> None:
    assert "5 places stay vacant: there were not enough candidates." in text_of(fair())
    assert text_of(fair()).count("stay vacant") == 2
    assert text_of(tied()).count("2 places stay vacant") == 1
    assert "vacant" not in text_of(play((), candidates=12, trustees=1)).partition("Articles")[0]


def test_one_vacant_place_is_one() -> None:
    text = text_of(play((), candidates=11, trustees=1)).partition("Articles")[0]
    assert "1 place stays vacant" in text
    assert "1 places" not in text


def test_an_election_without_alternates_does_not_speak_of_them() -> None:
    rule = load(CHARTER).rule("officer")
    roll = small_roll(4)
    contest = structs.replace(small_contest(roll), rule="officer", max_marks=rule.max_marks)
    played = play((((1,),),), staging=Staging(roll=roll, questions=(contest,)))
    text = text_of(played).partition("Articles")[0]
    assert "Elected: No. 1 Candidate 1" in text
    assert "Elected as alternates" not in text


def test_narrowed_marks_are_an_interpretation() -> None:
    text = text_of(narrow())
    assert "Marks allowed on a ballot: 1 to 2." in text
    assert "Contest 1: marks were limited to 1 to 2, where the rule allows 0 to 12." in text
    assert "marks were limited" not in text_of(fair())


def test_every_article_and_interpretation_of_the_charter_is_cited() -> None:
    text, charter = text_of(fair()), load(CHARTER)
    assert "Articles" in lines_of(fair())
    for interpretation in charter.interpretations:
        assert f"{interpretation.point} ({interpretation.article})" in text
        assert " ".join(interpretation.default.split()) in text
    assert f"{charter.rule('at-large').text} ({charter.rule('at-large').article})" in text
    assert "VII §4" in text


def test_fingerprints_are_given_in_hex_and_in_words() -> None:
    text = text_of(fair())
    for digest in (fair().opening.fingerprint, Forgery(fair()).totals.digest):
        assert digest in text
        assert fingerprint_line(digest).replace(" · ", " ") in text


def test_no_line_is_wider_than_a_page() -> None:
    for played in (fair(), tied(), narrow()):
        assert [line for line in lines_of(played) if len(line) > WIDTH] == []


@pytest.mark.parametrize(
    ("text", "further", "lines"),
    [
        ("", None, [""]),
        ("a b", None, ["a b"]),
        ("a  b ", None, ["a  b "]),
        ("x" * 74 + " y", None, ["x" * 74 + " y"]),
        ("x" * 75 + " y", None, ["x" * 75, "  y"]),
        ("x" * 75 + " y", 0, ["x" * 75, "y"]),
        ("  " + "x" * 73 + " y z", None, ["  " + "x" * 73, "    y z"]),
        ("x" * 76, None, ["x" * 76]),
        ("x" * 77, None, ["x" * 76, "  x"]),
        ("x" * 160, 0, ["x" * 76, "x" * 76, "x" * 8]),
        ("a " + "x" * 75, None, ["a", "  " + "x" * 74, "  x"]),
        ("a " + "x" * 74 + " b", None, ["a " + "x" * 74, "  b"]),
        ("    " + "x" * 80 + " b", 6, ["    " + "x" * 72, "      " + "x" * 8 + " b"]),
    ],
)
def test_lines_break_at_spaces_and_in_words_that_are_longer_than_a_line(
    text: str, further: int | None, lines: list[str]
) -> None:
    assert wrapped(text, further) == lines


def test_a_rule_without_alternates_or_majority_speaks_of_regular_places_only() -> None:
    facts = offices()
    rules = tuple(structs.replace(rule, majority="") for rule in facts.charter.rules)
    text = declare(replace(facts, charter=structs.replace(facts.charter, rules=rules))).decode()
    assert "Elected as regular members (1 of 1):\n     1. No. 2  Esi Mensah\n" in text
    assert "lternates" not in text.partition("\nArticles\n")[0]


def test_a_roll_without_voting_delegates_has_no_turnout() -> None:
    facts = offices()
    nobody = replace(facts, opening=structs.replace(facts.opening, voting_delegates=0))
    assert "  cast                             12   (no delegate could vote)" in declare(nobody).decode().splitlines()


def test_words_of_fingerprints_stay_together_four_to_a_line() -> None:
    lines = lines_of(fair())
    for title, digest in (
        ("Opening statement:", fair().opening.fingerprint),
        ("Totals:", Forgery(fair()).totals.digest),
    ):
        place = lines.index(title)
        words = [f"  {group}" for group in fingerprint_line(digest).split(" · ")]
        assert lines[place + 1 : place + 5] == [f"  {digest}", *words]


@pytest.mark.parametrize("name", ["Longname " * 33, "字" * 300, "x" * 63 + " y", "x" * 62 + " y", "a " * 149])
def test_the_longest_names_keep_to_the_page_and_lose_nothing(name: str) -> None:
    name = name.strip()
    roll = small_roll(4)
    contest = small_contest(roll)
    first, *others = contest.candidates
    people = (structs.replace(first, name=name), *others)
    played = play(
        (((1,),),), staging=Staging(roll=roll, questions=(structs.replace(contest, question=name, candidates=people),))
    )
    lines = lines_of(played)
    assert [line for line in lines if len(line) > WIDTH] == []
    whole = "".join("".join(lines).split())
    assert whole.count("".join(name.split())) >= 3
    assert faults(played.record()) == {}
    block = signature_block(named(played.opening, name), "0" * 128, "f" * 128)
    assert max(map(len, block.splitlines())) <= WIDTH


def named(opening: Opening, name: str) -> Opening:
    return structs.replace(opening, head=structs.replace(opening.head, name=name))


def test_no_name_of_a_voter_is_in_it() -> None:
    for delegate in fair().roll.delegates:
        assert delegate.name not in text_of(fair())


def test_spoiled_returned_and_outstanding_papers_are_counted() -> None:
    played = play((((1,),),), outstanding=2, staging=Staging(roll=small_roll(4)))
    cast, spoiled, _ = (paper.paper for paper in played.papers)
    envelope = sign_paper(*officials(), played.opening, ask(played.opening, played.election, 1)[1].credential)
    forged = Forgery(played)
    forged.hand_in([cast], [spoiled], [envelope])
    lines = forged.contents.declaration.decode().splitlines()
    assert "  cast                              1   (25.0 % of the voting delegates)" in lines
    for name in ("spoiled        ", "returned unused", "outstanding    "):
        assert f"  {name}                   1" in lines
    assert faults(forged.record()) == {}


@pytest.mark.parametrize("contests", [1, 2])
def test_every_contest_is_read_out(contests: int) -> None:
    text = text_of(play((((1,),) * contests,), contests=contests))
    for number in range(1, contests + 1):
        assert f"Contest {number}: Contest {number}" in text
    assert "Marks counted: 1 on 1 ballots, blank ballots included." in text


def test_the_signatures_are_printed_below_with_both_names() -> None:
    declared = fair().contents.declared
    block = signature_block(fair().opening, declared.head, declared.seal)
    assert "Signed by Hana Headley, head of the election committee:" in block
    assert "Sealed by Selma Sealby, keeper of the official seal:" in block
    for signature in (declared.head, declared.seal):
        assert f"\n{signature[:64]}\n{signature[64:]}\n" in block
