"""A chain of signed entries, each naming the one before it: a chain in, the next place or Invalid out.

What an entry says and who signs it is the business of the journals that are such chains.
"""

from collections.abc import Sequence
from typing import Protocol

from ballot.errors import Invalid


class Link(Protocol):
    """An entry's place in the chain: its number from 0 and the digest of the signed entry before it ("" at first)."""

    @property
    def height(self) -> int: ...

    @property
    def parent(self) -> str: ...


class SignedLink(Protocol):
    """An entry with its signatures; `digest` is the SHA-256 of both, in hex."""

    @property
    def entry(self) -> Link: ...

    @property
    def digest(self) -> str: ...


def next_place(chain: Sequence[SignedLink]) -> tuple[int, str]:
    """Height and parent of the entry that comes next; the last entry of a chain is enough to tell."""
    return (chain[-1].entry.height + 1, chain[-1].digest) if chain else (0, "")


def check_place(chain: Sequence[SignedLink], height: int) -> None:
    """Check that the entry at this height follows the one before it. Raises Invalid."""
    entry = chain[height].entry
    parent = chain[height - 1].digest if height else ""
    if entry.height != height or entry.parent != parent:
        raise Invalid("it does not follow the entry before it")
