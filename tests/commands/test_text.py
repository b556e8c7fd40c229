"""Text from outside can neither steer a terminal nor hide."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.commands.text import is_unsafe, isolated, safe, width, wrap


@pytest.mark.parametrize(
    "code",
    [
        *(0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B),
        *(0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF, 0x00AD, 0x180E, 0x2800, 0x3164),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *(0xD800, 0xDCFF, 0xE000, 0xFFFE, 0x0378, 0xE0001, 0xE0041, 0xE007F, 0x10FFFF),
    ],
)
def test_unsafe_characters_are_written_as_code_points(code: int) -> None:
    assert safe(f"a{chr(code)}b") == f"a<U+{code:04X}>b"


def test_an_escape_sequence_in_a_name_does_not_reach_the_terminal() -> None:
    assert safe("\x1b]0;title\x07\x1b[2J") == "<U+001B>]0;title<U+0007><U+001B>[2J"


def test_a_line_break_in_a_name_cannot_fake_an_error_line() -> None:
    assert "\n" not in safe("x\nerror: fake\r\nhint: fake")


@pytest.mark.parametrize(
    "name",
    [
        "Églantine Étoilemer",
        "পলাশ মেঘপাথর",
        "سراج حديقة المطر",
        "می‌خواهم",
        "ශ්‍රී ලංකා",
        "林星河",
        "חיים",
        "O’Neill-Smith (Sr.)",
        "[bold]x[/]",
    ],
)
def test_names_in_every_script_stay_as_they_are(name: str) -> None:
    assert safe(name) == name


@given(st.text())
def test_safe_text_holds_nothing_unsafe_and_stays_safe(text: str) -> None:
    once = safe(text)
    assert not any(map(is_unsafe, once))
    assert safe(once) == once


def test_only_names_with_right_to_left_characters_are_isolated() -> None:
    assert isolated("سراج") == "\u2068سراج\u2069"
    assert isolated("Ann חיים") == "\u2068Ann חיים\u2069"
    assert isolated("পলাশ 林 Ann 12") == "পলাশ 林 Ann 12"


@pytest.mark.parametrize(("text", "cells"), [("Ann", 3), ("林星", 4), ("E\u0301", 1), ("می\u200cخ", 3), ("", 0)])
def test_width_counts_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_lines_break_at_spaces() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]


def test_a_word_longer_than_a_line_is_broken_but_not_inside_a_letter() -> None:
    assert wrap("ab" + "e\u0301" * 5, 4) == ["abe\u0301e\u0301", "e\u0301e\u0301e\u0301"]
    assert wrap("林星河灯塔", 5) == ["林星", "河灯", "塔"]


@given(st.text(st.characters(exclude_categories=["Cs"])).map(safe), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing(text: str, limit: int) -> None:
    lines = wrap(text, limit)
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))
    for line in lines:
        joined = any(unicodedata.category(character) == "Mc" or character == "\u200d" for character in line)
        assert width(line) <= limit or joined


@pytest.mark.parametrize(("limit", "lengths"), [(64, [64]), (63, [32, 32]), (40, [32, 32]), (31, [31, 31, 2])])
def test_a_fingerprint_breaks_in_the_middle(limit: int, lengths: list[int]) -> None:
    digits = "0123456789abcdef" * 4
    lines = wrap(digits, limit)
    assert "".join(lines) == digits
    assert [len(line) for line in lines] == lengths


WORDS = "one two three four · five six seven eight · nine ten eleven twelve"


@pytest.mark.parametrize("limit", [24, 40, 65])
def test_groups_of_words_that_need_more_than_a_line_have_a_line_each(limit: int) -> None:
    assert wrap(WORDS, limit) == ["one two three four ·", "five six seven eight ·", "nine ten eleven twelve"]


def test_the_number_of_a_word_stays_with_it() -> None:
    numbered = "1 one 2 two 3 three 4 four · 5 five 6 six 7 seven 8 eight"
    assert wrap(numbered, 17) == ["1 one 2 two", "3 three 4 four ·", "5 five 6 six", "7 seven 8 eight"]


def test_groups_of_words_stay_on_one_line_that_has_room() -> None:
    assert wrap(WORDS, width(WORDS)) == [WORDS]


def test_a_word_that_is_to_be_copied_stays_whole() -> None:
    assert wrap("Copy BALLOT1:0123456789 now", 10, chop=False) == ["Copy", "BALLOT1:0123456789", "now"]


COMMAND = '`ballot officers elected "Vice Chair" --record FILE --secretary secretary.key`'


def test_a_command_is_never_broken_where_it_is_told() -> None:
    """Whoever copies it would copy the break too, and with it half of a command or of a name."""
    said = f"When its record is published: {COMMAND}, or {COMMAND}."
    assert wrap(said, 40, chop=False) == ["When its record is published:", f"{COMMAND},", "or", f"{COMMAND}."]


def test_what_stands_further_in_stays_there() -> None:
    line = "    with delegates                  0"
    assert wrap(line, 80) == [line]
    assert wrap("  one two three", 9) == ["  one two", "  three"]


@pytest.mark.parametrize("limit", [16, 20, 30])
def test_a_name_in_quotes_is_not_broken_where_it_fits_on_a_line(limit: int) -> None:
    lines = wrap('collect it: ballot trustee stand-in "Juniper Boat" --key KEY', limit)
    assert any('"Juniper Boat"' in line for line in lines)
    assert max(map(width, lines)) <= limit
    assert wrap('"a name that is much too long for a line"', 12)[0] == '"a name that'
