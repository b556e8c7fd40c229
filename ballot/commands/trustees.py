"""`ballot trustees`: in, messages of the trustees' ceremony; out, the file for its next round, and at last the keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, kinds
from ballot.commands.atonce import table_ceremony
from ballot.commands.clock import now
from ballot.commands.help import COMMITTEE, PersonGroup, example
from ballot.commands.missing import missing
from ballot.commands.options import DEFAULT_STORE, ForceOption, JsonOption, PlainOption, StoreOption, YesOption
from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, Whole, say, show
from ballot.typed import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ballot.acts.trustees import Collected
    from ballot.trustees.messages import Transcript

MAX_MESSAGE = 1024 * 1024
"""Largest message or transcript of a ceremony that is read, in bytes; with 7 trustees a transcript has about 100 KB."""


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(
        cls=PersonGroup,
        rich_markup_mode=None,
        help="The trustees' ceremony, and who is missing at the count.",
        epilog=example("ballot trustees collect tara-1.json tomas-1.json teodor-1.json"),
    )
    for name, function, line in (
        ("invite", invite, "ballot trustees invite --out ceremony-1.json"),
        ("collect", collect, "ballot trustees collect tara-1.json tomas-1.json teodor-1.json"),
        ("table-ceremony", table_ceremony, 'ballot trustees table-ceremony --folder "Tara Trustworthy=/media/tara"'),
        ("missing", missing, 'ballot trustees missing "Tomas Tallyman"'),
        ("box", box, "ballot trustees box --out box.json"),
    ):
        group.command(name, epilog=example(line))(function)
    app.add_typer(group, name="trustees", rich_help_panel=COMMITTEE)


def words_of(data: bytes) -> str:
    """Twelve words for a message, by which people make sure that it is the one that was sent."""
    from ballot.crypto.words import fingerprint_line
    from ballot.wire import sha256_hex

    return fingerprint_line(sha256_hex(data))


def invite(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The invitation, for every trustee.")] = Path(
        "ceremony-1.json"
    ),
    again: Annotated[bool, typer.Option("--again", help="Drop all keys and messages so far and start anew.")] = False,
    store: StoreOption = DEFAULT_STORE,
    yes: YesOption = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Invite the trustees to the ceremony in which they make their keys and deal each other backups.

    It has three short rounds. In each, every trustee gets one file, runs `ballot trustee next` and gives one file back.
    """
    from ballot.acts.trustees import check_invitable, invite_trustees, invited_so_far, taken_in
    from ballot.store.repo import Store
    from ballot.wire import encode

    with Store.open(store) as opened:
        with opened.read() as view:
            check_invitable(view, again)
            dropped, loses = invited_so_far(view), taken_in(view)
        make_sure(loses, yes)

        def deliver(transcript: "Transcript") -> None:
            files.write_again(out, encode(transcript), force or _is_of(out, dropped), kinds.CEREMONY)

        ceremony = invite_trustees(opened, again, now(), deliver).ceremony
    remove_dropped(out, dropped)
    need = f"{ceremony.need} of {len(ceremony.names)}"
    show(
        {"trustees": ceremony.names, "need": ceremony.need, "file": str(out)},
        Listing("", (("Trustees", ", ".join(ceremony.names)), ("Needed for the count", need), ("File", str(out)))),
        as_json=as_json,
        plain=plain,
    )
    say("Next: give {} to every trustee, who runs `ballot trustee next {} --key MY.key`.", out, word(out))


def make_sure(loses: str, yes: bool) -> None:
    """Ask before a new ceremony drops what trustees have given. Raises Refused unless the answer is yes."""
    from ballot.errors import Refused

    if loses and not ask.confirm(f"{loses[0].upper()}{loses[1:]} are dropped. Begin anew?", yes):
        raise Refused("nothing was dropped", "All stays as it was; `ballot status` says what is next.")


def remove_dropped(new: Path, dropped: frozenset[str]) -> None:
    """Remove the files of ceremonies that were dropped, but for the new one, which may have the name of one of them."""
    names = [Path(f"ceremony-{number}.json") for number in (1, 2, 3)]
    for path in (*names, Path("ceremony.json")):
        if path == new or not _is_of(path, dropped):
            continue
        try:
            path.unlink(missing_ok=True)
            say("{} is removed: it was of the ceremony that was dropped.", path)
        except OSError:
            say("{} is of the ceremony that was dropped: delete it, and give it to nobody.", path)


def _is_of(path: Path, ceremonies: frozenset[str]) -> bool:
    """Whether a file tells of one of these ceremonies; when they were dropped, a new one takes its place."""
    from ballot.errors import Invalid
    from ballot.trustees.transcript import read_transcript

    try:
        return read_transcript(files.read(path, "the file of the ceremony", MAX_MESSAGE)).ceremony.id in ceremonies
    except Invalid:
        return False


def collect(
    messages: Annotated[list[Path] | None, typer.Argument(metavar="MESSAGE...", help="Messages of trustees.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The transcript so far; else ceremony-2.json and so on, when due."),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Take in the trustees' messages; when a round is complete, write the file for the next.

    A wrong message is refused by the name of whose it is, and stops no others. A complaint says who is at fault; the
    ceremony then starts anew. When everybody has acknowledged, the keys are collected and the box can be opened.
    """
    from ballot.acts.trustees import AGAIN, Collected, invited_so_far
    from ballot.acts.trustees import collect as collect_messages
    from ballot.errors import Fault, Invalid, Refused
    from ballot.store.repo import Store
    from ballot.wire import encode

    given: list[tuple[str, bytes]] = []
    faults: list[Fault] = []
    for path in dict.fromkeys(messages or []):
        try:
            given.append((str(path), _message(path)))
        except Invalid as error:
            message = error.message.removeprefix(f"{path}: ").replace(f"{path} is", "it is", 1)
            faults.append(Fault(str(path), 0, "", message, error.hint))
    with kinds.warned(faults), Store.open(store) as opened:
        with opened.read() as view:
            invited = invited_so_far(view)

        def deliver(done: Collected) -> None:
            target, data = _target(done, out), encode(done.transcript)
            if target is not None:
                dropped = invited - {done.transcript.ceremony.id}
                files.write_again(target, data, force or _is_of(target, dropped), kinds.CEREMONY)

        done = collect_messages(opened, given, now(), deliver)
    faults += done.faults
    refused = {fault.file for fault in faults}
    taken = [one for one in given if one[0] not in refused]
    _tell(done, _target(done, out), taken, as_json, plain)
    if done.stopped:
        with kinds.warned(faults):
            raise Refused("; ".join(done.stopped), AGAIN)
    if faults:
        due = "Nothing is due any more." if done.complete else "Ask for {} again."
        raise kinds.refused(faults, due, bool(taken))


def _message(path: Path) -> bytes:
    """What may be a message of the ceremony. Raises Invalid for a file that can be told to be another."""
    data = files.read(path, kinds.MESSAGE, MAX_MESSAGE)
    if not kinds.kind_of(data).startswith(kinds.MESSAGE):
        kinds.check_kind(path, data, kinds.MESSAGE)
    return data


def _target(done: "Collected", out: Path | None) -> Path | None:
    """Where the transcript goes; nowhere in the middle of a round."""
    if out is not None:
        return out
    if done.complete:
        return Path("ceremony.json")
    return Path(f"ceremony-{done.next_round}.json") if done.next_round and not done.stopped else None


def _tell(
    done: "Collected", target: Path | None, taken: "Sequence[tuple[str, bytes]]", as_json: bool, plain: bool
) -> None:
    from ballot.trustees.messages import Acknowledge, Commit, Deal
    from ballot.trustees.transcript import round_due, waiting_for
    from ballot.wire import encode

    waiting, due = waiting_for(done.transcript), round_due(done.transcript)
    transcript = done.transcript
    said: list[Commit | Deal | Acknowledge] = [*transcript.commits, *transcript.deals, *transcript.answers]
    owners = {encode(message): transcript.ceremony.names[message.number - 1] for message in said}
    words = {file: words_of(data) for file, data in taken}
    parts: list[Part] = []
    for title, again in (("Taken in", False), ("There already", True)):
        rows = tuple(
            (owners.get(data, ""), Whole(file), numbered(words[file]))
            for file, data in taken
            if (file in done.known) == again
        )
        if rows:
            parts.append(Table(title, ("Trustee", "Message", "Its words"), rows))
    state = Toned("complete", Tone.GOOD) if done.complete else f"round {due}"
    if done.stopped:
        state = Toned(f"stopped: {'; '.join(done.stopped)}", Tone.BAD)
    awaited = "nobody" if done.stopped or not waiting else ", ".join(waiting)
    entries: tuple[tuple[str, Cell], ...] = (("Ceremony", state), ("Awaited", awaited))
    parts.append(Listing("", (*entries, ("File", str(target))) if target else entries))
    value = {
        "round": due,
        "complete": done.complete,
        "awaited": [] if done.stopped else waiting,
        "stopped": done.stopped,
        "file": None if target is None else str(target),
        "words": words,
        "known": sorted(done.known),
    }
    show(value, *parts, as_json=as_json, plain=plain)
    if done.complete:
        say("All trustees have acknowledged, and {} is what they did.", target)
        say("Next: `ballot rehearse --head FILE --seal FILE --trustee KEY …`.")
    elif done.next_round and not done.stopped:
        say("Next: give {} to every trustee, who runs `ballot trustee next {} --key MY.key`.", target, word(target))
    elif not done.stopped:
        say("Round {} waits for {}.", due, ", ".join(waiting))


def box(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The closed box.")] = Path("box.json"),
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Write the closed box once more, for trustees who give their shares on machines of their own, and its words."""
    from ballot.acts.standins import box_file
    from ballot.crypto.words import fingerprint_line
    from ballot.store.repo import Store
    from ballot.wire import encode

    with Store.open(store) as opened, opened.read() as view:
        file = box_file(view)
    opening = file.opening.signed.opening.fingerprint
    files.write_again(out, encode(file), force, kinds.BOX, opening)
    digest = file.closing.box
    words = fingerprint_line(digest)
    show(
        {"file": str(out), "ballots": len(file.sealed), "box": digest, "words": words},
        Listing(
            "",
            (
                ("File", str(out)),
                ("Ballots", len(file.sealed)),
                ("Digest of the box", digest),
                ("In words", numbered(words)),
            ),
        ),
        as_json=as_json,
        plain=plain,
    )
