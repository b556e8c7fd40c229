"""The two groups of protocol §1: text from outside -> checked elements; powers and products; elements -> text.

An element is held as bytes: 32 of libsodium's for Ed25519, 256 big-endian for BELENIOS-2048, which has a module of its
own. The identity can turn up in sums; libsodium refuses some operations on it, so every operation handles it by itself.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from secrets import randbelow

from nacl import bindings as sodium
from nacl.exceptions import RuntimeError as SodiumRefused

from ballot.errors import Error, Invalid

Element = bytes

OUTSIDE = "an element is not in the group"


class Group(ABC):
    """A group of prime order q in which discrete logarithms are hard."""

    name: str
    q: int
    generator: Element
    identity: Element

    def random_scalar(self) -> int:
        """Uniform in [0, q)."""
        return randbelow(self.q)

    def scalar(self, text: str) -> int:
        """Read a scalar in base 10. Raises Invalid unless it is canonical and in [0, q)."""
        if not (text.isascii() and text.isdigit()) or len(text) > 80 or (text[0] == "0" and text != "0"):
            raise Invalid("a scalar is not a plain number in base 10")
        value = int(text)
        if value >= self.q:
            raise Invalid("a scalar is not below the order of the group")
        return value

    def element(self, text: str, *, identity: bool = False) -> Element:
        """Read an element. Raises Invalid unless it is canonical and in the group; the identity only where allowed."""
        element = self._read(text)
        if element == self.identity:
            if not identity:
                raise Invalid("the identity stands where an element of the group is wanted")
            return element
        self._require(element)
        return element

    def read_checked(self, text: str) -> Element:
        """Read an element that `element` has accepted before, without asking again whether it is in the group."""
        return self._read(text)

    def read_unchecked(self, text: str, *, identity: bool = False) -> Element:
        """Read what may be no element, for `public_power` at once: where that checks, the check here would be a second.

        Raises Invalid as `element` does, but perhaps later, from `public_power`, `multiply` or `divide`.
        """
        return self.element(text, identity=identity)

    def product(self, elements: Iterable[Element]) -> Element:
        """Product of any number of elements; the identity for none."""
        result = self.identity
        for element in elements:
            result = self.multiply(result, element)
        return result

    @abstractmethod
    def text(self, element: Element) -> str:
        """Canonical text of an element (protocol §1)."""

    @abstractmethod
    def base(self, exponent: int) -> Element:
        """g^exponent for a secret exponent in [0, q)."""

    @abstractmethod
    def power(self, element: Element, exponent: int) -> Element:
        """element^exponent for a secret exponent in [0, q)."""

    @abstractmethod
    def public_power(self, element: Element, exponent: int) -> Element:
        """element^exponent for an exponent in [0, q) that everyone may learn.

        Raises Invalid for what `read_unchecked` let pass and is not in the group, whatever the exponent.
        """

    @abstractmethod
    def multiply(self, left: Element, right: Element) -> Element:
        """left·right."""

    @abstractmethod
    def divide(self, left: Element, right: Element) -> Element:
        """left/right."""

    @abstractmethod
    def _read(self, text: str) -> Element: ...

    @abstractmethod
    def _contains(self, element: Element) -> bool: ...

    def _require(self, element: Element) -> None:
        if not self._contains(element):
            raise Invalid(OUTSIDE)


_HEX = re.compile("[0-9a-f]{64}").fullmatch
CURVE_PRIME = 2**255 - 19
"""The prime of edwards25519's coordinates."""


# Keys and the tally are read again and again.
_is_valid_point: Callable[[Element], bool] = lru_cache(1024)(sodium.crypto_core_ed25519_is_valid_point)


class Ed25519(Group):
    """The prime-order subgroup of edwards25519; text is the number of the compressed encoding in 64 hex digits."""

    name = "Ed25519"
    q = 2**252 + 27742317777372353535851937790883648493
    identity = b"\x01" + bytes(31)
    generator = sodium.crypto_scalarmult_ed25519_base_noclamp(identity)

    def _read(self, text: str) -> Element:
        if not _HEX(text):
            raise Invalid("an element is not written as 64 lower-case hex digits")
        # The highest bit is the sign of x; y has a second encoding when it is small, which libsodium's sums let pass.
        if int(text, 16) % 2**255 >= CURVE_PRIME:
            raise Invalid(OUTSIDE)
        return bytes.fromhex(text)[::-1]

    def _contains(self, element: Element) -> bool:
        return _is_valid_point(element)

    def text(self, element: Element) -> str:
        return element[::-1].hex()

    def base(self, exponent: int) -> Element:
        if exponent == 0:
            return self.identity
        return sodium.crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little"))

    def power(self, element: Element, exponent: int) -> Element:
        if exponent == 0 or element == self.identity:
            return self.identity
        return sodium.crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), element)

    def read_unchecked(self, text: str, *, identity: bool = False) -> Element:
        element = self._read(text)
        return self.element(text, identity=identity) if element == self.identity else element

    def public_power(self, element: Element, exponent: int) -> Element:
        if exponent == 0 and element != self.identity:
            self._require(element)
        # libsodium refuses an encoding that is not canonical, and a point that is not in the prime-order subgroup.
        try:
            return self.power(element, exponent)
        except SodiumRefused:
            raise Invalid(OUTSIDE) from None

    def multiply(self, left: Element, right: Element) -> Element:
        try:
            return sodium.crypto_core_ed25519_add(left, right)
        except SodiumRefused:
            raise Invalid(OUTSIDE) from None

    def divide(self, left: Element, right: Element) -> Element:
        try:
            return sodium.crypto_core_ed25519_sub(left, right)
        except SodiumRefused:
            raise Invalid(OUTSIDE) from None


def _require_sound_library() -> None:
    """Raise Error where libsodium takes the generator plus the point of order 2 for an element (CVE-2025-69277)."""
    y = int.from_bytes(Ed25519.generator, "little")
    outside = (2**255 + CURVE_PRIME - y).to_bytes(32, "little")
    for accepts in (sodium.crypto_core_ed25519_is_valid_point, _raises_to_a_power):
        if accepts(outside):
            raise Error(
                "the library libsodium on this machine lets through what is not in the group (CVE-2025-69277)",
                "Install PyNaCl 1.6.2 or newer from its wheel, which brings a libsodium of its own.",
            )


def _raises_to_a_power(point: bytes) -> bool:
    try:
        sodium.crypto_scalarmult_ed25519_noclamp((2).to_bytes(32, "little"), point)
    except SodiumRefused:
        return False
    return True


# On import: an old library is no fault of what is read with it, and no check of a record may be blamed for it.
_require_sound_library()


GROUPS = ("Ed25519", "BELENIOS-2048")


@cache
def group(name: str) -> Group:
    """The group of that name. Raises Invalid for a name that is not one of GROUPS."""
    if name == "Ed25519":
        return Ed25519()
    if name == "BELENIOS-2048":
        # Its library takes long to import, and most elections are held in the other group.
        from ballot.crypto.belenios2048 import Belenios2048

        return Belenios2048()
    raise Invalid(f"this tool does not know the group {name!r}", f"It knows {' and '.join(GROUPS)}.")
