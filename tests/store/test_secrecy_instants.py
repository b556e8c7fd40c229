"""Whoever copies the files in the middle of a cast learns nothing of the ballots that were cast before it."""

import shutil
import sqlite3
import struct
from pathlib import Path

import pytest

from ballot.store import engine, file
from tests.store.making import cast, perform, sealed

_HEADER = struct.Struct(">8sIIIII")
"""Of SQLite's rollback journal: magic, records, nonce, pages, bytes of a sector, bytes of a page."""

STEPS = 8
"""SQLite's own steps between two copies: so few that some lie before, in and after the write, and in the layout."""


class Copies:
    """Copies of a store and its journal, as they were at many instants of everything that SQLite does."""

    def __init__(self, patch: pytest.MonkeyPatch, store: Path) -> None:
        self.taken: list[dict[str, bytes]] = []
        self._store = store
        connect = file.connect

        def watched(path: Path) -> sqlite3.Connection:
            connection = connect(path)
            connection.set_progress_handler(self._take, STEPS)
            return connection

        patch.setattr(engine, "connect", watched)

    def _take(self) -> int:
        files = self._store.parent.glob(f"{self._store.name}*")
        self.taken.append({path.name: without_chance(path) for path in files})
        return 0


def without_chance(path: Path) -> bytes:
    """The bytes of a file, without the random number of a journal and the sums that it goes into."""
    data = bytearray(path.read_bytes())
    if not path.name.endswith("-journal") or len(data) < _HEADER.size:
        return bytes(data)
    _, _, _, _, sector, page = _HEADER.unpack_from(data)
    data[12:16] = bytes(4)
    for place in range(sector, len(data) - page - 7, page + 8):
        data[place + 4 + page : place + 8 + page] = bytes(4)
    return bytes(data)


def copies_of_a_cast(folder: Path, opened: Path, before: tuple[int, ...]) -> list[dict[str, bytes]]:
    """All copies of the cast of ballot 9, when these ballots were cast before it, one by one."""
    folder.mkdir()
    store = Path(shutil.copy(opened, folder / "election.db"))
    perform(store, *((cast, number) for number in before))
    with pytest.MonkeyPatch.context() as patch:
        copies = Copies(patch, store)
        perform(store, (cast, 9))
    return copies.taken


def test_attack_no_copy_in_the_middle_of_a_cast_tells_the_order_of_those_before(opened: Path, tmp_path: Path) -> None:
    left = copies_of_a_cast(tmp_path / "left", opened, (1, 2, 3, 4, 5))
    right = copies_of_a_cast(tmp_path / "right", opened, (3, 1, 5, 2, 4))
    assert left == right
    assert len(left) > 20


def test_the_copies_see_the_journal_and_the_ballot_that_is_being_cast(opened: Path, tmp_path: Path) -> None:
    taken = copies_of_a_cast(tmp_path / "one", opened, (1, 2))
    journals = [copy for copy in taken if any(copy.get("election.db-journal", b""))]
    assert journals
    credential = sealed(9).paper.credential.encode()
    assert {credential in copy["election.db"] for copy in taken} == {True, False}


def test_the_comparison_of_copies_would_see_an_order(opened: Path, tmp_path: Path) -> None:
    """Without the layout after every write, the copies of two orders differ."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "tidy", lambda _: None)
        patch.setattr(engine, "MARKED", "SELECT 0")
        patch.setattr(file, "lay_out", lambda _: None)
        left = copies_of_a_cast(tmp_path / "left", opened, (1, 2, 3))
        right = copies_of_a_cast(tmp_path / "right", opened, (3, 2, 1))
    assert left[0] != right[0]
