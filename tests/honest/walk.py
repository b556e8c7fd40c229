"""What every part of a walk needs: chance, a store on disk, a clock that people set, and acts that must be refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from ballot.errors import Error
from ballot.store.repo import Store
from tests.honest.plan import Draft
from tests.honest.texts import Texts
from tests.play import NOON

T = TypeVar("T")


@dataclass
class Walk:
    """An election on its way."""

    chance: Random
    draft: Draft
    path: Path
    store: Store
    texts: Texts = field(init=False)
    clock: datetime = NOON

    def __post_init__(self) -> None:
        self.texts = Texts(self.chance)

    def often(self, share: float) -> bool:
        """Whether something happens that happens in this share of all cases."""
        return self.chance.random() < share

    def now(self) -> datetime:
        """The time on the clock, which is sometimes set back."""
        self.clock += timedelta(seconds=self.chance.choice((0, 1, 30, 70, 3600, -7200)))
        return self.clock

    def refused(self, act: Callable[[], object]) -> None:
        """An act that must be refused, and change nothing."""
        before = self.path.read_bytes()
        try:
            act()
        except Error:
            assert self.path.read_bytes() == before
            return
        raise AssertionError("this should have been refused")

    def shuffled(self, things: Iterable[T]) -> list[T]:
        """The same things in another order."""
        return self.chance.sample(listed := list(things), len(listed))
