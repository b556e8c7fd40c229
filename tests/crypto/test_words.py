"""Words read aloud: there and back in every language, and slips of the tongue."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from ballot.crypto.words import (
    fingerprint_words,
    languages,
    secret_words,
    unknown_words,
    words_to_prefix,
    words_to_secret,
)
from ballot.errors import Invalid, UsageError

DIGEST = hashlib.sha256(b"opening statement").hexdigest()


def test_published_bip39_vectors() -> None:
    legal = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert fingerprint_words("7f" * 16 + "00" * 16) == tuple(legal.split())
    assert fingerprint_words("00" * 32) == ("abandon",) * 11 + ("about",)
    assert fingerprint_words("ff" * 32) == ("zoo",) * 11 + ("wrong",)


def test_languages_are_those_of_the_library() -> None:
    assert {"english", "french", "spanish", "portuguese", "chinese_simplified", "korean"} <= set(languages())
    assert list(languages()) == sorted(languages())


@pytest.mark.parametrize("language", languages())
def test_words_lead_back_to_the_first_half_of_the_digest(language: str) -> None:
    for count in range(50):
        digest = hashlib.sha256(count.to_bytes(2, "big")).hexdigest()
        words = fingerprint_words(digest, language)
        assert len(words) == 12
        assert all(unicodedata.is_normalized("NFC", word) for word in words)
        assert words_to_prefix(words, language) == digest[:32]


@given(st.binary(min_size=32, max_size=32))
def test_words_are_a_function_of_the_first_128_bits_alone(digest: bytes) -> None:
    other = digest[:16] + bytes(byte ^ 255 for byte in digest[16:])
    assert fingerprint_words(digest.hex()) == fingerprint_words(other.hex())
    changed = bytes([digest[0] ^ 1]) + digest[1:]
    assert fingerprint_words(digest.hex()) != fingerprint_words(changed.hex())


def test_capitals_spaces_and_decomposed_accents_do_not_matter() -> None:
    words = fingerprint_words(DIGEST, "french")
    typed = [unicodedata.normalize("NFD", f" {word.capitalize()} ") for word in words]
    assert words_to_prefix(typed, "french") == DIGEST[:32]


@pytest.mark.parametrize("language", languages())
def test_words_without_their_accents_are_taken_where_only_one_fits(language: str) -> None:
    words = secret_words(bytes(range(32)), language)
    bare = ["".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) for word in words]
    assert words_to_secret(bare, language) == bytes(range(32))
    assert unknown_words(bare, language) == ()


def test_a_word_without_accents_that_could_be_two_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Mnemonic("french")
    book.wordlist = [unicodedata.normalize("NFKD", word) for word in ("pêche", "péché", "matin")]
    monkeypatch.setattr("ballot.crypto.words._book", lambda _: book)
    assert unknown_words(("pêche", "peche", "matín"), "only here") == ("peche",)


@pytest.mark.parametrize("digest", ["", DIGEST[:32], DIGEST.upper(), DIGEST + "\n", "g" * 64, DIGEST + "00"])
def test_other_digests_are_refused(digest: str) -> None:
    with pytest.raises(Invalid, match="64 lower-case hex digits"):
        fingerprint_words(digest)


def test_every_unknown_word_is_named_with_its_place() -> None:
    words = list(fingerprint_words(DIGEST))
    words[2], words[11] = "ballot", "\x1b[31m"
    with pytest.raises(Invalid) as caught:
        words_to_prefix(words)
    assert "3 ('ballot')" in caught.value.message
    assert "12 (" in caught.value.message
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("count", [0, 11, 13, 15, 24])
def test_another_number_of_words_is_refused(count: int) -> None:
    with pytest.raises(Invalid, match=f"12 words, here are {count}"):
        words_to_prefix(["abandon"] * count)


def test_one_wrong_word_fails_the_check() -> None:
    with pytest.raises(Invalid, match="do not fit together"):
        words_to_prefix(("abandon",) * 12)


def test_swapped_words_are_noticed_fifteen_times_in_sixteen() -> None:
    noticed = 0
    for count in range(400):
        words = list(fingerprint_words(hashlib.sha256(count.to_bytes(2, "big")).hexdigest()))
        words[0], words[1] = words[1], words[0]
        try:
            words_to_prefix(words)
        except Invalid:
            noticed += 1
    assert 350 < noticed < 395


@pytest.mark.parametrize("language", ["klingon", "", "../wordlist/english", "English"])
def test_language_without_a_list_is_refused(language: str) -> None:
    with pytest.raises(UsageError) as caught:
        fingerprint_words(DIGEST, language)
    assert "english" in caught.value.hint
    with pytest.raises(UsageError):
        words_to_prefix(["abandon"] * 12, language)


def test_a_secret_has_the_words_of_bip_39() -> None:
    assert secret_words(bytes(32)) == (*["abandon"] * 23, "art")
    assert secret_words(b"\xff" * 32) == (*["zoo"] * 23, "vote")
    for secret in (bytes(32), bytes(range(32)), b"\xff" * 32):
        assert words_to_secret([word.upper() for word in secret_words(secret)]) == secret


def test_a_secret_of_another_length_or_with_a_slip_is_refused() -> None:
    for length in (0, 16, 31, 33):
        with pytest.raises(Invalid, match="32 bytes"):
            secret_words(bytes(length))
    with pytest.raises(Invalid, match="has 24 words, here are 12"):
        words_to_secret(["abandon"] * 12)
    with pytest.raises(Invalid, match="do not fit together"):
        words_to_secret(["abandon"] * 24)
