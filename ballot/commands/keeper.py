"""`ballot keeper`: in, what the head has signed, and the key of the seal; out, the same with the seal on it.

Everything that the keeper is to look at stands on the screen before the passphrase is asked for.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.halves import (
    HALF_DECLARATION,
    HALF_OPENING,
    HALF_RECORD,
    RECORD,
    SEALED_DECLARATION,
    SEALED_OPENING,
)
from ballot.commands.help import COMMITTEE, PersonGroup, example
from ballot.commands.keyfiles import named
from ballot.commands.observer import percent
from ballot.commands.officials import SealOption, SealPassphrase, official, seal_of, words_of
from ballot.commands.openings import OpeningOption, read_opening
from ballot.commands.options import ForceOption, JsonOption, PlainOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import progress
from ballot.commands.render import Cell, Listing, counted, say, show, tell
from ballot.commands.seallog import LogOption, read_log, read_log_for, replace_log, tell_if_new
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.cosigning import HalfOpening
    from ballot.votes import Contest


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--seal seal.key --log seal.log"
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="The seal on a laptop of its own, beside `ballot seal-papers`.",
        epilog=example(f"ballot keeper opening {HALF_OPENING} {keys}"),
    )
    for name, function, line in (
        ("ready", ready, "ballot keeper ready --seal seal.key"),
        ("opening", opening, f"ballot keeper opening {HALF_OPENING} {keys}"),
        ("declaration", declaration, f"ballot keeper declaration {HALF_DECLARATION} --opening opening.json {keys}"),
        ("record", record, f"ballot keeper record {HALF_RECORD} {keys}"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="keeper", rich_help_panel=COMMITTEE)


def ready(
    seal: SealOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="For the head.")] = Path("seal-ready.json"),
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show today, for rehearsal and opening, that the seal's keys and passphrase work, and which keys they are.

    The file proves it and reveals nothing; it counts for a day.
    """
    from ballot.cosigning import show_seal_ready
    from ballot.files import write_whole
    from ballot.wire import encode

    check_free([out], force, kind=kinds.SEAL_READY)
    key = official(seal, "seal", seal_passphrase_file, lambda _role, _public: None)
    shown = show_seal_ready(key, now())
    write_whole(out, encode(shown), force=force)
    words = words_of(shown.seal)
    show(
        {"name": key.name, "at": shown.at, "file": str(out), "words": words},
        Listing("", (("Name", key.name), ("At", shown.at), ("In words", numbered(words)), ("File", str(out)))),
        as_json=as_json,
        plain=plain,
    )
    say("Your keys work. Next: give {} to the head today. The head sees these words, too: compare them.", out)


def opening(
    half: Annotated[Path, typer.Argument(metavar="HALF", help="What `ballot open` made for the seal.")],
    seal: SealOption,
    log: LogOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="For the head.")] = SEALED_OPENING,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Put the seal on the opening statement, the only one of its log, where the seal is kept.

    What will be frozen is shown first, but for the roll. What comes out opens the box of the store that made the half,
    and no other.
    """
    from ballot.cosigning import HalfOpening, check_opening_for, log_for, seal_opening
    from ballot.crypto.words import fingerprint_line
    from ballot.wire import MAX_JSON, encode

    given = kinds.read_as(half, HalfOpening, kinds.HALF_OPENING, MAX_JSON)
    so_far = read_log(log)
    log_for(given.statement, so_far)
    check_free([out], force, kind=kinds.SEALED_OPENING)
    with kinds.unchanged(half):
        check_opening_for(given, given.statement.seal)
    stated = given.statement
    _tell_opening(given, plain)
    tell_if_new(log)

    key = seal_of(seal, stated, seal_passphrase_file)
    sealed, after = seal_opening(key, so_far, given)
    replace_log(log, so_far, after)
    files.write_again(out, encode(sealed), force, kinds.SEALED_OPENING)
    words = fingerprint_line(stated.fingerprint)
    _done(out, {"opening": stated.fingerprint, "words": words}, (("In words", numbered(words)),), as_json, plain)
    say("Next: the head runs `ballot open --head FILE --sealed {}`. Hear the words read aloud, and compare.", word(out))


def _tell_opening(half: "HalfOpening", plain: bool) -> None:
    """In columns, so that no name that is too long for a line can pass for the lines below it."""
    from ballot.charter import shipped
    from ballot.crypto.words import fingerprint_line

    stated, name, description = half.statement, half.election.name, half.election.description
    lists = [_told(place, contest) for place, contest in enumerate(stated.contests, start=1)]
    counts = [
        (f"Contest {place}", f"{counted(len(one.candidates), 'answer' if one.asks else 'candidate')}, as above")
        for place, one in enumerate(stated.contests, start=1)
    ]
    other = f"one of its own, SHA-256 {stated.charter}: ask who changed what, and compare the file"
    present: tuple[tuple[str, Cell], ...] = (("Members present", stated.present),) if stated.present else ()
    # The short part last: the list of candidates may be longer than a screen.
    short: tuple[tuple[str, Cell], ...] = (
        ("Election", f"{name} ({description})" if description else name),
        ("Head", stated.head.name),
        ("Head's key, in words", numbered(words_of(stated.head))),
        ("Trustees", f"{', '.join(stated.trustee_names)} ({stated.need} needed for the count)"),
        ("Voting delegates", stated.voting_delegates),
        *present,
        *counts,
        ("Charter", "as in this program" if shipped(stated.charter) else other),
        ("Opening, in words", numbered(fingerprint_line(stated.fingerprint))),
    )
    tell(*lists, Listing("", short), plain=plain)


def _told(place: int, contest: "Contest") -> Listing:
    rule = f"{contest.rule}, {contest.min_marks} to {contest.max_marks} marks"
    people = (
        (one.number, f"{one.name} ({one.organisation})" if one.organisation else one.name) for one in contest.candidates
    )
    lines: tuple[tuple[str, Cell], ...] = tuple((f"No. {number}", person) for number, person in people)
    return Listing("", ((f"Contest {place}", contest.question), ("Rule", rule), *lines))


def _done(out: Path, value: dict[str, str], rows: tuple[tuple[str, str], ...], as_json: bool, plain: bool) -> None:
    show({**value, "file": str(out)}, Listing("", (*rows, ("File", str(out)))), as_json=as_json, plain=plain)


def declaration(
    half: Annotated[Path, typer.Argument(metavar="HALF", help="What `ballot declare` made for the seal.")],
    seal: SealOption,
    opening: OpeningOption,
    log: LogOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="For the head.")] = SEALED_DECLARATION,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Put the seal on the declaration, the only one of its log, where the seal is kept.

    The whole text is shown first. That it is true can be checked only with the record: `ballot keeper record` does.
    """
    from ballot.cosigning import HalfDeclaration, check_declaration_for, seal_declaration
    from ballot.wire import MAX_JSON, encode, sha256_hex

    stated = read_opening(opening).signed.opening
    given = kinds.read_as(half, HalfDeclaration, kinds.HALF_DECLARATION, MAX_JSON)
    so_far = read_log_for(log, opening, stated.fingerprint)
    check_free([out], force, kind=kinds.SEALED_DECLARATION)
    with kinds.unchanged(half):
        check_declaration_for(stated, so_far, given)
    # At line feeds only: any other sign that breaks lines is shown, for it is part of what is signed.
    lines = given.declaration.removesuffix("\n").split("\n")
    for line in lines:
        say("{}", line)
    say("These are all {} of the declaration.", counted(len(lines), "line"))
    tell_if_new(log)

    key = seal_of(seal, stated, seal_passphrase_file)
    sealed, after = seal_declaration(stated, key, so_far, given)
    replace_log(log, so_far, after)
    files.write_again(out, encode(sealed), force, kinds.SEALED_DECLARATION)
    digest = sha256_hex(given.declaration.encode())
    _done(out, {"declaration": digest}, (("SHA-256 of the text", digest),), as_json, plain)
    say("Next: the head runs `ballot declare --head FILE --sealed {}`.", word(out))


def record(
    half: Annotated[Path, typer.Argument(metavar="HALF", help="What `ballot publish` made for the seal.")],
    seal: SealOption,
    log: LogOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The record, signed by both.")] = RECORD,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Put the seal on the record, where the seal is kept, if the whole of it verifies.

    First the register is compared with the log: it must have every paper that the seal was put on. Exit code 4: a check
    fails, and nothing is sealed.
    """
    from ballot.crypto.words import fingerprint_line
    from ballot.keeper import Log
    from ballot.record import read_record
    from ballot.recordseal import check_record_for, seal_record, sealed_elsewhere
    from ballot.verify import VerificationError, verify
    from ballot.wire import sha256_hex

    data = kinds.read_record(half)
    with named(half):
        given = read_record(data)
    stated = given.contents.opening.opening
    so_far = read_log(log) or Log(stated.fingerprint)
    check_free([out], force, kind=kinds.RECORD, of=stated.fingerprint)
    check_record_for(given, so_far)
    say("Opening, in words: {}", numbered(fingerprint_line(stated.fingerprint)))
    say("The log has {}; the register has them all.", counted(len(so_far.sealed), "paper"))
    if others := sealed_elsewhere(given, so_far):
        say("The register has {} that the log does not have: were they sealed at the desk?", counted(others, "paper"))
        say("If you never put the seal on those, stop with Ctrl-C: somebody else has the seal's key.")
    if not so_far.declaration:
        say("The log has no declaration: was it sealed at the desk? If not, stop with Ctrl-C.")
    tell_if_new(log)

    key = seal_of(seal, stated, seal_passphrase_file)
    whole, after = seal_record(key, so_far, given)
    try:
        with progress("Checking ballots, in percent", 100, plain) as advance:
            report, _ = verify(whole, percent(advance))
    except VerificationError as error:
        error.hint = "Nothing was sealed. The head publishes a half again; if that fails too, keep everything and ask."
        raise
    replace_log(log, so_far, after)
    files.write_again(out, whole, force, kinds.RECORD, stated.fingerprint)
    digest = sha256_hex(whole)
    say("All {} checks hold.", len(report.checks))
    _done(out, {"sha256": digest}, (("SHA-256", digest),), as_json, plain)
    say("Next: the head runs `ballot publish --head FILE --sealed {}`. Keep a copy of it.", word(out))
