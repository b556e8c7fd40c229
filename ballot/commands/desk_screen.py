"""The desk's live screen: in, keys as they are pressed; out, the search, a delegate's card, and what was done."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ballot.commands.desk import Counter
from ballot.commands.desk_break import Break
from ballot.commands.desk_choices import Choice, card, choices, refusal
from ballot.commands.desk_list import cut, end, search_lines
from ballot.commands.keyboard import DOWN, ENDED, ENTER, ERASE, ESCAPE, UP, Keyboard
from ballot.commands.render import Listing, Screen, drawn_lines, screen_of
from ballot.commands.text import safe, wrap
from ballot.errors import Error
from ballot.finding import find

if TYPE_CHECKING:
    from ballot.acts.desk import Standing
    from ballot.finding import Person

INTERRUPT = "<interrupt>"
"""The token of Ctrl-C."""

_CLEAR = "\x1b[H\x1b[2J"
# A screen of its own has no scrollback in which the cards of all delegates would stay.
_OWN, _BACK = "\x1b[?1049h", "\x1b[?1049l"
_TOKENS = (ENTER, ESCAPE, UP, DOWN, ERASE, ENDED, INTERRUPT, "")
_AWAY = (ESCAPE, INTERRUPT, ENDED)

_HELP = "Type a number, name or organisation. Enter: choose. Esc: clear. Ctrl-C: leave."
_LEAVE = "Leave the desk? Enter: yes, Esc: no."
_OR_FIND = "Or type whom to find next."
_NOT_ALONE = "Nothing is done yet: Enter came together with other keys. Press it again if this is right."
_NAME_CELLS = 40


def serve(counter: Counter, keyboard: Keyboard) -> None:
    """Serve one delegate after the other, until the person leaves or the terminal has gone; nothing stays on it."""
    waiting = Break()
    with waiting.held(), keyboard.listening(), _own_screen():
        desk = _Desk(counter, keyboard, waiting)
        typed = ""
        while (person := desk.search(typed)) is not None:
            typed = desk.serve(person.delegate.number)


@dataclass
class _Desk:
    counter: Counter
    keyboard: Keyboard
    waiting: Break
    said: str = field(default="", init=False)

    def search(self, typed: str) -> "Person | None":
        """Whom the desk chooses, by what was typed before and is typed here; None to leave."""
        table = self.counter.table()
        place, leaving = 0, False
        while True:
            found = find(table.people, typed)
            help_text = _LEAVE if leaving else _HELP
            screen, height = _screen()
            _draw(search_lines(table, typed, found, place, self.said, help_text, screen, height), height)
            key = self.key()
            if key == ENDED or (leaving and key in (ENTER, INTERRUPT)):
                return None
            if leaving or key == INTERRUPT:
                leaving = not leaving
            elif key == ENTER and found:
                return found[place]
            elif key in (UP, DOWN):
                place = max(0, min(len(found) - 1, place + (1 if key == DOWN else -1)))
            elif key == ERASE:
                typed, place = typed[:-1], 0
            elif key == ESCAPE:
                typed, place, self.said = "", 0, self.said if typed else ""
            elif key not in _TOKENS:
                typed, place = typed + key, 0

    def serve(self, number: int) -> str:
        """Show a delegate and do what is chosen, until something is done or the person goes back or on to another.

        Returns the beginning of the next search, if it was typed here.
        """
        self.said = ""
        while True:
            standing = self.counter.standing(number)
            who = f"No. {number}, {cut(safe(standing.delegate.name), _NAME_CELLS)}"
            key, chosen = self._choose(standing)
            self.said = ""
            if chosen is None:
                return key
            typed = self._typed(standing, chosen)
            if typed is None:
                continue
            try:
                answer = self._answer(standing, chosen.question(typed), "" if chosen.asks else key)
                if not answer:
                    continue
                if answer != ENTER:
                    self.said = f"Nothing was done for {who}."
                    return answer
                done = chosen.act(typed)
            except Error as error:
                self.said = refusal(error)
                continue
            self.said = f"Done, {who}: {done}"
            return ""

    def key(self) -> str:
        """The next key, where Ctrl-C is a key like others."""
        try:
            with self.waiting.obeyed():
                return self.keyboard.key()
        except KeyboardInterrupt:
            return INTERRUPT

    def _choose(self, standing: "Standing") -> tuple[str, Choice | None]:
        """What was typed, and what the desk wants to do by it; None to go back, or on to whose name begins so."""
        offered = choices(self.counter, standing)
        keys = ", ".join([*(f"{choice.key}: {choice.word}" for choice in offered), "Esc: back"])
        below = [*filter(None, [self.said, standing.hint]), f"{keys}. {_OR_FIND}"]
        while True:
            _draw_card(standing, below)
            key = self.key()
            if key in _AWAY or (key == ENTER and not offered):
                return "", None
            chosen = next((choice for choice in offered if choice.key == key.casefold()), None)
            if chosen or key not in _TOKENS:
                return key, chosen

    def _typed(self, standing: "Standing", choice: Choice) -> tuple[str, ...] | None:
        """The lines that a choice asks for; None to go back."""
        typed: tuple[str, ...] = ()
        for question in choice.asks:
            line = self._line(standing, question)
            if not line:
                return None
            typed += (line,)
        return typed

    def _line(self, standing: "Standing", question: str) -> str:
        text = ""
        while True:
            screen, _ = _screen()
            _draw_card(standing, [question, f"{end(safe(text), screen.width - 1)}_", "", "Enter: go on, Esc: back"])
            key = self.key()
            if key in _AWAY:
                return ""
            if key == ENTER:
                return text.strip()
            if key == ERASE:
                text = text[:-1]
            elif key not in _TOKENS:
                text += key

    def _answer(self, standing: "Standing", question: str, typed: str) -> str:
        """ENTER for yes, nothing to go back, or the beginning of the next search: what was typed, and the next key."""
        below = [f"{question} Enter: yes, Esc: back. {_OR_FIND}"]
        while True:
            # What is here before the question, or comes in one piece with more, was pasted or typed for something else.
            ahead = self.keyboard.more()
            _draw_card(standing, below)
            key = self.key()
            if key in _AWAY:
                return ""
            if key not in _TOKENS:
                return typed + key
            if key == ENTER:
                if not ahead and not self.keyboard.more():
                    return ENTER
                typed, below = "", [_NOT_ALONE, below[-1]]


def _draw_card(standing: "Standing", below: list[str]) -> None:
    """A delegate's card over some paragraphs; long names are cut only where both would not fit."""
    screen, height = _screen()
    lines = [line for text in below for line in wrap(safe(text), screen.width)]
    shown = list(drawn_lines(card(standing), screen))
    if len(shown) + 1 + len(lines) > height:
        entries = card(standing).entries
        room = screen.width - max(len(label) for label, _ in entries) - len(":  ")
        shorter = tuple((label, cut(safe(str(cell)), room)) for label, cell in entries[:-1])
        shown = list(drawn_lines(Listing("", (*shorter, entries[-1])), screen))
    _draw([*shown, "", *lines], height)


def _screen() -> tuple[Screen, int]:
    """What the screen can show, and its lines."""
    size = os.get_terminal_size(sys.stderr.fileno())
    return replace(screen_of(sys.stderr), width=size.columns or 80), size.lines or 24


def _draw(lines: list[str], height: int) -> None:
    """Fill the screen. What does not fit is left out above: questions stand below."""
    _put(_CLEAR + "\n".join(lines[-height:]))


@contextmanager
def _own_screen() -> Iterator[None]:
    _put(_OWN)
    try:
        yield
    finally:
        _put(_CLEAR + _BACK)


def _put(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
