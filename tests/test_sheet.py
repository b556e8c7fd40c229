"""Recovery sheets: the words on paper make the same key again, and no other words make any."""

import random
import re
from functools import cache

import pytest
from msgspec import structs

from ballot.crypto.groups import GROUPS
from ballot.crypto.keys import TrusteeSecret
from ballot.crypto.words import fingerprint_line, languages
from ballot.declaration import WIDTH
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.opening import new_trustee
from ballot.trustees.ceremony import Secrets
from ballot.trustees.messages import Transcript
from ballot.trustees.sheet import fingerprint, lists_of, restore, restore_plain, sheet
from tests.trustees import NAMES, hold


@cache
def held(group: str = "Ed25519") -> tuple[list[Secrets], Transcript]:
    return hold(3, 2, group)


def read_back(text: str) -> list[list[str]]:
    """The lists as somebody types them from the paper."""
    return [re.findall(r"\d+\. (\S+)", part) for part in text.split("List ")[1:]]


@pytest.mark.parametrize("group", GROUPS)
def test_a_key_of_a_ceremony_comes_back_from_its_sheet(group: str) -> None:
    everybody, transcript = held(group)
    for secrets in everybody:
        assert restore(transcript, read_back(sheet(secrets))) == secrets


@pytest.mark.parametrize("group", GROUPS)
def test_a_plain_key_comes_back_from_its_sheet(group: str) -> None:
    key = TrusteeSecret(*new_trustee("Tara", group))
    assert restore_plain(key.public, read_back(sheet(key))) == key


@pytest.mark.parametrize("language", languages())
def test_words_of_every_language_come_back(language: str) -> None:
    everybody, transcript = held()
    assert restore(transcript, lists_of(everybody[1], language), language) == everybody[1]


def test_what_a_key_remembers_of_the_count_does_not_come_back() -> None:
    everybody, transcript = held()
    used = structs.replace(everybody[0], given=(2,))
    assert restore(transcript, lists_of(used)) == everybody[0]


def test_the_sheet_names_whose_it_is_and_fits_on_paper() -> None:
    everybody, _ = held()
    text = sheet(everybody[1])
    assert f"Trustee: {NAMES[1]}" in text
    words = fingerprint_line(fingerprint(everybody[1].trustee)).split(" · ")
    assert "\n".join(f"  {part}" for part in words) in text
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert [len(words) for words in read_back(text)] == [24, 24, 24]
    for secret in (everybody[1].exponent, everybody[1].box, everybody[1].signing.hex()):
        assert secret not in text


def test_one_wrong_word_or_two_exchanged_are_found_and_their_list_is_named() -> None:
    everybody, transcript = held()
    lists = [list(words) for words in lists_of(everybody[0])]
    for place, title in enumerate("ABC"):
        for index in range(24):
            wrong = [list(words) for words in lists]
            wrong[place][index] = "abandon" if wrong[place][index] != "abandon" else "zoo"
            with pytest.raises((Invalid, KeyRefused), match=f"list {title}"):
                restore(transcript, wrong)
        swapped = [list(words) for words in lists]
        swapped[place][3], swapped[place][4] = "outside", "thelist"
        with pytest.raises(Invalid, match=f"list {title}: not in the english word list: word 5"):
            restore(transcript, swapped)
        with pytest.raises(Invalid, match=f"list {title}: a list has 24 words, here are 23"):
            restore(transcript, [*lists[:place], lists[place][1:], *lists[place + 1 :]])


def test_lists_in_another_order_or_of_two_trustees_are_refused() -> None:
    everybody, transcript = held()
    (a, b, c), (_, other_b, other_c) = lists_of(everybody[0]), lists_of(everybody[1])
    for said, lists in (
        ("what was typed is not list A", (b, a, c)),
        ("what was typed is not list A", (c, b, a)),
        ("list B is not that of", (a, c, b)),
        ("list B is not that of", (a, a, c)),
        ("list B is not that of", (a, other_b, c)),
        ("list C is not that of", (a, b, b)),
        ("list C is not that of", (a, b, other_c)),
    ):
        with pytest.raises(KeyRefused, match=said):
            restore(transcript, lists)
    for few in ((), (a,), (a, b), (a, b, c, c)):
        with pytest.raises(Invalid, match="the sheet of a ceremony has 3 lists"):
            restore(transcript, few)


def test_a_sheet_of_another_ceremony_or_key_is_refused() -> None:
    everybody, transcript = held("BELENIOS-2048")
    with pytest.raises(KeyRefused, match="not list A of a trustee of this ceremony"):
        restore(transcript, lists_of(held()[0][0]))
    with pytest.raises(KeyRefused, match="not of the key of Tara"):
        restore_plain(everybody[0].trustee, lists_of(everybody[1])[:1])
    with pytest.raises(Invalid, match="has one list"):
        restore_plain(everybody[0].trustee, lists_of(everybody[0]))


def test_a_ceremony_that_is_not_complete_restores_nothing() -> None:
    everybody, transcript = held()
    with pytest.raises(Refused, match="is missing"):
        restore(structs.replace(transcript, answers=()), lists_of(everybody[0]))


def test_random_words_that_fit_together_are_no_key() -> None:
    everybody, transcript = held()
    big = structs.replace(everybody[0], exponent=str(random.getrandbits(256) | 1 << 255))
    with pytest.raises(KeyRefused, match="not list A of a trustee"):
        restore(transcript, lists_of(big))
