"""The desk's live screen: in, keys as they are pressed; out, the search, a delegate's card, and what was done."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ballot.commands import ask
from ballot.commands.desk import Choice, Counter, card, choices, turnout
from ballot.commands.keyboard import DOWN, ENDED, ENTER, ERASE, ESCAPE, UP, Keyboard
from ballot.commands.render import Cell, Screen, Table, drawn_lines, screen_of
from ballot.commands.text import safe, wrap

if TYPE_CHECKING:
    from ballot.acts.desk import Table as Seen
    from ballot.finding import Person

_CLEAR = "\x1b[H\x1b[2J"
_TOKENS = (ENTER, ESCAPE, UP, DOWN, ERASE, ENDED, "")


def serve(counter: Counter, keyboard: Keyboard) -> None:
    """Serve one delegate after the other, until the terminal has gone or Ctrl-C is pressed."""
    said = ""
    with keyboard.listening():
        while (person := _search(counter, keyboard, counter.table(), said)) is not None:
            said = _serve(counter, keyboard, person.delegate.number)


def _search(counter: Counter, keyboard: Keyboard, table: "Seen", said: str) -> "Person | None":
    """Whom the desk chooses, or None when the terminal has gone."""
    typed, place = "", 0
    while True:
        found = counter.find(table, typed)
        _draw(_search_lines(table, typed, found, place, said))
        key = keyboard.key()
        if key == ENDED:
            return None
        if key == ENTER and found:
            return found[place]
        if key in (UP, DOWN):
            place = max(0, min(len(found) - 1, place + (1 if key == DOWN else -1)))
        elif key == ERASE:
            typed, place = typed[:-1], 0
        elif key == ESCAPE:
            typed, place, said = "", 0, ""
        elif key not in _TOKENS:
            typed, place = typed + key, 0


def _search_lines(table: "Seen", typed: str, found: "tuple[Person, ...]", place: int, said: str) -> list[str]:
    screen = _screen()
    lines = [*wrap(safe(table.name), screen.width), *wrap(safe(turnout(table)), screen.width), ""]
    if said:
        lines += [*wrap(safe(said), screen.width), ""]
    lines.append(f"Find: {safe(typed)}_")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            ">" if position == place else " ",
            one.delegate.number,
            one.delegate.name,
            one.member.organisation,
            table.states[one.delegate.number],
        )
        for position, one in enumerate(found)
    )
    if rows:
        lines += drawn_lines(Table("", ("", "No.", "Name", "Organisation", "Paper"), rows), screen)
    elif typed:
        lines.append("Nobody is found.")
    lines += ["", *wrap("Type a number, name or organisation. Enter: choose. Esc: clear. Ctrl-C: leave.", screen.width)]
    return lines


def _serve(counter: Counter, keyboard: Keyboard, number: int) -> str:
    """Show a delegate and do what is chosen; returns what to say afterwards."""
    from ballot.errors import Error

    def line(question: str) -> str:
        with keyboard.paused():
            return ask.ask_line(question, "ballot replace or ballot spoil")

    standing = counter.standing(number)
    offered = choices(counter, standing, line)
    chosen = _choose(keyboard, [*drawn_lines(card(standing), _screen()), ""], standing.hint, offered)
    if chosen is None:
        return ""
    try:
        return f"Done, No. {number}, {standing.delegate.name}: {chosen.act()}"
    except Error as error:
        return f"Not done, No. {number}, {standing.delegate.name}: {error.message}. {error.hint}"


def _choose(keyboard: Keyboard, shown: list[str], hint: str, offered: tuple[Choice, ...]) -> Choice | None:
    """What the desk wants to do, confirmed with Enter; None to go back."""
    screen = _screen()
    keys = ", ".join(f"{choice.key}: {choice.word}" for choice in offered)
    help_line = wrap(f"{keys}, Esc: back" if offered else "Esc: back", screen.width)
    waiting: Choice | None = None
    while True:
        question = wrap(safe(f"{waiting.question} Enter: yes. Esc: no."), screen.width) if waiting else help_line
        _draw([*shown, *(wrap(safe(hint), screen.width) if hint else []), *question])
        key = keyboard.key()
        if key == ENDED or (key == ESCAPE and waiting is None) or (key == ENTER and not offered):
            return None
        if key == ENTER and waiting is not None:
            return waiting
        waiting = next((choice for choice in offered if choice.key == key.casefold()), None)


def _screen() -> Screen:
    size = os.get_terminal_size(sys.stderr.fileno())
    return replace(screen_of(sys.stderr), width=size.columns or 80)


def _draw(lines: Iterable[str]) -> None:
    sys.stderr.write(_CLEAR + "\n".join(lines) + "\n")
    sys.stderr.flush()
