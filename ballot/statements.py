"""What the acts in the journal must say: the particulars of each act, written and checked in one place."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ballot.count import box_digest
from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry, acts
from ballot.tables import text_problem
from ballot.votes import Ballot, Closing, Election, Opening, RegisterEntry, Totals, Trustee, TrusteeKey
from ballot.wire import Wire, decode, encode, sha256_hex


def created(name: str, desk: str) -> dict[str, str]:
    """Particulars of setting up: the election's name and the desk's public key in hex."""
    return {"name": name, "desk": desk}


def trustee_added(trustee: Trustee) -> dict[str, str]:
    """Particulars of collecting a trustee's key."""
    return {"name": trustee.name, "key": trustee.key.public_key}


def opened(opening: Opening, unrehearsed: str = "") -> dict[str, str]:
    """Particulars of the opening: Ω, and why there was no rehearsal if there was none."""
    return {"opening": opening.fingerprint} | ({"without rehearsal": unrehearsed} if unrehearsed else {})


def rehearsal_of(journal: Sequence[SignedEntry]) -> str:
    """The minute of the last rehearsal with the trustees that the journal tells of; empty when there was none."""
    minute = ""
    for signed in journal:
        if signed.entry.act in (Act.INVITED, Act.TRUSTEE_ADDED):
            minute = ""
        elif signed.entry.act == Act.REHEARSED:
            minute = signed.entry.at
    return minute


def unrehearsed(journal: Sequence[SignedEntry]) -> str:
    """Why the election was opened without a rehearsal; empty when one was passed. Raises Invalid for neither."""
    reason = only(journal, Act.OPENED).get("without rehearsal", "")
    if text_problem(reason):
        raise Invalid(f"the reason for having no rehearsal: {text_problem(reason)}")
    if not reason and not rehearsal_of(journal):
        raise Invalid("the election was opened without a rehearsal, and nobody said why")
    return reason


def issued(entry: RegisterEntry) -> dict[str, str]:
    """Particulars of a paper: the delegate's number and the digest of the register entry."""
    return {"delegate": str(entry.request.delegate), "entry": digest_of(entry)}


def closed(closing: Closing) -> dict[str, str]:
    """Particulars of the close: the closing statement."""
    return {"closing": encode(closing).decode()}


def closing_of(opening: Opening, ballots: Sequence[Ballot]) -> Closing:
    """The closing statement of a box."""
    return Closing(opening.fingerprint, len(ballots), box_digest(ballots))


def read_closing(journal: Sequence[SignedEntry]) -> Closing:
    """The closing statement in a journal. Raises Invalid when there is not exactly one."""
    return decode(only(journal, Act.CLOSED).get("closing", "").encode(), Closing, "the closing statement")


def counted(totals: Totals) -> dict[str, str]:
    """Particulars of the count: ballots and the digest of the totals."""
    return {"ballots": str(totals.ballots), "totals": totals.digest}


def declared(declaration: bytes) -> dict[str, str]:
    """Particulars of the declaration: its SHA-256."""
    return {"declaration": sha256_hex(declaration)}


def digest_of(value: Wire) -> str:
    """SHA-256 of a value's canonical JSON, in hex."""
    return sha256_hex(encode(value))


def only(journal: Sequence[SignedEntry], act: Act) -> Mapping[str, str]:
    """Particulars of an act that happens once. Raises Invalid when it did not."""
    found = acts(journal, act)
    if len(found) != 1:
        raise Invalid(f"the journal has {len(found)} entries '{act}', and one is wanted")
    return found[0]


def minute_of(journal: Sequence[SignedEntry], act: Act) -> str:
    """The minute in UTC of an act that happens once. Raises Invalid when it did not."""
    only(journal, act)
    return next(signed.entry.at for signed in journal if signed.entry.act == act)


def timestamp_of(journal: Sequence[SignedEntry]) -> int:
    """The minute of the close, in seconds since 1970."""
    return int(datetime.fromisoformat(minute_of(journal, Act.CLOSED)).timestamp())


def check_acts(
    journal: Sequence[SignedEntry],
    *,
    election: Election,
    trustees: Sequence[TrusteeKey],
    opening: Opening,
    register: Sequence[RegisterEntry],
    ballots: Sequence[Ballot],
    totals: Totals,
    declaration: bytes,
    timestamp: int,
) -> None:
    """Check that the acts speak of this election, register, box, totals and declaration. Raises Invalid."""
    if only(journal, Act.CREATED).get("desk") != opening.box:
        raise Invalid("the journal was begun with another desk's key than the opening statement names")
    named = zip(opening.trustee_names, trustees, strict=True)
    added = acts(_since_invited(journal), Act.TRUSTEE_ADDED)
    if added != [trustee_added(Trustee(name, election.group, key)) for name, key in named]:
        raise Invalid("the trustees in the journal are not those of the opening statement")
    for act, expected in (
        (Act.CREATED, created(election.name, opening.box)),
        (Act.OPENED, opened(opening, unrehearsed(journal))),
        (Act.CLOSED, closed(closing_of(opening, ballots))),
        (Act.COUNTED, counted(totals)),
        (Act.DECLARED, declared(declaration)),
    ):
        if only(journal, act) != expected:
            raise Invalid(f"the particulars of '{act}' are not those of the record")
    by_entry = sorted(acts(journal, Act.ISSUED), key=_entry)
    if by_entry != sorted((issued(entry) for entry in register), key=_entry):
        raise Invalid("the papers issued according to the journal are not those of the register")
    if timestamp != timestamp_of(journal):
        raise Invalid("the archive does not carry the time of the close")


def _since_invited(journal: Sequence[SignedEntry]) -> Sequence[SignedEntry]:
    """What follows the last invitation to a ceremony: the trustees of those before it do not count any more."""
    places = [place for place, signed in enumerate(journal) if signed.entry.act == Act.INVITED]
    return journal[places[-1] :] if places else journal


def _entry(details: Mapping[str, str]) -> str:
    return details.get("entry", "")
