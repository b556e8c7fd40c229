"""What can be judged without keys is judged before anybody types a passphrase."""

from pathlib import Path

import pytest

from tests.commands.assembly import UNREHEARSED, ballot, refused
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
    (said,) = refused(here, "issue", "request9.json", *attested, *NO_KEYS).errors
    assert "none.key" in said


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


@pytest.mark.parametrize("args", [("keys", "new", "head"), ("keys", "new", "secretary"), ("delegate", "new")])
def test_a_name_that_no_record_can_hold_is_refused_before_the_passphrase(tmp_path: Path, args: tuple[str, ...]) -> None:
    unasked = dict.fromkeys(("BALLOT_HEAD_PASSPHRASE", "BALLOT_SECRETARY_PASSPHRASE", "BALLOT_DELEGATE_PASSPHRASE"), "")
    (said,) = refused(tmp_path, *args, "--name", "Ana\u2800Cruz", "--out", "new.key", **unasked).errors
    assert said == "the name of whoever holds the key: holds an invisible character (U+2800)"
