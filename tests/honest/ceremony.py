"""The trustees before the opening: keys collected as they come, or ceremonies, some of them stopped and begun anew."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import structs
from nacl.public import PublicKey, SealedBox

from ballot.acts import rehearsal, setup, trustees
from ballot.crypto import backup
from ballot.crypto.backup import Address
from ballot.crypto.keys import TrusteeSecret
from ballot.errors import Refused
from ballot.opening import new_trustee
from ballot.trustees.ceremony import Secrets, begin, next_message
from ballot.trustees.messages import Transcript
from ballot.trustees.readiness import show_ready
from ballot.trustees.transcript import complaints
from ballot.wire import encode
from tests.honest.walk import Walk

Key = TrusteeSecret | Secrets


def collect_keys(walk: Walk) -> list[Key]:
    """Everybody's keys, in the order of the trustees of the election."""
    planned = walk.draft.intake.plan.setup
    names, group = planned.trustees, planned.group
    if planned.need == len(names) and walk.often(0.6):
        keys = [TrusteeSecret(*new_trustee(name, group)) for name in names]
        return list(_given(walk, keys))
    if planned.need == len(names) and walk.often(0.3):
        # Somebody's key is there already when they decide on a ceremony.
        setup.add_trustees(walk.store, [new_trustee(names[-1], group)[0]], walk.now())
    while walk.often(0.5):
        _stopped(walk)
    everybody = _held(walk)
    if walk.often(0.02):
        # It does not count if another ceremony follows.
        rehearse(walk, everybody)
    while walk.often(0.1):
        everybody = _held(walk)
    return list(everybody)


def rehearse(walk: Walk, keys: Sequence[Key]) -> None:
    """A rehearsal with everybody's keys."""
    now = walk.now()
    ready = [show_ready(key, now) for key in keys]
    rehearsal.rehearse(walk.store, walk.draft.head, walk.draft.seal, ready, now, lambda _: None, lambda _: None)


def _given(walk: Walk, keys: list[TrusteeSecret]) -> list[TrusteeSecret]:
    """Keys given at once, in the order of the plan, or one by one, as trustees come."""
    if walk.often(0.5):
        keys = walk.shuffled(keys)
        for key in keys:
            add = partial(setup.add_trustees, walk.store, [key.public])
            add(walk.now())
            walk.refused(partial(add, walk.now()))
    else:
        setup.add_trustees(walk.store, [key.public for key in walk.shuffled(keys)], walk.now())
    return keys


def _invited(walk: Walk) -> tuple[list[Secrets], Transcript]:
    with walk.store.read() as view:
        again = view.transcript() is not None or bool(view.trustees())
    transcript = trustees.invite_trustees(walk.store, again, walk.now(), lambda _: None)
    return [begin(transcript.ceremony, name)[0] for name in transcript.ceremony.names], transcript


def _round(walk: Walk, everybody: list[Secrets], transcript: Transcript) -> Transcript:
    """One round: messages in any order, in one go or several, some of them twice."""
    asked, messages = encode(transcript), []
    for place, secrets in enumerate(everybody):
        everybody[place], message = next_message(secrets, asked)
        messages.append((secrets.name, message))
    return _collected(walk, messages)


def _collected(walk: Walk, messages: list[tuple[str, bytes]]) -> Transcript:
    messages = walk.shuffled(messages)
    cut = walk.chance.randrange(len(messages))
    if cut:
        trustees.collect(walk.store, messages[:cut], walk.now(), lambda _: None)
        if walk.often(0.5):
            cut = 0
    collected = trustees.collect(walk.store, messages[cut:], walk.now(), lambda _: None)
    assert not collected.faults
    return collected.transcript


def _held(walk: Walk) -> list[Secrets]:
    everybody, transcript = _invited(walk)
    for _ in range(3):
        transcript = _round(walk, everybody, transcript)
    return everybody


def _stopped(walk: Walk) -> None:
    """A ceremony that comes to nothing: given up in the middle, or stopped by complaints, right and wrong ones."""
    everybody, transcript = _invited(walk)
    transcript = _round(walk, everybody, transcript)
    if not transcript.ceremony.spare or walk.often(0.2):
        return
    for place, secrets in enumerate(everybody):
        everybody[place], _ = next_message(secrets, encode(transcript))
        if walk.often(0.4):
            everybody[place] = _dealt_wrongly(walk, everybody[place], transcript)
    transcript = _collected(walk, [(one.name, encode(one.deal)) for one in everybody])
    answers = []
    for secrets in everybody:
        kept, message = next_message(secrets, encode(transcript))
        assert kept.answer is not None
        if walk.often(0.4):
            # Of somebody whose piece may be right.
            dealers = kept.ceremony.others(kept.number)
            against = {*kept.answer.complaints, walk.chance.choice(dealers)}
            answer = structs.replace(kept.answer, complaints=tuple(sorted(against)), box=kept.box, signature="")
            message = encode(structs.replace(answer, signature=kept.sign("ceremony", encode(answer))))
        answers.append((secrets.name, message))
    try:
        _collected(walk, answers)
    except Refused:
        # A complaint among the first ones has stopped it.
        with walk.store.read() as view:
            assert complaints(trustees.running(view))


def _dealt_wrongly(walk: Walk, dealer: Secrets, transcript: Transcript) -> Secrets:
    """The dealer's deal with a wrong piece, or several, of whatever content."""
    pieces = list(dealer.deal.pieces)
    for place, holder in enumerate(dealer.ceremony.others(dealer.number)):
        if walk.often(0.6):
            box = transcript.commits[holder - 1].box
            pieces[place] = walk.chance.choice(_WRONG)(walk, dealer, holder, box)
    deal = structs.replace(dealer.deal, pieces=tuple(pieces), signature="")
    return structs.replace(dealer, deal=structs.replace(deal, signature=dealer.sign("ceremony", encode(deal))))


def _sealed(box: str, content: bytes) -> bytes:
    return bytes(SealedBox(PublicKey(bytes.fromhex(box))).encrypt(content))


def _another_number(_walk: Walk, dealer: Secrets, holder: int, box: str) -> bytes:
    return backup.seal_piece(box, Address(dealer.ceremony.id, dealer.number, holder), 1)


def _too_large_a_number(_walk: Walk, dealer: Secrets, holder: int, box: str) -> bytes:
    return backup.seal_piece(box, Address(dealer.ceremony.id, dealer.number, holder), 2**256 - 1)


def _for_another(_walk: Walk, dealer: Secrets, holder: int, box: str) -> bytes:
    return backup.seal_piece(box, Address(dealer.ceremony.id, dealer.number, holder + 1), 1)


def _any_text(walk: Walk, _dealer: Secrets, _holder: int, box: str) -> bytes:
    return _sealed(box, encode({walk.texts.text(): "\x1b[31m\n\u202e" + walk.texts.text(), "x": "\ufffe\u0000" * 400}))


def _nonsense(walk: Walk, _dealer: Secrets, _holder: int, box: str) -> bytes:
    return _sealed(box, walk.chance.randbytes(walk.chance.choice((0, 1, 500))))


def _not_sealed(walk: Walk, _dealer: Secrets, _holder: int, _box: str) -> bytes:
    return walk.chance.randbytes(walk.chance.choice((0, 1, 48, 500)))


_WRONG: tuple[Callable[[Walk, Secrets, int, str], bytes], ...] = (
    _another_number,
    _too_large_a_number,
    _for_another,
    _any_text,
    _nonsense,
    _not_sealed,
)
