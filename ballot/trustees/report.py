"""The report of a rehearsal, as it is written: whose keys worked, and how a throwaway election went."""

from ballot.cosigning import SealReady
from ballot.trustees.readiness import Ready
from ballot.wire import Wire


class Outcome(Wire, frozen=True):
    """How it went: ballots, trustee dropped by lot, places drawn by lot (each empty if that could not be), checks that
    hold, and the SHA-256 of the record that was thrown away."""

    ballots: int
    dropped: str
    tie: str
    checks: int
    record: str


class Report(Wire, frozen=True):
    """What a rehearsal has shown, for the minutes: whose keys worked, and how the throwaway election went."""

    election: str
    at: str
    ready: tuple[Ready, ...]
    outcome: Outcome
    seal: tuple[SealReady, ...]
    """What the keeper of a seal on another machine has shown, or nothing where the seal was here."""


class SignedReport(Wire, frozen=True):
    """A report and the signatures of head and seal over T("rehearsal", its bytes), in hex.

    That of the seal is empty where the report holds what its keeper has shown elsewhere.
    """

    report: Report
    head: str
    seal: str
