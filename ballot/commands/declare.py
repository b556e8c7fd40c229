"""`ballot declare` and `ballot publish`: in, a counted store and the keys; out, the declaration and the record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.commands import files, kinds
from ballot.commands.clock import now
from ballot.commands.halves import HALF_DECLARATION, HALF_RECORD, RECORD, show_half
from ballot.commands.help import COMMITTEE, example
from ballot.commands.keyfiles import named
from ballot.commands.officials import (
    HeadOption,
    HeadPassphrase,
    SealedOption,
    SealHere,
    SealPassphrase,
    both,
    of_election,
    official,
    require_at_most_one,
)
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, SignedForceOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Lines, Listing, say, show
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.record import SignedIndex
    from ballot.votes import Opening, Signatures


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--head head.key --seal seal.key"
    for name, function, line in (
        ("declare", declare, f"ballot declare {keys} --out declaration.txt"),
        ("publish", publish, f"ballot publish {keys} --out record.zip"),
    ):
        app.command(name, rich_help_panel=COMMITTEE, epilog=example(line))(function)


def declare(
    head: HeadOption,
    seal: SealHere = None,
    sealed: SealedOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The declaration (declaration.txt), or the half of it.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: SignedForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Declare the result: the text that is read out, signed by the head and sealed.

    Without --seal it makes a half, for `ballot keeper declaration` where the seal is; --sealed declares with what comes
    back. After the declaration the same is shown and written again, and nothing is changed.
    """
    from ballot.acts.cosigned import declare_sealed, half_declaration
    from ballot.acts.counting import declaration_of, declare_result, require_decided
    from ballot.acts.election import opening_file
    from ballot.cosigning import SealedDeclaration
    from ballot.store.repo import Store
    from ballot.votes import Phase
    from ballot.wire import MAX_JSON, encode

    require_at_most_one(seal=seal, sealed=sealed)
    with Store.open(store) as opened:
        with opened.read() as view:
            before = view.phase() == Phase.DECLARED
            if before:
                text, signatures = declaration_of(view)
            else:
                require_decided(view)
            opening = opening_file(view).signed.opening
        halved = not (before or seal or sealed)
        target = out or (HALF_DECLARATION if halved else Path("declaration.txt"))
        if not before:
            check_free([target], force, kind=kinds.HALF_DECLARATION if halved else kinds.DECLARATION)
        if halved:
            key = official(head, "head", head_passphrase_file, of_election(opened))
            with opened.read() as view:
                half = half_declaration(view, key)
            files.write_again(target, encode(half), force, kinds.HALF_DECLARATION)
            show_half(target, "declaration --opening FILE", "ballot declare --head FILE --sealed FILE", as_json, plain)
            return
        if not before and sealed:
            given = kinds.read_as(sealed, SealedDeclaration, kinds.SEALED_DECLARATION, MAX_JSON)
            key = official(head, "head", head_passphrase_file, of_election(opened))
            text, signatures = declare_sealed(opened, key, given, now())
        elif not before and seal:
            keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            text, signatures = declare_result(opened, *keys, now())
    _write_declaration(opening, text, signatures, target, force, as_json, plain)
    # Last, for the text is longer than a screen.
    if before:
        say("This was declared before; nothing was changed.")
    step = "ballot publish --head FILE" if sealed else "ballot publish --head FILE --seal FILE --out record.zip"
    say("The declaration is in {}. Next: `{}`.", target, step)


def _write_declaration(
    opening: "Opening", text: bytes, signatures: "Signatures", out: Path, force: bool, as_json: bool, plain: bool
) -> None:
    from ballot.declaration import signature_block

    whole = text + signature_block(opening, signatures.head, signatures.seal).encode()
    # Only now: a file that was left by a run that broke off would be a declaration that was never made.
    with files.standing("the result is declared", "ballot declare --head FILE --out FILE"):
        files.write_again(out, whole, force, kinds.DECLARATION)
    show(
        {"declaration": text.decode(), "signatures": signatures, "file": str(out)},
        Lines("", tuple(whole.decode().splitlines())),
        as_json=as_json,
        plain=plain,
    )


def publish(
    head: HeadOption,
    seal: SealHere = None,
    sealed: SealedOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The record (record.zip), or the half of it.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    head_passphrase_file: HeadPassphrase = None,
    seal_passphrase_file: SealPassphrase = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Publish the record: everything public in one file, signed by the head and sealed.

    Without --seal it makes a half, for `ballot keeper record` where the seal is; --sealed publishes what comes back.
    Give it to everyone: with `ballot verify` each can check the whole election, offline, without trusting anybody.
    """
    from ballot.acts.cosigned import half_record, publish_sealed
    from ballot.acts.counting import publish_record
    from ballot.acts.election import opening_file
    from ballot.store.repo import Store
    from ballot.votes import Phase
    from ballot.wire import sha256_hex

    require_at_most_one(seal=seal, sealed=sealed)
    halved = not (seal or sealed)
    target = out or (HALF_RECORD if halved else RECORD)
    with Store.open(store) as opened:
        with opened.read() as view:
            view.require(Phase.DECLARED, "publishing the record")
            whose = opening_file(view).signed.opening.fingerprint

        def deliver(record: bytes) -> None:
            files.write_again(target, record, force, kinds.RECORD, whose)

        if halved:
            _keep_whole(target)
        index = _read_index(sealed) if sealed else None
        # The keeper's file is the record itself, so it may lie in the place already.
        if sealed is None or not target.exists() or not target.samefile(sealed):
            check_free([target], force, kind=kinds.RECORD, of=whose)
        if seal:
            keys = both(opened, head, seal, head_passphrase_file, seal_passphrase_file)
            data = publish_record(opened, *keys, now(), deliver)
        else:
            key = official(head, "head", head_passphrase_file, of_election(opened))
            if index:
                data = publish_sealed(opened, key, index, now(), deliver)
            else:
                with opened.read() as view:
                    deliver(half_record(view, key))
                show_half(target, "record", "ballot publish --head FILE --sealed FILE", as_json, plain)
                return
    digest = sha256_hex(data)
    show(
        {"record": str(target), "sha256": digest, "bytes": len(data)},
        Listing("", (("Record", str(target)), ("SHA-256", digest), ("Bytes", len(data)))),
        as_json=as_json,
        plain=plain,
    )
    say("The record is in {}. Next: `ballot verify {}`, and give the file to everyone.", target, word(target))


def _keep_whole(path: Path) -> None:
    """Raise Refused where a half would replace a record that both have signed: people would be given the half."""
    from ballot.errors import Invalid, Refused
    from ballot.record import read_record

    try:
        whole = path.is_file() and read_record(path.read_bytes()).index.seal
    except (OSError, Invalid):
        whole = ""
    if whole:
        hint = "Give --seal or --sealed; or choose another name for the half with --out."
        raise Refused(f"{path} is a record that both have signed, and a half does not replace it", hint)


def _read_index(path: Path) -> "SignedIndex":
    """The index of a record that the keeper has sealed. Raises Invalid."""
    from ballot.errors import Invalid
    from ballot.record import read_record

    data = kinds.read_record(path)
    with named(path):
        index = read_record(data).index
    if not index.seal:
        raise Invalid(f"{path} is the head's half: the seal is not on it yet", "Next: `ballot keeper record`.")
    return index
