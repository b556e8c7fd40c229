"""TOML from outside: bytes in, a table out, or BadInput; no file makes the parser crash, wait or fill the memory."""

import re
import tomllib
from typing import Any

from ballot.errors import BadInput, Fault

MAX_DOTS = 50
"""Most dots in a line: the parser keeps every beginning of a dotted key, so a long one would fill the memory."""


def read_toml(data: bytes, name: str, limit: int) -> dict[str, Any]:
    """The table of a TOML file of at most `limit` bytes; `name` names it in faults.

    Raises BadInput when it is too large, not UTF-8, not TOML, nested too deeply, or has numbers of absurd length.
    """
    if len(data) > limit:
        raise BadInput([Fault(name, 0, "", f"too large: {len(data)} bytes, at most {limit} are read")])
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
        place = re.search(r"at line ([0-9]+)", str(error))
        raise BadInput([Fault(name, int(place[1]) if place else 0, "", f"not TOML: {str(error)[:200]}")]) from None
    except RecursionError:
        raise BadInput([Fault(name, 0, "", "nested too deeply")]) from None
