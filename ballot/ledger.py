"""How many papers there are, and whose turn it is: the journal's acts in, the state of every delegate's paper out.

One set of rules serves the acts, which ask it before they do something, and the verifier, which follows the whole
journal with it. It holds delegates' numbers, and credentials of papers that can never be cast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ballot.errors import Invalid, Refused
from ballot.journal import Act, SignedEntry
from ballot.register import Reconciliation, Way

_DONE = "It is done: take this code out of the list."
_FRESH = "If it was under a wrong number: `ballot issue` under that number gives this delegate a fresh one."
_DRAWN = "One that a delegate drew and brings back is spoiled: `ballot spoil --delegate NUMBER`."
_DRAWN_AND_CLOSED = (
    "Take out the codes of those that delegates drew: their papers stay as they are, cast or outstanding, and nothing "
    "more can be done with them after the close."
)


@dataclass(frozen=True)
class Issued:
    """A paper in the journal: how it came, which spoiled one it replaces, and the digest of its register entry."""

    way: str
    instead_of: str
    entry: str


@dataclass
class Ledger:
    """Papers by delegate as the acts so far tell; `voting` is the number of voting delegates.

    Papers are printed in envelopes, of which `drawn` were handed out, or made for one delegate, which is `asked`. Once
    the box is `closed`, no paper is spoiled or issued any more.
    """

    voting: int
    printed: int = 0
    prints: int = 0
    asked: int = 0
    drawn: int = 0
    issued: dict[int, list[Issued]] = field(default_factory=dict)
    spoiled: dict[str, int] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    closed: bool = False

    def sheet(self, cast: int) -> Reconciliation:
        """The reconciliation sheet, given how many ballots are in the box."""
        made, handed_out = self.asked + self.printed, self.asked + self.drawn
        return Reconciliation(made, handed_out, cast, len(self.spoiled), len(self.returned))

    def instead_of(self, delegate: int) -> str:
        """The credential of the spoiled paper that the delegate's next one replaces, empty for the first.

        Raises Refused when the delegate has a paper that is not spoiled.
        """
        gone = [credential for credential, owner in self.spoiled.items() if owner == delegate]
        if len(self.issued.get(delegate, ())) > len(gone):
            raise Refused(
                f"delegate {delegate} already has a paper: one regular member, one vote (V §3(b))",
                "A paper is issued once; a damaged one is surrendered with `ballot spoil`.",
            )
        return gone[-1] if gone else ""

    def issue(self, delegate: int, way: str, entry: str) -> None:
        """A delegate gets a paper. Raises Refused for a second one, or when there is none left to give."""
        instead_of = self.instead_of(delegate)
        sheet = self.sheet(0)
        if way == Way.ENVELOPE and sheet.not_handed_out < 1:
            raise Refused(
                f"all envelopes are handed out or returned ({self.printed} were printed)",
                "Print more with `ballot envelopes print`, or issue a paper with `ballot issue`.",
            )
        if way != Way.ENVELOPE and sheet.usable >= self.voting:
            raise self._too_many(1)
        self.issued.setdefault(delegate, []).append(Issued(way, instead_of, entry))
        if way == Way.ENVELOPE:
            self.drawn += 1
        else:
            self.asked += 1

    def print_envelopes(self, count: int) -> None:
        """Envelopes are printed. Raises Refused when there would be more papers than voting delegates."""
        if count < 1:
            raise Refused("at least one envelope is printed at a time")
        if self.sheet(0).usable + count > self.voting:
            raise self._too_many(count)
        self.printed += count
        self.prints += 1

    def spoil(self, delegate: int, credential: str) -> None:
        """A delegate surrenders a paper. Raises Refused when there is none to surrender, or it is gone already."""
        self._check_gone(credential)
        self.require_paper(delegate)
        self.spoiled[credential] = delegate

    def give_back(self, credential: str) -> None:
        """An envelope that nobody drew is opened. Raises Refused when all that are left were drawn."""
        self._check_gone(credential)
        if self.sheet(0).not_handed_out < 1:
            raise Refused(
                "more envelopes would be returned than are left at the desk",
                _DRAWN_AND_CLOSED if self.closed else _DRAWN,
            )
        self.returned.add(credential)

    def replace(self, delegate: int) -> None:
        """Another person comes for a delegate. Raises Refused once a paper was issued."""
        if self.issued.get(delegate):
            raise Refused(
                f"a paper was issued to delegate {delegate}, so nobody can take the place any more",
                "A member replaces its delegate by letter until a paper is issued (VI §2(b)).",
            )
        self.replaced.add(delegate)

    def has_paper(self, delegate: int) -> bool:
        """Whether the delegate has a paper that is not spoiled."""
        return len(self.issued.get(delegate, ())) > sum(owner == delegate for owner in self.spoiled.values())

    def require_paper(self, delegate: int) -> None:
        """Raise Refused when the delegate has no paper that is not spoiled."""
        if not self.has_paper(delegate):
            raise Refused(
                f"delegate {delegate} has no paper that could be spoiled", "Look the number up at `ballot desk`."
            )

    def _check_gone(self, credential: str) -> None:
        if credential in self.spoiled:
            raise Refused("this paper was spoiled already", _DONE if self.closed else _FRESH)
        if credential in self.returned:
            raise Refused("this envelope was returned already", _DONE)

    def _too_many(self, count: int) -> Refused:
        usable = self.sheet(0).usable
        room = f": at most {self.voting - usable}" if usable < self.voting else ""
        return Refused(
            f"{usable} papers are in use, and {count} more would be more than the {self.voting} voting delegates{room}",
            "Envelopes that nobody drew make room when they are returned: `ballot envelopes return`.",
        )


def follow(journal: Sequence[SignedEntry], voting: int) -> Ledger:
    """The ledger of a journal. Raises Invalid naming the first act that the rules forbid at its place."""
    ledger = Ledger(voting)
    for signed in journal:
        try:
            _step(ledger, signed.entry.act, signed.entry.details)
        except Refused as error:
            place = f"journal entry {signed.entry.height} ({signed.entry.act})"
            raise Invalid(f"{place}: {error.message}") from None
    return ledger


def _step(ledger: Ledger, act: str, details: Mapping[str, str]) -> None:
    if act == Act.ISSUED:
        ledger.issue(_number(details, "delegate"), details.get("way", ""), details.get("entry", ""))
    elif act == Act.ENVELOPES_PRINTED:
        ledger.print_envelopes(_number(details, "count"))
    elif act == Act.SPOILED:
        ledger.spoil(_number(details, "delegate"), details.get("credential", ""))
    elif act == Act.RETURNED:
        ledger.give_back(details.get("credential", ""))
    elif act == Act.REPLACED:
        ledger.replace(_number(details, "delegate"))
    elif act == Act.CLOSED:
        ledger.closed = True


def _number(details: Mapping[str, str], name: str) -> int:
    text = details.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10) or str(int(text)) != text:
        raise Refused(f"{name} is not a plain number")
    return int(text)
