"""An open election in a store, with everybody's keys, for tests that act as committee and delegates do.

Six voting delegates, numbers 1, 3, 5, 7, 9 and 11. Delegates 1, 3 and 5 have keys on the roll, and so has 2, who does
not vote. The store is made once and copied.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from msgspec import structs

from ballot.acts import counting, envelopes, papers, setup, standins, voting
from ballot.acts.intake import Intake
from ballot.booth import fill, marks_of, seal
from ballot.crypto.keys import DelegateKey, OfficialKey, TrusteeSecret, new_delegate
from ballot.crypto.paper import sign_request
from ballot.keeper import HalfResponse
from ballot.opening import new_trustee
from ballot.people import Roll
from ballot.plan import ContestPlan, Plan
from ballot.record import write_record
from ballot.register import Request, Response
from ballot.request import Pending, ask, receive
from ballot.store.repo import Store
from ballot.verify import Report, verify
from ballot.votes import BoothPaper, Election, Opening, OpeningFile, Receipt, SealedBallot
from tests.play import CHARTER, NOON, UNREHEARSED, officials, small_contest, small_roll

VOTING = (1, 3, 5, 7, 9, 11)
WITH_KEYS = (1, 2, 3, 5)
PLAN = Plan(
    name="Assembly of the hall",
    description="",
    members="m.csv",
    delegates="d.csv",
    head="Hana Headley",
    seal="Selma Sealby",
    trustees=("Tara",),
    contests=(ContestPlan(question="At-large members", rule="at-large", candidates="c.csv"),),
)


@dataclass(frozen=True)
class Hall:
    """An open election: its store, its public opening, and all keys."""

    store: Store
    file: OpeningFile
    head: OfficialKey
    seal: OfficialKey
    keys: dict[int, DelegateKey]
    trustee: TrusteeSecret

    @property
    def opening(self) -> Opening:
        return self.file.signed.opening

    @property
    def election(self) -> Election:
        return self.file.election

    def ask(self, delegate: int) -> tuple[Request, Pending]:
        """A delegate's request, signed by those who have a key."""
        request, pending = ask(self.opening, self.election, delegate)
        if delegate in self.keys:
            request = sign_request(request, self.keys[delegate].ed25519)
        return request, pending

    def answer(self, *requests: Request, attested: str = "Ana at the desk") -> list[Response]:
        """The committee's answers, with both keys on one machine."""
        given: list[Response] = []

        def deliver(answers: Sequence[papers.Answered]) -> None:
            given.extend(answer for _, answer in answers if isinstance(answer, Response))

        named = [(f"request {number}", request) for number, request in enumerate(requests, start=1)]
        papers.answer(self.store, self.head, self.seal, named, attested, NOON, deliver)
        return given

    def halves(self, *requests: Request, attested: str = "Ana at the desk") -> list[HalfResponse]:
        """The head's halves."""
        given: list[HalfResponse] = []

        def deliver(answers: Sequence[papers.Answered]) -> None:
            given.extend(answer for _, answer in answers if isinstance(answer, HalfResponse))

        named = [(f"request {number}", request) for number, request in enumerate(requests, start=1)]
        papers.answer(self.store, self.head, None, named, attested, NOON, deliver)
        return given

    def paper(self, delegate: int) -> BoothPaper:
        """A paper by request."""
        request, pending = self.ask(delegate)
        (response,) = self.answer(request)
        return receive(self.opening, self.election, pending, response)

    def desk_paper(self, delegate: int) -> BoothPaper:
        """A paper made at the desk."""
        given: list[BoothPaper] = []
        papers.issue(self.store, self.head, self.seal, delegate, NOON, given.append)
        return given[0]

    def print(self, count: int) -> tuple[list[int], bytes]:
        """The bits of the codes of envelopes, and the booth's file."""
        given: list[tuple[list[int], bytes]] = []

        def deliver(bits: list[int], booth: bytes) -> None:
            given.append((bits, booth))

        envelopes.print_envelopes(self.store, self.head, self.seal, count, NOON, deliver)
        return given[0]

    def draw(self, delegate: int) -> None:
        """Hand out an envelope."""
        envelopes.hand_out(self.store, delegate, NOON)

    def open_envelope(self, bits: int) -> BoothPaper:
        """The paper of a code."""
        with self.store.read() as view:
            return envelopes.paper_of(view, bits)

    def spoil(self, delegate: int, paper: BoothPaper, from_envelope: bool = False) -> None:
        """Surrender a paper."""
        papers.spoil(self.store, delegate, paper, from_envelope, NOON)

    def give_back(self, *all_bits: int) -> int:
        """Return envelopes."""
        named = [(f"code {place}", bits) for place, bits in enumerate(all_bits, start=1)]
        return envelopes.give_back(self.store, named, NOON)

    def sealed(self, paper: BoothPaper, *numbers: int) -> SealedBallot:
        """A ballot on a paper."""
        marks = [marks_of(self.opening.contests[0], numbers)]
        return seal(self.election, paper, fill(self.election, paper.paper.credential, marks))

    def cast(self, *ballots: SealedBallot) -> list[tuple[Receipt, bool]]:
        """Put ballots in the box."""
        return voting.cast(self.store, [(f"ballot {place}", one) for place, one in enumerate(ballots, start=1)])

    def close(self) -> None:
        """Close the box."""
        voting.close(self.store, NOON)

    def record(self) -> bytes:
        """Close if need be, count, declare and publish."""
        with self.store.read() as view:
            is_open = view.phase() == "open"
        if is_open:
            self.close()
        with self.store.read() as view:
            share = standins.own_share(standins.box_file(view), self.trustee)[1]
        standins.receive(self.store, [("Tara", share)], NOON)
        counting.count(self.store, NOON, envelopes_lost=True)
        counting.declare_result(self.store, self.head, self.seal, NOON + timedelta(hours=1))
        with self.store.read() as view:
            return write_record(counting.contents(view), self.head, self.seal)

    def verified(self) -> Report:
        """The report on the record, which must verify."""
        return verify(self.record(), workers=1)[0]


@cache
def _made() -> tuple[bytes, OpeningFile, dict[int, DelegateKey], TrusteeSecret]:
    head, keeper = officials()
    keys = {number: new_delegate(f"Delegate {number}") for number in WITH_KEYS}
    trustee = TrusteeSecret(*new_trustee("Tara", "Ed25519"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "election.db"
        intake = Intake(Path(folder), PLAN, CHARTER, roll(keys), (small_contest(roll(keys)),))
        with setup.create(path, intake, NOON) as store:
            setup.add_trustees(store, [trustee.public], NOON)
            file = setup.open_box(store, head, keeper, NOON, without_rehearsal=UNREHEARSED)
        return path.read_bytes(), file, keys, trustee


def roll(keys: dict[int, DelegateKey]) -> Roll:
    """The roll of the hall."""
    plain = small_roll(len(VOTING))
    delegates = tuple(
        structs.replace(one, key=keys[one.number].public.key if one.number in keys else "") for one in plain.delegates
    )
    return Roll(plain.members, delegates)


def hall(folder: Path, name: str = "election.db") -> Hall:
    """A copy of the open election in a folder."""
    data, file, keys, trustee = _made()
    path = folder / name
    path.write_bytes(data)
    return Hall(Store.open(path), file, *officials(), keys, trustee)


def other_hall(folder: Path) -> Hall:
    """Another election of the same people, with the same keys."""
    _, _, keys, trustee = _made()
    path = folder / "other.db"
    intake = Intake(folder, PLAN, CHARTER, roll(keys), (small_contest(roll(keys)),))
    store = setup.create(path, intake, NOON)
    setup.add_trustees(store, [trustee.public], NOON)
    file = setup.open_box(store, *officials(), NOON, without_rehearsal=UNREHEARSED)
    return Hall(store, file, *officials(), keys, trustee)
