"""Writing files whole or not at all: in, a path and bytes; out, a file that is complete on the disk, or nothing.

A file is made under another name in the same folder, is brought to the disk, and only then gets its name. Whatever
goes wrong, even a crash, leaves either what was there before or all of the new bytes under that name.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ballot.errors import Refused

PUBLIC = 0o644
"""Everyone may read it; the umask can take that away."""

SECRET = 0o600
"""Only the owner may read and write it, from the first byte on."""

OVERWRITE_HINT = "Choose another name; --force overwrites the file."


class NewFile(NamedTuple):
    """A file to write: its path, its bytes, and its mode (POSIX permission bits; Windows ignores them).

    With `renews` it takes the place of what is there, whether others may or not.
    """

    path: Path
    data: bytes
    mode: int = PUBLIC
    renews: bool = False


def write_whole(path: Path, data: bytes, mode: int = PUBLIC, force: bool = False) -> None:
    """Write a file of this mode.

    Raises Refused when the file exists, unless `force`, or when it cannot be written; then nothing is left behind.
    """
    write_together([NewFile(path, data, mode)], force)


def write_together(files: Sequence[NewFile], force: bool = False) -> None:
    """Write files that are worth nothing without each other: all are on the disk before the first gets its name.

    Raises Refused as `write_whole` does; then none is left behind, and what `force` has replaced is there again.
    """
    # Nothing can go wrong once the last file has its name, so what it replaces need not be kept.
    with _placed(files, force, len(files) - 1):
        pass


@contextlib.contextmanager
def placed_together(files: Sequence[NewFile], force: bool = False) -> Iterator[None]:
    """Write files like `write_together`, for as long as the block does not fail; else all is as it was before.

    Raises Refused as `write_whole` does, and naming files that could not be put back.
    """
    with _placed(files, force, len(files)):
        yield


@contextlib.contextmanager
def _placed(files: Sequence[NewFile], force: bool, keep: int) -> Iterator[None]:
    """Name all files once all are staged; of the first `keep`, what was there before is kept until the block ends."""
    staged: list[tuple[NewFile, Path]] = []
    before: list[tuple[Path, Path | None]] = []
    try:
        for file in files:
            with _refusals(file.path):
                _stage(file, staged)
        temporaries = [temporary for _, temporary in staged]
        for place, (file, temporary) in enumerate(zip(files, temporaries, strict=True)):
            with _refusals(file.path):
                old, over = os.path.lexists(file.path), force or file.renews
                kept = _keep(file, staged) if over and old and place < keep else None
                _name(temporary, file, over)
                before += [(file.path, kept)] if kept or not old else []
        for folder in {file.path.parent for file in files}:
            _keep_names(folder)
        yield
    except BaseException as error:
        _put_back(before, staged, error)
        raise
    finally:
        for _, temporary in staged:
            temporary.unlink(missing_ok=True)


def _keep(file: NewFile, staged: list[tuple[NewFile, Path]]) -> Path:
    """Another name for what is there now, among the temporary ones."""
    kept = _temporary(file.path)
    try:
        kept.hardlink_to(file.path)
        staged.append((file, kept))
    except OSError:
        # The file systems of most USB sticks know no hard links.
        _stage(file._replace(data=file.path.read_bytes()), staged)
    return staged[-1][1]


def _put_back(
    before: Sequence[tuple[Path, Path | None]], staged: list[tuple[NewFile, Path]], error: BaseException
) -> None:
    """Take the new files away again. Raises Refused naming those that cannot be, with what is kept of the old ones."""
    lost = []
    for path, kept in before:
        try:
            if kept is None:
                path.unlink(missing_ok=True)
            else:
                kept.replace(path)
        except OSError as problem:
            lost.append(f"{path} ({problem.strerror or 'unknown reason'}{f'; the old file is {kept}' if kept else ''})")
            staged[:] = [(file, temporary) for file, temporary in staged if temporary != kept]
    if lost:
        raise Refused(f"{error}; and these could not be put back: {', '.join(lost)}", "Do not use these.") from error


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _taken([path]) from None
    except OSError as error:
        problem = f"cannot write {path}: {error.strerror or 'unknown reason'}"
        raise Refused(problem, "Check the folder and the free space.") from None


def _stage(file: NewFile, staged: list[tuple[NewFile, Path]]) -> None:
    temporary = _temporary(file.path)
    descriptor = _create(temporary, file.mode)
    staged.append((file, temporary))
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(file.data)
        stream.flush()
        os.fsync(stream.fileno())


def _temporary(path: Path) -> Path:
    return path.parent / f".ballot-{secrets.token_hex(8)}"


def _name(temporary: Path, file: NewFile, force: bool) -> None:
    if force:
        temporary.replace(file.path)
    else:
        _move_to_free_name(temporary, file.path, file.mode)


def check_free(paths: Iterable[Path], force: bool = False, hint: str = OVERWRITE_HINT) -> None:
    """Refuse early, before long work or a passphrase, when files that will be written are already there.

    Raises Refused naming all of them, unless `force`, and when a folder is in a file's place, or theirs is not there or
    cannot be written to, or a name is none for this disk. `write_whole` decides anew when it writes.
    """
    files = list(paths)
    for folder in dict.fromkeys(path.parent for path in files):
        check_folder(folder)
    for path in files:
        if is_folder(path):
            raise Refused(f"{path} is a folder", "Name the file in it, too.")
    taken = [path for path in files if is_there(path)]
    if taken and not force:
        raise _taken(taken, hint)


def check_folder(folder: Path, made: bool = False) -> None:
    """Refuse early when nothing can be written into a folder; with `made` it will be made if it is not there.

    Raises Refused.
    """
    above = (one for one in folder.parents if made and not is_there(folder) and os.path.lexists(one))
    there = next(above, folder)
    if not is_folder(there):
        missing = not os.path.lexists(there)
        raise Refused(
            f"there is no folder {there}" if missing else f"{there} is no folder",
            "Put the stick in, make the folder, or choose another one." if missing else "Choose another place.",
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise Refused(f"the folder {there} cannot be written to", "Choose another one, or ask whose it is.")


def is_there(path: Path) -> bool:
    """Whether there is anything of this name. Raises Refused for a name that the system does not take."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else "no name of a file"
        raise Refused(f"cannot write {path}: {problem or 'unknown reason'}", "Choose another name.") from None
    return True


def is_folder(path: Path) -> bool:
    """Whether a folder is there; a name that the system does not take is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Whether a file is there, as `is_folder`."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _taken(paths: list[Path], hint: str = OVERWRITE_HINT) -> Refused:
    names = ", ".join(map(str, paths))
    return Refused(f"{names} {'is' if len(paths) == 1 else 'are'} already there", hint)


def _create(path: Path, mode: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)


def _move_to_free_name(temporary: Path, path: Path, mode: int) -> None:
    """Give a file its name, unless the name is taken (FileExistsError), also when somebody takes it meanwhile."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # The file systems of most USB sticks know no hard links: take the name with an empty file, then replace that.
        os.close(_create(path, mode))
        try:
            temporary.replace(path)
        except OSError:
            path.unlink()
            raise


def _keep_names(folder: Path) -> None:
    # On POSIX a new name is on the disk only once its folder is. The bytes are safe already, so a folder that cannot be
    # opened or brought to the disk (Windows, some network drives) is no failure.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
