"""`ballot verify` and `ballot show`: in, one file; out, every check with its number, or the result that it tells."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import kinds
from ballot.commands.aloud import check_noted, read_noted
from ballot.commands.help import OBSERVER, example
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.progress import Advance, counting, progress
from ballot.commands.render import Cell, Lines, Listing, Part, Table, Tone, Toned, say, show
from ballot.commands.result import result_parts
from ballot.errors import UsageError
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.belenios import ArchiveReport, Step
    from ballot.evidence import Evidence, Progress
    from ballot.verify import Report

PathArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A record (.zip) or a Belenios archive (.bel).")]

WordsOption = Annotated[
    str | None, typer.Option("--words", metavar="WORDS", help="The twelve words that were read aloud at the opening.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for name, function in (("verify", verify), ("show", show_)):
        app.command(name, rich_help_panel=OBSERVER, epilog=example(f"ballot {name} record.zip"))(function)


def verify(
    path: PathArgument, noted: WordsOption = None, as_json: JsonOption = False, plain: PlainOption = False
) -> None:
    """Verify a whole election from one file, offline, without believing anybody.

    Each check is printed with its number. Exit code 0: all hold; 4: the first that fails is named. A Belenios archive
    is checked as far as it goes: its ballots, the tally, the shares and the result. In the ICB's record every act of
    its secretary is replayed too. With --words also that the record is of the election whose words were read aloud.
    """
    from ballot.icb.record import is_icb_record

    words = () if noted is None else read_noted(noted)
    data = kinds.read_record(path, archive=True, icb=True)
    if data.startswith(b"BELENIOS\0"):
        _no_words(path, words)
        _verify_archive(data, as_json, plain)
    elif is_icb_record(data):
        from ballot.commands.icb_record import verify_seats

        _no_words(path, words)
        verify_seats(data, as_json, plain)
    else:
        _verify_record(data, words, as_json, plain)


def _no_words(path: Path, words: tuple[str, ...]) -> None:
    """Raises UsageError when words are to be compared with a file that has none, or more than one opening."""
    if words:
        raise UsageError(f"--words compares the record of an election, and {path} is none", "Give its record.zip.")


def _verify_record(data: bytes, words: tuple[str, ...], as_json: bool, plain: bool) -> None:
    from ballot.crypto.words import fingerprint_line
    from ballot.verify import VerificationError
    from ballot.verify import verify as verify_record

    try:
        with progress("Checking ballots, in percent", 100, plain) as advance:
            report, _ = verify_record(data, percent(advance))
    except VerificationError as error:
        show_report(error.report, as_json, plain)
        raise
    show_report(report, as_json, plain)
    say("All {} checks hold.", len(report.checks))
    if words:
        check_noted(fingerprint_line(report.opening), words)
        say("The words are the same as those that were written down.")


def percent(advance: "Advance") -> "Progress":
    """Turn a bar of 100 steps into what the verifier tells."""
    shown = 0

    def told(done: int, total: int) -> None:
        nonlocal shown
        reached = 100 * done // total
        advance(reached - shown)
        shown = reached

    return told


def show_report(report: "Report", as_json: bool = False, plain: bool = False) -> None:
    """Print the checks of a record."""
    from ballot.crypto.words import fingerprint_line

    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            check.number,
            Toned("holds", Tone.GOOD) if check.passed else Toned("FAILS", Tone.BAD),
            check.sentence,
            check.figure,
        )
        for check in report.checks
    )
    verdict = Toned("verified", Tone.GOOD) if report.verified else Toned("NOT VERIFIED", Tone.BAD)
    entries: list[tuple[str, Cell]] = [("Record", verdict), ("SHA-256", report.record)]
    if report.opening:
        entries += [("Opening", report.opening), ("In words", numbered(fingerprint_line(report.opening)))]
    show(
        report,
        Table("", ("No.", "State", "Check", "Figure"), rows),
        Listing("", tuple(entries)),
        as_json=as_json,
        plain=plain,
    )


def _verify_archive(data: bytes, as_json: bool, plain: bool) -> None:
    from ballot.belenios import ArchiveFault

    try:
        report = _check_archive(data, plain)
    except ArchiveFault as fault:
        failed = {"number": fault.number, "title": fault.title, "sentence": fault.message}
        rows = (*_step_rows(fault.steps), (fault.number, Toned(fault.message, Tone.BAD), Toned("FAILS", Tone.BAD)))
        value = {"verified": False, "steps": fault.steps, "failed": failed}
        show(value, Table("", ("No.", "Check", "Figure"), rows), as_json=as_json, plain=plain)
        message = f"check {fault.number} ({fault.title}) failed: {fault.message}"
        raise ArchiveFault(fault.number, fault.title, message, fault.steps) from None
    show(report, *_archive_parts(report), as_json=as_json, plain=plain)
    say("All checks hold.")


def _check_archive(data: bytes, plain: bool) -> "ArchiveReport":
    from ballot.belenios import ArchiveFault, check_archive, read_archive
    from ballot.errors import Invalid

    try:
        archive = read_archive(data)
    except Invalid as error:
        raise ArchiveFault(1, "archive", error.message, ()) from None
    with counting("Checking ballots", len(archive.ballots), plain) as checked:
        return check_archive(archive, checked)


def _step_rows(steps: "tuple[Step, ...]") -> tuple[tuple[Cell, ...], ...]:
    return tuple((step.number, step.sentence, step.figure) for step in steps)


def _archive_parts(report: "ArchiveReport") -> list[Part]:
    entries: list[tuple[str, Cell]] = [("Election", report.name), ("Fingerprint", report.fingerprint)]
    if report.missing:
        entries.append(("Missing", Toned(report.missing, Tone.WARN)))
    for number, votes in enumerate(report.votes or (), start=1):
        entries.append((f"Result of question {number}", ", ".join(map(str, votes))))
    return [Table("", ("No.", "Check", "Figure"), _step_rows(report.steps)), Listing("", tuple(entries))]


def show_(path: PathArgument, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show the result that a record tells, without verifying it."""
    from ballot.evidence import Evidence
    from ballot.icb.record import is_icb_record
    from ballot.record import read_record

    data = kinds.read_record(path, icb=True)
    if is_icb_record(data):
        from ballot.commands.icb_record import show_seats

        say("This is what the record says. `ballot verify {}` tells whether it is true.", word(path))
        show_seats(data, as_json, plain)
        return
    evidence = Evidence(read_record(data))
    _require_results(evidence)
    opening, contents, outcomes = evidence.opening, evidence.contents, evidence.outcomes
    say("This is what the record says. `ballot verify {}` tells whether it is true.", word(path))
    show(
        {"opening": opening.fingerprint, "contests": contents.rankings, "outcomes": outcomes},
        *result_parts(opening.contests, contents.rankings, outcomes),
        Lines("", tuple(contents.declaration.decode(errors="replace").splitlines())),
        as_json=as_json,
        plain=plain,
    )


def _require_results(evidence: "Evidence") -> None:
    """Raise Invalid unless every contest of a record has the totals and the ranking of its own candidates."""
    from ballot.errors import Invalid

    numbers = [[candidate.number for candidate in contest.candidates] for contest in evidence.opening.contests]
    ranked = [list(ranking.totals) for ranking in evidence.contents.rankings]
    if ranked != numbers or list(map(len, evidence.totals.votes)) != list(map(len, numbers)):
        raise Invalid("the record's results are not of its contests", "`ballot verify` says what is wrong with it.")
