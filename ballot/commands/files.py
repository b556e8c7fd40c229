"""Files of commands: in, paths that a person gave; out, their bytes, or new files that are whole."""

from pathlib import Path


def read(path: Path, what: str, limit: int) -> bytes:
    """Bytes of a file of at most `limit` bytes; `what` names it in errors.

    Raises Invalid when it is missing, unreadable or larger.
    """
    from ballot.wire import read_file

    return read_file(path, what, limit)


def write_new(path: Path, data: bytes, force: bool = False) -> None:
    """Write a public file whole or not at all. Raises Refused when it exists, unless `force`, or cannot be written."""
    from ballot.files import write_whole

    write_whole(path, data, force=force)
