"""Files of commands: in, paths and names that a person gave; out, their bytes, or a folder that is there."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ballot.commands.render import say


def read(path: Path, what: str, limit: int) -> bytes:
    """Bytes of a file of at most `limit` bytes; `what` names it in errors.

    Raises Invalid when it is missing, unreadable or larger.
    """
    from ballot.wire import read_file

    return read_file(path, what, limit)


def holds(path: Path, data: bytes) -> bool:
    """Whether a file is there that holds exactly these bytes, so that writing it again would change nothing."""
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def write_again(path: Path, data: bytes, force: bool, kind: str = "", of: str = "") -> None:
    """Write a file that can be written again at any time: one that holds these very bytes is left alone.

    `kind` and `of` are as for `overwrite.check_free`. Raises Refused as `write_whole` does.
    """
    from ballot.commands.overwrite import check_free
    from ballot.files import write_whole

    if not holds(path, data):
        check_free([path], force, kind=kind, of=of)
        write_whole(path, data, force=force)


@contextmanager
def standing(what: str, again: str) -> Iterator[None]:
    """For the file of something that stands in the store already: a refusal to write it says what does.

    `again` is the command that writes it at any time.
    """
    from ballot.errors import Refused

    try:
        yield
    except Refused as error:
        raise Refused(f"{what}, but {error.message}", f"{error.hint} Then `{again}` writes the file.") from None


def on_one_disk(path: Path, other: Path) -> bool:
    """Whether two files that are there lie on the same disk, as far as the system tells."""
    return path.stat().st_dev == other.stat().st_dev


def warn_of_disk(path: Path, store: Path, option: str = "--out") -> None:
    """Warn if a new file that is as good as a vote would go to the disk of the store; its folder is there.

    `option` is the one by which another folder is chosen.
    """
    if on_one_disk(path.parent, store):
        say("Warning: {} will be on the disk of the store, where it can be found again.", path)
        say("Better: Ctrl-C, and straight to the stick with {}. A file that was deleted leaves traces.", option)


def stem_of(name: str) -> str:
    """A name as part of a file's name: letters and digits of every script, in lower case, joined by hyphens."""
    plain = unicodedata.normalize("NFC", name.lower())
    return "-".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain).split())


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless it is there. Raises Refused when that cannot be."""
    from ballot.errors import Refused

    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"cannot make the folder {path}: {error.strerror}", "Choose another folder.") from None
