"""The evening: shares and pieces in any order until the box can be counted, and lots for the ties that matter."""

from collections.abc import Callable
from functools import partial

from ballot import drawing
from ballot.acts import counting, standins
from ballot.acts.standins import Given
from ballot.crypto.keys import TrusteeSecret
from ballot.drawing import MIN_WORDS, Drawing
from ballot.journal import Act
from ballot.lots import MAX_DICE, MIN_DICE, commitment
from ballot.trustees.boxfile import BoxFile, check_box_file
from ballot.trustees.standin import give_piece, give_share
from ballot.votes import Ballot, Closing, Election, Opening
from tests.honest.ceremony import Key
from tests.honest.walk import Walk


class Count:
    """Trustees come, are missed, come after all, and stand in for each other."""

    def __init__(self, walk: Walk, keys: list[Key]) -> None:
        self.walk, self.keys = walk, keys
        with walk.store.read() as view:
            self.box: BoxFile = standins.box_file(view)
        check_box_file(self.box, workers=1)
        opening = self.box.opening.signed.opening
        self.names, self.need = opening.trustee_names, opening.need
        self.spare = len(self.names) - self.need
        numbers = range(1, len(self.names) + 1)
        self.gone = set(walk.chance.sample(numbers, walk.chance.randint(0, self.spare)))
        self.there: set[int] = set()
        self.own: set[int] = set()
        self.told: set[int] = set()
        self.given: set[tuple[int, int]] = set()

    def play(self) -> None:
        """Everything in any order, one after the other or several at once, until nothing is awaited."""
        while len(self.there) < len(self.names):
            steps = self._shares() + self._pieces()
            if not steps or self.walk.often(0.3):
                self._announce(bool(steps))
                continue
            given = self.walk.shuffled(steps)[: self.walk.chance.choice((1, 1, 2, 5))]
            self._give(given)
            if self.walk.often(0.2):
                before = self.walk.path.read_bytes()
                assert self._received([self._made(*one) for one in given]) == len(given)
                assert self.walk.path.read_bytes() == before

    def _shares(self) -> list[tuple[int, int]]:
        """Holder and key of the own shares that could come."""
        return [(one, one) for one in range(1, len(self.names) + 1) if one not in self.there | self.gone]

    def _pieces(self) -> list[tuple[int, int]]:
        """Holder and key of the pieces that could come."""
        replaced = self.there - self.own
        present = [one for one in range(1, len(self.names) + 1) if one not in self.gone | replaced]
        pairs = [(one, other) for other in sorted(self.told - self.there) for one in present if one != other]
        return [pair for pair in pairs if pair not in self.given]

    def _announce(self, may_wait: bool) -> None:
        left = [one for one in range(1, len(self.names) + 1) if one not in self.there | self.told]
        room = self.spare - len(self.told)
        if not left or not room:
            # Who was announced came after all, so nobody can take the place of the others: they are found.
            if not may_wait and self.gone:
                self.gone.pop()
            return
        wanted = [one for one in left if one in self.gone] if not may_wait or self.walk.often(0.5) else left
        missing = self.walk.shuffled(wanted)[: self.walk.chance.randint(1, room)]
        names = [self.names[one - 1] for one in missing]
        again = [self.names[one - 1] for one in self.told - self.there]
        standins.announce_missing(self.walk.store, self.walk.shuffled([*names, *again]), self.walk.now())
        self.told |= set(missing)

    def _give(self, steps: list[tuple[int, int]]) -> None:
        refused = 0
        for holder, missing in sorted(steps, key=lambda step: step[0] != step[1]):
            if missing in self.there or (holder != missing and holder not in self.own):
                # The share was there before, or was made of the pieces before; or who stands in gave none yet.
                refused += 1
                continue
            if holder == missing:
                self.own.add(holder)
                self.there.add(holder)
                continue
            self.given.add((holder, missing))
            if sum(one == missing for _, one in self.given) == self.need:
                self.there.add(missing)
        assert self._received([self._made(*one) for one in steps]) == refused

    def _received(self, given: list[Given]) -> int:
        received = standins.receive(
            self.walk.store, [(f"file {place}", one) for place, one in enumerate(given)], self.walk.now()
        )
        return len(received.faults)

    def _made(self, holder: int, missing: int) -> Given:
        key = self.keys[holder - 1]
        if isinstance(key, TrusteeSecret):
            self.keys[holder - 1], share = standins.own_share(self.box, key)
            return share
        held, sealed = self.box.ceremony[0], self._sealed()
        if holder == missing:
            self.keys[holder - 1], share = give_share(key, held, *sealed)
            return share
        self.keys[holder - 1], piece = give_piece(key, held, missing, *sealed)
        return piece

    def _sealed(self) -> tuple[Opening, Election, Closing, list[Ballot]]:
        opening = self.box.opening
        return opening.signed.opening, opening.election, self.box.closing, self.box.ballots


def draw_lots(walk: Walk) -> None:
    """Lots for all ties that matter, if there are any: words and dice, and some refuse."""
    with walk.store.read() as view:
        tied = bool(counting.waiting_ties(view))
    if not tied:
        walk.refused(lambda: counting.announce_lots(walk.store, ["Ana"], True, walk.now()))
        return
    walk.refused(lambda: counting.declare_result(walk.store, walk.draft.head, walk.draft.seal, walk.now()))
    people = [walk.texts.name() for _ in range(walk.chance.randint(0, 4))]
    drawn = counting.announce_lots(walk.store, people, not people or walk.often(0.3), walk.now())
    words = {name: walk.texts.text(MIN_WORDS) for name in people}
    silent = {name for name in people if walk.often(0.2)}
    late = {name for name in people if name in silent and walk.often(0.5)}
    for name in walk.shuffled(people):
        if name in silent - late:
            drawn = _step(walk, Act.LOT_REFUSED, partial(_refuse, name))
        else:
            drawn = _step(walk, Act.LOT_COMMITTED, partial(_commit, name, words[name]))
    for name in walk.shuffled(people):
        if name in late:
            drawn = _step(walk, Act.LOT_REFUSED, partial(_refuse, name))
        elif name not in silent:
            drawn = _step(walk, Act.LOT_REVEALED, partial(_reveal, name, words[name]))
    if drawn.needs_dice:
        _dice(walk)
    walk.refused(lambda: _step(walk, Act.DICE_ROLLED, partial(_roll, "1 " * MIN_DICE)))
    _step(walk, Act.LOTS_DRAWN, drawing.draw_lots)
    walk.refused(lambda: _step(walk, Act.LOTS_DRAWN, drawing.draw_lots))


def _dice(walk: Walk) -> None:
    """Dice, not too few and not too many."""
    for count in (MIN_DICE - 1, MAX_DICE + 1):
        walk.refused(partial(_step, walk, Act.DICE_ROLLED, partial(_roll, "1 " * count)))
    count = walk.chance.choice((MIN_DICE, 30, MAX_DICE))
    dice = "".join(walk.chance.choice("123456") + walk.chance.choice((" ", ",", ",  ")) for _ in range(count))
    _step(walk, Act.DICE_ROLLED, partial(_roll, dice))


def _step(walk: Walk, act: Act, make: Callable[[Drawing, str], dict[str, str]]) -> Drawing:
    return counting.step_lots(walk.store, act, make, walk.now())


def _refuse(name: str, drawn: Drawing, _opening: str) -> dict[str, str]:
    return drawing.refuse(drawn, name)


def _commit(name: str, words: str, drawn: Drawing, opening: str) -> dict[str, str]:
    return drawing.commit(drawn, name, commitment(opening, name, words))


def _reveal(name: str, words: str, drawn: Drawing, opening: str) -> dict[str, str]:
    return drawing.reveal(drawn, opening, name, words)


def _roll(dice: str, drawn: Drawing, _opening: str) -> dict[str, str]:
    return drawing.roll(drawn, dice)
