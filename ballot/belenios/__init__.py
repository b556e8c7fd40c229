"""The count as a Belenios archive, version 1 (protocol §11): written, read and checked."""

from ballot.belenios.archive import Archive, Votes, encode_archive, encode_trustees, write_archive
from ballot.belenios.check import ArchiveFault, ArchiveReport, Step, check_archive
from ballot.belenios.read import read_archive

__all__ = [
    "Archive",
    "ArchiveFault",
    "ArchiveReport",
    "Step",
    "Votes",
    "check_archive",
    "encode_archive",
    "encode_trustees",
    "read_archive",
    "write_archive",
]
