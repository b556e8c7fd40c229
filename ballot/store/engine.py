"""Writing to the file of a store: a path in, a SQLAlchemy engine and whole transactions out.

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

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool

from ballot.errors import Error, Refused
from ballot.files import check_folder
from ballot.store import file
from ballot.store.file import MARKED, Layout, Rows, connect, failure, plain_failures, version

_ATTEMPTS = 50


class Base(DeclarativeBase):
    """Base of all tables. Rows lie in the order of their primary key: a rowid would number them as they came."""

    __table_args__: Any = ({"sqlite_with_rowid": False},)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that is written whole at the end, or not at all when the block raises; then the file is laid out.

    A block that writes nothing leaves the file as it is, byte for byte.

    Raises Error when another process holds the file for longer than BUSY_SECONDS, or the disk fails.
    """
    with _plain_failures(), Session(engine.execution_options(begin="BEGIN IMMEDIATE")) as session:
        for _ in range(_ATTEMPTS):
            if not session.connection().exec_driver_sql(MARKED).scalar_one():
                break
            session.rollback()
            tidy(engine)
        else:
            raise failure(sqlite3.SQLITE_BUSY)
        _set_mark(session.connection())
        before = _changed_rows(session)
        yield session
        session.flush()
        if _changed_rows(session) == before:
            session.rollback()
            return
        session.commit()
    _tidy_or_leave(engine)


def rows_of(session: Session) -> Rows:
    """Queries within a transaction that writes."""
    return lambda query, **values: session.execute(text(query), values).all()


@contextmanager
def refusals(refusal: str, hint: str) -> Iterator[None]:
    """For statements that change the file. Raises Refused where a guard forbids it, or a key is taken: `refusal`."""
    try:
        yield
    except IntegrityError as error:
        # A guard of the store says why itself; a key that is taken is told by the caller.
        guard = getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_TRIGGER
        raise Refused(str(error.orig) if guard else refusal, hint) from None


def _changed_rows(session: Session) -> int:
    """How many rows this connection has changed so far; the mark in the header is none."""
    return int(session.connection().exec_driver_sql("SELECT total_changes()").scalar_one())


def tidy(engine: Engine) -> None:
    """Lay the file out from its content alone, if it was written since that was last done.

    Raises sqlite3.DatabaseError when another process holds the file for longer than BUSY_SECONDS, or it is damaged.
    """
    with closing(engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        file.lay_out(connection)


def _tidy_or_leave(engine: Engine) -> None:
    """Lay the file out after a write that stands; else the mark makes the next write do it first, or refuse.

    Of a damaged page the next command tells, which finds the mark: this one has done what it says.
    """
    with suppress(sqlite3.DatabaseError):
        tidy(engine)


@contextmanager
def building(path: Path, layout: Layout | None = None) -> Iterator[Engine]:
    """An engine on a new store with empty tables, which appears at `path` when the block ends, and not if it raises.

    Only the owner can read the file (mode 0600, where the system knows modes). Raises Refused when `path` exists.
    """
    check_new(path)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        hint = "Check that the directory exists and can be written."
        raise Error(f"cannot make {path}: {error.strerror}", hint) from None
    engine = make_engine(new)
    try:
        with _plain_failures():
            _migrate(engine, layout or file.ELECTION)
        yield engine
        engine.dispose()
        _put_in_place(new, path)
    finally:
        engine.dispose()
        new.unlink(missing_ok=True)


def check_new(path: Path) -> None:
    """Refuse early, before long work or a passphrase, to make a store where a file is already, or where none can be."""
    if os.path.lexists(path):
        raise _exists(path)
    check_folder(path.parent)


def upgrade(path: Path, layout: Layout | None = None) -> None:
    """Bring a store of an older version to this one, in place and whole or not at all; a current one stays as it is.

    Raises Error as `open_file` does, except for an older version.
    """
    layout = layout or file.ELECTION
    if version(path, layout) < layout.head:
        engine = make_engine(path)
        with _plain_failures():
            _migrate(engine, layout)
        engine.dispose()


def migrations() -> Path:
    """The directory of the migrations: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if (inside / "env.py").exists() else package.parent / "migrations"


def make_engine(path: Path) -> Engine:
    """The engine of a file that is there; every session has a connection of its own."""
    # Parameters of a statement can be secrets; an error must not show them.
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _set_mark(connection: Connection) -> None:
    cookie = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {cookie}")


def _migrate(engine: Engine, layout: Layout) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations() / layout.folder).replace("%", "%%"))
    with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {layout.application_id}")
        config.attributes["connection"] = connection
        command.upgrade(config, layout.head)
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
    return Refused(
        f"{path} exists already",
        "A store is never overwritten. Rename it if the new one is to take its place, or name another with --store.",
    )


@contextmanager
def _plain_failures() -> Iterator[None]:
    """As `plain_failures`, of what SQLAlchemy passes on."""
    with plain_failures():
        try:
            yield
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise error.orig from None
            raise
