"""`equipoise resume`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from equipoise.cli.options import Images, StopOn, Time, seconds_in


def resume(
    run: Path,
    /,
    *,
    images: Images = None,
    time: Time = None,
    stop_on: Annotated[StopOn | None, Parameter(name="--stop-on", show_default=False)] = None,
    stop_when_done: Annotated[bool | None, Parameter(name="--stop-when-done", show_default=False)] = None,
) -> None:
    """Go on with a run from its last checkpoint, exactly as if it had never stopped.

    Args:
        run: The run's folder.
        stop_on: What the doctor may end the run for from now on: never, risk, harm or wiring. By default as before.
        stop_when_done: Whether the run may end when nothing more is to be expected. By default as before.
    """
    from equipoise.cli.verdict import end_with_verdict
    from equipoise.recipes import resume as resume_run

    outcome = resume_run(run, images=images, seconds=seconds_in(time), stop_on=stop_on, stop_when_done=stop_when_done)
    end_with_verdict(run, outcome)
