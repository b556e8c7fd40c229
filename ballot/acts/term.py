"""The three years of a sample ICB, played whole: a folder with an Assembly and the acts after it in, its record out.

`acts.toml` tells the acts in order, each with its date and its letters in words; the words of a letter become its file.
An officer's election is played like the Assembly's, by those who vote in the ICB on that day.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from ballot.acts.intake import Intake
from ballot.acts.sample import Cast, Played, Staff, Watch, play_intake, read_sample
from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
from ballot.acts.seats import Standing, found_icb, prepare_founding, publish, record_act, standing
from ballot.crypto.keys import DEMO
from ballot.crypto.signer import SignerKey, SignerRole, new_signer, save_signer
from ballot.errors import BadInput, Error, Fault, Refused
from ballot.files import SECRET, check_folder, check_free, is_file, is_folder, write_whole
from ballot.icb import officers
from ballot.icb.places import Office, Place, State
from ballot.icb.seats import state_on
from ballot.icb.secretary import Act, Document, Signer
from ballot.plan import ContestPlan, marks_permitted
from ballot.store.icb import IcbStore
from ballot.toml import read_toml
from ballot.verify import verify
from ballot.votes import Contest
from ballot.wire import Wire, read_file, sha256_hex

ACTS, EXPECTED = "acts.toml", "expected.json"
LETTERS = frozenset({"letter", "communication", "meeting", "decision", "assembly"})
"""Particulars of acts that are letters; in the file they are words."""

MAX_BYTES = 1024 * 1024


class Meeting(Wire, frozen=True):
    """An officer's election as `acts.toml` tells it: who stands, and the mark of every ballot (0: blank)."""

    office: str
    candidates: tuple[str, ...]
    marks: tuple[int, ...]
    present: int
    meeting: str


class _Told(Wire, frozen=True):
    declared: object
    acts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Day:
    """Who sits, and who holds which office, on a day."""

    on: str
    places: tuple[Place, ...]
    offices: tuple[Office, ...]


@dataclass(frozen=True)
class Term:
    """What was played: the Assembly, the ICB's store and record, the days that the sample asks for, and the end."""

    assembly: Played
    store: Path
    record: Path
    days: tuple[Day, ...]
    end: Standing


def is_term(plan: Path) -> bool:
    """Whether a sample goes on after its Assembly."""
    return is_file(plan.parent / ACTS)


def play_term(
    plan: Path, out: Path, group: str | None, seed: int | None, staff: Staff, watch: Watch, force: bool
) -> Term:
    """Play a sample's Assembly and the acts after it into the folder `out`.

    Raises BadInput for faults of the files, and Refused for files in the way or an act that is not permitted.
    """
    declared, tables = _read_acts(plan.parent / ACTS)
    intake, demo, choices = read_sample(plan, group)
    store, record, letters = out / "icb.db", out / "icb-record.zip", out / "letters"
    keys: tuple[SignerRole, ...] = ("secretary", "second")
    paths = [store, record, *(out / f"{role}.key" for role in keys)]
    check_folder(out, made=True)
    if is_folder(out):
        check_free(paths, force)
    cast = Cast(intake, choices, demo.lots)
    played = play_intake(cast, out / "assembly", seed, staff, watch, force, _clock(declared))
    letters.mkdir(exist_ok=True)
    for path in paths:
        path.unlink(missing_ok=True)
    names = {"secretary": intake.plan.head, "second": intake.plan.seal}
    secretary, second = (_signer(out, role, names[role]) for role in keys)
    with watch("Founding the ICB", 1) as advance:
        one, other = (Signer(key.name, key.public.key) for key in (secretary, second))
        found_icb(store, prepare_founding(played.record.read_bytes(), one, other, declared), secretary, second)
        advance()
    with IcbStore.open(store) as opened:
        for number, (on, table) in enumerate(tables, start=1):
            made: list[bytes] = []
            if table["act"] == "officer elected":
                folder = out / f"meeting-{number}"
                make, data = _meeting(opened, intake, table, on, folder, letters, (seed, staff, watch, force))
                made.append(data)
            else:
                make = _make(table, letters)
            try:
                record_act(opened, make, on, secretary, second, made)
            except Refused as error:
                raise Refused(f"{ACTS}, act {number}: {error.message}", error.hint) from None
        with opened.read() as view:
            end = standing(view)
        write_whole(record, publish(opened, secretary), force=force)
    return Term(played, store, record, _days(plan.parent / EXPECTED, end.state), end)


def _clock(day: str) -> Callable[[], datetime]:
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    return lambda: noon


def _read_acts(path: Path) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """The day of the Assembly's declaration, and the acts after it with their days. Raises BadInput."""
    table = read_toml(read_file(path, "the acts", MAX_BYTES), path.name, MAX_BYTES)
    try:
        told = msgspec.convert(table, _Told)
        if not all({"on", "act"} <= act.keys() for act in told.acts):
            raise ValueError("every act says `on` which day it was, and which `act` it is")
        return _day(told.declared), [(_day(act.pop("on")), act) for act in told.acts]
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInput([Fault(path.name, 0, "", f"not as acts are written: {error}")]) from None


def _day(text: object) -> str:
    return date.fromisoformat(str(text)).isoformat()


def _signer(out: Path, role: SignerRole, name: str) -> SignerKey:
    key = new_signer(role, name)
    write_whole(out / f"{role}.key", save_signer(key, WORDS_OF_ALL_KEYS, DEMO), SECRET)
    return key


def _letter(letters: Path, words: str) -> Document:
    data = f"{words}\n".encode()
    digest = sha256_hex(data)
    write_whole(letters / f"{digest[:16]}.txt", data, force=True)
    return Document(words, digest)


def _make(table: Mapping[str, Any], letters: Path) -> Callable[[State], Act]:
    filed = {key: _letter(letters, value) if key in LETTERS else value for key, value in table.items()}
    try:
        act: Act = msgspec.convert(msgspec.to_builtins(filed), Act)  # a union of all acts, told apart by their name
    except msgspec.ValidationError as error:
        raise BadInput([Fault(ACTS, 0, str(table["act"]), str(error))]) from None
    return lambda _: act


def _meeting(
    store: IcbStore,
    assembly: Intake,
    table: Mapping[str, Any],
    on: str,
    folder: Path,
    letters: Path,
    how: tuple[int | None, Staff, Watch, bool],
) -> tuple[Callable[[State], Act], bytes]:
    """Hold an officer's election; the act that records it, and its record."""
    try:
        meeting = msgspec.convert({key: value for key, value in table.items() if key != "act"}, Meeting)
    except msgspec.ValidationError as error:
        raise BadInput([Fault(ACTS, 0, "officer elected", str(error))]) from None
    with store.read() as view:
        now = standing(view)
    state, title = now.state, f"{assembly.plan.name}: {meeting.office}"
    contest = ContestPlan(question=meeting.office, rule="officer")
    plan = msgspec.structs.replace(
        assembly.plan, name=title, electorate="icb", members=None, delegates=None, contests=(contest,), demo=None
    )
    lines = ["number,name", *(f"{number},{name}" for number, name in enumerate(meeting.candidates, start=1))]
    candidates, faults = officers.read_candidates("\n".join(lines).encode(), state, ACTS)
    if faults:
        raise BadInput(faults)
    contests = (Contest(meeting.office, contest.rule, *marks_permitted(contest, state.charter), candidates),)
    roll, salts = officers.roll_of(state), officers.salts_of(state)
    intake = Intake(assembly.folder, plan, now.charter_bytes, roll, contests, salts)
    cast = Cast(intake, [(mark,) if mark else () for mark in meeting.marks], present=meeting.present)
    data = play_intake(cast, folder, *how, _clock(on)).record.read_bytes()
    _, election = verify(data)
    paper = _letter(letters, meeting.meeting)
    return lambda before: officers.act_of(before, meeting.office, data, election, paper), data


def _days(path: Path, state: State) -> tuple[Day, ...]:
    """The days that the sample's expectation names."""
    try:
        days = sorted(json.loads(read_file(path, "the expectation", MAX_BYTES)))
        states = [(day, state_on(state, day)) for day in days]
    except (ValueError, Error) as error:
        raise BadInput([Fault(path.name, 0, "", f"not as an expectation is written: {error}")]) from None
    return tuple(Day(day, at.places, at.offices) for day, at in states)
