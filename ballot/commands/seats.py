"""`ballot seats`: the Assembly's record in; who sits in the ICB, its published record and certificates out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import ask, days, icb, icb_keys, kinds
from ballot.commands.echo import hidden
from ballot.commands.help import SECRETARY, PersonGroup, example
from ballot.commands.icb import (
    DEFAULT_ICB,
    BothSecondOption,
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
from ballot.commands.icb_tables import seats_parts, seats_value
from ballot.commands.observer import percent
from ballot.commands.options import ForceOption, JsonOption, PlainOption, YesOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import progress
from ballot.commands.render import Lines, Listing, Table, Whole, say, show
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.icb.places import State

SeatArgument = Annotated[str, typer.Argument(metavar="SEAT", help="Such as at-large:5, Europe or ex-officio.")]


FoundedOn = Annotated[
    str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day; that of the Assembly's declaration unless given.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="Who sits in the ICB, for three years, and the proof of it.",
        epilog=example("ballot seats show"),
    )
    keys = "--secretary secretary.key"
    for name, function, line in (
        ("found", found, f"ballot seats found record.zip {keys} --second second.key"),
        (
            "designate",
            designate,
            f'ballot seats designate Europe --person "Ana Lem" --member M13 --letter l.pdf {keys}',
        ),
        ("show", show_, "ballot seats show --on 2027-01-31"),
        ("members", members, "ballot seats members"),
        ("publish", publish, f"ballot seats publish {keys} --out icb-record.zip"),
        ("restore", restore, "ballot seats restore icb-record.zip"),
        ("certificate", certificate, "ballot seats certificate at-large:5 --out certificate.txt"),
        ("close", close, f"ballot seats close --letter next-record.zip {keys} --second second.key"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="seats", rich_help_panel=SECRETARY)


def found(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The Assembly's record.")],
    secretary: SecretaryOption,
    second: BothSecondOption,
    on: FoundedOn = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Seat the regular members at large and the alternates from the Assembly's record.

    The record is checked in full first. From here on every act is signed with the secretary's key, and where the
    charter wants it with the second officer's.
    """
    from ballot.acts.seats import found_icb, prepare_founding
    from ballot.store.engine import check_new

    days.check_date(on)
    days.check_come(on, "", "The ICB is founded on a day that has come.")
    check_new(store)
    signers = icb_keys.two(secretary, second)
    data = kinds.read_record(record)
    with (
        icb.hinted("`ballot verify` shows whether the record is that of an Assembly that elected the ICB."),
        progress("Verifying the record, in percent", 100, plain) as advance,
    ):
        founding = prepare_founding(data, *signers, on, percent(advance))
    with hidden():
        keys = (
            icb_keys.signer(secretary, "secretary", secretary_passphrase_file),
            icb_keys.signer(second, "second", second_passphrase_file),
        )
    now = found_icb(store, founding, *keys)
    say("The ICB is seated in {}. Next: `ballot seats designate` for the regions and the ex officio members.", store)
    icb.show_act(None, now, as_json, plain)


def designate(
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
    """Record whom a region, or the caucus of the associate members, sends to the ICB, by its letter."""
    from ballot.icb.secretary import Designated

    paper = icb.document(letter, reference)
    icb.enact(
        store,
        lambda state: Designated(icb.seat_named(state, seat), person, member, paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
        yes=yes,
    )


def show_(
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="As it was at the end of that day.")] = "",
    store: IcbOption = DEFAULT_ICB,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show all places of the ICB: who, since when, by which act, under which article, and which are vacant."""
    state = _state(store, on)
    show(seats_value(state), *seats_parts(state), as_json=as_json, plain=plain)


def members(
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="As it was at the end of that day.")] = "",
    store: IcbOption = DEFAULT_ICB,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show all member organisations with the id that --member takes, and their region, kind and standing.

    They are those on the Assembly's roll, with what the ICB decided since.
    """
    found = _state(store, on).organisations
    rows = tuple((Whole(one.id), one.name, one.region, one.kind, one.standing) for one in found)
    show(found, Table("", ("Id", "Organisation", "Region", "Kind", "Standing"), rows), as_json=as_json, plain=plain)


def _state(store: Path, on: str) -> "State":
    """The ICB as it is, or as it was on a day. Raises UsageError for what is no date, Refused for a day to come."""
    from ballot.acts.seats import standing
    from ballot.icb.seats import state_on

    days.check_date(on)
    with icb.opened(store) as opened:
        with opened.read() as view:
            state = standing(view).state
        days.check_come(on, state.steps[-1].on, "Nobody knows yet what will be then. Give today or an earlier day.")
        return state_on(state, on) if on else state


def publish(
    secretary: SecretaryOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The ICB's record.")] = Path("icb-record.zip"),
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Publish the ICB's record: the Assembly's record, officers' records and all acts in one file.

    Give it to everyone: `ballot verify` replays every act, on a machine that never saw the store.
    """
    from ballot.acts.seats import publish as publish_icb
    from ballot.files import write_whole
    from ballot.wire import sha256_hex

    check_free([out], force, kind=kinds.ICB_RECORD)
    with icb.opened(store) as opened:
        data = publish_icb(opened, icb_keys.signer(secretary, "secretary", secretary_passphrase_file))
    write_whole(out, data, force=force)
    digest = sha256_hex(data)
    say("The ICB's record is in {}. Next: `ballot verify {}`, and give the file to everyone.", out, word(out))
    show(
        {"record": str(out), "sha256": digest, "bytes": len(data)},
        Listing("", (("Record", str(out)), ("SHA-256", digest), ("Bytes", len(data)))),
        as_json=as_json,
        plain=plain,
    )


def restore(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The newest of the ICB's published records.")],
    store: IcbOption = DEFAULT_ICB,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make the ICB's store anew from its published record, where the store was lost.

    The record is checked in full first. What was recorded after it was published is not in it.
    """
    from ballot.acts.seats import restore_icb
    from ballot.store.engine import check_new

    check_new(store)
    data = kinds.read_record(record, icb=True)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        now = restore_icb(store, data, percent(advance))
    say("The ICB's store is {} again, as the record has it; its last act is this one.", store)
    icb.show_act(None, now, as_json, plain)
    say("Has anybody a newer record, or an act that is not in it? Delete this store then, and take the newest record.")


def certificate(
    seat: SeatArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The certificate, as text.")],
    store: IcbOption = DEFAULT_ICB,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Write the certificate that a member shows: who, which seat, under which article, by which vote and acts.

    An officer's is that of the seat, which names the office: name either.
    """
    from ballot.acts.seats import certify, standing
    from ballot.files import write_whole

    check_free([out], force, kind=kinds.CERTIFICATE)
    with icb.opened(store) as opened:
        with opened.read() as view:
            named = _certified(standing(view).state, seat)
        text = certify(opened, named)
    write_whole(out, text.encode(), force=force)
    say("The certificate is in {}.", out)
    show(
        {"file": str(out), "seat": named, "certificate": text},
        Lines("", tuple(text.splitlines())),
        as_json=as_json,
        plain=plain,
    )


def _certified(state: "State", seat: str) -> str:
    """The seat whose certificate is wanted: an officer's is that of the seat. Raises Refused for a vacant office."""
    from ballot.errors import Refused
    from ballot.icb.secretary import OFFICE

    named = icb.seat_named(state, seat)
    office = state.office(named.removeprefix(OFFICE)) if named.startswith(OFFICE) else None
    if office is None:
        return named
    place = state.sits(office.person) if office.person else None
    if place is None:
        raise Refused(f"nobody is {office.name} since {office.since} ({office.article})")
    say("{} is {}: the certificate of {} names the office.", office.person, office.name, place.seat)
    return place.seat


def close(
    letter: Annotated[Path, typer.Option("--letter", metavar="FILE", help="The next Assembly's record or minutes.")],
    secretary: SecretaryOption,
    second: BothSecondOption,
    yes: YesOption = False,
    reference: ReferenceOption = "",
    on: OnOption = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """End all terms: the succeeding Assembly is over. Nothing but corrections can be recorded afterwards."""
    from ballot.errors import Refused
    from ballot.icb.secretary import Closed

    def make_sure(_: Closed) -> None:
        if not ask.confirm("End the terms of all who sit in the ICB, and of its officers?", yes):
            raise Refused("nothing was recorded", "Close when the succeeding Assembly is over.")

    paper = icb.document(letter, reference)
    icb.enact(
        store,
        lambda _: Closed(paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
        make_sure=make_sure,
    )
