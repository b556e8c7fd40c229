"""Files that tell nothing of their order: in, a folder of ballots and receipts; out, the same files, laid out anew.

All times are zero that a system lets us set, and all files are written anew in a random order whenever one is added, so
that neither times of creation nor places on the disk and in the folder tell what came first.
"""

import os
import secrets
import stat
import sys
from pathlib import Path

from ballot.commands.outbox import AGAIN, OURS

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _ZERO = 116444736000000000
    """1970 in the hundreds of nanoseconds since 1601 that Windows counts."""

    def _undate(path: Path) -> None:
        # A file that takes another's name gets its time of creation from Windows, too.
        time = wintypes.FILETIME(_ZERO & 0xFFFFFFFF, _ZERO >> 32)
        with path.open("r+b") as file:
            handle = wintypes.HANDLE(msvcrt.get_osfhandle(file.fileno()))
            if not ctypes.WinDLL("kernel32").SetFileTime(handle, *[ctypes.byref(time)] * 3):
                raise OSError(0, "its times cannot be set")
else:

    def _undate(path: Path) -> None:
        os.utime(path, (0, 0))


def lay_out_anew(folder: Path) -> None:
    """Write all ballots, challenges and receipts of a folder anew, in a random order, and without their times.

    A name that is only written over keeps its place in the folder, and the places tell in which order the names came.
    So every file is copied under another name, then all names are taken out, and then put in again. At every instant
    each file lies there whole, under its own name or that of its copy, and either is cast as a ballot.

    Nothing is lost. Raises Refused when one cannot be written.
    """
    from ballot.errors import Refused

    chance = secrets.SystemRandom()
    try:
        _finish(folder)
        paths = sorted(path for path in folder.glob("*.json") if OURS.fullmatch(path.name))
        copied = [path for path in chance.sample(paths, len(paths)) if _copied(path)]
        out = [path for path in copied if _taken_out(path)]
        for path in chance.sample(out, len(out)):
            _copy_of(path).rename(path)
            _undate(path)
    except OSError as error:
        raise Refused(f"cannot write the files of {folder} anew: {error.strerror}", "Check the folder.") from None


def _finish(folder: Path) -> None:
    """Make up for a run that broke off: every copy takes the name of its file, or goes where that is still there."""
    for copy in list(folder.glob(f"{AGAIN}*.json")):
        path = copy.with_name(copy.name.removeprefix(AGAIN))
        if not OURS.fullmatch(path.name):
            continue
        if path.exists():
            copy.unlink()
        else:
            copy.rename(path)


def _copy_of(path: Path) -> Path:
    return path.with_name(f"{AGAIN}{path.name}")


def _copied(path: Path) -> bool:
    """Copy a file; False where somebody has taken it away meanwhile."""
    from ballot.files import write_whole

    try:
        data, mode = path.read_bytes(), stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return False
    write_whole(_copy_of(path), data, mode)
    return True


def _taken_out(path: Path) -> bool:
    """Remove a file that was copied; False, and no copy, where somebody has taken it away meanwhile."""
    try:
        path.unlink()
    except FileNotFoundError:
        _copy_of(path).unlink()
        return False
    return True
