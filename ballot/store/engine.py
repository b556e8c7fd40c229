"""The file of an election: a path in, a SQLAlchemy engine and whole transactions out.

Secrecy at rest (design §2, promise 3). SQLite puts new rows where there is room, so the bytes of a file tell in which
order its rows came. Therefore every write is followed by VACUUM, which lays the file out anew from its content alone:
stores with the same content and the same number of writes are equal byte for byte, in whatever order it was written.
The header still counts the writes, which are no secret. A crash between write and VACUUM leaves a mark, set in the
same transaction as the write; no write begins on a marked file, so at most one write is ever not laid out.

What a seizure in the middle of a cast can reveal: which ballot was being written at that instant, from the file or its
rollback journal, and nothing of the ballots before it. What no file can hide: two copies taken at different times
differ in the ballots cast between them, and deleted journals stay in the free blocks of a disk until something else is
written there; the disk should be encrypted.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool

from ballot.errors import Error, Refused

APPLICATION_ID = 0x42616C74
"""Stands in the header of every store ("Balt"), so that no other SQLite file is taken for one."""

HEAD = "0001"
"""The version this code reads and writes: the newest revision in migrations/. Later revisions sort after it."""

BUSY_SECONDS = 10
"""How long a command waits for another one to leave the file."""

_ATTEMPTS = 50

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

# The mark: a write sets user_version to the schema cookie, which VACUUM raises by one as it lays out the file. So the
# mark goes away with what it stands for, and no instant lies between the two.
_MARKED = "SELECT user_version = schema_version FROM pragma_user_version, pragma_schema_version"

_FAILURES = {
    sqlite3.SQLITE_BUSY: ("another command is using the store", "Wait until it has ended and run this one again."),
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room and run the command again."),
    sqlite3.SQLITE_READONLY: ("the store cannot be written", "Check its permissions and those of its directory."),
    sqlite3.SQLITE_CANTOPEN: ("the store cannot be opened", "Check its permissions and those of its directory."),
    sqlite3.SQLITE_IOERR: ("the disk does not read or write the store", "Check the disk; keep a copy of the file."),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "Take the last good copy, and find out what damaged this one."),
    sqlite3.SQLITE_NOTADB: ("the store is damaged", "Take the last good copy, and find out what damaged this one."),
}


class Base(DeclarativeBase):
    """Base of all tables. Rows lie in the order of their primary key: a rowid would number them as they came."""

    __table_args__: Any = ({"sqlite_with_rowid": False},)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One state of the store, as it was at the first read, whoever writes meanwhile. Raises Error if it cannot be read.

    Do not write inside it: the writer would wait for this reader to end.
    """
    with _plain_failures(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that is written whole at the end, or not at all when the block raises; then the file is laid out.

    A block that writes nothing leaves the file as it is, byte for byte.

    Raises Error when another process holds the file for longer than BUSY_SECONDS, or the disk fails.
    """
    with _plain_failures(), Session(engine.execution_options(begin="BEGIN IMMEDIATE")) as session:
        for _ in range(_ATTEMPTS):
            if not session.connection().exec_driver_sql(_MARKED).scalar_one():
                break
            session.rollback()
            tidy(engine)
        else:
            raise _failure(sqlite3.SQLITE_BUSY)
        _set_mark(session.connection())
        before = _changed_rows(session)
        yield session
        session.flush()
        if _changed_rows(session) == before:
            session.rollback()
            return
        session.commit()
    _tidy_or_leave(engine)


def _changed_rows(session: Session) -> int:
    """How many rows this connection has changed so far; the mark in the header is none."""
    return int(session.connection().exec_driver_sql("SELECT total_changes()").scalar_one())


def tidy(engine: Engine) -> None:
    """Lay the file out from its content alone, if it was written since that was last done.

    Raises sqlite3.OperationalError when another process holds the file for longer than BUSY_SECONDS.
    """
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(_MARKED)
        if cursor.fetchall() == [(1,)]:
            cursor.execute("VACUUM")


def _tidy_or_leave(engine: Engine) -> None:
    """Lay the file out after a write that stands; else the mark makes the next write do it first, or refuse."""
    with suppress(sqlite3.OperationalError):
        tidy(engine)


def open_engine(path: Path) -> Engine:
    """The engine of an existing store of this version.

    Raises Error when the file is missing, is no store of this tool, or is of an older or a newer version.
    """
    version = _version(path)
    if version > HEAD:
        raise Error(f"{path} was made by a newer version of ballot", "Install the newest version of ballot.")
    if version < HEAD:
        raise Error(f"{path} was made by an older version of ballot", "Keep a copy of the file, then upgrade it.")
    engine = _engine(path)
    # Someone may be using the file, or it may be a copy that cannot be written.
    _tidy_or_leave(engine)
    return engine


@contextmanager
def building(path: Path) -> Iterator[Engine]:
    """An engine on a new store with empty tables, which appears at `path` when the block ends, and not if it raises.

    Only the owner can read the file (mode 0600, where the system knows modes). Raises Refused when `path` exists.
    """
    if os.path.lexists(path):
        raise _exists(path)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        hint = "Check that the directory exists and can be written."
        raise Error(f"cannot make {path}: {error.strerror}", hint) from None
    engine = _engine(new)
    try:
        with _plain_failures():
            _migrate(engine)
        yield engine
        engine.dispose()
        _put_in_place(new, path)
    finally:
        engine.dispose()
        new.unlink(missing_ok=True)


def upgrade(path: Path) -> None:
    """Bring a store of an older version to this one, in place and whole or not at all; a current one stays as it is.

    Raises Error as `open_engine` does, except for an older version.
    """
    version = _version(path)
    if version > HEAD:
        raise Error(f"{path} was made by a newer version of ballot", "Install the newest version of ballot.")
    if version < HEAD:
        engine = _engine(path)
        with _plain_failures():
            _migrate(engine)
        engine.dispose()


def migrations() -> Path:
    """The directory of the migrations: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if (inside / "env.py").exists() else package.parent / "migrations"


def _engine(path: Path) -> Engine:
    # Parameters of a statement can be secrets; an error must not show them.
    engine = create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path) -> sqlite3.Connection:
    connection = _plain_connection(path)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _plain_connection(path: Path) -> sqlite3.Connection:
    # mode=rw, or SQLite would make an empty file where there is none; isolation_level=None, for `_begin` begins.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _set_mark(connection: Connection) -> None:
    cookie = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {cookie}")


def _version(path: Path) -> str:
    """The revision in a store, empty when it has none; read without Alembic, which takes long to import."""
    if not path.is_file():
        raise Error(f"there is no store {path}", "Make one with ballot new, or name another with --store.")
    not_ours = Error(f"{path} is not a store of ballot", "Name the file of an election with --store.")
    with _plain_failures(), closing(_plain_connection(path)) as connection:
        try:
            if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
                raise not_ours
            row = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
                raise not_ours from None
            raise
    return str(row[0] or "")


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        _set_mark(connection)
    _tidy_or_leave(engine)


def _put_in_place(new: Path, path: Path) -> None:
    try:
        # A link refuses a file that came into being meanwhile; a rename would overwrite it.
        path.hardlink_to(new)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:
        # Some file systems, as on USB sticks, have no links.
        if os.path.lexists(path):
            raise _exists(path) from None
        new.rename(path)


def _exists(path: Path) -> Refused:
    return Refused(f"{path} exists already", "Choose another name with --store; a store is never overwritten.")


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Turn what disks and other processes do to a store into errors in plain words; anything else is a crash."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        # The low byte of SQLite's extended code says what kind of failure it is.
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code not in _FAILURES:
            raise
        raise _failure(code) from None


def _failure(code: int) -> Error:
    message, hint = _FAILURES[code]
    return Error(message, f"{hint} Nothing was changed.")
