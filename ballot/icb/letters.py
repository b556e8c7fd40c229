"""Letters that were recorded before: a state and an act in, Refused out when the act stands on the same paper again.

No rule of the charter forbids it, so no record fails for it: it keeps a command that is given twice from acting twice.
"""

from ballot.errors import Refused
from ballot.icb import secretary as acts
from ballot.icb.places import State
from ballot.icb.secretary import Act, Document, name_of, sentence


def check_letter(state: State, act: Act) -> None:
    """Raises Refused naming the act in force that is of the same kind, for the same seat and on the same file."""
    seat, letter = _stands_on(act)
    if letter is None:
        return
    for step in state.steps:
        if step.corrected_by or name_of(step.act) != name_of(act):
            continue
        earlier, paper = _stands_on(step.act)
        if paper is not None and (earlier, paper.sha256) == (seat, letter.sha256):
            raise Refused(
                f"this letter is recorded already, in act {step.number}: {sentence(step.act)}",
                "Another act needs a letter of its own; `ballot acts list` shows what was recorded.",
            )


def _stands_on(act: Act) -> tuple[str, Document | None]:
    """The seat or office that an act is about, and its letter; none for acts that are not about one."""
    match act:
        case acts.VacancyDeclared():
            return act.place, act.communication
        case (
            acts.Designated()
            | acts.VacancyFilled()
            | acts.AlternateDeclined()
            | acts.ProxyAppointed()
            | acts.ProxyEnded()
        ):
            return act.seat, act.letter
        case _:
            return "", None
