"""`ballot vote`: in, a paper and marks; out, a sealed ballot. No roll, no name, no key of the committee is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import kinds, outbox
from ballot.commands.help import DELEGATE, example
from ballot.commands.marking import ask_marks, marks_given
from ballot.commands.openings import read_opening
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption
from ballot.commands.overwrite import check_free_for
from ballot.commands.render import Listing, say, show
from ballot.commands.terminal import Terminal

if TYPE_CHECKING:
    from ballot.votes import OpeningFile


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    text = example("ballot vote paper.json --opening opening.json --out sealed.json")
    app.command("vote", rich_help_panel=DELEGATE, epilog=text)(vote)


def vote(
    paper: Annotated[Path, typer.Argument(metavar="PAPER", help="The paper that the desk issued.")],
    marks: Annotated[
        list[str] | None,
        typer.Option(
            "--marks", metavar="3,7,9", help="Numbers, or yes or no, empty for a blank; once per contest, in order."
        ),
    ] = None,
    opening: Annotated[
        Path | None, typer.Option("--opening", metavar="FILE", help="The public opening, instead of the store.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The sealed ballot.")] = Path("sealed.json"),
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Mark a paper in secret and seal the ballot.

    The words of the opening are shown first: compare them. The marks are encrypted at once and kept nowhere. Note the
    tracker: after the count it stands in the record.
    """
    from ballot.booth import check_booth_paper, fill, seal
    from ballot.crypto.words import fingerprint_line
    from ballot.files import write_whole
    from ballot.receipt import digest_line
    from ballot.votes import BoothPaper
    from ballot.wire import MAX_JSON, encode

    file = _opening(opening, store)
    booth_paper = kinds.read_as(paper, BoothPaper, kinds.PAPER, MAX_JSON)
    check_free_for(out, kinds.BALLOT, booth_paper.paper.credential, force)
    with kinds.unchanged(paper):
        check_booth_paper(file.signed.opening, file.election, booth_paper)
    terminal = Terminal(plain, wipes=False)
    if marks is None:
        terminal.require("Give the marks with --marks.")
    # A paper and an opening that fit each other can both be somebody's own, who could then open what is sealed.
    say("Opening, in words: {}", numbered(fingerprint_line(file.signed.opening.fingerprint)))
    say("Vote only if these were read aloud at the opening.")
    if marks is None:
        terminal.warn()
        try:
            chosen = ask_marks(terminal, file.signed.opening)
        except BaseException:
            say("Close this window: it still shows what was typed.")
            raise
    else:
        chosen = marks_given(file.signed.opening.contests, marks)
    sealed = seal(file.election, booth_paper, fill(file.election, booth_paper.paper.credential, chosen))
    write_whole(out, encode(sealed), force=force)
    tracker = sealed.ballot.tracker
    show(
        {"tracker": tracker, "file": str(out)},
        Listing(
            "",
            (
                ("Tracker", tracker),
                ("In words", numbered(digest_line(tracker))),
                ("File", str(out)),
                ("Receipt", outbox.receipt_name(tracker)),
            ),
        ),
        as_json=as_json,
        plain=plain,
    )
    say("The ballot is sealed in {}. Next: note the tracker, and bring the file to the desk, which casts it.", out)
    say("On a stick that several people use call it {}.json: that name tells nothing.", outbox.stem(tracker))
    say("Then close this window: it still shows your marks. Delete the paper when the ballot is in the box.")


def _opening(path: Path | None, store: Path) -> "OpeningFile":
    if path is not None:
        return read_opening(path)
    from ballot.acts.voting import public_opening
    from ballot.opening import check_opening
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        file = public_opening(opened)
    check_opening(file.signed, file.election, file.trustees)
    return file
