"""What can be read of an election's store: rows in, values out. JSON is read as strictly as JSON from outside."""

from typing import Any, TypeVar

from msgspec import structs

from ballot.errors import WrongPhase
from ballot.journal import SignedEntry
from ballot.people import Delegate, Member, Roll
from ballot.register import Fate, RegisterEntry, Response
from ballot.store.file import Rows
from ballot.trustees.messages import Piece, Transcript
from ballot.votes import Contest, Paper, Phase, SealedBallot, Setup, Trustee, TrusteeShare
from ballot.wire import decode

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


class View:
    """One state of a store. Stored JSON of a wrong form raises Invalid."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def phase(self) -> Phase:
        """Where the election stands."""
        return Phase(self._one("SELECT phase FROM election"))

    def require(self, phase: Phase, doing: str) -> None:
        """Raise WrongPhase, with the next step, unless the election is in `phase`; `doing` as in "issuing papers"."""
        now = self.phase()
        if now != phase:
            raise WrongPhase(f"{doing} belongs to the phase {phase}; this election is in the phase {now}", NEXT[now])

    def setup(self) -> Setup:
        """How the election was set up."""
        return decode(self._one("SELECT setup FROM election"), Setup, "the setup in the store")

    def charter(self) -> bytes:
        """The charter, byte for byte as it was read."""
        return bytes(self._one("SELECT charter FROM election"))

    def desk_secret(self) -> bytes:
        """The 32 bytes of the desk's Ed25519 key, which signs receipts and journal."""
        return bytes(self._one("SELECT desk_secret FROM election"))

    def roll(self) -> Roll:
        """All members by id, and all delegates by number; a replaced one as who comes now, and without a key."""
        members = [
            Member(*row)
            for row in self._rows("SELECT id, organisation, country, region, kind, standing FROM roll_members")
        ]
        present = self._replacements()
        rows = self._rows(
            "SELECT number, name, member, voting, credentials, key FROM roll_delegates ORDER BY number",
        )
        delegates = [
            structs.replace(Delegate(number, name, member, bool(voting), credentials, key), **present.get(number, {}))
            for number, name, member, voting, credentials, key in rows
        ]
        # Sorted here: a database may order text by the rules of a language.
        return Roll(tuple(sorted(members, key=lambda member: member.id)), tuple(delegates))

    def _replacements(self) -> dict[int, dict[str, str]]:
        """By delegate number, what a replacement changes; a key goes away with the person who made it."""
        rows = self._rows("SELECT delegate, name, letter FROM roll_replacements ORDER BY delegate, place")
        return {delegate: {"name": name, "credentials": letter, "key": ""} for delegate, name, letter in rows}

    def salts(self) -> dict[int, bytes]:
        """By delegate number, the 16 random bytes for the published hash of the name, of who comes by now."""
        named = self._rows("SELECT number, salt FROM roll_delegates ORDER BY number")
        return dict([*named, *self._rows("SELECT delegate, salt FROM roll_replacements ORDER BY delegate, place")])

    def contests(self) -> tuple[Contest, ...]:
        """The contests in the order of the ballot."""
        return self._values("SELECT contest FROM contests ORDER BY position", Contest, "a contest")

    def trustees(self) -> tuple[Trustee, ...]:
        """The trustees in the order they were added; the first is owner 1 of a share."""
        return self._values("SELECT trustee FROM trustees ORDER BY position", Trustee, "a trustee")

    def transcript(self) -> Transcript | None:
        """The trustees' ceremony as far as it has come, or None when nobody was invited to one."""
        found = self._values("SELECT transcript FROM ceremony", Transcript, "the ceremony")
        return found[0] if found else None

    def journal(self) -> tuple[SignedEntry, ...]:
        """All entries from height 0."""
        return self._values("SELECT entry FROM journal ORDER BY height", SignedEntry, "an entry of the journal")

    def last_entry(self) -> SignedEntry:
        """The newest entry of the journal."""
        query = "SELECT entry FROM journal WHERE height = (SELECT max(height) FROM journal)"
        return self._values(query, SignedEntry, "an entry of the journal")[0]

    def document(self, name: str) -> bytes | None:
        """The document of this name, or None when it is not there yet."""
        found = self._rows("SELECT data FROM documents WHERE name = :name", name=name)
        return found[0][0] if found else None

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
        found = self._rows("SELECT fate FROM box_withdrawn WHERE credential = :credential", credential=credential)
        return Fate(found[0][0]) if found else None

    def ballot_of(self, credential: str) -> SealedBallot | None:
        """The ballot that was cast on the paper with this credential, or None."""
        query = "SELECT sealed FROM box_ballots WHERE credential = :credential"
        found = self._values(query, SealedBallot, "a ballot", credential=credential)
        return found[0] if found else None

    def ballots(self) -> tuple[SealedBallot, ...]:
        """All ballots of the box, sorted by tracker."""
        rows = sorted(self._rows("SELECT tracker, sealed FROM box_ballots"))
        return tuple(decode(sealed, SealedBallot, "a ballot in the store") for _, sealed in rows)

    def ballot_count(self) -> int:
        """How many ballots are in the box."""
        return int(self._one("SELECT count(*) FROM box_ballots"))

    def shares(self) -> tuple[TrusteeShare, ...]:
        """The shares received so far, by owner."""
        return self._values("SELECT share FROM shares ORDER BY owner", TrusteeShare, "a share")

    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of missing trustees' keys received so far, by missing trustee and holder."""
        return self._values("SELECT piece FROM pieces ORDER BY missing, holder", Piece, "a piece")

    def _one(self, query: str, **values: object) -> Any:
        """The only value of the only row."""
        ((value,),) = self._rows(query, **values)
        return value

    def _values(self, query: str, form: type[T], what: str, **values: object) -> tuple[T, ...]:
        rows = self._rows(query, **values)
        return tuple(decode(data, form, f"{what} in the store") for (data,) in rows)
