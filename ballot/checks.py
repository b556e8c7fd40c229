"""The numbered checks of protocol §13: each takes the evidence and gives a figure, or raises Invalid naming the fault.

Order is part of the checks: each may rely on those before it, and on nothing else.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from ballot.charter import shipped
from ballot.contests import require_contests
from ballot.count import check_box, check_share, decrypt
from ballot.crypto import signing
from ballot.crypto.paper import check_paper
from ballot.crypto.sealing import check_ballot_signature
from ballot.decisions import Choice, Outcome
from ballot.declaration import declare
from ballot.drawing import open_ties, rankings_of, replay
from ballot.errors import Invalid
from ballot.evidence import Evidence
from ballot.frozen import frozen_breaches
from ballot.journal import Act, acts, check_journal
from ballot.opening import check_ceremony_of, check_opening
from ballot.papers import check_entry
from ballot.particulars import check_forms
from ballot.ranking import Ranking
from ballot.statements import check_acts, closing_of, replaced_delegates
from ballot.trustees.presence import check_presence
from ballot.trustees.standin import check_backup
from ballot.wire import encode, sha256_hex


def _index(evidence: Evidence) -> str:
    return f"{len(evidence.record.index.index.files)} files"


def _index_signatures(evidence: Evidence) -> str:
    signed, data = evidence.record.index, encode(evidence.record.index.index)
    signing.verify(evidence.opening.head.ed25519, signed.head, "index", data)
    if not signed.seal:
        raise Invalid("the seal's signature is not there: this is the head's half of a record")
    signing.verify(evidence.opening.seal.ed25519, signed.seal, "index", data)
    return f"{evidence.opening.head.name}; {evidence.opening.seal.name}"


def _opening(evidence: Evidence) -> str:
    # With nothing to vote on the archive cannot be read, and would not say why.
    require_contests(evidence.opening.contests)
    archive, contents = evidence.archive, evidence.contents
    check_opening(contents.opening, archive.election, archive.trustees)
    check_ceremony_of(evidence.opening, archive.election.group, archive.trustees, contents.ceremony)
    if evidence.opening.charter != sha256_hex(contents.charter):
        raise Invalid("the charter is not the one that the opening statement names")
    if evidence.opening.roll != sha256_hex(encode(contents.roll)):
        raise Invalid("the roll is not the one that the opening statement names")
    needed = f"{evidence.opening.need} of {len(archive.trustees)} trustees needed"
    return f"fingerprint {evidence.opening.fingerprint[:16]}…, {needed}"


def _roll(evidence: Evidence) -> str:
    roll = evidence.contents.roll
    problems = frozen_breaches(roll, evidence.charter, evidence.opening)
    if problems:
        raise Invalid(problems[0] if len(problems) == 1 else f"{problems[0]} (and {len(problems) - 1} more)")
    # The committee could open an election under rules of its own, and they are read by whoever knows of them.
    charter = "charter as in this program" if shipped(evidence.opening.charter) else "a charter of its own"
    return f"{len(roll.members)} members, {evidence.opening.voting_delegates} voting delegates, {charter}"


def _register(evidence: Evidence) -> str:
    register, opening = evidence.contents.register, evidence.opening
    numbers = [entry.request.delegate for entry in register]
    if numbers != sorted(numbers):
        raise Invalid("the register is not in the order of the delegates")
    gone = {paper.credential for paper in evidence.contents.papers.spoiled}
    blinded = [number for entry in register for number in (entry.request.head, entry.request.seal) if number]
    if len(set(blinded)) != len(blinded):
        raise Invalid("two entries of the register are for the same paper")
    for number, entries in groupby(register, key=lambda entry: entry.request.delegate):
        first, *later = [entry.instead_of for entry in entries]
        if first or len(set(later)) != len(later) or not gone.issuperset(later):
            raise Invalid(f"delegate {number} stands in the register twice without surrendering a paper")
        gone.difference_update(later)
    keys = {delegate.number: delegate.key for delegate in evidence.contents.roll.delegates if delegate.voting}
    # A replaced delegate's key went away with the person; the journal says who was replaced.
    keys |= dict.fromkeys(replaced_delegates(evidence.contents.journal) & keys.keys(), "")
    for entry in register:
        if entry.request.delegate not in keys:
            raise Invalid(f"delegate {entry.request.delegate} was handed a paper and is no voting delegate")
        check_entry(opening, keys[entry.request.delegate], entry)
    return f"{len(register)} papers handed out to {len(set(numbers))} voting delegates"


def _papers(evidence: Evidence) -> str:
    papers = evidence.contents.papers
    credentials: list[str] = []
    for kind, group in (("cast", papers.cast), ("spoiled", papers.spoiled), ("returned", papers.returned)):
        listed = [paper.credential for paper in group]
        if listed != sorted(listed):
            raise Invalid(f"the {kind} papers are not in the order of their credentials")
        credentials += listed
        for paper in group:
            try:
                check_paper(evidence.opening, evidence.archive.election, paper)
            except Invalid as error:
                raise Invalid(f"{kind} paper {paper.credential[:16]}…: {error.message}") from None
    if len(set(credentials)) != len(credentials):
        raise Invalid("the same credential stands on two papers")
    return f"{len(credentials)} papers cast, spoiled or returned, {2 * len(credentials)} signatures"


def _ballots(evidence: Evidence) -> str:
    archive, papers = evidence.archive, evidence.contents.papers
    trackers = [ballot.tracker for ballot in archive.ballots]
    if trackers != sorted(trackers):
        raise Invalid("the ballots are not in the order of their trackers")
    cast = [paper.credential for paper in papers.cast]
    used = sorted(ballot.credential for ballot in archive.ballots)
    if len(set(used)) != len(used):
        raise Invalid("two ballots were cast on one paper")
    if used != cast or archive.credentials != tuple(cast):
        raise Invalid("the ballots are not exactly one on each cast paper")
    for ballot in archive.ballots:
        try:
            check_ballot_signature(archive.election, ballot)
        except Invalid as error:
            raise Invalid(f"ballot {ballot.tracker}: {error.message}") from None
    return f"{len(used)} ballots on {len(cast)} papers"


def _proofs(evidence: Evidence) -> str:
    archive = evidence.archive
    told, total = evidence.progress, len(archive.ballots)
    progress = None if told is None else lambda done: told(done, total)
    verdicts = check_box(archive.election, archive.ballots, evidence.workers, progress)
    for ballot, verdict in zip(archive.ballots, verdicts, strict=True):
        if verdict:
            raise Invalid(f"ballot {ballot.tracker}: {verdict}")
    marks = sum(len(question.answers) + 1 for question in archive.election.questions)
    return f"{marks * len(archive.ballots)} proofs"


def _reconciliation(evidence: Evidence) -> str:
    sheet, voting = evidence.sheet, evidence.opening.voting_delegates
    if sheet.cast != len(evidence.archive.ballots):
        raise Invalid(f"{sheet.cast} papers were cast, but {len(evidence.archive.ballots)} ballots are in the box")
    if sheet.with_delegates < 0:
        raise Invalid(f"{-sheet.with_delegates} more papers were cast or spoiled than were handed out")
    if sheet.not_handed_out < 0:
        raise Invalid(f"{-sheet.not_handed_out} more envelopes were handed out or returned than were printed")
    if sheet.usable > voting:
        raise Invalid(f"{sheet.usable} papers could be cast, and there are {voting} voting delegates")
    parts = f"{sheet.cast} cast + {sheet.spoiled} spoiled + {sheet.returned} returned + {sheet.outstanding} outstanding"
    return f"{sheet.issued} issued = {parts}"


def _tally(evidence: Evidence) -> str:
    archive = evidence.archive
    if archive.tally is None or archive.tally.ballots != len(archive.ballots):
        raise Invalid("the tally is not over all ballots")
    if archive.tally.ciphertexts != evidence.sums:
        raise Invalid("the encrypted tally is not the product of the ballots")
    return f"{sum(len(row) for row in archive.tally.ciphertexts)} sums over {len(archive.ballots)} ballots"


def _shares(evidence: Evidence) -> str:
    archive = evidence.archive
    owners = [owned.owner for owned in evidence.shares]
    if owners != list(range(1, len(archive.trustees) + 1)):
        raise Invalid("there is not exactly one share of every trustee")
    for owned in evidence.shares:
        check_share(archive.election, archive.trustees, evidence.sums, owned)
    _backups(evidence)
    own = f"{len(owners) - len(evidence.stood_in)} of {len(archive.trustees)} trustees"
    return "; ".join([own, *(f"for {missing}: {', '.join(present)}" for missing, present in evidence.stood_in)])


def _backups(evidence: Evidence) -> None:
    contents = evidence.contents
    absent = [backup.missing for backup in contents.backups]
    if absent != sorted(set(absent)) or len(absent) > len(evidence.archive.trustees) - evidence.opening.need:
        raise Invalid("more trustees were stood in for than may be missing, or not each of them once")
    closing = closing_of(evidence.opening, evidence.archive.ballots)
    for backup in contents.backups:
        check_backup(contents.ceremony[0], closing, backup)
        for holder in (piece.holder for piece in backup.pieces if piece.holder in absent):
            raise Invalid(f"trustee {holder} was missing, and gave a piece of the key of trustee {backup.missing}")


def _totals(evidence: Evidence) -> str:
    archive = evidence.archive
    totals = decrypt(archive.election, evidence.sums, evidence.shares, len(archive.ballots), len(archive.trustees))
    if totals != evidence.totals:
        raise Invalid("the published totals are not what the shares decrypt to")
    return f"{sum(sum(row) for row in totals.votes)} marks on {totals.ballots} ballots"


def _ranking(evidence: Evidence) -> str:
    expected = rankings_of(evidence.opening.contests, evidence.totals, evidence.places, evidence.drawing)
    if expected != evidence.contents.rankings:
        raise Invalid("the published ranking does not follow from the totals and the charter")
    return "; ".join(map(_decided, expected, evidence.outcomes))


def _decided(ranking: Ranking, outcome: Outcome | Choice | None) -> str:
    if isinstance(outcome, Outcome):
        return "a question"
    if isinstance(outcome, Choice):
        return "a run-off" if outcome.run_off else f"{len(outcome.elected)} elected"
    return f"{len(ranking.regular)} + {len(ranking.alternates)} elected"


def _lots(evidence: Evidence) -> str:
    undrawn = rankings_of(evidence.opening.contests, evidence.totals, evidence.places, None)
    ties, opening = open_ties(undrawn), evidence.opening.fingerprint
    replayed = replay(evidence.contents.journal, opening, ties, evidence.totals.digest)
    if encode(evidence.contents.lots) != encode(() if replayed is None else (replayed,)):
        raise Invalid("the published lots are not those that the journal tells")
    if open_ties(evidence.contents.rankings):
        raise Invalid("a tie that matters was not decided by lots")
    return f"{len(ties)} {'tie' if len(ties) == 1 else 'ties'} decided by lots" if ties else "no tie needed lots"


def _declaration(evidence: Evidence) -> str:
    contents = evidence.contents
    facts = evidence.facts
    expected = declare(facts)
    if expected != contents.declaration:
        line = _first_difference(expected, contents.declaration)
        raise Invalid(f"the declaration does not say what the record says (line {line})")
    for official, signature in (
        (facts.opening.head, contents.declared.head),
        (facts.opening.seal, contents.declared.seal),
    ):
        signing.verify(official.ed25519, signature, "declaration", facts.opening.fingerprint, expected)
    return f"{len(expected.splitlines())} lines"


def _first_difference(left: bytes, right: bytes) -> int:
    lines = zip(left.split(b"\n"), right.split(b"\n"), strict=False)
    return next((number for number, (a, b) in enumerate(lines, start=1) if a != b), left.count(b"\n"))


def _journal(evidence: Evidence) -> str:
    journal = evidence.contents.journal
    check_journal(journal, evidence.opening.box)
    check_forms(journal, {delegate.number for delegate in evidence.contents.roll.delegates})
    check_acts(
        journal,
        election=evidence.archive.election,
        trustees=evidence.archive.trustees,
        opening=evidence.opening,
        register=evidence.contents.register,
        papers=evidence.contents.papers,
        ballots=evidence.archive.ballots,
        totals=evidence.totals,
        declaration=evidence.contents.declaration,
        timestamp=evidence.archive.timestamp,
    )
    names, contents = evidence.opening.trustee_names, evidence.contents
    check_presence(journal, names, evidence.opening.need, contents.ceremony, evidence.shares, contents.backups)
    return f"{len(journal)} acts, {len(acts(journal, Act.ISSUED))} papers handed out"


CHECKS: Sequence[tuple[str, str, Callable[[Evidence], str]]] = (
    ("index and files", "The record holds all its files, unchanged, and nothing else.", _index),
    ("signatures on the index", "The head and the keeper of the seal signed the list of files.", _index_signatures),
    ("opening statement", "Roll, charter, candidates and keys are those signed at the opening.", _opening),
    ("roll and charter", "The roll and the candidates obey the charter.", _roll),
    ("register", "Every paper handed out went to a voting delegate, one each, or instead of a spoiled one.", _register),
    (
        "papers",
        "Every paper cast, spoiled or returned bears the head's signature and the official seal, and is unique.",
        _papers,
    ),
    ("ballots on papers", "Every ballot was made on a good paper, once, and is signed by it.", _ballots),
    ("ballot proofs", "Every encrypted mark is a yes or a no, and no ballot holds too many.", _proofs),
    ("reconciliation", "Papers issued, cast, spoiled, returned and outstanding balance.", _reconciliation),
    ("tally", "The encrypted tally is the product of all ballots.", _tally),
    ("shares", "Every trustee's share of the decryption is right; where others stood in, they could.", _shares),
    ("totals", "The published totals are what the tally decrypts to.", _totals),
    ("ranking", "Who is elected follows from the totals and the charter.", _ranking),
    ("lots", "Every tie that matters was decided by lots that can be replayed.", _lots),
    ("declaration", "The declaration says what the record says, and is signed and sealed.", _declaration),
    ("journal", "The committee's acts are chained, signed, and in a permitted order.", _journal),
)
"""Title, sentence and function of every check; its number is its place, from 1 (protocol §13)."""
