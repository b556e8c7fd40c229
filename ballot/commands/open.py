"""`ballot open` and `ballot opening`: in, a draft and the keys; out, an open box, and the opening for everybody."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.halves import HALF_OPENING, show_half
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import (
    HeadOption,
    HeadPassphrase,
    SealedOption,
    SealHere,
    SealPassphrase,
    SealReadyOption,
    both,
    of_election,
    official,
    read_ready,
    require_one,
    tell_seal,
)
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, SignedForceOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Cell, Listing, say, show
from ballot.commands.text import minute

if TYPE_CHECKING:
    from ballot.cosigning import SealedOpening
    from ballot.votes import Opening


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    elsewhere = "ballot open --head head.key --seal-ready seal-ready.json"
    for name, function, lines in (
        ("open", open_, ("ballot open --head head.key --seal seal.key", elsewhere)),
        ("opening", opening, ("ballot opening --out opening.json",)),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(*lines))(function)


def open_(
    head: HeadOption,
    seal: SealHere = None,
    seal_ready: SealReadyOption = None,
    sealed: SealedOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The opening (opening.json), or the half of it.")
    ] = None,
    present: Annotated[
        int, typer.Option("--present", min=0, metavar="N", help="Members present who can vote, where the rules ask.")
    ] = 0,
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    without_rehearsal: Annotated[
        str, typer.Option("--without-rehearsal", metavar="REASON", help="Why there was none; the declaration tells it.")
    ] = "",
    force: SignedForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Open the box: freeze roll and candidates, fix the keys, sign the opening statement.

    From here on no member, delegate or candidate can be changed. Read the fingerprint's words aloud: everyone who
    compares them later knows that they look at the same election. Where the seal is on a laptop of its own,
    --seal-ready makes a half for `ballot keeper opening`, and --sealed opens the box with what comes back.
    """
    from ballot.acts.cosigned import half_opening, open_sealed
    from ballot.acts.setup import open_box, require_ready
    from ballot.journal import minute_of_next
    from ballot.store.repo import Store
    from ballot.wire import encode

    require_one(seal=seal, seal_ready=seal_ready, sealed=sealed)
    given = _read_sealed(sealed, present) if sealed else None
    present = given.statement.present if given else present
    target = out or (HALF_OPENING if seal_ready else Path("opening.json"))
    with Store.open(store) as opened:
        with opened.read() as view:
            require_ready(view, without_rehearsal, present)
            at = minute_of_next((view.last_entry(),), now())
        check_free([target], force, kind=kinds.HALF_OPENING if seal_ready else kinds.OPENING)
        if not seal_ready:
            said = "The opening is dated {} UTC, by this machine's clock. If that is wrong, leave with Ctrl-C."
            say(said, minute(at))
        if present:
            say("Members present: {}. It cannot be changed after the opening; Ctrl-C leaves.", present)
        if seal_ready:
            ready = read_ready(seal_ready, opened)
            key = official(head, "head", head_passphrase_file, of_election(opened))
            with opened.read() as view:
                half = half_opening(view, key, ready.public, without_rehearsal, present)
            files.write_again(target, encode(half), force, kinds.HALF_OPENING)
        elif given:
            # Once more: it could be the answer to a half that was thrown away because these were others.
            of_election(opened)("seal", given.statement.seal)
            tell_seal(given.statement.seal)
            key = official(head, "head", head_passphrase_file, of_election(opened))
            file = open_sealed(opened, key, given, now(), without_rehearsal)
        elif seal:
            keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            file = open_box(opened, *keys, now(), without_rehearsal, present)
    if seal_ready:
        reason = " --without-rehearsal REASON" if without_rehearsal else ""
        show_half(target, "opening", f"ballot open --head FILE --sealed FILE{reason}", as_json, plain)
        return
    # Only now: a file that was left by a run that broke off would be of an opening that nobody else knows.
    with files.standing("the election is open", "ballot opening --out FILE"):
        files.write_again(target, encode(file), force, kinds.OPENING)
    say("The election is open. The public opening is in {}.", target)
    _show_opening(file.signed.opening, target, as_json, plain)
    say("Next: read the words aloud, and let every trustee check a copy of the opening with `ballot trustee check`.")
    say("Then `ballot issue` for each voting delegate who comes.")


def _read_sealed(path: Path, present: int) -> "SealedOpening":
    from ballot.cosigning import SealedOpening
    from ballot.errors import UsageError
    from ballot.wire import MAX_JSON

    if present:
        raise UsageError("how many are present stands in the sealed opening already", "Leave out --present.")
    return kinds.read_as(path, SealedOpening, kinds.SEALED_OPENING, MAX_JSON)


def opening(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The opening for booths and delegates.")] = Path(
        "opening.json"
    ),
    store: StoreOption = DEFAULT_STORE,
    force: SignedForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Write the public opening once more, for booths, delegates and the keeper of the seal, and show its words."""
    from ballot.acts.election import opening_file
    from ballot.store.repo import Store
    from ballot.wire import encode

    with Store.open(store) as opened, opened.read() as view:
        file = opening_file(view)
    files.write_again(out, encode(file), force, kinds.OPENING)
    say("The public opening is in {}.", out)
    _show_opening(file.signed.opening, out, as_json, plain)


def _show_opening(stated: "Opening", out: Path, as_json: bool, plain: bool) -> None:
    from ballot.crypto.words import fingerprint_line

    words, delegates = fingerprint_line(stated.fingerprint), stated.voting_delegates
    trustees = f"{', '.join(stated.trustee_names)} ({stated.need} needed for the count)"
    present: tuple[tuple[str, Cell], ...] = (("Members present", stated.present),) if stated.present else ()
    entries: tuple[tuple[str, Cell], ...] = (
        ("Voting delegates", delegates),
        *present,
        ("Trustees", trustees),
        ("Fingerprint", stated.fingerprint),
        ("In words", numbered(words)),
    )
    value = {
        "opening": stated.fingerprint,
        "words": words,
        "file": str(out),
        "voting_delegates": delegates,
        "present": stated.present,
        "trustees": stated.trustee_names,
        "need": stated.need,
    }
    show(value, Listing("", entries), as_json=as_json, plain=plain)
