"""The ICB's store: what it keeps, what its guards refuse, and that its migration makes what the code reads."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import structs

from ballot.errors import Error, Invalid, Refused
from ballot.icb.journal import SignedAct
from ballot.store import file
from ballot.store.engine import make_engine, migrations, upgrade
from ballot.store.file import ICB, open_file
from ballot.store.icb import IcbStore
from ballot.store.tables_icb import IcbBase
from ballot.wire import sha256_hex
from tests.icb import acts_of, full, journal_of

JOURNAL = journal_of(acts_of(full()))
RECORD = b"a record"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with the first three acts."""
    path = tmp_path / "icb.db"
    IcbStore.create(path, RECORD, JOURNAL[:3]).close()
    return path


def test_acts_and_records_come_back_as_they_were(store: Path) -> None:
    with IcbStore.open(store) as opened:
        with opened.write() as unit:
            unit.append(JOURNAL[3])
            unit.add_record(b"another record")
            unit.add_record(RECORD)
        with opened.read() as view:
            assert view.journal() == JOURNAL[:4]
            assert view.record(sha256_hex(RECORD)) == RECORD
            assert view.record(sha256_hex(b"another record")) == b"another record"
            with pytest.raises(Invalid, match="does not hold the record"):
                view.record(sha256_hex(b"no record"))


def test_an_act_that_does_not_follow_is_refused_and_nothing_is_kept(store: Path) -> None:
    with IcbStore.open(store) as opened:
        for wrong in (JOURNAL[2], JOURNAL[4], structs.replace(JOURNAL[0])):
            with pytest.raises(Refused, match="meanwhile"):
                add(opened, wrong)
        with opened.read() as view:
            assert view.journal() == JOURNAL[:3]
            with pytest.raises(Invalid):
                view.record(sha256_hex(b"another record"))


def add(store: IcbStore, signed: SignedAct) -> None:
    with store.write() as unit:
        unit.add_record(b"another record")
        unit.append(signed)


def test_a_store_is_never_overwritten(store: Path) -> None:
    before = store.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        IcbStore.create(store, RECORD, JOURNAL[:1])
    assert store.read_bytes() == before


def test_a_record_that_was_changed_is_not_given_out(store: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER icb_records_update")
        connection.execute("UPDATE icb_records SET record = x'00'")
    with IcbStore.open(store) as opened, opened.read() as view, pytest.raises(Invalid):
        view.record(sha256_hex(RECORD))


def test_the_tables_are_those_that_the_migration_makes(store: Path) -> None:
    made = make_engine(store)
    with made.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), IcbBase.metadata) == []
    made.dispose()
    config = Config()
    config.set_main_option("script_location", str(migrations() / ICB.folder))
    assert ScriptDirectory.from_config(config).get_heads() == [ICB.head]


def test_each_kind_of_store_is_told_from_the_other(store: Path) -> None:
    with pytest.raises(Error, match="is not a store of ballot"):
        open_file(store)
    with pytest.raises(Error, match="is not a store of ballot"):
        upgrade(store, file.ELECTION)
    upgrade(store, ICB)
