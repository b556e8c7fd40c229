"""`ballot handcount`: in, files of plain ballots, candidates and rules; out, the count and the ranking."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import files
from ballot.commands.help import OBSERVER, example
from ballot.commands.options import JsonOption, PlainOption
from ballot.commands.render import Listing, Part, Table, show
from ballot.commands.results import Standing, ranking_tables

if TYPE_CHECKING:
    from ballot.clauses import Rule
    from ballot.handcount import HandCount

_CHARTER = "ima"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot handcount choices.csv --candidates candidates.csv")
    app.command("handcount", rich_help_panel=OBSERVER, epilog=text)(handcount)


def handcount(
    choices: Annotated[Path, typer.Argument(metavar="CHOICES.csv", help="Ballots: header marks, one a row, as 3;7;9.")],
    candidates: Annotated[
        Path, typer.Option("--candidates", metavar="FILE", help="CSV: number,name,organisation,region.")
    ],
    rule: Annotated[str, typer.Option("--rule", metavar="NAME", help="The charter's rule to count by.")] = "at-large",
    charter: Annotated[
        Path | None, typer.Option("--charter", metavar="FILE", help="A charter file instead of the Alliance's.")
    ] = None,
    max_marks: Annotated[
        int | None,
        typer.Option("--max-marks", min=1, metavar="N", help="Most marks on a ballot, instead of the rule's."),
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Count plain ballots under the charter's rule and rank the candidates.

    Ballots that break the rule are set aside, each with its row and the reason, and are in no total. Nothing is
    encrypted or stored.
    """
    from ballot.handcount import handcount as count
    from ballot.tables import MAX_BYTES

    counted_by = _rule(charter, rule)
    choices_data = files.read(choices, "the ballots", MAX_BYTES)
    candidates_data = files.read(candidates, "the candidates", MAX_BYTES)
    result = count(choices_data, candidates_data, counted_by, max_marks, names=(str(choices), str(candidates)))
    show(result, *_parts(result, _standings(candidates_data)), as_json=as_json, plain=plain)


def _rule(charter: Path | None, name: str) -> "Rule":
    from ballot.charter import MAX_BYTES, builtin, load

    if charter is None:
        return load(builtin(_CHARTER)).rule(name)
    return load(files.read(charter, "the charter", MAX_BYTES), str(charter)).rule(name)


def _standings(candidates: bytes) -> dict[int, Standing]:
    from ballot.tables import read_table

    table = read_table(candidates, "", ("number", "name", "organisation", "region"), ("member",))
    return {
        int(row.cells["number"]): Standing(row.cells["name"], row.cells["organisation"], row.cells["region"])
        for row in table.rows
    }


def _parts(count: "HandCount", standings: dict[int, Standing]) -> list[Part]:
    from ballot.ranking import Ranking

    valid = count.ballots - len(count.rejected)
    numbers = (("Ballots", count.ballots), ("Valid", valid), ("Blank among them", count.blank))
    parts: list[Part] = [Listing("Ballots", (*numbers, ("Set aside", len(count.rejected))))]
    if count.rejected:
        rows = tuple((rejected.row, rejected.reason) for rejected in count.rejected)
        parts.append(Table("Set aside", ("Row", "Reason"), rows))
    ranking = Ranking(count.totals, count.regular, count.alternates, count.ties, count.not_elected)
    return [*parts, *ranking_tables(ranking, standings)]
