"""Words that were read aloud: in, as somebody wrote them down, and those of a digest; out, whether they agree."""

from collections.abc import Sequence

from ballot.aloud import WORD
from ballot.errors import FAILED_CHECK, Error, UsageError


class OtherWords(Error):
    """The words that somebody wrote down are not those of this election."""

    exit_code = FAILED_CHECK


def read_noted(noted: str) -> tuple[str, ...]:
    """The words that --words gives; spaces, signs, capitals and numbers are free. Raises UsageError for none."""
    from ballot.receipt import noted_words

    words = noted_words(noted)
    if not words:
        raise UsageError("--words holds no words", "Give all twelve words, as they were written down.")
    return words


def check_noted(line: str, given: Sequence[str]) -> None:
    """Compare the words of a line with those of `read_noted`. Raises OtherWords naming the first that differs."""
    wanted = WORD.findall(line)
    for place, word in enumerate(wanted):
        found = given[place] if place < len(given) else "missing"
        if found != word:
            raise _other(f"word {place + 1} is {word} here, and {found} in what was written down")
    if len(given) > len(wanted):
        raise _other(f"{len(given)} words were written down, and here are {len(wanted)}")


def _other(difference: str) -> OtherWords:
    return OtherWords(
        f"the words are not the same: {difference}",
        "Look whether it was written down and typed as it was read aloud. If it was, this is another election's file.",
    )
