"""Whether generators trained with Winograd's convolutions are as good as those of the eager step.

    python -m benchmarks.speed.trained --data FOLDER --json benchmarks/speed/results/trained.json

Trains a recipe with each engine from each of some seeds, for as many images, and measures every generator's FID on
features of a classifier of that data. Two runs of one seed part by rounding, so what is compared are the two engines'
means, held against how far seeds are apart: the difference with its 95 % interval (Welch's). It shows a harm that is
larger than that interval and none that is smaller.
"""

import argparse
import json
import statistics
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from scipy import stats

from equipoise.recipes import train
from equipoise.reports.evaluation import Request, evaluate

ENGINES = ("eager", "fused")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One generator. `winograd` says whether the run took these convolutions."""

    engine: str
    seed: int
    winograd: bool
    fid: float


def trained(engine: str, seed: int, options: argparse.Namespace, folder: Path) -> Run:
    out = folder / f"{engine}-{seed}"
    settings = {"training.engine": engine, "training.seed": seed, "data.size": options.size}
    train(options.data, recipe=options.recipe, out=out, images=options.images, settings=settings, show_progress=False)
    request = Request(targets=(str(out),), metrics=("fid",), features="classifier", n=options.samples)
    (evaluation,) = evaluate(request, None).evaluations
    return Run(engine=engine, seed=seed, winograd=_took_winograd(out), fid=evaluation["fid"].value)


def _took_winograd(run: Path) -> bool:
    with safe_open(next((run / "checkpoints").glob("*.safetensors")), framework="pt") as file:
        return bool(json.loads(file.metadata()["manner"])["winograd"])


def difference(runs: list[Run]) -> tuple[float, float, float]:
    """The fused engine's mean FID less the eager one's, and the ends of its 95 % interval."""
    eager, fused = ([run.fid for run in runs if run.engine == engine] for engine in ENGINES)
    interval = stats.ttest_ind(fused, eager, equal_var=False).confidence_interval(0.95)
    return statistics.mean(fused) - statistics.mean(eager), float(interval.low), float(interval.high)


def main() -> None:
    """Print a line a run, then the difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="images with classes")
    parser.add_argument("--recipe", default="dcgan")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--images", type=int, default=64_000)
    parser.add_argument("--samples", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            for engine in ENGINES:
                runs.append(trained(engine, seed, options, Path(folder)))
                print(f"seed {seed}, {engine}, Winograd {runs[-1].winograd}: FID {runs[-1].fid:.2f}", flush=True)
    middle, low, high = difference(runs)
    print(f"Fused less eager: {middle:+.2f} ({low:+.2f} to {high:+.2f})")
    if options.json is not None:
        about = {name: getattr(options, name) for name in ("recipe", "size", "images", "samples")}
        content = about | {"torch": torch.__version__, "runs": [asdict(run) for run in runs]}
        options.json.write_text(json.dumps(content | {"difference": [middle, low, high]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
