"""The lists of a demonstration: a sample in; plan and lists in the committee's folder out, with the delegates' keys."""

import csv
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ballot.acts.intake import Intake


def write_lists(intake: "Intake", folder: Path, keys: dict[int, str]) -> None:
    """Write a sample's lists, with the keys that delegates have handed in, by their numbers."""
    from ballot.files import write_whole

    plan, source = intake.plan, intake.folder
    delegates = plan.delegates or ""
    for name in {plan.members, *(contest.candidates for contest in plan.contests)} - {None}:
        shutil.copyfile(source / str(name), folder / str(name))
    text = (source / "election.toml").read_text(encoding="utf-8")
    write_whole(folder / "election.toml", _with_group(text, plan.group).encode())
    rows = list(csv.DictReader(io.StringIO((source / delegates).read_text(encoding="utf-8"))))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [*rows[0], "key"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "key": keys.get(int(row["number"]), "")} for row in rows)
    write_whole(folder / delegates, stream.getvalue().encode())


def _with_group(text: str, group: str) -> str:
    """election.toml with another group."""
    lines = [f'group = "{group}"' if line.startswith("group =") else line for line in text.splitlines()]
    return "\n".join(lines) + "\n"
