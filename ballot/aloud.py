"""Words that are read aloud: in, the words of a digest as one line; out, the same line with a number before each word.

Errors of every layer name words, so it stands below all of them; `ballot.crypto.words` makes the words.
"""

import re

WORD = re.compile(r"[^\W\d_]+")


def numbered(line: str) -> str:
    """The words of a line, each after its number, so that nobody loses the place; the groups stay as they are."""
    places = iter(range(1, len(WORD.findall(line)) + 1))
    return WORD.sub(lambda found: f"{next(places)} {found[0]}", line)
