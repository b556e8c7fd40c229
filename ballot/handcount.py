"""Counting plain ballots: in, the bytes of choices.csv and candidates.csv and a rule; out, the HandCount.

choices.csv:    header `marks`, then one row per ballot: candidates' numbers separated by `;`; an empty row is a blank
candidates.csv: number,name,organisation,region, and member if wanted

A ballot that breaks the rule is set aside with its row and the reason and is in no total: a count's normal business.
"""

from collections import Counter
from collections.abc import Sequence

from ballot.clauses import Rule
from ballot.errors import BadInput, Fault
from ballot.ranking import Tie, rank
from ballot.tables import number_faults, read_lines, read_table, same_name_faults, shown, split_row
from ballot.wire import Wire

MARKS_COLUMN = "marks"
SEPARATOR = ";"
MAX_ROW = 5000
"""Longest row that is read as a ballot, in characters; a longer one is set aside."""


class Rejected(Wire, frozen=True):
    """A ballot set aside: its row in the file (the header is row 1) and why."""

    row: int
    reason: str


class HandCount(Wire, frozen=True):
    """The result: all ballots, the blanks among them, those set aside, and the ranking (see `ranking.Ranking`)."""

    ballots: int
    blank: int
    rejected: tuple[Rejected, ...]
    totals: dict[int, int]
    regular: tuple[int, ...]
    alternates: tuple[int, ...]
    ties: tuple[Tie, ...]
    not_elected: tuple[int, ...]


def handcount(
    choices: bytes,
    candidates: bytes,
    rule: Rule,
    max_marks: int | None = None,
    names: tuple[str, str] = ("choices.csv", "candidates.csv"),
) -> HandCount:
    """Count ballots under a rule of the charter; `max_marks` replaces the rule's, `names` name the files in faults.

    Raises BadInput with all faults when a file as a whole cannot be used: encoding, header, size, any fault of the
    candidates.
    """
    ballots, faults = _read_ballots(choices, names[0])
    numbers, candidate_faults = _read_numbers(candidates, names[1])
    if faults or candidate_faults:
        raise BadInput([*faults, *candidate_faults])
    most = rule.max_marks if max_marks is None else max_marks
    totals = dict.fromkeys(numbers, 0)
    blank = 0
    rejected = []
    for row, line in ballots:
        marks, problems = _read_marks(line, numbers)
        if not marks and not problems:
            blank += 1
            continue
        if len(marks) > most:
            problems.append(f"{_count(len(marks))}, at most {most} are allowed")
        elif marks and len(marks) < rule.min_marks:
            problems.append(f"{_count(len(marks))}, at least {rule.min_marks} are needed")
        if problems:
            rejected.append(Rejected(row, "; ".join(problems)))
            continue
        for mark in marks:
            totals[mark] += 1
    ranking = rank(totals, rule.regular, rule.alternates)
    return HandCount(
        len(ballots),
        blank,
        tuple(rejected),
        ranking.totals,
        ranking.regular,
        ranking.alternates,
        ranking.ties,
        ranking.not_elected,
    )


def read_choices(choices: bytes, numbers: set[int], name: str = "choices.csv") -> list[tuple[int, ...]]:
    """The candidates marked on every ballot of choices.csv, in the order of the file.

    Raises BadInput when the file cannot be used or a ballot marks a candidate twice or one that is not in `numbers`.
    """
    ballots, faults = _read_ballots(choices, name)
    read = [(row, *_read_marks(line, numbers)) for row, line in ballots]
    faults += [Fault(name, row, MARKS_COLUMN, problem) for row, _, problems in read for problem in problems]
    if faults:
        raise BadInput(faults)
    return [tuple(marks) for _, marks, _ in read]


def _read_ballots(data: bytes, name: str) -> tuple[list[tuple[int, str]], list[Fault]]:
    lines, faults = read_lines(data, name)
    if not lines:
        return [], faults
    header, _ = split_row(lines[0][1])
    if header != [MARKS_COLUMN]:
        faults.append(Fault(name, 1, MARKS_COLUMN, "the header must be this one column"))
    return lines[1:], faults


def _read_numbers(data: bytes, name: str) -> tuple[set[int], list[Fault]]:
    table = read_table(data, name, ("number", "name", "organisation", "region"), optional=("member",))
    faults = [*table.faults, *number_faults(table), *same_name_faults(table)]
    if not table.rows and not faults:
        faults.append(Fault(name, 0, "", "there is no row after the header"))
    if faults:
        return set(), sorted(faults, key=lambda fault: fault.row)
    return {int(row.cells["number"]) for row in table.rows}, []


def _read_marks(line: str, numbers: set[int]) -> tuple[list[int], list[str]]:
    """The marks of one ballot, and everything that makes it void; both empty for a blank."""
    if len(line) > MAX_ROW:
        return [], ["the row is too long for a ballot"]
    cells, problem = split_row(line)
    if problem or len(cells) > 1:
        return [], ["the row is not one value; marks are separated by semicolons"]
    text = cells[0].strip(" ") if cells else ""
    if not text:
        return [], []
    marks = []
    problems = []
    for mark in (piece.strip(" ") for piece in text.split(SEPARATOR)):
        if not mark:
            problems.append("a mark is missing between semicolons")
        elif not (mark.isascii() and mark.isdigit() and len(mark) <= 9):
            problems.append(f"{shown(mark)} is not a candidate's number")
        else:
            marks.append(int(mark))
    return marks, problems + _mark_problems(marks, numbers)


def _mark_problems(marks: Sequence[int], numbers: set[int]) -> list[str]:
    repeated = sorted(mark for mark, times in Counter(marks).items() if times > 1)
    unknown = sorted(set(marks) - numbers)
    return [
        *(f"candidate {mark} is marked more than once" for mark in repeated),
        *(f"there is no candidate {mark}" for mark in unknown),
    ]


def _count(marks: int) -> str:
    return f"{marks} mark{'s' if marks != 1 else ''}"
