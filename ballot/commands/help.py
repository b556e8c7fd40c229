"""Help grouped by person: in, the commands with their group; out, plain lists under headings, and examples.

Apps inside the app are made with `cls=PersonGroup` too.
"""

import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import typer
from typer.core import TyperGroup

from ballot.commands.lazy import LazyGroup

COMMITTEE = "Committee"
DELEGATE = "Delegate"
TRUSTEE = "Trustee"
OBSERVER = "Observer"
SECRETARY = "ICB secretary"
TRY_IT = "Try it"

GROUPS = (COMMITTEE, DELEGATE, TRUSTEE, OBSERVER, SECRETARY, TRY_IT)
"""In the order of the help; a command names its group with `rich_help_panel=`."""

_FIRST_SENTENCE = 300
_WIDEST = 80
"""Columns after which lines of help are hard to read, however wide the terminal is."""
_NARROWEST = 20
_NARROW = 60
"""Columns below which an explanation does not fit beside a long name, and stands under it, so far further in."""
_FURTHER_IN = 6


def help_width() -> int:
    """Columns for help: never more than the terminal has, whose edge would break the words once more."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST) - 2, _NARROWEST)


def example(*lines: str) -> str:
    """The epilog of a command's help: lines that a person can type as they stand."""
    # A paragraph that begins with the mark \\b is not wrapped.
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


class NarrowContext(typer.Context):
    """What a command is called with; its help fits narrow terminals too."""

    def make_formatter(self) -> Any:
        """The writer of the help."""
        formatter: Any = super().make_formatter()
        if formatter.width < _NARROW:
            formatter.write_dl = partial(formatter.write_dl, col_max=_FURTHER_IN)
        return formatter


class PersonGroup(LazyGroup):
    """A group whose help lists every command below it under the person who uses it, with its full name."""

    context_class = NarrowContext

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """As the base does; the help of the command fits narrow terminals."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = NarrowContext
        return command

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As the base does, but a group without a command shows its help; exit code 2."""
        if not args:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def rows(self, ctx: Any) -> Iterator[tuple[str, str, str]]:
        """Group, full name and first sentence of every command below that is shown."""
        return _leaves(self, ctx, "")

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the lists of commands, group by group in the order of GROUPS."""
        rows: dict[str, list[tuple[str, str]]] = {}
        for panel, name, text in self.rows(ctx):
            rows.setdefault(panel, []).append((name, text))
        column = max((len(name) for group in rows.values() for name, _ in group), default=0)
        for panel in sorted(rows, key=GROUPS.index):
            with formatter.section(panel):
                formatter.write_dl([(name.ljust(column), text) for name, text in rows[panel]])


def _leaves(group: TyperGroup, ctx: Any, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Group, full name and first sentence of every command below; a command that names no group has its parent's."""
    for name in group.list_commands(ctx):
        command: Any = group.get_command(ctx, name)
        own = command.rich_help_panel or group.rich_help_panel or ""
        if isinstance(command, TyperGroup):
            yield from ((panel or own, full, text) for panel, full, text in _leaves(command, ctx, f"{prefix}{name} "))
        elif not command.hidden:
            yield own, prefix + name, command.get_short_help_str(_FIRST_SENTENCE)
