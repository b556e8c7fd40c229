"""What the contests of an election must be: questions, marks and candidates in, everything wrong with them out.

One rule (protocol §13, checks 3 and 4) for the plan of an election and for whoever verifies.
"""

from collections.abc import Sequence

from ballot.clauses import Rule, Seat
from ballot.coordination import BODY
from ballot.errors import Invalid
from ballot.tables import name_key, shown
from ballot.votes import Contest


def question_faults(questions: Sequence[str]) -> list[tuple[int, str]]:
    """Numbers, from 1, of contests whose question is the same as that of one before, and what is wrong.

    A question that is missing is no fault here.
    """
    faults = []
    first: dict[str, int] = {}
    for number, question in enumerate(questions, start=1):
        if question and (other := first.setdefault(name_key(question), number)) != number:
            faults.append((number, f"{shown(question)} is the same question as that of contest {other}"))
    return faults


def seat_faults(seats: Sequence[Seat], rules: Sequence[str]) -> list[tuple[int, str]]:
    """Numbers, from 1, of contests that elect the seats of one before, or some of the ICB's only, and what is wrong.

    `seats` are those of the charter, `rules` the rule of each contest. No body has its seats twice.
    """
    faults = []
    articles = {seat.rule: seat.article for seat in reversed(seats) if seat.rule}
    for number, rule in enumerate(rules, start=1):
        if rule in articles and (first := rules.index(rule) + 1) != number:
            faults.append((number, f"contest {first} elects the same seats already ({articles[rule]})"))
    # An ICB is founded on one record.
    elected = {seat.rule: seat for seat in seats if seat.body == BODY and seat.origin in ("regular", "alternates")}
    if there := [number for number, rule in enumerate(rules, start=1) if rule in elected]:
        missing = [seat for rule, seat in elected.items() if rule not in rules]
        faults += [
            (there[0], f"seats of the {BODY} are elected together, and those by {seat.rule!r} are not ({seat.article})")
            for seat in missing
        ]
    return faults


def marks_problem(rule: Rule, least: int, most: int) -> str:
    """What is wrong with permitting `least` to `most` marks under a rule of the charter; empty when nothing is."""
    if not rule.min_marks <= least <= most <= rule.max_marks:
        return f"{least} to {most} is not within {rule.min_marks} to {rule.max_marks} ({rule.article})"
    return "" if most else f"nobody could mark anything: at least 1 must be permitted ({rule.article})"


def few_problem(contest: Contest) -> str:
    """What is wrong with the number of candidates; empty when a ballot can hold as many marks as it must."""
    if contest.min_marks <= len(contest.candidates):
        return ""
    return f"a ballot must hold {contest.min_marks} marks, and there are {len(contest.candidates)} candidates"


def require_contests(contests: Sequence[Contest]) -> None:
    """Raise Invalid where there is nothing to vote on."""
    if not contests:
        raise Invalid("the opening statement has no contest")
    for number, contest in enumerate(contests, start=1):
        if not contest.candidates:
            raise Invalid(f"contest {number} of the opening statement has no candidates")
