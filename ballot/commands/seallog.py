"""The log of the seal of commands: in, a path; out, the log that is there or a new one, and its file written anew."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import files, kinds
from ballot.commands.overwrite import check_free
from ballot.commands.render import say

if TYPE_CHECKING:
    from ballot.keeper import Log

LogOption = Annotated[
    Path, typer.Option("--log", metavar="FILE", help="What the seal was put on; begun if it is not there.")
]


def read_log(path: Path) -> "Log | None":
    """The log in a file; None where there is none: `tell_if_new` says so. Raises Invalid for a file that is no log."""
    from ballot.files import is_there
    from ballot.keeper import Log
    from ballot.wire import MAX_JSON

    if is_there(path):
        return kinds.read_as(path, Log, kinds.LOG, MAX_JSON)
    check_free([path], force=True, kind=kinds.LOG)
    return None


def tell_if_new(path: Path) -> None:
    """Say that a new log will be begun; last before the passphrase, for whoever mistypes its name must see it."""
    from ballot.files import is_there

    if not is_there(path):
        say("{} is not there: a new log is begun. If there is an older one, stop with Ctrl-C and use that.", path)


def read_log_for(path: Path, opening: Path, fingerprint: str) -> "Log":
    """The log of the election whose opening is in the file `opening`. Raises Invalid for that of another one."""
    from ballot.errors import Invalid
    from ballot.keeper import Log

    log = read_log(path)
    if log is not None and log.opening != fingerprint:
        # The opening first: a keeper who begins a new log beside a good one would seal a second paper for somebody.
        raise Invalid(
            f"{path} and {opening} are of different elections",
            "Look first whether --opening is the right file. If it is, --log is not the log of this election: look for "
            "that one. A new log is begun only where this seal has sealed nothing yet in this election.",
        )
    return log or Log(fingerprint)


def replace_log(path: Path, before: "Log | None", after: "Log") -> None:
    """Write the log anew, before what it tells of leaves the machine: else there could be a second of that.

    `before` is what was read; raises Refused where the file is another by now, for another window seals, too.
    """
    from ballot.errors import Refused
    from ballot.files import write_whole
    from ballot.wire import encode

    if os.path.lexists(path) and not (before is not None and files.holds(path, encode(before))):
        raise Refused(f"{path} was written to while this command ran", "Nothing was sealed; run it again.")
    write_whole(path, encode(after), force=True)
