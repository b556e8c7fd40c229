"""Commands made when they are asked for: only the one that is wanted is inspected, and the others are still known."""

from typing import Any

import pytest
import typer

from ballot.commands.lazy import LazyGroup, made


def good(times: int = 1) -> None:
    """Do it."""


def faulty(thing: object) -> None:
    """Typer refuses this type as soon as it makes the command."""


@pytest.fixture
def app() -> typer.Typer:
    whole, group = typer.Typer(), typer.Typer(cls=LazyGroup, help="Things of a group.")
    for register in (whole, group):
        register.command("good", rich_help_panel="Here")(good)
        register.command("faulty")(faulty)
    whole.add_typer(group, name="group", rich_help_panel="There")
    return whole


def test_only_the_command_that_is_wanted_is_made(app: typer.Typer) -> None:
    command = made(app, "good")
    assert (command.name, command.help, command.rich_help_panel) == ("good", "Do it.", "Here")
    assert [parameter.name for parameter in command.params] == ["times"]
    with pytest.raises(RuntimeError, match="not yet supported"):
        made(app, "faulty")


def test_a_group_makes_its_commands_when_they_are_asked_for(app: typer.Typer) -> None:
    group = made(app, "group")
    ctx = typer.Context(group)
    assert (group.name, group.help, group.rich_help_panel) == ("group", "Things of a group.", "There")
    assert group.list_commands(ctx) == ["good", "faulty"]
    assert [parameter.name for parameter in group.get_command(ctx, "good").params] == ["times"]
    with pytest.raises(RuntimeError, match="not yet supported"):
        group.get_command(ctx, "faulty")


def test_a_command_is_made_once_and_an_unknown_one_is_none() -> None:
    asked: list[str] = []

    def make() -> Any:
        asked.append("act")
        return typer.core.TyperCommand("act")

    group = LazyGroup(name="group")
    group.expect("act", make)
    ctx = typer.Context(group)
    assert group.get_command(ctx, "other") is None
    assert asked == []
    assert group.get_command(ctx, "act") is group.get_command(ctx, "act")
    assert asked == ["act"]
