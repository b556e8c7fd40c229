"""This machine's clock: nothing in; the time of an act, or the day, out."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time of an act."""
    return datetime.now(UTC)


def today() -> str:
    """The day where this machine is, as YYYY-MM-DD."""
    return datetime.now().astimezone().date().isoformat()
