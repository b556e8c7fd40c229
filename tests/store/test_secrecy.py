"""Nobody who seizes the file learns who cast which ballot, or in which order (design §2, promise 3, and §9)."""

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from ballot.errors import Error
from ballot.store import file as file_module
from ballot.store.repo import Store
from ballot.store.unit import Unit
from ballot.store.view import View
from ballot.votes import Phase
from tests.store.making import cast, issue, perform, sealed, together, uncounted

Step = tuple[Callable[[Unit, int], None], int]


@pytest.fixture
def copy(opened: Path) -> Callable[[], Path]:
    """Makes another copy of one open election, with the same salts."""
    numbers = iter(range(100))
    return lambda: Path(shutil.copy(opened, opened.with_name(f"copy-{next(numbers)}.db")))


@pytest.fixture
def lost_layout(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if every process were stopped, or kept out by another, between its write and the new layout."""

    def fail(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError(f"database is locked: {connection}")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    monkeypatch.setattr(file_module, "lay_out", fail)
    return monkeypatch


def is_marked(path: Path) -> bool:
    """Whether the file waits for its layout."""
    with closing(sqlite3.connect(path)) as connection:
        (cookie,) = connection.execute("PRAGMA schema_version").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(cookie == version)


# The order of casting


def test_attack_the_order_of_casting_is_not_in_the_file(copy: Callable[[], Path]) -> None:
    orders = [list(range(1, 21)), list(range(20, 0, -1)), *(random.sample(range(1, 21), 20) for _ in range(3))]
    files = []
    for order in orders:
        path = copy()
        perform(path, *((cast, number) for number in order))
        files.append(path.read_bytes())
    assert len(set(files)) == 1


def test_attack_the_order_is_not_in_the_file_at_any_moment(copy: Callable[[], Path]) -> None:
    left, right = copy(), copy()
    for first, second in ((1, 2), (3, 4), (5, 6)):
        perform(left, (cast, first), (cast, second))
        perform(right, (cast, second), (cast, first))
        assert left.read_bytes() == right.read_bytes()


INTERLEAVED: list[tuple[Step, ...]] = [
    ((issue, 1), (cast, 1), (issue, 2), (cast, 2)),
    ((issue, 1), (issue, 2), (cast, 2), (cast, 1)),
    ((issue, 1), (issue, 2), (cast, 1), (cast, 2)),
    ((issue, 1), (cast, 2), (cast, 1), (issue, 2)),
    ((cast, 1), (issue, 1), (cast, 2), (issue, 2)),
    ((cast, 2), (cast, 1), (issue, 1), (issue, 2)),
]


def test_attack_who_was_issued_a_paper_before_a_cast_is_not_in_the_file(copy: Callable[[], Path]) -> None:
    files = []
    for steps in INTERLEAVED:
        path = copy()
        perform(path, *steps)
        files.append(path.read_bytes())
    assert len(set(files)) == 1


def test_attack_long_interleavings_leave_nothing(copy: Callable[[], Path]) -> None:
    issues: list[Step] = [(issue, number) for number in range(1, 16)]
    files = []
    for _ in range(3):
        casts: list[Step] = [(cast, number) for number in random.sample(range(1, 16), 15)]
        turns = random.sample([True] * 15 + [False] * 15, 30)
        asking, casting = iter(issues), iter(casts)
        path = copy()
        perform(path, *(next(asking) if turn else next(casting) for turn in turns))
        files.append(path.read_bytes())
    assert len(set(files)) == 1


def test_the_comparison_would_see_an_order(copy: Callable[[], Path], lost_layout: pytest.MonkeyPatch) -> None:
    def box(*order: int) -> bytes:
        path = copy()
        together(path, *(partial(cast, number=number) for number in order))
        return uncounted(path)

    assert box(1, 2, 3) != box(3, 2, 1)
    lost_layout.undo()
    assert box(1, 2, 3) == box(3, 2, 1)


def test_what_is_written_in_other_phases_says_nothing_about_the_casts(copy: Callable[[], Path]) -> None:
    files = []
    for order in ((1, 2, 3), (3, 1, 2)):
        path = copy()
        perform(path, *((cast, number) for number in order))
        with Store.open(path) as store:
            with store.write() as unit:
                unit.set_phase(Phase.CLOSED)
                unit.add_document("closing", b"closed")
            with store.write() as unit:
                unit.set_phase(Phase.COUNTED)
        files.append(path.read_bytes())
    assert files[0] == files[1]


def test_no_second_file_stays_beside_the_store(opened: Path) -> None:
    perform(opened, (issue, 1), (cast, 1), (cast, 2))
    assert [item.name for item in opened.parent.iterdir()] == ["election.db"]


def test_a_refused_or_broken_cast_leaves_no_trace(opened: Path) -> None:
    perform(opened, (cast, 1))
    before = opened.read_bytes()

    def interrupt(_: View) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(opened, partial(cast, number=2), interrupt)
    assert opened.read_bytes() == before
    assert sealed(2).paper.credential.encode() not in before


# A layout that was lost


def test_a_lost_layout_is_made_up_for_when_the_store_is_opened(
    copy: Callable[[], Path], lost_layout: pytest.MonkeyPatch
) -> None:
    crashed, calm = copy(), copy()
    perform(crashed, (cast, 3))
    assert is_marked(crashed)
    lost_layout.undo()
    perform(calm, (cast, 3))
    Store.open(crashed).close()
    assert not is_marked(crashed)
    assert crashed.read_bytes() == calm.read_bytes()


def test_old_pages_behind_the_end_go_when_the_store_is_opened(copy: Callable[[], Path]) -> None:
    crashed, calm = copy(), copy()
    for path in (crashed, calm):
        perform(path, (cast, 3))
    # What a process leaves that is killed when VACUUM is done and has not cut the file yet.
    crashed.write_bytes(crashed.read_bytes() + b"an old page".ljust(8192) * 2)
    assert not is_marked(crashed)
    Store.open(crashed).close()
    assert b"an old page" not in crashed.read_bytes()
    assert uncounted(crashed) == uncounted(calm)


def test_a_lost_layout_is_made_up_for_before_the_next_write(
    copy: Callable[[], Path], lost_layout: pytest.MonkeyPatch
) -> None:
    crashed, calm = copy(), copy()
    with Store.open(crashed) as store:
        with store.write() as unit:
            cast(unit, 3)
        assert is_marked(crashed)
        lost_layout.undo()
        with store.write() as unit:
            cast(unit, 1)
    perform(calm, (cast, 1), (cast, 3))
    assert crashed.read_bytes() == calm.read_bytes()


def test_no_ballot_joins_one_that_is_not_laid_out(opened: Path, lost_layout: pytest.MonkeyPatch) -> None:
    perform(opened, (cast, 1))
    assert is_marked(opened)
    before = opened.read_bytes()
    for act in (cast, issue):
        with pytest.raises(Error, match="another command is using the store"):
            perform(opened, (act, 2))
    assert opened.read_bytes() == before
    lost_layout.undo()
    perform(opened, (cast, 2))
    assert not is_marked(opened)


def test_a_marked_copy_can_be_read(opened: Path, lost_layout: pytest.MonkeyPatch) -> None:
    perform(opened, (cast, 1))
    assert is_marked(opened)
    with Store.open(opened) as store, store.read() as view:
        assert view.ballots() == (sealed(1),)
    assert lost_layout


def test_the_mark_goes_in_the_step_that_lays_out(opened: Path) -> None:
    for number in (1, 2, 3):
        perform(opened, (cast, number))
        assert not is_marked(opened)


# The wall in the schema


@pytest.fixture
def schema(draft: Path) -> dict[str, tuple[str, str]]:
    """By name, the type and the SQL of everything in the schema."""
    with closing(sqlite3.connect(draft)) as connection:
        rows = connection.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_schema").fetchall()
    return {name: (kind, sql) for name, kind, sql in rows}


def test_nothing_in_the_schema_joins_the_roll_to_the_box(schema: dict[str, tuple[str, str]]) -> None:
    names = set(schema)
    assert {"roll_members", "roll_delegates", "roll_register", "roll_replacements"} <= names
    assert {"box_ballots", "box_withdrawn"} <= names
    for name, (kind, sql) in schema.items():
        both = name + " " + sql
        assert not (re.search(r"roll_|register|delegate|member", both) and re.search(r"box_|tracker", both)), name
        assert kind in ("table", "index", "trigger"), "a view could join what the tables keep apart"


def test_the_box_refers_to_nothing_and_nothing_refers_to_the_box(
    draft: Path, schema: dict[str, tuple[str, str]]
) -> None:
    with closing(sqlite3.connect(draft)) as connection:
        references = {
            (name, target)
            for name, (kind, _) in schema.items()
            if kind == "table"
            for (target,) in connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))
        }
    assert references == {
        ("roll_delegates", "roll_members"),
        ("roll_register", "roll_delegates"),
        ("roll_replacements", "roll_delegates"),
    }


def test_the_box_has_no_place_for_a_time_an_order_or_a_name(draft: Path, schema: dict[str, tuple[str, str]]) -> None:
    with closing(sqlite3.connect(draft)) as connection:
        columns = connection.execute("SELECT name, type, pk FROM pragma_table_info('box_ballots')").fetchall()
        assert columns == [("tracker", "VARCHAR", 1), ("credential", "VARCHAR", 0), ("sealed", "BLOB", 0)]
        columns = connection.execute("SELECT name, type, pk FROM pragma_table_info('box_withdrawn')").fetchall()
        assert columns == [("credential", "VARCHAR", 1), ("fate", "VARCHAR", 0), ("paper", "BLOB", 0)]
        for query in ("SELECT rowid FROM box_ballots", "SELECT rowid FROM box_withdrawn"):
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                connection.execute(query)
    tables = {name for name, (kind, _) in schema.items() if kind == "table" and name.startswith("box_")}
    assert tables == {"box_ballots", "box_withdrawn"}
    assert "sqlite_sequence" not in schema
    assert not any("AUTOINCREMENT" in sql.upper() for _, sql in schema.values())


def test_every_table_lies_in_the_order_of_its_key(schema: dict[str, tuple[str, str]]) -> None:
    for name, (kind, sql) in schema.items():
        if kind == "table" and name != "alembic_version":
            assert sql.rstrip().endswith("WITHOUT ROWID"), name


def test_ballots_lie_one_after_the_other_by_tracker(opened: Path) -> None:
    perform(opened, *((cast, number) for number in range(12, 0, -1)))
    data = opened.read_bytes()
    trackers = sorted(sealed(number).ballot.tracker for number in range(1, 13))
    by_tracker = {sealed(number).ballot.tracker: sealed(number) for number in range(1, 13)}
    # A choice in the middle of a ballot lies on pages of its own, which belong to no other ballot.
    places = [data.index(by_tracker[tracker].ballot.answers[0].choices[30].alpha.encode()) for tracker in trackers]
    assert all(first < second for first, second in pairwise(places))
