"""The verifier: a record's bytes in, a Report of numbered checks out, or VerificationError carrying it (protocol §13).

It believes nobody: no store, no clock, no network. Everything is recomputed from the record alone, in the order of the
numbers; the first check that fails ends the verification, because those after it would stand on sand.
"""

from ballot.checks import CHECKS
from ballot.errors import FAILED_CHECK, BadInput, Error
from ballot.evidence import Evidence, Progress
from ballot.record import read_record
from ballot.wire import Wire, sha256_hex


class Check(Wire, frozen=True):
    """One numbered check: what it says and a figure; where it did not pass, `sentence` names the fault."""

    number: int
    title: str
    sentence: str
    figure: str
    passed: bool


class Report(Wire, frozen=True):
    """The checks made, in order; the last one is the one that failed, if any did."""

    record: str
    opening: str
    checks: tuple[Check, ...]
    verified: bool


class VerificationError(Error):
    """A check failed; `report` holds all checks up to it."""

    exit_code = FAILED_CHECK

    def __init__(self, report: Report) -> None:
        failed = report.checks[-1]
        super().__init__(
            f"check {failed.number} ({failed.title}) failed: {failed.sentence}",
            "Do not rely on this record. Compare the file with the copies of others and tell the election committee.",
        )
        self.report = report


def verify(data: bytes, progress: Progress | None = None, workers: int | None = None) -> tuple[Report, Evidence]:
    """Verify a record in full: checks 1 to 16 of protocol §13.

    `progress` is told how many ballots check 8 has finished, and of how many; `workers` is the number of processes
    for it (all cores when None). Returns the report and what was verified. Raises VerificationError at the first
    check that fails.
    """
    passed: list[Check] = []
    digest = sha256_hex(data)

    def fail(number: int, title: str, error: Error) -> VerificationError:
        detail = error.message
        if isinstance(error, BadInput):
            detail = f"{detail}: {error.faults[0]}"
        failed = Check(number, title, detail, "", passed=False)
        return VerificationError(Report(digest, "", (*passed, failed), verified=False))

    try:
        evidence = Evidence(read_record(data), progress, workers)
    except Error as error:
        raise fail(1, CHECKS[0][0], error) from None
    for number, (title, sentence, check) in enumerate(CHECKS, start=1):
        try:
            figure = check(evidence)
        except Error as error:
            raise fail(number, title, error) from None
        passed.append(Check(number, title, sentence, figure, passed=True))
    return Report(digest, evidence.opening.fingerprint, tuple(passed), verified=True), evidence
