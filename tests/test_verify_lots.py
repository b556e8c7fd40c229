"""Check 14 broken by somebody who has every key and signs all again (see test_verify)."""

from collections.abc import Callable

from msgspec import structs

from ballot.drawing import Announcement, Drawing, DrawnTie, announce
from ballot.journal import Act
from ballot.lots import commitment, draw, seed
from ballot.wire import encode
from tests.forge import Forgery, caught_at
from tests.play import fair, tied

LOTS = (Act.LOTS_ANNOUNCED, Act.LOT_COMMITTED, Act.LOT_REVEALED, Act.LOTS_DRAWN)


def drawing_of(forged: Forgery) -> Drawing:
    assert forged.drawing is not None
    return forged.drawing


def redrawn(forged: Forgery, drawing: Drawing, order: tuple[int, ...] | None = None) -> None:
    """Let journal, lots, ranking and declaration tell this drawing, with the order that follows or another one."""
    (tie,) = drawing.announcement.ties
    if order is None:
        value = seed(forged.opening.fingerprint, drawing.announcement.totals, 0, tie.candidates, drawing.contributions)
        order = draw(value, tie.candidates)
    drawn = DrawnTie(0, tie.places, tie.candidates, order)
    told = structs.replace(drawing, drawn=(drawn,))
    forged.amend(Act.LOTS_DRAWN, {"drawn": encode(told.drawn).decode()})
    forged.rerank(forged.ranked(told), told)


def test_check_14_catches_an_order_that_was_not_drawn() -> None:
    forged = Forgery(tied())
    drawing = drawing_of(forged)
    redrawn(forged, drawing, drawing.drawn[0].order[::-1])
    caught_at(14, "do not follow from what was said before", forged)


def test_check_14_catches_a_draw_told_otherwise_than_in_the_journal() -> None:
    forged = Forgery(tied())
    drawing = drawing_of(forged)
    turned = structs.replace(drawing.drawn[0], order=drawing.drawn[0].order[::-1])
    told = structs.replace(drawing, drawn=(turned,))
    forged.rerank(forged.ranked(told), told)
    caught_at(14, "not those that the journal tells", forged)


def test_check_14_catches_a_contribution_altered_after_its_commitment() -> None:
    forged = Forgery(tied())
    drawing = drawing_of(forged)
    first, second = drawing.contributions
    altered = structs.replace(second, value="a sentence that suits the head better")
    forged.amend(Act.LOT_REVEALED, {"by": second.by, "words": altered.value}, 1)
    redrawn(forged, structs.replace(drawing, contributions=(first, altered)), (10, 9, 8))
    caught_at(14, "not those of the commitment", forged)


def test_check_14_catches_a_contributor_left_out() -> None:
    forged = Forgery(tied())
    entries = forged.entries
    for act in (Act.LOT_COMMITTED, Act.LOT_REVEALED):
        del entries[forged.place(act, 1) - (len(forged.entries) - len(entries))]
    forged.rechain(entries)
    drawing = drawing_of(forged)
    (first, _), name = drawing.contributions, drawing.announcement.contributors[0]
    alone = structs.replace(drawing, commitments={name: first.commitment}, contributions=(first,))
    redrawn(forged, alone)
    caught_at(14, "nobody reveals before all have committed", forged)


def test_check_14_catches_words_revealed_before_all_had_committed() -> None:
    forged = Forgery(tied())
    entries = forged.entries
    committed, revealed = forged.place(Act.LOT_COMMITTED, 1), forged.place(Act.LOT_REVEALED)
    minute = entries[revealed].at
    entries.insert(committed, entries.pop(revealed))
    forged.rechain([structs.replace(entry, at=minute) if entry.act in LOTS else entry for entry in entries])
    caught_at(14, "nobody reveals before all have committed", forged)


def test_check_14_catches_lots_announced_twice() -> None:
    forged = Forgery(tied())
    announced = forged.entries[forged.place(Act.LOTS_ANNOUNCED)]
    forged.insert(forged.place(Act.LOTS_DRAWN) + 1, Act.LOTS_ANNOUNCED, announced.details)
    caught_at(14, "lots were announced twice", forged)


def test_check_14_catches_a_second_draw() -> None:
    forged = Forgery(tied())
    drawn = forged.entries[forged.place(Act.LOTS_DRAWN)]
    forged.insert(forged.place(Act.LOTS_DRAWN) + 1, Act.LOTS_DRAWN, drawn.details)
    caught_at(14, "there is no second draw", forged)


def test_check_14_catches_a_second_drawing_hidden_behind_the_first() -> None:
    forged = Forgery(tied())
    drawing = drawing_of(forged)
    turned = structs.replace(drawing.drawn[0], order=drawing.drawn[0].order[::-1])
    forged.change(lots=(drawing, structs.replace(drawing, drawn=(turned,))))
    caught_at(14, "not those that the journal tells", forged)


def test_check_14_catches_commitments_told_in_another_order() -> None:
    forged = Forgery(tied())
    drawing = drawing_of(forged)
    turned = structs.replace(drawing, commitments=dict(reversed(drawing.commitments.items())))
    assert turned == drawing
    forged.change(lots=(turned,))
    caught_at(14, "not those that the journal tells", forged)


def test_check_14_catches_dice_rolled_after_the_words_were_known() -> None:
    forged = Forgery(tied())
    forged.insert(forged.place(Act.LOTS_DRAWN), Act.DICE_ROLLED, {"dice": " ".join("6" * 20)})
    caught_at(14, "no dice were announced", forged)


def test_check_14_catches_a_contributor_who_changes_the_commitment() -> None:
    forged = Forgery(tied())
    by, words = "Ana", "words that were not ready in time"
    again = {"by": by, "commitment": commitment(forged.opening.fingerprint, by, words)}
    forged.insert(forged.place(Act.LOT_COMMITTED, 1) + 1, Act.LOT_COMMITTED, again)
    caught_at(14, "has already committed", forged)


def test_check_14_catches_a_stranger_who_contributes() -> None:
    forged = Forgery(tied())
    details = {"by": "Mallory", "commitment": "0" * 128}
    forged.insert(forged.place(Act.LOT_COMMITTED, 1) + 1, Act.LOT_COMMITTED, details)
    caught_at(14, "Mallory was not announced as a contributor", forged)


def announced(forged: Forgery, change: Callable[[Announcement], Announcement]) -> None:
    """Let journal and lots tell another announcement."""
    drawing = drawing_of(forged)
    other_one = change(drawing.announcement)
    forged.amend(Act.LOTS_ANNOUNCED, {"announcement": encode(other_one).decode()})
    forged.change(lots=(structs.replace(drawing, announcement=other_one),))


def test_check_14_catches_lots_announced_for_other_totals() -> None:
    forged = Forgery(tied())
    announced(forged, lambda one: structs.replace(one, totals="0" * 64))
    caught_at(14, "announced for other ties or totals", forged)


def test_check_14_catches_lots_announced_for_fewer_candidates() -> None:
    def fewer(one: Announcement) -> Announcement:
        (tie,) = one.ties
        return structs.replace(one, ties=(structs.replace(tie, candidates=(8, 9), places="8-9"),))

    forged = Forgery(tied())
    announced(forged, fewer)
    caught_at(14, "announced for other ties or totals", forged)


def test_check_14_catches_a_tie_that_matters_and_was_declared_undecided() -> None:
    forged = Forgery(tied())
    forged.rechain([entry for entry in forged.entries if entry.act not in LOTS])
    forged.change(lots=())
    forged.rerank(forged.ranked())
    assert [ranking.open_ties() for ranking in forged.contents.rankings] != [()]
    caught_at(14, "a tie that matters was not decided by lots", forged)


def test_check_14_catches_lots_that_were_announced_and_never_drawn() -> None:
    forged = Forgery(tied())
    forged.rechain([entry for entry in forged.entries if entry.act != Act.LOTS_DRAWN])
    told = structs.replace(drawing_of(forged), drawn=())
    forged.change(lots=(told,))
    forged.rerank(forged.ranked(told), told)
    caught_at(14, "a tie that matters was not decided by lots", forged)


def test_check_14_catches_lots_where_nothing_was_tied() -> None:
    forged = Forgery(fair())
    (tie,) = drawing_of(Forgery(tied())).announcement.ties
    details = announce([tie], forged.totals.digest, ["Ana"], False)
    forged.insert(forged.place(Act.COUNTED) + 1, Act.LOTS_ANNOUNCED, details)
    caught_at(14, "no tie that matters waits for lots", forged)


def test_check_14_catches_lots_that_the_journal_does_not_know() -> None:
    forged = Forgery(fair())
    empty = structs.replace(drawing_of(Forgery(tied())), drawn=())
    forged.change(lots=(empty,))
    caught_at(14, "not those that the journal tells", forged)
