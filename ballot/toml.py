"""TOML from outside: bytes in, a table out, or BadInput; no file makes the parser crash, wait or fill the memory.

Also how a table differs from the type that it shall become, every fault with its place.
"""

import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

import msgspec

from ballot.errors import BadInput, Fault
from ballot.wire import Wire

_CURLY = frozenset("“”„‟«»‘’")
_QUOTES = 'A text stands in quotes, as in name = "Assembly"; is one missing, or a bracket?'

_PLAIN = {"str": "a text, in quotes", "int": "a whole number, without quotes", "bool": "true or false"}
_EXPECTED = re.compile(r"Expected `(str|int|bool)(?: \| null)?`, got")
"""What msgspec says of a value of another type, and the same for people who write no programs."""

UNKNOWN_KEY = "unknown key"
"""The problem with a key that a table does not have."""

MAX_DOTS = 50
"""Most dots in a line: the parser keeps every beginning of a dotted key, so a long one would fill the memory."""


def read_toml(data: bytes, name: str, limit: int) -> dict[str, Any]:
    """The table of a TOML file of at most `limit` bytes; `name` names it in faults.

    Raises BadInput when it is too large, not UTF-8, not TOML, nested too deeply, or has numbers of absurd length.
    """
    if len(data) > limit:
        raise BadInput([Fault(name, 0, "", f"too large: {len(data)} bytes, at most {limit} are read")])
    if data.startswith(BOM_UTF8):
        hint = "Save it as UTF-8 without this mark."
        raise BadInput([Fault(name, 1, "", "not TOML: it begins with a byte-order mark", hint)])
    for row, line in enumerate(data.splitlines(), start=1):
        if line.count(b".") > MAX_DOTS:
            raise BadInput([Fault(name, row, "", "not TOML: the line has too many dots")])
    try:
        return tomllib.loads(data.decode().replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise BadInput([Fault(name, row, "", f"not UTF-8: byte 0x{data[error.start]:02X}")]) from None
    except ValueError as error:
        # Not only TOMLDecodeError: a number of thousands of digits is a plain ValueError.
        # Its place ends the message; what somebody wrote stands before it, and could speak of a line too.
        place = re.search(r"\(at line ([0-9]+), column [0-9]+\)\Z", str(error))
        row = int(place[1]) if place else 0
        text = data.decode().split("\n")[row - 1] if row else ""
        hint = 'Plain quotes are wanted, no curly ones: name = "Assembly".' if _CURLY.intersection(text) else _QUOTES
        raise BadInput([Fault(name, row, "", f"not TOML: {str(error)[:200]}", hint)]) from None
    except RecursionError:
        raise BadInput([Fault(name, 0, "", "nested too deeply")]) from None


def shape_faults(
    form: type[Wire], table: dict[str, object], text_fault: Callable[[str], str] = lambda _: "", path: str = ""
) -> Iterator[tuple[str, str]]:
    """Faults of a table against a Struct of Structs, tuples and plain values: the place as a dotted path, the problem.

    `text_fault` says what is wrong with a text, "" for nothing.
    """
    prefix = f"{path}." if path else ""
    fields = {field.name: field for field in msgspec.structs.fields(form)}
    for key in table:
        if key not in fields:
            yield prefix + key, UNKNOWN_KEY
    for name, field in fields.items():
        if name in table:
            yield from _value_faults(field.type, table[name], text_fault, prefix + name)
        elif field.required:
            yield prefix + name, "the key is missing"


def _value_faults(form: Any, value: object, text_fault: Callable[[str], str], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(form, type) and issubclass(form, Wire):
        if isinstance(value, dict):
            yield from shape_faults(form, value, text_fault, path)
        else:
            yield path, "this must be a table"
    elif get_origin(form) is tuple:
        if not isinstance(value, list) or not value:
            yield path, "this must be a list with at least one entry"
            return
        for position, item in enumerate(value, start=1):
            yield from _value_faults(get_args(form)[0], item, text_fault, f"{path}[{position}]")
    else:
        try:
            msgspec.convert(value, form)
        except msgspec.ValidationError as error:
            kind = _EXPECTED.match(str(error))
            yield path, f"this must be {_PLAIN[kind[1]]}" if kind else str(error)
            return
        if isinstance(value, str) and (problem := text_fault(value)):
            yield path, problem
