"""What delegates and observers can check: receipts, the record, its archive, and signatures on papers with openssl."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ballot.box import check_receipt
from ballot.record import unpack
from ballot.votes import BoothPaper, Receipt, SealedBallot
from ballot.wire import decode
from tests.commands.assembly import KEYS, MARKS, PASSPHRASES, STEPS, Assembly, ballot, begin, opening_of, receipt_of
from tests.commands.conftest import At

CAST = [number for number in MARKS if number != 7]
MAIN = "from ballot.commands import main\nmain()"


def program(folder: Path, *args: str, joined: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own; `joined` gives result and talk in the order of a screen."""
    environment = {**os.environ, **PASSPHRASES, "PYTHONUTF8": "1"}
    environment.pop("BALLOT_STORE", None)
    return subprocess.run(
        [sys.executable, "-c", MAIN, *args],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if joined else subprocess.PIPE,
        text=True,
        check=False,
    )


def test_a_delegate_finds_the_tracker_on_the_receipt_and_in_the_record(assembly: Assembly) -> None:
    opening = opening_of(assembly.folder).signed.opening
    archive = unpack((assembly.folder / "record.zip").read_bytes())["election.bel"]
    for number in CAST:
        data = (assembly.folder / "receipts" / receipt_of(assembly.folder / f"sealed{number}.json")).read_bytes()
        given = decode(data, Receipt, "the receipt")
        check_receipt(opening, given)
        assert given.tracker == assembly.json[f"vote {number}"].value["tracker"]
        sealed = decode((assembly.folder / f"sealed{number}.json").read_bytes(), SealedBallot, "the ballot")
        assert sealed.ballot.tracker == given.tracker
        assert sealed.ballot.signature.hash.encode() in archive
    uncast = decode((assembly.folder / "sealed7.json").read_bytes(), SealedBallot, "the ballot")
    assert uncast.ballot.signature.hash.encode() not in archive


def test_where_the_declaration_is_and_what_comes_next_stand_below_its_text(at: At) -> None:
    lines = program(at("drawn"), "declare", *KEYS, joined=True).stdout.splitlines()
    assert lines[-1].startswith("The declaration is in declaration.txt. Next: `ballot publish ")
    assert sum("declaration.txt" in line for line in lines) == 1


def test_the_record_verifies_in_a_fresh_process_in_an_empty_folder(assembly: Assembly, tmp_path: Path) -> None:
    shutil.copy(assembly.folder / "record.zip", tmp_path / "record.zip")
    done = program(tmp_path, "verify", "record.zip", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["verified"]
    assert [check["number"] for check in report["checks"]] == list(range(1, 17))
    assert all(check["passed"] and check["sentence"] and check["figure"] for check in report["checks"])
    assert report == assembly.json["verify"].value
    assert [path.name for path in tmp_path.iterdir()] == ["record.zip"]


def test_a_record_with_one_byte_changed_fails_with_exit_code_4(assembly: Assembly, tmp_path: Path) -> None:
    data = bytearray((assembly.folder / "record.zip").read_bytes())
    data[data.index(b"Candidate 3")] ^= 1
    (tmp_path / "record.zip").write_bytes(data)
    outcome = ballot(tmp_path, "verify", "record.zip", "--json")
    assert outcome.code == 4
    assert not outcome.value["verified"]
    number = outcome.value["checks"][-1]["number"]
    assert outcome.errors[0].startswith(f"check {number} (")
    assert outcome.hint


def test_an_archive_with_one_digit_changed_fails_with_exit_code_4(assembly: Assembly, tmp_path: Path) -> None:
    archive = unpack((assembly.folder / "record.zip").read_bytes())["election.bel"]
    (tmp_path / "good.bel").write_bytes(archive)
    assert len(ballot(tmp_path, "verify", "good.bel", "--json").value["steps"]) == 9
    data = bytearray(archive)
    place = data.index(b'"challenge":"', data.index(b'"election_hash"')) + len(b'"challenge":"')
    data[place] = data[place] ^ 1
    (tmp_path / "bad.bel").write_bytes(data)
    outcome = ballot(tmp_path, "verify", "bad.bel", "--json")
    assert outcome.code == 4
    failed = outcome.value["failed"]
    assert outcome.errors == [f"check {failed['number']} ({failed['title']}) failed: {failed['sentence']}"]
    assert not outcome.value["verified"]
    assert [step["number"] for step in outcome.value["steps"]] == list(range(1, failed["number"]))
    assert failed["sentence"] in ballot(tmp_path, "verify", "bad.bel", "--plain").out


def openssl(folder: Path, pem: str, signature: str, message: bytes) -> bool:
    """Whether openssl accepts a signature on a paper, as docs/protocol.md shows it."""
    (folder / "key.pem").write_text(pem, encoding="utf-8", newline="")
    (folder / "signature").write_bytes(bytes.fromhex(signature))
    (folder / "message").write_bytes(message)
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:48"]
    command = ["openssl", "dgst", "-sha384", *options, "-verify", "key.pem", "-signature", "signature", "message"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.strip() in ("Verified OK", "Verification failure", "Verification Failure"), done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("office", ["head", "seal"])
def test_openssl_verifies_head_and_seal_on_an_issued_paper(assembly: Assembly, tmp_path: Path, office: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    opening = opening_of(assembly.folder).signed.opening
    paper = decode((assembly.folder / "paper3.json").read_bytes(), BoothPaper, "the paper").paper
    pem = {"head": opening.head, "seal": opening.seal}[office].rsa
    signature = {"head": paper.signature, "seal": paper.seal}[office]
    message = bytes.fromhex(paper.prefix) + f"paper|{opening.fingerprint}|{paper.credential}".encode()
    assert openssl(tmp_path, pem, signature, message)
    assert not openssl(tmp_path, pem, signature, message.replace(b"paper|", b"Paper|"))


def test_belenios_tool_and_we_verify_the_archive_of_an_election_in_its_group(tmp_path: Path) -> None:
    begin(tmp_path, "BELENIOS-2048")
    skipped = ("announce", "commit", "reveal", "draw", "waiting")
    for name, args in STEPS:
        if name.split()[0] not in skipped and not name.endswith((" 5", " 7")):
            # Without the lots: 9 gets a second mark here, and nobody is tied across a cut.
            changed = ["1 2 3 4 5 6 7 8 9" if "9" in word and "--marks" in args else word for word in args]
            outcome = ballot(tmp_path, *(word for word in changed if word != "sealed5.json"))
            assert outcome.code == 0, (name, outcome.err)
    archive = unpack((tmp_path / "record.zip").read_bytes())["election.bel"]
    (tmp_path / "bel").mkdir()
    election = opening_of(tmp_path).election
    assert election.group == "BELENIOS-2048"
    file = tmp_path / "bel" / f"{election.uuid}.bel"
    file.write_bytes(archive)
    assert ballot(tmp_path, "verify", f"bel/{file.name}").code == 0
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed")
    done = subprocess.run([tool, "election", "verify", "--dir", "bel"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
