"""Options that many commands share, as types for their parameters."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_STORE = Path("election.db")

STORE_VARIABLE = "BALLOT_STORE"

StoreOption = Annotated[Path, typer.Option("--store", envvar=STORE_VARIABLE, help="The election's store.")]
"""Give it the default DEFAULT_STORE."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

PlainOption = Annotated[bool, typer.Option("--plain", help="Print line by line, for screen readers.")]

ForceOption = Annotated[bool, typer.Option("--force", help="Replace what this command wrote before.")]

KeyForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what this command wrote before, but never a key file.")
]

SignedForceOption = Annotated[
    bool,
    typer.Option("--force", help="Replace an empty file that a crash has left; never an opening or a declaration."),
]

YesOption = Annotated[bool, typer.Option("--yes", help="Answer the question with yes.")]
