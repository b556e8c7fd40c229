"""Permitted names and texts at random, the odder the better: many scripts, spaces, apostrophes, joiners, and long ones.

What is permitted is what the program takes: here it is asked first.
"""

import unicodedata
from random import Random

from ballot.characters import is_known, is_unseen
from ballot.tables import MAX_CELL, name_key, text_problem

ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "ABCÉÑØßğıİŁśǅ",
    "абвгдежѕіј",
    "αβγδςΐΆ",
    "אבגדה״׳",
    "ابتثپک\u200cیهـ",
    "কখগঘ\u200dািয়",
    "ไทยกขคำ",
    "漢字かなガ。",
    "가각가",
    "0123456789٣७",
    "'’ʼ`´",
    '"“”,;:!?',
    "-–—−_",
    "=+@#%{}<>|\\/&*~^$()",
    "😀🏳½²Ⅳﬁ",
    "́̈̇ाఀ",
    "\u200c\u200d",
)
SPACES = " \u00a0\u2003\u202f\u3000"
MOST_DOTS = 5
"""More in a line of election.toml than the reader takes would be refused."""


class Texts:
    """A source of texts. Names that come from one source are all different, however they are compared."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._seen: set[str] = set()

    def text(self, least: int = 1) -> str:
        """A plain text of at least so many characters."""
        while True:
            made = self._draft()
            long_enough = least <= len(made) and made.count(".") <= MOST_DOTS
            if long_enough and not text_problem(made):
                return made

    def name(self) -> str:
        """A plain text that is not the same name as any before."""
        while True:
            made = self.text()
            if name_key(made) not in self._seen:
                self._seen.add(name_key(made))
                return made

    def _draft(self) -> str:
        length = self._chance.choice((1, 3, 12, 12, 12, 40, 90, MAX_CELL, 2 * MAX_CELL))
        alphabets = self._chance.sample(ALPHABETS, self._chance.randint(1, 3))
        made = ""
        while len(made) < length:
            dice = self._chance.random()
            if dice < 0.15:
                made += "".join(self._chance.choices(SPACES, k=self._chance.randint(1, 3)))
            elif dice < 0.25:
                made += self._any()
            else:
                made += "".join(self._chance.choices(self._chance.choice(alphabets), k=self._chance.randint(1, 9)))
        return unicodedata.normalize("NFC", made)[:MAX_CELL].strip()

    def _any(self) -> str:
        """Any permitted character at all."""
        while True:
            character = chr(self._chance.randrange(0x20000 if self._chance.random() < 0.3 else 0x3000))
            if is_known(character) and not is_unseen(character) and character not in "[]":
                return character
