"""The trustees of a sample election: their key files made, one of them lost if asked, and the count from the rest.

They take the same steps as the commands; only the passphrase, one for all, is published.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from ballot.acts import setup, standins, trustees
from ballot.acts.standins import Given
from ballot.crypto.keys import DEMO, TrusteeSecret, load_trustee, peek, save_trustee
from ballot.errors import Refused
from ballot.files import SECRET, write_whole
from ballot.opening import new_trustee
from ballot.store.repo import Store
from ballot.trustees.ceremony import Secrets, begin, next_message
from ballot.trustees.keeping import load_secrets, renew, save_secrets
from ballot.trustees.messages import Transcript
from ballot.trustees.standin import give_piece, give_share
from ballot.wire import encode

Clock = Callable[[], datetime]
"""The clock of an election's journal."""

WORDS_OF_ALL_KEYS = "this protects nothing"
"""The passphrase of every key of a sample election."""


def key_path(out: Path, number: int) -> Path:
    """Where the key file of a trustee goes."""
    return out / f"trustee-{number}.key"


def make_keys(store: Store, out: Path, now: Clock) -> list[Path]:
    """Make and collect the keys of all trustees, with a ceremony when not all are needed; paths of the key files."""
    with store.read() as view:
        planned = view.setup()
    paths = [key_path(out, number) for number in range(1, len(planned.trustees) + 1)]
    if planned.need < len(planned.trustees):
        _ceremony(store, paths, now)
        return paths
    publics = []
    for path, name in zip(paths, planned.trustees, strict=True):
        key = TrusteeSecret(*new_trustee(name, planned.group))
        write_whole(path, save_trustee(key, WORDS_OF_ALL_KEYS, DEMO), SECRET)
        publics.append(key.public)
    setup.add_trustees(store, publics, now())
    return paths


def _ceremony(store: Store, paths: Sequence[Path], now: Clock) -> None:
    transcript = trustees.invite_trustees(store, False, now(), lambda _: None)
    for path, name in zip(paths, transcript.ceremony.names, strict=True):
        _keep(path, begin(transcript.ceremony, name)[0])
    for _ in range(3):
        asked, messages = encode(transcript), []
        for path in paths:
            secrets, message = next_message(load_secrets(path.read_bytes(), WORDS_OF_ALL_KEYS), asked)
            _keep(path, secrets)
            messages.append((path.name, message))
        collected = trustees.collect(store, messages, now(), lambda _: None)
        transcript = collected.transcript


def _keep(path: Path, secrets: Secrets) -> None:
    write_whole(path, save_secrets(secrets, WORDS_OF_ALL_KEYS, DEMO), SECRET, force=True)


def give_shares(store: Store, paths: Sequence[Path], now: Clock) -> None:
    """Give the shares of all whose key files are there, and stand in for the others."""
    with store.read() as view:
        box = standins.box_file(view)
    opening = box.opening.signed.opening
    sealed = opening, box.opening.election, box.closing, box.ballots
    present = [path for path in paths if path.exists()]
    missing = [number for number, path in enumerate(paths, start=1) if not path.exists()]
    given: list[tuple[str, Given]] = []
    held: dict[Path, Secrets] = {}
    for path in present:
        data = path.read_bytes()
        if peek(data)[0] == "trustee":
            key, own = standins.own_share(box, load_trustee(data, WORDS_OF_ALL_KEYS))
            write_whole(path, renew(data, key, WORDS_OF_ALL_KEYS), SECRET, force=True)
            given.append((path.name, own))
            continue
        held[path], share = give_share(load_secrets(data, WORDS_OF_ALL_KEYS), _held(box.ceremony), *sealed)
        given.append((path.name, share))
    if missing:
        standins.announce_missing(store, [opening.trustee_names[number - 1] for number in missing], now())
    for number in missing:
        for path in present[: opening.need]:
            held[path], piece = give_piece(held[path], _held(box.ceremony), number, *sealed)
            given.append((path.name, piece))
    for path, secrets in held.items():
        _keep(path, secrets)
    received = standins.receive(store, given, now())
    if received.faults or received.awaited:
        raise Refused("; ".join([*map(str, received.faults), *received.awaited]))


def _held(ceremony: tuple[Transcript, ...]) -> Transcript:
    if not ceremony:
        raise Refused("the trustees held no ceremony")
    return ceremony[0]
