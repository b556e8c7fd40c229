"""Words that are read aloud: numbered on the screen, and compared with what somebody wrote down."""

import zipfile
from pathlib import Path

import pytest

from ballot.aloud import numbered
from ballot.commands.aloud import OtherWords, check_noted, read_noted
from ballot.crypto.words import fingerprint_line
from ballot.errors import UsageError
from tests.commands.assembly import Assembly, ballot, opening_of
from tests.noted import spellings

LINE = "abandon ability able about · above absent absorb abstract · absurd abuse access accident"
SHOWN = (
    "1 abandon 2 ability 3 able 4 about · 5 above 6 absent 7 absorb 8 abstract "
    "· 9 absurd 10 abuse 11 access 12 accident"
)


def test_every_word_has_its_number() -> None:
    assert numbered(LINE) == SHOWN


@pytest.mark.parametrize("noted", [LINE, SHOWN, LINE.replace(" · ", "\n"), *spellings(LINE.replace("·", "").split())])
def test_spaces_signs_capitals_and_numbers_do_not_matter(noted: str) -> None:
    check_noted(LINE, read_noted(noted))


@pytest.mark.parametrize(
    ("noted", "difference"),
    [
        (LINE.replace("absent", "absnet"), "word 6 is absent here, and absnet in what was written down"),
        (LINE.replace("able about", "about able"), "word 3 is able here, and about in what was written down"),
        (LINE.removesuffix(" accident"), "word 12 is accident here, and missing in what was written down"),
        (f"{LINE} zoo", "13 words were written down, and here are 12"),
    ],
)
def test_the_first_word_that_differs_is_named(noted: str, difference: str) -> None:
    with pytest.raises(OtherWords, match=difference) as caught:
        check_noted(LINE, read_noted(noted))
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("noted", ["", " ", "1 2 3", "·"])
def test_nothing_is_not_the_same_as_the_words(noted: str) -> None:
    with pytest.raises(UsageError):
        read_noted(noted)


def test_a_record_is_compared_with_the_words_from_the_room(assembly: Assembly) -> None:
    here = assembly.folder
    line = fingerprint_line(opening_of(here).signed.opening.fingerprint)
    assert numbered(line) in " ".join(ballot(here, "verify", "record.zip", "--plain").out.split())
    same = ballot(here, "verify", "record.zip", "--words", numbered(line).upper())
    assert same.code == 0
    assert same.err.endswith("The words are the same as those that were written down.\n")
    assert "The words are the same" not in ballot(here, "verify", "record.zip").err


def test_attack_the_record_of_an_election_that_somebody_made_up(assembly: Assembly) -> None:
    here = assembly.folder
    words = fingerprint_line("0" * 64)
    first = fingerprint_line(opening_of(here).signed.opening.fingerprint).split()[0]
    other = ballot(here, "verify", "record.zip", "--words", words)
    assert other.code == 4
    assert f"error: the words are not the same: word 1 is {first} here, and {words.split()[0]}" in other.err
    assert "The words are the same" not in other.err


def test_empty_words_are_refused_before_anything_is_verified(assembly: Assembly) -> None:
    told = ballot(assembly.folder, "verify", "record.zip", "--words", "1 · 2")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: --words holds no words")


def test_attack_a_forged_record_is_not_vouched_for_by_a_command_that_checks_nothing(assembly: Assembly) -> None:
    line = fingerprint_line(opening_of(assembly.folder).signed.opening.fingerprint)
    told = ballot(assembly.folder, "show", "record.zip", "--words", line)
    assert (told.code, told.out) == (2, "")


def test_what_is_no_record_of_an_election_has_no_words_to_compare(assembly: Assembly, tmp_path: Path) -> None:
    with zipfile.ZipFile(assembly.folder / "record.zip") as record:
        (tmp_path / "election.bel").write_bytes(record.read("election.bel"))
    told = ballot(tmp_path, "verify", "election.bel", "--words", LINE)
    assert told.code == 2
    assert "--words compares the record of an election" in told.err
