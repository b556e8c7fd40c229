"""Files that are somebody's vote: in, the path of a new file; Refused out where it would take the place of one.

A paper that is lost is not replaced, so --force does not overwrite it: a file of the same name on the same stick is
most likely that of the delegate before.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ballot.commands import kinds

if TYPE_CHECKING:
    from ballot.errors import Refused

_VOTES = (kinds.PAPER, kinds.PENDING, kinds.BALLOT)


def check_free(paths: Sequence[Path], force: bool) -> None:
    """As `ballot.files.check_free`, but what may be somebody's vote is refused with `force` too."""
    from ballot.files import check_free as check

    for path in paths:
        kind, _ = _found(path)
        if kind in _VOTES:
            raise _theirs(path, kind)
    check(paths, force)


def check_free_for(path: Path, credential: str, force: bool) -> None:
    """As `check_free`, but what was made of the same paper before may be replaced with `force`."""
    from ballot.errors import Refused
    from ballot.files import check_free as check

    kind, there = _found(path)
    if not credential or there != credential:
        check_free([path], force)
    elif kind == kinds.PAPER or force:
        check([path], force)
    else:
        raise Refused(
            f"{path} is already there, and it is a ballot that was sealed on this paper before",
            "If it was not cast and the new one shall count, run the command again with --force. Never cast both.",
        )


def _found(path: Path) -> tuple[str, str]:
    """Which kind of file is there, and the credential of its paper; each empty if there is none."""
    from ballot.errors import Invalid
    from ballot.votes import BoothPaper, SealedBallot
    from ballot.wire import MAX_JSON, decode

    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_JSON + 1)
    except OSError:
        # Not there, or not to be read: whether it can be written is asked elsewhere.
        return "", ""
    kind = kinds.kind_of(data)
    try:
        if kind == kinds.PAPER:
            return kind, decode(data, BoothPaper, kind).paper.credential
        if kind == kinds.BALLOT:
            return kind, decode(data, SealedBallot, kind).paper.credential
    except Invalid:
        # Damaged; perhaps it can be mended, so it is somebody's vote all the same.
        pass
    return kind, ""


def _theirs(path: Path, kind: str) -> "Refused":
    from ballot.errors import Refused

    return Refused(
        f"{path} is already there, and it is {kind}: perhaps another delegate's vote",
        "Whose it is takes it away first, or choose another name. It is not overwritten: a lost vote is not replaced.",
    )
