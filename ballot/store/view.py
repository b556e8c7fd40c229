"""What can be read of an election's store: rows in, values out. JSON is read as strictly as JSON from outside."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from msgspec import Meta, structs

from ballot.errors import WrongPhase
from ballot.journal import SignedEntry
from ballot.people import MIN_SALT, Delegate, Member, Roll
from ballot.register import Fate, RegisterEntry, Response
from ballot.store.file import Rows, damaged
from ballot.store.rows import column, typed, values
from ballot.trustees.messages import Piece, Transcript
from ballot.votes import Contest, Paper, Phase, SealedBallot, Setup, Trustee, TrusteeShare

T = TypeVar("T")

NEXT = {
    # What is due depends on keys and rehearsal, and only the status looks at them.
    Phase.DRAFT: "The election is not open yet; `ballot status` shows what comes before the opening.",
    Phase.OPEN: "Next: `ballot issue` and `ballot cast`; when voting is over, `ballot close`.",
    # Whether envelopes are left and whose share is missing, only the status looks.
    Phase.CLOSED: "Next: `ballot envelopes return` if envelopes are left, `ballot trustee share`, then `ballot count`; "
    "`ballot status` shows what is still to do.",
    Phase.COUNTED: "Next: `ballot declare`, or lots first: `ballot status` shows whether a tie waits for them.",
    Phase.DECLARED: "Next: `ballot publish`.",
}
"""What a committee does next in each phase."""

_Seed = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Salt = Annotated[bytes, Meta(min_length=MIN_SALT)]
_Flag = Annotated[int, Meta(ge=0, le=1)]


class View:
    """One state of a store. What this program cannot have written raises Invalid: the store is damaged."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def phase(self) -> Phase:
        """Where the election stands."""
        return self._one(Phase, "the phase", "SELECT phase FROM election")

    def require(self, phase: Phase, doing: str, done: str = "") -> None:
        """Raise WrongPhase, with the next step, unless the election is in `phase`; `doing` as in "issuing papers".

        `done` is the hint where that was done and nothing since: perhaps the power failed before the screen told of it.
        """
        now, phases = self.phase(), list(Phase)
        if now != phase:
            first = f"{done} " if done and phases.index(now) == phases.index(phase) + 1 else ""
            what = f"{doing} belongs to the phase {phase}; this election is in the phase {now}"
            raise WrongPhase(what, first + NEXT[now])

    def setup(self) -> Setup:
        """How the election was set up."""
        return self._only(self._values("SELECT setup FROM election", Setup, "the setup"), "the setup")

    def charter(self) -> bytes:
        """The charter, byte for byte as it was read."""
        return self._one(bytes, "the charter", "SELECT charter FROM election")

    def desk_secret(self) -> bytes:
        """The 32 bytes of the desk's Ed25519 key, which signs receipts and journal."""
        return self._one(_Seed, "the desk's key", "SELECT desk_secret FROM election")

    def roll(self) -> Roll:
        """All members by id, and all delegates by number; a replaced one as who comes now, and without a key."""
        query = "SELECT id, organisation, country, region, kind, standing FROM roll_members"
        rows = typed(self._rows(query), tuple[str, str, str, str, str, str], "the list of members")
        members = {row[0]: Member(*row) for row in rows}
        present = self._replacements()
        query = "SELECT number, name, member, voting, credentials, key FROM roll_delegates ORDER BY number"
        people = typed(self._rows(query), tuple[int, str, str, _Flag, str, str], "the list of delegates")
        delegates = [
            structs.replace(Delegate(number, name, member, bool(voting), credentials, key), **present.get(number, {}))
            for number, name, member, voting, credentials, key in people
        ]
        if not {delegate.member for delegate in delegates} <= set(members):
            raise damaged("a delegate on the roll has no member")
        # Sorted here: a database may order text by the rules of a language.
        return Roll(tuple(members[identity] for identity in sorted(members)), tuple(delegates))

    def _replacements(self) -> dict[int, dict[str, str]]:
        """By delegate number, what a replacement changes; a key goes away with the person who made it."""
        query = "SELECT delegate, name, letter FROM roll_replacements ORDER BY delegate, place"
        rows = typed(self._rows(query), tuple[int, str, str], "the list of replacements")
        return {delegate: {"name": name, "credentials": letter, "key": ""} for delegate, name, letter in rows}

    def salts(self) -> dict[int, bytes]:
        """By delegate number, the 16 random bytes for the published hash of the name, of who comes by now."""
        named = self._rows("SELECT number, salt FROM roll_delegates ORDER BY number")
        later = self._rows("SELECT delegate, salt FROM roll_replacements ORDER BY delegate, place")
        return dict(typed([*named, *later], tuple[int, _Salt], "the list of salts"))

    def contests(self) -> tuple[Contest, ...]:
        """The contests in the order of the ballot."""
        return self._values("SELECT contest FROM contests ORDER BY position", Contest, "a contest")

    def trustees(self) -> tuple[Trustee, ...]:
        """The trustees in the order they were added; the first is owner 1 of a share."""
        return self._values("SELECT trustee FROM trustees ORDER BY position", Trustee, "a trustee")

    def transcript(self) -> Transcript | None:
        """The trustees' ceremony as far as it has come, or None when nobody was invited to one."""
        return self._first(self._values("SELECT transcript FROM ceremony", Transcript, "the ceremony"))

    def journal(self) -> tuple[SignedEntry, ...]:
        """All entries from height 0."""
        return self._values("SELECT entry FROM journal ORDER BY height", SignedEntry, "an entry of the journal")

    def last_entry(self) -> SignedEntry:
        """The newest entry of the journal."""
        query = "SELECT entry FROM journal WHERE height = (SELECT max(height) FROM journal)"
        return self._only(self._values(query, SignedEntry, "an entry of the journal"), "the journal")

    def document(self, name: str, what: str, since: Phase) -> bytes:
        """The document of this name, which is fixed from the phase `since` on. Raises WrongPhase before.

        `what` names it in errors. Whether it is as it was written, only the acts can tell.
        """
        if list(Phase).index(self.phase()) < list(Phase).index(since):
            self.require(since, "this command")
        query = "SELECT data FROM documents WHERE name = :name"
        return self._only(self._column(bytes, what, query, name=name), what)

    def register(self) -> tuple[RegisterEntry, ...]:
        """Everyone who was issued a paper, by delegate number; a delegate's lines in the order they were written."""
        query = "SELECT entry FROM roll_register ORDER BY delegate, place"
        return self._values(query, RegisterEntry, "an entry of the register")

    def register_of(self, delegate: int) -> tuple[tuple[RegisterEntry, Response], ...]:
        """A delegate's lines in the register, each with the answer that was given."""
        query = "FROM roll_register WHERE delegate = :delegate ORDER BY place"
        entries = self._values(f"SELECT entry {query}", RegisterEntry, "an entry of the register", delegate=delegate)
        responses = self._values(f"SELECT response {query}", Response, "a response", delegate=delegate)
        return tuple(zip(entries, responses, strict=True))

    def withdrawn(self, fate: Fate) -> tuple[Paper, ...]:
        """The papers that were spoiled, or returned, sorted by credential."""
        papers = self._values("SELECT paper FROM box_withdrawn WHERE fate = :fate", Paper, "a paper", fate=fate.value)
        return tuple(sorted(papers, key=lambda paper: paper.credential))

    def fate_of(self, credential: str) -> Fate | None:
        """Why the paper with this credential can never be cast, or None."""
        query = "SELECT fate FROM box_withdrawn WHERE credential = :credential"
        return self._first(self._column(Fate, "the fate of a paper", query, credential=credential))

    def ballot_of(self, credential: str) -> SealedBallot | None:
        """The ballot that was cast on the paper with this credential, or None."""
        query = "SELECT sealed FROM box_ballots WHERE credential = :credential"
        return self._first(self._values(query, SealedBallot, "a ballot", credential=credential))

    def ballots(self) -> tuple[SealedBallot, ...]:
        """All ballots of the box, sorted by tracker."""
        rows = typed(self._rows("SELECT tracker, sealed FROM box_ballots"), tuple[str, bytes], "a ballot")
        return values([(sealed,) for _, sealed in sorted(rows)], SealedBallot, "a ballot")

    def ballot_count(self) -> int:
        """How many ballots are in the box."""
        return self._count("SELECT count(*) FROM box_ballots")

    def shares(self) -> tuple[TrusteeShare, ...]:
        """The shares received so far, by owner."""
        return self._values("SELECT share FROM shares ORDER BY owner", TrusteeShare, "a share")

    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of missing trustees' keys received so far, by missing trustee and holder."""
        return self._values("SELECT piece FROM pieces ORDER BY missing, holder", Piece, "a piece")

    def _count(self, query: str, **where: object) -> int:
        return self._one(int, "a number", query, **where)

    def _one(self, form: type[T], what: str, query: str, **where: object) -> T:
        """The only value of the only row."""
        return self._only(self._column(form, what, query, **where), what)

    def _column(self, form: type[T], what: str, query: str, **where: object) -> list[T]:
        return column(self._rows(query, **where), form, what)

    def _values(self, query: str, form: type[T], what: str, **where: object) -> tuple[T, ...]:
        return values(self._rows(query, **where), form, what)

    @staticmethod
    def _first(found: Sequence[T]) -> T | None:
        return found[0] if found else None

    @staticmethod
    def _only(found: Sequence[T], what: str) -> T:
        if len(found) != 1:
            raise damaged(f"{what} is not in it")
        return found[0]
