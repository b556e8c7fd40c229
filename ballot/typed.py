"""What people type again: the name of a file or a person in, one word of a command line out."""

import os
import re

_PLAIN = re.compile(rf"[\w@%+=:,./{re.escape(os.sep)}-]+")
_LIVELY = frozenset('"$`\\!')
"""Characters that a shell takes for more than themselves between double quotes."""


def word(text: object) -> str:
    """The text as one word of a command line that is shown: as it is, or in quotes where a shell would take it apart.

    Double quotes where they do, for they work in every shell.
    """
    plain = str(text)
    if _PLAIN.fullmatch(plain):
        return plain
    if not _LIVELY.intersection(plain):
        return f'"{plain}"'
    return "'" + plain.replace("'", "'\"'\"'") + "'"
