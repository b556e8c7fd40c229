"""A small election played through the stages in memory, for tests that need a record, or the keys to forge one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from msgspec import structs

from ballot import statements
from ballot.belenios import write_archive
from ballot.booth import fill, marks_of, seal
from ballot.charter import builtin, load
from ballot.count import decrypt, share_of, tally_box
from ballot.crypto import signing
from ballot.crypto.keys import OfficialKey, new_official
from ballot.decisions import places_of
from ballot.declaration import Facts, declare
from ballot.drawing import Drawing, OpenTie, announce, commit, draw_lots, open_ties, rankings_of, replay, reveal
from ballot.journal import Act, SignedEntry, record_act
from ballot.lots import commitment
from ballot.opening import election_of, new_trustee, new_uuid, sign_opening, state_opening
from ballot.papers import register, respond
from ballot.people import Delegate, Member, Roll, publish, voting_members
from ballot.record import Contents, write_record
from ballot.register import Papers, Reconciliation, RegisterEntry, Way
from ballot.request import ask, receive
from ballot.trustees import presence
from ballot.trustees.ceremony import Secrets
from ballot.trustees.messages import Transcript
from ballot.trustees.standin import give_piece, stand_in
from ballot.votes import (
    BoothPaper,
    Candidate,
    Contest,
    Election,
    Opening,
    SealedBallot,
    Setup,
    Signatures,
    Totals,
    Trustee,
    TrusteeShare,
)
from ballot.wire import encode
from tests.trustees import NAMES, hold

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CHARTER = builtin("ima")
AUDITORS = b"""
[[rules]]
name = "auditors"
article = "none"
text = "Made up: people who are elected as those at large are, to no seat of a body."
body = "assembly"
seats = 12
regular = 8
alternates = 4
min_marks = 0
max_marks = 12

[[ties]]
name = "auditors"
article = "none"
text = "Made up: as at large."
method = "lots"
"""
REGIONS = load(CHARTER).regions
UNREHEARSED = "played in memory"


@dataclass(frozen=True)
class Keys:
    """Everybody's secrets."""

    head: OfficialKey
    seal: OfficialKey
    desk: signing.PrivateKey
    trustees: tuple[int, ...]


@dataclass(frozen=True)
class Played:
    """A finished election: contents, everybody's keys, all papers (those cast come first), and the sealed ballots."""

    contents: Contents
    keys: Keys
    roll: Roll
    election: Election
    papers: tuple[BoothPaper, ...]
    sealed: tuple[SealedBallot, ...]
    shares: tuple[TrusteeShare, ...]

    @property
    def opening(self) -> Opening:
        return self.contents.opening.opening

    def record(self, contents: Contents | None = None) -> bytes:
        """The record, or one of other contents, properly signed by head and seal."""
        return write_record(contents or self.contents, self.keys.head, self.keys.seal)


@dataclass(frozen=True)
class Staging:
    """What somebody may have arranged before the opening; None is the proper thing."""

    roll: Roll | None = None
    questions: tuple[Contest, ...] | None = None
    charter: bytes = CHARTER
    officials: tuple[OfficialKey, OfficialKey] | None = None
    desk: signing.PrivateKey | None = None
    trustees: tuple[tuple[Trustee, int], ...] | None = None
    election: Callable[[Election], Election] | None = None
    opening: Callable[[Opening], Opening] | None = None


FAIR = Staging()


@cache
def officials() -> tuple[OfficialKey, OfficialKey]:
    """Keys of head and seal, made once: RSA keys take their time."""
    return new_official("head", "Hana Headley"), new_official("seal", "Selma Sealby")


def small_roll(members: int = 8) -> Roll:
    """A roll of regular members with two delegates each, the first of which votes, and one associate."""
    regular = [
        Member(f"M{n:03}", f"Organisation {n}", "PH", REGIONS[n % len(REGIONS)], "regular", "good")
        for n in range(1, members + 1)
    ]
    associate = Member("A001", "Friends of the Assembly", "NL", "Europe", "associate", "good")
    delegates = [
        Delegate(2 * n - 1 + other, f"Delegate {n}-{other}", f"M{n:03}", other == 0, f"letter {n}", "")
        for n in range(1, members + 1)
        for other in (0, 1)
    ]
    delegates.append(Delegate(2 * members + 1, "Guest", "A001", False, "letter of the associate", ""))
    return Roll((*regular, associate), tuple(delegates))


def small_contest(roll: Roll, candidates: int = 3, question: str = "At-large members") -> Contest:
    """A contest under the at-large rule among delegates of the first members."""
    people = [
        Candidate(n, f"Candidate {n}", member.id, member.organisation, member.region)
        for n, member in enumerate(roll.members[:candidates], start=1)
    ]
    return Contest(question, "at-large", 0, 12, tuple(people))


@dataclass
class Journal:
    """A journal that grows by a minute with every act."""

    desk: signing.PrivateKey
    entries: tuple[SignedEntry, ...] = ()

    def add(self, act: Act, details: dict[str, str]) -> None:
        at = NOON + timedelta(minutes=len(self.entries))
        self.entries = (*self.entries, record_act(self.entries, act, details, at, self.desk))


def play(
    choices: tuple[tuple[tuple[int, ...], ...], ...] = (((1,),), ((1, 2),), ((),)),
    *,
    group: str = "Ed25519",
    candidates: int = 3,
    trustees: int = 2,
    need: int | None = None,
    lost: tuple[int, ...] = (),
    holders: dict[int, tuple[int, ...]] | None = None,
    outstanding: int = 1,
    contests: int = 1,
    staging: Staging = FAIR,
) -> Played:
    """Play an election: `choices` holds, per ballot and contest, the numbers marked; two people draw lots for ties.

    With `need` the trustees hold a ceremony; those `lost` (numbers from 1) are stood in for by the first who are there,
    or by their `holders`.
    """
    head, keeper = staging.officials or officials()
    desk = staging.desk or signing.generate()
    journal = Journal(desk)
    roll = staging.roll or small_roll(max(len(choices) + outstanding, candidates))
    questions = staging.questions
    if questions is None:
        # Only one contest can elect the seats of a body.
        questions = (small_contest(roll, candidates, "Contest 1"),)
        others = [small_contest(roll, candidates, f"Contest {n}") for n in range(2, contests + 1)]
        questions += tuple(structs.replace(other, rule="auditors") for other in others)
    rules = staging.charter if contests == 1 else staging.charter + AUDITORS
    names = NAMES[:trustees]
    setup = Setup("Test Assembly", "Played in memory", group, "ima", head.name, keeper.name, names, need or trustees)
    journal.add(Act.CREATED, statements.created(setup.name, signing.public_hex(desk)))
    everybody: list[Secrets] = []
    held: tuple[Transcript, ...] = ()
    if need:
        everybody, transcript = hold(trustees, need, group)
        held = (transcript,)
        journal.add(Act.INVITED, presence.invited(transcript.ceremony))
    made = staging.trustees or tuple((secrets.trustee, int(secrets.exponent)) for secrets in everybody)
    made = made or tuple(new_trustee(name, group) for name in setup.trustees)
    for public, _ in made:
        journal.add(Act.TRUSTEE_ADDED, statements.trustee_added(public))
    keys = tuple(public.key for public, _ in made)
    election = election_of(setup.name, setup.description, group, questions, keys, new_uuid())
    election = staging.election(election) if staging.election else election
    public_roll = publish(roll, {delegate.number: bytes(16) for delegate in roll.delegates})
    opening = state_opening(
        election,
        setup.trustees,
        questions,
        keys,
        (head.public, keeper.public),
        signing.public_hex(desk),
        (encode(public_roll), rules, len(roll.voting_delegates())),
        setup.need,
        held[0].digest if held else "",
    )
    opening = staging.opening(opening) if staging.opening else opening
    journal.add(Act.OPENED, statements.opened(opening, UNREHEARSED))
    entries: list[RegisterEntry] = []
    papers: list[BoothPaper] = []
    for delegate in roll.voting_delegates()[: len(choices) + outstanding]:
        request, pending = ask(opening, election, delegate.number)
        entry = register(roll, opening, request, Way.DESK, "desk")
        entries.append(entry)
        journal.add(Act.ISSUED, statements.issued(entry))
        papers.append(receive(opening, election, pending, respond(head, keeper, entry)))
    sealed: list[SealedBallot] = []
    for paper, chosen in zip(papers, choices, strict=False):
        marks = [marks_of(contest, numbers) for contest, numbers in zip(questions, chosen, strict=True)]
        sealed.append(seal(election, paper, fill(election, paper.paper.credential, marks)))
    ballots = [cast.ballot for cast in sealed]
    closing = statements.closing_of(opening, ballots)
    journal.add(Act.CLOSED, statements.closed(closing))
    secrets = tuple(secret for _, secret in made)
    shares = tuple(
        share_of(secret, owner, opening, election, closing, ballots) for owner, secret in enumerate(secrets, start=1)
    )
    for share in shares:
        if share.owner not in lost:
            journal.add(Act.SHARED, presence.shared(names, share))
    backups = []
    for number in lost:
        journal.add(Act.MISSING, presence.missing(names[number - 1]))
        present = [one for one in everybody if one.number not in lost][:need]
        if holders is not None:
            present = [everybody[holder - 1] for holder in holders[number]]
        box = opening, election, closing, ballots
        pieces = tuple(give_piece(one, held[0], number, *box)[1] for one in present)
        backups.append(stand_in(held[0], closing, number, pieces).backup)
        for piece in pieces:
            journal.add(Act.PIECE, presence.given(names, piece))
        journal.add(Act.STOOD_IN, presence.stood_in(names, shares[number - 1]))
    sums = tally_box(election, ballots)
    totals = decrypt(election, sums, shares, len(ballots), trustees)
    journal.add(Act.COUNTED, statements.counted(totals))
    charter = load(rules)
    places = places_of(charter, questions, totals)
    drawing = _lots(journal, opening, open_ties(rankings_of(questions, totals, places, None)), totals)
    rankings = rankings_of(questions, totals, places, drawing)
    facts = Facts(
        election,
        opening,
        charter,
        Reconciliation(len(entries), len(entries), len(sealed), 0, 0),
        totals,
        rankings,
        drawing,
        statements.minute_of(journal.entries, Act.OPENED),
        statements.minute_of(journal.entries, Act.CLOSED),
        presence.who_stood_in(names, backups),
        "",
        UNREHEARSED,
        (
            max(opening.present, len({entry.request.delegate for entry in entries})),
            voting_members(roll.members, charter),
        ),
        statements.raised(journal.entries, opening.present),
    )
    declaration = declare(facts)
    journal.add(Act.DECLARED, statements.declared(declaration))
    contents = Contents(
        sign_opening(opening, head, keeper),
        held,
        rules,
        public_roll,
        tuple(entries),
        Papers(tuple(sorted((cast.paper for cast in sealed), key=lambda paper: paper.credential)), (), ()),
        write_archive(
            statements.timestamp_of(journal.entries),
            election,
            keys,
            [ballot.credential for ballot in ballots],
            ballots,
            sums,
            [(owned.owner, owned.share) for owned in shares],
            totals.votes,
        ),
        tuple(owned.proofs for owned in shares),
        tuple(backups),
        rankings,
        (drawing,) if drawing else (),
        declaration,
        sign_both(head, keeper, opening, declaration),
        journal.entries,
    )
    keyring = Keys(head, keeper, desk, secrets)
    return Played(contents, keyring, roll, election, tuple(papers), tuple(sealed), shares)


def _lots(journal: Journal, opening: Opening, ties: tuple[OpenTie, ...], totals: Totals) -> Drawing | None:
    if not ties:
        return None
    omega, words = opening.fingerprint, {"Ana": "a very unlikely sentence", "Bo": "another unlikely sentence"}
    journal.add(Act.LOTS_ANNOUNCED, announce(ties, totals.digest, list(words), False))
    for step in (Act.LOT_COMMITTED, Act.LOT_REVEALED):
        for by, text in words.items():
            drawing = replay(journal.entries, omega, ties, totals.digest)
            assert drawing is not None
            if step == Act.LOT_COMMITTED:
                journal.add(step, commit(drawing, by, commitment(omega, by, text)))
            else:
                journal.add(step, reveal(drawing, omega, by, text))
    drawing = replay(journal.entries, omega, ties, totals.digest)
    assert drawing is not None
    journal.add(Act.LOTS_DRAWN, draw_lots(drawing, omega))
    return replay(journal.entries, omega, ties, totals.digest)


@cache
def fair() -> Played:
    """Three ballots of one contest and an outstanding paper, as it should be."""
    return play()


@cache
def stood_in() -> Played:
    """The fair election with three trustees of whom two are needed; the second has lost the key."""
    return play(trustees=3, need=2, lost=(2,))


@cache
def other() -> Played:
    """Another election of the same committee."""
    return play()


@cache
def tied() -> Played:
    """Ten candidates: 1 to 7 tied on top, which decides nothing, and 8, 9 and 10 across the cut, which lots decided."""
    return play((((1, 2, 3, 4, 5, 6, 7),),), candidates=10)


def sign_both(head: OfficialKey, seal: OfficialKey, opening: Opening, declaration: bytes) -> Signatures:
    """Signatures of head and seal on a declaration."""
    signed = [signing.sign(key.ed25519, "declaration", opening.fingerprint, declaration) for key in (head, seal)]
    return Signatures(*signed)
