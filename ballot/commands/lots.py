"""`ballot lots`: in, what people contribute in public; out, the order of tied candidates (design §8)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, PersonGroup, example
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.render import Listing, Part, Table, say, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.drawing import Drawing, OpenTie
    from ballot.journal import Act
    from ballot.votes import Contest

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The contributor, as announced.")]

_NO_DICE = "No dice: whoever reveals last knows the result first, and silence brings another one. Better: --dice."


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="Draw lots in public for ties that matter.",
        epilog=example("ballot lots show"),
    )
    for name, function, line in (
        ("show", show_, "ballot lots show"),
        ("announce", announce, "ballot lots announce --by Ana --by Bo --by Chidi"),
        ("commit", commit, "ballot lots commit Ana"),
        ("reveal", reveal, "ballot lots reveal Ana"),
        ("refuse", refuse, "ballot lots refuse Bo"),
        ("dice", dice, 'ballot lots dice "3 1 6 2 4 4 5 1 2 6 3 5 1 6 2 2 4 3 5 1"'),
        ("draw", draw, "ballot lots draw"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="lots", rich_help_panel=COMMITTEE)


def show_(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show the ties that wait for lots, and what the draw still needs."""
    from ballot.acts.counting import lots_so_far, waiting_ties
    from ballot.acts.status import next_step
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        drawing, ties, contests = lots_so_far(view), waiting_ties(view), view.contests()
        step = next_step(view, view.phase())
    if drawing is not None:
        _show(drawing, contests, step, as_json, plain)
        return
    show(
        {"ties": ties},
        Table("Ties that matter", _TIED, tuple(_tied(ties, contests))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: `ballot lots announce`.") if ties else say("No tie needs lots. Next: {}.", step)


def announce(
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="NAME", help="Somebody who will contribute words; repeat it.")
    ] = None,
    dice: Annotated[bool, typer.Option("--dice", help="Dice will be rolled in public after the words.")] = False,
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Fix the ties, the totals and who contributes, before anybody says a word.

    It shows them and asks once more, for there is one draw only. Take people who do not trust each other, and --dice:
    the draw is then fair as soon as one of them is honest, or the dice are.
    """
    from ballot.acts.counting import announce_lots, announcement, waiting_ties
    from ballot.errors import Refused
    from ballot.store.repo import Store

    people = by or []
    with Store.open(store) as opened:
        with opened.read() as view:
            announcement(view, people, dice)
            ties, contests = waiting_ties(view), view.contests()
        for contest, places, number, name in _tied(ties, contests):
            say("Tied in contest {}, places {}: No. {} {}", contest, places, number, name)
        for name in people:
            say("Contributes words: {}", name)
        say("Dice will be rolled after the words." if people and dice else "Dice are rolled." if dice else _NO_DICE)
        if not ask.confirm("Announce this? There is one draw only, and none of it can be changed.", yes):
            raise Refused("the lots are not announced", "Announce them when ties and names are right.")
        drawing = announce_lots(opened, people, dice, now())
    say("The draw is announced. There is one draw only: read the ties and the names aloud.")
    _show(drawing, contests, drawing.next_step(), as_json, plain)


def commit(
    name: NameArgument,
    commitment: Annotated[
        str | None, typer.Argument(metavar="COMMITMENT", help="128 hex digits, when made on another machine.")
    ] = None,
    words_file: Annotated[
        Path | None, typer.Option("--words-file", metavar="FILE", help="File with the words in its first line.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Take a contributor's commitment: a hash of words that are revealed later.

    Without COMMITMENT the contributor types the words unseen; only their hash is kept, so remember them to the letter.
    Choose words nobody can guess: a whole sentence.
    """
    from ballot.drawing import MIN_WORDS, expect_commitment
    from ballot.drawing import commit as committed
    from ballot.errors import Refused
    from ballot.journal import Act
    from ballot.lots import commitment as commitment_of

    _judge(store, lambda drawing: expect_commitment(drawing, name))

    def check(words: str) -> None:
        if len(words) < MIN_WORDS:
            raise Refused(f"the words are shorter than {MIN_WORDS} characters", "Take a whole sentence.")

    words = ""
    if not commitment:
        words = ask.new_passphrase(f"Words of {name}", words_file, "BALLOT_LOT_WORDS", check, "--words-file")

    def make(drawing: "Drawing", opening: str) -> dict[str, str]:
        return committed(drawing, name, commitment or commitment_of(opening, name, words))

    drawing = _step(store, Act.LOT_COMMITTED, make)
    digits = _groups(drawing.commitments[name])
    entries = (("Name", name), ("State", "committed"), ("Digits", digits))
    show(drawing, Listing("", entries), as_json=as_json, plain=plain)
    say("Have the digits of {} written down in the room: from now on the words must fit them.", name)
    _go_on(drawing)


def reveal(
    name: NameArgument,
    words: Annotated[str | None, typer.Argument(metavar="WORDS", help="The words; public from now on.")] = None,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Reveal a contributor's words, once all have committed."""
    from ballot.drawing import expect_reveal
    from ballot.drawing import reveal as revealed
    from ballot.journal import Act

    _judge(store, lambda drawing: expect_reveal(drawing, name))
    said = words or ask.ask_line(f"Words of {name}, as committed:", "WORDS")
    drawing = _step(store, Act.LOT_REVEALED, lambda drawing, opening: revealed(drawing, opening, name, said))
    entries = (("Name", name), ("State", "revealed"), ("Words", drawing.contributions[-1].value))
    show(drawing, Listing("", entries), as_json=as_json, plain=plain)
    _go_on(drawing)


def refuse(
    name: NameArgument,
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that a contributor does not commit or reveal; dice must then be rolled after everything else.

    It asks once more, for a contributor who was refused has no other turn.
    """
    from ballot.drawing import refuse as refused
    from ballot.errors import Refused
    from ballot.journal import Act

    _judge(store, lambda drawing: refused(drawing, name))
    if not ask.confirm(f"Go on without {name}? Dice are then rolled, and it cannot be undone.", yes):
        raise Refused("nothing was recorded", "`ballot lots show` says what is awaited.")
    drawing = _step(store, Act.LOT_REFUSED, lambda drawing, _: refused(drawing, name))
    show(drawing, Listing("", (("Name", name), ("State", "refused"))), as_json=as_json, plain=plain)
    _go_on(drawing)


def dice(
    rolls: Annotated[str, typer.Argument(metavar="ROLLS", help="At least 20 dice, in order, as 3 1 6 2 … or 3162 …")],
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Type in dice that were rolled in public. They are read back and asked about: they cannot be changed."""
    from ballot.acts.counting import lots_so_far
    from ballot.drawing import roll
    from ballot.errors import Refused
    from ballot.journal import Act
    from ballot.store.repo import Store
    from ballot.votes import Phase

    with Store.open(store) as opened, opened.read() as view:
        drawing = lots_so_far(view) if view.phase() == Phase.COUNTED else None
    if drawing is not None:
        told = roll(drawing, rolls)["dice"]
        say("{} dice: {}", len(told.split()), told)
        if not ask.confirm("Are these the dice, in this order? They cannot be changed.", yes):
            raise Refused("no dice were recorded", "Compare them with what was written down when they were rolled.")
    drawing = _step(store, Act.DICE_ROLLED, lambda drawing, _: roll(drawing, rolls))
    show(drawing, Listing("", (("Dice", drawing.contributions[-1].value),)), as_json=as_json, plain=plain)
    _go_on(drawing)


def draw(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Draw: compute the order of all tied candidates from what was contributed. There is no second draw."""
    from ballot.drawing import draw_lots
    from ballot.journal import Act
    from ballot.store.repo import Store

    drawing = _step(store, Act.LOTS_DRAWN, draw_lots)
    with Store.open(store) as opened, opened.read() as view:
        contests = view.contests()
    show(drawing, _ties(drawing, contests), as_json=as_json, plain=plain)
    _go_on(drawing)


def _step(store: Path, act: "Act", make: "Callable[[Drawing, str], dict[str, str]]") -> "Drawing":
    from ballot.acts.counting import step_lots
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        return step_lots(opened, act, make, now())


def _go_on(drawing: "Drawing") -> None:
    """After what one step has changed: where the rest stands, and what comes next."""
    say("`ballot lots show` shows the whole draw so far.")
    say("Next: {}.", drawing.next_step())


def _judge(store: Path, check: "Callable[[Drawing], object]") -> None:
    """Let a stage say what is wrong before a person is asked for anything."""
    from ballot.acts.counting import drawing_of
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        check(drawing_of(view))


_TIED = ("Contest", "Places", "No.", "Name")


def _tied(ties: "Sequence[OpenTie]", contests: "Sequence[Contest]") -> "Iterator[tuple[int, str, int, str]]":
    for tie in ties:
        names = {candidate.number: candidate.name for candidate in contests[tie.contest].candidates}
        yield from ((tie.contest + 1, tie.places, number, names[number]) for number in tie.candidates)


def _show(drawing: "Drawing", contests: "Sequence[Contest]", next_step: str, as_json: bool, plain: bool) -> None:
    said = {contribution.by: contribution.value for contribution in drawing.contributions}
    rows = []
    for name in (*drawing.announcement.contributors, *(["dice"] if drawing.needs_dice else [])):
        state = "refused" if name in drawing.refused else "committed" if name in drawing.commitments else "awaited"
        rows.append((name, "revealed" if name in said else state, said.get(name, "")))
    committed = tuple((name, _groups(digits)) for name, digits in drawing.commitments.items())
    parts: list[Part] = [
        _ties(drawing, contests),
        Table("Contributions", ("Name", "State", "Words"), tuple(rows)),
        *([Table("Commitments", ("Name", "Digits"), committed)] if committed else []),
        Listing("", (("Totals", drawing.announcement.totals), ("Next", next_step))),
    ]
    show(drawing, *parts, as_json=as_json, plain=plain)


def _ties(drawing: "Drawing", contests: "Sequence[Contest]") -> Table:
    """The ties of a draw, and which place each candidate got by lot."""
    drawn = {
        (tie.contest + 1, number): str(position)
        for tie in drawing.drawn
        for position, number in enumerate(tie.order, start=1)
    }
    rows = tuple((*row, drawn.get((row[0], row[2]), "not yet")) for row in _tied(drawing.announcement.ties, contests))
    return Table("Ties", (*_TIED, "Drawn"), rows)


def _groups(digits: str) -> str:
    """Hex digits in groups of four, as they are read aloud and compared."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
