"""The box: sealed ballots and receipts, and the close; in, files; out, a store that holds them, and a closed box."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, kinds, outbox
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.layout import lay_out_anew
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import counting, progress
from ballot.commands.render import Listing, Table, Tone, Toned, Whole, counted, say, show


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for name, function, line in (
        ("cast", cast, "ballot cast sealed.json --receipts receipts"),
        ("close", close, "ballot close"),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(line))(function)


def cast(
    sealed: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Sealed ballots.")],
    receipts: Annotated[
        Path | None, typer.Option("--receipts", metavar="FOLDER", help="Write a receipt for each ballot there.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Put sealed ballots into the box, all of them or none.

    Each is checked in full: paper, signatures, proofs, and that no other ballot was cast on the same paper. The
    delegate keeps the tracker: it stands in the published record.
    """
    from ballot.acts.election import opening_file
    from ballot.acts.voting import NOTHING_CAST, VOTE_AGAIN
    from ballot.acts.voting import cast as cast_ballots
    from ballot.files import check_folder, write_whole
    from ballot.store.repo import Store
    from ballot.votes import Phase, SealedBallot
    from ballot.wire import MAX_JSON, encode

    with Store.open(store) as opened:
        with opened.read() as view:
            # In the wrong phase nothing need be said about files.
            view.require(Phase.OPEN, "casting ballots")
            opening = opening_file(view).signed.opening.fingerprint
        outbox.require_files(sealed)
        ballots = kinds.read_all(sealed, SealedBallot, kinds.BALLOT, MAX_JSON, f"{VOTE_AGAIN} {NOTHING_CAST}")
        targets = outbox.receipt_paths(receipts, [one.ballot.tracker for _, one in ballots])
        # The same ballot again is no harm, and neither is its receipt.
        owners = zip(targets, ballots, strict=False)
        there = {target for target, (_, one) in owners if outbox.is_receipt(target, one.ballot.tracker)}
        if receipts:
            check_folder(receipts, made=True)
        if receipts and os.path.lexists(receipts):
            others = [target for target in targets if target not in there]
            check_free(others, force, kind=kinds.RECEIPT, of=opening)
        with progress("Checking ballots", len(ballots), plain) as advance:
            accepted = cast_ballots(opened, ballots, advance)
    fresh = sum(new for _, new in accepted)
    before = f"; {len(accepted) - fresh} in the box already" if fresh < len(accepted) else ""
    say("The box took {}{}.", counted(fresh, "new ballot"), before)
    # Only now: a receipt for a ballot that is not in the box would accuse an honest box.
    if receipts:
        files.make_folder(receipts)
    for target, (receipt, _) in dict(zip(targets, accepted, strict=False)).items():
        write_whole(target, encode(receipt), force=force or target in there)
    if receipts:
        # Receipts bear trackers, so their times would tell in which order ballots were cast.
        lay_out_anew(receipts)
    rows = tuple(
        (Whole(name), Whole(receipt.tracker), Toned("in the box", Tone.GOOD) if new else "was in it already")
        for (name, _), (receipt, new) in zip(ballots, accepted, strict=True)
    )
    show(
        [{"receipt": receipt, "new": new} for receipt, new in accepted],
        Table("", ("File", "Tracker", "State"), rows),
        as_json=as_json,
        plain=plain,
    )
    if receipts:
        say("Next: let everybody copy the whole folder {}, and give nobody a single receipt.", receipts)
    else:
        say("No receipts were written. The same command with `--receipts FOLDER` writes them, until the box is closed.")


def close(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The closed box, for trustees elsewhere.")] = Path(
        "box.json"
    ),
    yes: Annotated[bool, typer.Option("--yes", help="Close without asking once more.")] = False,
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Close the box for good: no paper is issued and no ballot cast after this.

    It says how many papers are still out, and asks once more. The number of ballots and the words are to be read
    aloud: each trustee compares them before giving a share.
    """
    from ballot.acts.election import opening_file, reconciliation
    from ballot.acts.standins import box_file
    from ballot.acts.voting import check_open_box, require_closable
    from ballot.acts.voting import close as close_box
    from ballot.crypto.words import fingerprint_line
    from ballot.errors import Refused
    from ballot.files import write_whole
    from ballot.store.repo import Store
    from ballot.store.view import View
    from ballot.wire import encode

    def deliver(view: View) -> None:
        write_whole(out, encode(box_file(view)), force=force)

    with Store.open(store) as opened:
        with opened.read() as view:
            require_closable(view)
            sheet = reconciliation(view)
            check_free([out], force, kind=kinds.BOX, of=opening_file(view).signed.opening.fingerprint)
            with counting("Checking ballots", sheet.cast, plain) as checked:
                check_open_box(view, checked)
        papers = counted(sheet.with_delegates, "paper")
        say("{} in the box; {} still with delegates.", counted(sheet.cast, "ballot"), papers)
        if sheet.with_delegates:
            say("Is every booth's outbox in, and every ballot sealed at home? What is not cast now never counts.")
        if not ask.confirm("Close the box for good? Nobody can vote after that.", yes):
            raise Refused("the box stays open", "Close it when everybody has voted.")
        closing = close_box(opened, now(), deliver)
    say("The box is closed, and {} holds it for trustees on machines of their own.", out)
    words = fingerprint_line(closing.box)
    show(
        closing,
        Listing("", (("Ballots", closing.ballots), ("Digest of the box", closing.box), ("In words", numbered(words)))),
        as_json=as_json,
        plain=plain,
    )
    if sheet.not_handed_out:
        left = counted(sheet.not_handed_out, "envelope")
        say("{} nobody drew: before the count, `ballot envelopes return --codes FILE`.", left)
    say("Next: read number and words aloud; then each trustee runs `ballot trustee share KEY`.")
