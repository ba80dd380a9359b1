"""`equipoise resume`."""

from pathlib import Path

from equipoise.cli.options import Images, Time, seconds_in


def resume(run: Path, /, *, images: Images = None, time: Time = None) -> None:
    """Go on with a run from its last checkpoint, exactly as if it had never stopped.

    Args:
        run: The run's folder.
    """
    from equipoise.cli.verdict import print_verdict
    from equipoise.recipes import resume as resume_run

    outcome = resume_run(run, images=images, seconds=seconds_in(time))
    print_verdict(run, finished=outcome.finished)
