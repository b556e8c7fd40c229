"""The file of a store: a path in, checked; one state of it to read, as rows. Nothing but SQLite is needed here.

Reading is plain SQL, so that whoever only looks at a store does not wait for SQLAlchemy, which takes longer to import
than most looks take. `ballot.store.engine` writes.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ballot.errors import Error, Invalid
from ballot.files import is_file, is_folder

Rows = Callable[..., Sequence[Any]]
"""A query in standard SQL, with `:name` where a value stands, and the values by name -> all its rows."""

APPLICATION_ID = 0x42616C74
"""Stands in the header of every store ("Balt"), so that no other SQLite file is taken for one."""

HEAD = "0001"
"""The version this code reads and writes: the newest revision in migrations/. Later revisions sort after it."""


@dataclass(frozen=True)
class Layout:
    """A kind of store: what its header says, its newest revision, the folder of its migrations, and what people hear.

    `folder` is relative to migrations/; `make` says how a store is made, `name` how the right one is named.
    """

    application_id: int
    head: str
    folder: str
    title: str
    make: str
    name: str


ELECTION = Layout(
    APPLICATION_ID,
    HEAD,
    ".",
    "a store of ballot",
    "Make one with ballot new, or name another with --store.",
    "Name the file of an election with --store.",
)

ICB = Layout(
    0x42614943,
    "0001",
    "icb",
    "a store of the ICB's secretary",
    "Make one with ballot seats found, or name another with --store.",
    "Name the file that `ballot seats found` made with --store.",
)

BUSY_SECONDS = 10
"""How long a command waits for another one to leave the file."""

_PRAGMAS = (
    "PRAGMA page_size = 8192",
    "PRAGMA foreign_keys = ON",
    # DELETE, never WAL: a -wal file holds the ballots one after the other, as they were cast.
    "PRAGMA journal_mode = DELETE",
    # FULL, and the directory too: else a power cut can bring a deleted journal back, and undo a cast with a receipt.
    "PRAGMA synchronous = EXTRA",
    # A plain sync on macOS stops at the disk's own cache; other systems ignore this.
    "PRAGMA fullfsync = ON",
    "PRAGMA secure_delete = ON",
    # VACUUM works on a copy of everything; it must not leave one on the disk.
    "PRAGMA temp_store = MEMORY",
)

MARKED = "SELECT user_version = schema_version FROM pragma_user_version, pragma_schema_version"
"""Whether a file was written and not laid out since: a write sets user_version to the schema cookie, which VACUUM
raises by one as it lays out the file. So the mark goes away with what it stands for, and no instant lies between."""

_FAILURES = {
    sqlite3.SQLITE_BUSY: ("another command is using the store", "Wait until it has ended and run this one again."),
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room and run the command again."),
    sqlite3.SQLITE_READONLY: ("the store cannot be written", "Check its permissions and those of its directory."),
    sqlite3.SQLITE_CANTOPEN: ("the store cannot be opened", "Check its permissions and those of its directory."),
    sqlite3.SQLITE_IOERR: ("the disk does not read or write the store", "Check the disk; keep a copy of the file."),
}

DAMAGED = "the store is damaged"
_KEEP = (
    "Stop, and keep this file as it is. An older copy knows nothing of what came after it: "
    "before you go on with one, tell everybody."
)


def open_file(path: Path, layout: Layout | None = None) -> None:
    """Make sure that a store of this version is there; that of an election unless another layout is wanted.

    Raises Error when the file is missing, is no store of this layout, or is of an older or a newer version.
    """
    layout = layout or ELECTION
    if version(path, layout) < layout.head:
        hint = "Go on with the version that made it; this one cannot upgrade the file."
        raise Error(f"{path} was made by an older version of ballot", hint)
    # Someone may be using the file, or it may be a copy that cannot be written.
    with plain_failures(), suppress(sqlite3.OperationalError), closing(connect(path)) as connection:
        lay_out(connection)


def version(path: Path, layout: Layout) -> str:
    """The revision in a store; read without Alembic, which takes long to import.

    Raises Error when the file is missing, is no store of this layout, is damaged, or is of a newer version.
    """
    if is_folder(path):
        raise Error(f"{path} is a folder, and a store is wanted", layout.name)
    if not is_file(path):
        raise Error(f"there is no store {path}", layout.make)
    not_ours = Error(f"{path} is not {layout.title}", layout.name)
    with plain_failures(), closing(_plain_connection(path)) as connection:
        try:
            if connection.execute("PRAGMA application_id").fetchone() != (layout.application_id,):
                raise not_ours
            row = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            # What is no text in UTF-8 has no code.
            if getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
                raise not_ours from None
            raise
    found = row[0]
    if not isinstance(found, str) or not found:
        raise damaged("its version cannot be read")
    if found > layout.head:
        raise Error(f"{path} was made by a newer version of ballot", "Install the newest version of ballot.")
    return found


@contextmanager
def reading(path: Path) -> Iterator[Rows]:
    """One state of the store, as it was at the first read, whoever writes meanwhile. Raises Error if it cannot be read.

    Do not write inside it: the writer would wait for this reader to end.
    """
    with plain_failures(), closing(connect(path)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield lambda query, **values: connection.execute(query, values).fetchall()


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there, which leaves no trace of what it writes; it begins nothing by itself."""
    connection = _plain_connection(path)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def lay_out(connection: sqlite3.Connection) -> None:
    """Lay the file out from its content alone, if it was written since that was last done.

    Raises sqlite3.OperationalError when another process holds the file for longer than BUSY_SECONDS.
    """
    if connection.execute(MARKED).fetchall() == [(1,)] or _has_tail(connection):
        connection.execute("VACUUM")


def _has_tail(connection: sqlite3.Connection) -> bool:
    """Whether old pages stand behind the end: VACUUM cuts them off after it is done, and a process can die between."""
    # Within a transaction nobody else writes to the file.
    connection.execute("BEGIN")
    try:
        ((size,),) = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        ((_, _, path),) = connection.execute("PRAGMA database_list")
        return Path(path).stat().st_size > int(size)
    finally:
        connection.execute("COMMIT")


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what disks and other processes do to a store into errors in plain words; anything else is a crash.

    What SQLite cannot read, or not as text, is damage: our queries fit every store that is whole.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        # The low byte of SQLite's extended code says what kind of failure it is.
        raise failure(getattr(error, "sqlite_errorcode", 0) & 0xFF) from None
    except UnicodeDecodeError:
        raise failure(sqlite3.SQLITE_CORRUPT) from None


def failure(code: int) -> Error:
    """What people are told of a failure with this code of SQLite's: the store is damaged, unless it says otherwise."""
    message, hint = _FAILURES.get(code, (DAMAGED, _KEEP))
    return Error(message, f"{hint} Nothing was changed.")


def damaged(what: str) -> Invalid:
    """What people are told of a store in which something stands that this program never wrote."""
    return Invalid(f"{DAMAGED}: {what}", f"{_KEEP} Nothing was changed.")


def _plain_connection(path: Path) -> sqlite3.Connection:
    # mode=rw, or SQLite would make an empty file where there is none; isolation_level=None: nothing begins unasked.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
