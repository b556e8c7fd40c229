"""Whose signatures count in the ICB's journal: the acts that name signers in, the secretary and the second officer out.

A lost key must be replaceable, so the new key and the other office sign a change: one office with a new key can replace
the other. It cannot do so in its own name, and the act stands in every record for all to see.
"""

from collections.abc import Iterable

from ballot.errors import Invalid
from ballot.icb.secretary import ROLE, Act, Founded, Signer, SignerChanged
from ballot.tables import name_key
from ballot.wire import Wire


class Signers(Wire, frozen=True):
    """Whose signatures count: the secretary and the second officer."""

    secretary: Signer
    second: Signer


def signers_of(acts: Iterable[Act]) -> Signers:
    """Whose signatures count after these acts.

    Raises Invalid as `signers_after` does, when there are none, and when a key that was replaced signs again.
    """
    offices, used = None, set[str]()
    for act in acts:
        if offices is None or isinstance(act, Founded | SignerChanged):
            offices = signers_after(offices, act)
            if isinstance(act, SignerChanged) and act.signer.key in used:
                raise Invalid(
                    "this key was replaced before, and a key that was replaced never signs again",
                    "Make a new key: `ballot keys new`.",
                )
            used |= {offices.secretary.key, offices.second.key}
    if offices is None:
        raise Invalid("the ICB journal is empty")
    return offices


def signers_after(before: Signers | None, act: Act) -> Signers:
    """Whose signatures count from this act on, itself included.

    Raises Invalid when the first act is not the founding or a later one is, when one key or one name would hold both
    offices, and when a new key is that of the same office already.
    """
    if isinstance(act, Founded) != (before is None):
        raise Invalid("a journal begins with the founding, and has no other")
    match act, before:
        case Founded(), _:
            after = Signers(act.secretary, act.second)
        case SignerChanged(role="secretary"), Signers():
            _check_other(act.signer, before.secretary, "second")
            after = Signers(act.signer, before.second)
        case SignerChanged(), Signers():
            _check_other(act.signer, before.second, "secretary")
            after = Signers(before.secretary, act.signer)
        case _, Signers():
            return before
    check_two(after, founded=before is not None)
    return after


def _check_other(new: Signer, old: Signer, other: str) -> None:
    """Raise Invalid when a key is the one that its office has already; `other` is the other office."""
    if new.key == old.key:
        raise Invalid(
            "this key signs for this office already",
            f"If the {ROLE[other]} is to have a new key, say `ballot acts signer {other}`. "
            "If not, make another key: `ballot keys new`.",
        )


def check_two(signers: Signers, founded: bool = False) -> None:
    """Raise Invalid when the two offices have one key or one name: each has to be a person of its own.

    Before the ICB is founded nobody can be replaced, so the hint is another one.
    """
    one, other = signers.secretary, signers.second
    if one.key == other.key:
        raise Invalid("the secretary and the second officer need keys of their own", "Give a key file of each.")
    if name_key(one.name) == name_key(other.name):
        raise Invalid(
            f"the secretary and the second officer are two people, and both keys are of {one.name}",
            "Whoever is to change from one office to the other is replaced there first."
            if founded
            else "Give a key of each: `ballot keys new secretary` and `ballot keys new second` make them.",
        )
