"""`equipoise train`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from equipoise.cli.measuring import Measuring
from equipoise.cli.options import EngineChoice, Images, StopOn, Time, seconds_in


def train(
    *,
    data: Annotated[str, Parameter(name="--data")],
    out: Annotated[Path, Parameter(name="--out")] = Path("run"),
    recipe: Annotated[str, Parameter(name="--recipe")] = "wgan-gp",
    images: Images = None,
    time: Time = None,
    settings: Annotated[tuple[str, ...], Parameter(name="--set", negative=(), show_default=False)] = (),
    device: str = "auto",
    engine: EngineChoice = "auto",
    seed: int = 0,
    stop_on: Annotated[StopOn | None, Parameter(name="--stop-on", show_default=False)] = None,
    go_on: Annotated[bool, Parameter(name="--continue", negative=(), show_default=False)] = False,
    measuring: Annotated[Measuring, Parameter(name="*")] = Measuring(),  # noqa: B008  (frozen)
    dry_run: Annotated[bool, Parameter(name="--dry-run", negative=(), show_default=False)] = False,
) -> None:
    """Train a GAN on your pictures and leave everything about it in one folder.

    Stop it with Ctrl-C whenever you like; `equipoise resume RUN` goes on from there. On several processes, each with a
    share of every batch: `torchrun --standalone --nproc-per-node 2 -m equipoise train ...`.

    Args:
        data: A folder of images (sub-folders are classes), or of WebDataset's tar shards, a directory of idx files, an
            .npz or .npy file, or a name:
            digits, fashion-mnist, mnist, stacked-mnist, ring-8, grid-25, swiss-roll.
        out: The run's folder; it must be new or empty.
        recipe: Which GAN: gan, dcgan, wgan, wgan-gp, sngan, cgan, rpgan or rpgan-points; `equipoise recipes` tells what
            they are.
        settings: Change one setting of the recipe, such as --set constraints.r1.weight=5. May be repeated.
        device: auto, cpu, cuda, cuda:1 or mps.
        engine: How steps are computed: eager as written, fused into one graph each, or that graph compiled too. Graphs
            are checked against the eager step and give the same but for rounding; auto takes what a run earns back.
        seed: Decides weights, order and noise; the same seed and engine on the same machine give the same run.
        stop_on: End the run, with a checkpoint, when the doctor finds something as bad as risk, harm or wiring; the
            command then ends with status 3, 4 or 5. By default a run goes on, whatever is found.
        go_on: Where --out holds this very run already, go on from its newest checkpoint instead of refusing: for
            `torchrun --max-restarts` and schedulers, which start the same command again.
        dry_run: Show the whole recipe, both networks, the estimated time and any warnings, and train nothing.
    """
    from equipoise.cli.verdict import end_with_verdict  # torch is imported below, so that --help need not wait for it
    from equipoise.recipes.override import parsed_settings
    from equipoise.recipes.session import chosen_recipe, train_recipe

    chosen = chosen_recipe(
        recipe,
        data,
        images=images,
        seconds=seconds_in(time),
        settings={
            "training.device": device,
            "training.engine": engine,
            "training.seed": seed,
            **({} if stop_on is None else {"training.stop_on": stop_on}),
            **measuring.settings(),
            **parsed_settings(settings),
        },
    )
    if dry_run:
        from equipoise.recipes.rehearsal import rehearse

        print(rehearse(chosen, data))
        return
    end_with_verdict(out, train_recipe(chosen, data, out=out, go_on=go_on))
