"""`ballot demo`: in, the name of a sample election; out, the whole election, played through the commands' own acts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands.help import TRY_IT, example
from ballot.commands.observer import percent, show_report
from ballot.commands.options import ForceOption, JsonOption, PlainOption
from ballot.commands.render import Advance, progress, say, show
from ballot.commands.result import result_parts

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("demo", rich_help_panel=TRY_IT, epilog=example("ballot demo ima-assembly --out demo"))(demo)


def demo(
    name: Annotated[str, typer.Argument(metavar="NAME", help="board-2003, ima-assembly or tied-cuts.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where store, record and keys go.")],
    group: Annotated[str | None, typer.Option("--group", help="Ed25519 or BELENIOS-2048.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Who comes and who draws which ballot; keys and papers stay random.")
    ] = None,
    trustees: Annotated[int | None, typer.Option("--trustees", help="How many trustees, 1 to 7.")] = None,
    need: Annotated[int | None, typer.Option("--need", help="How many of them are needed for the count.")] = None,
    lose_trustee: Annotated[
        bool, typer.Option("--lose-trustee", help="One loses the key before the count; the others stand in.")
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Play a sample election from the lists to the verified record.

    The keys are made with one published passphrase, so they protect nothing: this is for trying out.
    """
    from ballot.acts.sample import Staff, play, sample
    from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
    from ballot.verify import verify

    def watch(label: str, total: int) -> "AbstractContextManager[Advance]":
        return progress(label, total, plain)

    played = play(sample(name), out, group, seed, Staff(trustees, need, lose_trustee), watch, force)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        report, _ = verify(played.record.read_bytes(), percent(advance))
    opening = played.opening
    lost = None if played.lost is None else str(played.lost)
    value = {"folder": str(out), "contests": played.rankings, "lost": lost, "report": report, "seconds": played.seconds}
    if as_json:
        show(value, as_json=True)
    else:
        show(value, *result_parts(opening.contests, played.rankings), plain=plain)
        show_report(report, plain=plain)
    for label, seconds in played.seconds.items():
        say("{}: {} s", label, f"{seconds:.1f}")
    if lost is not None:
        say("{} was deleted before the count; the others stood in.", lost)
    say("The election is in {}: election.db, record.zip, declaration.txt and the keys.", out)
    say("The passphrase of all keys is: {}", WORDS_OF_ALL_KEYS)
    say("Next: `ballot verify {}`, or read {}.", out / "record.zip", out / "declaration.txt")
