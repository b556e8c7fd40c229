"""A machine of a demonstration: a folder in which commands run, and which shares nothing but files that are carried."""

import io
import os
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Machine:
    """One folder, and nothing that is not in it."""

    folder: Path

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def does(self, *arguments: str) -> Any:
        """Run a command here; returns its result. Raises Refused when it fails, with what it said."""
        import json

        from ballot.commands.app import run
        from ballot.errors import Refused

        out, err = io.StringIO(), io.StringIO()
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            code = run([*arguments, "--json"])
        if code:
            told = [line.removeprefix("error: ") for line in err.getvalue().splitlines() if line.startswith("error: ")]
            raise Refused(f"{self.folder.name}: ballot {arguments[0]}: {'; '.join(told)}")
        return json.loads(out.getvalue())

    def gives(self, name: str, other: "Machine", renamed: str = "") -> None:
        """Carry a file to another machine; its time of change does not come along."""
        target = other / (renamed or Path(name).name)
        shutil.copyfile(self / name, target)
        os.utime(target, (0, 0))

    def takes_back(self, name: str) -> None:
        """Take a file away again, as a key on a stick, or a code that was used."""
        (self / name).unlink()
