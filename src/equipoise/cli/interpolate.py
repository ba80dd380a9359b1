"""`equipoise interpolate`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from equipoise.cli.options import Checkpoint, Seed, which_checkpoint


def interpolate(
    run: Path,
    /,
    *,
    label: Annotated[tuple[str, ...], Parameter(name="--label", negative=(), show_default=False)] = (),
    rows: Annotated[int, Parameter(name="--rows")] = 4,
    steps: Annotated[int, Parameter(name="--steps")] = 10,
    seed: Seed = 0,
    out: Annotated[Path, Parameter(name="--out")] = Path("interpolation.png"),
    checkpoint: Checkpoint = "last",
) -> None:
    """Walk between samples: over the sphere from latent to latent, or from class to class.

    With no --label or one, the latents move and the class stays. With two or more, the latents stay and the class moves
    from each to the next.

    Args:
        run: The run's folder.
        label: A class by name or number; may be repeated.
        rows: How many walks, one below the other.
        steps: Pictures in each leg of a walk.
        out: A strip as .png, an animation as .gif, .webp or .apng.
    """
    from equipoise.recipes import load
    from equipoise.reports.walks import write_walk

    generator = load(run, checkpoint=which_checkpoint(checkpoint))  # type: ignore[arg-type]
    print(write_walk(generator, out, rows=rows, steps=steps, label=list(label), seed=seed))
