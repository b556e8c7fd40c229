"""`ballot demo`: in, the name of a sample election; out, the whole election, played through the commands' own acts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands.help import TRY_IT, example
from ballot.commands.icb_tables import seats_parts
from ballot.commands.observer import percent, show_report
from ballot.commands.options import ForceOption, JsonOption, PlainOption
from ballot.commands.progress import Advance, progress
from ballot.commands.render import Table, say, show
from ballot.commands.result import result_parts
from ballot.errors import UsageError
from ballot.typed import word

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ballot.acts.sample import Staff, Watch


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot demo ima-assembly --out demo", "ballot demo tied-cuts --by-files --keep --out machines")
    app.command("demo", rich_help_panel=TRY_IT, epilog=text)(demo)


def demo(
    name: Annotated[str, typer.Argument(metavar="NAME", help="board-2003, icb-term, ima-assembly or tied-cuts.")],
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
    by_files: Annotated[
        bool, typer.Option("--by-files", help="Everybody on a machine of their own, sharing only files.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="With --by-files: leave everybody's folder to look at.")] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Play a sample election from the lists to the verified record.

    The keys are made with one published passphrase, so they protect nothing: this is for trying out. icb-term goes on
    after its Assembly, for three years of the ICB. With --by-files every delegate, the desk, the seal, the booth, the
    trustees and an observer have a folder of their own, and every step is one of the commands that they would type.
    """
    from ballot.acts.sample import Staff, play, sample
    from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
    from ballot.acts.term import is_term
    from ballot.verify import verify

    def watch(label: str, total: int) -> "AbstractContextManager[Advance]":
        return progress(label, total, plain)

    staff = Staff(trustees, need, lose_trustee)
    if by_files:
        if is_term(sample(name)) or staff != Staff() or force:
            raise UsageError("--by-files goes with --group, --seed and --keep only", "Choose a new folder for --out.")
        _by_files(sample(name), out, group, seed, keep, watch, as_json, plain)
        return
    if is_term(sample(name)):
        _term(sample(name), out, group, seed, staff, watch, force, as_json, plain)
        return
    played = play(sample(name), out, group, seed, staff, watch, force)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        report, evidence = verify(played.record.read_bytes(), percent(advance))
    lost = None if played.lost is None else str(played.lost)
    value = {"folder": str(out), "contests": played.rankings, "lost": lost, "report": report, "seconds": played.seconds}
    if as_json:
        show(value, as_json=True)
    else:
        show(value, *result_parts(evidence.opening.contests, played.rankings, evidence.outcomes), plain=plain)
        show_report(report, plain=plain)
    for label, seconds in played.seconds.items():
        say("{}: {} s", label, f"{seconds:.1f}")
    if lost is not None:
        say("{} was deleted before the count; the others stood in.", lost)
    say("The election is in {}: election.db, record.zip, declaration.txt and the keys.", out)
    say("The passphrase of all keys is: {}", WORDS_OF_ALL_KEYS)
    say("Next: `ballot verify {}`, or read {}.", word(out / "record.zip"), out / "declaration.txt")


def _by_files(
    plan: Path,
    out: Path,
    group: str | None,
    seed: int | None,
    keep: bool,
    watch: "Watch",
    as_json: bool,
    plain: bool,
) -> None:
    """Play an election between machines that share nothing but files."""
    from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
    from ballot.commands.demo_files import forget, play_by_files
    from ballot.evidence import Evidence
    from ballot.record import read_record

    played = play_by_files(plan, out, group, seed, watch)
    evidence = Evidence(read_record(played.record.read_bytes()))
    rankings = evidence.contents.rankings
    if not keep:
        forget(played, out)
    value = {"folder": str(out), "contests": rankings, "told": played.told, "report": played.report}
    if as_json:
        show(value, as_json=True)
    else:
        show(value, *result_parts(evidence.opening.contests, rankings, evidence.outcomes), plain=plain)
        show_report(played.report, plain=plain)
    for sentence in played.told:
        say("{}.", sentence[:1].upper() + sentence[1:])
    if keep:
        say("Everybody's folder is in {}. The passphrase of all keys is: {}", out, WORDS_OF_ALL_KEYS)
    else:
        say("The record is in {}; with --keep everybody's folder stays.", out / "record.zip")


def _term(
    plan: Path,
    out: Path,
    group: str | None,
    seed: int | None,
    staff: "Staff",
    watch: "Watch",
    force: bool,
    as_json: bool,
    plain: bool,
) -> None:
    """Play an Assembly and the three years after it, and verify the ICB's record."""
    from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
    from ballot.acts.term import play_term
    from ballot.icb.verify import verify_icb

    term = play_term(plan, out, group, seed, staff, watch, force)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        report, state, _ = verify_icb(term.record.read_bytes(), percent(advance))
    days = [{"on": day.on, "places": day.places, "offices": day.offices} for day in term.days]
    if as_json:
        show({"folder": str(out), "days": days, "report": report}, as_json=True)
    else:
        rows = tuple(
            (day.on, ", ".join(p.seat for p in day.places if not p.person), ", ".join(o.person for o in day.offices))
            for day in term.days
        )
        show(days, Table("", ("Day", "Vacant", "Officers"), rows), *seats_parts(state), plain=plain)
        show_report(report, plain=plain)
    say("The three years are in {}: assembly, the meetings, icb.db, icb-record.zip and the keys.", out)
    say("The passphrase of all keys is: {}", WORDS_OF_ALL_KEYS)
    say("Next: `ballot verify {}`, or `ballot seats show --store {}`.", word(term.record), word(term.store))
