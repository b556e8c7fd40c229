"""The two groups of protocol §1: text from outside -> checked elements; powers and products; elements -> text.

An element is held as bytes: 32 of libsodium's for Ed25519, 256 big-endian for BELENIOS-2048. The identity can turn up
in sums; libsodium refuses some operations on it, so every operation here handles it by itself.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cache
from secrets import randbelow

import gmpy2
from nacl import bindings as sodium
from nacl.exceptions import RuntimeError as SodiumRefused

from ballot.errors import Invalid

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
        if int(text, 16) % 2**255 >= 2**255 - 19:
            raise Invalid(OUTSIDE)
        return bytes.fromhex(text)[::-1]

    def _contains(self, element: Element) -> bool:
        return bool(sodium.crypto_core_ed25519_is_valid_point(element))

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


_P = gmpy2.mpz(
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633"
    "13807895840496005438963628979639303877390572280360597374942767137677761889858987273586504908116709931053586778"
    "09800307904916540637771737641986785272734744763418356000356983051931442845617019110007867373073335641239717328"
    "97913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366"
    "14949100292344434637322214588410058642105024212036543356120132048111885240873107701415166620016231317716937218"
    "9248078507711827842317498073276598828825169183103125680162072880719"
)
_G = gmpy2.mpz(
    "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761552696787996946682"
    "98749389095083896573425601900601068477164491735474137283104610458681314511781646755400527402889846139864532661"
    "21505579709716201616827031288643245666383486363578210615491841998253431518974065818686865115135857641013888221"
    "53960160432288436039309893336627728484065931384060102316750957637779826651036068224066350766977640253462537730"
    "85133173495194248967754052573659049492477631475991575198775177711481490920456600205478127054728238140972518639"
    "858334115700568353695553423781475582491896050296680037745308460627"
)


class Belenios2048(Group):
    """The subgroup of order q of F_p* that Belenios calls BELENIOS-2048; text is the number in base 10."""

    name = "BELENIOS-2048"
    q = 78571733251071885079927659812671450121821421258408794611510081919805623223441
    identity = bytes(255) + b"\x01"
    generator = int(_G).to_bytes(256, "big")

    def _read(self, text: str) -> Element:
        if not (text.isascii() and text.isdigit()) or len(text) > 617 or text[0] == "0":
            raise Invalid("an element is not a plain number in base 10")
        value = gmpy2.mpz(text)
        if value >= _P:
            raise Invalid("an element is not below the modulus")
        return _to_bytes(value)

    def _contains(self, element: Element) -> bool:
        return bool(gmpy2.powmod(_from_bytes(element), self.q, _P) == 1)

    def text(self, element: Element) -> str:
        return str(_from_bytes(element))

    def base(self, exponent: int) -> Element:
        return self.power(self.generator, exponent)

    def power(self, element: Element, exponent: int) -> Element:
        if exponent == 0:
            return self.identity
        return _to_bytes(gmpy2.powmod_sec(_from_bytes(element), exponent, _P))

    def public_power(self, element: Element, exponent: int) -> Element:
        return _to_bytes(gmpy2.powmod(_from_bytes(element), exponent, _P))

    def multiply(self, left: Element, right: Element) -> Element:
        return _to_bytes(_from_bytes(left) * _from_bytes(right) % _P)

    def divide(self, left: Element, right: Element) -> Element:
        return _to_bytes(_from_bytes(left) * gmpy2.invert(_from_bytes(right), _P) % _P)


def _from_bytes(element: Element) -> gmpy2.mpz:
    return gmpy2.mpz.from_bytes(element, "big")


def _to_bytes(value: gmpy2.mpz) -> Element:
    return gmpy2.mpz.to_bytes(value, 256, "big")


GROUPS = ("Ed25519", "BELENIOS-2048")


@cache
def group(name: str) -> Group:
    """The group of that name. Raises Invalid for a name that is not one of GROUPS."""
    if name == "Ed25519":
        return Ed25519()
    if name == "BELENIOS-2048":
        return Belenios2048()
    raise Invalid(f"this tool does not know the group {name!r}", f"It knows {' and '.join(GROUPS)}.")
