"""An officer's election in the ICB: the state before it and its record in, its roll, its candidates and its act out.

Who votes in the ICB is public: every voting seat is a member of the electorate of its own, and its holder or the
holder's proxy is the one delegate. So two people of one organisation both vote, and a seat never votes twice.

candidates.csv:  number,name      (regular members of the ICB, no proxies)
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ballot.charter import Charter
from ballot.coordination import BODY
from ballot.decisions import Choice
from ballot.errors import Fault, Refused
from ballot.evidence import Evidence
from ballot.icb.places import Place, State, same_name
from ballot.icb.secretary import Document, OfficerElected
from ballot.journal import Act
from ballot.people import MIN_SALT, Delegate, Member, Roll, publish
from ballot.statements import minute_of, replaced_delegates
from ballot.tables import number_faults, read_table, same_name_faults, shown, whole_number
from ballot.votes import Candidate, Contest
from ballot.wire import sha256_hex, tagged

COLUMNS = ("number", "name")

_FURTHEST_EAST = timedelta(hours=14)
"""By how much a day begins there before it begins in UTC."""

_FURTHEST_WEST = timedelta(minutes=720)
"""By how much a day ends there after it ends in UTC."""

NO_COUNTRY = "ZZ"
"""What stands for the country of a seat: a code that ISO 3166 leaves to its users."""


def roll_of(state: State) -> Roll:
    """The roll of a meeting of the ICB: a member for every voting seat that is held, with one delegate who votes."""
    (kind,) = state.charter.electorate(BODY)
    standing = next(standing.name for standing in state.charter.standings if standing.votes and standing.may_stand)
    members, delegates = [], []
    for number, voter in enumerate(state.voters(), start=1):
        place = state.place(voter.seat)
        organisation = state.organisation(place.member)
        seat = _member_id(state, place)
        members.append(Member(seat, organisation.name, NO_COUNTRY, organisation.region, kind, standing))
        act = place.proxy.act if place.proxy else place.act
        delegates.append(Delegate(number, voter.person, seat, True, f"act {act} of the ICB's journal", ""))
    return Roll(tuple(sorted(members, key=lambda member: member.id)), tuple(delegates))


def salts_of(state: State) -> dict[int, bytes]:
    """Salts for the names on that roll, by delegate number: those names are public, so everybody can know the salts."""
    return {
        number: tagged("icb-name", state.assembly.opening, str(number))[:MIN_SALT]
        for number in range(1, len(state.voters()) + 1)
    }


def read_candidates(data: bytes, state: State, name: str) -> tuple[tuple[Candidate, ...], list[Fault]]:
    """The candidates of an office by ballot number, and every fault of the list; `name` names the file in faults."""
    table = read_table(data, name, COLUMNS)
    faults = [*table.faults, *number_faults(table), *same_name_faults(table)]
    if not table.rows and not faults:
        faults.append(Fault(name, 0, "", "there is no row after the header"))
    candidates = []
    for row in table.rows:
        if not (person := row.cells["name"]):
            continue
        if problem := _why_not(state, person):
            faults.append(Fault(name, row.number, "name", problem))
        elif (place := state.sits(person)) is not None:
            candidates.append(_candidate(state, place, whole_number(row.cells["number"])))
    ordered = tuple(sorted(candidates, key=lambda candidate: candidate.number))
    return ordered, sorted(faults, key=lambda fault: fault.row)


def cautions(state: State, contests: Sequence[Contest], minute: str) -> list[str]:
    """What would keep a result out of the ICB's journal, said before the election is held at this minute in UTC.

    Nothing of it is certain yet: an office can fall vacant, and a clock be set, before the election is over.
    """
    said = []
    for contest in contests:
        if contest.asks:
            continue
        office = state.office(contest.question)
        if office is not None and office.person:
            said.append(
                f"{office.person} is {office.name}: no election that is over before the day of that vacancy fills it. "
                "Record the vacancy first, or with its own day (--on)."
            )
        elif office is None and state.offices:
            known = ", ".join(other.name for other in state.offices)
            said.append(f"{contest.question} is an office that nobody has held so far; those there are: {known}.")
    last = state.steps[-1].on
    if was_over(minute, last):
        said.append(
            f"this machine's clock is at {minute.partition('T')[0]}, before the last act of the ICB, {last}. Set it: "
            "an election that is over before an office fell vacant does not fill it."
        )
    return said


def act_of(state: State, office: str, record: bytes, election: Evidence, meeting: Document) -> OfficerElected:
    """The act that records an officer's election, whose record was verified; `state` is the ICB just before it.

    Raises Refused, with the article, when the record elects nobody, or is not of this electorate or office.
    """
    number, choice = _choice(state, office, election)
    contest = election.opening.contests[number]
    people = {candidate.number: candidate for candidate in contest.candidates}
    if not choice.elected:
        raise Refused(
            f"nobody is elected {contest.question}: {choice.sentence}", "Hold the run-off and record that one."
        )
    # The spelling of the record, not the typed one: it stands in the act and in certificates.
    act = OfficerElected(
        contest.question,
        people[choice.elected[0]].name,
        election.opening.fingerprint,
        sha256_hex(record),
        election.meeting[0],
        meeting,
    )
    check_officer(state, act, election)
    return act


def check_officer(state: State, act: OfficerElected, election: Evidence) -> None:
    """Check an act against the verified record of the election; `state` is the ICB just before the act.

    Raises Refused, with the article, when the record is of another electorate, office or person.
    """
    article, opening = state.charter.act("officer elected").article, election.opening
    if act.opening != opening.fingerprint or opening.charter != state.assembly.charter:
        raise Refused(f"the record is of another election, or under another charter ({article})")
    _check_new(state, act, election)
    if election.contents.roll != publish(roll_of(state), salts_of(state)):
        raise Refused(
            f"the electorate is not who votes in the ICB just before the act: {_voters(state.charter)} ({article})",
            "Record an officer's election before any act that changes who votes, or correct that act first.",
        )
    if replaced_delegates(election.contents.journal):
        proxy = state.charter.articles("provisions.proxy")[0].article
        raise Refused(f"somebody else came for a member of the ICB, who can only send a proxy ({proxy})")
    number, choice = _choice(state, act.office, election)
    contest = opening.contests[number]
    for candidate in contest.candidates:
        place = state.sits(candidate.name)
        if place is None or place not in state.eligible() or _candidate(state, place, candidate.number) != candidate:
            raise Refused(f"candidate {candidate.number} cannot be elected: {_why_not(state, candidate.name)}")
    elected = [candidate.name for candidate in contest.candidates if candidate.number in choice.elected]
    if [name for name in elected if same_name(name, act.person)] != elected or not elected:
        raise Refused(f"{act.person} is not elected {act.office}: {choice.sentence}")
    if act.present != election.meeting[0]:
        raise Refused(f"{election.meeting[0]} members were present, not {act.present} ({article})")


def _check_new(state: State, act: OfficerElected, election: Evidence) -> None:
    """Refuse an election that filled this office before, or that was over before the office fell vacant."""
    article = state.charter.act("officer elected").article
    for step in state.steps:
        earlier = step.act
        if step.corrected_by or not isinstance(earlier, OfficerElected):
            continue
        if earlier.record == act.record and same_name(earlier.office, act.office):
            raise Refused(f"this election filled the office already, by act {step.number} ({article})")
    declared = minute_of(election.contents.journal, Act.DECLARED)
    office = state.office(act.office)
    # Before the Assembly there was no ICB that could have elected anybody.
    since = office.since if office is not None else state.assembly.declared
    if was_over(declared, since):
        over = declared.partition("T")[0]
        raise Refused(
            f"the election was over on {over}, before the office fell vacant on {since} ({article})",
            "Hold the election again. If the day of the vacancy is wrong, and nobody was given the acts since then, go "
            "on from a copy of the store without them.",
        )


def was_over(minute: str, day: str) -> bool:
    """Whether a minute in UTC was over before a day, YYYY-MM-DD, began anywhere on earth.

    Acts have the day of the place where they were recorded, and elections the minute in UTC.
    """
    # Not of a minute that is late enough in UTC: 14 hours after the last minute of the calendar are no date.
    return minute[: len(day)] < day and (datetime.fromisoformat(minute) + _FURTHEST_EAST).date().isoformat() < day


def check_day(on: str, election: Evidence) -> None:
    """Refuse an act of a day that was over, everywhere on earth, before its election was declared."""
    declared = minute_of(election.contents.journal, Act.DECLARED)
    day = declared.partition("T")[0]
    # Not of a minute that is early enough in UTC: half a day before the first one of the calendar is no date.
    if day > on and (datetime.fromisoformat(declared) - _FURTHEST_WEST).date().isoformat() > on:
        raise Refused(
            f"the election was declared on {day}, after the day of the act, {on}",
            "Nobody is in office before the election is over: look at the year.",
        )


def _choice(state: State, office: str, election: Evidence) -> tuple[int, Choice]:
    """The place of the contest for an office, and what it decides."""
    outcomes = election.outcomes
    found = [
        (number, outcome)
        for number, (contest, outcome) in enumerate(zip(election.opening.contests, outcomes, strict=True))
        if isinstance(outcome, Choice) and same_name(contest.question, office)
    ]
    if len(found) != 1:
        article = state.charter.act("officer elected").article
        offices = ", ".join(contest.question for contest in election.opening.contests)
        raise Refused(f"the record has no contest for the office {shown(office)} ({article})", f"It has: {offices}.")
    return found[0]


def _why_not(state: State, person: str) -> str:
    place = state.sits(person)
    if place in state.eligible():
        return ""
    if place is not None:
        return f"{shown(person)} {state.why_no_officer(place)}"
    if state.stands_in(person):
        article = state.charter.articles("provisions.proxy")[0].article
        return f"{shown(person)} is a proxy, and a proxy is never an officer ({article})"
    rule = next(rule for rule in state.charter.vacancies if rule.by == "election")
    return f"{shown(person)} is no regular member of the ICB ({rule.article})"


def _candidate(state: State, place: Place, number: int) -> Candidate:
    organisation = state.organisation(place.member)
    return Candidate(number, place.person, _member_id(state, place), organisation.name, organisation.region)


def _member_id(state: State, place: Place) -> str:
    same = [other.seat for other in state.places if other.kind == place.kind]
    return f"{place.kind.upper()}-{same.index(place.seat) + 1}"


def _voters(charter: Charter) -> str:
    return charter.body(BODY).electorate
