"""`ballot envelopes`: in, keys, delegates' numbers, codes; out, slips for cutting, the booth's file, the register."""

from pathlib import Path
from typing import Annotated

import typer

from ballot.commands import ask, files, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, PersonGroup, example
from ballot.commands.officials import HeadOption, HeadPassphrase, SealOption, SealPassphrase, both
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import progress
from ballot.commands.render import Listing, counted, say, show
from ballot.typed import word

MAX_CODES_FILE = 1024 * 1024

_TAKEN = (
    "Choose another name: --out is for the slips, --booth for the file of the booths. --force overwrites; slips that "
    "were not printed are lost then."
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="Anonymous papers in envelopes.",
        epilog=example("ballot envelopes hand-out 17"),
    )
    for name, function, line in (
        ("print", print_, "ballot envelopes print --count 40 --head head.key --seal seal.key --out slips.txt"),
        ("hand-out", hand_out, "ballot envelopes hand-out 17"),
        ("return", return_, "ballot envelopes return --codes unused.txt"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="envelopes", rich_help_panel=COMMITTEE)


def print_(
    count: Annotated[int, typer.Option("--count", metavar="N", help="How many envelopes.", min=1)],
    head: HeadOption,
    seal: SealOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The slips, to print and cut.")] = Path(
        "slips.txt"
    ),
    booth: Annotated[
        Path, typer.Option("--booth", metavar="FILE", help="The file for the booths, with all envelopes so far.")
    ] = Path("envelopes.json"),
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make anonymous papers, signed by the head and sealed, with codes on slips for opaque envelopes.

    Print, cut, put each slip into an envelope, shuffle them, and delete the file: whoever has a code has a vote. The
    file for the booths can be copied freely: without a code it tells nothing. It holds all envelopes so far, so a new
    one takes the place of this election's earlier one.
    """
    from ballot.acts.election import opening_file
    from ballot.acts.envelopes import booth_files, print_envelopes, require_printable
    from ballot.envelopes import slips
    from ballot.files import SECRET, NewFile, write_together
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        with opened.read() as view:
            require_printable(view, count)
            file = opening_file(view)
            earlier = any(files.holds(booth, data) for data in booth_files(view))
        check_free([out], force, _TAKEN, kind=kinds.TEXT)
        if not earlier:
            check_free([booth], force, _TAKEN, kind=kinds.ENVELOPES, of=file.signed.opening.fingerprint)
        files.warn_of_disk(out, store)

        def deliver(bits: list[int], for_booths: bytes) -> None:
            for_hands = slips(file.signed.opening, file.election.name, bits)
            write_together([NewFile(out, for_hands, SECRET), NewFile(booth, for_booths, renews=earlier)], force)

        keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
        with progress("Signing", count, plain) as advance:
            print_envelopes(opened, *keys, count, now(), deliver, advance)
    show(
        {"count": count, "slips": str(out), "booth": str(booth)},
        Listing("", (("Envelopes", count), ("Slips", str(out)), ("For the booths", str(booth)))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: print and cut {}, fill and shuffle the envelopes, count them, then delete the file.", out)
    say("Copy {} to every booth: `ballot booth --envelopes {}`.", booth, word(booth))


def hand_out(
    delegate: Annotated[int, typer.Argument(metavar="NUMBER", help="The delegate's number on the roll.")],
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Enter in the register that a delegate draws an envelope. Nobody notes which one.

    It says name and organisation and asks once more: compare them with the person, for the entry cannot be taken back.
    They are shown here only: what is published has the number.
    """
    from ballot.acts.admission import Admission
    from ballot.acts.desk import standing_of
    from ballot.acts.envelopes import hand_out as draw
    from ballot.errors import Refused
    from ballot.register import Way
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        with opened.read() as view:
            standing = standing_of(view, delegate)
            Admission(view).check(delegate, Way.ENVELOPE)
        name, organisation = standing.delegate.name, standing.member.organisation
        say("Delegate {} is {}, {}.", delegate, name, organisation)
        if not ask.confirm(f"Enter for good that delegate {delegate} draws an envelope?", yes):
            raise Refused("nothing was entered", "Find out the number, and let nobody draw an envelope before that.")
        draw(opened, delegate, now())
    show(
        {"delegate": delegate, "name": name, "organisation": organisation},
        Listing("", (("Delegate", delegate), ("Name", name), ("Organisation", organisation))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: let delegate {}, {}, sign and draw an envelope.", delegate, name)


def return_(
    code: Annotated[list[str] | None, typer.Argument(metavar="CODE...", help="Codes of envelopes.")] = None,
    codes_file: Annotated[
        Path | None, typer.Option("--codes", metavar="FILE", help="A file with one code on each line.")
    ] = None,
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Publish the papers of envelopes that nobody drew, so that they can never be cast.

    Open them before witnesses, at the close or before the count. It says how many they are and asks once more: an
    envelope that was returned can never be handed out.
    """
    from ballot.acts.envelopes import give_back, judge_returns
    from ballot.acts.status import next_step
    from ballot.errors import Refused, UsageError
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        with opened.read() as view:
            # In the wrong phase nothing need be said about codes.
            judge_returns(view, ())
            typed = list(code or ()) + (_lines(codes_file) if codes_file else [])
            if not typed:
                raise UsageError(
                    "no code is given", "Write them behind the command, or into a file that --codes names."
                )
            read = _read_codes(typed)
            _, left = judge_returns(view, read)
        say("{} will be returned; {} will still be at the desk.", counted(len(read), "envelope"), left)
        if not ask.confirm("Return them for good? Nobody can vote with them after that.", yes):
            raise Refused("no envelope was returned", "Return them when nobody else comes to draw one.")
        left = give_back(opened, read, now())
        with opened.read() as view:
            step = next_step(view, view.phase())
    say("{} returned.", counted(len(read), "envelope"))
    show(
        {"returned": len(read), "not_handed_out": left},
        Listing("", (("Returned now", len(read)), ("Still at the desk", left))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: {}.", step)


def _lines(path: Path) -> list[str]:
    from ballot.envelopes import are_slips
    from ballot.errors import Invalid

    text = files.read(path, "the file of codes", MAX_CODES_FILE).decode("utf-8-sig", errors="replace")
    if are_slips(text):
        raise Invalid(
            f"{path} holds the slips as they were printed, and a file of codes is wanted",
            "Open the envelopes that nobody drew, and write their codes into a file, one on each line, nothing else.",
        )
    return [line for line in text.splitlines() if line.strip()]


def _read_codes(typed: list[str]) -> list[tuple[str, int]]:
    """The bits of codes, each named by its place. Raises BadInput naming every one that cannot be read."""
    from ballot.crypto import codes
    from ballot.errors import BadInput, Fault, Invalid

    read: list[tuple[str, int]] = []
    faults: list[Fault] = []
    for place, text in enumerate(typed, start=1):
        try:
            read.append((f"code {place}", codes.read(text)))
        except Invalid as error:
            faults.append(Fault.of(f"code {place}", error))
    if faults:
        raise BadInput(faults)
    return read
