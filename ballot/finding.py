"""Finding a delegate at the desk: a roll and what was typed so far in, the delegates it can mean out, best first.

Spelling is forgiven as in the lists: case, width, spaces and look-alike letters do not matter, nor do accents and the
strokes of letters that many keyboards lack.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ballot.people import Delegate, Member, Roll
from ballot.tables import name_key

# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})


@dataclass(frozen=True)
class Person:
    """A delegate with the organisation that sends them, and the words by which both are found."""

    delegate: Delegate
    member: Member
    name_words: tuple[str, ...]
    organisation_words: tuple[str, ...]


def people_of(roll: Roll) -> tuple[Person, ...]:
    """Everybody on the roll, by number."""
    members = {member.id: member for member in roll.members}
    return tuple(
        Person(d, members[d.member], words(d.name), (*words(members[d.member].organisation), *words(d.member)))
        for d in roll.delegates
    )


def find(people: tuple[Person, ...], typed: str) -> tuple[Person, ...]:
    """Whom the words typed so far can mean; nobody when nothing is typed.

    The number itself comes first, then numbers that begin so, then names, then organisations. Every word typed must
    begin a word of the name, of the organisation, or be part of one when it has three letters or more. Those who vote
    come before the others of their delegation.
    """
    wanted = words(typed)
    if not wanted:
        return ()
    ranked = [
        (rank, not one.delegate.voting, one.delegate.number, one) for one in people if (rank := _rank(one, wanted))
    ]
    return tuple(one for *_, one in sorted(ranked, key=lambda entry: entry[:3]))


def numbered(people: tuple[Person, ...], typed: str) -> Person | None:
    """Whose number was typed, nothing else beside it; None when it is nobody's."""
    wanted = words(typed)
    return next((one for one in people if wanted == (str(one.delegate.number),)), None)


def alike(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of names, the earlier one first, that are the same but for accents: one person, perhaps, written twice."""
    first: dict[tuple[str, ...], str] = {}
    pairs = [(first.setdefault(words(name), name), name) for name in names if words(name)]
    return tuple((one, other) for one, other in pairs if one != other)


def _rank(person: Person, words: tuple[str, ...]) -> int:
    """How well the words fit, from 1, the best; 0 when they do not."""
    number = str(person.delegate.number)
    if words == (number,):
        return 1
    if len(words) == 1 and number.startswith(words[0]):
        return 2
    every = (*person.name_words, *person.organisation_words)
    for rank, known in ((3, person.name_words), (4, every)):
        if all(any(own.startswith(word) for own in known) for word in words):
            return rank
    if all(any(_within(word, own) for own in every) for word in words):
        return 5
    return 0


def _within(word: str, own: str) -> bool:
    return own.startswith(word) or (len(word) >= 3 and word in own)


def words(text: str) -> tuple[str, ...]:
    """The words of a name in a forgiving spelling; one that is nothing but signs has none."""
    apart = unicodedata.normalize("NFD", name_key(text))
    plain = "".join(character for character in apart if unicodedata.category(character) != "Mn").translate(_PLAIN)
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())
