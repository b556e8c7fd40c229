"""Whatever an honest committee does that the program permits, its record verifies.

The journal is signed and chained, so an act that was accepted can never be mended: a record that does not verify after
it would be lost with the whole election. Elections are played at random, from the plan to the record. What comes to
pass follows from the number of the election; keys and papers are fresh every time.

BALLOT_HONEST_WALKS=500 plays more of them, BALLOT_HONEST_FIRST=1000 others.
"""

import os
from functools import partial
from pathlib import Path
from random import Random

import pytest

from ballot import statements
from ballot.acts import counting, setup, voting
from ballot.verify import verify
from ballot.votes import OpeningFile
from tests.honest.ceremony import collect_keys, rehearse
from tests.honest.day import Day
from tests.honest.evening import Count, draw_lots
from tests.honest.plan import draft
from tests.honest.walk import Walk
from tests.play import NOON

FIRST = int(os.environ.get("BALLOT_HONEST_FIRST", "0"))
WALKS = int(os.environ.get("BALLOT_HONEST_WALKS", "24"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + WALKS))
def test_the_record_of_an_honest_committee_verifies(number: int, tmp_path: Path) -> None:
    chance = Random(number)
    begun = draft(tmp_path, chance)
    path = tmp_path / "election.db"
    with setup.create(path, begun.intake, NOON) as store:
        walk = Walk(chance, begun, path, store)
        keys = collect_keys(walk)
        # It takes seconds, so not often.
        if number % 30 == 3:
            rehearse(walk, keys)
        day = Day(walk, _opened(walk))
        day.play()
        voting.close(store, walk.now())
        Count(walk, keys).play()
        day.give_back()
        if day.not_handed_out:
            walk.refused(lambda: counting.count(store, walk.now()))
        totals, _ = counting.count(store, walk.now(), envelopes_lost=bool(day.not_handed_out) or walk.often(0.5))
        assert (totals.ballots, totals.votes) == (len(day.box), day.totals())
        draw_lots(walk)
        counting.declare_result(store, begun.head, begun.seal, walk.now())
        record = _published(walk)
        assert _published(walk) == record
    report, evidence = verify(record, workers=1)
    assert report.verified
    assert evidence.totals == totals


def _opened(walk: Walk) -> OpeningFile:
    """The opening: with a reason for having had no rehearsal if there was none, and those present if it matters."""
    head, seal, present = walk.draft.head, walk.draft.seal, walk.draft.present
    with walk.store.read() as view:
        rehearsed = bool(statements.rehearsal_of(view.journal()))
    reason, wrong = ("", walk.texts.text()) if rehearsed else (walk.texts.text(), "")
    open_box = partial(setup.open_box, walk.store, head, seal)
    walk.refused(lambda: open_box(walk.now(), without_rehearsal=wrong, present=present))
    walk.refused(lambda: open_box(walk.now(), without_rehearsal=reason, present=0 if present else 1))
    return open_box(walk.now(), without_rehearsal=reason, present=present)


def _published(walk: Walk) -> bytes:
    return counting.publish_record(walk.store, walk.draft.head, walk.draft.seal, walk.now(), lambda _: None)
