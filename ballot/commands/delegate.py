"""`ballot vote`: in, a paper and marks; out, a sealed ballot. No roll, no name, no key of the committee is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask, files
from ballot.commands.help import DELEGATE, example
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.render import Listing, Part, Table, plain_lines, say, show

if TYPE_CHECKING:
    from ballot.opening import OpeningFile
    from ballot.votes import Contest


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    text = example("ballot vote paper.json --opening opening.json --out sealed.json")
    app.command("vote", rich_help_panel=DELEGATE, epilog=text)(vote)


def vote(
    paper: Annotated[Path, typer.Argument(metavar="PAPER", help="The paper that the desk issued.")],
    marks: Annotated[
        list[str] | None,
        typer.Option("--marks", metavar="3,7,9", help="Numbers marked, empty for a blank; once per contest, in order."),
    ] = None,
    opening: Annotated[
        Path | None, typer.Option("--opening", metavar="FILE", help="The public opening, instead of the store.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The sealed ballot.")] = Path("sealed.json"),
    store: StoreOption = DEFAULT_STORE,
    yes: YesOption = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Mark a paper in secret and seal the ballot.

    The marks are encrypted at once and kept nowhere. Note the tracker: after the count it stands in the record.
    """
    from ballot.booth import fill, seal
    from ballot.crypto.paper import check_paper
    from ballot.errors import Invalid, Refused
    from ballot.files import check_free, write_whole
    from ballot.opening import check_opening
    from ballot.votes import BoothPaper
    from ballot.wire import MAX_JSON, decode, encode

    check_free([out], force)
    file = _opening(opening, store)
    check_opening(file.signed, file.election, file.trustees)
    booth_paper = decode(files.read(paper, "the paper", MAX_JSON), BoothPaper, "the paper")
    if booth_paper.opening != file.signed.opening.fingerprint:
        raise Invalid("the paper is for another election", "Ask the desk for the paper of this election.")
    check_paper(file.signed.opening, file.election, booth_paper.paper)
    contests = file.signed.opening.contests
    if marks is not None and len(marks) != len(contests):
        raise Refused(f"--marks is given {len(marks)} times for {len(contests)} contests", "Give it once per contest.")
    chosen = [
        _numbers(contest, marks[place]) if marks is not None else _asked(contest)
        for place, contest in enumerate(contests)
    ]
    if marks is None and not ask.confirm("Seal the ballot with these marks?", yes):
        raise Refused("the ballot was not sealed", "Run the command again to start afresh; the paper is still good.")
    sealed = seal(file.election, booth_paper, fill(file.election, booth_paper.paper.credential, chosen))
    write_whole(out, encode(sealed), force=force)
    say("The ballot is sealed in {}. Next: `ballot cast {}` puts it into the box.", out, out)
    show(
        {"tracker": sealed.ballot.tracker, "file": str(out)},
        Listing("", (("Tracker", sealed.ballot.tracker), ("File", str(out)))),
        as_json=as_json,
        plain=plain,
    )


def _opening(path: Path | None, store: Path) -> "OpeningFile":
    from ballot.opening import OpeningFile
    from ballot.wire import MAX_JSON, decode

    if path is not None:
        return decode(files.read(path, "the opening", MAX_JSON), OpeningFile, "the opening")
    from ballot.acts.voting import public_opening
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        return public_opening(opened)


def _numbers(contest: "Contest", text: str) -> tuple[int, ...]:
    from ballot.booth import marks_of
    from ballot.errors import Refused

    words = text.replace(",", " ").split()
    odd = [word for word in words if not (word.isascii() and word.isdigit() and len(word) < 7)]
    if odd:
        raise Refused(f"{odd[0]!r} is not a number", "Type the candidates' numbers with commas between: 3,7,9.")
    return marks_of(contest, [int(word) for word in words])


def _asked(contest: "Contest") -> tuple[int, ...]:
    """Show a contest, ask until the marks are permitted, and read them back by name."""
    from ballot.errors import Refused

    rows = tuple((c.number, c.name, c.organisation) for c in contest.candidates)
    _talk(Table(contest.question, ("No.", "Name", "Organisation"), rows))
    bounds = f"{contest.min_marks} to {contest.max_marks}"
    while True:
        line = ask.ask_line(f"Numbers of {bounds} candidates, as 3,7,9 (empty for a blank):", "--marks")
        try:
            marks = _numbers(contest, line)
        except Refused as error:
            say("{}. {}", error.message, error.hint)
            continue
        chosen = [c for c, mark in zip(contest.candidates, marks, strict=True) if mark]
        for candidate in chosen:
            say("  marked: {}  {}", candidate.number, candidate.name)
        left = contest.max_marks - len(chosen)
        say("{} marked, {} more would be possible.", len(chosen), left) if chosen else say("Nobody is marked: a blank.")
        return marks


def _talk(part: Part) -> None:
    for line in plain_lines(part):
        say("{}", line)
