"""The rules of an organisation as data: in, the bytes of a charter file (TOML); out, a Charter with typed parts.

Every part carries the article it comes from and a short paraphrase, which a declaration cites. A charter is
identified by the SHA-256 of its bytes, so whoever needs that keeps the bytes beside the value.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec

from ballot.clauses import (
    ActRule,
    Body,
    Decision,
    DelegateRule,
    Interpretation,
    Notice,
    Part,
    Rule,
    Seat,
    Standing,
    TieRule,
    VacancyRule,
)
from ballot.coordination import icb_contradictions
from ballot.errors import BadInput, Fault, Refused
from ballot.tables import name_key, text_problem
from ballot.toml import read_toml, shape_faults
from ballot.wire import Wire, sha256_hex

MAX_BYTES = 256 * 1024
"""Largest charter file that is read, in bytes."""


DECLARED = ("secret-ballot", "credentials", "term", "vacancy")
"""The provisions that every declaration cites."""


class Charter(Wire, frozen=True):
    """A whole charter. Parts of one table have distinct names; the fields are the tables of the file."""

    name: str
    title: str
    regions: tuple[str, ...]
    members: tuple[DelegateRule, ...]
    standings: tuple[Standing, ...]
    bodies: tuple[Body, ...]
    seats: tuple[Seat, ...]
    vacancies: tuple[VacancyRule, ...]
    rules: tuple[Rule, ...]
    decisions: tuple[Decision, ...]
    notices: tuple[Notice, ...]
    ties: tuple[TieRule, ...]
    acts: tuple[ActRule, ...]
    provisions: tuple[Part, ...]
    interpretations: tuple[Interpretation, ...]

    def rule(self, name: str) -> Rule:
        """The rule of this name for electing people. Raises Refused when there is none."""
        return _named(self.rules, name, "rule {} for electing people", "rules")

    def decision(self, name: str) -> Decision:
        """The rule of this name for deciding a question. Raises Refused when there is none."""
        return _named(self.decisions, name, "rule {} for deciding a question", "rules")

    def question(self, name: str) -> Decision | None:
        """The decision under which contests of this rule stand; None when they elect people.

        Raises Refused when the charter has no such rule.
        """
        if name in {decision.name for decision in self.decisions} - {rule.name for rule in self.rules}:
            return self.decision(name)
        if name not in {rule.name for rule in self.rules}:
            people = [rule.name for rule in self.rules]
            questions = [decision.name for decision in self.decisions if decision.name not in people]
            raise Refused(
                f"the charter has no rule {name!r}",
                f"Its rules for electing are {', '.join(people)}, for questions {', '.join(questions)}.",
            )
        return None

    def body_of(self, rule: str) -> Body:
        """The body that holds contests of this rule. Raises Refused when the charter has no such rule."""
        return self.body((self.question(rule) or self.rule(rule)).body)

    def electorate(self, body: str) -> tuple[str, ...]:
        """The kinds of members on the roll of a body: its own seats where it has such a kind, else organisations."""
        own = tuple(member.name for member in self.members if member.body == body)
        return own or tuple(member.name for member in self.members if not member.body)

    def delegates(self, kind: str) -> DelegateRule:
        """What holds for the delegates of a kind of member. Raises Refused for an unknown kind."""
        return _named(self.members, kind, "kind of member {}", "kinds")

    def standing(self, name: str) -> Standing:
        """What a member's standing means. Raises Refused for an unknown one."""
        return _named(self.standings, name, "standing {}", "standings")

    def body(self, name: str) -> Body:
        """The body of this name. Raises Refused when there is none."""
        return _named(self.bodies, name, "body {}", "bodies")

    def seat(self, kind: str) -> Seat:
        """What holds for a kind of seat. Raises Refused for an unknown kind."""
        return _named(self.seats, kind, "kind of seat {}", "kinds")

    def vacancy(self, name: str) -> VacancyRule:
        """The rule of this name for filling a vacancy. Raises Refused when there is none."""
        return _named(self.vacancies, name, "rule {} for vacancies", "rules")

    def act(self, name: str) -> ActRule:
        """What holds for an act of the secretary. Raises Refused for an unknown one."""
        return _named(self.acts, name, "act {}", "acts")

    def articles(self, *topics: str) -> tuple[Part, ...]:
        """The parts to cite for topics written `table.name`, such as `rules.at-large` or `provisions.secret-ballot`.

        In the order asked for; without topics, every part, table by table. Raises Refused for an unknown topic.
        """
        parts = {f"{table}.{part.name}": part for table, part in _parts(self)}
        unknown = [topic for topic in topics if topic not in parts]
        if unknown:
            raise Refused(f"the charter has nothing under {', '.join(unknown)}")
        return tuple(parts[topic] for topic in topics or parts)


P = TypeVar("P", bound=Part)


def _named(parts: tuple[P, ...], name: str, what: str, table: str) -> P:
    for part in parts:
        if part.name == name:
            return part
    known = ", ".join(part.name for part in parts)
    raise Refused(f"the charter has no {what.format(repr(name))}", f"Its {table} are: {known}.")


def builtin(name: str) -> bytes:
    """Bytes of a charter that comes with the program, such as `ima`. Raises Refused when there is none of this name."""
    known = sorted(entry.name.removesuffix(".toml") for entry in _shipped())
    if name not in known:
        raise Refused(f"no charter {name!r} comes with the program", f"There is: {', '.join(known)}.")
    return resources.files("ballot").joinpath("rules", f"{name}.toml").read_bytes()


def shipped(digest: str) -> "Charter | None":
    """The charter that comes with the program and has this SHA-256, in hex; None when there is none."""
    found = (builtin(entry.name.removesuffix(".toml")) for entry in _shipped())
    return next((load(data) for data in found if sha256_hex(data) == digest), None)


@cache
def load(data: bytes, name: str = "charter") -> Charter:
    """Read a charter file, the same bytes once; `name` names it in faults.

    Raises BadInput with every fault at once: not UTF-8 or TOML, missing or unknown keys, values of a wrong type or
    range, names used twice, numbers that contradict each other.
    """
    table = read_toml(data, name, MAX_BYTES)
    faults = [Fault(name, 0, path, problem) for path, problem in shape_faults(Charter, table, _text_fault)]
    if faults:
        raise BadInput(faults)
    charter = msgspec.convert(table, Charter)
    faults = [Fault(name, 0, path, problem) for path, problem in _contradictions(charter)]
    if faults:
        raise BadInput(faults)
    return charter


def _shipped() -> Iterator[Any]:
    return (entry for entry in resources.files("ballot").joinpath("rules").iterdir() if entry.name.endswith(".toml"))


def _text_fault(text: str) -> str:
    return text_problem(text) or ("" if text else "the text is empty")


def _contradictions(charter: Charter) -> Iterator[tuple[str, str]]:
    for topic, times in Counter(f"{table}.{part.name}" for table, part in _parts(charter)).items():
        if times > 1:
            yield topic, "the name is used twice"
    for name in DECLARED:
        if name not in {part.name for part in charter.provisions}:
            # Else a box would be counted, and its result could never be declared.
            yield f"provisions.{name}", "it is missing, and every declaration cites it"
    first: dict[str, str] = {}
    for region in charter.regions:
        key = name_key(region)
        if key in first:
            yield "regions", f"{region!r} is the same name as {first[key]!r}"
        first.setdefault(key, region)
    for member in charter.members:
        if not member.voting <= member.min <= member.max or not member.max:
            yield f"members.{member.name}", "voting is at most min, min at most max, and max at least 1"
    bodies = {body.name for body in charter.bodies}
    for table, part in _parts(charter):
        # Only a kind of member is without one: of what else has a body, an empty text is refused before.
        if isinstance(part, Seat | Rule | Decision | DelegateRule) and part.body not in bodies | {""}:
            yield f"{table}.{part.name}.body", f"there is no body {part.body!r}"
        if isinstance(part, Body | Decision):
            share = part.quorum if isinstance(part, Body) else part.share
            top, _, bottom = share.partition("/")
            if share and int(top) > int(bottom):
                yield f"{table}.{part.name}", f"the fraction {share} is more than the whole"
    if not any(standing.votes and standing.may_stand for standing in charter.standings):
        yield "standings", "in none of them a member can both vote and be voted in"
    yield from _body_contradictions(charter)
    yield from _seat_contradictions(charter)
    yield from icb_contradictions(charter)
    shares = {decision.name for decision in charter.decisions if decision.of == "votes cast"}
    for rule in charter.rules:
        if rule.majority and (rule.majority not in shares or (rule.seats, rule.run_off > 1) != (1, True)):
            problem = "must name a decision by votes cast, for one place, with at least two people in a run-off"
            yield f"rules.{rule.name}.majority", problem
        if rule.regular < 1 or rule.seats != rule.regular + rule.alternates:
            yield f"rules.{rule.name}.seats", "must be regular plus alternates, with at least one regular place"
        if rule.max_marks < 1 or rule.min_marks > rule.max_marks:
            yield f"rules.{rule.name}.max_marks", "must be at least 1 and not below min_marks"
        if rule.name not in {tie.name for tie in charter.ties}:
            yield f"ties.{rule.name}", "a rule that elects people needs a rule for ties"


def _body_contradictions(charter: Charter) -> Iterator[tuple[str, str]]:
    for body in charter.bodies:
        filled = sum(seat.number for seat in charter.seats if seat.body == body.name)
        if filled != body.seats:
            yield f"bodies.{body.name}.seats", f"{body.seats}, but its kinds of seats add up to {filled}"
        kinds = sum(member.body == body.name for member in charter.members)
        if body.seats and kinds != 1:
            yield f"bodies.{body.name}", f"a body with seats needs one kind of member for them, and there are {kinds}"
    if not any(vacancy.by == "election" for vacancy in charter.vacancies):
        # Whoever leaves a seat leaves an office too, and that vacancy has a rule of its own.
        yield "vacancies", "none of them says that an office is filled by an election"


def _seat_contradictions(charter: Charter) -> Iterator[tuple[str, str]]:
    rules = {rule.name: rule for rule in charter.rules}
    by = {vacancy.name: vacancy.by for vacancy in charter.vacancies}
    for seat in charter.seats:
        if seat.vacancy and seat.vacancy not in by:
            yield f"seats.{seat.name}.vacancy", f"there is no rule {seat.vacancy!r} for vacancies"
        elif seat.vacancy and by[seat.vacancy] == "election":
            yield (
                f"seats.{seat.name}.vacancy",
                "an election fills offices; a seat is filled by designation or by an alternate",
            )
        if seat.member not in {member.name for member in charter.members}:
            yield f"seats.{seat.name}.member", f"there is no kind of member {seat.member!r}"
        if seat.origin == "regions" and seat.number != len(charter.regions):
            yield "regions", f"there are {len(charter.regions)}, but {seat.number} seats of the kind {seat.name!r}"
        if seat.origin in ("regular", "alternates"):
            rule = rules.get(seat.rule)
            if rule is None:
                yield f"seats.{seat.name}.rule", f"there is no rule {seat.rule!r} for electing people"
            elif seat.number != (rule.regular if seat.origin == "regular" else rule.alternates):
                yield f"rules.{rule.name}.seats", f"it does not elect the {seat.number} of the kind {seat.name!r}"


def _parts(charter: Charter) -> Iterator[tuple[str, Part]]:
    for field in msgspec.structs.fields(Charter):
        value = getattr(charter, field.name)
        if isinstance(value, tuple):
            yield from ((field.name, part) for part in value if isinstance(part, Part))
