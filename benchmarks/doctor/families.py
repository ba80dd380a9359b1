"""The healthy games: a family for each pair of data and objective, and the variants in which it is still healthy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from benchmarks.doctor.game import Game

Split = Literal["calibration", "test"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A base game, what its user would tell the doctor, and which split it belongs to."""

    name: str
    split: Split
    game: Game
    objective: str


def _points(data: str, objective: str, **settings: Any) -> Game:
    return Game(data=data, objective=objective, **{"batch": 128, "rounds": 1000, **settings})


def _pictures(objective: str, **settings: Any) -> Game:
    common = {"batch": 64, "latent_dim": 64, "g_width": 256, "d_width": 256, "rounds": 600, "g_lr": 2e-4, "d_lr": 2e-4}
    return Game(data="fashion", objective=objective, **{**common, **settings})


_WGAN_GP = {"d_steps": 5, "beta1": 0.0, "penalty_weight": 1.0, "rounds": 450}
_CLIPPED = {"d_steps": 5, "optimizer": "rmsprop", "clip": 0.1, "g_lr": 5e-4, "d_lr": 5e-4, "rounds": 800}
_FASHION_WGAN_GP = {**_WGAN_GP, "penalty_weight": 10.0, "rounds": 300}
_DCGAN = {"network": "conv", "g_width": 32, "d_width": 32, "rounds": 400, "g_lr": 5e-4, "d_lr": 5e-4}
_SN = {"d_steps": 2, "beta1": 0.0, "rounds": 900}
_LABELS = {"conditional": True, "rounds": 1200, "g_lr": 5e-4, "d_lr": 5e-4}

_ALL: tuple[tuple[str, Split, str, Game], ...] = (
    ("ring-8 ns", "calibration", "gan", _points("ring-8", "ns")),
    ("ring-8 wgan-gp", "calibration", "wgan-gp", _points("ring-8", "wgan-gp", **_WGAN_GP)),
    ("ring-8 sn-hinge", "calibration", "sngan", _points("ring-8", "sn-hinge", **_SN)),
    ("ring-8 cgan", "calibration", "cgan", _points("ring-8", "ns", conditional=True)),
    ("fashion ns", "calibration", "gan", _pictures("ns")),
    ("fashion wgan-gp", "calibration", "wgan-gp", _pictures("wgan-gp", **_FASHION_WGAN_GP)),
    ("grid-25 ns", "test", "gan", _points("grid-25", "ns")),
    ("grid-25 wgan-gp", "test", "wgan-gp", _points("grid-25", "wgan-gp", **_WGAN_GP)),
    ("grid-25 wgan", "test", "wgan", _points("grid-25", "wgan", **_CLIPPED)),
    ("grid-25 sn-hinge", "test", "sngan", _points("grid-25", "sn-hinge", **_SN)),
    ("grid-25 lsgan", "test", "lsgan", _points("grid-25", "lsgan")),
    ("grid-25 cgan", "test", "cgan", _points("grid-25", "ns", conditional=True)),
    ("fashion dcgan", "test", "dcgan", _pictures("ns", **_DCGAN)),
    ("fashion wgan", "test", "wgan", _pictures("wgan", **{**_CLIPPED, "clip": 0.02, "rounds": 400})),
    ("fashion cgan", "test", "cgan", _pictures("ns", **_LABELS)),
)
FAMILIES = tuple(
    Family(name=name, split=split, game=game, objective=objective) for name, split, objective, game in _ALL
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
