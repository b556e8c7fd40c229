"""The folders of booth and box: in, ballots and receipts; out, one file each, whose name follows from its content."""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ballot.files import PUBLIC, is_file, is_folder, is_there
from ballot.typed import word

AGAIN = "again-"
"""Before the name of a file, while all of its folder change their places."""

OURS = re.compile(r"(challenge-)?[0-9a-f]{16}\.json|.+\.receipt\.json")
"""What the names of these files are like."""

_BALLOT = re.compile(rf"(?:{AGAIN})?[0-9a-f]{{16}}\.json")


def stem(digest: str) -> str:
    """The name, without its ending, of a file for a ballot with this tracker or hash."""
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def make(folder: Path) -> None:
    """Make a folder that can be written to, unless it is there. Raises Refused."""
    from ballot.errors import Refused

    try:
        folder.mkdir(parents=True, exist_ok=True)
        problem = "" if os.access(folder, os.W_OK) else "it cannot be written to"
    except OSError as error:
        problem = error.strerror or "unknown reason"
    if problem:
        raise Refused(f"cannot use the folder {folder}: {problem}", "Choose another folder.")


def put(folder: Path, name: str, data: bytes, mode: int = PUBLIC) -> Path:
    """Put a file into a folder, whole or not at all; returns its path. Raises Refused when it cannot be written."""
    from ballot.files import write_whole

    make(folder)
    path = folder / name
    write_whole(path, data, mode)
    return path


def ballots(folder: Path) -> list[Path]:
    """Files in the outbox that are named as sealed ballots are. Raises Refused for a name that is none of a folder."""
    return sorted(path for path in folder.glob("*.json") if _BALLOT.fullmatch(path.name)) if is_there(folder) else []


def require_files(sealed: Sequence[Path]) -> None:
    """Raise Invalid where a folder stands in the place of sealed ballots, with how the files in it are named."""
    from ballot.errors import Invalid

    folder = next((path for path in sealed if is_folder(path)), None)
    if folder is not None:
        raise Invalid(
            f"{folder} is a folder, and sealed ballots are wanted",
            f"Name the files in it: `ballot cast {word(folder)}/*.json`.",
        )


def holds(folder: Path, credential: str) -> bool:
    """Whether a ballot on the paper with this credential lies in the outbox; other files are passed by."""
    from ballot.errors import Invalid
    from ballot.votes import SealedBallot
    from ballot.wire import MAX_JSON, decode, read_file

    for path in ballots(folder):
        try:
            sealed = decode(read_file(path, "a sealed ballot", MAX_JSON), SealedBallot, "a sealed ballot")
        except Invalid:
            continue
        if sealed.paper.credential == credential:
            return True
    return False


def receipt_name(tracker: str) -> str:
    """The name of a ballot's receipt, from its tracker: one that somebody chose would tell whose it is."""
    return f"{stem(tracker)}.receipt.json"


def receipt_paths(folder: Path | None, trackers: list[str]) -> list[Path]:
    """Where the receipts of ballots with these trackers go. Raises Refused for a folder that is none."""
    from ballot.errors import Refused

    if folder is None:
        return []
    if is_there(folder) and not is_folder(folder):
        raise Refused(f"{folder} is no folder", "Name a folder for the receipts.")
    return [folder / receipt_name(tracker) for tracker in trackers]


def is_receipt(path: Path, tracker: str) -> bool:
    """Whether a file is a receipt for the ballot with this tracker."""
    from ballot.errors import Invalid
    from ballot.votes import Receipt
    from ballot.wire import MAX_JSON, decode, read_file

    if not is_file(path):
        return False
    try:
        return decode(read_file(path, "a receipt", MAX_JSON), Receipt, "a receipt").tracker == tracker
    except Invalid:
        return False
