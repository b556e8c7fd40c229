"""Files that tell nothing of their order: in, a folder of ballots and receipts; out, the same files, laid out anew.

All times are zero that a system lets us set, and all files are written anew in a random order whenever one is added, so
that neither times of creation nor places on the disk and in the folder tell what came first.
"""

import os
import secrets
import stat
import sys
from contextlib import suppress
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
    So every file then gives up its name for another, and when all have, they take their own again. At every instant
    each lies there whole, under one of the two, and is cast as a ballot under either. No file is ever removed: another
    booth may be at work in the same folder.

    Nothing is lost. Raises Refused when one cannot be written.
    """
    from ballot.errors import Refused

    try:
        for path in folder.glob(f"{AGAIN}*.json"):
            own = path.with_name(path.name.removeprefix(AGAIN))
            # Left by a run that broke off, unless it is a stranger's.
            if OURS.fullmatch(own.name):
                _moved(path, own)
        written = [path for path in _at_random(_ours(folder)) if _written(path)]
        away = [path for path in _at_random(written) if _moved(path, _other(path))]
        for path in _at_random(away):
            if _moved(_other(path), path):
                with suppress(FileNotFoundError):
                    _undate(path)
    except OSError as error:
        raise Refused(f"cannot write the files of {folder} anew: {error.strerror}", "Check the folder.") from None


def _ours(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if OURS.fullmatch(path.name)]


def _at_random(paths: list[Path]) -> list[Path]:
    return secrets.SystemRandom().sample(paths, len(paths))


def _other(path: Path) -> Path:
    return path.with_name(f"{AGAIN}{path.name}")


def _written(path: Path) -> bool:
    """Write a file anew in its place; False where somebody has taken it away meanwhile."""
    from ballot.files import write_whole

    try:
        write_whole(path, path.read_bytes(), stat.S_IMODE(path.stat().st_mode), force=True)
    except FileNotFoundError:
        return False
    return True


def _moved(path: Path, new: Path) -> bool:
    """Give a file another name; False where somebody has taken it away meanwhile, or another booth moves it, too."""
    try:
        path.replace(new)
    except FileNotFoundError:
        return False
    return True
