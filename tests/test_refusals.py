"""What ranking, lots, decisions and charters refuse: every message with its hint, against tests/expected."""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import structs

from ballot.charter import builtin, load
from ballot.decisions import decide, elect, electorate_faults, meeting_faults, question, quorum
from ballot.errors import BadInput, Error
from ballot.lots import Contribution, check_reveal, commitment, draw, normal_dice, seed
from ballot.ranking import Drawn, rank
from ballot.votes import Contest
from tests.golden import compare
from tests.icb import CHARTER
from tests.play import small_contest, small_roll

OPENING, DIGEST = "ab" * 32, "cd" * 32
ANA = Contribution("Ana", "words", "seven kites", commitment(OPENING, "Ana", "seven kites"))
DICE = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2"
MOTION, AMENDMENT = (question("Shall we?", CHARTER.decision(name)) for name in ("motion", "amendment"))
OFFICE = structs.replace(small_contest(small_roll()), rule="officer", max_marks=1)
TIED = {1: 5, 2: 5, 3: 1}

Tried = Sequence[tuple[str, Callable[[], object]]]


def said(tried: Tried) -> str:
    """What is said of each, below its name."""
    lines = []
    for name, call in tried:
        try:
            found = call()
        except Error as error:
            faults = error.faults if isinstance(error, BadInput) else ()
            found = [error.message, *(str(fault) for fault in faults), *([f"hint: {error.hint}"] if error.hint else [])]
        assert isinstance(found, list), name
        assert found, name
        lines += [name, *(f"  {line}" for line in found), ""]
    return "\n".join(lines)


def drawn_from(*contributions: Contribution) -> Callable[[], object]:
    return lambda: seed(OPENING, DIGEST, 0, (1, 2), contributions)


RANKING: Tried = [
    ("a ballot number of nobody", lambda: rank({0: 1}, 8, 4)),
    ("fewer votes than none", lambda: rank({1: -1}, 8, 4)),
    ("two lots for one tie", lambda: rank(TIED, 1, 0, [Drawn((1, 2), (1, 2)), Drawn((1, 2), (2, 1))])),
    ("a lot that leaves somebody out", lambda: rank(TIED, 1, 0, [Drawn((1, 2), (1, 1))])),
    ("lots for what is no tie", lambda: rank(TIED, 1, 0, [Drawn((1, 3), (1, 3)), Drawn((2, 3), (3, 2))])),
    ("a lot for a tie that decides nothing", lambda: rank(TIED, 2, 0, [Drawn((1, 2), (1, 2))])),
]

LOTS: Tried = [
    ("one candidate", lambda: draw(bytes(64), (1,))),
    ("one candidate twice", lambda: draw(bytes(64), (1, 1))),
    ("nobody contributes", drawn_from()),
    ("one person contributes twice", drawn_from(ANA, ANA)),
    ("other words", drawn_from(structs.replace(ANA, value="eight kites"))),
    ("no words", drawn_from(structs.replace(ANA, value=""))),
    ("words that steer the screen", drawn_from(structs.replace(ANA, value="seven\nkites"))),
    ("a name that steers the screen", drawn_from(structs.replace(ANA, by="[red]Ana"))),
    ("no name", drawn_from(structs.replace(ANA, by=""))),
    ("dice in another form", lambda: check_reveal(OPENING, Contribution("Bo", "dice", DICE.replace(" ", ""), ""))),
    ("dice that were committed to", lambda: check_reveal(OPENING, Contribution("Bo", "dice", DICE, "00"))),
    ("nineteen dice", lambda: normal_dice(DICE[:-2])),
    ("too many dice", lambda: normal_dice("1" * 151)),
    ("something that is no die", lambda: normal_dice(f"{DICE} 317")),
    ("a word for dice", lambda: normal_dice("six")),
]


def two_votes(*rules: str, kinds: Sequence[str] = ("regular", "associate")) -> Callable[[], object]:
    """Faults under a charter in which organisations have two votes each."""
    members = (structs.replace(member, voting=1 if member.body else 2) for member in CHARTER.members)
    charter = structs.replace(CHARTER, members=tuple(members))
    return lambda: electorate_faults(charter, rules, kinds)


def held(contests: Sequence[Contest], present: int, members: int) -> Callable[[], object]:
    return lambda: meeting_faults(CHARTER, contests, present, members)


DECISIONS: Tried = [
    ("more present than members", lambda: quorum(CHARTER.body("icb"), 4, 3)),
    ("more votes than present", lambda: decide(CHARTER, "motion", (2, 1, 1), 3, 9)),
    ("fewer votes than none", lambda: decide(CHARTER, "amendment", (2, -1, 1), 3, 9)),
    ("an unknown decision", lambda: decide(CHARTER, "mutiny", (1, 0, 0), 1, 1)),
    ("a majority where none is wanted", lambda: elect(CHARTER, CHARTER.rule("at-large"), {1: 1})),
    ("two bodies", lambda: electorate_faults(CHARTER, ["icb-motion", "at-large", "motion"], ["regular"])),
    ("strangers", lambda: electorate_faults(CHARTER, ["officer"], ["regular", "icb", "associate"])),
    ("seats of the ICB in the Assembly", lambda: electorate_faults(CHARTER, ["at-large"], ["regular", "icb"])),
    ("two votes each, and a question", two_votes("at-large", "motion")),
    ("two votes each, and strangers too", two_votes("motion", kinds=("icb", "regular"))),
    (
        "two votes each, where people are elected",
        lambda: two_votes("at-large")() or ["no fault"],
    ),
    ("nobody was counted", held([MOTION], 0, 9)),
    ("nobody was counted for an office", held([OFFICE], 0, 9)),
    ("nobody was counted, of two contests", held([MOTION, AMENDMENT], 0, 9)),
    ("more counted than members", held([MOTION], 10, 9)),
    ("fewer counted than nobody", held([MOTION], -1, 9)),
    ("counted for nothing", held([small_contest(small_roll()), AMENDMENT], 3, 9)),
    ("no quorum", held([OFFICE], 9, 15)),
    ("one of one", lambda: held([MOTION], 1, 1)() or ["no fault"]),
    ("a quorum", lambda: held([OFFICE], 10, 15)() or ["no fault"]),
    ("nothing to count", lambda: held([AMENDMENT], 0, 15)() or ["no fault"]),
]


def test_what_decides_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    compare("refusals-decisions.txt", said([*RANKING, *LOTS, *DECISIONS]), tmp_path)


CHANGED: list[tuple[str, str, str]] = [
    ("a name used twice", 'name = "suspended"', 'name = "good"'),
    ("a provision that declarations cite", 'name = "term"', 'name = "terms"'),
    ("a region twice", '"South Asia"', '"Europe"'),
    ("more voters than delegates", "min = 2\nmax = 5\nvoting = 1", "min = 2\nmax = 5\nvoting = 3"),
    ("more delegates than permitted", "min = 2\nmax = 5", "min = 6\nmax = 5"),
    ("no delegates", "min = 1\nmax = 2\nvoting = 0", "min = 0\nmax = 0\nvoting = 0"),
    ("a rule of no body", 'body = "assembly"\nseats = 12', 'body = "council"\nseats = 12'),
    ("a decision of no body", 'body = "assembly"\npasses', 'body = ""\npasses'),
    ("seats of no body", 'body = "icb"\nnumber = 7', 'body = "council"\nnumber = 7'),
    ("a quorum of more than all", 'quorum = "2/3"', 'quorum = "4/3"'),
    ("a share of more than all", 'share = "1/2"', 'share = "2/1"'),
    ("seats that do not add up", "seats = 21", "seats = 20"),
    ("a vacancy by no rule", 'vacancy = "region"', 'vacancy = "nobody"'),
    ("a majority by those present", 'majority = "officer"', 'majority = "icb-motion"'),
    ("a majority for several places", "seats = 1\nregular = 1\n", "seats = 2\nregular = 2\n"),
    ("a run-off of one", "run_off = 2", "run_off = 1"),
    ("places that do not add up", "seats = 12", "seats = 13"),
    ("no regular place", "seats = 1\nregular = 1\nalternates = 0", "seats = 1\nregular = 0\nalternates = 1"),
    ("no marks", "min_marks = 0\nmax_marks = 1\n", "min_marks = 0\nmax_marks = 0\n"),
    ("more marks than the most", "min_marks = 0\nmax_marks = 12", "min_marks = 13\nmax_marks = 12"),
    ("no rule for ties", '[[ties]]\nname = "officer"', '[[ties]]\nname = "officers"'),
    ("seats for no kind of member", 'member = "associate"', 'member = "friend"'),
    ("a region too few", '  "USA",\n', ""),
    ("seats by no rule", 'rule = "at-large"', 'rule = "at-small"'),
    ("alternates that the rule does not elect", "number = 4", "number = 5"),
    ("a seat filled by an election", 'vacancy = "region"', 'vacancy = "officer"'),
    ("offices that no election fills", 'by = "election"', 'by = "designation"'),
    ("seats without a kind of member", 'delegate."\nbody = "icb"', 'delegate."'),
    ("two kinds of members for the same seats", "may_stand = false\n", 'may_stand = false\nbody = "icb"\n'),
    ("nobody who can vote and stand", "votes = true\nmay_stand = true", "votes = true\nmay_stand = false"),
    ("an empty text", 'title = "Constitution of the International Migrants\' Alliance"', 'title = ""'),
    ("another method for ties", 'method = "lots"', 'method = "coin"'),
]


def changed(old: str, new: str) -> Callable[[], object]:
    text = builtin("ima").decode()
    assert old in text, old
    return lambda: load(text.replace(old, new, 1).encode(), "my.toml")


ASKED: Tried = [
    ("no such rule", lambda: CHARTER.rule("nothing")),
    ("no such decision", lambda: CHARTER.decision("nothing")),
    ("neither rule nor decision", lambda: CHARTER.question("nothing")),
    ("no such kind of member", lambda: CHARTER.delegates("nothing")),
    ("no such standing", lambda: CHARTER.standing("nothing")),
    ("no such body", lambda: CHARTER.body("nothing")),
    ("no such kind of seat", lambda: CHARTER.seat("nothing")),
    ("no such vacancy", lambda: CHARTER.vacancy("nothing")),
    ("no such act", lambda: CHARTER.act("nothing")),
    ("nothing to cite", lambda: CHARTER.articles("rules.nothing", "rules.officer", "provisions.nothing")),
    ("no such charter", lambda: builtin("nothing")),
]


def test_a_charter_that_contradicts_itself_is_told_where(tmp_path: Path) -> None:
    tried = [*((name, changed(old, new)) for name, old, new in CHANGED), *ASKED]
    compare("refusals-charter.txt", said(tried), tmp_path)
