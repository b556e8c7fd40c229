"""The day of an act of the ICB: what was typed, the machine's clock and the last act in; a day, or a question, out."""

from datetime import date

from ballot.commands import ask
from ballot.commands.clock import today
from ballot.commands.render import say

QUIET_DAYS = 183
"""Days without an act after which the machine's clock is not believed without asking."""

FURTHER_EAST_DAYS = 2
"""Most days that anybody's calendar is ahead of another's."""


def day(on: str, last: str) -> str:
    """The date of an act: as given, else today, or the day of the last act if that has not begun here.

    Raises Refused for a day to come.
    """
    check_come(on, last, "An act is recorded when it holds; the journal is never changed.")
    if not on and last > today():
        say("The last act is of {}, a day that has not begun on this machine: this act gets that day too.", last)
        return last
    return on or today()


def check_clock(day: str, on: str, last: str) -> None:
    """Ask whether the machine's day is right when it is far from that of the last act: all later acts are as late.

    Raises Refused when the person says no, and UsageError when nobody can be asked.
    """
    from ballot.errors import Refused

    here = today()
    passed = (date.fromisoformat(here) - date.fromisoformat(last or here)).days
    if on or -FURTHER_EAST_DAYS <= passed <= QUIET_DAYS:
        return
    hint = "Set this machine's clock, or give the day with --on YYYY-MM-DD."
    question = f"The last act was of {last}. Is today really {here}?"
    if passed < 0:
        question = f"The last act is of {last}, and here it is {here}. Shall this act be of {last} too?"
        hint = (
            "Set this machine's clock. If it is right, that of the last act was wrong, and no act can be before it: "
            "where nobody was given that act yet, go on from a copy of the store without it."
        )
    if not ask.confirm(question, False, f"--on {day}"):
        raise Refused("nothing was recorded", hint)


def check_come(on: str, last: str, hint: str) -> None:
    """Raise Refused for a day to come; that of the last act has come, if only further east."""
    from ballot.errors import Refused

    if on > max(today(), last):
        raise Refused(f"{on} is still to come", hint)


def check_date(on: str) -> None:
    """Raises UsageError unless this is a date as YYYY-MM-DD, or empty."""
    from ballot.errors import UsageError
    from ballot.icb.secretary import is_date
    from ballot.tables import shown

    if on and not is_date(on):
        raise UsageError(f"--on: {shown(on)} is not a date as YYYY-MM-DD", "Write 22 November 2026 as 2026-11-22.")
