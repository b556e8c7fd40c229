"""`ballot desk`: in, what is typed at the registration table; out, papers and envelopes, one delegate after the other.

Everything that is done goes through the acts of the other commands, is asked for once more before it is done, and is
shown afterwards. Nothing can be undone here: a damaged paper is surrendered, and the journal tells it.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import kinds
from ballot.commands.clock import now
from ballot.commands.escapes import obeys
from ballot.commands.files import warn_of_disk
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import HeadPassphrase, SealPassphrase, both
from ballot.commands.options import DEFAULT_STORE, PlainOption, StoreOption
from ballot.commands.papers import PAPER
from ballot.commands.render import say

if TYPE_CHECKING:
    from ballot.acts.desk import Standing, Table
    from ballot.crypto.keys import OfficialKey
    from ballot.store.repo import Store


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot desk", "ballot desk --head head.key --seal seal.key --papers /media/stick")
    app.command("desk", rich_help_panel=COMMITTEE, epilog=text)(desk)


def desk(
    head: Annotated[
        Path | None, typer.Option("--head", metavar="FILE", help="The head's key file, to make papers at the desk.")
    ] = None,
    seal: Annotated[
        Path | None, typer.Option("--seal", metavar="FILE", help="The seal's key file, to make papers at the desk.")
    ] = None,
    papers: Annotated[
        Path | None, typer.Option("--papers", metavar="FOLDER", help="The stick that takes a paper made here.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    plain: PlainOption = False,
) -> None:
    """Sit at the registration table: find a delegate while typing, and hand out an envelope or issue a paper.

    Type a number, a name or an organisation; arrows and Enter choose. With both keys and a stick papers can be made
    here too. With --plain, and on a dumb terminal, everything is asked line by line.
    """
    from ballot.commands.keyboard import Keyboard
    from ballot.errors import UsageError
    from ballot.files import check_folder, is_folder
    from ballot.store.repo import Store

    if any((head, seal, papers)) and not (head and seal and papers):
        raise UsageError(
            "papers are made with both keys and a stick, or not at all", "Give --head, --seal and --papers, or none."
        )
    if papers and not is_folder(papers):
        raise UsageError(f"there is no folder {papers}", "Put the stick in, and name its folder with --papers.")
    if papers:
        check_folder(papers)
    keyboard = Keyboard()
    with Store.open(store) as opened:
        counter = Counter(opened, None, papers)
        counter.table()
        if papers:
            warn_of_disk(papers / PAPER, store, "--papers")
        if head and seal:
            counter.keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
        if plain or not obeys(sys.stderr):
            from ballot.commands import desk_lines

            desk_lines.serve(counter)
        else:
            from ballot.commands import desk_screen

            desk_screen.serve(counter, keyboard)
    say("The desk is closed.")


@dataclass
class Counter:
    """What can be done at a desk, and what it needs for that."""

    store: "Store"
    keys: "tuple[OfficialKey, OfficialKey] | None" = field(repr=False)
    papers: Path | None

    def table(self) -> "Table":
        """What a desk sees before it asks for anybody. Raises WrongPhase when the election is not open."""
        from ballot.acts.desk import table_of

        with self.store.read() as view:
            return table_of(view)

    def standing(self, number: int) -> "Standing":
        """What the desk must know of a delegate, as of now. Raises WrongPhase when the election is not open."""
        from ballot.acts.desk import standing_of

        with self.store.read() as view:
            return standing_of(view, number)

    def hand_out(self, number: int) -> str:
        """Enter that a delegate draws an envelope; says so."""
        from ballot.acts.envelopes import hand_out

        hand_out(self.store, number, now())
        return "Let the delegate sign and draw an envelope."

    def make_paper(self, number: int) -> str:
        """Make a delegate's paper on the stick; says where it is. Raises Refused without keys or without the stick."""
        from ballot.acts.papers import issue
        from ballot.errors import Refused
        from ballot.files import SECRET, is_folder, write_whole
        from ballot.wire import encode

        if self.keys is None or self.papers is None:
            raise Refused("this desk was started without keys", "Start it with --head, --seal and --papers.")
        # A folder that is not there is not made: the paper would stay on this disk.
        if not is_folder(self.papers):
            raise Refused(f"there is no folder {self.papers}", "Put the stick in.")
        # The same name for everybody: a number or a name on a paper would tie the delegate to the ballot.
        path = self.papers / PAPER
        if path.exists():
            way_out = "The delegate before takes it away first; no copy stays here."
            spoiled = "It is the paper that was spoiled: delete it from the stick."
            raise Refused(f"{path} is there already", spoiled if self._is_spoiled(path) else way_out)
        issue(self.store, *self.keys, number, now(), lambda paper: write_whole(path, encode(paper), SECRET))
        return f"The paper is in {path}: the delegate takes it to the booth; keep no copy."

    def _is_spoiled(self, path: Path) -> bool:
        from ballot.errors import Invalid
        from ballot.register import Fate
        from ballot.votes import BoothPaper
        from ballot.wire import MAX_JSON

        try:
            credential = kinds.read_as(path, BoothPaper, kinds.PAPER, MAX_JSON).paper.credential
        except Invalid:
            return False
        with self.store.read() as view:
            return view.fate_of(credential) == Fate.SPOILED

    def replace(self, number: int, name: str, letter: str) -> str:
        """Let another person come for a delegate; says who."""
        from ballot.acts.papers import replace

        present, _ = replace(self.store, number, name, letter, now())
        return f"Delegate {number} is now {present.name}. `ballot salt {number}` shows the salt to give them."

    def spoil(self, number: int, surrendered: str) -> str:
        """Take back an envelope by its code, or a paper by its file."""
        from ballot.acts.papers import spoil
        from ballot.commands.account import surrendered_in

        path, code = surrendered_as(surrendered)
        spoil(self.store, number, *surrendered_in(self.store, path, code), now())
        gone = "" if path is None else f"Delete {path}. "
        return f"The paper is spoiled. {gone}The delegate may have a fresh one."


def surrendered_as(typed: str) -> tuple[Path | None, str]:
    """What a delegate brings back, as `surrendered_in` wants it: a file that is there, or an envelope's code.

    Raises Invalid when it is neither.
    """
    from ballot.crypto import codes
    from ballot.errors import Invalid

    path = Path(typed)
    if _is_file(path):
        return path, ""
    if any(mark in typed for mark in "./\\"):
        raise Invalid(f"there is no file {typed}", "Type the path of the paper, or the code on the slip.")
    codes.read(typed)
    return None, typed


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
