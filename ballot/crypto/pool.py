"""Many ballots checked on all cores: an election and its ballots in, a verdict for each and their tally out.

Workers are processes, for gmpy2 holds the interpreter's lock. They get encoded ballots in chunks and answer for each.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import NamedTuple

from ballot.crypto.sealing import add_up, check_ballot, subtotal
from ballot.errors import Invalid
from ballot.votes import Ballot, Ciphertexts, Election
from ballot.wire import decode, encode

_FEW = 8
"""Up to this many ballots are checked sooner than workers have started."""

_ROUNDS = 16
"""How often a worker takes ballots: so often that no worker has many left when the others have none."""


class Checked(NamedTuple):
    """A verdict for each ballot, in order: "" when `check_ballot` accepts it, else the reason why not.

    `tally` is the encrypted tally of those that are accepted.
    """

    verdicts: list[str]
    tally: Ciphertexts


def check_ballots(
    election: Election,
    ballots: Sequence[Ballot],
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Check all ballots, and tally those that are accepted.

    `workers` is the number of processes, all cores when None. `progress` is told from time to time how many ballots
    have been checked so far. The verdicts do not depend on either.
    """
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers > 1 and len(ballots) > _FEW:
        try:
            return _collect(election, _in_pool(election, ballots, workers), len(ballots), progress)
        except (BrokenProcessPool, OSError):
            # A worker was killed or none may be started here: everything is checked again, in this process.
            pass
    few = (ballots[start : start + _FEW] for start in range(0, len(ballots), _FEW))
    return _collect(election, map(partial(_checked, election), few), len(ballots), progress)


def _collect(
    election: Election, chunks: Iterator[Checked], count: int, progress: Callable[[int], None] | None
) -> Checked:
    verdicts: list[str] = []
    parts: list[Ciphertexts] = []
    for chunk in chunks:
        verdicts += chunk.verdicts
        parts.append(chunk.tally)
        if progress is not None:
            progress(len(verdicts))
    if len(verdicts) != count:
        raise RuntimeError(f"{len(verdicts)} verdicts for {count} ballots")
    return Checked(verdicts, add_up(election, parts))


def _in_pool(election: Election, ballots: Sequence[Ballot], workers: int) -> Iterator[Checked]:
    encoded = [encode(ballot) for ballot in ballots]
    size = -(-len(encoded) // (workers * _ROUNDS))
    chunks = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    workers = min(workers, len(chunks), 61)  # Windows waits for 61 processes at most
    with ProcessPoolExecutor(workers, _context(), _start, (election,)) as pool:
        yield from pool.map(_check_chunk, chunks)


def _context() -> multiprocessing.context.BaseContext:
    # A fork starts at once, but copies locks that other threads hold; macOS and Windows have no safe one.
    safe = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if safe else "spawn")


_elections: list[Election] = []
"""In a worker: the election whose ballots it checks."""


def _start(election: Election) -> None:
    _elections[:] = [election]


def _check_chunk(encoded: list[bytes]) -> Checked:
    return _checked(_elections[0], [decode(data, Ballot, "a ballot") for data in encoded])


def _checked(election: Election, ballots: Sequence[Ballot]) -> Checked:
    verdicts = [_verdict(election, ballot) for ballot in ballots]
    accepted = [ballot.unsigned for ballot, verdict in zip(ballots, verdicts, strict=True) if not verdict]
    return Checked(verdicts, subtotal(election, accepted))


def _verdict(election: Election, ballot: Ballot) -> str:
    try:
        check_ballot(election, ballot)
    except Invalid as error:
        return error.message or "the ballot is not valid"
    return ""
