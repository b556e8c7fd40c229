"""What a charter with seats of the ICB must say: in, a charter; out, all for which no ICB could be founded, or serve.

It is told before anybody votes: the charter of an election is frozen at its opening, and the ICB founded after it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ballot.clauses import Part, Seat
from ballot.tables import id_key, id_problem, text_problem

if TYPE_CHECKING:
    from ballot.charter import Charter

BODY = "icb"
"""The charter's name for the body whose seats the Assembly's record fills."""

EXECUTIVE = "executive"
"""The charter's name for the body of its officers."""

ACTS = (
    "founded",
    "designated",
    "vacancy declared",
    "vacancy filled",
    "alternate declined",
    "proxy appointed",
    "proxy ended",
    "officer elected",
    "member admitted",
    "membership changed",
    "signer changed",
    "corrected",
    "closed",
)
"""What its secretary records."""

CITED = ("proxy", "journal")
"""The provisions that are cited where an act is refused."""


def icb_contradictions(charter: "Charter") -> Iterator[tuple[str, str]]:
    """Places of the charter and what is wrong there; nothing in a charter without seats of the ICB."""
    seats = [seat for seat in charter.seats if seat.body == BODY]
    if not seats:
        return
    wanted: tuple[tuple[str, Sequence[Part], Sequence[str]], ...] = (
        ("acts", charter.acts, ACTS),
        ("provisions", charter.provisions, CITED),
        ("bodies", charter.bodies, (EXECUTIVE,)),
    )
    for table, parts, names in wanted:
        for name in sorted(set(names) - {part.name for part in parts}):
            yield f"{table}.{name}", "it is missing, and a charter with seats of the ICB needs it"
    kinds = [kind for kind in charter.members if kind.body == BODY]
    # Of several, or of none, it is told elsewhere.
    for kind in kinds if len(kinds) == 1 else ():
        if not (kind.min <= 1 == kind.voting and kind.may_stand):
            yield f"members.{kind.name}", "a seat of the ICB sends one delegate, who votes and can be voted in"
    yield from _names(charter, seats)
    yield from _elected(charter, seats)


def _names(charter: "Charter", seats: Sequence[Seat]) -> Iterator[tuple[str, str]]:
    """Seats that could not be named in an act, or on the roll of a meeting."""
    first: dict[str, str] = {}
    for seat in seats:
        where = f"seats.{seat.name}"
        if (other := first.setdefault(id_key(seat.name), seat.name)) != seat.name:
            yield where, f"it is easily mistaken for {other!r}"
        if seat.votes and (problem := id_problem(f"{seat.name.upper()}-{seat.number}")):
            yield where, f"as a member of the ICB's meetings: {problem}"
        for region in charter.regions if seat.origin == "regions" else ():
            if problem := text_problem(f"{seat.name}:{region}"):
                yield where, f"with its region: {problem}"


def _elected(charter: "Charter", seats: Sequence[Seat]) -> Iterator[tuple[str, str]]:
    """Seats that one election of the Assembly could not fill, or would fill with the same people."""
    rules = {rule.name: rule for rule in charter.rules}
    first: dict[tuple[str, str], str] = {}
    body = ""
    for seat in seats:
        where, rule = f"seats.{seat.name}.rule", rules.get(seat.rule)
        if seat.origin not in ("regular", "alternates") or rule is None:
            continue
        if (other := first.setdefault((seat.rule, seat.origin), seat.name)) != seat.name:
            yield where, f"the seats of the kind {other!r} are filled with the same people"
        if rule.majority:
            yield where, "who stands in a run-off has no seat yet, and the ICB is founded on one election"
        if (body := body or rule.body) != rule.body:
            yield where, f"other seats are elected by the body {body!r}, and the ICB is founded on one election"
