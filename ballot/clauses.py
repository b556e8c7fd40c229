"""The parts of a charter: what each says, as data, with the article that it comes from.

Which tables a charter has and what holds between its parts is in `ballot.charter`.
"""

from typing import Annotated, Literal

import msgspec

from ballot.votes import Marks
from ballot.wire import Wire

Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Fraction = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$")]


class Part(Wire, frozen=True):
    """What every part of a charter has: a name, the article it comes from, and what that says in short."""

    name: str
    article: str
    text: str


class DelegateRule(Part, frozen=True):
    """How many delegates a kind of member sends (`min` to `max`), how many vote, and whether it can be voted in.

    A kind with a `body` is a seat of that body, and stands on the rolls of its meetings only.
    """

    min: Count
    max: Count
    voting: Count
    may_stand: bool
    body: str = ""


class Standing(Part, frozen=True):
    """What a member's standing does to its rights, and whether its people keep the places they already have."""

    votes: bool
    may_stand: bool
    keeps_places: bool


class Body(Part, frozen=True):
    """A body, who votes in it, its fixed seats (0: none) and its quorum (empty: those present, after notice)."""

    electorate: str
    seats: Count = 0
    quorum: Fraction | Literal[""] = ""


class Seat(Part, frozen=True):
    """A kind of seat in a body: how many, how they are first filled, their rights, and what fills a vacancy.

    `origin` says who fills them: every region one, a caucus, or the Assembly's election under `rule` (its regular
    places or its alternates). `member` is the kind of member that the holder and a proxy come from, `alternate_proxy`
    whether an alternate may be that proxy; `vacancy` names the rule for a vacancy (empty: it stays vacant).
    """

    body: str
    number: Count
    origin: Literal["regions", "caucus", "regular", "alternates"]
    member: str
    votes: bool
    executive: bool
    proxy: bool
    alternate_proxy: bool
    vacancy: str = ""
    rule: str = ""


class VacancyRule(Part, frozen=True):
    """Who fills a vacancy: whoever is designated by letter, the next alternate, or whoever an election gives."""

    by: Literal["designation", "alternate", "election"]


class Rule(Part, frozen=True):
    """A contest that elects people: places, how they divide, and the marks a ballot may hold.

    Where a `majority` is wanted it names the decision that says which; without it the `run_off` with the most votes
    stand again.
    """

    body: str
    seats: Count
    regular: Count
    alternates: Count
    min_marks: Marks
    max_marks: Marks
    majority: str = ""
    run_off: Count = 0


class Decision(Part, frozen=True):
    """A contest on a question: it passes with more than, or at least, this share of those named in `of`.

    `blanks` says whether a blank ballot is one of the votes cast.
    """

    body: str
    passes: Literal["more than", "at least"]
    share: Fraction
    of: Literal["members present", "votes cast", "members", "regular members"]
    blanks: bool = False


class Notice(Part, frozen=True):
    """How long before (or within which time) something has to happen."""

    period: Count
    unit: Literal["weeks", "months"]


class TieRule(Part, frozen=True):
    """How a tie that matters is decided in the contests of the rule that has the same name."""

    method: Literal["lots"]


class ActRule(Part, frozen=True):
    """An act that the secretary of a body records, and whether a second officer signs it too."""

    second_signature: bool


class Interpretation(Wire, frozen=True):
    """A point on which the constitution is silent, the default taken, and the article it belongs to."""

    point: str
    default: str
    article: str
