"""The place that a person named for a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from equipoise.core.errors import RunFolderError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder that `path` lies in, and explain whatever the disk refuses inside.

    Raises:
        RunFolderError: the place cannot be written, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise RunFolderError(f"Cannot write {path}: {error.strerror}. Make room, or choose another place.") from error
