"""Kill workers of a run of several processes at random moments, let torchrun's agent start them again, compare the end.

    python -m benchmarks.robustness.kill_workers --kills 10 --json benchmarks/robustness/results/kill_workers.json

Each kill is a SIGKILL of one worker chosen at random, the writing one as likely as any other. The agent then ends the
rest and starts the same command anew; `--continue` takes up the newest checkpoint. The table says how much training
each kill cost. The verdict compares every tensor of the last checkpoint bit by bit with that of a run that nobody
disturbed; the exit status is 1 if any differs. Needs `ps`.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.robustness.kill_and_resume import BATCH, PATIENCE, SETTINGS, _differences, _text


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """One worker killed, and from where the run went on. `seconds` are of training, by the run's own journal."""

    number: int
    rank: int
    images_at_kill: int
    seconds_at_kill: float
    resumed_from: int
    seconds_lost: float
    seconds_to_go_on: float


def command(run: Path, *, processes: int, restarts: int, recipe: str, images: int, interval: float) -> list[str]:
    """What one would type, with a run that is small and looked at often."""
    settings = SETTINGS | {"training.checkpoint_seconds": interval}
    agent = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--max-restarts", str(restarts)]
    train = ["train", "--data", "digits", "--recipe", recipe, "--images", str(images), "--out", str(run), "--continue"]
    changes = [part for key, value in settings.items() for part in ("--set", f"{key}={_text(value)}")]
    return [*agent, "--nproc-per-node", str(processes), "-m", "equipoise", *train, *changes]


def started(arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def killed(agent: subprocess.Popen[str], run: Path, targets: list[int], rng: random.Random) -> list[Kill]:
    """Kill one worker when the run has passed each of `targets`, and see it go on."""
    kills: list[Kill] = []
    workers: dict[int, int] = {}
    for number, target in enumerate(targets, start=1):
        workers = _await_workers(agent, run, others_than=set(workers.values()), images=target)
        time.sleep(rng.uniform(0.0, 0.2))
        rank = rng.choice(sorted(workers))
        os.kill(workers[rank], signal.SIGKILL)
        at, moment = _last(run), time.monotonic()
        resumed = _await_resumption(agent, run, after=time.time())
        kills.append(
            Kill(
                number=number,
                rank=rank,
                images_at_kill=int(at["images"]),
                seconds_at_kill=float(at["seconds"]),
                resumed_from=int(resumed["images"]),
                seconds_lost=round(float(at["seconds"]) - float(resumed["seconds"]), 3),
                seconds_to_go_on=round(time.monotonic() - moment, 1),
            )
        )
    return kills


def _await_workers(agent: subprocess.Popen[str], run: Path, *, others_than: set[int], images: int) -> dict[int, int]:
    """The workers' process numbers by rank, once they are new and the journal has passed `images`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        workers = _workers(agent.pid)
        if workers and not others_than & set(workers.values()) and _checkpointed(run) and _last(run)["images"] > images:
            return workers
        _require_alive(agent, deadline)
        time.sleep(0.01)


def _await_resumption(agent: subprocess.Popen[str], run: Path, *, after: float) -> dict[str, object]:
    """The entry of a session that began `after` that moment, once it plays.

    Such a session writes recipe.json, cuts the journal short and only then adds its entry: an older one may still lie
    there, so the journal is read a second time, a moment later.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        written = (run / "recipe.json").stat().st_mtime
        if after < written < (run / "journal.jsonl").stat().st_mtime:
            time.sleep(0.5)
            resumed = [entry for entry in _entries(run) if entry.get("event") == "resumed"]
            if resumed and _last(run)["images"] > resumed[-1]["images"]:
                return resumed[-1]
        _require_alive(agent, deadline)
        time.sleep(0.01)


def _require_alive(agent: subprocess.Popen[str], deadline: float) -> None:
    if agent.poll() is not None or time.monotonic() > deadline:
        agent.terminate()
        raise SystemExit(f"The run ended before it could be killed:\n{agent.communicate()[0]}")


def _workers(agent: int) -> dict[int, int]:
    """Children of the agent by the rank in their environment."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(agent)], capture_output=True, text=True, check=False)
    found = {}
    for pid in map(int, listed.stdout.split()):
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        ranks = [int(entry[5:]) for entry in variables if entry.startswith(b"RANK=")]
        found |= {rank: pid for rank in ranks}
    return found


def _checkpointed(run: Path) -> bool:
    return bool(list((run / "checkpoints").glob("*.safetensors")))


def _entries(run: Path) -> list[dict[str, object]]:
    journal = run / "journal.jsonl"
    whole = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    return [json.loads(line) for line in whole if not line.startswith(b"\0")]


def _last(run: Path) -> dict[str, object]:
    entries = _entries(run)
    return entries[-1] if entries else {"images": 0, "seconds": 0.0}


def table(kills: Sequence[Kill]) -> str:
    lines = [
        f"{'kill':>4} {'rank':>5} {'images at kill':>15} {'resumed from':>13} {'training lost':>14} {'back after':>11}"
    ]
    lines += [
        f"{kill.number:>4} {kill.rank:>5} {kill.images_at_kill:>15,} {kill.resumed_from:>13,} "
        f"{kill.seconds_lost:>12.2f} s {kill.seconds_to_go_on:>9.1f} s"
        for kill in kills
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--images", type=int, default=None, help="length of the run; the default grows with --kills")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between checkpoints")
    parser.add_argument("--recipe", default="gan")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    images = arguments.images or 4_000 * (arguments.kills + 1)
    rng = random.Random(arguments.seed)
    targets = sorted(rng.randrange(BATCH, images * 9 // 10) for _ in range(arguments.kills))
    options = {"processes": arguments.processes, "recipe": arguments.recipe, "images": images}
    with tempfile.TemporaryDirectory() as folder:
        whole, disturbed = Path(folder) / "undisturbed", Path(folder) / "killed"
        calm = started(command(whole, restarts=0, interval=arguments.interval, **options))
        told, _ = calm.communicate()
        if calm.returncode:
            raise SystemExit(told)
        agent = started(command(disturbed, restarts=arguments.kills, interval=arguments.interval, **options))
        kills = killed(agent, disturbed, targets, rng)
        told, _ = agent.communicate()
        if agent.returncode:
            raise SystemExit(told)
        different = _differences(whole, disturbed)
    print(table(kills))
    print(f"After {len(kills)} kills, at {images:,} images: {'DIFFERENT' if different else 'identical'}.")
    content = {**options, "interval_seconds": arguments.interval, "seed": arguments.seed, "identical": not different}
    content |= {"different": different, "kills": [asdict(kill) for kill in kills]}
    if arguments.json is not None:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(content, indent=2) + "\n")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
