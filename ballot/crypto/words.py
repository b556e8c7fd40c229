"""Fingerprints read aloud, and secrets on paper: bytes as words, and back (BIP 39).

In: a hex digest or a secret, or words as somebody typed them. Out: words, or what they stand for. A fingerprint is the
first 128 bits of a SHA-256 as twelve words, whose last holds a 4-bit check that catches most slips of the tongue; the
full hex digest remains what software compares. A secret of 256 bits has 24 words and a check of eight bits.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from mnemonic import Mnemonic

from ballot.errors import Invalid, UsageError

WORDS = 12
PREFIX_BYTES = 16

SECRET_WORDS = 24
SECRET_BYTES = 32


@cache
def languages() -> tuple[str, ...]:
    """Names of the languages that have a word list, in alphabetical order."""
    return tuple(sorted(Mnemonic.list_languages()))


def fingerprint_words(hex_digest: str, language: str = "english") -> tuple[str, ...]:
    """Twelve words, in NFC, for a SHA-256 digest of 64 lower-case hex digits.

    Raises Invalid for any other digest and UsageError for a language without a list.
    """
    if not re.fullmatch("[0-9a-f]{64}", hex_digest):
        raise Invalid("a fingerprint is not written as 64 lower-case hex digits")
    return _words(bytes.fromhex(hex_digest)[:PREFIX_BYTES], language)


def fingerprint_line(hex_digest: str) -> str:
    """The words of a fingerprint in groups of four, as they are read aloud. Raises Invalid as above."""
    return words_line(fingerprint_words(hex_digest))


def fingerprint_groups(hex_digest: str) -> tuple[str, ...]:
    """The words of a fingerprint as three groups of four, a line each on paper. Raises Invalid as above."""
    return _groups(fingerprint_words(hex_digest))


def words_line(words: Sequence[str]) -> str:
    """Words in groups of four, as they are read aloud."""
    return " · ".join(_groups(words))


def _groups(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(words[start : start + 4]) for start in range(0, len(words), 4))


def words_to_prefix(words: Sequence[str], language: str = "english") -> str:
    """The first 32 hex digits of the digest that the twelve words stand for; capitals and outer spaces do not matter.

    Raises Invalid for another number of words, words outside the list (all of them named) or a check that fails, and
    UsageError for a language without a list.
    """
    return _read(words, WORDS, "a fingerprint", language).hex()


def secret_words(secret: bytes, language: str = "english") -> tuple[str, ...]:
    """24 words, in NFC, for a secret of 32 bytes. Raises Invalid for any other length, UsageError as above."""
    if len(secret) != SECRET_BYTES:
        raise Invalid(f"a secret on paper has {SECRET_BYTES} bytes")
    return _words(secret, language)


def unknown_words(words: Sequence[str], language: str = "english") -> tuple[str, ...]:
    """Those of the words that are not in the list of this language. Raises UsageError for a language without a list."""
    known = _known(language)
    return tuple(word for word in words if _listed(word, known) not in known)


def words_to_secret(words: Sequence[str], language: str = "english") -> bytes:
    """The 32 bytes that 24 words stand for. Raises as `words_to_prefix` does, and names only words outside the list."""
    return _read(words, SECRET_WORDS, "a list", language)


def _words(data: bytes, language: str) -> tuple[str, ...]:
    book = _book(language)
    return tuple(unicodedata.normalize("NFC", word) for word in book.to_mnemonic(data).split(book.delimiter))


def _read(words: Sequence[str], count: int, what: str, language: str) -> bytes:
    book, known = _book(language), _known(language)
    if len(words) != count:
        raise Invalid(f"{what} has {count} words, here are {len(words)}")
    plain = [_listed(word, known) for word in words]
    unknown = [f"{place} ({words[place - 1]!r})" for place, word in enumerate(plain, 1) if word not in known]
    if unknown:
        raise Invalid(
            f"not in the {language} word list: word {', '.join(unknown)}", "Correct these words and try again."
        )
    try:
        return bytes(book.to_entropy(plain))
    except ValueError:
        raise Invalid(
            "the words do not fit together: one is wrong, or two have changed places", "Compare them one by one."
        ) from None


def _listed(word: str, known: Mapping[str, str]) -> str:
    """A typed word as its list has it: with the accents that were typed, else with those of the only word that fits."""
    plain = unicodedata.normalize("NFKD", word.strip().lower())
    return known.get(plain) or known.get(_bare(plain)) or plain


def _bare(word: str) -> str:
    """A word without its accents, from its decomposed form."""
    return "".join(character for character in word if not unicodedata.combining(character))


@cache
def _known(language: str) -> dict[str, str]:
    """The words of a list, decomposed: each under itself, and without accents if no other has the same letters."""
    words = _book(language).wordlist
    counts = Counter(map(_bare, words))
    return {bare: word for word in words if counts[bare := _bare(word)] == 1} | {word: word for word in words}


@cache
def _book(language: str) -> Mnemonic:
    if language not in languages():
        raise UsageError(f"there is no word list for {language!r}", f"There are lists for {', '.join(languages())}.")
    # Not every list is stored in the form in which the library looks words up.
    return Mnemonic(language, [unicodedata.normalize("NFKD", word) for word in Mnemonic(language).wordlist])
