"""`equipoise sample`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from equipoise.cli.options import Checkpoint, Seed, which_checkpoint


def sample(
    run: Path,
    /,
    *,
    label: Annotated[tuple[str, ...], Parameter(name="--label", negative=(), show_default=False)] = (),
    n: Annotated[int, Parameter(name="--n")] = 64,
    seed: Seed = 0,
    out: Annotated[Path, Parameter(name="--out")] = Path("samples.png"),
    checkpoint: Checkpoint = "last",
) -> None:
    """Draw samples from a trained run: a grid if --out is a picture file, one file each if it is a folder.

    Args:
        run: The run's folder.
        label: A class by name or number; may be repeated. Without it, all classes in turn.
        n: How many samples in all.
        out: grid.png for one picture; a folder (no file ending) for individual files.
    """
    from equipoise.recipes import load
    from equipoise.reports.samples import write_samples

    generator = load(run, checkpoint=which_checkpoint(checkpoint))  # type: ignore[arg-type]
    print(write_samples(generator, out, n=n, label=list(label) or None, seed=seed))
