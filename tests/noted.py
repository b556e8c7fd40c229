"""Words as people write them down: in, twelve words; out, the ways in which each of them is still the same word."""

from collections.abc import Callable, Sequence

_WAYS: tuple[Callable[[int, str], str], ...] = (
    lambda _, word: f"{word} ",
    lambda number, word: f"{number} {word} ",
    lambda number, word: f"{number}.{word} ",
    lambda number, word: f"({number}) {word}\n",
    lambda number, word: f"{number}) {word.capitalize()}, ",
    lambda number, word: f"{number}{word}",
    lambda _, word: f"{word}; ",
    lambda _, word: f"{word.capitalize()}. ",
    lambda _, word: f"“{word.upper()}” - ",
    lambda number, word: f"{word}{' · ' if number % 4 == 0 else ', '}",
)


def spellings(words: Sequence[str]) -> list[str]:
    """The same words in every way."""
    return ["".join(way(number, word) for number, word in enumerate(words, start=1)) for way in _WAYS]
