"""Who may vote: members, their delegates and the roll, and the form of the roll that is published.

In: values read from lists, and a charter. Out: the roll, its published form without names, and every place where it
breaks the charter. Identity lives here and nowhere from the booth on.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ballot.charter import Charter
from ballot.crypto.signing import load_public
from ballot.errors import Invalid, Refused
from ballot.tables import id_key, id_problem, name_key, shown, text_problem
from ballot.wire import Wire, tagged

MIN_SALT = 16
"""Shortest salt for a name, in bytes; a shorter one could be tried out together with likely names."""

_APOSTROPHES = "'\u2019\u02bc\u2018\u02bb"
"""What a keyboard or an editor puts for one: the hash of a name knows one of them, and people cannot tell which."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_NAME_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(rf"[0-9a-f]{{{2 * MIN_SALT}}}")


class Member(Wire, frozen=True):
    """A member organisation; `country` is an ISO 3166-1 code of two letters, `kind` and `standing` the charter's."""

    id: str
    organisation: str
    country: str
    region: str
    kind: str
    standing: str


class Delegate(Wire, frozen=True):
    """A person sent by a member; `number` from 1, `credentials` names the letter that accredits them (VI §2(b)).

    `key` is the Ed25519 key that signs the delegate's request for a paper, 64 hex digits, or empty.
    """

    number: int
    name: str
    member: str
    voting: bool
    credentials: str
    key: str


class Roll(Wire, frozen=True):
    """All members, by id, and all delegates, by number."""

    members: tuple[Member, ...]
    delegates: tuple[Delegate, ...]

    def voting_delegates(self) -> tuple[Delegate, ...]:
        """The delegates who may have a paper, by number."""
        return tuple(sorted((d for d in self.delegates if d.voting), key=lambda d: d.number))

    def delegate(self, number: int) -> Delegate:
        """The delegate of this number. Raises Refused when there is none."""
        for delegate in self.delegates:
            if delegate.number == number:
                return delegate
        raise Refused(f"there is no delegate {number} on the roll", "Look the number up in the list of delegates.")

    def member(self, identity: str) -> Member:
        """The member of this id. Raises Refused when there is none."""
        for member in self.members:
            if member.id == identity:
                return member
        raise Refused(f"there is no member {shown(identity)} on the roll", "Look the id up in the list of members.")


class PublicMember(Wire, frozen=True):
    """What is published of a member; kept apart from Member so that a field added there is not published."""

    id: str
    organisation: str
    country: str
    region: str
    kind: str
    standing: str


class PublicDelegate(Wire, frozen=True):
    """What is published of a delegate: no name, but a salted hash that the delegate can check (`find_name`)."""

    number: int
    member: str
    voting: bool
    name_hash: str
    key: str


class PublicRoll(Wire, frozen=True):
    """The published roll: members sorted by id, delegates by number."""

    version: int
    members: tuple[PublicMember, ...]
    delegates: tuple[PublicDelegate, ...]


@dataclass(frozen=True)
class Breach:
    """One place where members or delegates break the charter, by position in the sequence that was checked."""

    table: Literal["members", "delegates"]
    index: int
    field: str
    problem: str


def voting_members(members: Sequence[Member | PublicMember], charter: Charter) -> int:
    """How many members can vote, whether they send a delegate or not."""
    kinds = {rule.name for rule in charter.members if rule.voting}
    standings = {standing.name for standing in charter.standings if standing.votes}
    return sum(member.kind in kinds and member.standing in standings for member in members)


def publish(roll: Roll, salts: Mapping[int, bytes]) -> PublicRoll:
    """The published form of a roll; `salts` holds secret random bytes (16 or more) for every delegate's number.

    Raises Refused when a delegate's salt is missing or too short.
    """
    for delegate in roll.delegates:
        if len(salts.get(delegate.number, b"")) < MIN_SALT:
            raise Refused(f"delegate {delegate.number} has no salt of at least {MIN_SALT} bytes")
    members = (
        PublicMember(m.id, m.organisation, m.country, m.region, m.kind, m.standing)
        for m in sorted(roll.members, key=lambda m: m.id)
    )
    delegates = (
        PublicDelegate(d.number, d.member, d.voting, name_hash(salts[d.number], d.number, d.name), d.key)
        for d in sorted(roll.delegates, key=lambda d: d.number)
    )
    return PublicRoll(1, tuple(members), tuple(delegates))


def read_salt(text: str) -> bytes:
    """A salt that somebody typed, 32 hex digits. Raises Invalid."""
    if not _SALT.fullmatch(text.lower()):
        raise Invalid(f"a salt is {2 * MIN_SALT} hex digits", "Type it as the committee gave it.")
    return bytes.fromhex(text)


def find_name(
    roll: PublicRoll, replaced: Sequence[str], number: int, name: str, salt: bytes
) -> tuple[PublicDelegate, bool]:
    """The delegate of a number who has, or had, this name, and whether nobody else comes by now.

    `replaced` holds the hashes of the names of those who came later, in order. The name may have another apostrophe
    than on the list. Raises Invalid when there is no such delegate, or name and salt fit none of the hashes.
    """
    delegate = next((one for one in roll.delegates if one.number == number), None)
    if delegate is None:
        raise Invalid(f"there is no delegate {number} on the published roll")
    hashes = delegate.name_hash, *replaced
    plain = unicodedata.normalize("NFC", name)
    if problem := text_problem(plain):
        raise Invalid(f"the name: {problem}", "Type it again, in a terminal whose texts are UTF-8.")
    found = next((one for one in (name_hash(salt, number, text) for text in _spellings(plain)) if one in hashes), "")
    if not found:
        raise Invalid(f"name and salt are not those of delegate {number} on the published roll")
    return delegate, found == hashes[-1]


def _spellings(name: str) -> list[str]:
    """The name as it is, and with each of the apostrophes in the place of all that it has."""
    return [name, *(re.sub(f"[{_APOSTROPHES}]", sign, name) for sign in _APOSTROPHES)]


def check_public(roll: PublicRoll, charter: Charter) -> list[str]:
    """Every breach of the charter and of the published form, as plain sentences; empty when there is none."""
    problems = [] if roll.version == 1 else [f"the roll has version {roll.version}, only 1 is known"]
    if [m.id for m in roll.members] != sorted(m.id for m in roll.members):
        problems.append("the members are not sorted by id")
    if [d.number for d in roll.delegates] != sorted(d.number for d in roll.delegates):
        problems.append("the delegates are not sorted by number")
    for member in roll.members:
        problem = text_problem(member.organisation) or ("" if member.organisation else "is empty")
        if problem:
            problems.append(f"member {shown(member.id)}, organisation: {problem}")
        if not _COUNTRY.fullmatch(member.country):
            problems.append(f"member {shown(member.id)}, country: not two capital letters")
    problems.extend(
        f"delegate {delegate.number}, name_hash: not 64 lower-case hex digits"
        for delegate in roll.delegates
        if not _NAME_HASH.fullmatch(delegate.name_hash)
    )
    first: dict[str, int] = {}
    for delegate in roll.delegates:
        if (other := first.setdefault(delegate.name_hash, delegate.number)) != delegate.number:
            problems.append(f"delegate {delegate.number}, name_hash: it is also that of delegate {other}")
    for breach in breaches(roll.members, roll.delegates, charter):
        if breach.table == "members":
            where = f"member {shown(roll.members[breach.index].id)}"
        else:
            where = f"delegate {roll.delegates[breach.index].number}"
        problems.append(f"{where}, {breach.field}: {breach.problem}")
    return problems


def breaches(
    members: Sequence[Member | PublicMember], delegates: Sequence[Delegate | PublicDelegate], charter: Charter
) -> list[Breach]:
    """Every place where members and delegates break the charter, or have an id, a name, a number or a key twice."""
    found = [*_member_breaches(members, charter), *_namesake_breaches(members, charter)]
    known: dict[str, Member | PublicMember] = {}
    for member in members:
        known.setdefault(member.id, member)
    found += _key_breaches(delegates)
    sent: dict[str, list[int]] = defaultdict(list)
    first: dict[int, int] = {}
    for index, delegate in enumerate(delegates):
        if delegate.number < 1:
            found.append(Breach("delegates", index, "number", "not a whole number from 1"))
        elif first.setdefault(delegate.number, index) != index:
            found.append(Breach("delegates", index, "number", f"{delegate.number} is used twice"))
        if delegate.member in known:
            sent[delegate.member].append(index)
        else:
            found.append(Breach("delegates", index, "member", f"there is no member {shown(delegate.member)}"))
    for identity, indexes in sent.items():
        found.extend(_delegation_breaches(known[identity], indexes, delegates, charter))
    return found


def _member_breaches(members: Sequence[Member | PublicMember], charter: Charter) -> Iterator[Breach]:
    kinds = [rule.name for rule in charter.members]
    standings = [standing.name for standing in charter.standings]
    first: dict[str, str] = {}
    for index, member in enumerate(members):
        if problem := id_problem(member.id):
            yield Breach("members", index, "id", problem)
        key = id_key(member.id)
        if key not in first:
            first[key] = member.id
        elif first[key] == member.id:
            yield Breach("members", index, "id", f"{shown(member.id)} is used twice")
        else:
            problem = f"{shown(member.id)} is easily mistaken for {shown(first[key])}"
            yield Breach("members", index, "id", problem)
        for field, value, allowed in (
            ("region", member.region, charter.regions),
            ("kind", member.kind, kinds),
            ("standing", member.standing, standings),
        ):
            if value not in allowed:
                problem = f"{shown(value)} is not in the charter, which has: {', '.join(allowed)}"
                yield Breach("members", index, field, problem)


def _namesake_breaches(members: Sequence[Member | PublicMember], charter: Charter) -> Iterator[Breach]:
    # In a kind with a body of its own every member is a seat, and two seats can be held from one organisation.
    seats = {rule.name for rule in charter.members if rule.body}
    first: dict[str, str] = {}
    for index, member in enumerate(members):
        if not member.organisation or member.kind in seats:
            continue
        other = first.setdefault(name_key(member.organisation), member.id)
        if other != member.id:
            problem = f"{shown(member.organisation)} is the same name as that of the member {shown(other)}"
            yield Breach("members", index, "organisation", problem)


def _key_breaches(delegates: Sequence[Delegate | PublicDelegate]) -> Iterator[Breach]:
    first: dict[str, int] = {}
    for index, delegate in enumerate(delegates):
        if not delegate.key:
            continue
        try:
            load_public(delegate.key)
        except Invalid as error:
            yield Breach("delegates", index, "key", error.message)
        if first.setdefault(delegate.key, index) != index:
            yield Breach("delegates", index, "key", "this key is another delegate's: everyone makes a key of their own")


def _delegation_breaches(
    member: Member | PublicMember,
    indexes: Sequence[int],
    delegates: Sequence[Delegate | PublicDelegate],
    charter: Charter,
) -> Iterator[Breach]:
    rule = next((rule for rule in charter.members if rule.name == member.kind), None)
    standing = next((standing for standing in charter.standings if standing.name == member.standing), None)
    if rule is None or standing is None:
        return
    who = f"{member.kind} member {shown(member.id)}"
    if not rule.min <= len(indexes) <= rule.max:
        place = indexes[rule.max] if len(indexes) > rule.max else indexes[0]
        problem = f"the {who} sends {len(indexes)}, allowed are {rule.min} to {rule.max} ({rule.article})"
        yield Breach("delegates", place, "member", problem)
    voters = [index for index in indexes if delegates[index].voting]
    if not standing.votes:
        for index in voters:
            problem = f"the {who} has the standing {member.standing} and does not vote ({standing.article})"
            yield Breach("delegates", index, "voting", problem)
        return
    for index in voters[rule.voting :]:
        problem = f"the {who} has more voting delegates than {rule.voting} ({rule.article})"
        yield Breach("delegates", index, "voting", problem)
    if len(voters) < rule.voting:
        problem = f"the {who} has {len(voters)} voting delegates, it must have {rule.voting} ({rule.article})"
        yield Breach("delegates", indexes[0], "voting", problem)


def name_hash(salt: bytes, number: int, name: str) -> str:
    """What is published instead of a delegate's name, 64 hex digits; only who knows the salt can try names out."""
    return tagged("delegate-name", salt, str(number), name)[:32].hex()
