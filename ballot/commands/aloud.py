"""Words that are read aloud: in, the words of a digest, or as somebody wrote them down; out, numbered, or compared."""

import re
import unicodedata

from ballot.errors import FAILED_CHECK, Error, UsageError

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?<!\S)[0-9]{1,2}[.):]?(?!\S)")


class OtherWords(Error):
    """The words that somebody wrote down are not those of this election."""

    exit_code = FAILED_CHECK


def numbered(line: str) -> str:
    """The words of a line, each after its number, so that nobody loses the place; the groups stay as they are."""
    places = iter(range(1, len(_WORD.findall(line)) + 1))
    return _WORD.sub(lambda found: f"{next(places)} {found[0]}", line)


def bare(noted: str) -> str:
    """What somebody noted, without the numbers of the words; a hash, which has digits in it, stays as it is."""
    words = _NUMBER.sub(" ", noted)
    return noted if any(character.isdigit() for character in words) else words


def check_noted(line: str, noted: str) -> None:
    """Compare the words of a line with those that somebody wrote down; spaces, signs, capitals and numbers are free.

    Raises OtherWords naming the first that differs, and UsageError where nothing that could be words was written.
    """
    wanted, given = _WORD.findall(line), [_plain(word) for word in _WORD.findall(noted)]
    if not given:
        raise UsageError("--words holds no words", f"Give all {len(wanted)} words, as they were written down.")
    for place, word in enumerate(wanted):
        found = given[place] if place < len(given) else "missing"
        if found != _plain(word):
            raise _other(f"word {place + 1} is {word} here, and {found} in what was written down")
    if len(given) > len(wanted):
        raise _other(f"{len(given)} words were written down, and here are {len(wanted)}")


def _other(difference: str) -> OtherWords:
    return OtherWords(
        f"the words are not the same: {difference}",
        "Look whether it was written down and typed as it was read aloud. If it was, this is another election's file.",
    )


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
