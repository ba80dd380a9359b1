"""Where things lie in a run folder. docs/run-folder.md describes it for readers."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunLayout:
    """The files of one run."""

    root: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe: every setting that was in force."""
        return self.root / "recipe.json"

    @property
    def generator_config(self) -> Path:
        """How to build the generator, its classes and its shape."""
        return self.root / "generator.json"

    @property
    def generator_weights(self) -> Path:
        """The averaged generator at the last checkpoint."""
        return self.root / "generator.safetensors"

    @property
    def journal(self) -> Path:
        """Signals and events, one JSON object a line."""
        return self.root / "journal.jsonl"

    @property
    def environment(self) -> Path:
        """Versions, device and command."""
        return self.root / "environment.json"

    @property
    def checkpoints(self) -> Path:
        """One file per image count."""
        return self.root / "checkpoints"

    @property
    def samples(self) -> Path:
        """Pictures of the same latents over time."""
        return self.root / "samples"

    @property
    def lock(self) -> Path:
        """Held by the process that trains."""
        return self.root / ".lock"

    def picture(self, images_seen: int) -> Path:
        """The sample grid drawn at `images_seen`."""
        return self.samples / f"{images_seen:012d}.png"
