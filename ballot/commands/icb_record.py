"""`ballot verify` and `ballot show` for the ICB's record: in, its bytes; out, checks 1 to 17, and who sits where."""

from typing import TYPE_CHECKING

from ballot.commands.observer import percent, show_report
from ballot.commands.render import Listing, Part, Table, progress, say, show
from ballot.commands.seats import seats_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        show(state.places, *seats_parts(state), _signers(contents.journal), plain=plain)
    say("Compare the words of the keys with those in the ICB's minutes.")
    say(
        "All {} checks hold. The last act is {}: {}.", len(report.checks), len(state.steps) - 1, contents.tip.tip.digest
    )


def show_seats(data: bytes, as_json: bool, plain: bool) -> None:
    """Show the places and the acts that the ICB's record tells."""
    from ballot.icb.journal import signings
    from ballot.icb.record import read_icb_record
    from ballot.icb.secretary import sentence

    contents = read_icb_record(data)
    places = tuple((p.seat, p.person or "vacant", p.since, p.act, p.article) for p in contents.places.places)
    acts = tuple(
        (signed.entry.height, signed.entry.on, sentence(signed.entry.act), signed.digest) for signed in contents.journal
    )
    parts: list[Part] = [
        Table("Places", ("Seat", "Who", "Since", "Act", "Article"), places),
        Table("Acts", ("Act", "Date", "Says", "SHA-256"), acts),
        _signers(contents.journal),
        Listing("", (("Last act", contents.tip.tip.digest),)),
    ]
    value = {
        "places": contents.places.places,
        "offices": contents.places.offices,
        "acts": contents.journal,
        "signers": [one._asdict() for one in signings(contents.journal)],
    }
    show(value, *parts, as_json=as_json, plain=plain)


def _signers(journal: "Sequence[SignedAct]") -> Table:
    """Who signs since when, with the words that `ballot keys new` showed."""
    from ballot.commands.keyfiles import OFFICE
    from ballot.crypto.words import fingerprint_line
    from ballot.icb.journal import signings

    rows = tuple((one.act, OFFICE[one.role], one.name, fingerprint_line(one.digest)) for one in signings(journal))
    return Table("Who signs", ("From act", "Office", "Name", "Key, in words"), rows)
