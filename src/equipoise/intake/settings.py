"""Facts in the settings that a program logged: a dictionary, a configuration file, the options of a command.

Only names that mean one thing are taken. The dialects of StudioGAN and StyleGAN are known by name.
"""

from collections.abc import Mapping
from typing import Any

from equipoise.core.errors import SettingError
from equipoise.core.facts import parsed_fact
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import BOTH_PLAYERS, OTHER_NAMES, VOCABULARY

_MOST_SETTINGS = 2000
_DEEPEST = 8
_ABSENT = ("n/a", "none", "null", "", "auto", "default")
_MEAN_OTHER_THINGS = frozenset(
    "gamma momentum clip init latents batch lambda lambd prior samples resolution criterion channels augmentation "
    "precision ema packing conditional_strategy conditioning adv_loss classes num_classes n_classes initialisation "
    "b1 penalty shuffled processes num_images".split()
)
_RENAMED = {
    "d_updates_per_step": "d_steps", "g_updates_per_step": "g_steps", "apply_d_sn": "spectral_norm",
    "apply_g_sn": "generator_spectral_norm", "apply_g_ema": "ema", "ema": "ema", "total_steps": "total_steps",
    "num_d_steps": "d_steps", "n_discriminator": "d_steps", "num_d_accumulations": "", "g_lr": "g_lr",
    "b2": "beta2", "betas": "", "loss_name": "objective", "gan_mode": "objective", "beta_1": "beta1",
}  # fmt: skip
_CONDITIONING = {
    "no": None, "w/o": None, "n/a": None, "none": None, "unconditional": None, "projgan": "projection",
    "pd": "projection", "acgan": "auxiliary_classifier", "ac": "auxiliary_classifier", "adc": "auxiliary_classifier",
    "contragan": "other", "2c": "other", "d2dce": "other", "spd": "projection", "md": "other", "mh": "other",
    "cbn": "embedding", "cgan": "concatenation",
}  # fmt: skip
_LOSSES = {"vanilla": "non_saturating", "logistic": "non_saturating", "least_square": "least_squares", "mh": "hinge"}
_BACKBONES = {"dcgan": "dcgan", "resnet": "resnet", "big_resnet": "resnet", "deep_conv": "dcgan"}
_PENALTIES = (
    ("gradient_penalty_for_dis", "gradient_penalty_lambda", "gradient_penalty"),
    ("apply_gp", "gp_lambda", "gradient_penalty"),
    ("deep_regret_analysis_for_dis", "regret_penalty_lambda", "dragan"),
    ("apply_dra", "dra_lambda", "dragan"),
    ("apply_r1_reg", "r1_lambda", "r1"),
    ("apply_maxgp", "maxgp_lambda", "other"),
)
_CLIPS = (("weight_clipping_for_dis", "weight_clipping_bound"), ("apply_wc", "wc_bound"))


def facts_in_settings(settings: Mapping[str, Any]) -> dict[str, FactValue]:
    """What the settings say in the words of the vocabulary. Settings that it has no word for are left out."""
    flat = flattened(settings)
    found: dict[str, FactValue] = {}
    for key, value in flat.items():
        name = key.rsplit("/", 1)[-1].lower().replace("-", "_")
        found |= _plain(_RENAMED.get(name, name), value, exempt=name in _RENAMED)
    leaves = {key.rsplit("/", 1)[-1].lower(): value for key, value in flat.items()}
    for dialect in (_loss, _penalty, _conditioning, _networks, _optimisation, _augmentation, _stylegan):
        found |= dialect(leaves, flat)
    return found


def flattened(settings: Mapping[str, Any], *, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested sections as one level, names joined by `/`."""
    out: dict[str, Any] = {}
    for key, value in settings.items():
        if len(out) >= _MOST_SETTINGS:
            break
        if isinstance(value, Mapping) and set(value) == {"value"} | (set(value) & {"desc"}):
            value = value["value"]  # how Weights & Biases stores a setting
        if isinstance(value, Mapping) and depth < _DEEPEST:
            out |= flattened(value, prefix=f"{prefix}{key}/", depth=depth + 1)
        else:
            out[f"{prefix}{key}"] = value
    return out


def _plain(name: str, value: Any, *, exempt: bool) -> dict[str, FactValue]:
    """A setting whose name is a word of the vocabulary."""
    known = name in VOCABULARY or name in OTHER_NAMES or name in BOTH_PLAYERS
    if not known or (name in _MEAN_OTHER_THINGS and not exempt) or isinstance(value, list | Mapping | None):
        return {}
    if str(value).strip().lower() in _ABSENT:
        return {}
    try:
        return parsed_fact(name, str(value))
    except SettingError:
        return {}  # a program may use the word for something else


def _loss(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    word = str(leaves.get("adv_loss", "")).lower()
    try:
        return parsed_fact("objective", _LOSSES.get(word, word)) if word else {}
    except SettingError:
        return {}


def _penalty(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    switches = [switch for switch, _, _ in _PENALTIES if switch in leaves]
    found: dict[str, FactValue] = {"penalty": "none"} if switches else {}
    for switch, weight, name in _PENALTIES:
        if _on(leaves.get(switch)):
            found["penalty"] = name
            if (figure := _figure(leaves.get(weight))) is not None:
                found["penalty_weight"] = figure
    for switch, bound in _CLIPS:
        if _on(leaves.get(switch)) and (figure := _figure(leaves.get(bound))) is not None:
            found["clip_value"] = figure
    return found


def _conditioning(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    word = leaves.get("conditional_strategy", leaves.get("d_cond_mtd"))
    if word is None or str(word).lower() not in _CONDITIONING:
        return {}
    method = _CONDITIONING[str(word).lower()]
    if method is None:
        return {"conditional": False}
    found: dict[str, FactValue] = {"conditional": True, "conditioning": method}
    if (classes := _figure(leaves.get("num_classes"))) is not None:
        found["classes"] = classes
    return found


def _networks(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    if "activation_fn" in leaves or "backbone" in leaves or "d_conv_dim" in leaves:  # StudioGAN's words
        kind = str(leaves.get("architecture", leaves.get("backbone", ""))).lower()
        architecture = _BACKBONES.get(kind, "style" if kind.startswith("style") else "other")
        found |= {"generator_architecture": architecture, "discriminator_architecture": architecture}
        for player in ("g", "d"):
            start = {"ortho": "orthogonal", "n02": "dcgan", "xavier": "xavier"}.get(str(leaves.get(f"{player}_init")))
            if start:
                found["initialisation"] = start
    prior = {"gaussian": "normal", "uniform": "uniform"}.get(str(leaves.get("prior", leaves.get("z_prior"))).lower())
    return found | ({"latent_distribution": prior} if prior else {})


def _optimisation(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    kind = str(leaves.get("type_", leaves.get("optimizer", ""))).lower()
    if kind in ("adam", "adamw", "rmsprop", "sgd"):
        nesterov = kind == "sgd" and (_figure(leaves.get("momentum")) or 0) > 0
        name = "sgd_momentum" if nesterov else kind
        found |= {"generator_optimizer": name, "discriminator_optimizer": name}
    if isinstance(leaves.get("mixed_precision"), bool) or str(leaves.get("mixed_precision")).lower() in (
        "true",
        "false",
    ):
        found["precision"] = "float16" if _on(leaves["mixed_precision"]) else "float32"
    return found


def _augmentation(leaves: Mapping[str, Any], _: Mapping[str, Any]) -> dict[str, FactValue]:
    switches = [
        leaves[name] for name in ("diff_aug", "ada", "apply_diffaug", "apply_ada", "apply_apa") if name in leaves
    ]
    if not switches:
        return {}
    return {"augmentation": "both" if any(map(_on, switches)) else "none"}


def _stylegan(leaves: Mapping[str, Any], flat: Mapping[str, Any]) -> dict[str, FactValue]:
    """training_options.json of StyleGAN2-ADA and StyleGAN3."""
    if "loss_kwargs/r1_gamma" not in flat and "r1_gamma" not in leaves:
        return {}
    found: dict[str, FactValue] = {"objective": "non_saturating", "penalty": "r1"}
    figures: dict[str, Any] = {
        "penalty_weight": leaves.get("r1_gamma"),
        "generator_learning_rate": flat.get("G_opt_kwargs/lr"),
        "discriminator_learning_rate": flat.get("D_opt_kwargs/lr"),
        "dataset_size": flat.get("training_set_kwargs/max_size"),
        "image_size": flat.get("training_set_kwargs/resolution"),
        "penalty_every": leaves.get("d_reg_interval"),
    }
    found |= {name: figure for name, value in figures.items() if (figure := _figure(value)) is not None}
    for player in ("generator", "discriminator"):
        betas = flat.get(f"{player[0].upper()}_opt_kwargs/betas")
        if isinstance(betas, list) and betas and (beta1 := _figure(betas[0])) is not None:
            found[f"{player}_beta1"] = beta1
    if (kimg := _figure(leaves.get("total_kimg"))) is not None:
        found["total_steps"] = 1000 * kimg  # such logs count images
    found["conditional"] = bool(flat.get("training_set_kwargs/use_labels", False))
    if any(key.startswith(("augment_kwargs/", "ada_target")) for key in flat):
        found["augmentation"] = "both"
    found |= {"generator_architecture": "style", "discriminator_architecture": "style", "ema": True}
    return found


def _on(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "yes", "1")


def _figure(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        figure = float(value)
    except (TypeError, ValueError):
        return None
    return figure if figure == figure else None
