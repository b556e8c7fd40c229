"""An ICB in memory for tests: an Assembly's outcome, acts with their papers, and keys for the journal."""

from collections.abc import Sequence
from functools import cache

from ballot.charter import Charter, builtin, load
from ballot.crypto import signing
from ballot.icb.journal import SignedAct, sign_act
from ballot.icb.places import Assembly, State
from ballot.icb.seats import found, perform
from ballot.icb.secretary import (
    Act,
    AlternateDeclined,
    Closed,
    Corrected,
    Dated,
    Designated,
    Document,
    Founded,
    MemberAdmitted,
    MembershipChanged,
    OfficerElected,
    Organisation,
    ProxyAppointed,
    ProxyEnded,
    Signer,
    VacancyDeclared,
    VacancyFilled,
)
from ballot.ranking import Drawn, rank
from ballot.votes import Candidate, Contest
from ballot.wire import sha256_hex

CHARTER = load(builtin("ima"))
DECLARED = "2026-05-03"
# Always the same keys, so that journals and certificates are the same texts.
SECRETARY, SECOND, NEXT = (signing.load_private(bytes([n] * 32)) for n in (1, 2, 3))


def digest(text: str) -> str:
    return sha256_hex(text.encode())


def paper(reference: str = "letter 1", *about: str) -> Document:
    """A document; one about something else is another one, whatever it is called."""
    return Document(reference, digest(" ".join((reference, *about))))


@cache
def organisations() -> tuple[Organisation, ...]:
    """Three regular members and one associate in every region: `R1A` to `R7C`, and `A1` to `A7`."""
    members = [
        Organisation(f"R{place}{letter}", f"Union {place}{letter}", region, "regular", "good")
        for place, region in enumerate(CHARTER.regions, start=1)
        for letter in "ABC"
    ]
    friends = [
        Organisation(f"A{place}", f"Friends {place}", region, "associate", "good")
        for place, region in enumerate(CHARTER.regions, start=1)
    ]
    return (*members, *friends)


def assembly(candidates: int = 14, tied: bool = True) -> Assembly:
    """An Assembly that elected candidate i at place i, `Person i` of an A member; 10 and 11 tied, and 11 was drawn."""
    members = organisations()
    people = tuple(
        Candidate(n, f"Person {n}", members[3 * n % 21].id, members[3 * n % 21].name, members[3 * n % 21].region)
        for n in range(1, candidates + 1)
    )
    totals = {n: 100 - n for n in range(1, candidates + 1)}
    lots = []
    if tied and candidates > 10:
        totals[11] = totals[10]
        lots = [Drawn((10, 11), (11, 10))]
    rule = CHARTER.rule("at-large")
    ranking = rank(totals, rule.regular, rule.alternates, lots)
    contest = Contest("At-large members", "at-large", 0, 12, people)
    return Assembly(
        digest("record"), digest("opening"), digest("charter"), DECLARED, (contest,), (ranking,), organisations()
    )


def founding() -> Founded:
    return Founded(
        digest("opening"),
        digest("record"),
        digest("charter"),
        Signer("Sri Secretary", signing.public_hex(SECRETARY)),
        Signer("Chidi Chair", signing.public_hex(SECOND)),
    )


def start(charter: Charter = CHARTER, outcome: Assembly | None = None) -> State:
    """The state after the founding."""
    return perform(found(charter, outcome or assembly()), Dated(DECLARED, founding()))


def after(state: State, *acts: Act, on: str = "") -> State:
    """The state after more acts, all on one day (that of the last act unless given)."""
    for act in acts:
        state = perform(state, Dated(on or state.steps[-1].on, act))
    return state


def full() -> State:
    """An ICB with every place held: the regions send `Region i`, the associates `Friend i`."""
    return after(start(), *designations())


def designations() -> list[Act]:
    acts: list[Act] = [
        designate(f"regional:{region}", f"Region {n}", f"R{n}B") for n, region in enumerate(CHARTER.regions, start=1)
    ]
    return [*acts, *(designate(f"ex-officio:{n}", f"Friend {n}", f"A{n}") for n in (1, 2))]


def designate(seat: str, person: str, member: str) -> Designated:
    return Designated(seat, person, member, paper("letter 1", "designate", seat, person))


def vacate(place: str) -> VacancyDeclared:
    return VacancyDeclared(place, "resignation", "member", paper("letter 1", "vacate", place))


def fill(seat: str, person: str, member: str) -> VacancyFilled:
    return VacancyFilled(seat, person, member, paper("letter 1", "fill", seat, person))


def decline(seat: str, person: str) -> AlternateDeclined:
    return AlternateDeclined(seat, person, paper("letter 1", "decline", seat, person))


def proxy(seat: str, person: str, member: str) -> ProxyAppointed:
    return ProxyAppointed(seat, person, member, paper("letter 1", "proxy", seat, person))


def end_proxy(seat: str) -> ProxyEnded:
    return ProxyEnded(seat, paper("letter 1", "proxy ends", seat))


def officer(office: str, person: str, present: int = 15) -> OfficerElected:
    return OfficerElected(
        office, person, digest("officer opening"), digest("officer record"), present, paper("minutes")
    )


def membership(member: str, standing: str) -> MembershipChanged:
    return MembershipChanged(member, standing, paper("letter", member, standing), paper("minutes"))


def correct(number: int) -> Corrected:
    return Corrected(number, "the name was misspelt")


def member_of(person: str) -> str:
    """The member of one of the Assembly's candidates."""
    return next(c.member for c in assembly().contests[0].candidates if c.name == person)


def journal_of(acts: Sequence[Dated]) -> tuple[SignedAct, ...]:
    """The journal of these acts, signed by both."""
    journal: tuple[SignedAct, ...] = ()
    for dated in acts:
        journal = (*journal, sign_act(CHARTER, journal, dated, SECRETARY, SECOND))
    return journal


def acts_of(state: State) -> list[Dated]:
    return [Dated(step.on, step.act) for step in state.steps]


def promote(state: State, seat: str, person: str) -> State:
    """The state after a seat fell vacant and a person took it."""
    return after(state, vacate(seat), fill(seat, person, member_of(person)))


def closed() -> State:
    """A full ICB after the succeeding Assembly."""
    return after(full(), Closed(paper("the next record")), on="2029-05-06")


def admit(
    identity: str = "R8",
    region: str = "Europe",
    kind: str = "regular",
    standing: str = "good",
    name: str = "Union 8",
) -> MemberAdmitted:
    return MemberAdmitted(Organisation(identity, name, region, kind, standing), paper("minutes"))
