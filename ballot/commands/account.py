"""What becomes of papers: in, a surrendered paper, or a letter; out, an act in the journal; and the sheet."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask, files, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.keyfiles import named
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.render import Listing, say, show

if TYPE_CHECKING:
    from ballot.store.repo import Store
    from ballot.votes import BoothPaper


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for name, function, line in (
        ("spoil", spoil, "ballot spoil paper.json --delegate 17"),
        ("replace", replace, 'ballot replace 17 --name "Nora Newcomer" --letter "letter of 3 May"'),
        ("reconcile", reconcile, "ballot reconcile"),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(line))(function)


def spoil(
    delegate: Annotated[int, typer.Option("--delegate", metavar="NUMBER", help="Who surrenders the paper.")],
    paper: Annotated[
        Path | None, typer.Argument(metavar="PAPER", help="The surrendered paper, or a file with an envelope's code.")
    ] = None,
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The code of an envelope, not to be asked.")] = "",
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Take back a damaged paper: its credential is published as spoiled, and the delegate may have one fresh paper.

    Without PAPER it asks for the code on the slip. A paper on which a ballot was cast cannot be spoiled. Whoever gives
    a paper back gives up the vote on it.
    """
    from ballot.acts.desk import standing_of
    from ballot.acts.papers import require_spoilable, require_surrenderable
    from ballot.acts.papers import spoil as spoil_paper
    from ballot.errors import Refused, UsageError
    from ballot.store.repo import Store

    if paper is not None and code:
        raise UsageError("one surrendered paper is wanted", "Name its file, or its envelope's code with --code.")
    with Store.open(store) as opened:
        with opened.read() as view:
            require_surrenderable(view, delegate)
            standing = standing_of(view, delegate)
        if paper is None and not code:
            code = ask.ask_line("Code on the slip:", "--code, or name the file of the paper")
        surrendered, from_envelope = surrendered_in(opened, paper, code)
        with opened.read() as view, kinds.unchanged(paper or "the paper of this code"):
            require_spoilable(view, delegate, surrendered, from_envelope)
        say("Delegate {} is {}, {}.", delegate, standing.delegate.name, standing.member.organisation)
        say("Nothing shows whose paper it is: take it from their own hand only.")
        if not ask.confirm(f"Spoil it for delegate {delegate}, for good?", yes):
            raise Refused("the paper is not spoiled", "Find out whose it is. Under a wrong number it costs a vote.")
        spoil_paper(opened, delegate, surrendered, from_envelope, now())
    credential = surrendered.paper.credential
    say("The paper is spoiled.")
    show(
        {"delegate": delegate, "credential": credential},
        Listing("", (("Delegate", delegate), ("Spoiled credential", credential))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: `ballot issue` or `ballot envelopes hand-out` for a fresh one.")


def surrendered_in(store: "Store", paper: Path | None, code: str) -> "tuple[BoothPaper, bool]":
    """The paper in a file, or of the envelope whose code stands there, or whose code it is; and if it is an envelope's.

    Raises Invalid and Refused.
    """
    from ballot.acts.envelopes import paper_of
    from ballot.crypto import codes
    from ballot.votes import BoothPaper
    from ballot.wire import MAX_JSON

    data = b"" if paper is None else files.read(paper, kinds.PAPER, MAX_JSON)
    given = code if paper is None else kinds.code_in(data)
    if paper is not None and not given:
        return kinds.decode_as(paper, data, BoothPaper, kinds.PAPER, MAX_JSON), False
    with nullcontext() if paper is None else named(paper):
        bits = codes.read(given)
    with store.read() as view:
        return paper_of(view, bits), True


def replace(
    delegate: Annotated[int, typer.Argument(metavar="NUMBER", help="The delegate's number on the roll.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Who comes instead.")],
    letter: Annotated[
        str, typer.Option("--letter", metavar="REF", help="The member's letter; the reference is published.")
    ],
    yes: YesOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Let another person come for a delegate, by a letter of the organisation, until a paper is issued.

    It says who does not come and asks once more. The number stays. The roll that was published stays too; the journal
    has the salted hash of the new name.
    """
    from ballot.acts.desk import standing_of
    from ballot.acts.election import ledger_of
    from ballot.acts.papers import replace as replace_delegate
    from ballot.errors import Refused
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        with opened.read() as view:
            before = standing_of(view, delegate)
            ledger_of(view).replace(delegate)
        say("Delegate {} is {}, {}.", delegate, before.delegate.name, before.member.organisation)
        say("Who comes instead: {}. By: {}.", name, letter)
        if not ask.confirm(f"Let {name} come instead, for good?", yes):
            raise Refused("nobody was replaced", "Compare the letter with the delegate's number and name.")
        present, salt = replace_delegate(opened, delegate, name, letter, now())
    say(
        "{} of {} does not come. Delegate {} is now {}.",
        before.delegate.name,
        before.member.organisation,
        delegate,
        name,
    )
    show(
        {"delegate": delegate, "name": present.name, "letter": letter, "salt": salt.hex()},
        Listing("", (("Delegate", delegate), ("Name", present.name), ("Letter", letter), ("Salt", salt.hex()))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: give the salt to that person, for `ballot check-name`; `ballot salt {}` shows it again.", delegate)


def reconcile(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show where all papers are: issued = cast + spoiled + returned + outstanding.

    Counts only, at any time after the opening.
    """
    from ballot.acts.election import reconciliation
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        sheet = reconciliation(view)
    figures = (
        ("issued", "Papers issued", sheet.issued),
        ("cast", "  cast", sheet.cast),
        ("spoiled", "  spoiled", sheet.spoiled),
        ("returned", "  returned unused", sheet.returned),
        ("outstanding", "  outstanding", sheet.outstanding),
        ("with_delegates", "    with delegates", sheet.with_delegates),
        ("not_handed_out", "    envelopes at the desk", sheet.not_handed_out),
        ("handed_out", "Papers handed out", sheet.handed_out),
    )
    show(
        {name: count for name, _, count in figures},
        Listing("", tuple((label, count) for _, label, count in figures)),
        as_json=as_json,
        plain=plain,
    )
