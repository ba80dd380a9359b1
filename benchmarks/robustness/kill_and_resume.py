"""Kill a run at random moments, resume it each time, and compare the end with a run that was never disturbed.

    python benchmarks/robustness/kill_and_resume.py --kills 20

Each kill is a SIGKILL: the process gets no chance to save. The table says how many images had been shown when it came,
from which checkpoint the run went on, and how many images were played twice. The verdict compares every tensor of both
last checkpoints (networks, averages, optimisers, random streams) bit by bit; the exit status is 1 if any differs.
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

import torch
from safetensors import SafetensorError, safe_open

import equipoise as eq

BATCH = 16
SETTINGS: dict[str, object] = {
    "training.batch_size": BATCH,
    "training.engine": "eager",  # `auto` weighs time, and two runs are compared
    "training.read_every": 1,
    "training.looks": 5,
    "training.trackers": [],
    "training.device": "cpu",
    "generator.hidden": [32],
    "discriminator.hidden": [32],
}
PATIENCE = 300.0
"""Seconds without any progress after which something else is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """One kill. `resumed_from` counts the images of the newest whole checkpoint that it left."""

    number: int
    images_at_kill: int
    resumed_from: int

    @property
    def images_lost(self) -> int:
        """Shown and forgotten; the resumed run shows them again."""
        return self.images_at_kill - self.resumed_from


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What was done, and which tensors of the last checkpoint differ from those of an undisturbed run."""

    kills: tuple[Kill, ...]
    images: int
    different: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Every tensor agrees to the bit."""
        return not self.different


def kill_and_resume(
    folder: Path, *, kills: int, images: int, seed: int = 0, recipe: str = "gan", checkpoint_seconds: float = 0.3
) -> Result:
    """Train to `images` twice in `folder`, once undisturbed and once through `kills` kills spread over the run."""
    torch.set_num_threads(1)  # here as in the processes below, so that no sum is split differently
    whole, killed = folder / "undisturbed", folder / "killed"
    settings = SETTINGS | {"training.checkpoint_seconds": checkpoint_seconds}
    eq.train("digits", recipe=recipe, out=whole, images=images, settings=settings, show_progress=False)

    begin = ["train", "--data", "digits", "--recipe", recipe, "--images", str(images), "--out", str(killed)]
    begin += [part for key, value in settings.items() for part in ("--set", f"{key}={_text(value)}")]
    rng = random.Random(seed)
    done: list[Kill] = []
    for number, target in enumerate(sorted(rng.randrange(BATCH, images * 9 // 10) for _ in range(kills)), start=1):
        process = _equipoise(["resume", str(killed)] if done else begin)
        _await_images(process, killed, target)
        time.sleep(rng.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        done.append(Kill(number=number, images_at_kill=_images(killed), resumed_from=_newest_whole(killed)))
    eq.resume(killed, show_progress=False)
    return Result(kills=tuple(done), images=images, different=tuple(_differences(whole, killed)))


def table(result: Result) -> str:
    """The kills, one a line, and the verdict."""
    lines = [f"{'kill':>4} {'images at kill':>15} {'resumed from':>13} {'images lost':>12}"]
    lines += [
        f"{kill.number:>4} {kill.images_at_kill:>15,} {kill.resumed_from:>13,} {kill.images_lost:>12,}"
        for kill in result.kills
    ]
    verdict = "identical" if result.identical else f"DIFFERENT in {', '.join(result.different)}"
    return "\n".join([*lines, f"After {len(result.kills)} kills, at {result.images:,} images: {verdict}."])


def _equipoise(arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "equipoise", *arguments],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _await_images(process: subprocess.Popen[str], run: Path, target: int) -> None:
    """Return once the journal has passed `target`, is longer than at the start, and there is a checkpoint."""
    began, deadline = _size(run), time.monotonic() + PATIENCE
    while _size(run) <= began or _images(run) < target or not list((run / "checkpoints").glob("*.safetensors")):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise SystemExit(f"The run ended before it could be killed:\n{process.communicate()[0]}")
        time.sleep(0.002)


def _size(run: Path) -> int:
    journal = run / "journal.jsonl"
    return journal.stat().st_size if journal.exists() else 0


def _images(run: Path) -> int:
    """Images seen according to the last whole line of the journal."""
    journal = run / "journal.jsonl"
    lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    return int(json.loads(lines[-1])["images"]) if lines else 0


def _newest_whole(run: Path) -> int:
    for path in sorted((run / "checkpoints").glob("*.safetensors"), reverse=True):
        try:
            with safe_open(path, framework="pt"):
                return int(path.stem)
        except SafetensorError:
            continue
    return 0


def _last_state(run: Path) -> dict[str, torch.Tensor]:
    with safe_open(max((run / "checkpoints").glob("*.safetensors")), framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def _differences(whole: Path, killed: Path) -> list[str]:
    expected, found = _last_state(whole), _last_state(killed)
    missing = expected.keys() ^ found.keys()
    return sorted(missing) + [
        name for name in sorted(expected.keys() & found.keys()) if not torch.equal(expected[name], found[name])
    ]


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--images", type=int, default=None, help="length of the run; the default grows with --kills")
    parser.add_argument("--recipe", default="gan")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("kill_and_resume.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = kill_and_resume(
            Path(folder),
            kills=arguments.kills,
            images=arguments.images or 4_000 * (arguments.kills + 1),
            seed=arguments.seed,
            recipe=arguments.recipe,
        )
    print(table(result))
    content = {"recipe": arguments.recipe, "images": result.images, "identical": result.identical}
    content |= {"kills": [asdict(kill) | {"images_lost": kill.images_lost} for kill in result.kills]}
    arguments.out.write_text(json.dumps(content | {"different": list(result.different)}, indent=2) + "\n")
    sys.exit(0 if result.identical else 1)


if __name__ == "__main__":
    main()
