"""The group BELENIOS-2048 of protocol §1, with gmpy2's integers."""

from functools import lru_cache

import gmpy2

from ballot.crypto.groups import Element, Group
from ballot.errors import Invalid

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
        return _in_subgroup(element)

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


# Keys and the tally are read again and again.
@lru_cache(1024)
def _in_subgroup(element: Element) -> bool:
    return bool(gmpy2.powmod(_from_bytes(element), Belenios2048.q, _P) == 1)


def _from_bytes(element: Element) -> gmpy2.mpz:
    return gmpy2.mpz.from_bytes(element, "big")


def _to_bytes(value: gmpy2.mpz) -> Element:
    return gmpy2.mpz.to_bytes(value, 256, "big")
