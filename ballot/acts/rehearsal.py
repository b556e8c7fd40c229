"""A rehearsal before the opening: a draft and everybody's keys in, a signed report and a line in the journal out.

What is played is a throwaway election (see `ballot.acts.throwaway`). That the real keys work is shown beside it: by a
fresh proof of every trustee (see `ballot.trustees.readiness`), by a blind signature with each key for papers, on
something that is no paper, and by the signatures of head and seal on the report.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from ballot.acts.election import enter, require_holder
from ballot.acts.setup import require_trustees
from ballot.acts.throwaway import Draft, Tell, play
from ballot.cosigning import SealReady, check_seal_ready
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import try_key
from ballot.errors import Refused
from ballot.journal import Act, minute_at
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.trustees import presence
from ballot.trustees.readiness import Ready, check_all_ready, check_named, check_shown
from ballot.trustees.report import Report, SignedReport
from ballot.votes import Phase
from ballot.wire import encode, sha256_hex


def check_given(view: View, keys: Sequence[str], ready: Sequence[Ready], now: datetime) -> None:
    """Check what can be checked before anybody types a passphrase: that keys or proofs of all trustees are given.

    `keys` are the names of those whose key files are there. Raises WrongPhase, Refused while a trustee is missing, and
    Invalid naming a trustee whose proof is wrong or too old.
    """
    view.require(Phase.DRAFT, "a rehearsal")
    trustees, held = view.trustees(), view.transcript()
    require_trustees(view.setup(), trustees, held)
    check_shown(trustees, held, ready, now)
    check_named([trustee.name for trustee in trustees], [*keys, *(one.trustee.name for one in ready)])


def rehearse(
    store: Store,
    head: OfficialKey,
    seal: OfficialKey | SealReady,
    ready: Sequence[Ready],
    now: datetime,
    tell: Tell,
    deliver: Callable[[SignedReport], None],
) -> SignedReport:
    """Rehearse the election of a draft; it stands in the journal only if `deliver`, which keeps the report, succeeded.

    Instead of the seal's key, what its keeper has shown elsewhere will do. Raises WrongPhase, Refused while a trustee
    is missing or when anything does not come out as it must, Invalid naming a trustee whose proof is wrong or when that
    of the seal is, and whatever the acts of an election raise.
    """
    with store.read() as view:
        view.require(Phase.DRAFT, "a rehearsal")
        draft = Draft(view.setup(), view.charter(), view.roll(), view.contests())
        trustees, held = view.trustees(), view.transcript()
        require_trustees(draft.setup, trustees, held)
        require_holder(view, "head", head.public)
        require_holder(view, "seal", seal.public)
    check_all_ready(trustees, held, ready, now)
    try_key(head, b"rehearsal|head")
    if isinstance(seal, SealReady):
        check_seal_ready(seal, now)
    else:
        try_key(seal, b"rehearsal|seal")
    outcome = play(draft, now, tell)
    minute = minute_at(now)
    report = Report(draft.setup.name, minute, tuple(ready), outcome, (seal,) if isinstance(seal, SealReady) else ())
    data = encode(report)
    sealed = "" if isinstance(seal, SealReady) else seal.sign("rehearsal", data)
    signed = SignedReport(report, head.sign("rehearsal", data), sealed)
    with store.write() as unit:
        unit.require(Phase.DRAFT, "a rehearsal")
        if (Draft(unit.setup(), unit.charter(), unit.roll(), unit.contests()), unit.trustees()) != (draft, trustees):
            raise Refused("the election changed during the rehearsal", "Run it again.")
        told = presence.rehearsed(sha256_hex(data), outcome.ballots, outcome.dropped, outcome.tie)
        enter(unit, Act.REHEARSED, told, now)
        deliver(signed)
    return signed
