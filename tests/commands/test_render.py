"""Results on the screen: the same value as JSON, as a table, and line by line."""

import io
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.commands.render import (
    Lines,
    Listing,
    Screen,
    Table,
    Tone,
    Toned,
    Whole,
    drawn_lines,
    plain_lines,
    say,
    show,
    to_json,
)
from ballot.commands.text import width
from ballot.errors import Refused
from ballot.wire import Wire
from tests.commands.conftest import AtTerminal, PutTerminal

EVIL = "\x1b[31mRed\x1b[0m\u202e[bold]x[/bold]:smile:\n"
EVIL_SHOWN = "<U+001B>[31mRed<U+001B>[0m<U+202E>[bold]x[/bold]:smile:<U+000A>"
NAMES = ("سراج حديقة المطر", "পলাশ মেঘপাথর তারানাও", "林星河灯塔", "ශ්‍රී ලංකා", "Églantine Étoilemer", EVIL)
TABLE = Table(
    "Candidates",
    ("No.", "Name", "Votes", "Organisation"),
    tuple((n, name, 99 - n, name) for n, name in enumerate(NAMES)),
)


class Person(Wire, frozen=True):
    name: str
    votes: dict[int, int]


def test_json_is_the_value_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    show(Person("Ann", {2: 7, 10: 1}), TABLE, as_json=True, plain=True)
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "Ann", "votes": {"2": 7, "10": 1}}
    assert out.endswith("}\n")
    assert not err


@given(st.text(), st.text())
def test_json_gives_every_text_back_with_nothing_unsafe_in_it(key: str, text: str) -> None:
    printed = to_json({key: [text]})
    assert json.loads(printed) == {key: [text]}
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]", printed
    )


def test_json_gives_back_half_characters_of_file_names() -> None:
    assert json.loads(to_json(["a\udcff"])) == ["a\udcff"]


def test_plain_is_line_by_line_without_marks(terminal: PutTerminal) -> None:
    screen = terminal()
    toned = Listing("", (("State", Toned("bad", Tone.BAD)),))
    show(None, Table("Result", ("No.", "Name"), ((1, NAMES[0]), (2, "Ann"))), toned, plain=True)
    assert screen.getvalue() == f"Result\n\nNo.: 1\nName: {NAMES[0]}\n\nNo.: 2\nName: Ann\n\nState: bad\n"


@pytest.mark.parametrize("label", ["Shall we move?", "هل ننتقل؟", "移りますか？"])
def test_after_a_question_stands_no_colon(label: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(None, Listing("", ((label, "Yes"), ("State", "good"))), plain=True)
    assert capsys.readouterr().out == f"{label} Yes\nState: good\n"


def test_markup_escapes_and_bidi_controls_in_names_are_shown_not_obeyed(terminal: PutTerminal) -> None:
    screen = terminal()
    show(None, Table(EVIL, (EVIL,), ((EVIL,),)), Listing(EVIL, ((EVIL, EVIL),)), Lines(EVIL, (EVIL,)), plain=True)
    assert screen.getvalue().count(EVIL_SHOWN) == 8
    assert "\x1b" not in screen.getvalue()
    assert "\u202e" not in screen.getvalue()


def test_a_table_holds_no_escape_that_is_not_ours(terminal: PutTerminal) -> None:
    screen = terminal()
    show(None, TABLE, Listing(EVIL, ((EVIL, EVIL),)), Lines(EVIL, (EVIL,)))
    assert not re.sub(r"\x1b\[(1|0)m|\x1b\[[0-9]+G", "", screen.getvalue()).count("\x1b")
    assert "\u202e" not in screen.getvalue()


def test_colour_only_on_a_terminal(terminal: PutTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal()
    part = Listing("", (("State", Toned("bad", Tone.BAD)),))
    show(None, part)
    assert "\x1b[31mbad\x1b[0m" in screen.getvalue()
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", pipe)
    show(None, part)
    pipe.seek(0)
    assert pipe.read() == "State:  bad\n"


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_it_is_not_wanted(
    terminal: PutTerminal, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    screen = terminal()
    monkeypatch.setenv(variable, value)
    show(None, Table("Title", ("Head",), ((Toned("bad", Tone.BAD),),)))
    assert "\x1b" not in screen.getvalue()


def test_right_to_left_names_are_isolated_in_tables_on_a_terminal_only(
    terminal: PutTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = terminal()
    show(None, TABLE)
    assert len(re.findall(f"\u2068\x1b\\[[0-9]+G{NAMES[0]}\u2069", screen.getvalue())) == 2
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", pipe)
    show(None, TABLE)
    pipe.seek(0)
    assert "\u2068" not in pipe.read()


def test_isolate_marks_are_closed_on_the_line_that_opens_them() -> None:
    lines = list(drawn_lines(TABLE, Screen(40, isolates=True)))
    assert sum("\u2068" in line for line in lines) > 1
    assert all(line.count("\u2068") == line.count("\u2069") for line in lines)


@pytest.mark.parametrize("limit", [40, 60, 120])
def test_tables_fit_the_screen_and_their_columns_are_aligned(limit: int) -> None:
    lines = list(drawn_lines(TABLE, Screen(limit)))
    assert max(map(width, lines)) <= limit
    votes_end = width(lines[1][: lines[1].index("Votes") + len("Votes")])
    rows = [line for line in lines[3:] if line[:3].strip()]
    assert len(rows) == len(NAMES)
    for number, line in enumerate(rows):
        cut = next(end for end in range(len(line)) if width(line[:end]) == votes_end)
        assert line[:cut].endswith(f" {99 - number}")


def test_columns_are_put_in_place_on_terminals_that_measure_letters_differently(terminal: PutTerminal) -> None:
    screen = terminal()
    show(None, Table("", ("Name", "Votes"), ((NAMES[1], 7), ("Ann", 8))))
    starts = re.findall(r"\x1b\[([0-9]+)G +[78]", screen.getvalue())
    assert starts == [str(width(NAMES[1]) + 3)] * 2


def test_a_name_begins_in_its_place_on_terminals_that_give_the_mark_before_it_a_cell(terminal: PutTerminal) -> None:
    screen = terminal()
    show(None, Table("", ("Name", "Also"), ((NAMES[0], NAMES[0]),)))
    assert re.findall(r"\x1b\[([0-9]+)G(?=[^ ])", screen.getvalue())[1:] == ["1", str(width(NAMES[0]) + 3)]


WORDS = "abandon ability able about · above absent absorb abstract · absurd abuse access accident"
GROUPS = ("abandon ability able about ·", "above absent absorb abstract ·", "absurd abuse access accident")


@pytest.mark.parametrize("limit", [30, 40, 60, 80])
@pytest.mark.parametrize(
    "part",
    [
        Listing("", (("Fingerprint", "0123456789abcdef" * 4), ("In words", WORDS))),
        Table("", ("Trustee", "Message", "Its words"), (("Theodora Longname", "trustee-1.json", WORDS),)),
    ],
    ids=["listing", "table"],
)
def test_no_group_of_words_is_broken(part: Listing | Table, limit: int) -> None:
    lines = [line.strip() for line in drawn_lines(part, Screen(limit))]
    assert max(map(len, lines)) <= limit or limit == 30
    for group in GROUPS:
        assert sum(line.endswith(group) for line in lines) == 1


@pytest.mark.parametrize("limit", [72, 80, 90])
def test_digits_of_a_fingerprint_beside_long_texts_break_in_the_middle(limit: int) -> None:
    digits = "0123456789abcdef" * 4
    table = Table("", ("Of", "SHA-256", "In words"), (("Opening of the election of act 19", digits, WORDS),))
    pieces = [piece for line in drawn_lines(table, Screen(limit)) for piece in re.findall("[0-9a-f]{8,}", line)]
    assert pieces in ([digits], [digits[:32], digits[32:]])


def test_files_and_trackers_are_not_broken_where_they_are_copied_from() -> None:
    file, tracker = "outbox/0123456789abcdef.json", "A" * 43
    table = Table("", ("File", "Tracker", "State"), ((Whole(file), Whole(tracker), "in the box"),))
    assert list(drawn_lines(table, Screen(60))) == [f"File: {file}", f"Tracker: {tracker}", "State: in the box"]
    assert list(drawn_lines(table, Screen(120)))[-1].split("  ") == [file, tracker, "in the box"]


def test_long_lines_break_at_spaces_on_a_terminal_and_nowhere_else() -> None:
    part = Lines("", ("Needed: more than half, that is at least 11 of 20", "BALLOT1:" + "0" * 50))
    shown = ["Needed: more than half, that is at", "least 11 of 20", part.lines[1]]
    assert list(drawn_lines(part, Screen(38, moves=True))) == shown
    assert list(drawn_lines(part, Screen(38))) == list(part.lines)


def test_a_table_too_wide_for_the_screen_becomes_a_listing() -> None:
    assert "Votes: 99" in list(drawn_lines(TABLE, Screen(15)))


def test_tables_without_rows_show_their_headings() -> None:
    assert list(drawn_lines(Table("Ties", ("Places", "Names"), ()), Screen(80)))[:2] == ["Ties", "Places  Names"]
    assert list(drawn_lines(Listing("Empty", ()), Screen(80))) == ["Empty"]


def test_rules_are_ascii_where_the_encoding_is_not_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)
    show(None, Table("", ("Name",), (("Ann",),)))
    stream.seek(0)
    assert stream.read() == "Name\n----\nAnn\n"


def test_a_result_that_cannot_be_written_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        encoding = "utf-8"

        def write(self, text: str) -> int:
            raise OSError(28, f"no room for {len(text)} characters")

    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(Refused, match="cannot write the result: no room"):
        show([], as_json=True)


def test_talk_goes_to_stderr_with_its_values_made_safe(capsys: pytest.CaptureFixture[str]) -> None:
    say("Paper for {} is in {}", NAMES[0], EVIL)
    assert capsys.readouterr() == ("", f"Paper for {NAMES[0]} is in {EVIL_SHOWN}\n")


def test_talk_isolates_names_on_a_terminal(at_terminal: AtTerminal) -> None:
    code, shown, out = at_terminal("from ballot.commands.render import say\nsay('No. {}: {}', 1, 'سراج {}')", [])
    assert (code, out) == (0, "")
    assert shown == "No. 1: \u2068سراج {}\u2069\r\n"


def test_only_vendored_click_is_used() -> None:
    package = Path(__file__).parents[2] / "ballot"
    for path in package.rglob("*.py"):
        assert not re.search(r"^\s*(import|from) click", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_a_label_without_a_value_is_not_spoken() -> None:
    people = Table("", ("Name", "Words"), (("Ana", ""), ("Bo", "seven kites")))
    file = Listing("", (("File", ""), ("Votes", 0)))
    lines = [*plain_lines(people), *plain_lines(file)]
    assert lines == ["Name: Ana", "", "Name: Bo", "Words: seven kites", "Votes: 0"]


LONG = """
from ballot.commands.render import Listing, show
show({}, Listing("", (("In words", "1 one 2 two 3 three"), ("Name", " ".join(["word"] * 30)))), plain=True)
"""


def test_plain_lines_break_at_spaces_on_a_terminal_and_nowhere_else(at_terminal: AtTerminal) -> None:
    """Where the terminal breaks them, a screen reader says two halves of a word."""
    whole = "In words: 1 one 2 two 3 three\nName: " + " ".join(["word"] * 30) + "\n"
    assert at_terminal(LONG, [])[2] == whole
    code = f"import os, sys\nsys.stdout = sys.stderr\nos.environ['COLUMNS'] = '40'\n{LONG}"
    status, shown, _ = at_terminal(code, [])
    lines = shown.splitlines()
    assert status == 0
    assert all(len(line) <= 40 and line == line.strip() for line in lines)
    assert " ".join(lines) == whole.replace("\n", " ").strip()
