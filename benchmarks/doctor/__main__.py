"""The failure zoo: makes runs that go wrong and runs that do not, and judges the doctor by them.

    python -m benchmarks.doctor plan
    python -m benchmarks.doctor run --split calibration --workers 2
    python -m benchmarks.doctor judge --split calibration
    python -m benchmarks.doctor smoke

A run is recorded once, facts and signals and outcome; judging replays the records in seconds.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.doctor.baselines import Threshold, as_data, best_threshold
from benchmarks.doctor.families import Split
from benchmarks.doctor.judge import Judged, by_kind, confusion, judged
from benchmarks.doctor.make import make_all
from benchmarks.doctor.picture import draw_confusion
from benchmarks.doctor.plan import Run, planned
from benchmarks.doctor.record import records
from benchmarks.doctor.report import as_json, as_markdown
from benchmarks.doctor.samples import DATA
from benchmarks.doctor.smoke import smoke_result, smoke_runs
from equipoise.data.cache import cache_folder

SPLITS: tuple[Split, ...] = ("calibration", "test")


def main() -> int:
    arguments = _arguments()
    arguments.act(arguments)
    return 0


def plan(arguments: argparse.Namespace) -> None:
    """What would be made."""
    for split in SPLITS:
        runs = planned(split)
        healthy = sum(run.healthy for run in runs)
        print(f"{split}: {len(runs)} runs, {healthy} of them healthy, {len({r.fault for r in runs}) - 1} faults")
        for family, count in Counter(run.family for run in runs).items():
            print(f"  {family:<18} {count}")


def run(arguments: argparse.Namespace) -> None:
    """Make what is missing."""
    made = make_all(_chosen(arguments), _folder(arguments), data=arguments.data, workers=arguments.workers)
    began, spent = time.time(), 0.0
    for done, (finished, seconds) in enumerate(made, start=1):
        spent += seconds
        print(f"{done:>4} {seconds:5.1f} s  {finished.name}", flush=True)
    minutes = (time.time() - began) / 60
    print(f"{spent / 60:.1f} processor minutes in {minutes:.1f} minutes; records in {_folder(arguments)}")


def judge(arguments: argparse.Namespace) -> None:
    """Judge the doctor by the records; figures go to --results."""
    runs = records(_folder(arguments), (run.name for run in _chosen(arguments)))
    if not runs:
        raise SystemExit(f"No records in {_folder(arguments)}: make them with `python -m benchmarks.doctor run`.")
    arguments.results.mkdir(parents=True, exist_ok=True)
    verdicts = judged(runs)
    threshold = _single_signal(arguments, verdicts)
    text = as_markdown(verdicts, threshold, split=arguments.split)
    stem = arguments.results / arguments.split
    stem.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    stem.with_suffix(".json").write_text(json.dumps(as_json(verdicts, threshold), indent=1) + "\n", encoding="utf-8")
    if matrix := confusion(verdicts):
        draw_confusion(matrix, stem.with_suffix(".png"))
    print(text)


def smoke(arguments: argparse.Namespace) -> None:
    """Twenty short runs in the plane, made and judged at once."""
    runs = smoke_runs()
    with TemporaryDirectory() as folder:
        for _ in make_all(runs, Path(folder), data=arguments.data, workers=arguments.workers):
            pass
        told = smoke_result(records(Path(folder), (run.name for run in runs)))
    print(json.dumps(asdict(told), indent=1))


def _single_signal(arguments: argparse.Namespace, verdicts: Sequence[Judged]) -> Threshold:
    """The best threshold of one signal, chosen on the calibration split and kept for the other."""
    file = arguments.results / "single_signal.json"
    if arguments.split == "calibration":
        kinds = by_kind(verdicts)
        if not kinds["harmful"] or not kinds["healthy"]:
            raise SystemExit(
                "Neither harmed nor healthy runs may be missing: make more of the calibration split first."
            )
        chosen = best_threshold([j.record for j in kinds["harmful"]], [j.record for j in kinds["healthy"]])
        file.write_text(json.dumps(as_data(chosen)) + "\n", encoding="utf-8")
    if not file.exists():
        raise SystemExit(f"{file} is missing: judge the calibration split first, which chooses the single signal.")
    return Threshold(**json.loads(file.read_text(encoding="utf-8")))


def _chosen(arguments: argparse.Namespace) -> tuple[Run, ...]:
    return tuple(run for run in planned(arguments.split) if re.search(arguments.only, run.name))


def _folder(arguments: argparse.Namespace) -> Path:
    return Path(arguments.records, arguments.split)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--records", type=Path, default=cache_folder() / "doctor-zoo", help="where runs are kept")
    shared.add_argument("--data", type=Path, default=DATA, help="the folder that holds those of the pictures")
    shared.add_argument("--workers", type=int, default=2, help="runs at a time")
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--split", choices=SPLITS, required=True)
    chosen.add_argument("--only", default="", metavar="PATTERN", help="runs whose names match")
    kept = argparse.ArgumentParser(add_help=False)
    kept.add_argument("--results", type=Path, default=Path(__file__).parent / "results", help="where figures go")
    for verb, parents in ((plan, []), (run, [shared, chosen]), (judge, [shared, chosen, kept]), (smoke, [shared])):
        one = verbs.add_parser(verb.__name__, parents=parents, help=verb.__doc__)
        one.set_defaults(act=verb)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
