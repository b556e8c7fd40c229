"""Whether a terminal obeys escape sequences: in, a stream; out, yes or no, once a console of Windows was told to."""

import os
import sys
from typing import TextIO

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _VIRTUAL_TERMINAL = 0x0004
    """ENABLE_VIRTUAL_TERMINAL_PROCESSING of the Windows console API; Windows 10 and later have it."""

    def _told(stream: TextIO) -> bool:
        # cmd.exe starts every program in a console that prints the sequences as they stand.
        kernel = ctypes.WinDLL("kernel32")
        console, mode = wintypes.HANDLE(msvcrt.get_osfhandle(stream.fileno())), wintypes.DWORD()
        if not kernel.GetConsoleMode(console, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(console, wintypes.DWORD(mode.value | _VIRTUAL_TERMINAL)))


def obeys(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wipes, moves and colours when it is told so by escape sequences."""
    able = stream.isatty() and os.environ.get("TERM") != "dumb"
    if sys.platform == "win32":
        able = able and _told(stream)
    return able
