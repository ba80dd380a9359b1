"""What a run writes to and speaks with while it trains: opened by the first of its processes for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from os import devnull
from pathlib import Path

from equipoise.core.errors import RunFolderError
from equipoise.core.layout import RunLayout
from equipoise.core.lock import only_one_process
from equipoise.core.processes import Processes
from equipoise.recipes.schema import Recipe
from equipoise.recipes.setup import Setup
from equipoise.training.checkpoint import CheckpointInfo
from equipoise.training.journal import Journal
from equipoise.training.plan import Plan
from equipoise.training.progress import Display, SilentDisplay, display_for
from equipoise.training.retention import CheckpointFolder
from equipoise.training.state import TrainState
from equipoise.training.trackers import Tracker, make_trackers


@contextmanager
def only_session(layout: RunLayout) -> Iterator[None]:
    """Hold the run's folder; of several processes the first holds it for all.

    Raises:
        RunFolderError: another process is training there.
    """
    try:
        with only_one_process(layout.lock, wait=False):
            yield
    except BlockingIOError as error:
        raise RunFolderError(f"Another process is training in {layout.root}. Wait for it, or stop it.") from error


def open_checkpoints(setup: Setup, layout: RunLayout) -> CheckpointFolder:
    """The checkpoints of a run, of which every process is to have the same."""
    keep = setup.recipe.training.keep_checkpoints
    return CheckpointFolder(layout, fingerprint=setup.fingerprint, keep_last=keep, processes=setup.processes)


def open_trackers(recipe: Recipe, layout: RunLayout, state: TrainState, *, resume: bool) -> list[Tracker]:
    """Those of the recipe; none in other processes than the first."""
    return make_trackers(
        recipe.training.trackers if state.processes.first else (),
        layout.root,
        settings=asdict(recipe),
        resume_at=state.images_seen if resume else None,
    )


def open_journal(layout: RunLayout, info: CheckpointInfo | None, processes: Processes) -> Journal:
    """From the last checkpoint on; the words of other processes than the first go nowhere."""
    if not processes.first:
        return Journal(Path(devnull))
    return Journal(layout.journal, resume_at=info.journal_offset if info else 0)


def open_display(plan: Plan, state: TrainState, notes: list[str], show_progress: bool) -> Display:
    """What the user sees, with the notes already told."""
    spoken = show_progress and state.processes.first
    display: Display = display_for(plan.budget, start=state) if spoken else SilentDisplay()
    for note in notes:
        display.message(note)
    return display
