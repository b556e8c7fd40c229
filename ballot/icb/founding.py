"""From the Assembly's record to what the ICB stands on: a verified record in, the facts that seats follow from out."""

from ballot.icb.places import Assembly
from ballot.icb.secretary import Organisation
from ballot.journal import Act
from ballot.record import Contents
from ballot.statements import minute_of
from ballot.wire import sha256_hex


def assembly_of(record: bytes, contents: Contents) -> Assembly:
    """The facts of an Assembly; `contents` are those of `record`, which was verified in full before.

    Raises Invalid when the journal does not hold exactly one declaration.
    """
    opening = contents.opening.opening
    organisations = (Organisation(m.id, m.organisation, m.region, m.kind, m.standing) for m in contents.roll.members)
    return Assembly(
        sha256_hex(record),
        opening.fingerprint,
        sha256_hex(contents.charter),
        minute_of(contents.journal, Act.DECLARED).partition("T")[0],
        opening.contests,
        contents.rankings,
        tuple(organisations),
    )
