"""What the ICB secretary's commands share: options, key files and letters in, one signed act and its tables out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ballot.commands import ask, files
from ballot.commands.keyfiles import OFFICE, named, variable
from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, say, show

if TYPE_CHECKING:
    from ballot.acts.seats import Standing
    from ballot.crypto.signer import SignerKey
    from ballot.icb.places import Office, Place, State
    from ballot.icb.secretary import Act, Document

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
    str, typer.Option("--on", metavar="YYYY-MM-DD", help="The date from which it holds; today (UTC) unless given.")
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


def day(on: str) -> str:
    """The date of an act: as given, else today. Raises Refused for a day that has not come anywhere in the world."""
    from ballot.errors import Refused
    from ballot.icb.secretary import is_date

    today = datetime.now(UTC).date()
    if on and is_date(on) and on > (today + timedelta(days=1)).isoformat():
        raise Refused(f"{on} is still to come", "An act is recorded when it holds; the journal is never changed.")
    return on or today.isoformat()


def document(path: Path, reference: str) -> "Document":
    """A letter by its reference and the SHA-256 of its file. Raises Invalid when it cannot be read."""
    from ballot.icb.secretary import Document
    from ballot.wire import sha256_hex

    return Document(reference or path.name, sha256_hex(files.read(path, "the letter", MAX_LETTER)))


def signer(path: Path, role: Literal["secretary", "second"], passphrase_file: Path | None) -> "SignerKey":
    """The key of the secretary or the second officer. Raises KeyRefused, Invalid or UsageError."""
    from ballot.crypto.keys import MAX_KEY_FILE
    from ballot.crypto.signer import load_signer

    data = files.read(path, f"the key file of {OFFICE[role]}", MAX_KEY_FILE)
    option = f"--{role}-passphrase-file"
    with named(path):
        return ask.unlock(
            lambda phrase: load_signer(data, role, phrase),
            f"Passphrase of {OFFICE[role]} for {path.name}",
            passphrase_file,
            variable(role),
            option,
        )


def enact(
    store: Path,
    make: "Callable[[State], Act]",
    on: str,
    keys: tuple[Path, Path | None, Path | None, Path | None],
    shown: tuple[bool, bool],
    records: Sequence[bytes] = (),
) -> "Standing":
    """Record the act that `make` gives, and show what it changed.

    `keys` are the key files of secretary and second officer and the files of their passphrases; `shown` is --json and
    --plain.
    """
    from ballot.acts.seats import record_act
    from ballot.store.icb import IcbStore

    date = day(on)
    secretary, second, secretary_phrase, second_phrase = keys
    with IcbStore.open(store) as opened, _hinted():
        first = signer(secretary, "secretary", secretary_phrase)
        other = signer(second, "second", second_phrase) if second else None
        before, after = record_act(opened, make, date, first, other, records)
    show_act(before, after, *shown)
    return after


@contextmanager
def _hinted() -> Iterator[None]:
    """Give a refusal that has no hint one that suits the ICB."""
    from ballot.errors import Refused

    try:
        yield
    except Refused as error:
        hint = "`ballot seats show` shows who sits in the ICB, `ballot acts list` what was recorded."
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
        "places": places,
        "offices": offices,
    }
    entries = (("Act", step.number), ("Date", step.on), ("Says", sentence(step.act)), ("Article", step.article))
    parts: list[Part] = [Listing("", (*entries, ("SHA-256", digest)))]
    parts += [place_table("Places", after.state, places)] if places else []
    parts += [office_table(offices)] if offices else []
    show(value, *parts, as_json=as_json, plain=plain)


def place_table(title: str, state: "State", places: "Sequence[Place]") -> Table:
    """Places with who holds them, since when, by which act and under which article."""
    names = {organisation.id: organisation.name for organisation in state.organisations}
    rows = tuple(
        (place.seat, _holder(place), names.get(place.member, ""), place.since, place.act, place.article)
        for place in places
    )
    return Table(title, ("Seat", "Who", "Organisation", "Since", "Act", "Article"), rows)


def office_table(offices: "Sequence[Office]") -> Table:
    """Offices with who holds them."""
    rows = tuple(
        (office.name, office.person or Toned("vacant", Tone.WARN), office.since, office.act, office.article)
        for office in offices
    )
    return Table("Offices", ("Office", "Who", "Since", "Act", "Article"), rows)


def _holder(place: "Place") -> Cell:
    if not place.person:
        return Toned("vacant", Tone.WARN)
    return f"{place.person} (proxy: {place.proxy.person})" if place.proxy else place.person


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


def say_next(state: "State", seat: str) -> None:
    """Say who is entitled to a vacant seat or office, and by which command."""
    from ballot.icb.secretary import OFFICE

    if seat.startswith(OFFICE):
        article = next(rule.article for rule in state.charter.vacancies if rule.by == "election")
        say("{} is filled by an election in the ICB ({}). Next: `ballot new`.", seat.removeprefix(OFFICE), article)
        return
    place = state.place(seat)
    kind = state.kind(place)
    if place.person:
        return
    if not kind.vacancy:
        say("{} stays vacant until the next Assembly ({}).", seat, kind.article)
        return
    rule = state.charter.vacancy(kind.vacancy)
    if rule.by == "designation":
        say("The region designates somebody ({}). Next: `ballot vacancy fill '{}'`.", rule.article, seat)
    elif (alternate := state.next_alternate(place)) is None:
        say("No alternate is left: {} stays vacant until the next Assembly ({}).", seat, rule.article)
    else:
        text = "{} comes next ({}). Next: `ballot vacancy fill {}`, or `ballot vacancy decline {}`."
        say(text, alternate.person, rule.article, seat, seat)
