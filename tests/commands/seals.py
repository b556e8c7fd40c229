"""The seal on a laptop of its own, step by step: machines in, and the files that go to and fro between them."""

from ballot.crypto.keys import OfficialKey, load_official
from ballot.errors import Refused
from tests.commands.machines import PHRASE, Assembly

HEAD = ("--head", "head.key")
BOTH = (*HEAD, "--seal", "seal.key")
READY = (*HEAD, "--seal-ready", "seal-ready.json")
SEAL = ("--seal", "seal.key", "--log", "seal.log")
DECLARATION = ("keeper", "declaration", "declaration.half.json", "--opening", "opening.json", *SEAL)
UNREHEARSED = ("--without-rehearsal", "a test")
SEALED = ("open", *HEAD, "--sealed", "opening.sealed.json", *UNREHEARSED)
ATTESTED = ("--attested-by", "Ana at the desk")


def opens(assembly: Assembly) -> None:
    """Put the seal on the half opening, open the box, and give everybody the opening."""
    desk, keeper = assembly.committee, assembly.keeper
    keeper.does("keeper", "opening", "opening.half.json", *SEAL)
    keeper.gives("opening.sealed.json", desk)
    desk.does(*SEALED)
    for other in (keeper, assembly.booth):
        desk.gives("opening.json", other)


def votes(assembly: Assembly, number: int) -> None:
    """A delegate asks for a paper, gets it from both laptops, and votes."""
    desk, keeper = assembly.committee, assembly.keeper
    device = assembly.asks(f"d{number}", number)
    desk.does("issue", f"d{number}.json", *HEAD, *ATTESTED)
    desk.gives(f"answers/delegate-{number}.half.json", keeper)
    keeper.does("seal-papers", f"delegate-{number}.half.json", "--opening", "opening.json", *SEAL)
    keeper.gives(f"answers/delegate-{number}.response.json", device, "response.json")
    device.does("receive", "response.json", "--opening", "opening.json")
    device.does("vote", "paper.json", "--opening", "opening.json", "--marks", "1")
    device.gives("sealed.json", desk, f"sealed-{number}.json")
    desk.does("cast", f"sealed-{number}.json")


def counts(assembly: Assembly) -> None:
    """Close and count, and make the half of the declaration."""
    desk = assembly.committee
    desk.does("close", "--yes")
    desk.does("trustee", "share", "tara.key")
    desk.does("count")
    desk.does("declare", *HEAD)
    desk.gives("declaration.half.json", assembly.keeper)


def declares(assembly: Assembly) -> None:
    """Declare, and make the half of the record."""
    desk, keeper = assembly.committee, assembly.keeper
    keeper.does(*DECLARATION)
    keeper.gives("declaration.sealed.json", desk)
    desk.does("declare", *HEAD, "--sealed", "declaration.sealed.json")
    desk.does("publish", *HEAD)
    desk.gives("record.half.zip", keeper)


def head_of(assembly: Assembly) -> OfficialKey:
    """The head's key, unlocked."""
    return load_official((assembly.committee / "head.key").read_bytes(), "head", PHRASE)


def stop(*_: object) -> None:
    """In the place of the prompt for a passphrase: what was said before it can be read."""
    raise Refused("the passphrase was asked for")
