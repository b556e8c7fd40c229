"""Decisions: votes and those present in, what they decide out, in exact fractions and with the article.

A question is a contest with the answers yes and no; a ballot without a mark is blank. An officer needs the charter's
majority, else there is a run-off, and a tie is decided by lots.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from ballot.charter import Charter
from ballot.clauses import Body, Decision, Rule
from ballot.errors import Invalid, Refused
from ballot.ranking import Drawn, Tie, rank
from ballot.votes import Candidate, Contest, Totals
from ballot.wire import Wire

ANSWERS = ("Yes", "No")
"""The answers to a question, in ballot order."""


class Quorum(Wire, frozen=True):
    """Whether enough members are present: `least` is the smallest number that is enough."""

    present: int
    members: int
    least: int
    reached: bool
    article: str
    sentence: str


class Outcome(Wire, frozen=True):
    """What a vote on a question decides.

    `share` is yes over `base` and `threshold` the charter's share, as fractions; `least` is the smallest number of yes
    votes that passes. `reached` is also false without a quorum.
    """

    decision: str
    yes: int
    no: int
    blank: int
    base: int
    share: str
    threshold: str
    least: int
    quorum: Quorum
    reached: bool
    article: str
    sentence: str


class Choice(Wire, frozen=True):
    """What an election under a majority decides: who is elected, or who stands in the run-off, in ballot order.

    `ties` are those that wait for lots; while there are any, nobody is elected.
    """

    elected: tuple[int, ...]
    run_off: tuple[int, ...]
    ties: tuple[Tie, ...]
    article: str
    sentence: str


def question(text: str, decision: Decision) -> Contest:
    """The contest that puts a question under a decision of the charter: at most one mark, for yes or for no."""
    answers = tuple(Candidate(number, answer, "", "", "") for number, answer in enumerate(ANSWERS, start=1))
    return Contest(text, decision.name, 0, 1, answers)


def quorum(body: Body, present: int, members: int) -> Quorum:
    """Whether `present` of the `members` who can vote are a quorum of the body.

    A body without a fraction of its own needs somebody to be present, notice having been given as required. Raises
    Invalid for numbers that cannot be.
    """
    if not 0 <= present <= members:
        raise Invalid(f"{present} members present of {members}: these numbers cannot be")
    least = max(1, math.ceil(Fraction(body.quorum) * members)) if body.quorum else 1
    wanted = f"{body.quorum} of {members}" if body.quorum else "those who attend after proper notice"
    reached = present >= least
    verdict = "a quorum" if reached else "no quorum"
    sentence = f"{present} of {members} members are present; {wanted}, at least {least}, are needed: {verdict}"
    return Quorum(present, members, least, reached, body.article, f"{sentence} ({body.article}).")


def decide(charter: Charter, name: str, votes: tuple[int, int, int], present: int, members: int) -> Outcome:
    """What a vote decides under the decision `name`; `votes` are yes, no and blank.

    `present` members that can vote are at the meeting, out of `members` that can vote in the body. Raises Refused for
    an unknown decision, and Invalid when there are more votes than members present.
    """
    decision = charter.decision(name)
    if min(votes) < 0 or sum(votes) > present:
        raise Invalid(f"{sum(votes)} votes by {present} members present: these numbers cannot be ({decision.article})")
    yes, no, blank = votes
    there = quorum(charter.body(decision.body), present, members)
    base = _base(decision, votes, present, members)
    least = least_votes(decision, base)
    passed = base > 0 and yes >= least
    share = f"{yes}/{base}" if base else "0"
    verdict = "reached" if passed else "not reached"
    if passed and not there.reached:
        verdict = "reached, but without a quorum nothing is decided"
    sentence = (
        f"{yes} yes, {no} no, {blank} blank. Needed: {_threshold(decision)}, that is at least {least} of {base}; "
        f"yes has {share}: {verdict} ({decision.article})."
    )
    return Outcome(
        name,
        yes,
        no,
        blank,
        base,
        share,
        decision.share,
        least,
        there,
        passed and there.reached,
        decision.article,
        sentence,
    )


def blank_effect(charter: Charter | None, contest: Contest) -> str:
    """What a blank does in a contest, as a sentence; None stands for a charter that is not at hand."""
    if not contest.asks:
        return "A blank is counted as cast, and helps no candidate."
    if charter is None:
        return "A blank is counted as cast; the rules say whether that counts against the question."
    decision = charter.decision(contest.rule)
    if decision.of == "votes cast" and not decision.blanks:
        effect = "a blank does not count among them, and helps neither yes nor no"
    else:
        effect = "a blank counts among them, and weighs as much as a no"
    return f"Yes needs {_threshold(decision)}: {effect} ({decision.article})."


def least_votes(decision: Decision, base: int) -> int:
    """The smallest number of votes that passes when the share is taken of `base`."""
    exact = Fraction(decision.share) * base
    return math.floor(exact) + 1 if decision.passes == "more than" else math.ceil(exact)


def _base(decision: Decision, votes: tuple[int, int, int], present: int, members: int) -> int:
    yes, no, blank = votes
    if decision.of == "votes cast":
        return yes + no + (blank if decision.blanks else 0)
    return present if decision.of == "members present" else members


def _threshold(decision: Decision) -> str:
    return f"{decision.passes} {decision.share} of the {decision.of}"


def places(charter: Charter, rule: Rule, votes: Mapping[int, int]) -> tuple[int, int]:
    """Regular and alternate places by which the votes of a contest are ranked; `votes` by ballot number.

    Without a majority in the rule, or with somebody who has it, they are the rule's own. Otherwise those who stand in
    the run-off take the place of those elected; nobody is ranked where no vote was given for anybody.
    """
    if not rule.majority or _has_majority(charter, rule, votes):
        return rule.regular, rule.alternates
    if not any(votes.values()):
        return 0, 0
    return (rule.run_off if len(votes) > rule.run_off else rule.regular), rule.alternates


def elect(charter: Charter, rule: Rule, votes: Mapping[int, int], lots: Sequence[Drawn] = ()) -> Choice:
    """Who is elected under a rule that wants a majority, or who stands in the run-off; `votes` by ballot number.

    With no more candidates than a run-off takes, whoever has the most votes is elected, and lots decide a tie. Raises
    Refused for a rule without a majority and for lots that decide no tie that matters.
    """
    if not rule.majority:
        raise Refused(f"the rule {rule.name!r} wants no majority ({rule.article})")
    decision, cast = charter.decision(rule.majority), sum(votes.values())
    ranking = rank(votes, *places(charter, rule, votes), lots)
    # Ballots that are blank were cast too, and are not in this number: the votes are named for what they are.
    share = f"{decision.passes} {decision.share} of the votes given for candidates"
    needed = f"Needed: {share}, that is at least {least_votes(decision, cast)} of {cast}"
    open_ties = ranking.open_ties()
    elected: tuple[int, ...] = ()
    run_off: tuple[int, ...] = ()
    if not cast:
        verdict = "no vote was given for anybody, and nobody is elected"
    elif open_ties:
        tied = "; ".join(", ".join(f"No. {number}" for number in tie.candidates) for tie in open_ties)
        verdict = f"lots decide between {tied}"
    elif len(votes) > rule.run_off and not _has_majority(charter, rule, votes):
        run_off = tuple(sorted(ranking.regular))
        verdict = f"nobody has it; a run-off between {' and '.join(f'No. {number}' for number in run_off)}"
    else:
        elected = ranking.regular
        winner = elected[0]
        by = "by lots" if any(winner in tie.order for tie in ranking.ties) else f"with {votes[winner]}/{cast}"
        verdict = f"No. {winner} is elected {by}"
    return Choice(elected, run_off, open_ties, decision.article, f"{needed}: {verdict} ({decision.article}).")


def places_of(charter: Charter, contests: Sequence[Contest], totals: Totals) -> list[tuple[int, int]]:
    """Regular and alternate places by which every contest is ranked; the answers to a question have none."""
    return [
        (0, 0) if charter.question(contest.rule) else places(charter, charter.rule(contest.rule), _numbered(votes))
        for contest, votes in zip(contests, totals.votes, strict=True)
    ]


def outcome_of(
    charter: Charter,
    contest: Contest,
    votes: Sequence[int],
    ballots: int,
    meeting: tuple[int, int],
    lots: Sequence[Drawn] = (),
) -> Outcome | Choice | None:
    """What the votes of a contest decide; None where its rule just ranks people.

    `meeting` is how many members are present and how many can vote.
    """
    if charter.question(contest.rule):
        yes, no = votes
        return decide(charter, contest.rule, (yes, no, ballots - yes - no), *meeting)
    rule = charter.rule(contest.rule)
    return elect(charter, rule, _numbered(votes), lots) if rule.majority else None


def electorate_faults(charter: Charter, rules: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """What is wrong with members of these kinds deciding contests under these rules; empty when nothing is."""
    bodies = {charter.body_of(rule).name: charter.body_of(rule) for rule in rules}
    if len(bodies) != 1:
        return [f"the contests belong to different bodies: {', '.join(sorted(bodies))}"]
    (body,) = bodies.values()
    allowed = charter.electorate(body.name)
    strangers = [
        f"a member of the kind {kind!r} does not vote in the body {body.name} ({body.article})"
        for kind in sorted(set(kinds) - set(allowed))
    ]
    # A quorum, what a question needs, and who is present where an office is filled count members: with two votes each
    # they would not be what they say.
    counting = body.quorum or any(charter.question(rule) or charter.rule(rule).majority for rule in rules)
    several = [kind for kind in sorted(set(kinds) & set(allowed)) if counting and charter.delegates(kind).voting > 1]
    return strangers + [
        f"a member of the kind {kind!r} has {charter.delegates(kind).voting} votes, and a question, an office or a "
        f"quorum counts members ({body.article})"
        for kind in several
    ]


def needs_presence(charter: Charter, contests: Sequence[Contest]) -> bool:
    """Whether a threshold or a quorum depends on how many members are present."""
    decisions = [charter.question(contest.rule) for contest in contests]
    of_present = any(decision is not None and decision.of == "members present" for decision in decisions)
    return of_present or any(charter.body_of(contest.rule).quorum for contest in contests)


def meeting_faults(charter: Charter, contests: Sequence[Contest], present: int, members: int) -> list[str]:
    """What forbids to hold these contests with so many members present, with the articles; empty when nothing does."""
    if not needs_presence(charter, contests):
        return ["nothing in this election depends on how many members are present"] if present else []
    articles = ", ".join(dict.fromkeys(charter.body_of(contest.rule).article for contest in contests))
    if present == 0:
        return [f"how many members are present was not said ({articles})"]
    if not 0 < present <= members:
        return [f"of {members} members that can vote, {present} cannot be the number of those present ({articles})"]
    bodies = {body.name: body for body in (charter.body_of(contest.rule) for contest in contests)}
    found = [quorum(body, present, members) for body in bodies.values()]
    return [there.sentence.rstrip(".") for there in found if not there.reached]


def _numbered(votes: Sequence[int]) -> dict[int, int]:
    return dict(enumerate(votes, start=1))


def _has_majority(charter: Charter, rule: Rule, votes: Mapping[int, int]) -> bool:
    cast = sum(votes.values())
    return cast > 0 and max(votes.values()) >= least_votes(charter.decision(rule.majority), cast)
