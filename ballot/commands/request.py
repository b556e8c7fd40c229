"""A delegate's own device: in, a name, the public opening, the committee's answer; out, a key, a request, a paper.

Only the request and the public part of the key leave the device. The pending paper and the paper are secret files.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import files, keyfiles, kinds
from ballot.commands.help import DELEGATE, PersonGroup, example
from ballot.commands.openings import OpeningOption, read_opening
from ballot.commands.options import ForceOption, JsonOption, KeyForceOption, PlainOption
from ballot.commands.overwrite import check_free, check_free_for
from ballot.commands.render import Lines, Listing, say, show

if TYPE_CHECKING:
    from ballot.register import Response
    from ballot.request import Pending
    from ballot.votes import Election

PENDING = Path("paper.pending")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    text = example('ballot delegate new --name "Dana Delegate" --out dana.key')
    group = typer.Typer(
        cls=PersonGroup, rich_markup_mode=None, help="The key that signs a delegate's request.", epilog=text
    )
    group.command("new", epilog=text)(new)
    app.add_typer(group, name="delegate", rich_help_panel=DELEGATE)
    for name, function, line in (
        ("request", request, "ballot request opening.json --delegate 17 --key dana.key"),
        ("receive", receive, "ballot receive delegate-17.response.json --opening opening.json"),
    ):
        app.command(name, rich_help_panel=DELEGATE, epilog=example(line))(function)


def new(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The delegate, as on the list of delegates.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file; FILE.public is made beside it.")],
    passphrase_file: keyfiles.PassphraseFile = None,
    force: KeyForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make a delegate's key, under a passphrase, and its public part for the committee.

    With the key on the roll nobody else can ask for your paper by file. It says nothing about your ballot.
    """
    from ballot.crypto.keys import check_name, new_delegate, save_delegate
    from ballot.files import SECRET, NewFile, write_together
    from ballot.wire import encode

    check_name(name)
    public = Path(f"{out}.public")
    check_free([out, public], force, kind=(kinds.KEY, kinds.DELEGATE))
    phrase = keyfiles.new_passphrase(name, passphrase_file, "delegate")
    made = new_delegate(name)
    write_together([NewFile(out, save_delegate(made, phrase), SECRET), NewFile(public, encode(made.public))], force)
    say("Your key is in {}. Keep it where only you can reach it.", out)
    # The key is a part of its own, so that it is printed without a break and can be copied.
    show(
        {"name": name, "file": str(out), "public": str(public), "key": made.public.key},
        Listing("", (("Delegate", name), ("Public part", str(public)))),
        Lines("Key for the roll:", (made.public.key,)),
        as_json=as_json,
        plain=plain,
    )
    say("Next: give {} to the committee before the opening; the key goes into the column key of delegates.csv.", public)


def request(
    opening: Annotated[Path, typer.Argument(metavar="OPENING", help="The public opening.")],
    delegate: Annotated[int, typer.Option("--delegate", metavar="NUMBER", help="Your number on the roll.", min=1)],
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Your key file, if your key is on the roll.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The request, for the committee.")] = Path(
        "request.json"
    ),
    pending: Annotated[
        Path, typer.Option("--pending", metavar="FILE", help="What you keep, secret, until the answer comes.")
    ] = PENDING,
    passphrase_file: keyfiles.PassphraseFile = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Ask for a paper from your own device.

    The request shows two random numbers; whoever sees it learns nothing of the paper. Keep the pending paper: without
    it the answer is worth nothing, and no second paper is issued.
    """
    from ballot.crypto.paper import sign_request
    from ballot.crypto.words import fingerprint_line
    from ballot.files import SECRET, NewFile, write_together
    from ballot.request import ask as ask_paper
    from ballot.request import save_pending
    from ballot.wire import encode

    _check_no_pending(pending)
    check_free([pending, out])
    file = read_opening(opening)
    made, kept = ask_paper(file.signed.opening, file.election, delegate)
    if key is not None:
        made = sign_request(made, keyfiles.delegate(key, passphrase_file).ed25519)
    # The secret first: a request without it would use up the delegate's only paper.
    write_together([NewFile(pending, save_pending(kept, made), SECRET), NewFile(out, encode(made))])
    words = fingerprint_line(file.signed.opening.fingerprint)
    signed = "yes" if made.signature else "no"
    show(
        {"delegate": delegate, "request": str(out), "pending": str(pending), "signed": key is not None, "words": words},
        Listing("", (("Delegate", delegate), ("Request", str(out)), ("Signed", signed), ("Words", numbered(words)))),
        as_json=as_json,
        plain=plain,
    )
    say("Keep {} to yourself until the answer comes: it is as good as a vote.", pending)
    say("Next: compare the words with those that were read aloud. Then send {} to the committee.", out)


def _check_no_pending(pending: Path) -> None:
    import os

    from ballot.errors import Refused

    # No --force here: who overwrites a pending paper loses the vote.
    if os.path.lexists(pending):
        raise Refused(
            f"{pending} is there already: you have asked for a paper",
            "If the answer was lost, send the same request again; with --pending another name for another election. If "
            "the delegate's number was wrong and nothing was sent, or the committee refused the request, delete this "
            "file and the request, and ask again.",
        )


def receive(
    response: Annotated[Path, typer.Argument(metavar="RESPONSE", help="The committee's answer.")],
    opening: OpeningOption,
    pending: Annotated[Path, typer.Option("--pending", metavar="FILE", help="What `ballot request` kept.")] = PENDING,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The paper, for the booth.")] = Path("paper.json"),
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Turn the committee's answer into your paper.

    Both signatures are checked; an answer in which either does not hold is refused.
    """
    from ballot.files import SECRET, write_whole
    from ballot.request import receive as unblind
    from ballot.wire import encode

    file = read_opening(opening)
    answer, kept = _answer(response), _pending(pending, file.election)
    paper = unblind(file.signed.opening, file.election, kept, answer)
    check_free_for(out, kinds.PAPER, paper.paper.credential, force)
    write_whole(out, encode(paper), SECRET, force)
    say("Your paper is in {}; head and seal have signed it.", out)
    show({"paper": str(out)}, Listing("", (("Paper", str(out)),)), as_json=as_json, plain=plain)
    say("Delete {} now, and {} once your ballot is in the box: they could tie you to your ballot.", pending, out)
    say("Next: `ballot booth` or `ballot vote`.")


def _answer(path: Path) -> "Response":
    from ballot.errors import Invalid
    from ballot.register import Response
    from ballot.wire import MAX_JSON

    data = files.read(path, kinds.ANSWER, MAX_JSON)
    if kinds.kind_of(data) == kinds.HALF:
        problem = f"{path}: this is only the head's half of the answer"
        raise Invalid(problem, "It goes to the keeper of the seal: ballot seal-papers.")
    return kinds.decode_as(path, data, Response, kinds.ANSWER, MAX_JSON)


def _pending(path: Path, election: "Election") -> "Pending":
    from ballot.request import load_pending
    from ballot.wire import MAX_JSON

    data = files.read(path, kinds.PENDING, MAX_JSON)
    kinds.check_kind(path, data, kinds.PENDING)
    return load_pending(data, election)
