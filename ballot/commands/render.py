"""Values on the screen: in, a value and the tables made from it; out, text or JSON on stdout, talk on stderr.

Text from outside is made safe here, always. On a terminal names with right-to-left characters stand between isolate
marks so that numbers beside them stay in place, and every column begins at its place whatever width the terminal gives
to the letters before it. JSON, files, pipes and `--plain` hold no such marks and moves.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from ballot.commands.escapes import obeys
from ballot.commands.text import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    is_unsafe,
    isolated,
    safe,
    unbroken,
    width,
    wrap,
)
from ballot.errors import Refused

ASKING = ("?", "\u061f", "\uff1f")
"""How a question ends: in Latin, in Arabic, and in Chinese and Japanese letters."""
_GAP = 2
_NARROWEST = 8
"""Cells that a column of text keeps, if it has them, before a table is given up for a list."""


class Tone(StrEnum):
    """What a colour says; the words must say it too. The values are SGR parameters of a terminal."""

    GOOD = "32"
    WARN = "33"
    BAD = "31"


@dataclass(frozen=True)
class Toned:
    """Text that is coloured where there are colours."""

    text: str
    tone: Tone


class Whole(str):
    """Text that is never broken, because people copy it; where there is no room for it, the rows become listings."""

    __slots__ = ()


Cell = str | int | Toned
"""Columns that hold numbers only are aligned to the right and never broken."""


@dataclass(frozen=True)
class Table:
    """Rows under headings; `columns` are unique words, as they are the labels of a plain listing."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Listing:
    """Labels with one value each."""

    title: str
    entries: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Lines:
    """Text that is printed as it stands, line by line; a terminal breaks long lines at spaces, and no word.

    Names from outside belong in the cells of the others.
    """

    title: str
    lines: tuple[str, ...]


Part = Table | Listing | Lines


@dataclass(frozen=True)
class Screen:
    """What a stream can show: cells in a line, colours, cursor moves, isolate marks, and the character of a rule."""

    width: int
    colour: bool = False
    moves: bool = False
    isolates: bool = False
    rule: str = "-"


def screen_of(stream: TextIO) -> Screen:
    """What this stream can show. Colour needs a terminal and an unset or empty NO_COLOR."""
    columns = shutil.get_terminal_size((80, 24)).columns
    utf8 = (stream.encoding or "utf-8").lower().startswith("utf")
    rule = "─" if utf8 else "-"
    if not obeys(stream):
        return Screen(columns, rule=rule)
    return Screen(columns, not os.environ.get("NO_COLOR"), True, utf8 and os.environ.get("TERM") != "linux", rule)


def show(value: object, *parts: Part, as_json: bool = False, plain: bool = False) -> None:
    """Print a result on stdout: the value as JSON, or the parts made from it, plain or as tables.

    Raises Refused when stdout cannot be written.
    """
    shown = ("\n".join(lines_for(part, sys.stdout, plain)) for part in parts)
    text = to_json(value) if as_json else "\n\n".join(shown)
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        if nobody_reads(error):
            raise
        raise Refused(f"cannot write the result: {error.strerror}", "Check the free space and run it again.") from None


def nobody_reads(error: OSError) -> bool:
    """Whether output could not be written because its reader has gone, which Windows calls an invalid argument."""
    if sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None:
        # Other things are invalid arguments, too: only where nobody reads can an empty line not be written either.
        try:
            sys.stdout.write("\n")
            sys.stdout.flush()
        except OSError:
            return True
    return isinstance(error, BrokenPipeError)


def say(template: str, *values: object) -> None:
    """One sentence of talk on stderr; every `{}` of the template, which is ours, is filled with a value made safe."""
    isolates = screen_of(sys.stderr).isolates
    filled = [isolated(safe(str(value))) if isolates else safe(str(value)) for value in values]
    talk(template.format(*filled))


def talk(text: str) -> None:
    """Text on stderr that is safe already: broken at spaces on a terminal, but no command; one line anywhere else."""
    screen = screen_of(sys.stderr)
    lines = wrap(text, screen.width, chop=False) if obeys(sys.stderr) else [text]
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def tell(*parts: Part, plain: bool = False) -> None:
    """Show parts on stderr, before a question: what stands on stdout is the result."""
    for part in parts:
        sys.stderr.write("".join(f"{line}\n" for line in lines_for(part, sys.stderr, plain)) + "\n")
    sys.stderr.flush()


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular for 1; the plural takes an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def to_json(value: object) -> str:
    """Indented JSON of values made of Wire structs, dicts, lists and plain values; unsafe characters as `\\uXXXX`."""
    import json

    import msgspec

    text = json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=False, indent=2)
    return "".join(json.dumps(c)[1:-1] if is_unsafe(c) and c != "\n" else c for c in text)


def plain_lines(part: Part) -> Iterator[str]:
    """Lines `Label: value`, without colour, boxes or marks; an empty line between the rows of a table.

    A label without a value is left out: to hear it tells nothing.
    """
    if part.title:
        yield safe(part.title)
    if isinstance(part, Lines):
        yield from map(safe, part.lines)
    elif isinstance(part, Listing):
        yield from (f"{safe(_labelled(label))} {_text(cell)}" for label, cell in part.entries if _text(cell))
    else:
        for position, row in enumerate(part.rows):
            if position or part.title:
                yield ""
            cells = zip(part.columns, row, strict=True)
            yield from (f"{safe(label)}: {_text(cell)}" for label, cell in cells if _text(cell))


def lines_for(part: Part, stream: TextIO, plain: bool) -> Iterator[str]:
    """Lines of a part for a stream, drawn or plain.

    Plain ones break at spaces on a terminal: where it broke them, a screen reader would say two halves of a word.
    """
    screen = screen_of(stream)
    if not plain:
        yield from drawn_lines(part, screen)
        return
    for line in plain_lines(part):
        yield from wrap(line, screen.width, chop=False) if stream.isatty() else [line]


def drawn_lines(part: Part, screen: Screen) -> Iterator[str]:
    """Lines of a table that fits the screen, cells broken at spaces; a listing when it is too narrow for that."""
    if isinstance(part, Lines):
        for line in plain_lines(part):
            yield from wrap(line, screen.width, chop=False) if screen.moves else [line]
        return
    if isinstance(part, Listing):
        header: tuple[str, ...] = ()
        rows: tuple[tuple[Cell, ...], ...] = tuple((_labelled(label), cell) for label, cell in part.entries)
    else:
        header, rows = part.columns, part.rows
    columns = _columns(header, rows)
    if not _fit(columns, screen.width):
        for line in plain_lines(part):
            yield from _narrow(line, screen.width)
        return
    if part.title:
        yield from (_painted(line, "1", screen) for line in wrap(safe(part.title), screen.width))
    if header:
        yield from _row(header, columns, screen, "1")
        yield screen.rule * (sum(column.width for column in columns) + _GAP * (len(columns) - 1))
    for row in rows:
        yield from _row(row, columns, screen)


@dataclass
class _Column:
    width: int
    narrowest: int
    right: bool


def _narrow(line: str, limit: int) -> list[str]:
    """A line of a listing, broken at spaces; a fingerprint, in groups or in digits, comes below its label."""
    label, colon, words = line.partition(": ")
    if width(line) > limit and unbroken(words):
        return [f"{label}{colon}".rstrip(), *wrap(words, limit)]
    return wrap(line, limit, chop=False)


def _columns(header: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> list[_Column]:
    columns = []
    for position in range(len(rows[0] if rows else header)):
        label = safe(header[position]) if header else ""
        cells = [row[position] for row in rows]
        texts = [_text(cell) for cell in cells]
        widest = max(map(width, texts), default=0)
        number = bool(cells) and all(isinstance(cell, int) for cell in cells)
        whole = [*label.split(" "), *(piece for text in texts for piece in unbroken(text))]
        kept = widest if number or any(isinstance(cell, Whole) for cell in cells) else min(widest, _NARROWEST)
        columns.append(_Column(max(widest, width(label), 1), max(kept, 1, *map(width, whole)), number))
    return columns


def _fit(columns: list[_Column], limit: int) -> bool:
    """Take cells from the widest columns until the table fits; false when it cannot."""
    while sum(column.width for column in columns) + _GAP * (len(columns) - 1) > limit:
        wide = [column for column in columns if column.width > column.narrowest]
        if not wide:
            return False
        max(wide, key=lambda column: column.width).width -= 1
    return True


def _row(row: tuple[Cell, ...], columns: list[_Column], screen: Screen, style: str = "") -> Iterator[str]:
    wrapped = [wrap(_text(cell), column.width) for cell, column in zip(row, columns, strict=True)]
    tones = [cell.tone if isinstance(cell, Toned) else style for cell in row]
    for number in range(max(map(len, wrapped))):
        line = ""
        start = 1
        for lines, tone, column in zip(wrapped, tones, columns, strict=True):
            text = lines[number] if number < len(lines) else ""
            space = " " * (column.width - width(text))
            apart = screen.isolates and isolated(text) != text
            # A cursor move puts the column in its place on terminals that make the letters before it wider or narrower,
            # and give the mark before a name a cell.
            move = f"\x1b[{start}G" if screen.moves and text and (start > 1 or apart) else ""
            before, after = (FIRST_STRONG_ISOLATE, POP_ISOLATE) if apart else ("", "")
            shown = _painted(text, tone, screen) + after
            line += before + move + (space + shown if column.right else shown + space) + " " * _GAP
            start += column.width + _GAP
        yield line.rstrip()


def _painted(text: str, style: str, screen: Screen) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if screen.colour and style and text else text


def _labelled(label: str) -> str:
    """A label with its colon; a question has its own sign."""
    return label if label.endswith(ASKING) else f"{label}:"


def _text(cell: Cell) -> str:
    return safe(cell.text if isinstance(cell, Toned) else str(cell))
