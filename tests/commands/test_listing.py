"""The listing of commands says what the modules register, and keeps a start from importing what it does not run."""

import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

import ballot.commands
from ballot.commands.app import app
from ballot.commands.help import GROUPS, PersonGroup
from ballot.commands.listing import LISTED, MODULES


def _registered(*modules: str) -> Any:
    """A group with all commands of these modules, each made by Typer at once."""
    whole = typer.Typer(cls=PersonGroup, rich_markup_mode=None)
    for module in modules:
        import_module(f"ballot.commands.{module}").register(whole)
    return typer.main.get_group(whole)


def _below(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Full name and command of everything below a group, groups and hidden commands too."""
    ctx = typer.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield prefix + name, command
        if isinstance(command, TyperGroup):
            yield from _below(command, f"{prefix}{name} ")


def test_every_module_that_registers_commands_is_listed() -> None:
    names = [module.name for module in pkgutil.iter_modules(ballot.commands.__path__)]
    assert {name for name in names if hasattr(import_module(f"ballot.commands.{name}"), "register")} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_registers_what_is_listed_for_it(module: str) -> None:
    assert tuple(_registered(module).commands) == MODULES[module]


def test_person_name_and_first_sentence_are_listed_as_they_are_registered_and_in_that_order() -> None:
    whole = _registered(*MODULES)
    rows = sorted(whole.rows(typer.Context(whole)), key=lambda row: GROUPS.index(row[0]))
    assert [(panel, *row) for panel, listed in LISTED.items() for row in listed.items()] == rows


def test_help_at_the_top_is_that_of_all_registered_commands() -> None:
    listed, whole = typer.main.get_command(app), _registered(*MODULES)
    assert isinstance(listed, PersonGroup)
    assert list(listed.commands) == list(dict.fromkeys(name for names in MODULES.values() for name in names))
    shown = [group.get_help(typer.Context(group)).partition("\n\nCommittee:")[2] for group in (listed, whole)]
    assert shown[0].startswith(shown[1])
    assert shown[1]


def test_commands_made_one_by_one_are_the_listed_ones_and_those_that_typer_makes_of_all() -> None:
    alone, whole = dict(_below(typer.main.get_command(app))), dict(_below(_registered(*MODULES)))
    assert {name for name, command in alone.items() if not isinstance(command, TyperGroup)} == {
        name for listed in LISTED.values() for name in listed
    }
    assert alone.keys() == whole.keys()
    for name, command in alone.items():
        made, other = ((type(one), one.get_help(typer.Context(one))) for one in (command, whole[name]))
        assert made == other, name


@pytest.mark.parametrize(
    ("args", "exit_code", "modules"),
    [
        ("--help", 0, set()),
        ("-h", 0, set()),
        ("--version", 0, set()),
        ("", 2, set()),
        ("stautus", 2, set()),
        ("status --help", 0, {"committee"}),
        ("status", 3, {"committee"}),
        ("keys new --bogus", 2, {"keys"}),
        ("handcount", 2, {"handcount"}),
        ("delegate --help", 0, {"request"}),
        ("membership admit --help", 0, {"membership"}),
    ],
)
def test_a_start_imports_only_the_module_of_its_command(
    tmp_path: Path, args: str, exit_code: int, modules: set[str]
) -> None:
    code = f"import sys\nfrom ballot.commands.app import run\nassert run({args.split()}) == {exit_code}\n"
    code += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("ballot.commands.") for name in done.stderr.splitlines()[-1].split()}
    assert loaded & MODULES.keys() == modules
