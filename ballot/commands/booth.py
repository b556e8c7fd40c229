"""`ballot booth`: in, the public opening and papers; out, ballots and challenges. No roll and no name is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import kinds
from ballot.commands.booth_screens import CAST, CHALLENGE
from ballot.commands.help import DELEGATE, example
from ballot.commands.marking import marks_given
from ballot.commands.openings import OpeningOption, read_opening
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.render import Listing, say, show
from ballot.commands.session import Session
from ballot.commands.terminal import Terminal
from ballot.errors import UsageError

if TYPE_CHECKING:
    from ballot.envelopes import Envelopes
    from ballot.votes import Opening


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot booth --opening opening.json --envelopes envelopes.json --out outbox")
    app.command("booth", rich_help_panel=DELEGATE, epilog=text)(booth)


def booth(
    opening: OpeningOption,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The outbox, where sealed ballots go.")],
    envelopes: Annotated[
        Path | None, typer.Option("--envelopes", metavar="FILE", help="The papers that codes of envelopes open.")
    ] = None,
    challenges: Annotated[Path, typer.Option("--challenges", metavar="FOLDER", help="Where opened ballots go.")] = Path(
        "challenges"
    ),
    paper: Annotated[
        Path | None,
        typer.Option("--paper", metavar="FILE", help="Serve one voter: a paper, or a file with an envelope's code."),
    ] = None,
    marks: Annotated[
        list[str] | None,
        typer.Option(
            "--marks", metavar="3,7,9", help="Numbers, or yes or no, empty for a blank; once per contest, in order."
        ),
    ] = None,
    cast: Annotated[bool, typer.Option("--cast", help="Cast the ballot without asking.")] = False,
    challenge: Annotated[bool, typer.Option("--challenge", help="Challenge the ballot without asking.")] = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Mark, seal, and challenge or cast ballots in secret, one voter after the other.

    It needs no roll, no store and no key, and never knows who is marking. A challenged ballot is opened, so that any
    other machine can check what the booth sealed; the paper is still good for a fresh ballot. The screen is cleared
    between voters.
    """
    from ballot.crypto.words import fingerprint_line

    if cast and challenge:
        raise UsageError("--cast and --challenge exclude each other", "Give one of them.")
    if (marks is not None or cast or challenge) and paper is None:
        raise UsageError("--marks, --cast and --challenge are for one ballot", "Give its paper with --paper.")
    file = read_opening(opening)
    locked = _envelopes(envelopes, file.signed.opening)
    session = Session(Terminal(plain, wipes=True), file, locked, out, challenges)
    if paper is None:
        session.open()
        return
    one = session.paper_in(paper)
    chosen = None if marks is None else marks_given(session.contests, marks)
    decision = CAST if cast else CHALLENGE if challenge else ""
    if chosen is not None and decision:
        say("Opening, in words: {}", numbered(fingerprint_line(file.signed.opening.fingerprint)))
        made = session.by_options(one, chosen, decision)
    else:
        made = session.serve_one(one, chosen, decision)
    told = made | {"in words": numbered(made["in words"])}
    entries = tuple((name.capitalize().replace("_", " "), text) for name, text in told.items())
    show(made, Listing("", entries), as_json=as_json, plain=plain)


def _envelopes(path: Path | None, opening: "Opening") -> "Envelopes | None":
    from ballot.envelopes import Envelopes, check_envelopes
    from ballot.wire import MAX_JSON

    if path is None:
        return None
    envelopes = kinds.read_as(path, Envelopes, kinds.ENVELOPES, MAX_JSON)
    check_envelopes(opening, envelopes)
    return envelopes
