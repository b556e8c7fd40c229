"""Many ballots checked at once: one verdict for each, in order, however the work is shared out."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from ballot.belenios import read_archive
from ballot.crypto import pool
from ballot.crypto.pool import Checked, check_ballots
from ballot.crypto.sealing import tally
from ballot.votes import Ballot

ARCHIVE = read_archive((Path(__file__).parents[1] / "vectors" / "belenios-ed25519.bel").read_bytes())
GOOD = ARCHIVE.ballots[0]
BAD = Ballot(GOOD.election_uuid, "x", GOOD.credential, GOOD.answers, GOOD.signature)
UNSIGNED = Ballot(GOOD.election_uuid, GOOD.election_hash, GOOD.credential, GOOD.answers, ARCHIVE.ballots[1].signature)
MANY = (*ARCHIVE.ballots, BAD, *ARCHIVE.ballots, UNSIGNED, *ARCHIVE.ballots, BAD)
EXPECTED = [*[""] * 7, "another election", *[""] * 7, "not the hash", *[""] * 7, "another election"]


def matches(checked: Checked) -> bool:
    pairs = zip(checked.verdicts, EXPECTED, strict=True)
    good = [ballot.unsigned for ballot in ARCHIVE.ballots] * 3
    return checked.tally == tally(ARCHIVE.election, good) and all(
        expected in verdict and bool(expected) == bool(verdict) for verdict, expected in pairs
    )


@pytest.mark.parametrize("workers", [None, 0, 1, 2, 3, 100])
def test_verdicts_do_not_depend_on_the_workers(workers: int | None) -> None:
    told: list[int] = []
    assert matches(check_ballots(ARCHIVE.election, MANY, workers, told.append))
    assert told == sorted(set(told))
    assert told[-1] == len(MANY)


def test_verdicts_are_the_same_in_processes_that_start_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_context", lambda: multiprocessing.get_context("spawn"))
    assert matches(check_ballots(ARCHIVE.election, MANY, 2))


def test_no_ballots_have_no_verdicts() -> None:
    assert check_ballots(ARCHIVE.election, [], 2) == ([], tally(ARCHIVE.election, []))


def failing_pool(error: Exception) -> Callable[..., Iterator[Checked]]:
    def in_pool(*_: object) -> Iterator[Checked]:
        yield Checked([""], tally(ARCHIVE.election, []))
        raise error

    return in_pool


@pytest.mark.parametrize("error", [BrokenProcessPool(), PermissionError()])
def test_ballots_are_not_lost_when_a_worker_dies(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_in_pool", failing_pool(error))
    assert matches(check_ballots(ARCHIVE.election, MANY, 2))


def test_a_fault_in_a_worker_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_in_pool", failing_pool(ValueError("a bug")))
    with pytest.raises(ValueError, match="a bug"):
        check_ballots(ARCHIVE.election, MANY, 2)


def test_too_few_verdicts_are_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_in_pool", lambda *_: iter([Checked([""] * 3, tally(ARCHIVE.election, []))]))
    with pytest.raises(RuntimeError, match="3 verdicts for 24 ballots"):
        check_ballots(ARCHIVE.election, MANY, 2)
