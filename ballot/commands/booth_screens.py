"""What the booth shows: in, a terminal and what a screen is about; out, the screen. Who hears it can hear it again."""

from collections.abc import Callable
from pathlib import Path

from ballot.aloud import numbered
from ballot.commands import outbox
from ballot.commands.marking import AGAIN, LIST
from ballot.commands.render import Listing
from ballot.commands.terminal import Terminal

CAST = "cast"
CHALLENGE = "challenge"
END = "end"

_CHOICES = (
    (CAST, "it becomes your vote."),
    (CHALLENGE, "open it, to check that the booth sealed what you marked. It can then never be cast; you mark afresh."),
    (AGAIN, "throw it away and mark afresh."),
)

Made = dict[str, str]
"""What came of a ballot: its tracker or hash, the same in words, and the file it lies in."""


def show_start(terminal: Terminal, election: str, fingerprint: str, wanted: str) -> None:
    """What the next voter compares and may type; `wanted` names a code, if the booth opens any."""
    _show_words(terminal, election, fingerprint)
    terminal.warn()
    terminal.tell(f"Type {wanted}the path of your paper's file. To close the booth, type {END}.")
    terminal.gap()


def show_words(terminal: Terminal, election: str, fingerprint: str) -> None:
    """What a voter compares whose paper was given with the opening: whoever made both could open the ballot."""

    def show() -> None:
        terminal.wipe()
        _show_words(terminal, election, fingerprint)

    _until_enter(terminal, show, "Press Enter if these are the words, or Ctrl-C:")


def _show_words(terminal: Terminal, election: str, fingerprint: str) -> None:
    from ballot.crypto.words import fingerprint_line

    terminal.tell("{}", election)
    terminal.gap()
    terminal.tell("Fingerprint, as read aloud at the opening:")
    terminal.tell("{}", numbered(fingerprint_line(fingerprint)))
    terminal.gap()


def show_sealed(terminal: Terminal, digest: str) -> None:
    """The hash of a sealed ballot, and what can become of it."""
    from ballot.receipt import digest_line

    terminal.wipe()
    terminal.tell("Your ballot is sealed: its marks are encrypted.")
    terminal.gap()
    terminal.show(Listing("", (("Hash", digest), ("In words", numbered(digest_line(digest))))))
    terminal.gap()
    terminal.show(Listing("", _CHOICES))
    terminal.gap()
    terminal.tell("If you want to check the booth, write down the words before you choose.")


def show_cast(terminal: Terminal, made: Made) -> None:
    """What to keep of a ballot that is cast, until Enter."""

    def show() -> None:
        terminal.wipe()
        terminal.tell("Your ballot is cast. It lies sealed in the outbox; at the desk it goes into the box.")
        terminal.gap()
        receipt = outbox.receipt_name(made["tracker"])
        kept = (("Tracker", made["tracker"]), ("In words", numbered(made["in words"])), ("Receipt", receipt))
        terminal.show(Listing("", kept))
        terminal.gap()
        _warn(terminal, made)
        terminal.tell(
            "Note the tracker. Receipts of all ballots will lie at the desk: take all of them, and ask for none. "
            "Yours will show that your ballot was counted, and nobody how you voted."
        )

    _until_enter(terminal, show, "Press Enter to clear the screen:")


def show_challenge(terminal: Terminal, made: Made) -> None:
    """Where an opened ballot is and how it is checked, until Enter."""

    def show() -> None:
        terminal.wipe()
        terminal.tell("This ballot is opened: it can never be cast. It is in")
        terminal.tell("{}", made["file"])
        terminal.gap()
        terminal.tell("Take the file to any other machine and type there:")
        terminal.tell("ballot check-challenge {} --opening opening.json", Path(made["file"]).name)
        terminal.gap()
        terminal.tell(
            "It shows the marks that were really sealed, and the hash. Both must be those that you saw here. "
            "Whoever has the file can read its marks, and tell which ballot in the box is yours: check it alone. "
            "If the booth was honest, delete the file; if it was not, keep it as proof."
        )
        _warn(terminal, made)
        terminal.gap()

    _until_enter(terminal, show, "Press Enter to mark a fresh ballot on your paper:")


def _until_enter(terminal: Terminal, show: Callable[[], None], question: str) -> None:
    again = f"{LIST} repeats this. " if terminal.plain else ""
    show()
    while terminal.ask(f"{again}{question}").casefold() == LIST and again:
        show()


def _warn(terminal: Terminal, made: Made) -> None:
    if "warning" in made:
        terminal.tell("Warning: {}", made["warning"])
