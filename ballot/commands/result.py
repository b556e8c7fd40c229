"""`ballot count`: in, a closed store with the trustees' shares; out, totals and rankings, as tables."""

from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.options import DEFAULT_STORE, JsonOption, PlainOption, StoreOption
from ballot.commands.render import Lines, Listing, Part, Table, counted, say, show
from ballot.commands.results import Standing, contest_title, ranking_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.decisions import Choice, Outcome
    from ballot.ranking import Ranking
    from ballot.votes import Contest


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("count", rich_help_panel=COMMITTEE, epilog=example("ballot count"))(count)


def result_parts(
    contests: "Sequence[Contest]",
    rankings: "Sequence[Ranking]",
    outcomes: "Sequence[Outcome | Choice | None]",
) -> list[Part]:
    """Tables of every contest, with what it decides where that is more than the ranking."""
    parts: list[Part] = []
    for place, (contest, ranking, outcome) in enumerate(zip(contests, rankings, outcomes, strict=True)):
        parts.append(Lines("", (contest_title(contests, place),)))
        said = (outcome.sentence,) if outcome else ()
        if contest.asks:
            answers = tuple((answer.name, ranking.totals[answer.number]) for answer in contest.candidates)
            parts += [Table("Result", ("Answer", "Votes"), answers), Lines("", said)]
            continue
        if said:
            people = tuple((c.number, c.name, ranking.totals[c.number]) for c in contest.candidates)
            parts += [Table("Result", ("No.", "Name", "Votes"), people), Lines("", said)]
            continue
        standings = {c.number: Standing(c.name, c.organisation, c.region) for c in contest.candidates}
        parts += ranking_tables(ranking, standings)
    return parts


def count(
    envelopes_lost: Annotated[
        bool, typer.Option("--envelopes-lost", help="Envelopes that nobody drew cannot be returned any more.")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Count: decrypt the totals from the trustees' shares, and rank the candidates.

    No single ballot is ever decrypted. A tie that decides something waits for lots drawn in public. After the count the
    same is shown again, and nothing is changed.
    """
    from ballot.acts.counting import count as count_box
    from ballot.acts.counting import outcomes, rankings, totals_of
    from ballot.acts.status import next_step
    from ballot.drawing import open_ties
    from ballot.store.repo import Store
    from ballot.votes import Phase

    with Store.open(store) as opened:
        with opened.read() as view:
            before = view.phase()
        if before not in (Phase.COUNTED, Phase.DECLARED):
            count_box(opened, now(), envelopes_lost)
        with opened.read() as view:
            contests, totals, ranked, decided = view.contests(), totals_of(view), rankings(view), outcomes(view)
            step = next_step(view, view.phase())
    waiting = open_ties(ranked)
    show(
        {"ballots": totals.ballots, "totals_digest": totals.digest, "contests": ranked, "outcomes": decided},
        Listing("", (("Ballots", totals.ballots), ("Digest of the totals", totals.digest))),
        *result_parts(contests, ranked, decided),
        as_json=as_json,
        plain=plain,
    )
    # Last, for the tables are longer than a screen.
    if before in (Phase.COUNTED, Phase.DECLARED):
        say("This was counted before; nothing was changed. Next: {}.", step)
    elif waiting:
        say("Waiting for lots: {}. Next: `ballot lots announce`.", counted(len(waiting), "tie"))
    else:
        say("The count is done. Next: `ballot declare --head FILE --seal FILE`.")
