"""How much of each run would the stop adviser have saved, and what would it have lost?

    python -m benchmarks.stopping --logs DIR

DIR holds training logs with a quality metric (FID), such as those that StudioGAN publishes. At every look at the metric
the adviser sees only what was known then; the run is taken to end where it first says stop. `lost` is how much higher
the best metric until then is than the best of the whole run. Prints a table and writes JSON.
"""

import argparse
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from equipoise.control.stopping import stop_advice, stopping_look
from equipoise.core.history import Series
from equipoise.intake.read import read_log

METRIC = "quality/fid"
ELAPSED = re.compile(r"Elapsed: (?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One run. `share_saved` is that of its steps after the stop; `hours` is None where the log tells no times."""

    run: str
    looks: int
    best: float
    best_at: int
    last: float
    stopped_at: int | None
    best_until_stop: float
    share_saved: float
    lost: float
    hours: float | None
    hours_after_best: float | None
    why: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, required=True, help="a folder of logs")
    parser.add_argument("--out", type=Path, default=Path("stopping.json"))
    options = parser.parse_args()
    rows = [row for path in sorted(options.logs.rglob("*.log")) if (row := judged(path)) is not None]
    print(table(rows))
    options.out.write_text(json.dumps({"rows": [asdict(row) for row in rows], **totals(rows)}, indent=1) + "\n")


def judged(path: Path) -> Row | None:
    """The row of one log, or None if it has too few looks at the metric to say anything of."""
    series = read_log(path).history[METRIC]
    if len(series) < 2:
        return None
    found = stopping_look(series)
    last = len(series) - 1 if found is None else found
    known = Series(series.at[: last + 1], series.values[: last + 1])
    best, end = float(series.values.min()), int(series.at[-1])
    best_at, hours = int(series.at[int(series.values.argmin())]), hours_of(path)
    return Row(
        run=path.stem,
        looks=len(series),
        best=best,
        best_at=best_at,
        last=series.last,
        stopped_at=None if found is None else int(series.at[found]),
        best_until_stop=float(known.values.min()),
        share_saved=1 - int(series.at[last]) / end,
        lost=float(known.values.min()) / best - 1,
        hours=hours,
        hours_after_best=None if hours is None else hours * (1 - best_at / end),
        why=stop_advice(known).state,
    )


def hours_of(path: Path) -> float | None:
    """The longest time that the log says has passed."""
    found = [match.groups(default="0") for match in ELAPSED.finditer(path.read_text(errors="replace"))]
    return max((int(d) * 24 + int(h) + int(m) / 60 + int(s) / 3600 for d, h, m, s in found), default=None)


def totals(rows: list[Row]) -> dict[str, float | int | None]:
    """Over all runs; hours over those whose times are known."""
    timed = [row for row in rows if row.hours is not None]
    return {
        "runs": len(rows),
        "stopped": sum(row.stopped_at is not None for row in rows),
        "mean_share_saved": sum(row.share_saved for row in rows) / len(rows),
        "hours": sum(row.hours or 0.0 for row in timed),
        "hours_saved": sum((row.hours or 0.0) * row.share_saved for row in timed),
        "hours_after_best": sum(row.hours_after_best or 0.0 for row in timed),
        "mean_lost": sum(row.lost for row in rows) / len(rows),
        "largest_lost": max(row.lost for row in rows),
        "lost_over_2_percent": sum(row.lost > 0.02 for row in rows),
    }


def table(rows: list[Row]) -> str:
    """For the terminal."""
    lines = [f"{'run':<26}{'best':>8}{'at':>9}{'last':>8}{'stop at':>9}{'saved':>7}{'lost':>8}  why"]
    for row in rows:
        name = row.run.split("-train-")[0][:25]
        stop = "-" if row.stopped_at is None else f"{row.stopped_at:,}"
        lines.append(
            f"{name:<26}{row.best:>8.1f}{row.best_at:>9,}{row.last:>8.1f}{stop:>9}{row.share_saved:>7.0%}"
            f"{row.lost:>8.1%}  {row.why}"
        )
    sums = totals(rows)
    lines.append(
        f"{sums['stopped']} of {sums['runs']} runs stopped; {sums['hours_saved']:.0f} of {sums['hours']:.0f} hours "
        f"saved ({sums['hours_after_best']:.0f} hours came after the best); best metric {sums['mean_lost']:.1%} worse "
        f"on average, {sums['largest_lost']:.1%} at most."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
