"""What follows on a vacancy in the ICB: the state after an act in; who is entitled, and by which command, out."""

from pathlib import Path
from typing import TYPE_CHECKING

from ballot.commands.icb import DEFAULT_ICB
from ballot.commands.render import say
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.icb.places import State


def say_vacant(state: "State", secretary: Path, store: Path) -> None:
    """Say who is entitled to each place and office that the newest act left vacant.

    `secretary` and `store` are those of the command that recorded it, for the command that comes next.
    """
    act = state.steps[-1].number
    for place in state.places:
        if place.act == act:
            say_next(state, place.seat, secretary, store)
    for office in state.offices:
        if office.act == act and not office.person:
            _say_election(state, office.name, secretary, store)


def say_next(state: "State", seat: str, secretary: Path, store: Path) -> None:
    """Say who is entitled to a seat, if it is vacant, and by which command; the rest is as in `say_vacant`."""
    place = state.place(seat)
    kind = state.kind(place)
    if place.person:
        return
    if not kind.vacancy:
        say("{} stays vacant until the next Assembly ({}).", seat, kind.article)
        return
    rule = state.charter.vacancy(kind.vacancy)
    letter = f"--letter FILE {_typed(secretary, store)}"
    if rule.by == "designation":
        fill = f"ballot vacancy fill {word(seat)} --person NAME --member ID {letter}"
        say("The region designates somebody ({}). Next: `{}`.", rule.article, fill)
    elif (alternate := state.next_alternate(place)) is None:
        why = state.why_no_alternate(place)
        say("{} ({}).", why[0].upper() + why[1:], rule.article)
    else:
        fill, decline = (
            f"ballot vacancy {verb} {seat} --person {word(alternate.person)} {letter}" for verb in ("fill", "decline")
        )
        text = "{} comes next ({}) and accepts or declines in writing. Next: `{}`, or `{}`."
        say(text, alternate.person, rule.article, fill, decline)


def _say_election(state: "State", office: str, secretary: Path, store: Path) -> None:
    article = next(rule.article for rule in state.charter.vacancies if rule.by == "election")
    elected = f"ballot officers elected {word(office)} --record FILE --meeting FILE {_typed(secretary, store)}"
    say("{} is filled by an election in the ICB ({}), in a folder of its own.", office, article)
    plan = 'its plan has electorate = "icb", and the question is the name of the office'
    say(f"Next: `ballot new --from election.toml --icb {{}}`; {plan}.", word(store.absolute()))
    say("When its record is published: `{}`.", elected)


def _typed(secretary: Path, store: Path) -> str:
    """The options that the next command needs as this one did."""
    options = ["--secretary", word(secretary)]
    return " ".join(options if store == DEFAULT_ICB else [*options, "--store", word(store)])
