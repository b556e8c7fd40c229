"""Text from outside on a screen: in, any text; out, text that a terminal can only show, never obey.

Also how wide text is in terminal cells, and how it breaks into lines. `safe` comes before anything else.
"""

import re
import unicodedata
from collections.abc import Iterator

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

# Zero-width joiner and non-joiner spell names in Persian, Urdu, Sinhala and Malayalam; the others are visible signs
# of Arabic, Syriac and Kaithi numbering that Unicode files under "format".
_HARMLESS_FORMATS = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNSAFE_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZERO_WIDTH_KINDS = frozenset({"Mn", "Me", "Cf"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_JOINED_KINDS = frozenset({"Mn", "Mc", "Me", "Cf"})
_BETWEEN_GROUPS = " · "
_HEX_LINE = 32
"""Digits on a line of a fingerprint that does not fit on one."""
_DIGITS = re.compile("[0-9a-f]{64}")
_NUMBER = re.compile(r"([0-9]+) (?=\S)")
"""The number of a word in a group, which stays with its word."""
_COPIED = re.compile('`[^`]*`|"[^"]*"')
"""Commands, and what stands in quotes in them: whoever copies a broken one gets the break too."""
_KEPT = "\0"
"""What stands for a space at which no line ends; safe text has none."""


def is_unsafe(character: str) -> bool:
    """Whether a character could steer a terminal, change the direction or order of text, or hide.

    Controls (C0 with tab and line feed, DEL, C1), format characters but joiners, tags, line and paragraph separators,
    surrogates, private and unassigned code points, and letters that are blank.
    """
    if character in _FILLERS:
        return True
    return unicodedata.category(character) in _UNSAFE_KINDS and character not in _HARMLESS_FORMATS


def safe(text: str) -> str:
    """The text on one line, with every unsafe character written as its code point, such as `<U+202E>`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(character):04X}>" if is_unsafe(character) else character for character in text)


def minute(at: str) -> str:
    """A minute of the journal, in UTC, as people read it."""
    return at.replace("T", " ").replace("Z", "")


def isolated(text: str) -> str:
    """A name between isolate marks if it has right-to-left characters, so that what stands beside it stays there."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def width(text: str) -> int:
    """Terminal cells a text takes, or more: East Asian wide 2, non-spacing 0, else 1.

    Terminals differ on Bengali and Malayalam vowel signs (0 or 1) and on joined letters; the larger number is taken.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def unbroken(text: str) -> list[str]:
    """What of a text a column keeps whole, where there is room: the groups of a fingerprint, and half of its digits."""
    return [text[:_HEX_LINE]] if _DIGITS.fullmatch(text) else groups(text) if _BETWEEN_GROUPS in text else []


def groups(text: str) -> list[str]:
    """The groups of a fingerprint in words, each with the sign that another follows; any other text is one group."""
    *others, last = text.split(_BETWEEN_GROUPS)
    return [*(group + _BETWEEN_GROUPS.rstrip() for group in others), last]


def wrap(text: str, limit: int, chop: bool = True) -> list[str]:
    """Lines of at most `limit` cells, broken at spaces, and inside a word only when it is longer than a line.

    The words of a fingerprint are compared group by group: where they need more than a line, each group has its own.
    What stands in quotes is not broken where it fits on a line. Without `chop` a word that is longer than a line stays
    whole, so that it can be copied, and so does a command between backticks.
    """

    def kept(found: re.Match[str]) -> str:
        whole = width(found[0]) <= limit or (found[0].startswith("`") and not chop)
        return found[0].replace(" ", _KEPT) if whole else found[0]

    return [line.replace(_KEPT, " ") for line in _lines(_COPIED.sub(kept, text), limit, chop)]


def _lines(text: str, limit: int, chop: bool) -> list[str]:
    if _BETWEEN_GROUPS in text and width(text) > limit:
        return [line for group in groups(text) for line in _lines(_NUMBER.sub(rf"\1{_KEPT}", group), limit, chop)]
    if text.startswith(" ") and text.strip(" "):
        # What stands further in is a part of what stands above it.
        body = text.lstrip(" ")
        indent = text[: len(text) - len(body)][: limit // 2]
        return [f"{indent}{line}" for line in _lines(body, limit - len(indent), chop)]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and width(line) + 1 + width(word) > limit:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
        if chop and width(line) > limit:
            *full, line = _chop(line, limit)
            lines.extend(full)
    return [*lines, line]


def _cells(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH_KINDS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _chop(word: str, limit: int) -> Iterator[str]:
    if limit >= _HEX_LINE and _DIGITS.fullmatch(word):
        # Whoever compares or photographs a fingerprint wants two halves, not a long line and two digits.
        limit = _HEX_LINE
    piece = ""
    for character in word:
        joined = unicodedata.category(character) in _JOINED_KINDS or piece.endswith("\u200d")
        if piece and not joined and width(piece) + _cells(character) > limit:
            yield piece
            piece = ""
        piece += character
    yield piece
