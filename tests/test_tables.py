"""Reading CSV files: what is said of each fault, where the limits are, and what is read all the same."""

import pytest

from ballot.errors import Fault
from ballot.tables import (
    Row,
    Table,
    id_problem,
    name_key,
    number_faults,
    read_lines,
    read_table,
    same_name_faults,
    shown,
    split_row,
    text_problem,
    whole_number,
)

MIB_5 = 5 * 1024 * 1024
UTF_8, UTF_16 = (
    f'begins with a byte-order mark ({name}); save it as UTF-8 without one, as Notepad does with "Save as" and the '
    "encoding UTF-8"
    for name in ("UTF-8", "UTF-16")
)


def told(table: Table) -> list[tuple[int, str, str]]:
    assert {fault.file for fault in table.faults} <= {table.name}
    return [(fault.row, fault.field, fault.problem) for fault in table.faults]


def read(text: str | bytes, *required: str, optional: tuple[str, ...] = ()) -> Table:
    return read_table(text if isinstance(text, bytes) else text.encode(), "x.csv", required or ("a", "b"), optional)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_of_both_kinds_is_called_that_and_not_read(mark: bytes) -> None:
    table = read(mark + "a,b\n".encode("utf-16-le"))
    assert (told(table), table.rows, table.readable) == ([(0, "", UTF_16)], (), False)


def test_a_file_with_a_byte_order_mark_is_read_for_its_other_faults() -> None:
    table = read(b"\xef\xbb\xbfa,b\n1,2\n3\n")
    assert told(table) == [(0, "", UTF_8), (3, "", "1 value, the header has 2")]
    assert (table.rows, table.readable, table.left_out) == ((Row(2, {"a": "1", "b": "2"}),), True, 1)
    assert told(read(b"\xef\xbb\xbf")) == [(0, "", UTF_8), (0, "", "the file is empty")]
    assert told(read(b"\xef\xbb\xbfa\n")) == [(0, "", UTF_8), (1, "b", "the column is missing")]
    many = "too many rows: 100001, at most 100000 are read"
    assert told(read(b"\xef\xbb\xbf" + b"a\n" * 100_002)) == [(0, "", UTF_8), (0, "", many)]


def test_5_mib_are_read_and_not_a_byte_more() -> None:
    whole = b"a,b\n" + b"x" * (MIB_5 - 4)
    assert read_lines(whole, "x.csv")[1] == []
    assert read_lines(whole + b"x", "x.csv") == (
        [],
        [Fault("x.csv", 0, "", f"too large: {MIB_5 + 1} bytes, at most {MIB_5} are read")],
    )


def test_100000_rows_are_read_and_not_a_row_more() -> None:
    whole = b"a\n" * 100_001
    assert len(read_lines(whole, "x.csv")[0]) == 100_001
    problem = "too many rows: 100001, at most 100000 are read"
    assert read_lines(whole + b"a", "x.csv") == ([], [Fault("x.csv", 0, "", problem)])


def test_a_line_that_is_not_utf_8_is_left_out_and_the_others_are_read() -> None:
    lines, faults = read_lines(b"a\nb\xe9c\nd\r\n", "x.csv")
    assert lines == [(1, "a"), (3, "d")]
    assert faults == [Fault("x.csv", 2, "", "not UTF-8: byte 0xE9 at position 2; save the file as UTF-8")]
    for data in (b"\xe9\nb\n", b"\xe9"):
        lines, faults = read_lines(data, "x.csv")
        assert (lines, [fault.row for fault in faults]) == ([], [1])


@pytest.mark.parametrize(
    ("line", "values"),
    [("", []), (",", ["", ""]), ("a,b", ["a", "b"]), ('"a,b",c', ["a,b", "c"]), ('"a""b"', ['a"b'])],
)
def test_a_row_is_taken_apart(line: str, values: list[str]) -> None:
    assert split_row(line) == (values, "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('"a', "not readable as comma-separated values; every quote must close on the same line"),
        ('"a"b', "not readable as comma-separated values; every quote must close on the same line"),
        ("a\rb", "a carriage return (U+000D) inside the row"),
    ],
)
def test_a_row_that_cannot_be_taken_apart_has_no_values(line: str, problem: str) -> None:
    assert split_row(line) == ([], problem)
    assert told(read(f"{line}\n1,2\n")) == [(1, "", problem)]
    assert told(read(f"a,b\n{line}\n1,2\n")) == [(2, "", problem)]


def test_rows_of_another_length_than_the_header_are_left_out() -> None:
    table = read("a,b\n1\n\n1,2,3\n5,6\n")
    assert told(table) == [
        (2, "", "1 value, the header has 2"),
        (3, "", "the row is empty"),
        (4, "", "3 values, the header has 2"),
    ]
    assert (table.rows, table.left_out) == ((Row(5, {"a": "5", "b": "6"}),), 3)


def test_a_required_value_may_not_be_empty_and_another_may() -> None:
    table = read("a,c\n,\n1, 2\n", "a", optional=("b", "c"))
    assert told(table) == [(2, "a", "the value is missing"), (3, "c", "white space at the beginning or the end")]
    assert [row.cells for row in table.rows] == [{"a": "", "c": ""}, {"a": "1", "c": " 2"}]
    assert table.left_out == 0


@pytest.mark.parametrize("sign", [";", "\t"])
def test_semicolons_and_tabs_are_told_by_name(sign: str) -> None:
    table = read(f"a{sign}b\n1{sign}2\n")
    problem = (
        "the values are separated by semicolons or tabs; save the file with commas, as LibreOffice does with "
        '"Save as", Text CSV and the field delimiter ,'
    )
    assert (told(table), table.readable) == ([(1, "", problem)], False)


def test_all_faults_of_a_header_are_named_at_once() -> None:
    table = read("a,a,x;y\n1,2,3\n", "a", "b", optional=("c",))
    assert told(table) == [
        (1, "b", "the column is missing"),
        (1, "a", "the column is there twice"),
        (1, "'x;y'", "unknown column; the columns are a, b, c"),
    ]
    assert (table.rows, table.readable) == ((), False)
    assert [field for _, field, _ in told(read("a;x,b\n1,2\n"))] == ["a", "'a;x'"]
    assert read("a\n1\n", "a").faults == ()


@pytest.mark.parametrize(
    ("character", "problem"),
    [
        ("\x00", "a control character"),
        ("\x9f", "a control character"),
        ("\u200b", "an invisible character"),
        ("\ud800", "half of a character"),
        ("\ue000", "a private character"),
        ("\u2028", "a line separator"),
        ("\u2029", "a paragraph separator"),
        ("\u0378", "a character that Unicode 14.0 does not have"),
        ("\ufe0f", "an invisible character"),
        ("\ufffd", "a replacement character, left by a wrong conversion"),
        ("[", "a square bracket, which could be read as screen markup; use round ones"),
        ("]", "a square bracket, which could be read as screen markup; use round ones"),
        *(
            (sign, "a character that changes the direction of writing")
            for sign in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        ),
    ],
    ids=ascii,
)
def test_what_is_refused_is_called_what_it_is_and_never_shown(character: str, problem: str) -> None:
    code = f"U+{ord(character):04X}"
    assert text_problem(f"Ana{character}") == f"holds {problem} ({code})"
    assert shown(f"Ana{character}") == f"'Ana<{code}>'"


def test_a_text_has_at_most_300_characters_and_a_longer_one_is_its_own_key() -> None:
    assert text_problem("A" * 300) == ""
    assert text_problem("A" * 301) == "too long: 301 characters, at most 300"
    assert name_key("A" * 300) == "a" * 300
    assert name_key("A" * 301) == "A" * 301


def test_what_is_shown_is_cut_after_40_characters() -> None:
    assert shown("x" * 40) == "'" + "x" * 40 + "'"
    assert shown("x" * 41) == "'" + "x" * 40 + "…'"
    assert shown("abc", 2) == "'ab…'"


@pytest.mark.parametrize("good", ["A", "Z", "0", "9", "-", "A" * 20])
def test_an_id_is_of_capitals_digits_and_hyphens(good: str) -> None:
    assert id_problem(good) == ""


@pytest.mark.parametrize("bad", ["", "a", "A B", "A\n", "Ä", "Α", "٣", "A_", "@", "[", "/", ":", "A" * 21])
def test_what_is_no_id(bad: str) -> None:
    assert id_problem(bad) == f"{shown(bad)} may hold only A to Z, 0 to 9 and -, at most 20 of them"


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("10", 10), ("999999", 999_999), ("1000000", 0)])
def test_numbers_run_to_999999(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "0", "00", "01", "-1", "+1", "1.0", "1_0", " 1", "²", "١", "１", "one"])
def test_what_is_no_whole_number(text: str) -> None:
    assert whole_number(text) == 0


def numbered(text: str) -> list[tuple[int, str]]:
    table = read(text, "number", "b")
    found = number_faults(table)
    assert {(fault.file, fault.field) for fault in found} <= {("x.csv", "number")}
    return [(fault.row, fault.problem) for fault in found]


def test_numbers_are_each_there_once_and_without_gaps() -> None:
    assert numbered("number,b\n2,x\n1,x\n3,x\n") == []
    assert numbered("number,b\n2,x\n2,x\n2,x\n4,x\n") == [
        (3, "2 is already in row 2"),
        (4, "2 is already in row 2"),
    ]
    assert numbered("number,b\n4,x\n,x\nthree,x\n") == [
        (2, "4 leaves a gap; the numbers run from 1 without gaps"),
        (4, "'three' is not a whole number from 1 to 999999"),
    ]


def test_only_a_row_that_could_not_be_read_may_have_had_a_number_of_its_own() -> None:
    gap = "leaves a gap; the numbers run from 1 without gaps"
    for unread in ("number,b\n1\n{},x\n", "number,b\n{},x\n1\n"):
        assert numbered(unread.format(2)) == []
        assert [problem for _, problem in numbered(unread.format(3))] == [f"3 {gap}"]
    # A value with a fault is in a row that was read, and a mark before the header is in none.
    assert numbered("number,b\n1,x \n3,x\n") == [(3, f"3 {gap}")]
    assert numbered("\ufeffnumber,b\n1,x\n3,x\n") == [(3, f"3 {gap}")]


def test_names_of_a_column_differ_by_more_than_their_spelling() -> None:
    table = read("name,b\nAna B,x\nANA  b,x\n,x\n,x\nBo,x\nAnа B,x\n", "name", "b")
    assert same_name_faults(table) == [
        Fault("x.csv", 3, "name", "'ANA  b' is the same name as in row 2"),
        Fault("x.csv", 7, "name", "'Anа B' is the same name as in row 2"),
    ]
