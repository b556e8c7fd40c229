"""What commands keep: everything comes back as it was, and what a rule of the store forbids is refused and undone."""

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs

from ballot.errors import Error, Invalid, Refused, WrongPhase
from ballot.journal import SignedEntry
from ballot.people import Delegate, Member, Roll
from ballot.store.repo import Store
from ballot.store.unit import Unit
from ballot.store.view import NEXT, View
from ballot.votes import Phase
from tests.store.conftest import Start
from tests.store.making import (
    CEREMONY,
    CHARTER,
    CONTESTS,
    DELEGATES,
    ROLL,
    SECRET,
    SETUP,
    cast,
    create,
    entry,
    issue,
    move,
    perform,
    piece,
    request,
    sealed,
    share,
    together,
    trustee,
    uncounted,
)


def test_a_new_election_comes_back_as_it_was_given(tmp_path: Path) -> None:
    create(tmp_path / "election.db")
    with Store.open(tmp_path / "election.db") as store, store.read() as view:
        assert view.phase() is Phase.DRAFT
        assert view.setup() == SETUP
        assert view.charter() == CHARTER
        assert view.roll() == ROLL
        assert view.contests() == CONTESTS
        assert view.desk_secret() == SECRET
        assert view.journal() == (entry(0, ""),)
        assert view.last_entry() == entry(0, "")
        assert (view.trustees(), view.register(), view.ballots(), view.shares()) == ((), (), (), ())
        assert view.ballot_count() == 0
        with pytest.raises(WrongPhase):
            view.document("opening", "the opening", Phase.OPEN)
        assert (view.transcript(), view.pieces()) == (None, ())


def test_the_roll_is_sorted_whatever_order_it_came_in(tmp_path: Path) -> None:
    roll = Roll(tuple(reversed(ROLL.members)), tuple(reversed(ROLL.delegates)))
    with (
        Store.create(tmp_path / "election.db", SETUP, CHARTER, roll, CONTESTS, SECRET, entry(0, "")) as store,
        store.read() as view,
    ):
        assert view.roll() == ROLL


def test_every_delegate_has_a_salt_of_their_own(tmp_path: Path) -> None:
    salts: list[bytes] = []
    for name in ("a.db", "b.db"):
        create(tmp_path / name)
        with Store.open(tmp_path / name) as store, store.read() as view:
            assert list(view.salts()) == list(range(1, DELEGATES + 1))
            salts += view.salts().values()
    assert {len(salt) for salt in salts} == {16}
    assert len(set(salts)) == 2 * DELEGATES


@pytest.mark.parametrize(
    "roll",
    [
        Roll((*ROLL.members, ROLL.members[0]), ROLL.delegates),
        Roll(ROLL.members, (*ROLL.delegates, ROLL.delegates[0])),
        Roll(ROLL.members, (Delegate(1, "Ana", "M9", True, "letter", ""),)),
    ],
)
def test_a_roll_that_contradicts_itself_makes_no_store(tmp_path: Path, roll: Roll) -> None:
    with pytest.raises(Refused):
        Store.create(tmp_path / "election.db", SETUP, CHARTER, roll, CONTESTS, SECRET, entry(0, ""))
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_does_not_begin_at_height_0_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="journal"):
        Store.create(tmp_path / "election.db", SETUP, CHARTER, ROLL, CONTESTS, SECRET, entry(1, ""))
    assert list(tmp_path.iterdir()) == []


def test_names_in_any_script_come_back(tmp_path: Path) -> None:
    names = ("محمد", "ไทย", "e\u0301 is not \u00e9", "[bold]'; DROP TABLE election; --", "\u202e\x1b[31m")
    roll = Roll(
        (Member("M1", names[0], "", "", "", ""),),
        tuple(Delegate(n, name, "M1", False, "", "") for n, name in enumerate(names, 1)),
    )
    with (
        Store.create(tmp_path / "election.db", SETUP, CHARTER, roll, CONTESTS, SECRET, entry(0, "")) as store,
        store.read() as view,
    ):
        assert view.roll() == roll


def test_what_is_added_comes_back_in_order(draft: Path) -> None:
    with Store.open(draft) as store:
        with store.write() as unit:
            unit.add_trustee(trustee("Zoë"))
            unit.add_trustee(trustee("Ana"))
            unit.add_document("opening", b"\x00\xff")
            second = entry(1, entry(0, "").digest)
            unit.append(second)
            unit.append(entry(2, second.digest))
            unit.set_phase(Phase.OPEN)
        with store.write() as unit:
            for number in (3, 1, 2):
                unit.add_register(*request(number))
                unit.add_ballot(sealed(number))
            unit.set_phase(Phase.CLOSED)
        with store.write() as unit:
            unit.add_share(share(2))
            unit.add_share(share(1))
            for numbers in ((3, 1), (2, 3), (2, 1)):
                unit.add_piece(piece(*numbers))
        with store.read() as view:
            assert view.pieces() == (piece(2, 1), piece(2, 3), piece(3, 1))
            assert view.trustees() == (trustee("Zoë"), trustee("Ana"))
            assert view.document("opening", "the opening", Phase.OPEN) == b"\x00\xff"
            assert [signed.entry.height for signed in view.journal()] == [0, 1, 2]
            assert view.last_entry() == entry(2, second.digest)
            assert view.phase() is Phase.CLOSED
            assert view.register() == tuple(request(number)[0] for number in (1, 2, 3))
            assert view.register_of(2) == (request(2),)
            assert view.register_of(4) == ()
            assert view.ballot_count() == 3
            assert view.ballot_of(sealed(3).paper.credential) == sealed(3)
            assert view.ballot_of("nobody's") is None
            assert view.shares() == (share(1), share(2))


def test_the_box_is_sorted_by_tracker(opened: Path) -> None:
    perform(opened, *((cast, number) for number in range(1, 9)))
    with Store.open(opened) as store, store.read() as view:
        trackers = [item.ballot.tracker for item in view.ballots()]
    assert trackers == sorted(sealed(number).ballot.tracker for number in range(1, 9))


@pytest.mark.parametrize("phase", list(Phase))
def test_a_command_in_the_wrong_phase_names_the_next_step(draft: Path, phase: Phase) -> None:
    move(draft, phase)
    with Store.open(draft) as store, store.read() as view:
        view.require(phase, "this")
        for other in set(Phase) - {phase}:
            with pytest.raises(
                WrongPhase, match=f"doing that belongs to the phase {other}; .* phase {phase}$"
            ) as refusal:
                view.require(other, "doing that")
            assert refusal.value.hint == NEXT[phase]
    assert "ballot " in NEXT[phase]


def test_what_fails_is_undone_as_a_whole(opened: Path) -> None:
    before = opened.read_bytes()
    casts = (partial(cast, number=number) for number in range(1, 40))
    with pytest.raises(ZeroDivisionError):
        together(opened, partial(issue, delegate=1), *casts, fail)
    assert opened.read_bytes() == before


def fail(_: View) -> None:
    raise ZeroDivisionError


REFUSED: list[tuple[str, Callable[[Unit], None]]] = [
    ("been used", lambda unit: unit.add_ballot(sealed(1, "other"))),
    ("been used", lambda unit: unit.add_ballot(sealed(1))),
    ("in the register already", lambda unit: unit.add_register(*request(1))),
    ("not on the roll", lambda unit: unit.add_register(*request(DELEGATES + 1))),
    ("fixed already", lambda unit: unit.add_document("opening", b"other")),
    ("frozen", lambda unit: unit.add_trustee(trustee("Late"))),
    ("only while the election is closed", lambda unit: unit.add_share(share(1))),
    ("one phase at a time", lambda unit: unit.set_phase(Phase.COUNTED)),
    ("one phase at a time", lambda unit: unit.set_phase(Phase.DRAFT)),
    ("wrote to the journal meanwhile", lambda unit: unit.append(entry(1, entry(0, "").digest))),
    ("wrote to the journal meanwhile", lambda unit: unit.append(entry(3, unit.last_entry().digest))),
    ("wrote to the journal meanwhile", lambda unit: unit.append(entry(2, entry(0, "").digest))),
]


@pytest.mark.parametrize(("message", "write"), REFUSED)
def test_what_the_store_forbids_is_refused_and_undone(
    opened: Path, message: str, write: Callable[[Unit], None]
) -> None:
    with Store.open(opened) as store, store.write() as unit:
        issue(unit, 1)
        cast(unit, 1)
        unit.add_document("opening", b"first")
    before = opened.read_bytes()
    with pytest.raises(Refused, match=message) as refusal:
        together(opened, partial(cast, number=2), write)
    assert "Nothing was changed" in refusal.value.hint
    assert opened.read_bytes() == before


def test_a_share_is_given_once(draft: Path) -> None:
    move(draft, Phase.CLOSED)
    together(draft, lambda unit: unit.add_share(share(1)))
    with pytest.raises(Refused, match="given a share already"):
        together(draft, lambda unit: unit.add_share(share(1)))


def test_a_piece_is_given_once(draft: Path) -> None:
    move(draft, Phase.CLOSED)
    together(draft, lambda unit: unit.add_piece(piece(2, 1)))
    with pytest.raises(Refused, match="given this piece already"):
        together(draft, lambda unit: unit.add_piece(piece(2, 1)))


def test_a_ceremony_is_kept_in_the_place_of_what_there_was_of_it_and_dropped_with_the_trustees(draft: Path) -> None:
    later = structs.replace(CEREMONY, ceremony=structs.replace(CEREMONY.ceremony, need=1))
    for transcript in (CEREMONY, later):
        together(draft, partial(Unit.keep_transcript, transcript=transcript))
        with Store.open(draft) as store, store.read() as view:
            assert view.transcript() == transcript
    together(draft, lambda unit: unit.add_trustee(trustee("Chidi")))
    together(draft, lambda unit: unit.drop_trustees())
    with Store.open(draft) as store, store.read() as view:
        assert (view.transcript(), view.trustees()) == (None, ())


def test_attack_stored_json_is_read_as_strictly_as_any(draft: Path) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute("UPDATE contests SET contest = CAST(replace(contest, '{\"q', '{ \"q') AS BLOB)")
    with (
        Store.open(draft) as store,
        store.read() as view,
        pytest.raises(Invalid, match="a contest in it cannot be"),
    ):
        view.contests()


# Several processes


def test_two_processes_race_for_each_paper_and_one_wins(opened: Path, start: Start) -> None:
    papers = range(1, 9)
    workers = {name: start(opened, "race", name, "1", "8") for name in ("left", "right")}
    for worker in workers.values():
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    lines = {name: worker.communicate()[0].splitlines() for name, worker in workers.items()}
    with Store.open(opened) as store, store.read() as view:
        assert view.ballot_count() == len(papers)
        for number in papers:
            outcome = {name: lines[name][number - 1] for name in workers}
            (winner,) = (name for name in workers if outcome[name] == f"{number} cast")
            (loser,) = set(workers) - {winner}
            assert outcome[loser] == f"{number} refused: this paper has been used for a ballot already"
            assert view.ballot_of(sealed(number).paper.credential) == sealed(number, winner)


def test_two_processes_cast_side_by_side_and_nothing_is_lost(opened: Path, start: Start) -> None:
    alone = opened.with_name("alone.db")
    alone.write_bytes(opened.read_bytes())
    workers = [start(opened, "race", "", "1", "10"), start(opened, "race", "", "11", "20")]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker, first in zip(workers, (1, 11), strict=True):
        assert worker.communicate()[0].splitlines() == [f"{number} cast" for number in range(first, first + 10)]
    perform(alone, *((cast, number) for number in range(1, 21)))
    assert uncounted(opened) == uncounted(alone)


def test_a_reader_sees_one_state_while_another_process_writes(opened: Path, start: Start) -> None:
    worker = start(opened, "steps")
    assert worker.stdout is not None
    seen = set()
    with Store.open(opened) as store:
        while worker.stdout.readline() != "12\n":
            with store.read() as view:
                counts = view.ballot_count(), len(view.register()), len(view.journal()) - 1, len(view.ballots())
            assert len(set(counts)) == 1
            seen.add(counts[0])
    assert len(seen) > 1


def test_a_process_killed_at_any_instant_leaves_the_state_before_or_after(opened: Path, start: Start) -> None:
    alone = opened.with_name("alone.db")
    alone.write_bytes(opened.read_bytes())
    done = 0
    for _ in range(8):
        worker = start(opened, "steps")
        time.sleep(random.uniform(0.0, 0.25))
        worker.kill()
        reported = worker.communicate()[0].splitlines()
        if reported and reported[-1].isdigit():
            done = int(reported[-1])
        with closing(sqlite3.connect(opened)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with Store.open(opened) as store, store.read() as view:
            count = view.ballot_count()
            assert count in (done, done + 1)
            assert {item.paper.credential for item in view.ballots()} == {
                sealed(number).paper.credential for number in range(1, count + 1)
            }
            assert [item.request.delegate for item in view.register()] == list(range(1, count + 1))
            _check_chain(view.journal(), count)
        done = count
    assert done > 0
    for number in range(1, done + 1):
        together(alone, partial(issue, delegate=number), partial(cast, number=number))
    assert uncounted(opened) == uncounted(alone)


def _check_chain(journal: tuple[SignedEntry, ...], count: int) -> None:
    assert [signed.entry.height for signed in journal] == list(range(count + 1))
    assert [signed.entry.parent for signed in journal[1:]] == [signed.digest for signed in journal[:-1]]


def test_an_error_of_the_store_is_one_of_ours(draft: Path) -> None:
    draft.unlink()
    with pytest.raises(Error, match="there is no store"):
        Store.open(draft)
