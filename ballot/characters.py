"""Which characters a plain text may hold, and which of them look alike (protocol §1.5).

Both are fixed here and in the protocol, and never asked of the Python that runs: a record is judged alike in any year.
"""

from bisect import bisect
from functools import cache

from ballot.unicode14 import RANGES

JOINERS = "\u200c\u200d"
"""Permitted though unseen: Persian, Bengali and Sinhala names are spelled with them."""

# Marks, letters and symbols of Unicode 14.0 without a glyph of their own, and what wrong conversions leave behind.
_UNSEEN = (
    "34F 115F-1160 17B4-17B5 180B-180D 180F 2800 2D7F 3164 FE00-FE0F FFA0 FFFC-FFFD 1107F 16FE4 1BC9D 1D159 "
    "1DA9B-1DA9F 1DAA1-1DAAF E0100-E01EF"
)

# Letters beside the Latin ones that they look like. Within a script no two stand for the same, so that no two names in
# it become one; only of Latin letters there are twins.
LETTERS = (
    ("ıɑɡȷᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢǀ|", "iagjabcdefghijklmnopqrstuvwyzll"),
    ("авгекмнорстухіјѕԁԛԝѵӏ", "abrekmhopctyxijsdqwvl"),
    ("αβεζηικμνορτυχϲϹϳ", "abezhikmnoptyxccj"),
    ("օսոհցզտլյ", "ounhgqslj"),
    ("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏃᏚᏙᏞᏟᏢᏦᏴ", "drtiajewmhygzsvlcpkb"),
    ("ⲃⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "bhikmnopctyx"),
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou"),
)
_SIGNS = {
    "'": "60 B4 2B9 2BB-2BD 2C8 2CA-2CB 384 55A 5F3 1FBD 1FBF 2018-2019 201B 2032 A78C",
    '"': "201C-201D 201F 2033",
    "-": "2D7 58A 5BE 2010-2015 2043 2212",
    "\u064a": "6CC",
    "\u0643": "6A9",
    "": "640 200C-200D",
}


def _ranges(text: str) -> list[tuple[int, int]]:
    ends = (word.partition("-") for word in text.split())
    return [(int(first, 16), int(last or first, 16)) for first, _, last in ends]


SIGNS = {chr(code): sign for sign, text in _SIGNS.items() for a, b in _ranges(text) for code in range(a, b + 1)}
"""Apostrophes, quotation marks and hyphens, and two letters of Arabic, with what stands for them; "" for nothing."""

TWINS = str.maketrans({**SIGNS, **{one: other for pair in LETTERS for one, other in zip(*pair, strict=True)}})
"""What stands for each character where names are compared."""


@cache
def _starts_and_ends() -> tuple[list[int], list[int]]:
    starts, ends = zip(*_ranges(RANGES), strict=True)
    return list(starts), list(ends)


@cache
def _unseen() -> frozenset[int]:
    return frozenset(code for first, last in _ranges(_UNSEEN) for code in range(first, last + 1))


def is_unseen(character: str) -> bool:
    """Whether this is one of the characters of Unicode 14.0 that are refused because nobody would see them."""
    return ord(character) in _unseen()


def is_known(character: str) -> bool:
    """Whether this is a letter, mark, number, punctuation, symbol or space of Unicode 14.0."""
    starts, ends = _starts_and_ends()
    place = bisect(starts, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]
