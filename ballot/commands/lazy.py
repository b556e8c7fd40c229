"""Commands made when they are asked for: in, an app on which they are registered; out, the one that is wanted.

Typer inspects every function whose command it makes; done for all of them, that takes longer than most commands.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class LazyGroup(TyperGroup):
    """A group that knows some of its commands by name only, until they are asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._makers: dict[str, Callable[[], Any]] = {}

    def expect(self, name: str, make: Callable[[], Any]) -> None:
        """Take a command by its name; `make` returns it when it is asked for."""
        # Lists and suggestions want the name; get_command puts the command in its place.
        self.commands[name] = TyperCommand(name)
        self._makers[name] = make

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, made if it has not been yet; None when there is none."""
        if cmd_name in self._makers:
            self.commands[cmd_name] = self._makers[cmd_name]()
            del self._makers[cmd_name]
        return super().get_command(ctx, cmd_name)


def made(app: typer.Typer, name: str) -> Any:
    """The command or group of that name on an app, without the others; the commands of a group are made later.

    They are taken off the app for that, so a group is made from it once. Its class must be a LazyGroup.
    """
    alone, below = typer.Typer(rich_markup_mode=None), typer.Typer(rich_markup_mode=None)
    alone.registered_commands = [info for info in app.registered_commands if info.name == name]
    alone.registered_groups = [info for info in app.registered_groups if info.name == name]
    for group in alone.registered_groups:
        if group.typer_instance is not None:
            below.registered_commands = group.typer_instance.registered_commands
            group.typer_instance.registered_commands = []
    command: Any = typer.main.get_group(alone).commands[name]
    for later in filter(None, (info.name for info in below.registered_commands)):
        command.expect(later, partial(made, below, later))
    return command
