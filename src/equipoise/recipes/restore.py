"""What must hold before a run goes on, and its newest checkpoint that can be read."""

from pathlib import Path

from torch import nn

from equipoise.core.errors import CheckpointError, SettingError
from equipoise.recipes.schema import Recipe
from equipoise.training.checkpoint import CheckpointInfo, load_checkpoint, read_info
from equipoise.training.plan import Plan
from equipoise.training.progress import duration
from equipoise.training.retention import newest_first
from equipoise.training.state import TrainState


def restored(folder: Path, state: TrainState, fingerprint: str) -> tuple[list[str], CheckpointInfo]:
    """Fill `state` from the newest checkpoint in `folder` that can be read, and tell which ones could not.

    Of several processes the first chooses; all read the same file, so all must see the folder.

    Raises:
        CheckpointError: none can be read, or the newest sound one belongs to another run.
    """
    processes = state.processes
    notes, path = processes.from_first(lambda: _newest_sound(folder))
    info = processes.first_then_others(lambda: load_checkpoint(path, state, fingerprint=fingerprint))
    if info.processes != processes.count:
        notes.append(
            f"The checkpoint is of {info.processes} processes, here are {processes.count}: random streams begin anew, "
            "so the run goes on validly, though not to the bit as it would have."
        )
    return notes, info


def _newest_sound(folder: Path) -> tuple[list[str], Path]:
    notes = []
    for path in newest_first(folder):
        try:
            read_info(path)
        except CheckpointError as error:
            notes.append(f"Warning: {error}")
            continue
        return notes, path
    raise CheckpointError(
        "\n".join([*notes, f"There is no usable checkpoint in {folder}. Start the run again in a new folder."])
    )


def require_budget_left(plan: Plan, state: TrainState) -> None:
    """Raise SettingError where the run has used up its budget."""
    if plan.budget.share_used(state) >= 1.0:
        raise SettingError(
            f"This run has used up its budget: {state.images_seen:,} images in {duration(state.seconds)}. "
            "To go on, give a new total, as `--images` or `--time` (in Python `images=` or `seconds=`)."
        )


def require_own_modules(recipe: Recipe, generator: nn.Module | None, discriminator: nn.Module | None) -> None:
    """Raise SettingError unless networks of the user's own are given again."""
    for player, settings, module in (
        ("generator", recipe.generator, generator),
        ("discriminator", recipe.discriminator, discriminator),
    ):
        if settings.architecture == "own" and module is None:
            raise SettingError(
                f"This run was started with a {player} of your own: resume it from Python, "
                f"`eq.resume(run, {player}=YourModule())`."
            )


def require_unchanged_schedule(recipe: Recipe, images: int | None) -> None:
    """Raise SettingError where another length would be another schedule."""
    if recipe.training.decay == "linear" and images != recipe.training.images:
        raise SettingError(
            f"`images` is {images}, but the learning rate of this run falls to 0 over {recipe.training.images} images "
            "(training.decay=linear): another length would be another run. Start a new one."
        )
