"""Which checkpoints a run keeps: the last few, and the best by the selection metric."""

from pathlib import Path

from safetensors.torch import save

from equipoise.core.errors import CheckpointError
from equipoise.core.layout import RunLayout
from equipoise.core.processes import ALONE, Processes
from equipoise.training.checkpoint import CheckpointInfo, copied_weights, read_info, save_checkpoint, write_atomically
from equipoise.training.manner import Manner
from equipoise.training.replicas import require_alike
from equipoise.training.state import TrainState

SUFFIX = ".safetensors"


class CheckpointFolder:
    """`checkpoints/` of a run, one file per image count, and the averaged generator beside it, ready to hand out.

    The value of the selection metric travels in each file's header, so what is best needs no second record.
    Of several processes all call everything here, and the first alone touches the folder.
    """

    def __init__(
        self, layout: RunLayout, *, fingerprint: str, keep_last: int = 3, processes: Processes = ALONE
    ) -> None:
        self._processes = processes
        self.path = layout.checkpoints
        self.keep_last = keep_last
        self._fingerprint = fingerprint
        self._hand_out = layout.generator_weights
        processes.from_first(self._tidy)

    def _tidy(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for unfinished in self.path.glob(f"*{SUFFIX}.partial"):  # of a process that was killed while it wrote
                unfinished.unlink()
        except OSError as error:
            raise CheckpointError(f"Cannot write to {self.path}: {error.strerror}. Choose a folder you own.") from error

    def path_at(self, images: int) -> Path:
        """Where the checkpoint of that many images lies, if there is one."""
        return self.path / f"{images:012d}{SUFFIX}"

    def save(self, state: TrainState, *, journal_offset: int, manner: Manner, metric: float | None) -> Path:
        """Write a checkpoint and the generator's file, then let go of what is neither recent nor best.

        Raises:
            ReplicasDiffer: processes that should hold the same networks do not; nothing is written.
        """
        require_alike(state)
        path = self.path_at(state.images_seen)
        info = CheckpointInfo(
            fingerprint=self._fingerprint, journal_offset=journal_offset, manner=manner, metric=metric
        )
        save_checkpoint(path, state, info)
        self._processes.from_first(lambda: self._hand_over(state))
        return path

    def _hand_over(self, state: TrainState) -> None:
        write_atomically(self._hand_out, save(copied_weights(state.averaged_generator)))
        for outdated in self._outdated():
            outdated.unlink()

    def is_best(self, metric: float) -> bool:
        """Whether `metric` is lower than that of every checkpoint kept."""
        return self._processes.from_first(lambda: self._lower_than_all(metric))

    def _lower_than_all(self, metric: float) -> bool:
        best = best_checkpoint(self.path)
        known = None if best is None else read_info(best).metric
        return known is None or metric < known

    def _outdated(self) -> list[Path]:
        best = best_checkpoint(self.path)
        return [path for path in newest_first(self.path)[self.keep_last :] if path != best]


def newest_first(folder: Path) -> list[Path]:
    """The checkpoints in `folder`, newest first."""
    return sorted((path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit()), reverse=True)


def best_checkpoint(folder: Path) -> Path | None:
    """The one with the lowest selection metric, or None where none was measured. Damaged files do not count."""
    measured = []
    for path in newest_first(folder):
        try:
            metric = read_info(path).metric
        except CheckpointError:  # reported when somebody asks for that very file
            continue
        if metric is not None:
            measured.append((metric, path))
    return min(measured)[1] if measured else None
