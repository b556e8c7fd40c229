"""What can be judged without keys is judged before anybody types a passphrase."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ballot.acts.counting import publish_record
from ballot.crypto.keys import DEMO, Role, new_official, save_official
from ballot.errors import KeyRefused
from ballot.store.repo import Store
from tests.commands.assembly import HEAD, SEAL, UNREHEARSED, ballot, official, refused
from tests.commands.conftest import At

NO_KEYS = ("--head", "none.key", "--seal", "none.key")
"""Files that are not there: a command that gets as far as the keys says so."""


@pytest.mark.parametrize(
    ("point", "args", "error"),
    [
        ("ready", ("issue", "9"), "issuing papers belongs to the phase open"),
        ("closed", ("issue", "9"), "issuing papers belongs to the phase open"),
        ("open", ("issue", "2"), "delegate 2 does not vote"),
        ("open", ("issue", "99"), "there is no delegate 99 on the roll"),
        ("open", ("issue", "1"), "delegate 1 already has a paper"),
        ("open", ("issue", "9", "--out", "paper1.json"), "paper1.json is already there"),
        ("closed", ("envelopes", "print", "--count", "1"), "printing envelopes belongs to the phase open"),
        ("open", ("envelopes", "print", "--count", "3"), "4 papers are in use, and 3 more"),
        ("open", ("envelopes", "print", "--count", "1", "--out", "paper1.json"), "paper1.json is already there"),
    ],
)
def test_what_is_refused_anyhow_asks_for_no_passphrase(at: At, point: str, args: tuple[str, ...], error: str) -> None:
    (said,) = refused(at(point), *args, *NO_KEYS).errors
    assert said.startswith(error)


def test_requests_are_judged_before_the_keys(at: At) -> None:
    here = at("open")
    for number in (1, 2, 9):
        names = ("--out", f"request{number}.json", "--pending", f"{number}.pending")
        assert ballot(here, "request", "opening.json", "--delegate", str(number), *names).code == 0
    requests = ("request1.json", "request2.json", "request9.json")
    assert [error.split(";")[0] for error in refused(here, "issue", *requests, *NO_KEYS).errors] == [
        "request1.json: the request of delegate 1 is not signed",
        "request2.json: delegate 2 does not vote: each regular member has one voting delegate (VI §2(b))",
        "request9.json: the request of delegate 9 is not signed",
    ]
    attested = ("--attested-by", "the registration desk")
    errors = refused(here, "issue", *requests, *attested, *NO_KEYS).errors
    assert [error.split(":")[0] for error in errors] == ["request1.json", "request2.json"]
    outcome = refused(here, "issue", "request9.json", *attested, *NO_KEYS)
    assert "none.key" in outcome.errors[0]
    # Whoever vouches for a request reads whose it is before they sign.
    assert "request9.json is of delegate 9, " in outcome.err


def test_the_same_request_twice_at_once_is_entered_once(at: At) -> None:
    here = at("open")
    assert ballot(here, "request", "opening.json", "--delegate", "9", "--pending", "9.pending").code == 0
    keys = ("--head", "head.key", "--seal", "seal.key", "--attested-by", "the registration desk")
    told = ballot(here, "issue", "request.json", "request.json", *keys, "--json")
    assert told.code == 0, told.err
    assert len(told.value) == 2
    assert len(set(told.value)) == 1
    assert ballot(here, "status", "--json").value["issued"] == 5


def test_several_numbers_at_once_are_told_how_it_is_done(at: At) -> None:
    outcome = ballot(at("open"), "issue", "9", "11", *NO_KEYS)
    assert outcome.code == 2
    assert outcome.errors[0].startswith("several delegates' numbers at once are not possible")
    assert "`ballot issue NUMBER` once for each" in outcome.hint


@pytest.mark.parametrize(
    ("point", "args"),
    [
        ("open", ("issue", "9")),
        ("open", ("envelopes", "print", "--count", "1")),
        ("ready", ("open", *UNREHEARSED, "--out", "new.json")),
    ],
)
def test_both_key_files_are_looked_at_before_the_first_passphrase(at: At, point: str, args: tuple[str, ...]) -> None:
    here, unasked = at(point), {"BALLOT_HEAD_PASSPHRASE": "", "BALLOT_SEAL_PASSPHRASE": ""}
    for seal, error in (("none.key", "none.key"), ("head.key", "head.key: this is a head key, and a seal key is")):
        (said,) = refused(here, *args, "--head", "head.key", "--seal", seal, **unasked).errors
        assert error in said
        assert "passphrase" not in said


NOWHERE = ("--out", "nostick/new")
KEYS_OF_ICB = ("--secretary", "none.key", "--second", "none.key")


@pytest.mark.parametrize(
    ("point", "args"),
    [
        ("ready", ("keys", "new", "seal", "--name", SEAL, *NOWHERE)),
        ("ready", ("trustee", "new", "--name", "Tara", *NOWHERE)),
        ("ready", ("delegate", "new", "--name", "Dana", *NOWHERE)),
        ("ready", ("open", *UNREHEARSED, *NO_KEYS, *NOWHERE)),
        ("ready", ("rehearse", "--trustee", "tara.key", "--trustee", "tomas.key", *NO_KEYS, *NOWHERE)),
        ("ready", ("trustee", "ready", "tara.key", *NOWHERE)),
        ("ready", ("trustee", "sheet", "tara.key", *NOWHERE)),
        ("open", ("issue", "9", *NO_KEYS, *NOWHERE)),
        ("open", ("envelopes", "print", "--count", "1", *NO_KEYS, *NOWHERE)),
        ("open", ("envelopes", "print", "--count", "1", *NO_KEYS, "--booth", "nostick/new")),
        ("open", ("cast", "sealed1.json", "--receipts", "sealed1.json/receipts")),
        ("open", ("request", "opening.json", "--delegate", "1", "--key", "none.key", "--pending", "nostick/new")),
        ("drawn", ("declare", *NO_KEYS, *NOWHERE)),
        ("declared", ("publish", *NO_KEYS, *NOWHERE)),
        ("declared", ("seats", "found", "none.zip", *KEYS_OF_ICB, "--store", "nostick/icb.db")),
    ],
)
def test_a_place_where_nothing_can_be_written_is_told_before_the_keys(
    at: At, point: str, args: tuple[str, ...]
) -> None:
    unasked = dict.fromkeys((f"BALLOT_{who}_PASSPHRASE" for who in ("HEAD", "SEAL", "TRUSTEE", "DELEGATE")), "")
    (said,) = refused(at(point), *args, **unasked).errors
    assert said in ("there is no folder nostick", "sealed1.json is no folder")


def test_answers_that_have_no_place_are_not_made(at: At) -> None:
    here = at("open")
    assert ballot(here, "request", "opening.json", "--delegate", "9", "--pending", "9.pending").code == 0
    answer = ("issue", "request.json", "--attested-by", "the registration desk")
    (said,) = refused(here, *answer, *NO_KEYS, "--out", "opening.json/answers").errors
    assert said == "opening.json is no folder"
    assert ballot(here, *answer, "--head", "head.key").code == 0
    half = ("seal-papers", "answers/delegate-9.half.json", "--opening", "opening.json", "--seal", "none.key")
    for places in (("--log", "nostick/seal.log"), ("--log", "seal.log", "--out", "opening.json/answers")):
        (said,) = refused(here, *half, *places).errors
        assert said in ("there is no folder nostick", "opening.json is no folder")


@pytest.mark.parametrize(
    ("point", "args"),
    [
        ("ready", ("open", *UNREHEARSED, "--out", "new.json")),
        ("ready", ("rehearse", "--trustee", "tara.key", "--trustee", "tomas.key")),
        ("open", ("issue", "9")),
        ("open", ("envelopes", "print", "--count", "1")),
        ("drawn", ("declare",)),
        ("declared", ("publish",)),
    ],
)
@pytest.mark.parametrize("role", ["head", "seal"])
def test_the_key_of_somebody_else_is_refused_without_a_passphrase(
    at: At, point: str, args: tuple[str, ...], role: Role
) -> None:
    here = at(point)
    # A draft knows names only.
    name = "Mallory" if point == "ready" else HEAD if role == "head" else SEAL
    (here / "other.key").write_bytes(save_official(new_official(role, name), "nobody can type this", DEMO))
    keys = {"head": "head.key", "seal": "seal.key", role: "other.key"}
    unasked = {"BALLOT_HEAD_PASSPHRASE": "", "BALLOT_SEAL_PASSPHRASE": ""}
    (said,) = refused(here, *args, "--head", keys["head"], "--seal", keys["seal"], **unasked).errors
    office = "head" if role == "head" else "keeper of the seal"
    if point == "ready":
        assert said.startswith(f"other.key: the {office} of this election is ")
        assert said.endswith("and the key is that of Mallory")
    else:
        assert said == f"other.key: this is not the key of the {office} of this election"


def test_a_half_answer_is_not_made_with_the_key_of_somebody_else(at: At) -> None:
    here = at("open")
    (here / "other.key").write_bytes(save_official(new_official("head", HEAD), "nobody can type this", DEMO))
    assert ballot(here, "request", "opening.json", "--delegate", "9", "--pending", "9.pending").code == 0
    answer = ("issue", "request.json", "--attested-by", "the registration desk")
    (said,) = refused(here, *answer, "--head", "other.key").errors
    assert said == "other.key: this is not the key of the head of this election"
    assert ballot(here, *answer, "--head", "head.key").code == 0
    (here / "other.key").write_bytes(save_official(new_official("seal", SEAL), "nobody can type this", DEMO))
    half = ("seal-papers", "answers/delegate-9.half.json", "--opening", "opening.json", "--log", "seal.log")
    (said,) = refused(here, *half, "--seal", "other.key").errors
    assert said == "other.key: this is not the key of the keeper of the seal of this election"
    assert ballot(here, *half, "--seal", "seal.key").code == 0


def test_attack_record_published_with_keys_that_nobody_looked_at(at: At) -> None:
    with Store.open(at("declared") / "election.db") as store:
        for keys in ((new_official("head", HEAD), official("seal")), (official("head"), new_official("seal", SEAL))):
            with pytest.raises(KeyRefused, match="this is not the key of the"):
                publish_record(store, *keys, datetime.now(UTC), lambda _: None)


@pytest.mark.parametrize("args", [("keys", "new", "head"), ("keys", "new", "secretary"), ("delegate", "new")])
def test_a_name_that_no_record_can_hold_is_refused_before_the_passphrase(tmp_path: Path, args: tuple[str, ...]) -> None:
    unasked = dict.fromkeys(("BALLOT_HEAD_PASSPHRASE", "BALLOT_SECRETARY_PASSPHRASE", "BALLOT_DELEGATE_PASSPHRASE"), "")
    (said,) = refused(tmp_path, *args, "--name", "Ana\u2800Cruz", "--out", "new.key", **unasked).errors
    assert said == "the name of whoever holds the key: holds an invisible character (U+2800)"
