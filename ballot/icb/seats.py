"""The rules of seats: the Assembly's outcome and the secretary's acts in, who sits where out.

Every act is checked against the charter and refused with the article that forbids it; nothing changes then. Acts stand
in the order of their dates. A correction takes an act away as if it had never been, provided that all later acts are
still permitted; dates stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from msgspec import structs

from ballot.charter import Charter
from ballot.clauses import Seat
from ballot.coordination import BODY
from ballot.errors import Error, Invalid, Refused
from ballot.icb.letters import Filed
from ballot.icb.places import Assembly, Place, State, Step
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
    state = found(charter, assembly)
    filed = _filed(state)
    for number, dated in enumerate(acts):
        try:
            state = _perform(state, dated, filed)
        except Error as error:
            raise Refused(f"act {number} ({name_of(dated.act)}): {error.message}", error.hint) from None
        # Only a correction changes which earlier acts are in force.
        if isinstance(dated.act, Corrected):
            filed = _filed(state)
        else:
            filed.add(state.steps[-1])
    return state


def perform(state: State, dated: Dated) -> State:
    """The state after one more act. Raises Refused, with the article, when it is not permitted."""
    return _perform(state, dated, _filed(state))


def _filed(state: State) -> Filed:
    return Filed(state, (step for step in state.steps if not step.corrected_by))


def _perform(state: State, dated: Dated, filed: Filed) -> State:
    article = state.charter.act(name_of(dated.act)).article
    if faults := form_faults(dated):
        raise Refused(f"{'; '.join(faults)} ({article})", "Type what is named here again, as plain text on one line.")
    _check_order(state, dated)
    _check_signers(state, dated.act)
    if isinstance(dated.act, Corrected):
        return _correct(state, dated.on, dated.act, article)
    filed.check(dated.act)
    at = At(len(state.steps), dated.on, article)
    article, after = apply(state, at, dated.act)
    return replace(after, steps=(*state.steps, Step(at.number, at.on, dated.act, article)))


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
    return _rebuild(state, [step for step in state.steps if step.on <= day])


def history(state: State, seat: str) -> tuple[tuple[Step, Place], ...]:
    """Every act in force that changed a place, with the place after it, in order. Raises Refused for no such seat."""
    place, changes = found(state.charter, state.assembly).place(seat), []
    for step, after in _states(state, state.steps):
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


def _check_order(state: State, dated: Dated) -> None:
    before = state.steps[-1].on if state.steps else state.assembly.declared
    journal = state.charter.articles("provisions.journal")[0].article
    if isinstance(dated.act, Founded) == bool(state.steps):
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


def _check_signers(state: State, act: Act) -> None:
    if not isinstance(act, Founded | SignerChanged):
        return
    try:
        signers_of([*(step.act for step in state.steps), act])
    except Invalid as error:
        article = state.charter.articles("provisions.journal")[0].article
        raise Refused(f"{error.message} ({article})", error.hint) from None


def _correct(state: State, on: str, act: Corrected, article: str) -> State:
    number = len(state.steps)
    if not 0 <= act.number < number:
        raise Refused(f"there is no act {act.number} to correct ({article})")
    step = state.steps[act.number]
    if step.corrected_by:
        raise Refused(f"act {act.number} is already corrected by act {step.corrected_by} ({article})")
    if isinstance(step.act, Founded | SignerChanged):
        raise Refused(
            f"act {act.number} ({name_of(step.act)}) says whose signatures count and cannot be taken back ({article})",
            "Record another change of signer instead: `ballot acts signer`."
            if isinstance(step.act, SignerChanged)
            else "An ICB that was founded wrongly needs a new store: `ballot seats found --store FILE`.",
        )
    steps = _mark((*state.steps, Step(number, on, act, article)))
    try:
        return _rebuild(state, steps)
    except Refused as error:
        raise Refused(
            f"act {act.number} cannot be corrected alone: {error.message} ({article})",
            "Correct the later acts that depend on it first.",
        ) from None


def _mark(steps: Sequence[Step]) -> list[Step]:
    """Steps with `corrected_by` set anew: a correction that is itself corrected counts no more."""
    by: dict[int, int] = {}
    for step in reversed(steps):
        if isinstance(step.act, Corrected) and step.number not in by:
            by.setdefault(step.act.number, step.number)
    return [structs.replace(step, corrected_by=by.get(step.number, 0)) for step in steps]


def _rebuild(state: State, steps: Sequence[Step]) -> State:
    states = [found(state.charter, state.assembly), *(after for _, after in _states(state, steps))]
    return replace(states[-1], steps=tuple(steps))


def _states(state: State, steps: Sequence[Step]) -> Iterator[tuple[Step, State]]:
    """From the beginning, every step that is not corrected with the state after it."""
    after, filed = found(state.charter, state.assembly), Filed(state)
    for step in steps:
        if step.corrected_by:
            continue
        try:
            # An act that counts again may stand on a paper that was used in the meantime.
            filed.check(step.act)
            _, after = apply(after, At(step.number, step.on, state.charter.act(name_of(step.act)).article), step.act)
        except Refused as error:
            raise Refused(f"act {step.number} would not be permitted: {error.message}") from None
        filed.add(step)
        yield step, after
