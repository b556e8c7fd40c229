"""Papers at the committee: in, a delegate's number or request files, and keys; out, papers and answers."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import (
    HeadOption,
    HeadPassphrase,
    SealOption,
    SealPassphrase,
    both,
    of_election,
    official,
    seal_of,
)
from ballot.commands.openings import OpeningOption, read_opening
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import progress
from ballot.commands.render import Listing, Table, Whole, counted, say, show
from ballot.commands.seallog import LogOption, read_log_for, replace_log, tell_if_new

if TYPE_CHECKING:
    from ballot.acts.desk import Standing
    from ballot.acts.papers import Answered
    from ballot.crypto.keys import OfficialKey
    from ballot.people import Roll
    from ballot.register import RegisterEntry, Request
    from ballot.store.repo import Store
    from ballot.votes import BoothPaper

PAPER = Path("paper.json")
"""Where a paper goes unless another name is given."""

ANSWERS = Path("answers")
"""The folder of answers to requests, unless another one is given."""


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--head head.key --seal seal.key"
    for name, function, lines in (
        ("issue", issue, (f"ballot issue 17 {keys} --out paper.json", f"ballot issue request.json {keys}")),
        (
            "seal-papers",
            seal_papers,
            ("ballot seal-papers answers/*.half.json --seal seal.key --opening opening.json --log seal.log",),
        ),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(*lines))(function)


def issue(
    what: Annotated[list[str], typer.Argument(metavar="NUMBER|REQUEST...", help="A delegate's number, or requests.")],
    head: HeadOption,
    seal: Annotated[
        Path | None, typer.Option("--seal", metavar="FILE", help="The seal's key file, if it is on this machine.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="The paper (paper.json), or the folder of answers (answers)."),
    ] = None,
    attested_by: Annotated[
        str, typer.Option("--attested-by", metavar="NAME", help="Who vouches for requests that bear no signature.")
    ] = "",
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Issue a voting delegate's paper at the desk, or answer request files, all of them or none.

    Both signatures are made blindly: neither the register nor the keys can tell later which ballot came from it. A
    paper file is as good as a vote: give it to the delegate and keep no copy. Without --seal the answers are halves,
    for `ballot seal-papers` where the seal is. A request that was answered before gets the same answer.
    """
    from ballot.acts.desk import standing_of
    from ballot.acts.papers import OPEN_FOR_PAPERS, judge, require_issuable
    from ballot.errors import UsageError
    from ballot.files import check_folder
    from ballot.register import Request
    from ballot.store.repo import Store
    from ballot.tables import whole_number
    from ballot.votes import Phase
    from ballot.wire import MAX_JSON

    number = whole_number(what[0]) if len(what) == 1 else 0
    if len(what) > 1 and any(whole_number(one) and not os.path.lexists(one) for one in what):
        raise UsageError(
            "several delegates' numbers at once are not possible, for each paper goes to a file of its own",
            "Run `ballot issue NUMBER` once for each delegate, with another --out. Request files can be many at once.",
        )
    if number and seal is None:
        raise UsageError(
            "a paper at the desk needs both signatures",
            "Give the seal's key with --seal FILE. Is it elsewhere? Then delegates ask by file: `ballot request`.",
        )
    with Store.open(store) as opened:
        with opened.read() as view:
            # In the wrong phase nothing need be said about files.
            view.require(Phase.OPEN, OPEN_FOR_PAPERS)
            requests = [] if number else kinds.read_all([Path(path) for path in what], Request, kinds.REQUEST, MAX_JSON)
            if number:
                require_issuable(view, number)
                check_free([out or PAPER], force, kind=kinds.PAPER)
                standing = standing_of(view, number)
                # Before the passphrases: whoever has mistyped the number still gets away.
                say("Delegate {} is {}, {}.", number, standing.delegate.name, standing.member.organisation)
                files.warn_of_disk(out or PAPER, store)
            else:
                judge(view, requests, attested_by)
                check_folder(out or ANSWERS, made=True)
                # Before the passphrases: whoever vouches for a request has to know whose it claims to be.
                people = _people(view.roll(), requests)
                for name, (delegate, organisation) in zip((name for name, _ in requests), people, strict=True):
                    say("{} is of {}, {}.", name, delegate, organisation)
        keys = (
            both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            if seal
            else (official(head, "head", head_passphrase_file, of_election(opened)), None)
        )
        if keys[1] and number:
            _at_the_desk(opened, standing, keys, out or PAPER, force, as_json, plain)
        else:
            _by_file(opened, requests, keys, out or ANSWERS, attested_by, as_json, plain)


def _people(roll: "Roll", requests: "list[tuple[str, Request]]") -> list[tuple[str, str]]:
    """Of each request: the delegate, by number and name, and the organisation."""
    delegates = [roll.delegate(request.delegate) for _, request in requests]
    return [(f"delegate {d.number}, {d.name}", roll.member(d.member).organisation) for d in delegates]


def _at_the_desk(
    store: "Store",
    standing: "Standing",
    keys: "tuple[OfficialKey, OfficialKey]",
    out: Path,
    force: bool,
    as_json: bool,
    plain: bool,
) -> None:
    from ballot.acts.papers import issue as issue_paper
    from ballot.files import SECRET, write_whole
    from ballot.wire import encode

    def deliver(paper: "BoothPaper") -> None:
        write_whole(out, encode(paper), SECRET, force)

    delegate, name, organisation = standing.delegate.number, standing.delegate.name, standing.member.organisation
    issue_paper(store, *keys, delegate, now(), deliver)
    say("The paper of delegate {} is in {}.", delegate, out)
    show(
        {"delegate": delegate, "name": name, "organisation": organisation, "paper": str(out)},
        Listing("", (("Delegate", delegate), ("Name", name), ("Organisation", organisation), ("Paper", str(out)))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: the delegate takes it to the booth at once, on a stick. Keep no copy: whoever has it has the vote.")


def _by_file(
    store: "Store",
    requests: "list[tuple[str, Request]]",
    keys: "tuple[OfficialKey, OfficialKey | None]",
    out: Path,
    attested_by: str,
    as_json: bool,
    plain: bool,
) -> None:
    from ballot.acts.papers import answer
    from ballot.wire import encode

    ending = "response" if keys[1] else "half"
    written: list[Path] = []

    def deliver(answers: "Sequence[Answered]") -> None:
        named = [(f"{_stem(entry)}.{ending}.json", encode(given)) for entry, given in answers]
        written.extend(_write_answers(out, named))

    with progress("Signing", len(requests), plain):
        answer(store, *keys, requests, attested_by, now(), deliver)
    _show_answers(requests, written, as_json, plain)
    if keys[1]:
        say("Next: each answer goes back to its delegate, who runs `ballot receive`.")
    else:
        say("Next: the keeper of the seal runs `ballot seal-papers` on these halves.")


def _show_answers(
    requests: "Sequence[tuple[str, object]]", written: Sequence[Path], as_json: bool, plain: bool
) -> None:
    rows = tuple((Whole(name), Whole(path)) for (name, _), path in zip(requests, written, strict=True))
    table = Table("", ("From", "Answer"), rows)
    show([str(path) for path in written], table, as_json=as_json, plain=plain)


def _stem(entry: "RegisterEntry") -> str:
    # A second paper has an answer of its own; it is named after the spoiled one, which is public.
    instead = f"-instead-of-{entry.instead_of[:8]}" if entry.instead_of else ""
    return f"delegate-{entry.request.delegate}{instead}"


def _write_answers(folder: Path, named: list[tuple[str, bytes]]) -> list[Path]:
    """Write answers; one that is there already, byte for byte, stays. Raises Refused when another is in the way."""
    from ballot.files import write_whole

    paths = {folder / name: data for name, data in named}
    missing = {path: data for path, data in paths.items() if not files.holds(path, data)}
    files.make_folder(folder)
    check_free(missing)
    for path, data in missing.items():
        write_whole(path, data)
    return [folder / name for name, _ in named]


def seal_papers(
    responses: Annotated[list[Path], typer.Argument(metavar="HALF...", help="The head's halves.")],
    seal: SealOption,
    opening: OpeningOption,
    log: LogOption,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the answers go.")] = ANSWERS,
    seal_passphrase_file: SealPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Put the seal on papers where the seal is kept, without the store, all of them or none.

    The log lets each delegate have one paper, and another one only for a paper that was surrendered. Keep it with the
    seal: it is what makes the seal a second pair of eyes.
    """
    from ballot.crypto.words import fingerprint_line
    from ballot.errors import BadInput, Error, Fault
    from ballot.files import check_folder
    from ballot.keeper import HalfResponse, check_half, put_seal
    from ballot.wire import MAX_JSON, encode

    file = read_opening(opening)
    halves = kinds.read_all(responses, HalfResponse, kinds.HALF, MAX_JSON)
    so_far = read_log_for(log, opening, file.signed.opening.fingerprint)
    check_folder(out, made=True)
    faults: list[Fault] = []
    for name, half in halves:
        try:
            check_half(file.signed.opening, half)
        except Error as error:
            faults.append(Fault.of(name, error))
    if faults:
        raise BadInput(faults)

    # Before the passphrase: all that the keeper sees of what is asked for, and in which election.
    say("Opening, in words: {}", numbered(fingerprint_line(file.signed.opening.fingerprint)))
    for name, half in halves:
        number, attested = half.entry.request.delegate, half.entry.attested
        again = ", instead of a spoiled paper" if half.entry.instead_of else ""
        say("{}: as the head says, delegate {}{}, attested by: {}", name, number, again, attested)
    tell_if_new(log)

    key, before = seal_of(seal, file.signed.opening, seal_passphrase_file), so_far
    named: list[tuple[str, bytes]] = []
    for name, half in halves:
        try:
            answer, so_far = put_seal(file.signed.opening, file.election, key, so_far, half)
            named.append((f"{_stem(half.entry)}.response.json", encode(answer)))
        except Error as error:
            faults.append(Fault.of(name, error))
    if faults:
        raise BadInput(faults)
    # The log first: an answer that it does not know could be followed by a second paper.
    replace_log(log, before, so_far)
    written = _write_answers(out, named)
    say("The log {} has {}.", log, counted(len(so_far.sealed), "paper"))
    _show_answers(halves, written, as_json, plain)
    say("Next: each answer goes to its delegate, who runs `ballot receive`.")
