"""The rules of seats: the Assembly's outcome and the secretary's acts in, who sits where out.

Every act is checked against the charter and refused with the article that forbids it; nothing changes then. Acts stand
in the order of their dates. A correction takes an act away as if it had never been, provided that all later acts are
still permitted; dates stay as they are.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from msgspec import structs

from ballot.charter import Charter
from ballot.clauses import Seat
from ballot.errors import Error, Invalid, Refused
from ballot.icb.letters import Filed
from ballot.icb.places import BODY, Assembly, Place, State, Step
from ballot.icb.seating import At, apply
from ballot.icb.secretary import Act, Corrected, Dated, Founded, SignerChanged, form_faults, is_date, name_of
from ballot.icb.signers import signers_of
from ballot.tables import shown
from ballot.votes import Candidate


def found(charter: Charter, assembly: Assembly) -> State:
    """All places before the first act: those the Assembly elected at large are held, all others vacant.

    Raises Refused when there is not exactly one contest for the seats, or a tie that matters is not drawn.
    """
    places: list[Place] = []
    for kind in charter.seats:
        if kind.body != BODY:
            continue
        elected = _elected(charter, assembly, kind)
        for index in range(kind.number):
            region = charter.regions[index] if kind.origin == "regions" else ""
            seat = f"{kind.name}:{region or index + 1}"
            person, member = (elected[index].name, elected[index].member) if index < len(elected) else ("", "")
            places.append(Place(seat, kind.name, region, person, member, assembly.declared, 0, kind.article))
    if not places:
        raise Refused(f"the charter has no seats of the body {BODY}", "An ICB needs a charter with its seats.")
    state = State(charter, assembly, tuple(places), (), assembly.organisations)
    for place in places:
        if place.member:
            state.organisation(place.member)
    return state


def replay(charter: Charter, assembly: Assembly, acts: Iterable[Dated]) -> State:
    """The state after these acts, the first of which is `founded`. Raises Refused naming the first not permitted."""
    term = _Term(found(charter, assembly))
    for number, dated in enumerate(acts):
        try:
            term.perform(dated)
        except Error as error:
            raise Refused(f"act {number} ({name_of(dated.act)}): {error.message}", error.hint) from None
    return term.state()


def perform(state: State, dated: Dated) -> State:
    """The state after one more act. Raises Refused, with the article, when it is not permitted."""
    term = _Term(state)
    term.perform(dated)
    return term.state()


def state_on(state: State, day: str) -> State:
    """The state on a day, YYYY-MM-DD, at its end, as far as is known now: acts corrected later do not count.

    Raises Refused for a day before the Assembly's declaration, or what is no date.
    """
    if not is_date(day) or day < state.assembly.declared:
        article = state.charter.act("founded").article
        raise Refused(
            f"{shown(day)} is no day since the Assembly's declaration, {state.assembly.declared} ({article})",
            "Give that day or a later one.",
        )
    steps = [step for step in state.steps if step.on <= day]
    begun = found(state.charter, state.assembly)
    states = [begun, *(after for _, after in _permitted(begun, steps))]
    return replace(states[-1], steps=tuple(steps))


def history(state: State, seat: str) -> tuple[tuple[Step, Place], ...]:
    """Every act in force that changed a place, with the place after it, in order. Raises Refused for no such seat."""
    begun = found(state.charter, state.assembly)
    place, changes = begun.place(seat), []
    for step, after in _permitted(begun, state.steps):
        if after.place(seat) != place:
            place = after.place(seat)
            changes.append((step, place))
    return tuple(changes)


def _elected(charter: Charter, assembly: Assembly, kind: Seat) -> list[Candidate]:
    if kind.origin not in ("regular", "alternates"):
        return []
    pairs = zip(assembly.contests, assembly.rankings, strict=True)
    found = [(contest, ranking) for contest, ranking in pairs if contest.rule == kind.rule]
    if len(found) != 1:
        raise Refused(f"the Assembly has {len(found)} contests for {kind.name} seats, one is wanted ({kind.article})")
    contest, ranking = found[0]
    if ranking.open_ties():
        raise Refused(f"a tie that matters is not drawn yet ({charter.articles(f'ties.{kind.rule}')[0].article})")
    people = {candidate.number: candidate for candidate in contest.candidates}
    numbers = ranking.regular if kind.origin == "regular" else ranking.alternates
    return [people[number] for number in numbers]


class _Term:
    """Acts performed one after the other. What a correction takes away or brings back changes only what comes after it.

    So the state before every act is kept, and the acts from there on are judged again. After a refusal it is of no use.
    """

    def __init__(self, state: State) -> None:
        self._now = replace(state, steps=())
        self._steps = list(state.steps)
        in_force = [step for step in state.steps if not step.corrected_by]
        self._filed = Filed(state, in_force)
        self._before: dict[int, State] = {}
        self._counting = [step.number for step in in_force if not isinstance(step.act, Corrected)]
        self._corrections: defaultdict[int, set[int]] = defaultdict(set)
        for step in in_force:
            if isinstance(step.act, Corrected):
                self._corrections[step.act.number].add(step.number)

    def state(self) -> State:
        """What the acts lead to; an act that was corrected more than once names the last correction in force."""
        marks = (max(self._corrections.get(step.number, ()), default=0) for step in self._steps)
        steps = zip(self._steps, marks, strict=True)
        return replace(self._now, steps=tuple(structs.replace(step, corrected_by=mark) for step, mark in steps))

    def perform(self, dated: Dated) -> None:
        """One more act. Raises as the function `perform` does."""
        article = self._now.charter.act(name_of(dated.act)).article
        if faults := form_faults(dated):
            raise Refused(
                f"{'; '.join(faults)} ({article})", "Type what is named here again, as plain text on one line."
            )
        self._check_order(dated)
        self._check_signers(dated.act)
        number = len(self._steps)
        if isinstance(dated.act, Corrected):
            self._check_corrected(dated.act, article)
            self._steps.append(Step(number, dated.on, dated.act, article))
            self._correct(number, dated.act.number, article)
            return
        self._filed.check(dated.act, number)
        self._before[number] = self._now
        article, self._now = apply(self._now, At(number, dated.on, article), dated.act)
        self._steps.append(Step(number, dated.on, dated.act, article))
        self._counting.append(number)
        self._filed.add(self._steps[number])

    def _check_order(self, dated: Dated) -> None:
        state = self._now
        before = self._steps[-1].on if self._steps else state.assembly.declared
        journal = state.charter.articles("provisions.journal")[0].article
        if isinstance(dated.act, Founded) == bool(self._steps):
            raise Refused(f"the journal begins with the act 'founded', and has it once ({journal})")
        if dated.on < before:
            raise Refused(
                f"the act is dated {dated.on}, before the one it follows ({before}) ({journal})",
                f"Acts stand in the order of their days: give --on {before}, or a later day.",
            )
        if state.closed and not isinstance(dated.act, Corrected):
            article = state.charter.act("closed").article
            raise Refused(
                f"all terms ended with the succeeding Assembly on {state.closed} ({article})",
                "The next ICB has a store of its own: `ballot seats found` makes it from the new record.",
            )

    def _check_signers(self, act: Act) -> None:
        if not isinstance(act, Founded | SignerChanged):
            return
        try:
            signers_of([*(step.act for step in self._steps), act])
        except Invalid as error:
            article = self._now.charter.articles("provisions.journal")[0].article
            raise Refused(f"{error.message} ({article})", error.hint) from None

    def _check_corrected(self, act: Corrected, article: str) -> None:
        if not 0 <= act.number < len(self._steps):
            raise Refused(f"there is no act {act.number} to correct ({article})")
        if by := self._corrections.get(act.number):
            raise Refused(f"act {act.number} is already corrected by act {max(by)} ({article})")
        wrong = self._steps[act.number].act
        if isinstance(wrong, Founded | SignerChanged):
            raise Refused(
                f"act {act.number} ({name_of(wrong)}) says whose signatures count and cannot be taken back ({article})",
                "Record another change of signer instead: `ballot acts signer`."
                if isinstance(wrong, SignerChanged)
                else "An ICB that was founded wrongly needs a new store: `ballot seats found --store FILE`.",
            )

    def _correct(self, number: int, wrong: int, article: str) -> None:
        """Let this correction of the act `wrong` count, and judge again what comes after the act that it changes."""
        changed = self._flip(number)
        if isinstance(self._steps[changed].act, Corrected):
            return
        place, end = bisect_left(self._counting, changed), self._now
        first = self._counting[place] if place < len(self._counting) else None
        now = end if first is None else self._before.get(first)
        gone = first == changed
        if gone:
            del self._counting[place]
            self._filed.remove(self._steps[changed])
        else:
            self._counting.insert(place, changed)
            self._filed.add(self._steps[changed])
        if now is None:
            place, now = 0, found(end.charter, end.assembly)
        later = (self._steps[self._counting[index]] for index in range(place, len(self._counting)))
        try:
            for following, (step, after) in enumerate(_judged(now, self._filed, later), start=place + 1):
                self._before[step.number], now = now, after
                past = gone and changed < step.number and following < len(self._counting)
                # What was taken away makes no difference from here on, and papers are only fewer.
                if past and after == self._before.get(self._counting[following]):
                    now = end
                    break
        except Refused as error:
            raise Refused(
                f"act {wrong} cannot be corrected alone: {error.message} ({article})",
                "Correct the later acts that depend on it first.",
            ) from None
        self._now = now

    def _flip(self, number: int) -> int:
        """Let a correction count, so that what it corrects does not, and so on; the last act whose force changes."""
        counts = True
        while isinstance(act := self._steps[number].act, Corrected):
            others = self._corrections[act.number]
            before = bool(others)
            if counts:
                others.add(number)
            else:
                others.discard(number)
            if bool(others) == before:
                break
            number, counts = act.number, not counts
        return number


def _permitted(begun: State, steps: Sequence[Step]) -> Iterator[tuple[Step, State]]:
    """From the beginning, every step that is not corrected with the state after it."""
    in_force = [step for step in steps if not step.corrected_by]
    return _judged(begun, Filed(begun, in_force), in_force)


def _judged(state: State, filed: Filed, steps: Iterable[Step]) -> Iterator[tuple[Step, State]]:
    """Steps with the state after each; `filed` holds the papers of all acts in force. Raises Refused."""
    for step in steps:
        try:
            # An act that counts again may stand on a paper that was used in the meantime.
            filed.check(step.act, step.number)
            article = state.charter.act(name_of(step.act)).article
            _, state = apply(state, At(step.number, step.on, article), step.act)
        except Refused as error:
            raise Refused(f"act {step.number} would not be permitted: {error.message}") from None
        yield step, state
