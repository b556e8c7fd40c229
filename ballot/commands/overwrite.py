"""What is never overwritten: in, the paths of new files; Refused out where --force would destroy what is in the place.

A key may be the only one, and a paper that is lost is not replaced. So --force does not overwrite them: a file of the
same name on the same stick is most likely that of the delegate, or the trustee, before. Nor does it overwrite a store,
or an opening or a declaration: those were signed, and read aloud. Of all others it replaces what the same command wrote
before: a file of the same kind and, where the file tells it, of the same election.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ballot.commands import kinds
from ballot.errors import Invalid
from ballot.files import OVERWRITE_HINT
from ballot.files import check_free as check

if TYPE_CHECKING:
    from ballot.errors import Refused

_VOTES = (kinds.PAPER, kinds.PENDING, kinds.BALLOT)
_SIGNED = (kinds.OPENING, kinds.DECLARATION)
_NEVER = (kinds.KEY, kinds.STORE, *_SIGNED, *_VOTES)

_INDEX = re.compile(rb'.{30}index\.json{"index":{"version":[0-9]+,"opening":"([0-9a-f]{64})"', re.DOTALL)
"""How a record begins, with the opening that it is of; its reader knows the roll, which no booth may."""


def check_free(
    paths: Iterable[Path],
    force: bool = False,
    hint: str = OVERWRITE_HINT,
    renewed: Collection[Path] = (),
    kind: str | tuple[str, ...] = "",
    of: str = "",
) -> None:
    """As `ballot.files.check_free`, but keys, stores, signed texts, and what may be somebody's vote are refused with
    `force` too, and so is what is not of the `kind` that is written, or not `of` the same election. An empty file is
    what a crash may have left of any.

    In the place of the `renewed` is what the new files are to replace, so there `force` is enough.
    """
    listed = list(paths)
    for path in listed:
        found, whose = _found(path)
        if path in renewed:
            continue
        if found in _NEVER:
            raise _kept(path, found)
        if kind and found not in ("", kinds.EMPTY) and not (found.startswith(kind) and whose == of):
            raise _other(path, found, kind if isinstance(kind, str) else kind[-1], of)
    check(listed, force, hint)


def check_free_for(path: Path, kind: str, credential: str, force: bool) -> None:
    """As `check_free`, but a file of the same kind that was made of the same paper may be replaced with `force`."""
    from ballot.errors import Refused

    if _found(path) != (kind, credential):
        check_free([path], force, kind=kind)
    elif kind == kinds.PAPER or force:
        check([path], force)
    else:
        raise Refused(
            f"{path} is already there, and it is a ballot that was sealed on this paper before",
            "If it was not cast and the new one shall count, run the command again with --force. Never cast both.",
        )


def _found(path: Path) -> tuple[str, str]:
    """What the file that is there looks like, and of which paper or election it is; each empty if there is none."""
    from ballot.wire import MAX_RECORD

    try:
        if not path.is_file():
            return "", ""
        with path.open("rb") as stream:
            data = stream.read(MAX_RECORD)
    except OSError:
        # Not to be read: whether it can be written is asked elsewhere.
        return "", ""
    kind = kinds.kind_of(data) or kinds.look_of(data)
    try:
        return kind, _whose(kind, data)
    except Invalid:
        # Damaged; perhaps it can be mended, so it is somebody's vote, or another's file, all the same.
        return kind, "damaged"


def _whose(kind: str, data: bytes) -> str:
    """The credential of a paper or of the paper of a ballot, or what its election is known by; empty for other kinds.

    Raises Invalid for a damaged file.
    """
    from ballot.envelopes import Envelopes
    from ballot.trustees.boxfile import BoxFile
    from ballot.trustees.report import SignedReport
    from ballot.votes import BoothPaper, Receipt, SealedBallot
    from ballot.wire import MAX_RECORD, decode

    match kind:
        case kinds.PAPER:
            return decode(data, BoothPaper, kind).paper.credential
        case kinds.BALLOT:
            return decode(data, SealedBallot, kind).paper.credential
        case kinds.ENVELOPES:
            return decode(data, Envelopes, kind).opening
        case kinds.RECEIPT:
            return decode(data, Receipt, kind).opening
        case kinds.BOX:
            return decode(data, BoxFile, kind, MAX_RECORD).opening.signed.opening.fingerprint
        case kinds.REHEARSAL:
            return decode(data, SignedReport, kind).report.election
        case kinds.RECORD:
            named = _INDEX.match(data)
            return named[1].decode() if named else "damaged"
    return ""


def _other(path: Path, found: str, kind: str, of: str) -> "Refused":
    from ballot.errors import Refused

    if found.startswith(kind):
        found = f"{found} of another election, or damaged"
    elif found == kinds.STRANGE:
        found = "no file of ballot"
    only = "" if kind in _NEVER else f" --force replaces only {kind}{' of this election' if of else ''}."
    return Refused(f"{path} is already there, and it is {found}", f"Choose another name, or move that file away.{only}")


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
