"""The trustees' ceremony by files, through the commands: three rounds, and whoever cheats in one of them is named."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from nacl.public import PublicKey, SealedBox

from ballot.aloud import numbered
from ballot.commands.files import stem_of
from ballot.commands.trustees import words_of
from ballot.crypto.keys import DEMO
from ballot.crypto.words import fingerprint_line
from ballot.journal import Act, acts
from ballot.store.repo import Store
from ballot.trustees.ceremony import Secrets, second
from ballot.trustees.keeping import load_secrets, save_secrets
from ballot.trustees.messages import Commit, Deal, Transcript
from ballot.trustees.transcript import check_transcript
from ballot.votes import OpeningFile
from ballot.wire import decode, encode
from tests.commands import keepers
from tests.commands.assembly import KEYS, PASSPHRASE, ballot, lists, refused, snapshot, write_lists
from tests.commands.conftest import AtTerminal
from tests.commands.keepers import UNREHEARSED, answer, ceremony, cheap_keys, collect, draft, home, key
from tests.trustees import NAMES

THREE = NAMES[:3]

At = Callable[[int], Path]


def transcript_of(path: Path) -> Transcript:
    return decode(path.read_bytes(), Transcript, "the transcript")


def secrets_of(folder: Path, name: str) -> Secrets:
    return load_secrets((folder / key(name)).read_bytes(), PASSPHRASE)


def keep(folder: Path, secrets: Secrets) -> None:
    """Put other secrets into a trustee's key file."""
    (folder / key(secrets.name)).write_bytes(save_secrets(secrets, PASSPHRASE, DEMO))


def test_three_rounds_with_the_same_command_collect_all_keys(after: At) -> None:
    here = after(3)
    trustees = check_transcript(transcript_of(here / "ceremony.json"))
    with Store.open(here / "election.db") as store, store.read() as view:
        assert view.trustees() == trustees
        added = acts(view.journal(), Act.TRUSTEE_ADDED)
        assert [one["name"] for one in added] == list(THREE)
        assert len(acts(view.journal(), Act.INVITED)) == 1
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0
    opening = decode((here / "opening.json").read_bytes(), OpeningFile, "the opening").signed.opening
    assert (opening.need, opening.ceremony) == (2, transcript_of(here / "ceremony.json").digest)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_box_does_not_open_before_everybody_has_acknowledged(after: At, number: int) -> None:
    here = after(number)
    for done in range(3):
        outcome = ballot(here, "open", *KEYS, *UNREHEARSED)
        assert outcome.code == 3
        assert outcome.errors == [
            f"the trustees' ceremony is not complete: round {number + 1} waits for {', '.join(THREE[done:])}"
        ]
        assert "ballot trustees collect" in ballot(here, "status", "--json").value["next"]
        if done < 2:
            assert answer(here, THREE[done], number + 1).code == 0
            assert collect(here, THREE[done : done + 1], number + 1).value["awaited"] == list(THREE[done + 1 :])


def test_all_needed_and_one_alone_work_too(tmp_path: Path) -> None:
    for count, need in ((1, 1), (2, 2)):
        here = tmp_path / str(count)
        here.mkdir()
        draft(here, count, need)
        ceremony(here, count)
        assert transcript_of(here / "ceremony.json").deals[0].pieces == ()
        assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0


def test_where_not_all_are_needed_the_simple_way_is_refused(tmp_path: Path) -> None:
    draft(tmp_path, 3, 2)
    ballot(tmp_path, "trustee", "new", "--name", "Tara", "--out", "tara.key")
    outcome = ballot(tmp_path, "trustee", "add", "tara.key.public")
    assert outcome.code == 3
    assert "hold a ceremony" in outcome.errors[0]
    assert "ballot trustees invite" in outcome.hint
    assert "ballot trustees invite" in ballot(tmp_path, "status", "--json").value["next"]
    outcome = ballot(tmp_path, "open", *KEYS, *UNREHEARSED)
    assert outcome.code == 3
    assert "ballot trustees invite" in outcome.hint


@pytest.mark.parametrize("need", ["0", "4", "-1", "true", '"2"'])
def test_a_need_that_cannot_be_is_refused_with_its_field(tmp_path: Path, need: str) -> None:
    files = lists()
    plan = files["election.toml"].replace("trustees =", f"need = {need}\ntrustees =", 1)
    write_lists(tmp_path / "lists", files | {"election.toml": plan})
    outcome = ballot(tmp_path, "new", "--from", "lists/election.toml")
    assert outcome.code == 3
    assert "need" in outcome.errors[0]
    assert not (tmp_path / "election.db").exists()


# One message out, the same message again


@pytest.mark.parametrize("number", [1, 2, 3])
def test_asked_again_a_trustee_answers_the_same(after: At, number: int) -> None:
    here = after(number - 1)
    assert answer(here, "Tomas", number).code == 0
    first = (here / f"Tomas-{number}.json").read_bytes()
    assert answer(here, "Tomas", number).code == 0
    (here / "Tomas" / f"tomas-{number}.json").unlink()
    assert answer(here, "Tomas", number).code == 0
    assert (here / f"Tomas-{number}.json").read_bytes() == first


def test_the_key_is_to_be_copied_after_the_last_round_only(after: At) -> None:
    here = after(0)
    for number in (1, 2, 3):
        for name in THREE:
            said = answer(here, name, number).err
            assert ("Now copy my.key to a second stick" in said) == (number == 3)
            assert ("copy it only after round 3" in said) == (number < 3)
        assert collect(here, THREE, number).code == 0


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_message_that_could_not_be_written_is_the_same_at_the_next_try(after: At, number: int) -> None:
    here = after(number - 1)
    (here / "Tomas").mkdir(exist_ok=True)
    (here / "Tomas" / f"tomas-{number}.json").write_text("in the way", encoding="utf-8")
    outcome = answer(here, "Tomas", number)
    assert outcome.code == 3
    assert "already there" in outcome.errors[0]
    (here / "Tomas" / f"tomas-{number}.json").unlink()
    assert answer(here, "Tomas", number).code == 0
    assert collect(here, ["Tomas"], number).code == 0


@pytest.mark.parametrize("number", [1, 2])
def test_a_message_without_a_place_is_refused_before_the_passphrase(after: At, number: int) -> None:
    here = after(number - 1)
    step = ("trustee", "next", f"ceremony-{number}.json", "--name", "Tara", "--key")
    for places in (("my.key", "--out", "nostick/message.json"), ("nostick/my.key", "--out", "message.json")):
        (said,) = refused(here, *step, *places, BALLOT_TRUSTEE_PASSPHRASE="").errors
        assert said == "there is no folder nostick"


def test_a_trustee_without_a_name_or_of_another_is_asked_or_refused(after: At) -> None:
    here = after(0)
    outcome = ballot(here, "trustee", "next", "ceremony-1.json", "--key", "my.key")
    assert outcome.code == 2
    assert "--name" in outcome.hint
    outcome = ballot(here, "trustee", "next", "ceremony-1.json", "--key", "my.key", "--name", "Mallory")
    assert outcome.code == 3
    assert "Mallory is no trustee" in outcome.errors[0]
    assert not (here / "my.key").exists()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Ana María  Díaz-O'Neill", "ana-maría-díaz-o-neill"),
        ("सीता राम", "सीता-राम"),
        ("../..\\con: 李", "con-李"),
        ("…", ""),
    ],
)
def test_a_name_becomes_part_of_a_file_name_and_nothing_else(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_a_message_is_named_after_its_trustee_and_a_key_of_another_is_refused(after: At) -> None:
    here = after(1)
    before = snapshot(here / "Tara")
    with cheap_keys():
        outcome = ballot(here / "Tara", "trustee", "next", "ceremony.json", "--key", "my.key", "--name", "Tomas")
    assert outcome.code == 3
    assert outcome.errors == ["my.key is the key of Tara, not of Tomas"]
    assert snapshot(here / "Tara") == before
    assert (here / "Tara" / "tara-1.json").exists()


def test_a_message_that_is_there_already_is_not_called_taken_in(after: At) -> None:
    here = after(1)
    assert answer(here, "Tara", 2).code == 0
    done = ballot(here, "trustees", "collect", "Tara-1.json", "Tara-2.json", "Tara-2.json", "--plain")
    assert done.code == 0, done.err
    taken, _, known = done.out.partition("There already")
    assert "Tara-2.json" in taken
    assert "Tara-1.json" not in taken
    assert "Tara-1.json" in known
    assert "File:" not in done.out


def test_a_key_that_reached_the_committee_is_called_secret(after: At) -> None:
    here = after(1)
    done = ballot(here, "trustees", "collect", key("Tara"))
    assert (done.code, done.errors) == (3, [f"{key('Tara')}: it is a key file, and a trustee's message is wanted"])
    assert done.hint.startswith("A key file is secret and stays with its owner: keep no copy")


def test_collected_keys_are_not_dropped_without_a_yes(after: At, at_terminal: AtTerminal) -> None:
    here = after(3)
    before = snapshot(here)
    args = ["ballot", "trustees", "invite", "--again"]
    code = f"import os, sys\nos.chdir({str(here)!r})\nsys.argv = {args!r}\nfrom ballot.commands import main\nmain()"
    exit_code, shown, _ = at_terminal(code, [("All keys that were collected are dropped. Begin anew? [yes/no] ", "\n")])
    assert exit_code == 3
    assert "nothing was dropped" in shown
    assert snapshot(here) == before


def test_whoever_gets_a_damaged_file_of_the_ceremony_asks_the_committee(after: At) -> None:
    here = after(1)
    data = (here / "ceremony-2.json").read_bytes()
    one, other = (commit["signing"].encode() for commit in json.loads(data)["commits"][:2])
    (here / "ceremony-2.json").write_bytes(data.replace(one, other))
    outcome = answer(here, "Tara", 2)
    assert outcome.code == 3
    assert outcome.hint.startswith("Ask the committee for this file again")


def test_later_rounds_want_the_key_file_of_the_first(after: At) -> None:
    outcome = ballot(after(1), "trustee", "next", "ceremony-2.json", "--key", "other.key", "--name", "Tara")
    assert outcome.code == 3
    assert outcome.errors == ["there is no key file other.key"]


def test_a_key_file_from_another_ceremony_is_refused_and_stays_as_it_is(after: At, tmp_path: Path) -> None:
    here = after(1)
    (tmp_path / "other").mkdir()
    draft(tmp_path / "other", 3, 2)
    ballot(tmp_path / "other", "trustees", "invite")
    assert answer(tmp_path / "other", "Tara", 1).code == 0
    shutil.copy(tmp_path / "other" / key("Tara"), here / key("Tara"))
    before = (here / key("Tara")).read_bytes()
    outcome = answer(here, "Tara", 2)
    assert outcome.code == 3
    assert "another ceremony" in outcome.errors[0]
    assert (here / key("Tara")).read_bytes() == before


def test_a_wrong_passphrase_is_refused_and_the_key_file_stays_as_it_is(after: At) -> None:
    here = after(1)
    before = snapshot(here / "Tara")
    done = ballot(
        here, "trustee", "next", "ceremony-2.json", "--key", key("Tara"), BALLOT_TRUSTEE_PASSPHRASE="lost for good"
    )
    assert done.code == 3
    assert "the passphrase is wrong" in done.errors[0]
    assert snapshot(here / "Tara") == before


def test_a_key_file_says_nothing_of_the_election_key_before_the_second_round(after: At) -> None:
    here = after(1)
    secrets = secrets_of(here, "Tara")
    data = (here / key("Tara")).read_bytes() + (here / "Tara-1.json").read_bytes()
    for secret in (secrets.deal.key.public_key, secrets.exponent, secrets.box, *secrets.dealt):
        assert secret.encode() not in data


# What is wrong is named, and stops no others


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every text and number in a message, with where it stands."""
    if isinstance(value, dict | list):
        for at, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


def altered(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The message with each of its texts and numbers changed, one at a time."""
    for path, value in leaves(json.loads(data)):
        changed = json.loads(data)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value + 1 if isinstance(value, int) else ("0" if value[:1] != "0" else "1") + value[1:]
        yield "/".join(map(str, path)), json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_message_altered_in_any_field_is_refused_and_stops_no_others(after: At, number: int) -> None:
    here = after(number - 1)
    for name in THREE:
        assert answer(here, name, number).code == 0
    for field, data in altered((here / f"Tomas-{number}.json").read_bytes()):
        (here / "altered.json").write_bytes(data)
        outcome = ballot(here, "trustees", "collect", "altered.json")
        assert outcome.code == 3, field
        (error,) = outcome.errors
        assert error.startswith("altered.json: "), field
        if field not in ("type", "number"):
            assert "Tomas: " in error, (field, error)
    both = ballot(here, "trustees", "collect", "altered.json", f"Tara-{number}.json", "--json")
    assert (both.code, both.value["awaited"]) == (3, ["Tomas", "Teodor"])
    assert "the others need do nothing" in both.hint
    assert collect(here, ["Tomas", "Teodor"], number).code == 0


def test_a_file_in_the_place_of_another_is_told_from_it(after: At) -> None:
    here = after(1)
    (here / "cut.json").write_bytes((here / "ceremony-2.json").read_bytes()[:-5])
    for file, said in (
        (key("Tara"), f"{key('Tara')} is a key file, and the file of the ceremony is wanted"),
        ("Tara-1.json", "Tara-1.json is a trustee's message of round 1, and the file of the ceremony is wanted"),
        ("cut.json", "cut.json is cut off or damaged"),
    ):
        done = refused(here, "trustee", "next", file, "--key", key("Tara"))
        assert done.errors == [said]
    for name in THREE:
        assert answer(here, name, 2).code == 0
    forged = decode((here / "Tara-1.json").read_bytes(), Commit, "the message")
    (here / "old.json").write_bytes(encode(structs.replace(forged, box="00" * 32)))
    done = ballot(here, "trustees", "collect", key("Tara"), "old.json", "none.json", "Tara-2.json", "--json")
    assert done.code == 3
    assert done.errors[0] == f"{key('Tara')}: it is a key file, and a trustee's message is wanted"
    assert [error.split(":")[0] for error in done.errors[1:]] == ["none.json", "old.json"]
    assert done.errors[2] == "old.json: this is a message of round 1, and round 2 is due"
    assert done.value["awaited"] == ["Tomas", "Teodor"]


def test_the_same_messages_twice_change_nothing(after: At) -> None:
    here = after(1)
    with Store.open(here / "election.db") as store, store.read() as view:
        before = view.transcript(), view.journal()
    outcome = collect(here, THREE, 1)
    assert outcome.code == 0
    with Store.open(here / "election.db") as store, store.read() as view:
        assert (view.transcript(), view.journal()) == before


def test_a_message_that_is_not_there_is_named_once(after: At) -> None:
    (said,) = collect(after(0), ["Nobody"], 1).errors
    assert said == "Nobody-1.json: a trustee's message cannot be read: No such file or directory"


def test_a_transcript_that_got_lost_is_written_again(after: At) -> None:
    here = after(1)
    lost = (here / "ceremony-2.json").read_bytes()
    (here / "ceremony-2.json").unlink()
    assert ballot(here, "trustees", "collect").code == 0
    assert (here / "ceremony-2.json").read_bytes() == lost


def test_nothing_is_taken_in_when_the_file_for_the_next_round_cannot_be_written(after: At) -> None:
    here = after(0)
    for name in THREE:
        answer(here, name, 1)
    (here / "ceremony-2.json").write_text("in the way", encoding="utf-8")
    outcome = collect(here, THREE, 1)
    assert outcome.code == 3
    assert "ceremony-2.json" in outcome.errors[0]
    assert ballot(here, "trustees", "collect", "--out", "so-far.json").code == 0
    assert transcript_of(here / "so-far.json").commits == ()


def test_a_rushing_trustee_cannot_choose_the_key_after_those_of_the_others(after: At) -> None:
    """The last to come has seen the keys of the others: by then only the committed key opens the hash."""
    here = after(1)
    for name in THREE[:2]:
        answer(here, name, 2)
    collect(here, THREE[:2], 2)
    ballot(here, "trustees", "collect", "--out", "seen.json")
    mine, others = secrets_of(here, "Teodor"), transcript_of(here / "seen.json")
    copied = structs.replace(mine.deal, key=others.deals[0].key, commitments=others.deals[0].commitments)
    _, message = second(structs.replace(mine, deal=copied), others.commits)
    (here / "Teodor-2.json").write_bytes(encode(message))
    outcome = collect(here, ["Teodor"], 2)
    assert outcome.code == 3
    assert "Teodor: the key or its backup is not the one committed to in round 1" in outcome.errors[0]


def test_a_second_first_message_of_the_same_trustee_is_refused(after: At) -> None:
    here = after(0)
    words = []
    for _ in range(2):
        shutil.rmtree(here / "Teodor", ignore_errors=True)
        answer(here, "Teodor", 1)
        words.append(words_of((here / "Teodor-1.json").read_bytes()))
        outcome = collect(here, ["Teodor"], 1)
    assert outcome.code == 3
    assert "another message of Teodor is already there" in outcome.errors[0]
    assert f"the words of the first, {numbered(words[0])}, and of this one, {numbered(words[1])}." in outcome.hint


def cheat(here: Path) -> None:
    """Tomas deals Tara a wrong piece; everybody answers all the same."""
    tomas = secrets_of(here, "Tomas")
    keep(here, structs.replace(tomas, dealt=(str(int(tomas.dealt[0]) ^ 1), *tomas.dealt[1:])))
    for name in THREE:
        assert answer(here, name, 2).code == 0
    assert collect(here, THREE, 2).code == 0
    for name in THREE:
        assert answer(here, name, 3).code == 0


def test_a_dealer_of_inconsistent_pieces_is_named_and_the_ceremony_starts_anew(after: At) -> None:
    here = after(1)
    cheat(here)
    outcome = collect(here, THREE, 3)
    assert outcome.code == 3
    assert outcome.errors[0].startswith("Tomas dealt Tara a wrong piece")
    assert "ballot trustees invite --again" in outcome.hint
    assert not (here / "ceremony.json").exists()
    for args in (("trustees", "collect", "Tara-3.json"), ("open", *KEYS, *UNREHEARSED), ("trustees", "invite")):
        assert ballot(here, *args).code == 3
    assert "Tomas dealt Tara a wrong piece" in ballot(here, "status", "--json").value["next"]
    with Store.open(here / "election.db") as store, store.read() as view:
        (stopped,) = acts(view.journal(), Act.STOPPED)
        assert (stopped["holder"], stopped["dealer"], stopped["at fault"]) == ("Tara", "Tomas", "Tomas")
        assert view.trustees() == ()
    for name in THREE:
        shutil.rmtree(here / name)
    for path in [*here.glob("ceremony*.json"), *here.glob("T*-*.json")]:
        path.unlink()
    assert ballot(here, "trustees", "invite", "--again", "--yes").code == 0
    for number in (1, 2, 3):
        for name in THREE:
            assert answer(here, name, number).code == 0
        assert collect(here, THREE, number).code == 0
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0


def test_attack_a_dealer_chooses_what_everybody_is_told(after: At) -> None:
    """What is in a piece is the dealer's text: it stands in no message, and in no journal that has to verify."""
    here = after(1)
    for name in THREE:
        assert answer(here, name, 2).code == 0
    tomas = secrets_of(here, "Tomas")
    asked = decode((here / "ceremony-2.json").read_bytes(), Transcript, "the file")
    deal = decode((here / "Tomas-2.json").read_bytes(), Deal, "the message")
    chosen = bytes(SealedBox(PublicKey(bytes.fromhex(asked.commits[0].box))).encrypt(b'{"[red]chosen":1}'))
    deal = structs.replace(deal, pieces=(chosen, *deal.pieces[1:]), signature="")
    (here / "Tomas-2.json").write_bytes(encode(structs.replace(deal, signature=tomas.sign("ceremony", encode(deal)))))
    outcome = collect(here, THREE, 2)
    assert outcome.code == 0, outcome
    assert answer(here, "Tara", 3).code == 0
    said = "Tomas dealt Tara a wrong piece: the content of the sealed piece is not of the expected form"
    outcome = collect(here, ["Tara"], 3)
    assert (outcome.code, outcome.errors) == (3, [said])


def test_whoever_complains_without_reason_is_named(after: At) -> None:
    here = after(2)
    for name in THREE:
        answer(here, name, 3)
    tara = secrets_of(here, "Tara")
    assert tara.answer is not None
    complaint = structs.replace(tara.answer, complaints=(2,), box=tara.box, signature="")
    complaint = structs.replace(complaint, signature=tara.sign("ceremony", encode(complaint)))
    (here / "Tara-3.json").write_bytes(encode(complaint))
    outcome = collect(here, THREE, 3)
    assert outcome.code == 3
    assert outcome.errors == ["Tara complains of Tomas, whose piece is right"]


def test_a_lost_key_before_the_opening_starts_the_ceremony_anew_and_the_record_knows(after: At) -> None:
    here = after(3)
    assert ballot(here, "trustees", "invite", "--out", "again.json").code == 3
    invited = ballot(here, "trustees", "invite", "--again", "--yes")
    assert "ballot trustee next ceremony-1.json --key MY.key" in invited.err
    outcome = answer(here, "Tara", 1)
    assert (outcome.code, "make a new key: --key NEW.key" in outcome.hint) == (3, True)
    for name in THREE:
        shutil.rmtree(here / name)
    with Store.open(here / "election.db") as store, store.read() as view:
        assert view.trustees() == ()
        assert len(acts(view.journal(), Act.INVITED)) == 2
    for number in (1, 2, 3):
        for name in THREE:
            assert answer(here, name, number).code == 0
        assert collect(here, THREE, number).code == 0
    keepers.vote(here)
    for name in THREE:
        assert ballot(here, "trustee", "share", key(name)).code == 0
    assert keepers.finish(here).code == 0


def test_a_new_ceremony_replaces_files_of_the_dropped_one_and_no_others(after: At) -> None:
    here = after(3)
    (here / "mine.json").write_text("something else", encoding="utf-8")
    (here / "ceremony-2.json").write_text("something else", encoding="utf-8")
    done = ballot(here, "trustees", "invite", "--again", "--yes", "--out", "mine.json")
    assert (done.code, "mine.json is already there" in done.errors[0]) == (3, True)
    assert ballot(here, "trustees", "invite", "--again", "--yes").code == 0
    for name in THREE:
        shutil.rmtree(here / name)
        assert answer(here, name, 1).code == 0
    done = collect(here, THREE, 1)
    assert (done.code, "ceremony-2.json is already there" in done.errors[0]) == (3, True)
    assert (here / "ceremony-2.json").read_text(encoding="utf-8") == "something else"
    (here / "ceremony-2.json").unlink()
    assert collect(here, THREE, 1).code == 0
    (here / "ceremony-2.json").write_bytes((here / "ceremony-1.json").read_bytes())
    done = ballot(here, "trustees", "collect", "Tara-1.json")
    assert (done.code, "ceremony-2.json is already there" in done.errors[0]) == (3, True)


def test_messages_of_a_dropped_ceremony_are_replaced_by_the_command_of_the_page(after: At) -> None:
    here = after(3)
    assert ballot(here, "trustees", "invite", "--again", "--yes").code == 0
    for number in (1, 2, 3):
        for name in THREE:
            new = ("trustee", "next", f"ceremony-{number}.json", "--key", f"{name}/new.key", "--name", name)
            with cheap_keys():
                done = ballot(here, *new)
            assert done.code == 0, done.err
            shutil.copy(here / name / f"{name.lower()}-{number}.json", here / f"{name}-{number}.json")
        assert collect(here, THREE, number).code == 0
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0


def test_a_message_of_this_ceremony_and_what_is_no_message_are_not_replaced(after: At) -> None:
    here = after(1)
    mine = ("trustee", "next", "ceremony-1.json", "--key", key("Tara"), "--out", "out.json")
    other = ("trustee", "next", "ceremony-1.json", "--key", "other.key", "--name", "Tara", "--out", "out.json")
    tara, tomas = ((here / f"{name}-1.json").read_bytes() for name in THREE[:2])
    text = ", and it is a text"
    for command, way, what in (
        (mine, tomas, ""),
        (mine, b"a letter", text),
        (other, tara, ""),
        (other, b"a letter", text),
    ):
        (here / "out.json").write_bytes(way)
        said = ballot(here, *command)
        assert (said.code, said.errors) == (3, [f"out.json is already there{what}"])
        assert (here / "out.json").read_bytes() == way
    assert not (here / "other.key").exists()
    (here / "out.json").write_bytes(tara)
    with cheap_keys():
        next_round = ballot(here, "trustee", "next", "ceremony-2.json", "--key", key("Tara"), "--out", "out.json")
    assert next_round.code == 0, next_round.err
    assert (here / "out.json").read_bytes() != tara
    later = (here / "out.json").read_bytes()
    assert ballot(here, *mine).code == 3
    assert (here / "out.json").read_bytes() == later


def test_files_of_a_dropped_ceremony_are_removed_so_that_nobody_takes_them_for_the_new_one(after: At) -> None:
    here = after(3)
    for number in (2, 3):
        assert (here / f"ceremony-{number}.json").exists()
    said = ballot(here, "trustees", "invite", "--again", "--yes")
    assert sorted(path.name for path in here.glob("ceremony*.json")) == ["ceremony-1.json"]
    for name in ("ceremony-2.json", "ceremony-3.json", "ceremony.json"):
        assert f"{name} is removed: it was of the ceremony that was dropped." in said.err


def test_a_message_after_the_last_is_told_that_nothing_is_due(after: At) -> None:
    here = after(3)
    draft(home(here, "other"), 3, 2)
    assert ballot(here / "other", "trustees", "invite").code == 0
    assert answer(here / "other", "Tara", 1).code == 0
    late = str(Path("other", "Tara-1.json"))
    outcome = ballot(here, "trustees", "collect", late)
    assert (outcome.code, outcome.errors) == (3, [f"{late}: the ceremony is complete, and this is no message of it"])
    assert "Put it away" in outcome.hint


def test_trustees_are_frozen_once_the_box_is_open(after: At) -> None:
    here = after(3)
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0
    again = ("trustees", "invite", "--again", "--yes")
    for args in ((*again, "--out", "again.json"), again, ("trustees", "collect", "Tara-3.json")):
        outcome = ballot(here, *args)
        assert outcome.code == 3
        assert "belongs to the phase draft" in outcome.errors[0]
    assert not (here / "again.json").exists()


def test_names_of_files_are_not_the_committees_to_choose(after: At, tmp_path: Path) -> None:
    here = after(0)
    alone = home(tmp_path, "elsewhere")
    shutil.copy(here / "ceremony-1.json", alone / "invitation.json")
    done = ballot(
        alone, "trustee", "next", "invitation.json", "--key", "k.key", "--name", "Tara", "--out", "m.json", "--json"
    )
    assert done.code == 0, done.err
    assert sorted(path.name for path in alone.iterdir()) == ["invitation.json", "k.key", "m.json"]
    words = done.value["words"]
    shutil.copy(alone / "m.json", here / "from-tara.json")
    outcome = ballot(here, "trustees", "collect", "from-tara.json", "--json")
    assert outcome.value["words"] == {"from-tara.json": words}


def test_the_words_of_a_complete_ceremony_are_those_that_the_opening_names(after: At) -> None:
    """A desk could hand every trustee other files, with keys of its own in the others' names: these would differ."""
    here = after(2)
    early = answer(here, "Tara", 3, "--json")
    assert (early.value["ceremony"], "same words" in early.err) == ("", False)
    for name in THREE[1:]:
        answer(here, name, 3)
    assert collect(here, THREE, 3).value["complete"]
    shutil.copy(here / "ceremony.json", here / "ceremony-4.json")
    for name in THREE:
        own = home(here, name) / f"{name.lower()}-3.json"
        shutil.copy(own, own.with_name(f"{name.lower()}-4.json"))
    told = [answer(here, name, 4, "--json") for name in THREE]
    assert ["same words of the ceremony" in done.err for done in told] == [True, True, True]
    assert ballot(here, "open", *KEYS, *UNREHEARSED).code == 0
    opening = decode((here / "opening.json").read_bytes(), OpeningFile, "the opening").signed.opening
    assert {done.value["ceremony"] for done in told} == {fingerprint_line(opening.ceremony)}
