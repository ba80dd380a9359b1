"""How many modes does each setting reach, over seeds?

    python -m benchmarks.modes ring-8 --images 2000000 --seeds 5
    python -m benchmarks.modes grid-25 --only wgan-gp,gan --images 2000000 --seeds 5
    python -m benchmarks.modes stacked-mnist --mnist DIR --minutes 25 --seeds 1

Trains every setting on the same budget and counts the modes of fresh samples: 2,500 points, or 26,000 stacks whose
digits a classifier of MNIST reads. Prints mean and standard deviation over the seeds beside the published figures, and
writes JSON. `--picture` draws the points that the first seed of each setting samples.
"""

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch

import equipoise as eq
from benchmarks.modes.count import Counted, MixtureCounter, ModeCounter, mixture_counter, stacked_counter
from benchmarks.modes.picture import draw_samples
from benchmarks.modes.published import DIFFERS, PUBLISHED
from benchmarks.modes.settings import SETTINGS, Setting
from equipoise.core.errors import EquipoiseError


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One run. `processor_seconds` are those of all threads, the data and the start included."""

    setting: str
    seed: int
    images: int
    seconds: float
    processor_seconds: float
    discriminator_parameters: int
    covered: int
    modes: int
    high_quality: float | None
    kl: float | None


def main() -> None:
    options = parsed()
    source = f"stacked-mnist:{options.mnist}" if options.mnist else options.benchmark
    counter = stacked_counter(options.mnist) if options.benchmark == "stacked-mnist" else mixture_counter(source)
    rows: list[Row] = []
    drawn: dict[str, torch.Tensor] = {}
    for setting in chosen_settings(options.benchmark, options.only):
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            row, generator = played(setting, source, options, counter, seed)
            rows.append(row)
            if isinstance(counter, MixtureCounter):
                drawn.setdefault(setting.name, counter.samples_of(generator))
            print(line(rows[-1]), flush=True)
            report = {"benchmark": options.benchmark, "samples": counter.samples, "rows": [asdict(row) for row in rows]}
            options.out.write_text(json.dumps(report, indent=1) + "\n")
    print(table(options.benchmark, rows))
    if options.picture is not None and isinstance(counter, MixtureCounter):
        draw_samples(drawn, counter.reals(), options.picture)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", choices=tuple(PUBLISHED))
    parser.add_argument("--only", help="names of settings with commas between; all of the benchmark's by default")
    parser.add_argument("--images", type=int, help="real samples shown in each run")
    parser.add_argument("--minutes", type=float, help="training time of each run")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--mnist", type=Path, help="a directory with the idx files of MNIST")
    parser.add_argument("--picture", type=Path, help="of the samples on ring-8 and grid-25")
    parser.add_argument("--out", type=Path, default=Path("modes.json"))
    options = parser.parse_args()
    if options.images is None and options.minutes is None:
        parser.error("give a budget: --images or --minutes")
    if options.benchmark == "stacked-mnist" and options.mnist is None:
        parser.error("stacked-mnist needs --mnist DIR")
    if options.benchmark == "stacked-mnist" and options.picture is not None:
        parser.error("--picture draws points, and stacked-mnist has none")
    known = [setting.name for setting in SETTINGS[options.benchmark]]
    if unknown := [name for name in (options.only or "").split(",") if name and name not in known]:
        parser.error(f"--only: {options.benchmark} has no setting {unknown[0]!r}, but {', '.join(known)}")
    return options


def chosen_settings(benchmark: str, only: str | None) -> list[Setting]:
    """Those of the benchmark, or the named ones."""
    known = {setting.name: setting for setting in SETTINGS[benchmark]}
    return list(known.values()) if only is None else [known[name] for name in only.split(",")]


def played(
    setting: Setting, source: str, options: argparse.Namespace, counter: ModeCounter, seed: int
) -> tuple[Row, eq.TrainedGenerator]:
    """Train once and count."""
    settings: dict[str, Any] = {"training.seed": seed, "training.trackers": [], "training.looks": 4, **setting.changes}
    with tempfile.TemporaryDirectory() as folder:
        run, began = Path(folder) / "run", time.process_time()
        eq.train(
            source,
            recipe=setting.recipe,
            out=run,
            images=options.images,
            seconds=None if options.minutes is None else 60 * options.minutes,
            settings=settings,
            show_progress=False,
        )
        processor = time.process_time() - began
        ended = [json.loads(entry) for entry in (run / "journal.jsonl").read_text().splitlines()][-1]
        size = discriminator_size(run)
        generator = eq.load(run)
        counted: Counted = counter.count(generator)
    row = Row(
        setting=setting.name,
        seed=seed,
        images=ended["images"],
        seconds=ended["seconds"],
        processor_seconds=processor,
        discriminator_parameters=size,
        covered=counted.covered,
        modes=counted.modes,
        high_quality=counted.high_quality,
        kl=counted.kl,
    )
    return row, generator


def discriminator_size(run: Path) -> int:
    """Numbers that the discriminator learns, from the run's last checkpoint."""
    from safetensors import safe_open

    with safe_open(max((run / "checkpoints").glob("*.safetensors")), framework="pt") as file:
        names = [name for name in file.keys() if name.startswith("discriminator.")]
        return sum(file.get_tensor(name).numel() for name in names if torch.is_floating_point(file.get_tensor(name)))


def line(row: Row) -> str:
    """One run, for the terminal."""
    quality = "" if row.high_quality is None else f"  high quality {row.high_quality:.1%}"
    kl = "-" if row.kl is None else f"{row.kl:.3f}"
    return (
        f"{row.setting:<24} seed {row.seed}  {row.covered:>4} of {row.modes} modes  KL {kl}{quality}  "
        f"{row.images:,} samples in {row.seconds:.0f} s ({row.processor_seconds:.0f} s of processor)"
    )


def table(benchmark: str, rows: list[Row]) -> str:
    """Mean and standard deviation over the seeds, the published figures, and what differs."""
    lines = ["", f"{'setting':<28}{'modes':>16}{'high quality':>16}{'KL':>16}{'D parameters':>14}"]
    for name in dict.fromkeys(row.setting for row in rows):
        mine = [row for row in rows if row.setting == name]
        shares = [row.high_quality for row in mine if row.high_quality is not None]
        divergences = [row.kl for row in mine if row.kl is not None]
        lines.append(
            f"{name:<28}{spread([float(row.covered) for row in mine], '.1f'):>16}{spread(shares, '.3f'):>16}"
            f"{spread(divergences, '.3f'):>16}{mine[0].discriminator_parameters:>14,}"
        )
    for one in PUBLISHED[benchmark]:
        quality = "-" if one.high_quality is None else f"{one.high_quality:.3f}"
        lines.append(f"{one.method:<28}{one.modes:>16.1f}{quality:>16}{one.kl or 0:>16.3f}{'':>14}  {one.source}")
    return "\n".join([*lines, "", DIFFERS[benchmark]])


def spread(values: list[float], how: str) -> str:
    """`7.8 +- 0.4`."""
    if not values:
        return "-"
    return f"{mean(values):{how}}" + (f" +- {stdev(values):{how}}" if len(values) > 1 else "")


if __name__ == "__main__":
    try:
        main()
    except EquipoiseError as error:  # such as `rpgan` without --images, whose rate falls to 0 at the end
        raise SystemExit(str(error)) from None
