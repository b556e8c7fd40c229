"""The committee's commands from the member lists to the opening: in, files and keys; out, a store that moves on."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import HeadOption, HeadPassphrase, SealOption, SealPassphrase, both
from ballot.commands.options import (
    DEFAULT_STORE,
    STORE_VARIABLE,
    JsonOption,
    PlainOption,
    SignedForceOption,
    StoreOption,
)
from ballot.commands.overwrite import check_free
from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, say, show
from ballot.commands.text import minute
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.votes import Opening


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--head head.key --seal seal.key"
    for name, function, line in (
        ("new", new, "ballot new --from assembly/election.toml"),
        ("status", status, "ballot status"),
        ("open", open_, f"ballot open {keys}"),
        ("opening", opening, "ballot opening --out opening.json"),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(line))(function)


def new(
    source: Annotated[Path, typer.Option("--from", metavar="election.toml", help="The plan; lists stand beside it.")],
    store: StoreOption = DEFAULT_STORE,
    icb: Annotated[
        Path, typer.Option("--icb", envvar="BALLOT_ICB", help="The ICB secretary's store, for elections in the ICB.")
    ] = Path("icb.db"),
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Set up an election from the lists of members, delegates and candidates.

    Everything is checked against the charter first; every fault is reported with file, row and field, and nothing is
    written until there is none. An election in the ICB has no lists: who votes, holder or proxy, is in its journal, and
    is shown with the number by which `ballot issue` knows them.
    """
    from ballot.acts.setup import create, read_folder
    from ballot.acts.status import making_keys
    from ballot.finding import alike

    intake, at = read_folder(source, icb), now()
    create(store, intake, at).close()
    voting = len(intake.roll.voting_delegates())
    figures: dict[str, object] = {
        "store": str(store),
        "members": len(intake.roll.members),
        "voting_delegates": voting,
        "candidates": [len(contest.candidates) for contest in intake.contests],
        "trustees": list(intake.plan.trustees),
    }
    entries: tuple[tuple[str, Cell], ...] = (
        ("Election", intake.plan.name),
        ("Members", len(intake.roll.members)),
        ("Delegates", len(intake.roll.delegates)),
        ("of whom vote", voting),
        *(
            (f"Contest {n}", "yes or no") if c.asks else (f"Candidates in contest {n}", len(c.candidates))
            for n, c in enumerate(intake.contests, start=1)
        ),
        ("Trustees", ", ".join(intake.plan.trustees)),
    )
    say("The election is set up in {}. Nothing is fixed yet.", store)
    lists = [[candidate.name for candidate in contest.candidates] for contest in intake.contests if not contest.asks]
    for names in [*lists, [delegate.name for delegate in intake.roll.delegates]]:
        for one, other in alike(names):
            say("Warning: {} and {} differ by accents only. Is one person listed twice?", one, other)
    if intake.plan.setup.need == 1:
        say("Warning: with one trustee needed, that one alone can open every ballot. Better: at least two, in need.")
    elif intake.plan.setup.need == len(intake.plan.trustees):
        say("Warning: all trustees are needed, so one lost key or passphrase loses the election. Better: fewer.")
    parts: list[Part] = [Listing("", entries)]
    if intake.icb is not None:
        from ballot.icb.officers import cautions
        from ballot.journal import minute_at

        for line in cautions(intake.icb, intake.contests, minute_at(at)):
            say("Warning: {}", line)
        say("These vote, and nobody else. If an act of the ICB changes who does, begin again with `ballot new`.")
        figures["voters"] = {delegate.number: delegate.name for delegate in intake.roll.delegates}
        voters = zip(intake.roll.delegates, intake.seats, strict=True)
        rows = tuple((delegate.number, delegate.name, seat) for delegate, seat in voters)
        parts.append(Table("Who votes", ("No.", "Name", "Seat"), rows))
    show(figures, *parts, as_json=as_json, plain=plain)
    if store != DEFAULT_STORE and store != Path(os.environ.get(STORE_VARIABLE, "")):
        named = word(store)
        say("Give `--store {}` to every later command, or set the variable {} to it.", named, STORE_VARIABLE)
    owners = (("head", intake.plan.head), ("seal", intake.plan.seal))
    keys = [f"ballot keys new {office} --name {word(owner)} --out {office}.key" for office, owner in owners]
    say("Next: `{}` and `{}`.", *keys)
    if intake.plan.setup.need < len(intake.plan.trustees):
        say("Then `ballot trustees invite` begins the ceremony of the trustees.")
    else:
        say("Each trustee runs `{}`.", making_keys(intake.plan.group))
        say("Then `ballot trustee add` with the public parts of the trustees.")


def status(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show where the election stands and what to do next."""
    from ballot.acts.status import status_of
    from ballot.journal import minute_at
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        found = status_of(view)
    entries: list[tuple[str, Cell]] = [
        ("Election", found.name),
        ("Phase", Toned(found.phase, Tone.GOOD)),
        ("Trustees' keys", f"{found.trustees} of {found.trustees_wanted}"),
        ("Voting delegates", found.voting_delegates),
    ]
    if found.fingerprint:
        entries += [
            ("Papers issued", found.issued),
            ("of these handed out", found.handed_out),
            ("Ballots in the box", found.cast),
            ("Papers outstanding", found.outstanding),
            ("Shares received", f"{found.shares} of {found.trustees_wanted}"),
            ("Fingerprint", found.fingerprint),
            ("In words", numbered(found.words)),
        ]
    entries += [("Last act", f"{minute(found.last_act)} UTC"), ("Next", Toned(found.next, Tone.WARN))]
    show(found, Listing("", tuple(entries)), as_json=as_json, plain=plain)
    if found.last_act > minute_at(now()):
        say("This machine's clock is behind the last act, so new acts get that time, too. Look at the clock.")


def open_(
    head: HeadOption,
    seal: SealOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The opening for booths and delegates.")] = Path(
        "opening.json"
    ),
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
    compares them later knows that they look at the same election.
    """
    from ballot.acts.setup import open_box, require_ready
    from ballot.journal import minute_of_next
    from ballot.store.repo import Store
    from ballot.wire import encode

    with Store.open(store) as opened:
        with opened.read() as view:
            require_ready(view, without_rehearsal, present)
            at = minute_of_next((view.last_entry(),), now())
        check_free([out], force, kind=kinds.OPENING)
        say("The opening is dated {} UTC, by this machine's clock. If that is wrong, leave with Ctrl-C.", minute(at))
        if present:
            say("Members present: {}. It cannot be changed after the opening; Ctrl-C leaves.", present)
        keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
        file = open_box(opened, *keys, now(), without_rehearsal, present)
    # Only now: a file that was left by a run that broke off would be of an opening that nobody else knows.
    with files.standing("the election is open", "ballot opening --out FILE"):
        files.write_again(out, encode(file), force, kinds.OPENING)
    say("The election is open. The public opening is in {}.", out)
    _show_opening(file.signed.opening, out, as_json, plain)
    say("Next: read the words aloud, and let every trustee check a copy of the opening with `ballot trustee check`.")
    say("Then `ballot issue` for each voting delegate who comes.")


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
