"""One process at a time. The system lets go of a lock when its process dies, however it dies."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def only_one_process(lock: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the file `lock`, made if need be. Others wait for it, or get a `BlockingIOError` where `wait` is off."""
    with lock.open("a+b") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
