"""`ballot trustees missing`: in, names of trustees who do not come; out, their announcement, for good."""

from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask
from ballot.commands.clock import now
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.render import Cell, Listing, counted, say, show
from ballot.typed import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.acts.standins import Announcement


def missing(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Trustees who do not come, all at once.")],
    store: StoreOption = DEFAULT_STORE,
    yes: YesOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Announce which trustees are missing at the count, before others stand in for them.

    It is never taken back, even where the trustee comes after all: no more can be announced than can be spared. Tell it
    to all trustees at once. If others were called missing to each of them, the keys of all could be collected bit by
    bit, and single ballots opened.
    """
    from ballot.acts.awaited import awaited
    from ballot.acts.standins import announce_missing, announcement
    from ballot.errors import Refused
    from ballot.store.repo import Store

    with Store.open(store) as opened:
        with opened.read() as view:
            told = announcement(view, names)
        if told.fresh:
            _tell_limit(told)
            if not ask.confirm(f"Announce for good that {_are(told.fresh)} missing?", yes):
                raise Refused("nobody was announced as missing", "Announce it when you are sure that they do not come.")
        announce_missing(opened, told.names, now())
        with opened.read() as view:
            waiting = awaited(view)
    listed = ", ".join(told.names)
    say("Tell all trustees at once: missing {} {}.", "is" if len(told.names) == 1 else "are", listed)
    say("A key that others stand in for becomes public with the record; the share itself is still taken until then.")
    entries: tuple[tuple[str, Cell], ...] = (("Missing", listed), *(("Awaited", one) for one in waiting))
    show({"missing": told.names, "awaited": waiting}, Listing("", entries), as_json=as_json, plain=plain)
    steps = "; then ".join(f"`ballot trustee stand-in {word(name)} --key KEY`" for name in told.names)
    say("Next, with the keys of those who gave their shares: {}.", steps)


def _tell_limit(told: "Announcement") -> None:
    """Say how many can ever be announced, before one more is."""
    before = f"; so far: {', '.join(told.told)}" if told.told else ""
    say("No more than {} can ever be announced as missing{}.", counted(told.spare, "trustee"), before)
    say("It cannot be taken back, even if the trustee comes after all. Look for everybody first.")
    if told.others:
        say("Wait for {}: whoever turns out to have lost a key later may be one too many.", ", ".join(told.others))


def _are(names: "Sequence[str]") -> str:
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"
