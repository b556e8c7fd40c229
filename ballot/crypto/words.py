"""Fingerprints read aloud: the first 128 bits of a SHA-256 as twelve words, and back (BIP 39).

In: a hex digest, or words as somebody typed them. Out: words, or the first 32 hex digits of the digest. The last word
holds a 4-bit check that catches most slips of the tongue; the full hex digest remains what software compares.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from mnemonic import Mnemonic

from ballot.errors import Invalid, UsageError

WORDS = 12
PREFIX_BYTES = 16


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
    book = _book(language)
    text = book.to_mnemonic(bytes.fromhex(hex_digest)[:PREFIX_BYTES])
    return tuple(unicodedata.normalize("NFC", word) for word in text.split(book.delimiter))


def words_to_prefix(words: Sequence[str], language: str = "english") -> str:
    """The first 32 hex digits of the digest that the twelve words stand for; capitals and outer spaces do not matter.

    Raises Invalid for another number of words, words outside the list (all of them named) or a check that fails, and
    UsageError for a language without a list.
    """
    book = _book(language)
    if len(words) != WORDS:
        raise Invalid(f"a fingerprint has {WORDS} words, here are {len(words)}")
    plain = [unicodedata.normalize("NFKD", word.strip().lower()) for word in words]
    known = frozenset(book.wordlist)
    unknown = [f"{place} ({words[place - 1]!r})" for place, word in enumerate(plain, 1) if word not in known]
    if unknown:
        raise Invalid(
            f"not in the {language} word list: word {', '.join(unknown)}", "Correct these words and try again."
        )
    try:
        return book.to_entropy(plain).hex()
    except ValueError:
        raise Invalid(
            "the words do not fit together: one is wrong, or two have changed places", "Have them read out again."
        ) from None


@cache
def _book(language: str) -> Mnemonic:
    if language not in languages():
        raise UsageError(f"there is no word list for {language!r}", f"There are lists for {', '.join(languages())}.")
    # Not every list is stored in the form in which the library looks words up.
    return Mnemonic(language, [unicodedata.normalize("NFKD", word) for word in Mnemonic(language).wordlist])
