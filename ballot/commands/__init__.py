"""The command line: in, arguments; out, a result on stdout, talk on stderr, and an exit code.

Nothing heavy is imported here or in the modules beside this one; commands import what they need when they run.
"""

import sys


def main() -> None:
    """The installed `ballot`: run the command that the arguments name, and leave with its exit code."""
    from ballot.commands.app import crashed, run

    sys.excepthook = crashed
    sys.exit(run())
