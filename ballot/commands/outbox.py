"""The folders of booth and box: in, ballots and receipts; out, one file each, which tell nothing of their order.

Names follow from contents, all times are zero that a system lets us set, and with every file all are written anew in a
random order, so that neither times of creation nor places on the disk tell what came first.
"""

import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from ballot.files import PUBLIC
from ballot.typed import word

_BALLOT = re.compile(r"[0-9a-f]{16}\.json")
_OURS = re.compile(r"(challenge-)?[0-9a-f]{16}\.json|.+\.receipt\.json")

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _ZERO = 116444736000000000
    """1970 in the hundreds of nanoseconds since 1601 that Windows counts."""

    def _undate(path: Path) -> None:
        # A file that takes the place of another gets its time of creation from Windows, and so shows who was first.
        time = wintypes.FILETIME(_ZERO & 0xFFFFFFFF, _ZERO >> 32)
        with path.open("r+b") as file:
            handle = wintypes.HANDLE(msvcrt.get_osfhandle(file.fileno()))
            if not ctypes.WinDLL("kernel32").SetFileTime(handle, *[ctypes.byref(time)] * 3):
                raise OSError(0, "its times cannot be set")
else:

    def _undate(path: Path) -> None:
        os.utime(path, (0, 0))


def stem(digest: str) -> str:
    """The name, without its ending, of a file for a ballot with this tracker or hash."""
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def make(folder: Path) -> None:
    """Make a folder that can be written to, unless it is there. Raises Refused."""
    from ballot.errors import Refused

    try:
        folder.mkdir(parents=True, exist_ok=True)
        problem = "" if os.access(folder, os.W_OK) else "it cannot be written to"
    except OSError as error:
        problem = error.strerror or "unknown reason"
    if problem:
        raise Refused(f"cannot use the folder {folder}: {problem}", "Choose another folder.")


def put(folder: Path, name: str, data: bytes, mode: int = PUBLIC) -> Path:
    """Put a file into a folder, whole or not at all; returns its path. Raises Refused when it cannot be written."""
    from ballot.files import write_whole

    make(folder)
    path = folder / name
    write_whole(path, data, mode)
    return path


def lay_out_anew(folder: Path) -> None:
    """Write all ballots, challenges and receipts of a folder anew, in a random order, and without their times.

    Nothing is lost. Raises Refused when one cannot be written.
    """
    from ballot.errors import Refused
    from ballot.files import write_whole

    paths = sorted(path for path in folder.glob("*.json") if _OURS.fullmatch(path.name))
    secrets.SystemRandom().shuffle(paths)
    for path in paths:
        try:
            write_whole(path, path.read_bytes(), stat.S_IMODE(path.stat().st_mode), force=True)
            _undate(path)
        except FileNotFoundError:
            # The desk took it away meanwhile.
            continue
        except OSError as error:
            raise Refused(f"cannot write {path} anew: {error.strerror}", "Check the folder.") from None


def ballots(folder: Path) -> list[Path]:
    """Files in the outbox that are named as sealed ballots are."""
    return sorted(path for path in folder.glob("*.json") if _BALLOT.fullmatch(path.name))


def require_files(sealed: Sequence[Path]) -> None:
    """Raise Invalid where a folder stands in the place of sealed ballots, with how the files in it are named."""
    from ballot.errors import Invalid

    folder = next((path for path in sealed if path.is_dir()), None)
    if folder is not None:
        raise Invalid(
            f"{folder} is a folder, and sealed ballots are wanted",
            f"Name the files in it: `ballot cast {word(folder)}/*.json`.",
        )


def holds(folder: Path, credential: str) -> bool:
    """Whether a ballot on the paper with this credential lies in the outbox; other files are passed by."""
    from ballot.errors import Invalid
    from ballot.votes import SealedBallot
    from ballot.wire import MAX_JSON, decode, read_file

    for path in ballots(folder):
        try:
            sealed = decode(read_file(path, "a sealed ballot", MAX_JSON), SealedBallot, "a sealed ballot")
        except Invalid:
            continue
        if sealed.paper.credential == credential:
            return True
    return False


def receipt_name(tracker: str) -> str:
    """The name of a ballot's receipt, from its tracker: one that somebody chose would tell whose it is."""
    return f"{stem(tracker)}.receipt.json"


def receipt_paths(folder: Path | None, trackers: list[str]) -> list[Path]:
    """Where the receipts of ballots with these trackers go. Raises Refused for a folder that is none."""
    from ballot.errors import Refused

    if folder is None:
        return []
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is no folder", "Name a folder for the receipts.")
    return [folder / receipt_name(tracker) for tracker in trackers]


def is_receipt(path: Path, tracker: str) -> bool:
    """Whether a file is a receipt for the ballot with this tracker."""
    from ballot.errors import Invalid
    from ballot.votes import Receipt
    from ballot.wire import MAX_JSON, decode, read_file

    if not path.is_file():
        return False
    try:
        return decode(read_file(path, "a receipt", MAX_JSON), Receipt, "a receipt").tracker == tracker
    except Invalid:
        return False
