"""Which way of conditioning makes a GAN obey its labels? `python -m benchmarks.conditioning --data DIR --seconds 180`.

Trains the recipe `cgan` in each variant for the same wall-clock time, one after the other, and lets a classifier of real
images judge 1,000 samples. Prints a table and writes JSON.
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch

import equipoise as eq
from benchmarks.conditioning.judge import obedience, trained_judge
from equipoise.data import prepare
from equipoise.metrics import variance_ratio

VARIANTS = {
    "MLP, embedding (the course page)": {"architecture": "mlp", "conditioning": "embedding"},
    "MLP, projection": {"architecture": "mlp", "conditioning": "projection"},
    "DCGAN, embedding": {"architecture": "dcgan", "conditioning": "embedding"},
    "DCGAN, projection": {"architecture": "dcgan", "conditioning": "projection"},
}
SAMPLES = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="data with classes")
    parser.add_argument("--seconds", type=float, default=180.0, help="training time of each variant")
    parser.add_argument("--judge-epochs", type=float, default=3.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("conditioning.json"))
    options = parser.parse_args()

    store = prepare(options.data)
    judge, accuracy = trained_judge(store, epochs=options.judge_epochs)
    print(f"The judge is right on {accuracy:.1%} of held-out real images.")
    rows = []
    for name, settings in VARIANTS.items():
        for seed in range(options.seeds):
            row = {
                "variant": name,
                "seed": seed,
                **measure(options.data, store, judge, settings, options.seconds, seed),
            }
            print(
                f"{name:<34} seed {seed}  obeys {row['obedience']:.1%}  spread {row['variance_ratio']:.2f}", flush=True
            )
            rows.append(row)
    report = {"data": options.data, "seconds": options.seconds, "judge_accuracy": accuracy, "samples": SAMPLES}
    options.out.write_text(json.dumps({**report, "rows": rows}, indent=2))


def measure(data: str, store: object, judge: torch.nn.Module, settings: dict, seconds: float, seed: int) -> dict:
    """Train one variant and judge it."""
    changes = {
        "conditioning": settings["conditioning"],
        "generator.architecture": settings["architecture"],
        "discriminator.architecture": settings["architecture"],
        "discriminator.dropout": 0.3 if settings["architecture"] == "mlp" else 0.0,
        "training.seed": seed,
        "training.trackers": [],
        "training.looks": 2,
    }
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        eq.train(data, recipe="cgan", out=run, seconds=seconds, settings=changes, show_progress=False)
        generator = eq.load(run)
        images_seen = json.loads((run / "journal.jsonl").read_text().splitlines()[-1])["images"]
    samples = generator.sample(SAMPLES, seed=1)
    labels = generator.labels_for(SAMPLES, None)
    reals, _ = store.batch(torch.randperm(len(store), generator=torch.Generator().manual_seed(0))[:SAMPLES])
    return {
        "images": images_seen,
        "obedience": obedience(judge, samples, labels),
        "variance_ratio": variance_ratio(real=reals, fake=samples),
    }


if __name__ == "__main__":
    main()
