"""`ballot vacancy` and `ballot proxy`: in, letters about a seat or an office; out, a signed act, and who comes next."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask, icb
from ballot.commands.help import SECRETARY, PersonGroup, example
from ballot.commands.icb import (
    DEFAULT_ICB,
    IcbOption,
    LetterOption,
    MemberOption,
    OnOption,
    PersonOption,
    ReferenceOption,
    SecondOption,
    SecondPassphrase,
    SecretaryOption,
    SecretaryPassphrase,
)
from ballot.commands.icb_next import say_next, say_vacant
from ballot.commands.options import JsonOption, PlainOption, YesOption
from ballot.commands.seats import SeatArgument

if TYPE_CHECKING:
    from ballot.icb.places import State
    from ballot.icb.secretary import AlternateDeclined, VacancyDeclared, VacancyFilled

PlaceArgument = Annotated[str, typer.Argument(metavar="SEAT", help="A seat, such as at-large:5, or an office.")]
OfPerson = Annotated[
    str, typer.Option("--person", metavar="NAME", help="Who it is; an alternate who is not named is asked for.")
]
OfMember = Annotated[str, typer.Option("--member", metavar="ID", help="The id of the person's organisation.")]


class Cause(StrEnum):
    """Why somebody cannot function anymore (VI §4(f))."""

    ILLNESS = "illness"
    RESIGNATION = "resignation"
    OTHER = "other"


class Source(StrEnum):
    """Who communicated it (VI §4(f))."""

    MEMBER = "member"
    ORGANISATION = "organisation"


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--secretary secretary.key"
    declared = f"ballot vacancy declare at-large:5 --cause illness --from member --communication letter.pdf {keys}"
    _add(
        app,
        "vacancy",
        "Vacant seats and offices: declared, declined and filled.",
        ("declare", declare, declared),
        ("fill", fill, f"ballot vacancy fill at-large:5 --letter acceptance.pdf {keys}"),
        ("decline", decline, f"ballot vacancy decline at-large:5 --letter refusal.pdf {keys}"),
    )
    appointed = 'ballot proxy appoint at-large:5 --person "Ana Lem" --member M013 --letter letter.pdf'
    _add(
        app,
        "proxy",
        "Who stands in for a regular member of the ICB.",
        ("appoint", appoint, f"{appointed} {keys}"),
        ("end", end, f"ballot proxy end at-large:5 --letter letter.pdf {keys}"),
    )


def _add(app: typer.Typer, name: str, text: str, *commands: tuple[str, Callable[..., None], str]) -> None:
    group = typer.Typer(cls=PersonGroup, rich_markup_mode=None, help=text, epilog=example(commands[0][2]))
    for command, function, line in commands:
        group.command(command, epilog=example(line))(function)
    app.add_typer(group, name=name, rich_help_panel=SECRETARY)


def declare(
    seat: PlaceArgument,
    cause: Annotated[Cause, typer.Option("--cause", help="Why.")],
    source: Annotated[Source, typer.Option("--from", help="Who communicated it.")],
    communication: Annotated[
        Path, typer.Option("--communication", metavar="FILE", help="The formal communication; its SHA-256 is recorded.")
    ],
    secretary: SecretaryOption,
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Declare a seat or an office vacant, on the formal communication of the member or the organisation.

    If whoever leaves a seat is an officer too, the office falls vacant with it.
    """
    from ballot.icb.secretary import VacancyDeclared

    paper = icb.document(communication, reference)

    def make(state: "State") -> "VacancyDeclared":
        return VacancyDeclared(icb.seat_named(state, seat), cause.value, source.value, paper)

    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    say_vacant(icb.enact(store, make, on, keys, (as_json, plain), yes=yes).state, secretary, store)


def fill(
    seat: PlaceArgument,
    letter: LetterOption,
    secretary: SecretaryOption,
    person: OfPerson = "",
    member: OfMember = "",
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Fill a vacant seat: a region's by its designation, any other by the next alternate, who accepts in writing.

    It asks whether the alternate who comes next accepts, unless --person names them. An office is filled by an election
    in the ICB: see `ballot officers elected`.
    """
    from ballot.icb.secretary import VacancyFilled

    paper = icb.document(letter, reference)

    def make(state: "State") -> "VacancyFilled":
        named = icb.seat_named(state, seat)
        _refuse_office(state, named)
        who, of = _entitled(state, named, person, member)
        return VacancyFilled(named, who, of, paper)

    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    icb.enact(store, make, on, keys, (as_json, plain), make_sure=_sure("accept", letter, yes or bool(person)), yes=yes)


def decline(
    seat: PlaceArgument,
    letter: LetterOption,
    secretary: SecretaryOption,
    person: OfPerson = "",
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that the alternate who comes next declines a vacant seat in writing; the following one comes next.

    It asks whether that person declines, unless --person names them.
    """
    from ballot.icb.secretary import AlternateDeclined

    paper = icb.document(letter, reference)

    def make(state: "State") -> "AlternateDeclined":
        named = icb.seat_named(state, seat)
        _refuse_office(state, named)
        return AlternateDeclined(named, _alternate(state, named, person)[0] or person or "nobody", paper)

    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    sure = _sure("decline", letter, yes or bool(person))
    state = icb.enact(store, make, on, keys, (as_json, plain), make_sure=sure, yes=yes).state
    say_next(state, icb.seat_named(state, seat), secretary, store)


def _sure(verb: str, letter: Path, known: bool) -> "Callable[[VacancyFilled | AlternateDeclined], None]":
    """Ask whether it is this alternate who wrote the letter, unless that is known: another may come next by now."""

    def make_sure(act: "VacancyFilled | AlternateDeclined") -> None:
        from ballot.errors import Refused

        question = f"Does {act.person} {verb} {act.seat} in this letter, {letter.name}?"
        if not ask.confirm(question, known, "--person NAME"):
            raise Refused("nothing was recorded", "`ballot seats show` shows who is an alternate, in their order.")

    return make_sure


def _refuse_office(state: "State", named: str) -> None:
    from ballot.errors import Refused
    from ballot.icb.secretary import OFFICE

    if named.startswith(OFFICE):
        rule = next(rule for rule in state.charter.vacancies if rule.by == "election")
        raise Refused(
            f"the {named.removeprefix(OFFICE)} is elected at a special meeting of the ICB ({rule.article})",
            'Hold the election with `ballot new` and a plan with electorate = "icb", then record it with '
            "`ballot officers elected`.",
        )


def _entitled(state: "State", seat: str, person: str, member: str) -> tuple[str, str]:
    """Who takes a vacant seat: as given, else the alternate who comes next. Raises Refused when nobody is named."""
    from ballot.errors import Refused

    alternate, of = _alternate(state, seat, person)
    if alternate:
        return alternate, member or of
    place = state.place(seat)
    kind = state.kind(place)
    # A seat that is held, or was never filled, is refused for that and not for what was not typed.
    rule = state.charter.vacancy(kind.vacancy) if kind.vacancy and place.act and not place.person else None
    if rule and rule.by == "designation" and not (person and member):
        raise Refused(f"{seat} goes to whomever the region designates ({rule.article})", "Give --person and --member.")
    return person or "nobody", member or "none"


def _alternate(state: "State", seat: str, person: str) -> tuple[str, str]:
    """Name and member of the alternate who comes next for a vacant seat; empty if there is none, or somebody else is
    meant.
    """
    from ballot.icb.places import same_name

    place = state.place(seat)
    vacancy = state.kind(place).vacancy
    by_alternate = bool(vacancy) and state.charter.vacancy(vacancy).by == "alternate"
    alternate = state.next_alternate(place) if by_alternate and not place.person else None
    if alternate is None or (person and not same_name(person, alternate.person)):
        return "", ""
    return alternate.person, alternate.member


def appoint(
    seat: SeatArgument,
    person: PersonOption,
    member: MemberOption,
    letter: LetterOption,
    secretary: SecretaryOption,
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record the proxy that a member appoints in writing: one for each, and for a region's seat from that region.

    A proxy votes as a regular member and never acts as an officer.
    """
    from ballot.icb.secretary import ProxyAppointed

    paper = icb.document(letter, reference)
    icb.enact(
        store,
        lambda state: ProxyAppointed(icb.seat_named(state, seat), person, member, paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
        yes=yes,
    )


def end(
    seat: SeatArgument,
    letter: LetterOption,
    secretary: SecretaryOption,
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that the proxy for a seat ends."""
    from ballot.icb.secretary import ProxyEnded

    paper = icb.document(letter, reference)
    icb.enact(
        store,
        lambda state: ProxyEnded(icb.seat_named(state, seat), paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
        yes=yes,
    )
