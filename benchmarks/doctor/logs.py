"""What losses alone would have told about 24 published runs whose outcome is known.

`python -m benchmarks.doctor.logs FOLDER` reads every StudioGAN `.log` under FOLDER twice: with its FID lines, which
say how the run ended, and without them, as the doctor sees it. A run is bad if it ended above 1.5 times its own best
FID. It is found in time if the doctor stopped it before a tenth of the planned run had passed after the best. One seed
each: not a rate. The thresholds of `discriminator_dominates` and `sudden_change` were chosen on these same 24 logs.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from equipoise.core.records import Severity
from equipoise.reports.diagnosis import diagnose

BAD = 1.5
IN_TIME = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class LogVerdict:
    """One log: how the run ended, and when the losses gave it away."""

    name: str
    best: float
    best_at: int
    end: float
    planned: int
    stop: int | None
    found: str

    @property
    def bad(self) -> bool:
        """It ended far above its own best."""
        return self.end > BAD * self.best

    @property
    def in_time(self) -> bool:
        """Stopped before a tenth of the planned run had passed after its best."""
        return self.stop is not None and self.stop <= self.best_at + IN_TIME * self.planned


def judged(log: Path) -> LogVerdict:
    """Both readings of one log."""
    history = diagnose(log).reading.history
    fid = history["quality/fid"]
    best = int(fid.values.argmin())
    blind = diagnose(log, include_quality=False)
    serious = [finding.name for finding in blind.findings if finding.severity.rank <= Severity.HARM.rank]
    return LogVerdict(
        name=log.stem.partition("-train")[0],
        best=float(fid.values[best]),
        best_at=int(fid.at[best]),
        end=fid.last,
        planned=history.planned or history.end,
        stop=blind.would_stop_at,
        found=", ".join(serious),
    )


def table(verdicts: list[LogVerdict]) -> str:
    """One row a log, bad ones first, and the counts."""
    rows = ["| log | best FID | at | end | ended | stopped at | in time | found |", "| --- " * 8 + "|"]
    for verdict in sorted(verdicts, key=lambda verdict: (not verdict.bad, verdict.name)):
        stop = "-" if verdict.stop is None else f"{verdict.stop:,}"
        in_time = (
            ("yes" if verdict.in_time else "no") if verdict.bad else ("" if verdict.stop is None else "false alarm")
        )
        rows.append(
            f"| {verdict.name} | {verdict.best:.1f} | {verdict.best_at:,} | {verdict.end:.1f} | "
            f"{'bad' if verdict.bad else 'well'} | {stop} | {in_time} | {verdict.found} |"
        )
    bad, well = [v for v in verdicts if v.bad], [v for v in verdicts if not v.bad]
    rows.append("")
    rows.append(
        f"{sum(v.stop is not None for v in bad)} of {len(bad)} bad runs found, {sum(v.in_time for v in bad)} in time; "
        f"{sum(v.stop is not None for v in well)} of {len(well)} others stopped."
    )
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.doctor.logs FOLDER")
    logs = sorted(Path(sys.argv[1]).rglob("*.log"))
    if not logs:
        sys.exit(f"There is no .log under {sys.argv[1]}.")
    print(table([judged(log) for log in logs]))


if __name__ == "__main__":
    main()
