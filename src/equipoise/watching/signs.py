"""Which way either player pushes scores, read from slopes of its loss at the scores that happened to be there."""

import numpy as np

from equipoise.core.records import FactValue
from equipoise.probes.active.slopes import Slopes, Values

CLEAR = 4.0
"""Standard errors; neighbours share their interpolated slope, so that the error itself is underestimated."""


def at_the_same_scores(real: Slopes, fake: Slopes) -> tuple[Slopes, Slopes] | None:
    """Both losses' slopes at the fakes' scores; None where no fake scores like a real.

    A discriminator that has passed a smoothed target is pulled back from it, so slopes at different scores say nothing
    of which side it wants higher; at one and the same score they do.
    """
    order = np.argsort(real.scores)
    scores, slopes = real.scores[order], real.slopes[order]
    inside = (fake.scores >= scores[0]) & (fake.scores <= scores[-1])
    if np.ptp(slopes) <= 1e-4 * np.abs(slopes).max():  # the slope is the same everywhere
        inside = np.ones_like(inside)
    if not inside.any():
        return None
    at, partner = fake.scores[inside], fake.partner[inside]
    return Slopes(at, np.interp(at, scores, slopes), partner), Slopes(at, fake.slopes[inside], partner)


def of_one_mind(real: Slopes, fake: Slopes) -> bool:
    """Whether slopes at the same scores tell which way the discriminator pushes.

    Where neither side has a slope left, as beyond a hinge's margins, nothing is pushed. With targets that are turned
    round at random single samples pull against each other, and so may a whole batch: then the mean has to stand clear
    of its own error.
    """
    pulls = fake.slopes - real.slopes
    if not pulls.any():
        return False
    if (pulls >= 0).all() or (pulls <= 0).all():
        return True
    return bool(abs(pulls.mean()) > CLEAR * pulls.std() / np.sqrt(len(pulls)))


def signs_apart(real: Slopes, fake: Slopes, generator: Slopes) -> dict[str, FactValue]:
    """Which way either player pushes, where no fake scores like a real: nothing if their slopes do not agree on it.

    A smoothed target that was passed turns the slope at the reals alone, so both sides must be turned to count.
    """
    reals_up, fakes_up, lesson_up = (_pushed_up(slopes.slopes) for slopes in (real, fake, generator))
    if reals_up is None or fakes_up is None or lesson_up is None or reals_up == fakes_up:
        return {}
    if reals_up:
        return {"discriminator_sign_wrong": False, "generator_sign_wrong": not lesson_up}
    if not lesson_up:  # the whole game is turned round: low scores mean real
        return {"discriminator_sign_wrong": False, "generator_sign_wrong": False}
    return {"discriminator_sign_wrong": True}


def _pushed_up(slopes: Values) -> bool | None:
    """Whether descent raises all these scores, lowers all, or (None) neither."""
    if not slopes.any():
        return None
    if (slopes <= 0).all():
        return True
    return False if (slopes >= 0).all() else None
