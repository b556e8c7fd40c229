"""What the acts in the journal must say: the particulars of each act, written and checked in one place."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ballot.count import box_digest
from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry, acts
from ballot.ledger import Issued, Ledger, follow
from ballot.register import Papers, RegisterEntry
from ballot.tables import text_problem
from ballot.votes import Ballot, Closing, Election, Opening, Paper, Totals, Trustee, TrusteeKey
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
    """Why the election was opened without a rehearsal; empty if one was passed. Raises Invalid for neither or both."""
    reason = only(journal, Act.OPENED).get("without rehearsal", "")
    if text_problem(reason):
        raise Invalid(f"the reason for having no rehearsal: {text_problem(reason)}")
    if not reason and not rehearsal_of(journal):
        raise Invalid("the election was opened without a rehearsal, and nobody said why")
    if reason and rehearsal_of(journal):
        raise Invalid("a rehearsal was passed, and a reason is given for having none")
    return reason


def issued(entry: RegisterEntry) -> dict[str, str]:
    """Particulars of a paper: the delegate's number, how it came, and the digest of the register entry."""
    return {"delegate": str(entry.request.delegate), "way": entry.way, "entry": digest_of(entry)}


def envelopes_printed(count: int, envelopes: bytes) -> dict[str, str]:
    """Particulars of printing: how many, and the SHA-256 of the booth's file with all envelopes so far."""
    return {"count": str(count), "envelopes": sha256_hex(envelopes)}


def spoiled(delegate: int, paper: Paper) -> dict[str, str]:
    """Particulars of a surrendered paper: who may have another, and which one can never be cast."""
    return {"delegate": str(delegate), "credential": paper.credential, "paper": digest_of(paper)}


def returned(paper: Paper) -> dict[str, str]:
    """Particulars of an envelope that nobody drew: its paper, which can never be cast."""
    return {"credential": paper.credential, "paper": digest_of(paper)}


def replaced(delegate: int, name_hash: str, letter: str) -> dict[str, str]:
    """Particulars of a replacement: the number, the salted hash of the new name, and the letter that says so."""
    return {"delegate": str(delegate), "name_hash": name_hash, "letter": letter}


def printed_envelopes(journal: Sequence[SignedEntry]) -> int:
    """How many envelopes the journal says were printed. Raises Invalid for anything but numbers."""
    counts = [details.get("count", "") for details in acts(journal, Act.ENVELOPES_PRINTED)]
    if not all(count.isascii() and count.isdigit() and len(count) < 10 for count in counts):
        raise Invalid("the journal does not say how many envelopes were printed")
    return sum(map(int, counts))


def raised(journal: Sequence[SignedEntry], counted: int) -> tuple[tuple[int, str], ...]:
    """The first and the last paper by which more members were present than the `counted` ones at the opening.

    Of each, to how many members papers were given by then, and the minute; nothing where nobody was counted.
    """
    delegates: set[str] = set()
    more: list[tuple[int, str]] = []
    for entry in (signed.entry for signed in journal if signed.entry.act == Act.ISSUED and counted):
        before = max(counted, len(delegates))
        delegates.add(entry.details.get("delegate", ""))
        if len(delegates) > before:
            more.append((len(delegates), entry.at))
    return (*more[:1], *more[1:][-1:])


def replaced_names(journal: Sequence[SignedEntry], delegate: int) -> list[str]:
    """The salted hashes of the names of those who came for a delegate later, in order."""
    mine = (details for details in acts(journal, Act.REPLACED) if details.get("delegate") == str(delegate))
    return [details.get("name_hash", "") for details in mine]


def replaced_delegates(journal: Sequence[SignedEntry]) -> set[int]:
    """Numbers of the delegates for whom another person came."""
    numbers = [details.get("delegate", "") for details in acts(journal, Act.REPLACED)]
    return {int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 10}


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
    """The minute of the close, in seconds since 1970. Raises Invalid when the journal does not tell it."""
    minute = minute_of(journal, Act.CLOSED)
    try:
        return int(datetime.fromisoformat(minute).timestamp())
    except ValueError:
        raise Invalid("the journal does not say in which minute the box was closed") from None


def check_acts(
    journal: Sequence[SignedEntry],
    *,
    election: Election,
    trustees: Sequence[TrusteeKey],
    opening: Opening,
    register: Sequence[RegisterEntry],
    papers: Papers,
    ballots: Sequence[Ballot],
    totals: Totals,
    declaration: bytes,
    timestamp: int,
) -> None:
    """Check that the acts speak of this election, register, papers, box, totals and declaration. Raises Invalid."""
    if only(journal, Act.CREATED).get("desk") != opening.box:
        raise Invalid("the journal was begun with another desk's key than the opening statement names")
    named = zip(opening.trustee_names, trustees, strict=True)
    _check_stops(journal)
    added = acts(_since_invited(journal), Act.TRUSTEE_ADDED)
    if added != [trustee_added(Trustee(name, election.group, key)) for name, key in named]:
        raise Invalid("the trustees in the journal are not those of the opening statement")
    if journal[-1].entry.act != Act.DECLARED:
        raise Invalid("the journal of a record ends with the declaration")
    for act, expected in (
        (Act.CREATED, created(election.name, opening.box)),
        (Act.OPENED, opened(opening, unrehearsed(journal))),
        (Act.CLOSED, closed(closing_of(opening, ballots))),
        (Act.COUNTED, counted(totals)),
        (Act.DECLARED, declared(declaration)),
    ):
        if only(journal, act) != expected:
            raise Invalid(f"the particulars of '{act}' are not those of the record")
    _check_papers(journal, follow(journal, opening.voting_delegates), register, papers)
    if timestamp != timestamp_of(journal):
        raise Invalid("the archive does not carry the time of the close")


def _check_stops(journal: Sequence[SignedEntry]) -> None:
    """Raise Invalid for a ceremony that was stopped and all the same used, or was not the last one invited to."""
    invited = ""
    for signed in journal:
        details = signed.entry.details
        if signed.entry.act == Act.INVITED:
            invited = details["ceremony"]
        elif signed.entry.act == Act.STOPPED and details["ceremony"] != invited:
            raise Invalid("a ceremony was stopped to which the trustees were not invited last")
    if acts(_since_invited(journal), Act.STOPPED):
        raise Invalid("the ceremony was stopped, and no new one was begun")


def _check_papers(
    journal: Sequence[SignedEntry], ledger: Ledger, register: Sequence[RegisterEntry], papers: Papers
) -> None:
    listed: dict[int, list[Issued]] = {}
    for entry in register:
        listed.setdefault(entry.request.delegate, []).append(Issued(entry.way, entry.instead_of, digest_of(entry)))
    if listed != ledger.issued:
        raise Invalid("the papers handed out according to the journal are not those of the register")
    by_credential = {paper.credential: paper for paper in papers.spoiled}
    if len(by_credential) != len(papers.spoiled) or set(by_credential) != set(ledger.spoiled):
        raise Invalid("the papers spoiled according to the journal are not those published")
    wanted = [spoiled(delegate, by_credential[credential]) for credential, delegate in ledger.spoiled.items()]
    if acts(journal, Act.SPOILED) != wanted:
        raise Invalid("the particulars of 'spoiled' are not those of the record")
    given_back = sorted(acts(journal, Act.RETURNED), key=_credential)
    if given_back != sorted((returned(paper) for paper in papers.returned), key=_credential):
        raise Invalid("the papers returned according to the journal are not those published")


def _credential(details: Mapping[str, str]) -> str:
    return details.get("credential", "")


def _since_invited(journal: Sequence[SignedEntry]) -> Sequence[SignedEntry]:
    """What follows the last invitation to a ceremony: the trustees of those before it do not count any more."""
    places = [place for place, signed in enumerate(journal) if signed.entry.act == Act.INVITED]
    return journal[places[-1] :] if places else journal
