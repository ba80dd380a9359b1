"""The healthy games: a family for each pair of data and objective, and the variants in which it is still healthy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from benchmarks.doctor.game import Game

Split = Literal["calibration", "test"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A base game, what its user would tell the doctor, and which split it belongs to.

    `turn` says which strengths and onsets of the faults it gets, `healthy_runs` how often each healthy variant is run,
    with other seeds.
    """

    name: str
    split: Split
    game: Game
    objective: str
    turn: int
    healthy_runs: int


def _points(data: str, objective: str, **settings: Any) -> Game:
    return Game(data=data, objective=objective, **{"batch": 128, "rounds": 1000, **settings})


def _pictures(data: str, objective: str, **settings: Any) -> Game:
    common = {"batch": 64, "latent_dim": 64, "g_width": 256, "d_width": 256, "rounds": 600, "g_lr": 2e-4, "d_lr": 2e-4}
    return Game(data=data, objective=objective, **{**common, **settings})


_WGAN_GP = {"d_steps": 5, "beta1": 0.0, "penalty_weight": 1.0, "rounds": 450}
_CLIPPED = {"d_steps": 5, "optimizer": "rmsprop", "clip": 0.1, "g_lr": 5e-4, "d_lr": 5e-4, "rounds": 800}
_PICTURES_WGAN_GP = {**_WGAN_GP, "penalty_weight": 10.0, "rounds": 300}
_DCGAN = {"network": "conv", "g_width": 32, "d_width": 32, "rounds": 400, "g_lr": 5e-4, "d_lr": 5e-4}
_SN = {"d_steps": 2, "beta1": 0.0, "rounds": 900}
_LABELS = {"conditional": True, "rounds": 1200, "g_lr": 5e-4, "d_lr": 5e-4}
_PICTURES_CLIPPED = {**_CLIPPED, "clip": 0.02, "rounds": 400}
_DIGITS = {"g_lr": 4e-4, "d_lr": 4e-4}

Row = tuple[str, str, Game]

_FIRST: tuple[Row, ...] = (
    ("ring-8 ns", "gan", _points("ring-8", "ns")),
    ("ring-8 wgan-gp", "wgan-gp", _points("ring-8", "wgan-gp", **_WGAN_GP)),
    ("ring-8 sn-hinge", "sngan", _points("ring-8", "sn-hinge", **_SN)),
    ("ring-8 cgan", "cgan", _points("ring-8", "ns", conditional=True)),
    ("fashion ns", "gan", _pictures("fashion", "ns")),
    ("fashion wgan-gp", "wgan-gp", _pictures("fashion", "wgan-gp", **_PICTURES_WGAN_GP)),
)
_SECOND: tuple[Row, ...] = (
    ("grid-25 ns", "gan", _points("grid-25", "ns")),
    ("grid-25 wgan-gp", "wgan-gp", _points("grid-25", "wgan-gp", **_WGAN_GP)),
    ("grid-25 wgan", "wgan", _points("grid-25", "wgan", **_CLIPPED)),
    ("grid-25 sn-hinge", "sngan", _points("grid-25", "sn-hinge", **_SN)),
    ("grid-25 lsgan", "lsgan", _points("grid-25", "lsgan")),
    ("grid-25 cgan", "cgan", _points("grid-25", "ns", conditional=True)),
    ("fashion dcgan", "dcgan", _pictures("fashion", "ns", **_DCGAN)),
    ("fashion wgan", "wgan", _pictures("fashion", "wgan", **_PICTURES_CLIPPED)),
    ("fashion cgan", "cgan", _pictures("fashion", "ns", **_LABELS)),
)
"""These were a test split until the rules were changed by what came out."""

_THIRD: tuple[Row, ...] = (
    ("spiral ns", "gan", _points("spiral", "ns")),
    ("spiral wgan-gp", "wgan-gp", _points("spiral", "wgan-gp", **_WGAN_GP)),
    ("spiral lsgan", "lsgan", _points("spiral", "lsgan")),
    ("uneven-12 sn-hinge", "sngan", _points("uneven-12", "sn-hinge", **_SN)),
    ("uneven-12 cgan", "cgan", _points("uneven-12", "ns", conditional=True)),
    ("mnist wgan-gp", "wgan-gp", _pictures("mnist", "wgan-gp", **{**_PICTURES_WGAN_GP, **_DIGITS})),
    (
        "mnist wgan",
        "wgan",
        _pictures("mnist", "wgan", **{**_PICTURES_CLIPPED, "clip": 0.05, "g_lr": 1e-3, "d_lr": 1e-3}),
    ),
    ("mnist lsgan", "lsgan", _pictures("mnist", "lsgan", **_DIGITS)),
    ("cifar dcgan", "dcgan", _pictures("cifar", "ns", **_DCGAN)),
)
"""And these the one after."""

_TEST: tuple[Row, ...] = (
    ("cross-13 ns", "gan", _points("cross-13", "ns", rounds=1500)),
    ("cross-13 wgan-gp", "wgan-gp", _points("cross-13", "wgan-gp", **_WGAN_GP)),
    ("hexagon lsgan", "lsgan", _points("hexagon", "lsgan")),
    ("hexagon sn-hinge", "sngan", _points("hexagon", "sn-hinge", **_SN)),
    ("scattered-9 cgan", "cgan", _points("scattered-9", "ns", conditional=True)),
    (
        "scattered-9 wgan",
        "wgan",
        _points("scattered-9", "wgan", **{**_CLIPPED, "g_lr": 1e-3, "d_lr": 1e-3, "rounds": 1000}),
    ),
    ("grocery wgan-gp", "wgan-gp", _pictures("grocery", "wgan-gp", **_PICTURES_WGAN_GP)),
    ("grocery lsgan", "lsgan", _pictures("grocery", "lsgan", g_lr=1e-4, d_lr=1e-4, rounds=900)),
    ("grocery dcgan", "dcgan", _pictures("grocery", "ns", **{**_DCGAN, "rounds": 500})),
)


def _families(rows: tuple[Row, ...], split: Split, healthy_runs: int) -> tuple[Family, ...]:
    return tuple(
        Family(name=name, split=split, game=game, objective=objective, turn=turn, healthy_runs=healthy_runs)
        for turn, (name, objective, game) in enumerate(rows)
    )


FAMILIES = (
    *_families(_FIRST, "calibration", 1),
    *_families(_SECOND, "calibration", 2),
    *_families(_THIRD, "calibration", 1),
    *_families(_TEST, "test", 1),
)

_VARIANTS: Mapping[str, Mapping[str, float]] = {
    "as it is": {},
    "half the learning rates": {"g_lr": 0.5, "d_lr": 0.5, "rounds": 1.75},
    "twice the learning rates": {"g_lr": 2.0, "d_lr": 2.0},
    "half the batch": {"batch": 0.5},
    "narrower networks": {"g_width": 0.75, "d_width": 0.75},
    "wider networks": {"g_width": 1.5, "d_width": 1.5},
}
"""Factors on the base game's settings."""


def healthy_games(game: Game) -> dict[str, Game]:
    """All variants that belong to the family, by name."""
    games = {name: _scaled(game, factors) for name, factors in _VARIANTS.items()}
    if game.penalised:
        games["a third of the penalty"] = replace(game, penalty_weight=game.penalty_weight / 3)
        games["twice the penalty"] = replace(game, penalty_weight=game.penalty_weight * 2)
    if game.objective == "wgan":
        games["half the bound"] = replace(game, clip=game.clip / 2)
    if game.d_steps > 1:
        games["more critic steps"] = replace(game, d_steps=game.d_steps + 2)
    elif not game.conditional:
        games["two discriminator steps"] = replace(game, d_steps=2)
    return games


def _scaled(game: Game, factors: Mapping[str, float]) -> Game:
    values = {name: getattr(game, name) * factor for name, factor in factors.items()}
    whole = {name: round(value) if isinstance(getattr(game, name), int) else value for name, value in values.items()}
    return replace(game, **whole)
