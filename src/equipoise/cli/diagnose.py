"""`equipoise diagnose`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def diagnose(
    log: Path,
    /,
    *,
    objective: Annotated[str | None, Parameter(name="--objective", show_default=False)] = None,
    fact: Annotated[tuple[str, ...], Parameter(name="--fact", negative=(), show_default=False)] = (),
    facts: Annotated[Path | None, Parameter(name="--facts", show_default=False)] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False)] = False,
    ignore_quality: Annotated[bool, Parameter(name="--ignore-quality", negative=(), show_default=False)] = False,
) -> None:
    """Say what is wrong with a GAN from the log of its training.

    It reads run folders of ours, CSV, JSON, TensorBoard, Weights & Biases, StyleGAN and StudioGAN logs, and free text.
    The exit status is 0 if nothing is worse than a note, 3 for a risk, 4 for harm, 5 for a mistake in the wiring,
    and 2 if the log cannot be read.

    Args:
        log: A file or a folder; - is standard input.
        objective: Which loss was trained: wgan-gp, dcgan, hinge, lsgan, ...; without it, it is guessed and said.
        fact: Something known of the set-up, such as --fact penalty_weight=10. May be repeated; docs/facts.md lists all.
        facts: A YAML or JSON file of such facts.
        as_json: Print one JSON object instead of the report.
        ignore_quality: Leave out FID and its like, and judge by the rest.
    """
    from equipoise.reports.diagnosis import diagnose_log, given_facts

    diagnosis = diagnose_log(
        log, given=given_facts(objective, fact), facts_file=facts, include_quality=not ignore_quality
    )
    print(diagnosis.json_text() if as_json else diagnosis.text())
    sys.stdout.flush()
    sys.exit(diagnosis.exit_status)
