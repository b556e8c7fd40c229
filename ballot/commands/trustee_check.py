"""`ballot trustee check`: in, an opening and what a trustee kept; out, whether the box was opened for that key."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import kinds
from ballot.commands.help import example
from ballot.commands.openings import read_opening
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.render import Listing, say, show
from ballot.errors import FAILED_CHECK, Error, Invalid, UsageError
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.votes import OpeningFile, Trustee


class OtherKeys(Error):
    """The box was opened for other keys than the trustee's."""

    exit_code = FAILED_CHECK


def register_check(group: typer.Typer) -> None:
    """Add `check` to the group `ballot trustee`."""
    group.command("check", epilog=example("ballot trustee check opening.json --ceremony ceremony.json"))(check)


def check(
    opening: Annotated[Path, typer.Argument(metavar="OPENING", help="A copy of the public opening.")],
    ceremony: Annotated[
        Path | None,
        typer.Option("--ceremony", metavar="FILE", help="The ceremony, as you kept it in the end."),
    ] = None,
    public: Annotated[
        Path | None, typer.Option("--public", metavar="FILE", help="Without a ceremony: the public part of your key.")
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Check on your own machine that the box was opened for the keys that you know, before anybody votes.

    Exit code 0: it was; 4: it was opened for others. Give your own copy of the ceremony, or your public part.
    """
    from ballot.commands.trustees import MAX_MESSAGE
    from ballot.crypto.words import fingerprint_line
    from ballot.opening import check_ceremony_of
    from ballot.trustees.messages import Transcript
    from ballot.votes import Trustee
    from ballot.wire import MAX_JSON

    if (ceremony is None) == (public is None):
        raise UsageError("one of --ceremony and --public is wanted", "Without a ceremony, give --public.")
    held = kinds.read_as(ceremony, Transcript, kinds.CEREMONY, MAX_MESSAGE) if ceremony else None
    own = kinds.read_as(public, Trustee, kinds.PUBLIC, MAX_JSON) if public else None
    file = read_opening(opening)
    stated = file.signed.opening
    try:
        if held:
            check_ceremony_of(stated, file.election.group, file.trustees, (held,))
        if own:
            _check_key(file, own)
    except Invalid as error:
        raise OtherKeys(
            f"the box was not opened for your key: {error.message}",
            "Look whether both files are of this election. If they are, tell everybody before anybody votes: whoever "
            "put other keys in its place could read every ballot.",
        ) from None
    if ceremony:
        # A ceremony.json that a manipulated desk hands out today is right in itself, and fits the opening, too.
        say("The box was opened for this ceremony. If you kept this copy since its end, your key is in it;")
        say("else ask with your key file: `ballot trustee next {} --key KEY`.", word(ceremony))
    else:
        say("The box was opened for your key.")
    say("Compare the words with those that were read aloud.")
    rows = [
        ("Election", file.election.name),
        ("Opening, in words", numbered(fingerprint_line(stated.fingerprint))),
        ("Trustees", ", ".join(stated.trustee_names)),
        ("Needed for the count", f"{stated.need} of {len(stated.trustee_names)}"),
    ]
    if held:
        rows.append(("Ceremony, in words", numbered(fingerprint_line(held.digest))))
    show(
        {
            "opening": stated.fingerprint,
            "trustees": stated.trustee_names,
            "need": stated.need,
            "ceremony": stated.ceremony,
        },
        Listing("", tuple(rows)),
        as_json=as_json,
        plain=plain,
    )


def _check_key(file: "OpeningFile", own: "Trustee") -> None:
    """Raise Invalid unless the key is in the opening, under its trustee's name."""
    from ballot.tables import named_in

    names = file.signed.opening.trustee_names
    name = named_in(names, own.name)
    if not name or file.trustees[names.index(name)] != own.key:
        raise Invalid(f"the key of {own.name} is not in it")
