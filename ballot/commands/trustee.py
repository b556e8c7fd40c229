"""`ballot trustee`: in, a name or a key; out, a trustee's key, its public part, and a share of the closed box."""

from pathlib import Path
from typing import Annotated

import typer

from ballot.commands import ask, files, keyfiles
from ballot.commands.committee import now
from ballot.commands.help import TRUSTEE, PersonGroup, example
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption
from ballot.commands.render import Listing, counted, say, show


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="Keys and shares of those who open the box.",
        epilog=example("ballot trustee share tara.key"),
    )
    for name, function, line in (
        ("new", new, 'ballot trustee new --name "Tara Trustworthy" --out tara.key'),
        ("add", add, "ballot trustee add tara.key.public tomas.key.public"),
        ("share", share, "ballot trustee share tara.key"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="trustee", rich_help_panel=TRUSTEE)


def public_path(path: Path) -> Path:
    """Where the public part of a trustee's key file goes."""
    return path.with_name(path.name + ".public")


def new(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The trustee, as election.toml names them.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file; FILE.public is made beside it.")],
    group: Annotated[str, typer.Option("--group", help="Ed25519 or BELENIOS-2048, as election.toml says.")] = "Ed25519",
    passphrase_file: keyfiles.PassphraseFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make a trustee's key, under a passphrase, and its public part for the committee.

    The key never leaves you. Without it the votes of this election cannot be counted: keep a second copy elsewhere.
    """
    from ballot.crypto.keys import TrusteeSecret, save_trustee
    from ballot.errors import Refused
    from ballot.files import SECRET, check_free, write_whole
    from ballot.opening import new_trustee
    from ballot.tables import text_problem
    from ballot.wire import encode

    problem = text_problem(name) or ("" if name else "it is empty")
    if problem:
        raise Refused(f"the trustee's name: {problem}", "Give the name as election.toml has it.")
    public = public_path(out)
    check_free([out, public], force)
    phrase = ask.passphrase(f"New passphrase of {name}", passphrase_file, keyfiles.variable("trustee"), confirm=True)
    made, secret = new_trustee(name, group)
    write_whole(out, save_trustee(TrusteeSecret(made, secret), phrase), SECRET, force)
    write_whole(public, encode(made), force=force)
    say("Your key is in {}. Keep it, and a copy, where only you can reach them.", out)
    say("Next: give {} to the committee.", public)
    show(
        {"name": name, "key": str(out), "public": str(public), "public_key": made.key.public_key},
        Listing("", (("Trustee", name), ("Public part", str(public)), ("Public key", made.key.public_key))),
        as_json=as_json,
        plain=plain,
    )


def add(
    public: Annotated[list[Path], typer.Argument(metavar="PUBLIC...", help="Public parts of trustees.")],
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Collect the public parts of trustees; the box opens when those of all are there."""
    from ballot.acts.setup import add_trustees
    from ballot.errors import BadInput, Fault, Invalid
    from ballot.store.repo import Store
    from ballot.votes import Trustee
    from ballot.wire import MAX_JSON, decode

    trustees: list[Trustee] = []
    faults: list[Fault] = []
    for path in public:
        try:
            data = files.read(path, "the public part of a trustee", MAX_JSON)
            trustees.append(decode(data, Trustee, "the public part of a trustee"))
        except Invalid as error:
            faults.append(Fault(str(path), 0, "", error.message))
    if faults:
        raise BadInput(faults)
    with Store.open(store) as opened:
        missing = add_trustees(opened, trustees, now(), [str(path) for path in public])
    collected = ", ".join(trustee.name for trustee in trustees)
    if missing:
        say("Still missing: {}.", counted(missing, "trustee"))
    else:
        say("All trustees are there. Next: `ballot open --head FILE --seal FILE`.")
    show(
        {"collected": [trustee.name for trustee in trustees], "missing": missing},
        Listing("", (("Collected", collected), ("Still missing", missing))),
        as_json=as_json,
        plain=plain,
    )


def share(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The trustee's key file.")],
    store: StoreOption = DEFAULT_STORE,
    passphrase_file: keyfiles.PassphraseFile = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Give a trustee's share of the decryption, over the closed box only.

    The tally is computed anew from the ballots, and nothing but the closed box of this election is worked on: no key
    ever opens a single ballot.
    """
    from ballot.acts.counting import give_share
    from ballot.store.repo import Store
    from ballot.votes import Phase

    with Store.open(store) as opened:
        with opened.read() as unit:
            unit.require(Phase.CLOSED, "giving a trustee's share")
        trustee = keyfiles.trustee(key, passphrase_file)
        missing = give_share(opened, trustee, now())
    if missing:
        say("Still awaited: {}.", counted(missing, "share"))
    else:
        say("All shares are there. Next: `ballot count`.")
    name = trustee.public.name
    show(
        {"trustee": name, "missing": missing},
        Listing("", (("Share received from", name), ("Still awaited", missing))),
        as_json=as_json,
        plain=plain,
    )
