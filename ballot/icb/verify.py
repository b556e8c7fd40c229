"""Check 17: the ICB's published record in, the Report of checks 1 to 17 and the places out, or VerificationError.

Checks 1 to 16 are those of the Assembly's record inside. Then every act is replayed, every officer's election verified
in full, and the places must come out as the secretary published them. No store is needed, and nobody is believed.
"""

from ballot.errors import Error, Invalid
from ballot.evidence import Evidence, Progress
from ballot.icb.founding import assembly_of
from ballot.icb.journal import check_tip, dated_acts, state_of
from ballot.icb.officers import check_day, check_officer
from ballot.icb.places import State
from ballot.icb.record import IcbContents, Places, read_icb_record
from ballot.icb.seats import replay
from ballot.icb.secretary import OfficerElected
from ballot.verify import Check, Report, VerificationError, verify
from ballot.wire import sha256_hex

NUMBER, TITLE = 17, "seats"
SENTENCE = "Who sits in the ICB follows from the ranking and the secretary's signed acts."


def verify_icb(
    data: bytes, progress: Progress | None = None, workers: int | None = None
) -> tuple[Report, State, IcbContents]:
    """Verify the ICB's record in full: checks 1 to 17 of protocol §13.

    `progress` and `workers` are as in `ballot.verify.verify`. Raises VerificationError at the first check that fails.
    """
    digest = sha256_hex(data)
    try:
        contents = read_icb_record(data)
    except Error as error:
        failed = Check(1, "index and files", error.message, "", passed=False)
        raise VerificationError(Report(digest, "", (failed,), verified=False)) from None
    try:
        report, evidence = verify(contents.assembly, progress, workers)
    except VerificationError as error:
        raise VerificationError(Report(digest, "", error.report.checks, verified=False)) from None
    try:
        state, figure = _seats(contents, evidence, workers)
    except Error as error:
        failed = Check(NUMBER, TITLE, error.message, "", passed=False)
        raise VerificationError(Report(digest, "", (*report.checks, failed), verified=False)) from None
    passed = Check(NUMBER, TITLE, SENTENCE, figure, passed=True)
    return Report(digest, report.opening, (*report.checks, passed), verified=True), state, contents


def _seats(contents: IcbContents, evidence: Evidence, workers: int | None) -> tuple[State, str]:
    charter, assembly = evidence.charter, assembly_of(contents.assembly, evidence.contents)
    state = state_of(charter, assembly, contents.journal)
    check_tip(contents.journal, contents.tip)
    acts = dated_acts(contents.journal)
    for number, dated in enumerate(acts):
        if not isinstance(dated.act, OfficerElected):
            continue
        try:
            _, election = verify(contents.officers[dated.act.record], None, workers)
            check_officer(replay(charter, assembly, acts[:number]), dated.act, election)
            check_day(dated.on, election)
        except Error as error:
            raise Invalid(f"act {number} (officer elected): {error.message}") from None
    if contents.places != Places(1, state.places, state.offices):
        raise Invalid("the published places are not those that the acts lead to")
    held = sum(bool(place.person) for place in state.places)
    return state, f"{held} of {len(state.places)} places held, {len(acts)} acts"
