"""Check a Belenios archive as anyone can who has nothing else (protocol §11).

In: an archive as it was read. Out: the numbered checks that it passed and its votes, or ArchiveFault at the first
fault.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ballot.belenios.archive import Archive, Tally, Votes
from ballot.crypto.groups import Element, Group, group
from ballot.crypto.pool import check_ballots
from ballot.crypto.proofs import Cipher, Statement, check_belenios_decryption, check_knowledge
from ballot.crypto.sealing import tally
from ballot.errors import FAILED_CHECK, Invalid
from ballot.votes import Ballot, Share
from ballot.wire import Wire


class Step(Wire, frozen=True):
    """A check that was passed: its number from 1, what was looked at, a plain sentence and a figure."""

    number: int
    title: str
    sentence: str
    figure: str


class ArchiveReport(Wire, frozen=True):
    """All checks of an archive that passed. If it ends early, `votes` is None and `missing` says what is not there."""

    name: str
    fingerprint: str
    steps: tuple[Step, ...]
    missing: str
    votes: Votes | None


class ArchiveFault(Invalid):
    """Check `number` (`title`) failed with `message`; `steps` are those passed before it."""

    exit_code = FAILED_CHECK

    def __init__(self, number: int, title: str, message: str, steps: tuple[Step, ...]) -> None:
        super().__init__(message, "Do not rely on this archive; ask whoever published it.")
        self.number = number
        self.title = title
        self.steps = steps


Outcome = tuple[str, str]
"""Sentence and figure of a check that passed."""


def check_archive(
    archive: Archive, progress: Callable[[int], None] | None = None, workers: int | None = None
) -> ArchiveReport:
    """Check everything that an archive holds, up to where it ends.

    `progress` is told how many ballots have been checked so far, `workers` is the number of processes (all cores when
    None). The factors of the shares are bound by Belenios version 1 proofs alone, which a dishonest trustee can get
    around (protocol §6). Raises ArchiveFault at the first fault.
    """
    steps: list[Step] = []
    for number, (title, check) in enumerate(_checks(archive, progress, workers), start=1):
        try:
            sentence, figure = check()
        except Invalid as error:
            raise ArchiveFault(number, title, error.message, tuple(steps)) from None
        steps.append(Step(number, title, sentence, figure))
    return ArchiveReport(
        archive.election.name, archive.election.fingerprint, tuple(steps), _missing(archive), archive.votes
    )


def _checks(
    archive: Archive, progress: Callable[[int], None] | None, workers: int | None
) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    yield "archive", lambda: _chain(archive)
    yield "election", lambda: _election(archive)
    yield "trustees", lambda: _trustees(archive)
    yield "credentials", lambda: _credentials(archive)
    yield "ballot box", lambda: _box(archive)
    yield "ballots", lambda: _ballots(archive, progress, workers)
    sized = archive.tally
    if sized is None:
        return
    yield "encrypted tally", lambda: _tally(archive, sized)
    if not archive.shares and archive.votes is None:
        return
    yield "shares", lambda: _shares(archive, sized)
    votes = archive.votes
    if votes is not None:
        yield "result", lambda: _result(archive, sized, votes)


def _missing(archive: Archive) -> str:
    if not archive.ended:
        return "The box of this archive is not closed: ballots may still come."
    if archive.tally is None:
        return "The ballots of this archive are not tallied yet."
    if archive.votes is None:
        return "This archive has no result yet."
    return ""


def _chain(archive: Archive) -> Outcome:
    given = (archive.ended, archive.tally is not None, archive.votes is not None)
    events = 1 + len(archive.ballots) + len(archive.shares) + sum(given)
    return "Every record is called by its own hash, and the events form one chain.", _many(events, "event")


def _election(archive: Archive) -> Outcome:
    election = archive.election
    answers = _many(sum(len(question.answers) for question in election.questions), "answer")
    group(election.group).element(election.public_key)
    figure = f"{_many(len(election.questions), 'question')}, {answers}, group {election.group}"
    return f"The election's key is an element of its group; the fingerprint is {election.fingerprint}.", figure


def _trustees(archive: Archive) -> Outcome:
    ring, keys = _keys(archive)
    for number, (element, key) in enumerate(zip(keys, archive.trustees, strict=True), start=1):
        with _place(f"trustee {number}"):
            check_knowledge(ring, element, key.pok)
    if ring.text(ring.product(keys)) != archive.election.public_key:
        raise Invalid("the election's key is not the product of the trustees' keys")
    return "Every trustee knows its key, and the election's key is their product.", _many(len(keys), "trustee")


def _keys(archive: Archive) -> tuple[Group, list[Element]]:
    ring = group(archive.election.group)
    keys = []
    for number, key in enumerate(archive.trustees, start=1):
        with _place(f"the key of trustee {number}"):
            keys.append(ring.element(key.public_key))
    return ring, keys


def _credentials(archive: Archive) -> Outcome:
    ring = group(archive.election.group)
    for number, credential in enumerate(archive.credentials, start=1):
        with _place(f"credential {number}"):
            ring.element(credential)
    twice = [credential for credential, count in Counter(archive.credentials).items() if count > 1]
    if twice:
        raise Invalid(f"the credential {_short(twice[0])} is listed twice")
    return "The credentials are distinct elements of the group.", _many(len(archive.credentials), "credential")


def _box(archive: Archive) -> Outcome:
    listed = set(archive.credentials)
    for ballot in archive.ballots:
        if ballot.credential not in listed:
            raise Invalid(f"the ballot {ballot.tracker} bears a credential that is not listed")
    cast, counted = len(archive.ballots), len(_counted(archive))
    figure = f"{_many(cast, 'ballot')}, {cast - counted} replaced, {counted} counted"
    return "Every ballot bears a listed credential; the last ballot of a credential counts.", figure


def _counted(archive: Archive) -> list[Ballot]:
    return list({ballot.credential: ballot for ballot in archive.ballots}.values())


def _ballots(archive: Archive, progress: Callable[[int], None] | None, workers: int | None) -> Outcome:
    verdicts = check_ballots(archive.election, archive.ballots, workers, progress).verdicts
    for ballot, fault in zip(archive.ballots, verdicts, strict=True):
        if fault:
            raise Invalid(f"the ballot {ballot.tracker}: {fault}")
    figure = _many(len(verdicts), "ballot")
    return "Every ballot is signed by its credential, and its proofs show that its marks are permitted.", figure


def _tally(archive: Archive, sized: Tally) -> Outcome:
    counted = _counted(archive)
    if sized.ballots != len(counted):
        raise Invalid(f"{sized.ballots} ballots are said to be tallied, but {len(counted)} count")
    if sized.ciphertexts != tally(archive.election, [ballot.unsigned for ballot in counted]):
        raise Invalid("the encrypted tally is not the product of the ballots that count")
    return "The encrypted tally is the product of the ballots that count.", _many(len(counted), "ballot")


def _shares(archive: Archive, sized: Tally) -> Outcome:
    _, keys = _keys(archive)
    given = Counter(owner for owner, _ in archive.shares)
    for owner, count in given.items():
        if not 1 <= owner <= len(keys):
            raise Invalid(f"a share is of trustee {owner}, but there are {len(keys)} trustees")
        if count > 1:
            raise Invalid(f"there are {count} shares of trustee {owner}")
    if archive.votes is not None and len(given) != len(keys):
        raise Invalid(f"there is a result, but {len(given)} of {_many(len(keys), 'trustee')} gave a share")
    for owner, share in archive.shares:
        with _place(f"the share of trustee {owner}"):
            _check_share(archive, sized, owner, keys[owner - 1], share)
    figure = f"{_many(len(given), 'share')} of {_many(len(keys), 'trustee')}"
    # These proofs bind neither ciphertext nor factor (protocol §6): ours do, and stand in the record.
    weak = "which a trustee and a voter together can cheat; a whole record has proofs without that weakness"
    return f"Every share comes from its trustee's key, by the proofs of Belenios version 1, {weak}.", figure


def _check_share(archive: Archive, sized: Tally, owner: int, key: Element, share: Share) -> None:
    ring, election = group(archive.election.group), archive.election.fingerprint
    shape = [len(row) for row in sized.ciphertexts]
    factors, proofs = share.decryption_factors, share.decryption_proofs
    if [len(row) for row in factors] != shape or [len(row) for row in proofs] != shape:
        raise Invalid("the number of factors or proofs is not the number of answers")
    for question, answer in _places(shape):
        choice = sized.ciphertexts[question][answer]
        with _place(f"question {question + 1}, answer {answer + 1}"):
            cipher = Cipher(ring.element(choice.alpha, identity=True), ring.element(choice.beta, identity=True))
            factor = ring.element(factors[question][answer], identity=True)
            statement = Statement(election, owner, key, cipher, factor)
            check_belenios_decryption(ring, statement, proofs[question][answer])


def _result(archive: Archive, sized: Tally, votes: Votes) -> Outcome:
    ring = group(archive.election.group)
    shape = [len(row) for row in sized.ciphertexts]
    if [len(row) for row in votes] != shape:
        raise Invalid("the number of results is not the number of answers")
    for question, answer in _places(shape):
        number, beta = votes[question][answer], sized.ciphertexts[question][answer].beta
        factors = [share.decryption_factors[question][answer] for _, share in archive.shares]
        mask = ring.product(ring.element(factor, identity=True) for factor in factors)
        plain = ring.divide(ring.element(beta, identity=True), mask)
        # Below the number of ballots a power is unique, so no logarithm is needed to check one.
        if not 0 <= number <= sized.ballots or ring.public_power(ring.generator, number) != plain:
            place = f"question {question + 1}, answer {answer + 1}"
            raise Invalid(f"{place}: the tally does not decrypt to {number} votes")
    figure = f"{_many(sum(shape), 'total')}, {_many(sum(map(sum, votes)), 'vote')}"
    return "The result is the decryption of the encrypted tally.", figure


@contextmanager
def _place(place: str) -> Iterator[None]:
    """Faults found inside are said to be at this place."""
    try:
        yield
    except Invalid as error:
        raise Invalid(f"{place}: {error.message}") from None


def _places(shape: list[int]) -> Iterator[tuple[int, int]]:
    return ((question, answer) for question, size in enumerate(shape) for answer in range(size))


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _short(text: str) -> str:
    return text if len(text) <= 64 else f"{text[:60]}…"
