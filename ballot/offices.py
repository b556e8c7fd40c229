"""Who holds the offices of an election: the names of head, seal and trustees in, everything wrong with them out.

One rule (protocol §2.1, §2.4) for the plan, for the acts before the opening, and for whoever verifies.
"""

from collections.abc import Sequence

from ballot.errors import Refused
from ballot.tables import name_key, shown
from ballot.trustees.transcript import MAX_TRUSTEES
from ballot.votes import Setup


def office_faults(head: str, seal: str, trustees: Sequence[str]) -> list[tuple[str, str]]:
    """Field and problem of all that is wrong: too few or too many trustees, and two people of the same name.

    One person can be head or keeper of the seal and a trustee too. A name that is missing is no fault here.
    """
    faults = []
    if head and name_key(head) == name_key(seal):
        faults.append(("seal", "the head and the keeper of the seal have the same name"))
    if not 1 <= len(trustees) <= MAX_TRUSTEES:
        faults.append(("trustees", f"there are {len(trustees)} trustees; 1 to {MAX_TRUSTEES} are wanted"))
    first: dict[str, str] = {}
    for place, name in enumerate(trustees, start=1):
        if not name:
            continue
        if name_key(name) in first:
            problem = f"two trustees have the same name: {shown(first[name_key(name)])} and {shown(name)}"
            faults.append((f"trustees[{place}]", problem))
        first.setdefault(name_key(name), name)
    return faults


def require_offices(setup: Setup) -> None:
    """Raise Refused when the names of an election that was set up are not as `office_faults` wants them."""
    faults = office_faults(setup.head, setup.seal, setup.trustees)
    if faults:
        raise Refused("; ".join(problem for _, problem in faults), "Mend election.toml and begin a new store.")
