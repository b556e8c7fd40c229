"""Measurements: `make bench` prints how long the main steps take, beside a reference measured in the same run."""
