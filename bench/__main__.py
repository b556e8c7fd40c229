"""Print how long the main steps take on this machine, as milliseconds and as multiples of a reference of the same run.

The reference of cryptographic steps is one power in Ed25519; of verifying, the powers that the record's proofs cannot
do without, on all cores; of whole commands, a Python that imports SQLAlchemy. The targets were set on a machine with
two cores that took 93 µs for a power and 215 ms for the import; a slower one is judged by the multiples, too.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ballot.acts import papers, setup, voting
from ballot.acts.intake import read_folder
from ballot.acts.sample import sample
from ballot.belenios import read_archive
from ballot.booth import fill, marks_of, seal
from ballot.box import accept
from ballot.count import check_share, decrypt, forget_tally, share_of, tally_box
from ballot.crypto.groups import group
from ballot.crypto.keys import new_official
from ballot.opening import new_trustee
from ballot.statements import closing_of
from ballot.store.repo import Store
from ballot.trustees.ceremony import hold_at_once
from ballot.trustees.transcript import check_transcript, invite
from ballot.verify import verify
from ballot.votes import BoothPaper, SealedBallot
from tests.play import Played, play
from tests.trustees import NAMES

CANDIDATES, BALLOTS = 24, 150


class Reference(NamedTuple):
    """Something to compare with: what measures it, in seconds, and the seconds it took where the targets were set."""

    here: Callable[[], float]
    there: float


def line(what: str, action: Callable[[], object], reference: Reference, target: float, runs: int = 5) -> None:
    """Measure an action, and print it beside its target, in milliseconds and in multiples of the reference.

    The reference is measured before each run and after the last, for many a machine changes its pace by the second.
    """
    seconds, compared = [], [reference.here()]
    for _ in range(runs):
        seconds.append(_seconds(action))
        compared.append(reference.here())
    _print(what, statistics.median(seconds), statistics.median(compared), reference.there, target)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _print(what: str, seconds: float, compared: float, there: float, target: float) -> None:
    times, permitted = seconds / compared, target / there
    judged = "within in multiples" if times <= permitted else "OVER"
    verdict = "within" if seconds <= target else judged
    figures = f"{1000 * seconds:>8.0f} ms of {1000 * target:>6.0f}{times:>10.2f} x of {permitted:>9.2f}"
    print(f"{what:<58}{figures}  {verdict}", flush=True)


def _power() -> float:
    return _seconds(lambda: _powers(100)) / 100


def _powers(count: int) -> None:
    ring = group("Ed25519")
    element, exponent = ring.base(ring.random_scalar()), ring.random_scalar()
    for _ in range(count):
        ring.power(element, exponent)


POWER = Reference(_power, 93e-6)
"""One power in Ed25519 with a variable base."""


def box(folder: Path) -> None:
    """Seal and cast at the alliance's size, through the store."""
    intake = read_folder(sample("ima-assembly"))
    now = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    head, keeper = new_official("head", intake.plan.head), new_official("seal", intake.plan.seal)
    with setup.create(folder / "bench.db", intake, now) as store:
        setup.add_trustees(store, [new_trustee(name, "Ed25519")[0] for name in intake.plan.trustees], now)
        file = setup.open_box(store, head, keeper, now, without_rehearsal="it is measured")
        issued: list[BoothPaper] = []
        for delegate in intake.roll.voting_delegates()[:40]:
            papers.issue(store, head, keeper, delegate.number, now, issued.append)
        marks = [marks_of(file.signed.opening.contests[0], range(1, 13))]

        def sealed(paper: BoothPaper) -> SealedBallot:
            return seal(file.election, paper, fill(file.election, paper.paper.credential, marks))

        queue = iter(issued)
        line(f"seal a ballot of {CANDIDATES} candidates", lambda: sealed(issued[0]), POWER, 0.040)
        ballots = iter([sealed(paper) for paper in queue])
        opening, first = file.signed.opening, sealed(issued[0])
        line("box checks a ballot", lambda: accept(opening, file.election, first, None), POWER, 0.060)
        line("box accepts a ballot, with the write to disk", lambda: _cast(store, next(ballots)), POWER, 0.060, 30)


def _cast(store: Store, ballot: SealedBallot) -> None:
    voting.cast(store, [("ballot", ballot)])


def trustees() -> None:
    """The trustees' ceremony, all three rounds with every check that each of them makes."""

    def ceremony() -> None:
        check_transcript(hold_at_once(invite(NAMES, 3, "Ed25519"))[1])

    line(f"ceremony of {len(NAMES)} trustees, 3 needed", ceremony, POWER, 2.0)


def count(played: Played) -> None:
    """Everything between the close and the totals: the tally, a share of each trustee, every proof, the logarithms."""
    ballots = [sealed.ballot for sealed in played.sealed]
    closing, keys = closing_of(played.opening, ballots), read_archive(played.contents.archive).trustees

    def shares_and_totals() -> None:
        forget_tally()
        shares = [
            share_of(secret, owner, played.opening, played.election, closing, ballots)
            for owner, secret in enumerate(played.keys.trustees, start=1)
        ]
        sums = tally_box(played.election, ballots)
        for owned in shares:
            check_share(played.election, keys, sums, owned)
        decrypt(played.election, sums, shares, len(ballots), len(shares))

    what = f"{len(keys)} shares and totals of {BALLOTS} ballots x {CANDIDATES} candidates"
    line(what, shares_and_totals, POWER, 1.0)


def record() -> None:
    """Count and verify a record of 150 ballots and 24 candidates, the latter with a pool of processes."""
    choices = tuple((tuple(1 + (number + step) % CANDIDATES for step in range(12)),) for number in range(BALLOTS))
    played = play(choices, candidates=CANDIDATES, outstanding=0, trustees=3)
    count(played)
    data = played.record()
    # Six powers for every mark, three for every number of marks that is permitted, one for the credential.
    powers = BALLOTS * (6 * CANDIDATES + 3 * 13 + 1)
    alone = Reference(lambda: _powers_on_all_cores(powers), powers * POWER.there / 2)
    what = f"verify a record of {BALLOTS} ballots x {CANDIDATES} candidates, {os.cpu_count()} cores"
    line(what, lambda: _verify(data), alone, 2.5)


def _powers_on_all_cores(count: int) -> float:
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        return _seconds(lambda: list(pool.map(_powers, [count // cores] * cores)))


def _verify(data: bytes) -> None:
    forget_tally()
    verify(data)


def commands(folder: Path) -> None:
    """Whole commands as processes, with the bytecode that Python keeps of an installed program."""
    cache = str(folder / "bytecode")

    def libraries() -> None:
        _process(cache, "-c", "import sqlalchemy.orm")

    libraries()
    reference = Reference(lambda: _seconds(libraries), 0.215)
    _process(cache, "-m", "ballot", "--help")
    line("ballot --help", lambda: _process(cache, "-m", "ballot", "--help"), reference, 0.2, 9)
    out = folder / "demo"
    demo = ("-m", "ballot", "demo", "ima-assembly", "--out", str(out))
    line("ballot demo ima-assembly", lambda: _process(cache, *demo), reference, 30, 1)
    status = ("-m", "ballot", "status", "--store", str(out / "election.db"))
    line("ballot status", lambda: _process(cache, *status), reference, 0.5, 9)


def _process(cache: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)


def main() -> None:
    """Measure everything and print a line for each."""
    print("Multiples of one power in Ed25519; of the powers alone for verify; of importing SQLAlchemy for commands")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        box(folder)
        trustees()
        record()
        commands(folder)


if __name__ == "__main__":
    main()
