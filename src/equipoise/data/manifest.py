"""What a prepared folder says about itself."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError

FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`manifest.json` of a prepared folder. `skipped` pairs an item's name with the reason it was left out."""

    name: str
    kind: str
    description: str
    fingerprint: str
    size: int
    channels: int
    fit: str
    count: int
    total: int
    upscaled: int
    classes: tuple[str, ...] | None
    class_counts: tuple[int, ...] | None
    has_modes: bool
    skipped: tuple[tuple[str, str], ...]
    version: int = FORMAT_VERSION

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """`(channels, height, width)`."""
        return (self.channels, self.size, self.size)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before training, one sentence each."""
        notes = []
        if self.upscaled:
            notes.append(
                f"{self.upscaled} of {self.count} images are smaller than {self.size} x {self.size} and were enlarged: "
                "the generator will learn their blur. Choose a smaller size."
            )
        if self.skipped:
            name, reason = self.skipped[0]
            notes.append(f"{len(self.skipped)} of {self.total} images were skipped; the first is {name}: {reason}.")
        if self.classes and self.class_counts and 0 in self.class_counts:
            empty = [name for name, count in zip(self.classes, self.class_counts, strict=True) if count == 0]
            notes.append(f"No usable image in: {', '.join(empty)}.")
        return tuple(notes)

    def to_json(self) -> str:
        """As it lies in the folder."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=True)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises DataError on a manifest that is missing, damaged or of another version."""
        path = folder / "manifest.json"
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if found["version"] != FORMAT_VERSION:
                raise ValueError(f"version {found['version']}, not {FORMAT_VERSION}")
            for field in ("classes", "class_counts"):
                found[field] = None if found[field] is None else tuple(found[field])
            found["skipped"] = tuple((str(name), str(reason)) for name, reason in found["skipped"])
            return cls(**found)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"`{path}` is not a usable manifest: {error}. Delete `{folder}`; it will be prepared again."
            ) from error
