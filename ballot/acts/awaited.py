"""What the count waits for: a store after the close in; out, which shares and pieces are missing, and what to do."""

from dataclasses import dataclass

from ballot.acts.election import opening_file
from ballot.errors import Refused
from ballot.journal import Act, acts
from ballot.store.view import View
from ballot.typed import word


def announced(view: View) -> list[str]:
    """Names of the trustees who were announced as missing, those who came after all too."""
    return [details["trustee"] for details in acts(view.journal(), Act.MISSING)]


def awaited(view: View) -> tuple[str, ...]:
    """A sentence for every trustee whose share is missing: that it is, or how many more pieces of the key it takes."""
    lacking = _lacking(view)
    return (*lacking.shares, *lacking.pieces)


@dataclass(frozen=True)
class _Lacking:
    """Whose own shares are missing, a sentence for all pieces of each key that are, and how many shares it takes.

    `spare` more trustees can be announced as missing; `came` were announced and gave their shares after all.
    """

    own: tuple[str, ...]
    pieces: tuple[str, ...]
    spare: int
    came: tuple[str, ...]

    @property
    def more(self) -> int:
        """How many own shares are needed at least."""
        return max(len(self.own) - self.spare, 0)

    @property
    def may_be_missing(self) -> bool:
        """Whether somebody whose share has not come could be announced as missing."""
        return bool(self.own) and self.spare > 0

    @property
    def shares(self) -> tuple[str, ...]:
        """A sentence for every own share that is missing."""
        return tuple(f"the share of {name}: ballot trustee share KEY" for name in self.own)

    @property
    def line(self) -> str:
        """All sentences in one, with what to do when somebody does not come."""
        shares = "; ".join(self.shares)
        if 0 < self.more < len(self.own):
            shares += " (one of them is enough)" if self.more == 1 else f" ({self.more} of them are enough)"
        missing = '; whoever does not come: ballot trustees missing "NAME"' if self.may_be_missing else ""
        return "; ".join(filter(None, (shares + missing, *self.pieces)))


def _lacking(view: View) -> _Lacking:
    opening = opening_file(view).signed.opening
    given, told = {owned.owner for owned in view.shares()}, announced(view)
    held = [piece.missing for piece in view.pieces()]
    own, pieces = [], []
    for number, name in enumerate(opening.trustee_names, start=1):
        if number in given:
            continue
        if name in told:
            more = opening.need - held.count(number)
            plural = "piece" if more == 1 else "pieces"
            pieces.append(f"{more} more {plural} of the key of {name}: ballot trustee stand-in {word(name)} --key KEY")
        else:
            own.append(name)
    shared = _shared(view)
    spare = len(opening.trustee_names) - opening.need - len(told)
    return _Lacking(tuple(own), tuple(pieces), spare, tuple(name for name in told if name in shared))


def _shared(view: View) -> list[str]:
    return [details["trustee"] for details in acts(view.journal(), Act.SHARED)]


def next_of(view: View) -> str:
    """What a closed box waits for, in plain words; empty when every trustee's share is there."""
    lacking = _lacking(view)
    return f"awaited: {lacking.line}" if lacking.line else ""


def require_shares(view: View) -> None:
    """Raise Refused, saying how many more trustees are needed, unless every trustee's share is there."""
    lacking, opening = _lacking(view), opening_file(view).signed.opening
    if not lacking.line:
        return
    gave, more, came = len(_shared(view)), lacking.more, ", ".join(lacking.came)
    # Nobody takes the place of those who came after all, so their shares are needed on top.
    need = opening.need + len(lacking.came)
    message = f"{gave} of {len(opening.trustee_names)} trustees gave their shares, and {need} are needed"
    if came:
        message += f", for {came} came after being announced as missing"
    if more:
        message = f"{more} more {'trustee is' if more == 1 else 'trustees are'} needed: {message}"
    else:
        message = f"{message}: that is enough, but the share of whoever did not come must be made first"
    hints = []
    if lacking.own:
        hints.append("Whoever is there gives the share.")
    if lacking.own and lacking.spare <= 0 and announced(view):
        hints.append(f"{', '.join(lacking.own)} cannot be announced as missing any more: find whoever did not come.")
    if lacking.may_be_missing:
        hints.append("Announce who does not come; then those who came stand in.")
    if lacking.pieces:
        hints.append("Those who came stand in, each with their own key.")
    raise Refused(f"{message}; awaited: {lacking.line}", " ".join(hints))
