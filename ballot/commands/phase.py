"""The phase before the files: in, a store and what a command does; WrongPhase out, before a word about its files."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ballot.votes import Phase


def require(store: Path, phase: "Phase", doing: str) -> None:
    """Raise WrongPhase unless the election is in `phase`, and Refused where there is no store."""
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        view.require(phase, doing)
