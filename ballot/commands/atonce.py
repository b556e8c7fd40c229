"""`ballot trustees table-ceremony`: in, a folder and a passphrase of every trustee; out, a key in each folder.

All three rounds happen in memory, and each key goes straight into its trustee's folder, under the trustee's own
passphrase. The laptop keeps the public transcript and nothing else.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ballot.commands import ask, keyfiles, kinds
from ballot.commands.clock import now
from ballot.commands.echo import hidden
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Table, Whole, say, show

KEY = "trustee.key"
"""What the key file is called in a trustee's folder."""


def table_ceremony(
    folder: Annotated[
        list[str], typer.Option("--folder", metavar="NAME=FOLDER", help="A trustee's own stick; once for each of them.")
    ],
    passphrase_file: Annotated[
        list[str] | None,
        typer.Option(
            "--passphrase-file", metavar="NAME=FILE", help="File with a trustee's passphrase, not to be asked."
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The transcript of the ceremony.")] = Path(
        "ceremony.json"
    ),
    again: Annotated[bool, typer.Option("--again", help="Drop all keys and messages so far and start anew.")] = False,
    store: StoreOption = DEFAULT_STORE,
    yes: YesOption = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Hold the whole ceremony with all trustees around one laptop.

    Each types a passphrase of their own and takes a stick with the key. Trust in this laptop is trust in all keys at
    once: use one that starts from a fresh system and is off the network, and leave no copy of a key on it.
    """
    from ballot.acts.trustees import adopt, check_invitable, invited_so_far, taken_in
    from ballot.commands.trustees import make_sure, remove_dropped
    from ballot.files import SECRET, NewFile, placed_together
    from ballot.store.repo import Store
    from ballot.trustees.ceremony import hold_at_once
    from ballot.trustees.keeping import save_secrets
    from ballot.trustees.messages import Transcript
    from ballot.wire import encode

    with Store.open(store) as opened:
        with opened.read() as view:
            check_invitable(view, again)
            names, dropped, loses = view.setup().trustees, invited_so_far(view), taken_in(view)
        keys = {name: path / KEY for name, path in _folders(folder, names).items()}
        renewed = [path for path in keys.values() if _is_dropped(path, dropped)]
        check_free([*keys.values(), out], force, renewed=renewed, kind=(kinds.KEY, kinds.CEREMONY))
        make_sure(loses, yes)
        phrases = _passphrases(names, passphrase_file or [])

        def hold(invitation: Transcript) -> Transcript:
            everybody, transcript = hold_at_once(invitation)
            files = [NewFile(keys[one.name], save_secrets(one, phrases[one.name]), SECRET) for one in everybody]
            files.append(NewFile(out, encode(transcript)))
            # Keys of a ceremony that the store does not keep would only be taken for the right ones.
            placed.enter_context(placed_together(files, force))
            return transcript

        with ExitStack() as placed:
            adopt(opened, again, now(), hold)
    remove_dropped(out, dropped)
    say("The ceremony is complete. Each trustee takes the stick; nothing secret is on this machine.")
    say("Each takes a copy of {}, too: with the sheet it restores a key.", out)
    table = Table("", ("Trustee", "Key"), tuple((name, Whole(keys[name])) for name in names))
    show({"keys": {name: str(keys[name]) for name in names}, "file": str(out)}, table, as_json=as_json, plain=plain)
    say("Next: `ballot rehearse --head FILE --seal FILE --trustee KEY …`.")


def _is_dropped(path: Path, ceremonies: frozenset[str]) -> bool:
    """Whether the key of a ceremony of this election that is dropped is there: no other key is overwritten."""
    from ballot.errors import Error

    try:
        return keyfiles.owner_of(path).ceremony in ceremonies
    except Error:
        return False


def _folders(given: Sequence[str], names: Sequence[str]) -> dict[str, Path]:
    """Everybody's folder, each a different one that is there. Raises Refused naming what is missing."""
    from ballot.errors import Refused
    from ballot.files import is_folder

    folders = {name: Path(path) for name, path in _named(given, names, "--folder").items()}
    missing = [name for name in names if name not in folders]
    if missing:
        raise Refused(f"no folder is given for {', '.join(missing)}", "Give --folder NAME=FOLDER for every trustee.")
    absent = [str(path) for path in folders.values() if not is_folder(path)]
    if absent:
        raise Refused(f"{', '.join(absent)} is no folder", "Put the stick in, and name a folder on it.")
    if len({path.resolve() for path in folders.values()}) != len(folders):
        raise Refused("two trustees have the same folder", "Each trustee needs a stick of their own.")
    return folders


def _passphrases(names: Sequence[str], given: Sequence[str]) -> dict[str, str]:
    """Everybody's passphrase, from their file or typed twice, one after the other.

    Raises Refused when two are the same: only at the end, and naming nobody, or one could guess another's.
    """
    from ballot.errors import Refused

    files = _named(given, names, "--passphrase-file")
    phrases: dict[str, str] = {}
    for name in names:
        if name in files:
            phrases[name] = _asked(name, Path(files[name]))
    with hidden():
        for name in names:
            if name not in files:
                say("{} sits down now; the others look away.", name)
                phrases[name] = _asked(name)
    if len(set(phrases.values())) < len(phrases):
        raise Refused(
            "two trustees chose the same passphrase",
            "No key was made. Begin again, all with new ones: each chooses one that nobody else knows.",
        )
    return phrases


def _asked(name: str, file: Path | None = None) -> str:
    from ballot.crypto.keys import check_passphrase

    # No variable of the environment: one passphrase for all would make one lock of all keys.
    return ask.new_passphrase(f"New passphrase of {name}", file, "", check_passphrase)


def _named(given: Sequence[str], names: Sequence[str], option: str) -> dict[str, str]:
    """What stands behind NAME= in each, by name. Raises Refused for a name that no trustee has, or one given twice."""
    from ballot.errors import Refused
    from ballot.tables import named_in

    found: dict[str, str] = {}
    for one in given:
        typed, sign, value = one.partition("=")
        name = named_in(names, typed)
        if not sign or not name or name in found:
            raise Refused(f"{option} {one} names no trustee, or one twice", f"They are: {', '.join(names)}.")
        found[name] = value
    return found
