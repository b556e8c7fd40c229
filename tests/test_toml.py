"""TOML from outside: what is read, and files that would make a parser crash, wait or fill the memory."""

import tracemalloc

import pytest

from ballot.errors import REFUSED, BadInput, Fault
from ballot.toml import MAX_DOTS, read_toml, shape_faults
from ballot.wire import Wire

LIMIT = 256 * 1024


def fault_of(data: bytes, limit: int = LIMIT) -> Fault:
    with pytest.raises(BadInput) as caught:
        read_toml(data, "a.toml", limit)
    assert caught.value.exit_code == REFUSED
    (fault,) = caught.value.faults
    assert fault.file == "a.toml"
    assert len(fault.problem) < 300
    return fault


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_with_either_line_end(end: str) -> None:
    text = end.join(['name = "Çay"', "[part]", "numbers = [1, 2]", "a.b = true", ""])
    assert read_toml(text.encode(), "a.toml", LIMIT) == {"name": "Çay", "part": {"numbers": [1, 2], "a": {"b": True}}}


def test_a_file_of_just_the_limit_is_read_and_one_byte_more_is_not() -> None:
    assert read_toml(b"a = 1", "a.toml", 5) == {"a": 1}
    assert fault_of(b"a = 1 ", 5).problem == "too large: 6 bytes, at most 5 are read"


def test_a_byte_that_is_no_utf_8_is_named_with_its_line() -> None:
    assert fault_of(b"a = 1\n\nb = '\xe9'") == Fault("a.toml", 3, "", "not UTF-8: byte 0xE9")


def test_a_fault_of_the_syntax_is_named_with_its_line() -> None:
    fault = fault_of(b"a = 1\nb = \n")
    assert (fault.row, fault.problem[:8]) == (2, "not TOML")


@pytest.mark.parametrize(
    ("data", "row", "hint"),
    [
        ("\ufeffa = 1", 1, "without this mark"),
        ("a = 1\nb = “Assembly”", 2, "no curly ones"),
        ("a = 1\nb = Assembly", 2, "is one missing"),
        ("a = [1,", 0, "or a bracket"),
    ],
)
def test_what_an_office_program_puts_in_is_told_in_plain_words(data: str, row: int, hint: str) -> None:
    fault = fault_of(data.encode())
    assert (fault.row, hint in fault.hint) == (row, True)


def test_a_value_of_another_type_is_told_in_plain_words() -> None:
    class Plan(Wire, frozen=True):
        name: str
        need: int | None = None
        shuffle: bool = False

    assert dict(shape_faults(Plan, {"name": 1, "need": "2", "shuffle": 0})) == {
        "name": "this must be a text, in quotes",
        "need": "this must be a whole number, without quotes",
        "shuffle": "this must be true or false",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"a = " + b"1" * 10_000,
        b"a = -" + b"9" * 200_000,
        b"a = 2026-13-45",
        b"a = 1979-05-27T07:32:00+99:99",
        b"a = 1\na = 2",
        b"\xef\xbb\xbfa = 1",
        b"a = '\x00'",
        b'a = "\\ud800"',
        b"a = 1\rb = 2",
    ],
    ids=["10,000 digits", "200,000 digits", "month 13", "offset", "twice", "mark", "nul", "half a character", "return"],
)
def test_what_the_parser_stumbles_over_is_a_fault_of_the_file(data: bytes) -> None:
    assert fault_of(data).problem.startswith("not TOML: ")


@pytest.mark.parametrize("opening", [b"[", b"{a = "], ids=["lists", "tables"])
def test_a_file_nested_too_deeply_is_refused(opening: bytes) -> None:
    assert fault_of(b"a = " + opening * 20_000).problem == "nested too deeply"


@pytest.mark.parametrize(
    "data", [b"a." * 120_000 + b"a = 1", b"[" + b"a." * 120_000 + b"a]", b"x = 1\n" + b"a . " * 60_000 + b"a = 1"]
)
def test_a_key_of_many_parts_is_refused_before_it_fills_the_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        fault = fault_of(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fault.problem == "not TOML: the line has too many dots"
    assert peak < 4 * LIMIT


def test_as_many_dots_as_are_permitted_are_read() -> None:
    sentence = "." * MAX_DOTS
    assert read_toml(f'a = "{sentence}"'.encode(), "a.toml", LIMIT) == {"a": sentence}
    assert fault_of(f'a = 1\nb = "{sentence}."'.encode()).row == 2


def test_many_dotted_keys_on_lines_of_their_own_are_read() -> None:
    text = "\n".join(f"{'a.' * 20}k{line} = 1" for line in range(2_000))
    table = read_toml(text.encode(), "a.toml", LIMIT)
    for _ in range(20):
        table = table["a"]
    assert len(table) == 2_000
