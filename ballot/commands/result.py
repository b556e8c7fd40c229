"""From the shares to the published record: in, a closed store and the keys; out, totals, declaration and record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import HeadOption, HeadPassphrase, SealOption, SealPassphrase, both
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, SignedForceOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Lines, Listing, Part, Table, counted, say, show
from ballot.commands.results import Standing, contest_title, ranking_tables
from ballot.typed import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.decisions import Choice, Outcome
    from ballot.ranking import Ranking
    from ballot.votes import Contest


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--head head.key --seal seal.key"
    for name, function, line in (
        ("count", count, "ballot count"),
        ("declare", declare, f"ballot declare {keys} --out declaration.txt"),
        ("publish", publish, f"ballot publish {keys} --out record.zip"),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(line))(function)


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


def declare(
    head: HeadOption,
    seal: SealOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The signed declaration.")] = Path(
        "declaration.txt"
    ),
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: SignedForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Declare the result: the text that is read out, signed by the head and sealed.

    After the declaration the same is shown and written again, and nothing is changed.
    """
    from ballot.acts.counting import declaration_of, declare_result, require_decided
    from ballot.acts.election import opening_file
    from ballot.declaration import signature_block
    from ballot.store.repo import Store
    from ballot.votes import Phase

    with Store.open(store) as opened:
        with opened.read() as view:
            before = view.phase() == Phase.DECLARED
            if before:
                text, signatures = declaration_of(view)
            else:
                require_decided(view)
            opening = opening_file(view).signed.opening
        if not before:
            check_free([out], force, kind=kinds.DECLARATION)
            keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            text, signatures = declare_result(opened, *keys, now())
    whole = text + signature_block(opening, signatures.head, signatures.seal).encode()
    # Only now: a file that was left by a run that broke off would be a declaration that was never made.
    with files.standing("the result is declared", "ballot declare --head FILE --seal FILE --out FILE"):
        files.write_again(out, whole, force, kinds.DECLARATION)
    show(
        {"declaration": text.decode(), "signatures": signatures, "file": str(out)},
        Lines("", tuple(whole.decode().splitlines())),
        as_json=as_json,
        plain=plain,
    )
    # Last, for the text is longer than a screen.
    if before:
        say("This was declared before; nothing was changed.")
    say("The declaration is in {}. Next: `ballot publish --head FILE --seal FILE --out record.zip`.", out)


def publish(
    head: HeadOption,
    seal: SealOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The record.")] = Path("record.zip"),
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Publish the record: everything public in one file, signed by the head and sealed.

    Give it to everyone: with `ballot verify` each can check the whole election, offline, without trusting anybody.
    """
    from ballot.acts.counting import publish_record
    from ballot.acts.election import opening_file
    from ballot.files import write_whole
    from ballot.store.repo import Store
    from ballot.votes import Phase
    from ballot.wire import sha256_hex

    with Store.open(store) as opened:
        with opened.read() as view:
            view.require(Phase.DECLARED, "publishing the record")
            check_free([out], force, kind=kinds.RECORD, of=opening_file(view).signed.opening.fingerprint)
        keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
        data = publish_record(opened, *keys, now(), lambda record: write_whole(out, record, force=force))
    digest = sha256_hex(data)
    show(
        {"record": str(out), "sha256": digest, "bytes": len(data)},
        Listing("", (("Record", str(out)), ("SHA-256", digest), ("Bytes", len(data)))),
        as_json=as_json,
        plain=plain,
    )
    say("The record is in {}. Next: `ballot verify {}`, and give the file to everyone.", out, word(out))
