"""The journal of the committee's acts: entries in, a longer chain out; a chain in, Invalid out where it is broken.

Casting is no act and leaves no entry (design §9). Every entry names the SHA-256 of the one before it and is signed with
the desk's Ed25519 key, which the opening statement lists as the box's key. Times are cut to the minute: more is not
needed, and less can be learnt from it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from ballot.chain import check_place, next_place
from ballot.crypto.signing import PrivateKey, sign, verify
from ballot.errors import Invalid
from ballot.votes import Phase
from ballot.wire import Wire, encode, sha256_hex


class Act(StrEnum):
    """What a committee can do."""

    CREATED = "created"
    INVITED = "trustees invited"
    STOPPED = "ceremony stopped"
    TRUSTEE_ADDED = "trustee added"
    REHEARSED = "rehearsed"
    OPENED = "opened"
    ISSUED = "issued"
    ENVELOPES_PRINTED = "envelopes printed"
    SPOILED = "spoiled"
    RETURNED = "returned"
    REPLACED = "replaced"
    CLOSED = "closed"
    SHARED = "share received"
    MISSING = "trustee missing"
    PIECE = "piece received"
    STOOD_IN = "stood in"
    COUNTED = "counted"
    LOTS_ANNOUNCED = "lots announced"
    LOT_COMMITTED = "lot committed"
    LOT_REVEALED = "lot revealed"
    LOT_REFUSED = "lot refused"
    DICE_ROLLED = "dice rolled"
    LOTS_DRAWN = "lots drawn"
    DECLARED = "declared"
    PUBLISHED = "published"


PERMITTED: dict[Act, tuple[Phase, Phase]] = {
    Act.INVITED: (Phase.DRAFT, Phase.DRAFT),
    Act.STOPPED: (Phase.DRAFT, Phase.DRAFT),
    Act.TRUSTEE_ADDED: (Phase.DRAFT, Phase.DRAFT),
    Act.REHEARSED: (Phase.DRAFT, Phase.DRAFT),
    Act.OPENED: (Phase.DRAFT, Phase.OPEN),
    Act.ISSUED: (Phase.OPEN, Phase.OPEN),
    Act.ENVELOPES_PRINTED: (Phase.OPEN, Phase.OPEN),
    Act.SPOILED: (Phase.OPEN, Phase.OPEN),
    Act.REPLACED: (Phase.OPEN, Phase.OPEN),
    Act.CLOSED: (Phase.OPEN, Phase.CLOSED),
    Act.SHARED: (Phase.CLOSED, Phase.CLOSED),
    Act.MISSING: (Phase.CLOSED, Phase.CLOSED),
    Act.PIECE: (Phase.CLOSED, Phase.CLOSED),
    Act.STOOD_IN: (Phase.CLOSED, Phase.CLOSED),
    Act.COUNTED: (Phase.CLOSED, Phase.COUNTED),
    Act.LOTS_ANNOUNCED: (Phase.COUNTED, Phase.COUNTED),
    Act.LOT_COMMITTED: (Phase.COUNTED, Phase.COUNTED),
    Act.LOT_REVEALED: (Phase.COUNTED, Phase.COUNTED),
    Act.LOT_REFUSED: (Phase.COUNTED, Phase.COUNTED),
    Act.DICE_ROLLED: (Phase.COUNTED, Phase.COUNTED),
    Act.LOTS_DRAWN: (Phase.COUNTED, Phase.COUNTED),
    Act.DECLARED: (Phase.COUNTED, Phase.DECLARED),
    Act.PUBLISHED: (Phase.DECLARED, Phase.DECLARED),
}
"""The phase an act needs and the phase it leads to; `created` comes first and leads to draft."""

PERMITTED_TWICE = {Act.RETURNED: (Phase.OPEN, Phase.CLOSED)}
"""Acts that are permitted in several phases and change none."""


class Entry(Wire, frozen=True):
    """One act: its place in the chain, the entry before it, the minute in UTC, and its particulars, sorted by name."""

    height: int
    parent: str
    at: str
    act: str
    details: dict[str, str]


class SignedEntry(Wire, frozen=True):
    """An entry and the desk's signature over T("journal", its bytes), in hex."""

    entry: Entry
    signature: str

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, which the next entry names as its parent."""
        return sha256_hex(encode(self))


def record_act(
    journal: Sequence[SignedEntry], act: Act, details: Mapping[str, str], at: datetime, desk: PrivateKey
) -> SignedEntry:
    """The next entry of a journal, of which the last one is enough.

    `at` has a time zone; it is written in UTC and cut to the minute.
    """
    height, parent = next_place(journal)
    entry = Entry(height, parent, minute_of_next(journal, at), act, dict(sorted(details.items())))
    return SignedEntry(entry, sign(desk, "journal", encode(entry)))


def minute_at(at: datetime) -> str:
    """The minute in UTC of a time that has a zone, as the journal writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def minute_of_next(journal: Sequence[SignedEntry], at: datetime) -> str:
    """The minute in UTC that an entry made at `at` bears: never before that of the last one in the journal."""
    minute = minute_at(at)
    # A clock set back during the day must not make the journal contradict itself.
    return max(minute, journal[-1].entry.at) if journal else minute


def check_journal(journal: Sequence[SignedEntry], desk: str) -> Phase:
    """Check chain, signatures, times and order of acts; `desk` is the public key in hex. Returns the phase reached.

    Raises Invalid naming the first entry at fault.
    """
    phase, minute = None, ""
    for height, signed in enumerate(journal):
        entry = signed.entry
        try:
            check_place(journal, height)
            if list(entry.details) != sorted(entry.details):
                raise Invalid("its particulars are not in the order of their names")
            if entry.at < minute or not _is_minute(entry.at):
                raise Invalid("its time is not a minute in UTC, or is before that of the entry before it")
            verify(desk, signed.signature, "journal", encode(entry))
            phase = _after(phase, entry.act)
        except Invalid as error:
            raise Invalid(f"journal entry {height} ({entry.act}): {error.message}") from None
        minute = entry.at
    if phase is None:
        raise Invalid("the journal is empty")
    return phase


def _is_minute(text: str) -> bool:
    try:
        minute = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    # Some Pythons write earlier years with fewer digits: no record may verify with one of them and fail with another.
    return minute.year >= 1000 and minute.strftime("%Y-%m-%dT%H:%MZ") == text


def _after(phase: Phase | None, act: str) -> Phase:
    if act == Act.CREATED and phase is None:
        return Phase.DRAFT
    if phase is not None and act in set(Act) and phase in PERMITTED_TWICE.get(Act(act), ()):
        return phase
    needed, reached = PERMITTED.get(Act(act), (None, Phase.DRAFT)) if act in set(Act) else (None, Phase.DRAFT)
    if needed is None or needed != phase:
        raise Invalid("this act is not permitted at this point")
    return reached


def acts(journal: Sequence[SignedEntry], act: Act) -> list[dict[str, str]]:
    """Particulars of all entries of one kind, in order."""
    return [signed.entry.details for signed in journal if signed.entry.act == act]
