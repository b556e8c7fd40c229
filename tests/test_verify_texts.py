"""Checks 3 and 4: text and keys that pass for something else, and what stands beside the opening (see test_verify).

Whoever holds every key arranged this before the opening, so that all signatures hold.
"""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot.belenios.archive import BeleniosElection, NamedTrusteeKey
from ballot.crypto.groups import group
from ballot.crypto.keys import OfficialKey
from ballot.crypto.proofs import prove_knowledge
from ballot.journal import Act
from ballot.opening import new_trustee, sign_opening
from ballot.people import Member
from ballot.votes import Candidate, Election, Trustee, TrusteeKey
from ballot.wire import decode, encode, sha256_hex
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import AUDITORS, CHARTER, Staging, fair, officials, play, small_contest, small_roll

LINES = "At-large members\n\nElected as regular members (1 of 8):\n     1. No. 9"
PLAIN = "a text that is not plain"
TEXTS = [
    LINES,
    "A\r",
    "A\tB",
    "\x1b[2J",
    "\u202eA",
    "A\u2028B",
    "A\u200bB",
    "A\U000e0100",
    "A\u2800",
    "A\u0378",
    "\u200d",
    "[red]A[/red]",
    " A",
    "All is well." + " " * 64 + "No. 3 is elected.",
    "A\u00a0 B",
    "A \u200dB",
    "A\u0301",
    "A" * 301,
    "",
]


def staged(staging: Staging) -> bytes:
    return play(staging=staging).record()


def asking(question: str) -> bytes:
    return staged(Staging(questions=(structs.replace(small_contest(small_roll(4)), question=question),)))


def standing(*changes: dict[str, object]) -> bytes:
    """A contest whose first candidates have other fields."""
    contest = small_contest(small_roll(4))
    changed = [structs.replace(one, **fields) for one, fields in zip(contest.candidates, changes, strict=False)]
    candidates: tuple[Candidate, ...] = (*changed, *contest.candidates[len(changed) :])
    return staged(Staging(questions=(structs.replace(contest, candidates=candidates),)))


def last(**fields: object) -> bytes:
    """Two contests, of which the last candidate of the second has other fields."""
    first, second = (small_contest(small_roll(4), question=question) for question in ("Council", "Board"))
    *others, changed = second.candidates
    candidates = (*others, structs.replace(changed, **fields))
    contests = (first, structs.replace(second, rule="auditors", candidates=candidates))
    return play((), staging=Staging(questions=contests, charter=CHARTER + AUDITORS)).record()


def elected(**fields: object) -> Staging:
    return Staging(election=lambda election: structs.replace(election, **fields))


def headed(name: str, place: int) -> bytes:
    both = list(officials())
    both[place] = OfficialKey(both[place].role, name, both[place].ed25519, both[place].rsa)
    return staged(Staging(officials=(both[0], both[1])))


def named(name: str) -> Forgery:
    """The election is called otherwise, in the journal too."""
    forged = Forgery(play(staging=elected(name=name)))
    forged.amend(Act.CREATED, {"desk": forged.opening.box, "name": name})
    return forged


def trusted(name: str) -> Forgery:
    """The second trustee is called otherwise, in the journal too."""
    first, (public, secret) = (new_trustee(one, "Ed25519") for one in ("Tara", "Tomas"))
    renamed = Staging(
        trustees=(first, (structs.replace(public, name=name), secret)),
        opening=lambda opening: structs.replace(opening, trustee_names=("Tara", name)),
    )
    played = play(staging=renamed)
    forged = Forgery(played)
    forged.reshare(played.shares)
    return forged


def test_arrangements_that_change_nothing_are_believed() -> None:
    for forged in (trusted("Tomas"), named("Test Assembly")):
        assert faults(forged.record()) == {}
    for data in (headed("Hana Headley", 0), asking("At-large members"), standing({}), last(), listed(country="NL")):
        assert faults(data) == {}


PLACES: dict[str, Callable[[str], Forgery | bytes]] = {
    "the question": asking,
    "a candidate's name": lambda text: standing({"name": text}),
    "the last name of all": lambda text: last(name=text),
    "the name of the election": named,
    "the head's name": lambda text: headed(text, 0),
    "the seal's name": lambda text: headed(text, 1),
    "a trustee's name": trusted,
}


@pytest.mark.parametrize("place", PLACES)
def test_check_3_catches_lines_injected_into(place: str) -> None:
    caught_first_at(3, PLAIN, PLACES[place](LINES))


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_check_3_catches_a_question_that_is_not_plain(text: str) -> None:
    caught_at(3, PLAIN, asking(text))


@pytest.mark.parametrize("text", [text for text in TEXTS if text], ids=ascii)
def test_check_3_catches_a_description_that_is_not_plain(text: str) -> None:
    caught_at(3, "the description of the election is not plain text", staged(elected(description=text)))


def test_an_election_without_a_description_passes() -> None:
    assert faults(staged(elected(description=""))) == {}


@pytest.mark.parametrize("field", ["organisation", "region"])
def test_attack_lines_beside_the_answer_to_a_question(field: str) -> None:
    """An answer has neither, and whoever has only the opening asks no charter."""
    answers: dict[str, object] = {"member": "", "organisation": "", "region": ""}
    caught_first_at(3, PLAIN, standing(answers | {field: LINES}, answers, answers))


@pytest.mark.parametrize("field", ["organisation", "region"])
def test_check_3_catches_lines_injected_into_an_organisation_or_region(field: str) -> None:
    caught_first_at(3, PLAIN, standing({field: LINES}))
    caught_first_at(3, PLAIN, last(**{field: LINES}))


def test_check_3_catches_two_trustees_of_one_name() -> None:
    caught_at(3, "two trustees have the same name", trusted("Tara"))


@pytest.mark.parametrize(
    "twin",
    ["Ana Abad", "ANA ABAD", "Ana\u00a0Abad", "Аna Abad", "Ana Ab\u200dad", "Ａna Abad", "Anɑ Abad", "ᎪNA ABAD"],
    ids=ascii,
)
def test_check_3_catches_two_candidates_of_one_name(twin: str) -> None:
    telling = "two candidates of a contest have the same name"
    caught_at(3, telling, standing({"name": "Ana Abad"}, {"name": twin}))


def test_the_same_person_may_stand_in_two_contests() -> None:
    assert faults(play((((1,), (1,)),), contests=2).record()) == {}


# What stands beside the opening


BESIDE: dict[str, Callable[[BeleniosElection], BeleniosElection]] = {
    "administrator": lambda election: structs.replace(election, administrator="Mallory"),
    "credential authority": lambda election: structs.replace(election, credential_authority="server"),
    "language": lambda election: structs.replace(election, language=("en", "fr")),
}


@pytest.mark.parametrize("name", BESIDE)
def test_check_3_catches_more_in_the_election_than_was_opened(name: str) -> None:
    def more(plain: Election) -> Election:
        return BESIDE[name](decode(encode(plain), BeleniosElection, "the election"))

    caught_at(3, "says more than an opening statement covers", staged(Staging(election=more)))


def test_check_3_catches_a_name_in_a_trustees_key() -> None:
    first, (public, secret) = (new_trustee(one, "Ed25519") for one in ("Tara", "Tomas"))
    key = NamedTrusteeKey(public.key.pok, public.key.public_key, "Elected: No. 9")
    caught_at(3, "says more", staged(Staging(trustees=(first, (structs.replace(public, key=key), secret)))))


@pytest.mark.parametrize(
    "uuid", ["", "1" * 13, "1" * 15, "1" * 13 + "0", "1" * 13 + "O", "1" * 13 + "\n", "../../../../ab"], ids=ascii
)
def test_check_3_catches_a_uuid_of_another_form(uuid: str) -> None:
    caught_at(3, "the election's uuid is not 14 Base58 characters", staged(elected(uuid=uuid)))


def test_check_3_catches_trustees_whose_keys_cancel_each_other() -> None:
    ring = group("Ed25519")
    first, secret = new_trustee("Tara", "Ed25519")
    opposite = ring.q - secret
    key = TrusteeKey(prove_knowledge(ring, opposite), ring.text(ring.base(opposite)))
    staging = Staging(trustees=((first, secret), (Trustee("Tomas", "Ed25519", key), opposite)))
    played = play((), staging=staging)
    assert ring.element(played.election.public_key, identity=True) == ring.identity
    caught_at(3, "identity", played.record())


# On the roll


def listed(**fields: object) -> bytes:
    """The associate, for whom nobody stands, has other fields on the roll."""
    roll = small_roll(4)

    def change(member: Member) -> Member:
        return structs.replace(member, **fields) if member.id == "A001" else member

    members = tuple(change(member) for member in roll.members)
    return staged(Staging(roll=structs.replace(roll, members=members), questions=(small_contest(roll),)))


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_check_4_catches_an_organisation_that_is_not_plain(text: str) -> None:
    caught_at(4, "member 'A001', organisation: ", listed(organisation=text))


@pytest.mark.parametrize("name", ["Organisation 1", "ORGANISATION  1", "Оrganisation 1"], ids=ascii)
def test_check_4_catches_an_organisation_that_has_two_votes_under_two_ids(name: str) -> None:
    roll = small_roll(4)
    members = tuple(structs.replace(one, organisation=name) if one.id == "M004" else one for one in roll.members)
    data = staged(Staging(roll=structs.replace(roll, members=members), questions=(small_contest(roll),)))
    caught_at(4, "member 'M004', organisation: ", data)


def test_check_4_catches_two_delegates_with_one_hash_of_a_name() -> None:
    public = fair().contents.roll
    first, second, *others = public.delegates
    twins = (first, structs.replace(second, name_hash=first.name_hash), *others)
    roll = structs.replace(public, delegates=twins)
    staging = Staging(opening=lambda opening: structs.replace(opening, roll=sha256_hex(encode(roll))))
    forged = Forgery(play(staging=staging))
    forged.change(roll=roll)
    caught_at(4, "delegate 2, name_hash: it is also that of delegate 1", forged)


@pytest.mark.parametrize("country", ["", "N", "NLD", "nl", "N1", "NL\n", "ＮＬ", "\x1b["], ids=ascii)
def test_check_4_catches_a_country_that_is_none(country: str) -> None:
    caught_at(4, "member 'A001', country: not two capital letters", listed(country=country))


@pytest.mark.parametrize(
    ("line", "telling"),
    [
        (b"number = " + b"1" * 10_000 + b"\n", "not TOML"),
        (b"a." * 120_000 + b"a = 1\n", "too many dots"),
        (b"a = " + b"[" * 100_000 + b"\n", "nested too deeply"),
        (b"\xff\n", "not UTF-8"),
        (b"#" * 300_000 + b"\n", "too large"),
    ],
    ids=["a number of 10,000 digits", "120,000 dots", "100,000 brackets", "no text", "300,000 bytes"],
)
def test_check_4_catches_a_charter_that_would_stop_the_verifier(line: bytes, telling: str) -> None:
    charter = line + CHARTER
    forged = Forgery(fair())
    opening = structs.replace(forged.opening, charter=sha256_hex(charter))
    forged.change(charter=charter, opening=sign_opening(opening, *officials()))
    caught_first_at(4, telling, forged)
