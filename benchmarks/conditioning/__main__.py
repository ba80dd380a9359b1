"""Which way of giving labels makes a GAN obey them, and how soon?

    python -m benchmarks.conditioning --data DIR --recipe cgan --images 32000
    python -m benchmarks.conditioning --data digits --recipe wgan-gp --images 120000 --seeds 3

Trains the recipe in each variant on the same number of images; a classifier of real images judges 1,000 samples of
each. Prints a table and writes JSON.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

import equipoise as eq
from benchmarks.conditioning.judge import judged, trained_judge
from equipoise.core.randomness import seeded_generator
from equipoise.data import Store, prepare
from equipoise.metrics import variance_ratio
from equipoise.networks import (
    IMAGE_SIZES,
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
    initialise,
)

SAMPLES = 1000
PYTORCH_SPREAD = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """How labels enter. `label_dim=0` leaves out the class vector; `spread` replaces that of new class vectors."""

    name: str
    conditioning: str
    label_dim: int = 50
    spread: float | None = None


VARIANTS = (
    Variant(name="embedding", conditioning="embedding"),
    Variant(name="embedding, PyTorch's class vectors", conditioning="embedding", spread=PYTORCH_SPREAD),
    Variant(name="projection", conditioning="projection"),
    Variant(name="projection, normalisation alone", conditioning="projection", label_dim=0),
    Variant(name="projection, PyTorch's class vectors", conditioning="projection", spread=PYTORCH_SPREAD),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="data with classes")
    parser.add_argument("--recipe", default="cgan")
    parser.add_argument("--images", type=int, default=32_000, help="images shown to each variant's discriminator")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--judge-epochs", type=float, default=2.0)
    parser.add_argument("--out", type=Path, default=Path("conditioning.json"))
    options = parser.parse_args()

    store = prepare(options.data)
    judge, accuracy = trained_judge(store, epochs=options.judge_epochs)
    print(f"The judge is right on {accuracy:.1%} of held-out real images.")
    rows = []
    for variant in VARIANTS:
        for seed in range(options.seeds):
            row = measure(variant, options, store, judge, seed)
            print(
                f"{variant.name:<38} seed {seed}  obeys {row['obedience']:.1%}  worst class {row['worst_class']:.1%}  "
                f"spread {row['variance_ratio']:.2f}",
                flush=True,
            )
            rows.append({"variant": variant.name, "seed": seed, **row})
    report = {"data": options.data, "recipe": options.recipe, "images": options.images, "samples": SAMPLES}
    options.out.write_text(json.dumps({**report, "judge_accuracy": accuracy, "rows": rows}, indent=2) + "\n")


def measure(
    variant: Variant, options: argparse.Namespace, store: Store, judge: nn.Module, seed: int
) -> dict[str, float]:
    """Train one variant and judge it."""
    generator, discriminator = networks(variant, store, batch_norm=options.recipe == "cgan", seed=seed)
    settings = {"training.seed": seed, "training.trackers": [], "training.looks": 1, "conditioning": "projection"}
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        eq.train(
            options.data,
            recipe=options.recipe,
            out=run,
            images=options.images,
            settings=settings,
            generator=generator,
            discriminator=discriminator,
            show_progress=False,
        )
        trained = eq.load(run, generator=generator)
    samples, labels = trained.sample(SAMPLES, seed=1), trained.labels_for(SAMPLES, None)
    assert labels is not None
    reals, _ = store.batch(torch.randperm(len(store), generator=seeded_generator(0))[:SAMPLES])
    obedience = judged(judge, samples, labels)
    return {
        "obedience": obedience.share,
        "worst_class": min(one.share for one in obedience.by_class if one.share is not None),
        "variance_ratio": variance_ratio(real=reals, fake=samples),
    }


def networks(variant: Variant, store: Store, *, batch_norm: bool, seed: int) -> tuple[nn.Module, nn.Module]:
    """Both players of the recipe, with labels as the variant has them."""
    shape, classes = store.sample_shape, len(store.classes or ())
    architecture = "dcgan" if shape[-1] in IMAGE_SIZES else "mlp"
    generator = build_generator(
        GeneratorSpec(
            architecture=architecture,
            sample_shape=shape,
            latent_dim=100,
            classes=classes,
            conditioning=variant.conditioning,
            label_dim=variant.label_dim,
        )
    )
    normalisation = "batch" if batch_norm and architecture == "dcgan" else "none"
    discriminator = build_discriminator(
        DiscriminatorSpec(
            architecture=architecture,
            sample_shape=shape,
            classes=classes,
            conditioning=variant.conditioning,
            normalisation=normalisation,
        )
    )
    for number, module in enumerate((generator, discriminator)):
        initialise(module, "dcgan" if architecture == "dcgan" else "torch", seeded_generator(2 * seed + number))
        for layer in module.modules():
            if variant.spread is not None and isinstance(layer, nn.Embedding):
                nn.init.normal_(layer.weight, std=variant.spread, generator=seeded_generator(seed))
    return generator, discriminator


if __name__ == "__main__":
    main()
