"""Plans at random: a folder with election.toml, lists and a charter, as a committee could write them."""

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from ballot.acts.intake import Intake, read_folder
from ballot.charter import Charter, load
from ballot.crypto.keys import DelegateKey, OfficialKey, new_delegate
from ballot.decisions import needs_presence, quorum
from ballot.people import voting_members
from ballot.roll import CANDIDATE_COLUMNS, DELEGATE_COLUMNS, KEY, MEMBER_COLUMNS
from ballot.tables import id_key
from tests.honest.texts import Texts
from tests.play import AUDITORS, CHARTER, officials

Cells = list[list[str]]

SMALLER = (
    ("seats = 12\nregular = 8\nalternates = 4\nmin_marks = 0\nmax_marks = 12", "{seats}\nmin_marks = 0\nmax_marks = 4"),
    ('number = 8\norigin = "regular"', 'number = 2\norigin = "regular"'),
    ('number = 4\norigin = "alternates"', 'number = 1\norigin = "alternates"'),
    ("seats = 21\n", "seats = 12\n"),
)
"""Fewer seats, so that ties across the cut come with few candidates; `{seats}` stands for those of the rule."""

CHAIR = """
[[rules]]
name = "chair"
article = "VI"
text = "The Assembly elects a chair."
body = "assembly"
seats = 1
regular = 1
alternates = 0
min_marks = 0
max_marks = 2
majority = "officer"
run_off = {}

[[ties]]
name = "chair"
article = "VI"
text = "Lots decide."
method = "lots"
"""
ASSEMBLY = 'electorate = "one voting delegate of every regular member in good standing"'
QUESTIONS = ("motion", "amendment", "dissolution", "extraordinary-request", "extraordinary-ratification")


@dataclass(frozen=True)
class Draft:
    """What a committee begins with: the folder as it was read, the keys of head, seal and delegates, those present."""

    intake: Intake
    head: OfficialKey
    seal: OfficialKey
    keys: dict[int, DelegateKey]
    present: int


def draft(folder: Path, chance: Random) -> Draft:
    """Write a folder and read it."""
    return _Writer(folder, chance).draft()


class _Writer:
    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder, self.chance, self.texts = folder, chance, Texts(chance)
        self.of_icb = chance.random() < 0.1
        self.two_votes = not self.of_icb and chance.random() < 0.1
        self.elected = False
        self.keys: dict[int, DelegateKey] = {}

    def draft(self) -> Draft:
        (self.folder / "charter.toml").write_bytes(self._charter())
        charter = load((self.folder / "charter.toml").read_bytes())
        members = self._members(charter)
        self._table("members.csv", MEMBER_COLUMNS, members)
        columns = (*DELEGATE_COLUMNS, KEY)
        self._table("delegates.csv", columns, self._delegates(members, charter))
        texts = self.texts
        people = [texts.name() for _ in range(self.chance.choice((1, 2, 3, 3, 4, 5)))]
        head, seal = (replace(key, name=texts.name()) for key in officials())
        if self.chance.random() < 0.2:
            # Whoever is head or keeper of the seal can be a trustee too.
            people[0] = self.chance.choice((head, seal)).name
        group = "BELENIOS-2048" if self.chance.random() < 0.08 else "Ed25519"
        lines = [
            f"name = {_quoted(texts.text())}",
            f"description = {_quoted(texts.text() if self.chance.random() < 0.5 else '')}",
            'charter = "charter.toml"',
            f'group = "{group}"',
            'members = "members.csv"\ndelegates = "delegates.csv"',
            f"head = {_quoted(head.name)}\nseal = {_quoted(seal.name)}",
            f"trustees = [{', '.join(map(_quoted, people))}]",
            f"need = {self.chance.randint(1, len(people))}",
        ]
        standing = [row for row in members if row[4] != "associate" and row[5] == "good"]
        for number in range(1, self.chance.choice((1, 1, 2, 3)) + 1):
            lines += self._contest(number, standing, charter)
        (self.folder / "election.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        intake = read_folder(self.folder / "election.toml")
        return Draft(intake, head, seal, self.keys, self._present(intake, charter))

    def _charter(self) -> bytes:
        text, chance = CHARTER.decode(), self.chance
        if chance.random() < 0.8:
            for old, new in SMALLER:
                assert text.count(old) == 1
                text = text.replace(old, new.format(seats="seats = 3\nregular = 2\nalternates = 1"))
        if self.two_votes:
            text = _changed(text, "min = 2\nmax = 5\nvoting = 1", "min = 2\nmax = 5\nvoting = 2")
        elif chance.random() < 0.2:
            text = _changed(text, ASSEMBLY, f'{ASSEMBLY}\nquorum = "1/3"')
        if chance.random() < 0.3:
            text = _changed(text, '"A tie for an office is decided by lots in public."', _quoted(self.texts.text()))
        return (text + CHAIR.format(chance.randint(2, 3))).encode() + AUDITORS

    def _members(self, charter: Charter) -> Cells:
        kinds = ["icb"] if self.of_icb else ["regular", "regular", "regular", "regular", "associate"]
        rows: Cells = []
        for place in range(self.chance.choice((1, 3, 5, 7, 9))):
            # Somebody who can vote and be voted in, or there would be nothing to decide.
            kind = kinds[0] if place == 0 else self.chance.choice(kinds)
            standing = "good" if place == 0 else self.chance.choices(("good", "suspended", "resigned"), (6, 1, 1))[0]
            region, country = self.chance.choice(charter.regions), self.chance.choice(("PH", "NL", "XK"))
            rows.append([self._id(rows), self.texts.name(), country, region, kind, standing])
        return rows

    def _id(self, rows: Cells) -> str:
        while True:
            made = "".join(self.chance.choices("ABIL01O29-", k=self.chance.choice((1, 4, 20))))
            if id_key(made) not in {id_key(row[0]) for row in rows}:
                return made

    def _delegates(self, members: Cells, charter: Charter) -> Cells:
        rows: Cells = []
        numbers = self.chance.sample([*range(1, 60), 999_998, 999_999], 40)
        for place, (identity, _, _, _, kind, standing) in enumerate(members):
            rule = charter.delegates(kind)
            if place > 0 and self.chance.random() < 0.1:
                # A member that sends nobody does not attend.
                continue
            voting = rule.voting if charter.standing(standing).votes else 0
            for number in range(self.chance.randint(rule.min, rule.max)):
                key = ""
                delegate, name = numbers.pop(), self.texts.name()
                if self.chance.random() < 0.4:
                    self.keys[delegate] = new_delegate(name)
                    key = self.keys[delegate].public.key
                votes = "yes" if number < voting else "no"
                rows.append([str(delegate), name, identity, votes, self.texts.text(), key])
        self.chance.shuffle(rows)
        return rows

    def _contest(self, number: int, standing: Cells, charter: Charter) -> list[str]:
        questions = ("icb-motion",) if self.of_icb else () if self.two_votes else QUESTIONS
        people = ("officer",) if self.of_icb else ("at-large",) if self.two_votes else ("at-large", "chair")
        asks = questions and self.chance.random() < 0.35
        rule = self.chance.choice(questions if asks else people)
        if rule == "at-large":
            # Only one contest elects the seats of a body.
            rule, self.elected = ("auditors" if self.elected else rule), True
        lines = ["", "[[contests]]", f"question = {_quoted(self.texts.name())}", f'rule = "{rule}"']
        if asks:
            return lines
        permitted = charter.rule(rule)
        count = self.chance.randint(1, 3 * permitted.regular if permitted.regular < 8 else 14)
        rows: Cells = []
        for place in range(1, count + 1):
            identity, organisation, _, region, _, _ = self.chance.choice(standing)
            rows.append([str(place), self.texts.name(), organisation, region, identity])
        self.chance.shuffle(rows)
        self._table(f"candidates-{number}.csv", CANDIDATE_COLUMNS, rows)
        lines.append(f'candidates = "candidates-{number}.csv"')
        if self.chance.random() < 0.4:
            least = self.chance.randint(permitted.min_marks, min(permitted.max_marks, count))
            most = self.chance.randint(max(least, 1), permitted.max_marks)
            lines += [f"min_marks = {least}", f"max_marks = {most}"]
        return [*lines, "shuffle = true"] if self.chance.random() < 0.3 else lines

    def _present(self, intake: Intake, charter: Charter) -> int:
        if not needs_presence(charter, intake.contests):
            return 0
        members = voting_members(intake.roll.members, charter)
        least = quorum(charter.body_of(intake.contests[0].rule), members, members).least
        return self.chance.randint(least, members)

    def _table(self, name: str, columns: tuple[str, ...], rows: Cells) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
        (self.folder / name).write_text(text.getvalue(), encoding="utf-8", newline="")


def _quoted(text: str) -> str:
    # A text in JSON is one in TOML too.
    return json.dumps(text, ensure_ascii=False)


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)
