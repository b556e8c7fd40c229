"""Drawings of lots told act by act, for tests."""

from collections.abc import Sequence

from ballot.crypto import signing
from ballot.drawing import Drawing, OpenTie, announce, commit, draw_lots, refuse, replay, reveal, roll
from ballot.journal import Act, SignedEntry, record_act
from ballot.lots import commitment
from tests.play import NOON

OMEGA = "ab" * 32
DIGEST = "cd" * 32
TIE = OpenTie(0, "8-10", (8, 9, 10))
WORDS = {"Ana": "a very unlikely sentence", "Bo": "another unlikely sentence", "Cem": "one more unlikely sentence"}
DESK = signing.generate()

Step = tuple[Act, dict[str, str]]


class Acts:
    """A drawing that is told act by act, each written as the stage gives it."""

    def __init__(self, contributors: Sequence[str], dice: bool = False, ties: Sequence[OpenTie] = (TIE,)) -> None:
        self.ties = ties
        self.steps: list[Step] = [(Act.LOTS_ANNOUNCED, announce(ties, DIGEST, contributors, dice))]

    @property
    def journal(self) -> tuple[SignedEntry, ...]:
        return chained(self.steps)

    @property
    def drawing(self) -> Drawing:
        drawing = replay(self.journal, OMEGA, self.ties, DIGEST)
        assert drawing is not None
        return drawing

    def commit(self, *names: str) -> None:
        for name in names:
            self.steps.append((Act.LOT_COMMITTED, commit(self.drawing, name, promise(name))))

    def reveal(self, *names: str) -> None:
        for name in names:
            self.steps.append((Act.LOT_REVEALED, reveal(self.drawing, OMEGA, name, WORDS[name])))

    def refuse(self, name: str) -> None:
        self.steps.append((Act.LOT_REFUSED, refuse(self.drawing, name)))

    def roll(self, dice: str = "1 2 3 4 5 6 " * 4) -> None:
        self.steps.append((Act.DICE_ROLLED, roll(self.drawing, dice)))

    def draw(self) -> tuple[int, ...]:
        self.steps.append((Act.LOTS_DRAWN, draw_lots(self.drawing, OMEGA)))
        return self.drawing.drawn[0].order


def promise(name: str) -> str:
    return commitment(OMEGA, name, WORDS[name])


def chained(steps: Sequence[Step]) -> tuple[SignedEntry, ...]:
    journal: tuple[SignedEntry, ...] = ()
    for act, details in steps:
        journal = (*journal, record_act(journal, act, details, NOON, DESK))
    return journal


def told(steps: Sequence[Step]) -> Drawing | None:
    return replay(chained(steps), OMEGA, (TIE,), DIGEST)


def finished(contributors: Sequence[str] = ("Ana", "Bo")) -> Acts:
    acts = Acts(contributors)
    acts.commit(*contributors)
    acts.reveal(*contributors)
    acts.draw()
    return acts
