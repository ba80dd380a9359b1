"""The pictures of docs/failures: one signal of a planted run beside that of a healthy run of the same family.

`python -m benchmarks.doctor.plots --records FOLDER` draws them from recorded runs of the calibration split (see
`python -m benchmarks.doctor run`), and puts each into its page.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.doctor.record import Record, place, read
from equipoise.data.cache import cache_folder
from equipoise.sampling.curve import Curve, curves_picture

DOCS = Path(__file__).parents[2] / "docs" / "failures"
SIZE = (640, 260)
CUT = 6.0
"""Values beyond so many times the healthy run's largest are drawn at that height."""

NS, GP, SN, LABELS = "ring-8 ns", "ring-8 wgan-gp", "ring-8 sn-hinge", "ring-8 cgan"
PICTURES = "fashion ns"
PLANTED: dict[str, tuple[str, str, str]] = {
    "generator_sign": (NS, "G's sign / late", "samples/marginal_distance"),
    "discriminator_sign": (GP, "D's sign / at once", "separation/held_out_ranking"),
    "swapped_labels": (NS, "D's sign / at once", "separation/held_out_ranking"),
    "gradient_leak": (GP, "fakes keep their graph / at once", "samples/mean_shift"),
    "stale_gradients": (NS, "gradients never cleared / at once", "samples/marginal_distance"),
    "frozen_discriminator": (NS, "D frozen / late", "updates/discriminator"),
    "shared_optimizer": (NS, "shared optimiser / at once", "samples/recall"),
    "penalty_not_wired": (GP, "penalty without create_graph / at once", "lipschitz/mean"),
    "batch_norm_in_critic": (GP, "batch norm in the critic / at once", "samples/recall"),
    "double_sigmoid": (NS, "double sigmoid / at once", "loss/discriminator_total"),
    "data_range": (NS, "data not scaled x20 / at once", "samples/recall"),
    "latents_ignored": (NS, "latents dropped / at once", "samples/diversity"),
    "latents_fixed": (NS, "latents fixed / at once", "samples/recall"),
    "constant_output": (SN, "constant start / at once", "samples/diversity"),
    "momentum": (NS, "momentum 0.9 / at once", "logits/offset"),
    "learning_rate": (NS, "both rates too high x50 / at once", "samples/marginal_distance"),
    "learning_rates_apart": (GP, "D's rate too low x0.02 / at once", "updates/log_ratio"),
    "small_batch": (SN, "tiny batch 4 / at once", "samples/recall"),
    "noisy_gradient": (GP, "tiny batch 8 / at once", "gradients/agreement"),
    "small_data": (NS, "small data 16 / at once", "separation/memorisation"),
    "discriminator_memorises": (GP, "small data 16 / at once", "separation/memorisation"),
    "capacity_gap": (NS, "tiny G 4 / at once", "samples/recall"),
    "generator_capacity": (GP, "tiny G 2 / at once", "separation/held_out_ranking"),
    "penalty_weight": (GP, "penalty too strong x1000 / at once", "separation/held_out_ranking"),
    "lipschitz_violated": (GP, "penalty too weak x0.01 / late", "lipschitz/mean"),
    "critic_lags": (GP, "D's rate too low x0.02 / at once", "separation/held_out_ranking"),
    "logit_blowup": (NS, "G's sign / late", "logits/magnitude"),
    "discriminator_dominates": (NS, "G's sign / late", "loss/discriminator"),
    "mode_collapse": (NS, "both rates too high x50 / at once", "samples/diversity"),
    "missing_modes": (NS, "tiny G 4 / at once", "samples/recall"),
    "samples_explode": (GP, "G's sign / at once", "samples/mean_shift"),
    "samples_stall": (NS, "gradients never cleared / at once", "samples/marginal_distance"),
    "samples_scattered": (SN, "strong weight decay 1 / at once", "samples/nearest_ratio"),
    "samples_fall_short": (PICTURES, "strong weight decay 1 / at once", "samples/marginal_distance"),
    "reals_apart": (LABELS, "reals drift away wholly / late", "separation/memorisation"),
    "weight_decay": (SN, "strong weight decay 1 / at once", "samples/nearest_ratio"),
    "hunting": (SN, "momentum 0.9 / at once", "separation/held_out_ranking"),
    "degenerate_latents": (NS, "one latent 1 / at once", "samples/nearest_ratio"),
    "spectral_collapse": (LABELS, "strong weight decay 0.1 / at once", "weights/effective_rank"),
    "label_ignored": (LABELS, "label dropped in G / late", "condition/accuracy"),
    "label_not_wired": (LABELS, "label dropped in G / late", "condition/generator_response"),
    "labels_shuffled": (LABELS, "wrong labels half / late", "condition/accuracy_of_reals"),
    "generator_too_fast": (SN, "G's rate too high x15 / late", "updates/generator"),
    "discriminator_too_fast": (GP, "D's rate too high x5 / late", "updates/discriminator"),
    "skips_updates": (NS, "D skipped when accurate / at once", "samples/recall"),
}
"""Failure to family, fault and the signal that shows it."""


def drawn(planted: Record, healthy: Record, signal: str, path: Path) -> bool:
    """The picture; False where either run has not got the signal."""
    runs = {"healthy": healthy, "planted": planted}
    if any(len(run.history[signal]) < 2 for run in runs.values()):
        return False
    most = CUT * float(np.abs(healthy.history[signal].values).max())
    curves = [
        Curve(
            name=name,
            positions=run.history[signal].at.tolist(),
            values=np.clip(run.history[signal].values, -most, most).tolist(),
        )
        for name, run in runs.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    title = f"{signal}  ({planted.name.replace(' / at once', '')})"
    curves_picture(curves, title=title, across="steps", size=SIZE).save(path, optimize=True)
    return True


def put_into(page: Path, picture: str, text: str) -> None:
    """The picture at the end of the page's first section, in place of an earlier one."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if not line.startswith("![")]
    why = lines.index("## Why")
    before = "\n".join(lines[:why]).rstrip()
    page.write_text(f"{before}\n\n![{text}]({picture})\n\n" + "\n".join(lines[why:]) + "\n", encoding="utf-8")


def main() -> None:
    """Draw all that the records allow and say which are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=cache_folder() / "doctor-zoo")
    folder = parser.parse_args().records / "calibration"
    for failure, (family, fault, signal) in PLANTED.items():
        files = [place(folder, f"{family} / {name}") for name in (fault, "healthy / as it is 1")]
        if not all(file.exists() for file in files):
            print(f"{failure}: no record of {family} / {fault}")
            continue
        planted, healthy = (read(file.read_text(encoding="utf-8")) for file in files)
        picture = DOCS / "plots" / f"{failure}.png"
        if drawn(planted, healthy, signal, picture):
            put_into(DOCS / f"{failure}.md", f"plots/{picture.name}", f"{signal} of a planted and of a healthy run")
        else:
            print(f"{failure}: {signal} was not measured in {family} / {fault}")


if __name__ == "__main__":
    main()
