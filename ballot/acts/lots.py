"""Drawing lots at one go, where all contributions are known beforehand: for sample elections and rehearsals."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from ballot import drawing
from ballot.acts import counting
from ballot.drawing import Drawing
from ballot.journal import Act
from ballot.lots import commitment
from ballot.plan import Words
from ballot.store.repo import Store


def draw_from(store: Store, contributions: Sequence[Words], now: datetime) -> None:
    """Announce, commit, reveal and draw, if a tie that matters waits for lots. Raises as the acts of `counting` do."""
    with store.read() as view:
        if not counting.waiting_ties(view):
            return
    counting.announce_lots(store, [said.by for said in contributions], False, now)
    for said in contributions:
        counting.step_lots(store, Act.LOT_COMMITTED, partial(_commit, said), now)
    for said in contributions:
        counting.step_lots(store, Act.LOT_REVEALED, partial(_reveal, said), now)
    counting.step_lots(store, Act.LOTS_DRAWN, drawing.draw_lots, now)


def _commit(said: Words, drawn: Drawing, opening: str) -> dict[str, str]:
    return drawing.commit(drawn, said.by, commitment(opening, said.by, said.text))


def _reveal(said: Words, drawn: Drawing, opening: str) -> dict[str, str]:
    return drawing.reveal(drawn, opening, said.by, said.text)
