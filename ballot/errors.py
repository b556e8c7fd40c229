"""Every failure that a person can cause or mend: a message, a hint and an exit code.

Exit codes: 0 fine, 2 usage, 3 refused, 4 a failed check; 1 is left to crashes.
"""

from dataclasses import dataclass

REFUSED = 3
FAILED_CHECK = 4

DAMAGED = "is damaged, was changed, or was made wrongly"
"""Said of a file that is of the right kind and does not hold. Nobody can tell which; damage is what mostly happens."""


class Error(Exception):
    """Base of all failures the tool reports in two lines, `error:` and `hint:`.

    `message` says what is wrong and where; `hint` says what to do next. Neither ever holds a secret.
    """

    exit_code = REFUSED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(Error):
    """The command was called in a way it does not understand."""

    exit_code = 2


class Refused(Error):
    """A rule of the charter or the election forbids it."""


class WrongPhase(Refused):
    """The command belongs to another phase of the election."""


class KeyRefused(Refused):
    """A key file cannot be opened, or it is not the key that is wanted."""


class WrongPassphrase(KeyRefused):
    """The passphrase of a key file is wrong, or the file was changed: one cannot tell."""


class Invalid(Error):
    """Data from outside does not have the form, the group or the proof that the protocol asks for."""


@dataclass(frozen=True)
class Fault:
    """One fault of an input file: `row` counts from 1, the header being row 1; 0 means the file as a whole.

    `file` is empty when the problem names it. `hint` says what to do about this one.
    """

    file: str
    row: int
    field: str
    problem: str
    hint: str = ""

    @classmethod
    def of(cls, file: str, error: Error) -> "Fault":
        """What an error says of a file as a whole; the file is named once."""
        return cls(file, 0, "", error.message.removeprefix(f"{file}: "), error.hint)

    def __str__(self) -> str:
        where = self.file
        if self.row:
            where += f", row {self.row}"
        if self.field:
            where += f", {self.field}"
        return f"{where}: {self.problem}" if where else self.problem


class BadInput(Error):
    """Input files with faults, all of them at once; nothing was changed.

    A hint that all faults share is its hint, before the one that is given for all.
    """

    def __init__(self, faults: list[Fault], hint: str = "") -> None:
        count = len(faults)
        shared = {fault.hint for fault in faults}
        own = shared.pop() if len(shared) == 1 else ""
        hint = own or hint or "Correct these places and run the command again; nothing was changed."
        super().__init__(f"{count} fault{'s' if count != 1 else ''} in the input", hint)
        self.faults = tuple(faults)
