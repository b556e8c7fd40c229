"""Small discrete logarithms: g^m in, the count m out (protocol §6). Counts are public: nothing is constant-time."""

from functools import lru_cache
from math import isqrt

from ballot.crypto.groups import Element, Group
from ballot.errors import Invalid


def discrete_log(group: Group, element: Element, limit: int) -> int:
    """The m in 0..limit with g^m = element, by baby and giant steps: about 2·√limit products.

    Raises Invalid when there is none.
    """
    width = isqrt(limit) + 1
    table = _baby_steps(group, width)
    stride = group.public_power(group.generator, width)
    for giant in range(width):
        baby = table.get(element)
        if baby is not None and giant * width + baby <= limit:
            return giant * width + baby
        element = group.divide(element, stride)
    raise Invalid(f"a total does not decrypt to a number from 0 to {limit}")


@lru_cache(maxsize=4)
def _baby_steps(group: Group, width: int) -> dict[Element, int]:
    table: dict[Element, int] = {}
    element = group.identity
    for exponent in range(width):
        table[element] = exponent
        element = group.multiply(element, group.generator)
    return table
