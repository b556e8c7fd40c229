"""What each act of the secretary does to the places: a state and an act in, the state after it or Refused out.

Every refusal names the article that forbids the act. The order and the form of acts are checked in `ballot.icb.seats`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from ballot.clauses import Seat
from ballot.coordination import BODY, EXECUTIVE
from ballot.decisions import quorum
from ballot.errors import Refused
from ballot.icb import secretary as acts
from ballot.icb.places import Office, Place, Proxy, State, same_name
from ballot.icb.secretary import OFFICE, Act
from ballot.tables import id_key, id_problem, shown
from ballot.typed import word

_ROLL = "Look up which organisation the person is of: `ballot seats members` shows the id, region and kind of each."
_NEW_MEMBER = (
    "Write region and kind as the Assembly's roll does; `ballot membership change` is for a member that is there."
)
_SAME_NAME = "If this is another person of the same name, add what tells them apart."


@dataclass(frozen=True)
class At:
    """When an act happens: its number, its date, and the article of the act itself."""

    number: int
    on: str
    article: str


def apply(state: State, at: At, act: Act) -> tuple[str, State]:
    """The article under which an act stands, and the state after it, to which no step is added.

    Raises Refused, with the article, when the act is not permitted.
    """
    match act:
        case acts.Founded():
            return at.article, _founded(state, at, act)
        case acts.Designated():
            return _designated(state, at, act)
        case acts.VacancyDeclared():
            return at.article, _vacancy(state, at, act)
        case acts.VacancyFilled():
            return _filled(state, at, act)
        case acts.AlternateDeclined():
            return _declined(state, act)
        case acts.ProxyAppointed():
            return at.article, _proxy(state, at, act)
        case acts.ProxyEnded():
            return at.article, _proxy_ended(state, at, act)
        case acts.OfficerElected():
            return _officer(state, at, act)
        case acts.MemberAdmitted():
            return at.article, _admitted(state, at, act)
        case acts.MembershipChanged():
            return _membership(state, at, act)
        case acts.Closed():
            places = tuple(_emptied(place, at) for place in state.places)
            offices = tuple(_left(office, at) for office in state.offices)
            return at.article, replace(state, places=places, offices=offices, closed=at.on)
        case acts.SignerChanged() | acts.Corrected():
            return at.article, state


def _founded(state: State, at: At, act: acts.Founded) -> State:
    named, known = (act.record, act.opening, act.charter), state.assembly
    if named != (known.record, known.opening, known.charter):
        raise Refused(f"the ICB is founded on another Assembly's record, opening or charter ({at.article})")
    return state


def _designated(state: State, at: At, act: acts.Designated) -> tuple[str, State]:
    place = state.place(act.seat)
    kind = state.kind(place)
    if kind.origin not in ("regions", "caucus"):
        raise Refused(f"{place.seat} is filled by the Assembly's election, not by designation ({kind.article})")
    if place.person:
        raise Refused(f"{place.seat} is held by {place.person} ({kind.article})", "Declare the vacancy first.")
    if place.act:
        article = state.charter.vacancy(kind.vacancy).article if kind.vacancy else kind.article
        fill = f"`ballot vacancy fill {word(place.seat)}` records who takes it."
        raise Refused(f"{place.seat} is vacant since {place.since}, and filled as a vacancy ({article})", fill)
    _check_seat(state, place, act.person, act.member)
    return kind.article, _put(state, _seated(place, at, act.person, act.member, kind.article))


def _vacancy(state: State, at: At, act: acts.VacancyDeclared) -> State:
    if act.place.startswith(OFFICE):
        name = act.place.removeprefix(OFFICE)
        office = state.office(name)
        if office is None or not office.person:
            raise Refused(f"nobody holds the office {shown(name)}, so it is vacant already ({at.article})")
        return replace(state, offices=tuple(_left(o, at) if o == office else o for o in state.offices))
    place = state.place(act.place)
    if not place.person:
        raise Refused(f"{place.seat} is vacant already, since {place.since} ({at.article})")
    return _leave(state, at, [place], at.article)


def _filled(state: State, at: At, act: acts.VacancyFilled) -> tuple[str, State]:
    place = state.place(act.seat)
    kind = state.kind(place)
    if place.person:
        raise Refused(f"{place.seat} is held by {place.person} ({at.article})", "Declare the vacancy first.")
    _check_begun(place, kind)
    if not kind.vacancy:
        raise Refused(f"{place.seat} stays vacant until the next Assembly: nobody fills it ({kind.article})")
    rule = state.charter.vacancy(kind.vacancy)
    if rule.by == "designation":
        _check_seat(state, place, act.person, act.member)
        return rule.article, _put(state, _seated(place, at, act.person, act.member, rule.article))
    alternate = _next_alternate(state, place, act.person)
    if act.member != alternate.member:
        raise Refused(f"{act.person} is of the member {alternate.member}, not {shown(act.member)} ({rule.article})")
    if elsewhere := state.stands_in(act.person):
        article = state.charter.articles("provisions.proxy")[0].article
        raise Refused(f"{act.person} is the proxy for {elsewhere.seat}; that ends first ({article})")
    seated = _seated(place, at, alternate.person, alternate.member, rule.article)
    return rule.article, _put(state, seated, _emptied(alternate, at, rule.article))


def _check_begun(place: Place, kind: Seat) -> None:
    if kind.origin in ("regions", "caucus") and not place.act:
        first = f"`ballot seats designate {word(place.seat)}` records who that is."
        raise Refused(f"{place.seat} was never filled; its first member is designated ({kind.article})", first)


def _declined(state: State, act: acts.AlternateDeclined) -> tuple[str, State]:
    place = state.place(act.seat)
    kind = state.kind(place)
    if place.person or not kind.vacancy or state.charter.vacancy(kind.vacancy).by != "alternate":
        record = "vacancy fill" if place.act else "seats designate"
        region = f"The region sends somebody, and no alternate is asked: `ballot {record}` records whom."
        raise Refused(
            f"{place.seat} is no vacant seat that an alternate could take or decline ({kind.article})",
            region if place.region and not place.person else "",
        )
    _check_begun(place, kind)
    alternate = _next_alternate(state, place, act.person)
    article = state.charter.vacancy(kind.vacancy).article
    return article, _put(state, structs.replace(place, declined=(*place.declined, alternate.seat)))


def _next_alternate(state: State, place: Place, person: str) -> Place:
    article = state.charter.vacancy(state.kind(place).vacancy).article
    alternate = state.next_alternate(place)
    if alternate is None:
        raise Refused(f"{state.why_no_alternate(place)} ({article})")
    if not same_name(alternate.person, person):
        raise Refused(
            f"{alternate.person} comes next for {place.seat} and has not declined in writing, "
            f"so {person} cannot take or decline it ({article})",
            "The alternates come in the order that the Assembly's record certifies.",
        )
    return alternate


def _proxy(state: State, at: At, act: acts.ProxyAppointed) -> State:
    place = state.place(act.seat)
    kind = state.kind(place)
    if not place.person:
        raise Refused(f"{place.seat} is vacant, and nobody can name a proxy for it ({at.article})")
    if not kind.proxy:
        raise Refused(f"{place.person} holds {place.seat} and cannot name a proxy ({kind.article}, {at.article})")
    misfit = _organisation_problems(state, place, act.member)
    problems, hint = list(misfit), _ROLL if misfit else ""
    if place.proxy:
        hint = hint or f"`ballot proxy end {word(place.seat)}` records that the other one ends."
        problems.append(f"{place.seat} has a proxy, {place.proxy.person}, and only one is allowed ({at.article})")
    if other := state.sits(act.person):
        theirs = state.kind(other)
        if theirs.origin != "alternates":
            problems.append(f"{act.person} holds {other.seat} and can be nobody's proxy ({at.article})")
        elif not kind.alternate_proxy:
            problems.append(f"{act.person} is an alternate and cannot be the proxy for {place.seat} ({theirs.article})")
        elif act.member != other.member:
            # Else the proxy would outlive the standing of the organisation that the alternate is of.
            own = f"holds {other.seat} for {other.member} and can be a proxy for no other member"
            problems.append(f"{act.person} {own} ({at.article})")
            hint = hint or f"Name the proxy under {other.member}. {_SAME_NAME}"
    if elsewhere := state.stands_in(act.person):
        problems.append(f"{act.person} is already the proxy for {elsewhere.seat} ({at.article})")
    _refuse(problems, hint=hint)
    return _put(state, structs.replace(place, proxy=Proxy(act.person, act.member, at.on, at.number, at.article)))


def _proxy_ended(state: State, at: At, act: acts.ProxyEnded) -> State:
    place = state.place(act.seat)
    if place.proxy is None:
        raise Refused(f"{place.seat} has no proxy ({at.article})")
    return _put(state, structs.replace(place, proxy=None))


def _officer(state: State, at: At, act: acts.OfficerElected) -> tuple[str, State]:
    before = state.office(act.office)
    if before is not None and before.person:
        raise Refused(f"{before.person} is {before.name}; the office is not vacant ({at.article})")
    place, problems = state.sits(act.person), []
    members = len(state.voters())
    if place is None and state.stands_in(act.person):
        article = state.charter.articles("provisions.proxy")[0].article
        problems.append(f"{act.person} is a proxy, and a proxy is never an officer ({article})")
    elif place is None:
        problems.append(f"{act.person} is no regular member of the ICB ({at.article})")
    elif problem := state.why_no_officer(place):
        problems.append(f"{act.person} {problem}")
    if not 0 <= act.present <= members:
        problems.append(f"{act.present} members cannot have been present, {members} can vote ({at.article})")
    elif not (there := quorum(state.charter.body(BODY), act.present, members)).reached:
        problems.append(there.sentence.rstrip("."))
    _refuse(problems)
    member = place.member if place else ""
    article = at.article if before else state.charter.body(EXECUTIVE).article
    name = before.name if before else act.office
    office = Office(name, act.person, member, at.on, at.number, article, act.record)
    others = tuple(other for other in state.offices if other != before)
    return article, replace(state, offices=(*others, office))


def _admitted(state: State, at: At, act: acts.MemberAdmitted) -> State:
    new, charter = act.organisation, state.charter
    problems = [*filter(None, [id_problem(new.id)])]
    if same := [o.id for o in state.organisations if id_key(o.id) == id_key(new.id)]:
        problems.append(f"there is already a member {same[0]}")
    if named := [o.id for o in state.organisations if same_name(o.name, new.name)]:
        problems.append(f"{shown(new.name)} is the same name as that of the member {named[0]}")
    if new.region not in charter.regions:
        problems.append(f"{shown(new.region)} is none of the regions {', '.join(charter.regions)}")
    if new.kind not in {rule.name for rule in charter.members if not rule.body}:
        problems.append(f"{shown(new.kind)} is no kind of member")
    if new.standing not in {standing.name for standing in charter.standings if standing.may_stand}:
        problems.append("a new member is in good standing")
    _refuse(problems, at.article, _NEW_MEMBER)
    return replace(state, organisations=(*state.organisations, new))


def _membership(state: State, at: At, act: acts.MembershipChanged) -> tuple[str, State]:
    organisation = state.organisation(act.member)
    if act.standing not in (known := [standing.name for standing in state.charter.standings]):
        raise Refused(f"{shown(act.standing)} is no standing ({at.article})", f"There are: {', '.join(known)}.")
    standing = state.charter.standing(act.standing)
    if organisation.standing == standing.name:
        raise Refused(f"{organisation.id} has the standing {standing.name!r} already ({standing.article})")
    before = state.charter.standing(organisation.standing)
    back = [one.name for one in state.charter.standings if one.may_stand]
    if not before.keeps_places and standing.name not in back:
        raise Refused(
            f"{organisation.id} has the standing {before.name!r} and is a member no more ({before.article}); "
            f"{standing.name!r} is for members ({standing.article})",
            f"It can be taken in again: --standing {' or '.join(back)}. "
            "If it never left, `ballot acts correct` takes back the act that says so.",
        )
    changed = structs.replace(organisation, standing=standing.name)
    state = replace(state, organisations=tuple(changed if o == organisation else o for o in state.organisations))
    if standing.keeps_places:
        return standing.article, state
    ended = [p for p in state.places if p.proxy and p.proxy.member == organisation.id]
    state = _put(state, *(structs.replace(place, proxy=None) for place in ended))
    leaving = [place for place in state.places if place.member == organisation.id]
    return standing.article, _leave(state, at, leaving, standing.article)


def _check_seat(state: State, place: Place, person: str, member: str) -> None:
    """Refuse a person who cannot take a seat, with every reason at once."""
    misfit = _organisation_problems(state, place, member)
    problems = list(misfit)
    if other := state.sits(person):
        article = state.charter.body(BODY).article
        problems.append(f"{person} holds {other.seat}, and nobody holds two places ({article})")
    if elsewhere := state.stands_in(person):
        article = state.charter.articles("provisions.proxy")[0].article
        problems.append(f"{person} is the proxy for {elsewhere.seat}; that ends first ({article})")
    _refuse(problems, hint=_ROLL if misfit else _SAME_NAME)


def _organisation_problems(state: State, place: Place, member: str) -> list[str]:
    organisation, kind, charter = state.organisation(member), state.kind(place), state.charter
    standing = charter.standing(organisation.standing)
    problems = []
    if not standing.may_stand:
        problems.append(f"{organisation.name} has the standing {standing.name!r} ({standing.article})")
    if organisation.kind != kind.member:
        article = f"{kind.article}, {charter.delegates(organisation.kind).article}"
        problems.append(f"{organisation.name} is no {kind.member} member, as {place.seat} needs ({article})")
    if place.region and organisation.region != place.region:
        problems.append(f"{organisation.name} is of {organisation.region}, not {place.region} ({kind.article})")
    return problems


def _refuse(problems: Sequence[str], article: str = "", hint: str = "") -> None:
    if problems:
        raise Refused("; ".join(problems) + (f" ({article})" if article else ""), hint)


def _put(state: State, *changed: Place) -> State:
    by_seat = {place.seat: place for place in changed}
    return replace(state, places=tuple(by_seat.get(place.seat, place) for place in state.places))


def _seated(place: Place, at: At, person: str, member: str, article: str) -> Place:
    return Place(place.seat, place.kind, place.region, person, member, at.on, at.number, article)


def _emptied(place: Place, at: At, article: str = "") -> Place:
    return _seated(place, at, "", "", article or at.article)


def _left(office: Office, at: At, article: str = "") -> Office:
    return Office(office.name, "", "", at.on, at.number, article or at.article, "")


def _leave(state: State, at: At, leaving: Sequence[Place], article: str) -> State:
    """Vacate places, and every office that their holders have: those are vacancies of their own."""
    held = {office.name for office in state.offices for p in leaving if same_name(office.person, p.person)}
    by_election = next(rule.article for rule in state.charter.vacancies if rule.by == "election")
    offices = tuple(_left(office, at, by_election) if office.name in held else office for office in state.offices)
    return replace(_put(state, *(_emptied(place, at, article) for place in leaving)), offices=offices)
