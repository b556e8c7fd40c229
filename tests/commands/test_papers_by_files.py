"""Papers by files: delegates, desk, seal and booth are folders that share nothing but the files they hand on."""

import base64
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from ballot.aloud import numbered
from ballot.commands import ask
from ballot.commands.app import run
from ballot.crypto.keys import load_delegate
from ballot.keeper import Log
from ballot.wire import encode
from tests.commands.machines import PHRASE, Assembly, Machine, copy_of, cut_short, delegate_keys, open_assembly
from tests.systems import needs_modes

BOTH = ("--head", "head.key", "--seal", "seal.key")
PRINT = ("envelopes", "print", "--count")
HEAD = ("--head", "head.key")
ATTESTED = ("--attested-by", "Ana at the desk")
OTHER = ("--out", "other.json", "--pending", "other.pending")
SEAL = ("--seal", "seal.key", "--opening", "opening.json", "--log", "seal.log")


@pytest.fixture
def assembly(opened: Path, tmp_path: Path) -> Assembly:
    return copy_of(opened, tmp_path / "assembly")


def receives(assembly: Assembly, machine: Machine, number: int) -> None:
    """The answer goes from the committee to the delegate, who takes it."""
    assembly.committee.gives(f"answers/delegate-{number}.response.json", machine, "response.json")
    machine.does("receive", "response.json", "--opening", "opening.json")


def votes(assembly: Assembly, machine: Machine, marks: str) -> None:
    """A delegate votes on their own device, and the committee casts."""
    machine.does("vote", "paper.json", "--opening", "opening.json", "--marks", marks)
    machine.gives("sealed.json", assembly.committee, f"{machine.folder.name}-sealed.json")
    assembly.committee.does("cast", f"{machine.folder.name}-sealed.json")


def test_attack_a_head_who_asks_an_honest_seal_for_whoever_did_not_come_is_seen_by_the_keeper(
    assembly: Assembly,
) -> None:
    """The keeper has no list; the number, who vouches, and the election are all that can be compared with the room."""
    desk, keeper = assembly.committee, assembly.keeper
    words = assembly.asks("eli", 5).does("request", "opening.json", "--delegate", "5", *OTHER, "--json").value["words"]
    desk.does("issue", "eli.json", *HEAD, *ATTESTED)
    # The head calls the file as the head likes.
    desk.gives("answers/delegate-5.half.json", keeper, "delegate-1.half.json")
    told = keeper.does("seal-papers", "delegate-1.half.json", *SEAL)
    assert "delegate-1.half.json: as the head says, delegate 5, attested by: Ana at the desk" in told.err
    assert f"Opening, in words: {numbered(words)}" in " ".join(told.err.split())


def test_a_whole_election_by_files(assembly: Assembly) -> None:
    desk, keeper, booth = assembly.committee, assembly.keeper, assembly.booth
    # Two by files, sealed where the seal is.
    dana, eli = assembly.asks("dana", 1), assembly.asks("eli", 5)
    desk.does("issue", "dana.json", "eli.json", *HEAD, *ATTESTED)
    for name in ("delegate-1.half.json", "delegate-5.half.json"):
        desk.gives(f"answers/{name}", keeper)
    keeper.does("seal-papers", "delegate-1.half.json", "delegate-5.half.json", *SEAL)
    for machine, number in ((dana, 1), (eli, 5)):
        keeper.gives(f"answers/delegate-{number}.response.json", machine, "response.json")
        machine.does("receive", "response.json", "--opening", "opening.json")
    votes(assembly, dana, "1,2")
    # Eli's paper is damaged, and there is a fresh one.
    eli.gives("paper.json", desk, "eli-paper.json")
    desk.does("spoil", "eli-paper.json", "--delegate", "5", "--yes")
    desk.does("issue", "5", *BOTH, "--out", "eli-fresh.json")
    desk.gives("eli-fresh.json", eli, "fresh.json")
    eli.does("vote", "fresh.json", "--opening", "opening.json", "--marks", "3")
    eli.gives("sealed.json", desk)
    desk.does("cast", "sealed.json")
    # One by envelope, at the booth.
    desk.does("envelopes", "print", "--count", "3", *BOTH)
    desk.does("envelopes", "hand-out", "7", "--yes")
    desk.gives("envelopes.json", booth)
    codes = codes_of(desk)
    (booth / "code.txt").write_text(codes[1].lower(), encoding="utf-8")
    booth.does(
        *("booth", "--opening", "opening.json", "--envelopes", "envelopes.json", "--out", "outbox"),
        *("--paper", "code.txt", "--marks", "2", "--cast"),
    )
    (ballot,) = (booth / "outbox").glob("*.json")
    shutil.copyfile(ballot, desk / ballot.name)
    desk.does("cast", ballot.name)
    told = desk.does("reconcile", "--json").value
    assert told == {
        "issued": 6,
        "cast": 3,
        "spoiled": 1,
        "returned": 0,
        "outstanding": 2,
        "with_delegates": 0,
        "not_handed_out": 2,
        "handed_out": 4,
    }
    desk.does("envelopes", "return", codes[0], codes[2], "--yes")
    assembly.finish()
    observer = Machine(assembly.root / "observer")
    observer.folder.mkdir()
    desk.gives("record.zip", observer)
    checks = {check["number"]: check for check in observer.does("verify", "record.zip", "--json").value["checks"]}
    assert checks[5]["figure"] == "4 papers handed out to 3 voting delegates"
    assert checks[9]["figure"] == "6 issued = 3 cast + 1 spoiled + 2 returned + 0 outstanding"


def codes_of(desk: Machine) -> list[str]:
    lines = (desk / "slips.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith("    ")]


# Late, twice, in the wrong order, cut short


def test_everything_delivered_twice_gives_the_same(assembly: Assembly) -> None:
    desk, keeper = assembly.committee, assembly.keeper
    dana = assembly.asks("dana", 1)
    for _ in range(2):
        desk.does("issue", "dana.json", *HEAD)
        desk.gives("answers/delegate-1.half.json", keeper)
    for _ in range(2):
        keeper.does("seal-papers", "delegate-1.half.json", *SEAL)
    first = keeper.files()
    desk.does("issue", "dana.json", "dana.json", *HEAD)
    keeper.does("seal-papers", "delegate-1.half.json", "delegate-1.half.json", *SEAL)
    assert keeper.files() == first
    keeper.gives("answers/delegate-1.response.json", dana, "response.json")
    dana.does("receive", "response.json", "--opening", "opening.json")
    paper = (dana / "paper.json").read_bytes()
    dana.refuses("paper.json is already there", "receive", "response.json", "--opening", "opening.json")
    dana.does("receive", "response.json", "--opening", "opening.json", "--force")
    assert (dana / "paper.json").read_bytes() == paper
    votes(assembly, dana, "1")
    desk.does("cast", "dana-sealed.json")
    assert desk.does("reconcile", "--json").value["issued"] == 1


def test_a_lost_answer_is_given_again(assembly: Assembly) -> None:
    desk = assembly.committee
    assembly.asks("dana", 1)
    desk.does("issue", "dana.json", *BOTH)
    first = (desk / "answers" / "delegate-1.response.json").read_bytes()
    shutil.rmtree(desk / "answers")
    desk.does("issue", "dana.json", *BOTH)
    assert (desk / "answers" / "delegate-1.response.json").read_bytes() == first


def test_a_half_can_be_made_whole_with_both_keys_later(assembly: Assembly) -> None:
    desk = assembly.committee
    dana = assembly.asks("dana", 1)
    desk.does("issue", "dana.json", *HEAD)
    desk.does("issue", "dana.json", *BOTH)
    receives(assembly, dana, 1)
    votes(assembly, dana, "2")


def test_files_in_the_wrong_order_are_refused_by_name(assembly: Assembly) -> None:
    desk, keeper = assembly.committee, assembly.keeper
    dana = assembly.asks("dana", 1)
    dana.gives("request.json", keeper)
    keeper.refuses(
        "request.json is a request, and the head's half of an answer is wanted", "seal-papers", "request.json", *SEAL
    )
    dana.refuses("request.json is a request, and an answer", "receive", "request.json", "--opening", "opening.json")
    desk.does("issue", "dana.json", *HEAD)
    desk.gives("answers/delegate-1.half.json", dana, "half.json")
    told = dana.refuses("only the head's half", "receive", "half.json", "--opening", "opening.json")
    assert "ballot seal-papers" in told.err
    shutil.copyfile(dana / "half.json", desk / "half.json")
    desk.refuses("half.json is the head's half of an answer, and a request", "issue", "half.json", *BOTH)


def test_a_request_that_comes_after_the_close_is_refused(assembly: Assembly) -> None:
    assembly.asks("dana", 1)
    assembly.committee.does("close", "--yes")
    assembly.committee.refuses("issuing papers belongs to the phase open", "issue", "dana.json", *BOTH)


def test_an_answer_that_comes_after_the_close_is_still_a_paper_but_not_a_vote(assembly: Assembly) -> None:
    dana = assembly.asks("dana", 1)
    assembly.committee.does("issue", "dana.json", *BOTH)
    assembly.committee.does("close", "--yes")
    receives(assembly, dana, 1)
    dana.does("vote", "paper.json", "--opening", "opening.json", "--marks", "1")
    dana.gives("sealed.json", assembly.committee)
    assembly.committee.refuses("casting ballots belongs to the phase open", "cast", "sealed.json")


def test_files_cut_short_at_every_64th_byte_are_refused(assembly: Assembly) -> None:
    desk, keeper = assembly.committee, assembly.keeper
    dana = assembly.asks("dana", 1)
    with cut_short(desk / "dana.json") as lengths:
        for _ in lengths:
            desk.refuses("dana.json", "issue", "dana.json", *HEAD)
    desk.does("issue", "dana.json", *HEAD)
    desk.gives("answers/delegate-1.half.json", keeper)
    with cut_short(keeper / "delegate-1.half.json") as lengths:
        for _ in lengths:
            keeper.refuses("delegate-1.half.json", "seal-papers", "delegate-1.half.json", *SEAL)
    keeper.does("seal-papers", "delegate-1.half.json", *SEAL)
    with cut_short(keeper / "seal.log") as lengths:
        for _ in lengths:
            keeper.refuses("seal.log", "seal-papers", "delegate-1.half.json", *SEAL)
    keeper.gives("answers/delegate-1.response.json", dana, "response.json")
    receive = ("receive", "response.json", "--opening", "opening.json")
    for name in ("response.json", "paper.pending", "opening.json"):
        with cut_short(dana / name) as lengths:
            for _ in lengths:
                dana.refuses(name, *receive)
    dana.does(*receive)
    votes(assembly, dana, "1")


def test_a_cut_request_asks_for_nothing(assembly: Assembly) -> None:
    dana = assembly.delegate("dana", 1)
    with cut_short(dana / "opening.json") as lengths:
        for _ in lengths:
            dana.refuses("opening.json", "request", "opening.json", "--delegate", "1")
    with cut_short(dana / "own.key") as lengths:
        for _ in lengths:
            dana.refuses("own.key is ", "request", "opening.json", "--delegate", "1", "--key", "own.key")


# Refused by name


def test_bad_requests_are_named_with_their_files_and_change_nothing(assembly: Assembly, tmp_path: Path) -> None:
    desk = assembly.committee
    dana = assembly.asks("dana", 1)
    eli = assembly.asks("eli", 5)
    mallory = assembly.delegate("mallory", 99)
    (mallory / "own.key").write_bytes(delegate_keys()[3][0])
    mallory.does("request", "opening.json", "--delegate", "1", "--key", "own.key")
    mallory.gives("request.json", desk, "wrong-key.json")
    mallory.does("request", "opening.json", "--delegate", "99", "--out", "off.json", "--pending", "other.pending")
    mallory.gives("off.json", desk, "off-the-roll.json")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    open_assembly(elsewhere)
    shutil.copyfile(elsewhere / "committee" / "opening.json", mallory / "opening.json")
    mallory.does("request", "opening.json", "--delegate", "7", "--out", "x.json", "--pending", "x.pending")
    mallory.gives("x.json", desk, "another-election.json")
    altered = (desk / "dana.json").read_text(encoding="utf-8").replace('"delegate":1', '"delegate":3')
    (desk / "altered.json").write_text(altered, encoding="utf-8", newline="")
    replayed = (desk / "eli.json").read_text(encoding="utf-8").replace('"delegate":5', '"delegate":9')
    (desk / "replayed.json").write_text(replayed, encoding="utf-8", newline="")
    desk.does("issue", "eli.json", *BOTH, *ATTESTED)
    names = ("wrong-key.json", "off-the-roll.json", "another-election.json", "altered.json", "replayed.json")
    told = desk.refuses("error", "issue", "dana.json", *names, *BOTH, *ATTESTED)
    errors = [line.removeprefix("error: ") for line in told.err.splitlines() if line.startswith("error: ")]
    assert errors == [
        "wrong-key.json: the request is not signed by the key of delegate 1, or it was altered",
        "off-the-roll.json: there is no delegate 99 on the roll",
        "another-election.json: the request is for another election",
        "altered.json: the request is not signed by the key of delegate 3, or it was altered",
        "replayed.json: the request was copied from another one",
    ]
    assert desk.does("reconcile", "--json").value["issued"] == 1
    assert dana.files()
    assert eli.files()


def test_two_requests_of_one_delegate_are_told_apart_from_a_second_paper(assembly: Assembly) -> None:
    desk, eli = assembly.committee, assembly.asks("eli", 5)
    eli.does("request", "opening.json", "--delegate", "5", "--out", "again.json", "--pending", "again.pending")
    eli.gives("again.json", desk, "again.json")
    told = desk.refuses(
        "again.json: another request of delegate 5 is among these", "issue", "eli.json", "again.json", *BOTH, *ATTESTED
    )
    assert "give that one alone" in told.err
    assert desk.does("reconcile", "--json").value["issued"] == 0


def test_an_unsigned_request_needs_somebody_who_attests_it(assembly: Assembly) -> None:
    assembly.asks("eli", 5)
    told = assembly.committee.refuses("somebody must attest who asks", "issue", "eli.json", *BOTH)
    assert "eli.json" in told.err
    assembly.committee.does("issue", "eli.json", *BOTH, *ATTESTED)


def test_attack_a_response_for_somebody_else(assembly: Assembly) -> None:
    dana, eli = assembly.asks("dana", 1), assembly.asks("eli", 5)
    assembly.committee.does("issue", "dana.json", "eli.json", *BOTH, *ATTESTED)
    assembly.committee.gives("answers/delegate-1.response.json", eli, "response.json")
    fault = "the answer is for delegate 1, and the pending paper is of 5"
    eli.refuses(fault, "receive", "response.json", "--opening", "opening.json")
    assert dana.files()


@pytest.mark.parametrize(("office", "named"), [("head", "the head's answer"), ("seal", "the seal's answer")])
def test_attack_a_response_in_which_one_signature_does_not_hold(assembly: Assembly, office: str, named: str) -> None:
    dana = assembly.asks("dana", 1)
    assembly.committee.does("issue", "dana.json", *BOTH)
    assembly.committee.gives("answers/delegate-1.response.json", dana, "response.json")
    text = (dana / "response.json").read_text(encoding="utf-8")
    start = text.index(f'"{office}":"') + len(office) + 4
    digit = "0" if text[start + 50] != "0" else "1"
    (dana / "response.json").write_text(text[: start + 50] + digit + text[start + 51 :], encoding="utf-8", newline="")
    dana.refuses(named, "receive", "response.json", "--opening", "opening.json")


def test_attack_a_half_that_was_altered(assembly: Assembly) -> None:
    desk, keeper = assembly.committee, assembly.keeper
    assembly.asks("dana", 1)
    desk.does("issue", "dana.json", *HEAD)
    desk.gives("answers/delegate-1.half.json", keeper, "half.json")
    text = (keeper / "half.json").read_text(encoding="utf-8")
    (keeper / "half.json").write_text(text.replace('"delegate":1', '"delegate":3'), encoding="utf-8", newline="")
    fault = "half.json: the half response is not signed by the head of this election, or it was altered"
    keeper.refuses(fault, "seal-papers", "half.json", *SEAL)


@pytest.mark.parametrize("begun", [True, False])
def test_attack_a_seal_that_was_asked_in_two_windows_forgets_no_paper(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """The log of the second was read before the first had written to it: a second paper would be sealed later."""
    desk, keeper = assembly.committee, assembly.keeper
    for name, number in (("dana", 1), ("eli", 5)):
        assembly.asks(name, number)
        desk.does("issue", f"{name}.json", *HEAD, *ATTESTED)
        desk.gives(f"answers/delegate-{number}.half.json", keeper)
    if begun:
        opening = json.loads((keeper / "delegate-1.half.json").read_bytes())["entry"]["request"]["opening"]
        (keeper / "seal.log").write_bytes(encode(Log(opening)))
    unlock, asked = ask.unlock, []

    def typed_slowly(*args: Any) -> object:
        asked.append(args)
        if len(asked) == 1:
            keeper.does("seal-papers", "delegate-1.half.json", *SEAL)
        return unlock(*args)

    monkeypatch.setattr(ask, "unlock", typed_slowly)
    told = keeper.run("seal-papers", "delegate-5.half.json", *SEAL)
    assert told.code == 3
    assert "seal.log was written to while this command ran" in told.err
    assert [line["delegate"] for line in json.loads((keeper / "seal.log").read_bytes())["sealed"]] == [1]
    keeper.does("seal-papers", "delegate-5.half.json", *SEAL)
    assert [line["delegate"] for line in json.loads((keeper / "seal.log").read_bytes())["sealed"]] == [1, 5]


def test_the_log_of_another_election_is_refused(assembly: Assembly) -> None:
    desk, keeper = assembly.committee, assembly.keeper
    assembly.asks("dana", 1)
    desk.does("issue", "dana.json", *HEAD)
    desk.gives("answers/delegate-1.half.json", keeper, "half.json")
    (keeper / "seal.log").write_bytes(encode(Log("00" * 32)))
    told = keeper.refuses("seal.log and opening.json are of different elections", "seal-papers", "half.json", *SEAL)
    assert "hint: Look first whether --opening is the right file. If it is, --log is not the log" in told.err


def test_a_pending_paper_is_never_overwritten(assembly: Assembly) -> None:
    dana = assembly.asks("dana", 1)
    dana.refuses("you have asked for a paper", "request", "opening.json", "--delegate", "1", "--out", "second.json")


def test_a_request_that_cannot_be_written_leaves_no_pending_paper(assembly: Assembly) -> None:
    dana = assembly.delegate("dana", 1)
    dana.refuses("cannot write", "request", "opening.json", "--delegate", "1", "--out", "r" * 300)
    dana.does("request", "opening.json", "--delegate", "1")


def test_another_answer_is_never_overwritten(assembly: Assembly) -> None:
    desk = assembly.committee
    assembly.asks("dana", 1)
    (desk / "answers").mkdir()
    (desk / "answers" / "delegate-1.response.json").write_bytes(b"something else")
    desk.refuses("is already there", "issue", "dana.json", *BOTH)
    assert desk.does("reconcile", "--json").value["issued"] == 0


# What leaves a delegate's device


def test_no_file_that_leaves_the_device_holds_a_secret(assembly: Assembly) -> None:
    dana = assembly.delegate("dana", 1)
    dana.does("delegate", "new", "--name", "Dana Delegate", "--out", "new.key")
    dana.does("request", "opening.json", "--delegate", "1", "--key", "own.key")
    dana.gives("request.json", assembly.committee, "dana.json")
    assembly.committee.does("issue", "dana.json", *BOTH)
    receives(assembly, dana, 1)
    dana.does("vote", "paper.json", "--opening", "opening.json", "--marks", "1")
    leaving = [dana / name for name in ("new.key.public", "request.json", "sealed.json", "opening.json")]
    pending = json_of(dana / "paper.pending")
    paper = json_of(dana / "paper.json")
    blinded = {"credential": paper["paper"]["credential"], "prefix": pending["prefix"]}
    signed = {"signature": paper["paper"]["signature"], "seal": paper["paper"]["seal"]}
    keys = [load_delegate((dana / name).read_bytes(), PHRASE).ed25519 for name in ("own.key", "new.key")]
    secrets = [int(pending[name]) for name in ("secret", "head", "seal")]
    secrets += [int.from_bytes(key.private_bytes_raw(), "big") for key in keys]
    for path in leaving:
        for secret in secrets:
            assert not shows(path.read_bytes(), secret), path
        assert PHRASE.encode() not in path.read_bytes()
    for part in (blinded | signed).values():
        for path in leaving[:2]:
            assert not shows(path.read_bytes(), int(part, 16)), path
    for screen in dana.screen:
        for secret in (*secrets, int(pending["prefix"], 16)):
            assert not shows(screen.encode(), secret)
    for path in (dana / "paper.json", dana / "paper.pending"):
        assert shows(path.read_bytes(), secrets[0]), "the scan finds nothing"


def json_of(path: Path) -> Any:
    return json.loads(path.read_bytes())


def shows(data: bytes, number: int) -> bool:
    """Whether data holds a number in base 10, base 16, base 64 or as bytes, in either order of the bytes."""
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    forms = [str(number).encode(), raw, raw[::-1], f"{number:x}".encode(), raw[::-1].hex().encode()]
    forms += [base64.b64encode(one)[:-3] for one in (raw, raw[::-1])]
    return any(form in data or form.upper() in data for form in forms)


def test_attack_the_times_of_receipts_do_not_tell_the_order_of_casting(assembly: Assembly) -> None:
    desk = assembly.committee
    for number in ("1", "3", "5"):
        desk.does("issue", number, *BOTH, "--out", f"paper-{number}.json")
        desk.does("vote", f"paper-{number}.json", "--opening", "opening.json", "--marks", "", "--out", f"{number}.json")
        desk.does("cast", f"{number}.json", "--receipts", "receipts")
    receipts = list((desk / "receipts").iterdir())
    assert len(receipts) == 3
    assert {path.stat().st_mtime_ns for path in receipts} == {0}


@needs_modes
def test_secret_files_are_their_owners_only(assembly: Assembly) -> None:
    dana = assembly.asks("dana", 1)
    dana.does("delegate", "new", "--name", "Dana Delegate", "--out", "new.key")
    assembly.committee.does("issue", "dana.json", *BOTH)
    receives(assembly, dana, 1)
    assembly.committee.does("envelopes", "print", "--count", "1", *BOTH)
    for path in (dana / "paper.pending", dana / "paper.json", dana / "new.key", assembly.committee / "slips.txt"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


# Delegates' keys, envelopes, spoiling, replacing


def test_a_delegates_key_goes_on_the_roll(tmp_path: Path) -> None:
    dana = Machine(tmp_path)
    told = dana.does("delegate", "new", "--name", "Dana Delegate", "--out", "dana.key", "--json").value
    assert json_of(dana / "dana.key.public") == {"name": "Dana Delegate", "key": told["key"]}
    assert len(told["key"]) == 64
    dana.refuses("dana.key", "delegate", "new", "--name", "Dana Delegate", "--out", "dana.key")
    dana.refuses("the name of whoever holds the key", "delegate", "new", "--name", " ", "--out", "other.key")


def test_the_wrong_kind_of_key_is_refused(assembly: Assembly) -> None:
    dana = assembly.delegate("dana", 1)
    shutil.copyfile(assembly.committee / "head.key", dana / "head.key")
    fault = "this is a head key, and a delegate key is wanted"
    dana.refuses(fault, "request", "opening.json", "--delegate", "1", "--key", "head.key")


def test_envelopes_are_counted_at_the_command_line(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.refuses("6 voting delegates", "envelopes", "print", "--count", "7", *BOTH)
    desk.does("envelopes", "print", "--count", "2", *BOTH)
    desk.refuses("slips.txt", "envelopes", "print", "--count", "1", *BOTH)
    desk.does("envelopes", "print", "--count", "1", *BOTH, "--force")
    (code,) = codes_of(desk)
    assert len(json_of(desk / "envelopes.json")["envelopes"]) == 3
    desk.refuses("4 more would be more than the 6 voting delegates: at most 3", *PRINT, "4", *BOTH)
    told = desk.does("envelopes", "hand-out", "1", "--yes", "--json")
    assert told.value == {"delegate": 1, "name": "Delegate 1-0", "organisation": "Organisation 1"}
    assert "Next: let delegate 1, Delegate 1-0, sign and draw" in told.err
    desk.refuses("already has a paper", "envelopes", "hand-out", "1", "--yes")
    wrong = ("0" if code[0] != "0" else "2") + code[1:]
    desk.refuses("code 2: the code is mistyped", "envelopes", "return", code, wrong)
    (desk / "unused.txt").write_text(code.replace("-", " ").lower() + "\n\n", encoding="utf-8")
    assert desk.run("envelopes", "return", "--codes", "unused.txt").code == 2
    assert desk.does("envelopes", "return", "--codes", "unused.txt", "--yes", "--json").value == {
        "returned": 1,
        "not_handed_out": 1,
    }
    assert "1 envelope will be returned; 1 will still be at the desk." in "".join(desk.screen)
    assert "1 envelope returned." in "".join(desk.screen)
    desk.refuses("code 1: this envelope was returned already", "envelopes", "return", code)
    assert desk.run("envelopes", "return").code == 2


def test_more_envelopes_take_the_place_of_the_booths_earlier_file(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does(*PRINT, "1", *BOTH)
    first = (desk / "envelopes.json").read_bytes()
    desk.does(*PRINT, "1", *BOTH, "--out", "slips2.txt")
    assert len(json_of(desk / "envelopes.json")["envelopes"]) == 2
    # Any earlier one of this election may be replaced, for nothing of it is lost.
    (desk / "envelopes.json").write_bytes(first)
    desk.does(*PRINT, "1", *BOTH, "--out", "slips3.txt")
    assert len(json_of(desk / "envelopes.json")["envelopes"]) == 3
    told = desk.refuses("slips3.txt is already there", *PRINT, "1", *BOTH, "--out", "slips3.txt")
    assert "slips that were not printed are lost" in told.err
    (desk / "envelopes.json").write_bytes(first[:-9])
    (desk / "other.json").write_bytes(first.replace(b'"opening":"', b'"opening":"0', 1))
    for booth, said in (("envelopes.json", "cut off or damaged"), ("other.json", "the file of envelopes of another")):
        for force in ((), ("--force",)):
            out = ("--out", "slips4.txt", "--booth", booth, *force)
            told = desk.refuses(f"{booth} is already there, and it is {said}", *PRINT, "1", *BOTH, *out)
            assert "--force replaces only the file of envelopes of this election" in told.err


def test_a_surrendered_envelope_is_spoiled_by_its_code(assembly: Assembly) -> None:
    desk = assembly.committee
    desk.does("envelopes", "print", "--count", "3", *BOTH)
    desk.does("envelopes", "hand-out", "1", "--yes")
    desk.does("envelopes", "hand-out", "3", "--yes")
    first, second, _ = codes_of(desk)
    desk.does("spoil", "--code", first.lower(), "--delegate", "1", "--yes")
    desk.refuses("this paper was spoiled already", "spoil", "--code", first, "--delegate", "3")
    (desk / "code.txt").write_text(second + "\n", encoding="utf-8")
    desk.does("spoil", "code.txt", "--delegate", "3", "--yes")
    desk.does("envelopes", "hand-out", "1", "--yes")
    assert desk.run("spoil", "--delegate", "1").code == 2
    assert desk.run("spoil", "code.txt", "--code", first, "--delegate", "1").code == 2


def test_the_second_answer_of_a_delegate_has_a_name_of_its_own(assembly: Assembly) -> None:
    desk = assembly.committee
    dana = assembly.asks("dana", 1)
    desk.does("issue", "dana.json", *BOTH)
    receives(assembly, dana, 1)
    dana.gives("paper.json", desk)
    desk.does("spoil", "paper.json", "--delegate", "1", "--yes")
    desk.refuses("dana.json: the paper from this request was spoiled", "issue", "dana.json", *BOTH)
    again = ("--out", "request-2.json", "--pending", "paper-2.pending")
    dana.does("request", "opening.json", "--delegate", "1", "--key", "own.key", *again)
    dana.gives("request-2.json", desk, "dana-2.json")
    (path,) = desk.does("issue", "dana-2.json", *BOTH, "--json").value
    assert path.startswith(str(Path("answers") / "delegate-1-instead-of-"))
    desk.gives(path, dana, "response-2.json")
    second = ("receive", "response-2.json", "--opening", "opening.json", "--pending", "paper-2.pending")
    dana.refuses("perhaps another delegate's vote", *second, "--force")
    (dana / "paper.json").unlink()
    dana.does(*second)
    votes(assembly, dana, "1")


def test_a_delegate_is_replaced_by_letter(assembly: Assembly) -> None:
    desk = assembly.committee
    told = desk.does("replace", "1", "--name", "Nora Newcomer", "--letter", "letter of 3 May", "--yes", "--json").value
    assert (told["delegate"], told["name"]) == (1, "Nora Newcomer")
    assembly.asks("dana", 1)
    desk.refuses("the roll has no key to check it with", "issue", "dana.json", *BOTH, *ATTESTED)
    desk.does("issue", "1", *BOTH)
    desk.refuses("a paper was issued to delegate 1", "replace", "1", "--name", "Otto", "--letter", "letter")


def test_a_paper_at_the_desk_needs_both_keys(assembly: Assembly) -> None:
    assert assembly.committee.run("issue", "1", *HEAD).code == 2
    assembly.committee.does("issue", "1", *BOTH)
    assembly.committee.refuses("paper.json is already there", "issue", "3", *BOTH)


def test_the_help_of_the_commands_needs_no_store(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("issue",), ("seal-papers",), ("envelopes", "print"), ("request",), ("reconcile",)):
        assert run([*command, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_a_paper_on_the_disk_of_the_store_is_warned_of(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = assembly.committee
    told = desk.does("issue", "5", *BOTH)
    assert "Warning: paper.json will be on the disk of the store" in told.err
    with monkeypatch.context() as patch:
        patch.setattr("ballot.commands.files.on_one_disk", lambda path, store: path == store)
        told = desk.does("issue", "7", *BOTH, "--out", "stick.json")
    assert "Warning" not in told.err


def test_slips_on_the_disk_of_the_store_are_warned_of_before_the_passphrases(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = assembly.committee
    told = desk.refuses("none.key", *PRINT, "1", "--head", "none.key", "--seal", "seal.key")
    assert told.err.splitlines()[:2] == [
        "Warning: slips.txt will be on the disk of the store, where it can be found again.",
        "Better: Ctrl-C, and straight to the stick with --out. A file that was deleted leaves traces.",
    ]
    with monkeypatch.context() as patch:
        patch.setattr("ballot.commands.files.on_one_disk", lambda path, store: path == store)
        assert "Warning" not in desk.does(*PRINT, "1", *BOTH).err
