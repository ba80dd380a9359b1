"""Logs as other programs write them, in files of a test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.core.facts import Facts
from equipoise.intake import LogReading, read_log

Read = Callable[..., LogReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a text as if it were a log's."""

    def _read(text: str | bytes, name: str = "log.txt", include_quality: bool = True, **given) -> LogReading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_log(path, given=Facts(given), include_quality=include_quality)

    return _read
