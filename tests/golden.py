"""Texts that are compared whole, line by line, with the files in tests/expected, and two elections to make them from.

Every key, time and word of these elections is fixed, so each byte of a text follows from the code and the charter.
"""

import difflib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ballot.charter import builtin, load
from ballot.crypto import signing
from ballot.decisions import places_of, question
from ballot.declaration import Facts
from ballot.drawing import Drawing, announce, commit, draw_lots, open_ties, rankings_of, refuse, replay, reveal, roll
from ballot.journal import Act
from ballot.lots import commitment
from ballot.register import Reconciliation
from ballot.votes import Candidate, Contest, Election, Official, Opening, Totals
from ballot.wire import sha256_hex
from tests.play import Journal

EXPECTED = Path(__file__).parent / "expected"
CHARTER = load(builtin("ima"))
DICE = "3 1 4 1 5 6 2 6 5 3 5 2 3 4 6 2 6 4 3 3"


def compare(name: str, text: str, folder: Path) -> None:
    """Fail with the difference unless a text is that of tests/expected; what it is now is left in `folder`."""
    now = folder / name
    now.write_text(text, encoding="utf-8", newline="")
    expected = (EXPECTED / name).read_text(encoding="utf-8")
    before, after = expected.split("\n"), text.split("\n")
    difference = "\n".join(difflib.unified_diff(before, after, f"tests/expected/{name}", str(now), lineterm=""))
    assert not difference, f"if this is what it should say now, copy the second file over the first\n{difference}"


def _contest(title: str, rule: str, max_marks: int, names: Sequence[str], kind: str = "Union") -> Contest:
    people = tuple(
        Candidate(n, name, f"M{n:03}", f"{kind} {n}", CHARTER.regions[n % len(CHARTER.regions)])
        for n, name in enumerate(names, start=1)
    )
    return Contest(title, rule, 0, max_marks, people)


def _opening(contests: tuple[Contest, ...], voting: int, trustees: tuple[str, ...], need: int, present: int) -> Opening:
    texts = (sha256_hex(text.encode()) for text in ("election", "roll", "trustees", "ceremony"))
    election, public_roll, keys, ceremony = texts
    return Opening(
        1,
        election,
        public_roll,
        sha256_hex(builtin("ima")),
        keys,
        voting,
        Official("head", "Hana Headley", "a" * 64, "the head's RSA key"),
        Official("seal", "Selma Sealby", "b" * 64, "the seal's RSA key"),
        "c" * 64,
        trustees,
        contests,
        need,
        ceremony,
        present,
    )


def _election(name: str, description: str) -> Election:
    return Election(1, description, name, "Ed25519", "d" * 64, (), "goldenElection")


def _drawing(opening: Opening, totals: Totals) -> Drawing:
    """Ana gives words, Bo stays away after committing, and dice are rolled instead."""
    places = places_of(CHARTER, opening.contests, totals)
    ties = open_ties(rankings_of(opening.contests, totals, places, None))
    journal, omega = Journal(signing.load_private(bytes(32))), opening.fingerprint

    def so_far() -> Drawing:
        drawing = replay(journal.entries, omega, ties, totals.digest)
        assert drawing is not None
        return drawing

    words = {"Ana Abad": "the ferry leaves at half past four", "Bo Bautista": "seven red kites over the harbour"}
    journal.add(Act.LOTS_ANNOUNCED, announce(ties, totals.digest, list(words), False))
    for by, text in words.items():
        journal.add(Act.LOT_COMMITTED, commit(so_far(), by, commitment(omega, by, text)))
    journal.add(Act.LOT_REVEALED, reveal(so_far(), omega, "Ana Abad", words["Ana Abad"]))
    journal.add(Act.LOT_REFUSED, refuse(so_far(), "Bo Bautista"))
    journal.add(Act.DICE_ROLLED, roll(so_far(), DICE))
    journal.add(Act.LOTS_DRAWN, draw_lots(so_far(), omega))
    return so_far()


@cache
def assembly() -> Facts:
    """Fourteen people for twelve places, with ties that lots decide and ties that decide nothing; seven for twelve; two
    questions. A paper was spoiled, two envelopes came back, two papers are outstanding, and a trustee was missing."""
    names = (
        "Amina Rahmani",
        "Benedicta Öztürk",
        "Chandra Wijesinghe-Fernandopulle de la Santísima Trinidad y de los Remedios",
        "داليا منصور",
        "Esi Mensah",
        "Farid Haddad",
        "Grace Lin",
        "Hassan Ould Mohamed",
        "Ines Pereira",
        "Joseph Okello",
        "Keiko Mori",
        "Luz Salazar",
        "Mara Novak",
        "Nadia Benali",
    )
    marked = 9, 15, 5, 12, 7, 14, 12, 2, 15, 11, 12, 7, 9, 5
    few = (6, 2, 5, 1, 4, 0, 4)
    title = "Members at large of the International Coordinating Body for the years until the next Assembly"
    contests = (
        _contest(title, "at-large", 10, names),
        _contest("Youth seats", "at-large", 12, names[:7], "A union with a long name of many words, number"),
        question("Shall the headquarters be moved?", CHARTER.decision("motion")),
        question("Shall Article VI be amended?", CHARTER.decision("amendment")),
    )
    totals = Totals(20, (marked, few, (12, 5), (12, 5)))
    opening = _opening(contests, 23, ("Tara Trustworthy", "Tomas Tallyman", "Thea Third"), 2, 22)
    drawing = _drawing(opening, totals)
    return Facts(
        election=_election(
            "Fifth General Assembly of an Alliance whose name and whose title need more than a line",
            "Held in Hong Kong in May 2026 by delegates of 23 organisations, who came together for two days.",
        ),
        opening=opening,
        charter=CHARTER,
        sheet=Reconciliation(issued=25, handed_out=22, cast=20, spoiled=1, returned=2),
        totals=totals,
        rankings=rankings_of(contests, totals, places_of(CHARTER, contests, totals), drawing),
        drawing=drawing,
        opened="2026-05-02T09:05Z",
        closed="2026-05-02T11:40Z",
        stood_in=(("Tomas Tallyman", ("Tara Trustworthy", "Thea Third")),),
        rehearsed="2026-05-01T18:30Z",
        unrehearsed="",
        meeting=(22, 24),
    )


@cache
def offices() -> Facts:
    """Four offices of the ICB: one that somebody wins, one by lots, one with a run-off, one for which nobody votes."""
    names = ("Amina Rahmani", "Esi Mensah", "Grace Lin", "Luz Salazar")
    contests = (
        _contest("Chairperson", "officer", 1, names[:3]),
        _contest("Treasurer", "officer", 1, names[1:3]),
        _contest("Auditor", "officer", 1, names),
        _contest("Spokesperson", "officer", 1, names[:1]),
    )
    totals = Totals(12, ((2, 7, 3), (6, 6), (4, 2, 1, 5), (0,)))
    opening = _opening(contests, 15, ("Tara Trustworthy",), 1, 12)
    drawing = _drawing(opening, totals)
    return Facts(
        election=_election("Special meeting of the ICB", ""),
        opening=opening,
        charter=CHARTER,
        sheet=Reconciliation(issued=12, handed_out=12, cast=12, spoiled=0, returned=0),
        totals=totals,
        rankings=rankings_of(contests, totals, places_of(CHARTER, contests, totals), drawing),
        drawing=drawing,
        opened="2027-02-01T20:00Z",
        closed="2027-02-01T20:15Z",
        stood_in=(),
        rehearsed="",
        unrehearsed="the keys were tried by hand",
        meeting=(12, 15),
    )
