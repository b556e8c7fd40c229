"""Opening files of commands: in, a path; out, the public opening of an election, checked in full."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import kinds

if TYPE_CHECKING:
    from ballot.votes import OpeningFile

OpeningOption = Annotated[Path, typer.Option("--opening", metavar="FILE", help="The public opening.")]


def read_opening(path: Path) -> "OpeningFile":
    """The opening in a file: signatures, keys, election and candidates belong together. Raises Invalid."""
    from ballot.opening import check_opening
    from ballot.votes import OpeningFile
    from ballot.wire import MAX_JSON

    file = kinds.read_as(path, OpeningFile, kinds.OPENING, MAX_JSON)
    with kinds.unchanged(path):
        check_opening(file.signed, file.election, file.trustees)
    return file
