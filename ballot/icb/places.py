"""Who sits where: the Assembly's outcome, the places of the ICB, and the questions one asks of them.

In: values. Out: values. A place is one of the charter's seats, with an id such as `regional:Europe`, `ex-officio:2`,
`at-large:5` or `alternate:1`; it has a holder or is vacant. How places change is the business of `ballot.icb.seats`.
"""

from dataclasses import dataclass

from ballot.charter import Charter
from ballot.clauses import Seat
from ballot.coordination import BODY
from ballot.errors import Refused
from ballot.icb.secretary import Act, Organisation
from ballot.ranking import Ranking
from ballot.tables import id_key, name_key, shown
from ballot.votes import Contest
from ballot.wire import Wire


class Assembly(Wire, frozen=True):
    """What the ICB stands on: SHA-256 of the Assembly's record and charter, Ω, the day of the declaration, the result.

    `organisations` are the members on the Assembly's roll; `rankings` belong to `contests`, in their order.
    """

    record: str
    opening: str
    charter: str
    declared: str
    contests: tuple[Contest, ...]
    rankings: tuple[Ranking, ...]
    organisations: tuple[Organisation, ...]


class Proxy(Wire, frozen=True):
    """Who stands in for the holder of a seat; `member` is the id of the organisation."""

    person: str
    member: str
    since: str
    act: int
    article: str


class Place(Wire, frozen=True):
    """One place of the ICB and who holds it; `person` is empty while it is vacant.

    `since`, `act` (its number) and `article` say how it came to be held, or vacant. `declined` holds the ids of the
    alternates' places that have declined it since it fell vacant.
    """

    seat: str
    kind: str
    region: str
    person: str
    member: str
    since: str
    act: int
    article: str
    declined: tuple[str, ...] = ()
    proxy: Proxy | None = None

    @property
    def label(self) -> str:
        """What lists call it: the region of a region's seat, else the id; commands understand both."""
        return self.region or self.seat


class Office(Wire, frozen=True):
    """An office and who holds it; `person` is empty while it is vacant. `record` is the SHA-256 of the election's."""

    name: str
    person: str
    member: str
    since: str
    act: int
    article: str
    record: str


class Step(Wire, frozen=True):
    """One act as it was recorded: its number, date, article, and the number of the act that corrects it (0: none)."""

    number: int
    on: str
    act: Act
    article: str
    corrected_by: int = 0


class Voter(Wire, frozen=True):
    """Who votes for a seat at a meeting of the ICB: its holder, or the holder's proxy."""

    seat: str
    person: str
    member: str
    proxy: bool


@dataclass(frozen=True)
class State:
    """The ICB after a number of acts. Places stand in the order of the charter; `closed` is the day its terms ended."""

    charter: Charter
    assembly: Assembly
    places: tuple[Place, ...]
    offices: tuple[Office, ...]
    organisations: tuple[Organisation, ...]
    steps: tuple[Step, ...] = ()
    closed: str = ""

    def place(self, seat: str) -> Place:
        """The place with this id. Raises Refused when there is none."""
        for place in self.places:
            if place.seat == seat:
                return place
        held = [f"{place.seat} by {place.person}" for place in self.places if place.kind == seat and place.person]
        if held:
            raise Refused(f"no {shown(seat)} seat is vacant", f"Held are: {', '.join(held)}. Name the seat itself.")
        offices = ", ".join(office.name for office in self.offices) or "none was filled yet"
        raise Refused(
            f"the ICB has no seat and no office {shown(seat)} ({self.charter.body(BODY).article})",
            f"Its seats are: {', '.join(place.seat for place in self.places)}. Its offices: {offices}.",
        )

    def kind(self, place: Place) -> Seat:
        """What the charter says of a place's kind."""
        return self.charter.seat(place.kind)

    def sits(self, person: str) -> Place | None:
        """The place that a person holds; spellings that look alike are one person."""
        return next((p for p in self.places if p.person and same_name(p.person, person)), None)

    def stands_in(self, person: str) -> Place | None:
        """The place for which a person is the proxy."""
        return next((p for p in self.places if p.proxy and same_name(p.proxy.person, person)), None)

    def office(self, name: str) -> Office | None:
        """The office of this name, held or vacant; None when nobody was ever elected to it."""
        return next((office for office in self.offices if same_name(office.name, name)), None)

    def organisation(self, identity: str) -> Organisation:
        """The member of this id. Raises Refused when there is none."""
        for organisation in self.organisations:
            if organisation.id == identity:
                return organisation
        article = self.charter.act("member admitted").article
        like = [organisation.id for organisation in self.organisations if id_key(organisation.id) == id_key(identity)]
        raise Refused(
            f"there is no member {shown(identity)} ({article})",
            f"Give the id as the roll has it: {like[0]}."
            if like
            else "`ballot seats members` shows the id of each. The admission of a new one is recorded first.",
        )

    def alternates(self) -> tuple[Place, ...]:
        """The places of the alternates who are left, in the certified order."""
        return tuple(p for p in self.places if p.person and self.kind(p).origin == "alternates")

    def next_alternate(self, place: Place) -> Place | None:
        """The alternate who comes next for a vacant place: the first who has not declined it and can be seated."""
        for alternate in self.alternates():
            standing = self.charter.standing(self.organisation(alternate.member).standing)
            if alternate.seat not in place.declined and standing.may_stand:
                return alternate
        return None

    def why_no_alternate(self, place: Place) -> str:
        """Why no alternate comes next for a vacant place, and how long it stays vacant, in plain words."""
        if not (left := self.alternates()):
            return f"no alternate is left for {place.seat}; it stays vacant until the next Assembly"
        declined = [alternate.person for alternate in left if alternate.seat in place.declined]
        barred = [alternate for alternate in left if alternate.seat not in place.declined]
        reasons = [f"{' and '.join(declined)} declined it"] if declined else []
        for alternate in barred:
            standing = self.charter.standing(self.organisation(alternate.member).standing)
            problem = f"the standing {standing.name!r} ({standing.article})"
            reasons.append(f"{alternate.person} is of a member with {problem}")
        reasons.append("no other alternate is left")
        until = "that changes, or until the next Assembly" if barred else "the next Assembly"
        return f"nobody comes next for {place.seat}: {', '.join(reasons)}; it stays vacant until {until}"

    def voters(self) -> tuple[Voter, ...]:
        """Who votes in the ICB: the holder of every voting seat that is held, or the holder's proxy."""
        return tuple(
            Voter(p.seat, p.proxy.person, p.proxy.member, proxy=True)
            if p.proxy
            else Voter(p.seat, p.person, p.member, proxy=False)
            for p in self.places
            if p.person and self.kind(p).votes
        )

    def eligible(self) -> tuple[Place, ...]:
        """The places whose holders can be elected to an office: regular voting members in person, no proxies."""
        return tuple(p for p in self.places if p.person and self.why_no_officer(p) == "")

    def why_no_officer(self, place: Place) -> str:
        """Why the holder of a place cannot be elected to an office, with the article; empty when nothing forbids it."""
        kind = self.kind(place)
        if not (kind.executive and kind.votes):
            return f"holds {place.seat}, and {kind.text[0].lower()}{kind.text[1:-1]} ({kind.article})"
        standing = self.charter.standing(self.organisation(place.member).standing)
        if not standing.may_stand:
            return f"is of a member with the standing {standing.name!r} ({standing.article})"
        return ""


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are the same name."""
    return name_key(one) == name_key(other)
