"""The ceremony: it ends well for every n and k, repeats itself on a retry, and names whoever lies in any message."""

import json
import secrets as random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from msgspec import structs

from ballot.crypto import backup, keys, signing
from ballot.crypto.backup import Address
from ballot.crypto.groups import GROUPS, group
from ballot.crypto.proofs import check_knowledge, prove_knowledge
from ballot.errors import Error, Invalid, KeyRefused, Refused
from ballot.trustees import presence
from ballot.trustees.ceremony import Secrets, begin, next_message, second, third
from ballot.trustees.messages import Acknowledge, Ceremony, Commit, Deal, Message, Transcript
from ballot.trustees.transcript import (
    add_message,
    check_transcript,
    commitment_of,
    complaints,
    finish,
    invite,
    read_transcript,
    waiting_for,
)
from ballot.votes import TrusteeKey
from ballot.wire import decode, encode
from tests.trustees import NAMES, collect, hold

GRID = [(count, need) for count in range(1, 6) for need in range(1, count + 1)]
FORMS = (Commit, Deal, Acknowledge)


def resigned(secrets: Secrets, message: Message) -> Message:
    """The message signed by its author's own program, had it been made to lie."""
    return structs.replace(message, signature=secrets.sign("ceremony", encode(structs.replace(message, signature=""))))


@pytest.mark.parametrize(("count", "need"), GRID)
def test_every_ceremony_ends_with_the_keys_of_all_trustees(count: int, need: int) -> None:
    everybody, transcript = hold(count, need)
    trustees = check_transcript(transcript)
    assert [trustee.name for trustee in trustees] == list(NAMES[:count])
    ring = group("Ed25519")
    for trustee, secrets in zip(trustees, everybody, strict=True):
        assert trustee == secrets.trustee
        assert ring.text(ring.base(int(secrets.exponent))) == trustee.key.public_key
        check_knowledge(ring, ring.element(trustee.key.public_key), trustee.key.pok)
    assert waiting_for(transcript) == ()
    assert read_transcript(encode(transcript)) == transcript
    assert finish(transcript.ceremony, transcript.commits, transcript.deals, transcript.answers) == transcript


def test_the_larger_group_works_too() -> None:
    assert len(check_transcript(hold(3, 2, "BELENIOS-2048")[1])) == 3


def test_the_transcript_says_whom_it_waits_for() -> None:
    transcript = invite(NAMES[:3], 2, "Ed25519")
    assert waiting_for(transcript) == NAMES[:3]
    everybody = [begin(transcript.ceremony, name)[0] for name in NAMES[:3]]
    one = add_message(transcript, encode(everybody[1].commit))
    assert waiting_for(one) == ("Tara", "Teodor")
    assert waiting_for(collect(everybody, one, 1)) == NAMES[:3]


def test_from_one_trustee_to_seven_can_hold_a_ceremony() -> None:
    for names in ("A", "ABCDEFG"):
        assert waiting_for(read_transcript(encode(invite(tuple(names), 1, "Ed25519")))) == tuple(names)


@pytest.mark.parametrize(
    ("names", "need", "ring"),
    [
        ((), 0, "Ed25519"),
        (("A",), 0, "Ed25519"),
        (("A", "B"), 3, "Ed25519"),
        (("A", "A"), 1, "Ed25519"),
        (("A", "\u0410"), 1, "Ed25519"),
        (("A", ""), 1, "Ed25519"),
        (("A", "B\x1b[31m"), 1, "Ed25519"),
        (("A", "B"), 1, "P-256"),
        (tuple("ABCDEFGH"), 1, "Ed25519"),
    ],
)
def test_ceremonies_that_make_no_sense_are_refused(names: tuple[str, ...], need: int, ring: str) -> None:
    with pytest.raises(Invalid):
        invite(names, need, ring)
    senseless = Transcript(Ceremony(names, need, ring, "00" * 32))
    with pytest.raises(Invalid):
        read_transcript(encode(senseless))
    with pytest.raises(Invalid):
        check_transcript(senseless)
    with pytest.raises(Invalid):
        begin(senseless.ceremony, "A")


@pytest.mark.parametrize("nonce", ["", "00" * 31, "AB" * 32])
def test_a_ceremony_without_a_proper_nonce_is_refused(nonce: str) -> None:
    with pytest.raises(Invalid, match="nonce"):
        read_transcript(encode(Transcript(Ceremony(("A",), 1, "Ed25519", nonce))))


def test_somebody_who_is_not_invited_is_refused() -> None:
    with pytest.raises(Refused, match="Mallory is no trustee"):
        begin(invite(NAMES[:2], 1, "Ed25519").ceremony, "Mallory")


def test_a_lost_message_is_answered_with_the_same_again() -> None:
    transcript = invite(NAMES[:3], 2, "Ed25519")
    everybody = [begin(transcript.ceremony, name)[0] for name in NAMES[:3]]
    stages = []
    for number in (1, 2, 3):
        stages.append(transcript)
        transcript = collect(everybody, transcript, number)
    sent = (transcript.commits, transcript.deals, transcript.answers)
    for stage, messages in zip(stages, sent, strict=True):
        for secrets, message in zip(everybody, messages, strict=True):
            assert next_message(secrets, encode(stage)) == (secrets, encode(message))


def test_a_message_lost_while_others_went_on_is_answered_with_the_same_again() -> None:
    everybody, transcript = hold(3, 2, rounds=2)
    partial = structs.replace(transcript, deals=(transcript.deals[0], transcript.deals[2]))
    assert next_message(everybody[1], encode(partial)) == (everybody[1], encode(transcript.deals[1]))


def test_the_same_message_twice_changes_nothing_and_another_is_refused() -> None:
    everybody, transcript = hold(3, 2)
    for message in (*transcript.commits, *transcript.deals, *transcript.answers):
        assert add_message(transcript, encode(message)) == transcript
    partial = structs.replace(transcript, answers=transcript.answers[:1])
    other = resigned(everybody[0], structs.replace(transcript.answers[0], box="00"))
    with pytest.raises(Refused, match="another message of Tara"):
        add_message(partial, encode(other))
    with pytest.raises(Refused, match="the ceremony is complete"):
        add_message(transcript, encode(other))


def test_another_set_of_messages_for_a_round_already_answered_is_refused() -> None:
    everybody, transcript = hold(3, 2, rounds=2)
    stranger = begin(transcript.ceremony, "Teodor")[1]
    with pytest.raises(Refused, match="already answered"):
        second(everybody[0], (*transcript.commits[:2], stranger))
    after, _ = third(everybody[0], transcript.commits, transcript.deals)
    other = resigned(everybody[2], structs.replace(transcript.deals[2], pieces=(b"", b"")))
    with pytest.raises(Refused, match="already answered"):
        third(after, transcript.commits, (*transcript.deals[:2], other))


def test_a_trustee_sees_when_its_own_message_was_exchanged() -> None:
    everybody, transcript = hold(3, 2, rounds=2)
    mine = begin(transcript.ceremony, "Tara")[1]
    with pytest.raises(Refused, match="your own message"):
        second(everybody[0], (mine, *transcript.commits[1:]))
    other = resigned(everybody[0], structs.replace(transcript.deals[0], pieces=(b"", b"")))
    with pytest.raises(Refused, match="your own message"):
        third(everybody[0], transcript.commits, (other, *transcript.deals[1:]))


def test_an_older_copy_of_a_key_raises_no_alarm_of_an_exchanged_message() -> None:
    old, transcript = hold(3, 2, rounds=1)
    current = list(old)
    transcript = collect(current, transcript, 2)
    with pytest.raises(KeyRefused, match="this copy of the key is from round 1") as caught:
        next_message(old[0], encode(transcript))
    assert caught.value.hint.startswith("Take the file that answered round 2. Without it the ceremony has to begin")
    answered_itself, _ = second(old[0], transcript.commits)
    another, _ = begin(transcript.ceremony, "Tara")
    for secrets in (answered_itself, another):
        with pytest.raises(Refused, match="not the one of this key file") as refused:
            next_message(secrets, encode(transcript))
        assert refused.value.hint.startswith("First look whether you have another key file")
    assert next_message(current[0], encode(transcript))[0].answer is not None


def test_key_files_from_another_ceremony_are_refused() -> None:
    everybody, _ = hold(2, 1)
    _, other = hold(2, 1)
    with pytest.raises(Refused, match="another ceremony"):
        next_message(everybody[0], encode(other))
    empty = invite(NAMES[:2], 1, "Ed25519")
    with pytest.raises(Invalid, match="Tara: the message is from another ceremony") as caught:
        add_message(empty, encode(everybody[0].commit))
    assert "give whoever is named the new ceremony-1.json" in caught.value.hint
    unsigned = structs.replace(begin(empty.ceremony, "Tara")[1], signature="00" * 64)
    with pytest.raises(Invalid, match="Tara: the Ed25519") as caught:
        add_message(empty, encode(unsigned))
    assert caught.value.hint == "Ask whoever is named for the message again; the others need do nothing."


def test_a_message_of_a_round_that_is_over_or_not_begun_is_told_by_its_number() -> None:
    _, transcript = hold(3, 2)
    first, second_one, third_one = transcript.commits[2], transcript.deals[2], transcript.answers[2]
    begun = structs.replace(transcript, commits=transcript.commits[:2], deals=(), answers=())
    dealt = structs.replace(transcript, deals=transcript.deals[:2], answers=())
    for stage, message, wrong, due in (
        (begun, second_one, 2, 1),
        (begun, third_one, 3, 1),
        (dealt, third_one, 3, 2),
        (dealt, structs.replace(first, signature=""), 1, 2),
    ):
        with pytest.raises(Invalid, match=f"this is a message of round {wrong}, and round {due} is due"):
            add_message(stage, encode(message))


def test_a_round_with_a_message_missing_is_not_answered() -> None:
    everybody, transcript = hold(3, 2)
    with pytest.raises(Refused, match="the message of Tomas is missing"):
        second(everybody[0], transcript.commits[::2])
    with pytest.raises(Refused, match="the message of Tara, Tomas is missing"):
        third(everybody[0], transcript.commits, transcript.deals[2:])
    with pytest.raises(Refused, match="the message of Teodor is missing"):
        check_transcript(structs.replace(transcript, answers=transcript.answers[:2]))
    with pytest.raises(Invalid, match="exactly one of each"):
        check_transcript(structs.replace(transcript, answers=(*transcript.answers, transcript.answers[0])))


def altered(value: Any, others: Any) -> Iterator[Any]:
    """A JSON value with every field in it altered in turn; `others` is the same message of another trustee."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from ({**value, name: changed} for changed in altered(part, others[name]))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            other = others[place] if place < len(others) else part
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in altered(part, other))
        yield [*value, value[0] if value else 1]
        if value:
            yield value[:-1]
        if len(value) > 1:
            yield value[::-1]
    elif isinstance(value, int):
        yield from (value - 1, value + 1, value + 5, -value)
    else:
        swapped = value[:-1] + ("1" if value[-1:] != "1" else "0")
        yield from {text for text in (swapped, others, value[:-1], value + "0", "", "x") if text != value}


ROUNDS = ("commits", "deals", "answers")


def lies(author: Secrets, message: Any, other: Any, form: Any, signed: bool) -> Iterator[Any]:
    """The message with every field altered in turn, as far as it can be read; signed again by its author, or not."""
    for wrong in altered(json.loads(encode(message)), json.loads(encode(other))):
        try:
            forged = decode(json.dumps(wrong, separators=(",", ":")).encode(), form, "the message")
        except Invalid:
            continue
        forged = resigned(author, forged) if signed else forged
        if forged != message:
            yield forged


@pytest.mark.parametrize("need", [2, 3])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_transcript_with_any_field_of_a_message_altered_is_refused(
    number: int, place: int, signed: bool, need: int
) -> None:
    everybody, transcript = hold(3, need)
    field = ROUNDS[number - 1]
    messages = getattr(transcript, field)
    forged = list(lies(everybody[place], messages[place], messages[1], FORMS[number - 1], signed))
    assert len(forged) > 10
    for message in forged:
        changed = structs.replace(transcript, **{field: (*messages[:place], message, *messages[place + 1 :])})
        with pytest.raises(Error) as caught:
            check_transcript(changed)
        assert NAMES[place] in caught.value.message


@pytest.mark.parametrize("need", [2, 3])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_trustee_who_lies_in_any_field_of_a_message_is_named(
    number: int, place: int, signed: bool, need: int
) -> None:
    before, asked = hold(3, need, rounds=number - 1)
    honest = list(before)
    messages = getattr(collect(honest, asked, number), ROUNDS[number - 1])
    kept = ("commit", "deal", "answer")[number - 1]
    forged = list(lies(before[place], messages[place], messages[1], FORMS[number - 1], signed))
    assert len(forged) > 10
    for message in forged:
        if need == 3 and isinstance(message, Commit) and message.box != messages[place].box:
            continue  # where all are needed nothing is dealt, and no box is ever used
        everybody = list(honest)
        everybody[place] = structs.replace(everybody[place], **{kept: message})
        with pytest.raises(Error) as caught:
            go_on(everybody, asked, (message, *messages[:place], *messages[place + 1 :]), number)
        if message.number in (1, 2, 3):
            assert NAMES[message.number - 1] in caught.value.message


def go_on(everybody: list[Secrets], transcript: Transcript, messages: Sequence[Any], number: int) -> None:
    """Collect the messages of a round, and hold the ceremony to its end."""
    for sent in messages:
        transcript = add_message(transcript, encode(sent))
    for later in range(number + 1, 4):
        transcript = collect(everybody, transcript, later)
    check_transcript(transcript)


def test_a_rushing_trustee_cannot_choose_a_key_that_depends_on_the_others() -> None:
    everybody, transcript = hold(3, 2, rounds=1)
    honest = [second(secrets, transcript.commits)[1] for secrets in everybody[:2]]
    ring = group("Ed25519")
    wanted = ring.random_scalar()
    # The last to come would like the election key to be g^wanted; it only knows that exponent, not its own.
    public = ring.divide(ring.base(wanted), ring.product(ring.element(deal.key.public_key) for deal in honest))
    rogue, deal = second(everybody[2], transcript.commits)
    for key in (
        TrusteeKey(prove_knowledge(ring, wanted), ring.text(public)),
        TrusteeKey(prove_knowledge(ring, wanted), ring.text(ring.base(wanted))),
        honest[0].key,
    ):
        forged = resigned(rogue, structs.replace(deal, key=key, commitments=(key.public_key, deal.commitments[1])))
        with pytest.raises(Invalid, match="Teodor: the key or its backup is not the one committed to"):
            go_on(everybody, transcript, (*honest, forged), 2)


def test_a_trustee_who_committed_to_a_key_it_does_not_know_is_refused() -> None:
    everybody, transcript = hold(2, 1, rounds=0)
    ring = group("Ed25519")
    victim, rogue = everybody
    unknown = ring.text(ring.base(ring.random_scalar()))
    deal = structs.replace(rogue.deal, key=structs.replace(rogue.deal.key, public_key=unknown), commitments=(unknown,))
    commit = resigned(rogue, structs.replace(rogue.commit, commitment=commitment_of(rogue.ceremony, deal)))
    everybody[1] = structs.replace(rogue, commit=commit, deal=deal)
    with pytest.raises(Invalid, match="Tomas: the proof of knowledge"):
        go_on([victim, everybody[1]], transcript, (victim.commit, commit), 1)


def test_round_1_commits_to_ceremony_trustee_key_backup_and_nonce() -> None:
    _, transcript = hold(3, 2)
    deal, other = transcript.deals[:2]
    one = transcript.ceremony
    committed = {commitment_of(one, deal), commitment_of(structs.replace(one, nonce="00" * 32), deal)}
    for part in ("number", "key", "commitments", "nonce"):
        committed.add(commitment_of(one, structs.replace(deal, **{part: getattr(other, part)})))
    assert len(committed) == 6


def test_a_trustee_who_copies_anothers_hash_cannot_open_it() -> None:
    everybody, transcript = hold(2, 1, rounds=0)
    victim, copier = everybody
    commit = resigned(copier, structs.replace(copier.commit, commitment=victim.commit.commitment))
    transcript = add_message(add_message(transcript, encode(victim.commit)), encode(commit))
    _, opened = second(victim, transcript.commits)
    copier = structs.replace(copier, commit=commit, deal=structs.replace(opened, number=2, commits="", signature=""))
    _, forged = second(copier, transcript.commits)
    with pytest.raises(Invalid, match="Tomas: the key or its backup is not the one committed to"):
        add_message(add_message(transcript, encode(opened)), encode(forged))


def dealt_wrongly(secrets: Secrets, transcript: Transcript, box: str, piece: int, address: Address) -> Deal:
    """A deal whose piece for Tomas is another number, or for another box or address; signed by Tara."""
    _, deal = second(secrets, transcript.commits)
    return resigned(secrets, structs.replace(deal, pieces=(backup.seal_piece(box, address, piece), *deal.pieces[1:])))


@pytest.mark.parametrize("how", ["piece", "box", "holder", "dealer", "ceremony", "nonsense"])
def test_an_inconsistent_dealer_is_complained_of_and_everybody_sees_who_is_right(how: str) -> None:
    everybody, transcript = hold(3, 2, rounds=1)
    tara, commits = everybody[0], transcript.commits
    right = int(tara.dealt[0])
    address = Address(tara.ceremony.id, 1, 2)
    deal = {
        "piece": lambda: dealt_wrongly(tara, transcript, commits[1].box, right + 1, address),
        "box": lambda: dealt_wrongly(tara, transcript, commits[2].box, right, address),
        "holder": lambda: dealt_wrongly(tara, transcript, commits[1].box, right, address._replace(holder=3)),
        "dealer": lambda: dealt_wrongly(tara, transcript, commits[1].box, right, address._replace(dealer=3)),
        "ceremony": lambda: dealt_wrongly(tara, transcript, commits[1].box, right, address._replace(ceremony="")),
        "nonsense": lambda: resigned(tara, structs.replace(second(tara, commits)[1], pieces=(b"", b""))),
    }[how]()
    everybody[0] = structs.replace(tara, deal=deal, dealt=())
    transcript = collect(everybody, transcript, 2)
    transcript = collect(everybody, transcript, 3)
    assert transcript.answers[1].complaints == (1,)
    assert transcript.answers[2].complaints == ((1,) if how == "nonsense" else ())
    assert complaints(transcript)[0][:2] == ("Tomas", "Tara")
    assert complaints(transcript)[0].at_fault == "Tara"
    with pytest.raises(Refused, match="Tara dealt Tomas a wrong piece") as caught:
        check_transcript(transcript)
    assert "new ceremony" in caught.value.hint


def test_a_false_complaint_names_the_complainer() -> None:
    everybody, transcript = hold(3, 2)
    liar = everybody[1]
    answer = resigned(liar, structs.replace(transcript.answers[1], complaints=(3,), box=liar.box))
    partial = structs.replace(transcript, answers=(transcript.answers[0],))
    transcript = add_message(add_message(partial, encode(answer)), encode(transcript.answers[2]))
    with pytest.raises(Refused, match="Tomas complains of Teodor, whose piece is right"):
        check_transcript(transcript)
    (complaint,) = complaints(transcript)
    assert complaint.at_fault == "Tomas"
    told = presence.stopped(transcript.ceremony, complaint)
    assert (told["holder"], told["dealer"], told["at fault"]) == ("Tomas", "Teodor", "Tomas")


@pytest.mark.parametrize(
    ("against", "box"),
    [
        ((1,), ""),
        ((1,), "00" * 32),
        ((2,), None),
        ((0,), None),
        ((4,), None),
        ((3, 1), None),
        ((1, 1), None),
        ((), None),
    ],
)
def test_a_complaint_that_cannot_be_judged_is_refused(against: tuple[int, ...], box: str | None) -> None:
    everybody, transcript = hold(3, 2)
    opened = everybody[1].box if box is None else box
    answer = resigned(everybody[1], structs.replace(transcript.answers[1], complaints=against, box=opened))
    with pytest.raises(Invalid, match="Tomas"):
        add_message(structs.replace(transcript, answers=()), encode(answer))


def test_messages_shown_differently_to_different_trustees_come_out() -> None:
    everybody, transcript = hold(3, 2, rounds=1)
    other = begin(transcript.ceremony, "Teodor")[0]
    _, deal = second(everybody[0], (*transcript.commits[:2], other.commit))
    with pytest.raises(Invalid, match="Tara: the message answers another round 1"):
        add_message(transcript, encode(deal))


def test_a_box_of_small_order_is_refused_with_its_owner_named() -> None:
    everybody, transcript = hold(2, 1, rounds=0)
    commit = resigned(everybody[1], structs.replace(everybody[1].commit, box="00" * 32))
    with pytest.raises(Invalid, match=r"Tomas: .*small order"):
        add_message(transcript, encode(commit))


def test_two_trustees_with_one_signing_key_are_refused() -> None:
    everybody, transcript = hold(2, 1, rounds=0)
    twin = structs.replace(everybody[1], signing=everybody[0].signing)
    commit = resigned(twin, structs.replace(twin.commit, signing=everybody[0].commit.signing))
    with pytest.raises(Invalid, match="Tomas: the message is signed with the key of Tara"):
        add_message(add_message(transcript, encode(everybody[0].commit)), encode(commit))


@pytest.mark.parametrize("name", GROUPS)
def test_secrets_live_in_a_key_file_and_show_nowhere_else(name: str) -> None:
    everybody, transcript = hold(5, 4, name)
    secrets = everybody[0]
    locked = keys.lock("trustee", encode(secrets.trustee), encode(secrets), "correct horse", keys.DEMO)
    public, private = keys.unlock(locked, "trustee", "correct horse")
    assert decode(public, type(secrets.trustee), "the public part") == secrets.trustee
    assert decode(private, Secrets, "the secret part") == secrets
    for hidden in (secrets.exponent, secrets.box, secrets.signing.hex(), repr(secrets.signing)):
        assert hidden not in repr(secrets) + repr(list(secrets.__rich_repr__()))
        assert hidden not in encode(transcript).decode()


def test_a_dealer_forgets_the_pieces_once_they_are_sealed() -> None:
    before, after = hold(3, 2, rounds=1)[0], hold(3, 2, rounds=2)[0]
    assert all(secrets.dealt for secrets in before)
    assert not any(secrets.dealt for secrets in after)


def test_garbage_is_no_message() -> None:
    _, transcript = hold(2, 1, rounds=0)
    everybody, full = hold(2, 1)
    for data in (b"", b"{}", encode(full), encode(full.deals[0]), random.token_bytes(100)):
        with pytest.raises(Invalid):
            add_message(transcript, data)
    with pytest.raises(Invalid):
        next_message(everybody[0], b"{}")


def test_a_key_of_small_order_to_sign_with_is_refused() -> None:
    everybody, transcript = hold(2, 1, rounds=0)
    with pytest.raises(Invalid, match="Tara: the public key"):
        add_message(transcript, encode(structs.replace(everybody[0].commit, signing="01" + "00" * 31)))
    assert signing.load_public(everybody[0].commit.signing)


def conspired(liar: int, commit: dict[str, str], deal: dict[str, Any]) -> Transcript:
    """A ceremony of three, two needed, whose programs sign everything unseen; `liar` (from 1) puts other fields in."""
    ceremony = invite(NAMES[:3], 2, "Ed25519").ceremony
    everybody = [begin(ceremony, name)[0] for name in NAMES[:3]]
    first = everybody[0].deal
    commits, drafts = [], []
    for secrets in everybody:
        draft = secrets.deal
        if secrets.number == liar:
            # The key of the first trustee is known to the liar too.
            draft = structs.replace(draft, **({"key": first.key, "commitments": first.commitments} | deal))
        drafts.append(structs.replace(draft, pieces=(b"x", b"y")))
        changes = {"commitment": commitment_of(ceremony, draft)} | (commit if secrets.number == liar else {})
        commits.append(resigned(secrets, structs.replace(secrets.commit, **changes)))
    digest = Transcript(ceremony, tuple(commits)).digest
    deals = tuple(
        resigned(secrets, structs.replace(draft, commits=digest))
        for secrets, draft in zip(everybody, drafts, strict=True)
    )
    digest = Transcript(ceremony, tuple(commits), deals).digest
    answers = (resigned(secrets, Acknowledge(secrets.number, digest, (), "", "")) for secrets in everybody)
    return Transcript(ceremony, tuple(commits), deals, tuple(answers))


def own_key() -> dict[str, Any]:
    """A key that nobody else has, with the proof, and commitments to a backup of it."""
    ring = group("Ed25519")
    exponent = ring.random_scalar()
    key = TrusteeKey(prove_knowledge(ring, exponent), ring.text(ring.base(exponent)))
    return {"key": key, "commitments": (key.public_key, ring.text(ring.base(3)))}


def test_trustees_who_all_conspire_to_say_nothing_wrong_pass() -> None:
    assert len(check_transcript(conspired(2, {}, own_key()))) == 3


OTHER_KEY, ONE_MORE, OUTSIDE = own_key(), own_key(), own_key()
WRONG_BACKUPS: dict[str, dict[str, Any]] = {
    "also another trustee's": {},
    "is of another key": OTHER_KEY | {"commitments": own_key()["commitments"]},
    "number of trustees needed": ONE_MORE | {"commitments": (*ONE_MORE["commitments"], ONE_MORE["commitments"][1])},
    "not written as 64": OUTSIDE | {"commitments": (OUTSIDE["commitments"][0], "7")},
    "the nonce is not written as 64": own_key() | {"nonce": 'x"\n'},
    "lower-case hex digits": own_key() | {"nonce": "AB" * 32},
    "64 lower-case hex digits": own_key() | {"nonce": "0" * 64 + "\n"},
    "the nonce is not": own_key() | {"nonce": ""},
    "proof of knowledge": OTHER_KEY | {"key": structs.replace(OTHER_KEY["key"], pok=own_key()["key"].pok)},
}


@pytest.mark.parametrize("said", WRONG_BACKUPS)
@pytest.mark.parametrize("liar", [2, 3])
def test_a_wrong_key_or_backup_is_named_even_when_all_others_acknowledge_it(liar: int, said: str) -> None:
    transcript = conspired(liar, {}, WRONG_BACKUPS[said])
    for one_by_one in (False, True):
        with pytest.raises(Invalid, match=f"^{NAMES[liar - 1]}: .*{said}"):
            again(transcript) if one_by_one else check_transcript(transcript)


@pytest.mark.parametrize("commit", [{"name": "Tara"}, {"ceremony": "00" * 32}, {"box": "00" * 32}])
def test_a_wrong_first_message_is_named_even_when_all_others_go_on_from_it(commit: dict[str, str]) -> None:
    transcript = conspired(2, commit, own_key())
    for one_by_one in (False, True):
        with pytest.raises(Invalid, match=r"^Tomas: "):
            again(transcript) if one_by_one else check_transcript(transcript)
    with pytest.raises(Invalid, match=r"^Tomas: "):
        finish(transcript.ceremony, transcript.commits, transcript.deals, transcript.answers)


def again(transcript: Transcript) -> Transcript:
    """The same messages collected one by one."""
    collected = Transcript(transcript.ceremony)
    for message in (*transcript.commits, *transcript.deals, *transcript.answers):
        collected = add_message(collected, encode(message))
    return collected
