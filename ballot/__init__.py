"""Secret-ballot elections for an assembly, verifiable offline by anyone."""

__version__ = "0.1.0"
