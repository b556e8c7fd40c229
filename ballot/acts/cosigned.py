"""Acts that need both offices, with the seal on a machine of its own: halves for its keeper out, sealed ones in.

A half changes nothing in the store. What comes back is taken in only if both have signed what the store has then.
"""

from collections.abc import Callable
from datetime import datetime

from ballot.acts.counting import contents, declare_result, facts, publish_record, require_decided
from ballot.acts.election import opening_file, require_holder
from ballot.acts.setup import open_box, require_ready, state_box, trustee_keys
from ballot.cosigning import HalfDeclaration, HalfOpening, SealedDeclaration, SealedOpening
from ballot.crypto.given import Given
from ballot.crypto.keys import OfficialKey
from ballot.declaration import declare
from ballot.opening import new_uuid
from ballot.record import SignedIndex, write_half
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.votes import Official, OpeningFile, Phase, Signatures
from ballot.wire import encode


def half_opening(view: View, head: OfficialKey, seal: Official, without_rehearsal: str, present: int) -> HalfOpening:
    """The opening statement, signed by the head, for a seal on a machine of its own; nothing is opened.

    Arguments are as for `open_box`, with the public part of the seal's key. Raises as that does.
    """
    require_ready(view, without_rehearsal, present)
    opening, election = state_box(view, (head.public, seal), present, new_uuid())
    return HalfOpening(opening, election, trustee_keys(view), head.sign("opening", encode(opening)))


def open_sealed(
    store: Store, head: OfficialKey, sealed: SealedOpening, now: datetime, without_rehearsal: str
) -> OpeningFile:
    """Open the box with an opening that the seal was put on.

    Raises as `open_box` does, and Invalid where this head did not sign the half.
    """
    stated = sealed.statement
    # Which key the seal has, only the opening tells: the head has compared its words, as for the half.
    Given(head.public, sealed.head).sign("opening", encode(stated))
    seal = Given(stated.seal, sealed.seal)
    return open_box(store, head, seal, now, without_rehearsal, stated.present, sealed.election.uuid)


def half_declaration(view: View, head: OfficialKey) -> HalfDeclaration:
    """The declaration, signed by the head, for a seal on a machine of its own; nothing is declared.

    Raises as `declare_result` does.
    """
    require_decided(view)
    require_holder(view, "head", head.public)
    opening, text = opening_file(view).signed.opening.fingerprint, declare(facts(view))
    return HalfDeclaration(opening, text.decode(), head.sign("declaration", opening, text))


def declare_sealed(
    store: Store, head: OfficialKey, sealed: SealedDeclaration, now: datetime
) -> tuple[bytes, Signatures]:
    """Declare the result with a declaration that the seal was put on. Raises as `declare_result` does."""
    with store.read() as view:
        require_decided(view)
        office = opening_file(view).signed.opening.seal
    return declare_result(store, head, Given(office, sealed.seal), now)


def half_record(view: View, head: OfficialKey) -> bytes:
    """The record, signed by the head, for a seal on a machine of its own. Raises as `publish_record` does."""
    told = contents(view)
    require_holder(view, "head", head.public)
    return write_half(told, head)


def publish_sealed(
    store: Store, head: OfficialKey, sealed: SignedIndex, now: datetime, deliver: Callable[[bytes], None]
) -> bytes:
    """Publish with the index of a record that the seal was put on. Raises as `publish_record` does."""
    with store.read() as view:
        view.require(Phase.DECLARED, "publishing the record")
        office = opening_file(view).signed.opening.seal
    return publish_record(store, head, Given(office, sealed.seal), now, deliver)
