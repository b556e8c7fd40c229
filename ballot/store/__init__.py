"""The store: one SQLite file per election."""
