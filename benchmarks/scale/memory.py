"""How much memory of its own a process needs to train on data that is larger than what it holds.

    python -m benchmarks.scale.memory --gigabytes 2 --json benchmarks/scale/results/memory.json

Prepared images of random bytes are written to a temporary folder in pieces, then every one of them is shown once in
shuffled batches by the feed that training uses. Told is the private memory (RssAnon of Linux) before and after, which
no other process could use, and the file pages in memory (RssFile), which the system takes back when it needs them.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from equipoise.data import Sampler
from equipoise.data.manifest import Manifest
from equipoise.data.store import ImageStore
from equipoise.data.writer import Chunk, StoreWriter
from equipoise.training.feed import Feed

SHAPE = (3, 64, 64)
PIECE, BATCH = 4096, 64


def written(folder: Path, count: int) -> ImageStore:
    """A prepared folder of `count` images of noise."""
    writer = StoreWriter(folder, total=count, row_shape=SHAPE)
    writer.resume()
    rng = np.random.default_rng(0)
    for start in range(0, count, PIECE):
        rows = rng.integers(0, 256, (min(PIECE, count - start), *SHAPE), dtype=np.uint8)
        writer.append(Chunk(read=len(rows), rows=rows, numbers=None, upscaled=0, skipped=[]))
    writer.finish(
        Manifest(
            name="noise", kind="array", description="noise", fingerprint="noise", size=SHAPE[1], channels=SHAPE[0],
            fit="crop", count=count, total=count, upscaled=0, classes=None, class_counts=None, has_modes=False,
            skipped=(),
        )
    )  # fmt: skip
    return ImageStore(folder)


def memory() -> dict[str, float]:
    """Megabytes of this process by kind, as Linux tells them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in lines if line.startswith("Rss")}
    return {"private_mb": found["RssAnon"], "file_mb": found["RssFile"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    count = int(arguments.gigabytes * 1e9 / np.prod(SHAPE)) // BATCH * BATCH
    with tempfile.TemporaryDirectory() as folder:
        store = written(Path(folder) / "noise", count)
        sampler = Sampler(torch.arange(count), seed=0)
        feed = Feed(store=store, sampler=sampler, batch_size=BATCH, device=torch.device("cpu"), conditional=False)
        feed.at(0)
        before, began, most = memory(), time.perf_counter(), 0.0
        for position in range(0, count, BATCH):
            feed.at(position)
            most = max(most, memory()["private_mb"]) if position % (100 * BATCH) == 0 else most
        seconds, after = time.perf_counter() - began, memory()
    told = {"gigabytes": arguments.gigabytes, "images": count, "images_a_second": round(count / seconds)}
    told |= {"before": before, "after": after, "most_private_mb": most}
    print(
        f"{count:,} images of 3x64x64, {arguments.gigabytes:g} GB, shown once at {count / seconds:,.0f} images/s: "
        f"private memory {before['private_mb']:.0f} MB before, {most:.0f} MB at most, file pages "
        f"{after['file_mb']:.0f} MB"
    )
    if arguments.json is not None:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
