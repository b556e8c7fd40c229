"""Votes to places: against a counter that shares no code, under relabelling, and at every kind of tie."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot import wire
from ballot.errors import Invalid, Refused
from ballot.ranking import Drawn, Ranking, Tie, rank, vacant_places

totals_of = st.dictionaries(st.integers(1, 60), st.integers(0, 9), max_size=30)
places_of = st.integers(0, 9)


def by_brute_force(
    totals: dict[int, int], regular: int, alternates: int
) -> tuple[set[int], set[int], set[int], set[int]]:
    """Regular, alternates, not elected and undecided, from how many candidates are above and level with each."""
    sets: tuple[set[int], set[int], set[int], set[int]] = (set(), set(), set(), set())
    for candidate, votes in totals.items():
        best = 1 + sum(other > votes for other in totals.values())
        worst = sum(other >= votes for other in totals.values())
        if worst <= regular:
            sets[0].add(candidate)
        elif best > regular + alternates:
            sets[2].add(candidate)
        elif best < worst:
            sets[3].add(candidate)
        else:
            sets[1 if best > regular else 0].add(candidate)
    return sets


@given(totals_of, places_of, places_of)
def test_ranking_agrees_with_brute_force(totals: dict[int, int], regular: int, alternates: int) -> None:
    ranking = rank(totals, regular, alternates)
    undecided = {candidate for tie in ranking.open_ties() for candidate in tie.candidates}
    found = set(ranking.regular), set(ranking.alternates), set(ranking.not_elected), undecided
    assert found == by_brute_force(totals, regular, alternates)
    assert len(ranking.regular) <= regular
    assert len(ranking.alternates) <= alternates
    placed = (*ranking.regular, *ranking.alternates, *ranking.not_elected)
    assert len(placed) + len(undecided) == len(totals)
    assert [totals[c] for c in placed] == sorted((totals[c] for c in placed), reverse=True)


@given(totals_of, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(totals: dict[int, int], chance: random.Random) -> None:
    items = list(totals.items())
    chance.shuffle(items)
    assert wire.encode(rank(dict(items), 8, 4)) == wire.encode(rank(totals, 8, 4))


@given(st.lists(st.integers(0, 9), max_size=24), st.data())
def test_relabelling_candidates_relabels_the_result(votes: list[int], data: st.DataObject) -> None:
    new = data.draw(st.permutations(range(1, len(votes) + 1)))
    before = rank(dict(enumerate(votes, start=1)), 8, 4)
    after = rank({new[i]: count for i, count in enumerate(votes)}, 8, 4)
    for was, now in (
        (before.regular, after.regular),
        (before.alternates, after.alternates),
        (before.not_elected, after.not_elected),
    ):
        assert {new[c - 1] for c in was} == set(now)
    assert {frozenset(new[c - 1] for c in tie.candidates) for tie in before.ties} == {
        frozenset(tie.candidates) for tie in after.ties
    }
    assert [(tie.places, tie.matters) for tie in before.ties] == [(tie.places, tie.matters) for tie in after.ties]


@given(totals_of, st.data())
def test_lots_for_every_open_tie_complete_the_ranking(totals: dict[int, int], data: st.DataObject) -> None:
    ties = rank(totals, 8, 4).open_ties()
    lots = [Drawn(tie.candidates, tuple(data.draw(st.permutations(tie.candidates)))) for tie in ties]
    ranking = rank(totals, 8, 4, data.draw(st.permutations(lots)))
    assert not ranking.open_ties()
    placed = (*ranking.regular, *ranking.alternates, *ranking.not_elected)
    assert sorted(placed) == sorted(totals)
    assert len(ranking.regular) == min(8, len(totals))
    for lot in lots:
        assert tuple(c for c in placed if c in lot.order) == lot.order


def votes_with_ties(*ties: tuple[int, int], candidates: int = 14) -> dict[int, int]:
    """Candidate i at place i, and equal votes for each pair of first and last place."""
    votes = {place: 100 - place for place in range(1, candidates + 1)}
    for first, last in ties:
        votes.update(dict.fromkeys(range(first, last + 1), votes[first]))
    return votes


def test_tie_across_8_and_9_waits_for_lots() -> None:
    ranking = rank(votes_with_ties((8, 9)), 8, 4)
    assert ranking.ties == (Tie("8-9", (8, 9), matters=True),)
    assert (ranking.regular, ranking.alternates) == ((1, 2, 3, 4, 5, 6, 7), (10, 11, 12))
    drawn = rank(votes_with_ties((8, 9)), 8, 4, [Drawn((8, 9), (9, 8))])
    assert (drawn.regular[-1], drawn.alternates[0]) == (9, 8)
    assert drawn.ties == (Tie("8-9", (8, 9), matters=True, order=(9, 8)),)


def test_tie_across_12_and_13_waits_for_lots() -> None:
    ranking = rank(votes_with_ties((12, 13)), 8, 4)
    assert ranking.ties == (Tie("12-13", (12, 13), matters=True),)
    assert (ranking.alternates, ranking.not_elected) == ((9, 10, 11), (14,))
    drawn = rank(votes_with_ties((12, 13)), 8, 4, [Drawn((12, 13), (13, 12))])
    assert (drawn.alternates, drawn.not_elected) == ((9, 10, 11, 13), (12, 14))


def test_tie_among_alternates_waits_for_lots_since_vacancies_go_by_order() -> None:
    assert rank(votes_with_ties((10, 11)), 8, 4).ties == (Tie("10-11", (10, 11), matters=True),)


@pytest.mark.parametrize("places", [(1, 2), (1, 8), (7, 8), (13, 14)])
def test_harmless_ties_are_only_shown(places: tuple[int, int]) -> None:
    ranking = rank(votes_with_ties(places), 8, 4)
    assert [tie.matters for tie in ranking.ties] == [False]
    assert ranking.regular == (1, 2, 3, 4, 5, 6, 7, 8)
    assert ranking.not_elected == (13, 14)


def test_tie_that_spans_7_to_13_leaves_only_what_is_sure() -> None:
    ranking = rank(votes_with_ties((7, 13)), 8, 4)
    assert ranking.ties == (Tie("7-13", (7, 8, 9, 10, 11, 12, 13), matters=True),)
    assert (ranking.regular, ranking.alternates, ranking.not_elected) == ((1, 2, 3, 4, 5, 6), (), (14,))
    order = (13, 12, 11, 10, 9, 8, 7)
    drawn = rank(votes_with_ties((7, 13)), 8, 4, [Drawn((7, 8, 9, 10, 11, 12, 13), order)])
    assert (drawn.regular[-2:], drawn.alternates, drawn.not_elected) == ((13, 12), (11, 10, 9, 8), (7, 14))


@pytest.mark.parametrize(("candidates", "vacant"), [(0, (8, 4)), (5, (3, 4)), (8, (0, 4)), (11, (0, 1)), (12, (0, 0))])
def test_fewer_candidates_than_places_are_all_elected(candidates: int, vacant: tuple[int, int]) -> None:
    ranking = rank(votes_with_ties(candidates=candidates), 8, 4)
    assert ranking.regular == tuple(range(1, min(candidates, 8) + 1))
    assert ranking.alternates == tuple(range(9, candidates + 1))
    assert ranking.not_elected == ()
    assert vacant_places(candidates, 8, 4) == vacant
    assert vacant_places(20, 8, 4) == (0, 0)


def test_one_officer_with_a_tie_at_the_top() -> None:
    ranking = rank({1: 5, 2: 5, 3: 1}, 1, 0)
    assert (ranking.regular, ranking.not_elected) == ((), (3,))
    assert ranking.ties == (Tie("1-2", (1, 2), matters=True),)


@pytest.mark.parametrize(
    "lots",
    [
        [Drawn((8, 9), (8, 8))],
        [Drawn((8, 9), (8,))],
        [Drawn((8, 9), (8, 9, 10))],
        [Drawn((9, 8), (9, 8))],
        [Drawn((10, 11), (10, 11))],
        [Drawn((1, 2), (2, 1))],
        [Drawn((), ())],
    ],
)
def test_a_lot_that_decides_no_tie_that_matters_is_refused(lots: list[Drawn]) -> None:
    with pytest.raises(Refused):
        rank(votes_with_ties((1, 2), (8, 9)), 8, 4, lots)


def test_a_second_draw_for_the_same_tie_is_refused() -> None:
    with pytest.raises(Refused, match="twice"):
        rank(votes_with_ties((8, 9)), 8, 4, [Drawn((8, 9), (8, 9)), Drawn((8, 9), (9, 8))])


@pytest.mark.parametrize("totals", [{0: 1}, {1: -1}])
def test_impossible_totals_are_refused(totals: dict[int, int]) -> None:
    with pytest.raises(Invalid):
        rank(totals, 8, 4)


def test_json_has_the_agreed_shape_and_one_form_only() -> None:
    data = wire.encode(rank({10: 1, 2: 5, 1: 5}, 1, 1))
    assert data == (
        b'{"totals":{"1":5,"2":5,"10":1},"regular":[],"alternates":[],'
        b'"ties":[{"places":"1-2","candidates":[1,2],"matters":true}],"not_elected":[10]}'
    )
    assert wire.encode(wire.decode(data, Ranking, "ranking")) == data
    for other in (data.replace(b'"1":5,"2":5', b'"2":5,"1":5'), data.replace(b"true}", b'true,"order":[]}')):
        with pytest.raises(Invalid):
            wire.decode(other, Ranking, "ranking")
