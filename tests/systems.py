"""What a system lacks, so that a promise that rests on it cannot be looked at there."""

import sys

import pytest

needs_modes = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows gives files no mode: who may read one is inherited from its folder"
)
"""For tests of who may read a file."""
