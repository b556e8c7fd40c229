"""Signatures of an office that were made on another machine: a public part and a signature in, checked when it is used.

What needs both offices takes either their keys or this, so that the seal need not come to the laptop of the store.
"""

from dataclasses import dataclass
from typing import Protocol

from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.votes import Official


class Signs(Protocol):
    """Who signs for an office: whoever has the key, or a signature that was brought."""

    @property
    def public(self) -> Official:
        """The public part of the office's key."""

    def sign(self, kind: str, *fields: bytes | str) -> str:
        """Signature over T(kind, fields), in hex."""


@dataclass(frozen=True)
class Given:
    """One signature that was brought, in hex, and the public part of the key that made it."""

    public: Official
    signature: str

    def sign(self, kind: str, *fields: bytes | str) -> str:
        """The signature, if it is over T(kind, fields). Raises Invalid when it is over something else."""
        try:
            signing.verify(self.public.ed25519, self.signature, kind, *fields)
        except Invalid:
            raise Invalid(
                f"what {self.public.name} signed is not what this store has now",
                "Make the half again, and let the seal be put on that one.",
            ) from None
        return self.signature
