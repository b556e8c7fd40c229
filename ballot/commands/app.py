"""The app and its errors: in, arguments; out, an exit code, with `error:` and `hint:` lines on stderr.

Exit codes: 0 fine, 2 usage, 3 refused, 4 a failed check, 1 a crash. A broken pipe ends a command quietly with 3, never
with 0, because nobody has read its whole result.
"""

import io
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer

import ballot
from ballot.commands.help import PersonGroup, example, help_width
from ballot.commands.lazy import made
from ballot.commands.listing import LISTED, MODULES
from ballot.commands.text import safe
from ballot.errors import REFUSED, BadInput, Error, Invalid, UsageError

DEBUG = "BALLOT_DEBUG"

_KEPT = 100
"""How many characters are shown of each end of a word that is longer than three times that."""

_PACKAGE = str(Path(ballot.__file__).parent)


class Stopped(Error):
    """The person pressed Ctrl-C."""


class TopGroup(PersonGroup):
    """The whole app; turns Ctrl-C into an error like others."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command. Raises Stopped when it is interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                # The cursor still stands behind the question that was not answered.
                sys.stderr.write("\n")
            raise Stopped(
                "stopped", "Run the command again; an act that was not finished has changed nothing."
            ) from None


class BallotGroup(TopGroup):
    """The commands of the program as listed; each is imported and made only when it is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for module, names in MODULES.items():
            for name in names:
                self.expect(name, partial(_registered, module, name))

    def rows(self, _ctx: Any) -> Iterator[tuple[str, str, str]]:
        """As the base does, without making the commands."""
        return ((panel, name, text) for panel, names in LISTED.items() for name, text in names.items())


def _registered(module: str, name: str) -> Any:
    found = typer.Typer()
    import_module(f"ballot.commands.{module}").register(found)
    return made(found, name)


app = typer.Typer(
    name="ballot",
    cls=BallotGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("ballot handcount choices.csv --candidates candidates.csv"),
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ballot {ballot.__version__}")
        raise typer.Exit


@app.callback()
def _top(
    _shown: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Secret-ballot elections for an assembly, verifiable offline by anyone."""


def run(args: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name (those of the process when None); returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Pipes and files get UTF-8 on every system; a terminal keeps its own encoding.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    command = typer.main.get_command(app)
    try:
        result = command.main(args=args, prog_name="ballot", standalone_mode=False, terminal_width=help_width())
        return result if isinstance(result, int) else 0
    except Error as error:
        _report(error)
        return error.exit_code
    except typer.TyperException as error:
        _report(_usage(error))
        return UsageError.exit_code
    except SystemExit:
        # Typer leaves this way only when whoever reads the output has gone.
        return REFUSED
    except OSError as error:
        from ballot.commands.render import nobody_reads

        if nobody_reads(error):
            return REFUSED
        raise
    finally:
        _let_go(sys.stdout)
        _let_go(sys.stderr)


def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """For sys.excepthook: say where the program failed, and nothing that could hold a secret; Python leaves with 1."""
    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename.startswith(_PACKAGE)]
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    hint = f"With {DEBUG}=1 it shows a traceback; that may hold secrets, so read it before you pass it on."
    _report(Error(f"the program has a fault and stopped ({kind.__name__}{place})", hint))
    if os.environ.get(DEBUG) == "1":
        for line in "".join(traceback.format_exception(kind, error, trace)).splitlines():
            sys.stderr.write(f"{safe(line)}\n")


def _report(error: Error) -> None:
    from ballot.commands.render import talk

    messages = [str(fault) for fault in error.faults] if isinstance(error, BadInput) else [error.message]
    for message in messages:
        talk(f"error: {_shortened(safe(message))}")
    talk(f"hint: {_shortened(safe(error.hint or _hint(error)))}")


def _shortened(line: str) -> str:
    """The line, without the middle of a number or a digest that would fill the screen."""
    return re.sub(rf"([!-~]{{{_KEPT}}})[!-~]{{{_KEPT},}}([!-~]{{{_KEPT}}})", r"\1…\2", line)


def _hint(error: Error) -> str:
    """What to do about an error that does not say so itself."""
    if isinstance(error, Invalid):
        return "Get the file again from whoever made it, or take the one that belongs to this election."
    return "`ballot status` shows where the election stands and what comes next."


def _usage(error: typer.TyperException) -> UsageError:
    message = " ".join(error.format_message().split()).removesuffix(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ballot"
    return UsageError(message[:1].lower() + message[1:], f"'{path} --help' shows how it is used.")


def _let_go(stream: Any) -> None:
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        # What could not be written is lost and was reported; at exit Python would try again and fail aloud.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
