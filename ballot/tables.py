"""Strict reading of CSV files, and of the text in their cells.

In: bytes of a file. Out: its rows as text by column, with every fault found, so that a command can report the faults of
several files together. Also the keys under which look-alike names and ids are compared.

A file is UTF-8 without a byte-order mark, comma-separated, one row a line (LF or CRLF), with a header row. Columns may
stand in any order.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ballot.characters import JOINERS, TWINS, is_known, is_unseen
from ballot.errors import Fault

MAX_BYTES = 5 * 1024 * 1024
"""Largest file that is read, in bytes."""

MAX_ROWS = 100_000
"""Most rows after the header."""

MAX_CELL = 300
"""Longest value, in characters."""

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
# Excel's "CSV UTF-8" has the mark always, and semicolons in many countries; it has no setting for either.
_WITHOUT_MARK = ', as Notepad does with "Save as" and the encoding UTF-8'
_WITH_COMMAS = ', as LibreOffice does with "Save as", Text CSV and the field delimiter ,'
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_KINDS = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half of a character",
    "Co": "a private character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_GAPS = re.compile(rf"[\s{JOINERS}]{{2}}")
# Under the dot that i and j have anyway, U+0307 is not seen.
_DOTTED = re.compile("(?<=[ij])\u0307+")
_ID = re.compile(r"[A-Z0-9-]{1,20}")
_ONES_AND_NOUGHTS = str.maketrans("oil", "011")


@dataclass(frozen=True)
class Row:
    """One row of a table: its number in the file (the header is row 1) and its values by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """What was read: the rows that have the right length, all faults, and whether the header could be understood."""

    name: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    readable: bool

    @property
    def left_out(self) -> int:
        """How many rows could not be read, each of them a fault."""
        return sum(fault.row > 1 and not fault.field for fault in self.faults)


def read_table(data: bytes, name: str, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read a CSV file whose columns are all of `required` and any of `optional`; values of required ones are not empty.

    Never raises: the faults are in the table. Rows whose values have faults are kept for further checks.
    """
    lines, faults = read_lines(data, name)
    if not lines:
        return Table(name, (), tuple(faults), readable=False)
    header, problem = split_row(lines[0][1])
    header_faults = [Fault(name, 1, "", problem)] if problem else _header_faults(header, name, required, optional)
    if header_faults:
        return Table(name, (), (*faults, *header_faults), readable=False)
    rows = []
    for number, line in lines[1:]:
        cells, problem = split_row(line)
        if not problem and len(cells) != len(header):
            problem = f"{len(cells)} value{'s' if len(cells) != 1 else ''}, the header has {len(header)}"
        if problem:
            faults.append(Fault(name, number, "", problem if line else "the row is empty"))
            continue
        row = Row(number, dict(zip(header, cells, strict=True)))
        rows.append(row)
        faults.extend(_cell_faults(row, name, required))
    return Table(name, tuple(rows), tuple(faults), readable=True)


def read_lines(data: bytes, name: str) -> tuple[list[tuple[int, str]], list[Fault]]:
    """Lines of a text file with their numbers from 1, without line ends, and the faults of the file as a whole.

    Lines that are not UTF-8 are faults and are left out; if that is the first line, or the file is empty, too large or
    UTF-16, there are no lines.
    """
    if len(data) > MAX_BYTES:
        return [], [Fault(name, 0, "", f"too large: {len(data)} bytes, at most {MAX_BYTES} are read")]
    faults = []
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            problem = f"begins with a byte-order mark ({encoding}); save it as UTF-8 without one{_WITHOUT_MARK}"
            faults.append(Fault(name, 0, "", problem))
            if encoding != "UTF-8":
                return [], faults
            data = data[len(mark) :]
    if not data:
        return [], [*faults, Fault(name, 0, "", "the file is empty")]
    pieces = data.removesuffix(b"\n").split(b"\n")
    if len(pieces) > MAX_ROWS + 1:
        return [], [*faults, Fault(name, 0, "", f"too many rows: {len(pieces) - 1}, at most {MAX_ROWS} are read")]
    lines = []
    for number, piece in enumerate(pieces, start=1):
        try:
            lines.append((number, piece.removesuffix(b"\r").decode()))
        except UnicodeDecodeError as error:
            byte = piece[error.start]
            problem = f"not UTF-8: byte 0x{byte:02X} at position {error.start + 1}; save the file as UTF-8"
            faults.append(Fault(name, number, "", problem))
    if lines and lines[0][0] != 1:
        lines = []
    return lines, faults


def split_row(line: str) -> tuple[list[str], str]:
    """Values of one line and the problem with its quotes, empty when there is none. An empty line has no values."""
    if "\r" in line:
        return [], "a carriage return (U+000D) inside the row"
    try:
        return next(csv.reader([line], strict=True), []), ""
    except csv.Error:
        return [], "not readable as comma-separated values; every quote must close on the same line"


def text_problem(value: str) -> str:
    """What is wrong with a piece of text that will be printed and compared, or an empty string.

    Refused: control, bidirectional and other unseen characters, those that Unicode 14.0 does not have, square brackets
    (screen markup), text that is not in Unicode normal form NFC, white space at the ends, two gaps in a row, which
    could push the rest of a text onto a line of its own, and text of which nothing could be seen or compared.
    """
    if len(value) > MAX_CELL:
        return f"too long: {len(value)} characters, at most {MAX_CELL}"
    for character in value:
        problem = _character_problem(character)
        if problem:
            return f"holds {problem} (U+{ord(character):04X})"
    if value != value.strip():
        return "white space at the beginning or the end"
    if _GAPS.search(value):
        return "two spaces or joiners in a row; leave one"
    if unicodedata.normalize("NFC", value) != value:
        return "not in Unicode normal form NFC; type it again or convert the file"
    if value and not name_key(value):
        return "holds nothing that can be seen"
    return ""


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Key under which spellings of a name are the same: case, width, spaces, joiners, look-alike letters and signs.

    What of it is the same does not depend on the version of Unicode, if `text_problem` finds nothing. A text that is
    too long for a name is its own key: to normalise it takes the square of its length, and nobody may send us that.
    """
    if len(name) > MAX_CELL:
        return name
    # Twice: the normal form has other twins than the text, and takes some apart beyond recognition.
    folded = unicodedata.normalize("NFKC", name.translate(TWINS)).casefold()
    alike = unicodedata.normalize("NFKD", folded).translate(TWINS)
    return " ".join(_DOTTED.sub("", alike).split())


def named_in(names: Sequence[str], given: str) -> str:
    """The one of these names, which are different, that a person means who gave this spelling; empty if it is none."""
    wanted = name_key(given)
    return given if given in names else next((name for name in names if name_key(name) == wanted), "")


def id_key(identity: str) -> str:
    """Key under which ids that are easily mistaken are the same: as `name_key`, with O = 0 and I = L = 1."""
    return name_key(identity).translate(_ONES_AND_NOUGHTS)


def id_problem(identity: str) -> str:
    """What is wrong with the id of a member, or an empty string."""
    good = _ID.fullmatch(identity)
    return "" if good else f"{shown(identity)} may hold only A to Z, 0 to 9 and -, at most 20 of them"


def whole_number(value: str) -> int:
    """The number from 1 to 999,999 that plain digits without leading zeros stand for, else 0."""
    plain = value.isascii() and value.isdigit() and len(value) <= 6 and not value.startswith("0")
    return int(value) if plain else 0


def number_faults(table: Table, column: str = "number") -> list[Fault]:
    """Faults of a column that must hold the numbers 1 to n, each once, in any order; one left out may have any."""
    faults = []
    most = len(table.rows) + table.left_out
    seen: dict[int, int] = {}
    for row in table.rows:
        value = row.cells[column]
        number = whole_number(value)
        if not number:
            if value:
                problem = f"{shown(value)} is not a whole number from 1 to 999999"
                faults.append(Fault(table.name, row.number, column, problem))
        elif number in seen:
            faults.append(Fault(table.name, row.number, column, f"{number} is already in row {seen[number]}"))
        elif number > most:
            problem = f"{number} leaves a gap; the numbers run from 1 without gaps"
            faults.append(Fault(table.name, row.number, column, problem))
        seen.setdefault(number, row.number)
    return faults


def same_name_faults(table: Table, column: str = "name") -> list[Fault]:
    """Faults of a column whose names must differ by more than case, width, spaces or look-alike letters."""
    faults = []
    seen: dict[str, int] = {}
    for row in table.rows:
        name = row.cells[column]
        first = seen.setdefault(name_key(name), row.number)
        if name and first != row.number:
            faults.append(Fault(table.name, row.number, column, f"{shown(name)} is the same name as in row {first}"))
    return faults


def shown(value: str, limit: int = 40) -> str:
    """Untrusted text in quotes, cut short, with everything that `text_problem` refuses written as code points."""
    cut = value if len(value) <= limit else value[:limit] + "…"
    return "'" + "".join(f"<U+{ord(c):04X}>" if _character_problem(c) else c for c in cut) + "'"


def _character_problem(character: str) -> str:
    if character in _BIDI:
        return "a character that changes the direction of writing"
    if character in JOINERS:
        return ""
    if character in "[]":
        return "a square bracket, which could be read as screen markup; use round ones"
    if character == "\ufffd":
        return "a replacement character, left by a wrong conversion"
    if is_unseen(character):
        return "an invisible character"
    if not is_known(character):
        # Whether it is refused is fixed; only the words for it are those of the Unicode version that runs.
        return _FORBIDDEN_KINDS.get(unicodedata.category(character), "a character that Unicode 14.0 does not have")
    return ""


def _header_faults(header: list[str], name: str, required: Sequence[str], optional: Sequence[str]) -> list[Fault]:
    known = (*required, *optional)
    if len(header) == 1 and re.search("[;\t]", header[0]):
        problem = f"the values are separated by semicolons or tabs; save the file with commas{_WITH_COMMAS}"
        return [Fault(name, 1, "", problem)]
    faults = [Fault(name, 1, column, "the column is missing") for column in required if column not in header]
    for position, column in enumerate(header):
        if column not in known:
            expected = ", ".join(known)
            faults.append(Fault(name, 1, shown(column), f"unknown column; the columns are {expected}"))
        elif column in header[:position]:
            faults.append(Fault(name, 1, column, "the column is there twice"))
    return faults


def _cell_faults(row: Row, name: str, required: Iterable[str]) -> list[Fault]:
    faults = []
    for column, value in row.cells.items():
        problem = text_problem(value)
        if not value and column in required:
            problem = "the value is missing"
        if problem:
            faults.append(Fault(name, row.number, column, problem))
    return faults
