"""`equipoise check`."""

import sys
from typing import Annotated

from cyclopts import Parameter


def check(
    target: str,
    /,
    *,
    json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False)] = False,
    fact: Annotated[tuple[str, ...], Parameter(name="--fact", negative=(), show_default=False)] = (),
) -> None:
    """Test your own networks, losses, penalty and optimisers on one batch, before you train them.

    Ends with 0 if nothing is worse than a note, 3 for a risk, 4 for harm, 5 for a mistake in the wiring, 2 if it could
    not be checked. docs/check.md shows a build function.

    Args:
        target: MODULE:FUNCTION, such as train:build. The module is looked for in this folder first. The function takes
            nothing and returns a dict with generator, discriminator and data; the other keys are eq.check's arguments.
        json: Print one JSON object.
        fact: Something more that is known, such as --fact d_steps=5. May be repeated.
    """
    import json as standard_json

    from equipoise.preflight import check_setup
    from equipoise.preflight.target import built_setup

    report = check_setup(built_setup(target, fact))
    print(standard_json.dumps(report.as_json(), indent=2, allow_nan=False) if json else report)
    if report.exit_status:
        sys.exit(report.exit_status)
