"""Marking a ballot at a terminal: in, contests; out, the marks of each, read back by name before they count."""

import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ballot.commands.render import ASKING, Table, drawn_lines
from ballot.commands.results import contest_title
from ballot.commands.terminal import Terminal
from ballot.commands.text import safe, wrap
from ballot.errors import Error

if TYPE_CHECKING:
    from ballot.votes import Candidate, Contest, Opening

LIST = "list"
SEAL = "seal"
AGAIN = "again"

Marks = tuple[int, ...]

_WIDE = 100
"""Columns from which on the regions are shown in the table too."""

_ENDS = (*ASKING, ".", "!", "\u3002")
"""How a sentence ends that needs no full stop any more."""

_HOW = ("type a number, such as 3", "type numbers, such as 3,7,9")

_BELOW = 3
"""Lines kept free around a page, for what was said above it and the question below."""


@dataclass(frozen=True)
class _Block:
    """Candidates between two paragraphs."""

    title: str
    candidates: tuple["Candidate", ...]
    note: str = ""


def sentences(error: Error) -> str:
    """What an error says, and what to do, in a paragraph."""
    message = f"{error.message[:1].upper()}{error.message[1:]}."
    return f"{message} {error.hint}" if error.hint else message


def ask_marks(terminal: Terminal, opening: "Opening") -> list[Marks]:
    """Ask for the marks of every contest until the person says that they are right. Raises Ended.

    Who hears the screen instead of seeing it can hear the review as often as they like.
    """
    from ballot.booth import presented

    contests = opening.contests
    chance = secrets.SystemRandom()
    orders = [presented(contest, chance) for contest in contests]
    marks = [_ask_contest(terminal, contests, orders, place) for place in range(len(contests))]
    places = {AGAIN: range(len(contests))}
    other = f"or {AGAIN} to mark afresh"
    if len(contests) > 1:
        places |= {str(place + 1): range(place, place + 1) for place in range(len(contests))}
        other = f"{AGAIN} to mark all afresh, or a contest's number to mark that one afresh"
    words, heard = ((SEAL, LIST), f"{LIST} to hear it again, ") if terminal.plain else ((SEAL,), "")
    while True:
        terminal.wipe()
        _show(terminal, [_review(opening, place, chosen) for place, chosen in enumerate(marks)])
        answer = terminal.choose(f"Type {SEAL} if this is right, {heard}{other}:", (*words, *places))
        if answer == SEAL:
            return marks
        for place in places.get(answer, ()):
            marks[place] = _ask_contest(terminal, contests, orders, place)


def marks_given(contests: Sequence["Contest"], texts: Sequence[str]) -> list[Marks]:
    """The marks that options give, one text per contest. Raises Refused as `read_marks` does."""
    from ballot.booth import marks_of, read_marks
    from ballot.errors import Refused

    if len(texts) != len(contests):
        times = "once" if len(texts) == 1 else f"{len(texts)} times"
        raise Refused(f"--marks is given {times}, and the contests are {len(contests)}", "Give it once per contest.")
    return [marks_of(contest, read_marks(contest, text)) for contest, text in zip(contests, texts, strict=True)]


def _ask_contest(
    terminal: Terminal, contests: Sequence["Contest"], orders: Sequence[tuple["Candidate", ...]], place: int
) -> Marks:
    """Show a contest, page by page on a shared screen; what is typed on one page adds to what was typed before."""
    from ballot.booth import marks_of

    contest = contests[place]
    block = _asked(contests, place, orders[place])
    numbers: list[int] = []
    pages: list[list[str]] = []
    page = 0
    while True:
        pages = pages or list(_pages(terminal, [block]))
        last = page == len(pages) - 1
        terminal.wipe()
        if numbers:
            terminal.tell("Marked: {}.", ", ".join(map(str, numbers)))
        terminal.write([*pages[page], ""])
        question = _question(contest, numbers, page, len(pages))
        if not terminal.pages:
            question = f"{_named(contests, place)} {question}"
        typed = _ask_numbers(terminal, contest, numbers, question, last)
        if typed is None:
            pages, page = [], 0
            continue
        numbers += typed
        if last:
            return marks_of(contest, numbers)
        page += 1


def _asked(contests: Sequence["Contest"], place: int, order: tuple["Candidate", ...]) -> _Block:
    """What is shown when a contest is to be marked: candidates as a table, the answers to a question as lines."""
    from ballot.booth import bounds

    contest, title = contests[place], safe(contest_title(contests, place))
    if contest.asks:
        answers = (safe(f"{answer.number}  {answer.name}") for answer in contest.candidates)
        return _Block("\n".join((title, safe(bounds(contest)) + ".", "", *answers)), ())
    return _Block(f"{title}\n{bounds(contest)}: {_HOW[contest.markable > 1]}.", order)


def _named(contests: Sequence["Contest"], place: int) -> str:
    """Which contest a question is about and how many marks it takes, where that may be out of sight, or unheard."""
    from ballot.booth import bounds

    contest, title = contests[place], safe(contest_title(contests, place))
    ended = title if title.endswith(_ENDS) else f"{title}."
    return ended if contest.asks else f"{ended} {bounds(contest)}."


def _question(contest: "Contest", numbers: Sequence[int], page: int, pages: int) -> str:
    if contest.asks:
        answers = safe(" or ".join(answer.name.casefold() for answer in contest.candidates))
        return f"Answer ({answers}; Enter alone: blank; {LIST}: see it again):"
    if page + 1 < pages:
        return f"Numbers, or Enter for the next page ({page + 1} of {pages}):"
    empty = "Enter alone: nobody; " if not contest.min_marks else ""
    if numbers:
        empty = "Enter: no more; "
    return f"Numbers ({empty}{LIST}: see all again):"


def _ask_numbers(
    terminal: Terminal, contest: "Contest", numbers: Sequence[int], question: str, last: bool
) -> list[int] | None:
    """Permitted numbers beside those typed before, or None when the whole list is wanted again."""
    from ballot.booth import marks_of, read_marks
    from ballot.errors import Refused

    while True:
        typed = terminal.ask(question)
        if typed.casefold() == LIST:
            return None
        try:
            more = read_marks(contest, typed)
            marks_of(contest, [*numbers, *more], more_to_come=not last)
        except Refused as error:
            terminal.tell("{}", sentences(error))
        else:
            return more


def _review(opening: "Opening", place: int, marks: Marks) -> _Block:
    contest, title = opening.contests[place], safe(contest_title(opening.contests, place))
    chosen = tuple(candidate for candidate, mark in zip(contest.candidates, marks, strict=True) if mark)
    if not chosen:
        return _Block(f"Your marks. {title}", (), _warning(opening, place))
    if contest.asks:
        return _Block(f"Your answer. {title}", (), safe(f"{', '.join(answer.name for answer in chosen)}."))
    left = contest.markable - len(chosen)
    more = f"{left} more could be marked" if left else "no more can be marked"
    return _Block(f"Your marks. {title}", chosen, f"{len(chosen)} marked; {more}.")


def _warning(opening: "Opening", place: int) -> str:
    """What a blank contest is told."""
    from ballot.charter import shipped
    from ballot.decisions import blank_effect

    contest = opening.contests[place]
    where = f" in contest {place + 1}" if len(opening.contests) > 1 else ""
    effect = blank_effect(shipped(opening.charter), contest)
    return f"Warning: {'nothing' if contest.asks else 'nobody'} is marked{where}. {effect}"


def _show(terminal: Terminal, blocks: Sequence[_Block]) -> None:
    """Show blocks, on a shared screen page by page."""
    *pages, last = _pages(terminal, blocks)
    for number, page in enumerate(pages, start=1):
        terminal.write([*page, ""])
        terminal.ask(f"Page {number} of {len(pages) + 1}. Press Enter for the next:")
        terminal.wipe()
    terminal.write([*last, ""])


def _pages(terminal: Terminal, blocks: Sequence[_Block]) -> Iterator[list[str]]:
    height = terminal.height - _BELOW if terminal.pages else sys.maxsize
    page: list[str] = []
    for block in blocks:
        start = 0
        while start < len(block.candidates) or start == 0:
            gap = [""] if page else []
            rest = block.candidates[start:]
            count = _fitting(terminal, block, rest, height - len(page) - len(gap))
            if count is None and page:
                yield page
                page = []
                continue
            taken = rest[: 1 if count is None else count]
            page += gap + _lines(terminal, block, taken, whole=len(taken) == len(rest))
            start += max(len(taken), 1)
            if start < len(block.candidates):
                yield page
                page = []
    yield page


def _fitting(terminal: Terminal, block: _Block, rest: Sequence["Candidate"], room: int) -> int | None:
    """How many of the candidates that are left fit into `room` lines; None when not even one does."""
    fitting = None
    for count in range(min(len(rest), 1), len(rest) + 1):
        if len(_lines(terminal, block, rest[:count], whole=count == len(rest))) > room:
            break
        fitting = count
    return fitting


def _lines(terminal: Terminal, block: _Block, candidates: Sequence["Candidate"], whole: bool) -> list[str]:
    screen = terminal.screen
    lines = [line for part in block.title.split("\n") for line in wrap(part, screen.width)]
    if candidates and terminal.plain:
        listed = (safe(f"{c.number}. {c.name} ({c.organisation}, {c.region})") for c in candidates)
        lines += [piece for line in listed for piece in wrap(line, screen.width)]
    elif candidates:
        columns = ("No.", "Name", "Organisation", "Region")
        width = len(columns) if screen.width >= _WIDE else len(columns) - 1
        rows = tuple((c.number, c.name, c.organisation, c.region)[:width] for c in candidates)
        lines += ["", *drawn_lines(Table("", columns[:width], rows), screen)]
    if whole and block.note:
        lines += ["", *wrap(block.note, screen.width)]
    return lines
