"""After the close: trustees' shares, totals, lots, the declaration, and the contents of the record."""

from collections.abc import Callable
from datetime import datetime

from ballot import drawing, statements
from ballot.acts.awaited import require_shares
from ballot.acts.election import (
    charter_of,
    enter,
    opening_file,
    published_roll,
    reconciliation,
    require_digest,
    require_holder,
)
from ballot.acts.standins import backups
from ballot.belenios import write_archive
from ballot.count import check_share, decrypt, tally_box
from ballot.crypto import signing
from ballot.crypto.given import Signs
from ballot.decisions import Choice, Outcome, places_of
from ballot.declaration import Facts, declare
from ballot.drawing import Drawing, OpenTie, open_ties, rankings_of, replay
from ballot.errors import Refused
from ballot.journal import Act, SignedEntry
from ballot.people import voting_members
from ballot.ranking import Ranking
from ballot.record import Contents, write_record
from ballot.register import Fate, Papers
from ballot.store.repo import Store
from ballot.store.rows import intact
from ballot.store.view import View
from ballot.trustees import presence
from ballot.votes import Opening, Phase, Signatures, Totals
from ballot.wire import decode, encode, sha256_hex

TOTALS, DECLARATION, DECLARED = "totals", "declaration", "declared"
"""Names of documents in the store."""


def count(store: Store, now: datetime, envelopes_lost: bool = False) -> tuple[Totals, tuple[Ranking, ...]]:
    """Decrypt the totals from all shares, each checked again.

    `envelopes_lost` says that envelopes that nobody drew will never be returned. Raises WrongPhase, and Refused while a
    share is missing, or while such envelopes are at the desk and not lost: after the count none can be returned.
    """
    with store.write() as unit:
        unit.require(Phase.CLOSED, "counting")
        left = reconciliation(unit).not_handed_out
        if left and not envelopes_lost:
            raise Refused(
                f"envelopes that nobody drew are at the desk and were not returned: {left}",
                "`ballot envelopes return --codes FILE` publishes them; if they are lost, count with --envelopes-lost.",
            )
        file = opening_file(unit)
        ballots = [sealed.ballot for sealed in unit.ballots()]
        sums, shares = tally_box(file.election, ballots), unit.shares()
        require_shares(unit)
        for share in shares:
            check_share(file.election, file.trustees, sums, share)
        totals = decrypt(file.election, sums, shares, len(ballots), len(file.trustees))
        unit.add_document(TOTALS, encode(totals))
        unit.set_phase(Phase.COUNTED)
        enter(unit, Act.COUNTED, statements.counted(totals), now)
        return totals, rankings(unit)


def totals_of(view: View) -> Totals:
    """The totals, as the journal tells of them. Raises WrongPhase before the count."""
    data = view.document(TOTALS, "the totals", Phase.COUNTED)
    with intact("the totals"):
        require_digest(data, statements.only(view.journal(), Act.COUNTED).get("totals", ""))
        return decode(data, Totals, "it")


def waiting_ties(view: View) -> tuple[OpenTie, ...]:
    """All ties that only lots can decide, whether drawn or not."""
    opening, totals = opening_file(view).signed.opening, totals_of(view)
    places = places_of(charter_of(view), opening.contests, totals)
    return open_ties(rankings_of(opening.contests, totals, places, None))


def lots_so_far(view: View) -> Drawing | None:
    """What the journal tells of the lots; None before they were announced."""
    opening = opening_file(view).signed.opening.fingerprint
    return replay(view.journal(), opening, waiting_ties(view), totals_of(view).digest)


def rankings(view: View) -> tuple[Ranking, ...]:
    """The ranking of every contest with the lots drawn so far."""
    opening, totals = opening_file(view).signed.opening, totals_of(view)
    places = places_of(charter_of(view), opening.contests, totals)
    return rankings_of(opening.contests, totals, places, lots_so_far(view))


def outcomes(view: View) -> tuple[Outcome | Choice | None, ...]:
    """What each contest decides so far; None where the ranking says everything."""
    return facts(view).outcomes


def announcement(view: View, contributors: list[str], dice: bool) -> dict[str, str]:
    """Particulars of the announcement of lots, if they can be announced now. Raises WrongPhase and Refused."""
    view.require(Phase.COUNTED, "announcing lots")
    if lots_so_far(view) is not None:
        raise Refused(
            "lots were announced already; there is no second draw", "`ballot lots show` says what is awaited."
        )
    return drawing.announce(waiting_ties(view), totals_of(view).digest, contributors, dice)


def announce_lots(store: Store, contributors: list[str], dice: bool, now: datetime) -> Drawing:
    """Announce ties, totals and contributors, before anybody contributes."""
    with store.write() as unit:
        enter(unit, Act.LOTS_ANNOUNCED, announcement(unit, contributors, dice), now)
        return drawing_of(unit)


def step_lots(store: Store, act: Act, make: Callable[[Drawing, str], dict[str, str]], now: datetime) -> Drawing:
    """One step of the drawing; `make` turns the drawing so far and Ω into the particulars of the act."""
    with store.write() as unit:
        details = make(drawing_of(unit), opening_file(unit).signed.opening.fingerprint)
        enter(unit, act, details, now)
        return drawing_of(unit)


def drawing_of(view: View) -> Drawing:
    """The drawing so far. Raises WrongPhase, and Refused before it was announced."""
    view.require(Phase.COUNTED, "drawing lots")
    so_far = lots_so_far(view)
    if so_far is None:
        step = "ballot lots announce --by NAME …" if waiting_ties(view) else "ballot declare --head FILE --seal FILE"
        raise Refused("the lots are not announced yet", f"Next: {step}.")
    return so_far


def require_decided(view: View) -> None:
    """Raises WrongPhase, and Refused while a tie waits for lots: then nothing can be declared."""
    view.require(Phase.COUNTED, "declaring the result")
    waiting = open_ties(rankings(view))
    if waiting:
        places, drawn = ", ".join(tie.places for tie in waiting), lots_so_far(view)
        step = "Next: `ballot lots announce --by NAME …`." if drawn is None else drawn.hint()
        raise Refused(f"a tie that matters waits for lots (places {places})", step)


def declare_result(store: Store, head: Signs, seal: Signs, now: datetime) -> tuple[bytes, Signatures]:
    """Write and sign the declaration with both offices. From here on it stands, and `declaration_of` gives it again.

    Raises WrongPhase, Refused while a tie waits for lots, KeyRefused for a key of another election, and Invalid where a
    signature that was brought is over something else.
    """
    with store.write() as unit:
        require_decided(unit)
        opening = opening_file(unit).signed.opening
        require_holder(unit, "head", head.public)
        require_holder(unit, "seal", seal.public)
        text = declare(facts(unit))
        signatures = Signatures(*(office.sign("declaration", opening.fingerprint, text) for office in (head, seal)))
        unit.add_document(DECLARATION, text)
        unit.add_document(DECLARED, encode(signatures))
        unit.set_phase(Phase.DECLARED)
        enter(unit, Act.DECLARED, statements.declared(text), now)
    return text, signatures


def declaration_of(view: View) -> tuple[bytes, Signatures]:
    """The declaration, as the journal tells of it, and what head and seal signed. Raises WrongPhase before."""
    text = view.document(DECLARATION, "the declaration", Phase.DECLARED)
    signed = view.document(DECLARED, "what head and seal signed", Phase.DECLARED)
    opening = opening_file(view).signed.opening
    with intact("the declaration"):
        require_digest(text, statements.only(view.journal(), Act.DECLARED).get("declaration", ""))
        signatures = decode(signed, Signatures, "its signatures")
        for office, signature in ((opening.head, signatures.head), (opening.seal, signatures.seal)):
            signing.verify(office.ed25519, signature, "declaration", opening.fingerprint, text)
    return text, signatures


def facts(view: View) -> Facts:
    """What the declaration is made of."""
    file, journal = opening_file(view), view.journal()
    names = file.signed.opening.trustee_names
    return Facts(
        election=file.election,
        opening=file.signed.opening,
        charter=charter_of(view),
        sheet=reconciliation(view),
        totals=totals_of(view),
        rankings=rankings(view),
        drawing=lots_so_far(view),
        opened=statements.minute_of(journal, Act.OPENED),
        closed=statements.minute_of(journal, Act.CLOSED),
        stood_in=presence.who_stood_in(names, backups(view)),
        rehearsed=statements.rehearsal_of(journal),
        unrehearsed=statements.unrehearsed(journal),
        meeting=_meeting(view, file.signed.opening),
        raised=statements.raised(journal, file.signed.opening.present),
    )


def _meeting(view: View, opening: Opening) -> tuple[int, int]:
    members = voting_members(view.roll().members, charter_of(view))
    return max(opening.present, len({entry.request.delegate for entry in view.register()})), members


def publish_record(store: Store, head: Signs, seal: Signs, now: datetime, deliver: Callable[[bytes], None]) -> bytes:
    """The record, signed by both offices and handed to `deliver`; publishing again gives the same bytes.

    The act is entered after the record is made, so that it is no part of it. Raises WrongPhase before the declaration,
    KeyRefused for a key of another election, and Invalid where a signature that was brought is over something else.
    """
    with store.write() as unit:
        told = contents(unit)
        require_holder(unit, "head", head.public)
        require_holder(unit, "seal", seal.public)
        record = write_record(told, head, seal)
        enter(unit, Act.PUBLISHED, {"record": sha256_hex(record)}, now)
        deliver(record)
    return record


def contents(view: View) -> Contents:
    """Everything public of a declared election. Raises WrongPhase before."""
    view.require(Phase.DECLARED, "publishing the record")
    file, shares, totals = opening_file(view), view.shares(), totals_of(view)
    sealed = view.ballots()
    ballots = [one.ballot for one in sealed]
    journal = _until_declared(view.journal())
    drawn, held, (text, signatures) = lots_so_far(view), view.transcript(), declaration_of(view)
    archive = write_archive(
        statements.timestamp_of(journal),
        file.election,
        file.trustees,
        [ballot.credential for ballot in ballots],
        ballots,
        tally_box(file.election, ballots),
        [(owned.owner, owned.share) for owned in shares],
        totals.votes,
    )
    return Contents(
        opening=file.signed,
        ceremony=() if held is None else (held,),
        charter=view.charter(),
        roll=published_roll(view),
        register=view.register(),
        papers=Papers(
            tuple(sorted((one.paper for one in sealed), key=lambda paper: paper.credential)),
            view.withdrawn(Fate.SPOILED),
            view.withdrawn(Fate.RETURNED),
        ),
        archive=archive,
        proofs=tuple(owned.proofs for owned in shares),
        backups=backups(view),
        rankings=rankings(view),
        lots=(drawn,) if drawn else (),
        declaration=text,
        declared=signatures,
        journal=journal,
    )


def _until_declared(journal: tuple[SignedEntry, ...]) -> tuple[SignedEntry, ...]:
    # What happens later is not part of the record, so that it can be published twice with the same bytes.
    last = next(place for place, signed in enumerate(journal) if signed.entry.act == Act.DECLARED)
    return journal[: last + 1]
