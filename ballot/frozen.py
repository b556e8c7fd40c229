"""What an opening freezes: roll, charter and opening in, breaches out; judged before it is signed, and by check 4."""

from ballot.charter import Charter
from ballot.contests import few_problem, marks_problem, question_faults, seat_faults
from ballot.decisions import electorate_faults, meeting_faults, question
from ballot.people import PublicRoll, check_public, voting_members
from ballot.votes import Opening


def frozen_breaches(roll: PublicRoll, charter: Charter, opening: Opening) -> list[str]:
    """Every breach of the charter, as plain sentences; empty when there is none (protocol §13, check 4)."""
    problems = check_public(roll, charter)
    voting = sum(delegate.voting for delegate in roll.delegates)
    if voting != opening.voting_delegates:
        problems.append(f"{voting} delegates vote, but the opening statement says {opening.voting_delegates}")
    members = {member.id: member for member in roll.members}
    contests = opening.contests
    problems += electorate_faults(charter, [contest.rule for contest in contests], [m.kind for m in roll.members])
    problems += meeting_faults(charter, contests, opening.present, voting_members(roll.members, charter))
    twice = question_faults([contest.question for contest in contests])
    twice += seat_faults(charter.seats, [contest.rule for contest in contests])
    problems += [f"contest {number}: {problem}" for number, problem in twice]
    for number, contest in enumerate(contests, start=1):
        if decision := charter.question(contest.rule):
            if contest != question(contest.question, decision):
                problems.append(f"contest {number} does not ask its question as {decision.article} is decided")
            continue
        rule = charter.rule(contest.rule)
        if problem := marks_problem(rule, contest.min_marks, contest.max_marks) or few_problem(contest):
            problems.append(f"contest {number}, marks: {problem}")
        for candidate in contest.candidates:
            member = members.get(candidate.member)
            if member is None or (member.organisation, member.region) != (candidate.organisation, candidate.region):
                problems.append(f"contest {number}: candidate {candidate.number} is not of a member on the roll")
            elif not (charter.delegates(member.kind).may_stand and charter.standing(member.standing).may_stand):
                problems.append(
                    f"contest {number}: candidate {candidate.number} is of a member that cannot be voted in"
                )
    return problems
