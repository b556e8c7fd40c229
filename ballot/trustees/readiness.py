"""Readiness: a trustee's key and a minute in, a fresh proof that the key works out; and its check.

For a rehearsal every trustee shows that key and passphrase work on the day. The key itself takes no part in the
throwaway election: a share over ballots that somebody chose, or a key that becomes public as it is stood in for, must
not be had by rehearsing. So the proof is one of knowledge, bound to the election's setup, the trustee and the minute.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import structs

from ballot.crypto.groups import group
from ballot.crypto.keys import TrusteeSecret
from ballot.crypto.proofs import check_ready, prove_ready
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.journal import minute_at
from ballot.trustees.ceremony import Secrets, check_finished
from ballot.trustees.messages import Transcript
from ballot.trustees.standin import election_exponent
from ballot.votes import Proof, Trustee
from ballot.wire import Wire, encode, sha256_hex

FRESH = timedelta(hours=24)
"""How old a proof may be when it is taken in."""


class Ready(Wire, frozen=True):
    """That this trustee's key worked at this minute (UTC).

    `answer` is the SHA-256 of what the key has answered in round 3, in hex; empty without a ceremony.
    """

    trustee: Trustee
    answer: str
    at: str
    proof: Proof


def show_ready(key: TrusteeSecret | Secrets, now: datetime) -> Ready:
    """Prove that a key works now.

    Raises Invalid when it does not belong to its public part, and KeyRefused for a copy from before the end of the
    ceremony, or a key that has worked for a closed box: these could give no share.
    """
    if key.closing is not None:
        # A box is closed after the rehearsal: that one was of another election, and after the close nothing would help.
        raise KeyRefused(
            "this key has worked for a closed box already, and works for no other: it could give no share in this one",
            "Every election wants new keys of its trustees, in a new store: `ballot new`, then `ballot trustee new`.",
        )
    if isinstance(key, Secrets):
        answer = sha256_hex(encode(check_finished(key)))
        trustee, exponent = key.trustee, election_exponent(key)
    else:
        trustee, answer, exponent = key.public, "", key.exponent
    ready = Ready(trustee, answer, minute_at(now), Proof("0", "0"))
    return structs.replace(ready, proof=prove_ready(group(trustee.group), exponent, _context(ready)))


def check_all_ready(
    trustees: Sequence[Trustee], held: Transcript | None, shown: Sequence[Ready], now: datetime
) -> None:
    """Check that every trustee has shown within the last 24 hours that the key works, with the answer of the ceremony.

    Raises Invalid as `check_shown` does, and Refused naming those who have shown nothing.
    """
    check_shown(trustees, held, shown, now)
    check_named([trustee.name for trustee in trustees], [ready.trustee.name for ready in shown])


def check_shown(trustees: Sequence[Trustee], held: Transcript | None, shown: Sequence[Ready], now: datetime) -> None:
    """Check each of these proofs. Raises Invalid naming every trustee whose proof is wrong or too old."""
    answers = [] if held is None else [sha256_hex(encode(answer)) for answer in held.answers]
    faults = []
    for ready in shown:
        try:
            _check(trustees, answers, ready, now)
        except Invalid as error:
            faults.append(f"{ready.trustee.name}: {error.message}")
    if faults:
        raise Invalid("; ".join(faults), "Whoever is named shows it again: ballot trustee ready KEY.")


def check_named(names: Sequence[str], given: Sequence[str]) -> None:
    """Raise Refused naming the trustees of whom neither a key nor a proof is given."""
    missing = [name for name in names if name not in given]
    if missing:
        raise Refused(
            f"{', '.join(missing)} {'has' if len(missing) == 1 else 'have'} not shown that the key works",
            "With --trustee KEY at this machine; or `ballot trustee ready KEY` elsewhere, and --ready FILE here.",
        )


def _check(trustees: Sequence[Trustee], answers: Sequence[str], ready: Ready, now: datetime) -> None:
    if ready.trustee not in trustees:
        raise Invalid("this is not the key that was collected for this election")
    if ready.answer != (answers[trustees.index(ready.trustee)] if answers else ""):
        raise Invalid("this copy of the key has answered otherwise than the ceremony tells; it cannot count")
    require_fresh(ready.at, now)
    ring = group(ready.trustee.group)
    check_ready(ring, ring.element(ready.trustee.key.public_key), _context(ready), ready.proof)


def require_fresh(minute: str, now: datetime) -> None:
    """Raise Invalid unless a proof of this minute, as in 2026-05-01T12:00Z, is at most 24 hours from now."""
    try:
        at = datetime.strptime(minute, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("the time is not a minute in UTC") from None
    if not -FRESH < now - at < FRESH:
        raise Invalid(f"the proof is of {minute}, and only one of this day counts")


def _context(ready: Ready) -> bytes:
    return encode(structs.replace(ready, proof=Proof("0", "0")))
