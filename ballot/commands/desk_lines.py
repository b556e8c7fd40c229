"""The desk for screen readers: in, one answer after the other; out, sentences, and nothing that moves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ballot.commands import ask
from ballot.commands.desk import Counter
from ballot.commands.desk_break import Break
from ballot.commands.desk_choices import Choice, card, choices, refusal, turnout
from ballot.commands.render import plain_lines, say
from ballot.errors import Error, Invalid
from ballot.finding import find, numbered

if TYPE_CHECKING:
    from ballot.acts.desk import Standing
    from ballot.finding import Person

SHOWN = 9
"""Most delegates that are read out at once."""

_YES, _NO = ("yes", "y"), ("no", "n")
_OTHERWISE = "ballot issue, replace, spoil or envelopes hand-out"
_ESCAPE = "\x1b"


def serve(counter: Counter) -> None:
    """Serve one delegate after the other, until the person leaves. Raises Refused when the input ends."""
    waiting = Break()
    with waiting.held():
        say("{}", turnout(counter.table()))
        while not _leaves(waiting, typed := _asked(waiting, "Find (number, name or organisation; nothing to leave):")):
            person = _picked(counter, waiting, typed) if typed else None
            if person is not None:
                _serve(counter, waiting, person.delegate.number)


def _leaves(waiting: Break, typed: str | None) -> bool:
    if typed:
        return False
    # After an act the search comes by itself: an Enter too many shall not end the desk.
    answer = _asked(waiting, "Leave the desk? [yes/no]")
    return answer is None or answer.casefold() in _YES


def _picked(counter: Counter, waiting: Break, typed: str) -> "Person | None":
    people = counter.table().people
    exact = numbered(people, typed)
    if exact is not None:
        return exact
    found = find(people, typed)
    if not found:
        say("Nobody is found.")
    if len(found) < 2:
        return found[0] if found else None
    for person in found[:SHOWN]:
        say("No. {}, {}, {}", person.delegate.number, person.delegate.name, person.member.organisation)
    if len(found) > SHOWN:
        say("And {} more: go back and type more.", len(found) - SHOWN)
    while answer := _asked(waiting, "Which number (empty to go back):"):
        chosen = numbered(found, answer)
        if chosen is not None:
            return chosen
        say("That is none of these numbers. Type one of those that were read out, or nothing to go back.")
    return None


def _serve(counter: Counter, waiting: Break, number: int) -> None:
    """Show a delegate and do what is chosen, until something is done or the person goes back."""
    shown: Standing | None = None
    while True:
        standing = counter.standing(number)
        if standing != shown:
            for line in (*plain_lines(card(standing)), *filter(None, [standing.hint])):
                say("{}", line)
        shown = standing
        choice = _chosen(waiting, choices(counter, standing))
        if choice is None:
            return
        if done := _done(waiting, choice):
            say("{}", done)
            say("{}", turnout(counter.table()))
            return


def _chosen(waiting: Break, offered: tuple[Choice, ...]) -> Choice | None:
    words = ", ".join(f"{choice.word} ({choice.key})" for choice in offered)
    while offered and (answer := _asked(waiting, f"Type {words}, or nothing to go back:")):
        for choice in offered:
            if answer.casefold() in (choice.key, choice.word):
                return choice
        say("{} is none of these. Type {}, or nothing to go back.", answer, words)
    return None


def _done(waiting: Break, choice: Choice) -> str:
    """Ask what a choice needs to know, and whether it shall be done; returns what was done, or nothing."""
    typed: tuple[str, ...] = ()
    for question in choice.asks:
        answer = _asked(waiting, f"{question.removesuffix(':')} (nothing to go back):")
        if not answer:
            say("Nothing was done.")
            return ""
        typed += (answer,)
    question = _tried(lambda: choice.question(typed))
    if not question:
        return ""
    if _sure(waiting, question):
        return _tried(lambda: choice.act(typed))
    say("Nothing was done.")
    return ""


def _tried(step: Callable[[], str]) -> str:
    try:
        return step()
    except Error as error:
        say("{}", refusal(error))
        return ""


def _sure(waiting: Break, question: str) -> bool:
    while (answer := _asked(waiting, f"{question} [yes/no]") or "no").casefold() not in (*_YES, *_NO):
        say("Type yes or no.")
    return answer.casefold() in _YES


def _asked(waiting: Break, question: str) -> str | None:
    """One line; None when the person pressed Ctrl-C, or Esc before Enter. Raises Refused when the input ends."""
    while True:
        try:
            with waiting.obeyed():
                answer = ask.ask_line(question, _OTHERWISE)
        except KeyboardInterrupt:
            say("")
            return None
        except Invalid as error:
            say("{}", refusal(error))
            continue
        return None if _ESCAPE in answer else answer
