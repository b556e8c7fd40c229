"""What the committee knows of delegates and the record does not tell: in, the store; out, register and salts."""

from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands.help import COMMITTEE, example
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption
from ballot.commands.render import Listing, Part, Table, say, show
from ballot.commands.text import minute

if TYPE_CHECKING:
    from ballot.acts.register import Handed


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("register", rich_help_panel=COMMITTEE, epilog=example("ballot register"))(register_)
    app.command("salt", rich_help_panel=COMMITTEE, epilog=example("ballot salt 17"))(salt)


def register_(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show who was handed a paper, when and how, and which papers were spoiled and delegates replaced.

    Names are the committee's: the published register has numbers and organisations. No paper and no ballot is named.
    """
    from ballot.acts.register import listed
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        found = listed(view)
    papers = tuple((one.delegate, one.name, one.organisation, minute(one.at), _way(one)) for one in found.papers)
    replaced = tuple(
        (one.delegate, one.name or "replaced again", one.organisation, minute(one.at), one.letter)
        for one in found.replaced
    )
    who = ("No.", "Name", "Organisation", "Minute (UTC)")
    parts: list[Part] = [Table("", (*who, "Way"), papers)]
    if replaced:
        parts.append(Table("Delegates who were replaced", (*who, "Letter"), replaced))
    show(found, *parts, Listing("", (("Papers handed out", len(papers)),)), as_json=as_json, plain=plain)


def salt(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The delegate's number on the roll.")],
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show the salt with which a delegate can check that the published roll has their name.

    Give it to that delegate alone: whoever has it can show others which number on the roll is this person.
    """
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        delegate = view.roll().delegate(number)
        found = view.salts()[number].hex()
    say("Give the salt to {} alone. With it and the record, `ballot check-name` checks the roll.", delegate.name)
    show(
        {"delegate": number, "name": delegate.name, "salt": found},
        Listing("", (("Delegate", number), ("Name", delegate.name), ("Salt", found))),
        as_json=as_json,
        plain=plain,
    )


def _way(paper: "Handed") -> str:
    # At the desk it is always the desk that knows who came; of a request somebody says so.
    attested = f", attested by {paper.attested}" if paper.way == "request" else ""
    return f"{paper.way}{attested}{'; spoiled' if paper.spoiled else ''}"
