"""Papers while the box is open: issued, answered, spoiled, delegates replaced; and the reconciliation sheet.

A register entry stands only if what goes to the delegate could be written: `deliver` is called before the transaction
ends. A crash in between leaves a file too many on this desk, never a delegate without a paper.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ballot import papers, statements
from ballot.acts.admission import Admission, Judged
from ballot.acts.election import charter_of, enter, ledger_of, opening_file, require_holder
from ballot.crypto.groups import group
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import check_paper
from ballot.errors import BadInput, Error, Fault, Invalid, Refused
from ballot.journal import Act
from ballot.keeper import HalfResponse, half_response
from ballot.people import MIN_SALT, Delegate, name_hash
from ballot.register import Fate, RegisterEntry, Request, Response, Way
from ballot.request import ask, receive
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.tables import name_key, text_problem
from ballot.votes import BoothPaper, OpeningFile, Paper, Phase

if TYPE_CHECKING:
    from ballot.store.unit import Unit

DESK = "the registration desk"
"""Who attests a request that is made at the desk."""

OPEN_FOR_PAPERS, SPOILING = "issuing papers", "spoiling a paper"
"""What belongs to the open phase, in refusals."""

UNENTERED = (
    "Was an envelope drawn and not entered? `ballot register` shows who has which; `ballot envelopes hand-out NUMBER` "
    "enters it. If all are entered, somebody made papers with both keys: stop, and tell the Assembly."
)
"""What to do where more papers are cast or surrendered than were handed out."""

Answered = tuple[RegisterEntry, Response | HalfResponse]
"""A register entry and the answer to it."""


def issue(
    store: Store,
    head: OfficialKey,
    seal: OfficialKey,
    delegate: int,
    now: datetime,
    deliver: Callable[[BoothPaper], None],
) -> None:
    """Make a delegate's paper at the desk, signed by the head and sealed; `deliver` stores it for the booth.

    Raises WrongPhase, and as `Admission.enter` does.
    """
    with store.write() as unit:
        file = _open(unit, head, seal)
        request, pending = ask(file.signed.opening, file.election, delegate)
        entry = Admission(unit).enter(request, Way.DESK, DESK)
        response = papers.respond(head, seal, entry)
        enter_register(unit, entry, response, now)
        deliver(receive(file.signed.opening, file.election, pending, response))


def require_issuable(view: View, delegate: int) -> None:
    """Raise WrongPhase or Refused when a delegate may have no paper at the desk, whoever holds the keys."""
    view.require(Phase.OPEN, OPEN_FOR_PAPERS)
    Admission(view).check(delegate, Way.DESK)


def judge(view: View, requests: Sequence[tuple[str, Request]], attested: str) -> list[Judged]:
    """What `answer` will say to requests, whoever holds the keys. Raises as it does."""
    view.require(Phase.OPEN, OPEN_FOR_PAPERS)
    admission = Admission(view)
    judged: list[Judged] = []
    faults: list[Fault] = []
    for name, request in requests:
        try:
            judged.append(admission.judge(request, attested))
        except Error as error:
            faults.append(Fault.of(name, error))
    if faults:
        raise BadInput(faults)
    return judged


def answer(
    store: Store,
    head: OfficialKey,
    seal: OfficialKey | None,
    requests: Sequence[tuple[str, Request]],
    attested: str,
    now: datetime,
    deliver: Callable[[Sequence[Answered]], None],
) -> None:
    """Answer request files, all or none; each comes with a name for errors. Without the seal's key halves are given.

    `attested` says who vouches for requests without a signature, empty when nobody does. A request that was answered
    before gets the same answer. Raises WrongPhase, and BadInput naming every request that is refused, and why.
    """
    with store.write() as unit:
        _open(unit, head, seal)
        answers: list[Answered] = []
        made: dict[RegisterEntry, Response] = {}
        for entry, before in judge(unit, requests, attested):
            response = before or made.get(entry)
            if response is None or (seal and not response.seal):
                response = papers.respond(head, seal, entry)
            if before is None and entry not in made:
                enter_register(unit, entry, response, now)
                made[entry] = response
            answers.append((entry, response if seal else _half(unit, head, entry, response)))
        deliver(answers)


def _open(view: View, head: OfficialKey, seal: OfficialKey | None) -> OpeningFile:
    view.require(Phase.OPEN, OPEN_FOR_PAPERS)
    require_holder(view, "head", head.public)
    if seal is not None:
        require_holder(view, "seal", seal.public)
    return opening_file(view)


def enter_register(unit: "Unit", entry: RegisterEntry, response: Response, now: datetime) -> None:
    """Write an entry that was admitted into register and journal."""
    unit.add_register(entry, response)
    enter(unit, Act.ISSUED, statements.issued(entry), now)


def _half(view: View, head: OfficialKey, entry: RegisterEntry, response: Response) -> HalfResponse:
    spoiled = tuple(paper for paper in view.withdrawn(Fate.SPOILED) if paper.credential == entry.instead_of)
    return half_response(head, entry, spoiled, response.head)


def require_surrenderable(view: View, delegate: int) -> None:
    """Raise WrongPhase or Refused when a delegate has no paper that could be spoiled, whichever it is."""
    view.require(Phase.OPEN, SPOILING)
    view.roll().delegate(delegate)
    ledger_of(view).require_paper(delegate)


def spoil(store: Store, delegate: int, surrendered: BoothPaper, from_envelope: bool, now: datetime) -> None:
    """Publish the credential of a surrendered paper as spoiled, so that it can never be cast and a fresh one is issued.

    The secret shows that the paper itself was handed over, and not what others may know of it. Raises as
    `require_spoilable` does.
    """
    with store.write() as unit:
        require_spoilable(unit, delegate, surrendered, from_envelope)
        unit.withdraw(Fate.SPOILED, surrendered.paper)
        enter(unit, Act.SPOILED, statements.spoiled(delegate, surrendered.paper), now)


def require_spoilable(view: View, delegate: int, surrendered: BoothPaper, from_envelope: bool) -> None:
    """Raise WrongPhase; Invalid for a paper that is none of this election; Refused when it was cast or withdrawn, when
    the delegate has no paper, or none of this kind, or when as many ballots are in the box as papers were handed out.
    """
    view.require(Phase.OPEN, SPOILING)
    check_surrendered(opening_file(view), surrendered)
    view.roll().delegate(delegate)
    ledger = ledger_of(view)
    if ledger.has_paper(delegate) and (ledger.issued[delegate][-1].way == Way.ENVELOPE) != from_envelope:
        drew = "did not draw an envelope" if from_envelope else "drew an envelope, and this is no code of one"
        raise Refused(f"delegate {delegate} {drew}", "`ballot register` shows how the delegate came to a paper.")
    ledger.spoil(delegate, surrendered.paper.credential)
    check_uncast(view, surrendered.paper)
    if ledger.sheet(view.ballot_count()).with_delegates < 0:
        # The sheet could not balance any more, and no record of it would verify.
        raise Refused(
            "all papers that were handed out are cast or spoiled, so this one would be one too many",
            UNENTERED,
        )


def check_surrendered(file: OpeningFile, surrendered: BoothPaper) -> None:
    """Check that a paper is one of this election and that its secret is there. Raises Invalid."""
    opening, ring = file.signed.opening, group(file.election.group)
    if surrendered.opening != opening.fingerprint:
        raise Invalid("the paper is for another election", "Ask for the paper of this election.")
    check_paper(opening, file.election, surrendered.paper)
    credential = ring.text(ring.base(ring.scalar(surrendered.secret)))
    if not hmac.compare_digest(credential.encode(), surrendered.paper.credential.encode()):
        raise Invalid("the secret is not that of the paper")


def check_uncast(view: View, paper: Paper) -> None:
    """Raise Refused when a ballot was cast on a paper that is to be withdrawn."""
    if view.ballot_of(paper.credential) is not None:
        raise Refused("a ballot was cast on this paper, so it cannot be spoiled or returned", "The ballot counts.")


def replace(store: Store, delegate: int, name: str, letter: str, now: datetime) -> tuple[Delegate, bytes]:
    """Let another person come for a delegate, by a letter of the member, until a paper is issued (VI §2(b)).

    The published roll stays; the journal has the salted hash of the new name. Returns the delegate as the roll now has
    it, and the salt, with which the person can check the hash. Raises WrongPhase, and Refused: of a body's members too,
    for whom nobody but a proxy comes, and who stand on the roll as such (VI §4(e)).
    """
    for what, text, hint in (
        ("name", name, "Write it as it should stand in the list of delegates."),
        ("letter", letter, 'Say which letter it is, such as "letter of 3 May".'),
    ):
        problem = text_problem(text) or ("" if text else "it is missing")
        if problem:
            raise Refused(f"the {what}: {problem}", hint)
    with store.write() as unit:
        unit.require(Phase.OPEN, "replacing a delegate")
        roll = unit.roll()
        present = roll.delegate(delegate)
        charter = charter_of(unit)
        if charter.delegates(roll.member(present.member).kind).body:
            article = charter.articles("provisions.proxy")[0].article
            raise Refused(
                f"this election is one of a body, whose members cannot be replaced, only send a proxy ({article})",
                "The secretary records a proxy (`ballot proxy appoint`) before the election is opened.",
            )
        same = [d for d in roll.delegates if d.member == present.member and name_key(d.name) == name_key(name)]
        # Who does not vote may come for who does, and so has one vote; who votes would have two.
        if taken := next((d.number for d in same if d.number == delegate or d.voting), 0):
            raise Refused(f"{name} is delegate {taken} of the same member already", "Nothing has to be replaced.")
        ledger_of(unit).replace(delegate)
        salt = secrets.token_bytes(MIN_SALT)
        unit.add_replacement(delegate, name, letter, salt)
        enter(unit, Act.REPLACED, statements.replaced(delegate, name_hash(salt, delegate, name), letter), now)
        return unit.roll().delegate(delegate), salt
