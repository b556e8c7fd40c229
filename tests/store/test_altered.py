"""Stores whose rows somebody, or a dying disk, has altered: what reads them ends in an error in plain words."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ballot.acts import counting, desk, election, envelopes, papers, register, seats, standins, status, trustees, voting
from ballot.acts.admission import Admission
from ballot.errors import Error
from ballot.finding import people_of
from ballot.journal import Act, acts
from ballot.register import Fate
from ballot.store.file import plain_failures
from ballot.store.icb import IcbStore, IcbView
from ballot.store.view import View
from ballot.wire import sha256_hex
from tests.hall import hall
from tests.play import CHARTER, NOON
from tests.store.test_icb import JOURNAL, RECORD
from tests.table import give, table

ALTERED = "NULL", "1000000000000", "'words'", "''", "x'ff00'", "CAST(x'ff' AS TEXT)"
"""What SQLite takes in any column, as it writes it: nothing, numbers, texts, bytes, and a text that is none."""

Reading = Callable[[View], object]

READINGS: dict[str, Reading] = {
    "phase": View.phase,
    "setup": View.setup,
    "charter": View.charter,
    "roll": lambda view: people_of(view.roll()),
    "salts": View.salts,
    "contests": View.contests,
    "trustees": View.trustees,
    "transcript": View.transcript,
    "journal": View.journal,
    "last entry": View.last_entry,
    "register": View.register,
    "a delegate's register": lambda view: view.register_of(1),
    "spoiled": lambda view: view.withdrawn(Fate.SPOILED),
    "returned": lambda view: view.withdrawn(Fate.RETURNED),
    "ballots": View.ballots,
    "number of ballots": View.ballot_count,
    "shares": View.shares,
    "pieces": View.pieces,
    "desk's key": election.desk_key,
    "opening": election.opening_file,
    "reconciliation": election.reconciliation,
    "status": status.status_of,
    "list of the register": register.listed,
    "table of the desk": desk.table_of,
    "a delegate at the desk": lambda view: desk.standing_of(view, 1),
    "issuing": lambda view: papers.require_issuable(view, 1),
    "surrendering": lambda view: papers.require_surrenderable(view, 1),
    "casting": Admission,
    "closing": voting.require_closable,
    "booth's envelopes": envelopes.booth_files,
    "box": standins.box_file,
    "backups": standins.backups,
    "ceremony": trustees.running,
    "what was taken in": trustees.taken_in,
    "totals": counting.totals_of,
    "rankings": counting.rankings,
    "facts": counting.facts,
    "record": counting.contents,
}
"""What commands read, by what it is of."""


def open_election(folder: Path) -> bytes:
    """An open election in which everything happened that can; `declared` goes on with it."""
    place = hall(folder)
    mine, spoiled = place.desk_paper(1), place.desk_paper(3)
    papers.replace(place.store, 5, "Somebody Else", "letter 5", NOON)
    codes, _ = place.print(2)
    place.draw(5)
    place.spoil(3, spoiled)
    place.cast(place.sealed(mine, 1))
    place.give_back(codes[0])
    return (folder / "election.db").read_bytes()


def declared(folder: Path) -> bytes:
    """The same election at its end."""
    place = hall(folder)
    (folder / "election.db").write_bytes(open_election(folder))
    place.record()
    return (folder / "election.db").read_bytes()


def closed_with_pieces(folder: Path) -> bytes:
    """A closed box of trustees who held a ceremony; one has given a share, and two their pieces."""
    made = table(3, 2)
    with made.copy(folder) as store:
        standins.announce_missing(store, ["Tomas"], NOON)
        give(store, made.share(1), made.piece(1, 2))
    return (folder / "election.db").read_bytes()


def loose(data: bytes) -> sqlite3.Connection:
    """The tables of a store in memory, without guards, types and constraints: damage asks for none of them."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(data)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for name in tables(connection):
        columns = ", ".join(columns_of(connection, name))
        # Columns without a type, so that a number stays one wherever it is put.
        connection.execute(f"CREATE TABLE loose ({columns})")
        connection.execute(" ".join(("INSERT INTO loose SELECT", columns, "FROM", name)))
        connection.execute(f"DROP TABLE {name}")
        connection.execute(f"ALTER TABLE loose RENAME TO {name}")
    return connection


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that hold the election."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'alembic_version'"
    return [name for (name,) in connection.execute(query).fetchall()]


def columns_of(connection: sqlite3.Connection, name: str) -> list[str]:
    """The columns of a table."""
    return [column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})").fetchall()]


def rows_in(connection: sqlite3.Connection, name: str) -> int:
    """How many rows a table has."""
    ((rows,),) = connection.execute(" ".join(("SELECT count(*) FROM", name)))
    return int(rows)


def alterations(connection: sqlite3.Connection) -> Iterator[str]:
    """Every column of every table, altered in every way, one at a time; what was done."""
    for name in tables(connection):
        rows = rows_in(connection, name)
        # Documents differ from each other; the rows of other tables are alike.
        for row in range(1 if name == "documents" else max(rows, 1), rows + 1):
            for column in columns_of(connection, name):
                for value in ALTERED:
                    statement = f"UPDATE {name} " + f"SET {column} = {value} WHERE rowid = {row}"
                    connection.execute("BEGIN")
                    connection.execute(statement)
                    yield statement
                    connection.execute("ROLLBACK")


def rows_of(connection: sqlite3.Connection) -> Callable[..., list[Any]]:
    """Queries as `reading` runs them."""
    return lambda query, **values: connection.execute(query, values).fetchall()


STATES = {"open": open_election, "declared": declared, "closed": closed_with_pieces}


@pytest.mark.parametrize("state", STATES)
def test_attack_any_value_in_any_place_of_a_store(state: str, tmp_path: Path) -> None:
    with closing(loose(STATES[state](tmp_path))) as connection:
        view = View(rows_of(connection))
        for _altered in alterations(connection):
            for read in READINGS.values():
                with contextlib.suppress(Error), plain_failures():
                    read(view)


def test_every_table_is_altered(tmp_path: Path) -> None:
    empty: list[set[str]] = []
    for make in STATES.values():
        with closing(loose(make(tmp_path))) as connection:
            empty.append({name for name in tables(connection) if not rows_in(connection, name)})
    assert set.intersection(*empty) == set()


def test_attack_any_value_in_any_place_of_the_store_of_an_icb(tmp_path: Path) -> None:
    with IcbStore.create(tmp_path / "icb.db", RECORD, JOURNAL):
        data = (tmp_path / "icb.db").read_bytes()
    with closing(loose(data)) as connection:
        view = IcbView(rows_of(connection))
        for _altered in alterations(connection):
            for read in (view.journal, lambda: view.record(sha256_hex(RECORD)), lambda: seats.standing(view)):
                with contextlib.suppress(Error), plain_failures():
                    read()


DOCUMENTS: dict[str, Reading] = {
    "opening": election.opening_file,
    "roll": election.published_roll,
    "envelopes-1": envelopes.booth_files,
    "totals": counting.totals_of,
    "declaration": counting.declaration_of,
    "declared": counting.declaration_of,
}
"""What is fixed on the way, by its name in the store."""


def damage_of(connection: sqlite3.Connection, read: Reading) -> str:
    """What is said of an altered store, which must be that it is damaged."""
    with pytest.raises(Error) as said, plain_failures():
        read(View(rows_of(connection)))
    assert said.value.hint.startswith("Stop, and keep this file as it is.")
    return said.value.message


@pytest.mark.parametrize("name", DOCUMENTS)
def test_attack_one_bit_of_a_document_is_another(name: str, tmp_path: Path) -> None:
    # Most of these bits stand in digits and names: the document can be read, and says something else.
    with closing(loose(declared(tmp_path))) as connection:
        ((data,),) = connection.execute("SELECT data FROM documents WHERE name = ?", (name,)).fetchall()
        for place in range(0, len(data), max(len(data) // 40, 1)):
            altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            connection.execute("UPDATE documents SET data = ? WHERE name = ?", (altered, name))
            assert damage_of(connection, DOCUMENTS[name]).startswith("the store is damaged: "), place


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_gone_is_damage(name: str, tmp_path: Path) -> None:
    with closing(loose(declared(tmp_path))) as connection:
        connection.execute("DELETE FROM documents WHERE name = ?", (name,))
        assert damage_of(connection, DOCUMENTS[name]).endswith(" is not in it")


def test_every_document_is_judged(tmp_path: Path) -> None:
    with closing(loose(declared(tmp_path))) as connection:
        assert {name for (name,) in connection.execute("SELECT name FROM documents")} == set(DOCUMENTS)


@pytest.mark.parametrize("charter", [CHARTER + b"\n", b"\xff"])
def test_attack_another_charter_than_the_opening_names(charter: bytes, tmp_path: Path) -> None:
    with closing(loose(declared(tmp_path))) as connection:
        connection.execute("UPDATE election SET charter = ?", (charter,))
        for read in (election.charter_of, counting.facts):
            said = damage_of(connection, read)
            assert said == "the store is damaged: the charter in it cannot be right: it is not as it was written"


def test_a_charter_of_a_draft_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    with closing(loose(declared(tmp_path))) as connection:
        connection.execute("UPDATE election SET phase = 'draft', charter = x'ff'")
        said = damage_of(connection, election.charter_of)
        assert said.startswith("the store is damaged: the charter in it cannot be right: charter")


MISREAD = {
    "UPDATE election SET phase = 'words'": View.phase,
    "UPDATE election SET charter = 1000000000000": View.charter,
    "UPDATE election SET desk_secret = x'00'": View.desk_secret,
    "UPDATE election SET setup = NULL": View.setup,
    "DELETE FROM election": View.phase,
    "UPDATE roll_members SET country = 7": View.roll,
    "UPDATE roll_members SET id = 'M0'": View.roll,
    "UPDATE roll_delegates SET voting = 2": View.roll,
    "UPDATE roll_delegates SET salt = x'00'": View.salts,
    "UPDATE contests SET contest = x'7b'": View.contests,
    "DELETE FROM journal": View.last_entry,
    "UPDATE documents SET data = 'text' WHERE name = 'opening'": election.opening_file,
    "UPDATE box_withdrawn SET fate = 'eaten'": lambda view: view.fate_of(
        acts(view.journal(), Act.SPOILED)[0]["credential"]
    ),
    "DROP TABLE shares": View.shares,
    "ALTER TABLE shares RENAME COLUMN share TO sheer": View.shares,
    "UPDATE roll_members SET country = CAST(x'ff' AS TEXT)": View.roll,
}


@pytest.mark.parametrize("statement", MISREAD)
def test_an_altered_store_is_said_to_be_damaged(statement: str, tmp_path: Path) -> None:
    with closing(loose(open_election(tmp_path))) as connection:
        connection.execute(statement)
        with pytest.raises(Error, match="the store is damaged") as said, plain_failures():
            MISREAD[statement](View(rows_of(connection)))
    assert said.value.hint.startswith("Stop, and keep this file as it is.")
