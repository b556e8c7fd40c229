"""The ICB's three years: its store, an act and the signers' keys in, one signed entry more, and who sits then, out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ballot.charter import load
from ballot.crypto.signer import SignerKey
from ballot.errors import Invalid, Refused
from ballot.evidence import Progress
from ballot.icb.certificate import certificate
from ballot.icb.founding import assembly_of
from ballot.icb.journal import SignedAct, check_secretary, sign_act, sign_tip, state_of
from ballot.icb.places import State
from ballot.icb.record import IcbContents, Places, is_icb_record, named_records, write_icb_record
from ballot.icb.seats import found, perform
from ballot.icb.secretary import Act, Dated, Founded, Signer
from ballot.icb.verify import verify_icb
from ballot.record import read_record
from ballot.store.icb import IcbStore, IcbView
from ballot.verify import verify

A = TypeVar("A", bound=Act)


@dataclass(frozen=True)
class Standing:
    """What a store holds, checked: the state after all acts, the journal that led to it, and the charter's bytes."""

    state: State
    journal: tuple[SignedAct, ...]
    charter_bytes: bytes


@dataclass(frozen=True)
class Founding:
    """The act that founds the ICB on a verified record, permitted and not signed yet, and the state after it."""

    record: bytes
    charter_bytes: bytes
    dated: Dated
    state: State


def prepare_founding(
    record: bytes, secretary: Signer, second: Signer, on: str = "", progress: Progress | None = None
) -> Founding:
    """Verify an Assembly's record in full, and make the act that founds the ICB on it; nothing is kept.

    The act is of the day of the Assembly's declaration unless `on` gives another: later acts are not before it.

    Raises VerificationError for a record that does not hold, Refused when the act is not permitted.
    """
    _, evidence = verify(record, progress)
    assembly, charter = assembly_of(record, evidence.contents), evidence.charter
    dated = Dated(
        on or assembly.declared, Founded(assembly.opening, assembly.record, assembly.charter, secretary, second)
    )
    return Founding(record, evidence.contents.charter, dated, perform(found(charter, assembly), dated))


def found_icb(path: Path, founding: Founding, secretary: SignerKey, second: SignerKey) -> Standing:
    """Begin the ICB's store with the act that founds it.

    Raises Refused when the store exists, and KeyRefused for keys that the act does not name.
    """
    state = founding.state
    journal = (sign_act(state.charter, (), founding.dated, secretary.ed25519, second.ed25519),)
    IcbStore.create(path, founding.record, journal).close()
    return Standing(state, journal, founding.charter_bytes)


def restore_icb(path: Path, record: bytes, progress: Progress | None = None) -> Standing:
    """Make the ICB's store anew from its published record, which is verified in full; it holds all that the store held.

    What was recorded after the record was published is not in it. Raises VerificationError for a record that does not
    hold, and Refused when the store exists or the record is none of an ICB.
    """
    if not is_icb_record(record):
        raise Refused("this is no record of an ICB", "`ballot seats found` begins a store from an Assembly's record.")
    _, _, contents = verify_icb(record, progress)
    IcbStore.create(path, contents.assembly, contents.journal, contents.officers.values()).close()
    return replayed(contents.assembly, contents.journal)


def standing(view: IcbView) -> Standing:
    """Everything in a store, checked: the chain, every signature, and that every act was permitted.

    Raises Invalid for a journal that was changed or a record that is not there, Refused for an act not permitted.
    """
    journal = view.journal()
    return replayed(view.record(_founding(journal).record), journal)


def replayed(record: bytes, journal: tuple[SignedAct, ...]) -> Standing:
    """What acts lead to from the Assembly's record, which was verified in full before. Raises as `standing` does."""
    contents = read_record(record).contents
    state = state_of(load(contents.charter), assembly_of(record, contents), journal)
    return Standing(state, journal, contents.charter)


def last_day(view: IcbView) -> str:
    """The date of the last act; empty when there is none."""
    journal = view.journal()
    return journal[-1].entry.on if journal else ""


def prepare(view: IcbView, make: Callable[[State], A], on: str) -> tuple[Standing, A, State]:
    """What stands now, the act that `make` gives for it, and the state after it; nothing is kept.

    Raises Refused, with the article, for an act that is not permitted.
    """
    before = standing(view)
    act = make(before.state)
    return before, act, perform(before.state, Dated(on, act))


def record_act(
    store: IcbStore,
    make: Callable[[State], Act],
    on: str,
    secretary: SignerKey,
    second: SignerKey | None = None,
    records: Sequence[bytes] = (),
) -> tuple[Standing, Standing]:
    """Perform the act that `make` gives for the state, sign it and keep it with its records, in one transaction.

    Returns what stood before and after. Raises as `prepare` does, Refused for an act that lacks the second signature,
    and KeyRefused for a key that is not in force.
    """
    with store.write() as unit:
        before, act, after = prepare(unit, make, on)
        keys = secretary.ed25519, second.ed25519 if second else None
        signed = sign_act(after.charter, before.journal, Dated(on, act), *keys)
        for record in records:
            unit.add_record(record)
        unit.append(signed)
    return before, Standing(after, (*before.journal, signed), before.charter_bytes)


def publish(store: IcbStore, secretary: SignerKey) -> bytes:
    """The ICB's record as of now, its tip signed. Raises KeyRefused unless the key is the secretary's in force."""
    with store.read() as view:
        now = standing(view)
        check_secretary(now.journal, Signer(secretary.name, secretary.public.key))
        assembly = view.record(now.state.assembly.record)
        officers = {digest: view.record(digest) for digest in named_records(now.journal)}
    places = Places(1, now.state.places, now.state.offices)
    tip = sign_tip(now.journal, secretary.ed25519)
    return write_icb_record(IcbContents(places, now.journal, tip, assembly, officers))


def certify(store: IcbStore, seat: str) -> str:
    """The certificate of whoever holds a seat. Raises Refused when it is vacant or unknown."""
    with store.read() as view:
        now = standing(view)
    return certificate(now.state, seat, now.journal)


def _founding(journal: Sequence[SignedAct]) -> Founded:
    act = journal[0].entry.act if journal else None
    if not isinstance(act, Founded):
        raise Invalid("the ICB's journal does not begin with its founding", "Take the last good copy of the store.")
    return act
