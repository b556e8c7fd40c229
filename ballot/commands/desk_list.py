"""The desk's search on a screen: in, who is found; out, lines that fit the window, each delegate on one of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ballot.commands.desk_choices import turnout
from ballot.commands.render import Screen, Table, drawn_lines
from ballot.commands.text import safe, width, wrap

if TYPE_CHECKING:
    from ballot.acts.desk import Table as Seen
    from ballot.finding import Person

_LABELS = ("", "No.", "Name", "Organisation", "Paper")
_GAPS = 2 * (len(_LABELS) - 1)
_HEADING = 2
_FEW = 4
"""Lines of delegates that shall be seen before the turnout gets more than one line."""


def search_lines(
    seen: "Seen",
    typed: str,
    found: Sequence["Person"],
    place: int,
    said: str,
    help_text: str,
    screen: Screen,
    height: int,
) -> list[str]:
    """The whole search in `height` lines: turnout, what was said and typed, those found around `place`, and help."""
    came = safe(turnout(seen))
    top = [cut(safe(seen.name), screen.width), *wrap(came, screen.width), ""]
    middle = [*wrap(safe(said), screen.width), ""] if said else []
    middle.append(f"Find: {end(safe(typed), screen.width - len('Find: _'))}_")
    below = ["Nobody is found."] if typed and not found else []
    below += ["", *wrap(help_text, screen.width)]
    if found and height - len(top) - len(middle) - len(below) < _HEADING + min(_FEW, len(found)):
        top = [cut(came, screen.width), ""]
    room = height - len(top) - len(middle) - len(below)
    return [*top, *middle, *_listed(seen.states, found, place, screen, room), *below]


def cut(text: str, cells: int) -> str:
    """The beginning of a text that takes at most so many cells, with an ellipsis where something is left out."""
    if width(text) <= cells:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= cells:
            break
        kept += character
    return f"{kept.rstrip()}…"


def end(text: str, cells: int) -> str:
    """The end of a text that takes at most so many cells, with an ellipsis where something is left out."""
    if width(text) <= cells:
        return text
    while width(text) >= cells:
        text = text[1:]
    return f"…{text}"


def _listed(states: Mapping[int, str], found: Sequence["Person"], place: int, screen: Screen, room: int) -> list[str]:
    """As many delegates as `room` lines take, at least one, with the chosen one among them."""
    if not found:
        return []
    rows = room - _HEADING
    if rows < len(found):
        rows = max(1, rows - 1)
    first = max(0, min(place - rows // 2, len(found) - rows))
    shown = found[first : first + rows]
    names, organisations = _widths(states, shown, screen.width)
    table = Table(
        "",
        _LABELS,
        tuple(
            (
                ">" if one is found[place] else " ",
                one.delegate.number,
                cut(safe(one.delegate.name), names),
                cut(safe(one.member.organisation), organisations),
                states[one.delegate.number],
            )
            for one in shown
        ),
    )
    lines = list(drawn_lines(table, screen))
    if len(shown) < len(found):
        more = f"{first + 1} to {first + len(shown)} of {len(found)}. Arrows show the others, or type more."
        lines.append(cut(more, screen.width))
    return lines


def _widths(states: Mapping[int, str], shown: Sequence["Person"], whole: int) -> tuple[int, int]:
    """Cells for names and for organisations, so that every delegate takes one line; half each if both are long."""
    numbers = max(len("No."), *(len(str(one.delegate.number)) for one in shown))
    papers = max(len("Paper"), *(len(states[one.delegate.number]) for one in shown))
    free = whole - 1 - numbers - papers - _GAPS
    longest = max(width(safe(one.member.organisation)) for one in shown)
    names = max(free - longest, free // 2)
    return names, max(free - min(names, max(width(safe(one.delegate.name)) for one in shown)), len("Organisation"))
