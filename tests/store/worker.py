"""A process of its own that works on a store: `worker.py STORE WHAT ARGUMENT…`; it reports on its standard output."""

import sys
import time
from pathlib import Path

from ballot.errors import Refused
from ballot.store.engine import building
from ballot.store.repo import Store
from tests.store.making import DELEGATES, cast, issue, sealed


def report(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def steps(path: Path) -> None:
    """Issue and cast in one transaction, for one delegate after the other, and report each when it is done."""
    with Store.open(path) as store:
        with store.read() as view:
            first = view.ballot_count() + 1
        report("ready")
        for number in range(first, DELEGATES + 1):
            with store.write() as unit:
                issue(unit, number)
                cast(unit, number)
            report(str(number))


def race(path: Path, name: str, first: int, last: int) -> None:
    """Once told to start, cast `name`'s ballot on each paper, and report how that went."""
    with Store.open(path) as store:
        report("ready")
        sys.stdin.readline()
        for number in range(first, last + 1):
            try:
                with store.write() as unit:
                    unit.add_ballot(sealed(number, name))
                report(f"{number} cast")
            except Refused as error:
                report(f"{number} refused: {error.message}")


def half(path: Path) -> None:
    """Make a store and never finish."""
    with building(path):
        report("ready")
        time.sleep(600)


if __name__ == "__main__":
    store, what, *arguments = sys.argv[1:]
    if what == "steps":
        steps(Path(store))
    elif what == "race":
        race(Path(store), arguments[0], int(arguments[1]), int(arguments[2]))
    elif what == "half":
        half(Path(store))
