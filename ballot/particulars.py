"""The form of particulars in the journal (protocol §10): entries in, Invalid naming the first with another form out.

Only acts whose particulars are not compared with the record as a whole: what they may say is fixed all the same, or the
desk could sign any text into a journal that verifies.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from ballot.errors import Invalid
from ballot.journal import Act, Entry, SignedEntry
from ballot.register import Way
from ballot.tables import text_problem, whole_number

_KEY = re.compile("[0-9a-f]{1,1000}").fullmatch
_DIGEST = re.compile("[0-9a-f]{64}").fullmatch
_PLACES = re.compile("|RANGE(, RANGE)*".replace("RANGE", "[1-9][0-9]{0,5}-[1-9][0-9]{0,5}")).fullmatch


def _is_number(text: str) -> bool:
    return text == "0" or whole_number(text) > 0


def _is_plain(text: str) -> bool:
    return bool(text) and not text_problem(text)


def _is_plain_or_empty(text: str) -> bool:
    return not text or _is_plain(text)


def _is_places(text: str) -> bool:
    # As many as there are contests, so no plain text: that has a limit.
    return _PLACES(text) is not None


def _is_digest(text: str) -> bool:
    return _DIGEST(text) is not None


def _is_key(text: str) -> bool:
    # In either group: hex, or a number.
    return _KEY(text) is not None


_FORMS: Mapping[Act, Mapping[str, Callable[[str], bool]]] = {
    Act.INVITED: {"ceremony": _is_digest, "need": _is_number, "trustees": _is_number},
    Act.STOPPED: {"at fault": _is_plain, "ceremony": _is_digest, "dealer": _is_plain, "holder": _is_plain},
    Act.TRUSTEE_ADDED: {"key": _is_key, "name": _is_plain},
    Act.REHEARSED: {
        "ballots": _is_number,
        "lots": _is_places,
        "report": _is_digest,
        "stood in for": _is_plain_or_empty,
    },
    Act.ISSUED: {"delegate": _is_number, "entry": _is_digest, "way": list(Way).__contains__},
    Act.ENVELOPES_PRINTED: {"count": _is_number, "envelopes": _is_digest},
    Act.REPLACED: {"delegate": _is_number, "letter": _is_plain, "name_hash": _is_digest},
}


def check_forms(journal: Sequence[SignedEntry], delegates: Collection[int]) -> None:
    """Check the particulars of every act that has a form of its own; `delegates` are the numbers on the roll.

    Raises Invalid naming the entry and the particular.
    """
    for signed in journal:
        entry = signed.entry
        check_form(entry)
        if entry.act == Act.REPLACED and int(entry.details["delegate"]) not in delegates:
            raise Invalid(f"{_where(entry)}: there is no delegate of this number on the roll")


def check_form(entry: Entry) -> None:
    """Check the particulars of one entry, as far as they have a form of their own. Raises Invalid as `check_forms`."""
    form = _FORMS.get(Act(entry.act))
    if form is None:
        return
    if entry.details.keys() != form.keys():
        raise Invalid(f"{_where(entry)}: its particulars are not {', '.join(form)}")
    for name, fits in form.items():
        if not fits(entry.details[name]):
            raise Invalid(f"{_where(entry)}: '{name}' is not of the form that it must have")
    if entry.act == Act.STOPPED and entry.details["at fault"] not in (entry.details["dealer"], entry.details["holder"]):
        raise Invalid(f"{_where(entry)}: at fault is neither who dealt the piece nor who complains of it")


def _where(entry: Entry) -> str:
    return f"journal entry {entry.height} ({entry.act})"
