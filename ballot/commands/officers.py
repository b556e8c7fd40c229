"""`ballot officers`: in, the record of an officer's election in the ICB; out, the act that fills the office."""

from pathlib import Path
from typing import Annotated

import typer

from ballot.commands import days, icb, kinds
from ballot.commands.help import SECRETARY, PersonGroup, example
from ballot.commands.icb import (
    DEFAULT_ICB,
    IcbOption,
    OnOption,
    SecondOption,
    SecondPassphrase,
    SecretaryOption,
    SecretaryPassphrase,
)
from ballot.commands.observer import percent
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.progress import progress


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--secretary secretary.key"
    line = example(f"ballot officers elected Treasurer --record treasurer.zip --meeting minutes.pdf {keys}")
    group = typer.Typer(cls=PersonGroup, rich_markup_mode=None, help="Officers, elected by the ICB.", epilog=line)
    group.command("elected", epilog=line)(elected)
    app.add_typer(group, name="officers", rich_help_panel=SECRETARY)


def elected(
    office: Annotated[str, typer.Argument(metavar="OFFICE", help="The office, as the contest in the record names it.")],
    record: Annotated[Path, typer.Option("--record", metavar="FILE", help="The record of the election in the ICB.")],
    meeting: Annotated[Path, typer.Option("--meeting", metavar="FILE", help="The minutes; their SHA-256 is recorded.")],
    secretary: SecretaryOption,
    reference: Annotated[
        str,
        typer.Option(
            "--reference",
            "--decision-reference",
            metavar="TEXT",
            help="What the minutes are called; their file's name unless given.",
        ),
    ] = "",
    on: OnOption = "",
    second: SecondOption = None,
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that the ICB elected an officer, for the rest of the current officers' term.

    The election was held with `ballot new` and a plan with `electorate = "icb"`. Its record is verified in full, and
    its electorate and candidates must be those of the ICB as it is now.
    """
    from ballot.icb.officers import act_of, check_day
    from ballot.verify import verify

    data, paper = kinds.read_record(record), icb.document(meeting, reference)
    with progress("Verifying the record, in percent", 100, plain) as advance:
        _, election = verify(data, percent(advance))
    if on:
        days.check_date(on)
        check_day(on, election)
    icb.enact(
        store,
        lambda state: act_of(state, office, data, election, paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
        [data],
    )
