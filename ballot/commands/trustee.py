"""`ballot trustee`: in, a name or a file of the ceremony; out, a trustee's key, and what the committee gets of it.

Where trustees deal each other backups, `next` is all that they need before the opening; else `new` and `add`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, keyfiles, kinds, rehearse, shares, sheets
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, TRUSTEE, PersonGroup, example
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, KeyForceOption, PlainOption, StoreOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Listing, say, show
from ballot.commands.trustee_check import register_check
from ballot.commands.trustees import MAX_MESSAGE, words_of
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.trustees.ceremony import Secrets
    from ballot.trustees.messages import Transcript


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="Keys and shares of those who open the box.",
        epilog=example("ballot trustee share tara.key"),
    )
    for name, function, panel, line in (
        ("next", next_, TRUSTEE, "ballot trustee next ceremony-1.json --key tara.key"),
        ("new", new, TRUSTEE, 'ballot trustee new --name "Tara Trustworthy" --out tara.key'),
        ("add", add, COMMITTEE, "ballot trustee add tara.key.public tomas.key.public"),
    ):
        group.command(name, rich_help_panel=panel, epilog=example(line))(function)
    rehearse.register_ready(group)
    register_check(group)
    shares.register_shares(group)
    sheets.register_sheets(group)
    app.add_typer(group, name="trustee", rich_help_panel=TRUSTEE)


def public_path(path: Path) -> Path:
    """Where the public part of a trustee's key file goes."""
    return Path(f"{path}.public")


def next_(
    ceremony: Annotated[Path, typer.Argument(metavar="CEREMONY", help="The file that the committee sent.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your key file; the first round makes it.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Your message; else your name and the round, beside the key."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Who you are, as the ceremony names you; first round.")
    ] = None,
    passphrase_file: keyfiles.PassphraseFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Take the next step of the trustees' ceremony: answer the committee's file with a message.

    The same command in every round. The first makes your key, under a passphrase; later ones add what the others dealt
    you, so copy it after the last one only. Asked again, the answer is the same.
    """
    from ballot.crypto.words import fingerprint_line
    from ballot.errors import Refused
    from ballot.files import SECRET, check_folder, is_there, write_whole
    from ballot.tables import named_in
    from ballot.trustees.ceremony import begin
    from ballot.trustees.keeping import save_secrets
    from ballot.trustees.messages import Transcript
    from ballot.trustees.transcript import check_ceremony, check_transcript, round_due, waiting_for
    from ballot.wire import encode

    transcript = kinds.read_as(ceremony, Transcript, kinds.CEREMONY, MAX_MESSAGE)
    check_ceremony(transcript.ceremony)
    data = encode(transcript)
    due = round_due(transcript)
    for path in (key, out or key):
        check_folder(path.parent)
    if is_there(key):
        file, secrets = keyfiles.keeper(key, passphrase_file)
        if name is not None and not named_in([secrets.name], name):
            raise Refused(f"{key} is the key of {secrets.name}, not of {name}", "Give the key of this trustee.")
        secrets, message = _next(secrets, data)
        out = _message(key, secrets.name, due) if out is None else out
        force = force or _is_left_over(out, transcript, secrets.name, secrets.commit.signing)
        if not files.holds(out, message):
            check_free([out], force, kind=kinds.MESSAGE)
        file.keep(secrets)
    elif due > 1:
        raise Refused(f"there is no key file {key}", "Give the file that the first round made, with --key.")
    else:
        who = _proper(transcript.ceremony.names, name) if name else _who(transcript.ceremony.names)
        out = _message(key, who, due) if out is None else out
        force = force or _is_left_over(out, transcript, who, "")
        check_free([out], force, kind=kinds.MESSAGE)
        secrets, _ = begin(transcript.ceremony, who)
        phrase = keyfiles.new_passphrase(who, passphrase_file, "trustee")
        secrets, message = _next(secrets, data)
        write_whole(key, save_secrets(secrets, phrase), SECRET)
    files.write_again(out, message, force, kinds.MESSAGE)
    complete = not waiting_for(transcript)
    if complete:
        check_transcript(transcript)
        say("The ceremony is complete.")
    if secrets.answer is None:
        say("Your key is in {}. It changes in every round: copy it only after round 3.", key)
    elif secrets.answer.complaints:
        say("A piece that was dealt to you is wrong: the ceremony starts anew, and {} will not count.", key)
    else:
        say(
            "Now copy {} to a second stick, and print a sheet: `ballot trustee sheet {} --out sheet.txt`.",
            key,
            word(key),
        )
    words, invited = words_of(message), transcript.ceremony
    # A desk that handed each trustee other files shows in these words, and before the opening nothing is lost.
    whole = fingerprint_line(transcript.digest) if complete else ""
    show(
        {
            "trustee": secrets.name,
            "trustees": invited.names,
            "need": invited.need,
            "round": due,
            "complete": complete,
            "ceremony": whole,
            "message": str(out),
            "words": words,
        },
        Listing(
            "",
            (
                ("Trustee", secrets.name),
                ("All trustees", ", ".join(invited.names)),
                ("Needed for the count", f"{invited.need} of {len(invited.names)}"),
                ("Round", due),
                ("Message", str(out)),
                ("Its words", numbered(words)),
                *((("Ceremony, in words", numbered(whole)),) if complete else ()),
            ),
        ),
        as_json=as_json,
        plain=plain,
    )
    if complete and len(invited.names) > 1:
        say("All trustees must see the same words of the ceremony: read them to each other yourselves.")
    if not complete:
        # After the words that it speaks of.
        say("Next: give {} to the committee, and let them read you its words.", out)


def _next(secrets: "Secrets", data: bytes) -> "tuple[Secrets, bytes]":
    """As `next_message`, but whoever sent the file is asked for it again."""
    from ballot.errors import Invalid
    from ballot.trustees.ceremony import next_message

    try:
        return next_message(secrets, data)
    except Invalid as error:
        hint = "Ask the committee for this file again; if it is the same, tell them what stands here."
        raise Invalid(error.message, hint) from None


def _is_left_over(out: Path, transcript: "Transcript", name: str, key: str) -> bool:
    """Whether a file in the way is a message of another ceremony or of an earlier round."""
    from ballot.errors import Invalid
    from ballot.trustees.leftovers import is_left_over
    from ballot.trustees.transcript import round_due

    try:
        data = files.read(out, kinds.MESSAGE, MAX_MESSAGE)
    except Invalid:
        return False
    return is_left_over(data, transcript.ceremony, name, key, round_due(transcript))


def _message(key: Path, name: str, due: int) -> Path:
    return key.with_name(keyfiles.file_of(name, str(due)))


def _who(names: tuple[str, ...]) -> str:
    """Ask which of the names is the trustee's, by number or name, until it is one of them."""
    from ballot.tables import named_in

    known = {str(number): name for number, name in enumerate(names, start=1)}
    for number, name in enumerate(names, start=1):
        say("{}. {}", number, name)
    while True:
        answer = ask.ask_line("Which of these are you? (number)", "--name")
        if who := known.get(answer) or named_in(names, answer):
            return who
        say("That is none of them. Type a number, 1 to {}.", len(names))


def _proper(names: tuple[str, ...], given: str) -> str:
    """The name as the ceremony has it. Raises Refused for one that nobody in it has."""
    from ballot.errors import Refused
    from ballot.tables import named_in

    if who := named_in(names, given):
        return who
    hint = f"They are: {', '.join(names)}. Without --name you choose from a list."
    raise Refused(f"{given} is no trustee of this ceremony", hint)


def new(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The trustee, as election.toml names them.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file; FILE.public is made beside it.")],
    group: Annotated[str, typer.Option("--group", help="Ed25519 or BELENIOS-2048, as election.toml says.")] = "Ed25519",
    passphrase_file: keyfiles.PassphraseFile = None,
    force: KeyForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Make a trustee's key, under a passphrase, and its public part for the committee.

    The key never leaves you. Without it the votes of this election cannot be counted: keep a second copy elsewhere.
    """
    from ballot.crypto.keys import TrusteeSecret, save_trustee
    from ballot.errors import Refused
    from ballot.files import SECRET, NewFile, write_together
    from ballot.opening import new_trustee
    from ballot.tables import text_problem
    from ballot.wire import encode

    problem = text_problem(name) or ("" if name else "it is empty")
    if problem:
        raise Refused(f"the trustee's name: {problem}", "Give the name as election.toml has it.")
    public = public_path(out)
    check_free([out, public], force, kind=(kinds.KEY, kinds.PUBLIC))
    phrase = keyfiles.new_passphrase(name, passphrase_file, "trustee")
    made, secret = new_trustee(name, group)
    key = save_trustee(TrusteeSecret(made, secret), phrase)
    write_together([NewFile(out, key, SECRET), NewFile(public, encode(made))], force)
    say("Your key is in {}. Keep it, and a copy, where only you can reach them.", out)
    show(
        {"name": name, "key": str(out), "public": str(public), "public_key": made.key.public_key},
        Listing("", (("Trustee", name), ("Public part", str(public)), ("Public key", made.key.public_key))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: give {} to the committee.", public)


def add(
    public: Annotated[list[Path], typer.Argument(metavar="PUBLIC...", help="Public parts of trustees.")],
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Collect the public parts of trustees; the box opens when those of all are there."""
    from ballot.acts.setup import add_trustees
    from ballot.store.repo import Store
    from ballot.votes import Phase, Trustee
    from ballot.wire import MAX_JSON

    with Store.open(store) as opened:
        with opened.read() as view:
            # In the wrong phase nothing need be said about files.
            view.require(Phase.DRAFT, "collecting trustees' keys")
        named = kinds.read_all(public, Trustee, kinds.PUBLIC, MAX_JSON)
        trustees = [trustee for _, trustee in named]
        missing = add_trustees(opened, trustees, now(), [name for name, _ in named])
    collected = ", ".join(trustee.name for trustee in trustees)
    show(
        {"collected": [trustee.name for trustee in trustees], "missing": missing},
        Listing("", (("Collected", collected), ("Still missing", missing))),
        as_json=as_json,
        plain=plain,
    )
    if missing:
        say("Next: `ballot trustee add FILE` for the others too; `ballot status` names them.")
    else:
        say("All trustees are there. Next: `ballot rehearse --head FILE --seal FILE --trustee KEY …`.")
