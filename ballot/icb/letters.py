"""Papers that stand under more than one act: the acts in force and one more in, Refused out where a paper counts twice.

Minutes can decide many things. A letter says what one writer wants and stands under one act, but for what people do
write in one: the same for several seats, who leaves a region's seat and who comes, one proxy's end and the next.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ballot.errors import Refused
from ballot.icb import secretary as acts
from ballot.icb.places import State, Step, same_name
from ballot.icb.secretary import Act, name_of, sentence

_ONE_SEAT = (
    (acts.VacancyDeclared, acts.VacancyFilled),
    (acts.ProxyEnded, acts.ProxyAppointed),
    (acts.ProxyAppointed, acts.ProxyEnded),
)
"""Two things that one letter can say of one seat, in this order: who goes and who comes; and until when a proxy."""


class _Papers(NamedTuple):
    """SHA-256 of the papers of an act, what the act is about, and the alternate who answers in the letter, if any.

    What is letter and minutes of one act counts as minutes.
    """

    letter: str = ""
    minutes: str = ""
    about: str = ""
    answers: str = ""


class Filed:
    """The papers of acts in force, in their order; `state` tells the charter and the places, whatever the acts did."""

    def __init__(self, state: State, earlier: Iterable[Step] = ()) -> None:
        self._state = state
        self._by_paper: defaultdict[str, list[tuple[Step, _Papers]]] = defaultdict(list)
        for step in earlier:
            self.add(step)

    def add(self, step: Step) -> None:
        """File the papers of one more act in force."""
        papers = _papers(self._state, step.act)
        for digest in {papers.letter, papers.minutes} - {""}:
            self._by_paper[digest].append((step, papers))

    def check(self, act: Act) -> None:
        """Raise Refused, with the article, when an act stands on a paper that counts for an earlier one in force."""
        new = _papers(self._state, act)
        same = [*self._by_paper.get(new.letter, ()), *self._by_paper.get(new.minutes, ())]
        for step, old in sorted(same, key=lambda one: one[0].number):
            _check_pair(self._state, step, old, act, new)


def _check_pair(state: State, step: Step, old: _Papers, act: Act, new: _Papers) -> None:
    letter = bool(new.letter) and new.letter in (old.letter, old.minutes) and not _joint(step.act, old, act, new)
    minutes = bool(new.minutes) and new.minutes == old.letter
    if letter or minutes:
        article = state.charter.articles("provisions.journal")[0].article
        what = "this letter is" if letter else "these minutes are"
        raise Refused(
            f"{what} recorded already, in act {step.number}: {sentence(step.act)} ({article})",
            "Another act needs a paper of its own; `ballot acts list` shows what was recorded.",
        )


def elsewhere(state: State, act: Act) -> tuple[Step, ...]:
    """The acts in force, on other seats or members, that stand on the letter of this act."""
    new = _papers(state, act)
    told = [(step, _papers(state, step.act)) for step in state.steps if new.letter and not step.corrected_by]
    return tuple(step for step, old in told if old.letter == new.letter and not same_name(old.about, new.about))


def _papers(state: State, act: Act) -> _Papers:
    match act:
        case acts.AlternateDeclined():
            return _Papers(act.letter.sha256, about=act.seat, answers=act.person)
        case acts.VacancyFilled():
            vacancy = state.kind(state.place(act.seat)).vacancy
            by_alternate = bool(vacancy) and state.charter.vacancy(vacancy).by == "alternate"
            return _Papers(act.letter.sha256, about=act.seat, answers=act.person if by_alternate else "")
        case acts.Designated() | acts.ProxyAppointed() | acts.ProxyEnded():
            return _Papers(act.letter.sha256, about=act.seat)
        case acts.VacancyDeclared():
            return _Papers(act.communication.sha256, about=act.place)
        case acts.MembershipChanged():
            letter, minutes = act.letter.sha256, act.decision.sha256
            return _Papers("" if letter == minutes else letter, minutes, act.member)
        case acts.OfficerElected():
            return _Papers(minutes=act.meeting.sha256)
        case acts.MemberAdmitted() | acts.SignerChanged():
            return _Papers(minutes=act.decision.sha256)
        case acts.Closed():
            return _Papers(minutes=act.assembly.sha256)
        case acts.Founded() | acts.Corrected():
            return _Papers()


def _is_ones_own(act: Act) -> bool:
    """Whether somebody writes this for themselves only: who gives up a seat, and who names a proxy or ends it."""
    if isinstance(act, acts.VacancyDeclared):
        return act.source == "member"
    return isinstance(act, acts.ProxyAppointed | acts.ProxyEnded)


def _joint(one: Act, old: _Papers, other: Act, new: _Papers) -> bool:
    """Whether people write both in one letter; an alternate's is for nothing but answers of that alternate."""
    same_place = same_name(old.about, new.about)
    if old.letter != new.letter or not same_name(old.answers, new.answers):
        return False
    if name_of(one) == name_of(other):
        return not same_place and not _is_ones_own(one) and not _is_ones_own(other)
    return (type(one), type(other)) in _ONE_SEAT and same_place
