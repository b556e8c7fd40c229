"""The declaration: the public facts of a finished count in, the plain text that a committee reads out, as bytes.

The same facts always give the same text, so a verifier writes it anew and compares (check 15). Nothing here is a
secret, and no name of a voter occurs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ballot.charter import DECLARED, Charter
from ballot.crypto.words import fingerprint_groups
from ballot.decisions import Choice, Outcome, outcome_of, quorum
from ballot.drawing import Drawing
from ballot.ranking import Ranking, vacant_places
from ballot.register import Reconciliation
from ballot.trustees.presence import StoodIn
from ballot.votes import Candidate, Contest, Election, Opening, Totals

WIDTH = 76
RULE = "=" * WIDTH


@dataclass(frozen=True)
class Facts:
    """What a declaration is made of; times are minutes in UTC as the journal has them.

    `rehearsed` is the minute of the rehearsal; where there was none it is empty and `unrehearsed` says why. `meeting`
    is how many members are present and how many can vote; only decisions and majorities ask for it. `raised` tells
    when papers made more members present than were counted at the opening, and how many.
    """

    election: Election
    opening: Opening
    charter: Charter
    sheet: Reconciliation
    totals: Totals
    rankings: tuple[Ranking, ...]
    drawing: Drawing | None
    opened: str
    closed: str
    stood_in: StoodIn
    rehearsed: str
    unrehearsed: str
    meeting: tuple[int, int] = (0, 0)
    raised: tuple[tuple[int, str], ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome | Choice | None, ...]:
        """What each contest decides; None where the ranking says everything."""
        return outcomes_of(self.charter, self.opening.contests, self.totals, self.meeting, self.drawing)


def outcomes_of(
    charter: Charter,
    contests: Sequence[Contest],
    totals: Totals,
    meeting: tuple[int, int],
    drawing: Drawing | None,
) -> tuple[Outcome | Choice | None, ...]:
    """What each contest decides; None where the ranking says everything.

    `meeting` is how many members are present and how many can vote.
    """
    return tuple(
        outcome_of(charter, contest, votes, totals.ballots, meeting, drawing.lots(number) if drawing else ())
        for number, (contest, votes) in enumerate(zip(contests, totals.votes, strict=True))
    )


def declare(facts: Facts) -> bytes:
    """The declaration in UTF-8, lines of text ending in a line feed."""
    opening = facts.opening
    lines = [
        RULE,
        "DECLARATION OF THE RESULT",
        *wrapped(facts.election.name, 0),
        *(wrapped(facts.election.description, 0) if facts.election.description else []),
        RULE,
        "",
        *wrapped(f"Head of the election committee: {opening.head.name}"),
        *wrapped(f"Keeper of the official seal: {opening.seal.name}"),
        *_trustees(facts),
        *wrapped(_rehearsal(facts)),
        f"The box was open from {_time(facts.opened)} to {_time(facts.closed)}.",
        *_raised(facts),
        "",
        *_turnout(facts),
    ]
    for number, (contest, outcome) in enumerate(zip(opening.contests, facts.outcomes, strict=True)):
        if isinstance(outcome, Outcome):
            lines += ["", *_question(facts, number, contest, outcome)]
        elif isinstance(outcome, Choice):
            lines += ["", *_office(facts, number, contest, outcome)]
        else:
            lines += ["", *_contest(facts, number, contest)]
    lines += ["", *_articles(facts), "", *_interpretations(facts), "", *_fingerprints(facts)]
    return ("\n".join(lines) + "\n").encode()


def _trustees(facts: Facts) -> list[str]:
    opening = facts.opening
    lines = wrapped(f"Trustees: {', '.join(opening.trustee_names)}")
    lines += wrapped(f"Needed for the count: {opening.need} of {len(opening.trustee_names)}.")
    for missing, present in facts.stood_in:
        lines += wrapped(f"Missing at the count: {missing}. With pieces of that key stood in: {', '.join(present)}.")
    return lines if facts.stood_in else [*lines, "All trustees took part in the count."]


def _rehearsal(facts: Facts) -> str:
    if facts.unrehearsed:
        return f"The box was opened without a rehearsal: {facts.unrehearsed}"
    return f"A rehearsal with these trustees was passed on {_time(facts.rehearsed)}."


def _raised(facts: Facts) -> list[str]:
    if not facts.raised:
        return []
    steps = " and ".join(f"to {present} on {_time(minute)}" for present, minute in facts.raised)
    counted = f"Members present, as counted at the opening: {facts.opening.present}."
    return wrapped(f"{counted} Papers that were given to more members raised this number {steps}.")


def _time(minute: str) -> str:
    return minute.replace("T", " ").replace("Z", " UTC")


def wrapped(text: str, further: int | None = None) -> list[str]:
    """Lines of at most WIDTH characters, broken at spaces, and inside a word only when it is longer than a line.

    Lines after the first begin with `further` spaces; without it, with two more than the first.
    Written out here, for check 15 must give the same bytes with any version of Python.
    """
    margin = len(text) - len(text.lstrip(" "))
    start = " " * (margin + 2 if further is None else further)
    lines, line, gap = [], text[:margin], ""
    for word in text[margin:].split(" "):
        left = word
        if gap and len(line) + len(gap) + len(left) > WIDTH:
            lines.append(line)
            line, gap = start, ""
        while len(line) + len(left) > WIDTH:
            room = WIDTH - len(line)
            lines.append(line + left[:room])
            line, left = start, left[room:]
        line, gap = line + gap + left, " "
    return [*lines, line]


def _heading(text: str) -> list[str]:
    lines = wrapped(text, 0)
    return [*lines, "-" * max(map(len, lines))]


def _turnout(facts: Facts) -> list[str]:
    sheet, voting = facts.sheet, facts.opening.voting_delegates
    share = f"{100 * sheet.cast / voting:.1f} % of the voting delegates" if voting else "no delegate could vote"
    return [
        *_heading("Turnout and reconciliation"),
        f"Voting delegates on the roll   {voting:>6}",
        f"Papers issued                  {sheet.issued:>6}",
        f"  cast                         {sheet.cast:>6}   ({share})",
        f"  spoiled                      {sheet.spoiled:>6}",
        f"  returned unused              {sheet.returned:>6}",
        f"  outstanding                  {sheet.outstanding:>6}",
        f"    with delegates             {sheet.with_delegates:>6}",
        f"    envelopes at the desk      {sheet.not_handed_out:>6}",
        "issued = cast + spoiled + returned + outstanding",
    ]


def _contest(facts: Facts, number: int, contest: Contest) -> list[str]:
    ranking = facts.rankings[number]
    rule = facts.charter.rule(contest.rule)
    people = {candidate.number: candidate for candidate in contest.candidates}
    marks = sum(ranking.totals.values())
    lines = [
        *_heading(f"Contest {number + 1}: {contest.question}"),
        *wrapped(f"Rule: {rule.text} ({rule.article})"),
        f"Marks allowed on a ballot: {contest.min_marks} to {contest.max_marks}.",
        f"Marks counted: {marks} on {facts.totals.ballots} ballots, blank ballots included.",
        "",
        *_votes(ranking, people),
    ]
    empty = vacant_places(len(people), rule.regular, rule.alternates)
    elections = [(f"Elected as regular members ({len(ranking.regular)} of {rule.regular}):", ranking.regular, empty[0])]
    if rule.alternates:
        title = f"Elected as alternates, in this order ({len(ranking.alternates)} of {rule.alternates}):"
        elections.append((title, ranking.alternates, empty[1]))
    for title, elected, vacant in elections:
        lines += ["", title]
        for place, candidate in enumerate(elected, start=1):
            lines += _person(f"{place:>6}. ", people[candidate])
        places = "1 place stays" if vacant == 1 else f"{vacant} places stay"
        lines += [f"        {places} vacant: there were not enough candidates."] if vacant else []
    return [*lines, "", *_ties(facts, number, ranking)]


def _question(facts: Facts, number: int, contest: Contest, outcome: Outcome) -> list[str]:
    decision = facts.charter.decision(contest.rule)
    return [
        *_heading(f"Contest {number + 1}: {contest.question}"),
        *wrapped(f"Rule: {decision.text} ({decision.article})"),
        "",
        f"{outcome.yes:>6}  Yes",
        f"{outcome.no:>6}  No",
        f"{outcome.blank:>6}  blank",
        "",
        *wrapped(outcome.quorum.sentence, 0),
        *wrapped(outcome.sentence, 0),
        f"The question is {'carried' if outcome.reached else 'not carried'}.",
    ]


def _office(facts: Facts, number: int, contest: Contest, choice: Choice) -> list[str]:
    ranking, rule = facts.rankings[number], facts.charter.rule(contest.rule)
    people = {candidate.number: candidate for candidate in contest.candidates}
    there = quorum(facts.charter.body(rule.body), *facts.meeting)
    lines = [
        *_heading(f"Contest {number + 1}: {contest.question}"),
        *wrapped(f"Rule: {rule.text} ({rule.article})"),
        f"Marks allowed on a ballot: {contest.min_marks} to {contest.max_marks}.",
        f"Marks counted: {sum(ranking.totals.values())} on {facts.totals.ballots} ballots, blank ballots included.",
        "",
        *_votes(ranking, people),
        "",
        *wrapped(there.sentence, 0),
        *wrapped(choice.sentence, 0),
    ]
    for title, chosen in (("Elected:", choice.elected), ("Nobody is elected. They stand again:", choice.run_off)):
        lines += [title] if chosen else []
        for candidate in chosen:
            lines += _person(" " * 8, people[candidate])
    return [*lines, "", *_ties(facts, number, ranking)]


def _votes(ranking: Ranking, people: Mapping[int, Candidate]) -> list[str]:
    lines = ["Votes, in order:"]
    for candidate in sorted(ranking.totals, key=lambda candidate: (-ranking.totals[candidate], candidate)):
        lines += _person(f"{ranking.totals[candidate]:>6}  ", people[candidate])
    return lines


def _person(before: str, candidate: Candidate) -> list[str]:
    # The organisation goes on a line of its own: names in two scripts on one line change places on screens.
    named = wrapped(f"{before}No. {candidate.number}  {candidate.name}", 12)
    return [*named, *wrapped(f"          {candidate.organisation}, {candidate.region}")]


def _ties(facts: Facts, number: int, ranking: Ranking) -> list[str]:
    if not ranking.ties:
        return ["There was no tie."]
    lines = ["Ties:"]
    for tie in ranking.ties:
        tied = "candidates " + ", ".join(str(candidate) for candidate in tie.candidates)
        if tie.matters:
            order = ", then ".join(str(candidate) for candidate in tie.order)
            lines += wrapped(f"  places {tie.places}: {tied}; drawn by lots in public: {order}")
        else:
            lines += wrapped(f"  places {tie.places}: {tied}; it decides nothing and is only shown")
    if facts.drawing is not None and facts.drawing.lots(number):
        lines += ["The lots were drawn from these contributions:"]
        for said in facts.drawing.contributions:
            lines += wrapped(f"  {said.by}: {said.value}")
        for name in facts.drawing.refused:
            lines += wrapped(f"  {name} did not contribute; dice were rolled instead")
    return lines


def _articles(facts: Facts) -> list[str]:
    parts = facts.charter.articles(*(f"provisions.{name}" for name in DECLARED))
    cited = [line for part in parts for line in wrapped(f"{part.article}: {part.text}")]
    return [*_heading("Articles"), *cited]


def _interpretations(facts: Facts) -> list[str]:
    lines = _heading("Where the constitution is silent, this was applied")
    for item in facts.charter.interpretations:
        lines += wrapped(f"{item.point} ({item.article}): {item.default}")
    for number, contest in enumerate(facts.opening.contests, start=1):
        if facts.charter.question(contest.rule):
            continue
        rule = facts.charter.rule(contest.rule)
        if (contest.min_marks, contest.max_marks) != (rule.min_marks, rule.max_marks):
            lines += wrapped(
                f"Contest {number}: marks were limited to {contest.min_marks} to {contest.max_marks}, "
                f"where the rule allows {rule.min_marks} to {rule.max_marks}."
            )
    return lines


def _fingerprints(facts: Facts) -> list[str]:
    lines = _heading("Fingerprints, to be read aloud")
    for title, digest in (("Opening statement", facts.opening.fingerprint), ("Totals", facts.totals.digest)):
        lines += [f"{title}:", f"  {digest}", *(f"  {words}" for words in fingerprint_groups(digest))]
    return lines


def signature_block(opening: Opening, head: str, seal: str) -> str:
    """What is printed below a declaration: who signed, and the signatures in hex, each on two lines."""
    lines = [RULE]
    for who, signature in (
        (f"Signed by {opening.head.name}, head of the election committee:", head),
        (f"Sealed by {opening.seal.name}, keeper of the official seal:", seal),
    ):
        lines += [*wrapped(who), signature[:64], signature[64:]]
    return "".join(f"{line}\n" for line in lines)
