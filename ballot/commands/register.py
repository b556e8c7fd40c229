"""`ballot register`: in, the store; out, who was handed a paper and how, before the record tells it to everybody."""

from typing import TYPE_CHECKING

import typer

from ballot.commands.help import COMMITTEE, example
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption
from ballot.commands.render import Listing, Part, Table, show

if TYPE_CHECKING:
    from ballot.acts.register import Handed


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("register", rich_help_panel=COMMITTEE, epilog=example("ballot register"))(register_)


def register_(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """Show who was handed a paper, when and how, and which papers were spoiled and delegates replaced.

    Names are the committee's: the published register has numbers and organisations. No paper and no ballot is named.
    """
    from ballot.acts.register import listed
    from ballot.store.repo import Store

    with Store.open(store) as opened, opened.read() as view:
        found = listed(view)
    papers = tuple((one.delegate, one.name, one.organisation, _minute(one.at), _way(one)) for one in found.papers)
    replaced = tuple((one.delegate, one.name, one.organisation, _minute(one.at), one.letter) for one in found.replaced)
    who = ("No.", "Name", "Organisation", "Minute (UTC)")
    parts: list[Part] = [Table("", (*who, "Way"), papers)]
    if replaced:
        parts.append(Table("Delegates who were replaced", (*who, "Letter"), replaced))
    show(found, *parts, Listing("", (("Papers handed out", len(papers)),)), as_json=as_json, plain=plain)


def _minute(at: str) -> str:
    return at.replace("T", " ").replace("Z", "")


def _way(paper: "Handed") -> str:
    # At the desk it is always the desk that knows who came; of a request somebody says so.
    attested = f", attested by {paper.attested}" if paper.way == "request" else ""
    return f"{paper.way}{attested}{'; spoiled' if paper.spoiled else ''}"
