"""The file: what is opened and what is refused, making it whole or not at all, how it is kept, its migrations."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateTable

from ballot.errors import Error, Refused
from ballot.store import engine as engine_module
from ballot.store import file as file_module
from ballot.store.engine import Base, building, make_engine, upgrade, writing
from ballot.store.file import APPLICATION_ID, HEAD, open_file, reading
from ballot.store.repo import Store
from ballot.votes import Phase
from tests.store.conftest import Start
from tests.store.making import SECRET, cast, create, issue, perform

ROOT = Path(__file__).parents[2]


def raw(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """Run statements as a plain SQLite shell would; the rows of the last one."""
    rows: list[tuple[object, ...]] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers = OFF")
        for statement in statements:
            rows = connection.execute(statement).fetchall()
    return rows


# What is refused


def test_a_missing_file_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Error, match="there is no store") as refusal:
        open_file(tmp_path / "election.db")
    assert "ballot new" in refusal.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"number,name\r\n1,Ana\r\n" * 100, b"SQLite format 3\0" + b"\xff" * 500])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "election.db"
    path.write_bytes(content)
    with pytest.raises(Error, match="is not a store of ballot"):
        open_file(path)
    with pytest.raises(Error, match="is not a store of ballot"):
        upgrade(path)
    assert path.read_bytes() == content


def test_a_store_of_another_application_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "election.db"
    raw(path, "PRAGMA journal_mode = WAL", "PRAGMA application_id = 7", "CREATE TABLE alembic_version (version_num)")
    before = path.read_bytes()
    with pytest.raises(Error, match="is not a store of ballot"):
        open_file(path)
    assert path.read_bytes() == before


def test_our_application_id_without_a_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "election.db"
    raw(path, f"PRAGMA application_id = {APPLICATION_ID}", "CREATE TABLE election (id)")
    with pytest.raises(Error, match="is not a store of ballot"):
        open_file(path)


def test_a_store_of_a_newer_version_is_refused(draft: Path) -> None:
    raw(draft, "UPDATE alembic_version SET version_num = '0999'")
    for function in (open_file, upgrade):
        with pytest.raises(Error, match="newer version") as refusal:
            function(draft)
        assert "Install the newest version" in refusal.value.hint


def test_a_damaged_store_is_an_error_in_plain_words(draft: Path) -> None:
    data = bytearray(draft.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    draft.write_bytes(bytes(data))
    with pytest.raises(Error, match="damaged"), Store.open(draft) as store, store.read() as view:
        view.roll()


def test_a_store_that_was_written_over_is_an_error_in_plain_words(draft: Path) -> None:
    open_file(draft)
    draft.write_bytes(b"number,name\r\n1,Ana\r\n" * 100)
    with pytest.raises(Error, match="the store is damaged"), reading(draft):
        pass


def page_with(path: Path, content: bytes) -> int:
    """Where the page begins on which this stands."""
    return path.read_bytes().index(content) // 8192 * 8192


def test_a_damaged_page_found_after_a_write_does_not_say_that_nothing_was_changed(draft: Path) -> None:
    place, data = page_with(draft, "Δelegate 7".encode()), bytearray(draft.read_bytes())
    data[place : place + 8192] = b"\xa5" * 8192
    with Store.open(draft) as store:
        draft.write_bytes(bytes(data))
        with store.write() as unit:
            unit.set_phase(Phase.OPEN)
        with store.read() as view:
            assert view.phase() == Phase.OPEN
    with pytest.raises(Error, match="the store is damaged"):
        Store.open(draft)


@pytest.mark.parametrize("name", [b"CREATE TABLE journal", b"alembic_version", b"CREATE TRIGGER"])
def test_damaged_names_of_tables_are_an_error_in_plain_words(draft: Path, name: bytes) -> None:
    data = draft.read_bytes()
    assert name in data
    draft.write_bytes(data.replace(name, b"\xff" * len(name)))
    with pytest.raises(Error, match=r"damaged|is not a store"), Store.open(draft) as store, store.read() as view:
        view.journal()


@pytest.mark.parametrize("found", ["NULL", "''", "7.5", "x'30'", "CAST(x'ff' AS TEXT)"])
def test_a_damaged_version_is_not_taken_for_an_older_one(draft: Path, found: str) -> None:
    raw(draft, "DROP TABLE alembic_version", f"CREATE TABLE alembic_version AS SELECT {found} AS version_num")
    for function in (open_file, upgrade):
        with pytest.raises(Error, match="the store is damaged"):
            function(draft)


def test_a_folder_in_the_place_of_a_store_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(Error, match="is a folder, and a store is wanted"):
        open_file(tmp_path)


def test_a_name_that_no_system_takes_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(Error, match="there is no store"):
        open_file(tmp_path / ("x" * 300))


# Making one


def test_a_store_is_made_for_its_owner_only_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "100% élection#1.db"
    create(path)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_nlink == 1
    assert raw(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "election.db"
    path.write_bytes(b"precious")
    with pytest.raises(Refused, match="exists already"):
        create(path)
    assert path.read_bytes() == b"precious"
    assert [item.name for item in tmp_path.iterdir()] == ["election.db"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_into_being_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    path = tmp_path / "election.db"
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
    with pytest.raises(Refused, match="exists already"), building(path):
        path.write_bytes(b"precious")
    assert path.read_bytes() == b"precious"
    assert [item.name for item in tmp_path.iterdir()] == ["election.db"]


def test_a_store_is_made_on_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", _no_links)
    create(tmp_path / "election.db")
    assert [item.name for item in tmp_path.iterdir()] == ["election.db"]


def _no_links(self: Path, target: Path) -> None:
    raise PermissionError(1, "Operation not permitted", str(self), None, str(target))


def test_a_failing_create_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), building(tmp_path / "election.db"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_killed_create_leaves_no_store(tmp_path: Path, start: Start) -> None:
    worker = start(tmp_path / "election.db", "half")
    worker.kill()
    worker.wait()
    assert not (tmp_path / "election.db").exists()
    create(tmp_path / "election.db")


def test_a_directory_that_is_missing_is_an_error_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"there is no folder .*nowhere") as refusal:
        create(tmp_path / "nowhere" / "election.db")
    assert "make the folder" in refusal.value.hint


# Working on one


def test_connections_are_set_up_for_safety_and_secrecy(draft: Path) -> None:
    wanted = {
        "foreign_keys": 1,
        "journal_mode": "delete",
        "synchronous": 3,
        "fullfsync": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "page_size": 8192,
        "busy_timeout": 10_000,
    }
    with writing(make_engine(draft)) as session:
        assert {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted} == wanted
    # Some builds of SQLite erase what is deleted without being asked, and others do not.
    assert "PRAGMA secure_delete = ON" in file_module._PRAGMAS
    with reading(draft) as rows:
        assert {name: rows(f"PRAGMA {name}")[0][0] for name in wanted} == wanted


def test_who_reads_cannot_write(opened: Path) -> None:
    before = opened.read_bytes()
    with pytest.raises(Error, match="cannot be written"), reading(opened) as rows:
        rows("DELETE FROM roll_members")
    assert opened.read_bytes() == before


def test_a_store_that_somebody_set_to_wal_is_set_back(opened: Path) -> None:
    raw(opened, "PRAGMA journal_mode = WAL")
    perform(opened, (cast, 1))
    assert raw(opened, "PRAGMA journal_mode") == [("delete",)]
    assert [item.name for item in opened.parent.iterdir()] == ["election.db"]


def test_who_only_looks_imports_neither_sqlalchemy_nor_alembic(draft: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ballot.store.repo import Store\n"
        "with Store.open(Path(sys.argv[1])) as store, store.read() as view: view.roll()\n"
        "sys.exit(bool({'sqlalchemy', 'alembic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(draft)], check=False).returncode == 0


def test_a_store_in_use_is_an_error_in_plain_words(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "BUSY_SECONDS", 0.05)
    before = opened.read_bytes()
    with closing(sqlite3.connect(opened, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Error, match="another command is using the store") as refusal:
            perform(opened, (cast, 1))
    assert "Nothing was changed" in refusal.value.hint
    assert opened.read_bytes() == before


def test_a_reader_who_stays_stops_a_write_before_it_happens(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "BUSY_SECONDS", 0.05)
    before = opened.read_bytes()
    with Store.open(opened) as store, store.read() as view:
        assert view.ballot_count() == 0
        with pytest.raises(Error, match="another command is using the store"):
            perform(opened, (cast, 1))
        assert view.ballot_count() == 0
    assert opened.read_bytes() == before


def test_a_full_disk_changes_nothing(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = opened.read_bytes()
    full = f"PRAGMA max_page_count = {len(before) // 8192}"
    with monkeypatch.context() as patch:
        patch.setattr(file_module, "_PRAGMAS", (*file_module._PRAGMAS, full))
        with pytest.raises(Error, match="disk is full"):
            perform(opened, (issue, 1), (cast, 1))
    assert opened.read_bytes() == before
    perform(opened, (issue, 1), (cast, 1))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk does not read or write the store"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "the store cannot be opened"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "the store cannot be written"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "the store is damaged"),
    ],
)
def test_a_failing_disk_or_a_closed_folder_is_not_told_as_damage(code: int, said: str) -> None:
    failed = sqlite3.OperationalError("in words that people should not see")
    failed.sqlite_errorcode = code
    with pytest.raises(Error) as caught, file_module.plain_failures():
        raise failed
    assert caught.value.message == said
    assert caught.value.hint.endswith("Nothing was changed.")


def test_no_error_shows_a_stored_secret(draft: Path) -> None:
    secret = text("INSERT INTO election VALUES (2, :secret, 'draft', :secret, :secret)")
    with pytest.raises(Exception, match="an election begins once") as failure, writing(make_engine(draft)) as session:
        session.execute(secret, {"secret": SECRET})
    shown = str(failure.value) + repr(failure.value)
    assert repr(SECRET)[2:20] not in shown
    assert SECRET.hex() not in shown


# Migrations


def test_models_and_migrations_make_the_same_tables(draft: Path) -> None:
    with make_engine(draft).connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        assert differences == []
    made = {str(name): str(sql) for name, sql in raw(draft, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")}
    del made["alembic_version"]
    dialect = sqlite_dialect.dialect()
    modelled = {name: str(CreateTable(table).compile(dialect=dialect)) for name, table in Base.metadata.tables.items()}
    assert {name: _parts(sql) for name, sql in made.items()} == {name: _parts(sql) for name, sql in modelled.items()}


def _parts(sql: str) -> list[str]:
    # The order of constraints in CREATE TABLE has no meaning.
    return sorted(line.strip().rstrip(",") for line in sql.strip().splitlines())


def test_the_newest_migration_is_the_version_of_the_code() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_migrations_are_found_in_a_checkout_and_in_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_module.migrations() == ROOT / "migrations"
    package = tmp_path / "site-packages" / "ballot"
    shutil.copytree(ROOT / "migrations", package / "migrations")
    (tmp_path / "site-packages" / "migrations").mkdir()
    monkeypatch.setattr(engine_module, "__file__", str(package / "store" / "engine.py"))
    assert engine_module.migrations() == package / "migrations"
    create(tmp_path / "election.db")


SECOND = '''
"""A later version, for the test of upgrades."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("seats", sa.Column("place", sa.Integer(), primary_key=True))
    if FAIL:
        raise ZeroDivisionError
'''


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Plays a later version of the code; the path of its migration."""
    directory = tmp_path / "later 100%" / "migrations"
    shutil.copytree(ROOT / "migrations", directory, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(file_module, "ELECTION", replace(file_module.ELECTION, head="0002"))
    monkeypatch.setattr(engine_module, "migrations", lambda: directory)
    return directory / "versions" / "0002_second.py"


def test_an_older_store_is_refused_until_it_is_upgraded(opened: Path, later: Path) -> None:
    later.write_text(SECOND.replace("FAIL", "False"), encoding="utf-8", newline="")
    rows = raw(opened, "SELECT * FROM roll_delegates")
    with pytest.raises(Error, match="older version") as refusal:
        open_file(opened)
    assert "version that made it" in refusal.value.hint
    upgrade(opened)
    assert raw(opened, "SELECT * FROM roll_delegates") == rows
    assert raw(opened, "SELECT * FROM seats") == []
    perform(opened, (cast, 1))


def test_an_upgrade_that_fails_changes_nothing(opened: Path, later: Path) -> None:
    later.write_text(SECOND.replace("FAIL", "True"), encoding="utf-8", newline="")
    before = opened.read_bytes()
    with pytest.raises(ZeroDivisionError):
        upgrade(opened)
    assert opened.read_bytes() == before


def test_upgrading_a_current_store_changes_nothing(opened: Path) -> None:
    before = opened.read_bytes()
    upgrade(opened)
    assert opened.read_bytes() == before
