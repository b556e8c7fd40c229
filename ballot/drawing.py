"""The drawing of lots as the journal tells it (design §8): acts in, what was contributed and drawn out.

First the ties, the totals and the contributors are announced; then every contributor commits, then reveals. Whoever
does not reveal is named, and dice are rolled after everything else. The last to reveal can know the result and withhold
the words to have dice decide instead; where dice are announced from the start, nobody knows anything before they fall.
One announcement, one draw: there is no second for the same tie.
"""

from collections.abc import Mapping, Sequence

from ballot.errors import Refused
from ballot.journal import Act, SignedEntry
from ballot.lots import Contribution, check_reveal, draw, normal_dice, seed
from ballot.ranking import Drawn, Ranking, rank
from ballot.tables import name_key, shown, text_problem
from ballot.votes import Contest, Totals
from ballot.wire import Wire, decode, encode

MAX_CONTRIBUTORS = 100
"""Most people who contribute to a draw: enough for any room, and a journal is replayed in a moment."""

MIN_WORDS = 12
"""Fewest characters of a contributor's words; fewer could be guessed from the commitment."""

DICE = "dice"
"""The name under which dice stand among the contributions."""

_DICE_AWAITED = "the dice are awaited"


class OpenTie(Wire, frozen=True):
    """A tie that matters: contest (from 0), places `a-b`, and the tied candidates in ballot order."""

    contest: int
    places: str
    candidates: tuple[int, ...]


class Announcement(Wire, frozen=True):
    """What is fixed and made public before anybody contributes."""

    totals: str
    ties: tuple[OpenTie, ...]
    contributors: tuple[str, ...]
    dice: bool


class DrawnTie(Wire, frozen=True):
    """A tie with the order that the lots gave."""

    contest: int
    places: str
    candidates: tuple[int, ...]
    order: tuple[int, ...]


class Drawing(Wire, frozen=True):
    """Everything said so far; `drawn` is empty until the draw."""

    announcement: Announcement
    commitments: dict[str, str]
    refused: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    drawn: tuple[DrawnTie, ...]

    def lots(self, contest: int) -> tuple[Drawn, ...]:
        """The lots drawn for one contest (from 0)."""
        return tuple(Drawn(tie.candidates, tie.order) for tie in self.drawn if tie.contest == contest)

    def waiting(self) -> str:
        """What has to happen before the draw, as a plain sentence; empty when nothing is missing."""
        said = {contribution.by for contribution in self.contributions} | set(self.refused)
        uncommitted = [
            name for name in self.announcement.contributors if name not in self.commitments and name not in said
        ]
        if uncommitted:
            return f"commitments are awaited from {', '.join(uncommitted)}"
        silent = [name for name in self.announcement.contributors if name not in said]
        if silent:
            return f"the words are awaited from {', '.join(silent)}"
        if self.needs_dice and DICE not in said:
            return _DICE_AWAITED
        return ""

    def next_step(self) -> str:
        """What a committee does next, with the command."""
        if self.drawn:
            return "declare the result: ballot declare --head FILE --seal FILE"
        waiting = self.waiting()
        if not waiting:
            return "draw the lots: ballot lots draw"
        heard = {*self.commitments, *self.refused}
        if not heard.issuperset(self.announcement.contributors):
            return f"{waiting}: ballot lots commit NAME"
        said = {*self.refused, *(contribution.by for contribution in self.contributions)}
        if not said.issuperset(self.announcement.contributors):
            return f"{waiting}: ballot lots reveal NAME"
        return f"{waiting}: ballot lots dice ROLLS"

    def hint(self) -> str:
        """The next step as a hint of an error."""
        return f"Next: {self.next_step()}"

    @property
    def needs_dice(self) -> bool:
        """Whether dice were announced, or are wanted because somebody did not reveal."""
        return self.announcement.dice or bool(self.refused)


def rankings_of(
    contests: Sequence[Contest], totals: Totals, places: Sequence[tuple[int, int]], drawing: Drawing | None
) -> tuple[Ranking, ...]:
    """The ranking of every contest, with the lots drawn so far; `places` holds regular and alternate places each."""
    return tuple(
        rank(
            {candidate.number: count for candidate, count in zip(contest.candidates, votes, strict=True)},
            *counts,
            drawing.lots(number) if drawing else (),
        )
        for number, (contest, votes, counts) in enumerate(zip(contests, totals.votes, places, strict=True))
    )


def open_ties(rankings: Sequence[Ranking]) -> tuple[OpenTie, ...]:
    """All ties that wait for lots, contest by contest."""
    return tuple(
        OpenTie(contest, tie.places, tie.candidates)
        for contest, ranking in enumerate(rankings)
        for tie in ranking.open_ties()
    )


def announce(ties: Sequence[OpenTie], totals: str, contributors: Sequence[str], dice: bool) -> dict[str, str]:
    """Particulars of the announcement.

    Raises Refused without a tie that matters, without anybody who contributes, and for names that are easily mistaken.
    """
    if not ties:
        raise Refused("no tie that matters waits for lots", "Next: `ballot declare --head FILE --seal FILE`.")
    if len(contributors) > MAX_CONTRIBUTORS:
        raise Refused(f"{len(contributors)} people cannot contribute to the draw: {MAX_CONTRIBUTORS} at most")
    if not contributors and not dice:
        raise Refused("nobody contributes to the draw", "Name contributors with --by, or announce --dice.")
    seen: dict[str, str] = {}
    for name in contributors:
        key = name_key(name)
        problem = text_problem(name) or ("" if key and key != DICE else "is not a person's name")
        if problem:
            raise Refused(f"the contributors must be different people: a name {problem}")
        if key in seen:
            twice = "is there twice" if name == seen[key] else f"is easily mistaken for {shown(seen[key])}"
            raise Refused(f"the contributors must be different people: {shown(name)} {twice}", "Name each person once.")
        seen[key] = name
    announcement = Announcement(totals, tuple(ties), tuple(contributors), dice)
    return {"announcement": encode(announcement).decode()}


def expect_commitment(drawing: Drawing, by: str) -> None:
    """Raises Refused unless it is this person's turn to commit."""
    _expect(drawing, by)
    if by in drawing.commitments:
        raise Refused(f"{by} has already committed; a commitment is never changed", f"It stands. {drawing.hint()}")


def commit(drawing: Drawing, by: str, commitment: str) -> dict[str, str]:
    """Particulars of a commitment. Raises Refused when it is not this person's turn or not of the right form."""
    expect_commitment(drawing, by)
    if len(commitment) != 128 or not set(commitment) <= set("0123456789abcdef"):
        raise Refused("a commitment is 128 lower-case hex digits", "`ballot lots commit NAME` makes one from words.")
    return {"by": by, "commitment": commitment}


def expect_reveal(drawing: Drawing, by: str) -> None:
    """Raises Refused unless it is this person's turn to reveal: when all have committed."""
    _expect(drawing, by)
    awaited = [name for name in drawing.announcement.contributors if name not in drawing.commitments]
    awaited = [name for name in awaited if name not in drawing.refused]
    if awaited:
        raise Refused("nobody reveals before all have committed", drawing.hint())


def reveal(drawing: Drawing, opening: str, by: str, words: str) -> dict[str, str]:
    """Particulars of a reveal. Raises Refused before all have committed, or when the words do not fit."""
    expect_reveal(drawing, by)
    if len(words) < MIN_WORDS:
        raise Refused(
            f"the words are shorter than {MIN_WORDS} characters", "Type the words exactly as when committing."
        )
    check_reveal(opening, Contribution(by, "words", words, drawing.commitments[by]))
    return {"by": by, "words": words}


def refuse(drawing: Drawing, by: str) -> dict[str, str]:
    """Particulars of a contributor who does not commit or reveal; dice are then rolled instead."""
    _expect(drawing, by)
    return {"by": by}


def roll(drawing: Drawing, dice: str) -> dict[str, str]:
    """Particulars of dice. Raises Refused when none are wanted, or before everybody else has contributed."""
    if not drawing.needs_dice:
        raise Refused("no dice were announced, and nobody withheld words", drawing.hint())
    if drawing.waiting() != _DICE_AWAITED:
        raise Refused("dice are rolled once, after everything else", drawing.hint())
    return {"dice": normal_dice(dice)}


def draw_lots(drawing: Drawing, opening: str) -> dict[str, str]:
    """Particulars of the draw for all announced ties. Raises Refused while anything is missing, and for a redraw."""
    if drawing.drawn:
        raise Refused("the lots are drawn; there is no second draw", drawing.hint())
    if drawing.waiting():
        raise Refused(f"the lots cannot be drawn yet: {drawing.waiting()}", drawing.hint())
    announced = drawing.announcement
    drawn = tuple(
        DrawnTie(
            tie.contest,
            tie.places,
            tie.candidates,
            draw(seed(opening, announced.totals, tie.contest, tie.candidates, drawing.contributions), tie.candidates),
        )
        for tie in announced.ties
    )
    return {"drawn": encode(drawn).decode()}


def replay(journal: Sequence[SignedEntry], opening: str, ties: Sequence[OpenTie], totals: str) -> Drawing | None:
    """The drawing that a journal tells, every step checked again; None when no lots were announced.

    `ties` are those that the totals leave open, `totals` their digest. Raises Refused at the first step that was not
    permitted or does not follow, and Invalid for particulars of the wrong form.
    """
    drawing: Drawing | None = None
    for signed in journal:
        act, details = signed.entry.act, signed.entry.details
        if act == Act.LOTS_ANNOUNCED:
            if drawing is not None:
                raise Refused("lots were announced twice; there is no second draw for the same tie")
            announced = decode(details.get("announcement", "").encode(), Announcement, "an announcement of lots")
            if announce(ties, totals, announced.contributors, announced.dice) != details:
                raise Refused("lots were announced for other ties or totals than those of the count")
            drawing = Drawing(announced, {}, (), (), ())
        elif act in _STEPS:
            if drawing is None:
                raise Refused("lots were contributed to before they were announced")
            drawing = _step(drawing, act, details, opening)
    return drawing


_STEPS = (Act.LOT_COMMITTED, Act.LOT_REVEALED, Act.LOT_REFUSED, Act.DICE_ROLLED, Act.LOTS_DRAWN)


def _step(drawing: Drawing, act: str, details: Mapping[str, str], opening: str) -> Drawing:
    by = details.get("by", "")
    commitments, refused, said = dict(drawing.commitments), drawing.refused, drawing.contributions
    drawn = drawing.drawn
    if act == Act.LOT_COMMITTED:
        expected = commit(drawing, by, details.get("commitment", ""))
        commitments[by] = expected["commitment"]
    elif act == Act.LOT_REVEALED:
        expected = reveal(drawing, opening, by, details.get("words", ""))
        said = _ordered(drawing, (*said, Contribution(by, "words", expected["words"], commitments[by])))
    elif act == Act.LOT_REFUSED:
        expected = refuse(drawing, by)
        refused = (*refused, by)
    elif act == Act.DICE_ROLLED:
        expected = roll(drawing, details.get("dice", ""))
        said = (*said, Contribution(DICE, "dice", expected["dice"], ""))
    else:
        expected = draw_lots(drawing, opening)
        drawn = decode(expected["drawn"].encode(), tuple[DrawnTie, ...], "a draw")
    if expected != details:
        raise Refused(f"the particulars of '{act}' do not follow from what was said before")
    return Drawing(drawing.announcement, commitments, refused, said, drawn)


def _ordered(drawing: Drawing, said: Sequence[Contribution]) -> tuple[Contribution, ...]:
    place = {name: number for number, name in enumerate(drawing.announcement.contributors)}
    return tuple(sorted(said, key=lambda contribution: place[contribution.by]))


def _expect(drawing: Drawing, by: str) -> None:
    if drawing.drawn:
        raise Refused("the lots are drawn", drawing.hint())
    if by not in drawing.announcement.contributors:
        named = ", ".join(drawing.announcement.contributors) or "nobody"
        raise Refused(f"{by} was not announced as a contributor", f"Announced: {named}.")
    if by in drawing.refused or any(contribution.by == by for contribution in drawing.contributions):
        raise Refused(f"{by} has already had a turn", drawing.hint())
