"""`ballot new` and `ballot status`: in, the member lists; out, a store, and where the election in it stands."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ballot.aloud import numbered
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.options import (
    DEFAULT_STORE,
    STORE_VARIABLE,
    JsonOption,
    PlainOption,
    StoreOption,
)
from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, say, show
from ballot.commands.text import minute
from ballot.typed import word


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for name, function, line in (
        ("new", new, "ballot new --from assembly/election.toml"),
        ("status", status, "ballot status"),
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
    from ballot.acts.intake import read_folder
    from ballot.acts.setup import create
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
