"""Everything that goes wrong in the zoo, how strongly, from when on, and which names of the catalogue are its cause.

`causes` begins with the root; the others say the same thing in other words (`learning_rate` of a rate that is fifteen
times too high) or name what was done by its direct mechanism. They were written down before any run was judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.doctor.game import Game

START, MIDDLE = 0.0, 0.4
Change = Callable[[Game], Game]
Fits = Callable[[Game], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One way to spoil a game. `causes` is empty where no rule knows it: the right answer is that harm is seen."""

    name: str
    causes: tuple[str, ...]
    strengths: Mapping[str, Change]
    fits: Fits
    onsets: tuple[float, ...] = (START,)


def _times(factor: float, *names: str) -> Change:
    def change(game: Game) -> Game:
        values = {name: getattr(game, name) * factor for name in names}
        return replace(game, **{n: round(v) if isinstance(getattr(game, n), int) else v for n, v in values.items()})

    return change


def _put(**values: Any) -> Change:
    return lambda game: replace(game, **values)


def _mistake(*names: str) -> Change:
    return lambda game: replace(game, mistakes=game.mistakes | set(names))


def _both(first: Change, second: Change) -> Change:
    return lambda game: second(first(game))


def _any(game: Game) -> bool:
    return True


def _of(*objectives: str) -> Fits:
    return lambda game: game.objective in objectives


def _pictures(game: Game) -> bool:
    return game.images


def _points(game: Game) -> bool:
    return not game.images


def _labels(game: Game) -> bool:
    return game.conditional


def _adam(game: Game) -> bool:
    return game.optimizer == "adam"


_LOGISTIC, _CRITICS = _of("ns"), _of("wgan-gp", "wgan")
_TARGETS = _of("ns", "lsgan")
_LATER = (START, MIDDLE)
_D_RATE = ("discriminator_too_fast", "learning_rates_apart", "learning_rate")
_G_RATE = ("generator_too_fast", "learning_rates_apart", "learning_rate")
_RATES = ("learning_rate", "step_too_large", "generator_too_fast", "discriminator_too_fast")


def _rates(*names: str, factors: tuple[float, ...]) -> dict[str, Change]:
    return {f"x{factor:g}": _times(factor, *names) for factor in factors}


def _one(change: Change) -> dict[str, Change]:
    return {"": change}


def _fault(
    name: str, causes: str, strengths: Mapping[str, Change], fits: Fits = _any, onsets: tuple[float, ...] = (START,)
) -> Fault:
    return Fault(name=name, causes=tuple(causes.split()), strengths=strengths, fits=fits, onsets=onsets)


_STEPS = (
    _fault("D's rate too high", " ".join(_D_RATE), _rates("d_lr", factors=(5, 15, 50)), onsets=_LATER),
    _fault("G's rate too high", " ".join(_G_RATE), _rates("g_lr", factors=(5, 15, 50)), onsets=_LATER),
    _fault("both rates too high", " ".join(_RATES), _rates("g_lr", "d_lr", factors=(15, 50, 1000)), onsets=_LATER),
    _fault("D's rate too low", "learning_rates_apart learning_rate generator_too_fast",
           _rates("d_lr", factors=(0.02, 0.002)), onsets=_LATER),
    _fault("momentum", "momentum", {"0.9": _put(beta1=0.9), "0.97": _put(beta1=0.97)}, _adam),
    _fault("tiny batch", "small_batch batch_too_small noisy_gradient", {"8": _put(batch=8), "4": _put(batch=4)}),
    _fault("one critic step", "critic_steps too_few_critic_steps", _one(_put(d_steps=1)), _CRITICS, _LATER),
    _fault("G moves more often", "critic_steps too_few_critic_steps",
           {"5": _put(g_steps=5), "10": _put(g_steps=10)}, _of("ns", "sn-hinge", "lsgan"), _LATER),
    _fault("too many D steps", "critic_steps discriminator_dominates discriminator_too_fast",
           {"10": _put(d_steps=10), "20": _put(d_steps=20)}, _TARGETS),
    _fault("D skipped when accurate", "skips_updates critic_steps too_few_critic_steps",
           _one(_mistake("discriminator skipped when accurate")), _LOGISTIC),
    _fault("strong weight decay", "weight_decay critic_dead no_game",
           {"0.1": _put(d_weight_decay=0.1), "1": _put(d_weight_decay=1.0)}),
)  # fmt: skip

_PENALTY = (
    _fault("penalty too weak", "lipschitz_violated penalty_weight",
           _rates("penalty_weight", factors=(0.01, 0.001)), _of("wgan-gp"), _LATER),
    _fault("penalty too strong", "penalty_too_strong penalty_weight",
           _rates("penalty_weight", factors=(10, 100, 1000)), _of("wgan-gp"), _LATER),
    _fault("penalty not in the loss", "penalty_not_wired",
           _one(_mistake("penalty not in the loss")), _of("wgan-gp"), _LATER),
    _fault("penalty without create_graph", "penalty_not_wired",
           _one(_mistake("penalty without create_graph")), _of("wgan-gp"), _LATER),
    _fault("wrong norm", "penalty_norm",
           {"elements": _mistake("norm over elements"), "one dimension": _mistake("norm over one dimension")},
           lambda game: game.penalised and game.images),
    _fault("penalty elsewhere", "penalty_points",
           {"reals": _mistake("penalty on reals"), "noise": _mistake("penalty on noise")}, _of("wgan-gp")),
    _fault("one coefficient a batch", "penalty_interpolation",
           _one(_mistake("one coefficient for the batch")), _of("wgan-gp")),
    _fault("batch norm in the critic", "batch_norm_in_critic",
           _one(_mistake("batch norm in the critic")), _of("wgan-gp")),
    _fault("bound too small", "clip_value clip_too_small clip_binding",
           _rates("clip", factors=(0.1, 0.01)), _of("wgan")),
    _fault("no clipping", "clip_missing clip_value clip_never_binds lipschitz_violated",
           {"bound of 10": _put(clip=10.0), "": _mistake("weights not clipped")}, _of("wgan"), _LATER),
    _fault("flattened spectrum", "spectral_collapse",
           {"1%": _put(rank_decay=0.01), "5%": _put(rank_decay=0.05)},
           lambda game: game.network == "mlp", (MIDDLE,)),
)  # fmt: skip

_WIRING = (
    _fault("squashed critic", "squashed_critic",
           {"sigmoid": _mistake("sigmoid at the end"), "tanh": _mistake("tanh at the end")}, _CRITICS),
    _fault("double sigmoid", "double_sigmoid", _one(_mistake("sigmoid at the end")), _LOGISTIC),
    _fault("minimax loss", "saturating_loss", {
        "": _mistake("minimax loss"),
        "and a fast D": _both(_mistake("minimax loss"), _times(10, "d_lr")),
    }, _LOGISTIC),
    _fault("G's sign", "generator_sign swapped_labels",
           _one(_mistake("generator's sign")), onsets=_LATER),
    _fault("D's sign", "discriminator_sign swapped_labels generator_sign", _one(_mistake("discriminator's sign"))),
    _fault("fakes keep their graph", "gradient_leak", _one(_mistake("fakes keep their graph")), onsets=_LATER),
    _fault("gradients never cleared", "stale_gradients gradient_leak", _one(_mistake("gradients never cleared"))),
    _fault("D frozen", "frozen_discriminator", _one(_mistake("discriminator's step missing")), onsets=_LATER),
    _fault("G frozen", "frozen_generator", _one(_mistake("generator's step missing"))),
    _fault("D's layers left out", "frozen_discriminator", _one(_mistake("discriminator's layers left out"))),
    _fault("G's layers left out", "frozen_generator", _one(_mistake("generator's layers left out"))),
    _fault("shared optimiser", "shared_optimizer gradient_leak",
           _one(_mistake("generator in the discriminator's optimiser", "fakes keep their graph"))),
    _fault("G in evaluation mode", "eval_mode_training",
           _one(_mistake("generator in evaluation mode")), _pictures, _LATER),
    _fault("latents fixed", "latents_fixed", _one(_mistake("latents fixed")), onsets=_LATER),
    _fault("latents dropped", "latents_ignored constant_output", _one(_mistake("latents dropped"))),
    _fault("label dropped in G", "label_not_wired",
           _one(_mistake("label dropped in the generator")), _labels, _LATER),
    _fault("label dropped in D", "label_not_wired",
           _one(_mistake("label dropped in the discriminator")), _labels, _LATER),
)  # fmt: skip

_NETWORKS = (
    _fault("tiny D", "critic_too_small capacity_gap", {"4": _put(d_width=4), "2": _put(d_width=2)}),
    _fault("huge D", "capacity_gap discriminator_dominates discriminator_too_fast", _rates("d_width", factors=(6,))),
    _fault("tiny G", "generator_capacity capacity_gap", {"4": _put(g_width=4), "2": _put(g_width=2)}),
    _fault("one latent", "latent_too_small degenerate_latents", {"2": _put(latent_dim=2), "1": _put(latent_dim=1)}),
    _fault("constant start", "constant_output", _one(_mistake("constant initialisation"))),
    _fault("large start of D", "discriminator_dominates logit_blowup unregularised_discriminator",
           _one(_mistake("large initial discriminator")), _LOGISTIC),
    _fault("kernel of 3", "kernel_not_divisible checkerboard",
           _one(_mistake("kernel of 3")), lambda g: g.network == "conv"),
    _fault("batch norm of eps 0.8", "normalisation_slip", _one(_mistake("batch norm of eps 0.8")), _pictures),
)  # fmt: skip

_DATA = (
    _fault("data of 0 to 255", "data_range", _one(_put(scale=127.5, shift=127.5)), _pictures, _LATER),
    _fault("data of 0 to 1", "data_range", _one(_put(scale=0.5, shift=0.5)), _pictures),
    _fault("data not scaled", "data_range", {"x20": _put(scale=20.0), "x100": _put(scale=100.0)}, _points),
    _fault("small data", "small_data discriminator_memorises", {"64": _put(data_size=64), "16": _put(data_size=16)}),
    _fault("wrong labels", "labels_shuffled",
           {"half": _put(label_noise=0.5), "all": _put(label_noise=1.0)}, _labels, _LATER),
    _fault("noisy targets", "noisy_targets", {"0.1": _put(target_noise=0.1), "0.4": _put(target_noise=0.4)}, _TARGETS),
    _fault("smoothed targets", "label_smoothing", _one(_put(real_target=0.9)), _TARGETS),
    _fault("noise on reals", "one_sided_noise real_cue",
           {"0.2": _put(real_noise=0.2), "0.6": _put(real_noise=0.6)}, onsets=_LATER),
)  # fmt: skip

UNKNOWN = (
    Fault(name="reals drift away", causes=(), onsets=(MIDDLE,), fits=_any,
          strengths={"half": _put(drift=0.5), "wholly": _put(drift=1.0)}),
    Fault(name="a layer of G decays", causes=(), onsets=(MIDDLE,), fits=_any,
          strengths={"2%": _put(layer_noise=0.02), "10%": _put(layer_noise=0.1)}),
)  # fmt: skip
"""No rule of the catalogue names these. It may be said that samples suffer, but not why."""

FAULTS = (*_STEPS, *_PENALTY, *_WIRING, *_NETWORKS, *_DATA, *UNKNOWN)
