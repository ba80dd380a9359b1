"""The command `equipoise` and how it ends: 0 done, 2 something to put right, 130 interrupted.

A diagnosis that finds something ends with 3, 4 or 5, and so does a training that the doctor stopped for it.
"""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App

from equipoise.cli.check import check
from equipoise.cli.classifier import classifier
from equipoise.cli.data import data
from equipoise.cli.diagnose import diagnose
from equipoise.cli.evaluate import evaluate
from equipoise.cli.interpolate import interpolate
from equipoise.cli.recipes import recipes
from equipoise.cli.resume import resume
from equipoise.cli.sample import sample
from equipoise.cli.train import train
from equipoise.core.errors import EquipoiseError, OtherProcessFailed

app = App(
    name="equipoise",
    help="Train GANs and keep them in balance.\n\n"
    "Begin with `equipoise data FOLDER`, which tells what is in it, then `equipoise train --data FOLDER --out RUN`.",
    version=lambda: version("equipoise"),
    help_format="plaintext",
    suppress_keyboard_interrupt=False,  # `main` says that it was interrupted
)
for verb in (train, resume, sample, interpolate, evaluate, classifier, check, diagnose, data, recipes):
    app.command(verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. A user's mistake ends with its message and status 2, without a stack trace."""
    one_of_several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    try:
        _run(arguments)
    except SystemExit as ending:
        if one_of_several and isinstance(ending.code, int):
            _leave_at_once(ending.code)
        raise
    if one_of_several:
        _leave_at_once(0)


def _run(arguments: Sequence[str] | None) -> None:
    try:
        app(arguments, result_action="return_value")
        sys.stdout.flush()
    except OtherProcessFailed:  # which has said why
        sys.exit(2)
    except EquipoiseError as error:
        print(f"equipoise: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader, `| head` perhaps, has seen enough; there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print("equipoise: interrupted", file=sys.stderr)
        sys.exit(130)


def _leave_at_once(status: int) -> None:
    """Of several processes: torch.distributed's threads may still run, and abort an interpreter that shuts down."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
