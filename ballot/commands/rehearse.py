"""`ballot rehearse`: in, a draft and everybody's keys; out, a signed report, and leave to open the box."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import keyfiles, kinds
from ballot.commands.clock import now
from ballot.commands.echo import hidden
from ballot.commands.help import COMMITTEE, example
from ballot.commands.officials import (
    HeadOption,
    HeadPassphrase,
    SealHere,
    SealPassphrase,
    SealReadyOption,
    both,
    of_election,
    official,
    read_ready,
    require_one,
)
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Cell, Listing, Tone, Toned, say, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.cosigning import SealReady
    from ballot.crypto.keys import OfficialKey
    from ballot.trustees.messages import Transcript
    from ballot.trustees.readiness import Ready


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    text = example("ballot rehearse --head head.key --seal seal.key --trustee tara.key --trustee tomas.key")
    app.command("rehearse", rich_help_panel=COMMITTEE, epilog=text)(rehearse)


def register_ready(group: typer.Typer) -> None:
    """Add `ready` to the group `ballot trustee`."""
    group.command("ready", epilog=example("ballot trustee ready tara.key --out tara.ready.json"))(ready)


def rehearse(
    head: HeadOption,
    seal: SealHere = None,
    seal_ready: SealReadyOption = None,
    trustee: Annotated[
        list[Path] | None,
        typer.Option("--trustee", metavar="KEY", help="A trustee's key; once for each at this machine."),
    ] = None,
    ready_file: Annotated[
        list[Path] | None, typer.Option("--ready", metavar="FILE", help="What a trustee elsewhere made with `ready`.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The signed report.")] = Path("rehearsal.json"),
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    passphrase_file: Annotated[
        list[Path] | None,
        typer.Option("--passphrase-file", metavar="FILE", help="A trustee's passphrase, in the order of --trustee."),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Rehearse the whole election before the box is opened.

    Head, seal and every trustee show that key and passphrase work today. Then an election with the same roll,
    candidates and charter is played with throwaway keys and ballots: one trustee is dropped by lot and stood in for, a
    tie is drawn, the power is cut once, and the record is verified. Nothing of it remains but a report.
    """
    from ballot.acts.rehearsal import check_given
    from ballot.acts.rehearsal import rehearse as rehearse_election
    from ballot.acts.status import opening_command
    from ballot.errors import UsageError
    from ballot.files import write_whole
    from ballot.store.repo import Store
    from ballot.trustees.readiness import show_ready
    from ballot.trustees.report import SignedReport
    from ballot.votes import Phase
    from ballot.wire import encode

    def deliver(signed: SignedReport) -> None:
        write_whole(out, encode(signed), force=force)

    require_one(seal=seal, seal_ready=seal_ready)
    keys, phrases = trustee or [], passphrase_file or []
    if phrases and len(phrases) != len(keys):
        raise UsageError("--passphrase-file is given for some trustees only", "Give one for each --trustee, in order.")
    with Store.open(store) as opened:
        with opened.read() as view:
            # In the wrong phase nothing need be said about files.
            view.require(Phase.DRAFT, "a rehearsal")
            check_free([out], force, kind=kinds.REHEARSAL, of=view.setup().name)
            shown = [_read(path) for path in ready_file or []]
            check_given(view, _owners(keys, view.transcript()), shown, now())
        shown_seal = read_ready(seal_ready, opened) if seal_ready else None
        with hidden():
            officials: tuple[OfficialKey, OfficialKey | SealReady]
            if shown_seal:
                officials = official(head, "head", head_passphrase_file, of_election(opened)), shown_seal
            elif seal:
                officials = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            for place, path in enumerate(keys):
                file = keyfiles.trustee(path, phrases[place] if phrases else None)
                with keyfiles.named(path):
                    shown.append(show_ready(file.key, now()))
        signed = rehearse_election(opened, *officials, shown, now(), lambda line: say("{} …", line), deliver)
        with opened.read() as view:
            step = opening_command(view, "--seal-ready" if shown_seal else "--seal")
    outcome = signed.report.outcome
    entries: tuple[tuple[str, Cell], ...] = (
        ("Rehearsal", Toned("passed", Tone.GOOD)),
        ("Keys that work", ", ".join([*(key.public.name for key in officials), *(one.trustee.name for one in shown)])),
        ("Ballots", outcome.ballots),
        ("Stood in for", outcome.dropped or "nobody: all trustees are needed"),
        ("Drawn by lot", f"places {outcome.tie}" if outcome.tie else "nothing: no tie came up"),
        ("Power cuts", 1),
        ("Checks that hold", outcome.checks),
        ("Report", str(out)),
    )
    show(signed.report, Listing("", entries), as_json=as_json, plain=plain)
    say("The rehearsal is passed. Next: `{}`.", step)


def _owners(keys: "Sequence[Path]", held: "Transcript | None") -> list[str]:
    """Names of the trustees whose key files these are. Raises KeyRefused for a key of another election."""
    from ballot.errors import KeyRefused

    owners = []
    for path in keys:
        owner = keyfiles.owner_of(path)
        if owner.ceremony != ("" if held is None else held.ceremony.id):
            raise KeyRefused(f"{path}: this key of {owner.name} is of another ceremony", "Take that of this election.")
        owners.append(owner.name)
    return owners


def ready(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The trustee's key file.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="For the committee; else NAME-ready.json.")
    ] = None,
    passphrase_file: keyfiles.PassphraseFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show today, for the rehearsal, that key and passphrase work.

    The file proves it and reveals nothing; it counts for a day.
    """
    from ballot.files import write_whole
    from ballot.trustees.readiness import show_ready
    from ballot.wire import encode

    out = Path(keyfiles.file_of(keyfiles.owner_of(key).name, "ready")) if out is None else out
    check_free([out], force, kind=kinds.READY)
    file = keyfiles.trustee(key, passphrase_file)
    with keyfiles.named(key):
        shown = show_ready(file.key, now())
    write_whole(out, encode(shown), force=force)
    show(
        {"trustee": file.name, "at": shown.at, "file": str(out)},
        Listing("", (("Trustee", file.name), ("At", shown.at), ("File", str(out)))),
        as_json=as_json,
        plain=plain,
    )
    say("Your key works. Next: give {} to the committee today.", out)


def _read(path: Path) -> "Ready":
    from ballot.trustees.readiness import Ready
    from ballot.wire import MAX_JSON

    return kinds.read_as(path, Ready, kinds.READY, MAX_JSON)
