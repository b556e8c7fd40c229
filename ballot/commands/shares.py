"""`ballot trustee` at the count: in, a key and the closed box; out, a share, or a piece of a missing trustee's key.

Both work on the store where the key is brought to it, and on `box.json` where the trustee stays at a machine of their
own. The key file remembers the box before anything is given, and works for no other from then on.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, keyfiles, kinds
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, example
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.overwrite import check_free
from ballot.commands.progress import counting
from ballot.commands.render import Cell, Listing, counted, lines_for, say, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.acts.standins import Given, Received
    from ballot.errors import Fault
    from ballot.trustees.boxfile import BoxFile
    from ballot.trustees.messages import Transcript
    from ballot.votes import Opening

BoxOption = Annotated[
    Path | None, typer.Option("--box", metavar="FILE", help="The closed box as a file, instead of the store.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="With --box: what goes to the committee, else named after you."),
]


def register_shares(group: typer.Typer) -> None:
    """Add the commands to the group `ballot trustee`."""
    for name, function, line in (
        ("share", share, "ballot trustee share tara.key"),
        ("stand-in", stand_in, 'ballot trustee stand-in "Tomas Tallyman" --key tara.key'),
    ):
        group.command(name, epilog=example(line))(function)
    text = example("ballot trustee receive tara-share.json tara-piece-tomas.json")
    group.command("receive", rich_help_panel=COMMITTEE, epilog=text)(receive)


def share(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The trustee's key file.")],
    box: BoxOption = None,
    out: OutOption = None,
    store: StoreOption = DEFAULT_STORE,
    passphrase_file: keyfiles.PassphraseFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Give a trustee's share of the decryption, over the closed box only.

    The tally is computed anew from the ballots, and nothing but the closed box of this election is worked on: no key
    ever opens a single ballot. What was read aloud is shown first: compare it, then type the passphrase.
    """
    from ballot.acts.standins import own_share
    from ballot.trustees.ceremony import Secrets
    from ballot.trustees.standin import give_share

    out = _out(box, out, key, "share", store, force)
    source = _box(box, store, plain)
    _show_box(source, plain)
    file = keyfiles.trustee(key, passphrase_file)
    with keyfiles.named(key):
        if isinstance(file.key, Secrets):
            opening = source.opening
            args = (opening.signed.opening, opening.election, source.closing, source.ballots)
            secrets, given = give_share(file.key, _ceremony(source), *args)
            file.keep(secrets)
        else:
            plain_key, given = own_share(source, file.key)
            file.keep(plain_key)
    _hand_over(file.name, "Share", given, source, out, store, as_json, plain, force)


def stand_in(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The trustee who is missing.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your key file: you hold a piece of that key.")],
    box: BoxOption = None,
    out: OutOption = None,
    store: StoreOption = DEFAULT_STORE,
    passphrase_file: keyfiles.PassphraseFile = None,
    yes: YesOption = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Give your piece of a missing trustee's key, so that enough of you can stand in.

    Give your own share first: only who did can stand in.

    The missing trustee's key becomes public with the record, so it must really be lost to the count. Do it only for
    whoever was announced as missing to all trustees at once: your key gives pieces for no more than can be spared, and
    a piece that was given for the wrong one is used up.
    """
    from ballot.acts.standins import number_of, require_announced
    from ballot.store.repo import Store
    from ballot.trustees.standin import give_piece

    out = _out(box, out, key, f"piece-{files.stem_of(name) or 'trustee'}", store, force)
    source = _box(box, store, plain)
    opening = source.opening.signed.opening
    number = number_of(opening, name)
    name = opening.trustee_names[number - 1]
    if box is None:
        with Store.open(store) as opened, opened.read() as view:
            require_announced(view, name)
    _show_box(source, plain)
    if box is not None:
        _make_sure(name, opening, yes)
    file, secrets = keyfiles.keeper(key, passphrase_file)
    with keyfiles.named(key):
        args = (opening, source.opening.election, source.closing, source.ballots)
        secrets, given = give_piece(secrets, _ceremony(source), number, *args)
        file.keep(secrets)
    _hand_over(file.name, f"Piece of the key of {name}", given, source, out, store, as_json, plain, force)


def receive(
    given: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Shares and pieces that trustees sent.")],
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Take in shares and pieces that trustees made on machines of their own.

    Each is checked; a wrong one is refused by the name of whose it is, and stops no others.
    """
    from ballot.acts.standins import receive as receive_given
    from ballot.errors import Fault, Invalid, Refused
    from ballot.store.repo import Store

    read: list[tuple[str, Given]] = []
    faults: list[Fault] = []
    for path in given:
        try:
            read.append((str(path), _given(path)))
        except Invalid as error:
            faults.append(Fault(str(path), 0, "", error.message.removeprefix(f"{path}: "), error.hint))
    with kinds.warned(faults):
        if not os.path.lexists(store):
            own = "A trustee gives the file to the committee, which takes it in at its machine, or names its store: "
            raise Refused(f"there is no store {store}, and shares and pieces go into it", f"{own}--store.")
        with Store.open(store) as opened:
            received = receive_given(opened, read, now())
    _tell("", received, [*faults, *received.faults], as_json, plain)


def _given(path: Path) -> "Given":
    """A share or a piece. Raises Invalid when it is neither."""
    from ballot.trustees.messages import Piece
    from ballot.votes import TrusteeShare
    from ballot.wire import MAX_JSON

    data = files.read(path, "a share or a piece", MAX_JSON)
    kind = kinds.kind_of(data)
    if kind == kinds.PIECE:
        return kinds.decode_as("it", data, Piece, kind, MAX_JSON)
    what = kind if kind == kinds.SHARE else "a share or a piece"
    return kinds.decode_as("it", data, TrusteeShare, what, MAX_JSON)


def _out(box: Path | None, out: Path | None, key: Path, word: str, store: Path, force: bool) -> Path | None:
    """Where the result goes: into a file with --box, else into the store, which must be there."""
    from ballot.errors import Refused, UsageError

    if box is not None:
        out = Path(keyfiles.file_of(keyfiles.owner_of(key).name, word)) if out is None else out
        check_free([out], force, kind=kinds.PIECE if word.startswith("piece") else kinds.SHARE)
        return out
    own = f"--box box.json --out {word.partition('-')[0]}.json"
    if out is not None:
        raise UsageError("--out wants --box: without it the result goes into the store", f"On your own laptop: {own}.")
    if not os.path.lexists(store):
        raise Refused(f"there is no store {store}", f"On your own laptop: {own}. At the committee's: --store FILE.")
    return None


def _box(box: Path | None, store: Path, plain: bool) -> "BoxFile":
    """The closed box from a file or the store, checked in full: a store can be written to without this program."""
    from ballot.acts.standins import box_file
    from ballot.store.repo import Store
    from ballot.store.rows import intact
    from ballot.trustees.boxfile import BoxFile, check_box_file
    from ballot.votes import Phase
    from ballot.wire import MAX_RECORD

    if box is None:
        with Store.open(store) as opened, opened.read() as view:
            view.require(Phase.CLOSED, "giving a trustee's share")
            file = box_file(view)
    else:
        file = kinds.read_as(box, BoxFile, kinds.BOX, MAX_RECORD)
    judged = intact("the closed box") if box is None else kinds.unchanged(box)
    with counting("Checking ballots", len(file.sealed), plain) as checked, judged:
        check_box_file(file, checked)
    return file


def _show_box(source: "BoxFile", plain: bool) -> None:
    """Show on stderr what a trustee compares before typing the passphrase."""
    from ballot.crypto.words import fingerprint_line

    opening = source.opening.signed.opening
    entries: tuple[tuple[str, Cell], ...] = (
        ("Election", source.opening.election.name),
        ("Opening, in words", numbered(fingerprint_line(opening.fingerprint))),
        ("Ballots", source.closing.ballots),
        ("Box, in words", numbered(fingerprint_line(source.closing.box))),
    )
    sys.stderr.write("".join(f"{line}\n" for line in lines_for(Listing("", entries), sys.stderr, plain)))
    say("Type the passphrase only if these are what was read aloud.")


def _make_sure(name: str, opening: "Opening", yes: bool) -> None:
    """Ask whether somebody was announced to all, before the key remembers it. Raises Refused unless the answer is yes.

    At a trustee's own machine nothing else can tell.
    """
    from ballot.errors import Refused

    spare = counted(len(opening.trustee_names) - opening.need, "trustee")
    say("Your key gives pieces for no more than {}, and takes none back: a wrong yes uses one up.", spare)
    say("So hear it announced at the committee's first.")
    if not ask.confirm(f"Were all trustees told at once that {name} is missing?", yes):
        raise Refused("no piece was given", "Stand in when it was announced to all trustees; your key is as it was.")


def _ceremony(source: "BoxFile") -> "Transcript":
    from ballot.errors import KeyRefused

    if not source.ceremony:
        raise KeyRefused("the trustees of this election held no ceremony", "Choose the key file of this election.")
    return source.ceremony[0]


def _hand_over(
    name: str,
    what: str,
    given: "Given",
    source: "BoxFile",
    out: Path | None,
    store: Path,
    as_json: bool,
    plain: bool,
    force: bool,
) -> None:
    """Give a share or a piece to the committee: into the store, or into a file."""
    from ballot.acts.standins import receive as receive_given
    from ballot.crypto.words import fingerprint_line
    from ballot.files import write_whole
    from ballot.store.repo import Store
    from ballot.wire import encode

    closing = source.closing
    words = fingerprint_line(closing.box)
    if out is None:
        with Store.open(store) as opened:
            received = receive_given(opened, [(name, given)], now())
        _tell(name, received, list(received.faults), as_json, plain)
        return
    write_whole(out, encode(given), force=force)
    entries: tuple[tuple[str, Cell], ...] = (
        ("Trustee", name),
        (what, str(out)),
        ("Ballots", closing.ballots),
        ("Digest of the box", closing.box),
        ("In words", numbered(words)),
    )
    value = {"trustee": name, "file": str(out), "ballots": closing.ballots, "box": closing.box, "words": words}
    show(value, Listing("", entries), as_json=as_json, plain=plain)
    say("Next: give {} to the committee.", out)


def _tell(name: str, received: "Received", faults: "Sequence[Fault]", as_json: bool, plain: bool) -> None:
    """Say what came in and what is awaited. Raises BadInput when something was refused."""
    entries: list[tuple[str, Cell]] = [("Share received from", one) for one in received.shared]
    entries += [("Piece received from", one) for one in received.pieces]
    entries += [("Stood in for", one) for one in received.stood_in]
    entries.append(("Shares not there yet", len(received.awaited)))
    value = {
        "trustee": name,
        "shared": received.shared,
        "pieces": received.pieces,
        "stood_in": received.stood_in,
        "awaited": received.awaited,
        "missing": len(received.awaited),
    }
    if not faults or received.shared or received.pieces:
        show(value, Listing("", tuple(entries)), as_json=as_json, plain=plain)
    for sentence in received.awaited:
        say("Awaited: {}.", sentence)
    if not received.awaited:
        say("All shares are there. Next: `ballot count`.")
    if faults:
        raise kinds.refused(faults, "Ask for {} again.", bool(received.shared or received.pieces))
