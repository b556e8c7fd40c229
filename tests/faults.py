"""Lists and plans that a test wants without fault, or refused as `ballot new` refuses them."""

from typing import TypeVar

from ballot.errors import BadInput, Fault

T = TypeVar("T")


def sound(read: tuple[T, list[Fault]] | tuple[T, list[Fault], object]) -> T:
    """What was read. Raises BadInput with the faults beside it."""
    if read[1]:
        raise BadInput(read[1])
    return read[0]
