"""`ballot desk`: in, what is typed at the registration table; out, papers and envelopes, one delegate after the other.

Everything that is done goes through the acts of the other commands, is asked for once more before it is done, and is
shown afterwards. Nothing can be undone here: a damaged paper is surrendered, and the journal tells it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask, files
from ballot.commands.committee import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.keyfiles import HeadPassphrase, SealPassphrase, both
from ballot.commands.options import DEFAULT_STORE, PlainOption, StoreOption
from ballot.commands.render import Listing, plain_lines, say

if TYPE_CHECKING:
    from ballot.acts.desk import Standing, Table
    from ballot.crypto.keys import OfficialKey
    from ballot.finding import Person
    from ballot.store.repo import Store

SHOWN = 9
"""Most delegates that a search shows at once."""


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot desk", "ballot desk --head head.key --seal seal.key --papers papers")
    app.command("desk", rich_help_panel=COMMITTEE, epilog=text)(desk)


def desk(
    head: Annotated[
        Path | None, typer.Option("--head", metavar="FILE", help="The head's key file, to make papers at the desk.")
    ] = None,
    seal: Annotated[
        Path | None, typer.Option("--seal", metavar="FILE", help="The seal's key file, to make papers at the desk.")
    ] = None,
    papers: Annotated[
        Path, typer.Option("--papers", metavar="FOLDER", help="Where a paper made here goes: a stick.")
    ] = Path("papers"),
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    plain: PlainOption = False,
) -> None:
    """Sit at the registration table: find a delegate while typing, and hand out an envelope or issue a paper.

    Type a number, a name or an organisation; arrows and Enter choose. With both keys papers can be made here too. With
    --plain everything is asked line by line.
    """
    from ballot.commands.keyboard import Keyboard
    from ballot.errors import UsageError
    from ballot.store.repo import Store

    if (head is None) != (seal is None):
        raise UsageError("papers are made with both keys or none", "Give --head and --seal, or neither.")
    keyboard = Keyboard()
    with Store.open(store) as opened:
        counter = Counter(opened, None, papers)
        counter.table()
        if head and seal:
            counter.keys = both(head, seal, head_passphrase_file, seal_passphrase_file)
        try:
            if plain:
                _by_lines(counter)
            else:
                from ballot.commands.desk_screen import serve

                serve(counter, keyboard)
        except KeyboardInterrupt:
            say("The desk is closed.")


@dataclass
class Counter:
    """What can be done at a desk, and what it needs for that."""

    store: "Store"
    keys: "tuple[OfficialKey, OfficialKey] | None" = field(repr=False)
    papers: Path

    def table(self) -> "Table":
        """What a desk sees before it asks for anybody. Raises WrongPhase when the election is not open."""
        from ballot.acts.desk import table_of

        with self.store.read() as unit:
            return table_of(unit)

    def standing(self, number: int) -> "Standing":
        """What the desk must know of a delegate, as of now."""
        from ballot.acts.desk import standing_of

        with self.store.read() as unit:
            return standing_of(unit, number)

    def find(self, table: "Table", typed: str) -> "tuple[Person, ...]":
        """Whom the typed words can mean, best first, as many as are shown."""
        from ballot.finding import find

        return find(table.people, typed)[:SHOWN]

    def hand_out(self, number: int) -> str:
        """Enter that a delegate draws an envelope; says so."""
        from ballot.acts.envelopes import hand_out

        hand_out(self.store, number, now())
        return "Let the delegate sign and draw an envelope."

    def make_paper(self, number: int) -> str:
        """Make a delegate's paper here; says where it is. Raises Refused without keys."""
        from ballot.acts.papers import issue
        from ballot.errors import Refused
        from ballot.files import SECRET, write_whole
        from ballot.wire import encode

        if self.keys is None:
            raise Refused("this desk was started without keys", "Start it with --head and --seal, or hand an envelope.")
        # The same name for everybody: a number or a name on a paper would tie the delegate to the ballot.
        path = self.papers / "paper.json"
        if path.exists():
            raise Refused(f"{path} is there already", "The delegate before takes it away first; no copy stays here.")
        files.make_folder(self.papers)
        issue(self.store, *self.keys, number, now(), lambda paper: write_whole(path, encode(paper), SECRET))
        return f"The paper is in {path}: the delegate takes it to the booth; keep no copy."

    def replace(self, number: int, name: str, letter: str) -> str:
        """Let another person come for a delegate; says who."""
        from ballot.acts.papers import replace

        present, salt = replace(self.store, number, name, letter, now())
        return f"Delegate {number} is now {present.name}; the salt of the published hash is {salt.hex()}."

    def spoil(self, number: int, surrendered: str) -> str:
        """Take back an envelope by its code, or a paper by its file."""
        from ballot.commands.account import take_back

        path = Path(surrendered)
        take_back(self.store, number, *((path, "") if path.is_file() else (None, surrendered)))
        return "The paper is spoiled; the delegate may have a fresh one."


@dataclass(frozen=True)
class Choice:
    """Something that can be done for a delegate: its key, its word, the question before, and what does it."""

    key: str
    word: str
    question: str
    act: Callable[[], str]


def choices(counter: Counter, standing: "Standing", line: Callable[[str], str]) -> tuple[Choice, ...]:
    """What can be done for a delegate now; `line` asks for a line of text when that is needed."""
    number, name = standing.delegate.number, standing.delegate.name
    who = f"No. {number}, {name}"
    offered = []
    if standing.free:
        offered.append(Choice("e", "envelope", f"Hand {who} an envelope?", lambda: counter.hand_out(number)))
        if counter.keys is not None:
            offered.append(Choice("p", "paper", f"Make the paper of {who}?", lambda: counter.make_paper(number)))
        if not standing.papers:
            offered.append(
                Choice(
                    "r",
                    "replace",
                    f"Let another person come for {who}?",
                    lambda: counter.replace(number, line("Name of the person:"), line("The member's letter:")),
                )
            )
    elif standing.papers:
        offered.append(
            Choice(
                "s",
                "spoil",
                f"Take the paper of {who} back for good?",
                lambda: counter.spoil(number, line("Code of the envelope, or file of the paper:")),
            )
        )
    return tuple(offered)


def card(standing: "Standing") -> Listing:
    """What is shown of a delegate."""
    delegate, member = standing.delegate, standing.member
    entries = [
        ("Number", str(delegate.number)),
        ("Name", delegate.name + (" (instead of the one on the roll)" if standing.replaced else "")),
        ("Organisation", f"{member.organisation} ({member.id})"),
        ("Region", member.region),
        ("Member", f"{member.kind}, {member.standing}"),
        ("Credentials", delegate.credentials),
        ("Papers so far", ", ".join(standing.papers) or "none"),
        ("Paper", "can be issued" if standing.free else standing.refusal),
    ]
    return Listing("", tuple(entries))


def turnout(table: "Table") -> str:
    """Turnout by region on one line: voting delegates who had a paper, of how many."""
    regions = ", ".join(f"{one.region} {one.came}/{one.voting}" for one in table.regions if one.voting)
    return f"{table.came} of {sum(one.voting for one in table.regions)} came: {regions}"


def _by_lines(counter: Counter) -> None:
    """The desk for screen readers: one question after the other."""
    from ballot.errors import Error

    say("{}", turnout(counter.table()))
    while typed := ask.ask_line("Find (number, name or organisation; empty to leave):", "ballot envelopes hand-out"):
        found = counter.find(counter.table(), typed)
        try:
            person = _picked(found)
            if person is not None:
                _serve_by_lines(counter, person.delegate.number)
        except Error as error:
            say("{}. {}", error.message, error.hint)
    say("The desk is closed.")


def _picked(found: "tuple[Person, ...]") -> "Person | None":
    if not found:
        say("Nobody is found.")
        return None
    if len(found) == 1:
        return found[0]
    for place, person in enumerate(found, start=1):
        say("{}: No. {}, {}, {}", place, person.delegate.number, person.delegate.name, person.member.organisation)
    answer = ask.ask_line(f"Which one (1 to {len(found)}, empty for none):", "ballot envelopes hand-out")
    return found[int(answer) - 1] if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(found) else None


def _serve_by_lines(counter: Counter, number: int) -> None:
    standing = counter.standing(number)
    for line in plain_lines(card(standing)):
        say("{}", line)
    if standing.hint:
        say("{}", standing.hint)
    offered = choices(counter, standing, lambda question: ask.ask_line(question, "ballot spoil"))
    if not offered:
        return
    words = ", ".join(choice.word for choice in offered)
    answer = ask.ask_line(f"Type {words}, or nothing to go back:", "ballot envelopes hand-out").casefold()
    for choice in offered:
        if answer == choice.word and ask.confirm(choice.question, yes=False, option="ballot envelopes hand-out"):
            say("{}", choice.act())
            say("{}", turnout(counter.table()))
