"""Which files of a folder are its log."""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError
from equipoise.intake.jsonrows import parsed

_MOST_FILES = 5000
_DEEPEST = 4
_LARGEST_SETTINGS = 1 << 20
_TEXT = (".csv", ".tsv", ".jsonl", ".log", ".txt", ".json", ".out")
_NO_LOGS = ("training_options.json", "requirements.txt", "wandb-summary.json", "wandb-metadata.json", "hparams.json")

_KINDS: tuple[Callable[[str], bool], ...] = (
    lambda name: name == "stats.jsonl" or (name.startswith("metric-") and name.endswith(".jsonl")),
    lambda name: name.endswith(".wandb") or name == "wandb-history.jsonl",
    lambda name: "tfevents" in name,
    lambda name: name == "metrics.csv",
    lambda name: name == "loss_log.txt",
    lambda name: "log" in name and name.endswith(_TEXT) and name not in _NO_LOGS,
    lambda name: name.endswith(_TEXT) and name not in _NO_LOGS,
)
"""Kinds of log, the most telling first: only the files of the first kind that is there are read."""


def logs_in(folder: Path) -> list[Path]:
    """The files to read, in the order of their names.

    Raises:
        DataError: there is none, or there are several of a kind that do not belong together.
    """
    files = sorted(islice(_walk(folder), _MOST_FILES))
    for number, kind in enumerate(_KINDS):
        found = [file for file in files if kind(file.name.lower()) and file.is_file()]
        joined = number in (0, 2) and len({file.parent for file in found}) == 1
        if len(found) == 1 or (found and joined):
            return found
        if found:
            names = ", ".join(str(file.relative_to(folder)) for file in found[:5])
            raise DataError(f"{folder} holds {len(found)} logs ({names}{', ...' if len(found) > 5 else ''}). Name one.")
    raise DataError(f"{folder} holds no log that we know: no CSV, JSON lines, text, TensorBoard or W&B file.")


def settings_beside(folder: Path) -> dict[str, Any]:
    """What StyleGAN's programs write of their set-up into the folder of a run."""
    file = folder / "training_options.json"
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_SETTINGS:
            return {}
        settings = parsed(file.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise DataError(f"Cannot read {file}: {error.strerror}.") from error
    return settings if isinstance(settings, dict) else {}


def _walk(folder: Path) -> Iterator[Path]:
    root = len(folder.parts)
    for here, inside, names in os.walk(folder, onerror=_refused):
        place = Path(here)
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        if len(place.parts) - root >= _DEEPEST:
            inside.clear()
        yield from (place / name for name in names)


def _refused(error: OSError) -> None:
    raise DataError(f"Cannot read {error.filename}: {error.strerror}.") from error
