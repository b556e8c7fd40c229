"""Questions before an act of the ICB, where a slip is likely: the state and the act in, Refused out if it was one."""

from typing import TYPE_CHECKING

from ballot.commands import ask
from ballot.commands.render import say

if TYPE_CHECKING:
    from ballot.icb.places import State
    from ballot.icb.secretary import Act


def tell(state: "State", act: "Act", day: str) -> None:
    """Say what an act of this day is about that its own words leave out: who leaves what, or what was wrong."""
    from ballot.icb.places import same_name
    from ballot.icb.secretary import OFFICE, Corrected, VacancyDeclared, sentence

    if isinstance(act, Corrected):
        say("Act {} says: {}", act.number, sentence(state.steps[act.number].act))
    if isinstance(act, VacancyDeclared):
        office = state.office(act.place.removeprefix(OFFICE)) if act.place.startswith(OFFICE) else None
        held = office or state.place(act.place)
        say("{} is held by {} ({}).", act.place, held.person, held.member)
        left = [office] if office else [one for one in state.offices if same_name(one.person, held.person)]
        for one in left:
            # Acts stand in the order of their days, so a day that is too late could not be mended.
            told = "The office {} is vacant from {}: no election that was over before that day fills it. "
            say(told + "If it was vacant earlier, leave with Ctrl-C, and give the day with --on.", one.name, day)


def check_letter(state: "State", act: "Act", yes: bool) -> None:
    """Ask whether a letter that was recorded for another seat says this too: a wrong file is soon chosen.

    Raises Refused when the person says no, and UsageError when nobody can be asked.
    """
    from ballot.errors import Refused
    from ballot.icb.letters import elsewhere
    from ballot.icb.secretary import sentence

    for step in elsewhere(state, act)[-1:]:
        say("The letter is recorded already, in act {}: {}", step.number, sentence(step.act))
        if not ask.confirm(f"Does it say this too: {sentence(act)}", yes):
            raise Refused("nothing was recorded", "Give the right letter, with its path.")


def check_person(state: "State", act: "Act", yes: bool) -> None:
    """Ask whether somebody is another person than one with the same name but for accents, who has a place already.

    Raises as `check_letter` does.
    """
    from ballot.errors import Refused
    from ballot.finding import words
    from ballot.icb.places import same_name
    from ballot.icb.secretary import Designated, ProxyAppointed, VacancyFilled

    if not isinstance(act, Designated | VacancyFilled | ProxyAppointed):
        return
    there = [(place.person, f"holds {place.seat}") for place in state.places if place.person]
    there += [(place.proxy.person, f"is the proxy for {place.seat}") for place in state.places if place.proxy]
    for name, does in there:
        if words(name) != words(act.person) or same_name(name, act.person):
            continue
        if not ask.confirm(f"{name} {does}. Is {act.person} another person?", yes):
            raise Refused("nothing was recorded", f"Write the name as it stands there: {name}.")
