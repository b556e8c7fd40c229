"""The day at random: papers and ballots, beside a model of who holds what; what the model permits must go through."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from msgspec import structs

from ballot.acts import envelopes, papers, voting
from ballot.booth import fill, marks_of, seal
from ballot.crypto.paper import sign_request
from ballot.keeper import HalfResponse, Log, put_seal
from ballot.people import Delegate
from ballot.register import Request, Response
from ballot.request import Pending, ask, receive
from ballot.votes import BoothPaper, OpeningFile, SealedBallot
from tests.honest.walk import Walk

Marks = tuple[tuple[int, ...], ...]


@dataclass
class Day:
    """The model: who has a paper, which envelopes lie at the desk, and what is in the box."""

    walk: Walk
    file: OpeningFile
    voting: list[Delegate] = field(init=False)
    others: list[Delegate] = field(init=False)
    log: Log = field(init=False)
    held: dict[int, tuple[BoothPaper, bool]] = field(default_factory=dict)
    voted: set[int] = field(default_factory=set)
    had: set[int] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    asked: list[Request] = field(default_factory=list)
    at_the_desk: list[int] = field(default_factory=list)
    box: dict[str, tuple[SealedBallot, Marks]] = field(default_factory=dict)
    forgotten: int = 0
    printed: int = 0
    drawn: int = 0
    made: int = 0
    spoiled: int = 0
    returned: int = 0

    def __post_init__(self) -> None:
        delegates = self.walk.draft.intake.roll.delegates
        self.voting = [delegate for delegate in delegates if delegate.voting]
        self.others = [delegate for delegate in delegates if not delegate.voting]
        self.log = Log(self.file.signed.opening.fingerprint, ())

    @property
    def room(self) -> int:
        """How many more papers there may be."""
        return len(self.voting) - (self.made + self.printed - self.spoiled - self.returned)

    @property
    def not_handed_out(self) -> int:
        return self.printed - self.drawn - self.returned

    @property
    def free(self) -> list[int]:
        """Who may have a paper."""
        return [one.number for one in self.voting if one.number not in self.held and one.number not in self.voted]

    def play(self) -> None:
        """Do this and that; then most people vote."""
        ways = [self.issue, self.request, self.print, self.draw]
        acts = [*ways, self.give_back, self.spoil, self.replace, self.cast, self.forget, self.meddle]
        # Some days there is much of one thing and nothing of another: what is rare together is found so.
        weights = [self.walk.chance.choice((0, 1, 1, 4)) for _ in acts]
        for act in self.walk.chance.choices(acts, [weight + 0.01 for weight in weights], k=self._length()):
            act()
        if self.walk.often(0.8):
            for _ in range(2 * len(self.voting)):
                self.walk.chance.choices(ways, [weight + 0.01 for weight in weights[: len(ways)]])[0]()
            self.cast()
            self.cast()

    def _length(self) -> int:
        return self.walk.chance.choice((0, 5, 15, 30))

    def issue(self) -> None:
        """A paper at the desk."""
        walk, made = self.walk, list[BoothPaper]()
        number = self._somebody()
        act = partial(papers.issue, walk.store, walk.draft.head, walk.draft.seal, number)
        if number not in self.free or not self.room:
            walk.refused(lambda: act(walk.now(), made.append))
            return
        act(walk.now(), made.append)
        self.made += 1
        self._hand(number, made[0], False)

    def request(self) -> None:
        """One or several requests by file, some of them twice, in one run or as halves that are sealed elsewhere."""
        walk, opening = self.walk, self.file.signed.opening
        numbers = walk.shuffled(self.free)[: walk.chance.randint(0, min(3, self.room))]
        sent = {number: self._asked(number) for number in numbers}
        named = [(f"request of {number}", request) for number, (request, _) in sent.items()]
        named += [(f"{name} again", request) for name, request in named if walk.often(0.2)]
        attested = walk.texts.text()
        for number, answer in self._answered(walk.shuffled(named), attested):
            self._hand(number, receive(opening, self.file.election, sent[number][1], answer), False)
        self.asked += [request for request, _ in sent.values()]
        self.made += len(numbers)
        if numbers and walk.often(0.3):
            # Lost, and sent again.
            self._answered(named, "")

    def _asked(self, number: int) -> tuple[Request, Pending]:
        request, pending = ask(self.file.signed.opening, self.file.election, number)
        if number in self.walk.draft.keys and number not in self.replaced:
            request = sign_request(request, self.walk.draft.keys[number].ed25519)
        return request, pending

    def _answered(self, named: Sequence[tuple[str, Request]], attested: str) -> list[tuple[int, Response]]:
        walk, given = self.walk, list[papers.Answered]()
        head, keeper = walk.draft.head, walk.draft.seal
        halves = walk.often(0.5)
        papers.answer(walk.store, head, None if halves else keeper, named, attested, walk.now(), given.extend)
        answers = []
        for entry, answer in given:
            if isinstance(answer, HalfResponse):
                sealed, self.log = put_seal(self.file.signed.opening, self.file.election, keeper, self.log, answer)
            else:
                sealed = answer
            answers.append((entry.request.delegate, sealed))
        return answers

    def print(self) -> None:
        """Envelopes."""
        walk, count = self.walk, self.walk.chance.randint(0, 4)
        act = partial(envelopes.print_envelopes, walk.store, walk.draft.head, walk.draft.seal, count)
        if not 1 <= count <= self.room:
            walk.refused(lambda: act(walk.now(), lambda *_: None))
            return
        act(walk.now(), lambda bits, _: self.at_the_desk.extend(bits))
        self.printed += count

    def draw(self) -> None:
        """An envelope is drawn and entered; or the entry of one is made up for."""
        walk, number = self.walk, self._somebody()
        if number not in self.free or self.not_handed_out < 1:
            walk.refused(lambda: envelopes.hand_out(walk.store, number, walk.now()))
            return
        envelopes.hand_out(walk.store, number, walk.now())
        self.drawn += 1
        self.had.add(number)
        if self.forgotten and (not self.at_the_desk or walk.often(0.6)):
            self.forgotten -= 1
            self.voted.add(number)
        else:
            self._hand(number, self._taken(), True)

    def forget(self) -> None:
        """Somebody draws an envelope and votes on it, and the desk forgets to enter it."""
        if not self.at_the_desk:
            return
        self._cast([self._sealed(self._taken())])
        self.forgotten += 1
        # Before anybody notices.
        for act in self.walk.chance.sample((self.cast, self.spoil, self.give_back), 2):
            act()

    def _taken(self) -> BoothPaper:
        bits = self.at_the_desk.pop(self.walk.chance.randrange(len(self.at_the_desk)))
        with self.walk.store.read() as view:
            return envelopes.paper_of(view, bits)

    def give_back(self) -> None:
        """Some of the envelopes that nobody drew are returned."""
        walk = self.walk
        codes = walk.shuffled(self.at_the_desk)[: walk.chance.randint(0, 3)]
        named = [(f"code {place}", bits) for place, bits in enumerate(codes)]
        assert envelopes.give_back(walk.store, named, walk.now()) == self.not_handed_out - len(codes)
        self.returned += len(codes)
        self.at_the_desk = [bits for bits in self.at_the_desk if bits not in codes]
        if codes and walk.often(0.3):
            walk.refused(lambda: envelopes.give_back(walk.store, named, walk.now()))

    def spoil(self) -> None:
        """A paper is surrendered."""
        if not self.held:
            return
        walk, number = self.walk, self.walk.chance.choice(list(self.held))
        paper, from_envelope = self.held[number]
        act = partial(papers.spoil, walk.store, number, paper)
        walk.refused(lambda: act(not from_envelope, walk.now()))
        if self.drawn + self.made - self.spoiled <= len(self.box):
            # Somebody voted on an envelope that was not entered: this paper is missing elsewhere.
            walk.refused(lambda: act(from_envelope, walk.now()))
            return
        act(from_envelope, walk.now())
        del self.held[number]
        self.spoiled += 1
        walk.refused(lambda: act(from_envelope, walk.now()))
        walk.refused(lambda: voting.cast(walk.store, [("too late", self._sealed(paper)[0])]))

    def replace(self) -> None:
        """Another person comes, once or several times."""
        walk = self.walk
        number = walk.chance.choice([*self.voting, *self.others]).number if self.voting or self.others else 1
        act = partial(papers.replace, walk.store, number)
        if number in self.had or walk.draft.intake.roll.member(self._member(number)).kind == "icb":
            walk.refused(lambda: act(walk.texts.name(), walk.texts.text(), walk.now()))
            return
        for _ in range(walk.chance.randint(1, 3)):
            act(walk.texts.name(), walk.texts.text(), walk.now())
        self.replaced.add(number)

    def _member(self, number: int) -> str:
        return self.walk.draft.intake.roll.delegate(number).member

    def cast(self) -> None:
        """Some of those with papers vote, in any order, and some ballots are put in twice."""
        walk = self.walk
        numbers = walk.shuffled(self.held)[: walk.chance.choice((1, 3, 10))]
        ballots = [self._sealed(self.held[number][0]) for number in numbers]
        known = [one for one in self.box.values() if walk.often(0.1)]
        if self._cast(walk.shuffled([*ballots, *known, *(one for one in ballots if walk.often(0.1))])):
            for number in numbers:
                del self.held[number]
                self.voted.add(number)

    def _cast(self, ballots: list[tuple[SealedBallot, Marks]]) -> bool:
        """Put ballots in, unless there are more than papers with delegates."""
        walk = self.walk
        named = [(f"ballot {place}", one) for place, (one, _) in enumerate(ballots)]
        box = {**self.box, **{one.ballot.credential: (one, marks) for one, marks in ballots}}
        if len(box) > self.drawn + self.made - self.spoiled:
            walk.refused(lambda: voting.cast(walk.store, named))
            return False
        voting.cast(walk.store, named)
        self.box = box
        return True

    def _sealed(self, paper: BoothPaper) -> tuple[SealedBallot, Marks]:
        chosen, rows = [], []
        for contest in self.file.signed.opening.contests:
            count = self.walk.chance.choice((contest.min_marks, contest.markable, contest.min_marks))
            numbers = [candidate.number for candidate in contest.candidates]
            # The first ones mostly, for ties.
            some = numbers[:count] if self.walk.often(0.6) else self.walk.chance.sample(numbers, count)
            chosen.append(tuple(some))
            rows.append(marks_of(contest, some))
        ballot = seal(self.file.election, paper, fill(self.file.election, paper.paper.credential, rows))
        return ballot, tuple(chosen)

    def meddle(self) -> None:
        """Requests that somebody wrote by hand, which must be refused if the record could not hold them."""
        walk, number = self.walk, self._somebody()
        request, _ = self._asked(number)
        one = request.head if int(request.head, 16) < int(request.seal, 16) else request.seal
        twice = structs.replace(request, head=one, seal=one)
        copied = structs.replace(walk.chance.choice(self.asked), delegate=number, signature="") if self.asked else twice
        for wrong in (twice, copied):
            if number in walk.draft.keys and number not in self.replaced:
                wrong = sign_request(wrong, walk.draft.keys[number].ed25519)
            if wrong not in self.asked:
                act = partial(papers.answer, walk.store, walk.draft.head, None, [("a request", wrong)], "somebody")
                walk.refused(partial(act, walk.now(), lambda _: None))

    def _hand(self, number: int, paper: BoothPaper, from_envelope: bool) -> None:
        self.held[number] = paper, from_envelope
        self.had.add(number)

    def _somebody(self) -> int:
        """A delegate, mostly one who may have a paper."""
        if self.free and self.walk.often(0.8):
            return self.walk.chance.choice(self.free)
        return self.walk.chance.choice([*(one.number for one in self.voting), *(one.number for one in self.others), 77])

    def totals(self) -> tuple[tuple[int, ...], ...]:
        """What the count must give."""
        contests = self.file.signed.opening.contests
        return tuple(
            tuple(sum(one.number in marks[place] for _, marks in self.box.values()) for one in contest.candidates)
            for place, contest in enumerate(contests)
        )
