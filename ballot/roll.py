"""Lists of members, delegates and candidates: in, the bytes of CSV files and a charter; out, a Roll and Candidates.

Every fault of a list is found before anything is used, with file, row and field.

members.csv:    id,organisation,country,region,kind,standing
delegates.csv:  number,name,member,voting,credentials,key  (voting is `yes` or `no`; the column key may be missing)
candidates.csv: number,name,organisation,region,member
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ballot.charter import Charter
from ballot.errors import Fault
from ballot.people import Delegate, Member, Roll, breaches
from ballot.tables import Table, name_key, number_faults, read_table, same_name_faults, shown, whole_number
from ballot.votes import Candidate

MEMBER_COLUMNS = ("id", "organisation", "country", "region", "kind", "standing")
DELEGATE_COLUMNS = ("number", "name", "member", "voting", "credentials")
KEY = "key"
"""The optional column of delegates.csv: public keys from `ballot delegate new`, where delegates have made one."""
CANDIDATE_COLUMNS = ("number", "name", "organisation", "region", "member")

# ISO 3166-1 alpha-2 by first letter, and XK, which is in common use for Kosovo.
_COUNTRIES = {
    "A": "DEFGILMOQRSTUWXZ",
    "B": "ABDEFGHIJLMNOQRSTVWYZ",
    "C": "ACDFGHIKLMNORUVWXYZ",
    "D": "EJKMOZ",
    "E": "CEGHRST",
    "F": "IJKMOR",
    "G": "ABDEFGHILMNPQRSTUWY",
    "H": "KMNRTU",
    "I": "DELMNOQRST",
    "J": "EMOP",
    "K": "EGHIMNPRWYZ",
    "L": "ABCIKRSTUVY",
    "M": "ACDEFGHKLMNOPQRSTUVWXYZ",
    "N": "ACEFGILOPRUZ",
    "O": "M",
    "P": "AEFGHKLMNRSTWY",
    "Q": "A",
    "R": "EOSUW",
    "S": "ABCDEGHIJKLMNORSTVXYZ",
    "T": "CDFGHJKLMNORTVWZ",
    "U": "AGMSYZ",
    "V": "ACEGINU",
    "W": "FS",
    "X": "K",
    "Y": "ET",
    "Z": "AMW",
}


@dataclass(frozen=True)
class Unclear:
    """What a faulty list of members leaves open: which ids there are, and fields of members, by their ids."""

    ids: bool = False
    fields: frozenset[tuple[str, str]] = frozenset()


def read_roll(
    members: bytes | None,
    delegates: bytes | None,
    charter: Charter,
    names: tuple[str, str] = ("members.csv", "delegates.csv"),
) -> tuple[Roll, list[Fault], Unclear]:
    """The roll that two lists make, members sorted by id and delegates by number; `names` name the files in faults.

    Beside what could be read stand all faults of both lists, of form and against the charter (V §3, VI §2), and what
    they leave open, so that candidates can be judged all the same. A regular member in good standing that sends nobody
    does not attend, and a list that is not there is None: neither is a fault.
    """
    member_table = _table(members, names[0], MEMBER_COLUMNS)
    delegate_table = _table(delegates, names[1], DELEGATE_COLUMNS, (KEY,))
    people = [Member(*(row.cells[column] for column in MEMBER_COLUMNS)) for row in member_table.rows]
    sent = [
        Delegate(
            whole_number(row.cells["number"]),
            row.cells["name"],
            row.cells["member"],
            row.cells["voting"] == "yes",
            row.cells["credentials"],
            row.cells.get(KEY, ""),
        )
        for row in delegate_table.rows
    ]
    faults = [
        *member_table.faults,
        *_empty_faults(member_table),
        *_country_faults(member_table),
        *delegate_table.faults,
        *_empty_faults(delegate_table),
        *_voting_faults(delegate_table),
        *_namesake_faults(delegate_table),
    ]
    faults += _charter_faults(people, sent, charter, (member_table, delegate_table), faults)
    roll = Roll(tuple(sorted(people, key=lambda m: m.id)), tuple(sorted(sent, key=lambda d: d.number)))
    faults.sort(key=lambda fault: (names.index(fault.file), fault.row))
    return roll, faults, _unclear(member_table, faults)


def _table(data: bytes | None, name: str, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    return Table(name, (), (), readable=False) if data is None else read_table(data, name, required, optional)


def _unclear(members: Table, faults: Sequence[Fault]) -> Unclear:
    mine = [fault for fault in faults if fault.file == members.name and fault.row > 1]
    identities = {row.number: row.cells["id"] for row in members.rows}
    fields = frozenset((identities[fault.row], fault.field) for fault in mine if fault.row in identities)
    return Unclear(not members.readable or any(fault.field in ("", "id") for fault in mine), fields)


def read_candidates(
    data: bytes, roll: Roll, charter: Charter, name: str = "candidates.csv", unclear: Unclear = Unclear()
) -> tuple[tuple[Candidate, ...], list[Fault]]:
    """The candidates of one contest, sorted by ballot number; `name` names the file in faults.

    Beside them stand all faults: of form, numbers that are not 1 to n, names used twice, and a member that is unknown,
    cannot be voted in (V §3), or has another organisation or region than stated. What is `unclear` in the list of
    members is no fault of a candidate.
    """
    table = read_table(data, name, CANDIDATE_COLUMNS)
    found = list(table.faults)
    extra = [
        *_empty_faults(table),
        *number_faults(table),
        *same_name_faults(table),
        *_standing_faults(table, roll, charter, unclear),
    ]
    known = {(fault.row, fault.field) for fault in found}
    found += [fault for fault in extra if (fault.row, fault.field) not in known]
    candidates = (
        Candidate(
            number=whole_number(row.cells["number"]),
            name=row.cells["name"],
            member=row.cells["member"],
            organisation=row.cells["organisation"],
            region=row.cells["region"],
        )
        for row in table.rows
    )
    ordered = tuple(sorted(candidates, key=lambda candidate: candidate.number))
    return ordered, sorted(found, key=lambda fault: fault.row)


def _empty_faults(table: Table) -> Iterator[Fault]:
    if table.readable and not table.rows and not table.faults:
        yield Fault(table.name, 0, "", "there is no row after the header")


def _country_faults(table: Table) -> Iterator[Fault]:
    for row in table.rows:
        country = row.cells["country"]
        if country and not (len(country) == 2 and country[1] in _COUNTRIES.get(country[0], "")):
            yield Fault(table.name, row.number, "country", f"{shown(country)} is no ISO 3166-1 code of two capitals")


def _voting_faults(table: Table) -> Iterator[Fault]:
    for row in table.rows:
        voting = row.cells["voting"]
        if voting and voting not in ("yes", "no"):
            yield Fault(table.name, row.number, "voting", f"{shown(voting)} is neither 'yes' nor 'no'")


def _namesake_faults(table: Table) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        name, member = row.cells["name"], row.cells["member"]
        first = seen.setdefault((member, name_key(name)), row.number)
        if name and first != row.number:
            problem = f"{shown(name)} is the same name as in row {first}, of the same member"
            yield Fault(table.name, row.number, "name", problem)


def _charter_faults(
    people: list[Member], sent: list[Delegate], charter: Charter, tables: tuple[Table, Table], known: list[Fault]
) -> Iterator[Fault]:
    """Breaches of the charter as faults, without those that only follow from a fault that is already known."""
    member_table, delegate_table = tables
    places = {(fault.file, fault.row, fault.field) for fault in known}
    unclear = {row.cells["member"] for row in delegate_table.rows if row.cells["voting"] not in ("yes", "no")}
    found = breaches(people, sent, charter)
    of_members = [
        Fault(member_table.name, member_table.rows[one.index].number, one.field, one.problem)
        for one in found
        if one.table == "members"
    ]
    identities = {member.id for member in people}
    ids_unclear = _unclear(member_table, [*known, *of_members]).ids
    for breach in found:
        table = member_table if breach.table == "members" else delegate_table
        row = table.rows[breach.index]
        if (table.name, row.number, breach.field) in places:
            continue
        if breach.field == "voting" and row.cells["member"] in unclear:
            continue
        if breach.field == "member" and ids_unclear and row.cells["member"] not in identities:
            continue
        yield Fault(table.name, row.number, breach.field, breach.problem)


def _standing_faults(table: Table, roll: Roll, charter: Charter, unclear: Unclear) -> Iterator[Fault]:
    members = {member.id: member for member in roll.members}
    for row in table.rows:
        identity = row.cells["member"]
        member = members.get(identity)
        if member is None:
            if not unclear.ids:
                yield Fault(table.name, row.number, "member", f"there is no member {shown(identity)} on the roll")
            continue
        rule = next((rule for rule in charter.members if rule.name == member.kind), None)
        standing = next((standing for standing in charter.standings if standing.name == member.standing), None)
        if rule is not None and not rule.may_stand:
            problem = f"{shown(identity)} is an {member.kind} member and cannot be voted in ({rule.article})"
            yield Fault(table.name, row.number, "member", problem)
        if standing is not None and not standing.may_stand:
            problem = (
                f"{shown(identity)} has the standing {member.standing} and cannot be voted in ({standing.article})"
            )
            yield Fault(table.name, row.number, "member", problem)
        for field, value in (("organisation", member.organisation), ("region", member.region)):
            if row.cells[field] != value and not unclear.fields & {(identity, field), (identity, "id")}:
                problem = f"{shown(row.cells[field])}, but the roll has {shown(value)} for {shown(identity)}"
                yield Fault(table.name, row.number, field, problem)
