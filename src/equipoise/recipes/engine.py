"""The engine of a run, chosen on its first batch."""

import time
from collections.abc import Callable

from equipoise.recipes.setup import Setup
from equipoise.training.fused import Engine, engine_for
from equipoise.training.manner import Manner
from equipoise.training.plan import Plan
from equipoise.training.state import TrainState


def chosen_engine(
    setup: Setup, state: TrainState, plan: Plan, *, say: Callable[[str], None], kept: Manner | None = None
) -> Engine:
    """What the recipe asks for, or what a resumed run began with. The time it takes is part of the run's."""
    began = time.monotonic()
    engine = engine_for(
        state,
        setup.game,
        setup.feed().at(state.images_seen),
        budget=plan.budget,
        say=say,
        choice=setup.recipe.training.engine,
        kept=kept,
    )
    state.seconds, _ = state.processes.agreed(state.seconds + time.monotonic() - began, False)
    return engine
