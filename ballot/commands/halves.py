"""Files between head and keeper of a seal elsewhere: in, what was made; out, what it is called, and what comes next."""

from pathlib import Path

from ballot.commands.render import Listing, say, show
from ballot.typed import word

HALF_OPENING, SEALED_OPENING = Path("opening.half.json"), Path("opening.sealed.json")
HALF_DECLARATION, SEALED_DECLARATION = Path("declaration.half.json"), Path("declaration.sealed.json")
HALF_RECORD, RECORD = Path("record.half.zip"), Path("record.zip")
"""Halves of the head, and what the keeper makes of them, unless another name is given."""


def show_half(out: Path, keeper: str, again: str, as_json: bool, plain: bool) -> None:
    """Show where a half is, with the keeper's command (what stands after its name) and the head's one after that."""
    show({"half": str(out)}, Listing("", (("Half", str(out)),)), as_json=as_json, plain=plain)
    verb, *options = keeper.split(" ", 1)
    step = " ".join(["ballot keeper", verb, word(out), *options, "--seal FILE --log FILE"])
    say("Nothing is fixed by it. Next: the keeper of the seal runs `{}`; then", step)
    say("`{}` takes in what comes back.", again)
