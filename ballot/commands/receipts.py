"""What delegates check: in, a receipt, a name or an opened ballot; out, whether others kept their word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, kinds
from ballot.commands.help import DELEGATE, example
from ballot.commands.marking import marks_given
from ballot.commands.observer import percent
from ballot.commands.openings import OpeningOption, read_opening
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.progress import progress
from ballot.commands.render import Cell, Lines, Listing, Part, Table, Tone, Toned, say, show
from ballot.commands.results import contest_title
from ballot.errors import FAILED_CHECK, Error

if TYPE_CHECKING:
    from ballot.challenge import Opened
    from ballot.votes import Contest, Opening, Receipt

ReceiptArgument = Annotated[
    str, typer.Argument(metavar="RECEIPT", help="The file of a receipt, or its line that begins with BALLOT1:.")
]
HashOption = Annotated[
    str, typer.Option("--hash", metavar="HASH", help="The hash that the booth showed, or its twelve words.")
]


class WordBroken(Error):
    """The booth, the desk, the box or the committee did not do what it said, as far as one can tell."""

    exit_code = FAILED_CHECK


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for name, function, line in (
        ("receipt", receipt, "ballot receipt 5f0c2ab9d1e47386.receipt.json --opening opening.json"),
        ("check", check, "ballot check 5f0c2ab9d1e47386.receipt.json record.zip"),
        ("check-name", check_name, "ballot check-name 17 record.zip"),
        (
            "check-challenge",
            check_challenge,
            "ballot check-challenge challenge.json --opening opening.json --marks 3,7",
        ),
    ):
        app.command(name, rich_help_panel=DELEGATE, epilog=example(line))(function)


def receipt(
    given: ReceiptArgument, opening: OpeningOption, as_json: JsonOption = False, plain: PlainOption = False
) -> None:
    """Show a receipt, in words and as a line for a QR code, and check that the box signed it.

    A receipt says that a ballot is in the box, and nothing about its marks. Exit code 4: the box did not sign it.
    """
    from ballot.receipt import digest_line, to_line

    found = _receipt(given)
    _check_signature(read_opening(opening).signed.opening, found)
    words, line = digest_line(found.tracker), to_line(found)
    entries: tuple[tuple[str, Cell], ...] = (
        ("Receipt", Toned("signed by the box", Tone.GOOD)),
        ("Tracker", found.tracker),
        ("In words", numbered(words)),
    )
    say("Keep it. After the count, `ballot check` takes its file or the line for a QR code.")
    # A part of its own, so that it is printed without a break and can be copied.
    parts = Listing("", entries), Lines("For a QR code:", (line,))
    show({"receipt": found, "words": words, "line": line}, *parts, as_json=as_json, plain=plain)


def check(
    given: ReceiptArgument,
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The published record (.zip).")],
    noted: HashOption = "",
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Check that the ballot of a receipt is in the box that was counted.

    The whole record is verified. Exit code 0: the ballot is in it; 4: it is not, or something else does not hold, and
    what to complain with is named. With --hash, also check that the booth cast the ballot whose hash it showed.
    """
    from ballot.errors import Invalid
    from ballot.receipt import digest_line, is_noted
    from ballot.verify import verify

    found = _receipt(given)
    # Here already, for verifying takes long: a note that is no hash is refused too.
    if noted and is_noted(found.tracker, noted):
        raise Invalid(
            "this is the ballot's tracker, and --hash takes what the booth showed before you cast",
            "Give the hash, or its words, of the screen on which you typed `cast`.",
        )
    data = kinds.read_record(record)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        _, evidence = verify(data, percent(advance))
    _check_signature(evidence.opening, found)
    ballot = next((one for one in evidence.archive.ballots if one.tracker == found.tracker), None)
    if ballot is None:
        raise WordBroken(
            "the box signed that it has this ballot, and the record does not hold it",
            "Keep receipt and record: together they prove it. Show both to the observers and the election committee.",
        )
    if noted and not is_noted(ballot.signature.hash, noted):
        raise WordBroken(
            "the ballot is in the box, but it is not the one whose hash was noted",
            "If you noted several, give the one that you saw before you cast, not that of a challenged ballot. If it "
            "is still another, the booth cast another ballot: tell the observers.",
        )
    entries: tuple[tuple[str, Cell], ...] = (
        ("Ballot", Toned("in the counted box", Tone.GOOD)),
        ("Tracker", found.tracker),
        ("In words", numbered(digest_line(found.tracker))),
        ("Booth's hash", ballot.signature.hash),
        ("Hash in words", numbered(digest_line(ballot.signature.hash))),
        ("Ballots counted", len(evidence.archive.ballots)),
    )
    say("The record holds, and this ballot is in it.")
    show(
        {"receipt": found, "hash": ballot.signature.hash, "counted": True, "ballots": len(evidence.archive.ballots)},
        Listing("", entries),
        as_json=as_json,
        plain=plain,
    )


def check_name(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Your number on the roll.")],
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The published record (.zip).")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The name, as the list of delegates has it.")
    ] = None,
    salt_: Annotated[
        str | None, typer.Option("--salt", metavar="SALT", help="The salt that the committee gave for it.")
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Check that a delegate on the published roll is the person of this name.

    The roll shows no names but salted hashes of them. The whole record is verified. Exit code 0: this is the name, or
    was until another person came; 4: it is not, or something else does not hold.
    """
    from ballot.errors import Invalid, UsageError
    from ballot.people import find_name, read_salt
    from ballot.statements import replaced_names
    from ballot.verify import verify

    data = kinds.read_record(record)
    name = ask.ask_line("Name:", "--name") if name is None else name
    if not name.strip():
        raise UsageError("no name was given", "Type the name that the committee has for this delegate.")
    given = read_salt(ask.ask_line("Salt:", "--salt") if salt_ is None else salt_)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        _, evidence = verify(data, percent(advance))
    roll, replaced = evidence.contents.roll, replaced_names(evidence.contents.journal, number)
    try:
        delegate, comes = find_name(roll, replaced, number, name, given)
    except Invalid as error:
        raise WordBroken(
            error.message,
            "Type number, name and salt as the committee gave them, the name with its accents. If it has no salt that "
            "fits your name, tell the observers.",
        ) from None
    papers = sum(entry.request.delegate == number for entry in evidence.contents.register)
    organisation = next(member.organisation for member in roll.members if member.id == delegate.member)
    entries: tuple[tuple[str, Cell], ...] = (
        ("Delegate", number),
        ("Name", Toned(name, Tone.GOOD) if comes else Toned(f"{name}, until another person came", Tone.WARN)),
        ("Organisation", organisation),
        ("Voting", "yes" if delegate.voting else "no"),
        ("Papers handed out", papers),
    )
    say("The record holds, and the roll has this name.")
    show(
        {"delegate": number, "comes": comes, "member": delegate.member, "voting": delegate.voting, "papers": papers},
        Listing("", entries),
        as_json=as_json,
        plain=plain,
    )


def check_challenge(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The opened ballot that the booth wrote.")],
    opening: OpeningOption,
    noted: HashOption = "",
    marks: Annotated[
        list[str] | None,
        typer.Option("--marks", metavar="3,7,9", help="What you marked, empty for a blank; once per contest."),
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show what a challenged ballot really holds, and whether the booth was honest.

    Nothing that the booth says is believed: the marks are computed from what it revealed. Exit code 0: honest; 4: not.
    Without --hash and --marks, compare what is shown with what you noted and marked.
    """
    from ballot.challenge import Challenge, numbers_of
    from ballot.challenge import check_challenge as open_challenge
    from ballot.wire import MAX_JSON

    file = read_opening(opening)
    contests = file.signed.opening.contests
    challenge = kinds.read_as(path, Challenge, kinds.OPENED, MAX_JSON)
    chosen = None if marks is None else list(map(numbers_of, contests, marks_given(contests, marks)))
    opened = open_challenge(file.signed.opening, file.election, challenge, noted, chosen)
    compared = bool(noted) and chosen is not None
    # With nothing to compare it with, a program must not read that the booth was honest.
    honest = False if opened.faults else True if compared else None
    value = {"honest": honest, "compared": compared, "opened": opened}
    show(value, *_opened_parts(contests, opened, compared), as_json=as_json, plain=plain)
    if opened.faults:
        raise WordBroken(
            f"the booth was not honest: {opened.faults[0]}",
            "Look first whether the file came whole (copy it again), and hash and marks are given as you noted them. "
            "If so, keep the file and your notes, let nobody vote at this booth, and tell observers and committee.",
        )
    if not compared:
        say("The booth was honest if the hash and the marks are those that you saw before you challenged it.")


def _opened_parts(contests: "tuple[Contest, ...]", opened: "Opened", compared: bool) -> list[Part]:
    from ballot.receipt import digest_line

    parts: list[Part] = []
    for place, (contest, numbers) in enumerate(zip(contests, opened.holds, strict=False)):
        rows = tuple((c.number, c.name, c.organisation) for c in contest.candidates if c.number in numbers)
        title = contest_title(contests, place)
        if contest.asks:
            parts.append(Listing("", ((title, ", ".join(name for _, name, _ in rows) or "blank"),)))
        elif rows:
            parts.append(Table(f"Really marked. {title}", ("No.", "Name", "Organisation"), rows))
        else:
            parts.append(Listing("", ((title, "nobody is marked"),)))
    verdict = Toned("honest", Tone.GOOD) if compared else Toned("opens and holds; compare hash and marks", Tone.WARN)
    entries: list[tuple[str, Cell]] = [("Hash", opened.hash), ("In words", numbered(digest_line(opened.hash)))]
    entries += [("Fault", Toned(fault, Tone.BAD)) for fault in opened.faults]
    entries.append(("Booth", Toned("NOT HONEST", Tone.BAD) if opened.faults else verdict))
    return [*parts, Listing("", tuple(entries))]


def _receipt(given: str) -> "Receipt":
    from ballot.receipt import from_line, is_line
    from ballot.votes import Receipt
    from ballot.wire import MAX_JSON

    if is_line(given):
        return from_line(given)
    data = files.read(Path(given), kinds.RECEIPT, MAX_JSON)
    # Perhaps what `ballot receipt` printed, or a note: one line of it is the receipt.
    line = next(filter(is_line, data.decode("utf-8-sig", errors="replace").splitlines()), "")
    return from_line(line) if line else kinds.decode_as(given, data, Receipt, kinds.RECEIPT, MAX_JSON)


def _check_signature(opening: "Opening", receipt: "Receipt") -> None:
    from ballot.box import check_receipt
    from ballot.errors import Invalid

    try:
        check_receipt(opening, receipt)
    except Invalid as error:
        raise WordBroken(
            f"the box of this election did not sign this receipt: {error.message}",
            "Compare it with the receipts of others, or copy it again: a single wrong character does this. Take the "
            "opening of the same election. If the whole folder at the desk is like that, tell the observers.",
        ) from None
