"""`ballot keys`: in, who holds an office; out, a key file of theirs under a passphrase."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import kinds
from ballot.commands.help import COMMITTEE, PersonGroup, example
from ballot.commands.keyfiles import OFFICE, PassphraseFile, new_passphrase
from ballot.commands.options import JsonOption, KeyForceOption, PlainOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Listing, say, show


class Office(StrEnum):
    """The two offices that sign papers, and the two that sign the ICB's acts."""

    HEAD = "head"
    SEAL = "seal"
    SECRETARY = "secretary"
    SECOND = "second"


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    text = example('ballot keys new head --name "Hana Headley" --out head.key')
    group = typer.Typer(cls=PersonGroup, rich_markup_mode=None, help="Keys of those who hold an office.", epilog=text)
    group.command("new", epilog=text)(new)
    app.add_typer(group, name="keys", rich_help_panel=COMMITTEE)


def new(
    office: Annotated[
        Office,
        typer.Argument(metavar="OFFICE", help="Whose key: head or seal; secretary or second, who sign the ICB's acts."),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The person, as election.toml names them.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the key file goes.")],
    passphrase_file: PassphraseFile = None,
    force: KeyForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make the keys of the head or of the seal, for one election, or the key of who signs the ICB's acts.

    The file holds the keys under a passphrase: one signs documents; the head and the seal have another for papers. Keep
    a second copy elsewhere: without it no paper can be issued, no result declared and no act recorded. Whoever has file
    and passphrase can sign in this office's name.
    """
    from ballot.crypto.keys import check_name, new_official, save_official
    from ballot.crypto.signer import new_signer, save_signer
    from ballot.crypto.words import fingerprint_line
    from ballot.files import SECRET, write_whole
    from ballot.statements import digest_of

    check_name(name)
    check_free([out], force, kind=kinds.KEY)
    phrase = new_passphrase(OFFICE[office], passphrase_file, office)
    if office in (Office.HEAD, Office.SEAL):
        official = new_official("head" if office == Office.HEAD else "seal", name)
        data, digest = save_official(official, phrase), digest_of(official.public)
    else:
        signer = new_signer("secretary" if office == Office.SECRETARY else "second", name)
        data, digest = save_signer(signer, phrase), digest_of(signer.public)
    write_whole(out, data, SECRET, force)
    words = fingerprint_line(digest)
    say("The key of {} is in {}. Keep it on a stick of its own.", OFFICE[office], out)
    show(
        {"role": office.value, "name": name, "file": str(out), "fingerprint": digest, "words": words},
        Listing(
            "", (("Office", OFFICE[office]), ("Name", name), ("Fingerprint", digest), ("In words", numbered(words)))
        ),
        as_json=as_json,
        plain=plain,
    )
