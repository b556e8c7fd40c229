"""What the ICB secretary's commands share: options, key files and letters in, one signed act and its tables out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ballot.commands import files, kinds
from ballot.commands.days import check_clock, check_date, day
from ballot.commands.echo import hidden
from ballot.commands.icb_keys import owner, signer
from ballot.commands.icb_sure import check_letter, check_person, tell
from ballot.commands.icb_tables import office_table, papers_of_act, papers_value, place_table
from ballot.commands.render import Listing, Part, say, show

if TYPE_CHECKING:
    from ballot.acts.seats import Standing
    from ballot.icb.places import State
    from ballot.icb.secretary import Act, Document
    from ballot.store.icb import IcbStore

A = TypeVar("A", bound="Act")

DEFAULT_ICB = Path("icb.db")
MAX_LETTER = 64 * 1024 * 1024
"""Largest letter whose SHA-256 is taken, in bytes."""

IcbOption = Annotated[Path, typer.Option("--store", envvar="BALLOT_ICB", help="The store of the ICB's secretary.")]
SecretaryOption = Annotated[Path, typer.Option("--secretary", metavar="FILE", help="The secretary's key file.")]
SecondOption = Annotated[
    Path | None, typer.Option("--second", metavar="FILE", help="The second officer's key file, where it signs too.")
]
BothSecondOption = Annotated[Path, typer.Option("--second", metavar="FILE", help="The second officer's key file.")]
SecretaryPassphrase = Annotated[
    Path | None,
    typer.Option("--secretary-passphrase-file", metavar="FILE", help="File with the secretary's passphrase."),
]
SecondPassphrase = Annotated[
    Path | None,
    typer.Option("--second-passphrase-file", metavar="FILE", help="File with the second officer's passphrase."),
]
OnOption = Annotated[
    str, typer.Option("--on", metavar="YYYY-MM-DD", help="The date from which it holds; today unless given.")
]
PersonOption = Annotated[str, typer.Option("--person", metavar="NAME", help="Who it is.")]
MemberOption = Annotated[str, typer.Option("--member", metavar="ID", help="The id of the person's organisation.")]
LetterOption = Annotated[Path, typer.Option("--letter", metavar="FILE", help="The letter; its SHA-256 is recorded.")]
ReferenceOption = Annotated[
    str, typer.Option("--reference", metavar="TEXT", help="What the letter is called; its file's name unless given.")
]
DecisionOption = Annotated[Path, typer.Option("--decision", metavar="FILE", help="The minutes with the decision.")]
DecisionReference = Annotated[
    str, typer.Option("--decision-reference", metavar="TEXT", help="What the minutes are called.")
]


def document(path: Path, reference: str, option: str = "--reference") -> "Document":
    """A letter by its reference and the SHA-256 of its file. Raises Invalid when it cannot be read or is empty.

    Without a reference the file's name is published; `option` gives another, and whoever types is told so in time.
    """
    from ballot.errors import Invalid
    from ballot.icb.secretary import Document
    from ballot.wire import sha256_hex

    data = files.read(path, "the letter", MAX_LETTER)
    if not data:
        raise Invalid(f"{path} is empty", "Scan or copy the letter again, and look at the file.")
    kind = kinds.kind_of(data)
    if kind in (kinds.KEY, kinds.STORE, kinds.PAPER, kinds.PENDING):
        # Whoever wrote the letter is to get this very file.
        raise Invalid(f"{path} is {kind}, and a letter or minutes are wanted", kinds.instead(path, kind, "a letter"))
    if not reference:
        say(
            "The file name {} will be published, for ever, as what this paper is called. {} gives it another name.",
            path.name,
            f"{option} TEXT",
        )
    return Document(reference or path.name, sha256_hex(data))


def enact(
    store: Path,
    make: "Callable[[State], A]",
    on: str,
    keys: tuple[Path, Path | None, Path | None, Path | None],
    shown: tuple[bool, bool],
    records: Sequence[bytes] = (),
    make_sure: "Callable[[A], None] | None" = None,
    yes: bool = False,
) -> "Standing":
    """Record the act that `make` gives, and show what it changed; one that is not permitted asks for no passphrase.

    `keys` are the key files of secretary and second officer and the files of their passphrases; `shown` is --json and
    --plain. `make_sure` gets the act, and raises Refused when the person does not mean it. `yes` answers the questions
    whether letter and person are the right ones.
    """
    from ballot.acts.seats import last_day, prepare, record_act
    from ballot.errors import Refused
    from ballot.icb.journal import check_keys

    check_date(on)
    secretary, second, secretary_phrase, second_phrase = keys
    with opened(store) as there:
        with there.read() as view:
            last = last_day(view)
            chosen = day(on, last)
            before, meant, _ = prepare(view, make, chosen)
        ours = owner(secretary, "secretary"), owner(second, "second") if second else None
        check_keys(before.state.charter, before.journal, meant, *ours)
        tell(before.state, meant, chosen)
        check_clock(chosen, on, last)
        check_letter(before.state, meant, yes)
        check_person(before.state, meant, yes)
        if make_sure:
            make_sure(meant)
        with hidden():
            first = signer(secretary, "secretary", secretary_phrase)
            other = signer(second, "second", second_phrase) if second else None

        def again(state: "State") -> "Act":
            if (act := make(state)) != meant:
                raise Refused("something else was recorded in the meantime", "Run the command again.")
            return act

        before, after = record_act(there, again, chosen, first, other, records)
    show_act(before, after, *shown)
    return after


@contextmanager
def opened(store: Path) -> "Iterator[IcbStore]":
    """The ICB's store; a refusal in the block that has no hint gets one that suits the ICB."""
    from ballot.store.icb import IcbStore

    hint = "`ballot seats show` shows who sits in the ICB, `ballot acts list` what was recorded."
    with hinted(hint), IcbStore.open(store) as there:
        yield there


@contextmanager
def hinted(hint: str) -> Iterator[None]:
    """Give a refusal in the block that has no hint this one."""
    from ballot.errors import Refused

    try:
        yield
    except Refused as error:
        raise type(error)(error.message, error.hint or hint) from None


def show_act(before: "Standing | None", after: "Standing", as_json: bool, plain: bool) -> None:
    """The newest act: what it says, under which article, and the places and offices that it changed."""
    from ballot.icb.secretary import name_of, sentence

    step, digest = after.state.steps[-1], after.journal[-1].digest
    places = [p for p in after.state.places if before is None or p not in before.state.places]
    offices = [o for o in after.state.offices if before is None or o not in before.state.offices]
    value = {
        "act": step.number,
        "name": name_of(step.act),
        "on": step.on,
        "sentence": sentence(step.act),
        "article": step.article,
        "digest": digest,
        "papers": papers_value(step.act),
        "places": places,
        "offices": offices,
    }
    entries = (("Act", step.number), ("Date", step.on), ("Says", sentence(step.act)), ("Article", step.article))
    parts: list[Part] = [Listing("", (*entries, *papers_of_act(step.act), ("Act's SHA-256", digest)))]
    parts += [place_table("Places", after.state, places)] if places else []
    parts += [office_table(offices)] if offices else []
    show(value, *parts, as_json=as_json, plain=plain)


def seat_named(state: "State", text: str) -> str:
    """The seat or office that a person means: an id such as `at-large:5`, a region, a kind of seat, or an office.

    A kind, such as `ex-officio`, means its first vacant seat. Anything else comes back as it is.
    """
    from ballot.icb.secretary import OFFICE
    from ballot.tables import name_key

    wanted = name_key(text)
    for place in state.places:
        if wanted and wanted in (name_key(place.seat), name_key(place.region)):
            return place.seat
    for place in state.places:
        if wanted == name_key(place.kind) and not place.person:
            return place.seat
    office = state.office(text)
    return OFFICE + office.name if office else text
