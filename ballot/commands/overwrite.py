"""What is never overwritten: in, the paths of new files; Refused out where --force would destroy what is in the place.

A key may be the only one, and a paper that is lost is not replaced. So --force does not overwrite them: a file of the
same name on the same stick is most likely that of the delegate, or the trustee, before. Nor does it overwrite a store,
or an opening or a declaration: those were signed, and read aloud.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ballot.commands import kinds
from ballot.files import OVERWRITE_HINT
from ballot.files import check_free as check

if TYPE_CHECKING:
    from ballot.errors import Refused

_VOTES = (kinds.PAPER, kinds.PENDING, kinds.BALLOT)
_SIGNED = (kinds.OPENING, kinds.DECLARATION)


def check_free(
    paths: Iterable[Path], force: bool = False, hint: str = OVERWRITE_HINT, renewed: Collection[Path] = ()
) -> None:
    """As `ballot.files.check_free`, but keys, stores, signed texts, and what may be somebody's vote are refused with
    `force` too.

    In the place of the `renewed` is what the new files are to replace, so there `force` is enough.
    """
    listed = list(paths)
    for path in listed:
        kind, _ = _found(path)
        if kind in (kinds.KEY, kinds.STORE, *_SIGNED, *_VOTES) and path not in renewed:
            raise _kept(path, kind)
    check(listed, force, hint)


def check_free_for(path: Path, kind: str, credential: str, force: bool) -> None:
    """As `check_free`, but a file of the same kind that was made of the same paper may be replaced with `force`."""
    from ballot.errors import Refused

    if _found(path) != (kind, credential):
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
        if not path.is_file():
            return "", ""
        with path.open("rb") as stream:
            data = stream.read(MAX_JSON + 1)
    except OSError:
        # Not to be read: whether it can be written is asked elsewhere.
        return "", ""
    kind = kinds.begins_as(data) or kinds.kind_of(data)
    try:
        if kind == kinds.PAPER:
            return kind, decode(data, BoothPaper, kind).paper.credential
        if kind == kinds.BALLOT:
            return kind, decode(data, SealedBallot, kind).paper.credential
    except Invalid:
        # Damaged; perhaps it can be mended, so it is somebody's vote all the same.
        pass
    return kind, ""


def _kept(path: Path, kind: str) -> "Refused":
    from ballot.errors import Refused

    if kind == kinds.KEY:
        return Refused(
            f"{path} is a key file, and no key is overwritten",
            "Choose another name. If that key is not needed any more, delete the file yourself.",
        )
    if kind == kinds.STORE:
        return Refused(f"{path} is a store, and no store is overwritten", "Choose another name: all is in this file.")
    if kind in _SIGNED:
        return Refused(
            f"{path} is already there, and it is {kind} that was signed before; none is overwritten",
            "Choose another name with --out, or move that file away.",
        )
    return Refused(
        f"{path} is already there, and it is {kind}: perhaps another delegate's vote",
        "Whose it is takes it away first, or choose another name. It is not overwritten: a lost vote is not replaced.",
    )
