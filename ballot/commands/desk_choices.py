"""What the desk shows of a delegate and offers to do: in, a delegate's standing; out, a card and the choices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ballot.commands.desk import Counter, surrendered_as
from ballot.commands.render import Listing
from ballot.errors import Error

if TYPE_CHECKING:
    from ballot.acts.desk import Standing, Table

Typed = tuple[str, ...]
"""The answers to what a choice asks, in that order."""


@dataclass(frozen=True)
class Choice:
    """Something that can be done for a delegate: its key and word, and lines to type before it is confirmed.

    `question` asks whether it shall be done, and raises Invalid for answers that cannot be right; `act` does it.
    """

    key: str
    word: str
    asks: tuple[str, ...]
    question: Callable[[Typed], str]
    act: Callable[[Typed], str]


def choices(counter: Counter, standing: "Standing") -> tuple[Choice, ...]:
    """What can be done for a delegate now."""
    number, name = standing.delegate.number, standing.delegate.name
    who = f"No. {number}, {name}"
    envelope = Choice("e", "envelope", (), lambda _: f"Hand {who} an envelope?", lambda _: counter.hand_out(number))
    paper = Choice("p", "paper", (), lambda _: f"Make the paper of {who}?", lambda _: counter.make_paper(number))
    replace = Choice(
        "r",
        "replace",
        ("Name of the person who comes instead:", "The member's letter:"),
        lambda typed: f"No. {number}: {typed[0]} instead of {name}, by {typed[1]}.",
        lambda typed: counter.replace(number, *typed),
    )
    spoil = Choice(
        "s",
        "spoil",
        ("Code of the envelope, or file of the paper:",),
        lambda typed: _spoil_question(who, *typed),
        lambda typed: counter.spoil(number, *typed),
    )
    if standing.free:
        made = (envelope,) if counter.keys is None else (envelope, paper)
        return made if standing.papers else (*made, replace)
    return (spoil,) if standing.papers else ()


def _spoil_question(who: str, typed: str) -> str:
    path, _ = surrendered_as(typed)
    what = f"the paper in {path}" if path else "the envelope of this code"
    warning = "Nothing shows whose paper it is: take it from the delegate's own hand."
    return f"{warning} Spoil {what} for {who}, for good?"


def card(standing: "Standing") -> Listing:
    """What is shown of a delegate; the last line says whether there is a paper to get."""
    delegate, member = standing.delegate, standing.member
    had = [
        f"{way} (spoiled)" if place <= standing.spoiled else way for place, way in enumerate(standing.papers, start=1)
    ]
    entries = [
        ("Number", str(delegate.number)),
        ("Name", delegate.name + (" (instead of the one on the roll)" if standing.replaced else "")),
        ("Organisation", f"{member.organisation} ({member.id})"),
        ("Region", member.region),
        ("Member", f"{member.kind}, {member.standing}"),
        ("Credentials", delegate.credentials),
        ("Papers so far", ", ".join(had) or "none"),
        ("Paper", "can be issued" if standing.free else standing.refusal),
    ]
    return Listing("", tuple(entries))


def turnout(table: "Table") -> str:
    """Turnout by region on one line: voting delegates who had a paper, of how many."""
    regions = ", ".join(f"{one.region} {one.came}/{one.voting}" for one in table.regions if one.voting)
    return f"{table.came} of {sum(one.voting for one in table.regions)} came: {regions}"


def refusal(error: Error) -> str:
    """What is said when something was not done, and what to do about it."""
    return f"Not done: {error.message}. {error.hint}".strip()
