"""Writes ballot/unicode14.py: `python -m tests.characters`, on a Python whose unicodedata is of Unicode 14.0."""

import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

MODULE = Path(__file__).parent.parent / "ballot" / "unicode14.py"

HEADER = '''"""All letters, marks, numbers, punctuation, symbols or spaces in Unicode 14.0: ranges in hex.

Written by `python -m tests.characters` from the general categories of Unicode 14.0 (UnicodeData.txt): L, M, N, P, S
and Zs. A later version of Unicode adds to them, so a program that asked its own tables would judge a record by
the year in which it runs.
"""

RANGES = """
'''


def module() -> str:
    """The text of the module. Raises ValueError on a Python that knows another version of Unicode."""
    if unicodedata.unidata_version != "14.0.0":
        raise ValueError(f"this Python knows Unicode {unicodedata.unidata_version}; 3.11 knows 14.0.0")
    words = " ".join(f"{first:X}-{last:X}" if first != last else f"{first:X}" for first, last in ranges())
    return f'{HEADER}{textwrap.fill(words, 120, break_on_hyphens=False)}\n"""\n'


def ranges() -> Iterator[tuple[int, int]]:
    """The ranges, lowest first."""
    first = None
    for code in range(0x110001):
        seen = code < 0x110000 and unicodedata.category(chr(code))[0] not in "CZ"
        seen = seen or (code < 0x110000 and unicodedata.category(chr(code)) == "Zs")
        if seen and first is None:
            first = code
        if not seen and first is not None:
            yield first, code - 1
            first = None


if __name__ == "__main__":
    MODULE.write_text(module(), encoding="utf-8")
