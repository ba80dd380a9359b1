"""Where signals go beside the journal: TensorBoard by default, Weights & Biases as an extra."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from PIL import Image

from equipoise.core.errors import SettingError


@runtime_checkable
class Tracker(Protocol):
    """Takes readings and pictures, keyed by images seen."""

    def signals(self, images: int, values: Mapping[str, float]) -> None:
        """One reading of every signal."""
        ...

    def picture(self, images: int, path: Path) -> None:
        """A sample grid that was just written."""
        ...

    def close(self) -> None:
        """Write out what is pending."""
        ...


class TensorBoardTracker:
    """Event files in `RUN/tensorboard`. After a resume, what lies beyond the checkpoint is hidden by `purge_step`."""

    def __init__(self, run: Path, *, resume_at: int | None = None) -> None:
        from torch.utils.tensorboard.writer import SummaryWriter  # slow to import, so only when a run begins

        self._writer: Any = SummaryWriter(str(run / "tensorboard"), purge_step=resume_at)

    def signals(self, images: int, values: Mapping[str, float]) -> None:
        """One scalar a signal."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, images)

    def picture(self, images: int, path: Path) -> None:
        """The grid itself."""
        with Image.open(path) as picture:
            self._writer.add_image("samples", np.asarray(picture.convert("RGB")), images, dataformats="HWC")

    def close(self) -> None:
        """Flush and close the event file."""
        self._writer.close()


class WandbTracker:
    """A Weights & Biases run; `WANDB_MODE=offline` keeps it on this machine. Needs `pip install equipoise[wandb]`."""

    def __init__(self, run: Path, *, settings: Mapping[str, object]) -> None:
        import wandb

        self._wandb: Any = wandb
        self._run: Any = wandb.init(dir=str(run), name=run.name, id=run.name, resume="allow", config=dict(settings))

    def signals(self, images: int, values: Mapping[str, float]) -> None:
        """One row, with the images seen as its own axis."""
        self._run.log({"images": images, **values})

    def picture(self, images: int, path: Path) -> None:
        """The grid itself."""
        self._run.log({"images": images, "samples": self._wandb.Image(str(path))})

    def close(self) -> None:
        """Finish the run."""
        self._run.finish()


def make_trackers(
    names: tuple[str, ...], run: Path, *, settings: Mapping[str, object], resume_at: int | None
) -> list[Tracker]:
    """The trackers of that name; raises as `require_trackers`."""
    require_trackers(names)
    trackers: list[Tracker] = []
    for name in names:
        if name == "tensorboard":
            trackers.append(TensorBoardTracker(run, resume_at=resume_at))
        else:
            trackers.append(WandbTracker(run, settings=settings))
    return trackers


def require_trackers(names: tuple[str, ...]) -> None:
    """Raise unless every tracker of that name can be used here.

    Raises:
        SettingError: an unknown name, or a tracker whose package is not installed.
    """
    for name in names:
        if name not in ("tensorboard", "wandb"):
            raise SettingError(f"`training.trackers` names {name!r}. There are: tensorboard, wandb.")
        if name == "wandb" and find_spec("wandb") is None:
            raise SettingError(
                "`training.trackers` names wandb, which is not installed: pip install 'equipoise[wandb]'."
            )
