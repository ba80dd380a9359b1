"""Images a second of the textbook loop, our eager step and our fused step, in turns in one process.

    python -m benchmarks.speed --json speed.json
    python -m benchmarks.speed --growth --cases batch-16 batch-256

Each round plays a quarter of a second of each way (a cycle is all discriminator steps and one of the generator), so
that other work on the machine slows all of them alike; the ratio is that of the same round, and its quartiles are
shown. Operations are those of matrix products and convolutions; the share of the peak is theirs over the time of the
median round and the fastest large product that this machine was seen to do. Where other work keeps the machine busy,
`--clock processor` counts the time of a single thread on the processor in place of the time that passes. The exit
status is 1 if a median ratio is below its target.
"""

import argparse
import json
import platform
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from benchmarks.speed.cases import Case, growth, table
from benchmarks.speed.measure import CLOCKS, in_turns, operations, peak, ratios
from benchmarks.speed.memory import megabytes
from benchmarks.speed.players import WAYS, cycle_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One way of one case. `times_faster` holds the quartiles of the ratio to the textbook loop."""

    case: str
    way: str
    rounds: int
    cycle_ms: float
    images_a_second: float
    steps_a_second: float
    times_faster: tuple[float, float, float]
    gigaflop: float
    share_of_peak: float
    peak_megabytes: float | None
    target: float | None


def measured(key: str, case: Case, arguments: argparse.Namespace) -> list[Row]:
    device = torch.device(arguments.device)
    cycles = {way: cycle_of(case, way, device=device, say=print) for way in arguments.ways}
    counted = {way: operations(cycles[way]) for way in cycles if way != "compiled"}
    counted["compiled"] = counted.get("fused", 0)  # the same graph; kernels of the compiler cannot be counted
    clock = CLOCKS[arguments.clock]
    limit = peak(device, clock=clock)
    times = in_turns(cycles, seconds=arguments.seconds, device=device, clock=clock)
    rows = []
    for way, seconds in times.items():
        cycle = statistics.median(seconds)
        rows.append(
            Row(
                case=case.name,
                way=way,
                rounds=len(seconds),
                cycle_ms=1000 * cycle,
                images_a_second=case.images_a_cycle / cycle,
                steps_a_second=(case.game.d_steps + 1) / cycle,
                times_faster=ratios(times["textbook"], seconds),
                gigaflop=counted[way] / 1e9,
                share_of_peak=counted[way] / cycle / limit,
                peak_megabytes=megabytes(key, way, device=arguments.device) if arguments.memory else None,
                target=case.target if way in ("fused", "compiled") else None,
            )
        )
    print(_lines(rows), flush=True)
    return rows


HEAD = (
    "| game | way | cycle ms | images/s | steps/s | times faster (quartiles) | GFLOP | of peak | MB |\n"
    + "|---" * 9
    + "|"
)


def _lines(rows: list[Row]) -> str:
    return "\n".join(
        f"| {row.case} | {row.way} | {row.cycle_ms:.1f} | {row.images_a_second:,.0f} | {row.steps_a_second:,.1f} "
        f"| {row.times_faster[1]:.2f} ({row.times_faster[0]:.2f} to {row.times_faster[2]:.2f}) | {row.gigaflop:.2f} "
        f"| {row.share_of_peak:.0%} | {'' if row.peak_megabytes is None else f'{row.peak_megabytes:.0f}'} |"
        for row in rows
    )


def main() -> int:
    """Print the table; the status is 1 if any game's faster fused way is below its target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", help="short names; all by default")
    parser.add_argument("--growth", action="store_true", help="one game at other batches, widths and resolutions")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    parser.add_argument("--seconds", type=float, default=60.0, help="of measuring, for each game")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--clock", default="wall", choices=CLOCKS, help="processor: on one thread of a busy machine")
    parser.add_argument("--memory", action="store_true", help="measure peak memory too, in processes of their own")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    if arguments.clock == "processor":
        torch.set_num_threads(1)  # a second one that waits would count as time spent
    known = growth() if arguments.growth else table()
    limit = peak(torch.device(arguments.device), clock=CLOCKS[arguments.clock])
    setting = f"{torch.get_num_threads()} threads, {arguments.clock} clock, torch {torch.__version__}"
    print(f"Peak {limit / 1e9:,.0f} GFLOP/s, {setting}\n{HEAD}")
    rows = [row for key in arguments.cases or known for row in measured(key, known[key], arguments)]
    if arguments.json is not None:
        where = {
            "torch": torch.__version__,
            "machine": platform.machine(),
            "threads": torch.get_num_threads(),
            "clock": arguments.clock,
        }
        content = {**where, "device": arguments.device, "peak": limit, "rows": [asdict(row) for row in rows]}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return int(any(_missed(case, rows) for case in {row.case for row in rows}))


def _missed(case: str, rows: list[Row]) -> bool:
    tried = [row for row in rows if row.case == case and row.target is not None]
    return bool(tried) and max(row.times_faster[1] for row in tried) < (tried[0].target or 0.0)


if __name__ == "__main__":
    raise SystemExit(main())
