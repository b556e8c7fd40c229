"""The drawing of lots as acts: whose turn it is, and what is refused."""

from collections.abc import Callable

import pytest

from ballot.drawing import DICE, OpenTie, announce, commit, draw_lots, refuse, reveal, roll
from ballot.errors import Refused
from ballot.lots import MAX_DICE
from tests.telling import DIGEST, OMEGA, TIE, WORDS, Acts, finished, promise, told


def attempts(*calls: Callable[[], object]) -> tuple[Callable[[], object], ...]:
    """Several things to try."""
    return calls


# What goes well


def test_words_of_all_contributors_draw_the_lots() -> None:
    acts = Acts(["Ana", "Bo"])
    assert acts.drawing.waiting() == "commitments are awaited from Ana, Bo"
    acts.commit("Bo")
    assert acts.drawing.waiting() == "commitments are awaited from Ana"
    acts.commit("Ana")
    assert acts.drawing.waiting() == "the words are awaited from Ana, Bo"
    acts.reveal("Bo")
    assert acts.drawing.waiting() == "the words are awaited from Ana"
    acts.reveal("Ana")
    assert acts.drawing.waiting() == ""
    assert sorted(acts.draw()) == [8, 9, 10]
    assert [said.by for said in acts.drawing.contributions] == ["Ana", "Bo"]
    assert [lot.candidates for lot in acts.drawing.lots(0)] == [(8, 9, 10)]
    assert acts.drawing.lots(1) == ()


def test_the_order_in_which_people_speak_changes_nothing() -> None:
    orders = set()
    for names in (("Ana", "Bo"), ("Bo", "Ana")):
        acts = Acts(["Ana", "Bo"])
        acts.commit(*names)
        acts.reveal(*names)
        orders.add(acts.draw())
    assert len(orders) == 1


def test_every_contribution_counts() -> None:
    orders = []
    for dice in range(12):
        acts = Acts([], dice=True)
        acts.roll(" ".join([str(dice % 6 + 1)] * (20 + dice)))
        orders.append(acts.draw())
    assert len(set(orders)) > 1


def test_dice_alone_draw_the_lots() -> None:
    acts = Acts([], dice=True)
    assert acts.drawing.waiting() == "the dice are awaited"
    acts.roll()
    assert sorted(acts.draw()) == [8, 9, 10]
    (said,) = acts.drawing.contributions
    assert (said.by, said.kind, said.value) == (DICE, "dice", " ".join("123456" * 4))


def test_who_does_not_reveal_is_replaced_by_dice() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.commit("Ana", "Bo")
    acts.reveal("Ana")
    acts.refuse("Bo")
    assert acts.drawing.waiting() == "the dice are awaited"
    with pytest.raises(Refused, match="the lots cannot be drawn yet: the dice are awaited"):
        draw_lots(acts.drawing, OMEGA)
    acts.roll()
    acts.draw()
    assert acts.drawing.refused == ("Bo",)
    assert [said.by for said in acts.drawing.contributions] == ["Ana", DICE]


def test_who_does_not_commit_holds_nobody_up() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.refuse("Ana")
    acts.commit("Bo")
    acts.reveal("Bo")
    acts.roll()
    assert sorted(acts.draw()) == [8, 9, 10]


def test_dice_decide_where_everybody_withholds_words() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.refuse("Ana")
    acts.refuse("Bo")
    acts.roll()
    assert sorted(acts.draw()) == [8, 9, 10]


def test_several_ties_are_drawn_each_by_itself() -> None:
    ties = (TIE, OpenTie(0, "12-14", (3, 4, 5)), OpenTie(1, "8-9", (1, 2)))
    acts = Acts(["Ana"], ties=ties)
    acts.commit("Ana")
    acts.reveal("Ana")
    acts.draw()
    assert [(tie.contest, tie.candidates, tuple(sorted(tie.order))) for tie in acts.drawing.drawn] == [
        (tie.contest, tie.candidates, tie.candidates) for tie in ties
    ]
    assert [lot.candidates for lot in acts.drawing.lots(0)] == [(8, 9, 10), (3, 4, 5)]


def test_the_same_journal_gives_the_same_drawing() -> None:
    acts = finished()
    assert told(acts.steps) == told(acts.steps) == acts.drawing
    assert told(()) is None


# The announcement


def test_lots_without_a_tie_are_refused() -> None:
    with pytest.raises(Refused, match="no tie that matters waits for lots"):
        announce((), DIGEST, ["Ana"], False)


def test_lots_to_which_nobody_contributes_are_refused() -> None:
    with pytest.raises(Refused, match="nobody contributes to the draw"):
        announce((TIE,), DIGEST, [], False)


def test_more_contributors_than_a_room_holds_are_refused() -> None:
    names = [f"Ana {number}" for number in range(101)]
    announce((TIE,), DIGEST, names[:100], False)
    with pytest.raises(Refused, match="101 people cannot contribute to the draw: 100 at most"):
        announce((TIE,), DIGEST, names, False)


@pytest.mark.parametrize(
    "names",
    [
        *(["Ana", "Ana"], [DICE], ["Dice"], [""], ["Ana\n"], ["\x1b[31mAna"], ["Ana", "\u202eoB"]),
        *(["Tala Two", "tala two"], ["Tala Two", "Tala  Two"], ["Bo", "Ana", "\u0410na"]),
    ],
    ids=ascii,
)
def test_contributors_who_are_not_different_people_are_refused(names: list[str]) -> None:
    with pytest.raises(Refused, match="the contributors must be different people"):
        announce((TIE,), DIGEST, names, False)


def test_a_name_that_is_there_twice_is_told_from_one_that_looks_alike() -> None:
    for second, said in (("Ana", "'Ana' is there twice"), ("ana", "'ana' is easily mistaken for 'Ana'")):
        with pytest.raises(Refused, match=said):
            announce((TIE,), DIGEST, ["Ana", "Bo", second], False)


# Turns


def test_the_next_step_is_named_with_its_command() -> None:
    acts = Acts(["Ana", "Bo"])
    steps = [acts.drawing.next_step()]
    for act in (
        lambda: acts.commit("Ana", "Bo"),
        lambda: acts.reveal("Ana"),
        lambda: acts.refuse("Bo"),
        acts.roll,
        acts.draw,
    ):
        act()
        steps.append(acts.drawing.next_step())
    assert steps == [
        "commitments are awaited from Ana, Bo: ballot lots commit NAME",
        "the words are awaited from Ana, Bo: ballot lots reveal NAME",
        "the words are awaited from Bo: ballot lots reveal NAME",
        "the dice are awaited: ballot lots dice ROLLS",
        "draw the lots: ballot lots draw",
        "declare the result: ballot declare --head FILE --seal FILE",
    ]


def test_nobody_takes_a_turn_where_dice_alone_were_announced() -> None:
    with pytest.raises(Refused, match="Bo was not announced as a contributor") as refused:
        refuse(Acts([], dice=True).drawing, "Bo")
    assert refused.value.hint == "Announced: nobody."


def test_somebody_who_was_not_announced_is_refused() -> None:
    acts = Acts(["Ana"])
    for attempt in attempts(lambda: commit(acts.drawing, "Bo", promise("Bo")), lambda: refuse(acts.drawing, "Bo")):
        with pytest.raises(Refused, match="Bo was not announced as a contributor") as refused:
            attempt()
        assert "Ana" in refused.value.hint
    with pytest.raises(Refused, match="was not announced"):
        reveal(acts.drawing, OMEGA, "Bo", WORDS["Bo"])


def test_a_commitment_is_never_changed() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.commit("Ana")
    for again in (promise("Ana"), promise("Bo")):
        with pytest.raises(Refused, match="Ana has already committed; a commitment is never changed") as refused:
            commit(acts.drawing, "Ana", again)
        assert refused.value.hint == "It stands. Next: commitments are awaited from Bo: ballot lots commit NAME"


@pytest.mark.parametrize("text", ["", "0" * 127, "0" * 129, "G" * 128, "A" * 128, "0x" + "0" * 126, " " * 128])
def test_a_commitment_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="a commitment is 128 lower-case hex digits"):
        commit(Acts(["Ana"]).drawing, "Ana", text)


def test_nobody_reveals_before_all_have_committed() -> None:
    acts = Acts(["Ana", "Bo", "Cem"])
    acts.commit("Ana", "Cem")
    with pytest.raises(Refused, match="nobody reveals before all have committed") as refused:
        reveal(acts.drawing, OMEGA, "Ana", WORDS["Ana"])
    assert refused.value.hint == "Next: commitments are awaited from Bo: ballot lots commit NAME"


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ("a very unlikely sentence.", "not those of the commitment"),
        ("another unlikely sentence", "not those of the commitment"),
        ("A very unlikely sentence", "not those of the commitment"),
        ("short", "shorter than 12 characters"),
        ("elevenchars", "shorter than 12 characters"),
        ("twelve chars", "not those of the commitment"),
        ("", "shorter than 12 characters"),
        ("a very unlikely\nsentence", "the words of 'Ana': holds"),
        ("a very unlikely sentence ", "the words of 'Ana': white space at the beginning or the end"),
    ],
)
def test_words_that_do_not_fit_the_commitment_are_refused(words: str, telling: str) -> None:
    acts = Acts(["Ana", "Bo"])
    acts.commit("Ana", "Bo")
    with pytest.raises(Refused, match=telling):
        reveal(acts.drawing, OMEGA, "Ana", words)


def test_words_committed_to_in_another_election_are_refused() -> None:
    acts = Acts(["Ana"])
    acts.commit("Ana")
    with pytest.raises(Refused, match="not those of the commitment"):
        reveal(acts.drawing, "00" * 32, "Ana", WORDS["Ana"])


def test_words_are_revealed_once() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.commit("Ana", "Bo")
    acts.reveal("Ana")
    for attempt in attempts(
        lambda: reveal(acts.drawing, OMEGA, "Ana", WORDS["Ana"]), lambda: refuse(acts.drawing, "Ana")
    ):
        with pytest.raises(Refused, match="Ana has already had a turn"):
            attempt()


def test_who_refused_has_had_the_turn() -> None:
    acts = Acts(["Ana", "Bo"])
    acts.commit("Ana", "Bo")
    acts.refuse("Bo")
    for attempt in attempts(lambda: reveal(acts.drawing, OMEGA, "Bo", WORDS["Bo"]), lambda: refuse(acts.drawing, "Bo")):
        with pytest.raises(Refused, match="Bo has already had a turn"):
            attempt()


def test_dice_that_nobody_asked_for_are_refused() -> None:
    acts = Acts(["Ana"])
    acts.commit("Ana")
    with pytest.raises(Refused, match="no dice were announced, and nobody withheld words") as refused:
        roll(acts.drawing, "1 " * 20)
    assert refused.value.hint == "Next: the words are awaited from Ana: ballot lots reveal NAME"


def test_dice_before_the_others_have_spoken_are_refused() -> None:
    acts = Acts(["Ana"], dice=True)
    with pytest.raises(Refused, match="dice are rolled once, after everything else") as refused:
        roll(acts.drawing, "1 " * 20)
    assert refused.value.hint == "Next: commitments are awaited from Ana: ballot lots commit NAME"


def test_dice_are_rolled_once() -> None:
    acts = Acts([], dice=True)
    acts.roll()
    with pytest.raises(Refused, match="dice are rolled once") as refused:
        roll(acts.drawing, "6 " * 20)
    assert refused.value.hint == "Next: draw the lots: ballot lots draw"


@pytest.mark.parametrize("dice", ["", "1 " * 19, "7 " * 20, "0 " * 20, "1;" * 20, "six " * 20])
def test_dice_that_are_too_few_or_none_are_refused(dice: str) -> None:
    with pytest.raises(Refused, match=r"die|dice"):
        roll(Acts([], dice=True).drawing, dice)


def test_as_many_dice_as_are_taken_draw_the_lots_and_one_more_is_refused() -> None:
    acts = Acts([], dice=True)
    with pytest.raises(Refused, match="151 dice, at most 150 are taken"):
        roll(acts.drawing, "6 " * (MAX_DICE + 1))
    acts.roll("6 " * MAX_DICE)
    assert draw_lots(acts.drawing, OMEGA)


def test_lots_are_not_drawn_while_somebody_is_awaited() -> None:
    acts = Acts(["Ana", "Bo"])
    for step in attempts(lambda: acts.commit("Ana", "Bo"), lambda: acts.reveal("Ana"), lambda: acts.reveal("Bo")):
        with pytest.raises(Refused, match=r"the lots cannot be drawn yet: .* awaited"):
            draw_lots(acts.drawing, OMEGA)
        step()
    assert draw_lots(acts.drawing, OMEGA)


def test_a_second_draw_is_refused() -> None:
    acts = finished()
    with pytest.raises(Refused, match="the lots are drawn; there is no second draw") as refused:
        draw_lots(acts.drawing, OMEGA)
    assert refused.value.hint == "Next: declare the result: ballot declare --head FILE --seal FILE"
    for attempt in attempts(
        lambda: commit(acts.drawing, "Ana", promise("Ana")),
        lambda: reveal(acts.drawing, OMEGA, "Ana", WORDS["Ana"]),
        lambda: refuse(acts.drawing, "Ana"),
    ):
        with pytest.raises(Refused, match="the lots are drawn"):
            attempt()
    with pytest.raises(Refused, match="no dice were announced"):
        roll(acts.drawing, "1 " * 20)
