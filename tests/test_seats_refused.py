"""What the charter forbids on the ICB: every refusal with its article and its reason."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from ballot.errors import Refused
from ballot.icb.places import State
from ballot.icb.secretary import Act, Document, Signer, SignerChanged
from tests.golden import compare
from tests.icb import (
    admit,
    after,
    assembly,
    closed,
    correct,
    decline,
    designate,
    digest,
    end_proxy,
    fill,
    founding,
    full,
    membership,
    officer,
    paper,
    promote,
    proxy,
    start,
    vacate,
)

EUROPE = "regional:Europe"


def used_up() -> State:
    state = full()
    for number, person in enumerate(("Person 9", "Person 11", "Person 10", "Person 12"), start=1):
        state = promote(state, f"at-large:{number}", person)
    return after(state, vacate("at-large:5"))


REFUSED: list[tuple[str, Callable[[], State], Act, str, str]] = [
    (
        "an associate for a region",
        start,
        designate(EUROPE, "Ann", "A3"),
        "V §3",
        "Friends 3 is no regular member, as regional:Europe needs",
    ),
    (
        "a regular member ex officio",
        start,
        designate("ex-officio:1", "Ann", "R1A"),
        "VI §4(a)(c)",
        "Union 1A is no associate member, as ex-officio:1 needs",
    ),
    (
        "a person from another region",
        start,
        designate(EUROPE, "Ann", "R2A"),
        "VI §4(a)(e)",
        "Union 2A is of South Asia, not Europe",
    ),
    (
        "a person in two places",
        start,
        designate(EUROPE, "Person 12", "R3A"),
        "VI §4(a)",
        "Person 12 holds alternate:4, and nobody holds two places",
    ),
    (
        "a look-alike of a person who sits",
        start,
        designate(EUROPE, "PERSON\u00a012", "R3A"),
        "VI §4(a)",
        "PERSON\u00a012 holds alternate:4, and nobody holds two places",
    ),
    (
        "designation at large",
        start,
        designate("at-large:1", "Ann", "R3A"),
        "VI §4(a)(b)",
        "at-large:1 is filled by the Assembly's election",
    ),
    (
        "designation at large where too few stood",
        lambda: start(outcome=assembly(5)),
        designate("at-large:8", "Ann", "R3A"),
        "VI §4(a)(b)",
        "at-large:8 is filled by the Assembly's election",
    ),
    (
        "designation of a held seat",
        full,
        designate(EUROPE, "Ann", "R3A"),
        "VI §4(a)(e)",
        "regional:Europe is held by Region 3",
    ),
    (
        "designation of a vacated seat",
        lambda: after(full(), vacate(EUROPE)),
        designate(EUROPE, "A", "R3A"),
        "f.1",
        "filled as a vacancy",
    ),
    ("a member that nobody knows", start, designate(EUROPE, "Ann", "R99"), "V §2", "there is no member 'R99'"),
    ("a seat that is none", full, vacate("at-large:9"), "VI §4(a)", "no seat and no office 'at-large:9'"),
    ("a vacancy for a vacant seat", start, vacate(EUROPE), "VI §4(f)", "regional:Europe is vacant already"),
    (
        "a vacancy for an office nobody holds",
        full,
        vacate("office:Chairperson"),
        "VI §4(f)",
        "nobody holds the office 'Chairperson'",
    ),
    (
        "a second vacancy of an office",
        lambda: after(full(), officer("Treasurer", "Person 1"), vacate("office:Treasurer")),
        structs.replace(vacate("office:Treasurer"), communication=paper("letter 2")),
        "VI §4(f)",
        "nobody holds the office 'Treasurer'",
    ),
    ("filling a held seat", full, fill("at-large:1", "Person 9", "R3A"), "VI §4(f)", "at-large:1 is held by Person 1"),
    (
        "filling a seat never designated",
        start,
        fill(EUROPE, "Ann", "R3A"),
        "VI §4(a)(e)",
        "regional:Europe was never filled",
    ),
    (
        "filling an alternate's place",
        lambda: promote(full(), "at-large:1", "Person 9"),
        fill("alternate:1", "Person 11", "R5A"),
        "VI §4(b)(d)",
        "alternate:1 stays vacant until the next Assembly",
    ),
    (
        "the wrong alternate",
        lambda: after(full(), vacate("at-large:1")),
        fill("at-large:1", "Person 10", "R4A"),
        "VI §4(f.3)",
        "Person 9 comes next for at-large:1",
    ),
    (
        "an alternate skipped who declined another seat",
        lambda: after(full(), vacate("at-large:1"), decline("at-large:1", "Person 9"), vacate("at-large:2")),
        fill("at-large:2", "Person 11", "R5A"),
        "VI §4(f.3)",
        "Person 9 comes next for at-large:2",
    ),
    (
        "somebody who is no alternate",
        lambda: after(full(), vacate("at-large:1")),
        fill("at-large:1", "Person 13", "R7A"),
        "VI §4(f.3)",
        "so Person 13 cannot take or decline it",
    ),
    (
        "an alternate of another member",
        lambda: after(full(), vacate("at-large:1")),
        fill("at-large:1", "Person 9", "R1A"),
        "VI §4(f.3)",
        "Person 9 is of the member R3A, not 'R1A'",
    ),
    (
        "an alternate who is a proxy",
        lambda: after(full(), proxy("at-large:2", "Person 9", "R3A"), vacate("at-large:1")),
        fill("at-large:1", "Person 9", "R3A"),
        "VI §4(e)",
        "Person 9 is the proxy for at-large:2; that ends first",
    ),
    (
        "no alternate left",
        used_up,
        fill("at-large:5", "Person 13", "R7A"),
        "VI §4(f.3)",
        "no alternate is left for at-large:5",
    ),
    (
        "declining out of turn",
        lambda: after(full(), vacate("at-large:1")),
        decline("at-large:1", "Person 11"),
        "VI §4(f.3)",
        "so Person 11 cannot take or decline it",
    ),
    (
        "declining a held seat",
        full,
        decline("at-large:1", "Person 9"),
        "VI §4(a)(b)",
        "at-large:1 is no vacant seat that an alternate could",
    ),
    (
        "declining a region's seat",
        lambda: after(full(), vacate(EUROPE)),
        decline(EUROPE, "Person 9"),
        "VI §4(a)(e)",
        "regional:Europe is no vacant seat that an alternate could",
    ),
    (
        "a suspended alternate",
        lambda: after(full(), membership("R3A", "suspended"), vacate("at-large:1")),
        fill("at-large:1", "Person 9", "R3A"),
        "VI §4(f.3)",
        "Person 11 comes next for at-large:1",
    ),
    (
        "a member that withdrew",
        lambda: after(start(), membership("R3B", "resigned")),
        designate(EUROPE, "A", "R3B"),
        "V §5",
        "Union 3B has the standing 'resigned'",
    ),
    (
        "a member suspended",
        lambda: after(start(), membership("R3B", "suspended")),
        designate(EUROPE, "A", "R3B"),
        "V §6",
        "Union 3B has the standing 'suspended'",
    ),
    ("an unknown standing", full, membership("R3B", "famous"), "V §5", "'famous' is no standing"),
    ("a member admitted of an unknown kind", full, admit(kind="choir"), "V §2", "'choir' is no kind of member"),
    (
        "a member admitted in an unknown standing",
        full,
        admit(standing="famous"),
        "V §2",
        "a new member is in good standing",
    ),
    (
        "a proxy of a member that withdrew",
        lambda: after(full(), membership("R3C", "resigned")),
        proxy(EUROPE, "Ann", "R3C"),
        "V §5",
        "Union 3C has the standing 'resigned'",
    ),
    (
        "a member suspended that withdrew",
        lambda: after(full(), membership("R3C", "resigned")),
        membership("R3C", "suspended"),
        "V §6",
        "R3C has the standing 'resigned' and is a member no more (V §5); 'suspended' is for members",
    ),
    (
        "correcting the return of a member that was suspended then",
        lambda: after(full(), *(membership("R3C", standing) for standing in ("resigned", "good", "suspended"))),
        correct(11),
        "VI §6(a)",
        "act 12 would not be permitted: R3C has the standing 'resigned'",
    ),
    ("a standing it has already", full, membership("R3C", "good"), "VI §2(a)", "R3C has the standing 'good' already"),
    (
        "a second proxy",
        lambda: after(full(), proxy(EUROPE, "Ann", "R3C")),
        proxy(EUROPE, "Bo", "R3C"),
        "VI §4(e)",
        "has a proxy, Ann, and only one is allowed",
    ),
    (
        "a proxy from another region",
        full,
        proxy(EUROPE, "Ann", "R2C"),
        "VI §4(a)(e)",
        "Union 2C is of South Asia, not Europe",
    ),
    (
        "an associate as proxy of a voting member",
        full,
        proxy("at-large:1", "Ann", "A1"),
        "V §3",
        "Friends 1 is no regular member",
    ),
    (
        "an alternate as proxy of a region",
        full,
        proxy(EUROPE, "Person 9", "R3A"),
        "VI §4(b)(d)",
        "Person 9 is an alternate and cannot be the proxy",
    ),
    (
        "an alternate as proxy under another member",
        full,
        proxy("at-large:1", "PERSON\u00a09", "R3C"),
        "VI §4(e)",
        "PERSON\u00a09 holds alternate:1 for R3A and can be a proxy for no other member",
    ),
    (
        "an alternate of a suspended member as proxy under another",
        lambda: after(full(), membership("R3A", "suspended")),
        proxy("at-large:1", "Person 9", "R3C"),
        "VI §4(e)",
        "Person 9 holds alternate:1 for R3A and can be a proxy for no other member",
    ),
    (
        "an alternate of a suspended member as proxy under it",
        lambda: after(full(), membership("R3A", "suspended")),
        proxy("at-large:1", "Person 9", "R3A"),
        "V §6",
        "Union 3A has the standing 'suspended'",
    ),
    (
        "a sitting member as proxy",
        full,
        proxy("at-large:1", "Person 2", "R3A"),
        "VI §4(e)",
        "Person 2 holds at-large:2 and can be nobody's proxy",
    ),
    (
        "one's own proxy",
        full,
        proxy("at-large:1", "Person 1", "R2A"),
        "VI §4(e)",
        "Person 1 holds at-large:1 and can be nobody's proxy",
    ),
    (
        "a proxy for two",
        lambda: after(full(), proxy("at-large:1", "Ann", "R3C")),
        proxy("at-large:2", "Ann", "R3C"),
        "VI §4(e)",
        "Ann is already the proxy for at-large:1",
    ),
    (
        "a proxy of an alternate",
        full,
        proxy("alternate:1", "Ann", "R3C"),
        "VI §4(b)(d)",
        "holds alternate:1 and cannot name a proxy",
    ),
    ("a proxy for a vacant seat", start, proxy(EUROPE, "Ann", "R3C"), "VI §4(e)", "nobody can name a proxy for it"),
    ("the end of no proxy", full, end_proxy(EUROPE), "VI §4(e)", "regional:Europe has no proxy"),
    (
        "a proxy who is designated",
        lambda: after(start(), proxy("at-large:1", "Ann", "R3C")),
        designate(EUROPE, "Ann", "R3C"),
        "VI §4(e)",
        "Ann is the proxy for at-large:1; that ends first",
    ),
    (
        "an ex officio member as officer",
        full,
        officer("Treasurer", "Friend 1"),
        "VI §4(a)(c)",
        "Friend 1 holds ex-officio:1",
    ),
    ("an alternate as officer", full, officer("Treasurer", "Person 9"), "VI §4(b)(d)", "Person 9 holds alternate:1"),
    ("an outsider as officer", full, officer("Treasurer", "Person 13"), "VI §4(f.2)", "Person 13 is no regular member"),
    (
        "a proxy as officer",
        lambda: after(full(), proxy(EUROPE, "Ann", "R3C")),
        officer("Treasurer", "Ann"),
        "VI §4(e)",
        "a proxy is never an officer",
    ),
    (
        "an officer of a suspended member",
        lambda: after(full(), membership("R3B", "suspended")),
        officer("Treasurer", "Region 3"),
        "V §6",
        "a member with the standing 'suspended'",
    ),
    (
        "an office that is held",
        lambda: after(full(), officer("Treasurer", "Person 1")),
        officer("TREASURER", "Person 2"),
        "VI §4(f.2)",
        "Person 1 is Treasurer; the office is not vacant",
    ),
    ("an officer without a quorum", full, officer("Treasurer", "Person 1", 9), "VII §3(a)", "no quorum"),
    (
        "more present than there are",
        full,
        officer("Treasurer", "Person 1", 16),
        "VI §4(f.2)",
        "16 members cannot have been present",
    ),
    ("a member admitted twice", full, admit("r3a"), "V §2", "there is already a member R3A"),
    (
        "a member admitted twice under two ids",
        full,
        admit(name="Union 3A"),
        "V §2",
        "is the same name as that of the member R3A",
    ),
    (
        "a member admitted by a look-alike name",
        full,
        admit(name="Uniоn\u00a03a"),
        "V §2",
        "is the same name as that of the member R3A",
    ),
    ("a member of no region", full, admit(region="Atlantis"), "V §2", "'Atlantis' is none of the regions"),
    ("a member admitted suspended", full, admit(standing="suspended"), "V §2", "a new member is in good standing"),
    (
        "anything after the succeeding Assembly",
        closed,
        vacate(EUROPE),
        "VI §7",
        "all terms ended with the succeeding Assembly",
    ),
    ("a second founding", full, founding(), "VI §6(a)", "begins with the act 'founded', and has it once"),
    ("correcting what is not there", full, correct(10), "VI §6(a)", "there is no act 10 to correct"),
    ("correcting the founding", full, correct(0), "VI §6(a)", "act 0 (founded) says whose signatures count"),
    (
        "correcting twice",
        lambda: after(full(), correct(9)),
        correct(9),
        "VI §6(a)",
        "act 9 is already corrected by act 10",
    ),
    (
        "correcting an act on which others stand",
        lambda: after(full(), vacate("at-large:1"), fill("at-large:1", "Person 9", "R3A")),
        correct(10),
        "VI §6(a)",
        "act 11 would not be permitted: at-large:1 is held",
    ),
    (
        "correcting a change of signer",
        lambda: after(full(), SignerChanged("second", Signer("Nana", digest("key")), paper())),
        correct(10),
        "VI §6(a)",
        "act 10 (signer changed) says whose signatures count",
    ),
    ("an empty name", start, designate(EUROPE, "", "R3B"), "VI §4(a)", "person: is empty"),
    (
        "a name that steers the screen",
        start,
        designate(EUROPE, "[red]Ann", "R3B"),
        "VI §4(a)",
        "person: holds a square bracket",
    ),
    (
        "no letter",
        start,
        structs.replace(designate(EUROPE, "Ann", "R3B"), letter=Document("", "")),
        "VI §4(a)",
        "letter.reference: is empty",
    ),
    (
        "a vacancy of a region filled from another region",
        lambda: after(full(), vacate(EUROPE)),
        fill(EUROPE, "Ann", "R2A"),
        "VI §4(a)(e)",
        "Union 2A is of South Asia, not Europe",
    ),
    (
        "a vacancy of a region filled by somebody who sits",
        lambda: after(full(), vacate(EUROPE)),
        fill(EUROPE, "Person 2", "R3A"),
        "VI §4(a)",
        "Person 2 holds at-large:2, and nobody holds two places",
    ),
    (
        "filling an ex officio seat never designated",
        start,
        fill("ex-officio:1", "Ann", "A1"),
        "VI §4(a)(c)",
        "ex-officio:1 was never filled; its first member is designated",
    ),
    (
        "declining an ex officio seat never designated",
        start,
        decline("ex-officio:1", "Person 9"),
        "VI §4(a)(c)",
        "ex-officio:1 was never filled; its first member is designated",
    ),
    (
        "filling a seat at large for which too few stood",
        lambda: start(outcome=assembly(5)),
        fill("at-large:8", "Ann", "R3A"),
        "VI §4(f.3)",
        "no alternate is left for at-large:8",
    ),
    (
        "declining a region's seat never designated",
        start,
        decline(EUROPE, "Person 9"),
        "VI §4(a)(e)",
        "regional:Europe is no vacant seat that an alternate could",
    ),
    (
        "declining an alternate's place",
        lambda: promote(full(), "at-large:1", "Person 9"),
        decline("alternate:1", "Person 11"),
        "VI §4(b)(d)",
        "alternate:1 is no vacant seat that an alternate could take or decline",
    ),
    (
        "declining a region's seat that is held",
        full,
        decline(EUROPE, "Person 9"),
        "VI §4(a)(e)",
        "regional:Europe is no vacant seat that an alternate could",
    ),
    (
        "a second proxy from another region",
        lambda: after(full(), proxy(EUROPE, "Ann", "R3C")),
        proxy(EUROPE, "Bo", "R2C"),
        "VI §4(e)",
        "Union 2C is of South Asia, not Europe (VI §4(a)(e)); regional:Europe has a proxy, Ann",
    ),
    (
        "an alternate who is a proxy as officer",
        lambda: after(full(), proxy("at-large:1", "Person 9", "R3A")),
        officer("Treasurer", "Person 9"),
        "VI §4(b)(d)",
        "Person 9 holds alternate:1",
    ),
    ("an officer with nobody present", full, officer("Treasurer", "Person 1", 0), "VII §3(a)", "no quorum"),
    (
        "fewer present than nobody",
        full,
        officer("Treasurer", "Person 1", -1),
        "VI §4(f.2)",
        "-1 members cannot have been present, 15 can vote",
    ),
    (
        "a seat of the ICB admitted as a member",
        full,
        admit(kind="icb"),
        "V §2",
        "'icb' is no kind of member",
    ),
]
"""What is tried, in which state, the act, the article that forbids it, and words of the reason."""


@pytest.mark.parametrize(
    ("build", "act", "article", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_the_charter_forbids_is_refused_with_the_article(
    build: Callable[[], State], act: Act, article: str, reason: str
) -> None:
    state = build()
    with pytest.raises(Refused) as caught:
        after(state, act)
    assert reason in caught.value.message
    assert article in caught.value.message
    assert re.search(r"\((V|I)", caught.value.message)


def test_every_refusal_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    """Which hint goes with which reason is seen only where all of them stand below each other."""
    lines = []
    for name, build, act, _, _ in REFUSED:
        state = build()
        with pytest.raises(Refused) as caught:
            after(state, act)
        said = caught.value
        lines += [name, f"  error: {said.message}", *([f"  hint: {said.hint}"] if said.hint else []), ""]
    compare("refusals-icb.txt", "\n".join(lines), tmp_path)
