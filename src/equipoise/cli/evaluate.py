"""`equipoise evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from equipoise.cli.options import Seed

if TYPE_CHECKING:
    from equipoise.reports.evaluation import Report


def evaluate(
    *targets: str,
    against: Annotated[str | None, Parameter(name="--against", show_default=False)] = None,
    metrics: Annotated[str | None, Parameter(name="--metrics", show_default=False)] = None,
    features: Annotated[str, Parameter(name="--features")] = "auto",
    weights: Annotated[Path | None, Parameter(name="--weights", show_default=False)] = None,
    n: Annotated[int, Parameter(name="--n")] = 10_000,
    checkpoint: Annotated[str, Parameter(name="--checkpoint")] = "last",
    split: Annotated[Literal["full", "training", "held-out"], Parameter(name="--split")] = "full",
    size: Annotated[int | None, Parameter(name="--size", show_default=False)] = None,
    seed: Seed = 0,
    device: str = "auto",
    out: Annotated[Path, Parameter(name="--out")] = Path("evaluation"),
    as_json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False)] = False,
) -> None:
    """Measure runs, or plain folders of images, against real data.

    The name of each number states how it was measured; only numbers of one name compare. docs/which-metric.md helps
    to choose. Example without any run: equipoise evaluate SAMPLES --against REAL.

    Args:
        targets: Run folders, folders of images, or data by name; several are shown side by side.
        against: The real data; by default what the first run was trained on.
        metrics: Names with commas between, such as fid,kid,prdc; by default the usual ones. There are: fid, kid, is,
            prdc, memorisation, accuracy, modes, fid-by-class, fid-infinity, swd, variety.
        features: inception (published scores), classifier (trained on the data's classes), pixels, module:function of
            your own, or auto: the first of these that is at hand, and it says which.
        weights: A file with Inception's weights.
        n: How many samples.
        checkpoint: Which weights of a run: last, best, all, or a number of images; several with commas between.
        split: Which part of the data counts: full, training, or held-out.
        size: Side of the images in pixels; by default that of the data.
        device: auto, cpu, cuda, cuda:1 or mps.
        out: The folder for evaluation.json and the pictures.
        as_json: Print the JSON instead of the table.
    """
    from equipoise.core.errors import SettingError
    from equipoise.reports.evaluation import Request  # torch is imported below, so that --help need not wait for it
    from equipoise.reports.evaluation import evaluate as evaluated

    if not targets:
        raise SettingError("Nothing to evaluate was named: give a run folder, or a folder of images with --against.")
    request = Request(
        targets=targets,
        against=against,
        metrics=_listed(metrics),
        features=features,
        weights=weights,
        n=n,
        checkpoints=_listed(checkpoint),
        split=split,
        size=size,
        seed=seed,
        device=device,
    )
    _show(evaluated(request, out), as_json=as_json)


def _show(report: "Report", *, as_json: bool) -> None:
    import json

    from equipoise.reports.evaluation_table import evaluation_text

    if as_json:
        print(json.dumps(report.as_json(), indent=1, allow_nan=False))
        return
    print(evaluation_text(report.evaluations))
    print("\nWritten: " + ", ".join(str(file) for file in report.files))


def _listed(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
