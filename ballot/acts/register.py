"""The register for the committee's eyes: a store in; out, who was handed a paper and how, with the names on the roll.

Nothing here names a paper, a credential or a ballot; but for the names, everything stands in the published record.
"""

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from ballot.acts.election import ledger_of
from ballot.journal import Act
from ballot.ledger import Ledger
from ballot.people import Roll
from ballot.register import RegisterEntry, Way
from ballot.store.view import View
from ballot.wire import Wire


class Handed(Wire, frozen=True):
    """A paper handed out: to whom, the minute in UTC, how, and who attested it; `spoiled` when it was taken back."""

    delegate: int
    name: str
    organisation: str
    at: str
    way: Way
    attested: str
    spoiled: bool


class Replaced(Wire, frozen=True):
    """A delegate in whose place another person came, since which minute and by which letter.

    `name` is of who comes now; empty where that person was replaced in turn, whom the roll does not know any more.
    """

    delegate: int
    name: str
    organisation: str
    at: str
    letter: str


class Listed(Wire, frozen=True):
    """The register: papers handed out, by delegate's number, and replaced delegates in the order of the acts."""

    papers: tuple[Handed, ...]
    replaced: tuple[Replaced, ...]


def listed(view: View) -> Listed:
    """The register as of now. Raises WrongPhase before the opening."""
    ledger, roll = ledger_of(view), view.roll()
    minutes: defaultdict[int, list[str]] = defaultdict(list)
    replaced: list[Replaced] = []
    for entry in (signed.entry for signed in view.journal()):
        if entry.act == Act.ISSUED:
            minutes[int(entry.details["delegate"])].append(entry.at)
        elif entry.act == Act.REPLACED:
            number = int(entry.details["delegate"])
            replaced = [replace(one, name="") if one.delegate == number else one for one in replaced]
            replaced.append(Replaced(number, *_who(roll, number), entry.at, entry.details["letter"]))
    return Listed(tuple(_papers(view.register(), roll, ledger, minutes)), tuple(replaced))


def _papers(
    register: tuple[RegisterEntry, ...], roll: Roll, ledger: Ledger, minutes: dict[int, list[str]]
) -> Iterator[Handed]:
    owners = list(ledger.spoiled.values())
    place: defaultdict[int, int] = defaultdict(int)
    for entry in register:
        number = entry.request.delegate
        # Papers are spoiled in the order in which they came, for there is never more than one.
        spoiled = place[number] < owners.count(number)
        at = minutes[number][place[number]]
        yield Handed(number, *_who(roll, number), at, entry.way, entry.attested, spoiled)
        place[number] += 1


def _who(roll: Roll, number: int) -> tuple[str, str]:
    delegate = roll.delegate(number)
    return delegate.name, roll.member(delegate.member).organisation
