"""Forgeries for attack tests: whoever holds every key changes a part of a record, re-makes what follows, and signs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ballot import statements
from ballot.belenios import Archive, encode_archive, read_archive
from ballot.belenios.archive import Tally
from ballot.booth import Filled, seal
from ballot.charter import load
from ballot.checks import CHECKS
from ballot.count import decrypt, share_of, tally_box
from ballot.crypto import blind_rsa, signing
from ballot.crypto.keys import OfficialKey
from ballot.crypto.paper import paper_message
from ballot.declaration import Facts, declare
from ballot.drawing import Drawing, rankings_of
from ballot.errors import FAILED_CHECK, Error
from ballot.evidence import Evidence
from ballot.journal import Act, Entry, SignedEntry
from ballot.ranking import Ranking
from ballot.record import pack, read_record, unpack
from ballot.register import Papers, Reconciliation, RegisterEntry, Way
from ballot.trustees import presence
from ballot.verify import VerificationError, verify
from ballot.votes import Ballot, BoothPaper, Election, Opening, Paper, Totals, TrusteeShare, UnsignedBallot
from ballot.wire import encode
from tests.play import Played, sign_both


class Forgery:
    """A record in the making; every method changes something and keeps all that follows from it consistent."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.contents = played.contents
        self.archive: Archive = read_archive(played.contents.archive)

    @property
    def opening(self) -> Opening:
        return self.contents.opening.opening

    @property
    def entries(self) -> list[Entry]:
        return [signed.entry for signed in self.contents.journal]

    @property
    def totals(self) -> Totals:
        assert self.archive.votes is not None
        return Totals(len(self.archive.ballots), self.archive.votes)

    @property
    def drawing(self) -> Drawing | None:
        return self.contents.lots[0] if self.contents.lots else None

    def record(self) -> bytes:
        """The record with its index signed by head and seal."""
        return self.played.record(self.contents)

    def change(self, **parts: Any) -> None:
        """Change parts of the contents, and nothing else."""
        self.contents = replace(self.contents, **parts)

    def rearchive(self, **parts: Any) -> None:
        """Change parts of the archive, and nothing else."""
        self.archive = replace(self.archive, **parts)
        self.change(archive=encode_archive(self.archive))

    def rechain(
        self, entries: Sequence[Entry], others: Mapping[int, signing.PrivateKey] | None = None, *, sort: bool = True
    ) -> None:
        """Chain and sign these acts as the journal; `others` holds a key other than the desk's for some places.

        Particulars are sorted by name, as `record_act` writes them, unless `sort` is false.
        """
        chain: list[SignedEntry] = []
        for height, entry in enumerate(entries):
            parent = chain[-1].digest if chain else ""
            details = dict(sorted(entry.details.items())) if sort else entry.details
            linked = Entry(height, parent, entry.at, entry.act, details)
            key = (others or {}).get(height, self.played.keys.desk)
            chain.append(SignedEntry(linked, signing.sign(key, "journal", encode(linked))))
        self.change(journal=tuple(chain))

    def place(self, act: Act, number: int = 0) -> int:
        """Where the act of a kind (the first, second, …) stands in the journal."""
        return [place for place, entry in enumerate(self.entries) if entry.act == act][number]

    def amend(self, act: Act, details: dict[str, str], number: int = 0) -> None:
        """Let an act in the journal have other particulars."""
        entries, place = self.entries, self.place(act, number)
        old = entries[place]
        entries[place] = Entry(old.height, old.parent, old.at, old.act, details)
        self.rechain(entries)

    def insert(self, place: int, act: str, details: dict[str, str]) -> None:
        """Put an act into the journal, in the minute of the one before it."""
        entries = self.entries
        entries.insert(place, Entry(0, "", entries[place - 1].at, act, details))
        self.rechain(entries)

    def redeclare(self, text: bytes | None = None) -> None:
        """Declare what the record now says, or another text."""
        contents, papers = self.contents, self.contents.papers
        asked = sum(entry.way != Way.ENVELOPE for entry in contents.register)
        sheet = Reconciliation(
            asked + statements.printed_envelopes(contents.journal),
            len(contents.register),
            len(papers.cast),
            len(papers.spoiled),
            len(papers.returned),
        )
        times = [statements.minute_of(contents.journal, act) for act in (Act.OPENED, Act.CLOSED)]
        charter = load(contents.charter)
        facts = Facts(
            self.archive.election,
            self.opening,
            charter,
            sheet,
            self.totals,
            contents.rankings,
            self.drawing,
            times[0],
            times[1],
            presence.who_stood_in(self.opening.trustee_names, contents.backups),
            statements.rehearsal_of(contents.journal),
            statements.unrehearsed(contents.journal),
        )
        declaration = declare(facts) if text is None else text
        keys = self.played.keys
        self.change(declaration=declaration, declared=sign_both(keys.head, keys.seal, self.opening, declaration))
        self.amend(Act.DECLARED, statements.declared(declaration))

    def reregister(self, register: Sequence[RegisterEntry]) -> None:
        """Another register, which the journal and the declaration follow."""
        self.change(register=tuple(register))
        kept, place = [entry for entry in self.entries if entry.act != Act.ISSUED], self.place(Act.OPENED) + 1
        minute = kept[place - 1].at
        issued = [Entry(0, "", minute, Act.ISSUED, statements.issued(entry)) for entry in register]
        self.rechain([*kept[:place], *issued, *kept[place:]])
        self.redeclare()

    def hand_in(
        self,
        cast: Sequence[Paper],
        spoiled: Sequence[Paper] = (),
        returned: Sequence[Paper] = (),
        printed: int | None = None,
    ) -> None:
        """Other papers, which journal and declaration follow.

        The last delegates of the register spoil theirs; as many envelopes are printed as are returned, or `printed`.
        """
        listed = [tuple(sorted(group, key=lambda paper: paper.credential)) for group in (cast, spoiled, returned)]
        self.change(papers=Papers(*listed))
        owners = [entry.request.delegate for entry in self.contents.register][::-1]
        told = [(Act.SPOILED, statements.spoiled(*gone)) for gone in zip(owners, spoiled, strict=False)]
        count = len(returned) if printed is None else printed
        told += [(Act.ENVELOPES_PRINTED, statements.envelopes_printed(count, b""))] if count else []
        told += [(Act.RETURNED, statements.returned(paper)) for paper in returned]
        kinds = (Act.SPOILED, Act.ENVELOPES_PRINTED, Act.RETURNED)
        kept = [entry for entry in self.entries if entry.act not in kinds]
        place = next(place for place, entry in enumerate(kept) if entry.act == Act.CLOSED)
        minute = kept[place - 1].at
        self.rechain([*kept[:place], *(Entry(0, "", minute, act, details) for act, details in told), *kept[place:]])
        self.redeclare()

    def rebox(self, ballots: Sequence[Ballot], credentials: Sequence[str] | None = None) -> None:
        """Other ballots in the closed box, counted by the trustees; the papers stay as they are."""
        listed = [ballot.credential for ballot in ballots] if credentials is None else credentials
        ordered = tuple(sorted(ballots, key=lambda ballot: ballot.tracker))
        closing = statements.closing_of(self.opening, ordered)
        self.rearchive(ballots=ordered, credentials=tuple(sorted(listed)))
        self.amend(Act.CLOSED, statements.closed(closing))
        election = self.archive.election
        shares = [
            share_of(secret, owner, self.opening, election, closing, ordered)
            for owner, secret in enumerate(self.played.keys.trustees, start=1)
        ]
        self.rearchive(tally=Tally(len(ordered), tally_box(election, ordered)))
        self.reshare(shares)
        sums = tally_box(election, ordered)
        self.retotal(decrypt(election, sums, shares, len(ordered), len(shares)))

    def reshare(self, shares: Sequence[TrusteeShare]) -> None:
        """Other shares, with their proofs, which the journal follows."""
        self.rearchive(shares=tuple((owned.owner, owned.share) for owned in shares))
        self.change(proofs=tuple(owned.proofs for owned in shares))
        names, absent = self.opening.trustee_names, {backup.missing for backup in self.contents.backups}
        kept = [entry for entry in self.entries if entry.act not in (Act.SHARED, Act.STOOD_IN)]
        closed, counted = (
            next(place for place, entry in enumerate(kept) if entry.act == act) for act in (Act.CLOSED, Act.COUNTED)
        )
        own = [share for share in shares if share.owner not in absent]
        made = [share for share in shares if share.owner in absent]
        self.rechain(
            [
                *kept[: closed + 1],
                *(Entry(0, "", kept[closed].at, Act.SHARED, presence.shared(names, share)) for share in own),
                *kept[closed + 1 : counted],
                *(Entry(0, "", kept[counted - 1].at, Act.STOOD_IN, presence.stood_in(names, share)) for share in made),
                *kept[counted:],
            ]
        )

    def retotal(self, totals: Totals) -> None:
        """Other totals, which ranking, journal and declaration follow."""
        self.rearchive(votes=totals.votes)
        self.amend(Act.COUNTED, statements.counted(totals))
        self.rerank(self.ranked())

    def ranked(self, drawing: Drawing | None = None) -> tuple[Ranking, ...]:
        """What the totals and the charter give, with the lots of the record or others."""
        rules = [load(self.contents.charter).rule(contest.rule) for contest in self.opening.contests]
        places = [(rule.regular, rule.alternates) for rule in rules]
        return rankings_of(self.opening.contests, self.totals, places, drawing or self.drawing)

    def rerank(self, rankings: tuple[Ranking, ...], drawing: Drawing | None = None) -> None:
        """Another ranking, with other lots if given, which the declaration follows."""
        self.change(rankings=rankings)
        if drawing is not None:
            self.change(lots=(drawing,))
        self.redeclare()


def resign(election: Election, paper: BoothPaper, unsigned: UnsignedBallot) -> Ballot:
    """A ballot of any content, signed with the credential of a paper."""
    return seal(election, paper, Filled(unsigned, (), ())).ballot


def sign_paper(head: OfficialKey, seal: OfficialKey, opening: Opening, credential: str) -> Paper:
    """A paper on any credential, signed with the given keys in the places of head and seal."""
    prepared = blind_rsa.prepare(paper_message(opening.fingerprint, credential))
    signatures = []
    for key in (head, seal):
        public = key.rsa.public_key()
        blinded, unblinding = blind_rsa.blind(public, prepared)
        answer = blind_rsa.blind_sign(key.rsa, blinded)
        signatures.append(blind_rsa.finalize(public, prepared, answer, unblinding).hex())
    return Paper(credential, prepared[: blind_rsa.PREFIX_BYTES].hex(), *signatures)


def repack(data: bytes, files: Mapping[str, bytes]) -> bytes:
    """A record with some of its files replaced; the index is not made anew."""
    return pack({**unpack(data), **files})


def faults(data: bytes) -> dict[int, str]:
    """What each check, asked alone, finds wrong with a record that can be read."""
    evidence = Evidence(read_record(data), None, 1)
    found = {}
    for number, (_, _, check) in enumerate(CHECKS, start=1):
        try:
            check(evidence)
        except Error as error:
            found[number] = error.message
    return found


def first_fault(data: bytes) -> tuple[int, str]:
    """Number and sentence of the check at which the verification of a record ends."""
    with pytest.raises(VerificationError) as caught:
        verify(data, workers=1)
    *passed, failed = caught.value.report.checks
    assert caught.value.exit_code == FAILED_CHECK
    assert not caught.value.report.verified
    assert not failed.passed
    assert all(check.passed for check in passed)
    assert failed.number == 1 or [check.number for check in passed] == list(range(1, failed.number))
    assert failed.title == CHECKS[failed.number - 1][0]
    assert caught.value.message.startswith(f"check {failed.number} ({failed.title})")
    return failed.number, failed.sentence


def caught_at(number: int, telling: str, forged: Forgery | bytes) -> None:
    """Only this check catches the forgery: without it the record would have been believed."""
    data = forged if isinstance(forged, bytes) else forged.record()
    found = faults(data)
    assert set(found) == {number}, found
    assert telling in found[number]
    assert first_fault(data) == (number, found[number])


def caught_first_at(number: int, telling: str, forged: Forgery | bytes) -> None:
    """This check is the first that catches the forgery; what comes after it does not fit either."""
    caught, sentence = first_fault(forged if isinstance(forged, bytes) else forged.record())
    assert (caught, telling in sentence) == (number, True), sentence
