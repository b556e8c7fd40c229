"""An open store: a path in; views of the file, and sessions that write to it, out."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ballot.store.file import Layout, Rows, open_file, reading

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


class Handle(ABC):
    """A store of one layout; several may be open on the same file, in several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine: Engine | None = None

    @staticmethod
    @abstractmethod
    def layout() -> Layout:
        """What the file must be."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing store. Raises Error when there is none at `path`, or none of this version."""
        open_file(path, cls.layout())
        return cls(path)

    def close(self) -> None:
        """Let go of the file."""
        if self._engine is not None:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Rows]:
        with reading(self._path) as rows:
            yield rows

    @contextmanager
    def _writing(self) -> Iterator["Session"]:
        from ballot.store.engine import make_engine, writing

        self._engine = self._engine or make_engine(self._path)
        with writing(self._engine) as session:
            yield session
