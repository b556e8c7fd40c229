"""`ballot verify` and `ballot show` for the ICB's record: in, its bytes; out, checks 1 to 17, and who sits where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ballot.commands import icb
from ballot.commands.icb_tables import (
    acts_table,
    acts_value,
    changes_of_signers,
    fingerprint_table,
    papers_table,
    seats_parts,
    seats_value,
    signers_table,
)
from ballot.commands.observer import percent, show_report
from ballot.commands.progress import progress
from ballot.commands.render import Listing, Part, say, show

if TYPE_CHECKING:
    from ballot.icb.journal import SignedAct


def verify_seats(data: bytes, as_json: bool, plain: bool) -> None:
    """Verify the ICB's record and show the checks. Raises VerificationError at the first that fails."""
    from ballot.icb.verify import verify_icb
    from ballot.verify import VerificationError

    try:
        with progress("Checking ballots, in percent", 100, plain) as advance:
            report, state, contents = verify_icb(data, percent(advance))
    except VerificationError as error:
        show_report(error.report, as_json, plain)
        raise
    show_report(report, as_json, plain)
    if not as_json:
        show(state.places, *seats_parts(state), signers_table(contents.journal), plain=plain)
    _say_signers(contents.journal)
    say(
        "All {} checks hold. The last act is {}: {}.", len(report.checks), len(state.steps) - 1, contents.tip.tip.digest
    )


def show_seats(data: bytes, as_json: bool, plain: bool) -> None:
    """Show the places that the acts of the ICB's record lead to, the acts, and the fingerprints that certificates name.

    Raises Invalid or Refused when the acts lead nowhere.
    """
    from ballot.acts.seats import replayed
    from ballot.icb.journal import signings
    from ballot.icb.record import read_icb_record

    contents = read_icb_record(data)
    with icb.hinted("`ballot verify` names the check that this record fails."):
        now = replayed(contents.assembly, contents.journal)
    parts: list[Part] = [
        *seats_parts(now.state),
        acts_table("Acts", now),
        papers_table(now.state),
        signers_table(now.journal),
        fingerprint_table(now),
        Listing("", (("Last act", contents.tip.tip.digest),)),
    ]
    value = {
        **seats_value(now.state),
        "acts": acts_value(now),
        "opening": now.state.assembly.opening,
        "journal": contents.journal,
        "signers": [one._asdict() for one in signings(now.journal)],
    }
    show(value, *parts, as_json=as_json, plain=plain)
    _say_signers(contents.journal)


def _say_signers(journal: "Sequence[SignedAct]") -> None:
    """Tell of every change of a signer: one office with a new key can replace the other, but not unseen."""
    for act, on, who, office, signers in changes_of_signers(journal):
        say("Since act {}, of {}, {} as {}; that was signed by {}.", act, on, who, office, signers)
    say("Compare the words of the keys with those in the ICB's minutes.")
