"""Which game a pair of losses plays, told from their slopes alone, and which way either player pushes scores.

A cross-entropy leans by `sigmoid(s) - target`, a square by `s - target`, a Wasserstein loss by the same everywhere, a
hinge by 0 or 1: each is a straight line in its own variable, and where the line is 0 stands the target.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.core.records import FactValue
from equipoise.probes.active.result import NotTested, ProbeResult, Tested, verdict_of
from equipoise.probes.active.slopes import GameSlopes, Slopes, Values

Family = Literal["wasserstein", "bce_with_logits", "bce", "mse", "hinge", "relativistic"]
_GOOD = 2e-3
_GIVE = "give generator_loss and discriminator_loss"
_EXACT = 1e-4
_STRAIGHT, _FAR_BETTER = 1e-5, 20.0
"""Share of the slopes that a square may leave unexplained (single precision leaves 1e-7), and how many times more a
cross-entropy must."""


@dataclass(frozen=True, slots=True)
class Line:
    """A slope as `gain * variable + offset`, and the share of it that this leaves unexplained."""

    gain: float
    offset: float
    unexplained: float

    @property
    def target(self) -> float | None:
        """The score at which the loss is least, in the family's own variable."""
        return self.zero if self.gain > _EXACT else None

    @property
    def zero(self) -> float:
        """Where the slope is 0, be that the least loss or the greatest."""
        return -self.offset / self.gain


def objective_facts(game: GameSlopes) -> dict[str, FactValue]:
    """The objective, the function that makes the loss, and its targets; only what is plain."""
    family = family_of(game)
    if family is None:
        return {}
    facts: dict[str, FactValue] = {"loss_function": _FUNCTION[family]}
    objective = _objective(family, game)
    if objective is not None and game.real is not None:  # a hinge's generator alone looks like a critic's
        facts["objective"] = objective
    if family in _VARIABLE:
        for name, part in (("real_target", game.real), ("fake_target", game.fake)):
            target = None if part is None else _line(family, part).target
            if target is not None:
                facts[name] = round(target, 3) + 0.0
    return facts


def family_of(game: GameSlopes) -> Family | None:
    """What the discriminator's loss is (the generator's where that is all there is), None if nothing fits."""
    discriminator = [part for part in (game.real, game.fake) if part is not None]
    known = discriminator or [part for part in (game.generator,) if part is not None]
    if not any(part.slopes.any() for part in known):
        return None
    if all(_constant(part.slopes) for part in known):
        return "wasserstein"
    fits = {family: max(_line(family, part).unexplained for part in known) for family in _candidates(known)}
    best = min(fits, key=lambda family: fits[family], default=None)
    if best is not None and fits[best] < _GOOD:
        return best
    return _by_shape(game)


def sign_tests(game: GameSlopes) -> list[Tested]:
    """Whether the players pull in opposite directions.

    A game in which both are turned round (low scores mean real) is the same game, and passes.
    """
    own, against = _discriminator_direction(game), _generator_direction(game)
    if own == 0 and against == 0:
        return [NotTested(name="signs", why="no loss was given, nor could one be read", give=_GIVE)]
    if against == 0:
        why = "without the generator's loss nobody can tell which way round the game is meant"
        return [NotTested(name="signs", why=why, give="give generator_loss")]
    if own in (0, against):
        turned = "; low scores mean real here" if own < 0 else ""
        text = f"the discriminator's loss and the generator's pull a fake's score in opposite directions{turned}"
        if own == 0:
            text = f"the generator's loss falls when a fake's score {'rises' if against > 0 else 'falls'}"
        wrong = own == 0 and against < 0
        return [_sign_result(text, {"generator_sign_wrong": wrong}, ok=not wrong)]
    return [_disagreement(game, own)]


def signs_of_squares(game: GameSlopes) -> dict[str, FactValue]:
    """Which way the players of a least-squares game push, also where the scores of both sides lie far apart.

    A square is a straight line wherever it is met, so targets are read from a narrow range too; there a cross-entropy
    looks straight as well, and nothing is told unless the square fits far better.
    """
    parts = (game.real, game.fake, game.generator)
    known = [part for part in parts if part is not None and _clearly_square(part)]
    if len(known) < len(parts):
        return {}
    real, fake, generator = (_line("mse", part) for part in known)
    if min(real.gain, fake.gain) < 0:
        return {}
    own = _sign(real.zero - fake.zero)
    if own == 0:
        return {}
    aims = _sign(generator.zero - fake.zero) * _sign(generator.gain) or -own  # as in `_generator_direction`
    wrong = "generator_sign_wrong" if own > 0 else "discriminator_sign_wrong"
    return {"generator_sign_wrong": False, "discriminator_sign_wrong": False} if own == aims else {wrong: True}


def _clearly_square(part: Slopes) -> bool:
    square, cross_entropy = (_line(family, part) for family in ("mse", "bce_with_logits"))
    fits = square.unexplained < _STRAIGHT and cross_entropy.unexplained > _FAR_BETTER * square.unexplained
    return fits and abs(square.gain) > _EXACT


def _disagreement(game: GameSlopes, own: int) -> ProbeResult:
    if own > 0:
        text = "the generator's loss falls when its samples are scored as less real: both players pull the same way"
        return _sign_result(text, {"generator_sign_wrong": True}, ok=False)
    with_targets = family_of(game) in _VARIABLE
    text = (
        "the discriminator's loss falls when reals are scored lower or fakes higher, and the generator expects the rest"
    )
    return _sign_result(text, {"labels_swapped" if with_targets else "discriminator_sign_wrong": True}, ok=False)


def _sign_result(text: str, facts: dict[str, FactValue], *, ok: bool) -> ProbeResult:
    told: dict[str, FactValue] = {"generator_sign_wrong": False, "discriminator_sign_wrong": False} if ok else {}
    return ProbeResult(name="signs", outcome=verdict_of(ok), sentence=text, facts={**told, **facts})


def _discriminator_direction(game: GameSlopes) -> int:
    """1 if it wants reals above fakes, -1 if below, 0 if unknown."""
    if game.real is None or game.fake is None:
        return 0
    return _sign(float(game.fake.slopes.mean() - game.real.slopes.mean()))


def _generator_direction(game: GameSlopes) -> int:
    """1 if it wants the fakes' scores to rise from where the discriminator puts them, -1 if to fall, 0 if unknown."""
    part = game.generator
    if part is None:
        return 0
    if game.fake is not None and family_of(game) == "mse":
        aim, start = _line("mse", part).target, _line("mse", game.fake).target
        if aim is not None and start is not None:
            own = _discriminator_direction(game)
            return _sign(aim - start) or -own  # to aim at the fakes' own target is to help the discriminator
    low_first = np.argsort(part.scores)
    start_low = _discriminator_direction(game) >= 0
    third = max(1, len(low_first) // 3)
    where = low_first[:third] if start_low else low_first[-third:]
    return _sign(-float(part.slopes[where].mean()))


def _sign(value: float) -> int:
    return 0 if abs(value) < _EXACT else (1 if value > 0 else -1)


_FUNCTION = {"wasserstein": "mean", "bce_with_logits": "bce_with_logits", "bce": "bce", "mse": "mse", "hinge": "hinge",
             "relativistic": "softplus"}  # fmt: skip
_VARIABLE: dict[str, Callable[[Values], Values]] = {
    "bce_with_logits": lambda scores: 0.5 * (1.0 + np.tanh(0.5 * scores)),  # the logistic function, without overflow
    "bce": lambda scores: scores,
    "mse": lambda scores: scores,
}


def _candidates(parts: list[Slopes]) -> list[Family]:
    probabilities = all(((part.scores > 0) & (part.scores < 1)).all() for part in parts)
    return ["bce_with_logits", "mse", "bce"] if probabilities else ["bce_with_logits", "mse"]


def _line(family: str, part: Slopes) -> Line:
    slopes = part.slopes * part.scores * (1.0 - part.scores) if family == "bce" else part.slopes
    variable = _VARIABLE[family](part.scores)
    design = np.stack([variable, np.ones_like(variable)], axis=1)
    (gain, offset), *_ = np.linalg.lstsq(design, slopes, rcond=None)
    rest = float(np.linalg.norm(slopes - design @ np.array([gain, offset])))
    return Line(float(gain), float(offset), rest / max(float(np.linalg.norm(slopes)), 1e-12))


def _constant(slopes: Values) -> bool:
    return bool(np.ptp(slopes) < _EXACT * np.abs(slopes).max()) and bool(np.abs(slopes).max() > 0)


def _by_shape(game: GameSlopes) -> Family | None:
    """Those that are no straight line: a hinge, and losses of the difference of the two scores."""
    if game.real is None or game.fake is None:
        return None
    at_real, at_fake = np.where(game.real.scores < 1, -1.0, 0.0), np.where(game.fake.scores > -1, 1.0, 0.0)
    if _follows(game.real, at_real) and _follows(game.fake, at_fake):
        return "hinge"
    sigmoid = _VARIABLE["bce_with_logits"]
    ahead, behind = game.real.partner - game.real.scores, game.fake.scores - game.fake.partner
    paired = _follows(game.real, -sigmoid(ahead)) and _follows(game.fake, sigmoid(behind))
    return "relativistic" if paired else None


def _follows(part: Slopes, shape: Values) -> bool:
    """Whether the slopes are `shape` but for a factor, whichever its sign."""
    length = float(np.linalg.norm(shape))
    if length == 0:
        return False
    factor = float(part.slopes @ shape) / length**2
    return float(np.linalg.norm(part.slopes - factor * shape)) < _GOOD * max(abs(factor) * length, 1e-12)


def _objective(family: Family, game: GameSlopes) -> str | None:
    if family in ("bce", "bce_with_logits"):
        if game.generator is None:
            return None
        return "minimax" if _line(family, game.generator).gain < 0 else "non_saturating"
    return {"mse": "least_squares"}.get(family, family)
