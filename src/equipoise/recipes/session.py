"""Training a run from its first step, or from its last checkpoint."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path

from torch import nn

from equipoise.core.entries import journal_entries
from equipoise.core.errors import RunFolderError, SettingError
from equipoise.core.layout import RunLayout
from equipoise.core.processes import joined, processes_here
from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord
from equipoise.data import SourceLike
from equipoise.probes import StepProbe
from equipoise.recipes.assemble import make_plan, make_schedule, make_state
from equipoise.recipes.distribute import told_of_processes
from equipoise.recipes.doctor import RunDoctor
from equipoise.recipes.engine import chosen_engine
from equipoise.recipes.evaluating import RunEvaluation, run_evaluation
from equipoise.recipes.facts import facts_of
from equipoise.recipes.folder import claimed, read_recipe, write_json, write_run
from equipoise.recipes.lead import led
from equipoise.recipes.load import generator_config
from equipoise.recipes.look import fixed_look
from equipoise.recipes.opening import only_session, open_checkpoints, open_display, open_journal, open_trackers
from equipoise.recipes.override import overridden
from equipoise.recipes.presets import preset
from equipoise.recipes.probe import enough_held_out, run_probe
from equipoise.recipes.restore import (
    require_budget_left,
    require_own_modules,
    require_unchanged_schedule,
    restored,
)
from equipoise.recipes.schema import Recipe, StopOn
from equipoise.recipes.selection import selection_of
from equipoise.recipes.setup import Setup, set_up, source_name
from equipoise.recipes.stopping import stop_adviser
from equipoise.training.fused import Engine
from equipoise.training.loop import Outcome, ReadSteps, Surroundings, train_loop
from equipoise.training.plan import Plan
from equipoise.training.state import TrainState
from equipoise.training.trackers import require_trackers


def chosen_recipe(
    recipe: str | Recipe,
    source: SourceLike,
    *,
    images: int | None = None,
    seconds: float | None = None,
    settings: Mapping[str, object] | None = None,
) -> Recipe:
    """The recipe of that name with the caller's settings, unresolved.

    Raises:
        SettingError: no such recipe, unknown keys or values of the wrong type.
    """
    base = preset(recipe) if isinstance(recipe, str) else recipe
    changes: dict[str, object] = {"data.source": source_name(source), **(settings or {})}
    changes |= {
        f"training.{name}": value for name, value in (("images", images), ("seconds", seconds)) if value is not None
    }
    return overridden(base, changes)


def train(  # noqa: PLR0913  (the public face: each argument is a thing people change from call to call)
    source: SourceLike,
    *,
    recipe: str | Recipe = "wgan-gp",
    out: str | Path,
    images: int | None = None,
    seconds: float | None = None,
    settings: Mapping[str, object] | None = None,
    generator: nn.Module | None = None,
    discriminator: nn.Module | None = None,
    go_on: bool = False,
    show_progress: bool = True,
) -> Outcome:
    """Train a GAN and leave everything about it in the folder `out`.

    Args:
        source: a name (`digits`, `fashion-mnist`, ...), a folder of images, an array file, an array, a torch Dataset.
        recipe: one of `equipoise.recipes.PRESETS`, or a `Recipe`.
        out: a new or empty folder.
        images: budget in real images shown to the discriminator.
        seconds: budget in wall-clock seconds of training; with both budgets the first one met ends the run.
        settings: changes by dotted key, such as `{"training.batch_size": 32}`.
        generator: a network of your own for this player; see `equipoise.networks.contract`.
        discriminator: likewise.
        go_on: where `out` holds this very run already, go on from its newest checkpoint instead of refusing.
        show_progress: a progress bar on a terminal, a line at each tenth elsewhere.

    Raises:
        EquipoiseError: anything you can put right, named before time is spent.
    """
    chosen = chosen_recipe(recipe, source, images=images, seconds=seconds, settings=settings)
    return train_recipe(
        chosen,
        source,
        out=out,
        generator=generator,
        discriminator=discriminator,
        go_on=go_on,
        show_progress=show_progress,
    )


def train_recipe(
    recipe: Recipe,
    source: SourceLike,
    *,
    out: str | Path,
    generator: nn.Module | None = None,
    discriminator: nn.Module | None = None,
    go_on: bool = False,
    show_progress: bool = True,
) -> Outcome:
    """`train`, with the recipe already chosen. Started by `torchrun`, all its processes play the one run."""
    layout, processes = RunLayout(Path(out)), processes_here()

    def prepared() -> Setup:
        setup = set_up(recipe, source, generator=generator, discriminator=discriminator, processes=processes)
        require_trackers(setup.recipe.training.trackers)
        return setup

    with joined(processes):
        resuming = processes.from_first(lambda: claimed(layout, go_on=go_on))
        setup = processes.first_then_others(prepared)
        evaluation = processes.first_then_others(lambda: run_evaluation(setup))
        if not resuming:
            config = generator_config(setup)
            processes.from_first(lambda: write_run(layout, setup.recipe, config, processes=processes))
        return _play(setup, layout, evaluation, show_progress=show_progress, resume=resuming, go_on=go_on)


def resume(  # noqa: PLR0913  (as `train`)
    run: str | Path,
    *,
    images: int | None = None,
    seconds: float | None = None,
    stop_on: StopOn | None = None,
    stop_when_done: bool | None = None,
    source: SourceLike | None = None,
    generator: nn.Module | None = None,
    discriminator: nn.Module | None = None,
    show_progress: bool = True,
) -> Outcome:
    """Go on with a run from its newest checkpoint, to the bit as if it had never stopped.

    Args:
        run: the run's folder.
        images: a new total budget, where the run's own is used up.
        seconds: likewise, in seconds over all sessions.
        stop_on: what the doctor may end the run for from now on; `never` for one that it has stopped.
        stop_when_done: whether the stop adviser may end the run from now on; False for one that it has ended.
        source: the data, where the run was given an object instead of a name or a path.
        generator: the network of your own that the run was started with.
        discriminator: likewise.
        show_progress: as for `train`.

    Raises:
        EquipoiseError: no such run, no usable checkpoint, or other networks or data than it was started with.
    """
    layout = RunLayout(Path(run))
    recipe = read_recipe(layout.root)
    require_own_modules(recipe, generator, discriminator)
    if source is None and recipe.data.source.startswith("<"):
        raise SettingError(f"This run was given data as a {recipe.data.source}; pass the same as `source`.")
    if images is not None or seconds is not None:
        require_unchanged_schedule(recipe, images)
        recipe = replace(recipe, training=replace(recipe.training, images=images, seconds=seconds))
    if stop_on is not None:
        recipe = replace(recipe, training=replace(recipe.training, stop_on=stop_on))
    if stop_when_done is not None:
        recipe = replace(recipe, training=replace(recipe.training, stop_when_done=stop_when_done))
    source = recipe.data.source if source is None else source
    processes = processes_here()
    with joined(processes):
        setup = processes.first_then_others(
            lambda: set_up(recipe, source, generator=generator, discriminator=discriminator, processes=processes)
        )
        evaluation = processes.first_then_others(lambda: run_evaluation(setup))
        return _play(setup, layout, evaluation, show_progress=show_progress, resume=True, go_on=False)


def _play(
    setup: Setup, layout: RunLayout, evaluation: RunEvaluation | None, *, show_progress: bool, resume: bool, go_on: bool
) -> Outcome:
    """Train `setup` in `layout`, closing everything whatever happens. Of several processes the first alone writes."""
    recipe, plan, processes = setup.recipe, _plan(setup.recipe, evaluation), setup.processes
    state = make_state(recipe, setup.players, processes)
    with ExitStack() as open_things, _disk_errors_explained(layout):
        open_things.enter_context(only_session(layout) if processes.first else nullcontext())
        checkpoints = open_checkpoints(setup, layout)
        notes, info = restored(checkpoints.path, state, setup.fingerprint) if resume else ([], None)
        if resume:
            if go_on and plan.budget.share_used(state) >= 1.0:
                return Outcome(finished=True, checkpoint=checkpoints.path_at(state.images_seen))
            require_budget_left(plan, state)
        notes = [*_notes(setup, evaluation), *told_of_processes(recipe, state.discriminator, processes), *notes]
        display = open_things.enter_context(closing(open_display(plan, state, notes, show_progress)))
        engine = chosen_engine(setup, state, plan, say=display.message, kept=info.manner if info else None)
        recipe = replace(recipe, training=replace(recipe.training, engine=engine.manner.kind))
        # with the engine chosen, and with a new budget from now on
        processes.from_first(lambda: write_json(layout.recipe, asdict(recipe)))
        trackers = open_trackers(recipe, layout, state, resume=resume)
        trackers = [open_things.enter_context(closing(tracker)) for tracker in trackers]
        journal = open_things.enter_context(open_journal(layout, info, processes))
        doctor = _doctor(setup, layout, resume=resume and processes.first)
        journal.event(state, "resumed" if resume else "started", **_told_at_the_beginning(setup, doctor, engine, plan))
        around = Surroundings(
            engine=engine,
            feed=setup.feed().quickened(),
            schedule=make_schedule(recipe, epoch_images=setup.facts.count),
            journal=journal,
            checkpoints=checkpoints,
            display=display,
            trackers=trackers,
            read=_reader(setup, state),
            probe=run_probe(setup),
            look=fixed_look(setup, layout),
            doctor=doctor,
            adviser=stop_adviser(recipe, plan, journal_entries(layout.journal) if resume and processes.first else ()),
            evaluate=evaluation,
        )
        return train_loop(state, setup.game, plan, led(around, processes))


def _plan(recipe: Recipe, evaluation: RunEvaluation | None) -> Plan:
    extractor = None if evaluation is None else evaluation.chosen.extractor
    return make_plan(recipe, selection=selection_of(recipe.training, extractor))


def _notes(setup: Setup, evaluation: RunEvaluation | None) -> tuple[str, ...]:
    """What to know of the data, and of the features that samples are measured by."""
    return (*setup.store.notes, *(evaluation.chosen.notes if evaluation is not None else ()))


def _doctor(setup: Setup, layout: RunLayout, *, resume: bool) -> RunDoctor:
    """The doctor of this run, who on a resume remembers what the journal tells."""
    training = setup.recipe.training
    doctor = RunDoctor(facts_of(setup), planned=training.images, stop_on=training.stop_on)
    if resume:
        doctor.recall(journal_entries(layout.journal))
    return doctor


def _told_at_the_beginning(setup: Setup, doctor: RunDoctor, engine: Engine, plan: Plan) -> dict[str, object]:
    """What a later reader of the journal needs to examine the run; `held_out` is 0 where too few samples were."""
    return {
        "recipe": setup.recipe.name,
        "engine": engine.manner.kind,
        "planned": setup.recipe.training.images,
        "held_out": len(setup.held_out_indices) if enough_held_out(setup) else 0,
        "selection": plan.selection.signal,
        "facts": dict(doctor.facts),
    }


@contextmanager
def _disk_errors_explained(layout: RunLayout) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunFolderError(
            f"Cannot write to {layout.root} ({error.strerror}). The last checkpoint is untouched: make room or make "
            f"it writable, then `equipoise resume {layout.root}`."
        ) from error


def _reader(setup: Setup, state: TrainState) -> ReadSteps:
    """The step probe of this game, bound to the discriminator it reads."""
    probe = StepProbe(family=setup.game.objective.family, clip_bound=setup.game.clip_bound)

    def read(d_record: DiscriminatorRecord, g_record: GeneratorRecord) -> dict[str, float]:
        return probe(state.discriminator, d_record, g_record)

    return read
